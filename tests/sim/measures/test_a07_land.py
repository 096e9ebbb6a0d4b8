"""Land works: where, how many, within what money, and what a village gains."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a07_land import LandWorks
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world


def after(clauses, months=38, money=10**13, changes=None, **more):
    works = LandWorks()
    more = {"village_terrain": [1, 2, 4], **more}
    world = tiny_world(6_000, villages=60, counties=2, mechanisms=[works], **more)
    for county in range(2):
        world.ledger.grant("land_works", county, money)
    run_months(
        [works], world, "2017-11", months, parameters_for([works], clauses, changes),
        each=lambda moment: world.ledger.close_month(),
    )  # fmt: skip
    return world


def test_the_task_is_done_on_slopes_of_deep_counties():
    world = after({"A7.9": 1.0})
    done = world.village.terraced == 1
    fit = (world.village.terrain != 4) & (world.village.county == 0)
    assert not done[~fit].any()
    assert done[fit].mean() == pytest.approx(0.35, abs=0.2)
    assert world.ledger.accounts.spent.sum() == done.sum() * 900_000 * 100


def test_the_most_exposed_come_first_and_money_binds():
    risk = np.linspace(1.0, 2.0, 60)
    world = after(
        {"A7.9": 1.0}, money=3 * 900_000 * 100 + 5, village_flood_risk=risk,
        changes={"a07_land.goal": 1.0},
    )  # fmt: skip
    done = np.flatnonzero(world.village.terraced)
    fit = np.flatnonzero((world.village.terrain != 4) & (world.village.county == 0))
    assert list(done) == list(fit[-3:])


def test_nothing_without_the_clause():
    world = after({})
    assert not world.village.terraced.any() and not world.ledger.asked.any()
    assert not world.village.yield_gain.any() and not world.village.flood_cut.any()


def test_what_is_done_acts_by_hand():
    works = LandWorks()
    world = tiny_world(mechanisms=[works])
    world.village.terraced[0] = 1
    run_alone(works, world, "2019-02", parameters_for([works], {"A7.9": 1.0}))
    assert world.village.yield_gain == pytest.approx([0.4 * 0.15, 0.0])
    assert world.village.flood_cut == pytest.approx([0.25, 0.0])
