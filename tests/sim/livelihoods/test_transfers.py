"""Transfers: who is given what, and that the accounts show every fen of it."""

from __future__ import annotations

import numpy as np

from sim.livelihoods.transfers import Transfers
from tests.sim.tiny import parameters_for, run_alone, tiny_world

NOTHING = {
    "transfers.pension": 0.0, "transfers.disability_pay": 0.0, "transfers.land_subsidy": 0.0,
    "transfers.eco_pay": 0.0, "transfers.remittance": 0.0, "transfers.deposit_rate": 0.0,
    "transfers.letting_pay": 0.0,
}  # fmt: skip
EXACT = {**NOTHING, "transfers.assessment_error": 0.0, "transfers.dibao_line": 3600.0,
         "transfers.dibao_least": 600.0}  # fmt: skip


def given(month, changes=None, seed=1, persons=600, begin=True, **overrides):
    mechanism = Transfers()
    world = tiny_world(persons, mechanisms=[mechanism], **overrides)
    parameters = parameters_for([mechanism], changes=changes)
    run_alone(mechanism, world, month, parameters, seed=seed, begin=begin)
    return world


def test_every_month_changes_only_what_is_declared():
    for month in ("2015-11", "2017-01", "2017-04", "2017-12", "2020-02"):
        given(month)


def test_pensioners_are_counted_and_paid():
    world = given("2018-05", {**NOTHING, "transfers.pension": 103.0}, household_dibao=0)
    drawing = (world.person.pension == 1) & (world.person.alive == 1)
    counts = np.bincount(world.person.household[drawing], minlength=len(world.household.id))
    assert np.array_equal(world.household.transfer, 10_300 * counts)
    assert world.village.paid_pension.sum() == 10_300 * drawing.sum()


def test_who_turns_60_is_added_in_january():
    full = {"transfers.pension_cover": 1.0}
    assert not given("2018-05", full, person_pension=0).person.pension.any()
    world = given("2018-01", full, person_pension=0)
    old = (world.person.age >= 720) & (world.person.alive == 1)
    assert np.array_equal(world.person.pension == 1, old)
    assert world.household.pensioners.sum() == old.sum()


def test_dibao_pays_the_gap():
    """Standard 3,600, income 2,400 a head, four members: 400 yuan a month."""
    changes = {**EXACT, "transfers.dibao_weak": 1.0, "transfers.dibao_registered": 1.0,
               "transfers.dibao_other": 1.0}  # fmt: skip
    poor = {"household_size": 4, "household_income12": 960_000, "household_dibao": 0}
    world = given("2018-04", changes, **poor)
    alive = world.household.alive == 1
    assert world.household.dibao[alive].all() and set(world.household.dibao_pay[alive]) == {40_000}
    assert (world.household.transfer[alive] == 40_000).all()
    assert world.village.paid_dibao.sum() == 40_000 * alive.sum()
    # nobody who has more than the standard, and nobody outside the month of review
    rich = {**poor, "household_income12": 1_500_000}
    assert not given("2018-04", changes, **rich).household.dibao.any()
    assert not given("2018-05", changes, **poor).household.dibao.any()


def test_dibao_reaches_few_and_the_registered_sooner():
    poor = {"household_size": 4, "household_income12": 960_000, "household_dibao": 0,
            "household_labour": 2.0, "household_disabled": 0}  # fmt: skip
    world = given("2018-04", EXACT, persons=4_000, **poor)
    house = world.household
    alive = house.alive == 1
    listed = house.dibao[alive & (house.registered == 1)].mean()
    other = house.dibao[alive & (house.registered != 1)].mean()
    assert 0.15 < listed < 0.30 and 0.06 < other < 0.14


def test_a_household_above_the_standard_leaves():
    changes = {**EXACT, "transfers.dibao_leave": 1.0}
    rich = {"household_size": 4, "household_income12": 2_000_000}
    world = given("2018-04", changes, household_dibao=1, household_dibao_pay=1_000, **rich)
    assert not world.household.dibao.any() and not world.household.dibao_pay.any()


def test_own_payment_is_not_income_in_the_review():
    """What dibao itself paid does not count against the household."""
    changes = {**EXACT, "transfers.dibao_leave": 1.0}
    world = given(
        "2018-04", changes, household_dibao=1, household_size=4,
        household_income12=1_440_000, household_dibao_pay=40_000,
    )  # fmt: skip
    alive = world.household.alive == 1
    assert set(world.household.dibao_pay[alive]) == {40_000}


def test_accounts_show_what_was_paid():
    world = given("2018-05", {"transfers.remittance": 0.0})
    village = world.village
    paid = sum(int(village[name].sum()) for name in village if name.startswith("paid_"))
    assert paid == world.household.transfer.sum() > 0


def test_kin_who_live_away_are_a_lasting_trait():
    only = {**NOTHING, "transfers.remittance": 6_000.0}
    one = given("2018-01", only, seed=1, household_dibao=0).household.transfer
    two = given("2019-01", only, seed=2, household_dibao=0).household.transfer
    assert np.array_equal(one > 0, two > 0)
    assert 0.25 < (one > 0).mean() < 0.55
    hit = given("2018-01", {**only, "pandemic.migrants_able": 0.2}, household_dibao=0)
    assert 0 < hit.household.transfer.sum() < 0.7 * one.sum()


def test_a_year_of_seasons_adds_up():
    p = parameters_for([Transfers()])
    for name in ("subsidy_season", "eco_season", "remittance_season"):
        assert abs(p.tables["transfers"][name].sum() - 1.0) < 1e-9, name
