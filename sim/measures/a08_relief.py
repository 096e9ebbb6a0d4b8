"""Action 8, social protection: relief for those whom a disaster made poor."""

from __future__ import annotations

import numpy as np

from sim.chance import uniform
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism
from sim.world.codes import Cause
from sim.world.columns import account, column, deed

__all__ = ["Relief"]

YEAR = 12


@kernel(inline=True)
def granted_to(households, h, month, chance, p):
    """What a household gets this month, in fen. A loss is filed when it is seen, paid some months
    later, and not filed again for a year: `relief_month` is the month of pay, or of the past pay
    with a minus."""
    due = households.relief_month[h]
    struck = households.blow[h] == Cause.DISASTER
    size = np.float64(households.blow_size[h])
    if due == 0 or (due < 0 and month + due >= YEAR):
        heavy = size >= p.loss_least * p.line * 100.0 * households.size[h]
        january = month - month % YEAR  # whether it files is drawn once a year, not anew each month
        drawn = lasting(chance, households.id[h], 1, january)
        if struck and heavy and uniform(drawn[0]) < p.A8_6 * p.relief_reach:
            spread = p.lag_most - p.lag_least + 1.0
            lag = p.lag_least + np.floor(uniform(drawn[1]) * spread)
            households.relief_month[h] = np.int16(month + lag)
        else:
            households.relief_month[h] = 0
        return np.int32(0)
    if due != month:
        return np.int32(0)
    households.relief_month[h] = np.int16(-month)
    return np.int32(p.relief_share * size + 0.5) if struck else np.int32(0)


@kernel
def find_struck(alive, size, blow, relief_month, flags):
    """Flag who was struck by a disaster or waits for relief."""
    for k in range(alive.size):
        open_case = (blow[k] == Cause.DISASTER) | (relief_month[k] > 0)
        flags[k] = open_case & (alive[k] != 0) & (size[k] > 0)


@kernel
def relieve(at, persons, households, villages, counties, words_, chance, p):
    """One month of relief in a block: few are struck, and only they are looked at."""
    c = at.first_household
    rows = slice(c, at.end_household)
    flags = np.zeros(room_for(at.end_household - c), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    find_struck(
        households.alive[rows], households.size[rows], households.blow[rows],
        households.relief_month[rows], flags,
    )  # fmt: skip
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        h = np.uint64(c) + np.uint64(listed[n])
        got = granted_to(households, h, at.month, chance, p)
        if got > 0:
            v = np.uint64(households.village[h])
            villages.paid_relief[v] += got
            villages.did_relieved[v] += 1
            households.transfer[h] += got
            households.granted[h] += got


class Relief(Mechanism):
    """Who lost much to a disaster is paid a part of it some months later.

    A8.6: a household whose heaviest blow of late is a disaster, large beside the line, files its
    loss and is paid a share of what of it is still felt when the money comes, one to four months
    later; once a year at most. Without the clause there is no relief in money.
    """

    name = "a08_relief"
    zh = "因灾致贫返贫救助"
    clauses = ("A8.6",)
    reads = (
        "household.id", "household.alive", "household.village", "household.size",
        "household.blow", "household.blow_size",
    )  # fmt: skip
    writes = (
        "household.relief_month", "household.transfer", "household.granted",
        "village.paid_relief", "village.did_relieved",
    )  # fmt: skip
    columns = (
        column("household", "relief_month", "i2", "month",
               "month in which relief will be paid; with a minus, was paid; 0 neither",
               "救灾款发放月"),
        account("relief", "relief after disasters", "因灾救助支出"),
        deed("relieved", "households", "paid relief after a disaster", "因灾救助户数"),
    )  # fmt: skip
    uses = ("calendar.line",)
    in_burn_in = False
    rule = relieve
