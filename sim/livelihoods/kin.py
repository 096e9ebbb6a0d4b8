"""Where the money for a month comes from when income and savings do not cover it."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.lasting import trait

__all__ = ["BANK_ACCESS", "LADDER", "LADDER_SHIFT", "bridge"]

BANK_ACCESS = 31
"""Trait: whether a bank lends to the household."""

LADDER = Coping.MIGRATE | Coping.DROP_OUT
LADDER_SHIFT = 6
"""The steps taken last month stand, so shifted, in the bits of this month until it is closed."""


@kernel(inline=True)
def help_from(households, h, helper, short, p):
    """Money given by `helper`, who pays from what it has above its own reserve, in fen.

    Nobody outside the village is asked, and nobody who is short itself (it has no cash left).
    """
    if helper < 0 or helper == h or households.alive[helper] == 0:
        return np.int64(0)
    if households.village[helper] != households.village[h]:
        return np.int64(0)
    spare = households.cash[helper] - p.kin_reserve * households.consumption[helper]
    if spare <= 0.0:
        return np.int64(0)
    given = np.int64(min(p.kin_share * short, p.kin_gives * spare))
    households.cash[helper] -= np.int32(given)
    return given


@kernel(inline=True)
def borrow(households, h, short, bits, p):
    """Loans from relatives and friends elsewhere, then from a bank. Returns the rest, the bits."""
    year = max(0.0, np.float64(households.income12_all[h]))
    room = np.int64(p.informal_limit * year) - households.debt_kin[h]
    loan = min(short, room)
    if loan > 0:
        households.debt_kin[h] += np.int32(loan)
        short -= loan
        bits |= Coping.INFORMAL_LOAN
    if short > 0 and trait(households.id[h], BANK_ACCESS) < p.bank_access:
        room = np.int64(min(100.0 * p.bank_limit, p.bank_income * year))
        loan = min(short, room - households.debt_bank[h])
        if loan > 0:
            households.debt_bank[h] += np.int32(loan)
            short -= loan
            bits |= Coping.BANK_LOAN
    return short, bits


@kernel(inline=True)
def next_step(households, h, bits, old):
    """What a household sets about that has still not made ends meet, one step further a month."""
    could_go = households.labour[h] - households.away[h] > 0.5
    if could_go:
        bits |= Coping.MIGRATE
    if not could_go or old & Coping.MIGRATE:
        if households.pupils[h] > 0:
            bits |= Coping.DROP_OUT
        if households.pupils[h] == 0 or old & Coping.DROP_OUT:
            bits |= Coping.FORGO_CARE
    return bits


@kernel(inline=True)
def bridge(households, h, floor, p):
    """Close the month of a household that is short, in the order in which people cope.

    Kin and neighbours give; then loans; then livestock is sold at a loss; then somebody is to
    migrate, a pupil to leave school, care to be forgone (from next month on); last, there is less
    to eat. What must be paid all the same stays owed to relatives, shop or hospital.
    """
    short = np.int64(households.shortfall[h])
    bits = np.int64(households.coping[h])
    old = bits >> LADDER_SHIFT
    bits &= (1 << LADDER_SHIFT) - 1
    given = help_from(households, h, households.kin[h], short, p)
    given += help_from(households, h, households.neighbour[h], short - given, p)
    if given > 0:
        short -= given
        bits |= Coping.KIN
    if short > 0:
        short, bits = borrow(households, h, short, bits, p)
    if short > 0 and households.livestock[h] > 0:
        sold = min(np.int64(households.livestock[h]), np.int64(short / p.sale_price) + 1)
        got = min(short, np.int64(sold * p.sale_price))
        households.livestock[h] -= np.int32(sold)
        short -= got
        bits |= Coping.SALE
    households.shortfall[h] = np.int32(short)
    if short > 0:
        bits = next_step(households, h, bits, old)
        less = min(short, np.int64(floor * (1.0 - p.hunger_least)))
        households.consumption[h] -= np.int32(less)
        households.debt_kin[h] += np.int32(short - less)
    hungry = households.consumption[h] < floor * (1.0 - p.hunger_margin)
    if hungry:
        bits |= Coping.HUNGRY
        households.hungry[h] = min(100, households.hungry[h] + 1)
    else:
        households.hungry[h] = 0
    households.coping[h] = np.uint16(bits)
