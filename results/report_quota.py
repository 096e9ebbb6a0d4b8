"""How much of the exits the quota decides: the same plan with the quota as ceiling, data, and none.

A fit to registered exits would fit the quota and not what households do, so what the quota sets
is told beside every result. The plan alone says how often it bound; three scenarios
(`SCENARIOS`) say what the results are without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from results import numbers
from results.compare import comparison, interval_note, paired, summary
from results.store import RUN, YEAR, Store
from results.texts import indicator, phrase

__all__ = ["COMMAND", "SCENARIOS", "any_other", "blocks", "by_year", "quota_text"]

PLAN = "plan"
SCENARIOS = {"ceiling": PLAN, "data": "plan-quota-data", "free": "plan-quota-free"}
"""The three readings of the quota, and the scenario of each."""
COMMAND = "fanpin run plan plan-quota-data plan-quota-free --out ..."
SHOWN = (
    "poor_registered", "headcount_true", "exits", "false_exits", "relapses_true",
    "relapses_registered", "income_pc",
)  # fmt: skip
"""What is compared between the three readings."""
_PARTS = ("refused", "set_by_quota", "pressed", "exits", "data", "free", "gap", "explained")


def any_other(store: Store) -> bool:
    """Whether the store has the plan and another reading of its quota."""
    have = store.counts()["present"]
    names = [name for name in SCENARIOS.values() if name in have.index and have[name]]
    return PLAN in names and len(names) > 1


def by_year(store: Store, scenario: str = PLAN) -> pd.DataFrame:
    """A row a year for the plan; empty if the store has no run of it.

    refused: share of the eligible whom the ceiling kept in. set_by_quota: share of the exits that
    happened in counties where the quota set their number: it refused somebody, or was filled
    under pressure. pressed: persons let out though not eligible. exits: persons. data, free:
    persons, by the other readings. gap, gap_low, gap_high: free less ceiling, run by run.
    explained: share of the free exits since November 2017 that the ceiling keeps for later or
    (below 0) that pressure adds. NaN where the store lacks it.
    """
    if scenario not in store.scenarios:
        return pd.DataFrame()
    place = store.frame(
        ["exits", "exits_pressed", "quota_bound"], scenario=scenario, county="each", month=YEAR
    )
    each = place.pivot_table(index=[*RUN, "year", "county"], columns="indicator", values="value")
    each = each.reindex(columns=["exits", "exits_pressed", "quota_bound"]).fillna(0.0)
    bound = (each["quota_bound"] > 0) | (each["exits_pressed"] > 0)
    of_run = each.assign(bound=each["exits"].where(bound, 0.0)).groupby([*RUN, "year"])
    sums = of_run[["exits", "bound"]].sum()
    share = (sums["bound"] / sums["exits"].where(sums["exits"] > 0)).groupby("year").mean()
    rows: dict[int, dict[str, float]] = {}
    whole = {name: _by_run(store, name) for name in ("exits", "quota_bound", "exits_pressed")}
    exits = whole["exits"]
    total = exits.groupby(["draw", "replicate"]).cumsum()
    for year in exits.index.unique("year"):
        here = exits.xs(year, level="year")
        one: dict[str, float] = {"set_by_quota": float(share.get(year, np.nan))}
        for name, source in (("refused", "quota_bound"), ("pressed", "exits_pressed")):
            part = whole[source]
            known = scenario in part.columns and year in part.index.unique("year")
            one[name] = float(part.xs(year, level="year")[scenario].mean()) if known else np.nan
        for name, other in {**SCENARIOS, "ceiling": scenario}.items():
            key = "exits" if name == "ceiling" else name
            one[key] = float(here[other].mean()) if other in here.columns else np.nan
        free = SCENARIOS["free"]
        gap, low, high = np.nan, np.nan, np.nan
        if free in here.columns and scenario in here.columns:
            gap, low, high = summary(paired(here, free, scenario))
            both = total.xs(year, level="year")[[free, scenario]].dropna().sum()
            one["explained"] = float(1.0 - both[scenario] / both[free]) if both[free] else np.nan
        rows[int(year)] = one | {"gap": gap, "gap_low": low, "gap_high": high}
    table = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    return table.reindex(columns=[*_PARTS, "gap_low", "gap_high"])


def _by_run(store: Store, name: str) -> pd.DataFrame:
    """Values of the whole scope: index (draw, replicate, year), a column a scenario."""
    rows = store.frame(name, month=YEAR, group="")
    return rows.pivot_table(index=["draw", "replicate", "year"], columns="scenario",
                            values="value")  # fmt: skip


def year_rows(store: Store, lang: str) -> dict[str, Any]:
    """Years down, what the quota decided across; the other readings where the store has them."""
    table = by_year(store)
    parts = [part for part in _PARTS if table[part].notna().any()]
    persons = indicator("exits").unit
    rows = []
    for year, values in table.iterrows():
        cells = []
        for part in parts:
            value = float(values[part])
            if part in ("refused", "set_by_quota", "explained"):
                cells.append(phrase("percent", lang, n=numbers.plain(value * 100, 0))
                             if np.isfinite(value) else numbers.NONE)  # fmt: skip
                continue
            text = numbers.show_large(value, persons, lang, signed=part == "gap")
            if part == "gap":
                low, high = float(values["gap_low"]), float(values["gap_high"])
                spread = numbers.between_large(low, high, persons, lang, signed=True)
                text = f"{text} {spread}".strip()
            cells.append(text)
        rows.append({"name": str(year), "cells": cells})
    heads = [phrase(f"quota_{part}", lang) for part in parts]
    return {"first": phrase("year_word", lang), "heads": heads, "rows": rows}


def result_rows(store: Store, lang: str) -> dict[str, Any]:
    """Results down, the three readings across: means, and the difference to the plan."""
    names = [name for name in SCENARIOS.values() if store.counts()["present"].get(name, 0)]
    held = [name for name in SHOWN if store.holds(name)]
    table = comparison(store, PLAN, lang, indicators=held)
    rows = []
    for _, part in table.groupby("indicator", sort=False):
        unit = indicator(str(part["indicator"].iloc[0])).unit
        own = part.set_index("scenario")
        cells = []
        for name in names:
            text = numbers.show_large(float(own.loc[name, "mean"]), unit, lang)
            change = float(own.loc[name, "difference"])
            if name != PLAN and np.isfinite(change):
                text += f" ({numbers.show_large(change, unit, lang, signed=True)})"
            cells.append(text)
        word = unit.axis(lang)[1] if lang in unit.large else unit.word(lang)
        label = phrase("with_unit", lang, label=f"{own['name'].iloc[0]}, {own['period'].iloc[0]}",
                       unit=word)  # fmt: skip
        rows.append({"name": label, "cells": cells})
    heads = [store.scenarios[name].label(lang) for name in names]
    return {"first": phrase("quota_result", lang), "heads": heads, "rows": rows}


def blocks(store: Store, lang: str) -> list[dict[str, Any]]:
    """The blocks of the report's section on the quota; none without another reading of it."""
    if not any_other(store):
        return []
    unit = indicator("exits").unit.axis(lang)[1]
    return [
        {"kind": "text", "text": phrase("quota_intro", lang)},
        {"kind": "plain", "caption": phrase("quota_years_caption", lang, unit=unit),
         **year_rows(store, lang)},
        {"kind": "plain", "caption": phrase("quota_results_caption", lang),
         **result_rows(store, lang)},
    ]  # fmt: skip


