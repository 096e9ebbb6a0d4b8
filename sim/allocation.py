"""Sharing out money that does not reach everybody who asks: the rules, in one place.

A rule is a choice of the policy (`m1_budget.allocation`): first come the first in rank, or all in
proportion to what they ask, or those first whose gap is largest, or all alike.
"""

from __future__ import annotations

import numpy as np

__all__ = ["EQUAL", "LARGEST_GAP", "PRIORITY", "PROPORTIONAL", "share_out"]

PRIORITY, PROPORTIONAL, LARGEST_GAP, EQUAL = 0, 1, 2, 3
"""The rules, in the order of the choices of their parameter."""


def share_out(total: int, asked: np.ndarray, rank: np.ndarray, rule: int) -> np.ndarray:
    """Whole fen for each who asks, together at most `total` and for none more than it asks.

    asked: fen, int64. rank: who comes first under the rule "priority" (1 before 2; those of one
    rank share in proportion). "largest gap" lowers the largest requests first, until those that
    are left open are equal; "equal" gives all the same, up to what they ask. What rounding leaves
    over stays unspent (less than one fen for each who asks).
    """
    asked = np.maximum(np.asarray(asked, np.int64), 0)
    total = max(0, int(total))
    if int(asked.sum()) <= total:
        return asked.copy()
    if rule == PROPORTIONAL:
        return _in_proportion(total, asked)
    if rule == EQUAL:
        return np.minimum(asked, _water_level(total, asked))
    if rule == LARGEST_GAP:  # what stays open is level: the mirror image of "equal"
        left_open = np.minimum(asked, _water_level(int(asked.sum()) - total, asked, up=True))
        return asked - left_open
    if rule != PRIORITY:
        raise ValueError(f"there is no allocation rule {rule}")
    wants, ranks = asked.tolist(), np.asarray(rank).tolist()
    given = [0] * len(wants)
    for one in sorted(set(ranks)):
        mine = [k for k, place in enumerate(ranks) if place == one]
        want = sum(wants[k] for k in mine)
        for k in mine:
            # in Python's own whole numbers: fen times fen does not fit into 64 bits
            given[k] = wants[k] if want <= total else total * wants[k] // want
        if want > total:  # those behind get nothing, not even what rounding leaves
            break
        total -= want
    return np.array(given, np.int64)


def _in_proportion(total: int, asked: np.ndarray) -> np.ndarray:
    whole = int(asked.sum())
    # in Python's own whole numbers: fen times fen does not fit into 64 bits
    return np.array([total * int(one) // whole for one in asked], np.int64)


def _water_level(total: int, asked: np.ndarray, up: bool = False) -> int:
    """The largest (or, with `up`, the smallest sufficient) level for which min(asked, level) sums
    to at most (at least) `total`."""
    low, high = 0, int(asked.max(initial=0))
    while low < high:
        middle = (low + high + (0 if up else 1)) // 2
        filled = int(np.minimum(asked, middle).sum())
        if up:
            low, high = (low, middle) if filled >= total else (middle + 1, high)
        else:
            low, high = (middle, high) if filled <= total else (low, middle - 1)
    return low
