"""How many people and households there are, what they own, owe and earn."""

from __future__ import annotations

from collections.abc import Iterator

from sim.calendar import PLAN_START
from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Relocation

__all__ = ["Core"]


@kernel
def count(at, persons, households, villages, counties, out, p):
    """Sums over households."""
    people = 0
    homes = 0
    debt = 0
    income = 0
    moved = 0
    for h in range(at.first_household, at.end_household):
        size = households.size[h]
        if households.alive[h] == 0 or size == 0:
            continue
        people += size
        homes += 1
        debt += households.debt_bank[h]
        debt += households.debt_kin[h]
        debt += households.debt_house[h]
        income += households.income12_all[h]
        if (
            households.relocation[h] == Relocation.MOVED
            and households.relocation_month[h] >= PLAN_START
        ):
            moved += size
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
