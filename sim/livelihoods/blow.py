"""Blows: what hit a household hardest of late, kept to name the cause of a relapse.

A blow has a cause and a size in fen (a cost or a lost income). It fades month by month in
`income_window`; whoever causes a cost or a loss calls `strike`.
"""

import numpy as np

from sim.kernel import kernel

__all__ = ["strike", "strike_all"]

MOST = 2.0e9
"""Fen; keeps a blow inside int32."""


@kernel(inline=True)
def strike(households, h, cause, size):
    """Note a cost or loss of `size` fen: it adds to a blow of the same cause, replaces a
    smaller one of another cause, and is forgotten beside a greater one.

    Needs the columns household.blow and household.blow_size.
    """
    if households.blow[h] == cause:
        households.blow_size[h] = np.int32(min(households.blow_size[h] + size, MOST) + 0.5)
    elif size > households.blow_size[h]:
        households.blow[h] = cause
        households.blow_size[h] = np.int32(min(size, MOST) + 0.5)


@kernel(inline=True)
def strike_all(blow, blow_size, cause, cost, weight, alive):
    """`strike` for all living rows with a cost above 0, at a weight; columns of equal length."""
    for k in range(cost.size):
        same = blow[k] == cause
        size = weight * cost[k]
        grown = np.int32(min((blow_size[k] if same else 0) + size, MOST) + 0.5)
        counts = (alive[k] != 0) & (cost[k] > 0) & (same | (size > blow_size[k]))
        blow_size[k] = grown if counts else blow_size[k]
        blow[k] = np.int8(cause) if counts else blow[k]
