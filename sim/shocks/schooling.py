"""Schooling: the path through the stages, dropping out and coming back, and what it costs."""

from __future__ import annotations

import numpy as np

from sim.chance import uniform
from sim.few import draw_for, list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.mechanism import Mechanism
from sim.shocks.tables import largest, word_below
from sim.world.codes import Education, Registered, School, Skill
from sim.world.columns import account, column, deed

__all__ = ["Schooling"]

SCHOOL_MONTHS = (2, 3, 4, 5, 6, 9, 10, 11, 12)
"""Months in which school is held; the two terms begin in February and September."""


class Schooling(Mechanism):
    """Children go through school by age; some of compulsory age leave it, some return.

    Every September a pupil who has reached the age of the next stage moves on: to primary and
    junior school as a matter of course, after that to senior or vocational school and college
    with a chance, or to work. Whoever leaves for work at 16 or over is ordinary labour, less if
    disabled.

    In each school month a pupil of the compulsory stages may drop out. The hazard is that of the
    stage, by ethnic group and sex, higher where somebody in the household is ill, and much
    higher where the household could not cope last month without the child's help (the bit
    DROP_OUT of `household.coping`). A dropped-out child may be brought back; at the end of the
    compulsory age it counts as having left.

    At the start of a term households pay for pupils; the registered get the aid that was in
    force before the plan. What measures pay on top (`village.school_aid`) comes out of the
    village's part of the school fund, as long as it lasts, and is booked to the fen. The rates
    of dropping out and coming back are those of before the plan; what lowers them since is
    pushed by measures.
    """

    name = "schooling"
    zh = "就学与辍学"
    reason = "School gives and takes labour, costs money at term start, and is a guarantee."
    reads = (
        "person.id", "person.alive", "person.age", "person.household", "person.female",
        "person.ethnicity", "person.disability", "household.coping", "household.ill",
        "household.registered", "household.village", "village.dropout_cut",
        "village.school_back", "village.school_aid", "village.vocational_gain",
        "village.preschool_gain", "village.senior_gain",
    )  # fmt: skip
    writes = (
        "person.school", "person.education", "household.schooling", "village.school_bill",
        "village.paid_school_aid", "village.did_pupils_aided",
    )  # fmt: skip
    changes = ("person.skill", "village.school_fund")
    columns = (
        column("village", "school_bill", "i8", "fen",
               "owed for pupils of registered households at the last term start",
               "上次开学在册户应缴费用"),
        column("village", "school_fund", "i8", "fen",
               "what measures may still pay of it this term", "本学期可用助学资金"),
        account("school_aid", "pupils' costs paid by measures", "教育扶贫资助支出",
                family="sector", to="supplier", rank=3),
        deed("pupils_aided", "pupils", "pupils of registered households whose costs of a term "
             "were paid in part", "受助在册学生人次"),
    )  # fmt: skip
    uses = ("economy.price_index", "illness.lost_grade")
    months = SCHOOL_MONTHS


@kernel(inline=True)
def has_card(state):
    """Whether a household is or was on the register and has its aid."""
    return state != Registered.NEVER and state != Registered.REMOVED


@kernel(inline=True)
def _into_work(persons, i, p):
    """A young person out of school: ordinary labour from 16 on, less if disabled."""
    grade = persons.disability[i]
    if persons.skill[i] != Skill.NONE or persons.age[i] < 12 * p.working_age:
        return
    if grade == 0:
        persons.skill[i] = Skill.ORDINARY
    else:
        persons.skill[i] = Skill.LOST if grade <= p.lost_grade else Skill.WEAK


@kernel(inline=True)
def _leave(persons, i, reached, p):
    persons.school[i] = School.NONE
    persons.education[i] = max(persons.education[i], np.int8(reached))
    _into_work(persons, i, p)


@kernel(inline=True)
def _september(persons, i, u, v, better, more, kinder, p):
    """The new school year for one person; what measures add to the chances of senior (`better`)
    and vocational school (`more`, both relative) and of kindergarten (`kinder`)."""
    age = persons.age[i]
    at = persons.school[i]
    if age < 12 * p.primary_age:
        if at == School.NONE and age >= 12 * p.preschool_age and u < p.preschool + kinder:
            persons.school[i] = School.PRESCHOOL
    elif age < 12 * p.junior_age:
        able = persons.disability[i] == 0 or persons.disability[i] > p.unable_grade
        if at == School.PRESCHOOL or (at == School.NONE and able):
            persons.school[i] = School.PRIMARY
    elif age < 12 * p.senior_age:
        if at == School.PRIMARY:
            persons.school[i] = School.JUNIOR
            persons.education[i] = max(persons.education[i], np.int8(Education.PRIMARY))
    elif at == School.PRIMARY or at == School.DROPPED_OUT:
        _leave(persons, i, persons.education[i], p)
    elif at == School.JUNIOR:
        senior = p.to_senior * (1.0 + better)
        if u < senior:
            persons.school[i] = School.SENIOR
            persons.education[i] = max(persons.education[i], np.int8(Education.JUNIOR))
        elif u < senior + p.to_vocational * (1.0 + more):
            persons.school[i] = School.VOCATIONAL
            persons.education[i] = max(persons.education[i], np.int8(Education.JUNIOR))
        else:
            _leave(persons, i, Education.JUNIOR, p)
    elif at == School.SENIOR or at == School.VOCATIONAL:
        if age < 12 * p.college_age:
            return
        chance_of_college = p.to_college if at == School.SENIOR else p.vocational_to_college
        if v < chance_of_college:
            persons.school[i] = School.COLLEGE
            persons.education[i] = max(persons.education[i], np.int8(Education.SENIOR))
        else:
            _leave(persons, i, Education.SENIOR, p)
    elif at == School.COLLEGE:
        if age >= 12 * p.finish_age:
            _leave(persons, i, Education.COLLEGE, p)
    else:
        _into_work(persons, i, p)


