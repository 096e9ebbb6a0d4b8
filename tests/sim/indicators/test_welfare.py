"""Poverty in many measures, targeting and inequality, worked by hand."""

import numpy as np
import pytest

from sim.indicators.targeting import Targeting, gini
from sim.indicators.welfare import Consumption, Welfare
from tests.sim.indicators.build import Book, observed_world
from tests.sim.tiny import parameters_for

YEAR = 2018
LINE = 100.0 * parameters_for([Welfare()]).value("calendar.line", YEAR * 12 + 11)


def world_of(households):
    """That many households of two, rich and lacking nothing."""
    world = observed_world(400)
    home = world.household
    home["alive"][households:] = 0
    home["alive"][:households], home["size"][:] = 1, 2
    for name in ("income12", "income12_all", "consumption"):
        home[name][:] = int(20 * LINE)
    for name in ("gap_education", "gap_medical", "gap_house", "gap_water", "dibao", "dibao_pay",
                 "granted_year"):  # fmt: skip
        home[name][:] = 0
    return world, home


def december(world, *kinds, months=(12,)):
    book = Book(world, kinds)
    for month in months:
        book.month(f"{YEAR}-{month:02d}")
    return book


def test_gap_and_severity_of_two_incomes():
    world, home = world_of(4)
    home["income12"][:2] = [int(LINE), int(0.5 * LINE)]  # a half and a quarter of the line a head
    home["income12_all"][0] = int(LINE)
    book = december(world, Welfare)
    assert book("fgt_countable", YEAR, group="fgt0") == 0.5
    assert book("fgt_countable", YEAR, group="fgt1") == pytest.approx((0.5 + 0.75) / 4, abs=1e-5)
    assert book("fgt_countable", YEAR, group="fgt2") == pytest.approx((0.25 + 0.5625) / 4, abs=1e-5)
    assert book("fgt_disposable", YEAR, group="fgt0") == 0.25


def test_many_dimensions_by_alkire_and_foster():
    """One lacks two of five, one lacks three, one lacks one (not poor), one nothing."""
    world, home = world_of(4)
    home["income12"][:3] = 0
    home["gap_house"][:2] = 3
    home["gap_water"][1] = 100
    home["gap_medical"][2] = 2  # not yet lasting
    book = december(world, Welfare)

    def value(group):
        return book("multidimensional", YEAR, group=group)

    assert value("H") == pytest.approx(0.5)
    assert value("A") == pytest.approx((0.4 + 0.6) / 2)
    assert value("M0") == pytest.approx(0.25)
    assert value("part_income") == pytest.approx(2 / 5)
    assert value("part_housing") == pytest.approx(2 / 5)
    assert value("part_water") == pytest.approx(1 / 5)
    assert value("part_education") == value("part_health") == 0
    strict = Book(world, (Welfare,), changes={"indicators.deprived_cut": 0.6})
    strict.month(f"{YEAR}-12")
    assert strict("multidimensional", YEAR, group="H") == pytest.approx(0.25)


def test_consumption_is_that_of_single_months():
    world, home = world_of(2)
    book = Book(world, (Consumption,))
    for month in range(1, 13):
        home["consumption"][0] = int(LINE / 12) if month == 6 else int(LINE)
        book.month(f"{YEAR}-{month:02d}")
    assert book("fgt_consumption", YEAR, group="fgt0") == pytest.approx(1 / 8)
    assert book("fgt_consumption", YEAR, group="fgt1") == pytest.approx(0.5 / 8, abs=1e-3)


def test_errors_of_minimum_living_are_judged_on_income_without_it():
    world, home = world_of(5)
    home["dibao"][:3] = 1
    home["dibao_pay"][:3] = int(LINE / 12)
    # with the payment above the line, without it below; the other two recipients never are
    home["income12"][:5] = np.array([2.5, 4.0, 4.0, 1.9, 2.1]) * LINE
    book = december(world, Targeting)
    assert book("dibao_inclusion_error", YEAR) == pytest.approx(2 / 3)
    assert book("dibao_exclusion_error", YEAR) == pytest.approx(1 / 2)


def test_leakage_and_concentration_of_benefits():
    world, home = world_of(5)
    home["income12_all"][:5] = np.array([1, 3, 5, 7, 9]) * LINE
    home["granted_year"][:5] = np.array([0.6, 0.2, 0.2, 0.0, 0.0]) * LINE
    book = december(world, Targeting)
    assert book("benefit_poorest", YEAR) == pytest.approx(0.6, abs=1e-4)
    assert book("benefit_concentration", YEAR) == pytest.approx(3.0, abs=1e-3)
    assert book("benefit_leakage", YEAR) == pytest.approx(0.4, abs=1e-4)
    assert book("income_poorest", YEAR) == pytest.approx(1 / 25, abs=1e-4)


def test_a_fifth_may_cut_through_a_household():
    world, home = world_of(2)
    home["income12_all"][:2] = np.array([2, 6]) * LINE
    home["granted_year"][:2] = np.array([1, 1]) * LINE
    assert december(world, Targeting)("benefit_poorest", YEAR) == pytest.approx(0.2)


def test_gini_of_known_distributions():
    even = np.ones(4)
    assert gini(even, even) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 1.0]), even) == pytest.approx(0.75)
    assert gini(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(0.25)
    # three like households weigh as one that stands for three
    assert gini(np.array([1.0, 1.0, 1.0, 5.0]), even) == pytest.approx(
        gini(np.array([1.0, 5.0]), np.array([3.0, 1.0]))
    )


def test_counties_count_their_own_sample():
    world = observed_world(2_000, counties=2, villages=4)
    home = world.household
    county = world.village["county"][home["village"]]
    home["dibao"][:] = 0
    home["income12"][:] = np.where(county == 0, 0, int(90 * LINE))
    book = december(world, Targeting)
    codes = world.county["code"].tolist()
    assert book("dibao_exclusion_error", YEAR, county=codes[0]) == 1.0
    assert book("dibao_exclusion_error", YEAR, county=codes[1]) == 0.0
    assert book("dibao_exclusion_error", YEAR) == 1.0
