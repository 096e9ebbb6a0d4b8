"""Action 8, social protection: houses where the old and the disabled are cared for by day."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["CareHouses"]


class CareHouses(Mechanism):
    """Villages get mutual-aid houses and day care, deep-poverty villages first, as money allows.

    Some villages have a house already; without A8.5 none is added. A house stands for all kinds
    that the plan names (homes for the old, mutual-aid houses, day care, care of the disabled), as
    they differ here only in who lives there. Its neighbours run it, so that it costs the building
    alone; a part of that comes from charity and firms. In a village with a house the hold of
    dependants on those who could work is lighter, whoever built it; only what is built under the
    plan counts as its effect.
    """

    name = "a08_care"
    zh = "互助老人幸福院、日间照料和托养机构建设"
    clauses = ("A8.5",)
    reads = (
        "village.id", "village.county", "village.site", "village.deep", "village.persons",
        "village.registered_poor", "county.code",
    )  # fmt: skip
    writes = (
        "village.care_house", "village.carers_freed", "village.paid_care_houses",
        "village.did_care_houses_built",
    )  # fmt: skip
    columns = (
        column("village", "care_house", "u1", "code",
               "house for care by day: 0 none, 1 since before the plan, 2 built under it",
               "互助幸福院等照料设施"),
        account("care_houses", "houses for care by day built", "养老照料设施建设支出",
                family="sector", to="supplier", rank=4),
        deed("care_houses_built", "villages", "that got a house for care by day",
             "新建照料设施村数"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """The houses of before the plan, by draw."""
        self.open_month(now)
        village = world.village
        stands = draws(self.chance, village.id)[0] < self.p.house_start
        village.care_house[:] = stands & (village.site == 0)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build where there is none, and lighten the hold of dependants where one was built."""
        village = world.village
        cost = round(p.house_cost * (1.0 - p.social_share) * 100.0)
        rows = np.flatnonzero((village.care_house == 0) & (village.site == 0))
        county = village.county[rows].astype(np.int64)
        backlog = np.bincount(county, minlength=len(world.county.code)) * cost
        if p.A8_5 <= 0.0:
            backlog[:] = 0
        world.ledger.ask("care_houses", backlog)
        if backlog.any():
            exact = backlog / cost * min(1.0, p.A8_5 / p.house_months)
            u = draws(chance, world.county.code.astype(np.uint64))[0]
            whole = np.floor(exact) + (u < exact - np.floor(exact))  # a county builds whole houses
            wanted = (whole * cost).astype(np.int64)
            given = world.ledger.draw("care_houses", wanted, works=True)
            score = village.registered_poor[rows] / np.maximum(village.persons[rows], 1)
            score = score + p.deep_first * village.deep[rows]
            price = np.full(len(rows), cost, np.int64)
            built = rows[within_money(county, score, village.id[rows], price, given)]
            village.care_house[built] = 2
            village.paid_care_houses[built] += cost
            village.did_care_houses_built[built] += 1
        village.carers_freed[village.care_house == 2] += np.float32(p.house_gain)
