"""Figures over time: the headcount ratio by month, and what happens in each year."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from results import drawing
from results.store import YEAR, Store
from results.texts import indicator, phrase


def bands(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean and the middle 90 % over runs, by scenario and date.

    Index (scenario, date), date in years (a month is its end); columns mean, low, high. A date
    that only some of a scenario's runs hold is left out, so that a line never changes the
    runs it is made of.
    """
    month = rows["month"].astype(int)
    date = rows["year"].astype(int) + np.where(month == YEAR, 0.0, month / 12.0)
    grouped = rows.assign(date=date).groupby(["scenario", "date"])["value"]
    table = grouped.agg(mean="mean", count="count")
    edges = grouped.quantile(np.array([0.05, 0.95])).unstack()
    table["low"], table["high"] = edges[0.05], edges[0.95]
    table.loc[table["count"] < 2, ["low", "high"]] = np.nan
    most = table.groupby("scenario")["count"].transform("max")
    return table[table["count"] == most]


def _line(
    axes: Axes,
    part: pd.DataFrame,
    look: drawing.Look,
    factor: float,
    *,
    steps: bool = False,
    shade: float = 0.16,
) -> None:
    """A mean and its band; in steps for what changes once a year."""
    x = part.index.to_numpy()
    axes.plot(
        x,
        part["mean"] * factor,
        color=look.color,
        linestyle=look.line,
        drawstyle="steps-post" if steps else "default",
        zorder=3,
    )
    if shade:
        axes.fill_between(
            x,
            part["low"] * factor,
            part["high"] * factor,
            color=look.color,
            step="post" if steps else None,
            alpha=shade,
            lw=0,
        )


def _years(axes: Axes, last: float, ticks: int = 9) -> None:
    axes.set_xlim(2017.8, last)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=ticks, integer=True, min_n_ticks=3))
    axes.set_ylim(bottom=0)


def headcount(store: Store, lang: str) -> Figure:
    """All scenarios in two panels: true and registered headcount ratio by month."""
    figure = drawing.new_figure(9.6, 4.6)
    panels = figure.subplots(1, 2, sharey=True)
    looks = drawing.looks(store)
    for axes, name in zip(panels, ("headcount_true", "headcount_registered"), strict=True):
        entry = indicator(name)
        factor, unit = entry.unit.axis(lang)
        table = bands(_monthly(store, name))
        for scenario in table.index.unique("scenario"):
            # Eight bands on top of one another tell nothing: two here, all in the next figure.
            shade = 0.16 if scenario in (store.base, drawing.focus(store)) else 0.0
            steps = name == "headcount_registered"
            _line(axes, table.loc[scenario], looks[scenario], factor, steps=steps, shade=shade)
        axes.set_title(phrase("with_unit", lang, label=entry.label(lang), unit=unit))
        _years(axes, table.index.get_level_values("date").max() + 0.1)
        drawing.mark_break(axes, lang)
    drawing.scenario_legend(figure, store, lang)
    return figure


def headcount_each(store: Store, lang: str) -> Figure:
    """One panel per scenario: true and registered headcount ratio with the base's in grey."""
    names = list(store.scenarios)
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    figure = drawing.new_figure(9.6, 0.6 + 2.1 * rows)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    looks = drawing.looks(store)
    factor, unit = indicator("headcount_true").unit.axis(lang)
    true = bands(_monthly(store, "headcount_true"))
    registered = bands(_monthly(store, "headcount_registered"))
    last = true.index.get_level_values("date").max() + 0.1
    for axes, name in zip(panels.flat, names, strict=False):
        _title(axes, drawing.label(store, name, lang))
        if name in true.index:
            if store.base in true.index and name != store.base:
                axes.plot(true.loc[store.base, "mean"] * factor, color="#b0b0b0", lw=1.0)
            look = looks[name]
            _line(axes, true.loc[name], drawing.Look(look.color, "-", "o"), factor)
            dashed = drawing.Look(look.color, (0, (2.5, 1.5)), "o")
            if name in registered.index:
                _line(axes, registered.loc[name], dashed, factor, steps=True)
        else:
            axes.text(0.5, 0.5, phrase("no_value", lang), transform=axes.transAxes, ha="center")
        _years(axes, last, 4)
        drawing.mark_break(axes, lang, text=False)
    for axes in panels.flat[len(names) :]:
        axes.set_axis_off()
    for axes in panels[:, 0]:
        axes.set_ylabel(unit)
    for text, style in (("state_true", "-"), ("state_registered", (0, (2.5, 1.5)))):
        panels[0, 0].plot([], [], color=drawing.INK, linestyle=style, label=phrase(text, lang))
    figure.legend(loc="outside lower center", ncols=2, handlelength=2.8)
    return figure


def _title(axes: Axes, text: str) -> None:
    """A panel's title, smaller where it would not fit."""
    size = 9.0 if len(text.encode("utf-8")) < 34 else 7.2
    axes.set_title(text, fontsize=size)


def _monthly(store: Store, name: str) -> pd.DataFrame:
    return store.frame(name, month=range(1, 13))


FLOWS = ("exits", "relapses_true", "relapses_registered", "new_poor")


def flows(store: Store, lang: str) -> Figure:
    """Exits, relapses (true, registered) and new poor per calendar year."""
    figure = drawing.new_figure(9.6, 6.4)
    panels = figure.subplots(2, 2)
    looks = drawing.looks(store)
    offsets = dict(zip(store.scenarios, drawing.spread(len(store.scenarios)), strict=True))
    for axes, name in zip(panels.flat, FLOWS, strict=True):
        entry = indicator(name)
        factor, unit = entry.unit.axis(lang)
        axes.set_title(phrase("with_unit", lang, label=entry.label(lang), unit=unit))
        rows = store.frame(name, month=YEAR)
        if rows.empty:
            axes.text(0.5, 0.5, phrase("no_value", lang), transform=axes.transAxes, ha="center")
            continue
        table = bands(rows)
        last = int(table.index.get_level_values("date").max())
        for scenario in table.index.unique("scenario"):
            part, look = table.loc[scenario], looks[scenario]
            x = part.index.to_numpy() + offsets[scenario]
            axes.vlines(x, part["low"] * factor, part["high"] * factor, color=look.color, lw=1.4)
            axes.plot(
                x, part["mean"] * factor, look.marker, color=look.color, ms=4.2, mec="white",
                mew=0.4,
            )  # fmt: skip
        for edge in range(2018, last + 1):
            axes.axvline(edge - 0.5, color=drawing.PALE, lw=0.7, zorder=0)
        axes.set_xlim(2016.5, last + 0.5)
        axes.set_ylim(0, max(float(table[["mean", "high"]].max().max()) * factor * 1.12, 1e-9))
        axes.set_xticks(range(2017, last + 1))
        axes.tick_params(axis="x", size=0)
        if last >= drawing.BREAK and name == "relapses_registered":
            axes.axvline(2020.5, color=drawing.GREY, lw=0.9, ls=(0, (2, 2)))
            axes.annotate(
                phrase("since_monitoring", lang), (2020.5, 1.0),
                xycoords=("data", "axes fraction"), xytext=(4, -3),
                textcoords="offset points", fontsize=7.5, color="#555555", va="top",
            )  # fmt: skip
    drawing.scenario_legend(figure, store, lang, markers=True)
    return figure
