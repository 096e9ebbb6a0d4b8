"""Households that divide: nobody and nothing is lost, and the register goes with both parts."""

import numpy as np
import pytest

from sim.shocks.demography import Demography
from sim.shocks.people import People
from sim.shocks.splits import DIVIDED, HouseholdSplits
from sim.world.codes import Relation
from tests.sim.tiny import parameters_for, run_alone, run_months, snapshot, tiny_world

ALWAYS = {"household_splits.split_rate": 1.0}
MONEY = [
    name for name in DIVIDED if name not in ("land", "irrigated", "rented_out", "herd", "labour")
]


def three_generations(persons=2_000, **overrides):
    """A tiny world in which the eldest child of many households is a married son with wife and
    children, aged to fit."""
    world = tiny_world(persons, mechanisms=[Demography(), HouseholdSplits()], **overrides)
    person, made = world.person, 0
    for h in np.nonzero(world.household.size >= 6)[0]:
        rows = np.nonzero((person.household == h) & (person.alive > 0))[0]
        kids = rows[person.relation[rows] == Relation.CHILD]
        if len(kids) < 3:
            continue
        son, wife, child = kids[:3]
        person.age[[son, wife, child]] = 12 * 30, 12 * 28, 12 * 4
        person.female[[son, wife, child]] = 0, 1, 0
        person.married[[son, wife]] = 1
        person.relation[child] = Relation.GRANDCHILD
        made += 1
    assert made > 10
    return world


@pytest.fixture(scope="module")
def divided():
    world = three_generations()
    before = snapshot(world)
    run_alone(HouseholdSplits(), world, "2018-03", parameters_for([HouseholdSplits()], {}, ALWAYS))
    new = np.nonzero((before["household.id"] == 0) & (world.household.id != 0))[0]
    return world, before, new, world.household.kin[new]


def test_nobody_is_lost_and_both_parts_have_a_head(divided):
    world, before, new, old = divided
    assert len(new) > 10
    assert (world.person.alive == before["person.alive"]).all()
    living = world.person.alive > 0
    size = np.bincount(world.person.household[living], minlength=len(world.household.id))
    assert (size[new] + size[old] == before["household.size"][old]).all()
    assert (world.household.size[new] == size[new]).all()
    assert (world.household.size[old] == size[old]).all()
    is_head = living & (world.person.relation == Relation.HEAD)
    heads = np.bincount(world.person.household[is_head], minlength=len(size))
    assert (heads[new] == 1).all() and (heads[old] == 1).all()


def test_husband_wife_and_child_leave_together(divided):
    world, _, new, _ = divided
    for h in new:
        rows = np.nonzero((world.person.household == h) & (world.person.alive > 0))[0]
        relations = sorted(world.person.relation[rows].tolist())
        assert relations[:2] == [Relation.HEAD, Relation.SPOUSE]
        assert all(r == Relation.CHILD for r in relations[2:])


@pytest.mark.parametrize("name", MONEY)
def test_money_is_divided_to_the_fen(divided, name):
    world, before, new, old = divided
    was = before[f"household.{name}"][..., old].astype(np.int64)
    now = world.household[name][..., new].astype(np.int64) + world.household[name][..., old]
    assert (was == now).all()


def test_land_goes_by_heads(divided):
    world, before, new, old = divided
    share = world.household.size[new] / before["household.size"][old]
    assert np.allclose(world.household.land[new], share * before["household.land"][old], rtol=1e-5)
    both = world.household.land[new] + world.household.land[old]
    assert np.allclose(both, before["household.land"][old], rtol=1e-6)


def test_the_registered_state_is_the_parents(divided):
    world, before, new, old = divided
    for name in ("registered", "cause", "first_month", "exit_month", "exit_margin", "village",
                 "house", "water", "poor", "poor_since"):  # fmt: skip
        assert (world.household[name][new] == before[f"household.{name}"][old]).all(), name
    assert (world.household.kin[new] == old).all()


def test_the_new_household_is_named_after_the_old_and_the_leaver():
    one, other = (three_generations(spare=(0.1, 0.5)) for _ in range(2))
    p = parameters_for([HouseholdSplits()], {}, ALWAYS)
    run_alone(HouseholdSplits(), one, "2018-03", p)
    # in the other world the first households of each village do not split: rows differ
    for first in other.village.first_household:
        other.person.married[other.person.household < first + 40] = 0
    run_alone(HouseholdSplits(), other, "2018-03", p)
    new = set(other.household.id.tolist()) - {0}
    assert new < set(one.household.id.tolist())


def test_only_in_its_month_and_only_as_often_as_asked():
    world = three_generations(6_000)
    before = world.household.alive.sum()
    p = parameters_for([HouseholdSplits()], {}, {"household_splits.split_rate": 0.2})
    run_alone(HouseholdSplits(), world, "2018-04", p)
    assert world.household.alive.sum() == before
    married = (world.person.married > 0) & (world.person.female == 0) & (world.person.alive > 0)
    sons = (married & (world.person.relation == Relation.CHILD)).sum()
    run_alone(HouseholdSplits(), world, "2018-03", p)
    assert 0.1 * sons < world.household.alive.sum() - before < 0.3 * sons


def test_without_a_row_nobody_leaves_and_it_is_counted():
    world = three_generations(spare=(0.1, 0.0))
    world.household.id[world.household.id == 0] = 1  # no unused row anywhere
    before = world.person.household.copy()
    run_alone(HouseholdSplits(), world, "2018-03", parameters_for([HouseholdSplits()], {}, ALWAYS))
    assert (world.person.household == before).all()
    assert world.village.no_room_household.sum() > 10


def test_cleared_rows_are_as_new_and_the_living_untouched():
    world = tiny_world(2_000, mechanisms=[Demography(), HouseholdSplits(), People()])
    dead = np.arange(0, len(world.person.id), 7)
    dead = dead[world.person.id[dead] != 0]
    world.person.alive[dead] = 0
    ended = int(np.nonzero(world.household.kin >= 0)[0][0])
    kin = int(world.household.kin[ended])
    world.household.alive[kin] = 0
    world.household.cash[kin] = 123
    before = snapshot(world)
    run_alone(HouseholdSplits(), world, "2019-01", parameters_for([HouseholdSplits()]))
    for key, one in world.columns.items():
        kind, name = key.split(".")
        if kind == "person":
            assert (world.person[name][dead] == one.start).all(), key
            rest = np.setdiff1d(np.arange(len(world.person.id)), dead)
            assert (world.person[name][rest] == before[key][rest]).all(), key
    assert world.household.id[kin] == 0 and world.household.cash[kin] == 0
    assert world.household.kin[ended] == -1
    assert world.household.village[kin] == before["household.village"][kin]


def test_rows_are_used_again_over_many_years():
    world = tiny_world(1_200, mechanisms=[Demography(), HouseholdSplits()], spare=(0.15, 0.1))
    parts = [HouseholdSplits(), Demography()]
    run_months(parts, world, "2017-11", 98, parameters_for(parts))
    assert world.village.no_room.sum() == 0
    assert world.village.no_room_household.sum() == 0
