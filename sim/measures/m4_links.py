"""Means of action, partners: jobs, sales, pairs of townships and of firms and villages.

Clauses: M4.2 jobs and labour export through partners, M4.3 sales in partner cities, M4.4 pairs
of streets and townships, M4.6 a thousand firms help a thousand villages.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.a01_places import QUARTERS, deep_area, in_reach, township_part
from sim.measures.lasting import at_month
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["PartnerLinks"]

_OUTLET, _PAIR, _FIRM, _REALISED, _SLOTS = 1, 2, 3, 4, 5  # draw indices


class PartnerLinks(Mechanism):
    """Partners find places for workers, buy the harvest, and adopt townships and villages.

    Partner cities offer organised places and settle firms (M4.2): going away and finding work
    are easier, and there is more work nearby. They sell speciality goods through outlets (M4.3):
    villages in reach get a better price, and more so when the market's is low; the campaign
    fades. A township paired with a street (M4.4) gets a small grant a year and contacts that draw
    workers away. A firm that adopts a village (M4.6) promises jobs and a donation; only a part
    of the firms keep the promise.
    """

    name = "m4_links"
    zh = "帮扶劳务、消费扶贫与结对帮扶"
    clauses = ("M4.2", "M4.3", "M4.4", "M4.6")
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "village.poor_village", "village.workers", "village.headcount_start", "township.code",
        "township.county", "township.deep", "county.deep", "county.code", "county.sample",
        "county.price",
    )  # fmt: skip
    writes = (
        "village.outlet", "village.firm_pair", "township.street_pair", "village.pull_away",
        "village.find_gain", "village.local_jobs", "village.price_gain",
        "village.paid_pair_grants", "village.paid_firm_donations", "village.did_partner_places",
        "village.did_firms_realised",
    )  # fmt: skip
    changes = ("village.fund",)
    columns = (
        account("pair_grants", "small grants of streets to their township", "街镇结对帮扶资金",
                family="social", to="village", rank=4),
        account("firm_donations", "donations of firms to their village", "千企帮千村捐赠",
                family="social", to="village", rank=5),
        column("village", "outlet", "u1", "flag", "sells through outlets in partner cities",
               "消费扶贫销售渠道", report="share"),
        column("village", "firm_pair", "u1", "flag", "adopted by a firm", "千企帮千村结对村",
               report="share"),
        column("township", "street_pair", "u1", "flag", "paired with a street of a partner city",
               "街道结对乡镇", report="share"),
        deed("partner_places", "persons", "places for workers offered by partner cities",
             "帮扶城市提供岗位数"),
        deed("firms_realised", "village-months", "months in which a firm did for its village what "
             "it had promised", "千企帮千村兑现村月"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The month's pushes of the four, and what firms and streets give."""
        real = world.village.site == 0
        self._work(world, p, chance, deep_area(world) & real)
        self._sales(world, p, chance)
        self._pairs(world, now, p, chance, real)
        self._firms(world, now, p, chance)

    @staticmethod
    def _work(world: World, p: Any, chance: Any, theirs: np.ndarray) -> None:
        """M4.2: places are offered by the number of workers; firms settle nearby."""
        village = world.village
        if p.M4_2 == 0.0:
            return
        exact = p.places / 1000.0 / 12.0 * p.M4_2 * village.workers * theirs
        u = draws(chance, village.id, _SLOTS)[0]
        village["did_partner_places"] += np.floor(exact + u).astype(np.int64)
        village["pull_away"] += (p.places_pull * p.M4_2 * theirs).astype(np.float32)
        village["find_gain"] += (p.places_find * p.M4_2 * theirs).astype(np.float32)
        village["local_jobs"] += (p.partner_firms * p.M4_2 * theirs).astype(np.float32)

    @staticmethod
    def _sales(world: World, p: Any, chance: Any) -> None:
        """M4.3: a better price in reach of an outlet, and a floor under a low one."""
        village = world.village
        reach = p.outlet_reach * p.M4_3
        village.outlet[:] = in_reach(world, chance, _OUTLET, reach, p.outlet_others * reach)
        low = np.maximum(0.0, 1.0 - world.county.price[village.county])
        gain = (p.outlet_price + p.outlet_floor * low) * p.campaign
        village["price_gain"] += (gain * village.outlet).astype(np.float32)

    @staticmethod
    def _pairs(world: World, now: Now, p: Any, chance: Any, real: np.ndarray) -> None:
        """M4.4: which townships have a partner, its yearly grant, its contacts."""
        village, township = world.village, world.township
        deep = (township.deep == 1) | (world.county.deep[township.county] == 1)
        order = draws(at_month(chance, 0), township.code.astype(np.uint64), _PAIR)[0]
        order = np.where(township.deep == 1, order * p.pair_first, order)
        township.street_pair[:] = deep & (order < p.pair_reach * p.M4_4)
        paired = (township.street_pair[village.township] == 1) & real
        village["pull_away"] += (p.pair_pull * paired).astype(np.float32)
        rows = np.flatnonzero(paired)
        size = np.maximum(np.bincount(village.township, real), 1.0)[village.township[rows]]
        # the villages share their township's grant, of which the sample has its part
        part = p.pair_grant * 100.0 / size * township_part(world)[village.county[rows]]
        cost = np.floor(part).astype(np.int64)
        counties = len(world.county.code)
        wanted = np.bincount(village.county[rows], cost, counties).astype(np.int64)
        world.ledger.ask("pair_grants", wanted)
        if now.calendar != QUARTERS[1] or rows.size == 0:
            return
        given = world.ledger.draw("pair_grants", wanted)
        score = village.headcount_start[rows]
        got = within_money(village.county[rows], score, village.id[rows], cost, given)
        village.paid_pair_grants[rows[got]] += cost[got]
        village.fund[rows[got]] += cost[got]

    @staticmethod
    def _firms(world: World, now: Now, p: Any, chance: Any) -> None:
        """M4.6: adopted villages; a lasting draw says which firms keep their promise."""
        village = world.village
        reach = p.firm_reach * p.M4_6
        village.firm_pair[:] = in_reach(world, chance, _FIRM, reach, 0.0) & (
            village.poor_village == 1
        )
        u = draws(at_month(chance, 0), village.id, _REALISED)[0]
        kept = (village.firm_pair == 1) & (u < p.firm_realised)
        village["did_firms_realised"] += kept
        village["local_jobs"] += (p.firm_jobs * kept).astype(np.float32)
        rows = np.flatnonzero(kept)
        if now.calendar != QUARTERS[3] or rows.size == 0:
            return
        fen = np.int64(round(p.firm_donation * 100))
        sent = fen * np.bincount(village.county[rows], minlength=len(world.county.code))
        for county in np.flatnonzero(sent):  # not through the county's purse, but straight here
            world.ledger.grant("firm_donations", int(county), int(sent[county]))
        given = world.ledger.draw("firm_donations", sent)
        each = given[village.county[rows]] // np.maximum(1, sent // fen)[village.county[rows]]
        village.paid_firm_donations[rows] += each
        village.fund[rows] += each
