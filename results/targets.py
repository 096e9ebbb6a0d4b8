"""The plan's targets for 2020: in what share of runs each scenario meets them.

The targets lie in ``results/data/targets.csv`` (in this project's own words): what is scored,
when, over the whole scope or in every county, and against which threshold. A target whose
indicator the store does not hold is not covered: neither met nor missed.
"""

from __future__ import annotations

import csv
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

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
    )


def score(store: Store) -> pd.DataFrame:
    """One row per target and scenario.

    Columns: ``target`` (id), ``scenario``, ``covered`` (the store holds what is scored),
    ``runs`` (scored), ``met`` (share of them that meet it, nan if none), ``value`` (what was
    scored, mean over runs: the worst year and the worst county) and ``counties`` (mean share of
    counties that meet it; nan for a target over the whole scope).
    """
    rows = []
    for target in targets():
        held = store.holds(target.indicator, target.group)
        held = held and (not target.divide_by or store.holds(target.divide_by))
        values = _worst_years(store, target) if held else pd.DataFrame()
        for name in store.scenarios:
            own = values.loc[name] if name in values.index else pd.DataFrame()
            met = _meets(own, target)
            rows.append(
                {
                    "target": target.id,
                    "scenario": name,
                    "covered": held and not values.empty,
                    "runs": len(own),
                    "met": float(met.all(axis=1).mean()) if len(own) else np.nan,
                    "value": float(_worst(own, target).mean()) if len(own) else np.nan,
                    "counties": float(met.mean(axis=1).mean())
                    if len(own) and target.over in BY_COUNTY
                    else np.nan,
                }
            )
    return pd.DataFrame(rows)


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
