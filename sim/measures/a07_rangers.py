"""Action 7, rangers: registered people are paid to look after forests and grassland."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.measures.need import neediest
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Job, Registered, School, Skill, Terrain
from sim.world.columns import account, deed
from sim.world.world import World

__all__ = ["Rangers"]

POST, FARM, NONE = Job.POST, Job.FARM, Job.NONE
FOREST, GRASS = 1, 2
"""Kinds of person.ranger."""


@kernel
def fit_for_it(persons, households, first, end, first_home, least, most, best):
    """Who of each registered household could be a ranger: the ablest at home, ties by id, into
    `best` by household (-1 nobody; -2 somebody there has a post already)."""
    for i in range(first, end):
        h = persons.household[i]
        if persons.alive[i] == 0 or h < 0:
            continue
        k = h - first_home
        if persons.job[i] == POST:
            best[k] = -2
            continue
        state = households.registered[h]
        if state != Registered.POOR and state != Registered.RELAPSED:
            continue
        idle = (persons.job[i] == FARM) | (persons.job[i] == NONE)
        fits = idle & (persons.age[i] >= least) & (persons.age[i] < most)
        fits &= (persons.skill[i] >= Skill.WEAK) & (persons.training[i] == 0)
        school = persons.school[i]
        if not fits or best[k] == -2 or (school >= School.PRIMARY and school <= School.COLLEGE):
            continue
        old = best[k]
        better = old < 0 or persons.skill[i] > persons.skill[old]
        tie = old >= 0 and persons.skill[i] == persons.skill[old]
        if better or (tie and persons.id[i] < persons.id[old]):
            best[k] = i


@kernel
def patrol(at, persons, households, villages, counties, words, chance, p):
    """Rangers are paid for the month; who can not work any more is one no longer."""
    a = at.first_person
    flags = np.zeros(room_for(at.end_person - a), np.uint8)
    flags[: at.end_person - a] = persons.ranger[a : at.end_person]
    listed = np.empty(flags.size, np.uint32)
    count = list_flagged(flags, FOREST | GRASS, listed)
    for n in range(np.uint64(count)):
        i = np.uint64(a) + np.uint64(listed[n])
        h = np.uint64(persons.household[i])
        if persons.alive[i] == 0 or persons.job[i] != POST or households.alive[h] == 0:
            persons.ranger[i] = 0
            continue
        if persons.skill[i] < Skill.WEAK or persons.serious[i] != 0:
            persons.ranger[i] = 0
            persons.job[i] = FARM
            persons.job_months[i] = 0
            persons.wage[i] = 0
            continue
        pay = persons.wage[i]
        v = np.uint64(households.village[h])
        households.wage[h] += pay
        households.granted[h] += pay
        if persons.ranger[i] == FOREST:
            villages.paid_forest_rangers[v] += pay
            villages.did_forest_ranger_months[v] += 1
        else:
            villages.paid_grass_rangers[v] += pay
            villages.did_grass_ranger_months[v] += 1


class Rangers(Mechanism):
    """Forest and grassland rangers: one paid post a registered household, filled each January.

    A7.3 gives more posts for forest rangers, and further ones for wetland, sand, national forest
    parks and state forest farms. A7.7 gives posts for grassland in pastoral villages. A county
    offers them to registered poor households by income as seen, to the ablest at home; nobody
    in the household may hold another public post. A ranger keeps the post after exit, as long
    as he can work and is not too old. Posts are bound by their number, not by money: the wage
    of a post that exists is paid. Rangers of before the plan are not counted.
    """

    name = "a07_rangers"
    zh = "生态护林员与草原管护员"
    clauses = ("A7.3", "A7.7")
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.skill",
        "person.school", "person.training", "person.serious", "household.id", "household.alive",
        "household.village", "household.registered", "household.seen_income", "village.terrain",
        "county.code", "county.registered_start",
    )  # fmt: skip
    writes = (
        "person.ranger", "household.wage", "household.granted", "village.paid_forest_rangers",
        "village.paid_grass_rangers", "village.did_forest_ranger_months",
        "village.did_grass_ranger_months",
    )  # fmt: skip
    changes = ("person.job", "person.job_months", "person.wage", "household.blow",
               "household.blow_size")  # fmt: skip
    columns = (
        account("forest_rangers", "pay of forest rangers", "生态护林员补助"),
        account("grass_rangers", "pay of grassland rangers", "草原管护员补助"),
        deed("forest_ranger_months", "months", "months of pay of forest rangers",
             "生态护林员在岗月数"),
        deed("grass_ranger_months", "months", "months of pay of grassland rangers",
             "草原管护员在岗月数"),
    )  # fmt: skip
    in_burn_in = False
    rule = patrol

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """January: end the posts of the old, then fill the posts that are free."""
        if now.calendar != 1:
            return
        person, household = world.person, world.household
        people, homes = (world.county_rows(county, kind) for kind in ("person", "household"))
        ranger = person.ranger[people]
        registered = float(world.county.registered_start[county])
        terrain = world.village.terrain[household.village[homes]]
        state = household.registered[homes]
        poor = (state == Registered.POOR) | (state == Registered.RELAPSED)
        herders = float((poor & (terrain == Terrain.PASTORAL)).sum())
        exact = (
            p.posts / 1000.0 * registered * (1.0 + p.wider_scope) * p.A7_3,
            p.grass_posts / 1000.0 * herders * p.A7_7,
        )
        best = np.empty(0, np.int64)
        luck = draws(chance, world.county.code[county : county + 1])
        for kind, number, u in ((FOREST, exact[0], luck[0, 0]), (GRASS, exact[1], luck[1, 0])):
            places = int(np.floor(number + u)) if number > 0.0 else 0
            holders = np.flatnonzero(ranger == kind) + people.start
            keep = holders[person.age[holders] < p.oldest * 12]
            keep = keep[(person.job[keep] == POST) & (person.alive[keep] == 1)]
            if number == 0.0:  # the clause is over, or there are no herders: all posts end
                keep = keep[:0]
            self._end(world, np.setdiff1d(holders, keep))
            free = places - keep.size
            if free <= 0:
                continue
            if not best.size:
                best = np.full(homes.stop - homes.start, -1, np.int64)
                fit_for_it(
                    *self._tuples[:2], people.start, people.stop, homes.start,
                    np.int64(p.youngest * 12), np.int64(p.oldest * 12), best,
                )  # fmt: skip
            open_to = best >= 0
            if kind == GRASS:
                open_to &= terrain == Terrain.PASTORAL
            rows = best[open_to]
            need = -household.seen_income[person.household[rows]].astype(float)
            chosen = neediest(rows, need, person.id[rows], free)
            best[person.household[chosen] - homes.start] = -2
            person.ranger[chosen] = kind
            person.job[chosen], person.job_months[chosen] = POST, 0
            person.wage[chosen] = np.int32(round(p.pay / 12.0 * 100.0))

    @staticmethod
    def _end(world: World, rows: np.ndarray) -> None:
        """End some posts; to those who worked till then it is a blow of a year's pay."""
        person, household = world.person, world.household
        working = rows[person.job[rows] == POST]
        homes = person.household[working]
        lost = np.minimum(person.wage[working].astype(np.int64) * 12, 2_000_000_000)
        hard = lost > household.blow_size[homes]
        household.blow[homes[hard]] = Cause.POLICY_END
        household.blow_size[homes[hard]] = lost[hard]
        person.job[working], person.job_months[working], person.wage[working] = FARM, 0, 0
        person.ranger[rows] = 0
