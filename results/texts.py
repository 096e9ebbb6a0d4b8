"""What indicators, units, causes and phrases are called, in English and Chinese.

The words lie in ``results/data/*.yaml``; nothing shown to a reader is written in the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("en", "zh")
_CJK = "[\u3000-\u9fff\uff00-\uffef]"


@dataclass(frozen=True)
class Unit:
    """Unit of a store's value and how a reader is shown it.

    ``scale`` and ``decimals`` turn a value into what is printed (a share into per cent);
    ``large`` gives, per language, the divisor and the name used on axes for big numbers;
    ``difference`` the name of the unit of a difference where it has another one.
    """

    name: str
    scale: float
    decimals: int
    words: Mapping[str, str]
    large: Mapping[str, tuple[float, str]]
    difference: Mapping[str, str]

    def word(self, lang: str) -> str:
        """Name of the unit after scaling."""
        return self.words[lang]

    def axis(self, lang: str) -> tuple[float, str]:
        """Factor by which a store's value is multiplied on an axis, and the axis' unit."""
        if lang in self.large:
            divisor, word = self.large[lang]
            return 1.0 / divisor, word
        return self.scale, self.words[lang]

    def axis_of_difference(self, lang: str) -> tuple[float, str]:
        """The same for a difference of two values."""
        factor, word = self.axis(lang)
        return factor, self.difference.get(lang, word)


@dataclass(frozen=True)
class Indicator:
    """One indicator (or one group of it) as the catalogue declares it."""

    name: str
    group: str
    kind: str
    unit: Unit
    key: bool
    words: Mapping[str, str]

    def label(self, lang: str) -> str:
        """Name for a reader."""
        return self.words[lang]

    @property
    def id(self) -> str:
        """Name used in files: ``indicator`` or ``indicator:group``."""
        return f"{self.name}:{self.group}" if self.group else self.name


def check_language(lang: str) -> str:
    """Return ``lang`` if the texts exist in it, else raise ``ValueError``."""
    if lang not in LANGUAGES:
        raise ValueError(f"language '{lang}': there is " + " and ".join(LANGUAGES))
    return lang


@cache
def _read(name: str) -> dict[str, Any]:
    text = (files("results") / "data" / name).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


@cache
def unit(name: str) -> Unit:
    """A unit of the catalogue, or ``KeyError``."""
    entry = _read("indicators.yaml")["units"][name]
    return Unit(
        name=name,
        scale=float(entry["scale"]),
        decimals=int(entry["decimals"]),
        words={lang: entry[lang] for lang in LANGUAGES},
        large={k: (float(v[0]), str(v[1])) for k, v in entry.get("large", {}).items()},
        difference=entry.get("difference", {}),
    )


@cache
def catalogue() -> dict[tuple[str, str], Indicator]:
    """All indicators the tables know, in the order they are shown."""
    found = {}
    for entry in _read("indicators.yaml")["indicators"]:
        group = entry.get("group", "")
        found[entry["name"], group] = Indicator(
            name=entry["name"],
            group=group,
            kind=entry["kind"],
            unit=unit(entry["unit"]),
            key=bool(entry.get("key", False)),
            words={lang: entry[lang] for lang in LANGUAGES},
        )
    return found


@cache
def themes() -> dict[str, frozenset[str]]:
    """The parts of a long table, in their order, and the names of the indicators in each."""
    listed = _read("indicators.yaml")["themes"]
    return {name: frozenset(entry["names"]) for name, entry in listed.items()}


def theme(name: str, lang: str) -> str:
    """A part of a long table, in words."""
    return _named("themes", name, lang)


def indicator(name: str, group: str = "") -> Indicator:
    """The catalogue's entry, or ``KeyError``."""
    return catalogue()[name, group]


def by_id(key: str) -> Indicator:
    """The entry of ``name`` or ``name:group``, or ``KeyError``."""
    name, _, group = key.partition(":")
    return catalogue()[name, group]


def _named(section: str, name: str, lang: str) -> str:
    entry = _read("indicators.yaml")[section].get(name)
    return entry[lang] if entry else name.replace("_", " ")


def cause(name: str, lang: str) -> str:
    """A cause of poverty or relapse, in words."""
    return _named("causes", name, lang)


def programme(name: str, lang: str) -> str:
    """A programme of the ledger, in words; its id if the catalogue does not know it."""
    return _named("programmes", name, lang)


def household_type(name: str, lang: str) -> str:
    """A group or type of households, in words."""
    return _named("household_types", name, lang)


def evidence(name: str, lang: str) -> str:
    """An evidence grade, in words."""
    return _named("evidence", name, lang)


def phrase(key: str, lang: str, **values: Any) -> str:
    """A sentence of the catalogue with its blanks filled; ``KeyError`` if there is none."""
    text = " ".join(_read("phrases.yaml")[key][check_language(lang)].split())
    if lang == "zh":  # a line break inside Chinese text is no space
        text = re.sub(rf"(?<={_CJK}) (?={_CJK})", "", text)
    return text.format(**values) if values else text


@cache
def all_text() -> str:
    """Every character of the catalogues, to check that a font has a glyph for each."""
    parts = [
        (files("results") / "data" / name).read_text(encoding="utf-8")
        for name in ("indicators.yaml", "phrases.yaml", "counties.csv", "targets.csv")
    ]
    return "".join(parts)
