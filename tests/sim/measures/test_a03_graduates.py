"""Vocational pupils are aided and certified, graduates placed, a few children board in cities."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a03_graduates import Boarding, Graduates
from sim.world.codes import Education, Job, Registered, School, Skill
from tests.sim.tiny import parameters_for, run_alone, tiny_world

BOTH = {"A3.3": 1.0, "A3.5": 1.0}


def world_of(years=17.0, school=School.VOCATIONAL, persons=3_000, **more):
    fixed = {
        "person_age": int(12 * years), "person_school": school, "person_skill": Skill.ORDINARY,
        "person_serious": 0, "person_certificate": 0, "person_job": Job.NONE, "person_wage": 0,
        "person_education": Education.JUNIOR, "household_registered": Registered.POOR,
    }  # fmt: skip
    return tiny_world(persons, mechanisms=[Graduates()], **(fixed | more))


def month(world, when, clauses, changes=None):
    run_alone(Graduates(), world, when, parameters_for([Graduates()], clauses, changes))
    return world


def living(world, name):
    return world.person[name][world.person.alive == 1]


def test_registered_pupils_are_counted_by_village():
    world = month(world_of(), "2018-03", {})
    assert world.village.vocational_pupils.sum() == (world.person.alive == 1).sum()
    others = month(world_of(household_registered=Registered.NEVER), "2018-03", {})
    assert others.village.vocational_pupils.sum() == 0


def test_the_grant_is_half_a_year_of_it_and_reaches_the_household_whole():
    world = month(world_of(), "2018-03", {"A3.3": 1.0})  # counted; no money yet
    assert world.village.paid_vocational_grants.sum() == 0
    world.ledger.grant("vocational_grants", 0, 10**12)
    month(world, "2018-10", {"A3.3": 1.0})
    pupils = (world.person.alive == 1).sum()
    assert world.village.paid_vocational_grants.sum() == pupils * 750_00
    assert world.household.aid.sum() == pupils * 750_00
    assert (world.household.granted == world.household.aid).all()
    world.ledger.close_month()


def test_short_money_ends_the_grants_and_waits():
    world = month(world_of(), "2018-03", {"A3.3": 1.0})
    world.ledger.grant("vocational_grants", 0, 100 * 750_00)
    month(world, "2018-10", {"A3.3": 1.0})
    assert 90 * 750_00 <= world.village.paid_vocational_grants.sum() <= 100 * 750_00
    assert world.ledger.waited.sum() > 0
    world.ledger.close_month()


@pytest.mark.parametrize(("clauses", "share"), [({}, 0.0), ({"A3.3": 1.0}, 0.7),
                                                ({"A3.3": 0.5}, 0.35)])  # fmt: skip
def test_the_last_year_ends_with_a_certificate(clauses, share):
    world = month(world_of(years=18.2), "2018-09", clauses)
    assert living(world, "certificate").mean() == pytest.approx(share, abs=0.03)
    young = month(world_of(years=17.2), "2018-09", clauses)
    assert not young.person.certificate.any()


GRADUATE = {"years": 19.0, "school": School.NONE, "person_education": Education.SENIOR,
            "person_certificate": 1}  # fmt: skip
COLLEGE = {"years": 23.0, "school": School.NONE, "person_education": Education.COLLEGE}


@pytest.mark.parametrize(
    ("who", "clauses", "share"),
    [(GRADUATE, {}, 0), (GRADUATE, {"A3.3": 1.0}, 0.2), (GRADUATE, {"A3.5": 1.0}, 0.4 / 3),
     (GRADUATE, BOTH, 1 / 3), (COLLEGE, {"A3.3": 1.0}, 0), (COLLEGE, {"A3.5": 1.0}, 0.4 / 3),
     (COLLEGE | {"years": 27.0}, BOTH, 0), (GRADUATE | {"person_certificate": 0}, BOTH, 0),
     (GRADUATE | {"household_registered": Registered.NEVER}, BOTH, 0)],
)  # fmt: skip
def test_schools_and_counties_find_work_for_graduates(who, clauses, share):
    world = month(world_of(**who), "2018-10", clauses)
    works = ~np.isin(living(world, "job"), [Job.NONE, Job.FARM])
    assert works.mean() == pytest.approx(share, abs=0.03)
    done = world.village.did_vocational_placed.sum() + world.village.did_graduates_placed.sum()
    assert done == works.sum()


def test_those_the_school_places_are_the_same_with_and_without_the_county():
    one = month(world_of(**GRADUATE), "2018-10", {"A3.3": 1.0})
    both = month(world_of(**GRADUATE), "2018-10", BOTH)
    assert one.village.did_vocational_placed.sum() == both.village.did_vocational_placed.sum()
    assert both.village.did_graduates_placed.sum() > 0


def test_nobody_is_placed_in_other_months_or_out_of_a_job():
    world = month(world_of(**GRADUATE), "2018-09", BOTH)
    assert set(np.unique(living(world, "job"))) == {Job.NONE}
    world = month(world_of(**GRADUATE, person_job=Job.LOCAL, person_wage=5), "2018-10", BOTH)
    assert set(np.unique(living(world, "wage"))) == {5}


def test_take_up_and_capacity_scale_placement():
    plain = month(world_of(**GRADUATE), "2018-10", {"A3.5": 1.0})
    keen = month(world_of(**GRADUATE, village_takeup=0.5), "2018-10", {"A3.5": 1.0})
    weak = month(world_of(**GRADUATE, county_capacity=-0.5), "2018-10", {"A3.5": 1.0})
    placed = [w.village.did_graduates_placed.sum() for w in (weak, plain, keen)]
    assert placed[0] < placed[1] < placed[2]


def boarders(clauses, fen, willing=0.5):
    from sim.livelihoods.transfers import Transfers

    boarding = Boarding()
    world = tiny_world(3_000, mechanisms=[boarding, Transfers()], household_away=1,
                       household_dependants=2, household_registered=Registered.POOR)  # fmt: skip
    world.ledger.grant("boarding", 0, fen)
    run_alone(boarding, world, "2018-09", parameters_for([boarding], clauses,
              {"a03_boarding.willing": willing}))  # fmt: skip
    return world


def test_donors_pay_the_keep_of_a_few_children_of_the_neediest():
    world = boarders({"A3.8": 1.0}, 41_000_00)
    assert world.village.did_children_boarded.sum() == 10
    assert world.household.aid.sum() == 10 * 4_000_00 == world.village.paid_boarding.sum()
    assert world.ledger.waited.sum() > 0
    world.ledger.close_month()
    assert boarders({}, 10**12).household.aid.sum() == 0
