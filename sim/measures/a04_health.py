"""Action 4, health: what a stay in hospital costs.

`MedicalInsurance` takes the month's admissions from the illness mechanism, decides where each is
treated and whether the patient comes at all (`a04_admission`), and settles the bill through the
stack of payers in `a04_stack`. Family doctors are in `a04_doctors`; what the health system itself
is, its hospitals, clinics and doctors, is in `a04_hospitals`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.chance import uniform
from sim.few import draw_for, list_flagged, pick, room_for
from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.measures.a04_admission import AWAY, STAYS, TOWNSHIP, comes, new_year, place
from sim.measures.a04_stack import (
    eased,
    fen_of,
    is_supported,
    millionths,
    owed_on,
    part,
    shares_of,
    terms_of,
)  # fmt: skip
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism, Now
from sim.world.codes import Skill
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["MedicalInsurance"]

WEAK = Skill.WEAK

_CLAIMED = 2
"""Draw index of the lasting habit to claim; 0 is the month's bill, 1 and 3 enrolment."""


class _Seen(NamedTuple):
    """What is known of the month's patients and their homes, picked for all of them at once."""

    id: Any
    home: Any
    bill: Any
    insured: Any
    serious: Any
    family_doctor: Any
    disability: Any
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
        where, cost, share = place(uniform(drawn[0, n]), referred, township, p)
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
        severe = supported and 0 < seen.disability[n] <= p.severe_grade
        sure = max(one_stop, p.A8_8 * severe)
        claim = p.claim_share + (1.0 - p.claim_share) * sure
        claimed = helped and uniform(lasting(chance, seen.id[n], _CLAIMED, january)[0]) < claim
        terms = terms_of(p, seen.insured[n] != 0, supported, helped, claimed)
        if severe and p.A8_8 > 0.0:
            terms = eased(terms, p)
            villages.did_severe_assisted[v] += 1
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
        if not comes(uniform(drawn[1, n]), inclined, bill, own, deposit, seen.cash[n], p):
            persons.forgone[i] = 1
            villages.did_care_forgone[v] += 1
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
        villages.did_stays_township[v] += where == TOWNSHIP
        villages.did_stays_one_stop[v] += one_stop > 0.0
        villages.did_stays_raised[v] += seen.insured[n] != 0 and p.A4_4 > 0.0
        if where == AWAY:
            villages.did_stays_away[v] += 1
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
        new_year(at, persons, households, villages, chance, p)
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
        pick(persons.disability, a, listed, count),
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

    A8.8 has the severely disabled of registered households claim all that is due, and be assisted
    from a lower line and cap on. A8.9 pays the premium of disabled people of registered
    households who would be without insurance.

    Benefits follow the registered state, which changes in December only, so the terms of a
    person hold for the year. Clauses take effect at a bill's date; earlier bills stay as paid.
    Bills are in whole fen.
    """

    name = "a04_insurance"
    zh = "医保报销、大病保险、再报销与医疗救助"
    clauses = ("A4.3", "A4.4", "A4.5", "A4.6", "A4.7", "A4.8", "A8.8", "A8.9")
    reads = (
        "person.id", "person.household", "person.alive", "person.serious",
        "person.family_doctor", "person.disability", "household.registered", "household.dibao",
        "household.cash",
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
        "village.paid_premium_subsidy", "village.did_severe_assisted",
        "village.did_care_forgone", "village.did_stays_township", "village.did_stays_away",
        "village.did_stays_one_stop", "village.did_stays_raised",
        "village.did_premiums_paid",
        "county.assistance_budget", "county.assistance_expected", "county.assistance_share",
        "county.backfill_share",
    )  # fmt: skip
    changes = ("person.bill", "person.admitted", "person.sick_months", "person.skill")
    uses = (
        "a04_hospitals.referred_start", "a04_hospitals.township_start", "a08_disabled.severe_grade",
    )  # fmt: skip
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
        account("premium_subsidy", "insurance premiums of registered disabled people",
                "残疾人参保资助支出", to="supplier"),
        *STAYS,
        column("county", "assistance_budget", "i8", "fen",
               "budgets of the assistance fund so far", "医疗救助累计预算"),
        column("county", "assistance_expected", "f8", "fen",
               "claims expected in a month", "医疗救助月均应付"),
        column("county", "assistance_share", "f8", "share",
               "share of the assistance due that is paid", "医疗救助兑付比例", start=1.0,
               report="mean"),
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
