"""Illness and disability: who falls ill, who is in hospital, and what it would cost in all."""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.shocks.tables import largest, scaled, share_place, word_below
from sim.world.codes import Job, Registered, Skill
from sim.world.columns import deed

__all__ = ["Illness"]

DECADE = 120
"""Months of the ten-year age groups of the tables: 0-9, 10-19, ... 80 and over."""
DECADES = 9
SENIOR = 6
"""The first group in which admissions are much more common than before."""
_ADMISSION, _CHRONIC, _SERIOUS, _DISABILITY = range(4)


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
        "household.village", "village.incidence_cut",
    )  # fmt: skip
    writes = (
        "person.chronic", "person.serious", "person.disability", "person.sick_months",
        "person.skill", "person.admitted", "person.bill", "household.medical",
        "village.did_class_treated", "village.did_fallen_ill",
    )  # fmt: skip
    columns = (
        deed("class_treated", "person-months",
             "by which treatment by class shortened serious illness", "分类救治缩短病程人月数"),
        deed("fallen_ill", "persons", "newly with a long-term or serious illness",
             "新发慢病大病人数"),
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
def _risks(p, risk):
    """Monthly chances by age group: of an admission, and of long-term illness, serious illness
    and disability, in the rows of `risk`."""
    onset = 1.0 - p.prevention * p.A4_17
    scaled(p.admission_age, p.admission_rate / 12.0, risk[_ADMISSION])
    scaled(p.chronic_rate, onset / 12.0, risk[_CHRONIC])
    scaled(p.serious_rate, onset / 12.0, risk[_SERIOUS])
    scaled(p.disability_rate, onset / 12.0, risk[_DISABILITY])


@kernel
def _concerned(words, ages, spells, chronic, serious, disability, risk, p, flags):
    """Flag those who are in a spell or have a word low enough for something to begin.

    Admissions are the most common by far, so there the bound depends on age and on what the
    person has; an admission in serious illness is looked for below the highest bound.
    """
    one = words[0]
    two = words[1]
    three = words[2]
    four = words[3]
    old = np.int16(SENIOR * DECADE)
    few = largest(risk[_ADMISSION, :SENIOR])
    most = largest(risk[_ADMISSION])
    ill = p.admission_chronic
    disabled = p.admission_disabled
    young_well, old_well = word_below(few), word_below(most)
    young_ill, old_ill = word_below(few * ill), word_below(most * ill)
    young_disabled, old_disabled = word_below(few * disabled), word_below(most * disabled)
    young_both, old_both = word_below(few * ill * disabled), word_below(most * ill * disabled)
    highest = word_below(most * max(ill, 1.0) * max(disabled, 1.0))
    seldom_chronic = word_below(largest(risk[_CHRONIC]))
    seldom_serious = word_below(largest(risk[_SERIOUS]) * max(p.serious_chronic, 1.0))
    seldom_disabled = word_below(largest(risk[_DISABILITY]) * max(p.disability_migrant, 1.0))
    for k in range(flags.size):
        young = ages[k] < old
        well = young_well if young else old_well
        with_chronic = young_ill if young else old_ill
        with_disability = young_disabled if young else old_disabled
        with_both = young_both if young else old_both
        bound = with_chronic if chronic[k] != 0 else well
        bound_disabled = with_both if chronic[k] != 0 else with_disability
        bound = bound_disabled if disability[k] != 0 else bound
        bound = highest if serious[k] != 0 else bound
        flags[k] = (
            (one[k] < bound)
            | (two[k] < seldom_chronic)
            | (three[k] < seldom_serious)
            | (four[k] < seldom_disabled)
            | (spells[k] > 0)
        )


@kernel(inline=True)
def _kept(persons, households, villages, i):
    """What measures leave of the risk to fall ill where the person is registered."""
    v = households.village[persons.household[i]]
    return 1.0 - min(0.9, np.float64(villages.incidence_cut[v]))


@kernel
def _befall(at, persons, households, villages, words_, chance, risks, p, listed, count):
    """The month of the listed: spells go on or end, illness and disability begin, admissions."""
    start = np.uint64(at.first_person)
    treated = p.treatment * p.A4_1
    one = words_[0]
    two = words_[1]
    three = words_[2]
    four = words_[3]
    for n in range(np.uint64(count)):
        k = np.uint64(listed[n])
        i = start + k
        if persons.alive[i] == 0:
            continue
        spell = np.int64(persons.sick_months[i])
        age = np.int64(persons.age[i])
        group = min(age // DECADE, DECADES - 1)
        doctor = np.float64(persons.family_doctor[i])
        if spell > 0:
            spell -= 1
            if spell > 0 and persons.serious[i] and treated > 0.0:
                state = households.registered[persons.household[i]]
                card = state != Registered.NEVER and state != Registered.REMOVED
                if card and uniform(words(chance, persons.id[i], 2)[0]) < treated:
                    spell -= 1
                    villages.did_class_treated[households.village[persons.household[i]]] += 1
            persons.sick_months[i] = spell
            if spell == 0:
                _get_well(persons, i, age, uniform(words(chance, persons.id[i], 2)[1]), p)
        if not persons.chronic[i] and uniform(two[k]) < risks[_CHRONIC, group]:
            risk = risks[_CHRONIC, group] * _kept(persons, households, villages, i)
            if uniform(two[k]) < risk:
                persons.chronic[i] = 1
                villages.did_fallen_ill[households.village[persons.household[i]]] += 1
                # the same word, stretched over the part of it that led here
                if uniform(two[k]) < risk * p.chronic_weak:
                    _weaken(persons, i, Skill.WEAK)
        if persons.disability[i] == 0:
            risk = risks[_DISABILITY, group]
            if persons.job[i] == Job.MIGRANT_PROVINCE or persons.job[i] == Job.MIGRANT_OUT:
                risk *= p.disability_migrant
            if uniform(four[k]) < risk:
                grade = 1 + share_place(p.disability_grade, uniform(four[k]) / risk)
                persons.disability[i] = grade
                _weaken(persons, i, Skill.LOST if grade <= p.lost_grade else Skill.WEAK)
        if not persons.serious[i]:
            risk = risks[_SERIOUS, group] * (1.0 - p.doctor_serious * doctor)
            if persons.chronic[i]:
                risk *= p.serious_chronic
            if uniform(three[k]) < risk and uniform(three[k]) < risk * _kept(
                persons, households, villages, i
            ):
                drawn = words(chance, persons.id[i], 1)
                months = p.serious_shortest + uniform(drawn[3]) * (
                    p.serious_longest - p.serious_shortest
                )
                persons.serious[i] = 1
                villages.did_fallen_ill[households.village[persons.household[i]]] += 1
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
        risk = risks[_ADMISSION, group] * (1.0 - p.doctor_admission * doctor)
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


@kernel
def fall_ill(at, persons, households, villages, counties, words_, chance, p):
    """All sickness of one month: a dense look at four words, then the few who are concerned."""
    a = at.first_person
    b = at.end_person
    persons.admitted[a:b] = 0
    persons.bill[a:b] = 0
    if at.calendar == 1:
        for i in range(a, b):
            if persons.alive[i]:
                _grow_old(persons, i, uniform(words_[3, i - a]), p)
    risks = np.empty((4, DECADES))
    _risks(p, risks)
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    _concerned(
        words_, persons.age[a:b], persons.sick_months[a:b], persons.chronic[a:b],
        persons.serious[a:b], persons.disability[a:b], risks, p, flags[: b - a],
    )  # fmt: skip
    count = list_flagged(flags, 1, listed)
    _befall(at, persons, households, villages, words_, chance, risks, p, listed, count)
    medicine = np.int32(p.medicine / 12.0 * p.medicine_own * p.price_index * 100.0 + 0.5)
    c = at.first_household
    d = at.end_household
    _medicines(households.ill[c:d], medicine, households.medical[c:d])


@kernel
def _medicines(ill, price, medical):
    """What the household pays every month for each who is ill."""
    for k in range(ill.size):
        medical[k] += np.int32(ill[k]) * price


Illness.rule = fall_ill
