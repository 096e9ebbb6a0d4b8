"""Means of action, partners: the money they promise, and what of it comes (M4.1, M4.5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.measures.a01_places import QUARTERS, by_county, deep_area, spread
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["PartnerFunds"]


class PartnerFunds(Mechanism):
    """Eastern cities, central units and the province's own cities send money to their counties.

    What is agreed for a deep-poverty county by its people comes in monthly parts, as far as it is
    realised, into the county's purse of social assistance: from eastern cities, central units
    and the army (M4.1), and to the Tibetan counties from cities of the province (M4.5). Of this
    the county pays the partners' projects in villages, which add to the collective's capital,
    and their works, after which there is more wage work nearby; other programmes of social
    assistance ask for it too.
    """

    name = "m4_funds"
    zh = "东西部协作、定点帮扶与省内援藏资金"
    clauses = ("M4.1", "M4.5")
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "village.headcount_start", "village.persons", "township.deep", "county.deep",
        "county.yiqu_yizhou",
        "county.prefecture", "county.persons_start",
    )  # fmt: skip
    writes = (
        "village.paid_partner_projects", "village.did_partner_funds",
        "village.did_tibetan_support", "village.paid_partner_works", "village.partner_capital",
        "village.partner_works", "village.local_jobs",
    )  # fmt: skip
    changes = ("village.capital",)
    columns = (
        account("partner_projects", "partners' projects for the collectives of villages",
                "帮扶单位到村产业项目", family="social", to="village", rank=3),
        account("partner_works", "partners' works in villages", "帮扶单位援建工程",
                family="social", to="supplier", rank=4),
        column("village", "partner_capital", "i8", "fen",
               "capital given to the collective by partners", "帮扶资金形成的集体资产"),
        column("village", "partner_works", "i8", "fen", "works paid for by partners",
               "帮扶援建工程累计投入"),
        deed("partner_funds", "yuan", "sent by eastern cities, central units and the army",
             "东西部协作与定点帮扶到位资金"),
        deed("tibetan_support", "yuan", "sent to Tibetan counties by cities of the province",
             "省内对口支援藏区到位资金"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The month's part of the money comes in; projects in villages use it."""
        village, county = world.village, world.county
        first = world.starts["village"][:-1]
        here = (county.deep == 1) | (county.yiqu_yizhou == 1)
        eastern = (p.agreed_eastern + p.agreed_central) * p.realised * p.M4_1 * here
        tibetan = county.prefecture == p.tibetan_prefecture
        inside = p.agreed_inside * p.realised_inside * p.M4_5 * tibetan
        for yuan, done in (
            (eastern, village.did_partner_funds),
            (inside, village.did_tibetan_support),
        ):
            fen = np.floor(yuan * county.persons_start / 12.0 * 100.0).astype(np.int64)
            if fen.any():
                world.ledger.endow("social", fen)
                done[first] += fen // 100
        self._projects(world, now, p)

    @staticmethod
    def _projects(world: World, now: Now, p: Any) -> None:
        """Projects for collectives and works go on in turn, where money of partners comes."""
        village = world.village
        open_ = p.M4_1 > 0.0 or p.M4_5 > 0.0
        rows = np.flatnonzero(deep_area(world) & (village.site == 0) & open_)
        size = np.floor(p.project_most * 100.0 * village.persons[rows]).astype(np.int64)
        lacking = np.maximum(0, size - village.partner_capital[rows])
        if now.calendar in QUARTERS:
            part = spread(world, "partner_projects", rows, lacking)
            village.paid_partner_projects[rows] += part
            village.partner_capital[rows] += part
            village.capital[rows] += part
            lacking -= part
        world.ledger.ask("partner_projects", by_county(world, rows, lacking))
        size = np.floor(p.works_most * 100.0 * village.persons[rows]).astype(np.int64)
        lacking = np.maximum(0, size - village.partner_works[rows])
        if now.calendar in QUARTERS:
            part = spread(world, "partner_works", rows, lacking, works=True)
            village.paid_partner_works[rows] += part
            village.partner_works[rows] += part
            lacking -= part
        world.ledger.ask("partner_works", by_county(world, rows, lacking))
        whole = np.maximum(1.0, p.works_most * 100.0 * village.persons)
        done = np.minimum(1.0, village.partner_works / whole)
        village["local_jobs"] += (p.works_jobs * done).astype(np.float32)
