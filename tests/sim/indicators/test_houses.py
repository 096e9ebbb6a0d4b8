"""Dangerous houses counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.indicators.houses import Houses
from tests.sim.indicators.build import Book, observed_world


def test_grades_errors_months_and_debts():
    world = observed_world(600, household_house=1, household_house_cert=1,
                           household_debt_house=2_000_00)  # fmt: skip
    home = world.household
    rows = np.flatnonzero(home.alive == 1)
    home.house[rows[:3]], home.house_cert[rows[:3]] = 3, 3
    home.house[rows[3:5]], home.house_cert[rows[3:5]] = 4, 2  # missed
    home.house_cert[rows[5:9]] = 3  # condemned without need
    book = Book(world, [Houses])
    for month in range(1, 13):
        if month == 7:
            home.house[rows[0]] = 1  # made good after six months, the certificate is behind
        book.month(f"2018-{month:02d}")
    assert book("house_c", 2018, group="true") == 2
    assert book("house_d", 2018, group="true") == 2
    assert book("house_c", 2018, group="certified") == 7
    assert book("house_d", 2018, group="certified") == 0
    assert book("house_error", 2018, group="missed") == 2
    assert book("house_error", 2018, group="false") == 5
    assert book("house_unsafe", 2018) == pytest.approx((4 * 12 + 6) / (12 * len(rows)))
    assert book("debt_house", 2018) == pytest.approx(2_000)
