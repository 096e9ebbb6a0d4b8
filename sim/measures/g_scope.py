"""The guiding ideas that steer all measures: G5 to G9 (G1 to G4 are flags of places)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.codes import HouseGrade, Registered
from sim.world.columns import column
from sim.world.world import World

__all__ = ["INCOME", "GuidingIdeas"]

INCOME = (
    "household_stock", "specialty", "local_products", "processing", "operator_credit",
    "lead_firms", "work_rewards", "partner_projects",
)  # fmt: skip
"""Budgeted programmes from which households are to earn."""

LINKS = {
    "house": ("house_repair", "house_shared"),
    "water": ("water",),
    "road": ("village_roads", "hamlet_roads"),
    "school": ("teachers", "kindergartens", "school_aid"),
}
"""The other weak links, and the budgeted programmes that mend them."""


class GuidingIdeas(Mechanism):
    """What comes first, and how well measures fit the household and each other.

    G5: helpers give more of their time to households poor by illness, disability, schooling or
    disaster. G6: programmes from which households earn move up in the order in which money is
    given, and those that mend the weakest link, the one that most registered households (of
    roads: hamlets) lacked in January, move up further. G7: each household's measures are chosen
    for it, which the villages learn little by little; what fits is taken up more, and animals and
    job offers do more. G8: quality before haste: a record is checked before exit, and places of the
    yearly plan that nobody qualifies for are filled less. G9: measures are joined: advice and
    e-commerce in the same village raise the price of what is sold, and poor households beside the
    register are looked for.
    """

    name = "g_scope"
    zh = "总体思路：聚焦、补短、到户、质量、协同"
    clauses = ("G5", "G6", "G7", "G8", "G9")
    reads = (
        "village.commissioner", "village.ecommerce", "village.site", "household.alive",
        "household.registered", "household.house_cert", "household.water",
        "household.out_of_school", "natural.road",
    )  # fmt: skip
    writes = (
        "county.focus", "county.weakest_link", "county.income_rank",
        "village.match_quality", "village.synergy",
        "village.takeup",
        "village.herd_gain", "village.find_gain", "village.price_gain", "village.search_gain",
        "county.strict", "county.error_cut",
    )  # fmt: skip
    columns = (
        column("county", "weakest_link", "i1", "code",
               "link that most lacked in January, in the order of LINKS; -1 not yet looked",
               "最短板", start=-1),
        column("county", "income_rank", "f4", "rank",
               "mean place of the programmes from which households earn when money is short",
               "增收项目平均位次", report="mean"),
        column("village", "match_quality", "f4", "share",
               "registered households whose measures fit their cause of poverty", "因户施策匹配率",
               report="mean"),
        column("village", "synergy", "u1", "flag", "measures that need each other are joined here",
               "政策协同村", report="share"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """How well measures fitted before the plan."""
        self.open_month(now)
        world.village.match_quality[:] = self.p.match_start

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Push what the guiding ideas change."""
        village, county = world.village, world.county
        county["focus"] += p.focus * p.G5
        self._rank(world, now, p)
        match, start = village.match_quality, np.float32(p.match_start)
        goal = np.float32(p.match_start + p.G7 * (p.match_goal - p.match_start))
        match += (goal - match) / np.float32(p.match_months)
        better = match - start
        village["takeup"] += p.takeup_match * better
        village["herd_gain"] += p.herd_match * better
        village["find_gain"] += p.find_match * better
        county["strict"] += p.strict_quality * p.G8
        county["error_cut"] += p.error_quality * p.G8
        joined = (village.commissioner == 1) & (village.ecommerce == 1) & (village.site == 0)
        village.synergy[:] = joined & (p.G9 > 0.0)
        village["price_gain"] += p.price_synergy * p.G9 * joined
        village["search_gain"] += p.search_beside * p.G9

    @staticmethod
    def _rank(world: World, now: Now, p: Any) -> None:
        """Who comes first when money is short: the declared ranks, less what weak links gain."""
        ledger = world.ledger
        rank = np.array([world.columns[f"village.{name}"].rank for name in ledger.paid_columns])
        if now.calendar == 1 or world.county.weakest_link[0] < 0:
            gaps = _gaps(world)
            world.county.weakest_link[:] = list(LINKS).index(max(LINKS, key=gaps.__getitem__))
        if p.G6 > 0.0:
            weakest = list(LINKS.values())[world.county.weakest_link[0]]
            rank -= round(p.lift_income) * np.isin(ledger.programmes, INCOME)
            rank -= round(p.lift_weakest) * np.isin(ledger.programmes, weakest)
        ledger.rank[:] = rank
        earning = np.isin(ledger.programmes, INCOME)
        world.county.income_rank[:] = rank[earning].mean() if earning.any() else 0.0


def _gaps(world: World) -> dict[str, float]:
    """Share of the households on the register that lack each link, as the state sees it."""
    home = world.household
    state = home.registered
    rows = np.flatnonzero(
        (home.alive == 1) & ((state == Registered.POOR) | (state == Registered.RELAPSED))
    )
    count = max(1, rows.size)
    return {
        "house": float((home.house_cert[rows] > HouseGrade.B).sum() / count),
        "water": float((home.water[rows] == 0).sum() / count),
        "road": float((world.natural.road == 0).sum() / max(1, world.natural.road.size)),
        "school": float((home.out_of_school[rows] > 0).sum() / count),
    }
