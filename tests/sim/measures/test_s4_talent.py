"""Posts filled and kept filled, science staff."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s4_talent import Talent
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

YIQU = np.array([1, 0, 1, 0])


def staffed(clauses, months=36, **more):
    """The world after so many months from January 2018; every other county is in 一区一州."""
    world = tiny_world(2_000, villages=40, counties=4, mechanisms=[Talent()],
                       county_yiqu_yizhou=YIQU, **more)  # fmt: skip
    run_months([Talent()], world, "2018-01", months, parameters_for([Talent()], clauses))
    return world


def test_without_the_clauses_the_vacancy_stays_where_it_was():
    world = staffed({})
    assert world.township.vacancy == pytest.approx(0.15)
    assert not world.county.capacity.any()
    assert not world.village.yield_gain.any()


def test_lower_thresholds_fill_posts_in_the_prefectures_only():
    world = staffed({"S4.1": 1.0})
    inside = YIQU[world.township.county] == 1
    assert (world.township.vacancy[inside] < 0.12).all()
    assert world.township.vacancy[~inside] == pytest.approx(0.15)
    assert (world.county.capacity[YIQU == 1] > 0.01).all()
    assert not world.county.capacity[YIQU == 0].any()
    of = inside[world.village.township]
    filled = (0.15 - world.township.vacancy[world.village.township]) / 0.15
    assert world.village.work_hours[of] == pytest.approx(8.0 * filled[of], rel=1e-4)
    assert not world.village.work_hours[~of].any()


def test_where_fewer_leave_the_vacancy_settles_where_the_rates_meet():
    world = staffed({"S4.2": 1.0}, 95)
    leave = 1 - 0.9 ** (1 / 12)
    fill, kept = leave * 0.85 / 0.15, leave * 0.75
    assert world.township.vacancy == pytest.approx(kept / (kept + fill), abs=1e-3)


def test_science_staff_raise_yields_in_deep_villages():
    world = staffed({"S4.4": 1.0}, 1)
    advised = world.village.science_staff == 1
    assert 0 < advised.sum() < (world.village.deep == 1).sum()
    assert (world.village.deep[advised] == 1).all()
    assert world.village.yield_gain == pytest.approx(np.where(advised, 0.03, 0.0))


def test_it_changes_nothing_it_does_not_declare():
    run_alone(Talent(), tiny_world(mechanisms=[Talent()]), "2018-06",
              parameters_for([Talent()], {"S4.1": 1.0, "S4.4": 1.0}), begin=True)  # fmt: skip
