"""Roads: who gets one first, what it costs, and what access changes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a09_roads import Roads
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ALL = ("A9.1", "A9.2", "A9.3")
STILL = {"a09_roads.village_usual": 0.0, "a09_roads.hamlet_usual": 0.0,
         "a09_roads.central": 0.0}  # fmt: skip
RICH = 10**13


def built(clauses, months=38, money=RICH, changes=None, spend=None, **more):
    """The world after so many months from November 2017; hamlets of 20 and 60 households."""
    roads = Roads()
    defaults = {"natural_households": np.array([20, 60, 60]), "county_deep": 1}
    world = tiny_world(6_000, villages=60, counties=3, mechanisms=[roads], **{**defaults, **more})
    for county in range(3):
        for programme in ("hamlet_roads", "village_roads"):
            world.ledger.grant(programme, county, money)
    parameters = parameters_for([roads], clauses, {**STILL, **(changes or {})})

    def each(moment):
        if spend is not None:
            names = ("paid_hamlet_roads", "paid_village_roads", "did_hamlet_roads",
                     "did_village_roads", "did_hamlets_on_the_way")  # fmt: skip
            spend.append({name: world.village[name].sum() for name in names})
        world.ledger.close_month()

    run_months([roads], world, "2017-11", months, parameters, each=each)
    return world


@pytest.fixture(scope="module")
def plan():
    return built(dict.fromkeys(ALL, 1.0))


def test_all_villages_and_larger_hamlets_have_a_road_by_2020(plan):
    assert plan.village.village_road.all()
    assert plan.natural.road[plan.natural.households >= 30].all()
    assert (plan.county.hamlet_road == 1.0).all()
    assert plan.ledger.accounts.balance.min() >= 0


def test_nothing_is_built_without_the_clauses_and_the_usual_pace():
    spent = []
    none = built({}, spend=spent)
    assert not none.natural.road.any()
    assert 0 < none.village.village_road.mean() < 1
    assert not sum(sum(month.values()) for month in spent)
    assert np.array_equal(none.village.access, none.village.access_start)


def test_each_clause_builds_its_own_kind_and_pays_for_it():
    for clause, deed, paid, cost in (
        ("A9.1", "did_hamlet_roads", "paid_hamlet_roads", 1.2 * 420_000),
        ("A9.2", "did_village_roads", "paid_village_roads", 6 * 420_000),
    ):
        spent = []
        built({clause: 1.0}, spend=spent)
        total = {name: sum(month[name] for month in spent) for name in spent[0]}
        assert total[deed] > 0
        assert total[paid] == total[deed] * round(cost * 100)
        others = {n for n in total if n.startswith("did_")} - {deed}
        assert not any(total[name] for name in others)


def test_a_route_passes_further_small_hamlets():
    with_route, without = (
        built({"A9.1": 1.0, "A9.2": 1.0, "A9.3": on}, natural_village=np.repeat(np.arange(30), 2))
        for on in (1.0, 0.0)
    )
    small = with_route.natural.households < 30
    assert with_route.natural.road[small].sum() > 0
    assert without.natural.road[small].sum() == 0


def test_deep_villages_and_counties_about_to_leave_the_list_come_first():
    poor = np.where(np.arange(60) < 20, 0, 30)  # the first county has hardly any poor
    world = built({"A9.1": 1.0}, 12, village_persons=100, village_registered_poor=poor)
    of, deep = world.natural.village, world.village.deep
    big = world.natural.households >= 30
    paved = [world.natural.road[big & (deep[of] == d)].mean() for d in (1, 0)]
    assert paved[0] > paved[1]
    by_county = [world.natural.road[big & (world.village.county[of] == c)].mean() for c in range(3)]
    assert by_county[0] > max(by_county[1:])


def test_work_stops_where_the_money_ends():
    cost = round(1.2 * 420_000 * 100)
    world = built({"A9.1": 1.0}, money=3 * cost + 10)
    of = world.village.county[world.natural.village]
    paved = np.bincount(of, world.natural.road, 3)
    assert set(paved) <= {3, 4}  # the last one may be advanced by the builders
    assert np.array_equal(world.ledger.accounts.spent[world.ledger.row("hamlet_roads")],
                          paved * cost + world.county.begun_hamlet_roads)  # fmt: skip
    assert world.ledger.waited[0, world.ledger.row("hamlet_roads")].all()


def test_access_and_what_it_moves_by_hand():
    roads = Roads()
    world = tiny_world(mechanisms=[roads], natural_households=40)
    parameters = parameters_for([roads], {}, {**STILL, "a09_roads.start_deep": 1.0,
                                              "a09_roads.start_other": 1.0})  # fmt: skip
    run_alone(roads, world, "2018-05", parameters, begin=True)
    assert world.village.access == pytest.approx(0.5)
    assert not world.village.price_gain.any()
    world.village.access[0] = 1.0
    run_alone(roads, world, "2018-05", parameters)
    assert world.village.price_gain[0] == pytest.approx(0.5 * 0.05)
    assert world.village.pull_away[0] == pytest.approx(0.5 * 0.10)
    assert world.village.care_gain[0] == pytest.approx(0.5 * 0.20)
    assert world.village.price_gain[1] == 0.0


def test_central_money_spares_the_countys():
    """Seven tenths of the cost come from outside, so that ten times three tenths build ten."""
    cost = round(1.2 * 420_000 * 100)
    own = built({"A9.1": 1.0}, money=3 * cost + 10)
    more = built({"A9.1": 1.0, "A9.2": 1.0}, money=3 * cost + 10, changes={
        "a09_roads.central": 0.7, "a09_roads.start_deep": 1.0, "a09_roads.start_other": 1.0,
    })  # fmt: skip
    assert more.natural.road.sum() > 2.5 * own.natural.road.sum()
    assert more.ledger.asked[more.ledger.row("hamlet_roads")].sum() > 0
