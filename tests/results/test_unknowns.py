"""What the model does not know: listed always, ranked only with enough draws."""

import numpy as np
import pytest

from results.report_tables import unknown_section
from results.store import open_store
from results.unknowns import NEEDED_DRAWS, draw_values, parameters, ranking, threshold
from tests.results.conftest import by_hand


def drawn(tmp_path, draws):
    """Relapse rises with `a` (not in a straight line) and does not know `b`."""
    values = {d: {"g.a": float(d), "g.b": float(d * 7 % 5)} for d in range(1, draws + 1)}
    runs = {
        ("plan", d, r): [
            (0, 2018, 0, "relapses_true", "", np.exp(values[d]["g.a"]) + r),
            (0, 2018, 12, "headcount_true", "", 0.1),
        ]
        for d in values
        for r in range(2)
    }
    listed = [
        {
            "name": "g.a",
            "value": 2.0,
            "range": [1, 3],
            "prior": "uniform(1, 3)",
            "grade": "assumed",
        },
        {"name": "g.b", "value": 1.0, "range": [0, 9], "prior": "uniform(0, 9)", "grade": "plan"},
        {"name": "g.c", "value": {"2018-01": 0.0}, "range": [0, 1], "grade": "recalled"},
        {"name": "g.d", "value": "ceiling", "range": ["none", "ceiling"], "grade": "assumed"},
        {"name": "g.e", "value": 1, "range": [0, 1], "grade": "published"},
    ]
    return open_store(
        by_hand(tmp_path / "x", runs, draws=draws, replicates=2, drawn=values, parameters=listed)
    )


def test_ranked_by_rank_correlation(tmp_path):
    store = drawn(tmp_path, 10)
    table = ranking(store, "relapses_true", "plan")
    assert table["parameter"].iloc[0] == "g.a"
    assert table["rho"].iloc[0] == pytest.approx(1.0)
    assert abs(table["rho"].iloc[1]) < threshold(10)
    assert (table["draws"] == 10).all()
    section = unknown_section(store, "en")
    assert section["ranked"]
    assert [row["name"] for row in section["rows"]][:2] == ["g.a", "g.b"]


def test_too_few_draws_are_not_ranked(tmp_path):
    store = drawn(tmp_path, NEEDED_DRAWS - 1)
    assert ranking(store, "relapses_true", "plan").empty
    section = unknown_section(store, "en")
    assert not section["ranked"]
    assert any("at least 8 parameter draws, and it has 7" in line for line in section["text"])


def test_parameters_are_listed_with_how_little_is_known(tmp_path):
    store = drawn(tmp_path, 2)
    assert draw_values(store).shape == (2, 2)
    table = parameters(store).set_index("name")
    assert table.loc["g.a", "width"] == 1.0
    assert table.loc["g.c", "width"] == np.inf
    assert np.isnan(table.loc["g.d", "width"])
    assert table.loc["g.c", "value"] == "2018-01: 0"
    names = [row["name"] for row in unknown_section(store, "zh")["rows"]]
    assert names[:2] == ["g.b", "g.a"]
    assert "g.e" not in names  # published and without a prior


def test_a_manifest_without_parameters_is_said(tmp_path):
    rows = [(0, 2018, 12, "headcount_true", "", 0.1)]
    store = open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows}))
    assert "lists no parameters" in unknown_section(store, "en")["text"][0]


def test_the_chance_band():
    assert threshold(10) == pytest.approx(0.653, abs=1e-3)
    assert threshold(2) == 1.0
