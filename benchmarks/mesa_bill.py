"""A hospital bill of the Mesa version: where a patient is treated, whether at all, who pays."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.mesa_person import WEAK, Person
from sim.livelihoods.coping import Coping
from sim.world.codes import Registered

__all__ = ["admission", "is_supported", "new_year"]

POOR, EXITED, RELAPSED = Registered.POOR.value, Registered.EXITED.value, Registered.RELAPSED.value
FORGO_CARE = int(Coping.FORGO_CARE)
MILLION = 1_000_000
HALF = 500_000
ENROLLED, CLAIMED, SUBSIDISED = 1 << 16, 2 << 16, 3 << 16


def _fen(yuan: float) -> int:
    return math.floor(yuan * 100.0 + 0.5)


def _millionths(share: float) -> int:
    return math.floor(share * 1e6 + 0.5)


def _part(amount: int, millionths: int) -> int:
    return (amount * millionths + HALF) // MILLION


class _Terms:
    """What one patient is entitled to this year: money in fen, rates in millionths."""

    __slots__ = (
        "assistance_deductible", "assistance_rate", "cap", "deductible", "full", "rate",
        "second_rate", "serious_deductible", "serious_rate",
    )  # fmt: skip

    def __init__(self, p: Any, insured: int, supported: bool, helped: bool, claimed: bool) -> None:
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
            rate = serious = second = 0.0
        self.deductible = _fen(p.deductible)
        self.rate = _millionths(min(1.0, rate))
        self.serious_deductible = _fen(deductible)
        self.serious_rate = _millionths(serious)
        self.second_rate = _millionths(second)
        self.cap = _fen(p.cap)
        self.full = _millionths(p.A4_5 if supported and claimed else 0.0)
        self.assistance_deductible = _fen(p.assistance_deductible)
        self.assistance_rate = _millionths(p.assistance_rate if helped and claimed else 0.0)

    def ease(self, p: Any) -> None:
        """The terms of the severely disabled of registered households (A8.8)."""
        kept = _millionths(1.0 - p.severe_cut * p.A8_8)
        self.cap = _part(self.cap, kept)
        self.assistance_deductible = _part(self.assistance_deductible, kept)

    def insured_on(self, cost: int) -> tuple[int, int, int]:
        """Paid since January by the three insurances at a compliant cost."""
        basic = _part(max(0, cost - self.deductible), self.rate)
        left = cost - basic
        serious = _part(max(0, left - self.serious_deductible), self.serious_rate)
        left -= serious
        return basic, serious, _part(max(0, left - self.serious_deductible), self.second_rate)

    def assistance_on(self, owed: int) -> int:
        """Assistance due on what the insurances left."""
        whole = max(0, owed - self.cap)
        rated = _part(max(0, owed - self.assistance_deductible), self.assistance_rate)
        return (whole * self.full + rated * (MILLION - self.full) + HALF) // MILLION


def is_supported(registered: int, exited_supported: float) -> bool:
    """Whether a household has the benefits of the registered."""
    return (
        registered == POOR
        or registered == RELAPSED
        or (registered == EXITED and exited_supported != 0.0)
    )


def new_year(home: Any, month: Any) -> None:
    """January: the year's sums start at nothing, and families enrol or let insurance lapse."""
    p = month.insurance
    home.owed_year = 0
    poor = is_supported(home.registered, p.exited_supported)
    u = month.insurance_more(home.id, ENROLLED | month.index)[0]
    enrols = u < (p.enrol_registered if poor else p.enrol_other)
    lapses = u > 1.0 - (p.lapse_registered if poor else p.lapse_other)
    for person in home.persons:
        person.bill_year = person.own_year = person.other_year = 0
        if not person.insured:
            person.insured = int(enrols)
        elif lapses:
            person.insured = 0
        if not person.insured and person.disability and poor and p.A8_9 > 0.0:
            if month.insurance_more(person.id, SUBSIDISED | month.index)[0] < p.A8_9:
                person.insured = 1
                home.village.county.paid_premium += _fen(p.premium)


