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

EVERYBODY = 9
"""Calendar month in which everybody is looked at, when the school year has begun."""

IDLE = np.int16(1000)
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
def leave(persons, i, job, months):
    """Be without wage work from this month on."""
    persons.job[i] = job
    persons.job_months[i] = months
    persons.wage[i] = 0


@kernel(inline=True)
def take(persons, i, job):
    """Begin a job this month; its wage is settled and paid from the next month on."""
    persons.job[i] = job
    persons.job_months[i] = 0
    persons.wage[i] = 0


@kernel(inline=True)
def threshold(share):
    """A share as a 32-bit word: a word below it is a draw that comes true."""
    return np.uint32(min(max(share, 0.0) * 4294967296.0, 4294967295.0))


@kernel
def mark(job, months, word, organised, flags, gate, gate_need, gate_placed, limit, everybody):
    """Count everybody's months on and mark who may have to be looked at: 1 surely, 2 if in need.

    Plain slices and no branches, so that the compiler works on many persons at a time.
    """
    for k in range(job.size):
        count = np.int16(months[k] + 1)
        months[k] = count
        u = word[k]
        ready = (u < gate) | ((organised[k] != 0) & (u < gate_placed))
        farms = job[k] == FARM
        look = (job[k] >= LOCAL) | (farms & ready) | ((job[k] == NONE) & (count <= limit))
        flags[k] = np.uint8(look | everybody) | (np.uint8(farms & (u < gate_need)) << 1)


@kernel
def wake(at, persons, households, words, p, flags, away, found):
    """Who must be looked at this month: workers, seekers, and who thinks of going away.

    Most people need nothing, so only the rows of migrants (in `away`) and of others who must be
    looked at (in `found`) are gone through. Once a year everybody is, so that who grew up, grew
    old or fell ill changes what he does. Returns how many there are of each.
    """
    a = at.first_person
    b = at.end_person
    gate = threshold(p.deliberation[at.calendar - 1])
    mark(
        persons.job[a:b], persons.job_months[a:b], words[0], persons.organised[a:b], flags, gate,
        max(gate, threshold(p.think_in_need)),
        max(gate, threshold(p.think_organised * p.A2_4)),
        np.int16(p.search_limit + 1), at.calendar == EVERYBODY,
    )  # fmt: skip
    job = persons.job[a:b]
    household = persons.household[a:b]
    aways = 0
    count = 0
    for k in range(household.size):
        needs = (households.coping[household[k]] & Coping.MIGRATE) != 0
        look = (flags[k] & 1) | ((flags[k] >> 1) & needs)
        is_away = (job[k] == PROVINCE) | (job[k] == OUT)
        away[aways] = a + k
        found[count] = a + k
        aways += is_away
        count += look & (not is_away)
    return aways, count


@kernel(inline=True)
def wage_of(persons, i, job, at, level, chance, p):
    """Wage in fen of the present job, at this month's wages.

    A product of schooling, skill, certificate, the lasting part of the person, the luck of the
    job (drawn under the month of the hire, so it lasts) and, near home, the county's level.
    """
    hired = np.uint64(at.month - persons.job_months[i])
    drawn = lasting_words(chance, persons.id[i], _TERMS | hired)[0]
    wage = p.local_wage * level if job == LOCAL else p.migrant_wage
    if job == OUT:
        wage *= p.out_premium
    wage *= p.wage_index * p.education_wage[persons.education[i]] * persons.earnings[i]
    if persons.skill[i] == Skill.SKILLED:
        wage *= 1.0 + p.skill_wage
    elif persons.skill[i] < Skill.ORDINARY:
        wage *= 1.0 - p.weak_wage
    wage *= 1.0 + p.certificate_wage * persons.certificate[i]
    wage *= 1.0 - p.woman_wage * persons.female[i]
    wage *= max(0.5, 1.0 + p.wage_luck * normal(drawn))
    return np.int32(100.0 * wage + 0.5)


