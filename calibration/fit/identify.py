"""What the data could say about each uncertain parameter, in numbers and in words.

Everything is judged in z space, where every prior is a standard normal distribution: the sd of the
posterior there is the share of the prior's spread that is left.

    fitted        at most ``NARROW`` of the prior's spread is left
    confounded    more is left, but only because another parameter can make up for it: the two
                  correlate by more than ``TIED`` in the posterior (and by more than chance does
                  between as many draws, ``SURE``), and some combination of them
                  (an eigenvector of their posterior covariance) is known to ``NARROW`` of its
                  prior spread
    partly        narrower than ``SEEN`` of the prior, or moved by ``MOVED`` of its spread
    prior-driven  what the prior says, whether it was fitted and the targets did not see it, or
                  it was drawn from its prior in every simulation; the reason is given
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.identify_text import CHINESE, ENGLISH, sentences
from scenarios.parameter import ParameterSpec, ParameterTable

__all__ = ["VERDICTS", "combinations", "identifiability", "known_notes"]

VERDICTS = ("fitted", "confounded", "partly", "prior-driven")
NARROW = 0.7
TIED = 0.6
SURE = 3.0  # standard errors of Fisher's z by which a correlation must differ from zero
SEEN = 0.9
MOVED = 0.5
LOADING = 0.3  # parts of a combination smaller than this share of its largest are left out
INTERVAL = (0.05, 0.5, 0.95)
ENDS = ("low", "median", "high")


def identifiability(
    posterior_z: pd.DataFrame,
    weights: np.ndarray,
    table: ParameterTable,
    *,
    choice: pd.DataFrame | None = None,
    sobol: pd.DataFrame | None = None,
    names: Mapping[str, tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """The identifiability table: a row for each uncertain parameter, the fitted ones first.

    ``posterior_z`` [n, k]: adjusted posterior draws as standard normal quantiles, columns are the
    fitted parameters; ``weights`` [n], of any sum. ``choice``: frame of the screening's choice.
    ``sobol``: frame of `calibration.fit.emulator.sobol`. ``names``: statistics in English and
    Chinese. Columns: ``parameter``, ``meaning``, ``zh``, ``unit``, ``verdict``, ``why``,
    ``spread_left`` (posterior over prior sd), ``shrinkage`` (1 - its square), ``prior_low``,
    ``prior_median``, ``prior_high``, ``low``, ``median``, ``high`` (90 % intervals, in the unit),
    ``partners`` ("a.b -0.82; c.d 0.64"), ``direction`` ("a.b + 0.8 c.d"), ``direction_left``,
    ``seen_by``, ``seen_share``, ``text``, ``text_zh``, ``note``, ``note_zh``.
    """
    keys = list(posterior_z.columns)
    z = posterior_z.to_numpy(dtype=float)
    share = np.asarray(weights, dtype=float)
    if len(share) != len(z) or not (share >= 0).all() or not share.sum() > 0:
        raise ValueError(
            f"There are {len(share)} weights for {len(z)} posterior draws; there must be one for "
            f"each, none below 0."
        )
    share = share / share.sum()
    mean = share @ z
    covariance = (z - mean).T @ ((z - mean) * share[:, None])
    ties = combinations(keys, covariance, 1.0 / float((share**2).sum()))
    notes = known_notes(keys)
    screened = {} if choice is None else choice.set_index("parameter").to_dict("index")
    rows = []
    for spec in _ordered(table, keys):
        row: dict[str, Any] = {
            "parameter": spec.key, "meaning": spec.meaning, "zh": spec.zh, "unit": spec.unit,
            **_interval("prior_", spec, np.array([-1.6449, 0.0, 1.6449])),
        }  # fmt: skip
        if spec.key in keys:
            k = keys.index(spec.key)
            row |= {"why": "fitted", "spread_left": float(np.sqrt(covariance[k, k]))}
            row |= ties[spec.key]
            row["verdict"] = _verdict(row, float(mean[k]))
            quantiles = np.quantile(z[:, k], INTERVAL, weights=share, method="inverted_cdf")
            row |= _interval("", spec, quantiles)
            row |= _top(spec.key, sobol)
        else:
            seen = screened.get(spec.key, {})
            row |= {"verdict": "prior-driven", "why": seen.get("why", "not_screened")}
            row |= {"spread_left": 1.0, "like": seen.get("like", "")}
            row |= {end: row[f"prior_{end}"] for end in ENDS}
            row |= {"seen_by": seen.get("most_moved_target", "") if seen.get("above_noise") else ""}
        row["shrinkage"] = max(0.0, 1.0 - row["spread_left"] ** 2)
        row["note"], row["note_zh"] = notes.get(spec.key, ("", ""))
        row["text"] = sentences(row, ENGLISH, names)
        row["text_zh"] = sentences(row, CHINESE, names)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=COLUMNS).fillna(dict.fromkeys(TEXTS, ""))


TEXTS = ("partners", "direction", "seen_by", "text", "text_zh", "note", "note_zh")
COLUMNS = [
    "parameter", "meaning", "zh", "unit", "verdict", "why", "spread_left", "shrinkage", "prior_low",
    "prior_median", "prior_high", "low", "median", "high", "partners", "direction",
    "direction_left", "seen_by", "seen_share", "text", "text_zh", "note", "note_zh",
]  # fmt: skip


def _ordered(table: ParameterTable, keys: Sequence[str]) -> list[ParameterSpec]:
    """The uncertain parameters: those fitted in their order, then the rest."""
    rest = {spec.key: spec for spec in table.uncertain()}
    if unknown := [key for key in keys if key not in rest]:
        raise ValueError(f"There is no uncertain parameter {', '.join(unknown)}.")
    return [rest.pop(key) for key in keys] + list(rest.values())


def combinations(
    keys: Sequence[str], covariance: np.ndarray, size: float = np.inf
) -> dict[str, dict[str, Any]]:
    """For each parameter its strong partners and the best known combination with them.

    ``covariance`` [k, k] is that of the posterior in z space, from draws worth ``size`` of equal
    weight. The combination is the eigenvector
    of the smallest eigenvalue of the covariance of the parameter and its partners; its spread is
    relative to the prior, which is 1 in every direction. Its largest part is 1.
    """
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd).clip(1e-300)
    least = max(TIED, float(np.tanh(SURE / np.sqrt(max(size - 3.0, 0.1)))))
    found = {}
    for k, key in enumerate(keys):
        tied = [j for j in range(len(keys)) if j != k and abs(correlation[k, j]) > least]
        tied.sort(key=lambda j: -abs(correlation[k, j]))
        row: dict[str, Any] = {"partners": "", "direction": "", "direction_left": np.nan}
        if tied:
            among = [k, *tied]
            values, vectors = np.linalg.eigh(covariance[np.ix_(among, among)])
            best = vectors[:, 0] / vectors[np.argmax(np.abs(vectors[:, 0])), 0]
            parts = [(keys[j], float(b)) for j, b in zip(among, best, strict=True)]
            row = {
                "partners": "; ".join(f"{keys[j]} {correlation[k, j]:.2f}" for j in tied),
                "direction": _combination([(name, b) for name, b in parts if abs(b) >= LOADING]),
                "direction_left": float(np.sqrt(max(values[0], 0.0))),
            }
        found[key] = row
    return found


def _combination(parts: Sequence[tuple[str, float]]) -> str:
    """ "a.b + 0.8 c.d": a sum in prior standard deviations; its first part is above 0."""
    turn = 1.0 if parts[0][1] > 0 else -1.0
    text = ""
    for name, part in parts:
        part *= turn
        size = "" if abs(part) > 0.95 else f"{abs(part):.1f} "
        sign = (" + " if part > 0 else " − ") if text else ""
        text += f"{sign}{size}{name}"
    return text


def _verdict(row: Mapping[str, Any], mean: float) -> str:
    if row["spread_left"] <= NARROW:
        return "fitted"
    if row["partners"] and row["direction_left"] <= NARROW:
        return "confounded"
    if row["spread_left"] < SEEN or abs(mean) > MOVED:
        return "partly"
    return "prior-driven"


def _interval(prefix: str, spec: ParameterSpec, z: np.ndarray) -> dict[str, float]:
    """Low, median and high of the parameter in its own unit, from quantiles in z."""
    from scipy.special import ndtr

    assert spec.distribution is not None
    ends = ("low", "median", "high")
    return {
        prefix + end: spec.distribution.quantile(float(ndtr(q)))
        for end, q in zip(ends, z, strict=True)
    }


def _top(key: str, sobol: pd.DataFrame | None) -> dict[str, Any]:
    """The statistic of whose variance the parameter makes the largest share."""
    if sobol is None or sobol.empty:
        return {}
    own = sobol[sobol["parameter"] == key]
    if own.empty or not own["total"].max() > 0.01:
        return {}
    best = own.loc[own["total"].idxmax()]
    return {"seen_by": str(best["statistic"]), "seen_share": float(best["total"])}


@cache
def _notes() -> dict[str, dict[str, Any]]:
    from ruamel.yaml import YAML

    text = (files("calibration") / "data" / "identifiability_notes.yaml").read_text("utf-8")
    return YAML(typ="safe", pure=True).load(text)


def known_notes(fitted: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What is known beforehand about the fitted parameters, in English and Chinese, by key."""
    found: dict[str, list[dict[str, Any]]] = {}
    for note in _notes().values():
        one, other = (_matching(fitted, note[side]) for side in ("one", "other"))
        if note["other"] and not (one and other):
            continue
        for key in dict.fromkeys([*one, *other]):
            found.setdefault(key, []).append(note)
    return {
        key: (
            " ".join(note["en"].strip() for note in notes),
            "".join("".join(note["zh"].split()) for note in notes),  # folded lines leave spaces
        )
        for key, notes in found.items()
    }


def _matching(keys: Sequence[str], patterns: Sequence[str]) -> list[str]:
    return [key for key in keys if any(fnmatch.fnmatchcase(key, p) for p in patterns)]
