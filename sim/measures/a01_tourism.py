"""Action 1, rural tourism: villages with something to show receive guests (A1.14)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.measures.a01_places import QUARTERS, backlog, build, in_reach
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["RuralTourism"]

_ORDER = 1  # draw index
_HOST = 114  # number of the lasting trait


@kernel
def receive(at, persons, households, villages, counties, words, chance, p):
    """What the hosts of the villages with tourism earn this month."""
    open_share = p.tourism_season[at.calendar - 1] * p.tourism_open
    if open_share <= 0.0:
        return
    earned = np.int32(p.host_income * p.wage_index * open_share / 12.0 * 100.0 + 0.5)
    for v in range(at.first_village, at.end_village):
        if villages.tourism[v] == 0:
            continue
        for h in range(villages.first_household[v], villages.end_household[v]):
            if households.alive[h] != 0 and trait(households.id[h], _HOST) < p.host_share:
                households.business[h] += earned
                villages.did_tourism_months[v] += 1


class RuralTourism(Mechanism):
    """Demonstration villages receive guests: some households are hosts, and there is work nearby.

    Only some villages have something to show. Hosts (a lasting trait) earn by season; while guests
    come, wage work nearby is easier to find. In the pandemic of 2020 nobody comes for months.
    """

    name = "a01_tourism"
    zh = "乡村旅游示范村"
    clauses = ("A1.14",)
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "village.headcount_start", "village.first_household", "village.end_household",
        "township.deep", "county.deep", "household.id", "household.alive",
    )  # fmt: skip
    writes = ("village.tourism", "village.tourism_spent", "village.paid_tourism",
              "village.local_jobs",
              "village.did_tourism_months", "household.business")  # fmt: skip
    columns = (
        account("tourism", "works in villages with rural tourism", "乡村旅游建设",
                family="sector", to="supplier", rank=4),
        column("village", "tourism", "u1", "flag", "demonstration village of rural tourism",
               "乡村旅游示范村", report="share"),
        column("village", "tourism_spent", "i8", "fen", "paid for its fitting out so far",
               "旅游建设已付款"),
        deed("tourism_months", "household-months", "months in which a household had guests",
             "农家乐营业户月"),
    )  # fmt: skip
    uses = ("economy.wage_index", "pandemic.tourism_open")
    in_burn_in = False
    rule = receive

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Fit out villages as far as the money goes; jobs nearby while guests come."""
        village = world.village
        near = in_reach(world, chance, _ORDER, p.tourism_deep * p.A1_14, p.tourism_other * p.A1_14)
        rows, cost = np.flatnonzero(near & (village.tourism == 0)), round(p.tourism_cost * 100)
        spent = village.tourism_spent
        if now.calendar in QUARTERS:
            village.tourism[build(world, "tourism", rows, cost, spent, works=True)] = 1
            rows = rows[village.tourism[rows] == 0]
        world.ledger.ask("tourism", backlog(world, rows, cost, spent))
        jobs = p.tourism_jobs * p.tourism_open
        village["local_jobs"] += (jobs * village.tourism).astype(np.float32)
