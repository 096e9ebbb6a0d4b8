"""Action 1, what the collective of a village earns and hands on to households."""

import numpy as np

from sim.chance import uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import Registered
from sim.world.columns import account, column

__all__ = ["CollectiveIncome"]

POOR, RELAPSED = Registered.POOR, Registered.RELAPSED


@kernel
def earn(at, persons, households, villages, counties, words, chance, p):
    """What the collective earns this month, and what it hands to households."""
    december = at.calendar == 12
    mark = np.int64(p.mark_2020 * 100.0)
    for v in range(at.first_village, at.end_village):
        if at.calendar == 1:
            villages.collective_last[v] = villages.collective_year[v]
            villages.collective_year[v] = 0
        solar = villages.pv[v] * p.solar_yield / 12.0 * 100.0
        rent = villages.workshop_places[v] * p.workshop_rent / 12.0 * 100.0
        capital = villages.capital[v] * p.capital_return / 12.0
        income = np.int64(solar + rent + capital)
        villages.collective_year[v] += income
        villages.fund[v] += income
        if december:
            villages.shell[v] = villages.collective_year[v] <= 0
            villages.reached_mark[v] = villages.collective_year[v] >= mark
        if villages.coop[v] == 1 and at.calendar == 6:
            if uniform(words[0, v - at.first_village]) < p.coop_failure:
                villages.coop[v] = 2
        # small posts paid by the village, shared among registered poor households
        poor = 0
        rows = slice(villages.first_household[v], villages.end_household[v])
        alive = households.alive[rows]
        listed = households.registered[rows]
        for k in range(alive.size):
            poor += (alive[k] == 1) & ((listed[k] == POOR) | (listed[k] == RELAPSED))
        each = np.int32(0)
        if poor > 0 and solar > 0.0:
            each = np.int32(solar * p.solar_to_poor / poor)
        gift = np.int32(0)
        if december and poor > 0:
            left = villages.fund[v] - np.int64(each) * poor
            gift = np.int32(max(0.0, min(p.gift_most * 100.0, left * p.gift_share / poor)))
        dividends = december and max(p.A1_10, p.A8_13) > 0.0 and villages.coop[v] == 1
        if each + gift == 0 and not december:
            continue
        for h in range(rows.start, rows.stop):
            if households.alive[h] == 0:
                continue
            state = households.registered[h]
            if state == POOR or state == RELAPSED:
                households.wage[h] += each
                households.property[h] += gift
                villages.fund[v] -= each + gift
            if dividends and households.equity[h] > 0:
                share = np.int32(households.equity[h] * p.dividend)
                households.property[h] += share
                households.granted[h] += share
                villages.paid_dividends[v] += share
            if december and households.rented_out[h] > 0.0:
                households.property[h] += np.int32(households.rented_out[h] * p.land_rent * 100.0)


class CollectiveIncome(Mechanism):
    """Village collectives earn from sun, capital and rent, and pay posts, gifts and dividends."""

    name = "a01_income"
    zh = "集体经济收益与分配"
    clauses = ("A1.9", "A1.10", "A1.12", "A1.15", "A8.13")
    reads = ("village.pv", "village.capital", "village.workshop_places", "village.first_household",
             "village.end_household", "household.alive", "household.registered", "household.equity",
             "household.rented_out")  # fmt: skip
    writes = ("village.fund", "village.collective_year", "village.collective_last", "village.coop",
              "household.wage", "household.property", "household.granted",
              "village.paid_dividends", "village.shell", "village.reached_mark")  # fmt: skip
    columns = (
        column(
            "village",
            "shell",
            "u1",
            "flag",
            "no collective income in the year",
            "空壳村",
            report="share",
        ),
        column(
            "village",
            "reached_mark",
            "u1",
            "flag",
            "collective income of the plan's mark for 2020 or more",
            "集体收入达标村",
            report="share",
        ),
        account("dividends", "dividends on equity, paid by firms and cooperatives", "股权分红"),
    )
    uses = ("a01_investment.capital_return", "a01_investment.solar_yield",
            "a01_investment.mark_2020")  # fmt: skip
    draws = "village"
    rule = earn
