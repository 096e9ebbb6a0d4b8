"""How many people and households there are, what they own, owe and earn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.calendar import PLAN_START
from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Relocation

__all__ = ["Core"]


@kernel
def count(at, persons, households, villages, counties, out, p):
    """Sums over households."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    bank = households.debt_bank[rows]
    kin = households.debt_kin[rows]
    house = households.debt_house[rows]
    year = households.income12_all[rows]
    stage = households.relocation[rows]
    since = households.relocation_month[rows]
    people = 0
    homes = 0
    debt = 0
    income = 0
    moved = 0
    for k in range(size.size):  # no branch, so that several rows are counted at once
        heads = np.int64(size[k]) * (alive[k] != 0)
        lives = heads != 0
        people += heads
        homes += lives
        debt += (np.int64(bank[k]) + kin[k] + house[k]) * lives
        income += np.int64(year[k]) * lives
        moved += heads * ((stage[k] == Relocation.MOVED) & (since[k] >= PLAN_START))
    out[0] += people
    out[1] += homes
    out[2] += debt
    out[3] += income
    out[4] += moved


class Core(Observation):
    """Population, households, debt, income of the last twelve months, and who has moved."""

    name = "indicators_core"
    zh = "基本指标"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.debt_bank", "household.debt_kin",
        "household.debt_house", "household.income12_all", "household.relocation",
        "household.relocation_month",
    )  # fmt: skip
    counts = ("persons", "households", "debt", "income", "moved")
    indicators = (
        Indicator("population", "persons", "living rural people of the scope", "农村人口", "month"),
        Indicator("households", "households", "rural households of the scope", "农村户数", "month"),
        Indicator("debt", "yuan/household", "owed to banks, to kin and for a house", "户均负债",
            "month"),
        Indicator("income_pc", "yuan/person-year",
            "whole income of the last twelve months a person", "人均可支配收入（近12月）", "month"),
        Indicator("relocated", "persons", "living in their new place since November 2017",
            "易地搬迁人数（累计）", "month"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Monthly stocks and means."""
        yield "population", "", False, month("persons")
        yield "households", "", False, month("households")
        yield "debt", "", False, month.share("debt", "households") / 100.0
        yield "income_pc", "", False, month.share("income", "persons") / 100.0
        yield "relocated", "", False, month("moved")
