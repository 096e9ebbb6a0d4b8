"""Simulators whose posterior is known, with the interface of a fit."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from calibration.fit.cache import Outcome
from calibration.fit.table import reference_table
from calibration.fit.targets import Target, Targets
from scenarios.priors import Prior

PRIORS = {key: Prior.parse("normal(0, 1)") for key in ("toy.a", "toy.b", "toy.c")}
FITTED = ["toy.a", "toy.b"]
"""c is drawn anew in every simulation."""

LINEAR = np.array(
    [[1.0, 0.3, 0.2], [0.2, 1.0, 0.0], [0.6, -0.7, 0.3], [0.0, 0.0, 1.0], [0.4, 0.4, 0.0]]
)
"""Statistics by parameters."""

KEYS = tuple(f"s{i}::all" for i in range(len(LINEAR)))
CHANCE = 0.3
ERROR = 0.4


def _table():
    specs = [SimpleNamespace(key=key, distribution=prior) for key, prior in PRIORS.items()]
    return SimpleNamespace(uncertain=lambda: specs)


@dataclass
class Toy:
    """s = LINEAR (a, b, c) + N(0, CHANCE).

    bend: adds bend exp(LINEAR (a, b, c) / 2). faulty: a fifth of the simulations fail. shift: is
    added to all statistics. pause: seconds a simulation takes at least.
    """

    bend: float = 0.0
    faulty: bool = False
    shift: float = 0.0
    pause: float = 0.0
    table: SimpleNamespace = field(default_factory=_table)

    def simulate(self, values, seed):
        if self.faulty and seed % 5 == 0:
            raise RuntimeError("this one fails")
        if self.pause:
            time.sleep(self.pause)
        mean = LINEAR @ np.array([values[key] for key in PRIORS])
        chance = np.random.default_rng(seed).standard_normal(len(LINEAR))
        s = mean + self.bend * np.exp(0.5 * mean) + self.shift + CHANCE * chance
        return dict(zip(KEYS, map(float, s), strict=True))

    def digest(self):
        return f"known toy {self.bend} {self.faulty} {self.shift}"


def at_once(simulator, jobs, cache=None, workers=1, cluster=None, progress=None):
    """Simulates like `run_many`, without its care for the memory and cores of real models."""
    for number, values, seed in jobs:
        try:
            yield Outcome(number, simulator.simulate(values, seed))
        except RuntimeError as error:
            yield Outcome(number, None, str(error))


def toy_table(n, seed=3, **toy):
    """A reference table of a toy."""
    return reference_table(Toy(**toy), FITTED, n, seed, run=at_once)


def targets(observed, error=ERROR):
    """Observed statistics as targets."""
    return Targets(tuple(Target(k, float(v), error) for k, v in zip(KEYS, observed, strict=True)))


def exact(observed):
    """Posterior mean [2] and covariance [2, 2] of a and b in the linear toy."""
    noise = LINEAR[:, 2:] @ LINEAR[:, 2:].T + (CHANCE**2 + ERROR**2) * np.eye(len(LINEAR))
    x = LINEAR[:, :2]
    covariance = np.linalg.inv(np.eye(2) + x.T @ np.linalg.solve(noise, x))
    return covariance @ x.T @ np.linalg.solve(noise, np.asarray(observed)), covariance
