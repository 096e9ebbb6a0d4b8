"""The rows of all files together, one table of households and one of members, in compact types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.faults import Place
from calibration.registration.fields import Fields

__all__ = ["PLACE", "ROW", "Table", "dtype", "empty", "is_empty", "key_of"]

ROW, PLACE = "_row", "_place"
_KEYS = ("household_id", "member_id", "year", "county", ROW, PLACE)
_TYPES = {
    "identifier": "u8", "region": "u8", "year": "i2", "date": "i2", "code": "i1", "list": "i4",
    "yes-no": "i1", "number": "f4", "integer": "i2",
}  # fmt: skip
_OWN = {
    "county": "i4", "township": "i4", ROW: "i4", PLACE: "i2", "document_birth": "i2",
    "document_female": "i1", "document_disability_grade": "i1", "document_certificate": "i1",
}  # fmt: skip


def dtype(name: str, fields: Fields) -> np.dtype:
    """The type a column is kept in."""
    return np.dtype(_OWN.get(name) or _TYPES[fields[name].kind])


def empty(kind: np.dtype, name: str = "") -> Any:
    """What stands for an empty cell: NaN, 0 for ids and townships, else -1."""
    if kind.kind == "f":
        return np.nan
    return 0 if kind.kind == "u" or name == "township" else -1


def is_empty(values: np.ndarray, name: str = "") -> np.ndarray:
    """Which cells are empty."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    return values == empty(values.dtype, name)


@dataclass
class Table:
    """Rows of one kind, gathered chunk by chunk. places: of `_place`, the number of a source."""

    fields: Fields
    places: list[Place] = field(default_factory=list)
    parts: list[dict[str, np.ndarray]] = field(default_factory=list)

    def add(self, place: Place, rows: np.ndarray, values: dict[str, np.ndarray]) -> None:
        """Keep the values of a chunk."""
        if not self.places or self.places[-1] != place:
            self.places.append(place)
        where = np.full(len(rows), len(self.places) - 1)
        part = {**values, ROW: rows, PLACE: where}
        self.parts.append({n: v.astype(dtype(n, self.fields), copy=False) for n, v in part.items()})

    def frame(self) -> pd.DataFrame:
        """All rows; a column that a file did not have is empty there. The parts are let go."""
        if not self.parts:
            return pd.DataFrame({name: np.zeros(0, dtype(name, self.fields)) for name in _KEYS})
        names = list(dict.fromkeys(name for part in self.parts for name in part))
        lengths = [len(part[ROW]) for part in self.parts]
        columns = {}
        for name in names:
            kind = dtype(name, self.fields)
            columns[name] = np.concatenate(
                [
                    part.pop(name) if name in part else np.full(number, empty(kind, name), kind)
                    for part, number in zip(self.parts, lengths, strict=True)
                ]
            )
        self.parts.clear()
        return pd.DataFrame(columns, copy=False)

    def told(self, frame: pd.DataFrame, rows: Iterable[int]) -> list[str]:
        """Where rows of the frame stand, in words."""
        places, numbers = frame[PLACE].to_numpy(), frame[ROW].to_numpy()
        return [f"{self.places[places[k]]}, row {numbers[k]}" for k in rows]


def key_of(frame: pd.DataFrame, column: str) -> np.ndarray:
    """One uint64 for an id and its year; two different pairs share one with chance 2**-64."""
    ids = frame[column].to_numpy()
    years = frame["year"].to_numpy().astype(np.int64).astype(np.uint64)
    return ids ^ (years * np.uint64(0x9E3779B97F4A7C15))
