"""Who pays which part of a hospital bill: the stack of insurance and assistance, to the fen.

All layers are functions of the patient's compliant cost since January, so what a year costs does
not depend on the order of its bills. With C the compliant cost of the year:

    basic      r1 (C - d)        above the deductible d
    serious    r2 (o1 - D)       o1 = C - basic, above the deductible D
    second     r3 (o2 - D)       o2 = o1 - serious
    assistance                   of o3 = o2 - second: all above the cap, or a share above a line
    own        o3 - assistance

A bill pays the difference that it makes to each. A rate is held in millionths and a layer is
rounded to the fen as a whole, so each grows with C and by no more than what is left: no payment
of a later bill can be negative.

The kernels are used by `sim.measures.a04_health` and are plain functions from Python, too:

    terms = Terms(deductible=80_000, rate=750_000, ...)
    receipt = shares_of(bill, compliant, charged, spent, owed, MILLION, terms)
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.kernel import kernel
from sim.world.codes import Registered

__all__ = [
    "MILLION", "Receipt", "Terms", "assistance_on", "eased", "fen_of", "is_supported", "millionths",
    "owed_on", "part", "receipt_of", "shares_of", "terms_of",
]  # fmt: skip

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED

MILLION = 1_000_000
_HALF = 500_000


class Terms(NamedTuple):
    """What one patient is entitled to this year: money in fen, rates in millionths.

    A patient without insurance has the rates 0. `full` is how far assistance pays all above
    `cap` (MILLION: wholly, 0: it pays `assistance_rate` above `assistance_deductible`).
    """

    deductible: int
    rate: int
    serious_deductible: int
    serious_rate: int
    second_rate: int
    cap: int
    full: int
    assistance_deductible: int
    assistance_rate: int


class Receipt(NamedTuple):
    """One bill by payer, in fen. `basic` to `absorbed` add up to the bill; `due` is the
    assistance owed, of which `assistance` was paid."""

    basic: int
    serious: int
    second: int
    assistance: int
    own_compliant: int
    own_other: int
    absorbed: int
    due: int


@kernel(inline=True)
def is_supported(registered, exited_supported):
    """Whether a household has the benefits of the registered: poor, relapsed, or (where they are
    kept) exited."""
    return (
        registered == POOR
        or registered == RELAPSED
        or (registered == EXITED and exited_supported != 0.0)
    )


@kernel(inline=True)
def part(amount, millionths):
    """A share of an amount, rounded to the nearest fen (half up). Both are whole numbers."""
    return (np.int64(amount) * np.int64(millionths) + _HALF) // MILLION


@kernel(inline=True)
def insured_on(cost, terms):
    """Paid since January by basic, serious-illness and second insurance at a compliant cost."""
    basic = part(max(0, cost - terms.deductible), terms.rate)
    left = cost - basic
    serious = part(max(0, left - terms.serious_deductible), terms.serious_rate)
    left -= serious
    second = part(max(0, left - terms.serious_deductible), terms.second_rate)
    return basic, serious, second


@kernel(inline=True)
def owed_on(cost, terms):
    """What the insurances leave of a compliant cost of the year."""
    basic, serious, second = insured_on(cost, terms)
    return cost - basic - serious - second


@kernel(inline=True)
def assistance_on(owed, terms):
    """Medical assistance due on what the insurances left in a year (a person's or, where the cap
    is meant for the household, its members' together)."""
    whole = np.int64(max(0, owed - terms.cap))
    rated = part(max(0, owed - terms.assistance_deductible), terms.assistance_rate)
    return (whole * terms.full + rated * (MILLION - terms.full) + _HALF) // MILLION


@kernel(inline=True)
def terms_of(p, insured, supported, helped, claimed):
    """What a person is entitled to in a year.

    p: the month's parameters of a04_insurance. insured: in basic insurance. supported: with the
    benefits of the registered. helped: supported or on minimum living, so entitled to
    assistance. claimed: whether what must be claimed apart (second insurance, assistance) is.
    """
    rural = p.uplift_rural * p.A4_4
    rate = p.rate + rural
    deductible = p.serious_deductible
    serious = p.serious_rate
    second = 0.0
    if supported:
        own = p.uplift_registered * p.A4_3
        rate = p.rate + (own + rural if p.reimb_stack == 1.0 else max(own, rural))
        deductible = p.serious_deductible_registered
        serious = p.serious_rate_registered
        if claimed:
            second = p.second_rate * p.A4_5
    if not insured:
        rate, serious, second = 0.0, 0.0, 0.0
    full = p.A4_5 if supported and claimed else 0.0
    rated = p.assistance_rate if helped and claimed else 0.0
    return Terms(
        fen_of(p.deductible), millionths(min(1.0, rate)), fen_of(deductible), millionths(serious),
        millionths(second), fen_of(p.cap), millionths(full), fen_of(p.assistance_deductible),
        millionths(rated),
    )  # fmt: skip


@kernel(inline=True)
def eased(terms, p):
    """The terms of the severely disabled of registered households, whom medical assistance helps
    from a lower line and cap on (A8.8)."""
    kept = millionths(1.0 - p.severe_cut * p.A8_8)
    return Terms(
        terms.deductible, terms.rate, terms.serious_deductible, terms.serious_rate,
        terms.second_rate, part(terms.cap, kept), terms.full,
        part(terms.assistance_deductible, kept), terms.assistance_rate,
    )  # fmt: skip


@kernel(inline=True)
def fen_of(yuan):
    return np.int64(np.floor(yuan * 100.0 + 0.5))


@kernel(inline=True)
def millionths(share):
    return np.int64(np.floor(share * 1e6 + 0.5))


@kernel
def shares_of(bill, compliant, charged, spent, owed, funded, terms):
    """One bill, by payer.

    bill: the hospital's bill; compliant: the part inside the catalogue; charged: what of the
        rest is charged to the patient (all of it, unless the hospital must bear it).
    spent: the patient's compliant cost since January, before this bill.
    owed: what the insurances left of it since January, of all whom the cap takes together.
    funded: share of the assistance due that there is money for, in millionths.
    terms: see Terms. All amounts in fen.
    """
    basic0, serious0, second0 = insured_on(spent, terms)
    basic1, serious1, second1 = insured_on(spent + compliant, terms)
    basic = basic1 - basic0
    serious = serious1 - serious0
    second = second1 - second0
    left = compliant - basic - serious - second
    due = assistance_on(owed + left, terms) - assistance_on(owed, terms)
    assistance = part(due, funded)
    return Receipt(
        basic, serious, second, assistance, left - assistance, charged,
        bill - compliant - charged, due,
    )  # fmt: skip


def receipt_of(
    p: Any, *, bill: int, own: int, other: int, spent: int, spent_after: int, insured: bool,
    supported: bool, helped: bool, funded: float = 1.0, owed: int | None = None,
    severe: bool = False,
) -> Receipt | None:  # fmt: skip
    """Who paid which part of an admission, told from what the world's columns say of it.

    p: the month's parameters of a04_insurance (`mechanism.p`). bill, own: person.bill and
        person.own after the month; other: the month's rise of person.other_year; spent and
        spent_after: person.bill_year before and after (0 before in January).
    insured, supported, helped: as in `terms_of`. funded: county.assistance_share.
    owed: household.owed_year before, needed only where the cap counts the household.
    severe: severely disabled and of a registered household (A8.8).
    Whether the patient claimed what is not settled at discharge is tried out. None if no
    receipt fits, as after several admissions in one month.
    """
    for claimed in (True, False):
        terms = terms_of(p, insured, supported, helped, claimed and helped)
        if severe and p.A8_8 > 0.0:
            terms = eased(terms, p)
        before = owed_on(spent, terms) if p.cap_unit == 0.0 or owed is None else owed
        paid = Receipt(
            *shares_of(
                bill, spent_after - spent, other, spent, before, int(millionths(funded)), terms
            )
        )
        if paid.own_compliant + paid.own_other == own:
            return paid
    return None
