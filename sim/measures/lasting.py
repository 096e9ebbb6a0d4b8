"""Draws that stay the same over months: a trait, or a choice made once.

An ordinary draw is keyed by the month in which a mechanism runs. Whether a patient claims what is
due this year, or how long one house takes to build, must not be drawn anew each month; such a
draw is keyed by a month of its own (the January of the year, the month in which the work began).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import philox
from sim.kernel import kernel

__all__ = ["at_month", "lasting"]

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_INDEX = np.uint64(16)


@kernel(inline=True)
def lasting(chance, identity, index, month):
    """Four words for one agent, keyed by `month` instead of the month of the run.

    Use an index that the mechanism's monthly draws do not use.
    """
    return philox(
        identity & _LOW,
        identity >> _SHIFT,
        np.uint64(chance.stream),
        (np.uint64(index) << _INDEX) | np.uint64(month),
        np.uint64(chance.key0),
        np.uint64(chance.key1),
    )


def at_month(chance: Any, month: int) -> Any:
    """A copy of a chance record set to another month, for the numpy parts of a mechanism."""
    other = chance.copy()
    other.month = month
    return other
