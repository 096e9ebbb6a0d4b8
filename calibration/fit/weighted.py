"""Quantiles, Gini and correlation of values that weigh differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["gini", "weighted_correlation", "weighted_quantiles"]


def weighted_quantiles(
    values: np.ndarray, weight: np.ndarray, shares: Sequence[float]
) -> list[float]:
    """The lowest value up to which at least each share of the weight lies; NaN of nothing."""
    if not len(values):
        return [np.nan for _ in shares]
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    places = np.searchsorted(reached, np.asarray(shares) * reached[-1])
    return [float(values[order[min(int(k), len(order) - 1)]]) for k in places]


def gini(values: np.ndarray, weight: np.ndarray) -> float:
    """Gini index of values, 0 or more, each held by `weight` persons; NaN of nothing."""
    total = float((values * weight).sum())
    if total <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    people = np.cumsum(weight[order])
    held = np.cumsum((values * weight)[order])
    share = weight[order] / people[-1]
    lorenz = (held + np.concatenate([[0.0], held[:-1]])) / total
    return float(1.0 - (share * lorenz).sum())


def weighted_correlation(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    """Pearson's correlation with weights; NaN where one of the two does not vary."""
    if len(x) < 2:
        return float("nan")
    x = x - np.average(x, weights=weight)
    y = y - np.average(y, weights=weight)
    scale = float(np.sqrt((weight * x * x).sum() * (weight * y * y).sum()))
    return float((weight * x * y).sum() / scale) if scale > 0 else float("nan")
