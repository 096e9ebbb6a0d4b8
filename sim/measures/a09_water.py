"""Action 9, drinking water: taps, central supply, and a supply that does not fail.

A household's water comes from a tap, from a central point, or from a source of its own. Whether
it is safe (`household.water`) is another question: services lets sources and pipes fail, in a
drought more often, and connects a few at the pace of before the plan.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws, uniform, words
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of
from sim.measures.a09_build import ASKS, RUNS, begun, build, by_county, lead, pace
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["DrinkingWater", "Supply"]


class Supply(IntEnum):
    """Where a household's water comes from."""

    OWN = 0
    POINT = 1
    TAP = 2


_REACH, _LUCK = 61, 1  # a lasting trait: how hard it is to lay a pipe to the house; a draw index
FIRST, ALL = 1, 2
"""What a village's works connect: its registered households, or everybody."""


@kernel(inline=True)
def lacks(households, h, p):
    """Whether the works would still do something for a household: lay a pipe, or make it safe."""
    if households.alive[h] == 0 or households.size[h] <= 0:
        return False
    if households.water[h] == 0:
        return True
    far = trait(households.id[h], _REACH)
    return far < (p.central_reach if households.supply[h] == Supply.OWN else 0.0) or (
        far < p.tap_reach and households.supply[h] != Supply.TAP
    )


@kernel(inline=True)
def listed(households, h):
    """Whether a household is on the register now."""
    state = households.registered[h]
    return state == Registered.POOR or state == Registered.RELAPSED


@kernel(inline=True)
def count(villages, households, v, p):
    """The persons of a village whom works would still serve: registered ones, and the others."""
    first = 0
    rest = 0
    for h in homes_of(villages, v):
        if lacks(households, h, p):
            if listed(households, h):
                first += households.size[h]
            else:
                rest += households.size[h]
    villages.water_first[v] = first
    villages.water_rest[v] = rest


@kernel(inline=True)
def connect(villages, households, v, chance, p):
    """Carry out a village's works: pipes as far as they reach, and safe water for most."""
    done = 0
    for h in homes_of(villages, v):
        if not lacks(households, h, p):
            continue
        if villages.water_works[v] == FIRST and not listed(households, h):
            continue
        far = trait(households.id[h], _REACH)
        if far < p.tap_reach:
            households.supply[h] = np.uint8(Supply.TAP)
        elif far < p.central_reach:
            households.supply[h] = np.uint8(Supply.POINT)
        if uniform(words(chance, households.id[h], _LUCK)[0]) < p.works_succeed:
            households.water[h] = 1
        done += households.size[h]
    villages.did_water_served[v] += done
    villages.water_served[v] += done


@kernel(inline=True)
def as_ever(villages, households, v, share, chance, p):
    """Taps that come without the plan, where a pipe can be laid."""
    for h in homes_of(villages, v):
        if households.supply[h] != Supply.TAP and households.alive[h] != 0:
            if trait(households.id[h], _REACH) < p.tap_reach:
                if uniform(words(chance, households.id[h], _LUCK)[1]) < share:
                    households.supply[h] = np.uint8(Supply.TAP)


@kernel
def lay(at, persons, households, villages, counties, words, chance, p):
    """Works of this month; in December the year's usual taps, and who still waits."""
    december = at.calendar == 12
    for v in range(at.first_village, at.end_village):
        if villages.water_works[v] != 0:
            connect(villages, households, v, chance, p)
        if december:
            as_ever(villages, households, v, p.tap_usual, chance, p)
        counted = at.burn_in == 0 and (december or at.month == PLAN_START)
        if counted or villages.water_works[v] != 0:
            count(villages, households, v, p)


@kernel
def traits(ids, far):
    """How hard it is to lay a pipe to each house, from 0 (easy) to 1."""
    for k in range(ids.size):
        far[k] = trait(ids[k], _REACH)


