"""Summaries that are learned: a regression from all statistics to each fitted parameter.

Semi-automatic ABC (Fearnhead & Prangle 2012, J. R. Stat. Soc. B 74(3)): the best single summary
for a parameter is its posterior mean, and a regression on the reference table comes near to it.
Here a ridge regression, its penalty chosen by leave-one-out error, from standardised statistics
(with their error of observation) to z. Where squares of the statistics predict a parameter better,
they are used for it too.

A regression fits its own training rows too well: their summaries lie nearer to their parameters
than new ones will, and intervals made from them come out too narrow: in the trial of which `adjust`
tells, 90 % intervals held the truth in 86 to 88 % of the cases. A self-test on the same rows does
not notice, since its data are too near as well. So the summaries of the table's own rows are always
those of regressions that have not seen them (`own`); then it was 89 to 90 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from calibration.fit.draws import FitError
from calibration.fit.one_thread import one_thread
from calibration.fit.table import ReferenceTable

__all__ = ["FOLDS", "Columns", "Learned", "learn"]

FOLDS = 10
ALPHAS = np.geomspace(1e-2, 1e5, 15)
MOST_MISSING = 0.2  # share of missing cells above which a statistic is not used
BETTER = 0.98  # squares are used where the error by leave-one-out falls below this share
FAR = 4.0  # sd of the table from which an observed statistic is called out of reach


@dataclass(frozen=True)
class Columns:
    """Which statistics are used and how they are scaled.

    A statistic that skews strongly to the right and is never negative enters as log(1 + x/median).
    """

    keys: list[str]
    used: np.ndarray
    logs: np.ndarray
    middle: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, keys: Sequence[str], data: np.ndarray, logs: bool = True) -> Columns:
        """Judge the columns of data [n, keys]."""
        missing = ~np.isfinite(data)
        share = missing.mean(axis=0)
        clean = np.where(missing, np.nan, data)
        with np.errstate(all="ignore"):
            spread = np.array([np.ptp(c[np.isfinite(c)]) if np.isfinite(c).any() else 0.0
                               for c in clean.T])  # fmt: skip
        used = (share <= MOST_MISSING) & (spread > 0)
        if not used.any():
            raise FitError("no statistic differs between the simulations, so nothing can be learned"
                           " from them; choose other targets")  # fmt: skip
        gone = (spread == 0) & (share <= MOST_MISSING)
        notes = [f"{k} is not used: missing in {s:.0%} of the simulations"
                 for k, s in zip(keys, share, strict=True) if s > MOST_MISSING]  # fmt: skip
        notes += [f"{k} is not used: the same in all simulations"
                  for k, g in zip(keys, gone, strict=True) if g]  # fmt: skip
        notes += [f"{k} is missing in {s:.1%} of the simulations; their mean stands there"
                  for k, s in zip(keys, share, strict=True) if 0 < s <= MOST_MISSING]  # fmt: skip
        part = clean[:, used]
        median = np.nanmedian(part, axis=0)
        skewed = logs & (np.nanmin(part, axis=0) >= 0) & (median > 0)
        skewed &= _skewness(part) > 2.0
        middle = np.where(skewed, median, 1.0)
        part = _bend(part, skewed, middle)
        return cls(list(keys), used, skewed, middle, np.nanmean(part, 0), np.nanstd(part, 0), notes)

    def scaled(self, data: np.ndarray) -> np.ndarray:
        """Standardised [n, used]; a missing cell is 0, the table's mean."""
        part = np.asarray(data, float)[:, self.used]
        scaled = (_bend(part, self.logs, self.middle) - self.mean) / self.sd
        return np.where(np.isfinite(scaled), scaled, 0.0)

    def out_of_reach(self, observed: np.ndarray) -> list[str]:
        """Notes on observed statistics that no simulation comes near to."""
        scaled = self.scaled(np.asarray(observed, float)[None, :])[0]
        names = [key for key, use in zip(self.keys, self.used, strict=True) if use]
        return [f"{name} as observed lies {abs(s):.1f} sd from the mean of the simulations at "
                f"prior draws: the model does not reach it" for name, s in
                zip(names, scaled, strict=True) if abs(s) > FAR]  # fmt: skip


def _bend(part: np.ndarray, logs: np.ndarray, middle: np.ndarray) -> np.ndarray:
    bent = np.log1p(np.maximum(part, -0.5 * middle) / middle, where=logs, out=part.copy())
    return np.where(logs, bent, part)


def _skewness(part: np.ndarray) -> np.ndarray:
    centred = part - np.nanmean(part, axis=0)
    return np.nanmean(centred**3, 0) / np.nanmean(centred**2, 0) ** 1.5


