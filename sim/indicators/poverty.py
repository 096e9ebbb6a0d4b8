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
    people = 0
    poor = 0
    registered = 0
    gaps = 0
    squares = 0
    for h in range(at.first_household, at.end_household):
        size = np.int64(households.size[h])
        if households.alive[h] == 0 or size == 0:
            continue
        people += size
        poor += size * households.poor[h]
        state = households.registered[h]
        if state == Registered.POOR or state == Registered.RELAPSED:
            registered += size
        short = line * size - households.income12[h]
        if short > 0.0:
            # a year of losses is not counted as poorer than a year of nothing
            gap = min(short / (line * size), 1.0)
            gaps += size * np.int64(gap * MILLION + 0.5)
            squares += size * np.int64(gap * gap * MILLION + 0.5)
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
