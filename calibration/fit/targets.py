"""Targets: what the statistics of a run are held against, each with its standard error.

A source is "published" (the figures of calibration/data/figures.csv whose use is "calibrate", with
the errors of target_errors.yaml), a table file, or a folder made by `fanpin registration import`,
which holds its own targets.csv. A table has the columns

    statistic, year, area, value, error [, source, use]

as .csv (UTF-8), .xlsx or .parquet. A row without a value is left out; one without an error gets
the discrepancy of the model alone. What is kept for validation can not be a target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from calibration.figures import USES
from calibration.fit.statistics import AREAS, split_key
from calibration.fit.target_tables import (
    TargetError,
    figure_ids,
    held_back,
    published,
    table_rows,
)
from sim.calendar import month_index

__all__ = ["Target", "TargetError", "Targets", "read_targets"]

_FIRST_EXITS = month_index("2017-12")


@dataclass(frozen=True)
class Target:
    """One number to be met. error: standard error in the unit of the statistic, discrepancy
    between model and world included."""

    key: str
    value: float
    error: float
    source: str = ""
    use: str = "calibrate"


@dataclass(frozen=True)
class Targets:
    """Targets in their order; left_out: (key or id, reason) of what was given and not taken."""

    targets: tuple[Target, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the statistics."""
        return tuple(target.key for target in self.targets)

    @cached_property
    def observed(self) -> np.ndarray:
        """Observed values."""
        return np.array([target.value for target in self.targets], np.float64)

    @cached_property
    def error(self) -> np.ndarray:
        """Standard errors."""
        return np.array([target.error for target in self.targets], np.float64)

    def vector(self, stats: Mapping[str, float]) -> np.ndarray:
        """A run's statistics in the order of the targets; NaN where it has none."""
        return np.array([stats.get(key, np.nan) for key in self.keys], np.float64)

    @property
    def until(self) -> int:
        """The last month (index) that a run needs to have a number for every target."""
        return max(_needs(key) for key in self.keys)

    def __len__(self) -> int:
        return len(self.targets)


def read_targets(sources: Sequence[str]) -> Targets:
    """Targets of "published", table files and registration folders, all together.

    TargetError lists every fault of all sources: a table that can not be read, a statistic that
    does not exist, a value or an error that is no number, a key given twice, and every row that
    is kept for validation.
    """
    found: list[Target] = []
    left_out: list[tuple[str, str]] = []
    faults: list[str] = []
    where: dict[str, str] = {}
    for source in dict.fromkeys(sources):
        try:
            taken, left = _published() if source == "published" else _table(Path(source), faults)
        except TargetError as error:
            faults.append(str(error))
            continue
        left_out += left
        for at, target in taken:
            if target.key in where:
                faults.append(f"{at}: {target.key} was given before, in {where[target.key]}")
            else:
                where[target.key] = at
                found.append(target)
    if faults:
        raise TargetError("these targets cannot be used:\n  " + "\n  ".join(faults))
    if not found:
        raise TargetError(f"there is no target with a value in {', '.join(sources) or 'nothing'}")
    return Targets(tuple(found), tuple(left_out))


Taken = tuple[list[tuple[str, Target]], list[tuple[str, str]]]
"""Targets with the place where each stands; and what was left out."""


def _published() -> Taken:
    taken, left = published()
    return [
        ("published", Target(f"figure:{id}", value, error, source))
        for id, value, error, source in taken
    ], left


def _table(path: Path, faults: list[str]) -> Taken:
    """The targets of a table. Faults of its rows are added to `faults`."""
    taken: list[tuple[str, Target]] = []
    left: list[tuple[str, str]] = []
    kept = held_back()
    for at, row in table_rows(path):
        problem = _forbidden(row, kept)
        if problem:
            faults.append(f"{at}: {problem}")
            continue
        key, problem = _key(row)
        value, error = _number(row.get("value")), _number(row.get("error"))
        if problem:
            faults.append(f"{at}: {problem}")
        elif value is None:
            left.append((key, f"{at}: no value"))
        elif not math.isfinite(value):
            faults.append(f"{at}: the value is {row['value']!r}, expected a number")
        elif error is not None and not (math.isfinite(error) and error > 0):
            faults.append(f"{at}: the error is {row['error']!r}, expected a number above 0")
        elif error is None and value == 0:
            faults.append(f"{at}: a value of 0 needs an error of its own")
        else:
            wide = 0.1 * abs(value) if error is None else error
            taken.append((at, Target(key, value, wide, row.get("source") or str(path))))
    return taken, left


def _forbidden(row: Mapping[str, str], kept: Mapping[str, tuple[str, str]]) -> str:
    """Why a row may not be fitted; empty if it may."""
    use = row.get("use", "")
    if use not in ("", "calibrate"):
        known = ", ".join((*USES, "validate"))
        return (
            f"{row.get('statistic')} has the use {use!r}; only rows of use calibrate may be "
            f"fitted (the uses are {known})"
        )
    name, year = row.get("statistic", "").removeprefix("figure:"), row.get("year", "")[:4]
    for id, (key, when) in kept.items():
        if name == id or (name == key and (not year or year == when[:4])):
            return f"{name} ({id}) is kept for validation and may not be fitted"
    return ""


def _key(row: Mapping[str, str]) -> tuple[str, str]:
    """The key of a row, and what is wrong with it."""
    from calibration.fit.statistics import STATISTICS, key, known_key

    name = row.get("statistic", "")
    if name.startswith("figure:"):
        id = name.removeprefix("figure:")
        return name, "" if id in figure_ids() else f"no published figure {id!r} has a rule"
    survival = name in STATISTICS and STATISTICS[name].kind == "survival"
    text = key(name, "" if survival else row.get("year", ""), row.get("area") or AREAS[0])
    return text, known_key(text)


def _number(text: str | None) -> float | None:
    """A number, None for an empty cell, NaN for what is no number."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return math.nan


def _needs(key: str) -> int:
    name, year, _ = split_key(key)
    if name == "figure":
        return _figure_needs(year)
    if name.startswith("survival_"):
        return _FIRST_EXITS + int(name.removeprefix("survival_"))
    return month_index(f"{int(year)}-12")


def _figure_needs(id: str) -> int:
    from calibration.fit.simulator import rules

    model: Mapping[str, Any] = rules().rules[id].simulated
    if "survival" in model:
        return _FIRST_EXITS + int(model["month"])
    terms = [*model.get("sum", []), *model.get("over", [])]
    return month_index(f"{max(term['year'] for term in terms if 'year' in term)}-12")
