"""A person of the Mesa version: a plain object inside a household, and its illnesses."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.mesa_draws import normal
from sim.world.codes import Job, Skill

__all__ = ["STATE", "Person", "Sickness", "grow_old", "sicken"]

# plain ints: comparing with an IntEnum member costs Python a call
NONE, LOST, WEAK, ORDINARY, SKILLED = (int(s) for s in Skill)
PROVINCE, OUT = int(Job.MIGRANT_PROVINCE), int(Job.MIGRANT_OUT)

STATE = (
    "id", "age", "female", "education", "school", "skill", "chronic", "serious",
    "disability", "sick_months", "admitted", "bill", "forgone", "insured", "bill_year",
    "own_year", "own", "other_year", "family_doctor", "job", "job_months", "months_worked",
    "wage", "earnings", "certificate", "training", "organised",
)  # fmt: skip
"""What is known of a person; the names are the world's columns."""


class Person:
    """A member of a household."""

    __slots__ = STATE


class Sickness:
    """The month's chances by age group, and the largest of each: nobody is below those lightly."""

    def __init__(self, p: Any) -> None:
        onset = 1.0 - p.prevention * p.A4_17
        self.admission = [rate * (p.admission_rate / 12.0) for rate in p.admission_age]
        self.chronic = [rate * (onset / 12.0) for rate in p.chronic_rate]
        self.serious = [rate * (onset / 12.0) for rate in p.serious_rate]
        self.disability = [rate * (onset / 12.0) for rate in p.disability_rate]
        most = max(self.admission) * (
            max(p.admission_chronic, 1.0) * max(p.admission_disabled, 1.0)
        )
        self.seldom_admitted = _bound(most)
        self.seldom_chronic = _bound(max(self.chronic))
        self.seldom_serious = _bound(max(self.serious) * max(p.serious_chronic, 1.0))
        self.seldom_disabled = _bound(max(self.disability) * max(p.disability_migrant, 1.0))
        self.medicine = int(p.medicine / 12.0 * p.medicine_own * p.price_index * 100.0 + 0.5)


def _bound(share: float) -> float:
    """The least whole word not below `share`, as a number: the bound the compiled rule uses."""
    return int(share * 4294967295.0 + 1.0) * 2.0**-32


def _place(shares: list[float], u: float) -> int:
    for k in range(len(shares) - 1):
        if u < shares[k]:
            return k
        u -= shares[k]
    return len(shares) - 1


def _weaken(person: Person, down_to: int) -> None:
    if person.skill > down_to:
        person.skill = down_to


def _bill(median: float, sigma: float, u: float, p: Any) -> int:
    yuan = min(median * math.exp(sigma * normal(u)) * p.price_index, p.bill_cap)
    return int(yuan * 100.0 + 0.5)


def grow_old(person: Person, u: float, p: Any) -> None:
    """What a year of age does to the ability to work; a spell without an end gets one."""
    age = person.age
    if age >= 12 * p.lost_age:
        _weaken(person, LOST)
    elif age >= 12 * p.weak_age:
        _weaken(person, WEAK)
    if person.serious and person.sick_months == 0:
        person.sick_months = 1 + int(u * p.serious_longest)


def _get_well(person: Person, u: float, p: Any) -> None:
    person.serious = 0
    if person.skill > NONE:
        grade = person.disability
        if 0 < grade <= p.lost_grade or person.age >= 12 * p.lost_age:
            person.skill = LOST
        elif grade > 0 or person.age >= 12 * p.weak_age or (person.chronic and u < p.chronic_weak):
            person.skill = WEAK
        else:
            person.skill = SKILLED if person.certificate else ORDINARY


def sicken(
    person: Person, one: float, two: float, three: float, four: float, listed: bool,
    more: Any, month: int, sickness: Sickness, p: Any,
) -> None:  # fmt: skip
    """The month of somebody who is ill or may fall ill. Sets `bill` if there is an admission.

    listed: whether the household is or was registered. more: further draws (see mesa_draws).
    """
    group = min(person.age // 120, 8)
    spell = person.sick_months
    if spell > 0:
        spell -= 1
        drawn = more(person.id, 2 << 16 | month)
        if spell > 0 and person.serious and listed and drawn[0] < p.treatment * p.A4_1:
            spell -= 1
        person.sick_months = spell
        if spell == 0:
            _get_well(person, drawn[1], p)
    if two < sickness.seldom_chronic and not person.chronic:
        risk = sickness.chronic[group]
        if two < risk:
            person.chronic = 1
            if two < risk * p.chronic_weak:
                _weaken(person, WEAK)
    if four < sickness.seldom_disabled and person.disability == 0:
        risk = sickness.disability[group]
        if person.job == PROVINCE or person.job == OUT:
            risk *= p.disability_migrant
        if four < risk:
            person.disability = grade = 1 + _place(p.disability_grade, four / risk)
            _weaken(person, LOST if grade <= p.lost_grade else WEAK)
    if three < sickness.seldom_serious and not person.serious:
        risk = sickness.serious[group] * (1.0 - p.doctor_serious * person.family_doctor)
        if person.chronic:
            risk *= p.serious_chronic
        if three < risk:
            drawn = more(person.id, 1 << 16 | month)
            months = p.serious_shortest + drawn[3] * (p.serious_longest - p.serious_shortest)
            person.serious = 1
            person.sick_months = int(months + 0.5)
            person.admitted = 1
            person.bill = _bill(p.serious_bill, p.serious_sigma, drawn[0], p)
            _weaken(person, LOST)
            return
    if person.serious:
        if one < p.serious_admission:
            person.admitted = 1
            drawn = more(person.id, 1 << 16 | month)
            person.bill = _bill(p.serious_bill, p.serious_sigma, drawn[0], p)
        return
    if one >= sickness.seldom_admitted:
        return
    risk = sickness.admission[group] * (1.0 - p.doctor_admission * person.family_doctor)
    if person.chronic:
        risk *= p.admission_chronic
    if person.disability:
        risk *= p.admission_disabled
    if one < risk:
        drawn = more(person.id, 1 << 16 | month)
        person.admitted = 1
        person.bill = _bill(p.bill_median, p.bill_sigma, drawn[0], p)
        weak_months = _place(p.spell_months, drawn[1])
        if weak_months > person.sick_months:
            person.sick_months = weak_months
            _weaken(person, WEAK)
