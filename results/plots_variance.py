"""The figure that says where the variance of the key results comes from."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from results import drawing
from results.store import Store
from results.texts import by_id, phrase
from results.variance import difference_split, level_split, shares

# Hatched too, so that the parts can be told apart in grey.
LOOKS = {
    "policy": (drawing.BLUE, ""),
    "interaction": (drawing.SKY, "///"),
    "parameters": (drawing.ORANGE, ""),
    "chance": ("#bdbdbd", ""),
    "unsplit": ("#bdbdbd", "..."),
}
WRAP = {"en": 34, "zh": 17}


def anything(store: Store, year: int) -> bool:
    """Whether there are runs enough for any part of the figure."""
    return not shares(level_split(store, year)).empty


def variance(store: Store, lang: str, year: int) -> Figure:
    """Stacked bars, one a key indicator: of results, and of the difference of the focus."""
    whole = shares(level_split(store, year))
    apart = difference_split(store, year)
    focus = drawing.focus(store)
    panels = [("variance_levels", whole)]
    if len(apart) and focus in apart.index.get_level_values("scenario"):
        split = shares(apart.loc[focus])
        if "parameters" in split:  # of a single source there is nothing to see
            panels.append(("variance_difference", split))
    figure = drawing.new_figure(9.6, 1.2 + 0.34 * len(whole))
    axes_of = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, table) in zip(axes_of, panels, strict=True):
        _bars(axes, table.reindex(whole.index), lang)
        axes.set_title(phrase(title, lang), fontsize=9)
        axes.set_xlabel(phrase("variance_axis", lang))
    names = [textwrap.fill(by_id(str(key)).label(lang), WRAP[lang]) for key in whole.index]
    axes_of[0].set_yticks(range(len(names)), names)
    axes_of[0].set_ylim(len(names) - 0.4, -0.6)
    handles, labels = axes_of[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), handlelength=1.6)
    return figure


def _bars(axes: Axes, table: pd.DataFrame, lang: str) -> None:
    left = pd.Series(0.0, index=table.index)
    for part in (name for name in LOOKS if name in table):
        color, hatch = LOOKS[part]
        width = table[part].fillna(0.0) * 100
        axes.barh(
            range(len(table)), width, left=left, height=0.66, color=color, hatch=hatch,
            edgecolor="white", linewidth=0.6, label=phrase(f"variance_{part}", lang),
        )  # fmt: skip
        for place, (start, wide) in enumerate(zip(left, width, strict=True)):
            if wide >= 9:
                ink = "white" if part == "policy" else drawing.INK
                axes.text(start + wide / 2, place, f"{wide:.0f}", ha="center", va="center",
                          fontsize=7.5, color=ink)  # fmt: skip
        left = left + width
    for place, empty in enumerate(table.isna().all(axis=1)):
        if empty:
            axes.text(1, place, phrase("variance_fixed", lang), va="center", fontsize=7.5)
    axes.set_xlim(0, 100)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
