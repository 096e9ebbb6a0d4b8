"""Draws for building a population: functions of (seed, name of the draw, identity) alone.

A village therefore has the same people in every sample, whatever else is built beside it. The
generator is splitmix64 (Steele, Lea and Flood 2014), a mixing function of 64-bit words.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from scipy.special import ndtri

__all__ = ["Draws", "mix", "trait"]

Words = np.ndarray
"""uint64 identities."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _finish(z: Words) -> Words:
    """The finaliser of splitmix64, in place; `z` must be an array that nobody else holds."""
    z ^= z >> np.uint64(30)
    z *= _FIRST
    z ^= z >> np.uint64(27)
    z *= _SECOND
    z ^= z >> np.uint64(31)
    return z


def mix(first: Any, second: Any) -> Words:
    """One identity made of two, of a parent and a number for example: `sim.world.identity.mix`.

    Whole numbers or arrays of them; never 0.
    """
    one = np.atleast_1d(np.asarray(first, dtype=np.uint64))
    two = np.atleast_1d(np.asarray(second, dtype=np.uint64))
    z = _finish(_finish(one + _STEP) ^ (two * _STEP + _SECOND))
    z[z == 0] = _STEP
    return z


def trait(ids: Words, which: int) -> np.ndarray:
    """A lasting trait in (0, 1) of each agent, as `sim.livelihoods.lasting.trait` gives it."""
    return _unit(mix(ids, np.uint64(which)))


def _unit(words: Words) -> np.ndarray:
    return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


class Draws:
    """Named draws under one seed: `uniform(ids, "age")` is in (0, 1), one number an identity."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def _words(self, ids: Words, name: str) -> Words:
        key = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        start = np.uint64(int.from_bytes(key[:8], "little"))
        return _finish((np.asarray(ids, dtype=np.uint64) ^ start) + _STEP)

    def uniform(self, ids: Words, name: str) -> np.ndarray:
        """Uniform numbers in (0, 1), float64."""
        return _unit(self._words(ids, name))

    def normal(self, ids: Words, name: str) -> np.ndarray:
        """Standard normal numbers, float64, by the inverse of the distribution."""
        return ndtri(self.uniform(ids, name))

    def ratio(self, ids: Words, name: str, sigma: float) -> np.ndarray:
        """Lognormal numbers of mean one and spread `sigma` on the log scale."""
        return np.exp(sigma * self.normal(ids, name) - sigma * sigma / 2.0)

    def choice(self, ids: Words, name: str, shares: np.ndarray) -> np.ndarray:
        """Positions 0 .. k-1 drawn with `shares` (k numbers that add up to one)."""
        ends = np.cumsum(np.asarray(shares, dtype=np.float64))
        return np.searchsorted(ends[:-1] / ends[-1], self.uniform(ids, name), side="right")
