"""Reading calibration/data/register_model.yaml: the numbers of the statistical model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from ruamel.yaml import YAML

from calibration.population.inputs import DATA, Row, _faults, _row

__all__ = ["FILE", "Numbers", "read_numbers"]

FILE = DATA / "register_model.yaml"


class Numbers:
    """Rows by name: `number(name)` gives one number, `table(name)` numbers by label."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows

    def number(self, name: str) -> float:
        """The value of a row that is a number."""
        return float(self.rows[name].value)

    def list(self, name: str) -> np.ndarray:
        """The values of a row with labels, float64."""
        return np.asarray(self.rows[name].value, dtype=np.float64)

    def line(self, year: int) -> float:
        """Poverty line of a year (yuan); the first or last that is given beyond them."""
        row = self.rows["line"]
        years = [int(label) for label in row.labels]
        return float(np.interp(year, years, self.list("line")))


@cache
def read_numbers() -> Numbers:
    """The rows of the file. ValueError with every fault found."""
    data = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))["register"]
    faults = [f"{name}: {fault}" for name, entry in data.items() for fault in _faults(entry)]
    if faults:
        raise ValueError(f"{FILE.name} cannot be used:\n  " + "\n  ".join(faults))
    return Numbers({name: _row(name, entry, False, None) for name, entry in data.items()})
