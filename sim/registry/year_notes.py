"""What is remembered of a household from one year to the next, for the count: how long it has
been poor by income, and what it lived on when the year began. Nothing acts on these."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.codes import Job, Registered
from sim.world.columns import column
from sim.world.world import World

__all__ = [
    "ASSETS", "AT_RISK", "FARMING", "OTHER_PAID", "UNKNOWN", "WAGE_JOBS", "WORKING", "PoorYears",
    "YearKind", "below",
]  # fmt: skip

UNKNOWN = 100
"""`poor_years` of a spell that was there already when the counting began."""
WAGE_JOBS = (Job.LOCAL, Job.WORKSHOP, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)
OTHER_PAID = (Job.POST, Job.BUSINESS)
WORKING, FARMING, ASSETS, AT_RISK = 1, 2, 4, 8
"""Bits of `year_kind`."""


class PoorYears(Mechanism):
    """Counts in how many Decembers in a row a household was poor by income, or no longer was.

    As a yearly survey would: whole income of the twelve months, a head, against the line. The
    count begins a year after the start of a run.
    """

    name = "poor_years"
    zh = "连续收入贫困年数（仅供统计）"
    reason = "the chance to leave and to fall back by time spent (science brief G.6)"
    reads = ("household.alive", "household.size", "household.income12_all")
    writes = ("household.poor_years", "household.poor_years_before")
    columns = (
        column("household", "poor_years", "i1", "years",
            "Decembers in a row below the line by whole income; below 0: since it last was; 0 "
            "never seen below; 100 and more: from before the count",
            "连续收入贫困年数"),
        column("household", "poor_years_before", "i1", "years", "the same a year ago",
            "上年连续收入贫困年数"),
    )  # fmt: skip
    uses = ("calendar.line",)
    months = (12,)

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """One year more of the state that goes on, or the first year of another."""
        if now.month - now.first < 12:
            return
        rows = world.county_rows(county, "household")
        home = world.household
        before = home["poor_years"][rows].astype(np.int64)
        poor = below(home["income12_all"][rows], home["size"][rows], p.line)
        lives = (home["alive"][rows] != 0) & (home["size"][rows] > 0)
        first = now.month - now.first < 24
        entered = UNKNOWN if first else 1
        years = np.where(poor, np.where(before > 0, before + 1, entered),
                         np.where(before > 0, -1, np.where(before < 0, before - 1, 0)))  # fmt: skip
        home["poor_years_before"][rows] = before
        home["poor_years"][rows] = np.where(lives, np.clip(years, -127, 127), 0)


class YearKind(Mechanism):
    """Notes each January what exited households live on that are not truly poor.

    A household works if a member has a job for wages; it farms if none has, none holds a post or
    runs a business, and a member farms. Productive assets: livestock and collective equity a
    head, above the median of these households.
    """

    name = "year_kind"
    zh = "年初脱贫户类型（仅供统计）"
    reason = "who falls back, by work and by assets (science brief G.6)"
    reads = (
        "person.alive", "person.household", "person.job", "household.alive", "household.size",
        "household.registered", "household.poor", "household.livestock", "household.equity",
    )  # fmt: skip
    writes = ("household.year_kind",)
    columns = (
        column("household", "year_kind", "u1", "bits",
            "in January, of exited households that are not truly poor (8): 1 works for wages, "
            "2 farms only, 4 productive assets above the median",
            "年初脱贫户类型"),
    )  # fmt: skip
    months = (1,)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """On the state of last December."""
        home, person = world.household, world.person
        lives = (home["alive"] != 0) & (home["size"] > 0)
        risk = lives & (home["registered"] == Registered.EXITED) & (home["poor"] == 0)
        members = np.flatnonzero((person["alive"] != 0) & (person["household"] >= 0))
        of, job = person["household"][members], person["job"][members]

        def any_in(jobs: tuple[int, ...]) -> np.ndarray:
            return np.bincount(of[np.isin(job, jobs)], minlength=len(lives)) > 0

        works, farms, paid = any_in(WAGE_JOBS), any_in((Job.FARM,)), any_in(OTHER_PAID)
        owned = home["livestock"].astype(np.int64) + home["equity"]
        head = owned / np.maximum(home["size"], 1)
        rich = head > np.median(head[risk]) if risk.any() else np.zeros(len(lives), bool)
        kind = AT_RISK + WORKING * works + FARMING * (farms & ~works & ~paid) + ASSETS * rich
        home["year_kind"][:] = np.where(risk, kind, 0)


def below(income: np.ndarray, size: np.ndarray, line: float) -> np.ndarray:
    """Whether households' income (fen) lies below the line (yuan a head)."""
    return np.asarray(income < line * 100.0 * size)
