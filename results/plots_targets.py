"""Figures of the targets: which are met in how many runs, and where counties miss theirs."""

from __future__ import annotations

import textwrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from results import drawing
from results.plots_map import tiles
from results.report_targets import BLOCKS, part_of
from results.store import Store
from results.targets import Target, by_county, joint, score, targets
from results.texts import phrase

ROW = 0.178  # inches
GAP = 1.5  # rows for the heading of a block
MOST = 9.995  # what lacks, as a share of the threshold, from which on a number says nothing
WRAP = {"en": 13, "zh": 7}
LABEL = {"en": 76, "zh": 44}
# One hue from pale to dark: order can be seen without telling colours apart, and in grey.
COLORS = LinearSegmentedColormap.from_list("met", ["#ffffff", "#9ecae1", "#0b3c5d"])


def matrix(store: Store, lang: str) -> Figure:
    """Targets down, scenarios across: the share of runs that meet each, and what lacks if none."""
    names = list(store.scenarios)
    scores = score(store).set_index(["target", "scenario"])
    listed = [[one for one in targets() if one.block == block] for block in BLOCKS]
    height = sum(len(block) for block in listed) + GAP * len(listed) + 1.2
    heads = [_head(drawing.label(store, name, lang), lang) for name in names]
    deep = max(head.count("\n") for head in heads) + 1
    figure = drawing.new_figure(9.6, ROW * height + 0.17 * deep + 0.9)
    axes = figure.subplots()
    y, ticks = 0.0, []
    for block, members in zip(BLOCKS, listed, strict=True):
        y += GAP
        axes.text(
            -0.02, y - 0.42, phrase(f"targets_{block}", lang), fontsize=8.5, color=drawing.BLUE,
            ha="right", va="center", transform=axes.get_yaxis_transform(),
        )  # fmt: skip
        for target in members:
            for x, name in enumerate(names):
                _cell(axes, x, y, target, scores.loc[target.id, name], lang)
            ticks.append((y + 0.5, _label(target, lang)))
            y += 1.0
    y += 0.2
    _totals(axes, store, names, y)
    ticks.append((y + 0.5, phrase("targets_mean", lang)))
    axes.set_yticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=7)
    axes.set_xticks(np.arange(len(names)) + 0.5, heads, fontsize=7.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(0, len(names))
    axes.set_ylim(y + 1.0, 0.55)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(
        mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 100), COLORS), ax=axes, location="bottom",
        shrink=0.5, aspect=34, pad=0.012,
    )  # fmt: skip
    bar.set_label(phrase("runs_that_meet", lang))
    bar.outline.set_linewidth(0.5)
    return figure


def _head(label: str, lang: str) -> str:
    return textwrap.fill(label, WRAP[lang], break_long_words=lang == "zh")


def _label(target: Target, lang: str) -> str:
    """Words of a target, cut at a word where they are long; a part is set in."""
    words, room = target.words[lang], LABEL[lang]
    if len(words) > room:
        kept = words[: room - 1]
        words = (kept if lang == "zh" else kept.rpartition(" ")[0]) + "…"
    return f"{words}   {target.id}" + ("" if part_of(target) else " ")


def _cell(axes: Axes, x: int, y: float, target: Target, result: pd.Series, lang: str) -> None:
    """A tile shaded by the share of runs that meet the target."""
    met = float(result["met"])
    known = np.isfinite(met)
    face = COLORS(met) if known else "#f2f2f2"
    axes.add_patch(
        Rectangle(
            (x + 0.03, y + 0.06), 0.94, 0.88, facecolor=face, edgecolor="#b8b8b8", linewidth=0.5,
            hatch=None if known else "////",
        )
    )  # fmt: skip
    if not known:
        return
    text = "✓" if met == 1 else f"{met * 100:.0f} %" if met > 0 else _lacks(target, result)
    dark = float(np.dot(COLORS(met)[:3], [0.299, 0.587, 0.114])) < 0.55
    axes.text(
        x + 0.5, y + 0.52, text, ha="center", va="center", fontsize=6.8,
        color="white" if dark else drawing.INK,
    )  # fmt: skip


def _lacks(target: Target, result: pd.Series) -> str:
    """What lacks, per cent of the threshold; a cross where that says nothing."""
    short = float(result["shortfall"])
    if not 0.0005 <= short < MOST or not target.threshold:
        return "×"
    return f"−{100 * short:.{0 if short >= 0.1 else 1}f} %"


def _totals(axes: Axes, store: Store, names: list[str], y: float) -> None:
    """The last line: how many of the plan's targets a run meets."""
    found = joint(store)
    axes.axhline(y - 0.05, color=drawing.INK, lw=0.8)
    if found.empty:
        return
    found = found.set_index("scenario")
    for x, name in enumerate(names):
        if name in found.index:
            one = found.loc[name]
            axes.text(
                x + 0.5, y + 0.52, f"{one['met']:.1f} / {one['targets']:.0f}", ha="center",
                va="center", fontsize=7.5,
            )  # fmt: skip


def county_misses(store: Store, scenario: str) -> tuple[pd.Series, int]:
    """Targets set for every county that a county misses, mean of the runs; and how many there are.

    Only the plan's own, and those that the store covers; parts count by themselves.
    """
    own = {target.id for target in targets() if target.counted}
    table = by_county(store)
    table = table[(table["scenario"] == scenario) & table["target"].isin(own)]
    missed = (1.0 - table["met"]).groupby(table["county"]).sum()
    return missed, int(table["target"].nunique())


def target_map(store: Store, lang: str) -> Figure:
    """How many of the targets set for every county each county misses, in the focus."""
    missed, count = county_misses(store, drawing.focus(store))
    colors = LinearSegmentedColormap.from_list("missed", ["#fff7ec", "#fdbb84", "#7f2704"])
    scale = mpl.colors.Normalize(0.0, max(float(missed.max()) if len(missed) else 1.0, 1.0))
    label = phrase("county_targets_missed", lang, n=count)
    return tiles(missed, colors, scale, label, lang, decimals=1)
