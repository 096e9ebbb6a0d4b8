"""Survival from counts of spells: how long persons stay out of poverty after exit.

A spell begins with the registered exit and ends with relapse (from one of several causes) or
is censored (death, leaving, end of the run). Stores hold spells as counts per length in whole
months, so all estimators here work on counts.

Within a month relapses come before censorings: a spell censored in month t was at risk in t.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from results.store import RUN, TOTAL, Store

PLAN_START = (2017, 11)  # first exits counted


@dataclass(frozen=True)
class Curve:
    """A survival curve at months 0, 1, ..., T.

    ``at_risk`` and ``events`` are counts of spells (any positive unit), ``survival`` the
    Kaplan-Meier estimate, ``incidence`` the cumulative incidence per cause (the causes
    compete, so the incidences and the survival add up to one).
    """

    months: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    survival: np.ndarray
    incidence: Mapping[str, np.ndarray]

    def at(self, month: int) -> float:
        """Survival at a month; nan beyond the longest spell."""
        return float(self.survival[month]) if month < len(self.survival) else np.nan

    def restricted_mean(self, month: int) -> float:
        """Mean months without relapse within the first ``month`` months (area below)."""
        return float(self.survival[:month].sum()) if month < len(self.survival) else np.nan

    def greenwood(self, scale: float = 1.0, level: float = 0.90) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bound by Greenwood's variance on the log(-log) scale.

        ``scale`` turns the counts into numbers of independent spells: the sample share if
        they were scaled up, divided by the household size if households fall as one. The
        log(-log) scale keeps the bounds between 0 and 1 (Kalbfleisch and Prentice 1980).
        Where the curve is still at 1 or has reached 0 both bounds equal the curve.
        """
        n, d = self.at_risk * scale, self.events * scale
        with np.errstate(divide="ignore", invalid="ignore"):
            term = np.where((d > 0) & (n > d), d / (n * (n - d)), 0.0)
            log_survival = np.log(self.survival)
            error = np.sqrt(np.cumsum(term)) / np.abs(log_survival)
            z = norm.ppf(0.5 + level / 2)
            low = self.survival ** np.exp(z * error)
            high = self.survival ** np.exp(-z * error)
        settled = (self.survival >= 1.0) | (self.survival <= 0.0)
        return np.where(settled, self.survival, low), np.where(settled, self.survival, high)


