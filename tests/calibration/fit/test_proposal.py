"""Proposals have the density they say, and keep a sample alive in many dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from calibration.fit.adjust import effective_size
from calibration.fit.proposal import WideNormal
from calibration.fit.sampler import kept_numpy_state


def fitted(k, n=100, sd=0.6):
    z = np.random.default_rng(1).standard_normal((n, k)) * sd + 0.3
    transition = WideNormal()
    transition.fit(pd.DataFrame(z, columns=[f"g.p{j}" for j in range(k)]), np.full(n, 1 / n))
    return transition


def drawn(transition, number):
    with kept_numpy_state():
        np.random.seed(1)  # noqa: NPY002
        return pd.DataFrame([dict(transition.rvs_single()) for _ in range(number)])


def test_density_is_that_of_the_proposals():
    transition = fitted(2)
    points = drawn(transition, 4000)
    density = transition.pdf(points)
    assert density[3] == pytest.approx(transition.pdf(points.iloc[3]))
    # importance sampling with it gives the moments of another distribution
    weights = multivariate_normal([0.5, 0.0], [[0.3, 0.1], [0.1, 0.3]]).pdf(points) / density
    assert weights.mean() == pytest.approx(1.0, abs=0.05)
    assert weights @ points["g.p0"] / weights.sum() == pytest.approx(0.5, abs=0.04)


def test_weights_do_not_degenerate_in_ten_dimensions():
    transition = fitted(10)
    points = drawn(transition, 3000)
    target = multivariate_normal(np.full(10, 0.3), 0.36 * np.eye(10)).pdf(points)
    assert effective_size(target / transition.pdf(points)) > 0.25 * len(points)
    prior = multivariate_normal(np.zeros(10)).pdf(points)
    assert (prior / transition.pdf(points)).max() <= 10.0 + 1e-9


def test_one_particle_is_enough_to_go_on():
    transition = WideNormal()
    transition.fit(pd.DataFrame({"g.a": [0.5], "g.b": [1.0]}), np.ones(1))
    assert np.isfinite(transition.pdf(drawn(transition, 20))).all()
