"""The few rows of a block to whom something may happen this month.

Most people meet nothing in most months. So a rule flags first, over all rows and without
branches, which the compiler turns into work on many rows at a time; then it lists the flagged
rows and goes through the list. Three things make that fast:

- Rows are counted from the block's first one and unsigned: an index that might be negative is
  tested at every access.
- If only the listed need draws, they are drawn for them alone (`draw_for`). The words are those
  that the framework would have filled in (draw index 0), so `Mechanism.draws` can stay empty.
- What is far away in memory is picked for all of the list at once (`pick`), because the
  processor can wait for many cells at the same time, but not across a branch that it guesses.
"""

import numpy as np

from sim.chance import fill
from sim.kernel import kernel

__all__ = ["draw_for", "list_flagged", "pick", "room_for"]

_GROUP = 8
"""Flags that are looked at together, as one 64-bit number."""


@kernel(inline=True)
def room_for(rows):
    """The length of an array of flags (and of the list) for so many rows: whole groups."""
    return (rows + _GROUP - 1) // _GROUP * _GROUP


@kernel
def list_flagged(flags, bit, listed):
    """List the rows whose flag has a bit (1, 2, 4, ...); how many.

    flags: uint8, `room_for` long, 0 beyond the last row; listed: uint32 of the same length.
    """
    groups = flags.view(np.uint64)
    mask = np.uint64(bit) * np.uint64(0x0101010101010101)
    size = np.uint64(_GROUP)
    count = np.uint64(0)
    for g in range(np.uint64(groups.size)):
        if groups[g] & mask != np.uint64(0):
            for k in range(g * size, g * size + size):
                # without a branch: a rare event is one that a processor guesses wrong
                listed[count] = k
                count += np.uint64((flags[k] & bit) != 0)
    return np.int64(count)


@kernel
def pick(column, first, listed, count):
    """The cells of a column at the listed rows; `first` is the row of the block's first one."""
    picked = np.empty(count, column.dtype)
    for n in range(np.uint64(count)):
        picked[n] = column[np.uint64(first) + np.uint64(listed[n])]
    return picked


@kernel
def draw_for(chance, ids, first, listed, count):
    """The month's four words of the listed agents: uint32 (4, count), in the list's order."""
    drawn = np.empty((4, count), np.uint32)
    fill(chance, pick(ids, first, listed, count), 0, count, drawn)
    return drawn
