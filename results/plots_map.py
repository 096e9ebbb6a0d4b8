"""The tile map of the 35 county units, and which parameters the results hang on."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from results import drawing
from results.compare import FIRST_YEAR
from results.store import RUN, YEAR, Store
from results.texts import indicator, phrase
from results.unknowns import ranking, threshold

MIN_HOUSEHOLDS = 10  # no cell describes fewer simulated households
SHOWN_PARAMETERS = 12
OUTCOMES = ("relapses_true", "headcount_true")


@cache
def counties() -> pd.DataFrame:
    """The county units: names in both languages, prefecture, place, tile and neighbours."""
    text = (files("results") / "data" / "counties.csv").read_text(encoding="utf-8")
    table = pd.DataFrame(csv.DictReader(text.splitlines()))
    whole = {"code": int, "deep": int, "column": int, "row": int, "lon": float, "lat": float}
    return table.astype(whole).set_index("code")


def relapse_rates(store: Store, scenario: str, year: int) -> pd.Series:
    """True relapses per 1,000 rural persons and county over the plan's years, mean of runs.

    nan for a county of which fewer than ``MIN_HOUSEHOLDS`` households are simulated.
    """
    rows = store.frame(
        "relapses_true",
        scenario=scenario,
        county="each",
        year=range(FIRST_YEAR, year + 1),
        month=YEAR,
    )
    fell = rows.groupby([*RUN, "county"])["value"].sum().groupby("county").mean()
    sizes = store.frame(
        ["population", "households"], scenario=scenario, county="each", year=year, month=12
    )
    mean = sizes.groupby(["county", "indicator"])["value"].mean().unstack("indicator")
    mean = mean.reindex(columns=["population", "households"])
    enough = mean["households"] * store.sample >= MIN_HOUSEHOLDS
    return (fell / mean["population"] * 1000).where(enough | mean["households"].isna())


def tile_map(store: Store, lang: str, year: int) -> Figure:
    """True relapse by county in the plan scenario, one tile per county unit."""
    scenario = drawing.focus(store)
    rates = relapse_rates(store, scenario, year)
    # One hue from pale to dark: order can be seen without telling colours apart.
    colors = LinearSegmentedColormap.from_list("relapse", ["#f3f7fb", "#7fb2d6", "#0b3c5d"])
    known = rates.dropna()
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    scale = mpl.colors.Normalize(max(0.0, low - 0.2 * (high - low)), high or 1.0)
    label = phrase("per_thousand", lang, period=f"{FIRST_YEAR}–{year}")
    return tiles(rates, colors, scale, label, lang)


def tiles(
    values: pd.Series,
    colors: LinearSegmentedColormap,
    scale: mpl.colors.Normalize,
    label: str,
    lang: str,
    *,
    decimals: int | None = None,
) -> Figure:
    """A value per county as a map of tiles; nan is too few, a county that is not there a dash.

    ``decimals`` of the numbers; by default one for those below ten.
    """
    places = counties()
    figure = drawing.new_figure(9.6, 7.0)
    axes = figure.subplots()
    axes.set_axis_off()
    for code, place in places.iterrows():
        value = values.get(code, np.nan)
        face = colors(scale(value)) if np.isfinite(value) else "white"
        dark = np.isfinite(value) and float(np.dot(face[:3], [0.299, 0.587, 0.114])) < 0.52
        axes.add_patch(
            Rectangle(
                (place["column"] + 0.04, place["row"] + 0.04), 0.92, 0.92, facecolor=face,
                edgecolor=drawing.INK if place["deep"] else "#bbbbbb",
                linewidth=1.5 if place["deep"] else 0.7,
            )
        )  # fmt: skip
        color = "white" if dark else drawing.INK
        name = str(place[f"short_{lang}"]).replace(" ", "\n")
        middle = (place["column"] + 0.5, place["row"] + 0.38)
        size = 9 if lang == "zh" else 6.3 if len(name) > 11 and "\n" not in name else 7.2
        axes.text(*middle, name, ha="center", va="center", fontsize=size, color=color)
        digits = (0 if value >= 10 else 1) if decimals is None else decimals
        shown = f"{value:.{digits}f}"
        if not np.isfinite(value):
            shown = phrase("too_few", lang) if code in values.index else "—"
        axes.text(middle[0], place["row"] + 0.76, shown, ha="center", va="center", fontsize=8.5,
                  color=color)  # fmt: skip
    axes.set_xlim(-0.1, places["column"].max() + 1.1)
    axes.set_ylim(places["row"].max() + 1.1, -0.1)
    axes.set_aspect(0.72)
    bar = figure.colorbar(
        mpl.cm.ScalarMappable(scale, colors), ax=axes, location="bottom", shrink=0.4, aspect=30,
        pad=0.02,
    )  # fmt: skip
    bar.set_label(label)
    bar.outline.set_visible(False)
    return figure


def unknowns(store: Store, lang: str) -> Figure:
    """Rank correlations of parameters with relapse and headcount over the draws."""
    scenario = drawing.focus(store)
    tables = {name: ranking(store, name, scenario) for name in OUTCOMES}
    tables = {name: table for name, table in tables.items() if not table.empty}
    strongest = (
        pd.concat(tables.values()).groupby("parameter")["rho"].apply(lambda r: r.abs().max())
    )
    shown = list(strongest.sort_values(ascending=False).index[:SHOWN_PARAMETERS])
    figure = drawing.new_figure(9.6, 1.3 + 0.3 * len(shown))
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        rho = table.set_index("parameter")["rho"].reindex(shown)
        chance = threshold(int(table["draws"].iloc[0]))
        axes.axvspan(-chance, chance, color=drawing.PALE, lw=0)
        axes.axvline(0, color=drawing.INK, lw=0.8)
        axes.hlines(range(len(shown)), 0, rho, color=drawing.BLUE, lw=2)
        axes.plot(rho, range(len(shown)), "o", color=drawing.BLUE, ms=5)
        axes.set_yticks(range(len(shown)), shown, fontsize=8)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(-1.05, 1.05)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        words = indicator(name).label(lang)
        axes.set_title(phrase("rank_correlation", lang, indicator=words), fontsize=9)
    return figure