def curve(spells: pd.DataFrame) -> Curve:
    """Kaplan-Meier and cumulative incidence from counts.

    ``spells`` has columns ``months`` (int), ``cause`` ("" for a censored spell) and
    ``value`` (count). Raises ``ValueError`` if there is no spell.
    """
    if spells.empty or spells["value"].sum() <= 0:
        raise ValueError("no spells: a survival curve needs at least one")
    last = int(spells["months"].max())
    counts = spells.groupby(["cause", "months"])["value"].sum().unstack("months")
    counts = counts.reindex(columns=range(last + 1)).fillna(0.0)
    leaving = counts.to_numpy().sum(axis=0)
    at_risk = leaving[::-1].cumsum()[::-1]
    causes = [str(c) for c in counts.index if c != ""]
    by_cause = {cause: counts.loc[cause].to_numpy() for cause in causes}
    events = sum(by_cause.values(), np.zeros(last + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(at_risk > 0, events / at_risk, 0.0)
        survival = np.cumprod(1.0 - hazard)
        before = np.concatenate([[1.0], survival[:-1]])
        incidence = {
            cause: np.cumsum(before * np.where(at_risk > 0, fell / at_risk, 0.0))
            for cause, fell in by_cause.items()
        }
    return Curve(np.arange(last + 1), at_risk, events, survival, incidence)


def read_spells(
    store: Store,
    indicator: str = "spell",
    *,
    since: tuple[int, int] = PLAN_START,
    until: tuple[int, int] | None = None,
    county: int = TOTAL,
) -> pd.DataFrame:
    """Spells of a store that began from ``since`` to ``until`` (year, month), both included.

    ``until`` is by default the last December that every run holds: a scenario that goes on
    longer would else be compared by exits that the others do not have. ``indicator`` is
    ``spell`` (true relapse) or ``spell_registered``; a county has no causes (all are "other").
    Columns: those of a run, ``months``, ``cause`` ("" for censored) and ``value`` (persons).
    """
    rows = store.frame(indicator, county=county)
    began = rows["year"].astype(int) * 12 + rows["month"].astype(int)
    last = until or (store.last_common_year, 12)
    return _split(rows[began.between(since[0] * 12 + since[1], last[0] * 12 + last[1])])


def read_typed_spells(store: Store, indicator: str = "spell_type") -> pd.DataFrame:
    """The same by type of household at its exit: one more column, ``type``.

    Types overlap, so their spells do not add up; "others" are of no type.
    """
    rows = store.frame(indicator)
    began = rows["year"].astype(int) * 12 + rows["month"].astype(int)
    rows = rows[began <= store.last_common_year * 12 + 12]
    parts = rows["group"].str.split(":", n=1, expand=True).reindex(columns=range(2))
    return _split(rows.assign(group=parts[1].fillna(""))).assign(type=parts[0])


def _split(rows: pd.DataFrame) -> pd.DataFrame:
    """Spells from rows whose group says how they ended and how long they were."""
    parts = rows["group"].str.split(":", n=2, expand=True).reindex(columns=range(3))
    relapsed = parts[0] == "relapsed"
    return pd.DataFrame(
        {
            **{column: rows[column] for column in RUN},
            "months": pd.to_numeric(parts[1]).astype("Int64"),
            "cause": parts[2].astype(object).fillna("other").where(relapsed, ""),
            "value": rows["value"],
        }
    ).astype({"months": int})


@dataclass(frozen=True)
class ScenarioCurves:
    """Curves of one scenario: all runs pooled, and the middle 90 % of single runs.

    ``low`` and ``high`` are nan where fewer than two runs reach that month.
    ``greenwood_low`` and ``greenwood_high`` are for the spells of one run of mean size.
    """

    pooled: Curve
    runs: int
    low: np.ndarray
    high: np.ndarray
    greenwood_low: np.ndarray
    greenwood_high: np.ndarray


def scenario_curves(
    store: Store,
    indicator: str = "spell",
    *,
    since: tuple[int, int] = PLAN_START,
    until: tuple[int, int] | None = None,
) -> dict[str, ScenarioCurves]:
    """Curves per scenario, for the scenarios that have spells; see :func:`read_spells`."""
    spells = read_spells(store, indicator, since=since, until=until)
    independent = store.sample / store.household_size()
    found = {}
    for name in store.scenarios:
        own = spells[spells["scenario"] == name]
        if own["value"].sum() <= 0:
            continue
        pooled = curve(own)
        singles = [
            curve(rows).survival for _, rows in own.groupby(RUN[1:]) if rows["value"].sum() > 0
        ]
        stacked = np.full((len(singles), len(pooled.months)), np.nan)
        for i, survival in enumerate(singles):
            stacked[i, : len(survival)] = survival
        enough = np.isfinite(stacked).sum(axis=0) >= 2
        low, high = (np.full(len(pooled.months), np.nan) for _ in range(2))
        if enough.any():
            low[enough], high[enough] = np.nanquantile(stacked[:, enough], [0.05, 0.95], axis=0)
        below, above = pooled.greenwood(independent / len(singles))
        found[name] = ScenarioCurves(pooled, len(singles), low, high, below, above)
    return found


def hazard(curve: Curve, width: int = 3, scale: float = 1.0, level: float = 0.90) -> pd.DataFrame:
    """Discrete hazard by periods of ``width`` months since exit, with its interval.

    Index: last month of the period. ``hazard``: share of those at risk at its beginning who fell
    in it, by the months' own hazards (1 - prod (1 - d / n), so that who is censored within the
    period counts as long as it is seen). ``low`` and ``high``: on the log scale, with variance
    (1 - h) / d; ``scale`` as in :meth:`Curve.greenwood`. Periods with nobody at risk are left out.
    """
    rows = []
    for end in range(width, len(curve.months), width):
        months = slice(end - width + 1, end + 1)
        n, d = curve.at_risk[months], curve.events[months]
        if n[-1] <= 0:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = 1.0 - float(np.prod(1.0 - np.where(n > 0, d / n, 0.0)))
        fell = float(d.sum()) * scale
        if fell > 0:
            spread = np.exp(norm.ppf(0.5 + level / 2) * np.sqrt(max(0.0, 1.0 - rate) / fell))
            rows.append((end, rate, rate / spread, min(1.0, rate * spread)))
        else:
            rows.append((end, rate, np.nan, np.nan))
    return pd.DataFrame(rows, columns=["month", "hazard", "low", "high"]).set_index("month")


def independent_spells(store: Store, scenario: str) -> float:
    """What turns pooled persons of a scenario into independent spells of one run of mean size:
    the sample's share over the persons of a household, which falls as one, and over the runs."""
    runs = max(1, int(store.counts().loc[scenario, "present"]))
    return store.sample / store.household_size() / runs
