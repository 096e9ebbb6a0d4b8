"""Delisting by the national rules: the three rates by hand, who may ask, and what holds it up."""

import numpy as np
import pytest

from sim.registry.delisting import Delisting
from sim.world.codes import Registered
from tests.sim.tiny import parameters_for, run_alone, tiny_world

EXACT = {"delisting.check_sees": 1.0, "delisting.check_sample": 10_000}


def world_of(poor, registered, deep=0):
    """One county, households of 4: alternating as given."""
    return tiny_world(
        600, mechanisms=[Delisting()], household_size=4, household_poor=poor,
        household_registered=registered, county_deep=deep,
    )  # fmt: skip


def checked(world, month="2018-12", **changes):
    values = {**EXACT, **{f"delisting.{key}": value for key, value in changes.items()}}
    run_alone(Delisting(), world, month, parameters_for([Delisting()], changes=values))
    return world.county


def test_a_county_without_poor_is_delisted_in_its_year():
    world = world_of(poor=0, registered=Registered.EXITED)
    county = checked(world)
    assert county.wrong_exit_rate[0] == county.combined_headcount[0] == 0
    assert county.delisted[0] == 1 and county.delisted_year[0] == 2018


def test_rates_by_hand():
    # of ten households: one on the list, four exited (one of them poor), five outside (one poor)
    states = [1, 2, 2, 2, 2, 0, 0, 0, 0, 0]
    poor = [1, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    world = world_of(np.array(poor), np.array(states))
    alive = world.household.alive == 1
    state, truly = world.household.registered[alive], world.household.poor[alive] == 1
    county = checked(world, check_sample=1e12)
    wrong = (truly & (state == 2)).sum() / (state == 2).sum()
    missed = (truly & (state == 0)).sum() / (state == 0).sum()
    whole = ((state == 1).sum() + truly[state == 2].sum() + truly[state == 0].sum()) / alive.sum()
    assert county.wrong_exit_rate[0] == pytest.approx(wrong, abs=1e-4)
    assert county.missed_rate[0] == pytest.approx(missed, abs=1e-4)
    assert county.combined_headcount[0] == pytest.approx(whole, abs=1e-4)
    assert county.approval[0] == pytest.approx(0.97 - 1.5 * (wrong + missed), abs=1e-3)
    assert county.delisted[0] == 0


@pytest.mark.parametrize(
    ("limit", "value"), [("headcount_most", -1.0), ("approval_least", 1.0), ("wrong_most", -1.0)]
)
def test_each_condition_alone_holds_a_county_up(limit, value):
    world = world_of(poor=0, registered=Registered.EXITED)
    assert checked(world, **{limit: value}).delisted[0] == 0


def test_deep_counties_ask_later():
    world = world_of(poor=0, registered=Registered.EXITED, deep=1)
    assert checked(world, "2018-12").delisted[0] == 0
    assert checked(world, "2019-12").delisted_year[0] == 2019


def test_who_is_delisted_stays_so():
    world = world_of(poor=0, registered=Registered.EXITED)
    checked(world)
    world.household.poor[:] = 1
    assert checked(world, "2019-12").delisted_year[0] == 2018
