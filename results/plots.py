"""The figures of a report: which there are, what each needs, and its caption.

>>> for plot in all_plots(open_store("runs/first"), "en"):
...     Path(plot.id + ".svg").write_text(plot.svg)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure

from results import (
    drawing,
    plots_compare,
    plots_map,
    plots_money,
    plots_relapse,
    plots_survival,
    plots_targets,
    plots_time,
    plots_variance,
)
from results.compare import FIRST_YEAR
from results.drawn import source
from results.store import Store
from results.texts import check_language, indicator, phrase
from results.unknowns import CHANCE, draw_values, ranking, threshold


@dataclass(frozen=True)
class Plot:
    """One figure: SVG text, or, where the store lacks what it needs, a note instead."""

    id: str
    title: str
    caption: str
    svg: str
    note: str = ""


@dataclass(frozen=True)
class _Kind:
    id: str
    needs: tuple[str, ...]
    draw: Callable[[Store, str, int], Figure]


KINDS = (
    _Kind(
        "headcount",
        ("headcount_true", "headcount_registered"),
        lambda store, lang, year: plots_time.headcount(store, lang),
    ),
    _Kind(
        "headcount_each",
        ("headcount_true", "headcount_registered"),
        lambda store, lang, year: plots_time.headcount_each(store, lang),
    ),
    _Kind("flows", ("exits",), lambda store, lang, year: plots_time.flows(store, lang)),
    _Kind("survival", ("spell",), lambda store, lang, year: plots_survival.survival(store, lang)),
    _Kind("causes", ("relapse_cause",), plots_survival.causes),
    _Kind(
        "hazard",
        ("spell", "spell_registered"),
        lambda store, lang, year: plots_relapse.hazards(store, lang),
    ),
    _Kind(
        "survival_types",
        ("spell", "spell_type"),
        lambda store, lang, year: plots_relapse.survival_types(store, lang),
    ),
    _Kind("incidence", ("spell",), lambda store, lang, year: plots_relapse.incidence(store, lang)),
    _Kind(
        "withdrawal",
        ("headcount_true", "relapses_true"),
        lambda store, lang, year: plots_relapse.withdrawal(store, lang),
    ),
    _Kind("income", ("income_wage",), plots_compare.income),
    _Kind("differences", ("headcount_true",), plots_compare.differences),
    _Kind("map", ("relapses_true",), plots_map.tile_map),
    _Kind("targets", (), lambda store, lang, year: plots_targets.matrix(store, lang)),
    _Kind("target_map", (), lambda store, lang, year: plots_targets.target_map(store, lang)),
    _Kind(
        "money_flows",
        ("funds_carried", "funds_received"),
        lambda store, lang, year: plots_money.money_flows(store, lang),
    ),
    _Kind("waited", ("waited",), plots_money.waited),
    _Kind("quota", ("quota_bound",), lambda store, lang, year: plots_compare.quota(store, lang)),
    _Kind("variance", (), plots_variance.variance),
    _Kind("unknowns", (), lambda store, lang, year: plots_map.unknowns(store, lang)),
)
WITHOUT_BANDS = (
    "causes", "map", "unknowns", "hazard", "survival_types", "incidence", "targets", "target_map",
    "money_flows", "waited", "variance",
)  # fmt: skip


def figure_ids() -> list[str]:
    """Ids of all figures, in the order of the report."""
    return [kind.id for kind in KINDS]


def draw(store: Store, figure_id: str, lang: str = "en", year: int | None = None) -> Figure:
    """One figure as a matplotlib figure; ``year`` is the last year summed or compared."""
    kind = next((kind for kind in KINDS if kind.id == figure_id), None)
    if kind is None:
        raise ValueError(f"figure '{figure_id}': there are " + ", ".join(figure_ids()))
    with mpl.rc_context(drawing.settings()):
        return kind.draw(store, check_language(lang), year or store.last_common_year)


def plot(store: Store, figure_id: str, lang: str = "en", year: int | None = None) -> Plot:
    """One figure with its title and caption, as SVG text for a page."""
    year = year or store.last_common_year
    kind = next(kind for kind in KINDS if kind.id == figure_id)
    title = phrase(f"figure_{figure_id}_title", lang)
    lacking = [name for name in kind.needs if not _held(store, name)]
    if lacking:
        words = ", ".join(_name(name, lang) for name in lacking)
        return Plot(figure_id, title, "", "", phrase("not_in_store", lang, what=words))
    if figure_id == "differences" and len(store.scenarios) < 2:
        return Plot(figure_id, title, "", "", phrase("one_scenario", lang))
    if figure_id == "withdrawal" and not plots_relapse.late_scenarios(store):
        return Plot(figure_id, title, "", "", phrase("ends_2020", lang))
    if figure_id == "variance" and not plots_variance.anything(store, year):
        return Plot(figure_id, title, "", "", phrase("variance_none", lang))
    if figure_id == "unknowns" and ranking(store, "relapses_true", drawing.focus(store)).empty:
        return Plot(figure_id, title, "", "", "-")
    caption = phrase(f"figure_{figure_id}", lang, **_blanks(store, lang, year))
    caption += ("" if lang == "zh" else " ") + runs_note(
        store, lang, bands=figure_id not in WITHOUT_BANDS
    )
    svg = drawing.to_svg(draw(store, figure_id, lang, year), prefix=figure_id.replace("_", "-"))
    return Plot(figure_id, title, caption, svg)


def all_plots(store: Store, lang: str = "en", year: int | None = None) -> list[Plot]:
    """All figures of the report."""
    return [plot(store, figure_id, lang, year) for figure_id in figure_ids()]


def runs_note(store: Store, lang: str, *, bands: bool = True) -> str:
    """How many runs a figure stands on, what its bands are over, and how many are missing."""
    counts = store.counts()
    runs = int(counts["asked"].max())
    kind = "draws" if store.draws > 1 else "chance"
    what = phrase(f"caption_{kind}", lang, draws=store.draws, replicates=store.replicates)
    parts = [phrase("caption_runs", lang, runs=runs, what=what)]
    if bands:
        key = f"bands_{kind}" if runs > 1 else "bands_none"
        parts.append(phrase(key, lang, source=source(store, lang)))
    lost = int(counts["missing"].sum())
    if lost:
        parts.append(phrase("caption_missing", lang, n=lost, asked=int(counts["asked"].sum())))
    return ("" if lang == "zh" else " ").join(parts)


def _held(store: Store, name: str) -> bool:
    return any(held == name for held, _ in store.held)


def _name(name: str, lang: str) -> str:
    try:
        return indicator(name).label(lang)
    except KeyError:
        return name


def _blanks(store: Store, lang: str, year: int) -> dict[str, object]:
    values = draw_values(store)
    draws, drawn = values.shape
    return {
        "period": f"{FIRST_YEAR}–{year}" if year > FIRST_YEAR else str(year),
        "year": year,
        "scenario": store.scenarios[drawing.focus(store)].label(lang),
        "base": store.scenarios[store.base].label(lang),
        "n": draws,
        "threshold": f"{threshold(draws):.2f}",
        "parameters": drawn,
        "chance": round(CHANCE * drawn),
    }