def _where(u: float, county: Any, p: Any) -> tuple[float, float, bool]:
    if u < county.referred:
        return p.referred_cost, p.compliant_referred, True
    if u > 1.0 - county.township_care:
        return p.township_cost, p.compliant_township, False
    at_county = (1.0 - p.township_start * p.township_cost - p.referred_start * p.referred_cost) / (
        1.0 - p.township_start - p.referred_start
    )
    return at_county, p.compliant_county, False


def admission(person: Person, home: Any, month: Any) -> None:
    """One admission: where, whether at all, and who pays."""
    p, more = month.insurance, month.insurance_more
    village, lived = home.village, home.residence
    county = village.county
    supported = is_supported(home.registered, p.exited_supported)
    at_hospital, seeks, _, _ = more(person.id, month.index)
    cost, share, away = _where(at_hospital, county, p)
    doctor = person.family_doctor and lived.doctor
    if doctor:
        cost *= 1.0 - p.early_saving
    bill = int(person.bill * cost + 0.5)
    compliant = _part(bill, _millionths(share))
    charged = bill - compliant
    one_stop = 0.0
    if supported:
        charged = _part(charged, _millionths(1.0 - p.A4_8 * p.control))
        one_stop = p.A4_7
    helped = supported or home.dibao != 0
    severe = supported and 0 < person.disability <= p.severe_grade
    sure = max(one_stop, p.A8_8 * severe)
    claim = p.claim_share + (1.0 - p.claim_share) * sure
    claimed = helped and more(person.id, CLAIMED | month.year * 12)[0] < claim
    terms = _Terms(p, person.insured, supported, helped, claimed)
    if severe and p.A8_8 > 0.0:
        terms.ease(p)
    spent = person.bill_year
    basic0, serious0, second0 = terms.insured_on(spent)
    basic1, serious1, second1 = terms.insured_on(spent + compliant)
    basic, serious, second = basic1 - basic0, serious1 - serious0, second1 - second0
    owed = home.owed_year
    if p.cap_unit == 0.0:
        owed = spent - basic0 - serious0 - second0
    left = compliant - basic - serious - second
    due = terms.assistance_on(owed + left) - terms.assistance_on(owed)
    assistance = _part(due, _millionths(county.assistance_share))
    own_compliant = left - assistance
    own = own_compliant + charged

    x = (
        p.seek
        + p.seek_serious * person.serious
        + p.seek_clinic * lived.clinic
        - p.seek_distance * lived.distance
    )
    if doctor:
        x += p.seek_doctor
    if home.coping & FORGO_CARE:
        x -= p.seek_broke
    liquid = max(0, home.cash) + p.liquid_floor * 100.0
    deposit = p.deposit_share * (1.0 - one_stop) * bill
    x += p.seek_severity * math.log(bill / (p.seek_bill * 100.0))
    x -= p.seek_deposit * min(deposit / liquid, p.deposit_ratio_most)
    x -= p.seek_price * own / bill
    if seeks >= 1.0 / (1.0 + math.exp(-x)):
        person.forgone = 1
        person.admitted = person.bill = 0
        person.sick_months = min(person.sick_months + int(p.forgone_months), 120)
        if person.skill > WEAK:
            person.skill = WEAK
        return
    person.bill = bill
    person.bill_year += compliant
    person.own = own
    person.own_year += own
    person.other_year += charged
    home.owed_year += own_compliant + assistance
    home.medical += own
    if away:
        home.other_cost += _fen(p.travel_cost)
    backfill = _part(assistance, _millionths(county.backfill_share))
    county.due += due
    county.paid_basic += basic
    county.paid_serious += serious
    county.paid_second += second
    county.paid_assistance += assistance - backfill
    county.paid_backfill += backfill
