"""How village works go forward: a pace that meets a date, an order, and money that may not do.

What is missing is built at a pace that would complete it at the planned date. The month's money
goes into the work that is first in the order; a work is done when its cost is paid, and what is
paid for the next one so far stands in a column `county.begun_...`. So a county that gets less a
month than a work costs builds as well, only later. Each county begins at a drawn place between
two works (`lead`), so that a small sample is not late as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws
from sim.measures.lasting import at_month
from sim.measures.need import within_money
from sim.mechanism import Now
from sim.world.columns import Column, column
from sim.world.world import World

__all__ = [
    "ASKS", "RUNS", "able", "begun", "build", "by_county", "lead", "pace", "spread", "usual",
]  # fmt: skip


RUNS = (4, 6, 8, 10)
"""The months of the building season in which works are chosen and built; frost forbids others."""
ASKS = (1, 12)
"""Months in which what is missing is only asked for, so that the year's budget knows of it."""


def pace(now: Now, months: float, slip: float) -> float:
    """Share of what is missing that is built in this run, so that all is done `months` after the
    plan's start, later by `slip`."""
    if now.calendar not in RUNS:
        return 0.0
    left = PLAN_START + months + slip - now.month
    return float(1.0 / max(1.0, left * len(RUNS) / 12.0))


def usual(now: Now, yearly: float) -> float:
    """The chance that one of those missing is built in this run without the plan."""
    return float(1.0 - (1.0 - yearly) ** (1.0 / len(RUNS))) if now.calendar in RUNS else 0.0


def able(world: World) -> np.ndarray:
    """How much of the usual works each county's administration can carry through."""
    return np.asarray(np.maximum(0.2, 1.0 + world.county.capacity))


def by_county(world: World, county: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Sums by county in whole numbers; `county` holds the row of each."""
    total = np.zeros(len(world.county.code), np.int64)
    np.add.at(total, county, np.asarray(value, np.int64))
    return total


def begun(programme: str, zh: str) -> Column:
    """The column that holds what is paid for works not yet complete."""
    return column(
        "county", f"begun_{programme}", "i8", "fen",
        f"paid for works not yet complete: {programme.replace('_', ' ')} (below 0: advanced by "
        f"builders)", f"{zh}在建投入",
    )  # fmt: skip


def lead(world: World, chance: Any, index: int) -> np.ndarray:
    """Four lasting uniform numbers for each county: how much of a work builders advance."""
    return draws(at_month(chance, 0), world.county.code, index)


def build(
    world: World, programme: str, county: np.ndarray, ids: np.ndarray, score: np.ndarray,
    cost: np.ndarray, share: float | np.ndarray, advance: np.ndarray, works: bool = True,
    outside: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """Which of the works that are missing are completed in this run, as a mask.

    county, ids, score, cost: row of the county, identity, order (highest first) and cost in fen
        of each missing work. share: of their whole cost to be paid in this run (may be by county).
    advance: by county, the share of a work that builders advance (see `lead`). works: whether the
        county's builders are needed; grid and telephone companies bring their own.
    outside: share of the cost that money from outside pays which is bound to this work (central
        money, companies). The rest of the backlog is asked for.
    What is drawn is booked with the first village of the county.
    """
    paid = world.county[f"begun_{programme}"]
    missing = by_county(world, county, cost)
    backlog = np.maximum(0, missing - paid)
    world.ledger.ask(programme, np.floor(backlog * (1.0 - outside)))
    built = np.zeros(len(county), bool)
    if not np.any(share):
        return built
    wanted = np.floor(backlog * np.minimum(1.0, share * able(world))).astype(np.int64)
    for row, fen in enumerate(np.floor(wanted * outside).astype(np.int64).tolist()):
        if fen > 0:
            world.ledger.grant(programme, row, fen)
    money = world.ledger.draw(programme, wanted, works=works)
    paid += money
    world.village[f"paid_{programme}"][world.starts["village"][:-1]] += money
    number = np.bincount(county, minlength=len(paid))
    reach = paid + np.floor(advance * missing / np.maximum(1, number)).astype(np.int64)
    near = (paid > 0)[county]  # nothing is built on credit alone
    built[near] = within_money(county[near], score[near], ids[near], cost[near], reach)
    paid -= by_county(world, county[built], cost[built])
    return built


def spread(
    county: np.ndarray, ids: np.ndarray, score: np.ndarray, room: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Hand out a county's total over places in their order, each up to its room (whole numbers).

    county: row of the county of each place. total: by county. Ties of the score go by id.
    """
    order = np.lexsort((ids, -np.asarray(score, np.float64), county))
    of, space = county[order], np.asarray(room, np.int64)[order]
    filled = np.cumsum(space) - space
    first = np.flatnonzero(np.diff(of, prepend=-1))
    start = np.zeros(len(total), np.int64)
    start[of[first]] = filled[first]
    given = np.zeros(len(county), np.int64)
    given[order] = np.clip(np.asarray(total, np.int64)[of] - (filled - start[of]), 0, space)
    return given
