"""How later generations propose: a wide normal distribution, and now and then the prior.

pyABC's own kernel (a normal around each particle, narrower the more there are) leaves almost
nothing of a sample in many dimensions: its density is lumpy, and with it the weights, which divide
by it. In a trial with eight parameters and 100 particles the effective number fell from 100 to 26,
4 and 2 in three generations; with the proposals here it was 66, 72 and 44.

In z, where every prior is normal, posteriors are nearly so, and one normal with the particles' mean
and 1.5 times their covariance is smooth and close. A tenth of the proposals come from the prior, so
that no weight can exceed ten times what it would be without any learning, and no part of the prior
is ever lost (Hesterberg 1995, Technometrics 37(2)).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyabc import Parameter
from pyabc.transition import Transition
from scipy.stats import multivariate_normal

from calibration.fit.adjust import effective_size

__all__ = ["WideNormal"]

WIDER = 1.5
FROM_PRIOR = 0.1


class WideNormal(Transition):
    """A transition of pyABC for parameters whose priors are all N(0, 1)."""

    def fit(self, X: pd.DataFrame, w: np.ndarray) -> None:  # pyABC's names
        """Fit to particles X [n, k] with weights w [n]."""
        z = X.to_numpy(float)
        share = w / w.sum()
        size = effective_size(share)
        self.mean = share @ z
        covariance = (z - self.mean).T @ ((z - self.mean) * share[:, None])
        covariance *= size / max(size - 1.0, 0.5)
        # few points say little of correlations: shrink these towards none
        keep = size / (size + z.shape[1] + 1.0)
        variances = np.maximum(np.diag(covariance), 1e-6)
        covariance = keep * covariance + (1.0 - keep) * np.diag(variances)
        self.root = np.linalg.cholesky(WIDER * covariance + 1e-9 * np.eye(z.shape[1]))
        self.near = multivariate_normal(self.mean, self.root @ self.root.T)
        self.prior = multivariate_normal(np.zeros(z.shape[1]))

    def rvs_single(self) -> Parameter:
        """One proposal, from numpy's global generator."""
        chance = np.random.standard_normal(len(self.mean))  # noqa: NPY002
        if np.random.random() >= FROM_PRIOR:  # noqa: NPY002
            chance = self.mean + self.root @ chance
        return Parameter(dict(zip(self.X.columns, map(float, chance), strict=True)))

    def pdf(self, x: Parameter | pd.Series | pd.DataFrame) -> float | np.ndarray:
        """Density of proposals at one point or several."""
        if isinstance(x, pd.DataFrame):
            at = x[self.X.columns].to_numpy(float)
        else:
            at = np.array([x[key] for key in self.X.columns], float)
        density = (1 - FROM_PRIOR) * self.near.pdf(at) + FROM_PRIOR * self.prior.pdf(at)
        return density if isinstance(x, pd.DataFrame) else float(density)
