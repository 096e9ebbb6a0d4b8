"""The health system: every clause moves its own lever, and the dated ones are done in time."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a04_hospitals import HospitalBuilding
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ALL = tuple(f"A4.{k}" for k in range(9, 17))


def built(clauses, until_months=38, changes=None, **more):
    """The world after so many months from November 2017."""
    hospitals = HospitalBuilding()
    world = tiny_world(3_000, villages=60, counties=6, mechanisms=[hospitals], **more)
    parameters = parameters_for([hospitals], clauses, changes)
    run_months([hospitals], world, "2017-11", until_months, parameters)
    return world


@pytest.fixture(scope="module")
def none():
    return built({})


@pytest.fixture(scope="module")
def plan():
    return built(dict.fromkeys(ALL, 1.0))


def test_the_dated_targets_are_met_on_time(plan):
    assert (plan.county.specialties > 0.999).all()
    assert (plan.county.disciplines > 0.999).all()
    assert (plan.township.gp == 5).all()
    assert (plan.township.centre == 1).all()
    assert (plan.township.telemedicine == 1).all()
    assert (plan.village.doctor == 1).all()
    assert (plan.village.clinic[plan.village.deep == 1] == 1).all()


def test_specialties_are_done_in_2018_and_not_before():
    early, due = built({"A4.9": 1.0}, 13), built({"A4.9": 1.0}, 14)
    assert (early.county.specialties < 0.99).all()
    assert (due.county.specialties > 0.999).all()


def test_a_slip_misses_the_date():
    late = built(dict.fromkeys(ALL, 1.0), changes={"a04_hospitals.slip": 12})
    assert (late.county.disciplines < 0.9).all()
    assert late.village.doctor.mean() < 1.0


def test_nothing_is_built_without_the_plan_but_a_few_clinics(none):
    assert not none.county.specialties.any()
    assert not none.county.experts.any()
    assert not none.township.telemedicine.any()
    assert none.county.referred == pytest.approx(0.20)
    assert 0.6 < none.village.doctor.mean() < 1.0


@pytest.mark.parametrize("clause", ["A4.9", "A4.10", "A4.14", "A4.15"])
def test_hospitals_experts_and_telemedicine_save_referrals(none, clause):
    world = built({clause: 1.0})
    assert (world.county.referred < none.county.referred - 1e-4).all()
    assert (world.county.township_care == none.county.township_care).all()


@pytest.mark.parametrize("clause", ["A4.11", "A4.13"])
def test_township_centres_and_their_doctors_treat_more_cases(none, clause):
    world = built({clause: 1.0})
    assert world.county.township_care.sum() > none.county.township_care.sum()
    assert (world.county.township_care >= none.county.township_care).all()
    assert (world.county.referred == none.county.referred).all()


def test_clinics_go_to_deep_villages_and_stay_when_the_clause_ends(none):
    hospitals = HospitalBuilding()
    world = tiny_world(3_000, villages=60, counties=6, mechanisms=[hospitals])
    on = np.where(np.arange(122) < 60, 1.0, 0.0)  # until October 2020
    parameters = parameters_for([hospitals], {"A4.12": on, "A4.14": on})
    run_months([hospitals], world, "2017-11", 80, parameters)
    deep = world.village.deep == 1
    assert (world.village.clinic[deep] == 1).all()
    assert (world.village.clinic[~deep] >= none.village.clinic[~deep]).all()
    assert (world.county.experts < 0.01).all()  # what is lent is not


def test_experts_go_to_the_tibetan_prefecture_first():
    prefecture = np.array([6230, 6201, 6201, 6201, 6201, 6201])
    world = built({"A4.14": 1.0}, county_prefecture=prefecture)
    assert world.county.experts[0] == pytest.approx(2 * world.county.experts[1])


def test_health_data_are_shared_with_the_register(none, plan):
    assert not none.county.health_data.any()
    assert (plan.county.health_data > 0.85).all()


def test_every_clause_that_builds_costs_money_and_by_the_sampled_share():
    for clause in ("A4.9", "A4.10", "A4.11", "A4.12", "A4.13", "A4.15"):
        hospitals = HospitalBuilding()
        world = tiny_world(3_000, villages=60, counties=6, mechanisms=[hospitals])
        spent = []
        run_months(
            [hospitals], world, "2017-11", 38,
            parameters_for([hospitals], {clause: 1.0}, {"a04_hospitals.clinic_ordinary": 0.0}),
            each=lambda moment, world=world, spent=spent: spent.append(
                world.village.paid_health_works.sum()
            ),
        )  # fmt: skip
        assert sum(spent) > 0, clause
    whole, tenth = built({"A4.9": 1.0}, 1), built({"A4.9": 1.0}, 1, county_sample=0.1)
    costs = [w.village.paid_health_works.sum() for w in (whole, tenth)]
    assert costs[1] == pytest.approx(costs[0] / 10, rel=1e-3)


def test_a_settlement_comes_with_its_clinic():
    site = np.arange(60) % 10 == 9
    world = built({}, 1, village_site=site)
    assert (world.village.clinic[site] == 1).all()


def test_it_changes_nothing_it_does_not_declare():
    hospitals = HospitalBuilding()
    world = tiny_world(mechanisms=[hospitals])
    run_alone(hospitals, world, "2018-06", parameters_for([hospitals], {}), begin=True)
