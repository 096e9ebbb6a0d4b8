"""Action 1, points in villages: storing and processing, and the supply and marketing cooperative.

Clauses: A1.3 primary processing leans to deep-poverty areas; A1.11 supply and marketing
cooperatives bring cheaper inputs and sell the harvest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.measures.a01_places import QUARTERS, backlog, build, in_reach
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["VillagePoints"]

_PROCESSING, _SUPPLY = 1, 2  # draw indices


class VillagePoints(Mechanism):
    """Villages get a store for primary processing (A1.3) and a cooperative supply point (A1.11).

    With a store, less of the harvest spoils and what is sold fetches a margin. At a supply point
    seed, fertiliser and film are cheaper and a little more is sold well. Both are built as far
    as the money goes, deep-poverty villages first, and stay.
    """

    name = "a01_points"
    zh = "产地初加工与供销社网点"
    clauses = ("A1.3", "A1.11")
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "village.headcount_start", "township.deep", "county.deep",
    )  # fmt: skip
    writes = (
        "village.processing", "village.supply_point", "village.processing_spent",
        "village.supply_points_spent", "village.paid_processing",
        "village.paid_supply_points", "village.yield_gain", "village.price_gain",
        "village.outlay_cut",
    )  # fmt: skip
    columns = (
        account("processing", "stores and lines for primary processing", "产地初加工设施",
                family="sector", to="supplier", rank=3),
        account("supply_points", "village points of the supply cooperatives", "供销社网点建设",
                family="sector", to="supplier", rank=4),
        column("village", "processing", "u1", "flag", "store for primary processing of crops",
               "产地初加工设施", report="share"),
        column("village", "supply_point", "u1", "flag",
               "point of the supply and marketing cooperative", "供销社网点", report="share"),
        column("village", "processing_spent", "i8", "fen", "paid for the store so far",
               "初加工设施已付款"),
        column("village", "supply_points_spent", "i8", "fen", "paid for the point so far",
               "供销网点已付款"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build what the money allows, and push what is there."""
        village = world.village
        near = in_reach(world, chance, _PROCESSING, p.processing_deep * p.A1_3,
                        p.processing_other * p.A1_3)  # fmt: skip
        self._build(world, now, "processing", village.processing, near, p.processing_cost)
        near = in_reach(world, chance, _SUPPLY, p.supply_deep * p.A1_11, p.supply_other * p.A1_11)
        self._build(world, now, "supply_points", village.supply_point, near, p.supply_cost)
        store, point = village.processing, village.supply_point
        gain = p.processing_margin * store + p.supply_sales * point
        village["yield_gain"] += (p.processing_saved * store).astype(np.float32)
        village["price_gain"] += gain.astype(np.float32)
        village["outlay_cut"] += (p.supply_cut * point).astype(np.float32)

    @staticmethod
    def _build(
        world: World, now: Now, programme: str, has: np.ndarray, near: np.ndarray, yuan: float
    ) -> None:
        rows, cost = np.flatnonzero(near & (has == 0)), round(yuan * 100)
        spent = world.village[f"{programme}_spent"]
        if now.calendar in QUARTERS:
            has[build(world, programme, rows, cost, spent, works=programme == "processing")] = 1
            rows = rows[has[rows] == 0]
        world.ledger.ask(programme, backlog(world, rows, cost, spent))
