"""Ratios, quantiles and survival of a register with their standard errors, and what is too small
to be told. Everything is of persons; villages are the clusters that errors are reckoned by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.fit.weighted import weighted_quantiles

__all__ = ["FEWEST", "Estimate", "by_groups", "quantile", "ratio", "survival"]

FEWEST = 10
"""Households under which nothing is told."""

_GROUPS = 20  # of villages, for what has no formula


@dataclass(frozen=True)
class Estimate:
    """A value and its standard error from the differences between villages; `small` if it rests
    on so few households that it would say something of single ones."""

    value: float
    error: float
    small: bool = False


def ratio(
    part: np.ndarray, whole: np.ndarray, village: np.ndarray, share: bool = False
) -> Estimate:
    """sum(part) / sum(whole) over households, error by linearisation with villages as clusters.

    whole: 0 for a household that does not belong to it. share: part is a part of whole, and
    neither those with it nor those without it may be one to nine households.
    """
    here = whole > 0
    total = float(whole[here].sum())
    if int(here.sum()) < FEWEST or total <= 0:
        return Estimate(np.nan, np.nan, True)
    value = float(part[here].sum()) / total
    counts = (int((part[here] > 0).sum()), int((part[here] < whole[here]).sum()))
    small = share and any(0 < count < FEWEST for count in counts)
    _, cluster = np.unique(village[here], return_inverse=True)
    rest = np.bincount(cluster, part[here] - value * whole[here])
    return Estimate(value, _spread(rest, total), small)


def quantile(value: np.ndarray, weight: np.ndarray, village: np.ndarray, share: float) -> Estimate:
    """A quantile, its error by that of the share below it (Woodruff 1952)."""
    here = (weight > 0) & ~np.isnan(value)
    value, weight, village = value[here], weight[here], village[here]
    if len(value) < 2 * FEWEST:
        return Estimate(np.nan, np.nan, True)
    middle = weighted_quantiles(value, weight, [share])[0]
    below = ratio(weight * (value <= middle), weight, village)
    ends = np.clip([share - below.error, share + below.error], 0.001, 0.999)
    low, high = weighted_quantiles(value, weight, [float(end) for end in ends])
    return Estimate(middle, (high - low) / 2.0)


def by_groups(
    function: Callable[[np.ndarray], float], village: np.ndarray, households: int
) -> Estimate:
    """`function` of a mask of households, its error by leaving out groups of villages in turn."""
    value = function(np.ones(households, bool))
    _, cluster = np.unique(village, return_inverse=True)
    group = cluster % _GROUPS
    found = np.array([function(group != g) for g in np.unique(group)])
    if households < FEWEST or len(found) < 2:
        return Estimate(value, np.nan, households < FEWEST)
    number = len(found)
    error = np.sqrt((number - 1) / number * ((found - found.mean()) ** 2).sum())
    return Estimate(float(value), float(error))


def survival(
    years: np.ndarray, ended: np.ndarray, weight: np.ndarray, village: np.ndarray, length: int
) -> Estimate:
    """Kaplan-Meier share that has not ended after `length` years, with Greenwood's error widened
    by what villages differ; years: whole years that each was followed for."""
    if not len(years) or years.max() < length:
        return Estimate(np.nan, np.nan, True)
    value, variance, small = 1.0, 0.0, False
    for year in range(1, length + 1):
        risk = years >= year
        one = ratio(weight * risk * (ended & (years == year)), weight * risk, village, share=True)
        if np.isnan(one.value):
            return Estimate(np.nan, np.nan, True)
        small |= one.small
        value *= 1.0 - one.value
        variance += (one.error / max(1e-9, 1.0 - one.value)) ** 2
    return Estimate(value, value * float(np.sqrt(variance)), small)


def _spread(rest: np.ndarray, total: float) -> float:
    number = len(rest)
    if number < 2:
        return float("nan")
    return float(np.sqrt(number / (number - 1) * (rest**2).sum()) / total)
