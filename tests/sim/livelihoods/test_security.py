"""Months in a row without a gap."""

import pytest

from sim.livelihoods.security import Security
from tests.sim.tiny import parameters_for, run_months, tiny_world


def test_it_counts_months_in_a_row():
    world = tiny_world(300, mechanisms=[Security()])
    run_months([Security()], world, "2018-01", 5, parameters_for([Security()]))
    assert set(world.household.secure) == {5}


@pytest.mark.parametrize(
    "gap", ["hungry", "gap_education", "gap_medical", "gap_house", "gap_water"]
)
def test_any_gap_begins_it_anew(gap):
    world = tiny_world(300, mechanisms=[Security()], household_secure=7)
    world.household[gap][3] = 1
    run_months([Security()], world, "2018-01", 1, parameters_for([Security()]))
    assert world.household.secure[3] == 0
    assert (world.household.secure[world.household.alive == 1] == 8).sum() > 0


def test_a_full_count_stays_full():
    world = tiny_world(300, mechanisms=[Security()], household_secure=100)
    run_months([Security()], world, "2018-01", 2, parameters_for([Security()]))
    assert world.household.secure.max() == 100
