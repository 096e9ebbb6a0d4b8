"""Action 4, health: family doctors, and what a stay in hospital costs.

`FamilyDoctors` signs people on; `MedicalInsurance` takes the month's admissions from the illness
mechanism, decides where each is treated and whether the patient comes at all, and settles the
bill through the stack of payers in `a04_stack`. What the health system itself is, its hospitals,
clinics and doctors, is in `a04_hospitals`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.chance import draws, uniform, words
from sim.few import draw_for, list_flagged, pick, room_for
from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.measures.a04_stack import fen_of, millionths, owed_on, part, shares_of, terms_of
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered, Skill
from sim.world.columns import column
from sim.world.world import World

__all__ = ["FamilyDoctors", "MedicalInsurance", "is_supported"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED
WEAK = Skill.WEAK

RUNS = 3.0
"""Months of a year in which contracts change."""

# draw indices of MedicalInsurance; 0 is the month's bill
_ENROLLED, _CLAIMED = 1, 2


@kernel(inline=True)
def is_supported(registered, exited_supported):
    """Whether a household has the benefits of the registered: poor, relapsed, or (where they are
    kept) exited."""
    return (
        registered == POOR
        or registered == RELAPSED
        or (registered == EXITED and exited_supported != 0.0)
    )


@kernel
def sign_on(at, persons, households, villages, counties, words_, chance, p):
    """Contracts of a block: lapses and new ones, and the campaign among the registered.

    A family signs together, so the draws are the household's.
    """
    lapse = 1.0 - (1.0 - p.turnover) ** (1.0 / RUNS)
    sign_poor = min(1.0, lapse * p.coverage_registered / (1.0 - p.coverage_registered))
    sign_other = min(1.0, lapse * p.coverage_other / (1.0 - p.coverage_other))
    if at.calendar == 12:
        sign_poor = max(sign_poor, p.A4_2 * p.campaign_reach)
    elif at.calendar == 11:
        sign_poor = max(sign_poor, p.A4_2 * p.campaign_early)
    lapse_poor = lapse * (1.0 - p.A4_2)
    # of each household: whether those without a contract sign, and whether those with one keep it
    after = np.empty((2, at.end_household - at.first_household), np.uint8)
    for k in range(after.shape[1]):
        poor = is_supported(households.registered[at.first_household + k], p.exited_supported)
        after[0, k] = uniform(words_[0, k]) < (sign_poor if poor else sign_other)
        after[1, k] = uniform(words_[1, k]) >= (lapse_poor if poor else lapse)
    for i in range(np.uint64(at.first_person), np.uint64(at.end_person)):
        if persons.alive[i] != 0:
            k = persons.household[i] - at.first_household
            persons.family_doctor[i] = after[persons.family_doctor[i], k]


class FamilyDoctors(Mechanism):
    """Contracts between families and the family doctors of their township.

    A share of the people has one; some lapse and some are signed. Under A4.2 all registered are
    signed on by the end of 2017, whoever is newly registered at the next year's end, and none
    lapses. What a contract does to illness and admissions is in the illness mechanism; besides,
    where the village has a qualified doctor, it makes a patient come in time (see
    MedicalInsurance).
    """

    name = "a04_doctors"
    zh = "家庭医生签约服务"
    clauses = ("A4.2",)
    reads = ("person.alive", "person.household", "household.id", "household.registered")
    writes = ("person.family_doctor",)
    uses = ("a04_insurance.exited_supported",)
    draws = "household"
    months = (6, 11, 12)
    rule = sign_on

    def begin(self, world: World, now: Now) -> None:
        """Give the starting population its contracts, unless it came with some."""
        person = world.person
        if person.family_doctor.any():
            return
        self.open_month(now)
        state = world.household.registered
        poor = (state == POOR) | (state == EXITED) | (state == RELAPSED)
        share = np.where(poor, self.p.coverage_registered, self.p.coverage_other)
        signed = draws(self.chance, world.household.id)[0] < share
        person.family_doctor[:] = signed[np.maximum(person.household, 0)] & (person.alive == 1)


# --- insurance ------------------------------------------------------------------------------------


@kernel
def _new_year(at, persons, households, chance, p):
    """January: the year's sums start at nothing, and families enrol or let insurance lapse."""
    a = at.first_person
    b = at.end_person
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


