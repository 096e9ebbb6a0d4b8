"""A saved state: going on from it is going on, bit for bit, and a wrong file says what is wrong."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from scenarios.library import load_parameters
from scenarios.run import Past, model_seed, resolve
from scenarios.scenario import load_scenario
from sim import state
from sim.calendar import month_index
from sim.model import PovertyModel
from sim.state import StateError

AT = month_index("2018-06")
LAST = month_index("2019-12")
SEED = model_seed(5, 0)


def parameters(name: str):
    table = load_parameters()
    return resolve(load_scenario(name, table), None, LAST, table)


@pytest.fixture(scope="module")
def stopped(people):
    """The plan up to June 2018, in a model that could go on to December 2019."""
    table = load_parameters()
    past = Past(people, None, SEED, until=LAST, table=table)
    model = past.branch(load_scenario("plan", table), LAST)
    model.run(AT)
    return model


@pytest.fixture(scope="module")
def saved(stopped, tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "plan.state"
    stopped.save(path, {"scenario": "plan"})
    return path


@pytest.fixture(scope="module")
def uninterrupted(stopped, saved):
    """The same model without a stop; what was saved is not touched by its going on."""
    stopped.run()
    return stopped


def same(a, b):
    for key in a.world.columns:
        one, other = a.world[key], b.world[key]
        assert one.dtype == other.dtype
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), key
    for name, one in a.ledger.arrays().items():
        assert np.array_equal(one, b.ledger.arrays()[name]), name
    assert a.ledger.budgeted == b.ledger.budgeted
    assert a.recorder.rows == b.recorder.rows
    assert a.month == b.month


def test_going_on_from_a_file_is_going_on(saved, uninterrupted):
    loaded = PovertyModel.load(saved, parameters("plan"), until=LAST, threads=2, block_persons=900)
    assert (loaded.month, loaded.seed_value) == (AT, SEED)
    loaded.run()
    same(uninterrupted, loaded)


def test_under_another_scenario_it_is_a_branch(saved, people):
    table = load_parameters()
    past = Past(people, None, SEED, until=LAST, table=table)
    model = past.branch(load_scenario("plan", table), LAST)
    model.run(AT)
    branch = model.branch(parameters("without-medical"), until=LAST)
    branch.run()
    loaded = PovertyModel.load(saved, parameters("without-medical"), until=LAST)
    loaded.run()
    same(branch, loaded)
    assert loaded.recorder.rows != model.recorder.rows


def test_a_run_that_has_ended_can_be_saved_and_goes_on_without_its_last_rows(
    uninterrupted, tmp_path
):
    """The spells of a run are closed at its end; a longer run from there closes them later."""
    path = tmp_path / "ended.state"
    uninterrupted.save(path)
    table = load_parameters()
    later = LAST + 2
    longer = resolve(load_scenario("plan", table), None, later, table)
    loaded = PovertyModel.load(path, longer, until=later)
    branch = uninterrupted.branch(longer, until=later)
    for model in (loaded, branch):
        model.run()
    same(branch, loaded)
    rows = [row[:5] for row in loaded.recorder.rows]
    assert len(rows) == len(set(rows))


def test_another_seed_is_another_future_of_the_same_past(saved, uninterrupted):
    loaded = PovertyModel.load(saved, parameters("plan"), until=AT + 1, seed=SEED + 1)
    before = list(loaded.recorder.rows)
    loaded.run()
    assert (
        loaded.recorder.rows[: len(before)] == before == uninterrupted.recorder.rows[: len(before)]
    )
    assert loaded.recorder.rows != uninterrupted.recorder.rows[: len(loaded.recorder.rows)]


def test_what_was_told_is_told_again(saved):
    told = state.about(saved)
    assert told["scenario"] == "plan" and told["month"] == AT and told["seed"] == SEED


def test_every_array_of_the_ledger_is_saved(stopped):
    """A new array of the ledger must be in `Ledger.arrays`, or a branch would lose it."""
    constant = {"rank", "_starts"}
    kept = stopped.ledger.arrays()
    for name, value in vars(stopped.ledger).items():
        if isinstance(value, np.ndarray) and name not in constant:
            assert name in kept, f"add {name} to what sim.ledger copies"


def altered(saved, path, **changes):
    """A copy of a state whose description says something else."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "state.json":
                described = json.loads(content) | changes
                content = json.dumps(described).encode()
            new.writestr(name, content)
    return path


def test_a_state_of_other_sources_is_refused_unless_asked_for(saved, tmp_path):
    path = altered(saved, tmp_path / "old", code="0123456789abcdef")
    with pytest.raises(StateError, match="other sources of the model"):
        PovertyModel.load(path, parameters("plan"), until=LAST)
    PovertyModel.load(path, parameters("plan"), until=LAST, other_code=True)


def test_a_state_with_other_columns_is_refused(saved, tmp_path):
    columns = dict(state.read(saved, _columns()).described["columns"])
    columns["household.gold"] = "<i4x0"
    path = altered(saved, tmp_path / "gold", columns=columns)
    with pytest.raises(StateError, match=r"household\.gold"):
        PovertyModel.load(path, parameters("plan"), until=LAST, other_code=True)


def test_a_file_that_is_cut_or_of_another_kind_is_refused(saved, tmp_path):
    cut = tmp_path / "cut"
    cut.write_bytes(saved.read_bytes()[:-2_000])
    text = tmp_path / "text"
    text.write_text("name: plan\n", "utf-8")
    future = altered(saved, tmp_path / "future", format=99)
    for path, said in ((cut, "not a whole state"), (text, "not a whole state"), (future, "format")):
        with pytest.raises(StateError, match=said):
            PovertyModel.load(path, parameters("plan"), until=LAST)


def test_an_end_before_the_state_is_refused(saved):
    with pytest.raises(StateError, match="later month"):
        PovertyModel.load(saved, parameters("plan"), until=AT - 1)


def test_nothing_is_left_of_a_write_that_fails(stopped, tmp_path):
    path = tmp_path / "x.state"
    path.mkdir()
    with pytest.raises(OSError):  # noqa: PT011
        stopped.save(path)
    assert not list(tmp_path.glob(".part-*"))


def _columns():
    from sim.month import SCHEDULE

    return SCHEDULE.columns()
