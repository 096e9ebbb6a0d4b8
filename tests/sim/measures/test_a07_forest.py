"""Planting: who is hired, what it costs, and how far the money reaches."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a07_forest import ForestWork
from tests.sim.tiny import parameters_for, run_alone, tiny_world

PROGRAMMES = ("afforestation", "planting", "forest_coops")


def season(clauses, money=10**12, month="2018-04", changes=None, **more):
    forest = ForestWork()
    world = tiny_world(6_000, villages=20, counties=2, mechanisms=[forest], **more)
    for county in range(2):
        for programme in PROGRAMMES:
            world.ledger.grant(programme, county, money)
    parameters = parameters_for([forest], clauses, changes)
    run_alone(forest, world, month, parameters)
    return world


def test_pay_reaches_households_fen_by_fen_and_the_ledger_agrees():
    world = season({"A7.1": 1.0, "A7.5": 1.0})
    paid = world.village.paid_planting + world.village.paid_forest_coops
    home = world.household
    got = np.bincount(home.village, home.wage, len(paid)).astype(np.int64)
    assert paid.sum() > 0 and np.array_equal(got, paid)
    assert np.array_equal(home.granted, home.wage)
    world.ledger.close_month()


def test_deep_villages_plant_half_a_years_land_each_season():
    world = season({"A7.1": 1.0})
    deep = world.village.deep == 1
    assert (world.village.did_afforested[deep] == 100).all()
    assert not world.village.did_afforested[~deep].any()
    assert world.village.paid_afforestation[deep] == pytest.approx(100 * 700 * 0.65 * 100)
    assert (world.village.paid_planting <= 100 * 700 * 0.35 * 100).all()
    assert not world.village.paid_forest_coops.any()


def test_a_cooperative_hires_households_with_a_card_only():
    world = season({"A7.5": 1.0})
    home = world.household
    paid = home.wage > 0
    assert paid.any() and (home.registered[paid] > 0).all()
    assert (home.labour[paid] - home.away[paid] >= 1).all()
    assert not world.village.did_afforested.any()
    assert (world.village.paid_forest_coops[world.village.poor_village == 0] == 0).all()
    days = world.village.did_coop_days.sum()
    assert days == pytest.approx(paid.sum() * 20, abs=1)


def test_little_money_plants_little_and_the_rest_waits():
    cost = round(700 * 0.65 * 100)
    world = season({"A7.1": 1.0}, money=30 * cost + 10)
    assert world.village.did_afforested.sum() == 60
    row = world.ledger.row("afforestation")
    assert world.ledger.waited[0, row].all()


def test_no_clause_or_no_season_is_no_work():
    for world in (season({}), season({"A7.1": 1.0, "A7.5": 1.0}, month="2018-07")):
        assert not world.household.wage.any()
        assert not world.village.paid_afforestation.any()
    assert not season({}).ledger.asked.any()
    assert season({"A7.1": 1.0}, month="2018-01").ledger.asked.any()
