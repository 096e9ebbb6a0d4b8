"""What the text of a cell means: numbers, dates, codes. Works on the different texts of a column.

Numbers are float64: NaN empty, infinite unreadable. All else is int64: EMPTY, UNREADABLE, or what
it says. A month index is year * 12 + month - 1.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calibration.registration.fields import CodeList, Field, plain

__all__ = ["EMPTY", "UNREADABLE", "clean", "document_facts", "read_number", "read_texts"]

EMPTY, UNREADABLE = -1, -2
_NOTHING = frozenset({"", "-", "--", "—", "/", "null", "none", "nan", "\\n", "#"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_DATE = re.compile(
    r"(?P<year>\d{4})(?:年|[-/.])?(?:(?P<month>\d{1,2})(?:月|[-/.])?(?:(?P<day>\d{1,2})日?)?)?"
    r"(?:[T ]\d{1,2}:\d{2}.*)?"
)
_SEPARATORS = re.compile(r"[,，、;；|/+\s]+")
_DOCUMENT = re.compile(r"[1-9]\d{5}(\d{4})(\d\d)\d\d\d\d(\d)[\dXx](?:[1-7]([1-4]))?")


def clean(text: str) -> str:
    """A cell without width, blanks at its ends and signs of nothing."""
    text = unicodedata.normalize("NFKC", text).strip().strip("\ufeff\u200b")
    return "" if text.casefold() in _NOTHING else text


def read_texts(field: Field, texts: Sequence[str]) -> np.ndarray:
    """The meaning of texts in the column of a field; see the module."""
    if field.kind == "number":
        return _numbers(texts)
    return np.fromiter(map(_reader(field), texts), np.int64, len(texts))


def _reader(field: Field) -> Callable[[str], int]:
    if field.kind == "date":
        return _month
    if field.kind == "integer":
        return _year if field.unit == "year" else _whole
    if field.codes is None:
        raise ValueError(f"{field.name} of kind {field.kind} is not read as a value")
    lookup = field.codes.lookup
    if field.kind == "list":
        bits = _bits(field.codes)
        return lambda text: _several(text, lookup, bits)
    return lambda text: _code(text, lookup)


def _numbers(texts: Sequence[str]) -> np.ndarray:
    try:
        array = pa.array(texts, pa.string())
        numbers = pc.cast(pc.if_else(pc.equal(array, ""), None, array), pa.float64())
        found = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
        if not np.isinf(found).any() and int(np.isnan(found).sum()) == numbers.null_count:
            return found
    except pa.ArrowInvalid:
        pass
    return np.fromiter(map(read_number, texts), np.float64, len(texts))


def read_number(text: str) -> float:
    """The number of a text: NaN if it is empty, infinite if it is none."""
    text = clean(text)
    if not text:
        return math.nan
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return float(text) if _NUMBER.fullmatch(text) else math.inf


def _whole(text: str) -> int:
    number = read_number(text)
    if math.isnan(number):
        return EMPTY
    if number < 0 or not number.is_integer() or number > 1e9:
        return UNREADABLE
    return int(number)


def _month(text: str) -> int:
    text = clean(text)
    if not text:
        return EMPTY
    found = _DATE.fullmatch(text.removesuffix(".0"))
    if found is None:
        return UNREADABLE
    month = int(found["month"] or 12)
    if not 1 <= month <= 12 or not 1 <= int(found["day"] or 1) <= 31:
        return UNREADABLE
    return int(found["year"]) * 12 + month - 1


def _year(text: str) -> int:
    month = _month(text)
    return month if month < 0 else month // 12


def _code(text: str, lookup: Mapping[str, int]) -> int:
    word = plain(clean(text))
    if word in lookup:
        return lookup[word]
    if not word:
        return lookup.get(plain(text), EMPTY) if text else EMPTY
    return lookup.get(word.removesuffix(".0"), UNREADABLE)


def _several(text: str, lookup: Mapping[str, int], bits: Mapping[int, int]) -> int:
    words = [word for word in _SEPARATORS.split(clean(text)) if word]
    if not words:
        return EMPTY
    found = 0
    for word in words:
        value = _code(word, lookup)
        if value < 0:
            return UNREADABLE
        found |= bits[value]
    return found


def _bits(codes: CodeList) -> Mapping[int, int]:
    """A list of the model's codes becomes 1 << code; other lists say their bits themselves."""
    return {code.value: 1 << code.value if codes.model else code.value for code in codes.codes}


def document_facts(texts: Sequence[str]) -> dict[str, np.ndarray]:
    """What is read off ID numbers: `birth` (month index), `female`, `disability_grade`,
    `certificate` (1 for the 20 digits of a disability certificate); -1 where a number is none.

    GB 11643: six digits of place, eight of birth, three of order (odd for men), one of control. A
    disability certificate adds a digit for the kind and one for the grade.
    """
    out = {
        name: np.full(len(texts), EMPTY, np.int16)
        for name in ("birth", "female", "disability_grade", "certificate")
    }
    match = _DOCUMENT.fullmatch
    for k, text in enumerate(texts):
        found = match(text) or match(clean(text))
        if found is None:
            continue
        year, month, order, grade = found.groups()
        if not ("1890" <= year <= "2035" and "01" <= month <= "12"):
            continue
        out["birth"][k] = int(year) * 12 + int(month) - 1
        out["female"][k] = (int(order) + 1) % 2
        out["disability_grade"][k] = int(grade or 0)
        out["certificate"][k] = grade is not None
    return out
