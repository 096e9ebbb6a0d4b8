"""Regression adjustment: what the accepted parameters would be had they met the data exactly.

Beaumont, Zhang & Balding (2002, Genetics 162(4)): among the accepted, parameters are regressed on
summaries, near ones weighing more, and each is moved along the regression to the observed
summaries. `heteroscedastic` also lets the spread depend on the summaries (Blum & François 2010,
Stat. Comput. 20(1)).

A regression on few points has residuals smaller than the true ones and a centre that is itself
uncertain; intervals taken from it come out too narrow. Both are known, and made good here: the
residuals are stretched by sqrt(m / (m - k - 1)), m being the effective number of points, and by
sqrt(1 + h), h being the variance of the fitted centre in units of theirs. For a linear Gaussian
model this is the prediction interval of the regression. With eight parameters, sixty statistics
that are not linear in them, tables of 500 and 1,500 rows and new data, 90 % intervals held the
truth in 79 to 89 % of the cases without this, and in 89 to 90 % with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.priors import uniform_hash

__all__ = ["Adjusted", "adjust", "effective_size", "resample", "weighted_quantile"]

FEWEST = 2.0  # points for each coefficient below which no regression is made


@dataclass(frozen=True)
class Adjusted:
    """Adjusted particles.

    z [n, k], weights [n] (sum 1; those at the edge of the accepted have none), size: effective
    number of points, widths: a row for each parameter with `before` and `after` (weighted standard
    deviations) and `ratio`; note: why nothing was adjusted, or "".
    """

    z: np.ndarray
    weights: np.ndarray
    size: float
    widths: pd.DataFrame
    note: str = ""


def adjust(
    z: np.ndarray,
    weights: np.ndarray,
    summaries: np.ndarray,
    observed: np.ndarray,
    *,
    distances: np.ndarray | None = None,
    heteroscedastic: bool = False,
) -> Adjusted:
    """Move particles z [n, k] with weights [n] and summaries [n, m] to observed [m].

    distances [n]: of the particles, as the fit that accepted them measured; by default the
    Euclidean one with each summary in its standard deviations.
    """
    away = summaries - observed
    if distances is None:
        distances = np.sqrt(((away / _scale(summaries)) ** 2).sum(axis=1))
    farthest = distances.max(initial=0.0)
    kernel = 1.0 - (distances / farthest) ** 2 if farthest > 0 else np.ones(len(z))
    near = weights * kernel
    before = _spread(z, weights)
    size = effective_size(near)
    moving = away.std(axis=0) > 0
    coefficients = 1 + int(moving.sum())
    if size < FEWEST * coefficients + 2:
        whole = weights / weights.sum()
        note = (f"not adjusted: {size:.0f} effective points are too few for {coefficients} "
                f"coefficients")  # fmt: skip
        return Adjusted(z.copy(), whole, effective_size(whole), _widths(before, before), note)
    near = near / near.sum()
    design = np.column_stack([np.ones(len(z)), away[:, moving] / _scale(away[:, moving])])
    centre, residuals, leverage = _regress(design, near, z)
    if heteroscedastic:
        residuals = residuals * _relative_spread(design, near, residuals)
    stretch = np.sqrt(size / (size - coefficients) * (1.0 + leverage))
    moved = centre + stretch * residuals
    return Adjusted(moved, near, size, _widths(before, _spread(moved, near)))


def _regress(
    design: np.ndarray, weights: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Value at the observed point [k], residuals [n, k], variance of that value over theirs."""
    weighted = design * weights[:, None]
    gram = design.T @ weighted
    inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    beta = inverse @ (weighted.T @ z)
    leverage = (inverse @ (weighted.T @ weighted) @ inverse)[0, 0]
    return beta[0], z - design @ beta, float(leverage)


def _relative_spread(design: np.ndarray, weights: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Standard deviation at the observed point over that at each particle [n, k], log-linear."""
    logs = np.log(residuals**2 + 1e-12 * (residuals**2).mean(axis=0) + 1e-300)
    at_observed, rest, _ = _regress(design, weights, logs)
    return np.exp(np.clip(0.5 * (at_observed - (logs - rest)), -2.0, 2.0))


def _scale(part: np.ndarray) -> np.ndarray:
    sd = part.std(axis=0)
    return np.where(sd > 0, sd, 1.0)


def _spread(z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    share = weights / weights.sum()
    mean = share @ z
    return np.sqrt(share @ (z - mean) ** 2)


def _widths(before: np.ndarray, after: np.ndarray) -> pd.DataFrame:
    ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return pd.DataFrame({"before": before, "after": after, "ratio": ratio})


def effective_size(weights: np.ndarray) -> float:
    """Number of equally weighted points that are worth as much: (sum w)^2 / sum w^2."""
    total = float((weights**2).sum())
    return float(weights.sum()) ** 2 / total if total > 0 else 0.0


def resample(weights: np.ndarray, number: int, seed: int) -> np.ndarray:
    """Rows [number] of an equally weighted sample (systematic: each row as often as its weight
    says, up to one)."""
    edges = np.cumsum(weights / weights.sum())
    edges[-1] = 1.0
    places = (np.arange(number) + uniform_hash(seed, "resample", number)) / number
    return np.searchsorted(edges, places, side="right").clip(0, len(weights) - 1)


def weighted_quantile(
    values: np.ndarray, weights: np.ndarray, shares: tuple[float, ...]
) -> np.ndarray:
    """Quantiles [shares] of values [n] with weights [n], linear between the middles of steps."""
    order = np.argsort(values, kind="stable")
    share = weights[order] / weights.sum()
    return np.interp(shares, np.cumsum(share) - 0.5 * share, values[order])
