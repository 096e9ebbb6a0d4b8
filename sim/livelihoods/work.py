"""Work for wages, at home and away: losing work, looking for it, going away and coming back."""

import numpy as np

from sim.chance import normal, philox, uniform
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.coping import Coping
from sim.mechanism import Mechanism
from sim.world.codes import Cause, Job, School, Skill

__all__ = ["Work"]

NONE, FARM, LOCAL, WORKSHOP, POST = Job.NONE, Job.FARM, Job.LOCAL, Job.WORKSHOP, Job.POST
PROVINCE, OUT, BUSINESS = Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT, Job.BUSINESS

IDLE = 1000
"""Months without work of one who is not looking for it (not able, or not in the labour force)."""

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TERMS = np.uint64(1 << 16)
_ABLE = np.uint64(2 << 16)


@kernel(inline=True)
def lasting_words(chance, identity, draw):
    """Four words of this stream that do not depend on the month.

    `draw` is (index << 16) | month: the terms of a job are drawn under the month of the hire,
    so they stay the same for as long as it lasts; month 0 stands for a whole life.
    """
    return philox(
        identity & _LOW, identity >> _SHIFT, np.uint64(chance.stream), draw,
        np.uint64(chance.key0), np.uint64(chance.key1),
    )  # fmt: skip


@kernel(inline=True)
def monthly_wage(persons, i, job, hired, level, chance, p):
    """Wage in fen of a job taken in the month `hired`, at this month's wages.

    A wage equation in products: schooling, skill, certificate, the lasting part of the person,
    the luck of the job, and for local work the county's wage level.
    """
    word = lasting_words(chance, persons.id[i], _TERMS | np.uint64(hired))[0]
    luck = 1.0 + p.wage_luck * normal(word)
    wage = p.local_wage * level if job == LOCAL else p.migrant_wage
    if job == OUT:
        wage *= p.out_premium
    wage *= p.wage_index * p.education_wage[persons.education[i]] * persons.earnings[i]
    if persons.skill[i] == Skill.SKILLED:
        wage *= 1.0 + p.skill_wage
    elif persons.skill[i] < Skill.ORDINARY:
        wage *= 1.0 - p.weak_wage
    if persons.certificate[i] != 0:
        wage *= 1.0 + p.certificate_wage
    return np.int32(100.0 * wage * max(luck, 0.5) + 0.5)


@kernel(inline=True)
def pull_of_away(persons, households, i, h, peers, paid_months, p):
    """Log-odds of being away rather than at home, without the constant of the decision."""
    away = p.migrant_wage * p.wage_index * persons.earnings[i]
    away *= p.education_wage[persons.education[i]] * p.counted_share * paid_months
    hands = max(1.0, households.labour[h] - households.away[h])
    land = households.land[h] - households.rented_out[h]
    home = max(p.home_income, land * p.crop_income * p.farm_index / hands)
    x = p.pull_income * np.log(away / home) + p.pull_education[persons.education[i]]
    x += 0.5 * p.pull_peers * (peers - p.usual_peers)
    years = persons.age[i] / 12.0
    if years > p.prime_age:
        x -= p.hold_age * (years - p.prime_age)
    if persons.female[i] != 0:
        x -= p.hold_woman
    if persons.skill[i] == Skill.SKILLED:
        x += p.pull_skilled
    elif persons.skill[i] < Skill.ORDINARY:
        x -= p.hold_weak
    if persons.certificate[i] != 0:
        x += p.pull_certificate
    if persons.organised[i] != 0:
        x += p.pull_organised * p.A2_4
    x -= p.hold_dependants * min(4, households.dependants[h]) / hands
    x -= p.hold_ill * households.ill[h]
    if households.dependants[h] > 0 and households.labour[h] - households.away[h] < 1.5:
        x -= p.hold_only_carer
    if households.dibao[h] != 0:
        x -= p.hold_aid
    return x


@kernel(inline=True)
def take(persons, i, job, at, level, chance, p):
    """Begin a job this month."""
    persons.job[i] = job
    persons.job_months[i] = 0
    persons.wage[i] = monthly_wage(persons, i, job, at.month, level, chance, p)


@kernel(inline=True)
def leave(persons, i, job, months):
    """Be without wage work from this month on."""
    persons.job[i] = job
    persons.job_months[i] = months
    persons.wage[i] = 0


