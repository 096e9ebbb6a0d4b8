"""Illness and disability: who falls ill, who is in hospital, and what it would cost in all."""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.shocks.tables import rows_of, scaled, share_place, word_below
from sim.world.codes import Job, Registered, Skill

__all__ = ["Illness"]

DECADE = 120
"""Months of the ten-year age groups of the tables: 0-9, 10-19, ... 80 and over."""
DECADES = 9


class Illness(Mechanism):
    """Admissions to hospital, long-term and serious illness, disability, and the work they take.

    An admission comes at a rate by age, raised by a long-term illness and by disability and
    lowered by a contract with a family doctor (A4.2). Being registered as poor is no cause: the
    register holds more of the ill, and so its members are admitted more often. The bill is
    lognormal; it is the whole bill, and what the patient pays of it, or whether care is sought
    at all, is for medical insurance to say. Some admissions are followed by weak months.

    A serious illness (大病) lasts one to two years with an admission every few months and no
    work; treating the registered by disease (A4.1) shortens it. Long-term illness does not end;
    its medicines are paid by the household every month. Disability comes at a rate by age,
    higher for those who work away. Prevention (A4.17) lowers the onset of all three.

    Ability to work (`skill`) falls with these and with age (each January), and returns after a
    spell unless something lasting is in the way.
    """

    name = "illness"
    zh = "疾病与残疾"
    clauses = ("A4.1", "A4.2", "A4.17")
    reads = (
        "person.id", "person.alive", "person.age", "person.household", "person.job",
        "person.certificate", "person.family_doctor", "household.registered", "household.ill",
    )  # fmt: skip
    writes = (
        "person.chronic", "person.serious", "person.disability", "person.sick_months",
        "person.skill", "person.admitted", "person.bill", "household.medical",
    )  # fmt: skip
    uses = ("economy.price_index",)
    draws = "person"


@kernel(inline=True)
def _recovered(persons, i, age, u, p):
    """The ability to work that is left when nothing passing is in the way."""
    grade = persons.disability[i]
    if (grade > 0 and grade <= p.lost_grade) or age >= 12 * p.lost_age:
        return Skill.LOST
    if grade > 0 or age >= 12 * p.weak_age or (persons.chronic[i] and u < p.chronic_weak):
        return Skill.WEAK
    return Skill.SKILLED if persons.certificate[i] else Skill.ORDINARY


@kernel(inline=True)
def _weaken(persons, i, down_to):
    """Lower the ability to work; those who had none keep none."""
    if persons.skill[i] > down_to:
        persons.skill[i] = down_to


@kernel(inline=True)
def _get_well(persons, i, age, u, p):
    persons.serious[i] = 0
    if persons.skill[i] > Skill.NONE:
        persons.skill[i] = _recovered(persons, i, age, u, p)


@kernel(inline=True)
def _bill(median, sigma, word, p):
    """A hospital bill in fen: lognormal, at this month's prices, at most the cap."""
    yuan = min(median * np.exp(sigma * normal(word)) * p.price_index, p.bill_cap)
    return np.int32(yuan * 100.0 + 0.5)


@kernel(inline=True)
def _grow_old(persons, i, u, p):
    """What a year of age does to the ability to work; a spell without an end gets one."""
    age = persons.age[i]
    if age >= 12 * p.lost_age:
        _weaken(persons, i, Skill.LOST)
    elif age >= 12 * p.weak_age:
        _weaken(persons, i, Skill.WEAK)
    if persons.serious[i] and persons.sick_months[i] == 0:
        persons.sick_months[i] = 1 + np.int8(u * p.serious_longest)


