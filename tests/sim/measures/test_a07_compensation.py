"""Forest standard, pilot and grassland subsidy: who gets how much, once a year."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a07_compensation import EcoCompensation
from tests.sim.tiny import parameters_for, run_alone, tiny_world


def december(clauses, year=2020, month=12, changes=None, **more):
    mechanism = EcoCompensation()
    more = {"village_terrain": [3, 2], **more}
    world = tiny_world(4_000, villages=10, counties=2, mechanisms=[mechanism], **more)
    parameters = parameters_for([mechanism], clauses, changes)
    run_alone(mechanism, world, f"{year}-{month:02d}", parameters)
    return world


def living(world):
    return (world.household.alive == 1) & (world.household.size > 0)


def test_the_forest_standard_rises_from_year_to_year():
    no_pilot = {"a07_compensation.pilot_share": 0.0}
    for year, rise in ((2018, 1), (2019, 3), (2020, 5)):
        world = december({"A7.6": 1.0}, year, changes=no_pilot)
        got = world.household.transfer
        here = living(world)
        for terrain, mu in ((3, 18), (2, 22)):
            mine = here & (world.village.terrain[world.household.village] == terrain)
            assert set(got[mine]) == {0, rise * mu * 100}
        assert (got[here] > 0).mean() == pytest.approx(0.35, abs=0.05)
        world.ledger.close_month()


def test_the_pilot_begins_at_the_end_of_2019():
    everywhere = {"a07_compensation.pilot_share": 1.0, "a07_compensation.standard": 15}
    assert not december({"A7.6": 1.0}, 2018, changes=everywhere).household.transfer.any()
    world = december({"A7.6": 1.0}, 2020, changes=everywhere)
    assert set(world.household.transfer[living(world)]) == {0, 200_00}
    assert world.village.did_eco_compensated.sum() == (world.household.transfer > 0).sum()


def test_herders_get_the_subsidy_and_hold_fewer_animals():
    world = december({"A7.8": 1.0})
    pastoral = world.village.terrain == 3
    mine = pastoral[world.household.village] & living(world)
    assert (world.household.transfer[mine] == 900_00).all()
    assert not world.household.transfer[~mine].any()
    assert np.array_equal(world.household.granted, world.household.transfer)
    assert world.village.herd_gain[pastoral] == pytest.approx(-0.02)
    assert not world.village.herd_gain[~pastoral].any()
    world.ledger.close_month()


def test_nothing_in_other_months_or_without_the_clauses():
    assert not december({"A7.6": 1.0, "A7.8": 1.0}, month=11).household.transfer.any()
    world = december({})
    assert not world.household.transfer.any() and not world.village.herd_gain.any()
