"""Small helpers for tables of rates by age, used before a rule's loop over persons."""

import numpy as np

from sim.kernel import kernel

__all__ = ["largest", "monthly", "scaled", "share_place", "word_below"]


@kernel(inline=True)
def largest(table):
    """The largest entry, at least 0."""
    most = 0.0
    for k in range(len(table)):
        if table[k] > most:
            most = table[k]
    return most


@kernel(inline=True)
def scaled(table, factor, out):
    """`table` times `factor` into `out`; returns the largest entry."""
    for k in range(len(out)):
        out[k] = table[k] * factor
    return largest(out)


@kernel(inline=True)
def monthly(yearly, out):
    """Yearly chances as monthly ones, into `out`; returns the largest entry."""
    for k in range(len(out)):
        out[k] = 1.0 - (1.0 - yearly[k]) ** (1.0 / 12.0)
    return largest(out)


@kernel(inline=True)
def word_below(share):
    """A 32-bit word such that at least `share` of all words lie below it.

    The dense loops compare a person's words with this first: only those below can meet an event
    of at most this chance, and only they are looked at further.
    """
    return np.uint32(share * 4294967295.0 + 1.0) if share < 0.999 else np.uint32(4294967295)


@kernel(inline=True)
def share_place(table, u):
    """Which entry of a table of shares u falls into; the last takes the rest."""
    k = 0
    while k < len(table) - 1 and u >= table[k]:
        u -= table[k]
        k += 1
    return k
