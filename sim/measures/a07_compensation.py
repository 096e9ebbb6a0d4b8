"""Action 7, money for keeping forest and grass: the standard, the pilot, the herders' subsidy."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of
from sim.measures.lasting import at_month
from sim.mechanism import Mechanism, Now
from sim.world.codes import Terrain
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["EcoCompensation"]

_FOREST = 25
"""The trait by which transfers picks the households of the ecological programmes: the same
ones hold the forest whose standard rises here."""

PASTORAL = Terrain.PASTORAL


@kernel
def compensate(at, persons, households, villages, counties, words, chance, p):
    """December: compensation for forest, and the grassland subsidy."""
    if at.calendar != 12:
        return
    rise = max(0.0, p.standard - p.standard_before) * p.A7_6
    pilot = np.int32(p.pilot_pay * counties.eco_pilot[at.county] * p.A7_6 * 100.0 + 0.5)
    grass = np.int32(p.grass_pay * p.A7_8 * 100.0 + 0.5)
    cover = p.eco_cover
    if rise <= 0.0 and pilot <= 0 and grass <= 0:
        return
    for v in range(at.first_village, at.end_village):
        forest = np.int32(rise * p.forest_mu[villages.terrain[v] - 1] * 100.0 + 0.5)
        herders = villages.terrain[v] == PASTORAL and grass > 0
        keepers = 0
        pastures = 0
        for h in homes_of(villages, v):
            if households.alive[h] == 0 or households.size[h] <= 0:
                continue
            if forest + pilot > 0 and trait(households.id[h], _FOREST) < cover:
                households.transfer[h] += forest + pilot
                households.granted[h] += forest + pilot
                keepers += 1
            if herders:
                households.transfer[h] += grass
                households.granted[h] += grass
                pastures += 1
        villages.paid_eco_compensation[v] += np.int64(keepers) * (forest + pilot)
        villages.did_eco_compensated[v] += keepers
        villages.paid_grass_subsidy[v] += np.int64(pastures) * grass
        villages.did_grass_subsidised[v] += pastures


class EcoCompensation(Mechanism):
    """What is paid for keeping forest and grass, above what was paid before the plan.

    A7.6: the standard for public-benefit forest is adjusted from year to year, and counties of
    the pilot of comprehensive compensation pay a sum besides; both reach the households that the
    ecological programmes of before the plan reach. A7.8: households of pastoral villages get the
    full subsidy and reward for keeping grassland, and hold a few animals less. The rates are
    statutory: what is due is paid.
    """

    name = "a07_compensation"
    zh = "生态补偿与草原补奖"
    clauses = ("A7.6", "A7.8")
    reads = (
        "household.id", "household.alive", "household.size", "village.terrain",
        "village.first_household", "village.end_household", "county.code",
    )  # fmt: skip
    writes = (
        "household.transfer", "household.granted", "village.paid_eco_compensation",
        "village.paid_grass_subsidy", "village.did_eco_compensated",
        "village.did_grass_subsidised", "village.herd_gain", "county.eco_pilot",
    )  # fmt: skip
    columns = (
        column("county", "eco_pilot", "u1", "flag",
               "pilot county of comprehensive ecological compensation", "生态综合补偿试点县"),
        account("eco_compensation", "ecological compensation above that of before the plan",
                "生态补偿"),
        account("grass_subsidy", "grassland subsidy above that of before the plan",
                "草原补助奖励"),
        deed("eco_compensated", "households", "households paid more for forest",
             "公益林补偿提标惠及户"),
        deed("grass_subsidised", "households", "households paid the full grassland subsidy",
             "草原补奖惠及户"),
    )  # fmt: skip
    uses = ("transfers.eco_cover",)
    in_burn_in = False
    rule = compensate

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Name the pilot counties, from its start on; fewer animals on the pastures."""
        if now.calendar == 12:
            u = draws(at_month(chance, 0), world.county.code)[0]
            world.county.eco_pilot[:] = (u < p.pilot_share) & (p.pilot_runs > 0.0)
        less = np.float32(-p.stocking_cut * p.A7_8)
        world.village["herd_gain"] += less * (world.village.terrain == Terrain.PASTORAL)
