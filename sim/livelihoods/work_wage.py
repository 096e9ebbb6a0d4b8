"""Jobs and their wages: beginning and leaving one, what it pays, what is counted of that."""

import numpy as np

from sim.chance import normal, philox
from sim.kernel import kernel
from sim.world.codes import Job, Skill

__all__ = [
    "BUSINESS", "FARM", "IDLE", "LOCAL", "NONE", "OUT", "POST", "PROVINCE", "WORKSHOP",
    "by_skill", "lasting_words", "leave", "pay", "settle", "take", "wage_of",
]  # fmt: skip

NONE, FARM, LOCAL, WORKSHOP, POST = Job.NONE, Job.FARM, Job.LOCAL, Job.WORKSHOP, Job.POST
PROVINCE, OUT, BUSINESS = Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT, Job.BUSINESS

IDLE = np.int16(1000)
"""Months without work of one who is not looking for it (not able, or not in the labour force)."""

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TERMS = np.uint64(1 << 16)


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
def by_skill(skill, weak, ordinary, skilled):
    """One of three numbers, without a branch."""
    return weak if skill < Skill.ORDINARY else (ordinary if skill < Skill.SKILLED else skilled)


@kernel(inline=True)
def wage_of(persons, i, job, at, level, chance, p):
    """Wage in fen of the present job, at this month's wages.

    A product of schooling, skill, certificate, the lasting part of the person, the luck of the
    job (drawn under the month of the hire, so it lasts) and, near home, the county's level.
    """
    hired = np.uint64(at.month - persons.job_months[i])
    drawn = lasting_words(chance, persons.id[i], _TERMS | hired)[0]
    wage = p.local_wage * level if job == LOCAL else p.migrant_wage
    wage *= p.out_premium if job == OUT else 1.0
    wage *= p.wage_index * p.education_wage[persons.education[i]] * persons.earnings[i]
    wage *= by_skill(persons.skill[i], 1.0 - p.weak_wage, 1.0, 1.0 + p.skill_wage)
    wage *= 1.0 + p.certificate_wage * persons.certificate[i]
    wage *= 1.0 - p.woman_wage * persons.female[i]
    wage *= max(0.5, 1.0 + p.wage_luck * normal(drawn))
    return np.int32(100.0 * wage + 0.5)


@kernel
def settle(at, persons, level, chance, p, listed, count):
    """Settle the wages of the listed: they are new in the job, or have been in it for years."""
    for n in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[n])
        persons.wage[i] = wage_of(persons, i, persons.job[i], at, level, chance, p)


@kernel
def pay(at, persons, households, p, listed, count):
    """The ordinary month of those who just go on working: what is counted of their wage."""
    for n in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[n])
        share = p.local_counted if persons.job[i] == LOCAL else p.counted_share
        households.wage[np.uint64(persons.household[i])] += np.int32(persons.wage[i] * share + 0.5)
