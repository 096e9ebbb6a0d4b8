"""Drinking water: registered households first, the goals by 2020, and within the money."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.services import Services
from sim.measures.a09_water import DrinkingWater, Supply
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

STILL = {"a09_water.tap_usual": 0.0}
CLOSED = {f"services.{name}": 0.0 for name in
          ("decay_a", "decay_b", "decay_c", "repair_c", "repair_d", "water_connected",
           "water_fails", "water_drought")}  # fmt: skip


def after(clauses, months=38, money=10**13, changes=None, paid=None, **more):
    water = DrinkingWater()
    world = tiny_world(6_000, villages=60, counties=3, mechanisms=[water], **more)
    for county in range(3):
        world.ledger.grant("water", county, money)
    parameters = parameters_for([water], clauses, {**STILL, **(changes or {})})

    def each(moment):
        if paid is not None:
            paid.append((world.village.paid_water.sum(), world.village.did_water_served.sum()))
        world.ledger.close_month()

    run_months([water], world, "2017-11", months, parameters, each=each)
    return world


def living(world):
    return (world.household.alive == 1) & (world.household.size > 0)


def test_the_goals_are_met_by_2020():
    world = after({"A9.5": 1.0})
    assert (world.county.tap_coverage >= 0.87).all()
    assert (world.county.central_supply >= 0.90).all()
    assert world.household.water[living(world)].mean() > 0.985
    assert world.ledger.accounts.balance.min() >= 0


def test_without_the_clause_nothing_is_laid_asked_or_moved():
    world, start = after({}), after({}, 1)
    for name in ("water", "supply"):
        assert np.array_equal(world.household[name], start.household[name])
    assert world.county.tap_coverage == pytest.approx(0.70, abs=0.05)
    assert not world.ledger.asked.any() and not world.ledger.accounts.spent.any()
    assert not world.village.carers_freed.any() and not world.village.water_firm.any()


def test_registered_households_come_first():
    world = after({"A9.5": 1.0}, 20)
    home = living(world)
    safe = {state: world.household.water[home & (world.household.registered == state)].mean()
            for state in (0, 1)}  # fmt: skip
    assert safe[1] > safe[0]


def test_what_is_paid_is_the_cost_of_the_persons_waiting():
    paid = []
    world = after({"A9.5": 1.0}, paid=paid)
    money, served = np.sum(paid, axis=0)
    assert money == served * 1300 * 100  # nobody is born or dies here
    assert world.ledger.accounts.spent.sum() == money


def test_little_money_serves_few():
    world = after({"A9.5": 1.0}, money=100 * 1300 * 100)
    assert 0 < world.village.water_served.sum() <= 300
    assert world.ledger.waited[0, world.ledger.row("water")].all()


def test_the_works_of_one_village_by_hand():
    water = DrinkingWater()
    world = tiny_world(mechanisms=[water], household_water=0, household_registered=0)
    parameters = parameters_for([water], {"A9.5": 1.0}, {**STILL, "a09_water.works_succeed": 1.0})
    run_alone(water, world, "2017-11", parameters, begin=True)
    waiting = world.village.water_rest.copy()
    assert np.array_equal(waiting, world.village.persons)
    assert not world.household.supply.any()
    world.ledger.grant("water", 0, int(waiting[1]) * 1300 * 100 + 3)  # enough for one village
    run_alone(water, world, "2020-12", parameters)  # only asks
    assert world.ledger.asked.sum() == waiting.sum() * 1300 * 100
    run_alone(water, world, "2020-10", parameters)
    here = living(world) & (world.household.village == 1)  # the deep village
    assert world.household.water[here].all()
    assert set(world.household.supply[here]) <= {Supply.OWN, Supply.POINT, Supply.TAP}
    assert (world.household.supply[here] == Supply.TAP).mean() > 0.85
    assert not world.household.water[living(world) & (world.household.village == 0)].any()
    run_alone(water, world, "2020-11", parameters)
    assert world.village.water_firm == pytest.approx([0.0, 0.5])
    assert world.village.carers_freed == pytest.approx([0.0, 0.04])


def test_drought_makes_supply_fail_and_firm_supply_fails_less():
    def lost(hit, firm):
        services = Services()
        world = tiny_world(4_000, household_water=1, village_hit=hit)
        world.village.water_firm[:] = firm
        changes = {**CLOSED, "services.water_drought": 0.5}
        run_alone(services, world, "2018-06", parameters_for([services], changes=changes))
        return 1.0 - world.household.water[living(world)].mean()

    assert lost(0, 0.0) == lost(4, 0.0) == 0.0
    assert lost(1, 0.0) == pytest.approx(0.5, abs=0.05)
    assert lost(1, 0.5) == pytest.approx(0.25, abs=0.05)
    assert lost(1, 1.0) == 0.0
