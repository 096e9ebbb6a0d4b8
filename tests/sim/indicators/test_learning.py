"""School, first jobs, elders and two kinds of costs, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.indicators.learning import Learning
from sim.world.codes import Job, Registered, School
from tests.sim.indicators.build import Book, observed_world


def december(world):
    book = Book(world, kinds=[Learning])
    book.month("2018-12")
    return book


def living(world):
    return np.flatnonzero(world.person["alive"] == 1)


def test_out_of_school_is_over_children_who_should_be_there():
    world = observed_world(person_age=10 * 12, person_school=School.PRIMARY)
    rows = living(world)
    world.person["school"][rows[:30]] = School.DROPPED_OUT
    world.person["school"][rows[30:40]] = School.NONE  # unable to attend
    world.person["age"][rows[40:60]] = 16 * 12  # too old
    book = december(world)
    assert book("out_of_school", 2018) == pytest.approx(30 / (len(rows) - 30))


def test_kindergarten_and_upper_school():
    world = observed_world(person_age=4 * 12, person_school=School.NONE)
    rows = living(world)
    world.person["school"][rows[:60]] = School.PRESCHOOL
    world.person["age"][rows[100:200]] = 17 * 12
    world.person["school"][rows[100:140]] = School.SENIOR
    world.person["school"][rows[140:150]] = School.VOCATIONAL
    book = december(world)
    assert book("preschool", 2018) == pytest.approx(60 / (len(rows) - 100))
    assert book("upper_school", 2018) == pytest.approx(0.5)


def test_the_young_of_registered_households_out_of_school():
    world = observed_world(
        person_age=20 * 12, person_school=School.NONE, person_job=Job.FARM, person_wage=0,
        household_registered=Registered.EXITED,
    )  # fmt: skip
    rows = living(world)
    world.person["school"][rows[:100]] = School.COLLEGE
    world.person["job"][rows[100:150]] = Job.LOCAL
    world.person["wage"][rows[100:150]] = 2_000_00
    book = december(world)
    assert book("wage_young", 2018) == pytest.approx(50 * 2_000 / (len(rows) - 100))
    world.household["registered"][:] = Registered.NEVER
    assert december(world)("wage_young", 2018) == 0


def test_costs_and_elders():
    world = observed_world(household_registered=Registered.NEVER)
    home = world.household
    rows = np.flatnonzero((home["alive"] == 1) & (home["size"] > 0))
    home["pensioners"][:] = 0
    home["dibao"][:] = 0
    old = rows[:20]
    home["pensioners"][old] = home["size"][old]
    home["dibao"][rows[:5]] = 1
    home["dibao"][rows[30:40]] = 1
    home["ceremony"][rows] = 100_00
    home["schooling"][rows] = 50_00
    home["registered"][rows[:8]] = Registered.POOR
    book = december(world)
    assert book("elders_dibao", 2018) == pytest.approx(5 / 20)
    people = home["size"][rows].sum()
    assert book("ceremony_cost", 2018) == pytest.approx(12 * 100 * len(rows) / people)
    theirs = home["size"][rows[:8]].sum()
    assert book("schooling_cost", 2018) == pytest.approx(12 * 50 * 8 / theirs)
