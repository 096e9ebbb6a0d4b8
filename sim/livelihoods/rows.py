"""Rows of a block as unsigned numbers, and whole columns of a block at once.

An index that might be negative is tested at every access to every column; one that cannot be is
not. In rules that touch twenty columns a row that is a fifth of the time.

A loop over a few columns without a branch is compiled to count several rows at once, which one
over many columns is not: a rule that books much for everybody is several short loops.
"""

import numpy as np

from sim.kernel import kernel

__all__ = ["add_up", "any_set", "homes_of", "households_of"]


@kernel(inline=True)
def households_of(at):
    """The block's household rows as uint64. Do not mix them with int64 (that gives floats):
    subtract `np.uint64(at.first_household)` for the place in the block."""
    return range(np.uint64(at.first_household), np.uint64(at.end_household))


@kernel(inline=True)
def homes_of(villages, v):
    """The household rows of a village as uint64, those of the dead and unused rows included."""
    return range(np.uint64(villages.first_household[v]), np.uint64(villages.end_household[v]))


@kernel(inline=True)
def add_up(total, flow, alive, afresh):
    """Add a month's flow to a running total (int32, living rows), begun anew if `afresh` is 1."""
    for k in range(total.size):
        total[k] += np.int32(alive[k] != 0) * (flow[k] - np.int32(afresh) * total[k])


@kernel(inline=True)
def any_set(flags):
    """Whether any of some flags (a byte each) is not 0: to pass over many rows at once."""
    seen = flags[0]
    for k in range(1, flags.size):
        seen |= flags[k]
    return seen != 0
