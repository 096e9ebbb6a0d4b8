"""What is said of a row: agrees, agrees in direction, disagrees, or cannot be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.validation.patterns import constants
from calibration.validation.schema import Row

__all__ = ["SURE", "VERDICTS", "Judged", "band", "footing", "judge"]

AGREES, DIRECTION, DISAGREES, UNSAID = "agrees", "agrees in direction", "disagrees", "unsaid"
VERDICTS = (AGREES, DIRECTION, DISAGREES, UNSAID)
SURE = 0.9
"""Share of the runs that must lie on a side before the side is said."""
LEVEL = 0.90


@dataclass(frozen=True)
class Judged:
    """A verdict and what it rests on: mean and middle 90 % of the runs (NaN without two runs),
    the number of runs, the share of them on the right side (NaN where no side is stated)."""

    verdict: str
    mean: float
    low: float
    high: float
    runs: int
    side: float


def footing(row: Row) -> float:
    """The published value (or bound) on the model's footing; NaN if there is none."""
    given = row.published
    if given is None:
        return math.nan
    sides = (given.value, given.above, given.below)
    value = next((side for side in sides if side is not None), math.nan)
    for name in given.times:
        value *= constants()[name]
    for name in given.over:
        value /= constants()[name]
    return float(value)


def band(row: Row) -> tuple[float, float]:
    """What counts as agreement, in the row's unit; an open side is infinite."""
    given, tolerance, value = row.published, row.tolerance, footing(row)
    if given is not None and given.above is not None:
        return value, math.inf
    if given is not None and given.below is not None:
        return -math.inf, value
    if tolerance is not None and tolerance.ratio is not None:
        low, high = sorted(value * factor for factor in tolerance.ratio)
        return low, high
    return (math.nan, math.nan) if tolerance is None or tolerance.band is None else tolerance.band


def judge(row: Row, values: Sequence[float]) -> Judged:
    """The verdict on a row from what the runs have for it (NaN: a run that lacks it).

    With a published value: agrees if the mean of the runs lies within the tolerance; else agrees
    in direction if nine runs in ten lie on the stated side; else disagrees. With a published side
    alone: agrees if nine runs in ten lie on it, disagrees if nine in ten do not; between, the
    runs do not tell, and nothing is said.
    """
    have = np.array([value for value in values if not math.isnan(value)])
    if not len(have):
        return Judged(UNSAID, math.nan, math.nan, math.nan, 0, math.nan)
    mean, spread = float(have.mean()), (math.nan, math.nan)
    if len(have) > 1:
        low, high = np.quantile(have, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        spread = float(low), float(high)
    low, high = band(row)
    given = row.published
    only_side = given is not None and given.value is None
    side = _share(have, low, high) if only_side else _side(row, have)
    if only_side:
        verdict = AGREES if side >= SURE else DISAGREES if side <= 1.0 - SURE + 1e-9 else UNSAID
    elif low <= mean <= high:
        verdict = AGREES
    else:
        verdict = DIRECTION if side >= SURE else DISAGREES
    return Judged(verdict, mean, *spread, len(have), side)


def _side(row: Row, have: np.ndarray) -> float:
    tolerance = row.tolerance
    if tolerance is None or (tolerance.above is None and tolerance.below is None):
        return math.nan
    low = -math.inf if tolerance.above is None else tolerance.above
    high = math.inf if tolerance.below is None else tolerance.below
    return _share(have, low, high)


def _share(have: np.ndarray, low: float, high: float) -> float:
    """Share strictly between two bounds: a run that lies on one takes no side."""
    return float(((have > low) & (have < high)).mean())
