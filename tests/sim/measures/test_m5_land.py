"""Land: quotas and their price, rents, sights, room for sun."""

import numpy as np
import pytest

from sim.measures.m5_land import LandQuotas, VillageLand
from sim.world.codes import Relocation
from sim.world.columns import column
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

TOURISM = column("village", "tourism", "u1", "flag", "tourism", "tourism")
JANUARY = 2019 * 12


def quotas(clauses, moved=40, since=JANUARY - 3, changes=None, sample=0.01):
    land = LandQuotas()
    world = tiny_world(900, villages=4, counties=2, mechanisms=[land], county_sample=sample)
    world.household.relocation[:moved] = Relocation.MOVED
    world.household.relocation_month[:moved] = since
    run_alone(land, world, "2019-01", parameters_for([land], clauses, changes))
    return world


def test_homesteads_of_last_years_moves_are_sold_within_the_limit():
    world = quotas({"M5.3": 1.0})
    assert 40 * 0.8 * 0.7 > 1.5  # the limit of 150 mu in a sample of one per cent
    assert world.county.linkage_mu == pytest.approx([1.5, 0])
    assert world.county.linkage_revenue == pytest.approx([450_000, 0])
    assert list(world.ledger.purses.outside[1]) == [45_000_000, 0]


def test_without_the_limit_all_is_sold():
    world = quotas({"M5.2": 1.0, "M5.3": 1.0})
    assert world.county.linkage_mu[0] == pytest.approx(22.4)
    assert quotas({"M5.2": 1.0}).county.linkage_revenue[0] == 0  # no buyer without M5.3


def test_older_moves_have_been_sold_before():
    assert not quotas({"M5.2": 1.0, "M5.3": 1.0}, since=JANUARY - 13).county.linkage_mu.any()


def test_consolidated_farmland_brings_money_too():
    world = quotas({"M5.9": 1.0})
    assert world.county.balance_revenue == pytest.approx([100_000, 50_000])  # deep, and not
    assert list(world.ledger.purses.outside[1]) == [10_000_000, 5_000_000]


def village(clauses, months=24, **more):
    land = VillageLand()
    world = tiny_world(
        6_000, villages=300, mechanisms=[land], columns=[TOURISM], village_fund=0, **more
    )
    run_months([land], world, "2018-01", months, parameters_for([land], clauses))
    return world


def test_villages_with_land_that_is_wanted_get_a_rent_once_a_year():
    world = village({"M5.4": 1.0}, months=11)
    rented = world.village.land_rent == 1
    assert 2 <= rented.sum() <= 25
    assert (world.village.fund[rented] == 2_000_000).all()
    assert (world.village.collective_year == world.village.fund).all()
    later = village({"M5.4": 1.0}, months=23)
    assert (later.village.land_rent[rented] == 1).all()  # those of the first year go on
    assert later.village.land_rent.sum() > rented.sum()
    assert not village({}).village.fund.any()


def test_sights_come_sooner_and_bring_work():
    slow, fast = (village(c, village_tourism=1) for c in ({}, {"M5.5": 1.0}))
    assert slow.village.viewing.mean() == pytest.approx(1 - (1 - 1 / 24) ** 24, abs=0.1)
    assert fast.village.viewing.mean() > 0.95
    assert (fast.village.viewing >= slow.village.viewing).all()
    assert fast.village.local_jobs.sum() > slow.village.local_jobs.sum()
    assert not village({"M5.5": 1.0}, village_tourism=0).village.viewing.any()


def test_room_for_solar_stations_is_pushed():
    assert village({"M5.6": 1.0}, 1).county.solar_room == pytest.approx([0.15])
    assert not village({}, 1).county.solar_room.any()
    assert np.isfinite(village({}, 1).county.solar_room).all()
