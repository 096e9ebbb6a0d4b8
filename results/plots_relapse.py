"""Figures of relapse: its hazard since exit, types of households, causes, and support withdrawn."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from results import drawing
from results.plots_time import bands
from results.store import YEAR, Store
from results.survival import (
    Curve,
    curve,
    hazard,
    independent_spells,
    read_spells,
    read_typed_spells,
)
from results.texts import cause, household_type, indicator, phrase

QUARTER = 3
TYPES = ("labour_short", "disabled", "relocated", "migrant", "near_line", "others")
SHOWN_CAUSES = 6
_LATE = 2021


def pooled_curves(store: Store, name: str = "spell") -> dict[str, Curve]:
    """One curve a scenario that has spells, all its runs together."""
    spells = read_spells(store, name)
    groups = {scenario: spells[spells["scenario"] == scenario] for scenario in store.scenarios}
    return {s: curve(rows) for s, rows in groups.items() if rows["value"].sum() > 0}


def type_curves(store: Store, scenario: str) -> dict[str, Curve]:
    """Curves of true relapse by type of household at exit, in one scenario."""
    spells = read_typed_spells(store)
    spells = spells[spells["scenario"] == scenario]
    groups = {one: spells[spells["type"] == one] for one in TYPES}
    return {one: curve(rows) for one, rows in groups.items() if rows["value"].sum() > 0}


def hazards(store: Store, lang: str) -> Figure:
    """Hazard of relapse by quarters since exit, true and registered, one line a scenario."""
    figure = drawing.new_figure(9.6, 4.4)
    panels = figure.subplots(1, 2, sharex=True)
    looks = drawing.looks(store)
    banded = (store.base, drawing.focus(store))
    for axes, name in zip(panels, ("spell", "spell_registered"), strict=True):
        highest = 1e-9
        for scenario, found in pooled_curves(store, name).items():
            look = looks[scenario]
            table = hazard(found, QUARTER, independent_spells(store, scenario)) * 100
            axes.plot(
                table.index, table["hazard"], color=look.color, linestyle=look.line,
                marker=look.marker, ms=3,
            )  # fmt: skip
            highest = max(highest, float(table["hazard"].max()))
            if scenario in banded:
                axes.fill_between(
                    table.index, table["low"], table["high"], color=look.color, alpha=0.14, lw=0
                )
        state = "state_true" if name == "spell" else "state_registered"
        title = phrase("hazard_axis", lang)
        axes.set_title(phrase("with_unit", lang, label=title, unit=phrase(state, lang)))
        axes.set_ylim(0, highest * 1.35)
        axes.set_xlabel(phrase("months_since_exit", lang))
        _months(axes)
    drawing.scenario_legend(figure, store, lang)
    return figure


def survival_types(store: Store, lang: str) -> Figure:
    """Kaplan-Meier with Greenwood bands: by scenario, and by type of household in the focus."""
    figure = drawing.new_figure(9.6, 5.2)
    left, right = figure.subplots(1, 2, sharey=True)
    looks, lowest, handles = drawing.looks(store), 1.0, []
    for scenario, found in pooled_curves(store).items():
        _km(left, found, looks[scenario], independent_spells(store, scenario))
        lowest = min(lowest, float(found.survival.min()))
        label = drawing.label(store, scenario, lang)
        handles.append(Line2D([], [], color=looks[scenario].color, linestyle=looks[scenario].line,
                              label=label))  # fmt: skip
    focus = drawing.focus(store)
    kinds = []
    for look, (name, found) in zip(
        drawing.line_looks(), type_curves(store, focus).items(), strict=False
    ):
        _km(right, found, look, independent_spells(store, focus))
        lowest = min(lowest, float(found.survival.min()))
        label = household_type(name, lang)
        kinds.append(Line2D([], [], color=look.color, linestyle=look.line, label=label))
    for axes, entries in ((left, handles), (right, kinds)):
        axes.set_xlabel(phrase("months_since_exit", lang))
        axes.set_ylim(max(0.0, lowest * 100 - 3) if lowest > 0.6 else 0.0, 100.4)
        axes.legend(handles=entries, loc="lower left", fontsize=7.5, handlelength=2.8)
        _months(axes)
    left.set_title(phrase("still_out", lang))
    right.set_title(phrase("by_type", lang, scenario=store.scenarios[focus].label(lang)))
    return figure


def _km(axes: Axes, found: Curve, look: drawing.Look, scale: float) -> None:
    low, high = found.greenwood(scale)
    shown = found.survival * 100
    axes.step(found.months, shown, where="post", color=look.color, linestyle=look.line)
    axes.fill_between(
        found.months, low * 100, high * 100, step="post", color=look.color, alpha=0.12, lw=0
    )


def _months(axes: Axes) -> None:
    last = int(axes.dataLim.x1)
    axes.set_xlim(0, max(last, QUARTER))
    axes.set_xticks(range(0, last + 1, 12 if last > 48 else 6))


def incidence(store: Store, lang: str) -> Figure:
    """Cumulative incidence of true relapse by cause, stacked: causes compete for whom they hit."""
    curves = pooled_curves(store)
    names = [n for n in dict.fromkeys((store.base, drawing.focus(store))) if n in curves]
    order: dict[str, float] = {}
    for name in names:
        for one, series in curves[name].incidence.items():
            order[one] = max(order.get(one, 0.0), float(series[-1]))
    shown = sorted((c for c in order if c != "other"), key=lambda c: -order[c])[:SHOWN_CAUSES]
    figure = drawing.new_figure(9.6, 4.6)
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        found = curves[name]
        parts = [found.incidence.get(one, np.zeros(len(found.months))) * 100 for one in shown]
        rest = [series * 100 for one, series in found.incidence.items() if one not in shown]
        parts.append(np.sum(rest, axis=0) if rest else np.zeros(len(found.months)))
        labels = [*(cause(one, lang) for one in shown), phrase("other_causes", lang)]
        axes.stackplot(
            found.months, parts, labels=labels, colors=drawing.FILLS, edgecolor="white", lw=0.4
        )
        axes.set_title(store.scenarios[name].label(lang))
        axes.set_xlabel(phrase("months_since_exit", lang))
        _months(axes)
    panels[0].set_ylabel(phrase("fallen_back", lang))
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, handlelength=1.4)
    return figure


def late_scenarios(store: Store) -> list[str]:
    """Scenarios that go on beyond 2020."""
    last = store.last_months
    return [name for name in store.scenarios if name in last.index and last[name] >= _LATE * 12]


def withdrawal(store: Store, lang: str) -> Figure:
    """After 2020: true headcount by month and true relapses by year, as support goes or stays."""
    figure = drawing.new_figure(9.6, 4.4)
    left, right = figure.subplots(1, 2)
    looks, names = drawing.looks(store), late_scenarios(store)
    entry = indicator("headcount_true")
    factor, unit = entry.unit.axis(lang)
    rows = store.frame("headcount_true", month=range(1, 13), scenario=names)
    table = bands(rows[rows["year"] >= _LATE - 1])
    for name in table.index.unique("scenario"):
        part, look = table.loc[name], looks[name]
        x = part.index.to_numpy()
        left.plot(x, part["mean"] * factor, color=look.color, linestyle=look.line)
        left.fill_between(
            x, part["low"] * factor, part["high"] * factor, color=look.color, alpha=0.14, lw=0
        )
    left.set_title(phrase("with_unit", lang, label=entry.label(lang), unit=unit))
    left.axvline(_LATE, color=drawing.GREY, lw=0.9, ls=(0, (2, 2)))
    entry = indicator("relapses_true")
    factor, unit = entry.unit.axis(lang)
    rows = store.frame("relapses_true", month=YEAR, scenario=names)
    table = bands(rows[rows["year"] >= _LATE - 1])
    offsets = dict(zip(names, drawing.spread(len(names)), strict=True))
    for name in table.index.unique("scenario"):
        part, look = table.loc[name], looks[name]
        x = part.index.to_numpy() + offsets[name]
        right.vlines(x, part["low"] * factor, part["high"] * factor, color=look.color, lw=1.4)
        right.plot(x, part["mean"] * factor, look.marker, color=look.color, ms=4.5, mec="white",
                   mew=0.4)  # fmt: skip
    right.axvline(_LATE - 0.5, color=drawing.GREY, lw=0.9, ls=(0, (2, 2)))
    right.set_title(phrase("with_unit", lang, label=entry.label(lang), unit=unit))
    right.xaxis.get_major_locator().set_params(integer=True)
    for axes in (left, right):
        axes.set_ylim(bottom=0)
    handles = [
        Line2D([], [], color=looks[n].color, linestyle=looks[n].line, marker=looks[n].marker, ms=4,
               label=drawing.label(store, n, lang))
        for n in names
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=4, handlelength=2.8)
    return figure
