"""Figures that check a calibration: predictive checks, Sobol indices, and its course."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from results import drawing
from results.fit_store import Fit
from results.fit_texts import amount, brief, said, statistic_unit, target, wrapped

__all__ = ["Check", "checks", "generations", "ppc", "ppc_shown", "sobol", "sobol_shown"]

MOST = 60  # targets in a figure
MOST_INDICES = 40
COLORS = LinearSegmentedColormap.from_list("share", ["#ffffff", "#9ecae1", "#0b3c5d"])
Z90 = 1.645


@dataclass(frozen=True)
class Check:
    """One target and what simulations give for it.

    prior: quantiles 5, 50, 95 % of the simulations at prior draws; posterior: 5, 25, 50, 75, 95 %
    at posterior draws; both as (simulated - observed) / error, nan where there are none.
    low, high: the posterior's 90 % interval with the observation error in it, in the unit.
    inside: whether the observed value lies in that interval.
    """

    key: str
    observed: float
    error: float
    prior: np.ndarray
    posterior: np.ndarray
    median: float
    low: float
    high: float
    inside: bool


def checks(fit: Fit) -> list[Check]:
    """Every target that posterior simulations have a number for, in the order of the folder."""
    found = []
    for key, entry in fit.targets.items():
        again = fit.posterior_predictive(key)
        if len(again) == 0:
            continue
        value, error = float(entry["value"]), float(entry["error"])
        prior = fit.prior_predictive(key)
        before = np.quantile(prior, [0.05, 0.5, 0.95]) if len(prior) else np.full(3, np.nan)
        after = np.quantile(again, [0.05, 0.25, 0.5, 0.75, 0.95])
        low, high = _with_error(again, error)
        found.append(
            Check(key, value, error, (before - value) / error, (after - value) / error,
                  float(after[2]), low, high, low <= value <= high)
        )  # fmt: skip
    return found


def _with_error(simulated: np.ndarray, error: float) -> tuple[float, float]:
    """Middle 90 % of the simulations with a normal error on each: of their mixture."""
    from scipy.special import ndtri

    spread = error * ndtri((np.arange(99) + 0.5) / 99)
    low, high = np.quantile(simulated[:, None] + spread, [0.05, 0.95])
    return float(low), float(high)


def _chosen(fit: Fit) -> list[Check]:
    """The targets drawn: all, or those the posterior misses most; by theme, in their order."""
    every = checks(fit)
    worst = sorted(every, key=lambda one: -abs(one.posterior[2]))[:MOST]
    themes = list(dict.fromkeys(entry["theme"] for entry in fit.targets.values()))
    kept = [one for one in every if one in worst]
    return sorted(kept, key=lambda one: themes.index(fit.targets[one.key]["theme"]))


def ppc_shown(fit: Fit, lang: str) -> dict[str, object]:
    """The sentence of the caption that says how many targets are drawn."""
    every = len(checks(fit))
    return {"shown": said("ppc_shown", lang, n=MOST, all=every) if every > MOST else ""}


def ppc(fit: Fit, lang: str) -> Figure:
    """Targets down, standard errors across: observed, prior and posterior predictive."""
    rows = _chosen(fit)
    themes = dict.fromkeys(fit.targets[one.key]["theme"] for one in rows)
    lines = len(rows) + 1.1 * len(themes)
    figure = drawing.new_figure(9.6, 1.0 + 0.27 * lines)
    axes = figure.subplots()
    y, ticks, values = 0.0, [], []
    word = "theme_zh" if lang == "zh" else "theme"
    for theme in themes:
        own = [one for one in rows if fit.targets[one.key]["theme"] == theme]
        axes.text(-0.01, y, fit.targets[own[0].key][word], transform=axes.get_yaxis_transform(),
                  ha="right", va="center", fontsize=8.5, color=drawing.BLUE)  # fmt: skip
        y += 1.0
        for one in own:
            of = fit.targets[one.key]["unit"]
            axes.hlines(y, one.prior[0], one.prior[2], color="#cfcfcf", lw=7)
            axes.hlines(y - 0.0, one.posterior[0], one.posterior[4], color=drawing.BLUE, lw=1.5)
            axes.hlines(y, one.posterior[1], one.posterior[3], color=drawing.BLUE, lw=4)
            axes.plot(one.posterior[2], y, "o", ms=4.5, color="white", mec=drawing.BLUE, mew=1.2)
            axes.errorbar(0, y + 0.3, xerr=Z90, fmt="D", ms=3, lw=0.9, capsize=2,
                          color=drawing.INK)  # fmt: skip
            ticks.append((y, wrapped(target(fit, one.key, lang), lang, 62)))
            values.append((y, f"{amount(one.observed, of)} {statistic_unit(of, lang)}"))
            y += 1.0
        y += 0.1
    axes.axvline(0, color=drawing.INK, lw=0.8)
    axes.set_yticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=7.2)
    right = axes.secondary_yaxis("right")
    right.set_yticks([at for at, _ in values], [text for _, text in values], fontsize=7.2)
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    axes.set_ylim(y - 0.3, -0.6)
    _far(axes, rows)
    axes.set_xlabel(said("ppc_axis", lang))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    figure.legend(handles=_legend(lang), loc="outside upper center", ncols=3)
    return figure


def _far(axes: mpl.axes.Axes, rows: list[Check]) -> None:
    """An axis of errors, linear to 4 and logarithmic beyond, as far as anything reaches."""
    ends = [abs(x) for one in rows for x in (*one.prior[[0, 2]], *one.posterior[[0, 4]])]
    reach = max(4.0, *(x for x in ends if np.isfinite(x)))
    axes.set_xscale("symlog", linthresh=4.0, linscale=1.6)
    outer = [t for t in (10, 30, 100, 300, 1000, 10000) if t <= reach * 1.05]
    places = [-t for t in reversed(outer)] + [-4, -2, 0, 2, 4] + outer
    axes.set_xticks(places, [str(t).replace("-", "−") for t in places])
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.set_xlim(-reach * 1.08, reach * 1.08)


def _legend(lang: str) -> list[mpl.lines.Line2D]:
    line = mpl.lines.Line2D
    return [
        line([], [], color=drawing.INK, marker="D", ms=3, lw=0.9,
             label=said("legend_observed", lang)),
        line([], [], color="#cfcfcf", lw=7, label=said("legend_prior", lang)),
        line([], [], color=drawing.BLUE, lw=2.5, marker="o", mfc="white", ms=4.5,
             label=said("legend_posterior", lang)),
    ]  # fmt: skip


def generations(fit: Fit, lang: str) -> Figure:
    """Epsilon and acceptance by generation."""
    assert fit.generations is not None
    table = fit.generations
    figure = drawing.new_figure(9.6, 2.6)
    for axes, column, factor, word in zip(
        figure.subplots(1, 2), ("epsilon", "rate"), (1.0, 100.0), ("epsilon", "acceptance"),
        strict=True,
    ):  # fmt: skip
        axes.plot(table["generation"], table[column] * factor, "o-", color=drawing.BLUE, ms=4.5)
        axes.set_xticks(table["generation"])
        axes.set_ylim(bottom=0)
        axes.set_xlabel(said("generation", lang))
        axes.set_title(said(word, lang), fontsize=9)
    return figure


def _explained(fit: Fit) -> list[str]:
    """Statistics of the heat map: those best explained if there are many, in their order."""
    assert fit.sobol is not None
    left = fit.sobol.groupby("statistic", sort=False)["unexplained"].first()
    kept = set(left.sort_values(kind="stable").index[:MOST_INDICES])
    return [name for name in left.index if name in kept]


def sobol_shown(fit: Fit, lang: str) -> dict[str, object]:
    """The sentence of the caption that says how many targets are drawn."""
    assert fit.sobol is not None
    every = fit.sobol["statistic"].nunique()
    few = every > MOST_INDICES
    return {"shown": said("sobol_shown", lang, n=MOST_INDICES, all=every) if few else ""}


def sobol(fit: Fit, lang: str) -> Figure:
    """Statistics down, parameters across: total Sobol index, and what is not explained."""
    assert fit.sobol is not None
    rows = _explained(fit)
    columns = list(dict.fromkeys(fit.sobol["parameter"]))
    shares = fit.sobol.pivot(index="statistic", columns="parameter", values="total")
    left = fit.sobol.groupby("statistic")["unexplained"].first()
    figure = drawing.new_figure(9.6, 1.7 + 0.25 * len(rows))
    axes = figure.subplots()
    values = np.column_stack([shares.loc[rows, columns].to_numpy(), left.loc[rows].to_numpy()])
    mesh = axes.pcolormesh(
        np.array([*range(len(columns) + 1), len(columns) + 0.15, len(columns) + 1.15]),
        np.arange(len(rows) + 1),
        np.insert(values * 100, len(columns), np.nan, axis=1),
        cmap=COLORS, vmin=0, vmax=100, edgecolors="white", linewidth=1.2,
    )  # fmt: skip
    places = [*(k + 0.5 for k in range(len(columns))), len(columns) + 0.65]
    for y in range(len(rows)):
        for x, value in zip(places, values[y], strict=True):
            if value >= 0.01:
                color = "white" if value > 0.6 else drawing.INK
                axes.text(x, y + 0.52, f"{value * 100:.0f}", ha="center", va="center", fontsize=7,
                          color=color)  # fmt: skip
    heads = [wrapped(brief(fit, key, lang), lang, 10) for key in columns]
    axes.set_xticks(places, [*heads, wrapped(said("unexplained", lang), lang, 10)], fontsize=7,
                    rotation=40 if lang == "en" else 0, ha="left" if lang == "en" else "center",
                    rotation_mode="anchor" if lang == "en" else "default")  # fmt: skip
    axes.xaxis.tick_top()
    words = [wrapped(target(fit, key, lang), lang, 58) for key in rows]
    axes.set_yticks(np.arange(len(rows)) + 0.5, words, fontsize=7.2)
    axes.tick_params(length=0)
    axes.set_ylim(len(rows), 0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, location="bottom", shrink=0.4, aspect=30, pad=0.02)
    bar.set_label(said("sobol_bar", lang), fontsize=8)
    bar.outline.set_linewidth(0.5)
    return figure
