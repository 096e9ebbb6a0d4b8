"""Action 1, the collective economy of villages: what the county invests each January.

Clauses: A1.4 workshops, A1.7 science-technology commissioners, A1.9 the "three changes" (land
and funds become shares), A1.10 equity from special funds, A1.12 village solar stations, A1.13
e-commerce, A1.15 the county's fund for collective economy, A1.16 party dues, A1.17 no village
without collective income in 2018, A1.18 at least 50,000 yuan a year in 2020. What commissioners
and e-commerce do to yields and prices stands in livelihoods/farming.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.need import neediest, whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["CollectiveInvestment", "common_level"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED

_ROUNDED = 13.0
"""Fen that a year's income loses because each month's is rounded down."""

_FRACTION = 2  # draw index


def common_level(earned: np.ndarray, money: float) -> float:
    """The level to which `money` can raise all who are under it."""
    order = np.sort(earned)
    below = np.arange(1, order.size + 1)
    need = order * below - np.cumsum(order)  # to bring all lower ones up to this one
    last = int(np.searchsorted(need, money, side="right"))
    return float((money + order[:last].sum()) / last) if last else 0.0


class CollectiveInvestment(Mechanism):
    """Each January the county invests in the villages' collective economy, poorest first."""

    name = "a01_investment"
    zh = "集体经济投入：车间、光伏、股权、基金"
    clauses = (
        "A1.4", "A1.7", "A1.9", "A1.10", "A1.12", "A1.13", "A1.15", "A1.16", "A1.17", "A1.18",
    )  # fmt: skip
    reads = (
        "village.id", "village.site", "village.deep", "village.poor_village",
        "village.registered_poor", "village.persons", "village.headcount_start",
        "village.first_household", "village.end_household", "village.collective_last",
        "county.code", "county.deep", "county.solar_room",
        "household.alive", "household.registered", "household.village", "household.labour",
        "household.seen_income", "household.id", "household.rented_out",
    )  # fmt: skip
    writes = (
        "village.workshop_places", "village.pv", "village.capital", "village.commissioner",
        "village.ecommerce", "household.equity", "household.coop", "village.a01_rank",
        "village.paid_workshops", "village.paid_solar", "village.paid_collective",
        "village.paid_equity", "village.did_land_shares", "village.did_equity_households",
        "county.a01_stations_carried", "county.a01_fraction",
    )  # fmt: skip
    changes = ("village.coop", "household.rented_out")
    columns = (
        account("workshops", "workshops built", "扶贫车间建设", to="supplier"),
        account("solar", "village solar stations built", "村级光伏电站建设", to="supplier"),
        account(
            "collective", "capital given to village collectives", "村集体经济发展资金", to="village"
        ),
        account("equity", "funds turned into households' equity", "折股量化资金", to="village"),
        deed("land_shares", "mu", "land of households that became a share of the collective",
             "土地入股面积"),
        deed("equity_households", "households", "households given equity in their name",
             "折股量化户数"),
        column("village", "a01_rank", "f4", "share",
               "place in the order in which advice arrives", "服务覆盖次序"),
        column("county", "a01_stations_carried", "f8", "stations",
               "fraction of a solar station not yet placed", "光伏电站余数"),
        column("county", "a01_fraction", "f8", "share",
               "fraction from which its workshops and equity are counted up", "名额起始余数"),
    )  # fmt: skip
    months = (1,)
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """The collective capital of before the plan: many villages have none (assumption)."""
        p = self._parameters.record(self, now.month)
        self.chance.month = now.month
        u = draws(self.chance, world.village.id)
        world.village.a01_rank[:] = u[2]
        # a sample has parts of a station or workshop: they begin with a drawn one
        part = draws(self.chance, world.county.code.astype(np.uint64), _FRACTION)
        world.county.a01_stations_carried[:], world.county.a01_fraction[:] = part[0], part[1]
        world.village.capital[:] = np.where(
            (u[0] < p.shell_share) | (world.village.site == 1),
            0,
            np.round(-np.log(u[1]) * p.capital_start * 100.0),
        ).astype(np.int64)

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Workshops, solar stations, capital, equity, advice, in this order."""
        rows = np.arange(*world.county_rows(county, "village").indices(len(world.village.id))[:2])
        rows = rows[world.village.site[rows] == 0]
        need = world.village.registered_poor[rows] + world.village.headcount_start[rows]
        self._advice(world, county, rows, p)
        self._workshops(world, county, rows, need, p)
        self._solar(world, county, rows, need, p)
        self._capital(world, rows, p)
        self._equity(world, county, p)

    def _advice(self, world: World, county: int, rows: np.ndarray, p: Any) -> None:
        village = world.village
        rank = village.a01_rank[rows]
        reach = np.where(village.deep[rows] == 1, p.commissioner_deep, p.commissioner_other)
        village.commissioner[rows] = (rank < reach * p.A1_7).astype(np.uint8)
        reach = p.ecommerce_deep if world.county.deep[county] else p.ecommerce_other
        village.ecommerce[rows] = (rank < reach * p.A1_13).astype(np.uint8)

    def _workshops(
        self, world: World, county: int, rows: np.ndarray, need: np.ndarray, p: Any
    ) -> None:
        """New ones go to the neediest villages; what is built stays, while there are as many."""
        village, part = world.village, world.county.a01_fraction[county]
        wanted, _ = whole_places(p.workshop_share * p.A1_4 * rows.size, part)
        built = (village.workshop_places[rows] > 0) * (1.0 + need.max(initial=0.0))
        order = neediest(rows, need + built, village.id[rows], rows.size)
        chosen, others = order[:wanted], order[wanted:]
        new = chosen[village.workshop_places[chosen] == 0]
        village.workshop_places[new] = np.int32(p.workshop_size)
        village.workshop_places[others] = 0
        village.paid_workshops[new] += round(p.workshop_cost * 100)

    def _solar(self, world: World, county: int, rows: np.ndarray, need: np.ndarray, p: Any) -> None:
        village = world.village
        fit = (village.poor_village[rows] == 1) & (village.pv[rows] == 0)
        exact = p.solar_share * p.A1_12 * float((village.poor_village[rows] == 1).sum())
        exact *= 1.0 + world.county.solar_room[county]
        places, world.county.a01_stations_carried[county] = whole_places(
            exact, world.county.a01_stations_carried[county]
        )
        chosen = neediest(rows[fit], need[fit], village.id[rows[fit]], places)
        power = np.minimum(
            p.solar_most, p.solar_per_poor * np.maximum(village.registered_poor[chosen], 1)
        )
        village.pv[chosen] = power
        village.paid_solar[chosen] += np.round(power * p.solar_cost * 100).astype(np.int64)

    def _capital(self, world: World, rows: np.ndarray, p: Any) -> None:
        """The county's fund and party dues: the lowest are raised together out of nothing (A1.17),
        then those nearest to the mark of A1.18 are brought up to it, then all get the same."""
        village, back = world.village, p.capital_return
        earned = village.capital[rows] * back + village.pv[rows] * p.solar_yield * 100
        money = (p.fund * p.A1_15 + p.dues * p.A1_16) * 100.0 * rows.size
        level = min(p.mark_shell * p.A1_17 * 100.0, common_level(earned, money * back))
        given = np.maximum(0.0, level - earned) / back
        mark = (p.mark_2020 * 100.0 + _ROUNDED) * p.A1_18
        gap = np.maximum(0.0, mark - earned - given * back) / back
        order = np.lexsort((village.id[rows], gap))
        before = np.cumsum(gap[order]) - gap[order]
        given[order] += np.clip(money - given.sum() - before, 0.0, gap[order])
        left = max(0.0, money - float(given.sum()))
        fen = np.floor(given + left / max(1, rows.size)).astype(np.int64)
        village.capital[rows] += fen
        village.paid_collective[rows] += fen

    def _equity(self, world: World, county: int, p: Any) -> None:
        """Equity for registered households short of labour; land of some becomes shares too."""
        span = world.county_rows(county, "household")
        household = world.household
        state = household.registered[span]
        fit = (household.alive[span] == 1) & ((state == POOR) | (state == RELAPSED))
        fit &= household.labour[span] < p.equity_labour
        fit &= household.equity[span] == 0
        rows = np.flatnonzero(fit) + span.start
        registered = int(((state == POOR) | (state == RELAPSED) | (state == EXITED)).sum())
        part = world.county.a01_fraction[county]
        places, _ = whole_places(p.equity_share * p.A1_10 * registered, part)
        chosen = neediest(
            rows, -household.seen_income[rows].astype(float), household.id[rows], places
        )
        fen = round(p.equity_size * 100)
        household.equity[chosen] = fen
        household.coop[chosen] = 1
        villages = household.village[chosen]
        np.add.at(world.village.paid_equity, villages, fen)
        np.add.at(world.village.did_equity_households, villages, 1)
        world.village.coop[villages] = np.where(world.village.coop[villages] == 2, 2, 1)
        if p.A1_9 > 0:
            let = household.rented_out[chosen]
            household.rented_out[chosen] = np.maximum(let, np.float32(p.land_share * p.A1_9))
            more = household.rented_out[chosen] - let
            np.add.at(world.village.did_land_shares, villages, np.rint(more).astype(np.int64))