class DrinkingWater(Mechanism):
    """Taps and central supply reach the villages, registered households first.

    A9.5 connects households village by village. The works of a village go first to its
    registered households, as far as they lack safe water or a pipe, and when a county has no such
    village left, or time runs short, to the others; deep villages lead. A pipe can be laid to
    most houses, a central point to a few more; the rest get a good source of their own. Works
    also make supply firm: fewer pipes and sources fail. Who fetches less water has more time.
    Without the plan taps come at their old pace.
    """

    name = "a09_water"
    zh = "农村饮水安全巩固提升"
    clauses = ("A9.5",)
    reads = (
        "household.id", "household.alive", "household.size", "household.registered",
        "household.village", "village.first_household", "village.end_household", "village.id",
        "village.county", "village.deep", "village.site", "village.persons", "county.code",
        "county.capacity",
    )  # fmt: skip
    writes = (
        "household.supply", "village.water_first", "village.water_rest", "village.water_works",
        "village.water_served", "village.paid_water", "village.did_water_served",
        "village.carers_freed", "village.water_firm", "county.tap_coverage",
        "county.central_supply", "county.begun_water",
    )  # fmt: skip
    changes = ("household.water",)
    columns = (
        column("household", "supply", "u1", "code", "where its water comes from", "供水方式",
               codes=Supply),
        column("village", "water_first", "i4", "persons",
               "of registered households whom water works would serve", "待解决建档立卡饮水人口"),
        column("village", "water_rest", "i4", "persons",
               "of other households whom water works would serve", "待提升其他饮水人口"),
        column("village", "water_works", "u1", "code",
               "water works of this month: 1 for registered households, 2 for all", "本月饮水工程"),
        column("village", "water_served", "i4", "persons",
               "served by water works since the plan began", "饮水工程累计受益人口"),
        column("county", "tap_coverage", "f8", "share", "rural persons with tap water",
               "自来水普及率", report="share"),
        column("county", "central_supply", "f8", "share",
               "rural persons with tap water or a central point", "集中供水率", report="share"),
        account("water", "drinking-water works", "饮水安全巩固提升",
                family="special", to="supplier", rank=1),
        begun("water", "饮水工程"),
        deed("water_served", "persons", "served by drinking-water works", "饮水工程受益人口"),
    )  # fmt: skip
    rule = lay

    def begin(self, world: World, now: Now) -> None:
        """Where water comes from at the start: those with safe water are piped first."""
        self.open_month(now)
        p, household = self.p, world.household
        u = draws(self.chance, household.id, _LUCK)
        far = np.empty(len(household.id))
        traits(household.id, far)
        county = world.village.county[household.village]
        counties = len(world.county.code)

        def one_in(share: float, fit: np.ndarray) -> np.ndarray:
            """The chance of those who are fit, so that a share of each county's homes has it."""
            homes = np.bincount(county, household.alive == 1, counties)
            return (share * homes / np.maximum(np.bincount(county, fit, counties), 1))[county]

        fit = (household.water == 1) & (far < p.tap_reach) & (household.alive == 1)
        tap = fit & (u[2] < one_in(p.tap_start, fit))
        fit = (household.water == 1) & (far < p.central_reach) & (household.alive == 1) & ~tap
        extra = one_in(p.central_start - p.tap_start, fit)
        household.supply[:] = np.where(
            tap, Supply.TAP, np.where(fit & (u[3] < extra), Supply.POINT, Supply.OWN)
        )

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Choose the month's works; let what is done act."""
        village = world.village
        village.water_works[:] = 0
        if not now.burn_in and (now.calendar in RUNS or now.calendar in ASKS):
            self._choose(world, now, p, chance)
        served = np.minimum(1.0, village.water_served / np.maximum(village.persons, 1))
        village["carers_freed"] += (p.carers * served).astype(np.float32)
        village["water_firm"] += (p.firm * served).astype(np.float32)

    def _choose(self, world: World, now: Now, p: Any, chance: Any) -> None:
        village, counties = world.village, len(world.county.code)
        real = (village.site == 0) & (p.A9_5 > 0.0)
        waiting = np.bincount(village.county, village.water_first * real, counties) > 0
        advance = lead(world, chance, 2)[0]
        # registered households: all by their date; the others begin where none is left, or when
        # the time that they need is there
        each = np.int64(round(p.person_cost * 100))
        first = np.flatnonzero(real & (village.water_first > 0))
        early = now.month < PLAN_START + p.others_from
        rest = real & (village.water_first == 0) & (village.water_rest > 0)
        rest = np.flatnonzero(rest & ~(waiting[village.county] & early))
        of = village.county
        for rows, persons, months, what in (
            (first, village.water_first, p.first_months, FIRST),
            (rest, village.water_rest, p.months, ALL),
        ):
            share = p.A9_5 * pace(now, months, p.slip)
            built = build(
                world, "water", of[rows], village.id[rows], village.deep[rows].astype(float),
                persons[rows] * each, share, advance,
            )  # fmt: skip
            village.water_works[rows[built]] = what
        backlog = (village.water_first + village.water_rest).astype(np.int64) * real
        backlog = by_county(world, of, backlog * each) - world.county.begun_water
        world.ledger.ask("water", np.maximum(0, backlog) * (p.A9_5 > 0.0))

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """December: the coverage of the county's people."""
        if now.calendar != 12:
            return
        household = world.household
        rows = world.county_rows(county, "household")
        people = household.size[rows] * (household.alive[rows] == 1)
        total = max(1, int(people.sum()))
        supply = household.supply[rows]
        world.county.tap_coverage[county] = people[supply == Supply.TAP].sum() / total
        world.county.central_supply[county] = people[supply != Supply.OWN].sum() / total
