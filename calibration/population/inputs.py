"""Reading what the population is built from: margins, assumptions, counties and townships."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from sim.world.codes import Ethnicity

__all__ = ["DATA", "FILES", "GRADES", "Inputs", "Row", "read_inputs"]

DATA = Path(__file__).parent.parent / "data"
"""The folder of the tables the default population is built from."""

FILES = (
    "margins.yaml",
    "assumptions.yaml",
    "counties.csv",
    "county_assumptions.csv",
    "townships.csv",
)
"""The tables read from it."""

GRADES = ("plan", "published", "recalled", "assumed")
_FIELDS = {"meaning", "unit", "value", "source", "grade"}
_OPTIONAL = {"range", "factor", "labels"}


@dataclass(frozen=True)
class Row:
    """One margin or assumption.

    value: a number, a list named by `labels`, or a table {profile: list}.
    range: plausible range of a number; for lists and tables that of a common factor.
    """

    name: str
    meaning: str
    unit: str
    value: Any
    range: tuple[float, float]
    source: str
    grade: str
    labels: tuple[str, ...] = ()
    margin: bool = False


@dataclass(frozen=True)
class Inputs:
    """Everything that is read: rows by name, and the columns of the two place tables."""

    rows: Mapping[str, Row]
    counties: Mapping[str, np.ndarray]
    townships: Mapping[str, np.ndarray]

    def number(self, name: str) -> float:
        """The value of a row that is a number."""
        return float(self.rows[name].value)

    def list(self, name: str, profile: str | None = None) -> np.ndarray:
        """The value of a row that is a list, or one profile of a table, as float64."""
        value = self.rows[name].value
        return np.asarray(value if profile is None else value[profile], dtype=np.float64)

    @cached_property
    def ethnic_shares(self) -> np.ndarray:
        """Shares of the ethnic groups (columns, in the order of the codes) in each county."""
        return np.stack([self.counties[e.name.lower()] for e in Ethnicity], axis=1)


def read_inputs(changes: Mapping[str, Any] | None = None, folder: Path = DATA) -> Inputs:
    """Read the tables; `changes` replaces the values of rows by name.

    ValueError with every mistake found, for a row that lacks a field, has a value outside its
    range, an unknown grade or a name that `changes` made up.
    """
    rows: dict[str, Row] = {}
    base: dict[str, Any] = {}
    faults: list[str] = []
    for file, section in (("margins.yaml", "margins"), ("assumptions.yaml", "assumptions")):
        data = YAML(typ="safe", pure=True).load((folder / file).read_text(encoding="utf-8"))
        for name, entry in data[section].items():
            faults += [f"{file}: {name}: {fault}" for fault in _faults(entry)]
            if name in rows:
                faults.append(f"{file}: {name} stands twice")
            if not faults:
                base[name] = entry["value"]
                rows[name] = _row(name, entry, section == "margins", (changes or {}).get(name))
    if not faults:
        for name, value in (changes or {}).items():
            if name not in rows:
                faults.append(f"changes: there is no margin or assumption {name!r}")
            elif _shape(value) != _shape(base[name]):
                faults.append(f"changes: {name} must be of the form {base[name]!r}, not {value!r}")
    if faults:
        raise ValueError("the population's inputs cannot be used:\n  " + "\n  ".join(faults))
    counties = _table(folder / "counties.csv")
    more = _table(folder / "county_assumptions.csv")
    if list(counties["code"]) != list(more["code"]):
        raise ValueError("county_assumptions.csv must list the counties of counties.csv in order")
    townships = _table(folder / "townships.csv")
    if list(townships["county_code"]) != sorted(townships["county_code"]):
        raise ValueError("townships.csv must be sorted by county")
    return Inputs(rows, {**more, **counties}, townships)


def _faults(entry: Mapping[str, Any]) -> list[str]:
    found = [f"{field} is missing" for field in sorted(_FIELDS - set(entry))]
    found += [f"{field} is not known" for field in sorted(set(entry) - _FIELDS - _OPTIONAL)]
    if found:
        return found
    if entry["grade"] not in GRADES:
        found.append(f"grade {entry['grade']!r} is not one of {', '.join(GRADES)}")
    value, plain = entry["value"], isinstance(entry["value"], int | float)
    limits = entry.get("range" if plain else "factor")
    if not limits or len(limits) != 2 or limits[0] > limits[1]:
        found.append("needs `range` (of a number) or `factor` (of a list): two rising numbers")
    elif plain and not limits[0] <= value <= limits[1]:
        found.append(f"value {value} lies outside its range {limits}")
    if not plain:
        lists = value.values() if isinstance(value, dict) else [value]
        if any(len(one) != len(entry.get("labels", ())) for one in lists):
            found.append("needs as many `labels` as numbers")
    return found


def _shape(value: Any) -> Any:
    """What a value looks like: a number, the length of a list, or those of a table's profiles."""
    if isinstance(value, Mapping):
        return {key: _shape(one) for key, one in value.items()}
    return len(value) if isinstance(value, list | tuple) else type(value) in (int, float)


def _row(name: str, entry: Mapping[str, Any], margin: bool, change: Any) -> Row:
    limits = entry["range"] if "range" in entry else entry["factor"]
    return Row(
        name=name,
        meaning=entry["meaning"],
        unit=entry["unit"],
        value=entry["value"] if change is None else change,
        range=(float(limits[0]), float(limits[1])),
        source=entry["source"],
        grade=entry["grade"],
        labels=tuple(str(label) for label in entry.get("labels", ())),
        margin=margin,
    )


def _table(path: Path) -> dict[str, np.ndarray]:
    """A CSV file as columns: numbers where every cell is one (an empty cell is NaN), else text."""
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    table: dict[str, np.ndarray] = {}
    for name in records[0]:
        cells = [record[name] for record in records]
        try:
            numbers = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            table[name] = np.array(cells)
        else:
            whole = not np.isnan(numbers).any() and bool((numbers == np.floor(numbers)).all())
            table[name] = numbers.astype(np.int64) if whole else numbers
    return table
