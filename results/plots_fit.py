"""The figures of a calibration: which there are, and those of the parameters themselves.

>>> for figure in fit_plots(open_fit("fits/published"), "en"):
...     Path(figure.id + ".svg").write_text(figure.svg)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from results import drawing, plots_fit_checks, plots_selftest
from results.fit_store import Fit
from results.fit_texts import parameter, parameter_unit, said, short, target, wrapped
from results.plots import Plot
from results.plots_fit_pairs import pairs, shown_pairs
from results.texts import check_language

__all__ = ["draw_fit", "fit_figure_ids", "fit_plot", "fit_plots", "intervals"]

SHOWN = 25  # parameters in the figure of the screening


@dataclass(frozen=True)
class _Kind:
    id: str
    held: Callable[[Fit], bool]
    draw: Callable[[Fit, str], Figure]
    more: Callable[[Fit, str], dict[str, object]] = lambda fit, lang: {}


def _weighted_quantiles(values: np.ndarray, weights: np.ndarray, at: list[float]) -> np.ndarray:
    return np.quantile(values, at, weights=weights, method="inverted_cdf")


def intervals(fit: Fit, key: str) -> np.ndarray:
    """Posterior quantiles 5, 25, 50, 75, 95 % of a fitted parameter, in its unit."""
    assert fit.posterior is not None
    values, weights = fit.posterior[key].to_numpy(float), fit.posterior["weight"].to_numpy(float)
    return _weighted_quantiles(values, weights, [0.05, 0.25, 0.5, 0.75, 0.95])


# --- screening --------------------------------------------------------------------------------


def strongest(fit: Fit) -> pd.DataFrame:
    """The parameters drawn in the figure of the screening: moved by themselves, strongest first."""
    assert fit.screening is not None
    own = fit.screening[(fit.screening["level"] == "single") & (fit.screening["mu_star"] > 0)]
    own = own.sort_values(["above_noise", "mu_star"], ascending=False, kind="stable")
    return own.head(SHOWN)


def screening(fit: Fit, lang: str) -> Figure:
    """Elementary effects of single parameters on the target each moves most."""
    rows = strongest(fit)
    figure = drawing.new_figure(9.6, 0.9 + 0.26 * max(len(rows), 2))
    axes = figure.subplots()
    for y, row in enumerate(rows.itertuples(index=False)):
        axes.barh(y, row.noise, height=0.7, color="#d5d5d5", lw=0)
        low = max(row.mu_star - row.sigma, 0.0)
        axes.hlines(y, low, row.mu_star + row.sigma, color=drawing.BLUE, lw=1.2)
        axes.plot(row.mu_star, y, "o", ms=6, mec=drawing.BLUE, mew=1.3,
                  color=drawing.BLUE if row.chosen else "white")  # fmt: skip
    words = [wrapped(parameter(fit, key, lang), lang, 60) for key in rows["parameter"]]
    axes.set_yticks(range(len(rows)), words, fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(said("effect_axis", lang))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    right = axes.secondary_yaxis("right")
    named = [wrapped(target(fit, key, lang), lang, 54) for key in rows["most_moved_target"]]
    right.set_yticks(range(len(rows)), named, fontsize=6.6, color="#555555")
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    return figure


# --- prior and posterior ----------------------------------------------------------------------


def density(u: np.ndarray, weights: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Density of draws in [0, 1], reflected at both ends so that none of it is lost there."""
    from scipy.stats import gaussian_kde

    spread = np.sqrt(np.cov(u, aweights=weights)) if len(u) > 1 else 0.0
    size = 1.0 / float((weights**2).sum())
    width = max(float(spread) * size ** (-0.2), 0.004)
    mirrored = np.concatenate([u, -u, 2.0 - u])
    w = np.tile(weights, 3)
    own = float(np.sqrt(np.cov(mirrored, aweights=w)))
    return 3.0 * gaussian_kde(mirrored, bw_method=width / own, weights=w)(at)


