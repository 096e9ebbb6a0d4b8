"""Which villages a sample takes: nested, spread over the villages of every county, and balanced."""

from __future__ import annotations

import numpy as np

from calibration.population.hashing import Draws

__all__ = ["FEWEST", "sampling_order", "smallest", "taken"]

FEWEST = 2
"""Villages that every county has in every sample."""

_TRIALS = 256
_TOGETHER = 300.0  # weight of the whole scope's balance beside that of a county
_SHARES = np.array([0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5])
"""Samples at which the balance is looked at."""


def taken(order: np.ndarray, county: np.ndarray, sample: float) -> np.ndarray:
    """Whether each village is in the sample: the first of its county's order.

    order: place of each village in its county's sampling order. sample: share of the villages.
    """
    number = np.bincount(county)
    return order < _take(sample, number)[county]


def _take(sample: float | np.ndarray, number: int | np.ndarray) -> np.ndarray:
    """Villages to take of `number`: 0.1 of 30 is 3, not 4 for the sake of a rounding error."""
    take = np.ceil(np.round(np.multiply(sample, number), 9))
    return np.maximum(FEWEST, take).astype(np.int64)


def smallest(county: np.ndarray) -> float:
    """The smallest honest sample: one that the fewest villages of every county do not exceed."""
    fewest = FEWEST * len(np.unique(county))
    return float(np.ceil(1e4 * fewest / len(county)) / 1e4)


def sampling_order(
    county: np.ndarray, persons: np.ndarray, poor: np.ndarray, deep: np.ndarray, draws: Draws
) -> np.ndarray:
    """Place (0, 1, ...) of each village in the order in which its county's villages are taken.

    A county's villages are laid out by incidence, so that deep-poverty villages lie together,
    and taken in the order of the van der Corput sequence: every beginning of the order is spread
    evenly over the layout, and a larger sample takes more of the same order. Where the sequence
    starts is tried a few hundred times by chance. The start is kept whose beginnings come nearest
    to the county in incidence, share of deep-poverty villages and size of villages, and which
    makes up for what the counties before it have too much or too little of.
    """
    place = np.empty(len(county), dtype=np.int64)
    stock = float((persons * poor).sum())
    carried = np.zeros(len(_SHARES))  # error of the scope's registered poor so far, relative
    for c in np.unique(county):
        rows = np.flatnonzero(county == c)
        trials = np.uint64(c) * np.uint64(1 << 20) + np.arange(_TRIALS, dtype=np.uint64)
        orders = _orders(poor[rows], draws.uniform(trials, "sample"))
        size = persons[rows].astype(np.float64)
        incidence, others = _imbalance(orders, size, poor[rows], deep[rows])
        total = carried + incidence * float((size * poor[rows]).sum()) / stock
        error = (incidence**2 + others + _TOGETHER * total**2).sum(axis=1)
        best = int(np.argmin(error))
        carried = total[best]
        place[rows[orders[best]]] = np.arange(len(rows))
    return place


def _orders(poor: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Orders of a county's villages (columns) from each start (rows)."""
    count = len(poor)
    bits = int(np.ceil(np.log2(count)))  # a grid on which no two villages share a cell
    along = np.empty(count)
    along[np.argsort(poor, kind="stable")] = (np.arange(count) + 0.5) / count
    cell = np.floor(((along + starts[:, None]) % 1.0) * 2.0**bits).astype(np.int64)
    turn = np.zeros_like(cell)
    for k in range(bits):
        turn |= ((cell >> k) & 1) << (bits - 1 - k)
    return np.argsort(turn, axis=1, kind="stable")


def _imbalance(
    orders: np.ndarray, persons: np.ndarray, poor: np.ndarray, deep: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How far the beginnings of each order (rows) are from the county, at each share (columns).

    Returns the relative error of incidence, and the squares of the other errors.
    """
    number = _take(_SHARES, len(persons))
    ends = np.minimum(number, len(persons)) - 1
    people = np.cumsum(persons[orders], axis=1)[:, ends]
    stock = np.cumsum((persons * poor)[orders], axis=1)[:, ends]
    deeps = np.cumsum(deep[orders], axis=1)[:, ends]
    incidence = stock / people / np.average(poor, weights=persons) - 1.0
    # two villages can not be a third deep: what half a village makes is no fault
    share = np.maximum(0.0, np.abs(deeps - number * deep.mean()) - 0.5) / number
    size = people / number / persons.mean() - 1.0
    return incidence, 0.25 * share**2 + 0.06 * size**2
