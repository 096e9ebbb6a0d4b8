"""The plan's 44 targets: in what share of runs each scenario meets them, and what is lacking.

A target of several parts has a row each (B22, B22b). Two blocks stand apart and are not counted:
the national rules of county exit (``national``), which are not the plan's, and additions of this
report (``report``).

The targets lie in ``results/data/targets.csv`` (in this project's own words): what is scored, when,
over the whole scope or in every county, and against which threshold. A target whose indicator the
store does not hold is not covered: neither met nor missed.
"""

from __future__ import annotations

import csv
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from results.store import RUN, TOTAL, Store
from results.texts import Unit, unit

SENSES: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
}
SLACK = 1e-9  # a share summed from many parts may miss 1 by rounding
EACH = "every county"
DEEP = "every deep-poverty county"
BY_COUNTY = (EACH, DEEP)


@dataclass(frozen=True)
class Target:
    """One target: words in both languages, and how it is scored.

    ``years`` are scored one by one (all must meet the threshold) unless ``divide_by`` names
    a denominator; then both are summed over the years first. ``month`` 0 is the year's value.
    """

    id: str
    clause: str
    words: dict[str, str]
    scored: dict[str, str]
    assumed: dict[str, str]
    due: str
    indicator: str
    group: str
    divide_by: str
    years: tuple[int, ...]
    month: int
    over: str
    sense: str
    threshold: float
    unit: Unit
    block: str

    @property
    def counted(self) -> bool:
        """Whether it is one of the plan's 44 targets; the national rules of county exit and this
        report's own additions are scored in blocks apart."""
        return self.block == "plan"


@cache
def targets() -> tuple[Target, ...]:
    """All targets of the sections this version models, in the order of the plan's list."""
    text = (files("results") / "data" / "targets.csv").read_text(encoding="utf-8")
    return tuple(_target(row) for row in csv.DictReader(text.splitlines()))


def _target(row: dict[str, str]) -> Target:
    first, _, last = row["when"].partition("-")
    return Target(
        id=row["id"],
        clause=row["clause"],
        words={"en": row["en"], "zh": row["zh"]},
        scored={"en": row["scored_en"], "zh": row["scored_zh"]},
        assumed={"en": row["assumed_en"], "zh": row["assumed_zh"]},
        due=row["due"],
        indicator=row["indicator"],
        group=row["group"],
        divide_by=row["divide_by"],
        years=tuple(range(int(first), int(last or first) + 1)),
        month=int(row["month"]),
        over=row["over"],
        sense=row["sense"],
        threshold=float(row["threshold"]),
        unit=unit(row["unit"]),
        block=row["block"],
    )


def score(store: Store) -> pd.DataFrame:
    """One row per target and scenario.

    Columns: ``target`` (id), ``scenario``, ``covered`` (the store holds what is scored),
    ``runs`` (scored), ``met`` (share of them that meet it, nan if none), ``value`` (what was
    scored, mean over runs: the worst year and the worst county) with ``low`` and ``high`` (5 and
    95 per cent of runs), ``shortfall`` (mean over runs of what lacks, as a share of the threshold;
    in the unit itself where the threshold is 0), ``counties`` (mean share of counties that meet
    it) and ``binding`` (codes of the counties that miss it, those that miss it in most runs
    first); the last two are empty for a target over the whole scope.
    """
    rows = []
    for target in targets():
        values = _values(store, target)
        for name in store.scenarios:
            own = values.loc[name] if name in values.index else pd.DataFrame()
            row: dict[str, Any] = {"target": target.id, "scenario": name}
            row |= {"covered": not values.empty, "runs": len(own), "met": np.nan, "value": np.nan}
            row |= {"low": np.nan, "high": np.nan, "shortfall": np.nan, "counties": np.nan}
            row["binding"] = ()
            if len(own):
                row |= _scored(own, target)
            rows.append(row)
    return pd.DataFrame(rows)


def _scored(own: pd.DataFrame, target: Target) -> dict[str, Any]:
    """The scores of one scenario's runs (down) over places (across)."""
    met, worst = _meets(own, target), _worst(own, target)
    lacks = (worst - target.threshold) * (1.0 if target.sense == "<=" else -1.0)
    whole = abs(target.threshold) or 1.0
    found: dict[str, Any] = {
        "met": float(met.all(axis=1).mean()),
        "value": float(worst.mean()),
        "low": float(worst.quantile(0.05)),
        "high": float(worst.quantile(0.95)),
        "shortfall": float(lacks.clip(lower=0.0).mean() / whole),
    }
    if target.over in BY_COUNTY:
        fails = (~met).mean()
        found["counties"] = float(met.mean(axis=1).mean())
        found["binding"] = tuple(
            int(code) for code in fails[fails > 0].sort_values(ascending=False, kind="stable").index
        )
    return found


