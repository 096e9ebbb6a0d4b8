"""Finding the header of a table: which row it is, which table, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.registration.faults import Faults, Place
from calibration.registration.fields import TABLES, Field, Fields

__all__ = ["LOOK", "Header", "check_header", "find_header", "safe_header"]

LOOK = 30  # rows in which a header is looked for
_FEWEST = 5  # recognised columns that make a header, if an id is among them
_MANY = 15  # that make one without an id, so that it can be told what is missing
_LONG = 24


@dataclass(frozen=True)
class Header:
    """A header. row: from 1. columns: place of a column -> its field, the first of a field only.

    texts: place -> the header as it stands there. extra: headers that mean nothing to us.
    doubles: places whose field another column has already.
    """

    row: int
    table: str
    columns: dict[int, Field]
    texts: dict[int, str]
    extra: tuple[str, ...]
    doubles: dict[int, Field]
    width: int


def find_header(rows: Sequence[Sequence[str]], fields: Fields) -> Header | None:
    """The header among the first rows of a sheet, or None.

    It is the row with the most recognised columns: at least five with the number of a household
    or person among them, or fifteen. A table with numbers of persons is a member table.
    """
    best: Header | None = None
    for number, row in enumerate(rows[:LOOK], start=1):
        for table in TABLES:
            found = _header(number, row, table, fields)
            if found is None:
                continue
            if best is None or _rank(found) > _rank(best):
                best = found
    return best


def _rank(header: Header) -> tuple[bool, int]:
    names = {field.name for field in header.columns.values()}
    fits = ("member_id" in names or "relation" in names) == (header.table == "member")
    return (fits, len(names))


def _header(number: int, row: Sequence[str], table: str, fields: Fields) -> Header | None:
    columns: dict[int, Field] = {}
    doubles: dict[int, Field] = {}
    extra = []
    taken = set()
    for place, text in enumerate(row):
        field = fields.named(text, table)
        if field is None:
            if text.strip():
                extra.append(safe_header(text))
        elif field.name in taken:
            doubles[place] = field
        else:
            taken.add(field.name)
            columns[place] = field
    if len(columns) < (_FEWEST if taken & {"household_id", "member_id"} else _MANY):
        return None
    texts = {place: row[place].strip() for place in (*columns, *doubles)}
    width = max((k + 1 for k, text in enumerate(row) if text.strip()), default=0)
    return Header(number, table, columns, texts, tuple(extra), doubles, width)


def safe_header(text: str) -> str:
    """A header as it may be printed: not one that could be a value (long, or with many digits)."""
    text = " ".join(text.split())
    if len(text) > _LONG or re.search(r"\d{5}", text):
        return f"(a header of {len(text)} characters)"
    return text


def check_header(
    header: Header, place: Place, faults: Faults, fields: Fields, given_year: bool
) -> None:
    """Note double columns and needed ones that are not there."""
    for where, field in header.doubles.items():
        faults.add(
            "double_column", place, header.texts[where], header.row, field=f"{field.en}, {field.zh}"
        )
    there = {field.name for field in header.columns.values()}
    for field in fields.of(header.table):
        if not field.required or field.name in there:
            continue
        if field.name == "year" and given_year:
            continue
        hint = "or say it with --year YEAR" if field.name == "year" else "export with all columns"
        faults.add(
            "no_column", place, field.zh, header.row, header=field.zh, field=field.en, hint=hint
        )
