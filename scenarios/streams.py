"""Streams of support: groups of clauses that hold households up, in `data/streams.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from ruamel.yaml import YAML

from scenarios.clauses import clauses, expand

__all__ = ["SUPPORT", "Stream", "faded_clauses", "streams"]

SUPPORT = "support"
"""The name, in a scenario's `fade`, of all streams that end with the plan's support."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its clauses, and whether it ends when support is withdrawn."""

    name: str
    words: Mapping[str, str]
    clauses: tuple[str, ...]
    ends: bool


@functools.cache
def streams() -> Mapping[str, Stream]:
    """All streams by name. ValueError if a clause stands in two, or there is no such clause."""
    text = files("scenarios").joinpath("data", "streams.yaml").read_text(encoding="utf-8")
    found: dict[str, Stream] = {}
    owner: dict[str, str] = {}
    for name, entry in YAML(typ="safe").load(text).items():
        mine: list[str] = []
        for one in entry["clauses"]:
            try:
                mine += expand(one)
            except KeyError:
                raise ValueError(f"streams.yaml: {name}: there is no clause {one}") from None
        for clause in mine:
            if owner.setdefault(clause, name) != name:
                raise ValueError(f"streams.yaml: {clause} stands in {owner[clause]} and in {name}")
        words = {"en": entry["en"], "zh": entry["zh"]}
        found[name] = Stream(name, words, tuple(mine), bool(entry["ends"]))
    return MappingProxyType(found)


def faded_clauses(name: str) -> tuple[str, ...]:
    """The clauses that a name in `fade` stands for: `support`, a stream, a section, a clause.

    KeyError if it is none of these.
    """
    known = streams()
    if name == SUPPORT:
        ending = {clause for one in known.values() if one.ends for clause in one.clauses}
        return tuple(clause for clause in clauses() if clause in ending)
    return known[name].clauses if name in known else expand(name)
