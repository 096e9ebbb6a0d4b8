"""Means of action, social workers and sponsors (M4.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.measures.a01_places import in_reach
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["SocialWork"]

_ORDER = 1  # draw index


class SocialWork(Mechanism):
    """Social workers come to some villages: they notice need, explain support, and find sponsors.

    Where one is at work, visits overlook less and people are readier to take up what is offered.
    Each winter, sponsors from outside (societies, firms, single people) give the households for
    whom nobody can work, and whose need was noticed, a sum of money.
    """

    name = "m4_social"
    zh = "社会工作与包干帮扶"
    clauses = ("M4.8",)
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "township.deep", "county.deep", "household.alive", "household.registered",
        "household.village", "household.labour", "household.seen_gap", "household.seen_shock",
    )  # fmt: skip
    writes = (
        "village.social_worker", "village.detect_gain", "village.takeup",
        "village.paid_sponsors", "village.did_sponsored", "household.transfer",
        "household.granted",
    )  # fmt: skip
    columns = (
        account("sponsors", "money of sponsors for households", "社会包干帮扶资金",
                family="social", to="household", rank=5),
        column("village", "social_worker", "u1", "flag", "a social worker is at work",
               "有社会工作者服务", report="share"),
        deed("sponsored", "households", "households given money by sponsors", "包干帮扶户数"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Where social workers are, what they push, and in winter the sponsors' money."""
        village = world.village
        reach = p.social_reach * p.M4_8
        village.social_worker[:] = in_reach(world, chance, _ORDER, reach, p.social_others * reach)
        there = village.social_worker
        village["detect_gain"] += (p.social_detect * there).astype(np.float32)
        village["takeup"] += (p.social_takeup * there).astype(np.float32)
        if now.calendar == int(p.sponsor_month) and there.any():
            self._sponsor(world, p)

    @staticmethod
    def _sponsor(world: World, p: Any) -> None:
        home, village = world.household, world.village
        state = home.registered
        rows = np.flatnonzero(
            ((state == Registered.POOR) | (state == Registered.RELAPSED)) & (home.alive == 1)
        )
        of = home.village[rows]
        noticed = (home.labour[rows] < p.sponsor_labour) | (home.seen_gap[rows] == 1)
        noticed |= home.seen_shock[rows] != 0
        rows = rows[noticed & (village.social_worker[of] == 1)]
        of = village.county[home.village[rows]]
        fen = np.int64(round(p.sponsor_gift * 100))
        number = np.bincount(of, minlength=len(world.county.code))
        for county in np.flatnonzero(number):  # from outside, for this alone
            world.ledger.grant("sponsors", int(county), int(fen * number[county]))
        given = world.ledger.draw("sponsors", fen * number)
        each = (given // np.maximum(number, 1))[of]
        home["transfer"][rows] += each.astype(np.int32)
        home["granted"][rows] += each.astype(np.int32)
        np.add.at(village.paid_sponsors, home.village[rows], each)
        np.add.at(village.did_sponsored, home.village[rows], 1)
