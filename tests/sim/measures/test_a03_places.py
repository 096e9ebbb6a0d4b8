"""Places in vocational schools bind the way into them; kindergartens go where they are needed."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a03_places import BY_PLAN, SchoolBuilding
from tests.sim.tiny import clear_sums, parameters_for, run_alone, run_months, tiny_world

RICH = 10**12
ALL = ("A3.3", "A3.4", "A3.7")


def built(clauses, months=35, money=True, changes=None, **more):
    """The world after so many months from November 2017."""
    places = SchoolBuilding()
    world = tiny_world(12_000, villages=12, counties=2, mechanisms=[places],
                       village_poor_village=1, **more)  # fmt: skip
    if money:
        for programme in ("vocational_schools", "kindergartens"):
            for county in range(2):
                world.ledger.grant(programme, county, RICH)
    run_months([places], world, "2017-11", months, parameters_for([places], clauses, changes),
               each=lambda moment: world.ledger.close_month())  # fmt: skip
    return world


def september(world, clauses):
    clear_sums(world)
    places = SchoolBuilding()
    run_alone(places, world, "2020-09", parameters_for([places], clauses))
    return world


def test_without_the_plan_nothing_is_built_or_pushed():
    world = september(built({}), {})
    assert not world.county.vocational_seats.any()
    assert not (world.village.kindergarten == BY_PLAN).any()
    for push in ("vocational_gain", "preschool_gain", "carers_freed"):
        assert not world.village[push].any()
    assert world.ledger.spent.sum() == 0


def test_places_bind_the_way_into_vocational_school():
    open_door = september(built({"A3.3": 1.0}), {"A3.3": 1.0})
    assert open_door.village.vocational_gain == pytest.approx(0.15)  # only the free places
    both = {"A3.3": 1.0, "A3.4": 1.0}
    world = september(built(both), both)
    assert world.village.vocational_gain == pytest.approx(0.6)  # 0.15 + 0.5 would do
    assert world.county.vocational_seats == pytest.approx(0.5, abs=1e-3)
    empty = september(built({"A3.4": 1.0}), {"A3.4": 1.0})
    assert not empty.village.vocational_gain.any()


def test_a_place_costs_what_it_costs():
    world = built({"A3.4": 1.0})
    people = np.bincount(world.village.county, world.village.persons)
    expected = 0.5 * people * 3 / 1000 * 3 * 25_000_00
    spent = world.ledger.spent[world.ledger.row("vocational_schools")]
    assert spent == pytest.approx(expected, rel=1e-3)


def test_without_money_it_waits():
    world = built({"A3.4": 1.0, "A3.7": 1.0}, 6, money=False)
    assert not world.county.vocational_seats.any()
    assert not (world.village.kindergarten == BY_PLAN).any()
    waited = world.ledger.waited.sum(axis=0)
    assert (waited[world.ledger.row("kindergartens")] > 0).any()
    assert (waited[world.ledger.row("vocational_schools")] > 0).all()


def test_builders_bind_too():
    places = SchoolBuilding()
    world = tiny_world(12_000, villages=12, counties=2, mechanisms=[places],
                       village_poor_village=1)  # fmt: skip
    for county in range(2):
        world.ledger.grant("kindergartens", county, RICH)
    world.ledger.works[:] = 0
    run_alone(places, world, "2018-05", parameters_for([places], {"A3.7": 1.0}), begin=True)
    assert world.village.paid_kindergartens.sum() == 0


NONE_YET = {"a03_places.had_poor": 0.0}


def test_every_poor_village_with_enough_people_gets_a_kindergarten():
    people = np.where(np.arange(12) % 3 == 0, 400, 1_000)
    world = built({"A3.7": 1.0}, 24, changes=NONE_YET, village_persons=people)
    assert ((world.village.kindergarten == BY_PLAN) == (people >= 600)).all()
    spent = world.ledger.spent[world.ledger.row("kindergartens")].sum()
    assert spent == (people >= 600).sum() * 300_000_00


def test_the_poorest_village_comes_first():
    poor = np.arange(12) % 6  # in each county one village has most
    places = SchoolBuilding()
    world = tiny_world(12_000, villages=12, counties=2, mechanisms=[places],
                       village_poor_village=1, village_registered_poor=poor)  # fmt: skip
    for county in range(2):
        world.ledger.grant("kindergartens", county, 301_000_00)
    run_alone(places, world, "2018-05", parameters_for([places], {"A3.7": 1.0}, NONE_YET),
              begin=True)  # fmt: skip
    assert np.flatnonzero(world.village.kindergarten == BY_PLAN).tolist() == [5, 11]


def test_a_new_kindergarten_takes_children_and_frees_carers_and_an_old_one_does_not():
    world = september(built({"A3.7": 1.0}, changes={"a03_places.had_poor": 0.5}), {"A3.7": 1.0})
    new = world.village.kindergarten == BY_PLAN
    assert new.any() and not new.all()
    assert world.village.carers_freed[new] == pytest.approx(0.12)
    assert world.village.preschool_gain[new] == pytest.approx(0.15)
    assert not world.village.carers_freed[~new].any()


def test_it_changes_nothing_it_does_not_declare():
    places = SchoolBuilding()
    world = tiny_world(mechanisms=[places])
    run_alone(places, world, "2018-09", parameters_for([places], dict.fromkeys(ALL, 1.0)),
              begin=True)  # fmt: skip