def joint(store: Store) -> pd.DataFrame:
    """Per scenario: how many of the plan's targets a run meets (mean, low, high), of how many that
    the store covers, and the share of runs that meet all of them. A target with several parts is
    met if all its parts are."""
    parts: dict[str, list[pd.Series]] = {}
    for target in targets():
        values = _values(store, target)
        if target.counted and not values.empty:
            met = _meets(values, target).all(axis=1)
            parts.setdefault(target.id[:3], []).append(met)
    rows = []
    for name in store.scenarios:
        whole = [
            pd.concat([met.loc[name] for met in each if name in met.index], axis=1).all(axis=1)
            for each in parts.values()
            if all(name in met.index for met in each)
        ]
        if not whole:
            continue
        table = pd.concat(whole, axis=1).dropna().astype(bool)
        number = table.sum(axis=1)
        rows.append(
            {
                "scenario": name, "targets": len(whole), "met": float(number.mean()),
                "low": float(number.quantile(0.05)), "high": float(number.quantile(0.95)),
                "all": float(table.all(axis=1).mean()),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def by_county(store: Store) -> pd.DataFrame:
    """The targets that are set for every county: per target, scenario and county the value (mean,
    low, high over runs) and the share of runs that meet it."""
    rows = []
    for target in targets():
        if target.over not in BY_COUNTY:
            continue
        values = _values(store, target)
        for name in store.scenarios:
            if values.empty or name not in values.index:
                continue
            own = values.loc[name]
            met = _meets(own, target)
            for code in own.columns:
                rows.append(
                    {
                        "target": target.id, "scenario": name, "county": int(code),
                        "value": float(own[code].mean()), "low": float(own[code].quantile(0.05)),
                        "high": float(own[code].quantile(0.95)), "met": float(met[code].mean()),
                    }
                )  # fmt: skip
    columns = ["target", "scenario", "county", "value", "low", "high", "met"]
    return pd.DataFrame(rows, columns=columns)


_READ: WeakKeyDictionary[Store, dict[str, pd.DataFrame]] = WeakKeyDictionary()
"""What was read of a store, by target: a report asks for the same rows several times."""


def _values(store: Store, target: Target) -> pd.DataFrame:
    """What is scored, runs down and places across; empty if the store does not hold it."""
    read = _READ.setdefault(store, {})
    if target.id not in read:
        held = store.holds(target.indicator, target.group)
        held = held and (not target.divide_by or store.holds(target.divide_by))
        read[target.id] = _worst_years(store, target) if held else pd.DataFrame()
    return read[target.id]


def _worst(values: pd.DataFrame, target: Target) -> pd.Series:
    """The value furthest from the target in each row."""
    return values.max(axis=1) if target.sense == "<=" else values.min(axis=1)


def _meets(values: pd.DataFrame, target: Target) -> pd.DataFrame:
    slack = SLACK * max(1.0, abs(target.threshold))
    bound = target.threshold + {"<=": slack, ">=": -slack, ">": 0.0}[target.sense]
    return SENSES[target.sense](values, bound)


def _worst_years(store: Store, target: Target) -> pd.DataFrame:
    """What is scored, in the worst of the years: runs down, places across.

    Runs that do not hold every year are left out: they cannot be scored.
    """
    value = _by_year(store, target, target.indicator, target.group)
    if target.divide_by:
        whole = _by_year(store, target, target.divide_by, "")
        complete = value.notna().all(axis=1) & whole.notna().all(axis=1)
        below = whole.sum(axis=1)
        # Nothing to divide by: no exits, so none of them wrong.
        share = (value.sum(axis=1) / below.where(below > 0)).fillna(0.0)
        value = share[complete].to_frame()
    return _worst(value.dropna(), target).unstack("county").dropna()


@cache
def _deep_counties() -> tuple[int, ...]:
    text = (files("results") / "data" / "counties.csv").read_text(encoding="utf-8")
    return tuple(
        int(row["code"]) for row in csv.DictReader(text.splitlines()) if row["deep"] == "1"
    )


def _by_year(store: Store, target: Target, indicator: str, group: str) -> pd.DataFrame:
    rows = store.frame(
        indicator,
        group=group,
        year=target.years,
        month=target.month,
        county="each" if target.over in BY_COUNTY else TOTAL,
    )
    if target.over == DEEP:
        rows = rows[rows["county"].isin(_deep_counties())]
    table = rows.pivot_table(index=[*RUN, "county"], columns="year", values="value")
    return table.reindex(columns=list(target.years))
