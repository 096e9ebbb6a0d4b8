"""M2, finance: bank outlets in townships, and cash in the villages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import month_index
from sim.chance import draws
from sim.kernel import kernel
from sim.livelihoods.rows import homes_of
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["BankAccess"]

_START = 1
_DUE = month_index("2020-12")


@kernel
def travel(at, persons, households, villages, counties, words, chance, p):
    """What it costs to get to one's money, in the villages where nobody hands it out."""
    near = np.int32(3.0 * p.trip_near * p.price_index * 100.0)  # a quarter has three months
    far = np.int32(3.0 * p.trip_far * p.price_index * 100.0)
    for v in range(at.first_village, at.end_village):
        if villages.cash_point[v] != 0 or villages.site[v] != 0:
            continue
        cost = near if villages.bank_near[v] != 0 else far
        for h in homes_of(villages, v):
            households.other_cost[h] += cost * np.int32(households.alive[h] != 0)


class BankAccess(Mechanism):
    """Banks come back to townships (M2.5), and farmers can draw cash in every village (M2.6).

    Reckoned by the quarter. A household in a village without a cash point travels once a month to
    draw its pension and its subsidies: to the township if a bank has an outlet there, else to the
    county seat. Without the plan a few villages a year get a point. Under M2.6 all villages of
    the deep-poverty areas get one by December 2020 (target B41), a shop with a reader; under M2.5
    a part of the townships without an outlet gets one each year, deep ones sooner. Who opens one
    is owed a reward.
    """

    name = "m2_access"
    zh = "银行网点与助农取款服务"
    clauses = ("M2.5", "M2.6")
    reads = (
        "household.alive", "village.id", "village.site", "village.deep", "village.county",
        "village.township", "village.first_household", "village.end_household",
        "township.code", "township.county", "township.deep", "county.deep", "county.yiqu_yizhou",
        "county.capacity",
    )  # fmt: skip
    writes = ("township.bank_outlet", "village.cash_point", "village.bank_near",
              "household.other_cost", "village.paid_bank_outlets",
              "village.paid_cash_points")  # fmt: skip
    columns = (
        column("township", "bank_outlet", "u1", "flag", "a bank has an outlet in the township",
               "乡镇金融网点", report="share"),
        column("village", "cash_point", "u1", "flag", "farmers can draw cash in the village",
               "助农取款服务点", report="share"),
        column("village", "bank_near", "u1", "flag",
               "a bank outlet in the township", "乡镇有银行网点"),
        account("bank_outlets", "rewards for bank outlets in townships", "金融网点奖补",
                to="supplier"),
        account("cash_points", "rewards for cash points in villages", "助农取款点奖补",
                to="supplier"),
    )  # fmt: skip
    uses = ("economy.price_index",)
    months = (3, 6, 9, 12)
    rule = travel

    def begin(self, world: World, now: Now) -> None:
        """What there is before the plan: drawn, fewer in deep-poverty places."""
        p = self._parameters.record(self, now.month)
        self.chance.month = now.month
        village, township = world.village, world.township
        u = draws(self.chance, village.id, _START)[0]
        village.cash_point[:] = u < np.where(village.deep == 1, p.points_deep, p.points_other)
        village.cash_point[village.site == 1] = 1
        u = draws(self.chance, township.code.astype(np.uint64), _START)[0]
        township.bank_outlet[:] = u < np.where(township.deep == 1, p.outlets_deep, p.outlets_other)
        village.bank_near[:] = township.bank_outlet[village.township]

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The quarter's new outlets and cash points."""
        if now.burn_in:
            return
        self._outlets(world, p, draws(chance, world.township.code.astype(np.uint64), 2)[0])
        self._points(world, now, p, draws(chance, world.village.id, 3)[0])

    @staticmethod
    def _outlets(world: World, p: Any, u: np.ndarray) -> None:
        village, township = world.village, world.township
        able = np.maximum(0.2, 1.0 + world.county.capacity[township.county])
        pace = p.outlets_pace * p.M2_5 / 4.0 * np.where(township.deep == 1, p.deep_first, 1.0)
        opened = (township.bank_outlet == 0) & (u < pace * able)
        township.bank_outlet[opened] = 1
        village.bank_near[:] = township.bank_outlet[village.township]
        # a township pays from each of its villages, so that a sample pays its share
        new = opened[village.township] & (village.site == 0)
        village.paid_bank_outlets[new] += round(p.outlet_cost / p.villages_township * 100.0)

    @staticmethod
    def _points(world: World, now: Now, p: Any, u: np.ndarray) -> None:
        village, township, county = world.village, world.township, world.county
        meant = (village.deep == 1) | (township.deep[village.township] == 1)
        meant |= (county.deep[village.county] == 1) | (county.yiqu_yizhou[village.county] == 1)
        left = max(1.0, (_DUE + p.slip - now.month) // 3 + 1.0)
        able = np.maximum(0.2, 1.0 + county.capacity[village.county])
        ordinary = p.points_pace / 4.0
        pace = np.where(meant, np.maximum(ordinary, p.M2_6 / left * able), ordinary)
        new = (village.cash_point == 0) & (u < pace)
        village.cash_point[new] = 1
        village.paid_cash_points[new & (u >= ordinary)] += round(p.point_cost * 100.0)
