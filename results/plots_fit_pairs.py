"""The pair plot of a calibration: the joint posterior of every two fitted parameters."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from results import drawing
from results.fit_store import Fit
from results.fit_texts import brief, short, wrapped

__all__ = ["pairs", "shown_pairs"]

MOST = 10  # parameters; more panels cannot be read
GRID = 60
RADIUS = 2.146  # of the circle that holds 90 % of two independent normal variables
# one hue for each sign of a correlation, white in the middle; told apart in grey by the number
SIGNS = LinearSegmentedColormap.from_list("signs", ["#5a9bd4", "#ffffff", "#f0b04a"])


def _z(fit: Fit, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Posterior draws as standard normal quantiles of the prior, and their weights."""
    from scipy.special import ndtri

    u, weights = fit.posterior_u(key)
    return ndtri(np.clip(u, 1e-3, 1 - 1e-3)), weights


def shown_pairs(fit: Fit) -> list[str]:
    """The fitted parameters drawn: all, or those of whose prior spread the least is left."""
    if len(fit.fitted) <= MOST:
        return fit.fitted
    left = {key: float(np.cov(_z(fit, key)[0], aweights=_z(fit, key)[1])) for key in fit.fitted}
    kept = sorted(fit.fitted, key=lambda key: left[key])[:MOST]
    return [key for key in fit.fitted if key in kept]


def pairs(fit: Fit, lang: str) -> Figure:
    """Lower half: regions of the joint posterior; diagonal: marginals; upper half: correlation."""
    keys = shown_pairs(fit)
    k = len(keys)
    figure = drawing.new_figure(9.6, 9.2 if k > 3 else 2.4 * k + 0.6)
    panels = figure.subplots(k, k, squeeze=False)
    draws = {key: _z(fit, key) for key in keys}
    for row, below in enumerate(keys):
        for column, across in enumerate(keys):
            axes = panels[row, column]
            axes.grid(visible=False)
            if column > row:
                _correlation(axes, draws[across], draws[below])
                continue
            if column == row:
                _diagonal(axes, fit, below)
            else:
                _regions(axes, fit, across, below, draws)
            _ticks(axes, fit, row, column, keys, lang)
    return figure


def _ticks(axes: Axes, fit: Fit, row: int, column: int, keys: list[str], lang: str) -> None:
    """Numbers and names at the left and lower edge only."""
    small = 6.8 if len(keys) > 6 else 7.6
    width = 16 if len(keys) > 6 else 22
    axes.set_xlim(*_ends(fit, keys[column]))
    axes.locator_params(axis="x", nbins=3)
    axes.xaxis.set_major_formatter(lambda value, _: short(value))
    axes.tick_params(axis="x", labelsize=small - 0.6, labelbottom=row == len(keys) - 1, size=2)
    if row != column:
        axes.locator_params(axis="y", nbins=3)
        axes.yaxis.set_major_formatter(lambda value, _: short(value))
    axes.tick_params(axis="y", labelsize=small - 0.6, labelleft=column == 0 and row > 0)
    if row == len(keys) - 1:
        axes.set_xlabel(wrapped(brief(fit, keys[column], lang), lang, width), fontsize=small)
    if column == 0:
        axes.set_ylabel(wrapped(brief(fit, keys[row], lang), lang, width), fontsize=small)


def _ends(fit: Fit, key: str) -> tuple[float, float]:
    low, high = fit.at(key, np.array([0.005, 0.995]))
    return float(low), float(high)


def _diagonal(axes: Axes, fit: Fit, key: str) -> None:
    from results.plots_fit import density

    u = fit.places(key)[1:-1]
    x = fit.at(key, u)
    slope = np.gradient(x, u)
    before, after = 1.0 / slope, density(*fit.posterior_u(key), u) / slope
    top = max(before.max(), after.max())
    axes.fill_between(x, before / top, color="#dcdcdc", lw=0)
    axes.fill_between(x, after / top, color=drawing.BLUE, alpha=0.25, lw=0)
    axes.plot(x, after / top, color=drawing.BLUE, lw=1.1)
    axes.set_ylim(0, 1.08)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _regions(
    axes: Axes, fit: Fit, across: str, below: str,
    draws: dict[str, tuple[np.ndarray, np.ndarray]],
) -> None:  # fmt: skip
    """Smallest regions with 50 and 90 % of the posterior; the prior's 90 % dashed."""
    from scipy.special import ndtr
    from scipy.stats import gaussian_kde

    x, weights = draws[across]
    y, _ = draws[below]
    at = np.linspace(-2.9, 2.9, GRID)
    try:
        kde = gaussian_kde(np.vstack([x, y]), weights=weights)
    except np.linalg.LinAlgError:  # draws on one line, or a single one
        axes.plot(fit.at(across, ndtr(x)), fit.at(below, ndtr(y)), ".", ms=3, color=drawing.BLUE)
    else:
        height = kde(np.vstack([g.ravel() for g in np.meshgrid(at, at)])).reshape(GRID, GRID)
        order = np.sort(height.ravel())[::-1]
        held = np.cumsum(order) / order.sum()
        levels = [float(order[np.searchsorted(held, share)]) for share in (0.9, 0.5)]
        if levels[0] < levels[1] < height.max():
            axes.contourf(
                fit.at(across, ndtr(at)), fit.at(below, ndtr(at)), height,
                levels=[*levels, float(height.max())], colors=["#b9d7ea", "#4a94c4"],
            )  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 73)
    axes.plot(
        fit.at(across, ndtr(RADIUS * np.cos(turn))), fit.at(below, ndtr(RADIUS * np.sin(turn))),
        color=drawing.GREY, lw=0.8, ls=(0, (3, 2)),
    )  # fmt: skip
    axes.set_ylim(*_ends(fit, below))


def _correlation(
    axes: Axes, one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]
) -> None:
    covariance = np.cov(np.vstack([one[0], other[0]]), aweights=one[1])
    r = float(covariance[0, 1] / max(np.sqrt(covariance[0, 0] * covariance[1, 1]), 1e-12))
    axes.set_facecolor(SIGNS(mpl.colors.Normalize(-1, 1)(r)))
    text = f"{r:.2f}".replace("-", "−")
    axes.text(0.5, 0.5, "0.00" if text == "−0.00" else text, ha="center", va="center",
              fontsize=8.5, transform=axes.transAxes)  # fmt: skip
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