@kernel(inline=True)
def _place(u, referred, township, p):
    """Where a patient is treated: cost relative to the mean, and the compliant share there.

    The costs of the three places are such that the mean over the places of October 2017 is 1.
    """
    at_county = (1.0 - p.township_start * p.township_cost - p.referred_start * p.referred_cost) / (
        1.0 - p.township_start - p.referred_start
    )
    if u < referred:
        return p.referred_cost, p.compliant_referred, True
    if u > 1.0 - township:
        return p.township_cost, p.compliant_township, False
    return at_county, p.compliant_county, False


@kernel(inline=True)
def _comes(u, inclined, bill, own, deposit, cash, p):
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


class _Seen(NamedTuple):
    """What is known of the month's patients and their homes, picked for all of them at once."""

    id: Any
    home: Any
    bill: Any
    insured: Any
    serious: Any
    family_doctor: Any
    bill_year: Any
    own_year: Any
    other_year: Any
    village: Any
    residence: Any
    registered: Any
    dibao: Any
    cash: Any
    coping: Any


@kernel
def _settle_each(at, persons, households, villages, counties, drawn, chance, p, listed, seen):
    """The listed patients, one after another: where, whether at all, and who pays."""
    referred = counties.referred[at.county]
    township = counties.township_care[at.county]
    funded = millionths(counties.assistance_share[at.county])
    backed = millionths(counties.backfill_share[at.county])
    january = at.year * 12
    for n in range(np.uint64(seen.home.size)):
        i = np.uint64(at.first_person) + np.uint64(listed[n])
        h = np.uint64(seen.home[n])
        v = np.uint64(seen.village[n])
        lived = np.uint64(seen.residence[n])
        supported = is_supported(seen.registered[n], p.exited_supported)
        doctor = seen.family_doctor[n] != 0 and villages.doctor[lived] != 0
        # where: what it costs there and how much of it is in the catalogue
        cost, share, away = _place(uniform(drawn[0, n]), referred, township, p)
        if doctor:
            cost *= 1.0 - p.early_saving
        bill = np.int64(seen.bill[n] * cost + 0.5)
        compliant = part(bill, millionths(share))
        charged = bill - compliant
        one_stop = 0.0
        if supported:
            charged = part(charged, millionths(1.0 - p.A4_8 * p.control))
            one_stop = p.A4_7
        # what the patient is entitled to, and who would pay
        helped = supported or seen.dibao[n] != 0
        claim = p.claim_share + (1.0 - p.claim_share) * one_stop
        claimed = helped and uniform(lasting(chance, seen.id[n], _CLAIMED, january)[0]) < claim
        terms = terms_of(p, seen.insured[n] != 0, supported, helped, claimed)
        spent = np.int64(seen.bill_year[n])
        owed = owed_on(spent, terms) if p.cap_unit == 0.0 else np.int64(households.owed_year[h])
        paid = shares_of(bill, compliant, charged, spent, owed, funded, terms)
        own = paid.own_compliant + paid.own_other
        # whether the patient comes
        broke = (seen.coping[n] & Coping.FORGO_CARE) != 0
        inclined = (
            p.seek
            + p.seek_serious * seen.serious[n]
            + p.seek_clinic * villages.clinic[lived]
            - p.seek_distance * villages.distance[lived]
            + villages.care_gain[lived]
        )
        if doctor:
            inclined += p.seek_doctor
        if broke:
            inclined -= p.seek_broke
        deposit = p.deposit_share * (1.0 - one_stop) * bill
        if not _comes(uniform(drawn[1, n]), inclined, bill, own, deposit, seen.cash[n], p):
            persons.forgone[i] = 1
            persons.admitted[i] = 0
            persons.bill[i] = 0
            # untreated, it takes longer; the illness mechanism ends the spell
            longer = persons.sick_months[i] + np.int64(p.forgone_months)
            persons.sick_months[i] = np.int8(min(longer, 120))
            if persons.skill[i] > WEAK:
                persons.skill[i] = WEAK
            continue
        persons.bill[i] = bill
        persons.bill_year[i] = spent + compliant
        persons.own[i] = own
        persons.own_year[i] = seen.own_year[n] + own
        persons.other_year[i] = seen.other_year[n] + paid.own_other
        households.owed_year[h] += paid.own_compliant + paid.assistance
        households.medical[h] += own
        if away:
            households.other_cost[h] += fen_of(p.travel_cost)
        backfill = part(paid.assistance, backed)
        villages.assistance_due[v] += paid.due
        villages.paid_basic_insurance[v] += paid.basic
        villages.paid_serious_insurance[v] += paid.serious
        villages.paid_second_insurance[v] += paid.second
        villages.paid_medical_assistance[v] += paid.assistance - backfill
        villages.paid_assistance_backfill[v] += backfill


