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
        "village.first_person", "village.end_person", "village.first_household",
        "village.end_household", "person.household", "person.alive", "person.age",
        "person.school", "person.skill", "person.chronic", "person.serious",
        "person.disability", "person.insured", "person.job", "household.alive",
        "household.registered",
    )  # fmt: skip
    writes = (
        "household.size", "household.labour", "household.dependants", "household.pupils",
        "household.ill", "household.disabled", "household.out_of_school",
        "household.uninsured", "household.away", "village.persons", "village.households",
        "village.migrants", "village.workers", "village.registered_poor",
    )  # fmt: skip


# Eight counts of a household travel in the eight bytes of one int64, so that a person costs one
# addition and the passes have no branches to guess. No household has 128 members.
_SIZE, _DEPENDANT, _PUPIL, _ILL, _DISABLED = 0, 8, 16, 24, 32
_OUT_OF_SCHOOL, _UNINSURED, _AWAY = 40, 48, 56
_ONE = np.int64(1)


@kernel(inline=True)
def _byte(packed, place):
    return np.int8((packed >> place) & 127)


@kernel(inline=True)
def _by_school(counts, idle):
    """What a place in school adds to the counts, and whether it leaves time for work."""
    for s in range(len(counts)):
        counts[s] = _ONE << _PUPIL if School.SENIOR <= s <= School.COLLEGE else 0
        idle[s] = 0
    counts[School.DROPPED_OUT] = _ONE << _OUT_OF_SCHOOL
    idle[School.NONE] = 1
    idle[School.DROPPED_OUT] = 1


@kernel(inline=True)
def _count(
    household, alive, ages, schools, skills, chronic, serious, disability, insured, jobs,
    counts, labour, start, school_counts, idle, weight, youngest, oldest,
):  # fmt: skip
    """Add a village's persons to the counts of their households; returns its workers."""
    workers = np.int64(0)
    for i in range(len(alive)):
        if alive[i] == 0:
            continue
        h = household[i] - start
        age = np.int64(ages[i])
        skill = np.int64(skills[i])
        job = np.int64(jobs[i])
        school = np.int64(schools[i])
        grown = np.int64(age >= youngest)
        able = np.int64(skill >= Skill.WEAK)
        lacks = 1 - (grown & able & np.int64(age < oldest))
        ill = np.int64(chronic[i] | serious[i])
        away = np.int64(job == Job.MIGRANT_PROVINCE) | np.int64(job == Job.MIGRANT_OUT)
        counts[h] += (
            school_counts[school]
            + (_ONE << _SIZE)
            + (lacks << _DEPENDANT)
            + (ill << _ILL)
            + (np.int64(disability[i] > 0) << _DISABLED)
            + (np.int64(insured[i] == 0) << _UNINSURED)
            + (away << _AWAY)
        )
        works = grown & able & idle[school]
        labour[h] += weight[skill] * works
        workers += works
    return workers


@kernel
def recount(at, persons, households, villages, counties, words, chance, p):
    """One pass over the block's persons, one over its households."""
    youngest = np.int64(12 * p.working_age)
    oldest = np.int64(12 * p.old_age)
    weight = np.zeros(Skill.SKILLED + 1)
    weight[Skill.WEAK] = p.weak_labour
    weight[Skill.ORDINARY] = 1.0
    weight[Skill.SKILLED] = 1.0
    school_counts = np.zeros(School.DROPPED_OUT + 1, np.int64)
    idle = np.zeros(School.DROPPED_OUT + 1, np.int64)
    _by_school(school_counts, idle)
    start = at.first_household
    counts = np.zeros(at.end_household - start, np.int64)
    labour = np.zeros(at.end_household - start)
    for v in range(at.first_village, at.end_village):
        # slices from 0 spare the compiler a test for negative rows at every access
        a = villages.first_person[v]
        b = villages.end_person[v]
        workers = _count(
            persons.household[a:b], persons.alive[a:b], persons.age[a:b], persons.school[a:b],
            persons.skill[a:b], persons.chronic[a:b], persons.serious[a:b],
            persons.disability[a:b], persons.insured[a:b], persons.job[a:b],
            counts, labour, start, school_counts, idle, weight, youngest, oldest,
        )  # fmt: skip
        everyone = np.int64(0)
        homes = np.int64(0)
        migrants = np.int64(0)
        poor = np.int64(0)
        for h in range(villages.first_household[v], villages.end_household[v]):
            packed = counts[h - start]
            households.size[h] = _byte(packed, _SIZE)
            households.dependants[h] = _byte(packed, _DEPENDANT)
            households.pupils[h] = _byte(packed, _PUPIL)
            households.ill[h] = _byte(packed, _ILL)
            households.disabled[h] = _byte(packed, _DISABLED)
            households.out_of_school[h] = _byte(packed, _OUT_OF_SCHOOL)
            households.uninsured[h] = _byte(packed, _UNINSURED)
            households.away[h] = _byte(packed, _AWAY)
            households.labour[h] = np.float32(labour[h - start])
            state = households.registered[h]
            listed = np.int64(state == Registered.POOR) | np.int64(state == Registered.RELAPSED)
            everyone += packed & 127
            homes += households.alive[h]
            migrants += (packed >> _AWAY) & 127
            poor += listed * (packed & 127)
        villages.persons[v] = everyone
        villages.households[v] = homes
        villages.migrants[v] = migrants
        villages.workers[v] = workers
        villages.registered_poor[v] = poor


People.rule = recount
