"""The year's income: twelve months back, the registry's window, and what hit the household."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.blow import strike, strike_all
from sim.livelihoods.rows import add_up, households_of
from sim.mechanism import Mechanism
from sim.world.codes import Cause

__all__ = ["IncomeWindow"]


@kernel(inline=True)
def count_income(at, households, p):
    """The income of the last twelve months and that of the registry's window."""
    rows = slice(at.first_household, at.end_household)
    slot = at.calendar - 1
    alive = households.alive[rows]
    wage = households.wage[rows]
    business = households.business[rows]
    rent = households.property[rows]
    transfer = households.transfer[rows]
    aid = households.aid[rows]
    ring = households.ring[slot][rows]
    ring_all = households.ring_all[slot][rows]
    income12 = households.income12[rows]
    income12_all = households.income12_all[rows]
    for k in range(alive.size):
        income12[k] -= np.int32(alive[k] != 0) * ring[k]
    for k in range(alive.size):
        counted = wage[k] + business[k] + rent[k] + transfer[k]
        ring[k] = np.int32(counted) if alive[k] != 0 else ring[k]
    for k in range(alive.size):
        income12[k] += np.int32(alive[k] != 0) * ring[k]
    for k in range(alive.size):
        income12_all[k] -= np.int32(alive[k] != 0) * ring_all[k]
    for k in range(alive.size):
        ring_all[k] = np.int32(ring[k] + aid[k]) if alive[k] != 0 else ring_all[k]
    for k in range(alive.size):
        income12_all[k] += np.int32(alive[k] != 0) * ring_all[k]
    opens = at.calendar == p.window_opens
    add_up(households.window_wage[rows], wage, alive, opens)
    add_up(households.window_business[rows], business, alive, opens)
    add_up(households.window_property[rows], rent, alive, opens)
    add_up(households.window_transfer[rows], transfer, alive, opens)


@kernel(inline=True)
def close_window(at, households):
    """The income a head of the window that closes with this month."""
    for h in households_of(at):
        if households.alive[h] != 0 and households.size[h] > 0:
            total = np.int64(households.window_wage[h]) + households.window_business[h]
            total += np.int64(households.window_property[h]) + households.window_transfer[h]
            households.registry_income[h] = np.int32(np.floor(total / households.size[h]))


@kernel(inline=True)
def count_costs(at, households, p):
    """What was paid since January, and the fading of blows."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    add_up(households.medical_year[rows], households.medical[rows], alive, at.calendar == 1)
    add_up(households.granted_year[rows], households.granted[rows], alive, at.calendar == 1)
    schooling = households.schooling[rows]
    ceremony = households.ceremony[rows]
    other = households.other_cost[rows]
    forced = households.forced_year[rows]
    anew = np.int32(at.calendar == 1)
    for k in range(alive.size):
        paid = schooling[k] + ceremony[k] + other[k]
        forced[k] += np.int32(alive[k] != 0) * (paid - anew * forced[k])
    keeps = 1.0 - p.blow_fades
    blow = households.blow_size[rows]
    for k in range(alive.size):
        faded = np.int32(blow[k] * keeps + 0.5)
        blow[k] = faded if alive[k] != 0 else blow[k]


@kernel(inline=True)
def note_blows(at, households, p):
    """Note the month's costs as blows, and forget the blows that have become small."""
    weight = p.cost_weight
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    blow = households.blow[rows]
    size = households.blow_size[rows]
    strike_all(blow, size, Cause.ILLNESS, households.medical[rows], weight, alive)
    strike_all(blow, size, Cause.SCHOOLING, households.schooling[rows], weight, alive)
    for h in households_of(at):
        if households.funeral[h] | households.wedding[h] != 0 and households.alive[h] != 0:
            cause = Cause.FUNERAL if households.funeral[h] != 0 else Cause.MARRIAGE
            strike(households, h, cause, weight * households.ceremony[h])
    least = np.int32(p.blow_least * 100.0)
    for k in range(alive.size):
        counts = (alive[k] == 0) | (size[k] >= least)
        blow[k] *= counts
        size[k] *= counts


@kernel
def book(at, persons, households, villages, counties, words, chance, p):
    """Book one month of every household's income and forced spending."""
    count_income(at, households, p)
    if at.calendar % 12 + 1 == p.window_opens:
        close_window(at, households)
    count_costs(at, households, p)
    note_blows(at, households, p)


class IncomeWindow(Mechanism):
    """The income of the last twelve months, of the registry's window, and the blows.

    Countable income leaves out aid for schooling, care, housing and moving (`household.aid`);
    the whole income has it. The window runs from October to September: its components are summed
    since October, and on 30 September the income a head is closed (`registry_income`). Since
    January it sums what was paid for care and for other things that could not be put off, and what
    programmes paid to the household.

    The heaviest blow of late (its cause and size) fades month by month. Illness, schooling,
    weddings and funerals are noted here, at a weight, since a cost does not lower the income that
    is counted; lost harvests, low prices and lost jobs are noted where they happen.
    """

    name = "income_window"
    zh = "收入窗口（近12月、10月至次年9月）"
    reason = "the registry counts income from October to September (science brief F1)"
    reads = (
        "household.alive", "household.size", "household.wage", "household.business",
        "household.property", "household.transfer", "household.aid", "household.medical",
        "household.schooling", "household.ceremony", "household.other_cost",
        "household.wedding", "household.funeral", "household.granted",
    )  # fmt: skip
    writes = (
        "household.ring", "household.ring_all", "household.income12", "household.income12_all",
        "household.window_wage", "household.window_business", "household.window_property",
        "household.window_transfer", "household.registry_income", "household.medical_year",
        "household.granted_year",
        "household.forced_year", "household.blow", "household.blow_size",
    )  # fmt: skip
    rule = book
