"""Houses and water without any measure."""

from __future__ import annotations

import numpy as np

from sim.livelihoods.services import Services
from sim.world.codes import HouseWork
from tests.sim.tiny import parameters_for, run_alone, tiny_world

STILL = {f"services.{name}": 0.0 for name in
         ("decay_a", "decay_b", "decay_c", "repair_c", "repair_d", "water_connected",
          "water_fails")}  # fmt: skip


def kept(changes, month="2018-05", **overrides):
    world = tiny_world(4_000, **overrides)
    mechanism = Services()
    run_alone(mechanism, world, month, parameters_for([mechanism], changes=changes))
    house = world.household
    alive = house.alive == 1
    return house.house[alive], house.water[alive]


def test_nothing_happens_without_rates_and_floods():
    before = tiny_world(4_000).household
    house, water = kept(STILL)
    assert np.array_equal(house, before.house[before.alive == 1])
    assert np.array_equal(water, before.water[before.alive == 1])


def test_repair_meets_the_yearly_rate():
    grades = kept({**STILL, "services.repair_d": 0.5}, household_house=4)[0]
    assert abs((grades == 1).mean() - (1 - 0.5 ** (1 / 12))) < 0.02
    assert set(grades) == {1, 4}


def test_decay_goes_grade_by_grade():
    rates = {**STILL, "services.decay_a": 1.0, "services.decay_b": 1.0, "services.decay_c": 1.0}
    for grade in (1, 2, 3):
        assert set(kept(rates, household_house=grade)[0]) == {grade + 1}
    assert set(kept(rates, household_house=4)[0]) == {4}


def test_floods_damage_houses_where_they_strike():
    rates = {**STILL, "services.flood_damage": 1.0, "services.flood_heavy": 0.0}
    assert set(kept(rates, household_house=1, village_hit=4)[0]) == {2}
    assert set(kept(rates, household_house=1, village_hit=3)[0]) == {1}
    heavy = {**rates, "services.flood_heavy": 1.0}
    assert set(kept(heavy, household_house=3, village_hit=4)[0]) == {4}


def test_water_comes_and_fails():
    assert kept({**STILL, "services.water_connected": 1.0}, household_water=0)[1].all()
    assert not kept({**STILL, "services.water_fails": 1.0}, household_water=1)[1].any()


def test_owners_who_rebuild_owe_for_it_and_more_for_a_large_house():
    def owed(changes, **overrides):
        world = tiny_world(4_000, household_house=4, household_debt_house=0, **overrides)
        mechanism = Services()
        changes = {**STILL, "services.repair_d": 0.5, **changes}
        run_alone(mechanism, world, "2018-05", parameters_for([mechanism], changes=changes))
        built = world.household.house == 1
        assert not world.household.debt_house[~built].any()
        return world.household.debt_house[built & (world.household.alive == 1)]

    assert set(owed({"services.oversize": 0.0})) == {15_000_00}
    assert set(owed({"services.oversize": 1.0})) == {40_000_00}
    some, ruled = owed({}), owed({}, county_plot_rule=1.0)
    assert 0.1 < (some == 40_000_00).mean() < 0.5
    assert set(ruled) == {15_000_00}


def test_a_firm_house_is_seldom_damaged():
    rates = {**STILL, "services.flood_damage": 1.0, "services.flood_heavy": 0.0}
    firm = kept(rates, household_house=1, village_hit=4, household_house_works=HouseWork.SEISMIC)
    assert abs((firm[0] == 2).mean() - 0.4) < 0.06
