"""Whole columns at once do what a loop over rows would do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import kernel
from sim.livelihoods.blow import strike, strike_all
from sim.livelihoods.rows import add_up, any_set
from sim.world.codes import Cause
from tests.sim.tiny import tiny_world, uniform


@pytest.fixture
def rows():
    count = 200
    return {
        "total": (1000 * uniform("total", count)).astype(np.int32),
        "flow": (500 * uniform("flow", count) - 200).astype(np.int32),
        "alive": (uniform("alive", count) < 0.8).astype(np.uint8),
    }


@pytest.mark.parametrize("afresh", [0, 1])
def test_add_up(rows, afresh):
    total = rows["total"].copy()
    add_up(total, rows["flow"], rows["alive"], afresh)
    summed = rows["flow"] if afresh else rows["total"] + rows["flow"]
    assert np.array_equal(total, np.where(rows["alive"] != 0, summed, rows["total"]))


@pytest.mark.parametrize("place", [0, 17, 63])
def test_any_set(place):
    flags = np.zeros(64, np.uint8)
    assert not any_set(flags)
    flags[place] = 4
    assert any_set(flags)


@kernel
def one_by_one(households, cause, cost, weight):
    for h in range(cost.size):
        if households.alive[h] != 0 and cost[h] > 0:
            strike(households, h, cause, weight * cost[h])


@pytest.mark.parametrize("cause", [Cause.ILLNESS, Cause.DISASTER])
def test_striking_all_is_striking_each(cause):
    from sim import views

    worlds = [tiny_world(persons=900) for _ in range(2)]
    count = len(worlds[0].household.id)
    cost = (9e5 * uniform("cost", count) - 2e5).astype(np.int32)
    for world in worlds:
        world.household.blow[:] = np.where(uniform("blow", count) < 0.5, Cause.ILLNESS, Cause.PRICE)
        world.household.blow_size[:] = (5e5 * uniform("blow size", count)).astype(np.int32)
    one, two = (
        views.columns("TestRows", "household", ["alive", "blow", "blow_size"], world)
        for world in worlds
    )
    one_by_one(one, cause, cost, 0.5)
    strike_all(two.blow, two.blow_size, cause, cost, 0.5, two.alive)
    assert np.array_equal(one.blow, two.blow)
    assert np.array_equal(one.blow_size, two.blow_size)