@kernel
def fall_ill(at, persons, households, villages, counties, words_, chance, p):
    """All sickness of one month: a dense look at four words, then the few who are concerned."""
    onset = 1.0 - p.prevention * p.A4_17
    admission = np.empty(DECADES)
    chronic = np.empty(DECADES)
    serious = np.empty(DECADES)
    disability = np.empty(DECADES)
    most = scaled(p.admission_age, p.admission_rate / 12.0, admission)
    most *= max(p.admission_chronic, 1.0) * max(p.admission_disabled, 1.0)
    seldom_admitted = word_below(most)
    seldom_chronic = word_below(scaled(p.chronic_rate, onset / 12.0, chronic))
    most = scaled(p.serious_rate, onset / 12.0, serious) * max(p.serious_chronic, 1.0)
    seldom_serious = word_below(most)
    most = scaled(p.disability_rate, onset / 12.0, disability) * max(p.disability_migrant, 1.0)
    seldom_disabled = word_below(most)
    start = at.first_person
    end = at.end_person
    one = words_[0]
    two = words_[1]
    three = words_[2]
    four = words_[3]
    persons.admitted[start:end] = 0
    persons.bill[start:end] = 0
    if at.calendar == 1:
        for i in range(start, end):
            if persons.alive[i]:
                _grow_old(persons, i, uniform(four[i - start]), p)
    flags = np.empty(end - start, np.uint8)
    spells = persons.sick_months[start:end]
    for k in range(end - start):
        flags[k] = (
            (one[k] < seldom_admitted)
            | (two[k] < seldom_chronic)
            | (three[k] < seldom_serious)
            | (four[k] < seldom_disabled)
            | (spells[k] > 0)
        )
    rows = np.empty(end - start + 1, np.int64)
    count = rows_of(flags, start, rows)
    for c in range(count):
        i = rows[c]
        if persons.alive[i] == 0:
            continue
        k = i - start
        spell = np.int64(persons.sick_months[i])
        age = np.int64(persons.age[i])
        group = min(age // DECADE, DECADES - 1)
        doctor = np.float64(persons.family_doctor[i])
        if spell > 0:
            spell -= 1
            drawn = words(chance, persons.id[i], 2)
            if spell > 0 and persons.serious[i]:
                state = households.registered[persons.household[i]]
                listed = state != Registered.NEVER and state != Registered.REMOVED
                if listed and uniform(drawn[0]) < p.treatment * p.A4_1:
                    spell -= 1
            persons.sick_months[i] = spell
            if spell == 0:
                _get_well(persons, i, age, uniform(drawn[1]), p)
        if two[k] < seldom_chronic and not persons.chronic[i]:
            if uniform(two[k]) < chronic[group]:
                persons.chronic[i] = 1
                # the same word, stretched over the part of it that led here
                if uniform(two[k]) < chronic[group] * p.chronic_weak:
                    _weaken(persons, i, Skill.WEAK)
        if four[k] < seldom_disabled and persons.disability[i] == 0:
            risk = disability[group]
            if persons.job[i] == Job.MIGRANT_PROVINCE or persons.job[i] == Job.MIGRANT_OUT:
                risk *= p.disability_migrant
            if uniform(four[k]) < risk:
                grade = 1 + share_place(p.disability_grade, uniform(four[k]) / risk)
                persons.disability[i] = grade
                _weaken(persons, i, Skill.LOST if grade <= p.lost_grade else Skill.WEAK)
        if three[k] < seldom_serious and not persons.serious[i]:
            risk = serious[group] * (1.0 - p.doctor_serious * doctor)
            if persons.chronic[i]:
                risk *= p.serious_chronic
            if uniform(three[k]) < risk:
                drawn = words(chance, persons.id[i], 1)
                months = p.serious_shortest + uniform(drawn[3]) * (
                    p.serious_longest - p.serious_shortest
                )
                persons.serious[i] = 1
                persons.sick_months[i] = np.int8(months + 0.5)
                persons.admitted[i] = 1
                persons.bill[i] = _bill(p.serious_bill, p.serious_sigma, drawn[0], p)
                _weaken(persons, i, Skill.LOST)
                continue
        if persons.serious[i]:
            if uniform(one[k]) < p.serious_admission:
                drawn = words(chance, persons.id[i], 1)
                persons.admitted[i] = 1
                persons.bill[i] = _bill(p.serious_bill, p.serious_sigma, drawn[0], p)
            continue
        if one[k] >= seldom_admitted:
            continue
        risk = admission[group] * (1.0 - p.doctor_admission * doctor)
        if persons.chronic[i]:
            risk *= p.admission_chronic
        if persons.disability[i]:
            risk *= p.admission_disabled
        if uniform(one[k]) < risk:
            drawn = words(chance, persons.id[i], 1)
            persons.admitted[i] = 1
            persons.bill[i] = _bill(p.bill_median, p.bill_sigma, drawn[0], p)
            weak_months = share_place(p.spell_months, uniform(drawn[1]))
            if weak_months > persons.sick_months[i]:
                persons.sick_months[i] = weak_months
                _weaken(persons, i, Skill.WEAK)
    medicine = np.int32(p.medicine / 12.0 * p.medicine_own * p.price_index * 100.0 + 0.5)
    for h in range(at.first_household, at.end_household):
        if households.ill[h] > 0:
            households.medical[h] += np.int32(households.ill[h]) * medicine


Illness.rule = fall_ill
