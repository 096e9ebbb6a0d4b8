"""Whether a posterior still says something about the parameters and the code that are here now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scenarios.faults import did_you_mean
from scenarios.parameter import ParameterSpec, ParameterTable
from sim.state import code_digest

__all__ = ["Compared", "PosteriorError", "compare"]

_FIXED = ("draw", "weight")


class PosteriorError(ValueError):
    """A folder is no posterior, or none for these parameters; says how to mend it."""


@dataclass(frozen=True)
class Compared:
    """Parameters whose values can not be used, and sentences on all that differs."""

    unusable: frozenset[str]
    lines: list[str]


def compare(
    name: str, frame: pd.DataFrame, manifest: Mapping[str, Any], table: ParameterTable
) -> Compared:
    """Hold a posterior's columns and manifest against the parameters and the code of now.

    PosteriorError if a fitted parameter is gone, or its values lie outside what its prior now
    allows: the values of the others then mean something else too. Of parameters that were not
    fitted, and so only carry their priors, such values are unusable and new ones can be drawn.
    """
    specs = {spec.key: spec for spec in table.uncertain()}
    keys = [c for c in frame.columns if c not in _FIXED]
    gone = [key for key in keys if key not in specs]
    outside = [key for key in keys if key in specs and not _inside(frame, specs[key])]
    fitted = {str(key) for key in manifest.get("fitted") or ()}
    lost = sorted(fitted & {*gone, *outside, *(fitted - set(keys))})
    if lost:
        raise PosteriorError(
            f"posterior {name}: it was fitted in {_listed(lost)}, and "
            + "; ".join(_why(key, table, frame) for key in lost[:3])
            + ". Fit again with these parameters, or use the version of the model that made it "
            f"(code {_made(manifest, 'code')}, parameters {_made(manifest, 'parameters')})."
        )
    lines = []
    if gone:
        lines.append(f"its values of {_listed(gone)} are left out ({_why(gone[0], table, frame)})")
    if outside:
        lines.append(
            f"its values of {_listed(outside)} lie outside what the prior now allows: drawn from "
            f"the prior instead ({_why(outside[0], table, frame)})"
        )
    lacking = [key for key in specs if key not in frame.columns]
    if lacking:
        lines.append(
            f"it has no values of {_listed(lacking)}, uncertain since it was made: drawn from the "
            f"prior. Fit again to include what is new"
        )
    return Compared(frozenset((*gone, *outside)), lines + _versions(manifest, table))


def _versions(manifest: Mapping[str, Any], table: ParameterTable) -> list[str]:
    lines = []
    for key, what, now in (
        ("code", "other sources under sim/", code_digest()),
        ("parameters", "other parameter files", table.digest()[:16]),
    ):
        made = _made(manifest, key)
        if made != now:
            lines.append(
                f"it was made with {what} ({made}) than are here now ({now}): its values may not "
                f"fit the targets any more. Fit again to be sure"
            )
    return lines


def _made(manifest: Mapping[str, Any], key: str) -> str:
    return str(manifest.get(key) or "unknown")[:16]


def _inside(frame: pd.DataFrame, spec: ParameterSpec) -> bool:
    assert spec.distribution is not None
    low, high = spec.distribution.support
    room = 1e-9 * max(1.0, *(abs(x) for x in (low, high) if np.isfinite(x)), 1.0)
    values = frame[spec.key].to_numpy()
    return bool(values.min() >= low - room and values.max() <= high + room)


def _why(key: str, table: ParameterTable, frame: pd.DataFrame) -> str:
    spec = table.get(key)
    if spec is None:
        return f"there is no parameter {key} now. {did_you_mean(key, table)}".rstrip(" .")
    if spec.distribution is None:
        return f"{key} has no prior now"
    if key not in frame:
        return f"there is no column {key} in it"
    low, high = spec.distribution.support
    values = frame[key]
    return f"{key} goes from {values.min():g} to {values.max():g}, its prior {low:g} to {high:g}"


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
    return ", ".join(keys[:5]) + more