@kernel
def _flag(schools, ages, term, september, grown, flags):
    """Flag pupils of the compulsory stages and drop-outs; at the start of a term, all pupils; in
    September, all who are young."""
    for k in range(schools.size):
        compulsory = (schools[k] == School.PRIMARY) | (schools[k] == School.JUNIOR)
        flags[k] = (
            compulsory
            | (schools[k] == School.DROPPED_OUT)
            | (term & (schools[k] != School.NONE))
            | (september & (ages[k] < grown))
        )


@kernel
def _fees(p, fees):
    """What a term costs in fen by stage, without (row 0) and with the aid (row 1)."""
    for s in range(fees.shape[1]):
        fees[0, s] = 0.5 * p.cost[s] * p.price_index * 100.0
        fees[1, s] = max(0.0, 0.5 * (p.cost[s] * p.price_index - p.aid[s]) * 100.0)


@kernel
def _month(at, persons, households, villages, words, p, listed, count, fees):
    """The month of the listed: the next stage, leaving school or coming back, the fee."""
    share = 1.0 / len(SCHOOL_MONTHS)
    primary = 1.0 - (1.0 - p.dropout_primary) ** share
    junior = 1.0 - (1.0 - p.dropout_junior) ** share
    most = max(primary, junior) * largest(p.dropout_ethnicity) * max(p.dropout_girl, 1.0)
    seldom = word_below(most * max(p.dropout_ill, 1.0) * max(p.dropout_coping, 1.0))
    september = at.calendar == 9
    term = september or at.calendar == 2
    grown = 12 * (p.finish_age + 2)
    leaving = words[0]
    returning = words[1]
    first = words[2]
    second = words[3]
    for k in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[k])
        if persons.alive[i] == 0:
            continue
        h = persons.household[i]
        home = households.village[h]
        carded = has_card(households.registered[h])
        if september and persons.age[i] < grown:
            better = np.float64(villages.senior_gain[home])
            more = np.float64(villages.vocational_gain[home]) * carded
            kinder = np.float64(villages.preschool_gain[home])
            _september(persons, i, uniform(first[k]), uniform(second[k]), better, more, kinder, p)
        of = persons.school[i]
        if of == School.DROPPED_OUT:
            if uniform(returning[k]) < p.comes_back + villages.school_back[home]:
                old = persons.age[i] >= 12 * p.junior_age
                persons.school[i] = School.JUNIOR if old else School.PRIMARY
            continue
        if leaving[k] < seldom and (of == School.PRIMARY or of == School.JUNIOR):
            risk = primary if of == School.PRIMARY else junior
            risk *= p.dropout_ethnicity[persons.ethnicity[i]]
            if persons.female[i]:
                risk *= p.dropout_girl
            if households.ill[h] > 0:
                risk *= p.dropout_ill
            if households.coping[h] & Coping.DROP_OUT:
                risk *= p.dropout_coping
            risk *= max(0.0, 1.0 - villages.dropout_cut[home])
            if uniform(leaving[k]) < risk:
                persons.school[i] = School.DROPPED_OUT
                continue
        if term:
            fee = np.int32(fees[np.int64(carded), of] + 0.5)
            households.schooling[h] += fee
            if carded:
                villages.school_bill[home] += fee
                share = min(1.0, np.float64(villages.school_aid[home]))
                paid = min(np.int32(fee * share + 0.5), villages.school_fund[home])
                if paid > 0:
                    households.schooling[h] -= np.int32(paid)
                    villages.school_fund[home] -= paid
                    villages.paid_school_aid[home] += paid
                    villages.did_pupils_aided[home] += 1


@kernel
def learn(at, persons, households, villages, counties, words, chance, p):
    """One school month of a block."""
    a = at.first_person
    b = at.end_person
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    fees = np.empty((2, School.DROPPED_OUT + 1))
    _fees(p, fees)
    if at.calendar == 9 or at.calendar == 2:
        villages.school_bill[at.first_village : at.end_village] = 0
    september = at.calendar == 9
    term = september or at.calendar == 2
    grown = 12 * (p.finish_age + 2)
    _flag(persons.school[a:b], persons.age[a:b], term, september, grown, flags)
    count = list_flagged(flags, 1, listed)
    drawn = draw_for(chance, persons.id, a, listed, count)
    _month(at, persons, households, villages, drawn, p, listed, count, fees)


Schooling.rule = learn
