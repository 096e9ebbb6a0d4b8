"""Action 9, water for the fields and against floods: irrigation, river works, drought sources."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws
from sim.kernel import kernel
from sim.livelihoods.rows import homes_of
from sim.measures.a09_build import ASKS, RUNS, able, pace, spread
from sim.mechanism import Mechanism, Now
from sim.world.codes import Terrain
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["FieldWater"]

_LUCK = 1  # a draw index


@kernel(inline=True)
def dry(households, h):
    """Rainfed land of a household (mu)."""
    if households.alive[h] == 0:
        return 0.0
    return max(0.0, np.float64(households.land[h]) - np.float64(households.irrigated[h]))


@kernel
def irrigate(at, persons, households, villages, counties, words, chance, p):
    """Bring this month's pipes to the land of each village, to all by their rainfed land; in
    December count the rainfed land."""
    counts = at.calendar == 12 or at.month == PLAN_START
    for v in range(at.first_village, at.end_village):
        new = np.float64(villages.irrigate_now[v])
        if new <= 0.0 and not counts:
            continue
        total = 0.0
        for h in homes_of(villages, v):
            total += dry(households, h)
        if new > 0.0 and total > 0.0:
            share = min(1.0, new / total)
            for h in homes_of(villages, v):
                households.irrigated[h] += np.float32(share * dry(households, h))
            total *= 1.0 - share
        villages.dry_land[v] = np.float32(total)


class FieldWater(Mechanism):
    """Pipes for the fields, dams against floods, sources against drought.

    A9.6 irrigates 726,000 mu more in the deep counties, each by its rainfed land; in a county the
    villages most open to drought come first, each up to a share of its rainfed land, and of a
    village all households by theirs. What irrigation gives and saves, farming knows. A9.7 works
    on tributaries and torrents, which prevents flood damage, and on drought-proof sources, which
    save part of the crop and keep drinking water running; counties go forward as money allows.
    """

    name = "a09_fields"
    zh = "高效节水灌溉、河道治理与抗旱水源"
    clauses = ("A9.6", "A9.7")
    reads = (
        "household.alive", "household.land", "village.first_household", "village.end_household",
        "village.id", "village.county", "village.site", "village.terrain", "village.drought_risk",
        "county.code", "county.deep", "county.sample", "county.capacity",
    )  # fmt: skip
    writes = (
        "village.irrigate_now", "village.dry_land", "village.irrigated_new",
        "county.irrigation_goal", "county.river_works", "county.drought_sources",
        "village.paid_irrigation", "village.paid_river_works", "village.did_irrigation",
        "village.flood_cut", "village.loss_cut", "village.water_firm",
    )  # fmt: skip
    changes = ("household.irrigated",)
    columns = (
        column("village", "irrigate_now", "f4", "mu", "to be irrigated this month", "本月新增灌溉"),
        column("village", "dry_land", "f4", "mu", "rainfed land, counted in December", "旱地面积"),
        column("village", "irrigated_new", "f4", "mu", "irrigated since the plan began",
               "累计新增高效节水灌溉", report="total"),
        column("county", "irrigation_goal", "f8", "mu",
               "its part of the plan's new irrigated land, sampled share", "新增灌溉任务"),
        column("county", "river_works", "f8", "share", "river and torrent works done",
               "河道山洪沟治理进度", report="share"),
        column("county", "drought_sources", "f8", "share", "drought-proof sources done",
               "抗旱水源工程进度"),
        account("irrigation", "water-saving irrigation", "高效节水灌溉",
                family="sector", to="supplier", rank=3),
        account("river_works", "river works and drought-proof sources", "河道治理与抗旱水源",
                family="sector", to="supplier", rank=4),
        deed("irrigation", "mu", "land newly irrigated", "新增高效节水灌溉面积"),
    )  # fmt: skip
    in_burn_in = False
    rule = irrigate

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Choose where pipes and dams are built, and let what stands act."""
        village, county = world.village, world.county
        village.irrigate_now[:] = 0.0
        if now.calendar in RUNS or now.calendar in ASKS:
            self._irrigation(world, now, p, draws(chance, county.code, _LUCK)[0])
            self._rivers(world, now, p)
        of = village.county
        village["flood_cut"] += (p.flood_saved * county.river_works[of]).astype(np.float32)
        village["loss_cut"] += (p.drought_saved * county.drought_sources[of]).astype(np.float32)
        village["water_firm"] += (p.sources_firm * county.drought_sources[of]).astype(np.float32)

    def _irrigation(self, world: World, now: Now, p: Any, luck: np.ndarray) -> None:
        village, county = world.village, world.county
        counties = len(county.code)
        if not county.irrigation_goal.any():
            self._share_out(world, p)
        fit = (village.site == 0) & (village.terrain != Terrain.PASTORAL)
        most = p.village_most * (village.dry_land + village.irrigated_new)
        room = np.floor(np.maximum(0.0, most - village.irrigated_new)) * fit
        done = np.bincount(village.county, village.irrigated_new, counties)
        missing = np.maximum(0.0, county.irrigation_goal * p.A9_6 - done)
        missing = np.minimum(missing, np.bincount(village.county, room, counties))
        each = np.int64(round(p.mu_cost * 100))
        world.ledger.ask("irrigation", np.ceil(missing).astype(np.int64) * each)
        share = np.minimum(1.0, pace(now, p.irrigation_months, p.slip) * able(world))
        mu = np.floor(missing * share + luck * (share > 0.0)).astype(np.int64)
        mu = np.minimum(mu, np.ceil(missing).astype(np.int64))
        if not mu.any():
            return
        mu = world.ledger.draw("irrigation", mu * each, works=True) // each
        new = spread(village.county, village.id, village.drought_risk, room, mu)
        village.irrigate_now[:] = new
        village["irrigated_new"] += new.astype(np.float32)
        village["did_irrigation"] += new
        village["paid_irrigation"] += new * each

    @staticmethod
    def _share_out(world: World, p: Any) -> None:
        """The plan's sum over the deep counties, by their rainfed land."""
        village, county = world.village, world.county
        fit = (village.site == 0) & (village.terrain != Terrain.PASTORAL)
        land = np.bincount(village.county, village.dry_land * fit, len(county.code))
        whole = land / np.maximum(county.sample, 1e-9) * (county.deep == 1)
        if whole.sum() > 0.0:
            county.irrigation_goal[:] = p.goal * whole / whole.sum() * county.sample

    def _rivers(self, world: World, now: Now, p: Any) -> None:
        """Works of whole counties, in proportion to the money; their cost is the sampled share."""
        county = world.county
        scope = (county.deep == 1) & (p.A9_7 > 0.0)
        counties = len(county.code)
        left = np.stack([1.0 - county.river_works, 1.0 - county.drought_sources]) * scope
        cost = np.array([[p.river_cost], [p.sources_cost]]) * 100.0 * county.sample
        world.ledger.ask("river_works", np.floor((left * cost).sum(axis=0)).astype(np.int64))
        share = np.minimum(1.0, p.A9_7 * pace(now, p.river_months, p.slip) * able(world))
        wanted = np.floor(left * share * cost).astype(np.int64)
        total = wanted.sum(axis=0)
        if not total.any():
            return
        money = world.ledger.draw("river_works", total, works=True)
        got = np.divide(money, total, out=np.zeros(counties), where=total > 0)
        county["river_works"] += left[0] * share * got
        county["drought_sources"] += left[1] * share * got
        first = world.starts["village"][:-1]
        world.village.paid_river_works[first] += money
