"""Handing out scarce places by need, the same way in every measure."""

from __future__ import annotations

import numpy as np

__all__ = ["neediest", "whole_places"]


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
