"""Reading an .xlsx file: whether it is one, its sheets, their cells as text, errors and merges."""

from __future__ import annotations

import datetime
import hashlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from calibration.registration.faults import Faults, Place

__all__ = ["cell_text", "check_xlsx", "error_cells", "open_workbook", "sha256", "texts"]

_OLE = b"\xd0\xcf\x11\xe0"
_BLOCK = 1 << 22
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"[^>]*>')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_EXACT = 1e15  # up to here a float holds every whole number that Excel could show


def sha256(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def check_xlsx(path: Path, faults: Faults) -> bool:
    """Whether it is a whole .xlsx file; otherwise a fault says what it is instead."""
    place = Place(path.name)
    with path.open("rb") as source:
        head = source.read(4)
    if not head:
        faults.add("empty_file", place)
    elif head == _OLE:
        faults.add("old_excel", place)
    elif head != b"PK\x03\x04":
        faults.add("not_excel", place)
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
            faults.add("truncated", place)
            return False
        if "xl/workbook.xml" not in names:
            faults.add("not_excel", place)
        else:
            return True
    return False


def open_workbook(path: Path, faults: Faults) -> Any:
    """The workbook of python-calamine, or None and a fault."""
    from python_calamine import load_workbook

    try:
        return load_workbook(str(path))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        faults.add("unreadable", Place(path.name), problem=type(error).__name__)
        return None


def cell_text(value: Any) -> str:
    """A cell as text: whole floats without .0, dates as 2020-01-31, TRUE and FALSE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        return repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)


def texts(column: Sequence[Any]) -> Sequence[str]:
    """A column of cells as text."""
    if set(map(type, column)) == {str}:
        return column
    return [value if type(value) is str else cell_text(value) for value in column]


def error_cells(path: Path, sheet: str) -> Iterator[tuple[int, int]]:
    """(row, column) from 1 of the cells of a sheet that hold an error such as #REF!.

    The reader of cells gives them as empty ones, so the sheet's XML is searched for them.
    """
    with zipfile.ZipFile(path) as archive:
        member = _sheet_member(archive, sheet)
        if member is None:
            return
        with archive.open(member) as source:
            kept = b""
            while block := source.read(_BLOCK):
                block = kept + block
                cut = block.rfind(b"<")
                block, kept = block[:cut], block[cut:]
                if b't="e"' not in block:
                    continue
                for found in _ERROR.finditer(block):
                    reference = _REFERENCE.search(found[0])
                    if reference:
                        yield int(reference[2]), _column(reference[1])


def _sheet_member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(key, "")
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return member if member in archive.namelist() else None
    return None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
