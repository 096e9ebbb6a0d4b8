"""Figures that compare scenarios: income by component, paired differences, the quota."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from results import drawing
from results.compare import paired, period, run_values, summary
from results.plots_time import bands
from results.store import YEAR, Store
from results.texts import indicator, phrase

COMPONENTS = ("income_wage", "income_business", "income_property", "income_transfer")
SHOWN_DIFFERENCES = (
    "headcount_true",
    "headcount_registered",
    "relapses_true",
    "new_poor",
    "false_exits",
    "income_pc",
    "out_of_pocket",
    "catastrophic_health",
)


def _scenario_axis(axes: Axes, store: Store, names: list[str], lang: str, *, words: bool) -> None:
    axes.set_yticks(range(len(names)), [drawing.label(store, n, lang) for n in names])
    axes.tick_params(axis="y", labelleft=words)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def income(store: Store, lang: str, year: int) -> Figure:
    """Income per person by component, and paired differences per component."""
    names = list(store.scenarios)
    held = [c for c in COMPONENTS if store.holds(c)]
    values = {c: run_values(store, indicator(c), year) for c in held}
    figure = drawing.new_figure(9.6, 1.5 + 0.46 * len(names))
    stack, change = figure.subplots(1, 2, width_ratios=[1.15, 1], sharey=True)
    left = np.zeros(len(names))
    offsets = drawing.spread(len(held), 0.5)
    for i, component in enumerate(held):
        means = values[component].reindex(columns=names).mean().fillna(0).to_numpy()
        stack.barh(
            range(len(names)), means, left=left, height=0.66, color=drawing.FILLS[i],
            edgecolor="white", linewidth=0.6,
            label=indicator(component).label(lang),
        )  # fmt: skip
        left = left + means
        for place, name in enumerate(names):
            pairs = paired(values[component], name, store.base)
            if pairs.empty:
                continue
            mean, low, high = summary(pairs)
            change.hlines(place + offsets[i], low, high, color=drawing.FILLS[i], lw=1.6)
            change.plot(mean, place + offsets[i], "os^D"[i], color=drawing.FILLS[i], ms=4.5)
    for place, total in enumerate(left):
        text = f" {total:,.0f}" if total else " " + phrase("no_value", lang)
        stack.text(total, place, text, va="center", fontsize=8.5)
    unit = indicator("income_wage").unit.word(lang)
    _scenario_axis(stack, store, names, lang, words=True)
    stack.set_xlim(right=max(left.max(), 1.0) * 1.15)
    stack.set_xlabel(unit)
    change.axvline(0, color=drawing.INK, lw=0.8)
    change.grid(axis="x")
    change.grid(visible=False, axis="y")
    base = store.scenarios[store.base].label(lang)
    change.set_title(phrase("difference_to", lang, base=base), fontsize=9)
    change.set_xlabel(unit)
    figure.legend(loc="outside upper center", ncols=4, handlelength=1.4)
    return figure


def differences(store: Store, lang: str, year: int) -> Figure:
    """Forest plot: paired differences against the base, one panel per indicator."""
    shown = [name for name in SHOWN_DIFFERENCES if store.holds(name)]
    names = [name for name in store.scenarios if name != store.base]
    looks = drawing.looks(store)
    columns = 4
    rows = -(-len(shown) // columns)
    figure = drawing.new_figure(9.6, 0.5 + rows * (0.75 + 0.27 * len(names)))
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for place, (axes, key) in enumerate(zip(panels.flat, shown, strict=False)):
        entry = indicator(key)
        factor, unit = entry.unit.axis_of_difference(lang)
        values = run_values(store, entry, year)
        axes.axvline(0, color=drawing.INK, lw=0.8, zorder=1)
        for line, name in enumerate(names):
            pairs = paired(values, name, store.base) * factor
            if pairs.empty:
                axes.text(0, line, " " + phrase("no_value", lang), fontsize=7.5, va="center")
                continue
            mean, low, high = summary(pairs)
            look = looks[name]
            axes.plot(pairs, np.full(len(pairs), line), "|", color=look.color, alpha=0.35, ms=6)
            axes.hlines(line, low, high, color=look.color, lw=1.8)
            axes.plot(mean, line, look.marker, color=look.color, ms=5, mec="white", mew=0.5)
        title = textwrap.fill(entry.label(lang), 30)
        when = phrase("with_unit", lang, label=unit, unit=period(entry, year))
        axes.set_title(f"{title}\n{when}", fontsize=7.8)
        _scenario_axis(axes, store, names, lang, words=place % columns == 0)
        axes.locator_params(axis="x", nbins=4)
        axes.tick_params(axis="x", labelsize=7.5)
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    return figure


def quota(store: Store, lang: str) -> Figure:
    """Share of eligible exits that the quota refused, by year."""
    entry = indicator("quota_bound")
    factor, unit = entry.unit.axis(lang)
    table: pd.DataFrame = bands(store.frame("quota_bound", month=YEAR))
    looks = drawing.looks(store)
    offsets = dict(zip(store.scenarios, drawing.spread(len(store.scenarios)), strict=True))
    figure = drawing.new_figure(9.6, 3.6)
    axes = figure.subplots()
    last = int(table.index.get_level_values("date").max())
    for name in table.index.unique("scenario"):
        part, look = table.loc[name], looks[name]
        x = part.index.to_numpy() + offsets[name]
        axes.vlines(x, part["low"] * factor, part["high"] * factor, color=look.color, lw=1.4)
        axes.plot(x, part["mean"] * factor, look.marker, color=look.color, ms=4.5, mec="white",
                  mew=0.4)  # fmt: skip
    axes.set_xticks(range(2017, last + 1))
    axes.tick_params(axis="x", size=0)
    axes.set_xlim(2016.5, last + 0.5)
    for edge in range(2018, last + 1):
        axes.axvline(edge - 0.5, color=drawing.PALE, lw=0.7, zorder=0)
    axes.set_ylim(bottom=0)
    axes.set_title(phrase("with_unit", lang, label=entry.label(lang), unit=unit))
    drawing.scenario_legend(figure, store, lang, markers=True)
    return figure
