"""Land (M5): what land brings in, and what it lets villages do.

M5.1, M5.7 and M5.8 act on how much can be built and stand with the builders (M3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.codes import Relocation
from sim.world.columns import column
from sim.world.world import World

__all__ = ["LandQuotas", "VillageLand"]

_RENTED = 1  # draw indices
_VIEWING = 2


class LandQuotas(Mechanism):
    """Homesteads left behind become farmland, and the quota for it is sold (M5.2, M5.3, M5.9).

    Each January: a household that moved in the year before leaves a homestead that is reclaimed.
    A county may sell what its yearly limit allows, under M5.2 all of it. Under M5.3 it is sold to
    the East and the money reaches the county's purse for the sectors; without it there is no
    buyer. Under M5.9 farmland won by consolidation goes into the national balance for money too.
    """

    name = "m5_quotas"
    zh = "增减挂钩节余指标与占补平衡"
    clauses = ("M5.2", "M5.3", "M5.9")
    reads = ("household.alive", "household.relocation", "household.relocation_month",
             "household.village", "village.county", "county.sample", "county.deep")  # fmt: skip
    writes = ("county.linkage_mu", "county.linkage_revenue", "county.balance_revenue")
    columns = (
        column("county", "linkage_mu", "f8", "mu", "homesteads reclaimed that may be sold",
               "增减挂钩节余指标", report="total"),
        column("county", "linkage_revenue", "f8", "yuan",
               "got this year for quotas sold to the East", "节余指标交易收益", report="total"),
        column("county", "balance_revenue", "f8", "yuan",
               "got this year for new farmland in the national balance", "占补平衡收益",
               report="total"),
    )  # fmt: skip
    months = (1,)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Reclaim, sell, and pay into the counties' purses."""
        county, household = world.county, world.household
        moved = (household.relocation == Relocation.MOVED) & (household.alive == 1)
        moved &= household.relocation_month >= now.month - 12
        of = world.village.county[household.village[moved]]
        mu = np.bincount(of, minlength=len(county.code)) * p.homestead * p.reclaimed
        limit = p.linkage_limit * county.sample
        county.linkage_mu[:] = np.minimum(mu, limit) + np.maximum(0.0, mu - limit) * p.M5_2
        county.linkage_revenue[:] = county.linkage_mu * p.linkage_price * p.M5_3
        won = np.where(county.deep == 1, p.consolidated, p.consolidated_other)
        county.balance_revenue[:] = won * county.sample * p.balance_price * p.M5_9
        money = (county.linkage_revenue + county.balance_revenue) * 100.0
        world.ledger.endow("sector", np.floor(money).astype(np.int64))


class VillageLand(Mechanism):
    """Villages let construction land (M5.4), fit out sights (M5.5), find room for sun (M5.6).

    A lasting draw says which villages have construction land that a firm wants: under M5.4 they
    bring it in and get a rent. In villages with tourism, platforms and walkways that need no
    change of land class come sooner under M5.5, and with them work nearby. Solar stations on
    farmland that is not basic farmland keep its class under M5.6, so more villages have room.
    """

    name = "m5_village"
    zh = "集体建设用地、旅游设施与光伏用地"
    clauses = ("M5.4", "M5.5", "M5.6")
    reads = ("village.id", "village.site", "village.tourism")
    writes = ("village.land_rent", "village.viewing", "village.local_jobs", "county.solar_room")
    changes = ("village.fund", "village.collective_year")
    columns = (
        column("village", "land_rent", "u1", "flag",
               "collective construction land brought into a firm", "集体建设用地入股",
               report="share"),
        column("village", "viewing", "u1", "flag",
               "viewing platforms and walkways for guests", "旅游观景设施", report="share"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Rents once a year, platforms and their jobs, room for solar stations."""
        village = world.village
        world.county["solar_room"] += np.float32(p.solar_room * p.M5_6)
        if now.calendar == p.rent_month:
            month, chance.month = int(chance.month), 0  # a lasting trait
            suited = draws(chance, village.id, _RENTED)[0]
            chance.month = month
            wanted = (suited < p.rent_share * p.M5_4) & (village.site == 0)
            village.land_rent[:] = wanted
            rent = np.where(wanted, round(p.rent * 100), 0)
            village["fund"] += rent
            village["collective_year"] += rent
        lag = p.viewing_lag - p.viewing_cut * p.M5_5
        hosts = np.flatnonzero((village.tourism == 1) & (village.viewing == 0))
        u = draws(chance, village.id[hosts], _VIEWING)[0]
        village.viewing[hosts[u < 1.0 / lag]] = 1
        village["local_jobs"] += (p.viewing_jobs * village.viewing).astype(np.float32)
