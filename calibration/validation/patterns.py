"""The published patterns: files of rows, each with source, published value and tolerance.

calibration/data/patterns.yaml holds the shipped ones; a user's file has the same form. Every
mistake of a file comes at once, with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calibration.figures import read_figures, read_rules
from calibration.population.inputs import DATA
from calibration.validation.schema import KINDS, Pattern, PatternFile, Row
from scenarios.faults import Fault, did_you_mean, only_faults, sort_faults
from scenarios.fields import validate
from scenarios.yaml_file import KeyPath, YamlFile, read_yaml

__all__ = ["PatternError", "Patterns", "constants", "held_back", "read_patterns"]

SHIPPED = DATA / "patterns.yaml"


class PatternError(ValueError):
    """A file of patterns cannot be used; the text lists every mistake with its line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sort_faults(faults)
        many = "1 mistake" if len(self.faults) == 1 else f"{len(self.faults)} mistakes"
        super().__init__("\n".join([f"{many} found in the patterns.", *map(str, self.faults)]))


@dataclass(frozen=True)
class Patterns:
    """All rows in the order of their files, and the patterns they belong to."""

    patterns: Mapping[str, Pattern]
    rows: Sequence[Row]

    def indicators(self) -> set[str]:
        """What a store is asked for."""
        found: set[str] = set()
        for row in self.rows:
            model = row.simulated
            if model is not None:
                found |= {term.indicator for term in model.terms() if term.indicator}
                for part in (model.survival, model.hazards, model.lead, model.counties):
                    found |= {str(part.indicator)} if part is not None else set()
                if model.counties is not None and model.counties.over:
                    found.add(model.counties.over)
        return found


@cache
def constants() -> dict[str, float]:
    """The constants that bring published values to the model's footing (figure_rules.yaml)."""
    return dict(read_rules(read_figures()).constants)


@cache
def held_back() -> dict[str, tuple[str, str, str]]:
    """Figures kept for validation: {id: (key, year, area)}; a fit refuses each of them."""
    with (DATA / "held_back.csv").open(encoding="utf-8", newline="") as file:
        return {r["id"]: (r["key"], r["year"], r["area"]) for r in csv.DictReader(file)}


def read_patterns(own: str | Path | None = None) -> Patterns:
    """The shipped patterns, and after them those of a user's file.

    PatternError with every mistake of the files, each with its line.
    """
    shipped = _shipped()
    if own is None:
        return shipped
    patterns, rows = _read(Path(own), shipped)
    return Patterns({**shipped.patterns, **patterns}, [*shipped.rows, *rows])


@cache
def _shipped() -> Patterns:
    return Patterns(*_read(SHIPPED, Patterns({}, [])))


def _read(path: Path, before: Patterns) -> tuple[dict[str, Pattern], list[Row]]:
    """The patterns and rows of one file; what came before may not be named again."""
    file = read_yaml(path)
    found = _file(file, before.patterns, {str(row.id) for row in before.rows})
    wrong = only_faults(file.faults)
    if wrong:
        raise PatternError(wrong)
    return found


def _file(
    file: YamlFile, known: Mapping[str, Pattern], taken: set[str]
) -> tuple[dict[str, Pattern], list[Row]]:
    if file.data is None:
        return {}, []
    whole = validate(PatternFile, file, file.data)
    if not whole.rows:
        file.fault((), "has no rows", mend="Write `rows:` and a list under it.")
    for name, pattern in whole.patterns.items():
        if name in known:
            file.fault(("patterns", name), "is a shipped pattern", mend="Give yours another name.")
        if pattern.use is None or not (pattern.en or pattern.zh):
            file.fault(("patterns", name), "needs use, and en or zh")
    rows = []
    for number, raw in enumerate(whole.rows or []):
        at = ("rows", number)
        if not isinstance(raw, dict):
            file.fault(at, f"{raw!r} stands here", expected="keys with values, from `- id: ...`")
            continue
        row = validate(Row, file, raw, at)
        _whole(row, file, at, {**known, **whole.patterns}, taken)
        taken.add(str(row.id))
        rows.append(row)
    return dict(whole.patterns), rows


# --- what must be there, and what fits together ---------------------------------------------------


