"""`template`: an empty Excel form with headers, code lists and a sheet of explanations.

Everything in it comes from the declarations of the fields and the two small tables; only the
notes are texts of their own (registration_template.yaml).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from calibration.population.inputs import DATA
from calibration.registration.faults import RegistrationError
from calibration.registration.fields import TABLES, CodeList, Field, read_fields
from calibration.registration.table_fields import Table, TableColumn, read_tables

__all__ = ["write_template"]

_LISTED = 20_000  # rows that have a list to choose from
_KEYS = ("household_id", "year", "county", "township", "village", "natural_village")


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Any]:
    from ruamel.yaml import YAML

    text = (DATA / "registration_template.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = YAML(typ="safe").load(text)
    return found


@dataclass(frozen=True)
class _Column:
    """A column of the form, whichever declaration it comes from."""

    header: str
    code: str
    also: str
    kind: str
    unit: str
    range: str
    required: bool
    zh: str
    en: str
    codes: CodeList | None = None
    words: tuple[str, ...] = ()
    asked: bool = True  # whether the form has it; direct identifiers and free text it only explains

    def comment(self, lang: str) -> str:
        """What the header's comment says."""
        kind = _texts()["kinds"][self.kind][lang]
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        facts = "; ".join(part for part in (kind, self.unit, self.range, self.code) if part)
        return f"{first}\n{second}\n{facts}"


