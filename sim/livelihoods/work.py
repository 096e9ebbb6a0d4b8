"""Work for wages, at home and away: losing work, looking for it, going away and coming back.

Who has an ordinary month is found in `work_month`; wages are in `work_wage`, the decision to go
or to come home in `work_away`.
"""

import numpy as np

from sim.chance import uniform
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.coping import Coping
from sim.livelihoods.work_away import deliberate, inclinations
from sim.livelihoods.work_month import (
    DUE,
    EVERYBODY,
    LOOKED,
    PAID,
    STIRS,
    bounds,
    count_months,
    describe,
    in_need,
    look,
)  # fmt: skip
from sim.livelihoods.work_wage import (
    FARM,
    IDLE,
    LOCAL,
    NONE,
    OUT,
    PROVINCE,
    lasting_words,
    leave,
    pay,
    settle,
    take,
    wage_of,
)  # fmt: skip
from sim.mechanism import Mechanism
from sim.world.codes import Cause, School, Skill

__all__ = ["EVERYBODY", "Work"]

_ABLE = np.uint64(2 << 16)


@kernel
def away(at, persons, households, words, chance, p, listed, count, thinking):
    """Migrants whose month may not be an ordinary one: lose the job, come home, think about it,
    have the wage settled, be paid. Returns how many think."""
    month = at.calendar - 1
    gate = p.deliberation[month]
    season = p.season_away[month]
    oldest = np.int16(p.oldest_paid * 12)
    lost = 0.0
    for m in range(12):
        lost += p.season_away[m]
    lost *= p.counted_share * p.loss_months / 12.0
    shut = p.migrants_able < 1.0
    thinkers = 0
    for n in range(np.uint64(count)):
        k = np.uint64(listed[n])
        i = np.uint64(at.first_person) + k
        if persons.alive[i] == 0 or persons.skill[i] < Skill.WEAK:
            leave(persons, i, NONE, IDLE)
            continue
        if persons.age[i] >= oldest or persons.serious[i] != 0:
            leave(persons, i, FARM, 0)
            continue
        u = uniform(words[0, k])
        h = np.uint64(persons.household[i])
        kept = p.organised_keeps * p.A2_4 * persons.organised[i]
        if u < p.job_loss * (1.0 - kept):
            strike(households, h, Cause.JOB_LOSS, persons.wage[i] * lost)
            leave(persons, i, NONE, 0)
            continue
        if u > 1.0 - gate:
            thinking[thinkers] = i
            thinkers += 1
        if persons.wage[i] == 0 or persons.job_months[i] % 12 == 0:
            persons.wage[i] = wage_of(persons, i, persons.job[i], at, 1.0, chance, p)
        works = uniform(words[3, k]) < season
        got = persons.wage[i] * p.counted_share
        if shut:  # who gets back to work first is a lasting trait of the person
            can = p.migrants_able
            can += (1.0 - can) * p.organised_return * p.A2_4 * persons.organised[i]
            if uniform(lasting_words(chance, persons.id[i], _ABLE)[0]) >= can:
                works = False
                strike(households, h, Cause.JOB_LOSS, got * season)
        households.wage[h] += np.int32(works * (got + 0.5))
        persons.months_worked[i] += works
    return thinkers


@kernel
def at_home(
    at, persons, households, villages, counties, words, chance, p, listed, count, thinking, thinkers
):
    """The others who must be looked at: work nearby, look for work, think of going away.

    Returns how many think of it, the migrants before them included.
    """
    month = at.calendar - 1
    gate = p.deliberation[month]
    level = counties.wage_level[at.county]
    season = p.season_local[month] * p.local_open
    lost = p.season_local[month] * p.loss_months
    youngest = np.int16(p.youngest * 12)
    oldest = np.int16(p.oldest * 12)
    oldest_paid = np.int16(p.oldest_paid * 12)
    limit = np.int16(p.search_limit)
    for n in range(np.uint64(count)):
        k = np.uint64(listed[n])
        i = np.uint64(at.first_person) + k
        job = persons.job[i]
        age = persons.age[i]
        school = persons.school[i]
        able = (persons.skill[i] >= Skill.WEAK) & (age >= youngest) & (age < oldest)
        able &= (school < School.PRIMARY) | (school > School.COLLEGE)
        if not able:
            if job != NONE:
                leave(persons, i, NONE, IDLE)
            continue
        u = uniform(words[0, k])
        h = np.uint64(persons.household[i])
        fit = age < oldest_paid and persons.serious[i] == 0
        if job == LOCAL:
            if not fit or u > 1.0 - gate * p.local_quit:
                leave(persons, i, FARM, 0)
            elif u < p.job_loss * p.local_loss:
                strike(households, h, Cause.JOB_LOSS, persons.wage[i] * lost)
                leave(persons, i, NONE, 0)
            else:
                if persons.wage[i] == 0 or persons.job_months[i] % 12 == 0:
                    persons.wage[i] = wage_of(persons, i, job, at, level, chance, p)
                works = uniform(words[3, k]) < season
                got = persons.wage[i] * p.local_counted
                households.wage[h] += np.int32(works * (got + 0.5))
                persons.months_worked[i] += works
        elif job == FARM:
            ready = u < gate
            if households.coping[h] & Coping.MIGRATE:
                ready |= u < p.think_in_need
            if persons.organised[i] != 0:
                ready |= u < p.think_organised * p.A2_4
            if ready and fit and persons.training[i] == 0:
                thinking[thinkers] = i
                thinkers += 1
        elif persons.job_months[i] > limit:
            leave(persons, i, FARM, 0)
        elif fit and persons.training[i] == 0:  # looks for work
            v = households.village[h]
            peers = villages.migrants[v] / max(1, villages.workers[v])
            find = p.find * (1.0 + p.find_peers * min(1.0, peers / p.usual_peers))
            find *= 1.0 + p.find_placed * p.A2_3 * persons.certificate[i]
            find *= 1.0 + p.find_organised * p.A2_4 * persons.organised[i]
            find *= 1.0 + villages.find_gain[v]
            if u < find * p.migrants_able:
                if uniform(words[1, k]) < p.search_local * level * (1.0 + villages.local_jobs[v]):
                    take(persons, i, LOCAL)
                else:
                    take(persons, i, OUT if uniform(words[2, k]) < p.out_share else PROVINCE)
    return thinkers


