"""What the model does not know: parameters that are assumed or uncertain, and which matter.

The batch manifest lists them with their grade of evidence. With enough parameter draws each
uncertain one is ranked by how closely the result follows it over the draws.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm, spearmanr

from results.compare import run_values
from results.store import Store
from results.texts import indicator

CHANCE = 0.05  # how often a parameter without effect is called one with
NEEDED_DRAWS = 8  # below this a rank correlation says next to nothing
COLUMNS = ["name", "meaning", "zh", "unit", "value", "range", "prior", "source", "grade"]
WEAK = ("assumed", "recalled")


def parameters(store: Store) -> pd.DataFrame:
    """The parameters the manifest lists: columns ``COLUMNS``; empty if it lists none.

    Values, ranges and priors are text, as the manifest has them; ``width`` is the width of the
    plausible range over the size of the value (inf for a value of 0, nan if there is none).
    """
    listed = store.manifest.get("parameters") or []
    if isinstance(listed, dict):
        listed = [{"name": name, **entry} for name, entry in listed.items()]
    table = pd.DataFrame(listed, dtype=object).reindex(columns=COLUMNS)
    widths = [_width(v, r) for v, r in zip(table["value"], table["range"], strict=True)]
    table["value"] = table["value"].map(_as_text)
    table["range"] = table["range"].map(lambda bounds: _as_text(bounds, between=" – "))
    table["prior"] = table["prior"].map(_as_text)
    return table.astype(object).fillna("").assign(width=widths)


def _width(value: object, bounds: object) -> float:
    """How wide a plausible range is against the value (its mean, if dated or a table)."""
    numbers = list(value.values()) if isinstance(value, dict) else np.atleast_1d(np.array(value))
    try:
        low, high = (float(bound) for bound in bounds)  # type: ignore[attr-defined]
        size = abs(float(np.mean(np.array(numbers, dtype=float))))
    except (TypeError, ValueError):
        return float("nan")  # a choice or a switch
    return (high - low) / size if size else float("inf")


def _as_text(value: object, between: str = ", ") -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return between.join(_as_text(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_as_text(v)}" for k, v in value.items())
    return str(value)


def draw_values(store: Store) -> pd.DataFrame:
    """Value of every sampled parameter, one row per draw (index), from the run manifests."""
    found: dict[int, dict[str, float]] = {}
    for run in store.runs:
        found.setdefault(run.draw, run.values)
    return pd.DataFrame.from_dict(found, orient="index").sort_index()


def threshold(draws: int) -> float:
    """Size of a rank correlation that chance alone exceeds in ``CHANCE`` of the cases."""
    return min(1.0, float(norm.ppf(1 - CHANCE / 2)) / np.sqrt(max(draws - 1, 1)))


def ranking(store: Store, name: str, scenario: str) -> pd.DataFrame:
    """How closely indicator ``name`` in ``scenario`` follows each parameter over the draws.

    Columns ``parameter``, ``rho`` (Spearman, over means of the replicates of a draw) and
    ``draws``, strongest first. Empty if there are fewer than ``NEEDED_DRAWS`` draws, or the
    store does not hold the indicator or the values drawn.
    """
    empty = pd.DataFrame(columns=["parameter", "rho", "draws"])
    values = draw_values(store)
    if len(values) < NEEDED_DRAWS or not store.holds(name):
        return empty
    outcome = run_values(store, indicator(name), store.last_common_year)
    if scenario not in outcome:
        return empty
    by_draw = outcome[scenario].dropna().groupby("draw").mean()
    shared = values.index.intersection(by_draw.index)
    if len(shared) < NEEDED_DRAWS:
        return empty
    rows = []
    for parameter, column in values.loc[shared].items():
        if column.notna().all() and column.nunique() > 1 and by_draw.nunique() > 1:
            rho = float(spearmanr(column, by_draw.loc[shared]).statistic)
            rows.append((parameter, rho, len(shared)))
    table = pd.DataFrame(rows, columns=["parameter", "rho", "draws"])
    return table.reindex(table["rho"].abs().sort_values(ascending=False).index)
