"""Hygiene, the look of villages, paving: what is built, for what money, and what it moves."""

from __future__ import annotations

import pytest

from sim.ledger import FUNDS
from sim.measures.a05_village import VillageHomes
from tests.sim.tiny import parameters_for, run_alone, tiny_world

PROGRAMMES = ("clean_homes", "village_look", "paving", "paving_work")


def built(clauses, money=10**13, month="2018-05", **more):
    homes = VillageHomes()
    world = tiny_world(3_000, villages=12, counties=2, mechanisms=[homes],
                       village_poor_village=1, **more)  # fmt: skip
    for programme in PROGRAMMES:
        for county in range(2):
            world.ledger.grant(programme, county, money)
    run_alone(homes, world, month, parameters_for([homes], clauses))
    return world


def test_a_third_of_a_years_paving_and_the_pay_for_it():
    world = built({"A5.13": 1.0})
    village = world.village
    assert village.paved == pytest.approx(0.35 * 0.34, rel=1e-4)
    cost = 0.35 * 0.34 * 6_000_00 * village.households.sum()
    assert village.paid_paving.sum() == pytest.approx(0.88 * cost, rel=1e-4)
    assert village.paid_paving_work.sum() == pytest.approx(0.12 * cost, rel=1e-3)
    assert world.household.wage.sum() == village.paid_paving_work.sum()
    assert (world.household.wage == world.household.granted).all()
    registered = world.household.registered[world.household.wage > 0]
    assert set(registered) <= {1, 2, 3}
    assert (village.care_gain > 0).all()
    world.ledger.close_month()


def test_hygiene_prevents_illness_and_looks_move_nothing():
    clean = built({"A5.9": 1.0})
    assert clean.village.incidence_cut == pytest.approx(0.05 * 0.25 * 0.34, rel=1e-4)
    look = built({"A5.12": 1.0})
    assert (look.village.village_look > 0).all()
    assert not look.village.incidence_cut.any()
    assert not look.village.care_gain.any()


def test_nothing_is_built_without_clauses_money_or_out_of_season():
    for world in (built({}), built({"A5.9": 1.0, "A5.13": 1.0}, month="2018-01")):
        assert not world.village.paved.any()
        assert not world.village.clean_homes.any()
        assert not world.ledger.asked.any()
    broke = built({"A5.13": 1.0}, money=0)
    assert not broke.village.paved.any()
    assert broke.ledger.waited[FUNDS, broke.ledger.row("paving")].sum() > 0


def test_other_villages_are_not_meant():
    world = built({"A5.9": 1.0}, village_deep=0, village_site=1)
    assert not world.village.clean_homes.any()
