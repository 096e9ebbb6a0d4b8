"""Who is poor, truly and on the register, and how deeply."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import MILLION, Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Registered

__all__ = ["Poverty"]


@kernel
def count(at, persons, households, villages, counties, out, p):
    """Sums over households; gaps in millionths, weighted by members."""
    line = p.line * 100.0
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    truly = households.poor[rows]
    state = households.registered[rows]
    income = households.income12[rows]
    people = 0
    poor = 0
    registered = 0
    gaps = 0
    squares = 0
    for k in range(size.size):  # no branch, so that several rows are counted at once
        heads = np.int32(size[k]) * np.int32(alive[k] != 0)
        people += heads
        poor += heads * truly[k]
        listed = (state[k] == Registered.POOR) | (state[k] == Registered.RELAPSED)
        registered += heads * listed
        full = line * heads
        # a year of losses is not counted as poorer than a year of nothing
        gap = max(0.0, min((full - income[k]) / max(full, 1.0), 1.0))
        gaps += heads * np.int64(np.int32(gap * MILLION + 0.5))
        squares += heads * np.int64(np.int32(gap * gap * MILLION + 0.5))
    out[0] += people
    out[1] += poor
    out[2] += registered
    out[3] += gaps
    out[4] += squares


class Poverty(Observation):
    """Headcounts, true and registered, and the Foster-Greer-Thorbecke gap and severity.

    The true headcount counts who lacks the income or a guarantee (`household.poor`); gap and
    severity (FGT1, FGT2) are of the countable income of the last twelve months alone:
    (1/N) sum of n ((z - R) / z)^a over households with R < z, n members, R income a head.
    """

    name = "indicators_poverty"
    zh = "贫困指标"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.poor", "household.registered",
        "household.income12",
    )  # fmt: skip
    uses = ("calendar.line",)
    counts = ("persons", "poor", "registered", "gap", "severity")
    indicators = (
        Indicator("headcount_true", "share", "truly poor over all rural people",
            "贫困发生率（真实）", "month"),
        Indicator("headcount_registered", "share", "on the register over all rural people",
            "贫困发生率（登记）", "month"),
        Indicator("poor_true", "persons", "truly poor", "贫困人口（真实）", "month"),
        Indicator("poor_registered", "persons", "on the register, relapsed included",
            "贫困人口（登记）", "month"),
        Indicator("poverty_gap", "index", "FGT1 of countable income", "贫困深度（FGT1）", "month"),
        Indicator("poverty_severity", "index", "FGT2 of countable income", "贫困强度（FGT2）",
            "month"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Monthly ratios and stocks."""
        yield "headcount_true", "", False, month.share("poor", "persons")
        yield "headcount_registered", "", False, month.share("registered", "persons")
        yield "poor_true", "", False, month("poor")
        yield "poor_registered", "", False, month("registered")
        yield "poverty_gap", "", False, month.share("gap", "persons") / MILLION
        yield "poverty_severity", "", False, month.share("severity", "persons") / MILLION
