"""Action 9, roads: to the village, to its hamlets, and along a route past further hamlets.

A hamlet is a natural village. What a road changes is how near market, clinic, school and work are:
`village.access`, the share of a village's households that reach the county's roads on a hard one,
weighted so that the village's own road counts for a part and the hamlets' for the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.a09_build import ASKS, RUNS, begun, build, by_county, lead, pace, usual
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["Roads"]

_START, _WAY, _OLD, _LUCK = 1, 2, 3, 4  # draw indices


class Roads(Mechanism):
    """Hard roads to villages and hamlets, built by need until the planned date.

    A9.1 gives a hard road to the hamlets of 30 resident households and more that can have one
    (not those that cannot feed their people, whose households are to move): first in deep
    villages, and faster in counties whose registered incidence is so low that they are about to
    be taken off the list. A9.2 gives one to every village, and seeks central money, which pays
    a part of all these roads and spares the county's. Under A9.3 the roads are laid so that
    they pass further hamlets, of any size, for a short spur each that the next money pays.
    Without the plan some are built every year. Access raises what crops fetch, makes going away
    to work and going to the doctor easier, and keeps a few children in school.
    """

    name = "a09_roads"
    zh = "通村与自然村组硬化路"
    clauses = ("A9.1", "A9.2", "A9.3")
    reads = (
        "natural.id", "natural.village", "natural.households", "natural.harsh", "village.id",
        "village.county", "village.deep", "village.site", "village.persons",
        "village.registered_poor", "county.code", "county.capacity",
    )  # fmt: skip
    writes = (
        "village.village_road", "village.access", "village.access_start", "county.hamlet_road",
        "village.paid_hamlet_roads", "village.paid_village_roads", "village.did_hamlet_roads",
        "village.did_village_roads", "village.did_hamlets_on_the_way", "village.price_gain",
        "village.pull_away", "village.care_gain", "village.dropout_cut",
        "county.begun_hamlet_roads", "county.begun_village_roads",
    )  # fmt: skip
    changes = ("natural.road",)
    columns = (
        column("village", "village_road", "u1", "flag", "hardened road to the village",
               "行政村通硬化路", report="share"),
        column("village", "access", "f4", "share",
               "access by hard road: the village's and its hamlets'", "道路通达度"),
        column("village", "access_start", "f4", "share",
               "access by hard road at the start of the run", "起始道路通达度"),
        column("county", "hamlet_road", "f8", "share",
               "hamlets of 30 households and more with a hard road", "三十户以上自然村通硬化路率",
               report="share"),
        account("hamlet_roads", "hard roads of hamlets", "自然村道路硬化",
                family="sector", to="supplier", rank=3),
        account("village_roads", "hard roads of villages", "建制村通硬化路",
                family="sector", to="supplier", rank=2),
        begun("hamlet_roads", "自然村道路"),
        begun("village_roads", "建制村道路"),
        deed("hamlet_roads", "hamlets", "hamlets of 30 households that got a hard road by A9.1",
             "新通硬化路自然村"),
        deed("village_roads", "villages", "villages that got a hard road by A9.2",
             "新通硬化路建制村"),
        deed("hamlets_on_the_way", "hamlets", "further hamlets that a road was led past (A9.3)",
             "沿线带通自然村"),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """Which villages have a road before the run; the population knows the hamlets'."""
        self.open_month(now)
        p, village = self.p, world.village
        u = draws(self.chance, village.id, _START)[0]
        village.village_road[:] = u < np.where(village.deep == 1, p.start_deep, p.start_other)
        village.village_road[village.site == 1] = 1
        self._count(world, p)
        village.access_start[:] = village.access

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build in the season; let access act in every month."""
        village = world.village
        if now.calendar in RUNS or now.calendar in ASKS:
            self._villages(world, now, p, chance)
            self._hamlets(world, now, p, chance)
            self._count(world, p)
        gain = village.access - village.access_start
        village["price_gain"] += np.float32(p.price) * gain
        village["pull_away"] += np.float32(p.leave) * gain
        village["care_gain"] += np.float32(p.care) * gain
        village["dropout_cut"] += np.float32(p.school) * gain

    def _villages(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The road to the village: at the usual pace, and by A9.2."""
        village = world.village
        rows = np.flatnonzero(village.village_road == 0)
        chance_usual = usual(now, p.village_usual)
        luck = draws(chance, village.id[rows], _OLD)[0] < chance_usual
        village.village_road[rows[luck]] = 1
        rows = rows[~luck]
        cost = np.full(len(rows), round(p.village_km * p.km_cost * 100), np.int64)
        advance = lead(world, chance, _LUCK)[0]
        if p.A9_2 == 0.0:
            rows, cost = rows[:0], cost[:0]
        score = village.deep[rows].astype(float)
        built = build(
            world, "village_roads", village.county[rows], village.id[rows], score, cost,
            p.A9_2 * pace(now, p.village_months, p.slip), advance, outside=p.central * p.A9_2,
        )  # fmt: skip
        village.village_road[rows[built]] = 1
        village.did_village_roads[rows[built]] += 1

    def _hamlets(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The roads to hamlets: at the usual pace, by A9.1, and past further ones by A9.3."""
        natural, village = world.natural, world.village
        rows = np.flatnonzero((natural.road == 0) & (village.site[natural.village] == 0))
        chance_usual = usual(now, p.hamlet_usual)
        u = draws(chance, natural.id[rows], _WAY)
        fit = natural.harsh[rows] == 0
        natural.road[rows[fit & (u[0] < chance_usual)]] = 1
        left = natural.road[rows] == 0
        rows, u = rows[left], u[:, left]
        of = natural.village[rows]
        big = (natural.households[rows] >= p.least_households) & (p.A9_1 > 0.0)
        mine = rows[big & (natural.harsh[rows] == 0)]
        home = natural.village[mine]
        cost = np.full(len(mine), round(p.hamlet_km * p.km_cost * 100), np.int64)
        built = build(
            world, "hamlet_roads", village.county[home], natural.id[mine],
            village.deep[home].astype(float), cost,
            max(p.A9_1, p.A9_3) * pace(now, p.hamlet_months, p.slip) * self._hurry(world, p),
            lead(world, chance, _LUCK)[1], outside=p.central * p.A9_2,
        )  # fmt: skip
        natural.road[mine[built]] = 1
        np.add.at(village.did_hamlet_roads, home[built], 1)
        passed = village.did_village_roads > 0
        passed[home[built]] = True
        way = passed[of] & (natural.road[rows] == 0) & (u[1] < p.on_the_way * p.A9_3)
        rows = rows[way]
        natural.road[rows] = 1
        np.add.at(village.did_hamlets_on_the_way, natural.village[rows], 1)
        spurs = np.full(len(rows), round(p.spur_km * p.km_cost * 100), np.int64)
        county = world.county
        county["begun_hamlet_roads"] -= by_county(world, village.county[of[way]], spurs)

    @staticmethod
    def _hurry(world: World, p: Any) -> np.ndarray:
        """How much faster a county builds: one about to be taken off the list goes first."""
        village = world.village
        counties = len(world.county.code)
        poor = np.bincount(village.county, village.registered_poor, counties)
        share = poor / np.maximum(1.0, np.bincount(village.county, village.persons, counties))
        return np.where(share < p.about_to_leave, p.hurry, 1.0)

    @staticmethod
    def _count(world: World, p: Any) -> None:
        """Access of each village, and the share of larger hamlets with a road in each county."""
        natural, village = world.natural, world.village
        villages, counties = len(village.id), len(world.county.code)
        homes = np.bincount(natural.village, natural.households, villages)
        near = np.bincount(natural.village, natural.households * (natural.road != 0), villages)
        share = np.divide(near, homes, out=np.ones(villages), where=homes > 0)
        village.access[:] = village.village_road * (1.0 - p.hamlet_part * (1.0 - share))
        big = natural.households >= p.least_households
        big &= (natural.harsh == 0) & (village.site[natural.village] == 0)
        of = village.county[natural.village[big]]
        number = np.bincount(of, minlength=counties)
        paved = np.bincount(of, natural.road[big] != 0, counties)
        world.county.hamlet_road[:] = np.divide(
            paved, number, out=np.ones(counties), where=number > 0
        )
