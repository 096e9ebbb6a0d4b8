"""Action 7, land works: small watersheds, terraces, consolidation, and slopes made safe."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.a09_build import ASKS, RUNS, begun, build, lead, pace
from sim.measures.lasting import at_month
from sim.mechanism import Mechanism, Now
from sim.world.codes import Terrain
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["LandWorks"]

_CHOSEN, _LUCK = 1, 2  # draw indices


class LandWorks(Mechanism):
    """Watersheds are treated, slopes terraced and consolidated, landslides secured.

    A7.9 works in the deep counties, village by village: those on loess and in the mountains that
    the task means, the most exposed to floods and landslides first. What a village gains is a
    better yield on the land worked on, and less damage by flood and landslide.
    """

    name = "a07_land"
    zh = "小流域治理、梯田、土地整治与地灾治理"
    clauses = ("A7.9",)
    reads = (
        "village.id", "village.county", "village.site", "village.terrain", "village.flood_risk",
        "county.code", "county.deep", "county.capacity",
    )  # fmt: skip
    writes = (
        "village.terraced", "village.paid_land_works", "village.yield_gain", "village.flood_cut",
        "county.begun_land_works",
    )  # fmt: skip
    columns = (
        column("village", "terraced", "u1", "flag", "land works of the plan are done",
               "完成小流域与梯田治理", report="share"),
        account("land_works", "watersheds, terraces, consolidation, landslides",
                "小流域与土地整治", family="sector", to="supplier", rank=4),
        begun("land_works", "土地整治"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build what is due, and let what is done act."""
        village = world.village
        if now.calendar in RUNS or now.calendar in ASKS:
            meant = draws(at_month(chance, 0), village.id, _CHOSEN)[0] < p.goal
            hills = (village.terrain == Terrain.LOESS) | (village.terrain == Terrain.MOUNTAIN)
            rows = np.flatnonzero(
                meant & hills & (village.terraced == 0) & (village.site == 0)
                & (world.county.deep[village.county] == 1) & (p.A7_9 > 0.0)
            )  # fmt: skip
            cost = np.full(len(rows), round(p.village_cost * 100), np.int64)
            built = build(
                world, "land_works", village.county[rows], village.id[rows],
                village.flood_risk[rows], cost, p.A7_9 * pace(now, p.months, p.slip),
                lead(world, chance, _LUCK)[0],
            )  # fmt: skip
            village.terraced[rows[built]] = 1
        village["yield_gain"] += np.float32(p.land_share * p.terrace_yield) * village.terraced
        village["flood_cut"] += np.float32(p.slope_safe) * village.terraced
