"""Rows of a block as unsigned numbers.

An index that might be negative is tested at every access to every column; one that cannot be is
not. In rules that touch twenty columns a row that is a fifth of the time.
"""

import numpy as np

from sim.kernel import kernel

__all__ = ["households_of"]


@kernel(inline=True)
def households_of(at):
    """The block's household rows as uint64. Do not mix them with int64 (that gives floats):
    subtract `np.uint64(at.first_household)` for the place in the block."""
    return range(np.uint64(at.first_household), np.uint64(at.end_household))
