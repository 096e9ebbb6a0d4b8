"""Cells of a county-year or village table as numbers, with everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.cells import EMPTY, clean, read_number
from calibration.registration.faults import Faults, Place
from calibration.registration.fields import plain, read_fields
from calibration.registration.headers import LOOK, safe_header
from calibration.registration.places import counties
from calibration.registration.privacy import shown
from calibration.registration.table_fields import Table, TableColumn, read_tables, recognise

__all__ = ["Grid", "county_names", "find_grid", "parse", "years"]

_MOST = 1e9


@dataclass(frozen=True)
class Grid:
    """A sheet that was recognised: its header, its row as Excel counts, and the rows under it."""

    place: Place
    table: str
    header_row: int
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def find_grid(place: Place, rows: Sequence[Sequence[str]]) -> Grid | None:
    """The table in the rows of a sheet (cells as text), or None if it is neither of the two.

    The header is looked for in the first thirty rows.
    """
    for number, row in enumerate(rows[:LOOK]):
        table = recognise(row)
        if table:
            return Grid(place, table, number + 1, list(row), rows[number + 1 :])
    return None


def parse(grid: Grid, faults: Faults) -> pd.DataFrame:
    """The table under our names: keys as text, the rest float64 with NaN for what is missing.

    Rows that hold nothing are left out. Column `row` is the row as Excel counts. A required
    column that is missing is a fault and a column of nothing.
    """
    table = read_tables()[grid.table]
    where = _columns(grid, table, faults)
    rows = [
        (grid.header_row + 1 + k, row)
        for k, row in enumerate(grid.rows)
        if any(cell.strip() for cell in row)
    ]
    if not rows:
        faults.add("table_empty", grid.place, rows=grid.header_row)
    frame = pd.DataFrame({"row": np.array([number for number, _ in rows], np.int64)})
    found: dict[str, Any] = {}
    for name, column in table.columns.items():
        at = where.get(name)
        if at is None and not column.required:
            continue
        cells = [row[at].strip() if at is not None and at < len(row) else "" for _, row in rows]
        if column.kind == "key":
            found[name] = cells
        else:
            header = grid.headers[at] if at is not None else column.zh
            found[name] = _numbers(cells, column, grid.place, header, frame["row"], faults)
    return pd.concat([frame, pd.DataFrame(found, index=frame.index)], axis=1)


def _columns(grid: Grid, table: Table, faults: Faults) -> Mapping[str, int]:
    """Place of each column by name; faults for what is missing, double or unknown."""
    where: dict[str, int] = {}
    for place, header in enumerate(grid.headers):
        if not header.strip():
            continue
        column = table.lookup.get(plain(header))
        if column is None:
            faults.add("table_column_unknown", grid.place, safe_header(header), grid.header_row)
        elif column.name in where:
            faults.add("table_column_twice", grid.place, safe_header(header), grid.header_row)
        else:
            where[column.name] = place
    for column in table.columns.values():
        if column.required and column.name not in where:
            faults.add(
                "table_column_missing", grid.place, column.zh, grid.header_row, column.zh
            )  # fmt: skip
    return where


def _numbers(
    cells: Sequence[str], column: TableColumn, place: Place, header: str, rows: pd.Series,
    faults: Faults,
) -> np.ndarray:  # fmt: skip
    number = read_number if column.kind in ("count", "number") else _coded(column)
    values = np.array([number(cell) for cell in cells], np.float64)
    wrong = np.isinf(values)
    values = np.where(wrong, np.nan, values)

    def note(rule: str, bad: np.ndarray, **words: Any) -> None:
        at = np.flatnonzero(bad)
        told = [shown(cells[k]) for k in at.tolist()]
        faults.add(rule, place, header.strip(), rows.to_numpy()[at], told, **words)

    if column.kind in ("flag", "code"):
        note("table_code", wrong, codes=_listed(column))
        return values
    note("table_number", wrong)
    low, high = column.range or (0.0, _MOST)
    outside = (values < low) | (values > high)
    note("table_range", outside, low=f"{low:g}", high=f"{high:g}")
    broken = (values % 1.0 > 0) & ~outside & (column.kind == "count")
    note("table_whole", broken, unit=column.unit)
    return np.where(outside | broken, np.nan, values)


def years(cells: Sequence[str], range_: tuple[float, float] | None) -> np.ndarray:
    """Calendar years, -1 for an empty cell; 0 for what is none, such as the data year 201712."""
    low, high = range_ or (0.0, 9999.0)
    found = np.zeros(len(cells), np.int64)
    for k, cell in enumerate(cells):
        text = clean(cell).removesuffix("年").removesuffix(".0")
        if not text:
            found[k] = EMPTY
        elif text.isascii() and text.isdigit() and len(text) == 4 and low <= int(text) <= high:
            found[k] = int(text)
    return found


def _coded(column: TableColumn) -> Callable[[str], float]:
    if column.kind == "flag":
        lookup: Mapping[str, int] = read_fields().lists["yes_no"].lookup
    else:
        words = {
            **{code: code for code in column.values},
            **{v: k for k, v in column.values.items()},
        }
        lookup = {plain(word): int(code) for word, code in words.items()}

    def value(cell: str) -> float:
        text = plain(clean(cell)) or plain(cell)
        return float(lookup.get(text, np.inf if clean(cell) else np.nan))

    return value


def _listed(column: TableColumn) -> str:
    if column.kind == "flag":
        return read_fields().lists["yes_no"].words
    return ", ".join(f"{code} {word}" for code, word in column.values.items())


@lru_cache(maxsize=1)
def county_names() -> Mapping[int, str]:
    """Code of each county of the scope -> its name."""
    table = counties()
    return dict(zip(table["code"].tolist(), table["county"].tolist(), strict=True))
