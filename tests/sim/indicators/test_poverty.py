"""Headcounts and the Foster-Greer-Thorbecke measures, against figures worked by hand."""

import numpy as np
import pytest

from sim.indicators.core import Core
from sim.indicators.poverty import Poverty
from sim.world.codes import Registered, Relocation
from tests.sim.indicators.build import Book, observed_world

Z = 3_500.0  # yuan, 2018


def hand_world(size, income, **more):
    """Exactly these households: members, and countable income a head in shares of the line."""
    world = observed_world(60)
    home = world.household
    home["alive"][:] = 0
    n = len(size)
    home["alive"][:n], home["size"][:n] = 1, size
    home["income12"][:n] = np.round(np.array(size) * np.array(income) * Z * 100)
    for name, values in more.items():
        home[name][:n] = values
    return world


def test_a_village_of_four_households_by_hand():
    # members 2, 3, 4, 1 with incomes of 0.5, 0.8, 1.2 and 2.0 lines:
    # FGT0 of income = 5/10, FGT1 = (2*0.5 + 3*0.2)/10 = 0.16, FGT2 = (2*0.25 + 3*0.04)/10 = 0.062
    world = hand_world(
        [2, 3, 4, 1], [0.5, 0.8, 1.2, 2.0],
        poor=[1, 1, 0, 1], registered=[Registered.POOR, 0, Registered.RELAPSED, Registered.EXITED],
    )  # fmt: skip
    book = Book(world, (Poverty,))
    book.month("2018-05")
    assert book("poverty_gap", 2018, 5) == pytest.approx(0.16, abs=1e-5)
    assert book("poverty_severity", 2018, 5) == pytest.approx(0.062, abs=1e-5)
    assert book("poor_true", 2018, 5) == 6
    assert book("headcount_true", 2018, 5) == pytest.approx(0.6)
    assert book("poor_registered", 2018, 5) == 6
    assert book("headcount_registered", 2018, 5) == pytest.approx(0.6)


def test_at_the_line_nobody_is_short_and_a_loss_is_a_gap_of_one():
    book = Book(hand_world([2, 2], [1.0, -0.7]), (Poverty,))
    book.month("2018-05")
    assert book("poverty_gap", 2018, 5) == pytest.approx(0.5)
    assert book("poverty_severity", 2018, 5) == pytest.approx(0.5)


def test_people_debt_income_and_moves():
    world = hand_world(
        [2, 3, 1], [1, 1, 1],
        debt_bank=[100_00, 0, 0], debt_kin=[0, 200_00, 0], debt_house=[0, 0, 300_00],
        income12_all=[6_000_00, 6_000_00, 0],
        relocation=[Relocation.MOVED, Relocation.MOVED, Relocation.BUILDING],
        relocation_month=[2018 * 12 + 3, 2016 * 12, 2018 * 12],
    )  # fmt: skip
    book = Book(world, (Core,))
    book.month("2018-05")
    assert book("population", 2018, 5) == 6
    assert book("households", 2018, 5) == 3
    assert book("debt", 2018, 5) == pytest.approx(200.0)
    assert book("income_pc", 2018, 5) == pytest.approx(2_000.0)
    assert book("relocated", 2018, 5) == 2