def _whole(
    row: Row, file: YamlFile, at: KeyPath, patterns: Mapping[str, Pattern], taken: set[str]
) -> None:
    """Note what a row lacks and what in it does not fit."""
    if row.id in taken:
        file.fault((*at, "id"), f"there is another row {row.id}", mend="Give it another id.")
    for name in ("id", "pattern", "use", "unit", "source", "grade", "published"):
        if getattr(row, name) is None and not file.told((*at, name)):
            file.fault(at, f"{name} is missing")
    if not (row.en or row.zh):
        file.fault(at, "has no text", expected="en or zh")
    if row.pattern and row.pattern not in patterns:
        mend = did_you_mean(row.pattern, patterns, "List it under `patterns:`.")
        file.fault((*at, "pattern"), f"there is no pattern {row.pattern}", mend=mend)
    _held(row, file, at)
    _sides(row, file, at)
    if (row.simulated is None) == (row.unsaid is None) and not file.told((*at, "simulated")):
        what = "needs `simulated`, or `unsaid` with the reason why no store can say it"
        file.fault(at, what, mend="Keep one of the two.")
    if row.simulated is not None:
        _reckoned(row, file, (*at, "simulated"))


def _held(row: Row, file: YamlFile, at: KeyPath) -> None:
    held = held_back()
    if row.use == "V" and row.held not in held:
        mend = did_you_mean(str(row.held), held, "Use K for a check of your own.")
        file.fault((*at, "use"), "V is for the figures of held_back.csv, named by `held`",
                   mend=mend)  # fmt: skip
    if row.use != "V" and row.held is not None:
        file.fault((*at, "held"), f"a figure kept back cannot be {row.use}", mend="Use V.")


def _sides(row: Row, file: YamlFile, at: KeyPath) -> None:
    """Published: one of value, above, below. A value has a tolerance with a reason."""
    given = row.published
    if given is None:
        return
    sides = [name for name in ("value", "above", "below") if getattr(given, name) is not None]
    if len(sides) != 1 and not file.told((*at, "published")):
        file.fault((*at, "published"), f"has {' and '.join(sides) or 'none'}",
                   expected="one of value, above and below")  # fmt: skip
    for name in [*given.times, *given.over]:
        if name not in constants():
            file.fault((*at, "published"), f"there is no constant {name}",
                       mend=did_you_mean(name, constants()))  # fmt: skip
    tolerance = row.tolerance
    if sides == ["value"] and row.simulated is not None and not file.told((*at, "tolerance")):
        if tolerance is None or (tolerance.ratio is None) == (tolerance.band is None):
            file.fault((*at, "tolerance"), "a value needs a tolerance", expected="ratio or band")
        elif tolerance.why is None:
            file.fault((*at, "tolerance"), "why is missing", mend="Say what it allows for.")


def _reckoned(row: Row, file: YamlFile, at: KeyPath) -> None:
    model = row.simulated
    assert model is not None
    kinds = [kind for kind in KINDS if getattr(model, kind) is not None]
    if len(kinds) != 1 and not file.told(at):
        file.fault(at, f"has {' and '.join(kinds) or 'no way to reckon'}",
                   expected=f"one of {', '.join(KINDS)}")  # fmt: skip
    for term in model.terms():
        if term.constant is not None and term.constant not in constants():
            file.fault(at, f"there is no constant {term.constant}",
                       mend=did_you_mean(term.constant, constants()))  # fmt: skip
        if term.constant is None and term.indicator is None and not file.told(at):
            file.fault(at, "a term needs an indicator or a constant")
    for term in [*(model.sum or []), *(model.over or []), *(model.chain or [])]:
        if term.indicator is not None and term.year is None and not file.told(at):
            file.fault(at, f"the term {term.indicator} has no year")
    for name, needs in _NEEDS.items():
        part = getattr(model, name)
        lacking = [] if part is None else [one for one in needs if getattr(part, one) is None]
        if lacking and not file.told((*at, name)):
            file.fault((*at, name), f"{' and '.join(lacking)} missing")
    if model.contrast is not None and model.contrast.kind == "part" and not model.over:
        file.fault((*at, "contrast"), "`as: part` needs `over`")


_NEEDS = {
    "survival": ("month",), "hazards": ("early", "late"), "lead": ("indicator", "group", "year"),
    "counties": ("indicator", "year", "at_most"), "contrast": ("scenario",),
}  # fmt: skip
