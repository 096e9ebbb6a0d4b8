"""M2, finance: bank outlets in townships, and cash in the villages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import month_index
from sim.chance import draws
from sim.kernel import kernel
from sim.livelihoods.rows import homes_of
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["BankAccess"]

_START = 1
_DUE = month_index("2020-12")


@kernel
def travel(at, persons, households, villages, counties, words, chance, p):
    """What it costs to get to one's money, in the villages where nobody hands it out."""
    near = np.int32(p.trip_near * p.price_index * 100.0)
    far = np.int32(p.trip_far * p.price_index * 100.0)
    for v in range(at.first_village, at.end_village):
        if villages.cash_point[v] != 0 or villages.site[v] != 0:
            continue
        cost = near if villages.bank_near[v] != 0 else far
        for h in homes_of(villages, v):
            households.other_cost[h] += cost * np.int32(households.alive[h] != 0)


class BankAccess(Mechanism):
    """Banks come back to townships (M2.5), and farmers can draw cash in every village (M2.6).

    A household in a village without a cash point travels once a month to draw its pension and
    its subsidies: to the township if a bank has an outlet there, else to the county seat. Without
    the plan a few villages a year get a point. Under M2.6 all villages of the deep-poverty areas
    get one by December 2020 (target B41), a shop with a reader that the province rewards; under
    M2.5 a part of the townships without an outlet gets one each year, deep ones first.
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
                family="sector", to="supplier", rank=2),
        account("cash_points", "rewards for cash points in villages", "助农取款点奖补",
                family="sector", to="supplier", rank=1),
    )  # fmt: skip
    uses = ("economy.price_index",)
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
        if now.calendar % 3 != 0 or now.burn_in:
            return
        village, township, county = world.village, world.township, world.county
        able = np.maximum(0.2, 1.0 + county.capacity)
        u = draws(chance, township.code.astype(np.uint64), 2)
        pace = p.outlets_pace * p.M2_5 / 4.0 * np.where(township.deep == 1, p.deep_first, 1.0)
        rows = np.flatnonzero((township.bank_outlet == 0)
                              & (u[0] < pace * able[township.county]))  # fmt: skip
        missing = np.flatnonzero(township.bank_outlet == 0) if p.M2_5 > 0 else rows[:0]
        first = np.full(len(township.code), len(village.id))
        np.minimum.at(first, village.township, np.arange(len(village.id)))
        rows = rows[first[rows] < len(village.id)]  # townships of which a village is simulated
        missing = missing[first[missing] < len(village.id)]
        weight = np.bincount(village.township, minlength=len(township.code)) / np.maximum(
            1, p.villages_township
        )
        cost = np.rint(p.outlet_cost * 100.0 * np.minimum(1.0, weight)).astype(np.int64)
        _ask(world, "bank_outlets", township.county[missing], cost[missing])
        got = _pay(world, "bank_outlets", township.county[rows], township.deep[rows],
                   township.code[rows].astype(np.uint64), cost[rows])  # fmt: skip
        township.bank_outlet[rows[got]] = 1
        village.paid_bank_outlets[first[rows[got]]] += cost[rows[got]]
        village.bank_near[:] = township.bank_outlet[village.township]

        meant = (village.deep == 1) | (township.deep[village.township] == 1)
        meant |= (county.deep[village.county] == 1) | (county.yiqu_yizhou[village.county] == 1)
        meant &= village.cash_point == 0
        u = draws(chance, village.id, 3)[0]
        by_itself = (village.cash_point == 0) & (u < p.points_pace / 4.0)
        village.cash_point[by_itself] = 1
        left = max(1.0, (_DUE + p.slip - now.month) // 3 + 1.0)
        pace = p.M2_6 / left * able[village.county]
        rows = np.flatnonzero(meant & ~by_itself & (u < p.points_pace / 4.0 + pace))
        cost = np.full(len(village.id), round(p.point_cost * 100.0), np.int64)
        waiting = np.flatnonzero(meant & ~by_itself) if p.M2_6 > 0 else rows[:0]
        _ask(world, "cash_points", village.county[waiting], cost[waiting])
        got = _pay(world, "cash_points", village.county[rows], village.deep[rows],
                   village.id[rows], cost[rows])  # fmt: skip
        village.cash_point[rows[got]] = 1
        village.paid_cash_points[rows[got]] += cost[rows[got]]


def _by_county(world: World, county: np.ndarray, fen: np.ndarray) -> np.ndarray:
    out = np.zeros(len(world.county.code), np.int64)
    np.add.at(out, county, fen)
    return out


def _ask(world: World, programme: str, county: np.ndarray, fen: np.ndarray) -> None:
    world.ledger.ask(programme, _by_county(world, county, fen))


def _pay(
    world: World, programme: str, county: np.ndarray, score: np.ndarray, ids: np.ndarray,
    cost: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Which of those whose turn it is the county can pay."""
    given = world.ledger.draw(programme, _by_county(world, county, cost))
    return within_money(county.astype(np.int64), score, ids, cost, given)