@kernel
def _patients(alive, bill, flags):
    """Flag who has a bill this month."""
    for k in range(alive.size):
        flags[k] = (bill[k] > 0) & (alive[k] != 0)


@kernel
def settle(at, persons, households, villages, counties, words_, chance, p):
    """The month's admissions of a block, settled."""
    a = at.first_person
    b = at.end_person
    villages.assistance_due[at.first_village : at.end_village] = 0
    if at.calendar == 1:
        _new_year(at, persons, households, chance, p)
    persons.own[a:b] = 0
    persons.forgone[a:b] = 0
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    _patients(persons.alive[a:b], persons.bill[a:b], flags)
    count = list_flagged(flags, 1, listed)
    drawn = draw_for(chance, persons.id, a, listed, count)
    home = pick(persons.household, a, listed, count)
    seen = _Seen(
        pick(persons.id, a, listed, count), home,
        pick(persons.bill, a, listed, count), pick(persons.insured, a, listed, count),
        pick(persons.serious, a, listed, count), pick(persons.family_doctor, a, listed, count),
        pick(persons.bill_year, a, listed, count), pick(persons.own_year, a, listed, count),
        pick(persons.other_year, a, listed, count), pick(households.village, 0, home, count),
        pick(households.residence, 0, home, count), pick(households.registered, 0, home, count),
        pick(households.dibao, 0, home, count), pick(households.cash, 0, home, count),
        pick(households.coping, 0, home, count),
    )  # fmt: skip
    _settle_each(at, persons, households, villages, counties, drawn, chance, p, listed, seen)


