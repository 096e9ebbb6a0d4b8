"""Each mechanism, run alone, changes only the columns that it declares."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.library import load_parameters
from scenarios.run import model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START, month_index
from sim.model import PovertyModel
from sim.month import SCHEDULE

NAMES = [m.name for m in SCHEDULE.mechanisms()]
UNTIL = month_index("2020-12")


@pytest.fixture(scope="module")
def model(people):
    """The plan in full swing, two years in."""
    table = load_parameters()
    parameters = resolve(load_scenario("plan", table), None, UNTIL, table)
    made = PovertyModel(
        people, parameters, seed=model_seed(3, 0), until=UNTIL, start=PLAN_START - 2
    )
    made.run(month_index("2019-12"))
    return made


@pytest.mark.parametrize("name", NAMES)
def test_only_declared_columns_change(model, name):
    branch = model.branch(model.parameters, until=UNTIL)
    world = branch.world
    (mechanism,) = [m for m in branch.schedule.mechanisms() if m.name == name]
    for month in range(branch.month + 1, branch.month + 13):
        branch.month = month
        branch.now = branch._now(month)
        from sim.world.world import set_month

        set_month(branch.blocks, branch.now)
        if not mechanism.active(branch.now):
            continue
        mechanism.open_month(branch.now)
        before = {
            f"{kind}.{column}": array.copy()
            for kind, table in world.tables.items()
            for column, array in table.items()
        }
        if mechanism in branch.schedule.province:
            mechanism.province(world, branch.now, mechanism.p, mechanism.chance)
        if mechanism in branch.schedule.county or mechanism in branch.schedule.close:
            for row in range(len(world.county.code)):
                mechanism.county(world, row, branch.now, mechanism.p, mechanism.chance)
        if mechanism in branch.schedule.block or mechanism in branch.schedule.observations:
            for block in branch.blocks:
                mechanism.run_block(block, branch._words())
        declared = {*mechanism.writes, *mechanism.changes}
        for key, was in before.items():
            if key not in declared:
                assert np.array_equal(was, world[key], equal_nan=was.dtype.kind == "f"), (
                    f"{name} changed {key} and does not declare it"
                )


def test_the_registry_never_writes_the_true_state():
    true = {f"household.{n}" for n in ("poor", "poor_since", "relapse_month", "relapse_cause")}
    for mechanism in SCHEDULE.mechanisms():
        if type(mechanism).__module__.startswith("sim.registry"):
            assert not true & {*mechanism.writes, *mechanism.changes}, mechanism.name


def test_measures_see_only_the_registered_state():
    for mechanism in SCHEDULE.mechanisms():
        if type(mechanism).__module__.startswith("sim.measures"):
            assert "household.poor" not in mechanism.reads, mechanism.name
