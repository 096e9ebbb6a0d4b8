"""The income windows: twelve months back, October to September, and blows."""

from __future__ import annotations

import numpy as np

from sim.livelihoods.income import IncomeWindow
from sim.shocks.demography import Demography
from sim.world.codes import Cause
from tests.sim.tiny import changed, parameters_for, run_alone, snapshot, tiny_world

PARTS = ("wage", "business", "property", "transfer")


def fresh(**overrides):
    empty = {f"household_{name}": 0 for name in ("income12", "income12_all", "blow", "blow_size")}
    world = tiny_world(300, mechanisms=[Demography()], **{**empty, **overrides})
    world.household.ring[:] = 0
    world.household.ring_all[:] = 0
    return world


def month(world, text, changes=None, **flows):
    """One month with the same flows (fen) in every household."""
    mechanism = IncomeWindow()
    plain = {"cost_weight": 1.0, "blow_fades": 0.07, "blow_least": 200.0}
    changes = {**{f"income_window.{k}": v for k, v in plain.items()}, **(changes or {})}
    for name in (*PARTS, "aid", "medical", "schooling", "ceremony", "other_cost"):
        world.household[name][:] = flows.get(name, 0)
    run_alone(mechanism, world, text, parameters_for([mechanism], changes=changes))


def run(world, first, months, flow):
    for k in range(months):
        year, calendar = divmod(first[0] * 12 + first[1] - 1 + k, 12)
        month(world, f"{year}-{calendar + 1:02d}", **flow(k))


def test_twelve_months_back():
    world = fresh()
    run(world, (2016, 3), 20, lambda k: {"wage": 100 * k, "aid": 7})
    alive = world.household.alive == 1
    expected = 100 * sum(range(8, 20))
    assert (world.household.income12[alive] == expected).all()
    assert (world.household.income12_all[alive] == expected + 84).all()
    assert np.array_equal(world.household.ring.sum(axis=0), world.household.income12)


def test_the_window_closes_on_30_september():
    world = fresh()
    run(world, (2016, 10), 12, lambda k: {name: 1_000 * (i + 1) for i, name in enumerate(PARTS)})
    house, alive = world.household, world.household.alive == 1
    assert (house.window_wage[alive] == 12_000).all()
    assert (house.window_transfer[alive] == 48_000).all()
    assert np.array_equal(house.registry_income[alive], 120_000 // house.size[alive].astype(int))
    closed = house.registry_income.copy()
    month(world, "2017-10", wage=5)
    assert (house.window_wage[alive] == 5).all() and (house.window_transfer[alive] == 0).all()
    assert np.array_equal(closed, house.registry_income)


def test_aid_counts_for_nothing_but_the_whole_income():
    world = fresh()
    month(world, "2018-05", aid=9_000)
    assert not world.household.income12.any()
    assert world.household.income12_all.max() == 9_000


def test_forced_spending_since_january():
    world = fresh(household_medical_year=999, household_forced_year=999)
    month(world, "2018-01", medical=100, schooling=20, ceremony=3, other_cost=4)
    month(world, "2018-02", medical=100, schooling=20, ceremony=3, other_cost=4)
    assert world.household.medical_year.max() == 200
    assert world.household.forced_year.max() == 54


def test_blows_add_up_fade_and_give_way():
    world = fresh()
    house = world.household
    month(world, "2018-01", medical=1_000_000)
    month(world, "2018-02", medical=1_000_000)
    assert (house.blow[house.alive == 1] == Cause.ILLNESS).all()
    assert house.blow_size.max() == 1_930_000
    month(world, "2018-09", schooling=1_500_000)  # smaller: forgotten beside the illness
    assert house.blow.max() == Cause.ILLNESS
    month(world, "2018-10", schooling=1_700_000)
    assert house.blow.max() == Cause.SCHOOLING and house.blow_size.max() == 1_700_000
    for k in range(70):
        month(world, f"{2019 + k // 12}-{k % 12 + 1:02d}")
    assert not house.blow.any() and not house.blow_size.any()


def test_a_cost_weighs_less_than_a_lost_income():
    world = fresh()
    month(world, "2018-01", {"income_window.cost_weight": 0.6}, medical=1_000_000)
    assert world.household.blow_size.max() == 600_000


def test_weddings_and_funerals():
    world = fresh()
    world.household.wedding[:] = 1
    month(world, "2018-12", ceremony=3_000_000)
    assert world.household.blow.max() == Cause.MARRIAGE
    world = fresh()
    world.household.funeral[:] = 1
    month(world, "2018-12", ceremony=3_000_000)
    assert world.household.blow.max() == Cause.FUNERAL
    world = fresh()
    month(world, "2018-12", ceremony=3_000_000)  # other people's
    assert not world.household.blow.any()


def test_blocks_make_no_difference():
    mechanism, worlds = IncomeWindow(), []
    flows = {"household_wage": 5, "household_medical": 70_000}
    for size in (12_000, 100):
        world = tiny_world(600, mechanisms=[Demography()], **flows)
        run_alone(mechanism, world, "2018-09", parameters_for([mechanism]), block_persons=size)
        worlds.append(world)
    assert not changed(snapshot(worlds[0]), worlds[1])
