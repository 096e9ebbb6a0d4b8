"""Where the variance of a result comes from: policy, parameters, chance.

A batch is a layout of scenario s x parameter draw d x replicate r on common random numbers: draw d
has the same parameters and replicate r the same seed in every scenario, so all three are crossed.

    y[s,d,r] = m + P[s] + D[d] + PD[s,d] + R[r] + DR[d,r] + PR[s,r] + PDR[s,d,r]

The scenarios are all there are (fixed, effects of each kind sum to zero over s); draws and seeds
are samples (random). Of a run picked at random from the batch the variance is then the sum of

    policy       mean over s of P[s]^2                          the scenarios differ
    parameters   var D                                          levels hang on the parameters
    interaction  mean over s of var PD[s]                       so does the effect of policy
    chance       var R + var DR + mean over s of var (PR + PDR) what another seed changes

Of the difference y[s] - y[base] it is parameters (var of the difference of PD) plus chance.

Each part is estimated from pairs of runs of a series x[d,r]: half the mean squared difference of
pairs that share the draw but not the seed (`same`) estimates chance, of pairs that share neither
(`apart`) parameters + chance, and so

    chance = same        parameters = apart - same

In a whole layout these are the estimators of the two-way analysis of variance without repetition;
with runs missing they are still unbiased, because every pair counts for what it is. The series are
the mean over the scenarios (D, R, DR) and each scenario's deviation from it (PD, PR, PDR); its
mean squared is P[s]^2 plus the variance of that mean, which is taken off. An estimate may come out
below zero, which is chance; it is shown as zero. Searle, Casella and McCulloch (1992), ch. 4 and 5.

With one replicate parameters and chance can not be told apart (`unsplit` holds both); with one
draw there is chance alone. With one scenario there is no policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from results.compare import paired, run_values
from results.store import Store
from results.texts import catalogue

PARTS = ("policy", "interaction", "parameters", "chance", "unsplit")
NAN = float("nan")


@dataclass(frozen=True)
class Split:
    """Variance components of a series over draws and replicates; nan where not to be known."""

    mean: float = NAN
    parameters: float = NAN
    chance: float = NAN
    unsplit: float = NAN
    of_mean: float = NAN
    """Variance of the mean itself."""


def two_way(values: pd.Series) -> Split:
    """The components of a series indexed by (draw, replicate); any runs may be missing."""
    kept = values.dropna()
    n = len(kept)
    if n < 2:
        return Split(float(kept.mean()) if n else NAN)
    mean = float(kept.mean())
    x = kept.to_numpy(float) - mean
    draw, seed = (kept.index.get_level_values(k).to_numpy() for k in ("draw", "replicate"))
    all_sum, all_pairs = _pairs(x, np.zeros(n, int))
    (draw_sum, draw_pairs), (seed_sum, seed_pairs) = _pairs(x, draw), _pairs(x, seed)
    none_pairs = all_pairs - draw_pairs - seed_pairs
    same = _half(draw_sum, draw_pairs)
    across = _half(seed_sum, seed_pairs)
    apart = _half(all_sum - draw_sum - seed_sum, none_pairs)
    if draw_pairs == all_pairs:  # one draw
        return Split(mean, chance=same, of_mean=same / n)
    if draw_pairs == 0:  # no draw has two runs
        total = _half(all_sum, all_pairs)
        return Split(mean, unsplit=total, of_mean=total / n)
    if seed_pairs == 0:  # no two draws share a seed, and so nothing of chance
        across = apart
    by_draw, by_seed = (_evenness(group) for group in (draw, seed))
    of_mean = (apart - same) * by_draw + (apart - across) * by_seed + (same + across - apart) / n
    return Split(mean, parameters=apart - same, chance=same, of_mean=max(of_mean, 0.0))


def levels(values: pd.DataFrame) -> dict[str, float]:
    """The components of results over scenarios (columns) and runs (draw, replicate).

    A scenario with less than half the runs is left out, then every run that some scenario lacks.
    Keys: PARTS, nan for what can not be known; `runs`, `draws`, `replicates`, `scenarios` used.
    """
    counts = values.count()
    whole = values.loc[:, counts >= counts.max() / 2].dropna()
    found = dict.fromkeys(PARTS, NAN) | {"runs": len(whole), "scenarios": len(whole.columns)}
    for level in ("draw", "replicate"):
        found[f"{level}s"] = whole.index.get_level_values(level).nunique()
    if len(whole) < 2:
        return found
    shared = whole.mean(axis=1)
    common = two_way(shared)
    own = [two_way(whole[name] - shared) for name in whole.columns]
    found["parameters"] = common.parameters
    found["chance"] = common.chance
    found["unsplit"] = common.unsplit
    if len(own) > 1:
        found["policy"] = float(np.mean([one.mean**2 - one.of_mean for one in own]))
        found["interaction"] = float(np.mean([one.parameters for one in own]))
        found["chance"] += float(np.mean([one.chance for one in own]))
        found["unsplit"] += float(np.mean([one.unsplit for one in own]))
    return found


def level_split(store: Store, year: int) -> pd.DataFrame:
    """`levels` of every key indicator the store holds: one row each, indexed by indicator.

    Values as in the comparison: a December, a year, or summed over the plan up to `year`.
    Components are variances in the store's units, never below zero; `sd` is the root of their sum.
    """
    values = _values(store, year)
    table = pd.DataFrame.from_dict({k: levels(v) for k, v in values.items()}, orient="index")
    return _with_sd(table, PARTS)


def difference_split(store: Store, year: int) -> pd.DataFrame:
    """The components of the paired difference of each scenario from the base.

    Index (scenario, indicator); columns `mean`, `parameters`, `chance`, `unsplit` (variances, never
    below zero), `sd` of a single difference and `pairs`.
    """
    rows = {}
    for key, values in _values(store, year).items():
        for name in store.scenarios:
            pairs = paired(values, name, store.base)
            if len(pairs) < 2:
                continue
            one = two_way(pairs)
            rows[name, key] = {
                "mean": one.mean, "parameters": one.parameters, "chance": one.chance,
                "unsplit": one.unsplit, "pairs": len(pairs),
            }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index")
    if len(table):
        table.index = pd.MultiIndex.from_tuples(table.index, names=["scenario", "indicator"])
    return _with_sd(table, ("parameters", "chance", "unsplit"))


def shares(table: pd.DataFrame, parts: tuple[str, ...] = PARTS) -> pd.DataFrame:
    """Components as shares of their sum: only columns that are known, only rows that vary."""
    held = [name for name in parts if name in table and table[name].notna().any()]
    total = table[held].sum(axis=1)
    return table.loc[total > 0, held].fillna(0.0).div(total[total > 0], axis=0)


_made: WeakKeyDictionary[Store, dict[int, dict[str, pd.DataFrame]]] = WeakKeyDictionary()


def _values(store: Store, year: int) -> dict[str, pd.DataFrame]:
    """Values of the runs by key indicator; figure and tables of a report share them."""
    kept = _made.setdefault(store, {})
    if year not in kept:
        entries = [e for e in catalogue().values() if e.key and store.holds(e.name, e.group)]
        kept[year] = {entry.id: run_values(store, entry, year) for entry in entries}
    return kept[year]


def _with_sd(table: pd.DataFrame, parts: tuple[str, ...]) -> pd.DataFrame:
    if table.empty:
        return table
    held = [name for name in parts if name in table]
    table[held] = table[held].astype(float).clip(lower=0.0)
    return table.assign(sd=np.sqrt(table[held].sum(axis=1, min_count=1)))


def _pairs(x: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """Sum of squared differences over all pairs in the same group, and how many pairs."""
    _, place = np.unique(group, return_inverse=True)
    count, sums = np.bincount(place), np.bincount(place, x)
    total = count * np.bincount(place, x**2) - sums**2
    return float(total.sum()), float((count * (count - 1) / 2).sum())


def _half(total: float, pairs: float) -> float:
    return total / pairs / 2 if pairs else NAN


def _evenness(group: np.ndarray) -> float:
    """Sum of squared shares of the runs in each group: what a group's effect adds to the mean."""
    count = np.unique(group, return_counts=True)[1]
    return float(((count / count.sum()) ** 2).sum())
