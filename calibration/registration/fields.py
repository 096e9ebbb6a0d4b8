"""The fields of registration exports, as calibration/data/registration_fields.yaml tells them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from calibration.population.inputs import DATA

__all__ = [
    "KINDS", "TABLES", "Code", "CodeList", "Field", "Fields", "FieldsError", "plain", "read_fields",
]  # fmt: skip

TABLES = ("household", "member")
KINDS = (
    "identifier", "region", "year", "date", "code", "list", "yes-no", "number", "integer", "text",
    "direct",
)  # fmt: skip
_FIELD = {"in", "kind", "headers", "en", "zh"}
_FIELD_MORE = {"code", "unit", "codes", "hard", "usual", "required", "feeds", "inferred"}


class FieldsError(ValueError):
    """The file of fields contradicts itself."""


@dataclass(frozen=True)
class Code:
    """One entry of a code list: `code` and `zh` as they stand in exports, `value` as we keep it."""

    code: str
    zh: str
    value: int
    also: tuple[str, ...] = ()
    inferred: bool = False


@dataclass(frozen=True)
class CodeList:
    """A code list; `model` names the enum of sim.world.codes that `value` belongs to, or is ""."""

    name: str
    codes: tuple[Code, ...]
    model: str = ""

    @cached_property
    def lookup(self) -> Mapping[str, int]:
        """Every way to write a code -> our value."""
        ways = ((way, c.value) for c in self.codes for way in (c.code, c.zh, *c.also))
        return {plain(way): value for way, value in ways}

    @property
    def words(self) -> str:
        """The list as a reader is told it: "1 是, 0 否"."""
        return ", ".join(f"{c.code} {c.zh}" for c in self.codes)


@dataclass(frozen=True)
class Field:
    """One field of an export. `tables`: where it may stand, its own table first.

    hard: outside these (years for dates) is an error; usual: outside is a warning. feeds: the
    column of the model it gives, "" if none.
    """

    name: str
    tables: tuple[str, ...]
    kind: str
    headers: tuple[str, ...]
    en: str
    zh: str
    code: str = ""
    unit: str = ""
    codes: CodeList | None = None
    hard: tuple[float, float] | None = None
    usual: tuple[float, float] | None = None
    required: bool = False
    feeds: str = ""
    inferred: bool = False

    @property
    def table(self) -> str:
        """The table it belongs to."""
        return self.tables[0]

    @property
    def is_direct(self) -> bool:
        """Whether it identifies a person and is dropped while reading."""
        return self.kind == "direct"


@dataclass(frozen=True)
class Fields:
    """All fields by our name, and the code lists."""

    by_name: Mapping[str, Field]
    lists: Mapping[str, CodeList]

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def of(self, table: str) -> tuple[Field, ...]:
        """The fields that may stand in a table, in the order of the file."""
        return tuple(f for f in self.by_name.values() if table in f.tables)

    def named(self, header: str, table: str) -> Field | None:
        """The field that a header (Chinese, or a code like aac001) means in a table."""
        return self._headers[table].get(plain(header))

    @cached_property
    def _headers(self) -> Mapping[str, Mapping[str, Field]]:
        return {
            table: {
                plain(header): field
                for field in self.of(table)
                for header in (*field.headers, field.code)
                if header
            }
            for table in TABLES
        }


def plain(text: str) -> str:
    """A header or code word as it is compared: width, case, blanks, `*` and breaks do not count."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(text.split()).replace("*", "").replace("﻿", "").replace("\x00", "")


@lru_cache(maxsize=4)
def read_fields(path: Path | None = None) -> Fields:
    """Read the file of fields.

    Raises FieldsError when it contradicts itself: an unknown key, kind, list or enum member, or
    two fields of one table under one header.
    """
    from ruamel.yaml import YAML

    path = path or DATA / "registration_fields.yaml"
    raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    lists = {name: _code_list(name, entry) for name, entry in raw["codes"].items()}
    fields = {name: _field(name, entry, lists) for name, entry in raw["fields"].items()}
    _check_headers(fields)
    return Fields(fields, lists)


def _code_list(name: str, entry: Mapping[str, Any]) -> CodeList:
    from sim.world import codes

    model = entry.get("model", "")
    enum: type[IntEnum] | None = getattr(codes, model) if model else None
    found = []
    for code, one in entry["values"].items():
        value = one["value"]
        number = int(enum[value]) if enum is not None else int(value)
        also = tuple(map(str, one.get("also", ())))
        found.append(Code(str(code), one["zh"], number, also, bool(one.get("inferred"))))
    seen: dict[str, int] = {}
    for one in found:
        for way in {plain(way) for way in (one.code, one.zh, *one.also)}:
            if seen.setdefault(way, one.value) != one.value:
                raise FieldsError(f"code list {name}: {way} means two things.")
    return CodeList(name, tuple(found), model)


def _field(name: str, entry: Mapping[str, Any], lists: Mapping[str, CodeList]) -> Field:
    lacks, unknown = _FIELD - set(entry), set(entry) - _FIELD - _FIELD_MORE
    if lacks or unknown or entry["kind"] not in KINDS:
        raise FieldsError(f"field {name}: lacks {lacks}, unknown {unknown}, or an unknown kind.")
    chosen = "yes_no" if entry["kind"] == "yes-no" else entry.get("codes")
    if (entry["kind"] in ("code", "list", "yes-no")) != (chosen in lists):
        raise FieldsError(f"field {name}: codes must name a code list, for a coded field only.")
    return Field(
        name=name,
        tables=tuple(entry["in"]),
        kind=entry["kind"],
        headers=tuple(map(str, entry["headers"])),
        en=entry["en"],
        zh=entry["zh"],
        code=entry.get("code", ""),
        unit=entry.get("unit", ""),
        codes=lists[chosen] if chosen else None,
        hard=tuple(entry["hard"]) if "hard" in entry else None,
        usual=tuple(entry["usual"]) if "usual" in entry else None,
        required=entry.get("required", False),
        feeds=entry.get("feeds", ""),
        inferred=entry.get("inferred", False),
    )


def _check_headers(fields: Mapping[str, Field]) -> None:
    for table in TABLES:
        seen: dict[str, str] = {}
        for field in fields.values():
            for header in {plain(h) for h in (*field.headers, field.code) if h}:
                if table in field.tables and seen.setdefault(header, field.name) != field.name:
                    raise FieldsError(f"{header} is both {seen[header]} and {field.name}.")