def write_template(path: Path, lang: str = "zh") -> None:
    """Write the form to an .xlsx file, which is replaced whole if it is there.

    lang: which language comes first in names of sheets, comments and explanations. Headers are
    Chinese in both, as in the exports.

    Raises RegistrationError when the file is no .xlsx or can not be written.
    """
    import xlsxwriter

    if path.suffix.lower() != ".xlsx":
        raise RegistrationError(f"the form is an Excel file: call it {path.with_suffix('.xlsx')}")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        book = xlsxwriter.Workbook(str(part))
        _Form(book, lang).write()
        book.close()
        os.replace(part, path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RegistrationError(f"{path} can not be written: {reason}.") from None
    finally:
        part.unlink(missing_ok=True)


class _Form:
    def __init__(self, book: Any, lang: str) -> None:
        self.book, self.lang = book, lang
        self.head = book.add_format({"bold": True, "bg_color": "#DDE7F0", "border": 1})
        self.needed = book.add_format({"bold": True, "bg_color": "#F3D9B1", "border": 1})
        self.text = book.add_format({"num_format": "@"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.sheets = {name: list(columns) for name, columns in _sheets(lang)}
        self.lists = _lists(column for columns in self.sheets.values() for column in columns)

    def write(self) -> None:
        """All sheets."""
        for name, columns in self.sheets.items():
            self._data(name, [column for column in columns if column.asked])
        self._codes()
        self._explanations()

    def _data(self, name: str, columns: list[_Column]) -> None:
        page = self.book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for k, column in enumerate(columns):
            page.write_string(0, k, column.header, self.needed if column.required else self.head)
            page.write_comment(0, k, column.comment(self.lang), {"x_scale": 2, "y_scale": 1.4})
            text = column.kind in ("identifier", "year", "region", "key")
            width = max(10, 2 * len(column.header) + 2, 20 if column.kind == "identifier" else 0)
            page.set_column(k, k, width, self.text if text else None)
            if column.codes or column.words:
                page.data_validation(1, k, _LISTED, k, self._choice(column))

    def _choice(self, column: _Column) -> dict[str, Any]:
        words = column.words
        if column.codes is not None:
            place, count = self.lists[column.codes.name]
            letter = _letters(2 * place)
            sheet = _name("codes", self.lang)
            words = f"='{sheet}'!${letter}$2:${letter}${count + 1}"  # type: ignore[assignment]
        # codes and other words of the list are right too, so a choice is never forced
        return {
            "validate": "list",
            "source": list(words) if isinstance(words, tuple) else words,
            "error_type": "warning",
        }

    def _codes(self) -> None:
        page = self.book.add_worksheet(_name("codes", self.lang))
        page.freeze_panes(1, 0)
        for name, (place, _) in self.lists.items():
            found = read_fields().lists[name]
            page.set_column(2 * place, 2 * place, 22)
            page.write_string(0, 2 * place, name, self.head)
            page.write_string(0, 2 * place + 1, _texts()["columns"][2][self.lang], self.head)
            for row, one in enumerate(found.codes, start=1):
                page.write_string(row, 2 * place, one.zh)
                page.write_string(row, 2 * place + 1, one.code + ("*" if one.inferred else ""))

    def _explanations(self) -> None:
        page = self.book.add_worksheet(_name("explanations", self.lang))
        other = "en" if self.lang == "zh" else "zh"
        row = 0
        for note in _texts()["notes"]:
            for lang in (self.lang, other):
                page.merge_range(row, 0, row, 10, note[lang], self.wrap)
                page.set_row(row, 32)
                row += 1
        for k, (one, width) in enumerate(
            zip(_texts()["columns"], (10, 22, 9, 34, 18, 14, 18, 6, 40, 48, 34), strict=True)
        ):
            page.set_column(k, k, width)
            page.write_string(row, k, one[self.lang], self.head)
        page.freeze_panes(row + 1, 2)
        for name, columns in self.sheets.items():
            for column in columns:
                row += 1
                for k, cell in enumerate(self._explained(name, column)):
                    page.write_string(row, k, cell, self.wrap)

    def _explained(self, sheet: str, column: _Column) -> tuple[str, ...]:
        texts, lang = _texts(), self.lang
        kept = texts["kept"].get(column.kind, texts["kept"]["other"])[lang]
        needed = ({"zh": "是", "en": "yes"})[lang] if column.required else ""
        return (
            sheet, column.header, column.code, column.also, texts["kinds"][column.kind][lang],
            column.unit, column.range, needed, column.zh, column.en, kept,
        )  # fmt: skip


def _name(sheet: str, lang: str) -> str:
    name: str = _texts()["sheets"][sheet][lang]
    return name


def _sheets(lang: str) -> Iterator[tuple[str, Iterator[_Column]]]:
    for table in TABLES:
        yield _name(table, lang), map(_of_field, _fields(table))
    for name, declared in read_tables().items():
        yield declared.zh if lang == "zh" else name, _of_table(declared)


def _fields(table: str) -> Iterator[Field]:
    """The fields of a table of its own, and the keys that both have."""
    for one in read_fields().of(table):
        if one.table == table or one.name in _KEYS:
            yield one


def _of_field(one: Field) -> _Column:
    low, high = one.hard or one.usual or ("", "")
    return _Column(
        header=one.headers[0],
        code=one.code + ("*" if one.inferred else ""),
        also=", ".join(one.headers[1:]),
        kind=one.kind,
        unit=one.unit,
        range=f"{low} - {high}" if low != "" else "",
        required=one.required,
        zh=one.zh,
        en=one.en,
        codes=one.codes,
        asked=one.kind not in ("direct", "text"),
    )


def _of_table(table: Table) -> Iterator[_Column]:
    for one in table.shown:
        low, high = one.range or ("", "")
        yield _Column(
            header=one.zh,
            code=one.code + ("*" if one.inferred else ""),
            also=", ".join((one.name, *one.also)),
            kind=one.kind,
            unit=one.unit,
            range=f"{low} - {high}" if low != "" else "",
            required=one.required,
            zh=one.explained,
            en=one.meaning,
            codes=read_fields().lists["yes_no"] if one.kind == "flag" else None,
            words=_words(one),
        )


def _words(one: TableColumn) -> tuple[str, ...]:
    return tuple(one.values.values())


def _lists(columns: Iterator[_Column]) -> dict[str, tuple[int, int]]:
    """Name of each code list in use -> its place in the sheet of codes, and its length."""
    found: dict[str, tuple[int, int]] = {}
    for column in columns:
        if column.codes is not None and column.codes.name not in found:
            found[column.codes.name] = (len(found), len(column.codes.codes))
    return found


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    letters: str = xl_col_to_name(column)
    return letters