def quota_text(store: Store, lang: str, *, markdown: bool = False) -> str:
    """The same as text for a terminal, or as Markdown; says which command gives what is missing."""
    lines = [phrase("quota_intro", lang), ""]
    if PLAN not in store.scenarios or by_year(store).empty:
        return "\n".join([*lines, phrase("quota_needs", lang, command=COMMAND)])
    unit = indicator("exits").unit.axis(lang)[1]
    lines += [phrase("quota_years_caption", lang, unit=unit), ""]
    lines += _table(year_rows(store, lang), markdown)
    if any_other(store):
        lines += ["", phrase("quota_results_caption", lang), ""]
        lines += _table(result_rows(store, lang), markdown)
        lines += ["", interval_note(store, lang)]
    else:
        lines += ["", phrase("quota_needs", lang, command=COMMAND)]
    return "\n".join(lines)


def _table(made: dict[str, Any], markdown: bool) -> list[str]:
    grid = [[made["first"], *made["heads"]], *([r["name"], *r["cells"]] for r in made["rows"])]
    if markdown:
        lines = ["| " + " | ".join(cells) + " |" for cells in grid]
        return [lines[0], "|---|" + "--:|" * len(made["heads"]), *lines[1:]]
    return _aligned(grid)


def _aligned(grid: Sequence[Sequence[str]]) -> list[str]:
    """Columns that line up: the first to the left, the others to the right."""
    wide = [max(numbers.width(row[k]) for row in grid) for k in range(len(grid[0]))]
    lines = []
    for row in grid:
        pads = [" " * (size - numbers.width(cell)) for cell, size in zip(row, wide, strict=True)]
        cells = [row[0] + pads[0], *(p + c for p, c in zip(pads[1:], row[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines
