"""Where a fit looks for parameters: draws from the priors, by number.

A fit works with z, the standard normal quantile of a parameter's place in its prior: every prior
is N(0, 1) there, whatever its form, and no value that comes back from z can leave its support.

Candidate n of a fit is known by (seed, n) alone: its prior draw, the draw of every parameter that
is not fitted, the seed of its simulation and its error of observation are hashes of the two. So
none of them depends on workers, on order, or on which parameters are fitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from scenarios.priors import uniform_hash
from scenarios.run import model_seed

__all__ = [
    "FitError", "HasQuantile", "Priors", "check_fitted", "complete_draw", "noise", "numpy_seed",
    "prior_z", "priors_of", "simulation_seed", "to_value",
]  # fmt: skip

EDGE = 1e-15  # nearest to 0 or 1 that a place in a prior may be: quantile(1) may be infinite


class FitError(ValueError):
    """A fit that cannot be done as asked, with what to change."""


class HasQuantile(Protocol):
    """A prior: `quantile(u)` is the value below which a share u of it lies."""

    def quantile(self, u: float) -> float: ...


Priors = Mapping[str, HasQuantile]
"""The prior of every uncertain parameter by its key."""


def priors_of(simulator: Any, fitted: Sequence[str] = ()) -> dict[str, HasQuantile]:
    """The priors a simulator's parameters have (its `table`, or else the model's own).

    FitError if one of `fitted` is not among them.
    """
    table = getattr(simulator, "table", None)
    if table is None:
        from scenarios.library import load_parameters

        table = load_parameters()
    found = {s.key: s.distribution for s in table.uncertain() if s.distribution is not None}
    check_fitted(found, fitted)
    return found


def check_fitted(priors: Priors, fitted: Sequence[str]) -> None:
    """FitError if a fitted parameter is given twice or has no prior."""
    if unknown := [key for key in fitted if key not in priors]:
        raise FitError(
            f"{', '.join(unknown)}: no uncertain parameter has this key, so it can not be fitted. "
            f"A key is group.name of a parameter with a prior or factor in scenarios/parameters/."
        )
    if len(set(fitted)) < len(fitted):
        raise FitError(f"a parameter is to be fitted twice: {', '.join(fitted)}")


def prior_z(seed: int, keys: Sequence[str], number: int) -> np.ndarray:
    """Prior draw `number` in z [keys]: the same as draw `number` of `draw_parameters`."""
    from scipy.special import ndtri

    places = np.array([uniform_hash(seed, key, number) for key in keys], float)
    return np.asarray(ndtri(places))


def to_value(prior: HasQuantile, z: float) -> float:
    """The parameter's value at z."""
    from scipy.special import ndtr

    return float(prior.quantile(min(max(float(ndtr(z)), EDGE), 1.0 - EDGE)))


def complete_draw(
    priors: Priors, seed: int, number: int, fitted: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Values of all uncertain parameters of candidate `number`.

    fitted: z of those that were proposed; all others are drawn from their priors.
    """
    given = fitted or {}
    return {
        key: to_value(prior, given[key])
        if key in given
        else float(prior.quantile(uniform_hash(seed, key, number)))
        for key, prior in priors.items()
    }


def simulation_seed(seed: int, number: int) -> int:
    """The model's seed in candidate `number` (64 bits)."""
    return model_seed(seed, number)


def numpy_seed(seed: int, *words: object) -> int:
    """A seed for numpy's old generator (32 bits) from anything that can be printed."""
    text = "|".join(map(str, ("fanpin fit", int(seed), *words)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def noise(seed: int, numbers: Sequence[int], keys: Sequence[str], error: np.ndarray) -> np.ndarray:
    """Errors of observation [numbers, keys]: N(0, error), a hash of seed, key and number.

    Added to simulated statistics, they make the posterior that of a model whose output is
    observed with these errors (Wilkinson 2013, Stat. Appl. Genet. Mol. Biol. 12(2)).
    """
    from scipy.special import ndtri

    places = [[uniform_hash(seed, f"error of {key}", n) for key in keys] for n in numbers]
    errors = ndtri(np.array(places, float).reshape(len(numbers), len(keys)))
    return np.asarray(errors * np.asarray(error, float))
