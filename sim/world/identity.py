"""Ids of those who come into the world during a run.

An id must not depend on the scenario, the row or the order of events: a child is named after its
mother and its place in the birth order, a bride after her groom, a split household after the
parent household and the person who leaves. So two scenarios speak of the same child, and its
draws are the same in both. Id 0 is never given: it marks a row that nobody has used.
"""

import numpy as np

from sim.kernel import kernel

__all__ = ["mix"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_ZERO = np.uint64(0)
_S27, _S30, _S31 = np.uint64(27), np.uint64(30), np.uint64(31)


@kernel(inline=True)
def _finish(z):
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): a bijection on 64 bits."""
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@kernel(inline=True)
def mix(a, b):
    """A new id from two uint64 numbers, never 0; mix(a, b) differs from mix(b, a).

    Both must be np.uint64: an int64 beside a uint64 becomes a float in numba.
    """
    z = _finish(_finish(a + _GOLDEN) ^ (b * _GOLDEN + _SECOND))
    return _GOLDEN if z == _ZERO else z