@kernel
def work(at, persons, households, villages, counties, words, chance, p):
    """One month of everybody who could work.

    Most have an ordinary month: they are flagged, and paid if they work for a wage. The rest is
    gone through, migrants first; once a year everybody is looked at, so that who grew up, grew
    old or fell ill changes what he does.
    """
    a = at.first_person
    b = at.end_person
    c = at.first_household
    d = at.end_household
    if at.calendar == 1:
        persons.months_worked[a:b] = 0
    code = np.zeros(room_for(b - a), np.uint8)
    codes = code[: b - a]
    job = persons.job[a:b]
    months = persons.job_months[a:b]
    describe(
        at, p, persons.alive[a:b], persons.age[a:b], persons.school[a:b], persons.skill[a:b],
        persons.serious[a:b], months, codes,
    )  # fmt: skip
    look(
        at, p, persons.organised[a:b], persons.wage[a:b], job, months, words[0], words[3],
        bounds(at, p), codes,
    )  # fmt: skip
    count_months(persons.alive[a:b], job, codes, persons.months_worked[a:b])
    flagged = np.empty(d - c + 1, np.uint8)
    needs = np.empty(b - a, np.uint8)
    in_need(households.coping[c:d], persons.household[a:b], c, flagged, needs, codes)
    listed = np.empty(code.size, np.uint32)
    thinking = np.empty(code.size, np.uint32)
    count = list_flagged(code, DUE, listed)
    settle(at, persons, counties.wage_level[at.county], chance, p, listed, count)
    count = list_flagged(code, PAID, listed)
    pay(at, persons, households, p, listed, count)
    count = list_flagged(code, STIRS, listed)
    thinkers = away(at, persons, households, words, chance, p, listed, count, thinking)
    count = list_flagged(code, LOOKED, listed)
    thinkers = at_home(
        at, persons, households, villages, counties, words, chance, p, listed, count, thinking,
        thinkers,
    )  # fmt: skip
    inclined = np.empty(thinkers, np.float64)
    near = np.empty(thinkers, np.float64)
    inclinations(persons, households, villages, p, thinking, thinkers, inclined, near)
    deliberate(at, persons, counties, words, p, thinking, thinkers, inclined, near)


class Work(Mechanism):
    """Who works for a wage, where, and what comes home.

    A person able to work and out of school farms, works for a wage nearby, works away inside or
    outside the province, or looks for work. Migrants lose their job at a monthly hazard and look
    for another for some months before they turn to the farm. After the Spring Festival, less so
    in July and seldom in other months, people at home think about going and migrants about
    staying: a logit on the gap of incomes, the share of villagers who are away (half of the peer
    effect acts on going and half on staying), schooling, skill, age, care and need. A migrant's
    month is paid or not by season; what is counted is what the family has of it after the cost
    of living away. In 2020 a person's lasting draw decides how early he can go back to work.

    A few open a small business. Posts, workshops and businesses are paid and ended by their own
    measures; this mechanism only counts their months.
    """

    name = "work"
    zh = "务工与外出就业"
    clauses = ("A2.3", "A2.4")
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.female",
        "person.education", "person.school", "person.skill", "person.serious", "person.earnings",
        "person.certificate", "person.training", "person.organised", "household.village",
        "household.labour", "household.away", "household.dependants", "household.ill",
        "household.land", "household.rented_out", "household.dibao", "household.care",
        "household.coping",
        "village.terrain", "village.migrants", "village.workers", "village.local_jobs",
        "village.pull_away", "village.carers_freed", "village.find_gain", "village.aid_freed",
        "county.wage_level",
    )  # fmt: skip
    writes = (
        "person.job", "person.job_months", "person.months_worked", "person.wage",
        "household.wage",
    )  # fmt: skip
    changes = ("household.blow", "household.blow_size")
    uses = ("economy.wage_index", "economy.farm_index", "farming.crop_income",
            "pandemic.migrants_able", "pandemic.local_open", "a08_disabled.carer_gain")  # fmt: skip
    draws = "person"
    rule = work
