"""Where the money for a month comes from when income and savings do not cover it."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import households_of

__all__ = ["BANK_ACCESS", "LADDER", "LADDER_SHIFT", "bridge"]

BANK_ACCESS = 31
"""Trait: whether a bank lends to the household."""

LADDER = Coping.MIGRATE | Coping.DROP_OUT
LADDER_SHIFT = 6
"""The steps taken last month stand, so shifted, in the bits of this month until it is closed."""


@kernel(inline=True)
def gift(cash, consumption, short, p):
    """What a helper gives in fen: a share of what is lacking, from what it has to spare."""
    spare = cash - p.kin_reserve * consumption
    return np.int64(min(p.kin_share * short, p.kin_gives * spare)) if spare > 0.0 else np.int64(0)


@kernel(inline=True)
def steps(bits, old, could_go, pupils):
    """What a household sets about that has still not made ends meet, one step further a month."""
    if could_go:
        bits |= Coping.MIGRATE
    if not could_go or old & Coping.MIGRATE:
        if pupils > 0:
            bits |= Coping.DROP_OUT
        if pupils == 0 or old & Coping.DROP_OUT:
            bits |= Coping.FORGO_CARE
    return bits


@kernel
def bridge(at, households, floor_person, p):
    """Close the month of the households that are short, in the order in which people cope.

    Kin and a neighbour give; then loans; then livestock is sold at a loss; then somebody is to
    migrate, a pupil to leave school, care to be forgone (from next month on); last, there is less
    to eat. What must be paid all the same stays owed to relatives, shop or hospital.

    Kin and neighbours of another village are not asked, and nobody who is short is: it has no
    cash left. Within a village the households ask in the order of their rows.
    """
    for h in households_of(at):
        short = np.int64(households.shortfall[h])
        if short <= 0 or households.alive[h] == 0:
            continue
        floor = floor_person * households.size[h]
        bits = np.int64(households.coping[h])
        old = bits >> LADDER_SHIFT
        bits &= (1 << LADDER_SHIFT) - 1
        for turn in range(2):
            helper = households.kin[h] if turn == 0 else households.neighbour[h]
            if helper < 0 or helper == np.int64(h) or households.alive[helper] == 0:
                continue
            if households.village[helper] != households.village[h]:
                continue
            given = gift(households.cash[helper], households.consumption[helper], short, p)
            if given > 0:
                households.cash[helper] -= np.int32(given)
                short -= given
                bits |= Coping.KIN
        year = max(0.0, np.float64(households.income12_all[h]))
        loan = min(short, np.int64(p.informal_limit * year) - households.debt_kin[h])
        if loan > 0:
            households.debt_kin[h] += np.int32(loan)
            short -= loan
            bits |= Coping.INFORMAL_LOAN
        room = min(100.0 * p.bank_limit, p.bank_income * year)
        loan = min(short, np.int64(room) - households.debt_bank[h])
        if loan > 0 and trait(households.id[h], BANK_ACCESS) < p.bank_access:
            households.debt_bank[h] += np.int32(loan)
            short -= loan
            bits |= Coping.BANK_LOAN
        if short > 0 and households.livestock[h] > 0:
            sold = min(np.int64(households.livestock[h]), np.int64(short / p.sale_price) + 1)
            households.livestock[h] -= np.int32(sold)
            short -= min(short, np.int64(sold * p.sale_price))
            bits |= Coping.SALE
        households.shortfall[h] = np.int32(short)
        if short > 0:
            could_go = households.labour[h] - households.away[h] > 0.5
            bits = steps(bits, old, could_go, households.pupils[h])
            less = min(short, np.int64(floor * (1.0 - p.hunger_least)))
            households.consumption[h] -= np.int32(less)
            households.debt_kin[h] += np.int32(short - less)
        if households.consumption[h] < floor * (1.0 - p.hunger_margin):
            bits |= Coping.HUNGRY
            households.hungry[h] = min(100, households.hungry[h] + 1)
        else:
            households.hungry[h] = 0
        households.coping[h] = np.uint16(bits)
