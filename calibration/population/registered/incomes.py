"""The true income behind the one that is written down, and the traits that reproduce it."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from calibration.population.hashing import Draws
from calibration.population.registered.numbers import Numbers

__all__ = ["heap", "true_incomes", "unheaped"]

_QUARTILE = 0.6744897501960817  # of a standard normal
_SURE = 30  # incomes from which a median and a quartile are taken


def true_incomes(
    seen: np.ndarray, exited: np.ndarray, line: float, ids: np.ndarray, draws: Draws,
    numbers: Numbers, bias: tuple[float, float], sigma: float,
) -> np.ndarray:  # fmt: skip
    """A draw of each household's true income a head, given the one that is written down.

    seen: yuan a head as registered, NaN unknown (NaN comes back). exited: registered as exited.
    line: of the register's year. bias: mean error (log points) of the poor and of the exited;
    sigma: its spread. Incomes that were moved across the line are moved back first (`unheaped`).
    True log incomes of a group are taken as normal, so that given what was seen they are normal
    about a mean between the seen one and the group's, with less than sigma's spread.
    """
    found = np.full(len(seen), np.nan)
    for group, error in zip((~exited, exited), bias, strict=True):
        here = np.flatnonzero(group & ~np.isnan(seen))
        if len(here) == 0:
            continue
        ratio = np.log(np.maximum(seen[here], 0.05 * line) / line)
        above = bool(exited[here[0]])
        ratio, center, spread = unheaped(
            ratio, above, ids[here], draws, float(np.log1p(numbers.number("heap_band"))), sigma
        )
        least = numbers.number("shrink_least")
        kept = max(1.0 - sigma * sigma / max(spread * spread, 1e-9), least)
        mean = center - error + kept * (ratio - center)
        noise = np.sqrt(kept) * sigma * draws.normal(ids[here], "true income")
        found[here] = line * np.exp(mean + noise)
    return found


def heap(ratio: np.ndarray, above: bool, band: float) -> float:
    """Share of the incomes within `band` of the line that were moved there from its other side.

    ratio: log of the income over the line. above: the band above the line (exits) or below it.
    As many as in the next band are taken to belong there; what there is more was moved.
    """
    side = ratio if above else -ratio
    inner = int(((side >= 0.0) & (side < band)).sum())
    outer = int(((side >= band) & (side < 2.0 * band)).sum())
    return max(0.0, 1.0 - outer / inner) if inner else 0.0


def unheaped(
    ratio: np.ndarray, above: bool, ids: np.ndarray, draws: Draws, band: float, sigma: float
) -> tuple[np.ndarray, float, float]:
    """Incomes (log, over the line) with those that were moved moved back; median and spread.

    Median and spread are those of the side of the distribution that the heap does not touch.
    A household in the heap is moved back with the heap's excess as its chance, to a draw from
    what the distribution has on the other side of the line. Small groups are left as they are.
    """
    center = float(np.median(ratio))
    far = np.quantile(ratio, 0.75 if above else 0.25)
    spread = max(abs(float(far) - center) / _QUARTILE, 0.5 * sigma)
    if len(ratio) < _SURE:
        return ratio, center, max(spread, sigma)
    side = ratio if above else -ratio
    moved = (side >= 0.0) & (side < band)
    moved &= draws.uniform(ids, "heaped") < heap(ratio, above, band)
    luck = draws.uniform(ids, "unheaped")
    edge = ndtr(-center / spread)  # the distribution's part below the line
    rank = luck * edge if above else edge + luck * (1.0 - edge)
    other = center + spread * ndtri(np.clip(rank, 1e-6, 1.0 - 1e-6))
    return np.where(moved, other, ratio), center, spread
