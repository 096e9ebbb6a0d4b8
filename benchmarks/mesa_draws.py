"""Draws for the Mesa version: the model's own common random numbers, ready before the clock runs.

The four words that the framework draws for everybody are turned into lists of Python numbers,
household by household. The further draws of rare events are asked for by a key and found in a
dictionary that an untimed run has filled.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from sim.chance import WORD, philox, stream_number

__all__ = ["Further", "grouped", "normal"]


class Further:
    """Draws of one stream beyond the first four of an agent and month, by (id, draw).

    draw: (index << 16) | month, as in `sim.chance.words`. A draw that is not known is made and
    kept; `made` counts those, so that a timed run can show that it made none.
    """

    __slots__ = ("_seed", "_stream", "known", "made")

    def __init__(self, seed: int, name: str | int) -> None:
        self._seed = np.uint64(seed & 0xFFFFFFFF), np.uint64((seed >> 32) & 0xFFFFFFFF)
        self._stream = np.uint64(name if isinstance(name, int) else stream_number(name))
        self.known: dict[tuple[int, int], tuple[float, float, float, float]] = {}
        self.made = 0

    def __call__(self, identity: int, draw: int) -> tuple[float, float, float, float]:
        """Four numbers in (0, 1)."""
        found = self.known.get((identity, draw))
        if found is None:
            words = philox(
                np.uint64(identity & 0xFFFFFFFF), np.uint64(identity >> 32), self._stream,
                np.uint64(draw), *self._seed,
            )  # fmt: skip
            a, b, c, d = ((float(word) + 0.5) * WORD for word in words)
            found = self.known[identity, draw] = (a, b, c, d)
            self.made += 1
        return found


def grouped(words: np.ndarray, starts: list[int]) -> list[list[tuple[float, ...]]]:
    """Words (4, n) as numbers in (0, 1): for each household a list of four for each person.

    starts: first person of each household, and the number of persons at the end.
    """
    rows = list(zip(*((words + 0.5) * WORD).tolist(), strict=True))
    return [rows[a:b] for a, b in itertools.pairwise(starts)]


def normal(p: float) -> float:
    """A number in (0, 1) as a standard normal: the inverse that `sim.chance.normal` uses."""
    q = p if p < 0.5 else 1.0 - p
    if q > 0.02425:
        x = p - 0.5
        r = x * x
        top = (
            (
                (
                    ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02)
                    * r
                    + 1.383577518672690e02
                )
                * r
                - 3.066479806614716e01
            )
            * r
            + 2.506628277459239e00
        ) * x
        bottom = (
            (
                ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                + 6.680131188771972e01
            )
            * r
            - 1.328068155288572e01
        ) * r + 1.0
        return top / bottom
    r = math.sqrt(-2.0 * math.log(q))
    top = (
        (
            ((-7.784894002430293e-03 * r - 3.223964580411365e-01) * r - 2.400758277161838e00) * r
            - 2.549732539343734e00
        )
        * r
        + 4.374664141464968e00
    ) * r + 2.938163982698783e00
    bottom = (
        ((7.784695709041462e-03 * r + 3.224671290700398e-01) * r + 2.445134137142996e00) * r
        + 3.754408661907416e00
    ) * r + 1.0
    value = top / bottom
    return value if p < 0.5 else -value