@dataclass(frozen=True)
class Learned:
    """Learned summaries of k parameters.

    own [n, k]: those of the table's rows, each from regressions that did not see the row.
    accuracy [k]: share of each parameter's prior variance that `own` explains (R2).
    noise [k]: sd of a summary between simulations with the same fitted parameters.
    """

    fitted: list[str]
    columns: Columns
    models: _Ridges
    own: np.ndarray
    accuracy: np.ndarray
    noise: np.ndarray
    notes: list[str]

    def __call__(self, data: np.ndarray) -> np.ndarray:
        """Summaries [n, k] of statistics as observed [n, keys]."""
        return self.models.predict(self.columns.scaled(np.atleast_2d(data)))


@one_thread()
def learn(table: ReferenceTable, keys: Sequence[str], error: np.ndarray, *,
          squares: bool = True, logs: bool = True) -> Learned:  # fmt: skip
    """Learn summaries of the table's fitted parameters from the statistics `keys`.

    error [keys]: standard errors of observation. squares, logs: whether squares of statistics and
    logarithms of skewed ones may be used. Deterministic: no chance but that of the table itself.
    """
    k = len(table.fitted)
    if len(table) < max(20, 3 * k):
        raise FitError(f"{len(table)} simulations are too few to learn summaries of {k} parameters;"
                       f" make a reference table of at least {max(20, 3 * k)}")  # fmt: skip
    data = table.observed(keys, error)
    columns = Columns.of(keys, data, logs)
    x = columns.scaled(data)
    models = _Ridges.choose(x, table.z, squares)
    own = np.empty_like(table.z)
    fold = table.numbers % FOLDS
    for f in range(FOLDS):
        inside = fold == f
        if inside.any():
            rest = _Ridges.fit(x[~inside], table.z[~inside], models.choices)
            own[inside] = rest.predict(x[inside])
    accuracy = 1.0 - ((table.z - own) ** 2).mean(axis=0) / table.z.var(axis=0)
    return Learned(list(table.fitted), columns, models, own, accuracy,
                   _noise(table.z, own), list(columns.notes))  # fmt: skip


def _noise(z: np.ndarray, own: np.ndarray) -> np.ndarray:
    """What z, z^2 do not explain of the summaries: chance, other parameters, error."""
    base = np.column_stack([np.ones(len(z)), z, z**2])
    beta, *_ = np.linalg.lstsq(base, own, rcond=None)
    free = max(1, len(z) - base.shape[1])
    return np.sqrt(((own - base @ beta) ** 2).sum(axis=0) / free)


@dataclass(frozen=True)
class _Ridges:
    """One ridge regression a parameter, each with its own penalty, on x or on x and its squares.

    choices [k]: (with squares, penalty). slopes [features and their squares, k], base [k].
    """

    choices: list[tuple[bool, float]]
    slopes: np.ndarray
    base: np.ndarray

    @classmethod
    def choose(cls, x: np.ndarray, z: np.ndarray, squares: bool) -> _Ridges:
        """Fit with the penalties, and squares or not, that leave-one-out error prefers."""
        from sklearn.linear_model import RidgeCV

        plain = RidgeCV(ALPHAS, alpha_per_target=True).fit(x, z)
        choices = [(False, float(alpha)) for alpha in np.atleast_1d(plain.alpha_)]
        if squares:
            wide = RidgeCV(ALPHAS, alpha_per_target=True).fit(_wide(x), z)
            better = np.atleast_1d(wide.best_score_) > BETTER * np.atleast_1d(plain.best_score_)
            choices = [(True, float(alpha)) if b else choice for choice, alpha, b in
                       zip(choices, np.atleast_1d(wide.alpha_), better, strict=True)]  # fmt: skip
        return cls.fit(x, z, choices)

    @classmethod
    def fit(cls, x: np.ndarray, z: np.ndarray, choices: list[tuple[bool, float]]) -> _Ridges:
        from sklearn.linear_model import Ridge

        slopes = np.zeros((2 * x.shape[1], z.shape[1]))
        base = np.zeros(z.shape[1])
        for j, (squared, alpha) in enumerate(choices):
            part = _wide(x) if squared else x
            found = Ridge(alpha).fit(part, z[:, j])
            slopes[: part.shape[1], j] = found.coef_
            base[j] = found.intercept_
        return cls(choices, slopes, base)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return _wide(x) @ self.slopes + self.base


def _wide(x: np.ndarray) -> np.ndarray:
    return np.hstack([x, x**2 - 1.0])
