"""A chunk of text columns turned into values, and every cell that does not fit noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from calibration.registration.cells import EMPTY, UNREADABLE, clean, document_facts, read_texts
from calibration.registration.faults import Faults
from calibration.registration.fields import Field, Fields
from calibration.registration.places import county_codes, township_codes, village_ids
from calibration.registration.privacy import hashed, is_personal, shown
from calibration.registration.reading import Chunk, Source
from calibration.registration.schema import broken, schema

__all__ = ["Context", "SourceReader"]

_VALUES = ("number", "integer", "date", "code", "list", "yes-no")
_KIND = {
    "number": ("number", "数", "12.5"),
    "integer": ("whole number", "整数", "3"),
    "date": ("date", "日期", "2018-06"),
}
_PLACES = ("county", "township", "village", "natural_village")
_LONG = 15  # digits that a cell of Excel can hold


@dataclass(frozen=True)
class Context:
    """What every file is read with. year: of files without a column for it, or None."""

    fields: Fields
    vintages: Mapping[str, int]
    key: bytes
    faults: Faults
    year: int | None = None
    lang: str = "en"


class _Encoded:
    """A text column as its different texts and the number of each row's text."""

    def __init__(self, texts: Sequence[str]) -> None:
        array = pa.array(texts, pa.string()).dictionary_encode()
        self.texts: list[str] = array.dictionary.to_pylist()
        self.codes = array.indices.to_numpy()

    def spread(self, values: np.ndarray) -> np.ndarray:
        return values[self.codes]

    def shown(self, rows: np.ndarray) -> list[str]:
        seen = {code: shown(self.texts[code]) for code in np.unique(self.codes[rows])}
        return [seen[code] for code in self.codes[rows]]


