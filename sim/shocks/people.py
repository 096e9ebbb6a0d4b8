"""The monthly recount: how many live in each household, and who they are."""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import Job, Registered, School, Skill

__all__ = ["People"]


class People(Mechanism):
    """Counts members by kind in every household, and people in every village.

    It runs at the beginning of a month, after birth, death and splits, on the end state of the
    month before; what the rest of the month reads of a household's members is what it found.
    A pupil is someone in school past the compulsory years; labour leaves out all who are in
    school. People are counted where they are registered, whether or not they are away.
    """

    name = "people"
    zh = "家庭成员统计"
    reason = "Households and villages are counted anew before the month's other rules read them."
    reads = (
        "village.first_household", "village.end_household", "person.household",
        "person.alive", "person.age", "person.school", "person.skill", "person.chronic",
        "person.serious", "person.disability", "person.insured", "person.job",
        "household.alive", "household.registered",
    )  # fmt: skip
    writes = (
        "household.size", "household.labour", "household.dependants", "household.pupils",
        "household.ill", "household.disabled", "household.out_of_school",
        "household.uninsured", "household.away", "village.persons", "village.households",
        "village.migrants", "village.workers", "village.registered_poor",
    )  # fmt: skip


# The ten counts of a household travel in one int64, six bits each: a first loop, without branches,
# makes a person's share of them, a second adds it to the household. No household has 64 members.
_SIZE, _DEPENDANT, _PUPIL, _ILL, _DISABLED = 0, 6, 12, 18, 24
_OUT_OF_SCHOOL, _UNINSURED, _AWAY, _STRONG, _WEAK = 30, 36, 42, 48, 54
_MASK = np.int64(63)


@kernel(inline=True)
def _of(packed, place):
    return (packed >> place) & _MASK


@kernel(inline=True)
def _describe(
    alive, ages, schools, skills, chronic, serious, disability, insured, jobs, youngest, oldest,
    out,
):  # fmt: skip
    """What each person adds to the counts of the household; 0 for an unused row."""
    for i in range(len(out)):
        age = np.int64(ages[i])
        school = np.int64(schools[i])
        skill = np.int64(skills[i])
        job = np.int64(jobs[i])
        grown = np.int64(age >= youngest)
        past = np.int64(school >= School.SENIOR) & np.int64(school <= School.COLLEGE)
        dropped = np.int64(school == School.DROPPED_OUT)
        free = grown & (np.int64(school == School.NONE) | dropped)
        provider = grown & np.int64(age < oldest) & np.int64(skill >= Skill.WEAK)
        away = np.int64(job == Job.MIGRANT_PROVINCE) | np.int64(job == Job.MIGRANT_OUT)
        out[i] = np.int64(alive[i]) * (
            1
            + ((1 - provider) << _DEPENDANT)
            + (past << _PUPIL)
            + (np.int64(chronic[i] | serious[i]) << _ILL)
            + (np.int64(disability[i] > 0) << _DISABLED)
            + (dropped << _OUT_OF_SCHOOL)
            + (np.int64(insured[i] == 0) << _UNINSURED)
            + (away << _AWAY)
            + ((free & np.int64(skill > Skill.WEAK)) << _STRONG)
            + ((free & np.int64(skill == Skill.WEAK)) << _WEAK)
        )


@kernel(inline=True)
def _gather(household, shares, start, counts):
    """Add the persons' shares to their households (rows of the block, from `start` on)."""
    for i in range(len(shares)):
        if shares[i]:
            counts[household[i] - start] += shares[i]


@kernel
def recount(at, persons, households, villages, counties, words, chance, p):
    """Two passes over the block's persons, one over its households."""
    start = at.first_household
    a = at.first_person
    b = at.end_person
    shares = np.empty(b - a, np.int64)
    counts = np.zeros(at.end_household - start, np.int64)
    # slices from 0 spare the compiler a test for negative rows at every access
    _describe(
        persons.alive[a:b], persons.age[a:b], persons.school[a:b], persons.skill[a:b],
        persons.chronic[a:b], persons.serious[a:b], persons.disability[a:b],
        persons.insured[a:b], persons.job[a:b],
        np.int64(12 * p.working_age), np.int64(12 * p.old_age), shares,
    )  # fmt: skip
    _gather(persons.household[a:b], shares, start, counts)
    for v in range(at.first_village, at.end_village):
        everyone = np.int64(0)
        homes = np.int64(0)
        migrants = np.int64(0)
        workers = np.int64(0)
        poor = np.int64(0)
        for h in range(villages.first_household[v], villages.end_household[v]):
            packed = counts[h - start]
            strong = _of(packed, _STRONG)
            weak = _of(packed, _WEAK)
            households.size[h] = _of(packed, _SIZE)
            households.dependants[h] = _of(packed, _DEPENDANT)
            households.pupils[h] = _of(packed, _PUPIL)
            households.ill[h] = _of(packed, _ILL)
            households.disabled[h] = _of(packed, _DISABLED)
            households.out_of_school[h] = _of(packed, _OUT_OF_SCHOOL)
            households.uninsured[h] = _of(packed, _UNINSURED)
            households.away[h] = _of(packed, _AWAY)
            households.labour[h] = np.float32(strong + p.weak_labour * weak)
            state = households.registered[h]
            listed = np.int64(state == Registered.POOR) | np.int64(state == Registered.RELAPSED)
            everyone += _of(packed, _SIZE)
            homes += households.alive[h]
            migrants += _of(packed, _AWAY)
            workers += strong + weak
            poor += listed * _of(packed, _SIZE)
        villages.persons[v] = everyone
        villages.households[v] = homes
        villages.migrants[v] = migrants
        villages.workers[v] = workers
        villages.registered_poor[v] = poor


People.rule = recount
