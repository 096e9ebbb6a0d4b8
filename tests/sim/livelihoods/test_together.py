"""The livelihoods together for a year and a half: plausible sizes, and no bit from the cut."""

from __future__ import annotations

import numpy as np

from sim.livelihoods.farming import Farming
from sim.livelihoods.income import IncomeWindow
from sim.livelihoods.living import Living
from sim.livelihoods.services import Services
from sim.livelihoods.status import TrueStatus
from sim.livelihoods.transfers import Transfers
from sim.livelihoods.work import Work
from sim.shocks.demography import Demography
from tests.sim.tiny import changed, parameters_for, run_months, snapshot, tiny_world


def livelihoods():
    return [Work(), Farming(), Transfers(), Services(), Living(), IncomeWindow(), TrueStatus()]


def test_a_year_and_a_half():
    mechanisms = livelihoods()
    parameters = parameters_for(mechanisms)
    world = tiny_world(3_000, mechanisms=[*mechanisms, Demography()])
    year = dict.fromkeys(("wage", "business", "property", "transfer", "consumption"), 0.0)
    people = int((world.person.alive == 1).sum())

    def each(moment):
        assert (world.household.cash >= 0).all()
        assert (world.household.livestock >= 0).all()
        if moment.month >= 2016 * 12 + 5:
            for name in year:
                year[name] += world.household[name].sum() / 100 / people

    run_months(mechanisms, world, "2015-12", 18, parameters, each=each)
    assert 1_200 < year["wage"] < 3_500
    assert 1_500 < year["business"] < 4_000
    assert 20 < year["property"] < 300
    assert 700 < year["transfer"] < 2_200
    assert 0.5 < year["consumption"] / sum(v for k, v in year.items() if k != "consumption") < 1.0
    income = world.household.ring.sum(axis=0)
    assert np.array_equal(income, world.household.income12)


def test_blocks_make_no_difference():
    worlds = []
    for size in (12_000, 250):
        mechanisms = livelihoods()
        world = tiny_world(1_500, mechanisms=[*mechanisms, Demography()])
        run_months(mechanisms, world, "2019-12", 4, parameters_for(mechanisms), block_persons=size)
        worlds.append(world)
    assert not changed(snapshot(worlds[0]), worlds[1])
