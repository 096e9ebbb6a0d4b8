"""Columns of text for a synthetic export, built without a loop over rows.

Direct identifiers are invented so that nobody can have them: names say that they are, ID numbers
begin with a region that does not exist and have a wrong control digit, telephones begin with 142
(given to nobody) and cards with 9999. They look enough like real ones that privacy can be tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pyarrow as pa

from calibration.registration.fields import CodeList, read_fields
from calibration.registration.places import place_names
from calibration.registration.synthetic import FIRST
from sim.world.codes import Relation

__all__ = [
    "NAMES", "PHONE", "birth_month", "cards", "code_words", "documents", "named", "numbered",
    "padded", "parts", "positive", "texts", "value_words",
]  # fmt: skip

_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
NAMES = [f"虚构{a}{b}" for a in _STEMS for b in _BRANCHES]
"""Names of persons."""

PHONE = 1420000
"""The first seven digits of every telephone."""

REGION, CARD = 999999, 9999
CONTROL = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
"""Weights of the digits of an ID number (GB 11643)."""


def birth_month(age: np.ndarray) -> np.ndarray:
    """Month of birth from the age in months at the end of the population's year."""
    return FIRST * 12 + 11 - np.minimum(age.astype(np.int64), 12 * 110)


def texts(words: list[str], at: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(np.asarray(at, np.int64)))


def positive(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.nan)


def numbered(before: str, numbers: np.ndarray, after: str) -> pa.Array:
    words, at = np.unique(numbers, return_inverse=True)
    return texts([f"{before}{word}{after}" for word in words.tolist()], at)


def named(codes: np.ndarray) -> pa.Array:
    known = place_names()
    words, at = np.unique(codes, return_inverse=True)
    return texts([known[word] for word in words.tolist()], at)


def padded(first: np.ndarray, width: int, second: np.ndarray, other: int) -> pa.Array:
    """Texts of two numbers, each with leading zeros; vectorised over digits."""
    return digits_text(np.concatenate([_places(first, width), _places(second, other)], axis=1))


def _places(numbers: np.ndarray, width: int) -> np.ndarray:
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (np.asarray(numbers, np.int64)[:, None] // powers) % 10


def digits_text(digits: np.ndarray) -> pa.Array:
    """Rows of digits as texts; 10 is X and 11 is left out at the end."""
    marks = np.frombuffer(b"0123456789X", np.uint8)
    letters = np.append(marks, np.uint8(0))[digits]
    kept = letters != 0
    ends = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(letters[kept].tobytes())]
    return pa.Array.from_buffers(pa.string(), len(digits), buffers)


def documents(
    people: Mapping[str, np.ndarray], at: np.ndarray, number: np.ndarray, year: int
) -> pa.Array:
    """ID numbers of a region that does not exist, with a wrong control digit; two digits more for
    the disabled (kind and grade of the certificate)."""
    years, months = np.divmod(birth_month(people["age"][at]), 12)
    order = 2 * (number % 499) + 1 + (people["female"][at] != 0)
    digits = np.concatenate(
        [
            _places(np.full(len(at), REGION), 6),
            _places(years * 10_000 + (months + 1) * 100 + 1 + number % 28, 8),
            _places(order, 3),
        ],
        axis=1,
    )
    right = (12 - (digits * CONTROL).sum(axis=1) % 11) % 11
    wrong = (right + 1) % 10
    grade = people["disability"][at].astype(np.int64)
    more = np.stack([np.where(grade > 0, 4, 11), np.where(grade > 0, grade, 11)], axis=1)
    return digits_text(np.concatenate([digits, wrong[:, None], more], axis=1))


def cards(number: np.ndarray) -> pa.Array:
    """Card numbers of sixteen digits that end in the right digit (Luhn)."""
    digits = np.concatenate([_places(np.full(len(number), CARD), 4), _places(number, 11)], axis=1)
    doubled = np.where(np.arange(15) % 2 == 0, 2 * digits, digits)
    total = (doubled - 9 * (doubled > 9)).sum(axis=1)
    return digits_text(np.concatenate([digits, ((10 - total % 10) % 10)[:, None]], axis=1))


def parts(luck: np.ndarray, *ends: float) -> np.ndarray:
    return np.searchsorted(np.array(ends), luck)


@lru_cache(maxsize=64)
def code_words(name: str, codes: bool) -> list[str]:
    return [one.code if codes else one.zh for one in read_fields().lists[name].codes]


@lru_cache(maxsize=64)
def value_words(name: str, codes: bool) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Words of a list with "" at the end; for each value (and -1, empty) its first word, and its
    second where there is one."""
    found: CodeList = read_fields().lists[name]
    words = [*code_words(name, codes), ""]
    values = [one.value for one in found.codes]
    size = max(values) + 2
    first, other = np.full(size, len(words) - 1), np.full(size, len(words) - 1)
    for value in set(values):
        at = [k for k, one in enumerate(values) if one == value]
        first[value], other[value] = at[0], at[min(1, len(at) - 1)]
    if name == "relation":  # grandparents are not what the model's others mostly are
        first[Relation.OTHER] = other[Relation.OTHER] = len(words) - 2
    return words, first, other
