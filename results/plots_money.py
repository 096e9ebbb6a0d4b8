"""Figures of money: where it came from and went, and what waited for money or builders."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter

from results import drawing
from results.report_money import SOURCES, USES, WAITS, flows, money_unit, waiting
from results.store import Store
from results.texts import phrase, programme

MOST_PANELS = 6
LONGEST = 12
"""Programmes in the figure of what waited."""
_COLORS = {
    "special": drawing.BLUE, "sector": drawing.SKY, "social": drawing.GREEN,
    "direct": "#bdbdbd", "spent": drawing.ORANGE, "leaked": drawing.VERMILION,
    "wasted": drawing.PURPLE, "returned": drawing.YELLOW, "saved": "#6b6b6b",
    "funds": drawing.BLUE, "builders": drawing.ORANGE,
}  # fmt: skip
_HATCHES = {"leaked": "xxxx", "wasted": "....", "direct": "////", "builders": "////"}


def alike(table: pd.DataFrame, names: list[str]) -> dict[str, list[str]]:
    """Scenarios whose numbers are the same, by the first of them: one panel shows them all."""
    groups: dict[str, list[str]] = {}
    for name in names:
        own = table.loc[name]
        for first, members in groups.items():
            other = table.loc[first]
            if own.index.equals(other.index) and np.allclose(own, other, rtol=1e-9, atol=0.5):
                members.append(name)
                break
        else:
            groups[name] = [name]
    return groups


def _panels(
    store: Store, names: list[str], groups: dict[str, list[str]], lang: str
) -> dict[str, str]:
    """Scenarios that get a panel, the focus first and the base next, and their titles."""
    first = [drawing.focus(store), store.base]
    shown = sorted(groups, key=lambda n: first.index(n) if n in first else len(first))
    comma = "、" if lang == "zh" else ", "
    return {
        name: comma.join(drawing.label(store, one, lang) for one in groups[name])
        for name in shown[:MOST_PANELS]
    }


def _title(axes: Axes, text: str, lang: str, width: int) -> None:
    room = width if lang == "en" else width // 2
    axes.set_title(textwrap.fill(text, room, break_long_words=lang == "zh"), fontsize=8)


def money_flows(store: Store, lang: str) -> Figure:
    """Per scenario and year two stacked bars: where the money came from, and where it went."""
    table, (factor, unit) = flows(store), money_unit(lang)
    there = table.index.get_level_values("scenario")
    names = [name for name in _first(store) if name in there]
    shown = _panels(store, names, alike(table, names), lang)
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure = drawing.new_figure(9.6, 0.9 + 2.6 * rows)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes, (name, title) in zip(panels.flat, shown.items(), strict=False):
        own = table.loc[name] * factor
        years = own.index.to_numpy(float)
        for parts, side in ((SOURCES, -0.2), (USES, 0.2)):
            _stack(axes, own, parts, years + side)
        axes.plot(
            years, own["carried"], "D", color=drawing.INK, ms=3.6, mec="white", mew=0.5, zorder=4
        )
        _title(axes, title, lang, 46 if columns == 3 else 60)
        axes.set_xticks(years, [f"{y:.0f}" for y in years])
        axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        axes.axhline(0, color=drawing.INK, lw=0.7)
        if len(years) > 5:
            axes.tick_params(axis="x", labelsize=7)
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    for axes in panels[:, 0]:
        axes.set_ylabel(unit)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    handles = [_patch(name, f"flow_{name}", lang) for name in (*SOURCES, *USES)]
    carried = panels[0, 0].plot([], [], "D", color=drawing.INK, ms=4, mec="white", mew=0.5)
    carried[0].set_label(phrase("flow_carried", lang))
    figure.legend(
        handles=[*handles, carried[0]], loc="outside lower center", ncols=5, handlelength=1.4
    )
    return figure


def _first(store: Store) -> list[str]:
    """All scenarios, the focus first, so that panels of the same numbers are named by it."""
    return sorted(store.scenarios, key=lambda name: name != drawing.focus(store))


def _patch(name: str, key: str, lang: str) -> Patch:
    return Patch(
        facecolor=_COLORS[name], hatch=_HATCHES.get(name), edgecolor="white", linewidth=0.4,
        label=phrase(key, lang),
    )  # fmt: skip


def _stack(axes: Axes, own: pd.DataFrame, parts: tuple[str, ...], at: np.ndarray) -> None:
    """Bars of what adds up; what is below nothing (balances that shrink) goes downward."""
    up, down = np.zeros(len(own)), np.zeros(len(own))
    for name in parts:
        value = own[name].to_numpy()
        bottom = np.where(value >= 0, up, down)
        axes.bar(
            at, value, 0.36, bottom=bottom, color=_COLORS[name], hatch=_HATCHES.get(name),
            edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        up, down = up + np.maximum(value, 0), down + np.minimum(value, 0)


def waited(store: Store, lang: str, year: int) -> Figure:
    """What waited most, for money and for builders, one panel per scenario."""
    table, (factor, unit) = waiting(store, year) * 1.0, money_unit(lang)
    table = table * factor
    there = list(table.columns.get_level_values(0).unique())
    names = [name for name in _first(store) if name in there and table[name].to_numpy().any()]
    groups = alike(table.T.sort_index(), names)
    shown = _panels(store, names, groups, lang)
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    listed = list(table.index[:LONGEST])
    figure = drawing.new_figure(9.6, rows * (0.75 + 0.25 * len(listed)) + 0.5)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    totals = pd.concat([table[name].sum(axis=1).loc[listed] for name in shown], axis=1)
    edge = _edge(totals.to_numpy())
    for axes, (name, title) in zip(panels.flat, shown.items(), strict=False):
        _bars(axes, table[name].loc[listed], edge)
        _title(axes, title, lang, 100 // columns)
    for axes in panels.flat[len(shown) :]:
        axes.set_axis_off()
    for axes in panels.flat[: len(shown)]:
        axes.set_yticks(range(len(listed)), [programme(str(p), lang) for p in listed], fontsize=8)
        axes.set_ylim(len(listed) - 0.4, -0.6)
        axes.set_xlim(0, edge * 1.22)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(unit)
    handles = [_patch(reason, f"waits_for_{reason}", lang) for reason in WAITS]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, handlelength=1.6)
    return figure


def _edge(totals: np.ndarray) -> float:
    """Where the axis ends: bars far beyond the others are broken, so that these can be read."""
    ordered = np.sort(totals.max(axis=1))[::-1]
    highest = float(ordered[0]) or 1.0
    second = float(ordered[1]) if len(ordered) > 1 else highest
    return second * 1.5 if 0 < second * 2.5 < highest else highest


def _bars(axes: Axes, own: pd.DataFrame, edge: float) -> None:
    for place, (_, values) in enumerate(own.iterrows()):
        total, left = float(values.sum()), 0.0
        for reason in WAITS:
            width = min(float(values[reason]), edge - left)
            axes.barh(
                place, width, 0.68, left=left, color=_COLORS[reason], hatch=_HATCHES.get(reason),
                edgecolor="white", linewidth=0.4,
            )  # fmt: skip
            left += width
        if total > edge:  # a bar that goes on beyond the axis
            axes.plot([edge * 0.9, edge * 0.93], [place + 0.42, place - 0.42], color="white", lw=3)
        shown = f"{total:,.0f}" if total >= 10 else f"{total:.1f}" if total >= 0.05 else ""
        axes.text(left, place, " " + shown, va="center", fontsize=7.5)
