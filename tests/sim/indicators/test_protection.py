"""The indicators of social protection, counted by hand on a small world."""

from __future__ import annotations

import numpy as np
import pytest

from sim.indicators.protection import Protection
from sim.month import SCHEDULE
from sim.world.codes import Cause, Registered, School
from tests.sim.tiny import now, parameters_for, tiny_world


def seen(month="2019-12", **overrides):
    """The rows of the whole scope, by name, and the world."""
    own = [column for mechanism in SCHEDULE.mechanisms() for column in mechanism.columns]
    world = tiny_world(1_000, columns=dict.fromkeys(own), **overrides)
    world.county.dibao_ratio[:] = 1.0
    observation = Protection()
    observation.bind(world, parameters_for([observation]), 1)
    observation.attach(len(world.county.code))
    observation.open_month(now(month))
    rows = list(observation.rows(world, now(month)))
    return {name: value for code, _, _, name, _, value in rows if code == 0}, world


def test_only_december_gives_rows():
    assert seen("2019-11")[0] == {}


def test_exclusion_leaves_out_what_minimum_living_itself_pays():
    """Line of 2019: 3,747 yuan. Income 4,000 of which 1,200 is dibao: eligible, and in it."""
    home = {"household_size": 2, "household_income12": 800_000, "household_dibao": 1,
            "household_dibao_pay": 20_000}  # fmt: skip
    assert seen(**home)[0]["dibao_exclusion"] == 0.0
    out = {**home, "household_dibao": 0, "household_income12": 700_000}
    assert seen(**out)[0]["dibao_exclusion"] == 1.0
    assert "dibao_exclusion" not in seen(**{**out, "household_income12": 800_000})[0]


def test_exits_that_rest_on_minimum_living():
    left = {"household_registered": int(Registered.EXITED), "household_exit_month": 2019 * 12 + 11,
            "household_dibao": 1, "household_dibao_pay": 30_000}  # fmt: skip
    assert seen(household_income12=700_000, **left)[0]["exits_on_dibao"] == 1.0
    assert seen(household_income12=730_000, **left)[0]["exits_on_dibao"] == 0.0


def test_the_lag_is_a_mean_over_the_year_and_over_all_counties():
    given, world = seen(counties=2, village_did_dibao_hit=3, village_did_dibao_waited=12)
    assert len(world.village.id) > 1
    assert given["dibao_lag"] == pytest.approx(4.0)


def test_people_and_households_of_the_disabled():
    given, world = seen(
        household_registered=int(Registered.POOR), household_blow=int(Cause.DISASTER),
        household_disabled=1, household_care=1, household_severe_grown=1, person_own_year=50_000,
    )  # fmt: skip
    home, person = world.household, world.person
    alive = person.alive == 1
    grade = person.disability
    assert given["care_reach"] == 1.0 and given["disabled_with_equity"] == 0.0
    lives = (home.alive == 1) & (home.size > 0)
    income = home.income12[lives].astype(np.int64).sum() / 100 / home.size[lives].sum()
    assert (
        given["income_struck"] == pytest.approx(income) == pytest.approx(given["income_disabled"])
    )
    disabled = alive & (grade > 0)
    assert given["uninsured_disabled"] == pytest.approx((person.insured[disabled] == 0).mean())
    assert given["oop_severely_disabled"] == pytest.approx(500.0)
    young = disabled & (person.age >= 72) & (person.age < 180)
    learns = np.isin(person.school[young], [School.PRIMARY, School.JUNIOR])
    assert given["disabled_in_school"] == pytest.approx(learns.mean())
