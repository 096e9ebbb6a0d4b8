"""Living: what a household consumes and saves, and how it copes with a month it cannot pay."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.kin import LADDER, LADDER_SHIFT, bridge
from sim.livelihoods.rows import homes_of, households_of
from sim.mechanism import Mechanism

__all__ = ["Coping", "Living"]

TWELFTH = 1.0 / 12.0


@kernel
def spend(at, households, floor_person, p):
    """Spend a month's money of every household as far as its own means go.

    Leaves what is lacking for subsistence and for what must be paid in `shortfall`.
    """
    bank = p.bank_rate / 12.0
    house = p.house_rate / 12.0
    instalment = 1.0 / p.house_months
    house_least = np.int64(p.house_least * 100.0)
    for h in households_of(at):
        size = households.size[h]
        if households.alive[h] == 0 or size <= 0:
            continue
        income = np.int64(households.wage[h]) + households.business[h] + households.property[h]
        income += np.int64(households.transfer[h]) + households.aid[h]
        due = np.int64(households.medical[h]) + households.schooling[h]
        due += np.int64(households.ceremony[h]) + households.other_cost[h]
        debt_house = np.int64(households.debt_house[h])
        if debt_house > 0:
            part = min(debt_house, np.int64(debt_house * instalment) + house_least)
            households.debt_house[h] -= np.int32(part)
            due += part + np.int64(debt_house * house)
        due += np.int64(households.debt_bank[h] * bank)
        floor = floor_person * size
        usual = max(floor, households.income12_all[h] * TWELFTH)
        left = households.cash[h] + income - due
        wish = floor + p.consume_share * (usual - floor)
        wish += p.buffer_pull * (left - p.buffer_months * usual)
        wish = max(floor, wish)
        eaten = max(np.int64(floor), min(np.int64(wish), left))
        short = max(np.int64(0), eaten - left)
        bits = (eaten < np.int64(wish)) * Coping.LESS
        bits += (eaten + due > income) * Coping.SAVINGS
        # the steps of last month, for the households that are still short
        bits += (short > 0) * ((np.int64(households.coping[h]) & LADDER) << LADDER_SHIFT)
        households.consumption[h] = np.int32(eaten)
        households.shortfall[h] = np.int32(short)
        households.cash[h] = np.int32(left - eaten + short)
        households.coping[h] = np.uint16(bits)
        households.hungry[h] *= short > 0


@kernel
def put_aside(at, households, villages, p):
    """Use cash above a comfortable reserve: pay back debts first, then replace livestock."""
    worth = 100.0 * p.herd_worth
    share = p.repay_season[at.calendar - 1]
    comfort = p.comfort_months * TWELFTH
    if share <= 0.0:
        return
    for v in range(at.first_village, at.end_village):
        usual = p.herd_income[villages.terrain[v] - 1]
        for h in homes_of(villages, v):
            excess = households.cash[h] - comfort * households.income12_all[h]
            if (excess <= 0.0) | (households.alive[h] == 0):
                continue
            use = np.int64(share * excess)
            to_kin = min(use, np.int64(households.debt_kin[h]))
            to_bank = min(use - to_kin, np.int64(households.debt_bank[h]))
            herd = usual * households.herd[h]
            lacking = np.int64(worth * herd * households.size[h]) - households.livestock[h]
            bought = max(np.int64(0), min(use - to_kin - to_bank, lacking))
            households.debt_kin[h] -= np.int32(to_kin)
            households.debt_bank[h] -= np.int32(to_bank)
            households.livestock[h] += np.int32(bought)
            households.cash[h] -= np.int32(to_kin + to_bank + bought)


@kernel
def live(at, persons, households, villages, counties, words, chance, p):
    """A month: everybody's own means first, then who is short finds the rest, then debts."""
    floor_person = p.subsistence * p.price_index * 100.0
    spend(at, households, floor_person, p)
    bridge(at, households, floor_person, p)
    put_aside(at, households, villages, p)


class Living(Mechanism):
    """Consumption, savings, debts, and the order in which a household copes.

    A household consumes subsistence and a share of its usual income above it, more when its cash
    is above the reserve it would like to have and less when below. What must be paid comes
    first: care, schooling, ceremonies, interest, the instalments of a house. If the month is not
    covered, it draws on savings, consumes less down to subsistence, is helped by kin and a
    neighbour (from what they have left over this month; the money moves from one household to
    the other), borrows from relatives and friends elsewhere, then from a bank if one lends to
    it, sells livestock at a loss, sends somebody away to work, takes a pupil out of school,
    forgoes care, and at last goes hungry. After the harvest and before the Spring Festival those
    with cash to spare pay back and restock.

    Every fen is accounted for: the change in cash is income less spending, plus loans, help and
    sales, less repayments and purchases (a test adds it up).
    """

    name = "living"
    zh = "消费、储蓄与应对"
    reason = "science brief D.1 step 8 and D.5 (3) and (4)"
    reads = (
        "household.id", "household.alive", "household.village", "household.size",
        "household.labour", "household.away", "household.pupils", "household.herd",
        "household.kin", "household.neighbour", "household.wage", "household.business",
        "household.property", "household.transfer", "household.aid", "household.medical",
        "household.schooling", "household.ceremony", "household.other_cost",
        "household.income12_all", "village.terrain", "village.first_household",
        "village.end_household",
    )  # fmt: skip
    writes = (
        "household.cash", "household.livestock", "household.debt_bank", "household.debt_kin",
        "household.consumption", "household.hungry", "household.shortfall", "household.coping",
    )  # fmt: skip
    changes = ("household.debt_house",)
    uses = ("economy.subsistence", "economy.price_index", "farming.herd_income",
            "farming.herd_worth")  # fmt: skip
    rule = live
