"""Figures of a calibration's self-test: ranks of the truth, and coverage of intervals."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from results import drawing
from results.fit_store import Fit
from results.fit_texts import parameter, said, wrapped

__all__ = ["band", "coverage", "data_sets", "ecdf", "ranks"]

COLUMNS = 4
CONFIDENCE = 0.99  # of a bar of a histogram by itself
CURVE = 0.95  # of a whole curve


def _selftest(fit: Fit) -> dict[str, pd.DataFrame]:
    found = fit.selftest()
    assert found is not None
    return found


def data_sets(fit: Fit, lang: str) -> dict[str, object]:
    """How many data sets the self-test had, for captions."""
    return {"n": int(_selftest(fit)["ranks"]["dataset"].nunique())}


def _panels(keys: list[str], height: float) -> tuple[Figure, list[Axes]]:
    rows = -(-len(keys) // COLUMNS)
    figure = drawing.new_figure(9.6, 0.4 + height * rows)
    every = list(figure.subplots(rows, COLUMNS, squeeze=False, sharex=True, sharey=True).flat)
    for axes in every[len(keys) :]:
        axes.set_axis_off()
    return figure, every


def ranks(fit: Fit, lang: str) -> Figure:
    """Histogram of ranks of each parameter, with the band of a uniform distribution."""
    from scipy.stats import binom

    found = _selftest(fit)
    keys = list(found["verdicts"]["parameter"])
    figure, panels = _panels(keys, 1.55)
    for axes, key, bins in zip(panels, keys, found["verdicts"]["bins"], strict=False):
        own = found["ranks"][found["ranks"]["parameter"] == key]
        places = int(own["draws"].iloc[0]) + 1
        counts = np.bincount(own["rank"] * bins // places, minlength=bins)
        low, high = binom.interval(CONFIDENCE, len(own), 1 / bins)
        axes.axhspan(low, high, color=drawing.PALE, lw=0)
        axes.axhline(len(own) / bins, color=drawing.GREY, lw=0.8)
        outside = (counts < low) | (counts > high)
        colors = [drawing.VERMILION if out else drawing.BLUE for out in outside]
        width = places / bins
        axes.bar((np.arange(bins) + 0.5) * width - 0.5, counts, 0.92 * width, color=colors)
        axes.grid(visible=False)
        axes.set_title(wrapped(parameter(fit, key, lang), lang, 24), fontsize=8, pad=4)
        axes.tick_params(labelsize=7.5)
    figure.supxlabel(said("rank", lang), fontsize=8.5)
    return figure


def ecdf(fit: Fit, lang: str) -> Figure:
    """Distribution of ranks less the uniform one, with a band for the whole curve."""
    found = _selftest(fit)
    keys = list(found["verdicts"]["parameter"])
    figure, panels = _panels(keys, 1.55)
    for axes, key in zip(panels, keys, strict=False):
        own = found["ranks"][found["ranks"]["parameter"] == key]
        places = int(own["draws"].iloc[0]) + 1
        at = np.arange(1, places) / places
        counts = np.bincount(own["rank"], minlength=places)
        curve = np.cumsum(counts)[:-1] / len(own) - at
        low, high = band(len(own), places)
        axes.fill_between(at, low - at, high - at, step="mid", color=drawing.PALE, lw=0)
        axes.axhline(0, color=drawing.GREY, lw=0.8)
        out = bool(((curve < low - at) | (curve > high - at)).any())
        axes.step(at, curve, where="mid", color=drawing.VERMILION if out else drawing.BLUE, lw=1.3)
        axes.grid(visible=False)
        axes.set_title(wrapped(parameter(fit, key, lang), lang, 24), fontsize=8, pad=4)
        axes.tick_params(labelsize=7.5)
    figure.supxlabel(f"{said('rank', lang)} (0–1)", fontsize=8.5)
    return figure


@cache
def band(n: int, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Band that holds the whole distribution function of n uniform ranks in 95 % of cases.

    At 1/places ... (places - 1)/places. Pointwise binomial intervals, narrowed or widened together
    until that is so in 2,000 simulated cases (Säilynoja et al. 2022, Stat. Comput. 32, algorithm
    2); the cases have a fixed seed, so the band is always the same.
    """
    from scipy.stats import binom

    at = np.arange(1, places) / places
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, places, size=(2000, n))
    counts = np.stack([np.bincount(row, minlength=places) for row in drawn])
    below = np.cumsum(counts, axis=1)[:, :-1]
    # smallest two-sided tail probability along each simulated curve
    tail = 2 * np.minimum(binom.cdf(below, n, at), binom.sf(below - 1, n, at)).min(axis=1)
    level = float(np.quantile(tail, 1 - CURVE))
    return binom.ppf(level / 2, n, at) / n, binom.ppf(1 - level / 2, n, at) / n


def coverage(fit: Fit, lang: str) -> Figure:
    """Share of data sets whose truth lies in the interval, with bands, by parameter and level."""
    table = _selftest(fit)["coverage"]
    keys = list(dict.fromkeys(table["parameter"]))
    levels = sorted(table["level"].unique())
    figure = drawing.new_figure(9.6, 0.9 + 0.27 * len(keys))
    panels = figure.subplots(1, len(levels), sharey=True, squeeze=False)[0]
    for axes, level in zip(panels, levels, strict=True):
        part = table[table["level"] == level].set_index("parameter")
        for y, key in enumerate(keys):
            row = part.loc[key]
            axes.hlines(y, row["low_all"] * 100, row["high_all"] * 100, color=drawing.PALE, lw=9)
            axes.hlines(y, row["low"] * 100, row["high"] * 100, color="#cfcfcf", lw=9)
            color = drawing.BLUE if row["inside_all"] else drawing.VERMILION
            axes.plot(row["share"] * 100, y, "o" if row["inside_all"] else "X", color=color, ms=5.5)
        axes.axvline(level * 100, color=drawing.INK, lw=0.8)
        axes.set_yticks(range(len(keys)), [parameter(fit, key, lang) for key in keys], fontsize=8)
        axes.set_ylim(len(keys) - 0.4, -0.6)
        axes.grid(visible=False)
        axes.set_title(said("interval_level", lang, level=level * 100), fontsize=9)
    figure.supxlabel(said("share_covered", lang), fontsize=8.5)
    return figure
