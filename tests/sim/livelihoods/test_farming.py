"""Farming: worked harvests, what weather, prices and measures do to them, and the animals."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.farming import Farming
from sim.world.codes import Cause
from tests.sim.tiny import parameters_for, run_alone, tiny_world

PLAIN = {
    "farming.crop_luck": 0.0, "economy.farm_index": 1.0, "farming.crop_income": [500.0] * 4,
    "farming.land_worker": 4.0, "farming.other_hands": 1.0, "farming.sold_share": 0.5,
    "farming.herd_income": [1000.0] * 4, "economy.price_index": 1.0, "farming.crop_cost": 130.0,
    "farming.irrigated_exposure": 0.35, "farming.commissioner_yield": 0.05,
    "farming.ecommerce_price": 0.03, "farming.herd_worth": 1.3,
    "farming.harvest_season": [0.0] * 9 + [0.28, 0.72, 0.0],
    "farming.outlay_season": [0.0, 0.0, 0.35, 0.65] + [0.0] * 8,
    "farming.herd_season": [0.12] + [0.08] * 11,
}  # fmt: skip
FIELDS = {
    "household_land": 8.0, "household_irrigated": 0.0, "household_rented_out": 0.0,
    "household_farm_skill": 1.0, "household_herd": 0.0, "household_labour": 2.0,
    "household_away": 1, "household_size": 4,
}  # fmt: skip


def business(month="2018-10", clauses=None, changes=None, **overrides):
    """A world after one month of farming under plain numbers."""
    world = tiny_world(300, **{**FIELDS, **overrides})
    mechanism = Farming()
    parameters = parameters_for([mechanism], clauses, {**PLAIN, **(changes or {})})
    run_alone(mechanism, world, month, parameters)
    return world


def first(world):
    return int(world.household.business[0]), world


def test_a_worked_harvest():
    """8 mu and one worker at home beside one in other hands: sqrt(8 x 4 x 2) = 8 mu worth; of
    500 yuan each 28 % come in in October."""
    world = business()
    assert set(world.household.business[world.household.alive == 1]) == {112_000}


def test_costs_come_in_spring_and_skill_multiplies():
    assert first(business("2018-03"))[0] == -36_400  # 35 % of 130 yuan on 8 mu
    assert first(business(household_farm_skill=1.5))[0] == 168_000


def test_rented_land_is_not_tilled_and_hands_matter():
    assert first(business(household_rented_out=8.0))[0] == 0
    fewer = first(business(household_away=2))[0]
    assert fewer == pytest.approx(112_000 / np.sqrt(2), abs=1)


def test_drought_takes_less_from_irrigated_land():
    dry = business(village_crop_factor=0.5)
    wet = business(village_crop_factor=0.5, household_irrigated=8.0)
    unhurt = business(household_irrigated=8.0)
    assert first(dry)[0] == 56_000
    assert first(wet)[0] == pytest.approx(first(unhurt)[0] * (1 - 0.5 * 0.35), abs=2)
    assert dry.household.blow[0] == Cause.DISASTER and dry.household.blow_size[0] == 56_000


def test_prices_act_on_what_is_sold():
    low = business(county_price=0.8)
    assert first(low)[0] == 100_800 and first(business(county_price=1.2))[0] == 123_200
    assert low.household.blow[0] == Cause.PRICE and low.household.blow_size[0] == 11_200


def test_commissioner_and_e_commerce():
    assert first(business(village_commissioner=1))[0] == 117_600
    assert first(business(village_ecommerce=1))[0] == 113_680


def test_animals_sold_in_need_earn_nothing():
    """Herd of one in a family of four: 4,000 yuan a year, 12 % of it in January; worth 5,200."""
    assert first(business("2018-01", household_herd=1.0, household_livestock=520_000))[0] == 48_000
    assert first(business("2018-01", household_herd=1.0, household_livestock=130_000))[0] == 12_000
    assert first(business("2018-01", household_herd=1.0, household_livestock=0))[0] == 0


def test_the_year_adds_up():
    mechanism = Farming()
    p = parameters_for([mechanism])
    for name in ("harvest_season", "outlay_season", "herd_season"):
        assert p.tables["farming"][name].sum() == pytest.approx(1.0), name


def test_about_45_percent_in_the_last_quarter():
    """The share of net business income that published figures put into October to December."""
    mechanism = Farming()
    parameters = parameters_for([mechanism])
    world = tiny_world(1_000)
    world.household.livestock[:] = 1_000_000
    months = [f"2017-{m:02d}" for m in range(1, 13)]
    sums = []
    for month in months:
        world.household.business[:] = 0
        run_alone(mechanism, world, month, parameters, check=False)
        sums.append(world.household.business.sum())
    assert 0.36 < sum(sums[9:]) / sum(sums) < 0.54
