"""Bank outlets, cash points, and what it costs to get to one's money."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.m2_access import BankAccess
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world


def access(clauses, months=38, changes=None, **more):
    """The world after some months from November 2017."""
    banks = BankAccess()
    world = tiny_world(6_000, villages=120, counties=4, mechanisms=[banks],
                       household_id=np.arange(9_999, dtype=np.uint64) + 1, **more)  # fmt: skip
    parameters = parameters_for([banks], clauses, changes)
    run_months([banks], world, "2017-11", months, parameters)
    return world


def test_every_deep_village_has_a_cash_point_at_the_end_of_2020():
    plan, none = access({"M2.6": 1.0}), access({})
    deep = (plan.village.deep == 1) | (plan.county.deep[plan.village.county] == 1)
    assert (plan.village.cash_point[deep] == 1).all()
    assert (none.village.cash_point[deep] == 0).any()
    assert (plan.village.cash_point >= none.village.cash_point).all()


def test_a_slip_makes_them_late():
    late = access({"M2.6": 1.0}, changes={"m2_access.slip": 24})
    assert (late.village.cash_point[late.village.deep == 1] == 0).any()


def test_a_cash_point_is_rewarded_once():
    banks = BankAccess()
    world = tiny_world(6_000, villages=120, counties=4, mechanisms=[banks], village_deep=1)
    paid, points = [], []
    parameters = parameters_for([banks], {"M2.6": 1.0}, {"m2_access.points_pace": 0.0})

    def each(_):
        paid.append(int(world.village.paid_cash_points.sum()))
        points.append(int(world.village.cash_point.sum()))

    run_months([banks], world, "2017-11", 38, parameters, each=each)
    assert points[-1] == (world.village.site == 0).sum()
    assert sum(paid) == (points[-1] - points[0]) * 5_000_00


def test_outlets_come_back_and_cost_a_reward():
    more = {"township_deep": 1}
    changes = {"m2_access.outlets_deep": 0.0, "m2_access.outlets_pace": 1.0}
    plan = access({"M2.5": 1.0}, 5, changes=changes, **more)
    none = access({}, 5, changes=changes, **more)
    assert plan.township.bank_outlet.sum() > none.township.bank_outlet.sum() == 0
    assert (plan.village.bank_near == plan.township.bank_outlet[plan.village.township]).all()


def test_the_way_to_the_bank_costs_nothing_where_there_is_a_cash_point():
    banks = BankAccess()
    costs = {}
    for name, point, near in (("point", 1, 0), ("near", 0, 1), ("far", 0, 0)):
        world = tiny_world(600, mechanisms=[banks], village_cash_point=point,
                           township_bank_outlet=near)  # fmt: skip
        run_alone(banks, world, "2018-03", parameters_for([banks]))
        alive = world.household.alive == 1
        assert not world.household.other_cost[~alive].any()
        costs[name] = world.household.other_cost[alive].mean()
    assert costs["point"] == 0
    assert costs["far"] / costs["near"] == pytest.approx(20 / 6, rel=0.01)
