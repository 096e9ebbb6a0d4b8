"""Micro-credit: who gets it, what it earns, who pays its interest, and when it is due."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import month_index
from sim.measures.m2_access import BankAccess
from sim.measures.m2_credit import CONSUMED, DONE, FIRM, OWN, MicroCredit
from sim.world.codes import Registered
from tests.sim.tiny import parameters_for, run_alone, tiny_world

PLAIN = {"household_debt_bank": 0, "household_cash": 0, "household_labour": 2.0,
         "household_registered": Registered.POOR, "household_income12": 40_000_00,
         "household_income12_all": 40_000_00}  # fmt: skip


def world_of(**more):
    return tiny_world(3_000, villages=10, mechanisms=[MicroCredit(), BankAccess()],
                      **{**PLAIN, **more})  # fmt: skip


def month(clauses, changes=None, at="2018-09", **more):
    world = world_of(**more)
    credit = MicroCredit()
    run_alone(credit, world, at, parameters_for([credit], clauses, changes))
    return world


def of(world, name):
    return world.household[name][world.household.alive == 1]


def running(use, since="2018-06", **more):
    """Every household has a loan of 20,000 yuan that is put to one use."""
    return {"household_micro": 20, "household_micro_use": use, "household_debt_bank": 20_000_00,
            "household_micro_month": month_index(since), **more}  # fmt: skip


def test_a_registered_household_with_hands_borrows():
    world = month({"M2.2": 1.0}, {"m2_credit.uptake": 0.9})
    loans, units = of(world, "micro") > 0, of(world, "micro").astype(np.int64)
    assert 0.62 < loans.mean() < 0.75  # a round of 0.9 a year: 68 %
    assert (of(world, "debt_bank") == units * 1000_00).all()
    assert units[loans].min() >= 5
    assert units.max() <= 50
    eaten = of(world, "micro_use") == CONSUMED
    assert (of(world, "cash")[eaten] == of(world, "debt_bank")[eaten]).all()
    assert not of(world, "cash")[~eaten].any()
    assert world.village.did_micro_loans.sum() == loans.sum()
    assert {OWN, FIRM, CONSUMED} == set(of(world, "micro_use")[loans])


@pytest.mark.parametrize("more", [
    {"household_registered": Registered.NEVER}, {"household_labour": 0.5},
    {"household_micro_month": DONE}, {"household_income12_all": 0},
])  # fmt: skip
def test_others_and_who_had_one_do_not(more):
    world = month({"M2.2": 1.0}, {"m2_credit.uptake": 0.9}, **more)
    assert not of(world, "micro").any()


def test_nothing_happens_without_the_clauses():
    world = month({}, {"m2_credit.uptake": 0.9}, household_debt_bank=10_000_00)
    assert not of(world, "micro").any()
    assert not of(world, "other_cost").any()


def test_firms_use_none_that_is_given_after_the_ban():
    world = month({"M2.2": 1.0}, {"m2_credit.uptake": 0.9}, at="2019-09")
    assert FIRM not in set(of(world, "micro_use"))


def test_a_bank_in_the_township_brings_more_of_them():
    some = month({"M2.2": 1.0}, {"m2_credit.uptake": 0.4})
    more = month({"M2.2": 1.0}, {"m2_credit.uptake": 0.4}, village_bank_near=1)
    assert of(more, "micro").astype(bool).sum() > of(some, "micro").astype(bool).sum()


def test_the_bank_is_paid_the_interest_for_the_household():
    world = month({}, at="2018-12", **running(FIRM))
    homes = int((world.household.alive == 1).sum())
    assert set(of(world, "other_cost")) == {-300_00}  # 6 % of 20,000 yuan in a quarter
    assert world.village.paid_micro_interest.sum() == homes * 300_00
    assert set(of(world, "property")) == {600_00}  # six months at 6 % a year
    world.ledger.close_month()


def test_own_investment_earns_eight_per_cent_and_not_for_everybody():
    earned = of(month({}, at="2019-12", **running(OWN)), "business").astype(float)
    earned /= 20_000_00
    assert earned.mean() == pytest.approx(0.08, abs=0.02)
    assert earned.std() == pytest.approx(0.10, abs=0.02)


def test_after_three_years_it_is_due():
    sound = {"m2_credit.own_fails": 0.0, "m2_credit.firm_fails": 0.0}
    world = month({}, sound, "2021-06", **running(OWN))
    assert not of(world, "debt_bank").any()
    assert not of(world, "micro").any()
    assert not world.village.did_micro_overdue.any()
    before = month({}, sound, "2021-03", **running(OWN))
    assert (of(before, "micro") == 20).all()


def test_who_consumed_it_pays_from_cash_and_owes_the_rest():
    world = month({}, None, "2021-06", **running(CONSUMED, household_cash=5_000_00))
    assert set(of(world, "cash")) == {0}
    assert set(of(world, "debt_bank")) == {15_000_00}
    homes = (world.household.alive == 1).sum()
    assert world.village.did_micro_overdue.sum() == world.village.did_micro_due.sum() == homes


def test_a_firm_that_fails_leaves_the_household_with_the_debt():
    world = month({}, {"m2_credit.firm_fails": 1.0}, "2021-06", **running(FIRM))
    assert set(of(world, "debt_bank")) == {20_000_00}


def test_relending_lowers_the_interest_of_registered_households():
    world = month({"M2.4": 1.0}, household_debt_bank=12_000_00)
    assert set(of(world, "other_cost")) == {-49_50}
    assert world.village.did_interest_saved.sum() > 0
    other = month({"M2.4": 1.0}, household_debt_bank=12_000_00,
                  household_registered=Registered.NEVER)  # fmt: skip
    assert not of(other, "other_cost").any()
