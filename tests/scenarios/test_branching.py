"""One state and its futures: saved and resumed, vulnerability, and who would fall without."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from scenarios.branching import model_at, resume, save_state, without_streams
from scenarios.holding_up import ALL, NONE, Futures, futures, streams_at_work
from scenarios.run import model_seed, resolve, rows_to_frame
from scenarios.scenario import load_scenario
from scenarios.streams import streams
from scenarios.vulnerability import BINS, Vulnerability, vulnerability
from sim.calendar import month_index
from sim.state import StateError
from sim.world.codes import Registered

AT, LAST = month_index("2018-12"), month_index("2019-12")
ABOUT = {"digest": "test", "sample": 0.012}


@pytest.fixture(scope="module")
def plan():
    return load_scenario("plan")


@pytest.fixture(scope="module")
def model(people, plan):
    return model_at(plan, people, AT, seed=1, until=LAST)


# --- saved and resumed ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def resumed(people, plan, tmp_path_factory):
    place = tmp_path_factory.mktemp("resume")
    save_state(place / "plan.state", plan, people, ABOUT, AT, seed=1)
    scenarios = [plan, load_scenario("without-medical")]
    resume(place / "plan.state", scenarios, place / "runs", until=LAST, command="fanpin state")
    return place / "runs"


def test_a_resumed_run_is_the_run(resumed, people, plan):
    whole = model_at(plan, people, LAST, seed=1)
    rows = pd.read_parquet(resumed / "runs")
    mine = rows[(rows.scenario == "plan") & ~rows.indicator.isin(_at_the_end())]
    expected = rows_to_frame(whole.recorder.rows)
    expected = expected[~expected.indicator.isin(_at_the_end())]
    columns = ["county", "year", "month", "indicator", "group"]
    one, other = (
        t.astype({"indicator": str, "group": str}).set_index(columns)["value"].sort_index()
        for t in (mine, expected)
    )
    pd.testing.assert_series_equal(one, other)


def _at_the_end():
    return {"spell", "spell_registered", "spell_type", "spell_type_registered", "hidden_relapses"}


def test_scenarios_share_the_years_before_the_state(resumed):
    rows = pd.read_parquet(resumed / "runs")
    rows = rows[(rows.indicator == "out_of_pocket") & (rows.group == "") & (rows.county == 0)]
    table = rows.pivot_table(index="year", columns="scenario", values="value", observed=True)
    assert table.loc[2018, "plan"] == table.loc[2018, "without-medical"]
    assert table.loc[2019, "plan"] != table.loc[2019, "without-medical"]


def test_a_state_that_says_nothing_of_its_people_is_refused(model, tmp_path, plan):
    model.save(tmp_path / "x.state")
    with pytest.raises(StateError, match="which population"):
        resume(tmp_path / "x.state", [plan], tmp_path / "runs")


# --- vulnerability --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parameters(plan):
    return resolve(plan, None, LAST)


def test_futures_differ_by_chance_alone_and_each_is_always_the_same(model, parameters):
    before = {key: model.world[key].copy() for key in ("household.income12", "person.age")}
    three = vulnerability(model, parameters, branches=3)
    again = vulnerability(model, parameters, branches=3, threads=2)
    assert np.array_equal(three.value, again.value)
    assert set(np.unique(np.round(three.value * 3, 6) % 1)) <= {0.0, 0.5}
    assert 0 < (three.value * three.persons).sum() / three.persons.sum() < 0.6
    one = vulnerability(model, parameters, branches=1)
    assert set(np.unique(one.value)) == {0.0, 1.0}
    # future 0 is one of the three
    both = np.isin(one.id, three.id)
    fell = one.value[both] == 1
    assert (three.value[np.isin(three.id, one.id[both])][fell] > 0).all()
    for key, value in before.items():
        assert np.array_equal(model.world[key], value), "the state is left as it was"


def test_the_poor_are_more_vulnerable(model, parameters):
    found = vulnerability(model, parameters, branches=4)
    assert found.value[found.poor].mean() > 2.0 * found.value[~found.poor].mean()


def test_shares_by_hand():
    found = Vulnerability(
        month=AT, branches=10, id=np.arange(5, dtype=np.uint64),
        value=np.array([0.0, 0.1, 0.3, 0.6, 1.0]), poor=np.array([0, 0, 0, 0, 1], bool),
        persons=np.array([2.0, 2.0, 2.0, 1.0, 3.0]),
        registered=np.array([0, 0, Registered.EXITED, Registered.EXITED, Registered.POOR]),
    )  # fmt: skip
    rows = {row[4]: row[5] for row in found.rows()}
    assert rows[""] == pytest.approx((0.2 + 0.6 + 0.6 + 3.0) / 10)
    assert rows["0.0-0.1"] == pytest.approx(0.4)
    assert rows["0.2-0.3"] == pytest.approx(0.2)
    assert rows["0.9-1.0"] == pytest.approx(0.3)
    assert sum(rows[f"{low}-{high}"] for low, high in pairwise(BINS)) == (pytest.approx(1.0))
    assert rows["above_0.5"] == pytest.approx(0.4)
    assert rows["above_0.29"] == pytest.approx(0.6)
    assert rows["above_0.5:not_poor"] == pytest.approx(0.25)
    assert rows["above_0.5:exited"] == pytest.approx(1 / 3)
    assert rows["above_0.29:exited"] == pytest.approx(1.0)


# --- who would fall without -----------------------------------------------------------------------


def test_only_the_streams_at_work_are_ended(plan):
    assert "medical" in streams_at_work(plan, AT)
    assert streams_at_work(load_scenario("no-plan"), AT) == []
    less = without_streams(plan, ["medical"], AT + 1)
    assert less.clauses["A4.5"][0][1] == AT
    assert less.clauses["A2.6"] == plan.clauses["A2.6"]


def test_futures_of_one_state(model, plan):
    found = futures(model, plan, horizons=(3, 12), names=["posts", "dividends"])
    assert found.names == ["posts", "dividends"]
    for name in (NONE, ALL, "posts"):
        assert (found.fell[name, 12] >= found.fell[name, 3]).all(), "ever poor only grows"
    assert found.held(ALL, 12).sum() > 0
    assert found.fell[NONE, 12].mean() < 0.9
    nothing = futures(model, plan, horizons=(3,), names=[])
    assert np.array_equal(nothing.fell[NONE, 3], nothing.fell[ALL, 3]), "the same chance"
    assert np.array_equal(nothing.fell[NONE, 3], found.fell[NONE, 3])


def test_an_unknown_stream_is_named(model, plan):
    with pytest.raises(ValueError, match=r"no stream dividend; .*dividends"):
        futures(model, plan, names=["dividend"])


def test_overlap_by_hand():
    """1 is held by a, 2 by a and b, 3 only by both together; 4 falls anyway; 5 never."""
    a, b = (np.array(mask, bool) for mask in ([1, 1, 0, 1, 0], [0, 1, 0, 1, 0]))
    every, none = (np.array(mask, bool) for mask in ([1, 1, 1, 1, 0], [0, 0, 0, 1, 0]))
    persons = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    groups = {"everybody": np.ones(5, bool), "exited": persons > 1}
    fell = {("none", 12): none, ("posts", 12): a, ("medical", 12): b, ("all", 12): every}
    rows = {
        (row[3], row[4]): row[5]
        for row in Futures(AT, np.arange(5), persons, groups, fell).rows((12,))
    }
    assert rows["held_up", "posts:everybody"] == 3 and rows["held_up", "posts:exited"] == 2
    assert rows["held_up", "medical:everybody"] == 2
    assert rows["held_up", "all:everybody"] == 7
    assert rows["held_up_only", "posts"] == 1 and rows["held_up_only", "medical"] == 0
    by = {label: rows["held_up_by", label] for label in ("0", "1", "2", "3+")}
    assert by == {"0": 4, "1": 1, "2": 2, "3+": 0}
    assert rows["held_up_people", "everybody"] == 31 and rows["held_up_poor", "everybody"] == 8
    assert rows["held_up_reverse", "posts"] == 0


def test_seeds_of_futures_are_not_those_of_replicates(model):
    from scenarios.vulnerability import _seed

    seeds = {_seed(model, k) for k in range(50)} | {model_seed(1, k) for k in range(50)}
    assert len(seeds) == 100
    assert set(streams()) >= {"posts", "medical"}
