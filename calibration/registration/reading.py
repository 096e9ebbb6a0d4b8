"""Files of registration as chunks of text columns, told apart by their headers.

Everything is read as text. What no field claims is dropped here; a direct identifier goes no
further than `typing` of its own column.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from calibration.registration.csv_file import csv_rows, scan_csv
from calibration.registration.faults import Faults, Place
from calibration.registration.fields import Field, Fields
from calibration.registration.headers import LOOK, Header, check_header, find_header, safe_header
from calibration.registration.table_reading import Grid, find_grid
from calibration.registration.xlsx_file import (
    check_xlsx,
    error_cells,
    open_workbook,
    sha256,
    texts,
)  # fmt: skip

__all__ = ["CHUNK", "Chunk", "Source", "sources"]

CHUNK = 50_000


@dataclass(frozen=True)
class Chunk:
    """Rows of a source. rows: as Excel counts. columns: place -> texts, of recognised columns."""

    rows: np.ndarray
    columns: dict[int, Sequence[str]]


@dataclass
class Source:
    """One table of one file. about: what a manifest may say of it (no name, no path)."""

    place: Place
    header: Header
    total: int
    about: dict[str, Any]
    read: Callable[[], Iterator[Sequence[Any]]]
    faults: Faults
    text: Callable[[Sequence[Any]], Sequence[str]] = texts
    seen: int = field(default=0)

    @property
    def table(self) -> str:
        """household or member."""
        return self.header.table

    def field(self, where: int) -> Field:
        """The field of a column."""
        return self.header.columns[where]

    def chunks(self) -> Iterator[Chunk]:
        """The rows under the header, empty ones left out; ragged ones are faults and left out."""
        rows = itertools.islice(self.read(), self.header.row, None)
        width = max(max(self.header.columns) + 1, self.header.width)
        first = self.header.row + 1
        while batch := list(itertools.islice(rows, CHUNK)):
            numbers = np.arange(first, first + len(batch))
            first += len(batch)
            chunk = self._chunk(batch, numbers, width)
            del batch
            if len(chunk.rows):
                self.seen += len(chunk.rows)
                yield chunk

    def _chunk(self, batch: list[Sequence[Any]], numbers: np.ndarray, width: int) -> Chunk:
        lengths = np.fromiter(map(len, batch), np.int64, len(batch))
        if (lengths != width).any():
            batch, numbers = self._even(batch, numbers, width)
        full = np.fromiter((any(row) for row in batch), bool, len(batch))
        if not full.all():
            batch = list(itertools.compress(batch, full))
            numbers = numbers[full]
        turned = list(zip(*batch, strict=True)) if batch else []
        columns = {where: self.text(turned[where]) for where in self.header.columns if turned}
        return Chunk(numbers, columns)

    def _even(
        self, batch: list[Sequence[Any]], numbers: np.ndarray, width: int
    ) -> tuple[list[Sequence[Any]], np.ndarray]:
        """Rows of one width: empty cells beyond it are cut off, other rows are faults."""
        even: list[Sequence[Any]] = []
        keep, ragged, have = [], [], []
        for row, number in zip(batch, numbers.tolist(), strict=True):
            cells = list(row)
            while len(cells) > width and cells[-1] in ("", None):
                cells.pop()
            if len(cells) == width or not any(cells):
                even.append(cells if len(cells) == width else [""] * width)
                keep.append(number)
            else:
                ragged.append(number)
                have.append(len(cells))
        self.faults.add("ragged_row", self.place, rows=ragged, have=have, want=width)
        return even, np.asarray(keep, dtype=np.int64)


def sources(
    path: Path, fields: Fields, faults: Faults, given_year: bool = False,
    grids: list[Grid] | None = None,
) -> Iterator[Source]:  # fmt: skip
    """The tables of one file, one at a time; whatever is wrong with it becomes a fault.

    grids: gets the county-year and village tables of the file, whole.
    """
    grids = [] if grids is None else grids
    place = Place(path.name)
    if not path.exists():
        faults.add("no_file", place)
    elif path.is_dir() or not os.access(path, os.R_OK):
        faults.add("unreadable", place, problem="a folder" if path.is_dir() else "no permission")
    elif path.suffix.lower() in (".csv", ".txt"):
        yield from _csv_source(path, fields, faults, given_year, grids)
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        if check_xlsx(path, faults):
            yield from _xlsx_sources(path, fields, faults, given_year, grids)
    else:
        faults.add("unknown_kind", place)


def _csv_source(
    path: Path, fields: Fields, faults: Faults, given_year: bool, grids: list[Grid]
) -> Iterator[Source]:
    scan = scan_csv(path, faults)
    if scan is None:
        return
    place = Place(path.name)
    quiet = Faults()  # a broken quote is noted once, when the rows are read
    first = list(itertools.islice(csv_rows(path, scan, quiet), LOOK))
    header = find_header(first, fields)
    if header is None:
        grid = find_grid(place, first)
        if grid is not None:
            grids.append(replace(grid, rows=list(csv_rows(path, scan, faults))[grid.header_row :]))
            return
        faults.take(quiet)
        faults.add("no_data_sheet", place)
        return
    check_header(header, place, faults, fields, given_year)
    about = {"sha256": scan.digest, "kind": "csv", "encoding": scan.encoding}
    read = partial(csv_rows, path, scan, faults)
    yield Source(place, header, scan.lines, about, read, faults, text=list)


def _xlsx_sources(
    path: Path, fields: Fields, faults: Faults, given_year: bool, grids: list[Grid]
) -> Iterator[Source]:
    book = open_workbook(path, faults)
    if book is None:
        return
    found: dict[str, list[tuple[str, Header]]] = {"household": [], "member": []}
    sheet, loaded, tables = None, "", 0
    for name in _visible(book):
        sheet, loaded = _sheet(book, name, path, faults), name
        if sheet is None:
            continue
        first = [texts(row) for row in itertools.islice(sheet.iter_rows(), LOOK)]
        header = find_header(first, fields)
        if header is not None:
            found[header.table].append((name, header))
        elif (grid := find_grid(Place(path.name, safe_header(name)), first)) is not None:
            grids.append(_whole_grid(path, name, sheet, grid, faults))
            tables += 1
    if not any(found.values()) and not tables:
        faults.add("no_data_sheet", Place(path.name))
        return
    digest = sha256(path)
    for table, sheets in found.items():
        if len(sheets) > 1:
            names = ", ".join(safe_header(name) for name, _ in sheets)
            faults.add(
                "ambiguous_sheet", Place(path.name), number=len(sheets), sheets=names, table=table
            )
        elif sheets:
            ((name, header),) = sheets
            place = Place(path.name, safe_header(name))
            check_header(header, place, faults, fields, given_year)
            if loaded != name:  # one sheet at a time: a full one takes a gigabyte
                sheet = None
                sheet, loaded = _sheet(book, name, path, faults), name
            if sheet is None:
                continue
            used = {k: header.texts[k] for k in header.columns}
            _check_sheet(path, name, sheet, place, header.row, used, faults)
            about = {"sha256": digest, "kind": "xlsx"}
            yield Source(
                place, header, sheet.total_height - header.row + 1, about, sheet.iter_rows, faults
            )


def _visible(book: Any) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        one.name
        for one in book.sheets_metadata
        if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
    ]


def _sheet(book: Any, name: str, path: Path, faults: Faults) -> Any:
    try:
        return book.get_sheet_by_name(name)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        place = Place(path.name, safe_header(name))
        faults.add("unreadable", place, problem=type(error).__name__)
        return None


def _whole_grid(path: Path, name: str, sheet: Any, grid: Grid, faults: Faults) -> Grid:
    """A small table with all its rows; its formula errors and merged cells noted."""
    columns = {k: text.strip() for k, text in enumerate(grid.headers) if text.strip()}
    _check_sheet(path, name, sheet, grid.place, grid.header_row, columns, faults)
    return replace(grid, rows=[texts(row) for row in sheet.iter_rows()][grid.header_row :])


def _check_sheet(
    path: Path, name: str, sheet: Any, place: Place, header: int, columns: dict[int, str],
    faults: Faults,
) -> None:  # fmt: skip
    """Formula errors and merged cells under the header, in columns (place -> text) in use."""
    left = sheet.start[1] if sheet.start else 0
    try:
        wrong: dict[int, list[int]] = {}
        for row, column in error_cells(path, name):
            where = column - 1 - left
            if row > header and where in columns:
                wrong.setdefault(where, []).append(row)
    except Exception:  # what a damaged zip may raise (zlib.error, BadZipFile, ParseError)
        faults.add("truncated", place)
        return
    for where, rows in wrong.items():
        faults.add("formula_error", place, columns[where], rows)
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        used = [k - left for k in range(first, last + 1) if k - left in columns]
        if used and bottom + 1 > header:
            cells = f"{_letters(first)}{top + 1}:{_letters(last)}{bottom + 1}"
            text = columns[used[0]]
            faults.add("merged_cells", place, text, max(top + 1, header), range=cells)


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