@dataclass
class SourceReader:
    """Turns the chunks of one source into values; `finish` notes what only the whole tells."""

    source: Source
    context: Context
    filled: dict[str, bool] = field(default_factory=dict)
    missing: dict[str, list[np.ndarray]] = field(default_factory=dict)

    @cached_property
    def _schema(self) -> Any:
        return schema(f for f in self.source.header.columns.values() if f.kind in _VALUES)

    def values(self, chunk: Chunk) -> dict[str, np.ndarray]:
        """Our names -> values of a chunk, unreadable ones as empty.

        Ids are keyed hashes (0: empty or unusable); `year` and `county` are -1 where unknown. The
        texts of a column are let go as soon as its values are read.
        """
        out: dict[str, np.ndarray] = {}
        encoded: dict[str, _Encoded] = {}
        for where, one in self.source.header.columns.items():
            texts = chunk.columns.pop(where)
            self.filled.setdefault(one.name, False)
            if one.is_direct:
                if one.name == "document":
                    facts = document_facts(texts)
                    out |= {f"document_{name}": values for name, values in facts.items()}
                continue
            column = _Encoded(texts)
            del texts
            if one.kind != "identifier":
                self._blank_personal(column, one, chunk.rows)
            self._count(column, one)
            if one.kind == "identifier":
                out[one.name] = self._identifiers(column, one, chunk.rows)
            elif one.kind != "text":
                encoded[one.name] = column
        for name in ("household_id", "member_id")[: 1 + (self.source.table == "member")]:
            out.setdefault(name, np.zeros(len(chunk.rows), np.uint64))
        out |= self._checked(encoded, chunk.rows)
        out["year"] = self._years(encoded.pop("year", None), chunk.rows)
        out |= self._places(encoded, chunk.rows)
        return out

    def finish(self) -> None:
        """Note columns of nothing, and needed cells that are empty."""
        faults, place = self.context.faults, self.source.place
        if not self.source.seen:
            faults.add("no_rows", place, rows=self.source.header.row)
            return
        for where, one in self.source.header.columns.items():
            text = self.source.header.texts[where]
            if one.is_direct or one.kind == "text":
                continue
            if not self.filled.get(one.name):
                rule = "empty_required" if one.required else "empty_column"
                faults.add(rule, place, text, self.source.header.row)
            elif one.name in self.missing:
                faults.add("missing", place, text, np.concatenate(self.missing[one.name]))

    def _text(self, one: Field) -> str:
        """The header of a field as it stands in this file."""
        header = self.source.header
        return next((header.texts[k] for k, f in header.columns.items() if f is one), one.zh)

    def _note(self, rule: str, one: Field, rows: Any, values: Any = "", **words: Any) -> None:
        self.context.faults.add(rule, self.source.place, self._text(one), rows, values, **words)

    def _blank_personal(self, column: _Encoded, one: Field, rows: np.ndarray) -> None:
        found = [k for k, text in enumerate(column.texts) if len(text) > 10 and is_personal(text)]
        if not found:
            return
        rule = "personal_dropped" if one.kind in ("text", "region") else "personal"
        self._note(rule, one, rows[np.isin(column.codes, found)])
        for k in found:
            column.texts[k] = ""

    def _count(self, column: _Encoded, one: Field) -> None:
        """Whether there is anything in the column at all."""
        self.filled[one.name] = self.filled.get(one.name, False) or any(map(clean, column.texts))

    def _identifiers(self, column: _Encoded, one: Field, rows: np.ndarray) -> np.ndarray:
        texts = [clean(text).upper() for text in column.texts]
        rounded = _rounded(texts)
        ids = hashed(texts, self.context.key, _space(one))
        if rounded.any():
            ids = np.where(rounded, np.uint64(0), ids)
            self._note("lost_digits", one, rows[column.spread(rounded)])
        if "" in texts:
            self._missing(one, rows[column.codes == texts.index("")])
        return column.spread(ids)

    def _checked(self, encoded: Mapping[str, _Encoded], rows: np.ndarray) -> dict[str, np.ndarray]:
        fields = self.context.fields
        values = {
            name: column.spread(read_texts(fields[name], column.texts))
            for name, column in encoded.items()
            if fields[name].kind in _VALUES
        }
        if not values:
            return values
        for name, rule, where in broken(self._schema, pd.DataFrame(values, copy=False)):
            one = fields[name]
            if rule == "missing":
                self.missing.setdefault(name, []).append(rows[where])
                continue
            self._note(rule, one, rows[where], encoded[name].shown(where), **self._words(one, rule))
            if rule != "usual":
                values[name] = values[name].copy()
                values[name][where] = np.nan if one.kind == "number" else EMPTY
        return values

    def _words(self, one: Field, rule: str) -> dict[str, str]:
        zh = self.context.lang == "zh"
        if rule == "code":
            assert one.codes is not None
            return {"field": one.zh if zh else f"{one.en} ({one.zh})", "list": one.codes.words}
        if rule == "type":
            en, in_zh, example = _KIND[one.kind]
            return {"kind": in_zh if zh else en, "example": example}
        low, high = (one.hard if rule == "range" else one.usual) or (0, 0)
        unit = "" if one.unit in ("year", "") else one.unit
        return {"low": f"{low:.10g}", "high": f"{high:.10g}", "unit": unit}

    def _years(self, column: _Encoded | None, rows: np.ndarray) -> np.ndarray:
        one = self.context.fields["year"]
        if column is None:
            return np.full(len(rows), self.context.year or EMPTY, np.int64)
        table = self.context.vintages
        texts = [clean(text).removesuffix(".0").removesuffix("年") for text in column.texts]
        known = np.fromiter(
            (table.get(t, UNREADABLE) if t else EMPTY for t in texts), np.int64, len(texts)
        )
        years = column.spread(known)
        self._missing(one, rows[years == EMPTY])
        for code in np.flatnonzero(known == UNREADABLE):
            text = shown(texts[code])
            example = f'"{text}": {{year: 2018}}' if text.isdigit() else '"201808": {year: 2018}'
            self._note("vintage", one, rows[column.codes == code], text, example=example)
        return np.where(years < 0, EMPTY, years)

    def _places(self, encoded: Mapping[str, _Encoded], rows: np.ndarray) -> dict[str, np.ndarray]:
        fields = self.context.fields
        out = {"county": np.full(len(rows), EMPTY, np.int64)}
        if "county" in encoded:
            column = encoded["county"]
            counties = column.spread(county_codes(column.texts))
            self._missing(fields["county"], rows[counties == EMPTY])
            wrong = np.flatnonzero(counties == UNREADABLE)
            self._note("county", fields["county"], rows[wrong], column.shown(wrong))
            out["county"] = np.where(counties < 0, EMPTY, counties)
        group = np.unique(out["county"], return_inverse=True)[1]
        parts: list[_Encoded] = []
        for name in _PLACES[1:]:
            if name not in encoded:
                continue
            parts.append(encoded[name])
            mixed = group * len(parts[-1].texts) + parts[-1].codes
            _, first, group = np.unique(mixed, return_index=True, return_inverse=True)
            counties = out["county"][first]
            names = [[part.texts[part.codes[k]] for k in first] for part in parts]
            if name == "township":
                out[name] = township_codes(counties, names[-1])[group]
                unknown = np.flatnonzero((out[name] == 0) & (out["county"] > 0))
                self._note(name, fields[name], rows[unknown], parts[-1].shown(unknown))
            else:
                out[name] = village_ids(counties, names, self.context.key)[group]
        return out

    def _missing(self, one: Field, rows: np.ndarray) -> None:
        if len(rows) and one.required:
            self.missing.setdefault(one.name, []).append(rows)


def _space(one: Field) -> str:
    """Persons and households have spaces of ids of their own."""
    return "household" if one.name == "household_id" else "member"


def _rounded(texts: Sequence[str]) -> np.ndarray:
    """Which ids are numbers that Excel could not hold.

    They have a power of ten, a fraction, or (if that is how most long ones are) zeros from the
    sixteenth digit on.
    """
    found = np.zeros(len(texts), bool)
    long = [k for k, text in enumerate(texts) if len(text) > _LONG and text.isdigit()]
    cut = [k for k in long if texts[k][-1] == "0" and not texts[k][_LONG:].strip("0")]
    if len(cut) > 0.5 * len(long):  # one that happens to end in zeros is none
        found[cut] = True
    if len(long) < len(texts):
        for k, text in enumerate(texts):
            mantissa, power, _ = text.partition("E+")
            if (power or "." in text) and mantissa.replace(".", "", 1).isdigit():
                found[k] = True
    return found
