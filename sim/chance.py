"""Common random numbers: every draw is a function of (seed, stream, month, agent id, index).

The generator is Philox 4x32-10 (Salmon et al. 2011, the Random123 library), a counter-based
generator: no state is kept, so a draw does not depend on who drew before. Two scenarios with
the same seed therefore meet the same illnesses, hails and job offers, and the result does not
depend on the block size, the threads, the workers or the order of anything.

One call gives four 32-bit words. A mechanism names its stream; the framework fills the words
for all agents of a block before the mechanism's rule runs (`fill`), and a rule that needs more
draws for a rare event asks for them by index (`words`, index >= 1; index 0 is what `fill` used).
"""

import hashlib
from typing import Any

import numpy as np

from sim.kernel import kernel

__all__ = [
    "RECORD",
    "WORD",
    "draws",
    "fill",
    "normal",
    "philox",
    "stream_number",
    "uniform",
    "words",
]

WORD = 2.0**-32
"""One unit of a 32-bit word as a share of [0, 1)."""

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)

RECORD = np.dtype([(name, np.uint32) for name in ("key0", "key1", "stream", "month")])
"""What a rule is handed to draw with: the seed's two halves, its stream, the month."""


def stream_number(name: str) -> int:
    """The 32-bit number of a stream: the start of the SHA-256 of its name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


@kernel(inline=True)
def philox(c0, c1, c2, c3, k0, k1):
    """Philox 4x32-10: four counter words and two key words to four random words.

    All are 32-bit values held in uint64, which is what lets the loop in `fill` vectorise.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _SHIFT) ^ c1 ^ k0
        c2 = (p0 >> _SHIFT) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@kernel(inline=True)
def words(chance, identity, index):
    """Four uint32 words for one agent in this month.

    `chance` is the record of the mechanism's stream (fields key0, key1, stream, month),
    `identity` the agent's uint64 id, `index` the draw index (0 to 65535).
    """
    return philox(
        identity & _LOW,
        identity >> _SHIFT,
        np.uint64(chance.stream),
        (np.uint64(index) << np.uint64(16)) | np.uint64(chance.month),
        np.uint64(chance.key0),
        np.uint64(chance.key1),
    )


@kernel
def fill(chance, ids, first, end, out):
    """Fill `out` (uint32, 4 rows) with the words of the agents in rows first to end.

    The rounds stand here a second time because a call would keep this loop from vectorising:
    1.7 ns for four words against 14 (a test holds it equal to `philox`).
    """
    ids = ids[first:end]
    a = out[0]
    b = out[1]
    c = out[2]
    d = out[3]
    stream = np.uint64(chance.stream)
    month = np.uint64(chance.month)
    key0 = np.uint64(chance.key0)
    key1 = np.uint64(chance.key1)
    for i in range(ids.size):
        c0 = ids[i] & _LOW
        c1 = ids[i] >> _SHIFT
        c2 = stream
        c3 = month
        k0 = key0
        k1 = key1
        for _ in range(10):
            p0 = _M0 * c0
            p1 = _M1 * c2
            c0 = (p1 >> _SHIFT) ^ c1 ^ k0
            c2 = (p0 >> _SHIFT) ^ c3 ^ k1
            c1 = p1 & _LOW
            c3 = p0 & _LOW
            k0 = (k0 + _W0) & _LOW
            k1 = (k1 + _W1) & _LOW
        a[i] = c0
        b[i] = c1
        c[i] = c2
        d[i] = c3


@kernel
def _draws(chance, ids, index, out):
    for i in range(ids.size):
        w = words(chance, ids[i], index)
        out[0, i] = w[0]
        out[1, i] = w[1]
        out[2, i] = w[2]
        out[3, i] = w[3]


def draws(chance: Any, ids: np.ndarray, index: int = 1) -> np.ndarray:
    """Four uniforms in (0, 1) for each of some agents, float64 of shape (4, n).

    For the numpy parts of a mechanism (province and county); `index` as in `words`.
    """
    out = np.zeros((4, len(ids)), np.uint32)
    _draws(chance, np.ascontiguousarray(ids, np.uint64), index, out)
    return (out + 0.5) * WORD


@kernel(inline=True)
def uniform(word):
    """A word as a number in (0, 1), never 0 or 1."""
    return (np.float64(word) + 0.5) * WORD


@kernel(inline=True)
def normal(word):
    """A word as a standard normal, by Acklam's inverse of the cumulative distribution.

    Relative error below 1.2e-9. One word gives one normal, which keeps common random numbers
    (a rejection method would use a varying number of words).
    """
    p = (np.float64(word) + 0.5) * WORD
    q = p if p < 0.5 else 1.0 - p
    if q > 0.02425:
        x = p - 0.5
        r = x * x
        top = -3.969683028665376e01 * r + 2.209460984245205e02
        top = top * r - 2.759285104469687e02
        top = top * r + 1.383577518672690e02
        top = top * r - 3.066479806614716e01
        top = (top * r + 2.506628277459239e00) * x
        bottom = -5.447609879822406e01 * r + 1.615858368580409e02
        bottom = bottom * r - 1.556989798598866e02
        bottom = bottom * r + 6.680131188771972e01
        bottom = bottom * r - 1.328068155288572e01
        return top / (bottom * r + 1.0)
    r = np.sqrt(-2.0 * np.log(q))
    top = -7.784894002430293e-03 * r - 3.223964580411365e-01
    top = top * r - 2.400758277161838e00
    top = top * r - 2.549732539343734e00
    top = top * r + 4.374664141464968e00
    top = top * r + 2.938163982698783e00
    bottom = 7.784695709041462e-03 * r + 3.224671290700398e-01
    bottom = bottom * r + 2.445134137142996e00
    bottom = bottom * r + 3.754408661907416e00
    value = top / (bottom * r + 1.0)
    return value if p < 0.5 else -value
