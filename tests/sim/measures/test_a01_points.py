"""Village points: processing, supply cooperatives, tourism."""

import numpy as np
import pytest

from sim.measures.a01_points import VillagePoints
from sim.measures.a01_tourism import RuralTourism
from tests.sim.tiny import parameters_for, run_alone, tiny_world

EVERYWHERE = {
    f"a01_points.{n}_{w}": 1.0 for n in ("processing", "supply") for w in ("deep", "other")
}


def points(clauses, money=10**10):
    one = VillagePoints()
    parameters = parameters_for((one,), clauses=dict.fromkeys(clauses, 1.0), changes=EVERYWHERE)
    world = tiny_world(1200, mechanisms=(one,), villages=6)
    for name in ("processing", "supply_points"):
        world.ledger.grant(name, 0, money)
    run_alone(one, world, "2018-05", parameters)
    return world


def test_processing_costs_its_price_and_pushes_margin_and_saving():
    village = points(("A1.3",)).village
    assert (village.processing == 1).all() and (village.supply_point == 0).all()
    assert int(village.paid_processing.sum()) == 6 * 120_000_00
    assert village.price_gain == pytest.approx(0.06)
    assert village.yield_gain == pytest.approx(0.03)
    assert (village.outlay_cut == 0).all()


def test_supply_points_cut_the_outlay():
    village = points(("A1.11",)).village
    assert (village.supply_point == 1).all() and (village.processing == 0).all()
    assert village.outlay_cut == pytest.approx(0.05)
    assert village.price_gain == pytest.approx(0.015)


def test_money_binds_and_the_neediest_deep_villages_come_first():
    world = points(("A1.3",), money=2 * 120_000_00 + 100)
    assert world.village.processing.sum() == 2
    assert (world.village.deep[world.village.processing == 1] == 1).all()
    assert world.ledger.waited.sum() > 0
    part = points(("A1.3",), money=150_000_00 + 2).village
    assert part.processing.sum() == 1 and int(part.processing_spent.sum()) == 150_000_00
    assert points(()).village.processing.sum() == 0


TOURS = {"a01_tourism.tourism_deep": 1.0, "a01_tourism.tourism_other": 1.0,
         "a01_tourism.host_share": 1.0}  # fmt: skip


def tourism(month, clauses=("A1.14",), changes=None, **overrides):
    one = RuralTourism()
    parameters = parameters_for(
        (one,), clauses=dict.fromkeys(clauses, 1.0), changes={**TOURS, **(changes or {})}
    )
    world = tiny_world(600, mechanisms=(one,), **overrides)
    world.ledger.grant("tourism", 0, 10**10)
    run_alone(one, world, month, parameters)
    return world


def test_hosts_earn_by_season_and_work_is_easier_to_find():
    world = tourism("2018-08", changes={"economy.wage_index": 1.0})
    earned = world.household.business[world.household.alive == 1]
    assert np.unique(earned).tolist() == [1_000_00 * 18 // 10]
    assert world.village.local_jobs == pytest.approx(0.3)
    assert world.village.did_tourism_months.sum() == (world.household.alive == 1).sum()


def test_nobody_comes_in_the_spring_of_2020():
    world = tourism("2020-04", village_tourism=1)
    assert world.household.business.sum() == 0
    assert world.village.did_tourism_months.sum() == 0
    assert (world.village.local_jobs == 0).all()
    assert tourism("2020-08", village_tourism=1).household.business.sum() > 0


def test_without_the_clause_there_is_no_tourism():
    assert tourism("2018-08", clauses=()).village.tourism.sum() == 0