@kernel
def work_away(at, persons, households, words, chance, p, away, aways, thinking):
    """Migrants: lose the job, come home, think about it, be paid. Returns how many think."""
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
    for n in range(aways):
        i = away[n]
        k = i - at.first_person
        u = uniform(words[0, k])
        h = persons.household[i]
        rare = (u < p.job_loss) | (u > 1.0 - gate) | (persons.serious[i] != 0)
        rare |= (persons.age[i] >= oldest) | (persons.skill[i] < Skill.WEAK)
        if rare | (persons.alive[i] == 0):
            if persons.alive[i] == 0 or persons.skill[i] < Skill.WEAK:
                leave(persons, i, NONE, IDLE)
                continue
            if persons.age[i] >= oldest or persons.serious[i] != 0:
                leave(persons, i, FARM, 0)
                continue
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
def work_home(
    at, persons, households, villages, counties, words, chance, p, found, count, thinking, thinkers
):
    """Everybody else who must be looked at: work nearby, look for work, think of going away.

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
    for n in range(count):
        i = found[n]
        if persons.alive[i] == 0:
            continue
        job = persons.job[i]
        if job == POST or job == WORKSHOP or job == BUSINESS:  # its own measure pays and ends it
            persons.months_worked[i] += 1
            continue
        age = persons.age[i]
        school = persons.school[i]
        able = (persons.skill[i] >= Skill.WEAK) & (age >= youngest) & (age < oldest)
        able &= (school < School.PRIMARY) | (school > School.COLLEGE)
        if not able:
            if job != NONE:
                leave(persons, i, NONE, IDLE)
            continue
        k = i - at.first_person
        u = uniform(words[0, k])
        h = persons.household[i]
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
            if u < find * p.migrants_able:
                if uniform(words[1, k]) < p.search_local * level:
                    take(persons, i, LOCAL)
                else:
                    take(persons, i, OUT if uniform(words[2, k]) < p.out_share else PROVINCE)
    return thinkers


@kernel
def deliberate(at, persons, households, villages, counties, words, p, thinking, thinkers):
    """Go away or stay at home; stay away or come home. A logit for each who thinks about it."""
    level = counties.wage_level[at.county]
    earned = 0.0
    for m in range(12):
        earned += p.season_away[m]
    earned *= p.counted_share * p.migrant_wage * p.wage_index
    for n in range(thinkers):
        i = thinking[n]
        k = i - at.first_person
        h = persons.household[i]
        v = households.village[h]
        at_home = persons.job[i] == FARM
        hands = households.labour[h] - households.away[h]
        mu = max(0.0, households.land[h] - households.rented_out[h]) / max(1.0, hands)
        home = max(p.home_income, mu * p.crop_income[villages.terrain[v] - 1] * p.farm_index)
        away = earned * persons.earnings[i] * p.education_wage[persons.education[i]]
        peers = villages.migrants[v] / max(1, villages.workers[v])
        x = p.pull_income * np.log(away / home)
        x += 0.5 * p.pull_peers * (peers - p.usual_peers)
        x += p.pull_education[persons.education[i]]
        x -= p.hold_age * max(0.0, persons.age[i] / 12.0 - p.prime_age)
        x -= p.hold_woman * persons.female[i]
        if persons.skill[i] == Skill.SKILLED:
            x += p.pull_skilled
        elif persons.skill[i] < Skill.ORDINARY:
            x -= p.hold_weak
        x += p.pull_certificate * persons.certificate[i]
        x += p.pull_organised * p.A2_4 * persons.organised[i]
        x -= p.hold_dependants * min(4, households.dependants[h]) / max(1.0, hands)
        x -= p.hold_ill * households.ill[h]
        # one who is away is not among the hands at home
        alone = hands < (1.5 if at_home else 0.5)
        if alone and households.dependants[h] > 0:
            x -= p.hold_only_carer
        x -= p.hold_aid * households.dibao[h]
        if households.coping[h] & Coping.MIGRATE:
            x += p.push_need
        w = uniform(words[1, k])
        if not at_home:
            odds = np.exp(x + p.stay)
            if w * (1.0 + odds) >= odds:
                leave(persons, i, FARM, 0)
            continue
        odds = np.exp(x + p.go)
        luck = uniform(words[2, k])
        # in the pandemic only so many of those who would go can go
        if w * (1.0 + odds) < odds * p.migrants_able:
            take(persons, i, OUT if luck < p.out_share else PROVINCE)
        elif luck < p.local_entry * level:
            take(persons, i, LOCAL)
        elif luck > 1.0 - p.business_entry:
            take(persons, i, BUSINESS)


@kernel
def work(at, persons, households, villages, counties, words, chance, p):
    """One month of everybody who could work."""
    if at.calendar == 1:
        for i in range(at.first_person, at.end_person):
            persons.months_worked[i] = 0
    found = np.empty(at.end_person - at.first_person, np.int32)
    away = np.empty(found.size, np.int32)
    thinking = np.empty(found.size, np.int32)
    flags = np.empty(found.size, np.uint8)
    aways, count = wake(at, persons, households, words, p, flags, away, found)
    thinkers = work_away(at, persons, households, words, chance, p, away, aways, thinking)
    thinkers = work_home(
        at, persons, households, villages, counties, words, chance, p, found, count, thinking,
        thinkers,
    )  # fmt: skip
    deliberate(at, persons, households, villages, counties, words, p, thinking, thinkers)


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
        "household.land", "household.rented_out", "household.dibao", "household.coping",
        "village.terrain", "village.migrants", "village.workers", "county.wage_level",
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
