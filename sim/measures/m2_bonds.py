"""M2, finance: bonds and loans bring money forward, and are paid back later."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import FAMILIES, column
from sim.world.world import World

__all__ = ["Bonds"]

SECTOR = FAMILIES.index("sector")


class Bonds(Mechanism):
    """General and special bonds and loans swell the sectors' purses now and drain them later.

    The province coordinates, the levels borrow, the money is raised year by year: each March a
    county gets so much for each of its poor of the end of 2016, deep-poverty counties more. After
    some years without repayment the debt is paid back in equal parts, with interest from the
    first year on, out of what lies in the purse of the sectors; what it cannot pay is added to
    the debt.
    """

    name = "m2_bonds"
    zh = "债券与贷款融资"
    clauses = ("M2.1",)
    reads = ("county.registered_start", "county.deep")
    writes = ("county.bonds", "county.debt_public", "county.bonds_years")
    columns = (
        column("county", "bonds", "f8", "yuan", "bonds and loans raised this year", "当年举债融资",
               report="total"),
        column("county", "debt_public", "f8", "yuan", "owed by the county for them",
               "政府性债务余额", report="total"),
        column("county", "bonds_years", "i4", "years", "since the first of them", "举债年数"),
    )  # fmt: skip
    months = (3,)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Pay what is due, then raise the year's money."""
        county, ledger = world.county, world.ledger
        owed = county.debt_public
        county["bonds_years"] += owed > 0
        left = np.maximum(1.0, p.grace + p.term - county.bonds_years)
        part = np.where(county.bonds_years > p.grace, 1.0 / left, 0.0)
        due = owed * (p.interest + part)
        purse = np.maximum(0, ledger.purses.balance[SECTOR])
        fen = np.minimum(np.floor(due * 100.0), purse).astype(np.int64)
        ledger.purses.flow("left", SECTOR, slice(None), fen)
        county.debt_public[:] += owed * p.interest - fen / 100.0
        deep = np.where(county.deep == 1, p.deep_more, 1.0)
        fen = np.floor(p.raised * p.M2_1 * deep * county.registered_start * 100.0).astype(np.int64)
        ledger.endow("sector", fen)
        county.bonds[:] = fen / 100.0
        county["debt_public"] += county.bonds
