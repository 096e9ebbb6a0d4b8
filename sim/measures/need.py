"""Handing out scarce places by need, the same way in every measure."""

from __future__ import annotations

import numpy as np

__all__ = ["first_of_each", "neediest", "whole_places"]


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


def first_of_each(
    rows: np.ndarray, group: np.ndarray, rank: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """One row of each group: the one with the lowest rank, ties by id."""
    if rows.size == 0:
        return rows
    order = np.lexsort((ids, rank, group))
    rows, group = rows[order], group[order]
    first = np.ones(rows.size, bool)
    first[1:] = group[1:] != group[:-1]
    return rows[first]


def whole_places(exact: float, carried: float) -> tuple[int, float]:
    """Whole places out of a fractional number, and the remainder to carry to the next time."""
    total = exact + carried
    whole = int(np.floor(total + 1e-9))
    return max(0, whole), total - whole
