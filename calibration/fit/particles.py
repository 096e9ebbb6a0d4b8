"""What a sequential fit gives: particles, complete draws, the posterior."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.adjust import Adjusted, adjust, effective_size
from calibration.fit.draws import Priors, to_value
from calibration.fit.learned import Learned

__all__ = ["AbcResult", "Particles", "posterior_draws"]


@dataclass(frozen=True)
class AbcResult:
    """A posterior sample of m particles.

    particles: `number` of the simulation, `distance`, `weight` (sum 1, before adjustment), and z
    of each fitted parameter (column = key).
    summaries [m, k], observed [k]: learned summaries of the particles and of the data.
    adjusted: z and weights after regression adjustment, and the widths before and after.
    draws: complete draws as simulated, one column an uncertain parameter (all of them).
    posterior: the same with adjusted values of the fitted ones, and `weight`: what to use.
    generations: `generation`, `epsilon` (accepted distance; the adaptive distance has its own unit
    in each generation), `floor` (distance that chance and errors make, in the same unit),
    `simulations`, `accepted`, `failed`, `rate`, `size` (effective number of particles).
    reason: why it ended. by_clock: whether the clock ended it.
    simulations: counted, the table apart. size: effective number of points of `posterior`.
    """

    fitted: list[str]
    particles: pd.DataFrame
    summaries: np.ndarray
    observed: np.ndarray
    adjusted: Adjusted
    draws: pd.DataFrame
    posterior: pd.DataFrame
    generations: pd.DataFrame
    learned: Learned
    simulations: int
    failed: int
    size: float
    reason: str
    by_clock: bool
    notes: list[str]
    seconds: float


@dataclass(frozen=True)
class Particles:
    """The last whole generation and the path to it, out of pyABC's hands.

    frame, summaries, generations: as in `AbcResult`.
    """

    frame: pd.DataFrame
    summaries: np.ndarray
    generations: pd.DataFrame

    @classmethod
    def of(
        cls, abc: Any, sampler: Any, fitted: Sequence[str], floor: Callable[[int], float]
    ) -> Particles:
        """From a finished pyABC fit and its sampler. floor: of a generation."""
        facts = abc.history.get_all_populations().set_index("t")
        facts = facts.loc[facts.index >= 0]
        weights = {t: np.array([p.weight for p in sampler.taken[t]]) for t in facts.index}
        accepted = np.array([len(sampler.taken[t]) for t in facts.index])
        simulations = facts["samples"].to_numpy(int)
        generations = pd.DataFrame({
            "generation": facts.index, "epsilon": facts["epsilon"].to_numpy(float),
            "floor": [floor(t) for t in facts.index],
            "simulations": simulations, "accepted": accepted,
            "failed": [sampler.failed[t] for t in facts.index],
            "rate": accepted / simulations,
            "size": [effective_size(w) for w in weights.values()],
        })  # fmt: skip
        last = int(facts.index[-1])
        taken = sampler.taken[last]
        frame = pd.DataFrame({
            "number": sampler.numbers[last],
            "distance": [float(p.distance) for p in taken],
            "weight": weights[last] / weights[last].sum(),
            **{key: [float(p.parameter[key]) for p in taken] for key in fitted},
        })  # fmt: skip
        summaries = np.array([[p.sum_stat[key] for key in fitted] for p in taken], float)
        return cls(frame, summaries, generations)

    def adjusted(
        self, fitted: Sequence[str], observed: np.ndarray, heteroscedastic: bool
    ) -> Adjusted:
        """After regression adjustment to the observed summaries."""
        found = adjust(
            self.frame[list(fitted)].to_numpy(), self.frame["weight"].to_numpy(), self.summaries,
            observed, distances=self.frame["distance"].to_numpy(),
            heteroscedastic=heteroscedastic,
        )  # fmt: skip
        found.widths.insert(0, "parameter", list(fitted))
        return found


def posterior_draws(
    particles: Particles, adjusted: Adjusted, fitted: Sequence[str], priors: Priors,
    complete: Callable[[int, dict[str, float]], dict[str, float]],
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """(draws, posterior) of `AbcResult`. complete: the draw of a candidate by number and z."""
    z = particles.frame[list(fitted)].to_numpy()
    draws = pd.DataFrame([
        complete(int(number), dict(zip(fitted, map(float, row), strict=True)))
        for number, row in zip(particles.frame["number"], z, strict=True)
    ])  # fmt: skip
    moved = {
        key: [to_value(priors[key], value) for value in adjusted.z[:, j]]
        for j, key in enumerate(fitted)
    }
    posterior = draws.assign(**moved)
    posterior.insert(0, "weight", adjusted.weights)
    return draws, posterior
