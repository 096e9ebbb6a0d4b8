"""What is counted village by village at the end of a year."""

from __future__ import annotations

from collections.abc import Iterator

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now

__all__ = ["Villages"]


@kernel
def count(at, persons, households, villages, counties, out, p):
    """The year's collective income and services of villages, resettlement sites apart."""
    goal = p.collective_goal * 100.0
    for v in range(at.first_village, at.end_village):
        if villages.site[v] != 0:
            continue
        income = villages.collective_year[v]
        out[0] += 1
        out[1] += income
        out[2] += income <= 0
        out[3] += income >= goal
        out[4] += villages.ecommerce[v]
        if villages.deep[v] != 0:
            out[5] += 1
            out[6] += villages.commissioner[v]


class Villages(Observation):
    """Collective income against its goals, e-commerce points, technology commissioners."""

    name = "indicators_villages"
    zh = "村级指标"
    reason = "an observation"
    reads = (
        "village.site", "village.deep", "village.collective_year", "village.ecommerce",
        "village.commissioner",
    )  # fmt: skip
    uses = ("indicators.collective_goal",)
    months = (12,)
    counts = ("villages", "income", "zero", "reached", "ecommerce", "deep", "commissioner")
    indicators = (
        Indicator("collective_income", "yuan/village-year",
            "mean collective income (group zero, above_50000: shares of villages)",
            "村集体经济收入", "year"),
        Indicator("e_commerce", "share", "villages with an e-commerce point at work",
            "电商服务点覆盖率", "year"),
        Indicator("tech_commissioner", "share",
            "deep-poverty villages with a technology commissioner", "深度贫困村科技特派员覆盖率",
            "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Yearly means and shares."""
        yield "collective_income", "", True, month.share("income", "villages") / 100.0
        yield "collective_income", "zero", True, month.share("zero", "villages")
        yield "collective_income", "above_50000", True, month.share("reached", "villages")
        yield "e_commerce", "", True, month.share("ecommerce", "villages")
        yield "tech_commissioner", "", True, month.share("commissioner", "deep")
