"""The year's income: twelve months back, the registry's window, and what hit the household."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism
from sim.world.codes import Cause

__all__ = ["IncomeWindow"]


@kernel
def book(at, persons, households, villages, counties, words, chance, p):
    """Book one month of every household's income and forced spending."""
    slot = at.calendar - 1
    opens = at.calendar == p.window_opens
    closes = at.calendar % 12 + 1 == p.window_opens
    january = at.calendar == 1
    keeps = 1.0 - p.blow_fades
    least = np.int32(p.blow_least * 100.0)
    weight = p.cost_weight
    for h in households_of(at):
        if households.alive[h] == 0:
            continue
        wage = households.wage[h]
        business = households.business[h]
        rent = households.property[h]
        transfer = households.transfer[h]
        counted = wage + business + rent + transfer
        whole = counted + households.aid[h]
        households.income12[h] += np.int32(counted - households.ring[slot, h])
        households.income12_all[h] += np.int32(whole - households.ring_all[slot, h])
        households.ring[slot, h] = np.int32(counted)
        households.ring_all[slot, h] = np.int32(whole)
        if opens:
            households.window_wage[h] = wage
            households.window_business[h] = business
            households.window_property[h] = rent
            households.window_transfer[h] = transfer
        else:
            households.window_wage[h] += wage
            households.window_business[h] += business
            households.window_property[h] += rent
            households.window_transfer[h] += transfer
        if closes and households.size[h] > 0:
            total = np.int64(households.window_wage[h]) + households.window_business[h]
            total += np.int64(households.window_property[h]) + households.window_transfer[h]
            households.registry_income[h] = np.int32(np.floor(total / households.size[h]))
        medical = households.medical[h]
        schooling = households.schooling[h]
        ceremony = households.ceremony[h]
        forced = schooling + ceremony + households.other_cost[h]
        if january:
            households.medical_year[h] = medical
            households.forced_year[h] = np.int32(forced)
        else:
            households.medical_year[h] += medical
            households.forced_year[h] += np.int32(forced)
        faded = np.int32(households.blow_size[h] * keeps + 0.5)
        households.blow_size[h] = faded
        if medical > 0:
            strike(households, h, Cause.ILLNESS, weight * medical)
        if schooling > 0:
            strike(households, h, Cause.SCHOOLING, weight * schooling)
        if households.funeral[h] != 0:
            strike(households, h, Cause.FUNERAL, weight * ceremony)
        elif households.wedding[h] != 0:
            strike(households, h, Cause.MARRIAGE, weight * ceremony)
        if households.blow_size[h] < least:
            households.blow[h] = Cause.NONE
            households.blow_size[h] = 0


class IncomeWindow(Mechanism):
    """The income of the last twelve months, of the registry's window, and the blows.

    Countable income leaves out aid for schooling, care, housing and moving (`household.aid`);
    the whole income has it. The window runs from October to September: its components are summed
    since October, and on 30 September the income a head is closed (`registry_income`). Since
    January it sums what was paid for care and for other things that could not be put off.

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
        "household.wedding", "household.funeral",
    )  # fmt: skip
    writes = (
        "household.ring", "household.ring_all", "household.income12", "household.income12_all",
        "household.window_wage", "household.window_business", "household.window_property",
        "household.window_transfer", "household.registry_income", "household.medical_year",
        "household.forced_year", "household.blow", "household.blow_size",
    )  # fmt: skip
    rule = book
