"""Visits: who is visited, what is seen of it, and what records give away."""

import numpy as np

from sim.calendar import month_index
from sim.registry.visits import Visits
from sim.world.codes import Cause, Registered
from tests.sim.registry.build import act, living, register_world

MONTH = "2018-05"
EXACT = {"error_sd": 0.0, "error_mean_poor": 0.0, "detect_gap": 1.0}


def visited(world):
    return world.household["visited"] == month_index(MONTH)


def test_without_error_the_visitor_writes_the_true_income():
    world = register_world()
    act(Visits(), world, MONTH, hours_village=1e3, **EXACT)
    home = world.household
    seen = visited(world)
    assert seen.sum() > 20
    true = home["income12"][seen] / home["size"][seen]
    assert np.allclose(home["seen_income"][seen], true, atol=1)
    assert (home["seen_income"][~seen] == 0).all()


def test_the_error_has_the_mean_and_spread_asked_for():
    world = register_world(30_000, household_registered=Registered.POOR)
    act(Visits(), world, MONTH, hours_village=1e5, error_mean_poor=-0.1, error_sd=0.3)
    home, seen = world.household, visited(world)
    log = np.log(home["seen_income"][seen] / (home["income12"][seen] / home["size"][seen]))
    assert abs(log.mean() + 0.1) < 0.01
    assert abs(log.std() - 0.3) < 0.01


def test_half_of_the_error_comes_back_at_the_next_visit():
    logs = []
    for month in ("2018-05", "2019-05"):
        world = register_world(20_000, household_registered=Registered.POOR)
        act(Visits(), world, month, hours_village=1e6, visits_most=8.0, error_lasting=0.5)
        home = world.household
        seen = home["visited"] == month_index(month)
        log = np.full(len(seen), np.nan)
        log[seen] = np.log(
            home["seen_income"][seen] / (home["income12"][seen] / home["size"][seen])
        )
        logs.append(log)
    both = ~np.isnan(logs[0]) & ~np.isnan(logs[1])
    assert both.sum() > 3_000
    assert abs(np.corrcoef(logs[0][both], logs[1][both])[0, 1] - 0.5) < 0.05


def test_more_hours_mean_more_visits_and_the_register_comes_first():
    shares = {}
    for hours in (10, 40, 160):
        world = register_world(12_000)
        act(Visits(), world, MONTH, hours_village=hours)
        home, rows = world.household, living(world)
        poor = home["registered"][rows] == Registered.POOR
        never = home["registered"][rows] == Registered.NEVER
        seen = visited(world)[rows]
        shares[hours] = seen[poor].mean()
        assert seen[poor].mean() > seen[never].mean()
    assert shares[10] < shares[40] < shares[160]


def test_hours_of_a_village_are_shared_among_its_weighted_households():
    world = register_world(900, villages=3)
    act(Visits(), world, MONTH, hours_village=30, attention_exited=0.5, attention_other=0.05)
    weight = {Registered.POOR: 1.0, Registered.EXITED: 0.5, Registered.NEVER: 0.05}
    home = world.household
    for v in range(3):
        here = np.flatnonzero((home["village"] == v) & (home["alive"] != 0))
        need = sum(weight[state] for state in home["registered"][here].tolist())
        assert np.isclose(world.village["team"][v], min(30 / need, 3.0), rtol=1e-5)


def test_a_gap_is_seen_only_where_there_is_one():
    world = register_world(2_000, household_gap_water=0)
    rows = living(world)
    world.household["gap_water"][rows[::2]] = 3
    act(Visits(), world, MONTH, hours_village=1e4, **EXACT)
    home, seen = world.household, visited(world)
    there = home["gap_water"] >= 3
    assert home["seen_gap"][seen & there].all()
    assert not home["seen_gap"][seen & ~there].any()
    assert not home["seen_gap"][~seen].any()


def test_records_give_a_heavy_blow_away_and_somebody_comes():
    for cause, name in (
        (Cause.ILLNESS, "illness"),
        (Cause.DISASTER, "disaster"),
        (Cause.FUNERAL, "death"),
    ):
        world = register_world(2_000, household_blow=cause, household_blow_size=0)
        rows = living(world)
        struck = rows[::3]
        world.household["blow_size"][struck] = 2_000_000
        act(Visits(), world, MONTH, hours_village=0, sharing=1.0, **{f"match_{name}": 1.0})
        seen = np.flatnonzero(visited(world))
        assert np.array_equal(seen, struck)
        assert (world.household["seen_shock"][struck] == cause).all()


def test_a_light_blow_stays_unknown():
    world = register_world(2_000, household_blow=Cause.ILLNESS, household_blow_size=50_000)
    act(Visits(), world, MONTH, hours_village=0, sharing=1.0, match_illness=1.0)
    assert not visited(world).any()


def test_who_is_visited_does_not_depend_on_what_is_seen_elsewhere():
    world, other = register_world(3_000), register_world(3_000)
    other.household["income12"][:] *= 2
    act(Visits(), world, MONTH)
    act(Visits(), other, MONTH)
    assert np.array_equal(world.household["visited"], other.household["visited"])
