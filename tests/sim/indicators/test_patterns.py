"""What published patterns are held against, counted by hand on a handful of households."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.indicators.groups import GroupIncome
from sim.indicators.patterns import Patterns, between
from sim.registry.year_notes import (
    ASSETS,
    AT_RISK,
    FARMING,
    UNKNOWN,
    WORKING,
    PoorYears,
    YearKind,
)
from sim.world.codes import Cause, Job, Registered, Relocation, School
from tests.sim.indicators.build import Book, observed_world
from tests.sim.tiny import now, parameters_for, run_alone

DECEMBER = month_index("2018-12")
ENOUGH = 90_000_000
"""Fen a year that no household here needs more than."""


def small_world():
    """Every household of three, never registered and well off, with no blow and nothing owned."""
    world = observed_world(
        400, household_exit_month=0, household_registered=Registered.NEVER,
        household_registered_relapse_month=0, household_first_month=0, household_disabled=0,
        household_labour=2.0, household_poor_since=0, household_income12=ENOUGH,
        household_income12_all=ENOUGH, household_medical_year=0, household_livestock=0,
        household_equity=0, person_job=Job.NONE,
    )  # fmt: skip
    world.household["size"][:] = 3
    world.household["poor"][:] = 0
    return world, np.flatnonzero(world.household["alive"] != 0)


def december(world):
    book = Book(world, (Patterns,), last=DECEMBER)
    book.month(DECEMBER)
    return book


def line_of(mechanism, month):
    return parameters_for([mechanism]).value("calendar.line", month) * 100.0 * 3


def test_years_in_and_out_of_poverty_are_counted_as_a_yearly_survey_would():
    world, rows = small_world()
    home, mechanism = world.household, PoorYears()
    line = line_of(mechanism, month_index("2016-12"))
    poor_in = {rows[0]: (2016, 2017, 2018), rows[1]: (2017, 2018), rows[2]: (2017,), rows[3]: ()}
    parameters = parameters_for([mechanism])
    for year in (2015, 2016, 2017, 2018):
        for h, years in poor_in.items():
            home["income12_all"][h] = int(line / 2) if year in years else ENOUGH
        run_alone(mechanism, world, f"{year}-12", parameters)
        if year == 2015:
            assert not home["poor_years"].any(), "the first December is too near the start"
    assert home["poor_years"][rows[:4]].tolist() == [UNKNOWN + 2, 2, -1, 0]
    assert home["poor_years_before"][rows[:4]].tolist() == [UNKNOWN + 1, 1, 1, 0]
    book = december(world)
    assert book("poverty_exit", 2018, group="1") == pytest.approx(0.5)
    assert book("poverty_exit", 2018, group="unknown") == 0.0
    assert not book.rows("poverty_entry"), "nobody had left before"


def test_years_out_of_poverty_and_back():
    world, rows = small_world()
    home = world.household
    home["poor_years_before"][rows[:4]] = [-1, -1, -2, 7]
    home["poor_years"][rows[:4]] = [1, -2, -3, 8]
    book = december(world)
    assert book("poverty_entry", 2018, group="1") == pytest.approx(0.5)
    assert book("poverty_entry", 2018, group="2") == 0.0
    assert book("poverty_exit", 2018, group="5+") == 0.0


def test_what_exited_households_live_on_when_the_year_begins_and_who_falls():
    world, rows = small_world()
    home, person = world.household, world.person
    home["registered"][rows[:5]] = Registered.EXITED
    home["poor"][rows[4]] = 1  # fallen already: not at risk
    home["livestock"][rows[:4]] = [0, 0, 9000, 9000]
    for h, job in zip(rows[:4], (Job.LOCAL, Job.FARM, Job.FARM, Job.POST), strict=True):
        person["job"][np.flatnonzero(person["household"] == h)[:1]] = job
    second = np.flatnonzero(person["household"] == rows[3])[1:2]
    person["job"][second] = Job.FARM  # a post beside the farm: neither group
    run_alone(YearKind(), world, "2018-01", parameters_for([YearKind()]))
    assert home["year_kind"][rows[:5]].tolist() == [
        AT_RISK | WORKING, AT_RISK | FARMING, AT_RISK | FARMING | ASSETS, AT_RISK | ASSETS, 0,
    ]  # fmt: skip
    home["poor_since"][rows[1]] = month_index("2018-06")
    book = december(world)
    assert book("relapse_rate", 2018, group="all") == pytest.approx(0.25)
    assert book("relapse_rate", 2018, group="working") == 0.0
    assert book("relapse_rate", 2018, group="farming") == pytest.approx(0.5)
    assert book("relapse_rate", 2018, group="assets_low") == pytest.approx(0.5)
    assert book("relapse_rate", 2018, group="assets_high") == 0.0


def test_exits_by_kind_by_income_and_by_industry():
    world, rows = small_world()
    home = world.household
    home["registered"][rows[:4]] = Registered.POOR
    home["first_month"][rows[3]] = DECEMBER  # written in today: was not on the list to leave it
    home["registered"][rows[4:6]], home["exit_month"][rows[4:6]] = Registered.EXITED, DECEMBER
    home["disabled"][rows[[0, 4]]] = 1
    home["labour"][rows[[0, 1]]] = 0.5
    home["exit_margin"][rows[4:6]] = [1.0, 1.12]
    home["coop"][rows[5]] = 1
    home["income12"][rows[4]] = int(line_of(Patterns(), DECEMBER) * 0.9)
    home["cause"][rows[:4]] = [Cause.ILLNESS, Cause.ILLNESS, Cause.LAND, Cause.ILLNESS]
    book = december(world)
    assert book("exit_rate", 2018, group="all") == pytest.approx(2 / 5)
    assert book("exit_rate", 2018, group="disabled") == pytest.approx(1 / 2)
    assert book("exit_rate", 2018, group="labour_short") == 0.0
    assert book("exit_rate", 2018, group="others") == pytest.approx(1 / 2)
    assert book("exits_industry", 2018) == pytest.approx(0.5)
    seen = {r[4]: r[5] for r in book.rows("exit_income") if r[5] > 0}
    assert seen == {"seen:1.00": 0.5, "seen:1.10": 0.5, "true:below": 0.5, "true:1.50": 0.5}
    assert book("cause_stock", 2018, group="illness") == pytest.approx(0.75)


def test_overlap_of_income_and_guarantees_and_ruinous_care():
    world, rows = small_world()
    home = world.household
    for gap in ("gap_education", "gap_medical", "gap_house", "gap_water"):
        home[gap][:] = 0
    home["registered"][rows[:4]] = Registered.EXITED
    home["relocation"][:] = Relocation.NONE
    home["relocation"][rows[:2]] = Relocation.MOVED
    home["income12"][rows[:2]] = 1
    home["gap_house"][rows[1:3]] = 60
    home["medical_year"][rows[0]] = ENOUGH
    book = december(world)
    assert book("poverty_overlap", 2018, group="registered") == pytest.approx(0.25)
    assert book("poverty_overlap", 2018, group="registered:income") == pytest.approx(0.5)
    assert book("poverty_overlap", 2018, group="relocated:guarantee") == pytest.approx(0.5)
    assert book("catastrophic_group", 2018, group="registered") == pytest.approx(0.25)
    assert book("catastrophic_group", 2018, group="other") == 0.0


def test_moved_families_at_work_and_children_out_of_school():
    world, rows = small_world()
    home, person = world.household, world.person
    home["relocation"][:] = Relocation.NONE
    home["relocation"][rows[:4]] = Relocation.MOVED
    home["labour"][rows[3]] = 0
    person["job"][np.flatnonzero(person["household"] == rows[0])[:1]] = Job.POST
    person["age"][:] = 30 * 12
    young = np.flatnonzero((person["alive"] != 0) & (person["household"] >= 0))[:5]
    person["age"][young] = [12 * 12, 13 * 12, 15 * 12, 15 * 12, 16 * 12]
    person["school"][young] = [
        School.JUNIOR, School.DROPPED_OUT, School.JUNIOR, School.NONE, School.DROPPED_OUT,
    ]  # fmt: skip
    book = december(world)
    assert book("relocated_working", 2018, group="all") == pytest.approx(1 / 4)
    assert book("relocated_working", 2018, group="able") == pytest.approx(1 / 3)
    assert book("dropout_junior", 2018, group="all") == pytest.approx(1 / 3)
    assert not [r for r in book.rows("dropout_junior") if r[4] == "registered"], "nobody of them"


def test_income_of_groups_over_the_year():
    world, rows = small_world()
    home = world.household
    for flow in ("wage", "business", "property", "transfer", "aid", "medical"):
        home[flow][:] = 0
    home["registered"][rows[:2]] = Registered.POOR
    home["relocation"][:] = Relocation.NONE
    home["relocation"][rows[1]] = Relocation.APPROVED
    home["wage"][rows[0]], home["aid"][rows[1]], home["transfer"][rows[1]] = 30_000, 1_000, 2_000
    home["medical"][rows[1]] = 600
    book = Book(world, (GroupIncome,), last=DECEMBER)
    for month in range(DECEMBER - 11, DECEMBER + 1):
        book.month(month)
    # 300 and 30 yuan a month, shared by six people
    assert book("income_group", 2018, group="registered") == pytest.approx(12 * 330 / 6)
    assert book("income_group", 2018, group="registered:transfer") == pytest.approx(12 * 30 / 6)
    assert book("income_group", 2018, group="waiting") == pytest.approx(12 * 30 / 3)
    assert book("oop_group", 2018, group="registered") == pytest.approx(12 * 6 / 6)
    assert not [r for r in book.rows("income_group") if r[4].startswith("relocated")]


def test_variance_between_villages():
    place = np.repeat([0, 1, 3], 10)
    assert between(place, np.repeat([True, False, False], 10)) == pytest.approx(1.0)
    assert between(place, np.tile([True, False], 15)) == 0.0
    assert between(place, np.zeros(30, bool)) == 0.0
    mixed = np.zeros(30, bool)
    mixed[:9] = mixed[10:13] = mixed[20:23] = True
    among, within = 10 * (0.4**2 + 0.2**2 + 0.2**2) / 2, (0.9 + 2.1 + 2.1) / 27
    assert between(place, mixed) == pytest.approx((among - within) / (among + 9 * within))


def test_no_year_before_the_plan_is_counted_twice():
    world, _ = small_world()
    world.household["poor_years"][:] = 3
    run_alone(PoorYears(), world, "2015-12", parameters_for([PoorYears()]))
    assert (world.household["poor_years"] == 3).all()
    assert now("2018-12").calendar == 12
