"""The report's sections on targets and money: books that close, queues, and a short terminal."""

import numpy as np
import pytest

from results import drawing, plots_money, plots_targets, report_money, report_targets
from results.compare import comparison, to_text
from results.numbers import width
from results.report_tables import comparison_parts
from results.store import open_store
from results.targets import targets
from results.targets_text import amount, lacking
from results.texts import catalogue, themes, unit
from tests.results.conftest import by_hand


def books(year, carried, **flows):
    """Rows of one year's books; 10 persons, each of whom got what `spent` says."""
    values = {"special": 0.0, "sector": 0.0, "social": 0.0, "leaked": 0.0, "wasted": 0.0}
    values |= {"returned": 0.0, "spent": 0.0} | flows
    rows = [(0, year, 0, "funds_carried", "", carried), (0, year, 12, "population", "", 10.0)]
    rows.append((0, year, 0, "delivered", "", values.pop("spent") / 10.0))
    for name in ("leaked", "wasted", "returned"):
        rows.append((0, year, 0, f"funds_{name}", "", values.pop(name)))
    rows += [(0, year, 0, "funds_received", family, fen) for family, fen in values.items()]
    return rows


@pytest.fixture
def two_years(tmp_path):
    rows = books(2018, 30.0, special=100.0, spent=60.0, leaked=6.0, wasted=4.0)
    rows += books(2019, 10.0, special=50.0, sector=20.0, spent=100.0, returned=5.0)
    rows += [(0, 2018, 0, "waited", "water:funds", 8e6)]
    rows += [
        (0, 2019, 0, "waited", "water:funds", 4e6),
        (0, 2019, 0, "waited", "grid:builders", 2e6),
    ]
    idle = books(2018, 5.0, special=5.0) + books(2019, 5.0)
    return open_store(by_hand(tmp_path / "x", {("no-plan", 0, 0): idle, ("plan", 0, 0): rows}))


def test_the_books_of_a_year_close(two_years):
    table = report_money.flows(two_years)
    first, second = table.loc[("plan", 2018)], table.loc[("plan", 2019)]
    assert first["direct"] == 0.0
    assert first["saved"] == 30.0 and second["saved"] == -20.0
    assert second["direct"] == 15.0  # 100 spent + 5 returned - 20 of balances - 70 received
    sources = table[list(report_money.SOURCES)].sum(axis=1)
    assert np.allclose(sources, table[list(report_money.USES)].sum(axis=1))


def test_what_waited_is_a_mean_over_years_that_counts_years_without(two_years):
    table = report_money.waiting(two_years, 2019)
    assert list(table.index) == ["water", "grid"]
    assert table.loc["water", ("plan", "funds")] == 6e6
    assert table.loc["grid", ("plan", "builders")] == 1e6
    assert table["no-plan"].to_numpy().sum() == 0.0
    made = report_money.waiting_rows(two_years, "en", 2019)
    assert made["rows"][0]["cells"][1] == {"text": "7.0", "small": ["money 6.0", "builders 1.0"]}
    assert made["rows"][0]["cells"][0] == {"text": "0.0", "small": []}
    said = report_money.waiting_lines(two_years, "en", 2019)
    assert "86 % for money and 14 % for builders" in said[0]
    assert "nothing waited" in said[1]


def test_of_each_hundred_yuan(two_years):
    (said, _) = report_money.flow_lines(two_years, "en", 2018)
    assert "60.0 % was delivered, 6.0 % leaked, 4.0 % was wasted" in said
    assert "30.0 % was still there" in said


def test_a_bar_far_beyond_the_others_is_broken():
    assert plots_money._edge(np.array([[1000.0], [10.0]])) == 15.0
    assert plots_money._edge(np.array([[20.0], [10.0]])) == 20.0
    assert plots_money._edge(np.zeros((2, 1))) == 1.0


def test_scenarios_with_the_same_numbers_share_a_panel(store):
    names = ["plan", "no-plan", "withdrawal"]
    table = report_money.waiting(store, 2020).T.sort_index()
    assert plots_money.alike(table, names) == {
        "plan": ["plan", "withdrawal"],
        "no-plan": ["no-plan"],
    }


def test_what_lacks_is_said_in_the_unit_where_a_share_says_nothing():
    by_id = {target.id: target for target in targets()}
    assert lacking(by_id["B01"], 190.0, "en") == "lacks 95 persons"
    assert lacking(by_id["B33"], 0.1, "en") == "lacks 10.0 % of it"
    assert lacking(by_id["B33"], 0.0, "en") == ""
    assert amount("5", unit("mu"), "zh") == "5亩"
    assert amount("5.00", unit("share"), "en") == "5.00 %"


def test_the_scoreboard_has_blocks_parts_and_binding_counties(store):
    plan, national, report = report_targets.target_blocks(store, "en")
    rows = {row["id"]: row for row in plan["rows"]}
    assert rows["B32b"]["part"] and not rows["B32"]["part"]
    assert [row["id"] for row in national["rows"]] == ["N1", "N2", "N3", "N4"]
    assert {row["id"] for row in report["rows"]} == {"R1", "R2"}
    cell = rows["B06"]["cells"][list(store.scenarios).index("no-plan")]
    assert cell["text"] == "0 %" and cell["binds"].startswith("binding: ")
    assert "met in 0 % of counties" in cell["small"]
    assert not rows["B33"]["covered"]
    assert len(report_targets.joint_lines(store, "zh")) == len(store.scenarios)


def test_the_matrix_shows_every_target_and_what_is_not_covered(store):
    with drawing.mpl.rc_context(drawing.settings()):
        axes = plots_targets.matrix(store, "en").axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(labels) == len(targets()) + 1
    assert any("Hard roads" in label and "B27" in label for label in labels)
    assert any(patch.get_hatch() for patch in axes.patches)
    assert "✓" in [text.get_text() for text in axes.texts]


def test_counties_miss_what_they_miss(tmp_path):
    rows = [(code, 2020, 0, "tap_coverage", "", value)
            for code, value in ((0, 0.7), (620421, 0.9), (620422, 0.5))]  # fmt: skip
    store = open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows}))
    missed, count = plots_targets.county_misses(store, "plan")
    assert count == 1
    assert missed.to_dict() == {620421: 0.0, 620422: 1.0}


def test_every_indicator_has_its_theme_and_the_parts_hold_all_rows(store):
    placed = [name for members in themes().values() for name in members]
    assert len(placed) == len(set(placed))
    assert set(placed) == {name for name, _ in catalogue()}
    table = comparison(store)
    parts = comparison_parts(store, table, "en")
    assert sum(len(part["rows"]) for part in parts) == table["indicator"].nunique()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_short_table_fits_on_a_screen(small, store, lang):
    for one, lines, columns in ((open_store(small), 24, 80), (store, 48, 100)):
        text = to_text(comparison(one, lang=lang), short=True, columns=columns)
        body = [line for line in text.splitlines() if not line.startswith(("  ", "MISS", "缺失"))]
        assert len(body) <= lines
        assert max(map(width, body)) <= columns


def test_scenarios_with_the_same_numbers_share_a_column(tmp_path):
    rows = [(0, 2020, 12, "headcount_true", "", 0.1)]
    runs = {(name, 0, 0): rows for name in ("no-plan", "plan", "other")}
    text = to_text(comparison(open_store(by_hand(tmp_path / "x", runs))), short=True)
    assert "The same numbers as plan: other" in text
