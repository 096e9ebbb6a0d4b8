"""Figures: all of them are drawn in both languages, with every glyph and every scenario."""

import re
import warnings
from importlib.resources import files

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.ft2font import FT2Font

from results import drawing, plots, plots_map, plots_time
from results.store import open_store
from results.texts import all_text
from tests.results.conftest import by_hand
from tests.results.make_store import make_store


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("figure", [f for f in plots.figure_ids() if f != "unknowns"])
def test_every_figure_is_drawn_with_every_glyph(store, figure, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = plots.plot(store, figure, lang)
    assert drawn.svg.startswith("<svg")
    assert "<text" not in drawn.svg  # outlines: no font is needed to read it
    assert "http" not in drawn.svg
    assert drawn.caption
    assert "{" not in drawn.caption
    ids = re.findall(r'\bid="([^"]+)"', drawn.svg)
    assert all(name.startswith(figure.replace("_", "-")) for name in ids)


def test_the_same_figure_is_the_same_text(store):
    one, two = (plots.plot(store, "causes", "zh").svg for _ in range(2))
    assert one == two


def test_the_legend_shows_missing_runs(store):
    figure = plots.draw(store, "headcount", "en")
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(words) == 8
    assert "Plan under harsh shocks (4 of 5 runs)" in words


def test_a_scenario_without_runs_is_in_every_figure(tmp_path):
    lost = [("withdrawal", d, 0) for d in (1, 2)]
    names = ["no-plan", "plan", "withdrawal"]
    store = open_store(
        make_store(tmp_path / "x", scenarios=names, draws=2, missing=lost, n_counties=2)
    )
    shown = {"headcount", "headcount_each", "flows", "survival", "causes", "income", "differences",
             "quota"}  # fmt: skip
    for kind in shown:
        figure = plots.draw(store, kind, "en")
        words = [text.get_text() for text in figure.findobj(mpl.text.Text)]
        assert any("(no runs)" in word for word in words), kind


def test_every_character_of_the_catalogue_has_a_glyph():
    known = FT2Font(str(drawing.font_file())).get_charmap()
    lacking = {c for c in all_text() if ord(c) not in known and c.isprintable()}
    assert not lacking


def test_the_font_is_the_packages_own():
    assert drawing.font_file().is_relative_to(str(files("results")))
    assert drawing.font_family() == "Noto Sans SC"
    assert drawing.web_font().startswith("data:font/woff2;base64,")


def test_what_the_store_lacks_is_said(tmp_path):
    rows = [(0, 2020, 12, name, "", 0.1) for name in ("headcount_true", "headcount_registered")]
    store = open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows, ("b", 0, 0): rows}))
    assert plots.plot(store, "headcount", "en").svg
    lacking = plots.plot(store, "quota", "en")
    assert not lacking.svg
    assert "does not hold Eligible exits refused by the quota" in lacking.note


def test_the_tiles_are_35_places_in_the_lie_of_the_land():
    places = plots_map.counties()
    assert len(places) == 35
    assert len(set(zip(places["column"], places["row"], strict=True))) == 35
    assert places["deep"].sum() == 23
    # tiles keep east and west, north and south, in rank
    assert np.corrcoef(places["lon"].rank(), places["column"].rank())[0, 1] > 0.9
    assert np.corrcoef(places["lat"].rank(), -places["row"].rank())[0, 1] > 0.9
    near = [
        max(abs(a["column"] - b["column"]), abs(a["row"] - b["row"]))
        for _, a in places.iterrows()
        for b in (places.loc[int(code)] for code in a["neighbours"].split())
    ]
    assert np.mean(np.array(near) <= 2) > 0.85


def test_no_cell_of_the_map_describes_fewer_than_ten_households(tmp_path):
    def county(code, households):
        return [
            (code, 2018, 0, "relapses_true", "", 30.0),
            (code, 2018, 12, "population", "", households * 4.0),
            (code, 2018, 12, "households", "", households),
        ]

    rows = county(620421, 900.0) + county(620422, 1100.0) + county(0, 2000.0)
    store = open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows}, sample=0.01))
    rates = plots_map.relapse_rates(store, "plan", 2018)
    assert np.isnan(rates[620421])
    assert rates[620422] == pytest.approx(30 / 4400 * 1000)


def test_a_line_never_changes_its_runs(tmp_path):
    def run(last):
        return [(0, 2020, m, "headcount_true", "", 0.1 * m) for m in range(1, last + 1)]

    runs = {("plan", 0, 0): run(12), ("plan", 0, 1): run(6)}
    store = open_store(by_hand(tmp_path / "x", runs, replicates=2))
    table = plots_time.bands(store.frame("headcount_true"))
    assert len(table) == 6
    assert (table["count"] == 2).all()


def test_the_break_of_2021_is_marked_where_the_axis_reaches_it(store, small):
    def marks(store):
        figure = plots.draw(store, "headcount", "en")
        words = [text.get_text() for text in figure.findobj(mpl.text.Text)]
        return sum("2021: relapse becomes monitoring" in word for word in words)

    assert marks(store) == 2
    assert marks(open_store(small)) == 0
