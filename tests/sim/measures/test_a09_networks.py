"""Grid, broadband and culture: each on time, each for its own villages, and what they move."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a09_networks import Networks
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ALL = ("A9.8", "A9.9", "A9.10")
PROGRAMMES = ("grid", "broadband", "info_stations", "fibre", "stages", "culture_stations")
STILL = {"a09_networks.companies": 0.0} | {
    f"a09_networks.{name}": 0.0
    for name in ("grid_usual", "broadband_usual", "station_usual", "fibre_usual", "stage_usual")
}


def after(clauses, months=38, money=10**13, changes=None, spent=None, **more):
    networks = Networks()
    world = tiny_world(6_000, villages=60, counties=3, mechanisms=[networks], **more)
    for county in range(3):
        for programme in PROGRAMMES:
            world.ledger.grant(programme, county, money)
    parameters = parameters_for([networks], clauses, {**STILL, **(changes or {})})

    def each(moment):
        if spent is not None:
            spent.append({name: int(world.village[f"paid_{name}"].sum()) for name in PROGRAMMES})
        world.ledger.close_month()

    run_months([networks], world, "2017-11", months, parameters, each=each)
    return world


@pytest.fixture(scope="module")
def none():
    return after({})


@pytest.fixture(scope="module")
def plan():
    return after(dict.fromkeys(ALL, 1.0))


def test_the_goals_are_met_by_2020(plan):
    deep = plan.village.deep == 1
    for name in ("grid", "fibre", "broadband", "stage"):
        assert plan.village[name][deep].all(), name
    assert (plan.county.broadband_poor >= 0.9).all()
    assert plan.county.station_poor.mean() >= 0.75
    assert plan.township.culture.all()


def test_fibre_reaches_the_deep_villages_in_2018():
    world = after({"A9.9": 1.0}, 14)
    assert world.village.fibre[world.village.deep == 1].all()
    assert not world.village.fibre[world.village.deep == 0].all()


def test_without_the_clauses_nothing_is_built_or_paid_or_moved(none):
    for name in ("find_gain", "local_jobs", "takeup", "custom_cut", "outlay_cut"):
        assert not none.village[name].any(), name
    assert not none.ledger.accounts.spent.any()
    assert not none.ledger.asked.any()


@pytest.mark.parametrize(
    ("clause", "paid", "push"),
    [
        ("A9.8", {"grid"}, {"local_jobs", "outlay_cut"}),
        ("A9.9", {"broadband", "info_stations", "fibre"}, {"find_gain", "pull_away", "takeup"}),
        ("A9.10", {"stages", "culture_stations"}, {"custom_cut"}),
    ],
)
def test_each_clause_builds_its_own_and_moves_its_own(clause, paid, push):
    spent = []
    poor = np.array([1, 1, 0])  # not all poor villages are deep ones
    few = {"a09_networks.broadband_other": 0.2, "a09_networks.fibre_other": 0.2}
    world = after({clause: 1.0}, spent=spent, changes=few, village_poor_village=poor)
    total = {name: sum(month[name] for month in spent) for name in PROGRAMMES}
    assert {name for name, fen in total.items() if fen} == paid
    pushes = ("local_jobs", "outlay_cut", "find_gain", "pull_away", "takeup", "custom_cut")
    assert {name for name in pushes if world.village[name].any()} == push


def test_work_stops_where_the_money_ends(none):
    cost = 600_000 * 100
    world = after({"A9.8": 1.0}, money=2 * cost + 10)
    more = world.village.grid.astype(int) - none.village.grid
    assert more.sum() == 6
    assert world.ledger.waited[0, world.ledger.row("grid")].all()


def test_what_has_come_acts_by_hand():
    networks = Networks()
    world = tiny_world(mechanisms=[networks], village_ecommerce=1)
    start = {f"a09_networks.{n}_{k}": 0.0 for n in ("grid", "broadband", "fibre", "stage")
             for k in ("deep", "other")}  # fmt: skip
    start |= {"a09_networks.station_start": 0.0, "a09_networks.culture_start": 0.0}
    parameters = parameters_for([networks], {}, {**STILL, **start})
    run_alone(networks, world, "2018-05", parameters, begin=True)
    world.village.grid[0] = world.village.broadband[0] = world.village.info_station[0] = 1
    run_alone(networks, world, "2018-05", parameters)
    village = world.village
    assert village.local_jobs == pytest.approx([0.05, 0])
    assert village.outlay_cut == pytest.approx([0.05, 0])
    assert village.find_gain == pytest.approx([0.04 + 0.03, 0])
    assert village.price_gain == pytest.approx([0.02 + 0.01, 0])
    assert village.takeup == pytest.approx([0.03, 0])
