"""Fiscal inputs (M1.6): work for relief, wages out of the money of public works."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.kernel import kernel
from sim.measures.need import neediest
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["ReliefWork"]


@kernel
def _in_turn(ids, alive, labour, registered, first, end, least, turns, month, rows, theirs):
    """List the households that can work and are registered, or whose turn it is; how many."""
    turn = month % turns
    count = 0
    for h in range(first, end):
        state = registered[h]
        poor = (state == Registered.POOR) | (state == Registered.RELAPSED)
        poor |= state == Registered.EXITED
        if (alive[h] == 1) & (labour[h] >= least) and (poor or ids[h] % turns == turn):
            rows[count] = h
            theirs[count] = poor
            count += 1
    return count


class ReliefWork(Mechanism):
    """A part of what public works cost is labour pay for people of the county.

    Each month a share of what was built the month before is set aside from the same accounts,
    on top of what the builders got; three times a year it is paid out, a season's pay to one
    worker a household. Registered households get a share of it, those seen as poorest first; the
    rest goes to others who can work, whose turn comes round. Without the clause both shares are
    lower.
    """

    name = "m1_relief_work"
    zh = "以工代赈劳务报酬"
    clauses = ("M1.6",)
    reads = (
        "household.id", "household.alive", "household.registered", "household.village",
        "household.labour", "household.seen_income",
    )  # fmt: skip
    writes = ("household.wage", "household.granted", "village.paid_relief_work",
              "village.did_relief_pay", "village.did_relief_pay_registered",
              "county.relief_share")  # fmt: skip
    columns = (
        account("relief_work", "labour pay in public works", "以工代赈劳务报酬", family="special",
                to="household"),
        deed("relief_pay", "yuan", "labour pay of public works paid to people of the county",
             "以工代赈劳务报酬"),
        deed("relief_pay_registered", "yuan", "of that, to registered households",
             "其中发放给建档立卡户"),
        column("county", "relief_share", "f4", "share",
               "of the money of public works, set aside as labour pay", "以工代赈劳务报酬比例",
               report="mean"),
    )  # fmt: skip
    uses = ("economy.wage_index",)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Set labour pay aside from the accounts of last month's works."""
        ledger = world.ledger
        share = p.pay_before + (p.pay_share - p.pay_before) * p.M1_6
        world.county.relief_share[:] = share
        for row in np.flatnonzero(ledger.built_last.any(axis=1)):
            name = ledger.programmes[row]
            if ledger.family[row]:
                due = np.floor(ledger.built_last[row] * share).astype(np.int64)
                ledger.divert(name, "relief_work", np.minimum(due, ledger.free(name)))

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Pay it out as a season's wages."""
        if now.calendar not in (p.payday_1, p.payday_2, p.payday_3):
            return
        money = int(world.ledger.free("relief_work")[county])
        pay = round(p.season_pay * p.wage_index * 100)
        if money < pay:
            return
        household = world.household
        span = world.county_rows(county, "household")
        rows = np.empty(span.stop - span.start + 1, np.int64)
        theirs = np.empty(len(rows), np.bool_)
        count = _in_turn(
            household.id, household.alive, household.labour, household.registered,
            span.start, span.stop, p.labour, np.uint64(p.turns), np.uint64(now.month), rows, theirs,
        )  # fmt: skip
        rows, theirs = rows[:count], theirs[:count]
        part = p.poor_before + (p.poor_share - p.poor_before) * p.M1_6
        places = money // pay
        first = min(int(np.ceil(places * part)), places)
        seen = -household.seen_income[rows[theirs]].astype(np.float64)
        registered = neediest(rows[theirs], seen, household.id[rows[theirs]], first)
        rest = rows[~theirs]
        others = neediest(
            rest, draws(chance, household.id[rest])[0], household.id[rest], places - first
        )
        self._pay(world, registered, pay, ("relief_pay", "relief_pay_registered"))
        self._pay(world, others, pay, ("relief_pay",))

    @staticmethod
    def _pay(world: World, rows: np.ndarray, fen: int, deeds: tuple[str, ...]) -> None:
        household, village = world.household, world.village
        household.wage[rows] += fen
        household.granted[rows] += fen
        np.add.at(village.paid_relief_work, household.village[rows], fen)
        for name in deeds:
            np.add.at(village[f"did_{name}"], household.village[rows], fen // 100)
