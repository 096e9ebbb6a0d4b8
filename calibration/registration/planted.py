"""Faults planted in a synthetic export: what each is, and the rule that must find it.

A fault is planted in the row of a household or a member, or in a row added for it. Nothing else
in the export is touched, but one fault may bring others with it: whoever has no household also
makes that household's size wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.registration.faults import RegistrationError
from calibration.registration.synthetic_cells import PHONE
from calibration.registration.synthetic_files import ERROR, Spot, as_cells

__all__ = ["PLANTS", "Edit", "Plant", "Planter", "chosen_faults"]

_NUMBER = 3  # of each, if nothing is said
_ID = "999999197001010012"
_LOST = "6.22926E+15"


@dataclass
class Edit:
    """A row that is being changed: `at` in the columns, under the fields' names."""

    columns: dict[str, Any]
    at: int

    def get(self, name: str) -> Any:
        """What stands in the row."""
        column = self.columns[name]
        cell = column[self.at]
        return cell if isinstance(column, list | np.ndarray) else cell.as_py()

    def set(self, **cells: Any) -> int:
        """Write other cells; the place of the row."""
        for name, cell in cells.items():
            self.columns[name] = as_cells(self.columns[name])
            self.columns[name][self.at] = cell
        return self.at

    def again(self, **cells: Any) -> int:
        """Add a copy of the row, with other cells; its place."""
        for name in self.columns:
            column = as_cells(self.columns[name])
            self.columns[name] = [*column, cells.get(name, column[self.at])]
        return len(self.columns[name]) - 1


@dataclass(frozen=True)
class Plant:
    """A fault that can be planted: in a table, found there by a rule in the column of a field."""

    table: str
    rule: str
    field: str
    plant: Callable[[Edit], int]


def _more(name: str, by: float) -> Callable[[Edit], int]:
    return lambda edit: edit.set(**{name: round(float(edit.get(name)) + by, 2)})


def _put(name: str, cell: Any) -> Callable[[Edit], int]:
    return lambda edit: edit.set(**{name: cell})


def _wrong_size(edit: Edit) -> int:
    size = int(edit.get("size")) + 1  # the income a head follows, so that only the size is wrong
    return edit.set(size=size, income_per_head=round(float(edit.get("net_income")) / size, 2))


def _stranger(edit: Edit) -> int:
    own, home = str(edit.get("member_id")), str(edit.get("household_id"))
    return edit.again(member_id=f"{own[:6]}9{own[7:]}", household_id=f"{home[:6]}9{home[7:]}")


def _alone(edit: Edit) -> int:
    home = str(edit.get("household_id"))
    return edit.again(household_id=f"{home[:6]}8{home[7:]}")


PLANTS: Mapping[str, Plant] = {
    "duplicate_household": Plant("household", "double_household", "household_id", Edit.again),
    "duplicate_member": Plant("member", "double_member", "member_id", Edit.again),
    "orphan_member": Plant("member", "no_household", "household_id", _stranger),
    "household_alone": Plant("household", "no_members", "household_id", _alone),
    "wrong_size": Plant("household", "size", "size", _wrong_size),
    "property_sum": Plant("household", "sum_property", "property", _more("other_property", 300)),
    "transfer_sum": Plant("household", "sum_transfer", "transfer", _more("other_transfer", 500)),
    "income_sum": Plant("household", "sum_income", "income", _more("income", 900)),
    "per_head": Plant("household", "per_head", "income_per_head", _more("income_per_head", 777)),
    "bad_code": Plant("household", "code", "road", _put("road", "77")),
    "bad_member_code": Plant("member", "code", "relation", _put("relation", "55")),
    "number_as_text": Plant("household", "type", "floor_area", _put("floor_area", "约八十平米")),
    "out_of_range": Plant("household", "range", "floor_area", _put("floor_area", -5)),
    "unusual": Plant("household", "usual", "floor_area", _put("floor_area", 900)),
    "far_road": Plant("household", "far_road", "distance", _put("distance", 12)),
    "id_as_float": Plant("member", "lost_digits", "member_id", _put("member_id", _LOST)),
    "no_relation": Plant("member", "missing", "relation", _put("relation", "")),
    "wrong_vintage": Plant("member", "vintage", "year", _put("year", "2098")),
    "wrong_county": Plant("member", "county", "county", _put("county", "虚构县")),
    "phone_in_text": Plant(
        "member", "personal_dropped", "dropout_reason",
        _put("dropout_reason", f"联系 {PHONE}8888"),
    ),
    "document_in_code": Plant("household", "personal", "fuel", _put("fuel", _ID)),
    "formula_error": Plant("household", "formula_error", "orchard", _put("orchard", ERROR)),
}  # fmt: skip
"""Every fault by name. In a CSV file, `formula_error` is a text and found as `type`."""


def chosen_faults(text: str) -> dict[str, int]:
    """How many of which faults: "all", or "wrong_size=5,bad_code" (three if no number is given).

    Raises RegistrationError for a name that is none, or a number that is none.
    """
    if text == "all":
        return dict.fromkeys(PLANTS, _NUMBER)
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, number = part.partition("=")
        if name not in PLANTS:
            raise RegistrationError(
                f"--faults: there is no fault {name!r}. There are: {', '.join(PLANTS)}; or all."
            )
        if number and not (number.isascii() and number.isdigit() and len(number) < 6):
            raise RegistrationError(f"--faults {name}: {number!r} is no number of faults.")
        found[name] = int(number or _NUMBER)
    return found


class Planter:
    """Plants faults as rows pass: each in a household of its own, drawn by the seed.

    Raises RegistrationError when there are fewer households than faults.
    """

    def __init__(self, wanted: Mapping[str, int], households: int, seed: int, format: str) -> None:
        number = sum(wanted.values())
        if number > households:
            raise RegistrationError(
                f"{number} faults need {number} households of their own; there are {households}. "
                "Ask for more --households or fewer --faults."
            )
        drawn = np.random.Generator(np.random.PCG64(seed)).permutation(households)[:number]
        names = [name for name, times in wanted.items() for _ in range(times)]
        self.left = dict(zip(drawn.tolist(), names, strict=True))
        self.csv = format == "csv"
        self.planted: list[tuple[str, ...]] = []

    def plant(
        self, table: str, numbers: np.ndarray, columns: dict[str, Any], headers: Mapping[str, str],
        spot: Callable[[int], Spot],
    ) -> None:  # fmt: skip
        """Plant what belongs to these rows. numbers: of the households of the rows, rising."""
        for number, name in list(self.left.items()):
            fault = PLANTS[name]
            at = int(np.searchsorted(numbers, number))
            if fault.table != table or at >= len(numbers) or numbers[at] != number:
                continue
            del self.left[number]
            where = spot(fault.plant(Edit(columns, at)))
            rule = "type" if name == "formula_error" and self.csv else fault.rule
            told = (where.file, where.sheet, str(where.row), headers[fault.field])
            self.planted.append((name, rule, *told))
