"""Lasting traits that have no column: the same number for an agent in every month and run.

Whether a household keeps a small shop, gets money from children who live away, or is refused by
the bank is as good as part of its identity, so it is a hash of its id. It does not depend on
the seed: the population is the same in all replicates.
"""

import numpy as np

from sim.kernel import kernel
from sim.world.identity import mix

__all__ = ["trait"]

_UNIT = 2.0**-53
_SHIFT = np.uint64(11)


@kernel(inline=True)
def trait(identity, which):
    """A number in (0, 1) for the agent `identity` (uint64); `which` tells traits apart."""
    return (np.float64(mix(identity, np.uint64(which)) >> _SHIFT) + 0.5) * _UNIT
