"""Action 4, health: who is insured this year, where a patient is treated, whether one comes."""

from __future__ import annotations

import numpy as np

from sim.chance import uniform, words
from sim.kernel import kernel
from sim.measures.a04_stack import is_supported
from sim.world.columns import deed

__all__ = ["AWAY", "COUNTY", "STAYS", "TOWNSHIP", "comes", "new_year", "place"]

TOWNSHIP, COUNTY, AWAY = 0, 1, 2
"""Places where a patient may be treated."""

STAYS = (
    deed("care_forgone", "stays", "in hospital that were needed and forgone",
         "应住院未住院人次"),
    deed("stays_township", "stays", "in a township health centre", "乡镇卫生院住院人次"),
    deed("stays_away", "stays", "in hospitals outside the county", "县外住院人次"),
    deed("stays_one_stop", "stays", "of people with a card treated first and settled in one go",
         "先诊疗后付费一站式结算人次"),
    deed("stays_raised", "stays", "of insured people at the rate raised for all",
         "农村参保人提高报销人次"),
    deed("severe_assisted", "stays",
         "in hospital of severely disabled people with a card on eased terms of assistance",
         "重度残疾人医疗救助人次"),
    deed("premiums_paid", "persons",
         "disabled with a card insured because their premium was paid", "残疾人参保资助人数"),
)  # fmt: skip
"""What the month's admissions came to, for the indicators."""

_ENROLLED, _SUBSIDISED = 1, 3
"""Draw indices of enrolment; 0 is the month's bill."""


@kernel
def new_year(at, persons, households, villages, chance, p):
    """January: the year's sums start at nothing, and families enrol or let insurance lapse; the
    premium of disabled people of registered households who would not be insured is paid (A8.9)."""
    a = at.first_person
    b = at.end_person
    premium = np.int64(p.premium * 100.0 + 0.5)
    households.owed_year[at.first_household : at.end_household] = 0
    persons.bill_year[a:b] = 0
    persons.own_year[a:b] = 0
    persons.other_year[a:b] = 0
    # of each household: whether those without insurance enrol, and whether the others keep it
    after = np.empty((2, at.end_household - at.first_household), np.uint8)
    for k in range(after.shape[1]):
        h = at.first_household + k
        u = uniform(words(chance, households.id[h], _ENROLLED)[0])
        poor = is_supported(households.registered[h], p.exited_supported)
        after[0, k] = u < (p.enrol_registered if poor else p.enrol_other)
        after[1, k] = u <= 1.0 - (p.lapse_registered if poor else p.lapse_other)
    for i in range(np.uint64(a), np.uint64(b)):
        if persons.alive[i] != 0:
            k = persons.household[i] - at.first_household
            persons.insured[i] = after[persons.insured[i], k]
            if persons.insured[i] == 0 and persons.disability[i] > 0 and p.A8_9 > 0.0:
                h = persons.household[i]
                if is_supported(households.registered[h], p.exited_supported):
                    if uniform(words(chance, persons.id[i], _SUBSIDISED)[0]) < p.A8_9:
                        persons.insured[i] = 1
                        villages.did_premiums_paid[households.village[h]] += 1
                        villages.paid_premium_subsidy[households.village[h]] += premium


@kernel(inline=True)
def place(u, referred, township, p):
    """Where a patient is treated: which place, cost relative to the mean, compliant share there.

    The costs of the three places are such that the mean over the places of October 2017 is 1.
    """
    at_county = (1.0 - p.township_start * p.township_cost - p.referred_start * p.referred_cost) / (
        1.0 - p.township_start - p.referred_start
    )
    if u < referred:
        return AWAY, p.referred_cost, p.compliant_referred
    if u > 1.0 - township:
        return TOWNSHIP, p.township_cost, p.compliant_township
    return COUNTY, at_county, p.compliant_county


@kernel(inline=True)
def comes(u, inclined, bill, own, deposit, cash, p):
    """Whether a patient who should be admitted seeks care.

    inclined: log-odds from all but money; bill, own part, deposit and cash in fen.
    """
    if bill <= 0:
        return False
    liquid = max(0, cash) + p.liquid_floor * 100.0
    x = inclined + p.seek_severity * np.log(bill / (p.seek_bill * 100.0))
    x -= p.seek_deposit * min(deposit / liquid, p.deposit_ratio_most)
    x -= p.seek_price * own / bill
    return u < 1.0 / (1.0 + np.exp(-x))
