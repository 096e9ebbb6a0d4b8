"""What the village programmes of action 1 have in common: where they go, and how they are paid."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.lasting import at_month
from sim.world.world import World

__all__ = [
    "QUARTERS",
    "backlog",
    "build",
    "by_county",
    "deep_area",
    "in_order",
    "in_reach",
    "spread",
    "township_part",
]

QUARTERS = (2, 5, 8, 11)
"""Calendar months in which projects are begun: after each quarter's budget has come in."""

ROUNDING = 100
"""Fen that may lack when a project is done: the ledger keeps a few back in each account."""


def deep_area(world: World) -> np.ndarray:
    """Which villages are in a deep-poverty county or township, or are deep-poverty villages."""
    village = world.village
    deep = world.county.deep[village.county] == 1
    deep |= world.township.deep[village.township] == 1
    return np.asarray(deep | (village.deep == 1))


def in_reach(world: World, chance: Any, index: int, deep: float, other: float) -> np.ndarray:
    """Which villages a programme has come to in the order of a lasting draw, as far as `deep` of
    the villages of deep-poverty areas and `other` of the others. Settlements are left out."""
    order = draws(at_month(chance, 0), world.village.id, index)[0]
    near = order < np.where(deep_area(world), deep, other)
    return np.asarray(near & (world.village.site == 0))


def township_part(world: World) -> np.ndarray:
    """How much of a township's budget each township with villages in the sample stands for, by
    county: the sample's share, and more where townships have no village in it."""
    village, township, counties = world.village, world.township, len(world.county.code)
    present = np.zeros(len(township.code), bool)
    present[village.township[village.site == 0]] = True
    here = np.bincount(township.county[present], minlength=counties)
    every = np.bincount(township.county, minlength=counties)
    return np.asarray(world.county.sample * every / np.maximum(1, here))


def by_county(world: World, rows: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The sum of whole amounts of villages by county, int64."""
    of = world.village.county[rows]
    return np.bincount(of, amount, len(world.county.code)).astype(np.int64)


def spread(
    world: World, programme: str, rows: np.ndarray, cost: np.ndarray, works: bool = False
) -> np.ndarray:
    """What of a programme's money each of some villages gets this month (fen, by row).

    rows: villages that wait; cost: what is still to be paid in each, int64. Deep-poverty villages
    come first, then those with the higher share of registered poor at the start; the last one
    that a county's money reaches gets a part. The caller pays it, or less.
    """
    village = world.village
    given = world.ledger.draw(programme, by_county(world, rows, cost), works=works)
    score = 1.0 * village.deep[rows] + village.headcount_start[rows]
    return in_order(village.county[rows], score, village.id[rows], cost, given)


def in_order(
    county: np.ndarray, score: np.ndarray, ids: np.ndarray, cost: np.ndarray, money: np.ndarray
) -> np.ndarray:
    """What each place gets of its county's money: its cost while the money lasts, those with the
    higher score first (ties by id), the last one a part. fen, in the order of the arguments."""
    order = np.lexsort((ids, -np.asarray(score, np.float64), county))
    of, before = county[order], np.cumsum(cost[order]) - cost[order]
    start = np.zeros(len(money), np.int64)
    first = np.flatnonzero(np.diff(of, prepend=-1))
    start[of[first]] = before[first]
    part = np.zeros(len(county), np.int64)
    part[order] = np.clip(money[of] - (before - start[of]), 0, cost[order])
    return part


def build(
    world: World, programme: str, rows: np.ndarray, cost: int, spent: np.ndarray,
    works: bool = False,
) -> np.ndarray:  # fmt: skip
    """Pay for one project of `cost` fen in each of some villages; those where it is complete.

    spent: a village column with what has been paid for the project so far; it is added to.
    """
    part = spread(world, programme, rows, cost - spent[rows], works)
    world.village[f"paid_{programme}"][rows] += part
    spent[rows] += part
    return np.asarray(rows[spent[rows] >= cost - ROUNDING])


def backlog(world: World, rows: np.ndarray, cost: int, spent: np.ndarray) -> np.ndarray:
    """What is still to be paid for the projects of some villages, by county (fen)."""
    return by_county(world, rows, np.maximum(0, cost - spent[rows]))
