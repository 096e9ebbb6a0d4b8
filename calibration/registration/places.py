"""Counties, townships and villages of registration rows; names of villages are not kept."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from calibration.population.inputs import DATA
from calibration.registration.cells import EMPTY, UNREADABLE, clean
from calibration.registration.privacy import hashed

__all__ = [
    "counties", "county_codes", "place_names", "read_counties", "township_codes", "village_ids",
]  # fmt: skip

_PEOPLES = ("东乡族", "保安族", "撒拉族", "回族", "藏族")


@lru_cache(maxsize=1)
def read_counties() -> Mapping[str, int]:
    """Every way to write a county -> its code: code, full name, and short name where it is one."""
    found: dict[str, int] = {}
    short: dict[str, list[int]] = {}
    for row in _table("counties.csv"):
        code, name = int(row["code"]), row["county"]
        found[row["code"]] = found[name] = found[row["prefecture"] + name] = code
        stem = name.removesuffix("自治县") if name.endswith("自治县") else name[:-1]
        for people in _PEOPLES if name.endswith("自治县") else ():
            stem = stem.replace(people, "") or people.removesuffix("族")
        short.setdefault(stem, []).append(code)
        if name.endswith("自治县"):
            short.setdefault(stem + "县", []).append(code)
    return found | {stem: codes[0] for stem, codes in short.items() if len(codes) == 1}


@lru_cache(maxsize=1)
def _townships() -> Mapping[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    short: dict[tuple[int, str], list[int]] = {}
    for row in _table("townships.csv"):
        county, code, name = int(row["county_code"]), int(row["code"]), row["township"]
        found[county, row["code"]] = found[county, name] = code
        short.setdefault((county, name.rstrip("镇乡")), []).append(code)
    return {key: codes[0] for key, codes in short.items() if len(codes) == 1} | found


@lru_cache(maxsize=1)
def counties() -> Mapping[str, np.ndarray]:
    """`code`, `county`, `prefecture` and `deep` of the counties of the scope, by code."""
    rows = sorted(_table("counties.csv"), key=lambda row: int(row["code"]))
    texts = {name: np.array([row[name] for row in rows]) for name in ("county", "prefecture")}
    return texts | {name: np.array([int(row[name]) for row in rows]) for name in ("code", "deep")}


@lru_cache(maxsize=1)
def place_names() -> Mapping[int, str]:
    """Names of counties (six-digit codes) and townships (nine-digit codes)."""
    return {int(row["code"]): row["county"] for row in _table("counties.csv")} | {
        int(row["code"]): row["township"] for row in _table("townships.csv")
    }


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def county_codes(texts: Sequence[str]) -> np.ndarray:
    """The code of each county text (name, or a code of six or more digits); int64."""
    known = read_counties()

    def code(text: str) -> int:
        text = clean(text)
        if not text:
            return EMPTY
        if text.isdigit() and len(text) in (9, 12):
            text = text[:6]
        return known.get(text, UNREADABLE)

    return np.fromiter(map(code, texts), np.int64, len(texts))


def township_codes(counties: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """The code of each township in its county, 0 where it is not known; int32."""
    known = _townships()

    def code(county: int, text: str) -> int:
        text = clean(text)
        return known.get((county, text[:9] if text.isdigit() else text), 0)

    return np.fromiter(map(code, counties.tolist(), texts), np.int32, len(texts))


def village_ids(counties: np.ndarray, parts: Sequence[Sequence[str]], key: bytes) -> np.ndarray:
    """uint64 ids of places from county and names (township, village, ...); 0 without the last."""
    places = [[clean(name) for name in place] for place in zip(*parts, strict=True)]
    texts = (
        "|".join((str(county), *place)) if place[-1] else ""
        for county, place in zip(counties.tolist(), places, strict=True)
    )
    return hashed(texts, key, "place")