@kernel
def work(at, persons, households, villages, counties, words, chance, p):
    """One month of everybody who could work, one pass over persons."""
    month = at.calendar - 1
    level = counties.wage_level[at.county]
    january = at.calendar == 1
    renewal = at.calendar == p.renewal_month
    youngest = np.int16(p.youngest * 12)
    oldest = np.int16(p.oldest * 12)
    oldest_paid = np.int16(p.oldest_paid * 12)
    think = p.deliberation[month]
    season = p.season_away[month]
    season_local = p.season_local[month]
    paid_months = 0.0
    for m in range(12):
        paid_months += p.season_away[m]
    loss_local = p.job_loss * p.local_loss
    shut = p.migrants_able < 1.0
    season_local *= p.local_open
    for i in range(at.first_person, at.end_person):
        if persons.alive[i] == 0:
            continue
        if january:
            persons.months_worked[i] = 0
        age = persons.age[i]
        job = persons.job[i]
        if age < youngest and job == NONE:
            continue
        school = persons.school[i]
        able = persons.skill[i] >= Skill.WEAK and age >= youngest and age < oldest
        if not able or (school >= School.PRIMARY and school <= School.COLLEGE):
            if job == POST or job == WORKSHOP:
                persons.job_months[i] += 1
            elif job != NONE:
                leave(persons, i, NONE, np.int16(IDLE))
            continue
        persons.job_months[i] += 1
        k = i - at.first_person
        if job == FARM:
            h = persons.household[i]
            gate = think
            if households.coping[h] & Coping.MIGRATE:
                gate = max(gate, p.think_in_need)
            if persons.organised[i] != 0:
                gate = max(gate, p.think_organised * p.A2_4)
            u = uniform(words[0, k])
            if u < gate and age < oldest_paid and persons.training[i] == 0:
                v = households.village[h]
                peers = villages.migrants[v] / max(1, villages.workers[v])
                x = p.go + pull_of_away(persons, households, i, h, peers, paid_months, p)
                if households.coping[h] & Coping.MIGRATE:
                    x += p.push_need
                # odds in place of the probability, to save a division
                odds = np.exp(x) * p.migrants_able
                w = uniform(words[1, k])
                if w * (1.0 + odds) < odds:
                    out = uniform(words[2, k]) < p.out_share
                    take(persons, i, OUT if out else PROVINCE, at, level, chance, p)
                elif uniform(words[2, k]) < p.local_entry * level:
                    take(persons, i, LOCAL, at, level, chance, p)
        elif job == PROVINCE or job == OUT:
            h = persons.household[i]
            loss = p.job_loss
            if persons.organised[i] != 0:
                loss *= 1.0 - p.organised_keeps * p.A2_4
            u = uniform(words[0, k])
            share = p.counted_share
            if age >= oldest_paid or persons.serious[i] != 0:
                leave(persons, i, FARM, 0)
            elif u < loss:
                lost = persons.wage[i] * share * paid_months / 12.0 * p.loss_months
                strike(households, h, Cause.JOB_LOSS, lost)
                leave(persons, i, NONE, 0)
            elif u > 1.0 - think:
                v = households.village[h]
                peers = villages.migrants[v] / max(1, villages.workers[v])
                odds = np.exp(p.stay + pull_of_away(persons, households, i, h, peers, paid_months, p))
                w = uniform(words[1, k])
                if w * (1.0 + odds) >= odds:
                    leave(persons, i, FARM, 0)
            if persons.job[i] == job:
                if renewal or persons.wage[i] == 0:
                    hired = at.month - persons.job_months[i]
                    persons.wage[i] = monthly_wage(persons, i, job, hired, level, chance, p)
                kept_out = False
                if shut:
                    can = p.migrants_able
                    if persons.organised[i] != 0:
                        can += (1.0 - can) * p.organised_return * p.A2_4
                    draw = lasting_words(chance, persons.id[i], _ABLE)[0]
                    kept_out = uniform(draw) >= can
                if kept_out:
                    strike(households, h, Cause.JOB_LOSS, persons.wage[i] * share * season)
                elif uniform(words[3, k]) < season:
                    households.wage[h] += np.int32(persons.wage[i] * share + 0.5)
                    persons.months_worked[i] += 1
        elif job == LOCAL:
            h = persons.household[i]
            u = uniform(words[0, k])
            if age >= oldest_paid:
                leave(persons, i, FARM, 0)
            elif u < loss_local:
                lost = persons.wage[i] * season_local * p.loss_months
                strike(households, h, Cause.JOB_LOSS, lost)
                leave(persons, i, NONE, 0)
            elif u > 1.0 - think * p.local_quit:
                leave(persons, i, FARM, 0)
            else:
                if renewal or persons.wage[i] == 0:
                    hired = at.month - persons.job_months[i]
                    persons.wage[i] = monthly_wage(persons, i, job, hired, level, chance, p)
                if uniform(words[3, k]) < season_local:
                    households.wage[h] += np.int32(persons.wage[i] * p.local_counted + 0.5)
                    persons.months_worked[i] += 1
        elif job == NONE:
            if persons.job_months[i] > p.search_limit:
                leave(persons, i, FARM, 0)
            elif age < oldest_paid and persons.serious[i] == 0 and persons.training[i] == 0:
                h = persons.household[i]
                v = households.village[h]
                peers = villages.migrants[v] / max(1, villages.workers[v])
                find = p.find * (1.0 + p.find_peers * min(1.0, peers / p.usual_peers))
                if persons.certificate[i] != 0:
                    find *= 1.0 + p.find_placed * p.A2_3
                if persons.organised[i] != 0:
                    find *= 1.0 + p.find_organised * p.A2_4
                if uniform(words[0, k]) < find * p.migrants_able:
                    u = uniform(words[1, k])
                    if u < p.search_local * level:
                        take(persons, i, LOCAL, at, level, chance, p)
                    else:
                        out = uniform(words[2, k]) < p.out_share
                        take(persons, i, OUT if out else PROVINCE, at, level, chance, p)
        else:  # a workshop, a post or an own business pays elsewhere
            persons.months_worked[i] += 1


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

    Posts, workshops and own businesses are filled and paid by the measures; this mechanism only
    counts their months.
    """

    name = "work"
    zh = "务工与外出就业"
    clauses = ("A2.3", "A2.4")
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.female",
        "person.education", "person.school", "person.skill", "person.serious", "person.earnings",
        "person.certificate", "person.training", "person.organised", "household.village",
        "household.labour", "household.away", "household.dependants", "household.ill",
        "household.land", "household.rented_out", "household.dibao", "household.coping",
        "village.migrants", "village.workers", "county.wage_level",
    )  # fmt: skip
    writes = (
        "person.job", "person.job_months", "person.months_worked", "person.wage",
        "household.wage",
    )  # fmt: skip
    changes = ("household.blow", "household.blow_size")
    uses = ("economy.wage_index", "economy.farm_index", "farming.crop_income",
            "pandemic.migrants_able", "pandemic.local_open")  # fmt: skip
    draws = "person"
    rule = work
