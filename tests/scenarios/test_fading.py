"""Streams of support, and how a scenario ends them."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios import ScenarioError, load_scenario
from scenarios.clauses import clauses
from scenarios.fading import fade_out
from scenarios.streams import SUPPORT, faded_clauses, streams
from sim.calendar import month_index

FIRST, LAST = month_index("2015-11"), month_index("2025-12")


def at(scenario, clause, month):
    on = scenario.resolve(None, FIRST, LAST)["clauses"]
    return float(on[clause][month_index(month) - FIRST]) if clause in on else 0.0


@pytest.fixture
def overlay(tmp_path, own):
    def make(body, base="plan"):
        path = tmp_path / "mine.yaml"
        path.write_text(f"name: mine\nbase: {base}\n{body}", "utf-8")
        return load_scenario(path, own)

    return make


def test_spans_end_at_once_or_along_a_line():
    one = ((10, None, 1.0),)
    assert fade_out(one, 20, None) == ((10, 19, 1.0),)
    assert fade_out(one, 20, 23) == (
        (10, 19, 1.0), (20, 20, 0.75), (21, 21, 0.5), (22, 22, 0.25),
    )  # fmt: skip
    assert fade_out(((10, 20, 0.8),), 20, 21) == ((10, 19, 0.8), (20, 20, 0.4))
    assert fade_out(((10, 15, 1.0),), 20, 23) == ((10, 15, 1.0),)
    assert fade_out(((30, None, 1.0),), 20, None) == ()


def test_a_clause_stands_in_one_stream_and_streams_name_clauses_of_the_plan():
    named = [clause for one in streams().values() for clause in one.clauses]
    assert len(named) == len(set(named)) and set(named) <= set(clauses())
    assert all(clauses()[clause].switchable for clause in named)
    assert all(one.words["en"] and one.words["zh"] for one in streams().values())
    support = faded_clauses(SUPPORT)
    assert "A2.6" in support and "A8.2" not in support and "A4.4" not in support
    assert faded_clauses("A6") == streams()["relocation"].clauses


def test_the_three_ends_are_one_until_2020(own):
    none, linear, cliff = (
        load_scenario(name, own) for name in ("withdrawal-none", "withdrawal-linear", "withdrawal")
    )
    assert none.until == linear.until == cliff.until == LAST
    before = month_index("2020-12") - FIRST + 1
    series = [s.resolve(None, FIRST, LAST)["clauses"] for s in (none, linear, cliff)]
    for clause, mine in series[0].items():
        for other in series[1:]:
            assert np.array_equal(mine[:before], other[clause][:before])
    support = set(faded_clauses(SUPPORT)) & set(series[0])
    assert {"A2.6", "A1.10", "A4.3", "A4.5", "A6.7"} <= support
    for clause in support:
        assert at(none, clause, "2025-12") == 1.0
        assert at(cliff, clause, "2021-01") == 0.0
        assert at(linear, clause, "2023-06") == pytest.approx(0.5, abs=0.01)
        assert at(linear, clause, "2025-12") == 0.0
    assert at(cliff, "A4.4", "2025-12") == at(cliff, "A1.12", "2025-12") == 1.0


def test_a_stream_ends_alone(overlay):
    mine = overlay("fade: {medical: {from: 2019-01}}\n")
    assert at(mine, "A4.5", "2018-12") == 1.0 and at(mine, "A4.5", "2019-01") == 0.0
    assert at(mine, "A2.6", "2019-01") == 1.0


def test_an_empty_fade_changes_nothing(overlay, own):
    assert overlay("fade:\n").digest() == load_scenario("plan", own).digest()


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("fade: {medicl: {from: 2021-01}}\n", 3, "Did you mean medical"),
        ("fade: {A4.55: {from: 2021-01}}\n", 3, "no stream or clause"),
        ("fade:\n  posts: {to: 2021-01}\n", 4, "first month is missing"),
        ("fade:\n  posts: {from: 2021-06, to: 2021-01}\n", 4, "Swap from and to"),
        ("fade:\n  posts: {from: 2021-01, until: 2022-01}\n", 4, "unknown key"),
        ("fade: [posts]\n", 3, "keys with values"),
    ],
)
def test_a_mistake_is_named_with_its_line(overlay, body, line, said):
    with pytest.raises(ScenarioError) as error:
        overlay(body)
    (fault,) = error.value.faults
    assert fault.line == line and said in str(fault)


def test_what_is_not_on_is_warned_of(overlay):
    mine = overlay("without: [A6]\nfade: {relocation: {from: 2021-01}}\n")
    assert any("does nothing" in str(warning) for warning in mine.warnings)
