"""What moves each statistic: Sobol indices on an emulator of the reference table.

The rows of a reference table differ in the fitted parameters z, in all the other uncertain ones
and in the seed. The emulator follows z only, so what it leaves is the rest: nuisance parameters,
chance, and what it fails to follow. Its share is stated as ``unexplained``, one minus the
out-of-sample R2, and the indices are scaled to the whole variance: first-order indices,
interactions and the unexplained part add up to one.

Two kinds of emulator are tried, and each statistic takes the one with the higher R2 in
cross-validation: a ridge regression on all squares and products, and a Gaussian process with one
length scale per parameter and a noise term, on at most ``GP_ROWS`` rows (its cost is cubic).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from calibration.fit.table import ReferenceTable

__all__ = ["Emulator", "emulate", "sobol"]

GP_ROWS = 600
LEARN = 200  # rows from which the length scales are learned
FOLDS = 5
FEWEST = 30  # rows from which a statistic can be emulated at all
SEEN = 0.04  # R2 below which an emulator says nothing, and all indices are zero


@dataclass(frozen=True)
class Emulator:
    """A statistic as a function of z. ``kind``: "gp", "ridge", or "none" if nothing was found."""

    kind: str
    r2: float
    model: Any

    def predict(self, z: np.ndarray) -> np.ndarray:
        """Expected value of the statistic, standardised over the table; z is [rows, k]."""
        if self.kind == "none":
            return np.zeros(len(z))
        return np.asarray(self.model.predict(z), dtype=float)


def emulate(z: np.ndarray, y: np.ndarray, *, seed: int = 0, gp: bool = True) -> Emulator:
    """The better of the two emulators of ``y`` [n] over ``z`` [n, k]; rows with nan are left out.

    ``r2`` is out of sample, over five folds. The Gaussian process learns its length scales from the
    first ``LEARN`` rows and is judged on the others, where there are enough.
    """
    known = np.isfinite(y) & np.isfinite(z).all(axis=1)
    z, y = z[known], y[known]
    if len(y) < FEWEST or not np.std(y) > 1e-12 * max(1.0, float(np.abs(y).max())):
        return Emulator("none", 0.0, None)
    y = (y - y.mean()) / y.std()
    best = Emulator("none", SEEN, None)
    for kind in ("ridge", "gp") if gp else ("ridge",):
        with warnings.catch_warnings():
            # a length scale at its upper bound says that the parameter does nothing
            warnings.simplefilter("ignore")
            model, r2 = _ridge(z, y, seed) if kind == "ridge" else _process(z, y, seed)
        if r2 > best.r2:
            best = Emulator(kind, r2, model)
    return best if best.kind != "none" else Emulator("none", 0.0, None)


def _ridge(z: np.ndarray, y: np.ndarray, seed: int) -> tuple[Any, float]:
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    model = make_pipeline(
        PolynomialFeatures(2, include_bias=False), StandardScaler(),
        RidgeCV(alphas=np.logspace(-1, 4, 11)),
    )  # fmt: skip
    return model.fit(z, y), _cross_validated(model, z, y, seed)


def _process(z: np.ndarray, y: np.ndarray, seed: int) -> tuple[Any, float]:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    scales = ConstantKernel(1.0, (1e-2, 1e2)) * RBF(np.full(z.shape[1], 3.0), (0.3, 1e2))
    kernel = scales + WhiteKernel(0.5, (1e-4, 2.0))
    learned = GaussianProcessRegressor(kernel, random_state=seed).fit(z[:LEARN], y[:LEARN])
    model = GaussianProcessRegressor(learned.kernel_, optimizer=None)
    judged = slice(LEARN if len(y) >= 2 * LEARN else 0, GP_ROWS)  # not what it has learned from
    r2 = _cross_validated(model, z[judged], y[judged], seed)
    return model.fit(z[:GP_ROWS], y[:GP_ROWS]), r2


def _cross_validated(model: Any, z: np.ndarray, y: np.ndarray, seed: int) -> float:
    from sklearn.model_selection import KFold, cross_val_predict

    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    predicted = cross_val_predict(model, z, y, cv=folds)
    return float(1.0 - np.mean((y - predicted) ** 2) / np.var(y))


def sobol(
    table: ReferenceTable,
    statistics: Sequence[str],
    *,
    seed: int = 0,
    points: int = 512,
    gp: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Sobol indices of ``statistics`` (keys of the table's) over its fitted parameters.

    ``points`` is the base number of SALib's design, a power of two. Columns: ``statistic``,
    ``parameter``, ``first``, ``first_conf``, ``total``, ``total_conf`` (half width of the 95 %
    interval of the design, not of the emulator), as shares of the whole variance; ``r2``,
    ``unexplained`` and ``emulator`` are the same in all rows of a statistic. ``progress`` is
    called with the number of statistics done and of all. About a second a statistic.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample
    from scipy.special import ndtri

    keys = list(table.fitted)
    # SALib wants two parameters at least; the spare one moves nothing
    names = keys if len(keys) > 1 else [*keys, ""]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    u = sample.sample(problem, points, calc_second_order=False, seed=seed)[:, : len(names)]
    at = ndtri(np.clip(u, 1e-6, 1 - 1e-6))[:, : len(keys)]
    rows = []
    for done, name in enumerate(statistics, 1):
        emulator = emulate(table.z, table.stats[name].to_numpy(float), seed=seed, gp=gp)
        zero = dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), np.zeros(len(names)))
        predicted = emulator.predict(at)
        found = zero
        if emulator.kind != "none" and np.std(predicted) > 0:
            found = analysis.analyze(problem, predicted, calc_second_order=False, seed=seed)
        for k, key in enumerate(keys):
            share = {
                column: emulator.r2 * min(max(float(found[of][k]), 0.0), 1.0)
                for column, of in (("first", "S1"), ("first_conf", "S1_conf"),
                                   ("total", "ST"), ("total_conf", "ST_conf"))
            }  # fmt: skip
            rows.append({"statistic": name, "parameter": key, **share, "r2": emulator.r2,
                         "unexplained": 1.0 - emulator.r2, "emulator": emulator.kind})  # fmt: skip
        if progress is not None:
            progress(done, len(statistics))
    return pd.DataFrame(rows)
