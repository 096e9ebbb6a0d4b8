"""The tables of a report, as rows of text: cells are made here, the template only sets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from results import drawing, numbers
from results.compare import comparison
from results.store import Store
from results.survival import scenario_curves
from results.texts import by_id, evidence, indicator, phrase, theme, themes
from results.unknowns import NEEDED_DRAWS, WEAK, draw_values, parameters, ranking

SHOWN = 30  # parameters in the first table; the others follow folded
SURVIVAL_MONTHS = (12, 24, 36, 60, 84)


def heads(store: Store, lang: str) -> list[dict[str, Any]]:
    """One column head per scenario, marked where runs are missing."""
    counts = store.counts()
    return [
        {
            "name": name,
            "text": drawing.label(store, name, lang),
            "incomplete": bool(counts.loc[name, "missing"]),
        }
        for name in store.scenarios
    ]


def comparison_rows(
    store: Store, table: pd.DataFrame, lang: str, *, key: bool = False
) -> list[dict[str, Any]]:
    """Indicators down, scenarios across; a cell has mean, interval, difference and its interval."""
    rows = []
    for name, part in table.groupby("indicator", sort=False):
        entry = by_id(str(name))
        if key and not entry.key:
            continue
        cells = []
        for row in part.itertuples(index=False):
            apart = numbers.show_large(row.difference, entry.unit, lang, signed=True)
            cells.append(
                {
                    "mean": numbers.show_large(row.mean, entry.unit, lang),
                    "interval": numbers.between_large(row.low, row.high, entry.unit, lang),
                    "difference": apart if row.pairs else "",
                    "difference_interval": numbers.between_large(
                        row.difference_low, row.difference_high, entry.unit, lang, signed=True
                    ),
                    "base": row.scenario == store.base,
                }
            )
        rows.append(
            {
                "name": entry.label(lang),
                "indicator": entry.name,
                "unit": entry.unit.axis(lang)[1],
                "period": part["period"].iloc[0],
                "cells": cells,
            }
        )
    return rows


def comparison_parts(store: Store, table: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """The whole comparison in parts by theme, each to be folded; no part is empty."""
    rows = comparison_rows(store, table, lang)
    parts: list[dict[str, Any]] = []
    placed: set[str] = set()
    for name, members in themes().items():
        mine = [row for row in rows if row["indicator"] in members]
        placed |= members
        if mine:
            parts.append({"title": theme(name, lang), "rows": mine})
    rest = [row for row in rows if row["indicator"] not in placed]
    if rest:
        parts.append({"title": phrase("other_indicators", lang), "rows": rest})
    return parts


def survival_rows(store: Store, lang: str) -> dict[str, Any]:
    """Share not yet fallen back after whole years, with both kinds of interval."""
    curves = scenario_curves(store)
    longest = max((int(c.pooled.months[-1]) for c in curves.values()), default=0)
    months = [m for m in SURVIVAL_MONTHS if m <= longest]
    rows = []
    for name in store.scenarios:
        cells = []
        for month in months:
            curve = curves.get(name)
            if curve is None or month > int(curve.pooled.months[-1]):
                cells.append({"mean": numbers.NONE, "intervals": []})
                continue
            parts = []
            for low, high in (
                (curve.low[month], curve.high[month]),
                (curve.greenwood_low[month], curve.greenwood_high[month]),
            ):
                if np.isfinite(low):
                    parts.append(f"[{low * 100:.1f}, {high * 100:.1f}]")
            cells.append({"mean": f"{curve.pooled.at(month) * 100:.1f}", "intervals": parts})
        rows.append({"name": drawing.label(store, name, lang), "cells": cells})
    return {"heads": [phrase("after_months", lang, n=m) for m in months], "rows": rows}


def unknown_section(store: Store, lang: str) -> dict[str, Any]:
    """Words and rows of the section on what the model does not know."""
    table = parameters(store)
    if table.empty:
        return {"text": [phrase("unknown_none", lang)], "rows": []}
    weak = table["grade"].isin(WEAK)
    uncertain = table["prior"] != ""
    text = [
        phrase(
            "unknown_intro",
            lang,
            total=len(table),
            assumed=int((table["grade"] == "assumed").sum()),
            recalled=int((table["grade"] == "recalled").sum()),
            uncertain=int(uncertain.sum()),
        )
    ]
    order = ranking(store, "relapses_true", drawing.focus(store)).set_index("parameter")["rho"]
    if order.empty:
        draws = len(draw_values(store).dropna(how="all"))
        text.append(phrase("unknown_need_draws", lang, needed=NEEDED_DRAWS, draws=draws))
    else:
        text.append(phrase("unknown_ranked", lang))
    text.append(phrase("structure_note", lang))
    shown = table[weak | uncertain].copy()
    shown["rho"] = shown["name"].map(order).astype(float)
    shown["strength"] = shown["rho"].abs().fillna(-1.0)
    shown["width"] = shown["width"].replace(np.inf, np.nan).fillna(-1.0)
    shown = shown.sort_values(["strength", "width", "name"], ascending=[False, False, True])
    rows = [
        {
            "name": row.name,
            "meaning": row.zh if lang == "zh" and row.zh else row.meaning,
            "value": row.value,
            "unit": row.unit,
            "range": row.range,
            "prior": row.prior or phrase("held_fixed", lang),
            "grade": evidence(row.grade, lang),
            "rho": "" if np.isnan(row.rho) else numbers.plain(row.rho, 2, signed=True),
        }
        for row in shown.itertuples(index=False)
    ]
    ranked = not order.empty
    return {"text": text, "rows": rows[:SHOWN], "rest": rows[SHOWN:], "ranked": ranked}


def glance(store: Store, lang: str, year: int) -> str:
    """The main result in two sentences; empty if the store does not hold what it needs."""
    needed = ("headcount_registered", "headcount_true", "relapses_true")
    focus, base = drawing.focus(store), store.base
    counts = store.counts()["present"]
    if not all(store.holds(name) for name in needed):
        return ""
    if focus == base or not counts[focus] or not counts[base]:
        return ""
    table = comparison(store, base, lang, date=str(year), indicators=needed)
    table = table.set_index(["indicator", "scenario"])

    def mean(name: str, scenario: str) -> str:
        entry = indicator(name)
        return numbers.show_large(float(table.loc[(name, scenario), "mean"]), entry.unit, lang)

    relapse = table.loc[("relapses_true", focus)]
    unit = indicator("relapses_true").unit
    return phrase(
        "glance_text",
        lang,
        date=phrase("december", lang, year=year),
        focus=store.scenarios[focus].label(lang),
        base=store.scenarios[base].label(lang),
        registered=mean("headcount_registered", focus),
        registered_base=mean("headcount_registered", base),
        true=mean("headcount_true", focus),
        true_base=mean("headcount_true", base),
        period=relapse["period"],
        relapses=mean("relapses_true", focus),
        relapses_base=mean("relapses_true", base),
        unit=unit.axis(lang)[1],
        difference=numbers.show_large(relapse["difference"], unit, lang, signed=True),
        interval=numbers.between_large(
            relapse["difference_low"], relapse["difference_high"], unit, lang, signed=True
        ),
    )
