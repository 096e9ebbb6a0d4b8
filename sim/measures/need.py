"""Handing out scarce places by need, the same way in every measure."""

from __future__ import annotations

import numpy as np

__all__ = ["neediest", "whole_places", "within_money"]


def neediest(rows: np.ndarray, score: np.ndarray, ids: np.ndarray, places: int) -> np.ndarray:
    """The `places` rows with the highest score, ties by id, in order of rank.

    rows, score, ids: arrays of the same length; ids are uint64 and do not depend on the
    scenario, so a tie falls the same way in every scenario and sample.
    """
    if places <= 0 or rows.size == 0:
        return rows[:0]
    if places < rows.size:  # sort only those that may be among them
        keep = score >= np.partition(score, rows.size - places)[rows.size - places]
        rows, score, ids = rows[keep], score[keep], ids[keep]
    order = np.lexsort((ids, -score))
    return rows[order[:places]]


def whole_places(exact: float, carried: float) -> tuple[int, float]:
    """Whole places out of a fractional number, and the remainder to carry to the next time."""
    total = exact + carried
    whole = int(np.floor(total + 1e-9))
    return max(0, whole), total - whole


def within_money(
    county: np.ndarray, score: np.ndarray, ids: np.ndarray, cost: np.ndarray, money: np.ndarray
) -> np.ndarray:
    """Which rows a county's money reaches, the highest score first (ties by id), as a mask.

    county: row of the county of each candidate. cost: fen of each, int64. money: fen by county.
    The order is strict: the first candidate that a county can not pay ends its list, so that
    nobody is passed over for being dear.
    """
    chosen = np.zeros(len(county), bool)
    if len(county) == 0:
        return chosen
    order = np.lexsort((ids, -np.asarray(score, np.float64), county))
    of, spent = county[order], np.cumsum(np.asarray(cost, np.int64)[order])
    first = np.flatnonzero(np.diff(of, prepend=-1))
    before = np.zeros(len(money), np.int64)
    before[of[first]] = spent[first] - np.asarray(cost, np.int64)[order][first]
    chosen[order] = spent - before[of] <= np.asarray(money, np.int64)[of]
    return chosen
