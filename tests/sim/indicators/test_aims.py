"""The aims T1 to T3 by hand."""

import numpy as np
import pytest

from sim.indicators.aims import SERVICES, Aims
from sim.world.codes import Registered
from tests.sim.indicators.build import Book, observed_world
from tests.sim.tiny import parameters_for


def test_stable_guarantees_are_of_persons_with_a_card_and_twelve_months():
    world = observed_world(
        600,
        household_size=4,
        household_registered=[Registered.EXITED, Registered.NEVER],
        household_secure=[12, 0, 11, 50],
    )
    book = Book(world, [Aims])
    book.month("2018-12")
    assert book("guarantees_stable", 2018) == pytest.approx(0.5, abs=0.02)


def test_income_growth_is_held_against_the_province():
    world = observed_world(600, household_income12_all=1_000_00)
    growth = parameters_for([Aims()]).value("indicators_aims.province_growth", 2018 * 12 + 11)
    book = Book(world, [Aims])
    book.month("2017-12")
    world.household.income12_all[:] = np.round(world.household.income12_all * 1.2)
    book.month("2018-12")
    assert book("income_growth_gap", 2018) == pytest.approx(0.2 - growth, abs=1e-6)
    with pytest.raises(KeyError):
        book("income_growth_gap", 2017)


def test_the_largest_gap_of_services_counts():
    full = {f"indicators_aims.province_{name}": 0.5 for name in SERVICES}
    world = observed_world(
        600,
        villages=2,
        county_hamlet_road=1.0,
        county_tap_coverage=1.0,
        village_fibre=1,
        village_clinic=1,
        village_doctor=1,
        village_kindergarten=[1, 0],
        township_gp=9,
        county_persons_start=600,
    )
    book = Book(world, [Aims], changes=full)
    book.month("2018-12")
    assert book("services_gap", 2018) == 0.0
    assert book("service_level", 2018, group="kindergarten") == 0.5
    world.county.tap_coverage[:] = 0.4
    book.month("2019-12")
    assert book("services_gap", 2019) == pytest.approx(0.2)
    mean = Book(world, [Aims], changes={**full, "indicators_aims.near_means": "mean"})
    mean.month("2019-12")
    assert mean("services_gap", 2019) == pytest.approx(0.2 / len(SERVICES))