class MedicalInsurance(Mechanism):
    """What a patient pays after basic, serious-illness and second insurance and assistance.

    The province's part runs first in a month: each county's assistance fund gets its budget in
    January, and when what is left no longer covers the expected claims the rest is not paid
    (the patient pays it) or, under A4.6, paid by the province. The fund pays what falls due in
    the month in which it runs dry and settles that out of the next budget.

    Then every admission of the month finds its place (township, county, referred out), which
    sets the cost and the compliant share; the patient comes or forgoes care, which a deposit
    before treatment makes more likely (A4.7 removes it, and settles all layers in one go, so
    that nothing due goes unclaimed) and lengthens the illness; and the bill is paid layer by
    layer (A4.3, A4.4 rates, A4.5 second insurance and the cap, A4.8 no cost outside the
    catalogue).

    Benefits follow the registered state, which changes in December only, so the terms of a
    person hold for the year. Clauses take effect at a bill's date; earlier bills stay as paid.
    Bills are in whole fen.
    """

    name = "a04_insurance"
    zh = "医保报销、大病保险、再报销与医疗救助"
    clauses = ("A4.3", "A4.4", "A4.5", "A4.6", "A4.7", "A4.8")
    reads = (
        "person.id", "person.household", "person.alive", "person.serious",
        "person.family_doctor", "household.registered", "household.dibao", "household.cash",
        "household.coping", "household.village", "household.residence", "household.id",
        "village.distance", "village.clinic", "village.doctor", "village.care_gain",
        "county.referred",
        "county.township_care", "county.registered_start",
    )  # fmt: skip
    writes = (
        "person.forgone", "person.insured", "person.bill_year", "person.own_year", "person.own",
        "person.other_year", "household.owed_year", "household.medical", "household.other_cost",
        "village.assistance_due", "village.paid_basic_insurance",
        "village.paid_serious_insurance", "village.paid_second_insurance",
        "village.paid_medical_assistance", "village.paid_assistance_backfill",
        "county.assistance_budget", "county.assistance_expected", "county.assistance_share",
        "county.backfill_share",
    )  # fmt: skip
    changes = ("person.bill", "person.admitted", "person.sick_months", "person.skill")
    uses = ("a04_hospitals.referred_start", "a04_hospitals.township_start")
    columns = (
        column("person", "own", "i4", "fen",
               "paid by the patient for this month's admission", "本月住院自付"),
        column("person", "other_year", "i4", "fen",
               "of what the patient paid since January, outside the catalogue", "年累计不合规自付"),
        column("household", "owed_year", "i4", "fen",
               "left by the insurances since January, all members, before assistance",
               "年累计救助前合规自付"),
        column("village", "assistance_due", "i8", "fen",
               "medical assistance due this month, paid or not", "本月应救助额"),
        column("village", "paid_basic_insurance", "i8", "fen",
               "paid by basic resident insurance", "基本医保支付", combine="sum"),
        column("village", "paid_serious_insurance", "i8", "fen",
               "paid by serious-illness insurance", "大病保险支付", combine="sum"),
        column("village", "paid_second_insurance", "i8", "fen",
               "paid by the second serious-illness insurance", "大病保险再报销支付", combine="sum"),
        column("village", "paid_medical_assistance", "i8", "fen",
               "paid by the county's medical assistance", "医疗救助支付", combine="sum"),
        column("village", "paid_assistance_backfill", "i8", "fen",
               "medical assistance made up by the province", "省级弥补医疗救助", combine="sum"),
        column("county", "assistance_budget", "i8", "fen",
               "budgets of the assistance fund so far", "医疗救助累计预算"),
        column("county", "assistance_expected", "f8", "fen",
               "claims expected in a month", "医疗救助月均应付"),
        column("county", "assistance_share", "f8", "share",
               "share of the assistance due that is paid", "医疗救助兑付比例", start=1.0),
        column("county", "backfill_share", "f8", "share",
               "share of the paid assistance that the province pays", "省级弥补占比"),
    )  # fmt: skip
    rule = settle

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Budget the counties' assistance funds and see how far they reach this month."""
        county = world.county
        ledger: Any = world.ledger
        spent = ledger.spent[ledger.row("medical_assistance")]
        yearly = np.floor(county.registered_start * p.assistance_budget * 100.0)
        if now.calendar == 1 or now.month == now.first:
            left = county.assistance_budget - spent
            share = (13 - now.calendar) / 12.0
            returned = np.maximum(0, left - p.assistance_carry * yearly)
            county["assistance_budget"] += (yearly * share - returned).astype(np.int64)
        due = np.add.reduceat(world.village.assistance_due, world.starts["village"][:-1])
        memory = p.assistance_memory
        county["assistance_expected"] *= memory
        county["assistance_expected"] += (1.0 - memory) * due
        left = np.maximum(0, county.assistance_budget - spent).astype(np.float64)
        need = np.maximum(county.assistance_expected, 1.0)
        local = np.minimum(1.0, left / need)
        county.assistance_share[:] = local + (1.0 - local) * p.A4_6
        paid = np.maximum(county.assistance_share, 1e-12)
        county.backfill_share[:] = (1.0 - local) * p.A4_6 / paid
