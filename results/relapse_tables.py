"""The tables of the report's section on relapse: every definition, and whom benefits reach."""

from __future__ import annotations

from typing import Any

import pandas as pd

from results import drawing, numbers
from results.compare import FIRST_YEAR
from results.store import YEAR, Store
from results.texts import household_type, indicator, phrase

DEFINITIONS = (
    "exits", "true_exits", "false_exits", "relapses_true", "relapses_registered",
    "hidden_relapses", "false_relapses",
)  # fmt: skip
"""Both kinds of exit and of relapse, and where register and truth part."""

WELFARE = (
    "fgt_countable:fgt0", "fgt_countable:fgt1", "fgt_countable:fgt2", "fgt_consumption:fgt0",
    "fgt_consumption:fgt1", "multidimensional:H", "multidimensional:A", "multidimensional:M0",
    "gini", "income_poorest", "dibao_inclusion_error", "dibao_exclusion_error",
    "benefit_leakage", "benefit_poorest", "benefit_concentration", "near_poor_entry",
    "near_poor_missed", "exit_margin:near",
)  # fmt: skip


def shown_scenarios(store: Store) -> list[str]:
    """The scenario in focus and the base, those that have runs."""
    present = store.counts()["present"]
    names = dict.fromkeys((drawing.focus(store), store.base))
    return [name for name in names if present[name]]


def definition_rows(store: Store, lang: str) -> dict[str, Any]:
    """Years down, definitions across, for the focus and the base: means of the runs."""
    held = [name for name in DEFINITIONS if store.holds(name)]
    rows_of = store.frame(held, month=YEAR)
    rows_of = rows_of[rows_of["year"] >= FIRST_YEAR]
    heads, rows = [indicator(name).label(lang) for name in held], []
    for scenario in shown_scenarios(store) if held else ():
        mine = rows_of[rows_of["scenario"] == scenario]
        table = mine.groupby(["year", "indicator"])["value"].mean().unstack("indicator")
        for year, values in table.reindex(columns=held).iterrows():
            rows.append(
                {
                    "name": f"{store.scenarios[scenario].label(lang)}, {year}",
                    "cells": [
                        numbers.show_large(float(value), indicator(name).unit, lang)
                        for name, value in values.items()
                    ],
                }
            )
    return {"first": phrase("scenario_and_year", lang), "heads": heads, "rows": rows}


def type_rows(store: Store, lang: str) -> dict[str, Any]:
    """Types of households down: share fallen back after a year, two, three, in the focus."""
    from results.plots_relapse import type_curves

    curves = type_curves(store, drawing.focus(store))
    months = [m for m in (12, 24, 36, 60) if any(m < len(c.months) for c in curves.values())]
    rows = []
    for name, curve in curves.items():
        cells = []
        for month in months:
            fallen = 1.0 - curve.at(month)
            cells.append(numbers.plain(fallen * 100, 1))
        rows.append({"name": household_type(name, lang), "cells": cells})
    heads = [phrase("after_months", lang, n=m) for m in months]
    return {"first": phrase("type_at_exit", lang), "heads": heads, "rows": rows}


def welfare_part(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a comparison that are about welfare and targeting, in the order above."""
    found = table[table["indicator"].isin(WELFARE)]
    order = {name: k for k, name in enumerate(WELFARE)}
    return found.sort_values("indicator", key=lambda c: c.map(order), kind="stable")
