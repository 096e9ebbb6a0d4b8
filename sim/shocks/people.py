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


# Eight counts of a household travel in the eight bytes of one int64: the persons of a household
# mostly lie next to each other, so one addition a person does, and the bytes are taken apart
# only where the household changes. No household has 128 members.
_DEPENDANT, _PUPIL, _ILL, _DISABLED = 8, 16, 24, 32
_OUT_OF_SCHOOL, _UNINSURED, _AWAY = 40, 48, 56


@kernel(inline=True)
def _put(households, h, packed, labour):
    households.size[h] += np.int8(packed & 127)
    households.dependants[h] += np.int8((packed >> _DEPENDANT) & 127)
    households.pupils[h] += np.int8((packed >> _PUPIL) & 127)
    households.ill[h] += np.int8((packed >> _ILL) & 127)
    households.disabled[h] += np.int8((packed >> _DISABLED) & 127)
    households.out_of_school[h] += np.int8((packed >> _OUT_OF_SCHOOL) & 127)
    households.uninsured[h] += np.int8((packed >> _UNINSURED) & 127)
    households.away[h] += np.int8((packed >> _AWAY) & 127)
    households.labour[h] += np.float32(labour)


@kernel(inline=True)
def _empty(households, first, end):
    for h in range(first, end):
        households.size[h] = 0
        households.dependants[h] = 0
        households.pupils[h] = 0
        households.ill[h] = 0
        households.disabled[h] = 0
        households.out_of_school[h] = 0
        households.uninsured[h] = 0
        households.away[h] = 0
        households.labour[h] = np.float32(0.0)


@kernel
def recount(at, persons, households, villages, counties, words, chance, p):
    """One pass over the block's persons, one over its households."""
    youngest = np.int64(12 * p.working_age)
    oldest = np.int64(12 * p.old_age)
    weight = np.zeros(Skill.SKILLED + 1)
    weight[Skill.WEAK] = p.weak_labour
    weight[Skill.ORDINARY] = 1.0
    weight[Skill.SKILLED] = 1.0
    _empty(households, at.first_household, at.end_household)
    for v in range(at.first_village, at.end_village):
        workers = 0
        h = np.int64(-1)
        packed = np.int64(0)
        labour = 0.0
        for i in range(villages.first_person[v], villages.end_person[v]):
            if persons.alive[i] == 0:
                continue
            if persons.household[i] != h:
                if packed:
                    _put(households, h, packed, labour)
                h = np.int64(persons.household[i])
                packed = np.int64(0)
                labour = 0.0
            age = np.int64(persons.age[i])
            school = persons.school[i]
            skill = persons.skill[i]
            job = persons.job[i]
            grown = age >= youngest
            lacks = (not grown) or age >= oldest or skill < Skill.WEAK
            idle = school == School.NONE or school == School.DROPPED_OUT
            past = school >= School.SENIOR and school <= School.COLLEGE
            ill = (persons.chronic[i] | persons.serious[i]) != 0
            away = job == Job.MIGRANT_PROVINCE or job == Job.MIGRANT_OUT
            packed += (
                np.int64(1)
                + (np.int64(lacks) << _DEPENDANT)
                + (np.int64(past) << _PUPIL)
                + (np.int64(ill) << _ILL)
                + (np.int64(persons.disability[i] > 0) << _DISABLED)
                + (np.int64(school == School.DROPPED_OUT) << _OUT_OF_SCHOOL)
                + (np.int64(persons.insured[i] == 0) << _UNINSURED)
                + (np.int64(away) << _AWAY)
            )
            if grown and idle and skill >= Skill.WEAK:
                labour += weight[skill]
                workers += 1
        if packed:
            _put(households, h, packed, labour)
        everyone = 0
        homes = 0
        migrants = 0
        poor = 0
        for h2 in range(villages.first_household[v], villages.end_household[v]):
            size = np.int64(households.size[h2])
            everyone += size
            homes += np.int64(households.alive[h2])
            migrants += np.int64(households.away[h2])
            state = households.registered[h2]
            if state == Registered.POOR or state == Registered.RELAPSED:
                poor += size
        villages.persons[v] = everyone
        villages.households[v] = homes
        villages.migrants[v] = migrants
        villages.workers[v] = workers
        villages.registered_poor[v] = poor


People.rule = recount
