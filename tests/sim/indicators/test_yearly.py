"""Yearly indicators: flows, income, care, villages; what is counted and over what."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.indicators.registry import CAUSES
from sim.world.codes import Cause, Job, Registered
from tests.sim.indicators.build import Book, observed_world


def rows_of(world):
    return np.flatnonzero((world.household["alive"] != 0) & (world.household["size"] > 0))


def year_of(world, year, each=None, **more):
    book = Book(world, **more)
    for month in range(1, 13):
        if each:
            each(month)
        book.month(f"{year}-{month:02d}")
    return book


def test_flows_are_those_of_their_year():
    world = observed_world(household_exit_month=0, household_first_month=0)
    home, rows = world.household, rows_of(world)
    a, b, c, d, e = (rows[k * 10 : (k + 1) * 10] for k in range(5))
    home["exit_month"][a] = month_index("2018-12")
    home["poor"][rows], home["poor"][a[:4]] = 0, 1
    home["exit_month"][b] = month_index("2017-12")
    home["relapse_month"][b], home["relapse_cause"][b] = month_index("2018-06"), Cause.ILLNESS
    home["registered_relapse_month"][c], home["cause"][c] = month_index("2018-12"), Cause.DISASTER
    home["first_month"][d] = month_index("2018-12")
    home["registered"][d] = Registered.POOR
    home["relapse_month"][e] = month_index("2019-02")
    book = year_of(world, 2018)

    def size(which):
        return home["size"][which].sum()

    assert book("exits", 2018) == size(a)
    assert book("false_exits", 2018) == size(a[:4])
    assert book("relapses_true", 2018) == size(b)
    assert book("relapse_cause", 2018, group="illness") == size(b)
    assert book("relapses_registered", 2018) == size(c)
    assert book("relapse_cause_registered", 2018, group="disaster") == size(c)
    assert book("new_poor", 2018) == size(d)
    by_cause = sum(book("relapse_cause", 2018, group=cause) for cause in CAUSES)
    assert by_cause == book("relapses_true", 2018)


def test_2017_is_a_whole_year_and_nothing_is_stored_of_the_burn_in():
    world = observed_world()
    home, rows = world.household, rows_of(world)
    home["relapse_month"][rows[:7]] = month_index("2017-03")
    book = year_of(world, 2017)
    assert book("relapses_true", 2017) == home["size"][rows[:7]].sum()
    assert {row[2] for row in book.rows("population")} == {11, 12}


def test_a_new_year_starts_from_nothing():
    world = observed_world(household_wage=100_00)
    book = Book(world)
    for month in range(month_index("2018-01"), month_index("2020-01")):
        book.month(month)
    assert book("income_wage", 2018) == book("income_wage", 2019)


def test_income_is_the_years_flow_over_its_mean_people():
    world = observed_world(household_size=4)

    def each(month):
        home = world.household
        home["wage"][:], home["business"][:] = 400_00, 40_00 * (month == 10)
        home["property"][:], home["transfer"][:] = 0, 3_00 * month
        home["aid"][:] = 1_00 * month

    book = year_of(world, 2018, each)
    assert book("income_wage", 2018) == pytest.approx(1_200.0)
    assert book("income_business", 2018) == pytest.approx(10.0)
    assert book("income_transfer", 2018) == pytest.approx(78.0)
    assert book("income_pc", 2018) == pytest.approx(1_288.0)


def test_hospital_stays_and_the_patients_part():
    world = observed_world(
        household_registered=Registered.EXITED, person_admitted=1, person_bill=1_000_00,
        person_own=300_00,
    )  # fmt: skip
    spare = world.person["alive"] == 0
    assert (world.person["admitted"][spare] == 0).all()
    book = year_of(world, 2018)
    assert book("admissions", 2018, group="registered") == pytest.approx(1_200.0)
    assert book("admissions", 2018, group="other") == 0
    assert book("out_of_pocket", 2018, group="share_registered") == pytest.approx(0.3)


def test_work_away_and_posts_are_counted_at_the_end_of_the_month():
    world = observed_world()
    living = world.person["alive"] != 0
    world.person["job"][:] = Job.FARM
    rows = np.flatnonzero(living)
    world.person["job"][rows[:30]] = Job.MIGRANT_OUT
    world.person["job"][rows[30:50]] = Job.MIGRANT_PROVINCE
    world.person["job"][rows[50:57]] = Job.POST
    book = Book(world)
    book.month("2018-05")
    assert book("migrants", 2018, 5) == 50
    assert book("posts", 2018, 5) == 7


def test_catastrophic_spending_is_40_percent_of_the_years_income():
    world = observed_world(household_size=2, household_medical=10_00)
    home, rows = world.household, rows_of(world)
    home["income12_all"][rows] = 10_000_00
    home["medical_year"][rows] = 3_999_00
    home["medical_year"][rows[:20]] = 4_000_00
    book = year_of(world, 2018)
    assert book("catastrophic_health", 2018) == pytest.approx(20 / len(rows))
    assert book("out_of_pocket", 2018) == pytest.approx(60.0)
    strict = year_of(world, 2018, changes={"indicators.catastrophic_share": 0.39})
    assert strict("catastrophic_health", 2018) == 1.0


def test_villages_without_resettlement_sites():
    world = observed_world(3_000, villages=10)
    village = world.village
    village["site"][9] = 1
    village["collective_year"][:] = [0, 0, 0, 1e6, 6e6, 5e6, 2e6, 0, 4e6, 9e9]
    village["deep"][:] = 0
    village["deep"][:4], village["commissioner"][:] = 1, 0
    village["commissioner"][:3] = 1
    book = year_of(world, 2018)
    assert book("collective_income", 2018) == pytest.approx(18e6 / 9 / 100)
    assert book("collective_income", 2018, group="zero") == pytest.approx(4 / 9)
    assert book("collective_income", 2018, group="above_50000") == pytest.approx(2 / 9)
    assert book("tech_commissioner", 2018) == pytest.approx(0.75)


def test_how_far_the_plan_bound_comes_from_the_counties_books():
    world = observed_world(counties=2, villages=4)
    world.county["exits_eligible"][:] = [100, 300]
    world.county["exits_refused"][:] = [50, 0]
    world.county["sample"][:] = [0.5, 1.0]
    book = year_of(world, 2018)
    code = world.county["code"]
    assert book("quota_bound", 2018, county=int(code[0])) == 0.5
    assert book("quota_bound", 2018, county=int(code[1])) == 0
    assert book("quota_bound", 2018) == pytest.approx(100 / 500)


def test_the_dearest_year_of_a_registered_patient_and_costs_outside_the_lists():
    world = observed_world(counties=2, villages=4, household_registered=Registered.NEVER)
    world.household["registered"][rows_of(world)[:50]] = Registered.POOR
    card = world.household["registered"][world.person["household"]] == Registered.POOR
    rows = np.flatnonzero(card & (world.person["alive"] != 0))
    world.person["own_year"][rows[:3]] = [2_000_00, 3_500_00, 900_00]
    world.person["other_year"][rows[:3]] = [0, 600_00, 0]
    world.person["own_year"][np.flatnonzero(~card)] = 9_000_00
    book = year_of(world, 2018)
    assert book("oop_cap_max", 2018) == 2_900.0
    assert book("noncompliant", 2018) == pytest.approx(600.0 / len(rows))
