"""Income of the calendar year by component."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now

__all__ = ["Income"]

_COMPONENTS = ("wage", "business", "property", "transfer")


@kernel
def count(at, persons, households, villages, counties, out, p):
    """The month's flows, in fen, and the persons who share them."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    wages = households.wage[rows]
    profits = households.business[rows]
    rents = households.property[rows]
    transfers = households.transfer[rows]
    aid = households.aid[rows]
    people = 0
    wage = 0
    business = 0
    rent = 0
    transfer = 0
    for k in range(size.size):  # no branch, so that several rows are counted at once
        lives = np.int64(alive[k] != 0)
        people += size[k] * lives
        wage += wages[k] * lives
        business += profits[k] * lives
        rent += rents[k] * lives
        transfer += (np.int64(transfers[k]) + aid[k]) * lives
    out[0] += people
    out[1] += wage
    out[2] += business
    out[3] += rent
    out[4] += transfer


class Income(Observation):
    """What a person had in the calendar year: the year's flows over its mean population.

    This is disposable income as the statistics have it, all transfers included; exits are judged
    on countable income, which leaves some out (`household.aid`).
    """

    name = "indicators_income"
    zh = "收入构成"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.wage", "household.business",
        "household.property", "household.transfer", "household.aid",
    )  # fmt: skip
    counts = ("person_months", *_COMPONENTS)
    indicators = (
        Indicator("income_pc", "yuan/person-year", "the four components together", "人均可支配收入",
            "year"),
        Indicator("income_wage", "yuan/person-year", "wages, remitted or earned at home",
            "工资性收入", "year"),
        Indicator("income_business", "yuan/person-year", "net of farm and business", "经营净收入",
            "year"),
        Indicator("income_property", "yuan/person-year", "rent and dividends", "财产净收入",
            "year"),
        Indicator("income_transfer", "yuan/person-year", "transfers, counted for exit or not",
            "转移净收入", "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Yearly means in December."""
        if now.calendar != 12:
            return
        parts = [12.0 * year.share(name, "person_months") / 100.0 for name in _COMPONENTS]
        yield "income_pc", "", True, sum(parts)
        for name, value in zip(_COMPONENTS, parts, strict=True):
            yield f"income_{name}", "", True, value
