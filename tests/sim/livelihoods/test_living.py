"""Living: every fen accounted for, and the order in which a household copes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.living import Coping, Living
from tests.sim.tiny import changed, parameters_for, run_alone, snapshot, tiny_world, uniform

FLOWS_IN = ("wage", "business", "property", "transfer", "aid")
FLOWS_OUT = ("medical", "schooling", "ceremony", "other_cost")
QUIET = {"living.bank_rate": 0.0, "living.house_rate": 0.0, "economy.price_index": 1.0,
         "economy.subsistence": 200.0, "living.sale_price": 1.0, "living.consume_share": 0.56,
         "living.informal_limit": 0.4, "living.hunger_least": 0.6, "living.bank_limit": 50_000.0,
         "living.bank_income": 0.8, "living.house_months": 96.0,
         "living.house_least": 20.0}  # fmt: skip


def lived(world, month="2018-05", changes=None, **more):
    mechanism = Living()
    run_alone(mechanism, world, month, parameters_for([mechanism], changes=changes), **more)
    return world


def alone(cash=0, income=0, cost=0, changes=None, month="2018-05", **overrides):
    """A household of two (subsistence 400 yuan) without kin, land, debts or animals."""
    plain = {
        "household_size": 2, "household_cash": cash * 100, "household_livestock": 0,
        "household_debt_bank": 0, "household_debt_kin": 0, "household_debt_house": 0,
        "household_kin": -1, "household_neighbour": -1, "household_herd": 0.0,
        "household_income12_all": 960_000, "household_pupils": 0, "household_labour": 1.0,
        "household_away": 0, "household_transfer": income * 100, "household_medical": cost * 100,
    }  # fmt: skip
    world = tiny_world(30, **{**plain, **overrides})
    lived(world, month, {**QUIET, **(changes or {})})
    return {name: world.household[name][0] for name in
            ("cash", "consumption", "shortfall", "debt_kin", "debt_bank", "livestock", "hungry",
             "coping", "debt_house")}  # fmt: skip


def busy_world(persons=2_000, scale=1.0):
    """A world in which a good part of the households can not make ends meet."""
    world = tiny_world(persons)
    house, n = world.household, len(world.household.id)
    for name in FLOWS_IN:
        house[name][:] = scale * 40_000 * uniform(name, n)
    house.business[:] -= 15_000
    for name in FLOWS_OUT:
        house[name][:] = np.where(uniform(name + "!", n) < 0.15, 400_000 * uniform(name, n), 0)
    house.debt_house[:] = np.where(uniform("house debt", n) < 0.2, 1_000_000, 0)
    for name in (*FLOWS_IN, *FLOWS_OUT, "debt_house"):
        house[name][house.alive == 0] = 0
    house.cash[:] //= 4
    return world


def by_village(world, name):
    return np.bincount(world.household.village, world.household[name].astype(float))


@pytest.mark.parametrize("month", ["2018-05", "2018-11"])
def test_every_fen_is_accounted_for(month):
    """Change in cash = income - spending + loans + arrears + sales - repayments - purchases.

    Without interest and with animals sold at their worth it holds village by village to the fen
    (sales round up by at most one fen a household)."""
    world = busy_world()
    was = snapshot(world)
    lived(world, month, QUIET)
    house = world.household
    delta = {k: house[k].astype(np.int64) - was[f"household.{k}"] for k in
             ("cash", "debt_kin", "debt_bank", "debt_house", "livestock")}  # fmt: skip
    income = sum(house[name].astype(np.int64) for name in FLOWS_IN)
    spent = sum(house[name].astype(np.int64) for name in FLOWS_OUT) + house.consumption
    right = income - spent + delta["debt_kin"] + delta["debt_bank"] + delta["debt_house"]
    right -= delta["livestock"]
    gap = np.where(house.alive == 1, right - delta["cash"], 0)
    villages = np.bincount(house.village, gap)
    sold = np.bincount(house.village, delta["livestock"] < 0)
    assert (np.abs(villages) <= sold).all()
    helped = (house.coping & Coping.KIN) != 0
    assert helped.sum() > 20 and np.abs(gap[~helped]).max() > 0  # helpers gave what others got


def test_help_moves_money_within_the_village():
    world = busy_world()
    apart, together = world.copy(), world.copy()
    changes = {**QUIET, "living.informal_limit": 0.0, "living.bank_access": 0.0}
    apart.household.kin[:] = -1
    apart.household.neighbour[:] = -1
    apart.household.livestock[:] = 0
    together.household.livestock[:] = 0
    lived(apart, changes=changes)
    lived(together, changes=changes)
    lacking = [by_village(world, "shortfall") for world in (apart, together)]
    cash = [by_village(world, "cash") for world in (apart, together)]
    assert np.array_equal(lacking[0] - lacking[1], cash[0] - cash[1])
    assert (lacking[0] > lacking[1]).any()
    assert (together.household.cash >= 0).all()


def test_a_good_month_is_saved_and_enjoyed():
    got = alone(cash=2_000, income=1_500)
    assert got["coping"] == 0 and got["shortfall"] == 0
    assert got["consumption"] > 62_000  # above 400 + 0.56 x 400 by the pull of the reserve
    assert got["cash"] == 350_000 - got["consumption"]


def test_savings_first_then_less():
    got = alone(cash=3_000, income=100)
    assert got["coping"] == Coping.SAVINGS and got["consumption"] > 40_000
    got = alone(cash=0, income=450)
    assert got["coping"] == Coping.LESS and got["consumption"] == 45_000 and got["cash"] == 0


def test_loans_then_animals_then_the_ladder_then_hunger():
    """Short by 300 yuan: relatives lend up to 40 % of a year's income, then the bank, then the
    goat is sold; without any of these somebody has to go and there is less to eat."""
    got = alone(income=100)
    assert got["debt_kin"] == 30_000 and got["coping"] & Coping.INFORMAL_LOAN
    assert got["consumption"] == 40_000 and got["hungry"] == 0
    nobody = {"living.informal_limit": 0.0}
    got = alone(income=100, changes={**nobody, "living.bank_access": 1.0})
    assert got["debt_bank"] == 30_000 and got["coping"] & Coping.BANK_LOAN
    nobody["living.bank_access"] = 0.0
    got = alone(income=100, changes=nobody, household_livestock=100_000)
    assert got["coping"] & Coping.SALE and got["livestock"] in (69_999, 70_000)
    got = alone(income=100, changes=nobody)
    assert got["coping"] & Coping.MIGRATE and not got["coping"] & Coping.DROP_OUT
    assert got["consumption"] == 24_000  # three fifths of subsistence, the rest stays owed
    assert got["debt_kin"] == 14_000 and got["shortfall"] == 30_000
    assert got["hungry"] == 1 and got["coping"] & Coping.HUNGRY


def test_the_ladder_goes_on_month_by_month():
    nobody = {"living.informal_limit": 0.0, "living.bank_access": 0.0}
    before = int(Coping.MIGRATE)
    second = alone(income=100, changes=nobody, household_coping=before, household_pupils=1)
    assert second["coping"] & Coping.DROP_OUT and not second["coping"] & Coping.FORGO_CARE
    before = int(Coping.MIGRATE | Coping.DROP_OUT)
    third = alone(income=100, changes=nobody, household_coping=before, household_pupils=1)
    assert third["coping"] & Coping.FORGO_CARE
    # with nobody to send away and no pupil, care is the first to go
    got = alone(income=100, changes=nobody, household_labour=0.0)
    assert got["coping"] & Coping.FORGO_CARE and not got["coping"] & Coping.MIGRATE
    # a month without want ends it
    assert alone(cash=500, income=600, household_coping=before)["coping"] < Coping.KIN


def test_a_bill_beyond_all_means_stays_owed():
    got = alone(cost=50_000, changes={"living.informal_limit": 0.0, "living.bank_access": 0.0})
    assert got["cash"] == 0 and got["consumption"] == 24_000
    assert got["debt_kin"] == 5_000_000 + 24_000


def test_debts_are_paid_back_after_the_harvest():
    rich = {"household_debt_kin": 100_000, "household_debt_bank": 5_000_000}
    assert alone(cash=40_000, **rich)["debt_kin"] == 100_000  # not in May
    got = alone(cash=40_000, month="2018-11", **rich)
    assert got["debt_kin"] == 0 and got["debt_bank"] < 5_000_000


def test_animals_are_replaced():
    stock = {"household_herd": 1.0, "household_livestock": 0}
    assert alone(cash=40_000, month="2018-11", **stock)["livestock"] > 0
    assert alone(cash=40_000, month="2018-05", **stock)["livestock"] == 0


def test_house_debt_is_paid_off():
    got = alone(cash=5_000, household_debt_house=960_000)
    assert got["debt_house"] == 960_000 - 10_000 - 2_000


def test_cash_is_never_negative_and_blocks_make_no_difference():
    whole, cut = busy_world(scale=0.5), busy_world(scale=0.5)
    lived(whole)
    lived(cut, block_persons=300)
    assert (whole.household.cash >= 0).all()
    assert not changed(snapshot(whole), cut)
