"""The model as a simulator of a fit."""

import math
import pickle
from dataclasses import replace

import pytest

from calibration.figures import simulated
from calibration.fit.reading import Reader
from calibration.fit.simulator import Simulator, StructureError, figure_statistics, rules
from calibration.fit.statistics import known_key
from scenarios.library import load_parameters
from scenarios.run import Past, rows_to_frame
from scenarios.scenario import load_scenario
from sim.calendar import month_index

UNTIL = month_index("2017-12")


@pytest.fixture(scope="module")
def simulator(people):
    """A short fit on two counties."""
    return Simulator(lambda: people, {"digest": people.digest}, until=UNTIL)


@pytest.fixture(scope="module")
def found(simulator):
    return simulator.simulate({"work.go": 0.01}, 5)


def same(first, second):
    return {k: repr(v) for k, v in first.items()} == {k: repr(v) for k, v in second.items()}


def test_the_same_statistics_as_an_ordinary_run(people, simulator, found):
    """Observations left out of the schedule, and single counties read beside, change nothing."""
    reader = Reader(counties=True)
    past = Past(people, {"work.go": 0.01}, 5, until=UNTIL, each=reader.look)
    model = past.branch(load_scenario("plan"), UNTIL)
    model.run(each=lambda now: reader.look(model))
    read = {**reader.finish(model), **figure_statistics(model, "plan")}
    assert same({k: v for k, v in read.items() if k in found}, found)
    assert set(read) - set(found)
    frame = rows_to_frame(model.recorder.rows)
    for id, rule in rules().rules.items():
        if f"figure:{id}" in found:
            expected = simulated(rule, frame, rules())
            assert found[f"figure:{id}"] == pytest.approx(expected, nan_ok=True, rel=1e-12)


def test_what_a_short_run_has_and_what_it_lacks(found):
    assert all(known_key(one) == "" for one in found)
    assert 0.05 < found["registered_rate:2017:all"] < 0.4
    assert found["income_wage:2017:all"] > 0  # the window closed before the plan began
    assert found["exits_share:2017:all"] > 0.05
    assert found["cause_stock_illness:2017:all"] > 0.2
    causes = [k for k in found if k.startswith("cause_stock") and k.endswith(":all")]
    assert sum(found[k] for k in causes) == pytest.approx(1.0)
    assert math.isnan(found["survival_12::all"])
    assert math.isnan(found["figure:stock_2018"])
    assert found["figure:stock_2017"] > 0
    assert "figure:spell_36" not in found  # held against another scenario
    assert "figure:q1_2020" not in found  # not in a run


def test_it_is_the_same_after_pickling_and_other_with_another_seed(people, simulator, found):
    copy = pickle.loads(pickle.dumps(replace(simulator, load=_nobody)))
    assert copy.digest() == simulator.digest()
    again = copy.simulate({"work.go": 0.01}, 5)  # the population was read before
    assert same(again, found)
    assert not same(simulator.simulate({"work.go": 0.01}, 6), found)


def _nobody():
    raise AssertionError("the population is read once a process")


def test_the_digest_is_of_all_that_determines_a_run(simulator):
    others = [
        replace(simulator, until=UNTIL + 12),
        replace(simulator, scenario="no-plan"),
        replace(simulator, about={"digest": "other"}),
        replace(simulator, structure={"yearly_round.quota": "data"}),
        replace(simulator, targets_keys=("gini:2017:620421",)),
    ]
    digests = {one.digest() for one in others} | {simulator.digest()}
    assert len(digests) == 1 + len(others)
    assert replace(simulator, targets_keys=("gini:2017:all",)).digest() == simulator.digest()


def test_a_structure_is_another_default(simulator, found):
    free = replace(simulator, structure={"yearly_round.quota": "none"})
    more = free.simulate({"work.go": 0.01}, 5)
    assert more["exits_share:2017:all"] > found["exits_share:2017:all"]
    default = load_parameters()["yearly_round.quota"].value
    same_choice = replace(simulator, structure={"yearly_round.quota": default})
    assert same_choice.digest() == simulator.digest()


def test_a_structure_that_does_not_fit_is_told(simulator):
    wrong = {"yearly_round.quota": "plan", "work.gone": 1, "work.go": "fast",
             "yearly_round.plan_share": 0.3}  # fmt: skip
    with pytest.raises(StructureError) as caught:
        replace(simulator, structure=wrong)
    for said in (
        "one of ceiling, data, none, not 'plan'", "no parameter work.gone",
        "work.go is a number, not 'fast'", "yearly_round.plan_share has dated",
    ):  # fmt: skip
        assert said in str(caught.value)
