"""Certificates and their errors; bad work that fails."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a05_condition import HouseCondition
from sim.world.codes import HouseWork
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

SURE = {"a05_condition.error": 0.0, "a05_condition.assessed": 1.0}


def world_of(**more):
    return tiny_world(6_000, mechanisms=[HouseCondition()], **more)


def of(world, name):
    return world.household[name][world.household.alive == 1]


def test_the_certificates_at_the_start_miss_a_tenth():
    world = world_of(household_house=3)
    condition = HouseCondition()
    run_alone(condition, world, "2015-11", parameters_for([condition]), begin=True)
    cert = of(world, "house_cert")
    assert (cert == 2).mean() == pytest.approx(0.08, abs=0.02)  # 10 %, four in five too good
    assert (cert == 4).mean() == pytest.approx(0.02, abs=0.01)


def test_in_a_year_every_house_has_its_turn_once():
    world = world_of(household_house=3)
    condition = HouseCondition()
    parameters = parameters_for([condition], {}, SURE)
    seen = []

    def each(_):
        seen.append(int(world.village.did_houses_assessed.sum()))

    run_months([condition], world, "2018-01", 12, parameters, each=each)
    assert sum(seen) == (world.household.alive == 1).sum()
    assert set(of(world, "house_cert")) == {3}


def wrong_after_a_year(clauses):
    world = world_of(household_house=3)
    condition = HouseCondition()
    run_months([condition], world, "2018-01", 12, parameters_for([condition], clauses))
    return (of(world, "house_cert") != 3).mean(), world


def test_one_definition_and_a_certificate_mean_fewer_errors():
    assert wrong_after_a_year({"A5.1": 1.0})[0] < 0.75 * wrong_after_a_year({})[0]


def test_after_a_flood_the_village_is_assessed():
    world = world_of(household_house=4, household_house_cert=1, village_hit=4)
    condition = HouseCondition()
    run_alone(condition, world, "2018-07", parameters_for([condition], {}, {
        **SURE, "a05_condition.assessed_flood": 1.0}))  # fmt: skip
    assert set(of(world, "house_cert")) == {4}


def test_a_defect_fails_in_time_and_nothing_else_does():
    world = world_of(household_house=1, household_house_cert=1,
                     household_house_works=HouseWork.DEFECT + HouseWork.SUPPORTED,
                     village_id=12 * np.arange(1, 21, dtype=np.uint64) + 6)  # fmt: skip
    condition = HouseCondition()
    run_alone(condition, world, "2018-07", parameters_for([condition], {}, {
        **SURE, "a05_condition.defect_fails": 1.0}))  # fmt: skip
    assert set(of(world, "house")) == {3}
    assert set(of(world, "house_works")) == {HouseWork.SUPPORTED}
    assert world.village.did_houses_failed.sum() == (world.household.alive == 1).sum()
    sound = world_of(household_house=1, household_house_cert=1)
    run_alone(condition, sound, "2018-07", parameters_for([condition], {}, SURE))
    assert set(of(sound, "house")) == {1}
