"""Figures of relapse: survival since exit, and its causes."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from results import drawing
from results.compare import FIRST_YEAR
from results.store import YEAR, Store
from results.survival import scenario_curves
from results.texts import cause, indicator, phrase

SHOWN_CAUSES = 7  # the others are drawn as one


def survival(store: Store, lang: str) -> Figure:
    """Kaplan-Meier curves of true relapse since registered exit, with bands over runs."""
    curves = scenario_curves(store)
    looks = drawing.looks(store)
    figure = drawing.new_figure(9.6, 4.8)
    axes = figure.subplots()
    lowest = 1.0
    for name, curve in curves.items():
        look = looks[name]
        months = curve.pooled.months
        shown = curve.pooled.survival * 100
        lowest = min(lowest, float(curve.pooled.survival.min()))
        axes.step(months, shown, where="post", color=look.color, linestyle=look.line)
        axes.fill_between(
            months, curve.low * 100, curve.high * 100, step="post", color=look.color, alpha=0.14,
            lw=0,
        )  # fmt: skip
    longest = max(int(curve.pooled.months[-1]) for curve in curves.values())
    axes.set_xlim(0, longest)
    axes.set_xticks(range(0, longest + 1, 12 if longest > 48 else 6))
    # The axis need not begin at zero: a curve's height, not an area, carries the number.
    axes.set_ylim(max(0.0, lowest * 100 - 3) if lowest > 0.6 else 0.0, 100.4)
    axes.set_xlabel(phrase("months_since_exit", lang))
    axes.set_title(phrase("still_out", lang))
    drawing.scenario_legend(figure, store, lang)
    return figure


def cause_table(store: Store, year: int) -> pd.DataFrame:
    """True relapses by cause, mean of the runs: scenarios down, causes across, most first."""
    rows = store.frame("relapse_cause", month=YEAR, year=range(FIRST_YEAR, year + 1))
    by_run = rows.groupby(["scenario", "draw", "replicate", "group"])["value"].sum()
    table = by_run.unstack("group").fillna(0.0).groupby("scenario").mean()
    return table[table.sum().sort_values(ascending=False).index]


def causes(store: Store, lang: str, year: int) -> Figure:
    """Stacked bars: what caused the true relapses of the plan's years."""
    table = cause_table(store, year).reindex(list(store.scenarios))
    named = [name for name in table.columns if name != "other"]
    shown = named[:SHOWN_CAUSES]
    rest = [name for name in table.columns if name not in shown]
    if rest:
        table["rest"] = table[rest].sum(axis=1)
        shown.append("rest")
    factor, unit = indicator("relapses_true").unit.axis(lang)
    figure = drawing.new_figure(9.6, 1.4 + 0.42 * len(table))
    axes = figure.subplots()
    places = range(len(table))
    left = pd.Series(0.0, index=table.index)
    total = table[shown].sum(axis=1)
    for i, name in enumerate(shown):
        word = phrase("other_causes", lang) if name == "rest" else cause(name, lang)
        axes.barh(
            places, table[name].fillna(0) * factor, left=left * factor, height=0.66, label=word,
            color=drawing.FILLS[i], edgecolor="white", linewidth=0.6,
        )  # fmt: skip
        for place, scenario in zip(places, table.index, strict=True):
            share = table.loc[scenario, name] / total[scenario] if total[scenario] else 0
            if table.loc[scenario, name] > 0.045 * total.max():
                axes.text(
                    (left[scenario] + table.loc[scenario, name] / 2) * factor, place,
                    f"{share * 100:.0f}", ha="center", va="center", fontsize=8,
                    bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"},
                )  # fmt: skip
        left = left + table[name].fillna(0)
    for place, scenario in zip(places, table.index, strict=True):
        known = total[scenario] > 0
        text = f" {total[scenario] * factor:,.1f}" if known else " " + phrase("no_value", lang)
        axes.text(total[scenario] * factor, place, text, va="center", fontsize=8.5)
    axes.set_yticks(places, [drawing.label(store, name, lang) for name in table.index])
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlim(right=float(total.max()) * factor * 1.08)
    axes.set_xlabel(unit)
    figure.legend(loc="outside upper center", ncols=4, handlelength=1.4)
    return figure
