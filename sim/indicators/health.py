"""What households paid for care."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now

__all__ = ["Health"]


@kernel
def count(at, persons, households, villages, counties, out, p):
    """The month's own payments; in December, whose year they ruined."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    medical = households.medical[rows]
    people = 0
    paid = 0
    homes = 0
    ruined = 0
    for k in range(size.size):
        heads = np.int64(size[k]) * (alive[k] != 0)
        people += heads
        paid += np.int64(medical[k]) * (heads != 0)
    if at.calendar == 12:
        year = households.medical_year[rows]
        income = households.income12_all[rows]
        for k in range(size.size):
            if alive[k] != 0 and size[k] != 0:
                homes += 1
                if year[k] > 0 and year[k] >= p.catastrophic_share * income[k]:
                    ruined += 1
    out[0] += people
    out[1] += paid
    out[2] += homes
    out[3] += ruined


class Health(Observation):
    """Own payments a person and year, and households whose payments were catastrophic.

    Catastrophic: own payments of the calendar year reach 40 % of the household's whole income of
    that year (in December the last twelve months are the year).
    """

    name = "indicators_health"
    zh = "医疗负担"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.medical", "household.medical_year",
        "household.income12_all",
    )  # fmt: skip
    uses = ("indicators.catastrophic_share",)
    counts = ("person_months", "paid", "households", "catastrophic")
    indicators = (
        Indicator("out_of_pocket", "yuan/person-year", "own payments for care", "医疗费用个人自付",
            "year"),
        Indicator("catastrophic_health", "share",
            "households whose own payments for care reached 40 % of income", "灾难性卫生支出发生率",
            "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Yearly means and shares in December."""
        if now.calendar == 12:
            yield "out_of_pocket", "", True, 12.0 * year.share("paid", "person_months") / 100.0
            yield "catastrophic_health", "", True, month.share("catastrophic", "households")
