"""Irrigation, river works and drought sources: how much, where, for what money, and to what end."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a09_fields import FieldWater
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

GOAL = {"a09_fields.goal": 1_500}


def after(clauses, months=38, money=10**13, changes=None, spent=None, **more):
    """Four counties, of which the even ones are deep; each holds 15 villages."""
    fields = FieldWater()
    world = tiny_world(6_000, villages=60, counties=4, mechanisms=[fields], **more)
    for county in range(4):
        for programme in ("irrigation", "river_works"):
            world.ledger.grant(programme, county, money)
    parameters = parameters_for([fields], clauses, {**GOAL, **(changes or {})})

    def each(moment):
        if spent is not None:
            names = ("paid_irrigation", "paid_river_works", "did_irrigation")
            spent.append([int(world.village[name].sum()) for name in names])
        world.ledger.close_month()

    run_months([fields], world, "2017-11", months, parameters, each=each)
    return world


def irrigated(world):
    home = world.household
    return np.bincount(
        world.village.county[home.village], home.irrigated.astype(float) * home.alive, 4
    )


def test_the_plans_sum_is_irrigated_in_the_deep_counties_and_paid_by_the_mu():
    spent = []
    world, none = after({"A9.6": 1.0}, spent=spent), after({})
    more = irrigated(world) - irrigated(none)
    assert more.sum() == pytest.approx(1_500, abs=3)
    assert more[[1, 3]] == pytest.approx(0)
    paid, rivers, mu = np.sum(spent, axis=0)
    assert mu == pytest.approx(1_500, abs=2)
    assert paid == mu * 1500 * 100 and rivers == 0
    home = world.household
    assert (home.irrigated <= home.land + 1e-3).all()


def test_the_goal_is_scaled_by_the_sample():
    world = after({"A9.6": 1.0}, county_sample=0.1)
    assert world.county.irrigation_goal.sum() == pytest.approx(150)
    assert world.village.irrigated_new.sum() == pytest.approx(150, abs=3)


def test_dry_villages_come_first_up_to_their_room():
    risk = np.where(np.arange(60) % 15 == 0, 2.0, 1.0)
    small = {"a09_fields.goal": 600}
    world = after({"A9.6": 1.0}, 7, changes=small, village_drought_risk=risk)
    new = world.village.irrigated_new
    first, others = new[[0, 30]], np.delete(new, [0, 30])
    assert (first > 0).all() and not others.any()


def test_without_the_clauses_nothing_happens():
    world = after({})
    assert not world.village.irrigated_new.any()
    assert not world.county.river_works.any()
    assert not world.ledger.accounts.spent.any() and not world.ledger.asked.any()
    for name in ("flood_cut", "loss_cut", "water_firm"):
        assert not world.village[name].any()


def test_rivers_and_sources_go_as_far_as_the_money():
    whole = after({"A9.7": 1.0})
    assert whole.county.river_works[[0, 2]] == pytest.approx(1.0)
    assert not whole.county.river_works[[1, 3]].any()
    half = after({"A9.7": 1.0}, money=32_500_000 * 100)
    assert half.county.river_works[0] == pytest.approx(0.5, abs=0.1)
    assert half.ledger.waited[0, half.ledger.row("river_works"), 0] > 0
    assert (half.ledger.accounts.spent <= 32_500_000 * 100).all()


def test_what_stands_acts_by_hand():
    fields = FieldWater()
    world = tiny_world(mechanisms=[fields])
    world.county.river_works[:] = 0.5
    world.county.drought_sources[:] = 1.0
    run_alone(fields, world, "2019-02", parameters_for([fields], {"A9.7": 1.0}))
    assert world.village.flood_cut == pytest.approx(0.5 * 0.20)
    assert world.village.loss_cut == pytest.approx(0.06)
    assert world.village.water_firm == pytest.approx(0.15)


def test_a_villages_pipes_go_to_all_by_their_rainfed_land():
    fields = FieldWater()
    world = tiny_world(mechanisms=[fields], household_land=10.0, household_irrigated=2.0)
    parameters = parameters_for([fields], {"A9.6": 1.0}, {"a09_fields.goal": 80})
    run_alone(fields, world, "2017-11", parameters)
    world.ledger.grant("irrigation", 0, 10**12)
    run_alone(fields, world, "2020-10", parameters)
    home = world.household
    here = home.alive == 1
    new = home.irrigated[here] - 2.0
    mine = home.village[here] == np.flatnonzero(world.village.irrigated_new)[0]
    assert new[~mine] == pytest.approx(0.0) or world.village.irrigated_new.all()
    assert np.ptp(new[mine]) == pytest.approx(0.0, abs=1e-5)
    assert new.sum() == pytest.approx(80, abs=1e-2)