def marginals(fit: Fit, lang: str) -> Figure:
    """Prior and posterior density of each fitted parameter, with intervals below."""
    keys = fit.fitted
    columns = min(4, max(2, len(keys)))
    rows = -(-len(keys) // columns)
    figure = drawing.new_figure(9.6, 0.4 + 1.95 * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes, key in zip(panels.flat, keys, strict=False):
        _marginal(axes, fit, key, lang)
    for axes in panels.flat[len(keys) :]:
        axes.set_axis_off()
    figure.legend(handles=_legend(lang), loc="outside upper right", ncols=2)
    return figure


def _legend(lang: str) -> list[mpl.patches.Patch]:
    return [
        mpl.patches.Patch(fc="#dcdcdc", ec=drawing.GREY, label=said("legend_prior", lang)),
        mpl.patches.Patch(
            fc=mpl.colors.to_rgba(drawing.BLUE, 0.25), ec=drawing.BLUE,
            label=said("legend_posterior", lang),
        ),
    ]  # fmt: skip


def _marginal(axes: Axes, fit: Fit, key: str, lang: str) -> None:
    from scipy.special import ndtri

    u = fit.places(key)[1:-1]  # where the prior's quantiles are given: no kinks between them
    x = fit.at(key, u)
    slope = np.gradient(x, u)
    posterior_u, weights = fit.posterior_u(key)
    before = 1.0 / slope
    after = density(posterior_u, weights, u) / slope
    top = max(before.max(), after.max())
    axes.fill_between(x, before / top, color="#dcdcdc", lw=0)
    axes.plot(x, before / top, color=drawing.GREY, lw=0.9)
    axes.fill_between(x, after / top, color=drawing.BLUE, alpha=0.25, lw=0)
    axes.plot(x, after / top, color=drawing.BLUE, lw=1.4)
    prior = fit.at(key, np.array([0.05, 0.25, 0.5, 0.75, 0.95]))
    for y, ends, color in (
        (-0.12, intervals(fit, key), drawing.BLUE),
        (-0.26, prior, drawing.GREY),
    ):
        axes.hlines(y, ends[0], ends[4], color=color, lw=1.2)
        axes.hlines(y, ends[1], ends[3], color=color, lw=3.6)
        axes.plot(ends[2], y, "o", ms=3.6, color="white", mec=color, mew=1.0)
    z = ndtri(np.clip(posterior_u, 1e-4, 1 - 1e-4))
    left = float(np.sqrt(np.cov(z, aweights=weights, ddof=0)))
    axes.text(0.99, 0.98, f"{left * 100:.0f} %", transform=axes.transAxes, ha="right", va="top",
              fontsize=8.5, color=drawing.BLUE)  # fmt: skip
    axes.set_ylim(-0.36, 1.06)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(wrapped(parameter(fit, key, lang), lang, 24), fontsize=8, pad=4)
    axes.set_xlabel(parameter_unit(fit, key, lang), fontsize=7.5)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", labelsize=7.5)
    axes.xaxis.set_major_formatter(lambda value, _: short(value))


# --- all of them ------------------------------------------------------------------------------


def shown_sentence(fit: Fit, lang: str) -> dict[str, object]:
    """The sentence of the pair plot's caption that says how many parameters are drawn."""
    shown, every = len(shown_pairs(fit)), len(fit.fitted)
    text = said("pairs_shown", lang, n=shown, all=every) if shown < every else ""
    return {"shown": text}


def _ready(fit: Fit) -> bool:
    held = fit.posterior is not None and bool(fit.fitted)
    return held and all("quantiles" in fit.parameters.get(key, {}) for key in fit.fitted)


_KINDS = (
    _Kind("screening", lambda fit: fit.screening is not None and len(strongest(fit)) > 0,
          screening, lambda fit, lang: {"n": len(strongest(fit))}),
    _Kind("sobol", lambda fit: fit.sobol is not None and len(fit.sobol) > 0,
          plots_fit_checks.sobol, plots_fit_checks.sobol_shown),
    _Kind("generations", lambda fit: fit.generations is not None, plots_fit_checks.generations),
    _Kind("marginals", _ready, marginals),
    _Kind("pairs", lambda fit: _ready(fit) and len(fit.fitted) > 1, pairs, shown_sentence),
    _Kind("ppc", lambda fit: fit.predictive is not None, plots_fit_checks.ppc,
          plots_fit_checks.ppc_shown),
    _Kind("ranks", lambda fit: fit.selftest() is not None, plots_selftest.ranks,
          plots_selftest.data_sets),
    _Kind("ecdf", lambda fit: fit.selftest() is not None, plots_selftest.ecdf,
          plots_selftest.data_sets),
    _Kind("coverage", lambda fit: fit.selftest() is not None, plots_selftest.coverage,
          plots_selftest.data_sets),
)  # fmt: skip


def fit_figure_ids() -> list[str]:
    """Ids of all figures of a calibration, in the order of its page."""
    return [kind.id for kind in _KINDS]


def draw_fit(fit: Fit, figure_id: str, lang: str = "en") -> Figure:
    """One figure as a matplotlib figure; the folder must hold what it needs."""
    kind = next((kind for kind in _KINDS if kind.id == figure_id), None)
    if kind is None:
        raise ValueError(f"figure '{figure_id}': there are " + ", ".join(fit_figure_ids()))
    with mpl.rc_context(drawing.settings()):
        return kind.draw(fit, check_language(lang))


def fit_plot(fit: Fit, figure_id: str, lang: str = "en") -> Plot:
    """One figure with title and caption as SVG text, or a note where the folder lacks it."""
    kind = next(kind for kind in _KINDS if kind.id == figure_id)
    title = said(f"figure_{figure_id}_title", lang)
    if not kind.held(fit):
        return Plot(figure_id, title, "", "", said("not_there", lang))
    caption = said(f"figure_{figure_id}", lang, **kind.more(fit, lang)).strip()
    svg = drawing.to_svg(draw_fit(fit, figure_id, lang), prefix=f"fit-{figure_id}")
    return Plot(figure_id, title, caption, svg)


def fit_plots(fit: Fit, lang: str = "en") -> list[Plot]:
    """All figures of the page."""
    return [fit_plot(fit, figure_id, lang) for figure_id in fit_figure_ids()]
