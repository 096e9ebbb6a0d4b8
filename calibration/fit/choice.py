"""Which of the screened parameters are fitted, and why.

Only parameters that move some target by more than half its error and more than chance are
eligible.
They are taken one after another, each time the one that adds most to

    1/2 log det(1 + S S'),

where S [parameters taken, targets] are the effects of one prior standard deviation, in units of
the target's error and chance together: their mean size with the sign of their mean, and zero
where the size is no more than chance. For a linear model this is how much the logarithm of
the volume of the posterior shrinks: a parameter that moves the same targets the same way as one
already taken adds at most 1/2 log 2 however strong it is, as much as one that moves a target of
its own by 3.3 errors. It stops at the number asked for, or when the
next one would narrow no combination of parameters by 2 %.

All other parameters are drawn from their priors in every simulation, so leaving one out widens
the posterior of the rest and hides nothing.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["SPAN", "Choice", "choose"]

SPAN = 3.29  # standard deviations from the quantile 0.05 to 0.95 of a normal distribution
LEAST = -np.log(0.98)  # what a parameter must add: 2 % off some combination
ALIKE = 0.9  # cosine of two parameters' effects from which they are said to do the same

REASONS = {
    "fitted": (
        "fitted: moves {most_moved_target} by {mu_star:.1f} errors over its prior's middle 90 %",
        "拟合：在先验中间90%范围内使 {most_moved_target} 变动{mu_star:.1f}倍误差",
    ),
    "inert_group": (
        "inert: all of {group} moved together move no target beyond its error and chance",
        "无影响：{group} 全组一起变动，也未使任何目标超出误差与偶然性",
    ),
    "inert": (
        "inert: by itself it moves no target beyond its error and chance",
        "无影响：单独变动未使任何目标超出误差与偶然性",
    ),
    "like": (
        "not fitted: moves the same targets as {like}, which is fitted",
        "未拟合：与已拟合的 {like} 影响相同的目标",
    ),
    "explained": (
        "not fitted: those fitted already move the same targets in the same ways",
        "未拟合：已拟合的参数合起来以同样方式影响这些目标",
    ),
    "weaker": (
        "not fitted: others are seen better; moves {most_moved_target} by {mu_star:.1f} errors",
        "未拟合：其他参数更易识别；它使 {most_moved_target} 变动{mu_star:.1f}倍误差",
    ),
}
"""Why a parameter is fitted or not, in words; the column ``why`` of a choice has the keys."""


@dataclass(frozen=True)
class Choice:
    """The parameters to fit, in the order taken, and every parameter's reason.

    ``frame`` is that of the screening with ``chosen``, ``gain`` (what it added, or would have
    added), ``like`` (a chosen parameter that moves the same targets), ``why`` (a key of `REASONS`),
    ``reason``, ``reason_zh``.
    """

    parameters: list[str]
    frame: pd.DataFrame


def choose(
    frame: pd.DataFrame, effects: pd.DataFrame, noise: pd.Series, max_parameters: int = 12
) -> Choice:
    """Choose by the rule above.

    ``effects`` [parameters, targets]: signed, over the middle 90 % of the prior, in errors of the
    target. ``noise``: sd of each target by chance, in its errors. Both as `Screening` has them.
    """
    if max_parameters < 1:
        raise ValueError(
            f"The number of parameters to fit must be 1 or more, not {max_parameters}."
        )
    eligible = frame.loc[frame["above_noise"] & (frame["level"] == "single"), "parameter"]
    clear = (effects.loc[list(eligible)] / SPAN / np.sqrt(1 + noise**2)).fillna(0.0)
    seen = dict(zip(clear.index, clear.to_numpy(), strict=True))
    taken: list[str] = []
    gains: dict[str, float] = {}
    while len(taken) < max_parameters and len(taken) < len(seen):
        left = {key: _gain([seen[k] for k in taken], seen[key]) for key in seen if key not in taken}
        best = max(left, key=lambda key: (left[key], key))
        if left[best] < LEAST:
            break
        taken.append(best)
        gains[best] = left[best]
    chosen = [seen[k] for k in taken]
    gains |= {key: _gain(chosen, row) for key, row in seen.items() if key not in taken}
    rows = []
    for row in frame.to_dict("records"):
        key = row["parameter"]
        like = "" if key in taken else _alike(key, seen, taken)
        why = _why(row, key in taken, gains.get(key, 0.0), like)
        blanks = {**row, "like": like}
        reason, zh = (text.format(**blanks) for text in REASONS[why])
        rows.append({**row, "chosen": key in taken, "gain": gains.get(key, np.nan), "like": like,
                     "why": why, "reason": reason, "reason_zh": zh})  # fmt: skip
    return Choice(taken, pd.DataFrame(rows))


def _gain(taken: list[np.ndarray], row: np.ndarray) -> float:
    """What one more row adds to 1/2 log det(1 + S S')."""
    square = 1.0 + float(row @ row)
    if taken:
        s = np.array(taken)
        cross = s @ row
        square -= float(cross @ np.linalg.solve(np.eye(len(s)) + s @ s.T, cross))
    return 0.5 * float(np.log(square))


def _alike(key: str, seen: dict[str, np.ndarray], taken: list[str]) -> str:
    if key not in seen or not taken:
        return ""
    row = seen[key]
    cosine = {
        k: abs(float(row @ seen[k])) / float(np.linalg.norm(row) * np.linalg.norm(seen[k]) or 1.0)
        for k in taken
    }
    best = max(cosine, key=lambda k: cosine[k])
    return best if cosine[best] >= ALIKE else ""


def _why(row: dict[Hashable, Any], chosen: bool, gain: float, like: str) -> str:
    if chosen:
        return "fitted"
    if not row["above_noise"]:
        return "inert" if row["level"] == "single" else "inert_group"
    if like:
        return "like"
    return "explained" if gain < LEAST else "weaker"
