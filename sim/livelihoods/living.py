"""Living: what a household consumes and saves, and how it copes with a month it cannot pay."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.kin import LADDER, LADDER_SHIFT, bridge
from sim.mechanism import Mechanism

__all__ = ["Coping", "Living"]


@kernel(inline=True)
def put_aside(households, h, excess, worth, p):
    """Use part of the cash above a comfortable reserve: debts first, then lost livestock."""
    use = np.int64(p.repay_share * excess)
    paid = min(use, np.int64(households.debt_kin[h]))
    households.debt_kin[h] -= np.int32(paid)
    use -= paid
    to_bank = min(use, np.int64(households.debt_bank[h]))
    households.debt_bank[h] -= np.int32(to_bank)
    use -= to_bank
    missing = np.int64(worth * households.herd[h]) - households.livestock[h]
    bought = max(np.int64(0), min(use, missing))
    households.livestock[h] += np.int32(bought)
    households.cash[h] -= np.int32(paid + to_bank + bought)


@kernel
def live(at, persons, households, villages, counties, words, chance, p):
    """Spend a month's money: first everybody's own, then who is short finds the rest."""
    floor_person = p.subsistence * p.price_index * 100.0
    worth = p.herd_value * 100.0
    bank = p.bank_rate / 12.0
    house = p.house_rate / 12.0
    instalment = 1.0 / p.house_months
    for h in range(max(0, at.first_household), at.end_household):
        size = households.size[h]
        if households.alive[h] == 0 or size <= 0:
            continue
        income = np.int64(households.wage[h]) + households.business[h] + households.property[h]
        income += np.int64(households.transfer[h]) + households.aid[h]
        due = np.int64(households.medical[h]) + households.schooling[h]
        due += np.int64(households.ceremony[h]) + households.other_cost[h]
        debt_house = np.int64(households.debt_house[h])
        if debt_house > 0:
            part = min(debt_house, np.int64(debt_house * instalment) + p.house_least * 100)
            households.debt_house[h] -= np.int32(part)
            due += np.int64(part) + np.int64(debt_house * house)
        due += np.int64(households.debt_bank[h] * bank)
        floor = floor_person * size
        usual = max(floor, households.income12_all[h] / 12.0)
        cash = np.int64(households.cash[h])
        left = cash + income - due
        wish = floor + p.consume_share * (usual - floor)
        wish += p.buffer_pull * (left - p.buffer_months * usual)
        wish = max(floor, wish)
        eaten = np.int64(wish)
        bits = np.int64(0)
        if left < eaten:
            eaten = max(np.int64(floor), left)
            bits |= Coping.LESS
        if eaten + due > income:
            bits |= Coping.SAVINGS
        short = max(np.int64(0), eaten - left)
        households.consumption[h] = np.int32(eaten)
        households.shortfall[h] = np.int32(short)
        households.cash[h] = np.int32(left - eaten + short)
        if short > 0:
            bits |= (np.int64(households.coping[h]) & LADDER) << LADDER_SHIFT
        else:
            households.hungry[h] = 0
            excess = households.cash[h] - p.comfort_months * usual
            if excess > 0.0:
                put_aside(households, h, excess, worth, p)
        households.coping[h] = np.uint16(bits)
    for h in range(at.first_household, at.end_household):
        if households.shortfall[h] > 0 and households.alive[h] != 0:
            bridge(households, h, floor_person * households.size[h], p)


class Living(Mechanism):
    """Consumption, savings, debts, and the order in which a household copes.

    A household consumes subsistence and a share of its usual income above it, more when its cash
    is above the reserve it would like to have and less when below. What must be paid comes
    first: care, schooling, ceremonies, interest, the instalments of a house. If the month is not
    covered, it draws on savings, consumes less down to subsistence, is helped by kin and a
    neighbour (from what they have left over this month; the money moves from one household to
    the other), borrows from relatives and friends elsewhere, then from a bank if one lends to
    it, sells livestock at a loss, sends somebody away to work, takes a pupil out of school,
    forgoes care, and at last goes hungry. With cash to spare it pays back and restocks.

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
        "household.income12_all",
    )  # fmt: skip
    writes = (
        "household.cash", "household.livestock", "household.debt_bank", "household.debt_kin",
        "household.consumption", "household.hungry", "household.shortfall", "household.coping",
    )  # fmt: skip
    changes = ("household.debt_house",)
    uses = ("economy.subsistence", "economy.price_index", "farming.herd_value")
    rule = live
