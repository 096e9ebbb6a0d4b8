"""Who has an ordinary month at work, and who must be looked at: the dense part of `work`.

Plain slices and no branches, so that the compiler works on many persons at a time.
"""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.coping import Coping
from sim.livelihoods.work_wage import BUSINESS, FARM, LOCAL, NONE, OUT, POST, PROVINCE, WORKSHOP
from sim.world.codes import School, Skill

__all__ = [
    "DUE", "EVERYBODY", "LOOKED", "PAID", "STIRS", "bounds", "count_months", "describe",
    "in_need", "look",
]  # fmt: skip

EVERYBODY = 9
"""Calendar month in which everybody is looked at, when the school year has begun."""

STIRS, LOOKED, IN_NEED, PAID, DUE = (np.uint8(1 << bit) for bit in range(5))
"""Bits of a person's month: a migrant to whom something may happen; another who must be looked
at; one who must be if the household needs it; one who just goes on working, and is paid; one
who goes on and whose wage is to be settled."""

_LIVES, _FIT, _CAN_WORK, _YEAR = (np.uint8(1 << bit) for bit in range(4))


@kernel(inline=True)
def threshold(share):
    """A share as a 32-bit word: a word below it is a draw that comes true."""
    return np.uint32(min(max(share, 0.0) * 4294967296.0, 4294967295.0))


@kernel(inline=True)
def last_below(share):
    """The last word whose draw is below a share of more than 0, exactly as `uniform` has it."""
    return np.uint32(min(max(np.ceil(share * 4294967296.0 - 0.5) - 1.0, 0.0), 4294967295.0))


@kernel
def bounds(at, p):
    """Bounds of the month for first words: below which one thinks about going away (by oneself,
    in need, if organised); up to and from which a migrant or a local worker may leave the job.

    None is too narrow: those within are looked at with the exact draw.
    """
    think = p.deliberation[at.calendar - 1]
    gate = threshold(think)
    one = np.uint32(at.calendar == EVERYBODY)
    return (
        np.uint32(gate + one),
        np.uint32(max(gate, threshold(p.think_in_need)) + one),
        np.uint32(max(gate, threshold(p.think_organised * p.A2_4)) + one),
        last_below(p.job_loss),
        last_below(1.0 - think),
        last_below(p.job_loss * p.local_loss),
        last_below(1.0 - think * p.local_quit),
    )


@kernel
def describe(at, p, alive, age, school, skill, serious, months, code):
    """Count everybody's months on; who is alive, who is fit for paid work, who is able to work
    at all, and who has just filled a year."""
    youngest = np.int16(p.youngest * 12)
    oldest = np.int16(p.oldest * 12)
    oldest_paid = np.int16(p.oldest_paid * 12)
    for k in range(code.size):
        count = np.int16(months[k] + 1)
        months[k] = count
        living = (alive[k] != 0) & (skill[k] >= Skill.WEAK)
        fit = living & (age[k] < oldest_paid) & (serious[k] == 0)
        able = living & (age[k] >= youngest) & (age[k] < oldest)
        able = able & ((school[k] < School.PRIMARY) | (school[k] > School.COLLEGE))
        year = np.uint16(count) % np.uint16(12) == 0
        code[k] = (alive[k] != 0) * _LIVES | fit * _FIT | able * _CAN_WORK | year * _YEAR


@kernel
def look(at, p, organised, wage, job, months, word, luck, limits, code):
    """Whose month is an ordinary one, and who must be looked at; the new code says which."""
    gate, gate_need, gate_placed, lost, restless, lost_here, quits = limits
    limit = np.int16(p.search_limit + 1)
    everybody = at.calendar == EVERYBODY
    season_away = p.season_away[at.calendar - 1]
    season_here = p.season_local[at.calendar - 1] * p.local_open
    works_away = last_below(season_away)
    works_here = last_below(season_here)
    away_open = (p.migrants_able >= 1.0) & (season_away > 0.0)
    here_open = season_here > 0.0
    for k in range(code.size):
        u = word[k]
        living = (code[k] & _LIVES) != 0
        able = (code[k] & _CAN_WORK) != 0
        fit = (code[k] & _FIT) != 0
        due = ((code[k] & _YEAR) != 0) | (wage[k] == 0)
        away = (job[k] == PROVINCE) | (job[k] == OUT)
        here = job[k] == LOCAL
        farms = (job[k] == FARM) & living
        stays = away & away_open & fit & (u > lost) & (u < restless)
        keeps = here & here_open & fit & able & (u > lost_here) & (u < quits)
        ready = (u < gate) | ((organised[k] != 0) & (u < gate_placed))
        seeks = (job[k] == NONE) & able & ((months[k] <= limit) | everybody)
        looked = (here & living & (not keeps)) | seeks
        looked = looked | (farms & (ready | (everybody & (not able))))
        paid = (stays & (luck[k] <= works_away)) | (keeps & (luck[k] <= works_here))
        code[k] = (
            (away & (not stays)) * STIRS
            | looked * LOOKED
            | (farms & (u < gate_need)) * IN_NEED
            | paid * PAID
            | ((stays | keeps) & due) * DUE
        )


@kernel
def count_months(alive, job, code, worked):
    """A month of work for who is paid, and for those whom measures of their own pay."""
    for k in range(code.size):
        others = (job[k] == WORKSHOP) | (job[k] == POST) | (job[k] == BUSINESS)
        worked[k] += ((code[k] & PAID) != 0) | (others & (alive[k] != 0))


@kernel
def in_need(coping, household, start, flagged, needs, code):
    """Who could go is looked at if the household cannot do without it.

    flagged: room for a flag of each household of the block, whose first row is `start`, and one
    more, for rows without a household; needs: room for the same of each person.
    """
    nobody = np.uint32(coping.size)
    flagged[nobody] = 0
    for h in range(coping.size):
        flagged[h] = (coping[h] & Coping.MIGRATE) != 0
    first = np.uint32(start)
    for k in range(np.uint64(code.size)):  # wraps, so that -1 is nobody, too
        needs[k] = flagged[min(np.uint32(np.uint32(household[k]) - first), nobody)]
    for k in range(code.size):
        code[k] |= ((code[k] & IN_NEED) != 0) * needs[k] * LOOKED
