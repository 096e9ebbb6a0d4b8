"""Start-up stock: in kind, once, at risk for two years; less is eaten where support is tied."""

import numpy as np
import pytest

from sim.measures.a01_stock import LOST, StartUpStock
from sim.measures.a10_motivation import Motivation
from sim.world.codes import Registered
from tests.sim.tiny import clear_sums, parameters_for, run_alone, tiny_world

(TIED,) = (c for c in Motivation.columns if c.name == "conditional_share")
READY = {"a01_stock.stock_takeup": 1.0, "a01_stock.dies": 0.0, "a01_stock.eaten": 0.0}


def run(clauses=("A1.8",), money=10**10, month="2018-05", changes=None, world=None, **overrides):
    one = StartUpStock()
    parameters = parameters_for(
        (one,), clauses=dict.fromkeys(clauses, 1.0), changes={**READY, **(changes or {})}
    )
    if world is None:
        world = tiny_world(1500, mechanisms=(one,), columns=(TIED,), villages=5, **overrides)
        world.ledger.grant("household_stock", 0, money)
    run_alone(one, world, month, parameters)
    return world


def test_a_household_is_given_its_worth_in_kind_and_only_once():
    world = run(household_herd=0.0, household_livestock=0)
    home = world.household
    got = home.a01_stock > 0
    fits = np.isin(home.registered, (Registered.POOR, Registered.RELAPSED)) & (home.alive == 1)
    assert np.array_equal(got, fits & (home.labour >= 1))
    assert np.unique(home.granted[got]).tolist() == [10_000_00]
    assert int(world.village.paid_household_stock.sum()) == int(home.granted.sum())
    # 2,000 yuan a year, and 1.3 yuan of animals for each of them
    assert np.unique(home.livestock[got]).tolist() == [2_600_00]
    usual = np.array([960, 880, 4250, 880])[world.village.terrain[home.village[got]] - 1]
    assert home.herd[got] * usual * home.size[got] == pytest.approx(2000, rel=1e-5)
    world.ledger.close_month()
    clear_sums(world)
    run(world=world, month="2018-09")
    assert world.village.did_stock_given.sum() == 0


def test_what_dies_is_lost_and_what_is_eaten_is_income():
    given = {"household_a01_stock": 5, "household_livestock": 3_000_00, "household_herd": 5.0}
    dead = run((), month="2018-03", changes={"a01_stock.dies": 1.0}, **given)
    alive = dead.household.alive == 1
    assert (dead.household.a01_stock[alive] == LOST).all()
    assert (dead.household.livestock[alive] == 400_00).all()
    assert dead.household.business.sum() == 0
    eaten = run((), month="2018-03", changes={"a01_stock.eaten": 1.0}, **given)
    assert np.unique(eaten.household.business[alive]).tolist() == [2_600_00]
    assert (eaten.household.herd[alive] < 5.0).all()
    assert int(eaten.village.did_stock_eaten.sum()) == alive.sum()


def test_tied_support_is_eaten_less():
    def kept(tied):
        world = run((), month="2018-03", changes={"a01_stock.eaten": 0.5},
                    household_a01_stock=5, village_conditional_share=tied)  # fmt: skip
        return int((world.household.a01_stock == 6).sum())

    assert kept(1.0) > kept(0.8) > 1.5 * kept(0.0)


def test_after_two_years_it_is_safe():
    changes = {"a01_stock.dies": 1.0}
    world = run((), month="2018-03", changes=changes, household_a01_stock=25)
    assert (world.household.a01_stock[world.household.alive == 1] == 25).all()
    world = run((), month="2018-03", household_a01_stock=24)
    assert world.village.did_stock_kept.sum() == (world.household.alive == 1).sum()


def test_the_poorest_come_first_and_money_binds():
    world = run(money=3 * 10_000_00 + 10)
    home = world.household
    got = home.a01_stock > 0
    assert got.sum() == 3 and world.ledger.waited.sum() > 0
    fits = np.isin(home.registered, (Registered.POOR, Registered.RELAPSED)) & (home.alive == 1)
    left = fits & (home.labour >= 1) & ~got
    assert home.seen_income[got].max() <= home.seen_income[left].min()
    assert run(()).village.did_stock_given.sum() == 0
