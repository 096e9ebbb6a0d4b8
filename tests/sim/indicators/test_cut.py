"""Counts do not depend on the cut into blocks, and are scaled up from the sample."""

import pytest

from sim.calendar import month_index
from sim.month import SCHEDULE
from tests.sim.indicators.build import Book, observed_world


def rows(block_persons, sample=1.0):
    world = observed_world(
        3_000, villages=12, counties=2, county_sample=sample, household_wage=123_45,
        household_exit_month=month_index("2018-12"), household_registered=2,
        household_relapse_month=month_index("2018-12"), person_admitted=1, person_bill=99_99,
        person_own=33_33,
    )  # fmt: skip
    book = Book(world, block_persons=block_persons, last=month_index("2018-12"))
    for month in range(month_index("2018-01"), month_index("2019-01")):
        book.month(month)
    return book, len(book.blocks)


def test_the_cut_into_blocks_changes_no_count():
    whole, two = rows(1_000_000)
    cut, many = rows(150)
    assert (two, many) == (2, 12)
    assert whole.recorder.rows == cut.recorder.rows


def test_counts_are_scaled_up_and_ratios_are_not():
    whole, _ = rows(12_000)
    fifth, _ = rows(12_000, sample=0.2)
    for name in ("population", "migrants", "poor_true"):
        assert fifth(name, 2018, 12) == pytest.approx(5 * whole(name, 2018, 12))
    for name in ("headcount_true", "poverty_gap", "debt"):
        assert fifth(name, 2018, 12) == pytest.approx(whole(name, 2018, 12))
    assert fifth("exits", 2018) == pytest.approx(5 * whole("exits", 2018))
    persons = sum(row[5] for row in whole.rows("spell"))
    assert sum(row[5] for row in fifth.rows("spell")) == pytest.approx(5 * persons)


def test_the_scope_is_the_sum_of_its_counties():
    book, _ = rows(12_000)
    codes = {row[0] for row in book.rows("exits")} - {0}
    assert len(codes) == 2
    assert sum(book("exits", 2018, county=c) for c in codes) == book("exits", 2018)


def test_every_indicator_is_declared():
    book, _ = rows(12_000)
    declared = {one.name for kind in SCHEDULE.observations for one in SCHEDULE.indicators(kind)}
    assert {row[3] for row in book.recorder.rows} <= declared | {"money"}
