"""Highways: who is reached, by when, and what trade and work have of it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a09_highways import Highways
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

OFF = [620_001, 620_002]
"""The first two of the four counties; the odd rows are no deep ones."""
STILL = {"a09_highways.usual": 0.0, "a09_highways.grade_two_usual": 0.0,
         "a09_highways.without_expressway": OFF}  # fmt: skip


def after(clauses, months=38, changes=None):
    roads = Highways()
    world = tiny_world(2_000, villages=8, counties=4, mechanisms=[roads])
    parameters = parameters_for([roads], clauses, {**STILL, **(changes or {})})
    run_months([roads], world, "2017-11", months, parameters)
    return world


def test_deep_counties_are_on_an_expressway_by_2020_and_at_the_mean():
    world = after({"A9.4": 1.0})
    assert list(world.county.expressway) == [1, 0, 1, 1]
    assert world.county.grade_two[[0, 2]] == pytest.approx(0.75)
    assert world.county.grade_two[[1, 3]] == pytest.approx(0.60)
    late = after({"A9.4": 1.0}, changes={"a09_highways.slip": 24})
    assert (late.county.grade_two[[0, 2]] < 0.73).all()


def test_without_the_clause_nothing_changes_but_by_the_usual_pace():
    world = after({})
    assert list(world.county.expressway) == [0, 0, 1, 1]
    assert not world.village.price_gain.any()
    assert not world.village.local_jobs.any()
    assert after({}, 2, {"a09_highways.usual": 1.0}).county.expressway.all()


def test_what_a_county_gains_acts_on_all_its_villages():
    roads = Highways()
    world = tiny_world(2_000, villages=8, counties=4, mechanisms=[roads])
    parameters = parameters_for([roads], {}, STILL)
    run_alone(roads, world, "2018-05", parameters, begin=True)
    world.county.expressway[0] = 1
    run_alone(roads, world, "2018-05", parameters)
    mine = world.village.county == 0
    assert world.village.price_gain[mine] == pytest.approx(0.02)
    assert world.village.pull_away[mine] == pytest.approx(0.05)
    assert world.village.local_jobs[mine] == pytest.approx(0.04)
    assert not np.any(world.village.price_gain[~mine])
