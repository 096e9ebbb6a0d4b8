"""Fiscal inputs (M1.7): the 40 deep-poverty townships' own funds for industry and collectives."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["TownshipFunds"]

SPENDING = (4, 7, 10)


class TownshipFunds(Mechanism):
    """Each January the deep-poverty townships get a fund, and spend it in their villages.

    It is 20 million yuan a township and year, in the sample as much a village as that is for all
    villages of the 40. A part becomes capital of the villages' collectives, the rest local
    industry, with wage jobs nearby in proportion to what has been put into it; both stay.
    """

    name = "m1_township"
    zh = "深度贫困乡镇产业与集体经济资金"
    clauses = ("M1.7",)
    reads = ("village.township", "village.site", "village.county", "township.deep",
             "township.county")  # fmt: skip
    writes = ("village.paid_township_industry", "village.local_jobs", "village.township_industry",
              "township.township_fund")  # fmt: skip
    changes = ("village.capital",)
    columns = (
        account("township_industry", "industry and collective capital from townships' funds",
                "乡镇产业与集体经济资金", family="special", to="village"),
        column("village", "township_industry", "i8", "fen",
               "put into local industry from the township's fund", "乡镇产业投入"),
        column("township", "township_fund", "f8", "yuan",
               "received by the township's own fund this year", "乡镇资金", report="mean"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Fill the funds in January, spend them in three parts, let the industry work."""
        if now.calendar == 1:
            self._fill(world, p)
        if now.calendar in SPENDING:
            self._spend(world, SPENDING.index(now.calendar), p)
        money = world.village.township_industry / 1e8  # in million yuan
        jobs = np.minimum(p.jobs_most, p.jobs_per_million * money)
        world.village["local_jobs"] += jobs.astype(np.float32)

    def _fill(self, world: World, p: Any) -> None:
        township = world.township
        homes = world.village.township[world.village.site == 0]
        villages = np.bincount(homes, minlength=len(township.code))
        yuan = p.fund / p.villages * villages * (township.deep == 1) * p.M1_7
        fen = np.floor(yuan * 100.0).astype(np.int64)
        township.township_fund[:] = p.fund * p.M1_7 * (fen > 0)
        world.ledger.fund("special", int(fen.sum()))
        rows = np.flatnonzero(fen)
        world.ledger.endow_township(rows, fen[rows])

    def _spend(self, world: World, part: int, p: Any) -> None:
        """A third of the year's money at a time, the same for each village of a township."""
        ledger, village = world.ledger, world.village
        fen = ledger.townships.balance[0] // (len(SPENDING) - part)
        rows = np.flatnonzero(fen)
        if rows.size == 0:
            return
        ledger.spend_township("township_industry", rows, fen[rows])
        free = ledger.free("township_industry")
        real = np.flatnonzero((village.site == 0) & (fen[village.township] > 0))
        of, home = village.township[real], village.county[real]
        each = fen[of] / np.bincount(of, minlength=len(fen))[of]
        whole = np.bincount(home, each, len(free))
        given = np.floor(each * (free / np.maximum(whole, 1.0))[home]).astype(np.int64)
        capital = np.floor(given * p.to_capital).astype(np.int64)
        village.capital[real] += capital
        village.township_industry[real] += given - capital
        village.paid_township_industry[real] += given
