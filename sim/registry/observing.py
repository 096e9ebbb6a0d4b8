"""What an observer of a household gets to see: its income with an error, its gaps by chance.

Shared by the monthly visits and the screening of October and November. An observer writes down
the household's income times an error, and misses some of the gaps that are there. Part of the
error stays with the household (what it hides, how it reckons its own grain), so that a second
look repeats part of the first mistake; the rest is new each time.

These take single numbers, not the tuples of columns: handing a tuple of arrays to a function in
a hot loop counts references up and down for every array, which costs more than the rule.
"""

import numpy as np

from sim import chance as draws
from sim.chance import stream_number
from sim.kernel import kernel
from sim.world.codes import Cause
from sim.world.columns import column

__all__ = ["SEEN_SHOCK", "has_gap", "income_error", "seen_income"]

SEEN_SHOCK = column(
    "household", "seen_shock", "i1", "code",
    "kind of heavy blow that a visit or the matching of data has found, 0 none",
    "发现的重大变故", codes=Cause,
)  # fmt: skip
"""What the registry knows of a household's blows (the true one is `household.blow`)."""

_LASTING = np.uint64(stream_number("registry: lasting error of observation"))
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MOST = 2.0e9  # fen; keeps an absurd error inside int32


@kernel(inline=True)
def income_error(mean, sd, lasting, word, identity, chance):
    """What a household's income is multiplied by when it is observed.

    mean, sd: of the logarithm of the factor. lasting: share of its variance that stays with the
    household. word: the fresh draw. identity: id of the household.
    """
    steady, _, _, _ = draws.philox(
        identity & _LOW, identity >> _SHIFT, _LASTING, np.uint64(0),
        np.uint64(chance.key0), np.uint64(chance.key1),
    )  # fmt: skip
    deviation = np.sqrt(lasting) * draws.normal(steady)
    deviation += np.sqrt(1.0 - lasting) * draws.normal(word)
    return np.exp(mean + sd * deviation)


@kernel(inline=True)
def has_gap(education, medical, house, water, months):
    """Whether one of the guarantees has been missing for `months` months or longer."""
    return education >= months or medical >= months or house >= months or water >= months


@kernel(inline=True)
def seen_income(income, error):
    """True income a head (fen a year) times an error, as it is written down."""
    return np.int32(min(max(income * error, 0.0), _MOST) + 0.5)
