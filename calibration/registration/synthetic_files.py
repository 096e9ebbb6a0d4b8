"""Writing a table in pieces: CSV in one file, Excel in as many as its rows need."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

__all__ = ["ERROR", "MOST_ROWS", "CsvTable", "Spot", "XlsxTable", "as_cells", "open_table"]

ERROR = "#REF!"
"""A cell of a formula that ended in an error."""

MOST_ROWS = 1_048_575
"""Rows under the header that a sheet of Excel can hold."""


class Spot(NamedTuple):
    """Where a row has been written: row as Excel counts; the sheet of a CSV file is ""."""

    file: str
    sheet: str
    row: int


class CsvTable:
    """A table that grows in one CSV file."""

    def __init__(self, path: Path, headers: Sequence[str], encoding: str) -> None:
        self.path, self.headers, self.row = path, list(headers), 1
        self.encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        self.file = path.open("wb")
        if encoding == "utf-8-sig":
            self.file.write(b"\xef\xbb\xbf")
        self._write(",".join(_quoted(header) for header in headers).encode("utf-8") + b"\n")

    def write(self, columns: Sequence[Any]) -> None:
        """Add rows, column by column."""
        from pyarrow import csv

        table = pa.table([_arrow(column) for column in columns], names=self.headers)
        out = io.BytesIO()
        try:
            csv.write_csv(table, out, csv.WriteOptions(include_header=False, quoting_style="none"))
        except pa.ArrowInvalid:  # a text holds a comma: all of them get quotes
            out = io.BytesIO()
            csv.write_csv(table, out, csv.WriteOptions(include_header=False))
        self._write(out.getvalue())
        self.row += len(table)

    def _write(self, data: bytes) -> None:
        self.file.write(data if self.encoding == "utf-8" else data.decode().encode(self.encoding))

    def spot(self, ahead: int) -> Spot:
        """Where the row that is `ahead` of the next one will stand."""
        return Spot(self.path.name, "", self.row + 1 + ahead)

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


class XlsxTable:
    """A table that grows in sheets of one name, a file each; NAME_2.xlsx follows NAME.xlsx."""

    def __init__(
        self, path: Path, headers: Sequence[str], sheet: str, most: int | None = None
    ) -> None:
        self.path, self.headers, self.sheet = path, list(headers), sheet
        self.most = MOST_ROWS if most is None else most
        self.part, self.row = 0, self.most + 1
        self.book: Any = None

    def _next(self) -> None:
        import xlsxwriter

        self.close()
        self.part += 1
        options = {"constant_memory": True, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(str(self._file(self.part)), options)
        self.page = self.book.add_worksheet(self.sheet)
        self.page.freeze_panes(1, 0)
        for k, header in enumerate(self.headers):
            self.page.write_string(0, k, header)
        self.row = 1

    def _file(self, part: int) -> Path:
        return self.path if part == 1 else self.path.with_stem(f"{self.path.stem}_{part}")

    def write(self, columns: Sequence[Any]) -> None:
        """Add rows, column by column."""
        lists = [as_cells(column) for column in columns]
        for cells in zip(*lists, strict=True):
            if self.row > self.most:
                self._next()
            self._row(cells)
            self.row += 1

    def _row(self, cells: Sequence[Any]) -> None:
        row, text, number = self.row, self.page._write_string, self.page._write_number
        for k, cell in enumerate(cells):
            if cell is ERROR:
                self.page.write_formula(row, k, "=#REF!", None, ERROR)
            elif type(cell) is str:
                if cell:
                    text(row, k, cell)
            elif cell == cell:
                number(row, k, cell)

    def spot(self, ahead: int) -> Spot:
        """Where the row that is `ahead` of the next one will stand."""
        first = (max(self.part, 1) - 1) * self.most + (self.row if self.part else 1) - 1
        part, row = divmod(first + ahead, self.most)
        return Spot(self._file(part + 1).name, self.sheet, row + 2)

    def close(self) -> None:
        """Finish the last file."""
        if self.book is not None:
            self.book.close()


def open_table(
    folder: Path, name: str, headers: Sequence[str], sheet: str, format: str, encoding: str
) -> CsvTable | XlsxTable:
    """A table of the format "csv" or "xlsx"."""
    if format == "csv":
        return CsvTable(folder / f"{name}.csv", headers, encoding)
    return XlsxTable(folder / f"{name}.xlsx", headers, sheet)


def as_cells(column: Any) -> list[Any]:
    """A column as a list of texts and numbers."""
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    return list(column) if isinstance(column, list) else list(column.to_pylist())


def _arrow(column: Any) -> Any:
    if isinstance(column, list):
        return pa.array([_text(cell) for cell in column], pa.string())
    if isinstance(column, np.ndarray):
        column = column.astype(np.float64) if column.dtype.kind == "f" else column
        return pa.array(column, from_pandas=True)
    return column


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:.10g}"
    return str(cell)


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text
