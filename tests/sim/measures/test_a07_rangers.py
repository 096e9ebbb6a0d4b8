"""Rangers: registered people only, one post a household, paid every month, until they can not."""

from __future__ import annotations

import numpy as np

from sim.measures.a02_employment import Employment
from sim.measures.a02_office import EmploymentOffice
from sim.measures.a07_rangers import Rangers
from sim.world.codes import Job, Registered, Skill
from tests.sim.tiny import clear_sums, parameters_for, run_alone, run_months, tiny_world


def january(clauses, changes=None, **more):
    rangers = Rangers()
    more = {"village_terrain": [3, 1], "county_registered_start": 1_000, **more}
    world = tiny_world(4_000, villages=10, counties=2, mechanisms=[rangers], **more)
    run_alone(rangers, world, "2018-01", parameters_for([rangers], clauses, changes))
    return world


def test_posts_go_to_registered_households_one_each():
    world = january({"A7.3": 1.0})
    person = world.person
    holders = np.flatnonzero(person.ranger == 1)
    assert abs(len(holders) - 2 * 16 * 1.15) <= 2
    homes = person.household[holders]
    assert len(np.unique(homes)) == len(homes)
    assert (world.household.registered[homes] == Registered.POOR).all()
    assert (person.job[holders] == Job.POST).all()
    assert (person.wage[holders] == round(8000 / 12 * 100)).all()
    assert not (person.ranger == 2).any()


def test_grassland_posts_are_for_pastoral_villages():
    world = january({"A7.7": 1.0})
    holders = np.flatnonzero(world.person.ranger == 2)
    assert holders.size
    home = world.household.village[world.person.household[holders]]
    assert (world.village.terrain[home] == 3).all()
    assert not (world.person.ranger == 1).any()


def test_a_month_of_pay_by_the_fen():
    world = january({"A7.3": 1.0, "A7.7": 1.0})
    paid = world.village.paid_forest_rangers.sum() + world.village.paid_grass_rangers.sum()
    number = int((world.person.ranger > 0).sum())
    assert paid == world.household.wage.sum() == number * round(8000 / 12 * 100)
    months = world.village.did_forest_ranger_months + world.village.did_grass_ranger_months
    assert months.sum() == number
    world.ledger.close_month()


def test_nobody_without_the_clauses_and_posts_end_with_them():
    assert not january({}).person.ranger.any()
    world = january({"A7.3": 1.0})
    rangers = Rangers()
    holders = np.flatnonzero(world.person.ranger)
    clear_sums(world)
    run_alone(rangers, world, "2019-01", parameters_for([rangers], {}))
    assert not world.person.ranger.any()
    assert (world.person.job[holders] == Job.FARM).all()
    assert (world.household.blow_size[world.person.household[holders]] > 0).all()


def test_who_can_not_work_leaves_the_post():
    world = january({"A7.3": 1.0})
    one = np.flatnonzero(world.person.ranger)[0]
    world.person.skill[one] = Skill.LOST
    clear_sums(world)
    rangers = Rangers()
    run_alone(rangers, world, "2018-02", parameters_for([rangers], {"A7.3": 1.0}))
    assert world.person.ranger[one] == 0 and world.person.job[one] != Job.POST
    assert world.household.wage[world.person.household[one]] == 0


def test_public_posts_and_rangers_leave_each_other_alone():
    office, employment, rangers = EmploymentOffice(), Employment(), Rangers()
    everything = [rangers, office, employment]
    world = tiny_world(6_000, villages=20, mechanisms=everything, county_registered_start=1_000)
    clauses = {"A7.3": 1.0, "A2.6": 1.0, "A2.5": 1.0}
    parameters = parameters_for(everything, clauses)
    run_months(everything, world, "2018-01", 8, parameters)
    person = world.person
    ranger, post = person.ranger > 0, (person.job == Job.POST) & (person.ranger == 0)
    assert ranger.any() and post.any()
    both = np.intersect1d(person.household[ranger], person.household[post])
    assert not both.size
    assert (person.job[ranger] == Job.POST).all()
    assert world.village.posts.sum() == post.sum()
    assert world.village.paid_forest_rangers.sum() == ranger.sum() * round(8000 / 12 * 100)
