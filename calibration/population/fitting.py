"""Weights of the template households by county, and whole households by village.

Weights come from iterative proportional fitting in its general form: of all weights that meet
the margins, those nearest to equal ones (least Kullback-Leibler divergence; for margins that
cut households into classes this is the fixed point of the classical row-and-column scaling,
and it also takes margins that count persons). The scaling factors are found by Newton's method
on the dual instead of by going round the margins: the same answer in a dozen steps.

Whole households come by systematic sampling along the sorted library (a rounding that keeps
every stretch of the order within one household of its share).
"""

from __future__ import annotations

import numpy as np

from calibration.population.inputs import Inputs
from calibration.population.library import AGE_STARTS, EDUCATION_AGES, Library, age_group

__all__ = ["county_targets", "features", "fit", "labels", "systematic", "tilt"]

_SIZES = 7
_WORKERS = 5


def labels() -> list[str]:
    """Names of the margins, in the order of the columns of `features`."""
    sizes = [f"household_size:{k + 1}" for k in range(_SIZES)]
    workers = [f"labour_members:{k}" for k in range(_WORKERS)]
    ages = [f"age:{a}:{sex}" for sex in ("men", "women") for a in AGE_STARTS]
    return sizes + workers + ages + [f"education:{k}" for k in range(5)]


def features(library: Library) -> np.ndarray:
    """What each template (row) counts in each margin (column, see `labels`)."""
    columns = [np.minimum(library.size, _SIZES) == k + 1 for k in range(_SIZES)]
    columns += [np.minimum(library.workers, _WORKERS - 1) == k for k in range(_WORKERS)]
    group = age_group(library.age)
    for sex in (0, 1):
        columns += [
            library.sums((group == k) & (library.female == sex)) for k in range(len(AGE_STARTS))
        ]
    first, end = EDUCATION_AGES
    adult = (library.age >= first) & (library.age < end)
    columns += [library.sums(adult & (library.education == k)) for k in range(5)]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def tilt(shares: np.ndarray, values: np.ndarray, mean: float) -> np.ndarray:
    """`shares` of classes with `values`, tilted exponentially so that their mean is `mean`."""
    low, high = -5.0, 5.0
    tilted = shares
    for _ in range(60):
        middle = (low + high) / 2.0
        tilted = shares * np.exp(middle * (values - mean))
        tilted = tilted / tilted.sum()
        low, high = (middle, high) if tilted @ values < mean else (low, middle)
    return tilted


def county_targets(inputs: Inputs, library: Library, county: int) -> np.ndarray:
    """The margins of one county a household, in the order of `labels`."""
    profile = str(inputs.counties["profile"][county])
    mean = float(inputs.counties["household_size"][county])
    large = library.size >= _SIZES
    sizes = np.append(np.arange(1.0, _SIZES), library.size[large].mean())
    by_size = tilt(inputs.list("household_size"), sizes, mean)
    ages = inputs.list("age", profile)
    ages = ages / ages.sum()
    working = mean * ages[2:6].sum()
    many = library.workers >= _WORKERS - 1
    workers = np.append(np.arange(_WORKERS - 1.0), library.workers[many].mean())
    by_workers = tilt(inputs.list("labour_members"), workers, working)
    women = inputs.list("female")
    schooled = inputs.list("education", profile)
    adults = mean * (ages[2:6].sum() + ages[6] * (EDUCATION_AGES[1] - 60) / 10.0)
    return np.concatenate(
        [
            by_size,
            by_workers,
            mean * ages * (1.0 - women),
            mean * ages * women,
            adults * schooled / schooled.sum(),
        ]
    )


def fit(
    counts: np.ndarray, targets: np.ndarray, start: np.ndarray | None = None, soft: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (adding up to one) under which the mean counts meet the targets.

    counts: shape (templates, margins); targets: a household. start: factors to begin with, those
    of a similar county for example. soft: how little a margin may give where margins contradict
    each other. Returns the weights and the factors (logs).
    """
    scale = 1.0 / np.maximum(targets, 1e-6)
    rows = counts * scale
    goal = targets * scale
    factors = np.zeros(counts.shape[1]) if start is None else start.copy()

    def weigh(factors: np.ndarray) -> tuple[np.ndarray, float]:
        logs = rows @ factors
        top = logs.max()
        weights = np.exp(logs - top)
        total = weights.sum()
        value = factors @ goal - top - np.log(total) - soft * factors @ factors / 2.0
        return weights / total, float(value)

    weights, value = weigh(factors)
    for _ in range(60):
        mean = weights @ rows
        slope = goal - mean - soft * factors
        if np.abs(slope).max() < 1e-9:
            break
        bend = (rows * weights[:, None]).T @ rows - np.outer(mean, mean)
        bend[np.diag_indices_from(bend)] += max(soft, 1e-9)
        step = np.linalg.solve(bend, slope)
        reach = 1.0
        while reach > 1e-6:
            trial, better = weigh(factors + reach * step)
            if better >= value + 1e-4 * reach * float(slope @ step) or reach < 2e-6:
                break
            reach /= 2.0
        factors, weights, value = factors + reach * step, trial, better
    return weights, factors


def systematic(weights: np.ndarray, numbers: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Templates of the households of several villages, village after village.

    weights: of the templates; numbers: households of each village; offsets: one number in
    (0, 1) a village. In each village the count of any run of templates is within one of its
    share, and its expected value over offsets is that share exactly.
    """
    first = np.repeat(np.cumsum(numbers) - numbers, numbers)
    within = np.arange(int(numbers.sum())) - first
    places = (within + np.repeat(offsets, numbers)) / np.repeat(numbers, numbers)
    ends = np.cumsum(weights)
    # rounded, so that machines that add in another order choose the same templates
    return np.searchsorted(np.round(ends[:-1] / ends[-1], 9), places, side="right")
