"""What households and members of a synthetic export have in common: places and the register."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from calibration.registration.fields import Field
from calibration.registration.places import counties
from calibration.registration.synthetic import Households, State
from calibration.registration.synthetic_cells import (
    code_words,
    named,
    numbered,
    padded,
    positive,
    texts,
    value_words,
)
from calibration.registration.vintage import read_vintages
from sim.world.codes import Registered

__all__ = ["Column", "Rows"]

Column = Any
"""Cells of a column: an array of numbers (NaN: empty) or of texts ("": empty)."""


class Rows:
    """What households and members have in common. `cells(field)` gives a column."""

    table = ""

    def __init__(
        self, households: Households, first: int, end: int, year: int, codes: bool
    ) -> None:
        self.households, self.year, self.codes = households, year, codes
        row, copy, ids = households.rows(first, end)
        state = households.state(row, ids, year)
        keep = state.shown
        self.number = np.arange(first, end)[keep]
        self.row, self.copy, self.id = row[keep], copy[keep], ids[keep]
        self.state = State(*(getattr(state, n)[keep] for n in State.__dataclass_fields__))

    def cells(self, field: Field) -> Column:
        """The column of a field."""
        return getattr(self, f"_{field.name}")()

    def __len__(self) -> int:
        return len(self.id)

    def luck(self, name: str) -> np.ndarray:
        """A number in (0, 1) for each household."""
        return self.households.draws.uniform(self.id, name)

    def house(self, name: str) -> np.ndarray:
        """A column of the population's households."""
        return self.households.base.household[name][self.row]

    def coded(self, name: str, values: np.ndarray, second: np.ndarray | None = None) -> pa.Array:
        """Codes of the model as words (or codes) of a list; -1 is empty. second: rows that take
        the second of several words for the same value."""
        words, first, other = value_words(name, self.codes)
        at = np.where(second, other[values], first[values]) if second is not None else first[values]
        return texts(words, at)

    def yes(self, which: np.ndarray) -> pa.Array:
        """A flag."""
        return self.coded("yes_no", which.astype(np.int64))

    # places
    @cached_property
    def village(self) -> np.ndarray:
        """Row of each household's village."""
        return self.house("village")

    def _province(self) -> Column:
        return texts(["甘肃省"], np.zeros(len(self), np.int64))

    def _prefecture(self) -> Column:
        table = counties()
        at = np.searchsorted(table["code"], self.county)
        return texts(table["prefecture"].tolist(), at)

    @cached_property
    def county(self) -> np.ndarray:
        """Six-digit codes."""
        return self.households.base.village["county_code"][self.village]

    def _county(self) -> Column:
        return named(self.county)

    def _township(self) -> Column:
        return named(self.households.base.village["town_code"][self.village])

    @cached_property
    def village_number(self) -> np.ndarray:
        """Number of the village in its township; copies have their own villages."""
        return self.households.base.village["number"][self.village] + 100 * self.copy

    def _village(self) -> Column:
        return numbered("第", self.village_number, "村")

    def _natural_village(self) -> Column:
        return numbered("", self.house("natural") % 12 + 1, "社")

    # the register
    def _household_id(self) -> Column:
        return padded(self.county, 6, self.number, 10)

    def _year(self) -> Column:
        words = [text for text, year in read_vintages().items() if year == self.year]
        return texts([max(words, key=len)], np.zeros(len(self), np.int64))

    def _size(self) -> Column:
        return self.size

    @cached_property
    def size(self) -> np.ndarray:
        """Members."""
        first = self.households.base.first
        return (first[1:] - first[:-1])[self.row]

    def _attribute(self) -> Column:
        return texts(code_words("attribute", self.codes)[:2], self.dibao_now.astype(np.int64))

    @cached_property
    def dibao_now(self) -> np.ndarray:
        """In minimum living."""
        return (self.house("dibao") != 0) & (self.house("dibao_pay") > 0)

    def _registered(self) -> Column:
        return self.coded("registered", self.state.now)

    def _exit_year(self) -> Column:
        return positive(self.state.exit_year * (self.state.now == Registered.EXITED))

    def _first_date(self) -> Column:
        return numbered("", self.state.first_year, "-12")

    def _relapse_date(self) -> Column:
        back = self.state.now == Registered.RELAPSED
        texts = numbered("", self.state.relapse_year, "-12").to_pylist()
        return pa.array([t if b else "" for t, b in zip(texts, back.tolist(), strict=True)])
