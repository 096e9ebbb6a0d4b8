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


# A first loop, without branches, says in one bit each whether a person counts as this or that. The
# ten counts of a household travel in one int64, six bits each; _SHARES has what each combination
# of a person's bits adds to them. No household has 64 members.
_KINDS = 10
_SIZE, _DEPENDANT, _PUPIL, _ILL, _DISABLED = range(5)
_OUT_OF_SCHOOL, _UNINSURED, _AWAY, _STRONG, _WEAK = range(5, _KINDS)
_WIDTH = 6
_MASK = np.int64((1 << _WIDTH) - 1)


_SHARES = np.zeros(1 << _KINDS, np.int64)
for _kind in range(_KINDS):
    _SHARES |= ((np.arange(1 << _KINDS) >> _kind) & 1) << (_WIDTH * _kind)


@kernel(inline=True)
def _of(packed, kind):
    return (packed >> (_WIDTH * kind)) & _MASK


@kernel
def _describe(
    alive, ages, schools, skills, chronic, serious, disability, insured, jobs, youngest, oldest,
    code,
):  # fmt: skip
    """As what each person counts; 0 for an unused row."""
    for k in range(code.size):
        grown = ages[k] >= youngest
        provider = grown & (ages[k] < oldest) & (skills[k] >= Skill.WEAK)
        past = (schools[k] >= School.SENIOR) & (schools[k] <= School.COLLEGE)
        dropped = schools[k] == School.DROPPED_OUT
        free = grown & ((schools[k] == School.NONE) | dropped)
        away = (jobs[k] == Job.MIGRANT_PROVINCE) | (jobs[k] == Job.MIGRANT_OUT)
        code[k] = (alive[k] != 0) * (
            np.uint16(1 << _SIZE)
            | (not provider) * np.uint16(1 << _DEPENDANT)
            | past * np.uint16(1 << _PUPIL)
            | ((chronic[k] | serious[k]) != 0) * np.uint16(1 << _ILL)
            | (disability[k] > 0) * np.uint16(1 << _DISABLED)
            | dropped * np.uint16(1 << _OUT_OF_SCHOOL)
            | (insured[k] == 0) * np.uint16(1 << _UNINSURED)
            | away * np.uint16(1 << _AWAY)
            | (free & (skills[k] > Skill.WEAK)) * np.uint16(1 << _STRONG)
            | (free & (skills[k] == Skill.WEAK)) * np.uint16(1 << _WEAK)
        )


@kernel
def _gather(household, code, start, counts):
    """Add what the persons count as to their households (rows of the block, from `start` on)."""
    first = np.uint64(start)
    for k in range(np.uint64(code.size)):
        if code[k] != 0:
            counts[np.uint64(household[k]) - first] += _SHARES[code[k]]


@kernel
def _spread(counts, kind, column):
    """One of the counts into its column."""
    for k in range(column.size):
        column[k] = _of(counts[k], kind)


@kernel
def _hands(counts, weak_labour, labour):
    """Labour: those who are strong, and those who are weak in part."""
    for k in range(labour.size):
        labour[k] = np.float32(_of(counts[k], _STRONG) + weak_labour * _of(counts[k], _WEAK))


@kernel
def _village(counts, alive, registered):
    """Persons, households, migrants, workers and registered poor of a village's households."""
    everyone = np.int64(0)
    homes = np.int64(0)
    migrants = np.int64(0)
    workers = np.int64(0)
    poor = np.int64(0)
    for k in range(counts.size):
        size = _of(counts[k], _SIZE)
        listed = (registered[k] == Registered.POOR) | (registered[k] == Registered.RELAPSED)
        everyone += size
        homes += alive[k]
        migrants += _of(counts[k], _AWAY)
        workers += _of(counts[k], _STRONG) + _of(counts[k], _WEAK)
        poor += listed * size
    return everyone, homes, migrants, workers, poor


@kernel
def recount(at, persons, households, villages, counties, words, chance, p):
    """Two passes over the block's persons, then its households and villages."""
    a = at.first_person
    b = at.end_person
    c = at.first_household
    d = at.end_household
    code = np.empty(b - a, np.uint16)
    counts = np.zeros(d - c, np.int64)
    _describe(
        persons.alive[a:b], persons.age[a:b], persons.school[a:b], persons.skill[a:b],
        persons.chronic[a:b], persons.serious[a:b], persons.disability[a:b],
        persons.insured[a:b], persons.job[a:b],
        np.int64(12 * p.working_age), np.int64(12 * p.old_age), code,
    )  # fmt: skip
    _gather(persons.household[a:b], code, c, counts)
    _spread(counts, _SIZE, households.size[c:d])
    _spread(counts, _DEPENDANT, households.dependants[c:d])
    _spread(counts, _PUPIL, households.pupils[c:d])
    _spread(counts, _ILL, households.ill[c:d])
    _spread(counts, _DISABLED, households.disabled[c:d])
    _spread(counts, _OUT_OF_SCHOOL, households.out_of_school[c:d])
    _spread(counts, _UNINSURED, households.uninsured[c:d])
    _spread(counts, _AWAY, households.away[c:d])
    _hands(counts, p.weak_labour, households.labour[c:d])
    for v in range(at.first_village, at.end_village):
        first = villages.first_household[v]
        end = villages.end_household[v]
        everyone, homes, migrants, workers, poor = _village(
            counts[first - c : end - c], households.alive[first:end],
            households.registered[first:end],
        )  # fmt: skip
        villages.persons[v] = everyone
        villages.households[v] = homes
        villages.migrants[v] = migrants
        villages.workers[v] = workers
        villages.registered_poor[v] = poor


People.rule = recount
