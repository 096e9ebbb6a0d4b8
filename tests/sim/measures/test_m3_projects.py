"""The builders: a month's capacity by hand, and what each clause adds."""

import numpy as np
import pytest

from sim.measures.m3_projects import Builders
from tests.sim.tiny import parameters_for, run_alone, tiny_world

PEOPLE = 1_000


def made(clauses=None, months=("2018-04",), changes=None, **more):
    builders = Builders()
    world = tiny_world(
        600, villages=3, counties=3, mechanisms=[builders], county_deep=np.array([1, 1, 0]),
        county_yiqu_yizhou=np.array([1, 0, 0]), county_persons_start=PEOPLE, **more,
    )  # fmt: skip
    for month in months:
        given = {"m3_builders.capacity": 1_500.0, "m3_builders.lag": 9.0, **(changes or {})}
        run_alone(builders, world, month, parameters_for([builders], clauses, given))
    return world


def month(lag, *, land=1.0, more=1.0, season=1.5):
    return 1_500 * PEOPLE * 100 / 12 * season * 12 / (12 + lag) * land * more


def test_a_month_by_hand():
    world = made()
    assert world.ledger.works == pytest.approx(month(9, land=0.9 * 0.94), rel=1e-5)
    assert world.county.approval_lag == pytest.approx(9)


@pytest.mark.parametrize(
    ("clause", "lags", "land", "more"),
    [
        ("M3.1", [9, 9, 9], [0.846] * 3, [1.15, 1, 1]),
        ("M3.2", [7, 7, 9], [0.846] * 3, [1, 1, 1]),
        ("M3.4", [8, 8, 8], [0.846] * 3, [1, 1, 1]),
        ("M5.1", [9, 9, 9], [0.94, 0.94, 0.846], [1, 1, 1]),
        ("M5.7", [7, 7, 7], [0.846] * 3, [1, 1, 1]),
        ("M5.8", [9, 9, 9], [0.9] * 3, [1, 1, 1]),
    ],
)
def test_what_each_clause_adds(clause, lags, land, more):
    expected = [month(a, land=b, more=c) for a, b, c in zip(lags, land, more, strict=True)]
    assert made({clause: 1.0}).ledger.works == pytest.approx(expected, rel=1e-5)


def test_administration_and_pushed_lags_count():
    world = made(county_capacity=np.array([0.5, -2.0, 0.0]), county_lag_cut=np.array([0, 0, 20.0]))
    base = month(9, land=0.846)
    assert world.ledger.works[:2] == pytest.approx([1.5 * base, 0.2 * base], rel=1e-5)
    assert world.county.approval_lag[2] == 1.0


def test_nothing_is_built_in_the_frost_and_nothing_kept_through_it():
    world = made(months=("2018-10", "2018-11"))
    assert world.ledger.works == pytest.approx(month(9, land=0.846, season=2.3), rel=1e-5)
    for frost in ("2018-12", "2019-01", "2019-02"):
        assert not made(months=("2018-11", frost)).ledger.works.any()
    assert made(months=("2018-02", "2018-03")).ledger.works == pytest.approx(
        month(9, land=0.846, season=0.7), rel=1e-5
    )


def test_capacity_that_is_not_used_is_kept_up_to_a_limit():
    world = made(months=("2018-04", "2018-05", "2018-06", "2018-07", "2018-08"))
    assert world.ledger.works == pytest.approx(3 * month(9, land=0.846), rel=1e-5)
