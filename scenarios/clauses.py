"""The clauses and the targets of the plan.

`data/clauses.csv` has one row a clause; type Q states a number or a date, q is a lever without a
number, G is governance, N lies outside the system and is kept as an argued no-op. `data/clauses/`
has a file a section that says what the clause wants in our words and how one sees that it acts:

    A5.2:
      en: ..., zh: ...
      own:   {indicator: houses_repaired, sign: +}   # what it does, in its own terms
      moves: {indicator: house_debt, sign: -}        # a state of persons or households downstream
      small: {en: why the effect is honestly near zero, zh: ...}  # then `moves` must be small
      nothing: {en: why nothing is modelled, zh: ...}             # only type N
      flag: county.deep                               # a column that marks the clause's scope
      scored: [B05]                                   # targets that score it (T1 to T6)
      horizon: 2023-12                                # last month looked at, where it acts late

`sign` is that of the indicator with the clause minus without it. The clauses T1 to T6 are the
plan's aims, G1 to G4 its scope. These and N cannot be switched: there is nothing to switch.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

__all__ = ["Clause", "Target", "clauses", "expand", "sections", "targets"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the plan. `acts_on` lists agents by letter: P person, H household,
    n natural village, V village, T township, C county, R province."""

    id: str
    section: str
    type: str
    acts_on: str
    says_en: str = ""
    says_zh: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    small: str = ""
    nothing: str = ""
    flag: str = ""
    scored: tuple[str, ...] = ()
    horizon: str = ""
    small_zh: str = ""
    nothing_zh: str = ""

    @property
    def group(self) -> str:
        """The section's short id: "A4" for A4.3."""
        return _group(self.id)

    @property
    def switchable(self) -> bool:
        """Whether a scenario can switch it."""
        return self.type != "N" and self.group != "T" and not self.flag


@dataclass(frozen=True, slots=True)
class Target:
    """One measurable target. `sense` is one of = >= <= or empty where the threshold is not one
    number; `due` a month or a year as text, `assumed` says what of it the plan does not state."""

    id: str
    clause: str
    level: str
    sense: str
    threshold: float | None
    unit: str
    due: str
    assumed: str
    says_en: str
    says_zh: str


@functools.cache
def clauses() -> Mapping[str, Clause]:
    """All clauses by id, in the plan's order."""
    told = _told()
    found = {}
    for row in _rows("clauses.csv"):
        given: dict[str, Any] = {**row, **told.pop(row["id"], {})}
        given["says_en"], given["says_zh"] = given.pop("en", ""), given.pop("zh", "")
        given["scored"] = tuple(given.get("scored", ()))
        for name in ("small", "nothing"):
            if name in given:
                told_so = given.pop(name)
                both = {"en": told_so, "zh": ""} if isinstance(told_so, str) else told_so
                given[name], given[f"{name}_zh"] = both["en"], both["zh"]
        found[row["id"]] = Clause(**given)
    if told:
        raise ValueError(f"scenarios/data/clauses/: there are no clauses {', '.join(told)}")
    return MappingProxyType(found)


def _told() -> dict[str, dict[str, Any]]:
    """What the files of the sections say, by clause."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(files("scenarios").joinpath("data", "clauses").iterdir(), key=str):
        if file.name.endswith(".yaml"):
            found.update(YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {})
    return found


@functools.cache
def targets() -> Mapping[str, Target]:
    """All targets by id."""
    found = {}
    for row in _rows("targets.csv"):
        number = float(row["threshold"]) if row["threshold"] else None
        found[row["id"]] = Target(**{**row, "threshold": number})  # type: ignore[arg-type]
    return MappingProxyType(found)


@functools.cache
def sections() -> Mapping[str, tuple[str, ...]]:
    """Section ids ("A4") and the clauses in each that can be switched."""
    found: dict[str, list[str]] = {}
    for clause in clauses().values():
        if clause.switchable:
            found.setdefault(clause.group, []).append(clause.id)
    return MappingProxyType({group: tuple(ids) for group, ids in found.items()})


def expand(name: str) -> tuple[str, ...]:
    """The clauses a section id or a clause id stands for. KeyError if there is none."""
    return sections()[name] if name in sections() else (clauses()[name].id,)


def _group(identity: str) -> str:
    return identity.split(".")[0] if "." in identity else identity[:1]


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("scenarios") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
