"""M2, finance: micro-credit for registered households, and cheaper loans for the poor.

A micro-loan stands in `household.debt_bank`, with all that a household owes to banks, and in a
record beside it (size, month, use) that says who pays its interest and when it is due.
"""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.livelihoods.rows import any_set, homes_of
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism
from sim.world.codes import Registered
from sim.world.columns import account, column, deed

__all__ = ["MicroCredit"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED
UNIT = 100_000
"""Fen of a thousand yuan, the unit of `household.micro`."""
DONE = 1
"""`micro_month` of who has had its loan and paid it back or owes the rest like any other."""
OWN, FIRM, CONSUMED = 1, 2, 3
"""`household.micro_use`: what a loan is used for."""
_LASTING = 7  # draw index of what stays the same as long as a loan lasts


@kernel(inline=True)
def lend(at, h, households, villages, chance, p):
    """A household that asks for its loan gets it; its size and use are drawn."""
    drawn = words(chance, households.id[h], 1)
    most = min(p.limit, p.limit_income * households.income12_all[h] / 100.0)
    size = p.least + uniform(drawn[0]) * (most - p.least)
    units = min(np.int64(200), np.int64(size / 1000.0))
    if most < p.least or units <= 0:
        return
    u = uniform(drawn[1])
    use = CONSUMED if u < p.consumed else (FIRM if u < p.consumed + p.firm_use else OWN)
    households.micro[h] = np.uint8(units)
    households.micro_use[h] = np.int8(use)
    households.micro_month[h] = at.month
    households.debt_bank[h] += np.int32(units * UNIT)
    if use == CONSUMED:
        households.cash[h] += np.int32(units * UNIT)
    villages.did_micro_loans[households.village[h]] += 1


@kernel(inline=True)
def carry(at, h, households, villages, chance, p):
    """A quarter of a loan: its interest, what it earns, and at its end what comes back."""
    size = np.int64(households.micro[h]) * UNIT
    use = households.micro_use[h]
    since = households.micro_month[h]
    owed = min(size, np.int64(households.debt_bank[h]))
    # its interest is paid for the household, which living charges for all bank debts
    interest = np.int32(owed * p.bank_rate / 4.0)
    households.other_cost[h] -= interest
    villages.paid_micro_interest[households.village[h]] += interest
    over = at.month - since >= p.tenor
    if at.calendar != 12 and not over:
        return
    # accounts are settled in December and at the end
    drawn = lasting(chance, households.id[h], _LASTING, since)
    months = min(at.calendar, at.month - since)
    if use == OWN:
        yearly = p.own_return + p.own_return_sd * normal(drawn[0])
        households.business[h] += np.int32(np.floor(size * yearly * months / 12.0 + 0.5))
    elif use == FIRM:
        households.property[h] += np.int32(size * p.firm_return * months / 12.0)
    if not over:
        return
    back = 0.0 if use == CONSUMED else 1.0
    if use == FIRM and uniform(drawn[1]) < p.firm_fails:
        back = 0.0
    if use == OWN and uniform(drawn[1]) < p.own_fails:
        back = 1.0 - p.own_loss
    cash = np.int64(households.cash[h]) + np.int64(size * back)
    paid = max(np.int64(0), min(owed, cash))
    households.cash[h] = np.int32(cash - paid)
    households.debt_bank[h] -= np.int32(paid)
    households.micro[h] = 0
    households.micro_month[h] = DONE
    villages.did_micro_due[households.village[h]] += 1
    villages.did_micro_overdue[households.village[h]] += paid < owed


@kernel
def bank(at, persons, households, villages, counties, words_, chance, p):
    """One quarter of loans to registered households."""
    asks = 1.0 - np.sqrt(1.0 - p.uptake * p.M2_2)
    if at.calendar != p.spring and at.calendar != p.autumn:
        asks = 0.0
    relief = p.relend_cut * p.M2_4 / 4.0
    for v in range(at.first_village, at.end_village):
        rows = slice(villages.first_household[v], villages.end_household[v])
        ready = min(2.0, max(0.0, 1.0 + np.float64(villages.takeup[v])))
        ready *= asks * (1.0 + p.near_gain * villages.bank_near[v])
        busy = any_set(households.micro[rows]) if rows.stop > rows.start else False
        if not (busy or ready > 0.0 or relief > 0.0):
            continue
        for h in homes_of(villages, v):
            state = households.registered[h]
            listed = (state == POOR) | (state == EXITED) | (state == RELAPSED)
            if households.alive[h] == 0 or not (listed or households.micro[h] != 0):
                continue
            if relief > 0.0 and listed:
                other = np.int64(households.debt_bank[h]) - np.int64(households.micro[h]) * UNIT
                saved = np.int32(max(np.int64(0), other) * relief)
                households.other_cost[h] -= saved
                villages.did_interest_saved[v] += np.int64(saved) // 100
            if households.micro[h] != 0:
                carry(at, h, households, villages, chance, p)
            elif ready > 0.0 and households.micro_month[h] == 0:
                if households.labour[h] >= p.labour_least:
                    if uniform(words(chance, households.id[h], 0)[0]) < ready:
                        lend(at, h, households, villages, chance, p)


class MicroCredit(Mechanism):
    """Registered households borrow without collateral, and all of them pay lower interest.

    Under M2.2 a registered household with hands may take one loan of up to 50,000 yuan for up to
    three years at no interest (special funds pay the bank). It invests in its own farm or
    business, at a return that may be bad; lends the money on to a firm for a fixed yearly
    payment, until that was stopped in 2019; or consumes it. Banks reckon by the quarter, lend in
    two rounds a year, in spring and autumn, and what the money earns is settled in December. At
    the end all of it falls due at once: what was invested or lent comes back whole or in part,
    the rest is taken from cash, and what is still owed goes on as an ordinary bank debt. Where a
    bank is near (M2.5), more ask. M2.4: re-lending at a preferential rate lowers the interest on
    the other bank debts of registered households.
    """

    name = "m2_credit"
    zh = "扶贫小额信贷与再贷款"
    clauses = ("M2.2", "M2.4")
    reads = (
        "household.id", "household.alive", "household.registered", "household.labour",
        "household.income12_all", "household.village", "village.first_household",
        "village.end_household", "village.takeup", "village.bank_near",
    )  # fmt: skip
    writes = (
        "household.micro", "household.micro_use", "household.micro_month", "household.other_cost",
        "household.business", "household.property", "village.paid_micro_interest",
        "village.did_micro_loans", "village.did_micro_due", "village.did_micro_overdue",
        "village.did_interest_saved",
    )  # fmt: skip
    changes = ("household.cash", "household.debt_bank")
    columns = (
        column("household", "micro_use", "i1", "code",
               "its use: 1 own investment, 2 lent to a firm, 3 consumed", "小额信贷用途"),
        column("household", "micro_month", "i2", "month",
               "month in which it was given; 0 never had one, 1 it is over", "小额信贷发放月"),
        account("micro_interest", "interest on micro-loans, paid to the banks",
                "小额信贷贴息", to="supplier"),
        deed("micro_loans", "households", "micro-loans given", "小额信贷发放户数"),
        deed("micro_due", "households", "micro-loans that fell due", "小额信贷到期户数"),
        deed("micro_overdue", "households", "of these not paid back in full",
             "小额信贷逾期户数"),
        deed("interest_saved", "yuan", "interest that re-lending saved registered households",
             "再贷款减轻利息"),
    )  # fmt: skip
    uses = ("living.bank_rate",)
    months = (3, 6, 9, 12)
    in_burn_in = False
    rule = bank
