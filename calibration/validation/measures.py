"""What one run (or a pair of runs) has for a row of the patterns.

A number that a run does not hold makes the whole row NaN; it is never taken for zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from calibration.figures import relapsed_by
from calibration.validation.patterns import constants
from calibration.validation.schema import Hazards, InCounties, Lead, Simulated, Term

__all__ = ["RunRows", "hazard_ratio", "measure"]

_SCOPE = 0
"""County code of the whole scope."""


class RunRows:
    """The rows of one run, ready to be looked up. rows: as in docs/store.md."""

    def __init__(self, rows: pd.DataFrame) -> None:
        keys = ["indicator", "group", "year", "month"]
        whole = rows[rows["county"] == _SCOPE]
        places = rows[(rows["county"] != _SCOPE) & (rows["month"] == 0) & (rows["group"] == "")]
        names = zip(*(whole[key].tolist() for key in keys), strict=True)
        self._values = dict(zip(names, whole["value"].tolist(), strict=True))
        self._spells = {
            name: part for name, part in whole.groupby("indicator") if str(name).startswith("spell")
        }
        self._places: dict[tuple[str, int], pd.Series] = {
            (str(name), int(year)): part.set_index("county")["value"]
            for (name, year), part in places.groupby(["indicator", "year"])
        }
        self._groups: dict[tuple[str, int], dict[str, float]] = {}
        for (name, group, year, month), value in self._values.items():
            if month == 0 and group:
                self._groups.setdefault((name, year), {})[group] = value
        self._months: dict[tuple[str, str, int], list[float]] = {}
        for (name, group, year, month), value in self._values.items():
            if month > 0:
                self._months.setdefault((name, group, year), []).append(value)

    def number(self, name: str, group: str, year: int, month: int | str) -> float:
        """One number of the whole scope; month 0 is the year's, "max" the highest month."""
        if month == "max":
            return max(self._months.get((name, group, year), [math.nan]))
        return self._values.get((name, group, year, int(month)), math.nan)

    def groups(self, name: str, year: int) -> Mapping[str, float]:
        """A year's values of an indicator by group."""
        return self._groups.get((name, year), {})

    def places(self, name: str, year: int) -> pd.Series:
        """A year's values of an indicator by county; empty if there are none."""
        return self._places.get((name, year), pd.Series(dtype=np.float64))

    def spells(self, name: str) -> pd.DataFrame:
        """The spells of an indicator."""
        return self._spells.get(name, pd.DataFrame(columns=["group", "value"]))


def measure(model: Simulated, run: RunRows, other: RunRows | None = None) -> float:
    """The row's value in its unit; `other` is the run of the scenario it is contrasted with."""
    contrast = model.contrast
    if contrast is None:
        return model.scale * _plain(model, run)
    if other is None:
        return math.nan
    if contrast.kind == "part":
        change = _total(model.sum, run) - _total(model.sum, other)
        return model.scale * _ratio(change, _total(model.over, run))
    here, there = _plain(model, run), _plain(model, other)
    if contrast.kind == "relative":
        return model.scale * (_ratio(here, there) - 1.0)
    return model.scale * (here - there)


def _plain(model: Simulated, run: RunRows) -> float:
    if model.survival is not None:
        return relapsed_by(run.spells(model.survival.indicator), int(model.survival.month or 0))
    if model.hazards is not None:
        return hazard_ratio(run.spells(model.hazards.indicator), model.hazards)
    if model.chain is not None:
        stays = 1.0
        for term in model.chain:
            stays *= 1.0 - _term(term, run)
        return 1.0 - stays
    if model.lead is not None:
        return _lead(model.lead, run)
    if model.counties is not None:
        return _in_counties(model.counties, run)
    value = _total(model.sum, run)
    return value if model.over is None else _ratio(value, _total(model.over, run))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _total(terms: Sequence[Term] | None, run: RunRows) -> float:
    return sum(_term(term, run) for term in terms or [])


def _term(term: Term, run: RunRows) -> float:
    """A term: the mean over its years of the indicator, times what it is multiplied by."""
    if term.constant is not None:
        return term.sign * constants()[term.constant]
    return term.sign * _mean([_of_year(term, run, year) for year in term.year or []])


def _of_year(term: Term, run: RunRows, year: int) -> float:
    """A term's value of one year, without its sign; a factor is of the same year."""
    value = run.number(str(term.indicator), term.group, year, term.month)
    if term.times is None:
        return value
    factor = term.times
    if factor.constant is not None:
        return value * factor.sign * constants()[factor.constant]
    return value * factor.sign * _of_year(factor, run, year)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _lead(lead: Lead, run: RunRows) -> float:
    found = []
    for year in lead.year or []:
        shares = dict(run.groups(str(lead.indicator), year))
        own = shares.pop(str(lead.group), math.nan)
        found.append(own - max(shares.values(), default=math.nan))
    return _mean(found)


def _in_counties(model: InCounties, run: RunRows) -> float:
    found = []
    for year in model.year or []:
        values = run.places(str(model.indicator), year)
        if model.over is not None:
            whole = run.places(model.over, year)
            values = (values / whole)[whole > 0]
        least = float(model.at_most or 0.0) + 1e-12
        found.append(float((values <= least).mean()) if len(values) else math.nan)
    return _mean(found)


def hazard_ratio(spells: pd.DataFrame, model: Hazards) -> float:
    """Monthly hazard of relapse in the late months over that in the early ones (both ends in).

    spells: as for `relapsed_by`. NaN if nobody was at risk in either, or nobody fell early.
    """
    if spells.empty:
        return math.nan
    parts = spells["group"].astype(str).str.split(":", n=2, expand=True)
    months = parts[1].astype(int).to_numpy()
    value = spells["value"].to_numpy(np.float64)
    fell = value * (parts[0] == "relapsed").to_numpy()

    def hazard(span: Any) -> float:
        first, last = (int(x) for x in span)
        inside = (months >= first) & (months <= last)
        at_risk = sum(value[months >= month].sum() for month in range(first, last + 1))
        return _ratio(float(fell[inside].sum()), float(at_risk))

    return _ratio(hazard(model.late), hazard(model.early))
