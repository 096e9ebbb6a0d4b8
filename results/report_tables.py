"""The tables of a report, as rows of text: cells are made here, the template only sets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from results import drawing, numbers
from results.compare import FIRST_YEAR, comparison
from results.store import RUN, YEAR, Store
from results.survival import scenario_curves
from results.targets import BY_COUNTY, score, targets
from results.texts import Unit, by_id, evidence, indicator, phrase, programme
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
                "unit": entry.unit.axis(lang)[1],
                "period": part["period"].iloc[0],
                "cells": cells,
            }
        )
    return rows


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


def target_rows(store: Store, lang: str) -> list[dict[str, Any]]:
    """Targets down, scenarios across: share of runs that meet it, or "not covered yet"."""
    scores = score(store).set_index(["target", "scenario"])
    rows = []
    for target in targets():
        own = scores.loc[target.id]
        cells = []
        for name in store.scenarios:
            result = own.loc[name]
            met = result["met"]
            known = np.isfinite(met)
            small = []
            if known and target.over in BY_COUNTY:
                share = f"{result['counties'] * 100:.0f}"
                small.append(phrase("counties_met", lang, share=share))
            if known:
                shown = numbers.show(result["value"], target.unit)
                small.append(phrase(f"scored_{_short(target.unit)}", lang, value=shown))
            cells.append(
                {
                    "text": phrase("percent", lang, n=f"{met * 100:.0f}")
                    if known
                    else numbers.NONE,
                    "small": small,
                    "shade": "all" if met == 1 else "none" if met == 0 else "some",
                    "known": known,
                }
            )
        assumed = target.assumed[lang]
        rows.append(
            {
                "id": target.id,
                "clause": target.clause,
                "name": target.words[lang],
                "due": due(target.due, lang),
                "scored": target.scored[lang],
                "assumed": phrase("assumed_mark", lang, what=assumed) if assumed else "",
                "covered": bool(own["covered"].any()),
                "cells": cells,
            }
        )
    return rows


def _short(unit: Unit) -> str:
    return {"share": "share", "persons": "persons", "ratio": "ratio"}.get(unit.name, "yuan")


def due(text: str, lang: str) -> str:
    """The date of a target in words."""
    if text.startswith("from "):
        return phrase("from_year", lang, year=text.removeprefix("from "))
    return text


def money_rows(store: Store, lang: str, year: int) -> list[dict[str, Any]]:
    """Money paid by programme over the plan's years, mean of the runs."""
    rows = store.frame("money", month=YEAR, year=range(FIRST_YEAR, year + 1))
    rows = rows[rows["group"] != ""]
    if rows.empty:
        return []
    by_run = rows.groupby([*RUN, "group"])["value"].sum().unstack("group").fillna(0.0)
    table = by_run.groupby("scenario").mean().reindex(list(store.scenarios))
    table = table[table.sum().sort_values(ascending=False).index]
    factor, _ = indicator_unit_money(lang)
    made = [
        {
            "name": programme(str(name), lang),
            "cells": [numbers.plain(v * factor, 1) for v in table[name]],
            "total": False,
        }
        for name in table.columns
        if table[name].abs().max() > 0
    ]
    total = table.sum(axis=1, min_count=1)
    made.append(
        {
            "name": phrase("all_programmes", lang),
            "cells": [numbers.plain(v * factor, 1) for v in total],
            "total": True,
        }
    )
    return made


def indicator_unit_money(lang: str) -> tuple[float, str]:
    """Factor and name of the unit in which large sums are shown."""
    return indicator("money").unit.axis(lang)


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
