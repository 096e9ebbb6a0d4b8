"""Transfers: who is given what, and that the accounts show every fen of it."""

from __future__ import annotations

import numpy as np

from sim.livelihoods.transfers import Transfers
from tests.sim.tiny import parameters_for, run_alone, tiny_world

NOTHING = {
    "transfers.pension": 0.0, "transfers.land_subsidy": 0.0, "transfers.eco_pay": 0.0,
    "transfers.remittance": 0.0, "transfers.deposit_rate": 0.0, "transfers.letting_pay": 0.0,
}  # fmt: skip


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
    world = given("2018-05", {**NOTHING, "transfers.pension": 103.0})
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


def test_accounts_show_what_was_paid():
    world = given("2018-05", {"transfers.remittance": 0.0})
    village = world.village
    paid = sum(int(village[name].sum()) for name in village if name.startswith("paid_"))
    assert paid == world.household.transfer.sum() > 0


def test_kin_who_live_away_are_a_lasting_trait():
    only = {**NOTHING, "transfers.remittance": 6_000.0}
    one = given("2018-01", only, seed=1).household.transfer
    two = given("2019-01", only, seed=2).household.transfer
    assert np.array_equal(one > 0, two > 0)
    assert 0.25 < (one > 0).mean() < 0.55
    hit = given("2018-01", {**only, "pandemic.migrants_able": 0.2})
    assert 0 < hit.household.transfer.sum() < 0.7 * one.sum()


def test_a_year_of_seasons_adds_up():
    p = parameters_for([Transfers()])
    for name in ("subsidy_season", "eco_season", "remittance_season"):
        assert abs(p.tables["transfers"][name].sum() - 1.0) < 1e-9, name
