"""Minimum living under action 8: who is in it, how soon, and what it pays, to the fen."""

from __future__ import annotations

import pytest

from sim.measures.a08_dibao import Dibao
from sim.measures.a08_disabled import DisabledSupport
from sim.world.codes import Cause
from tests.sim.tiny import clear_sums, parameters_for, run_alone, tiny_world

EXACT = {
    "a08_dibao.assessment_error": 0.0, "a08_dibao.dibao_line": 3_600.0,
    "a08_dibao.dibao_raised": 4_200.0, "a08_dibao.dibao_least": 600.0,
    "a08_dibao.approval_months": 0, "a08_dibao.entry_hit": 1.0,
}  # fmt: skip
POOR = {
    "household_size": 4, "household_income12": 960_000, "household_dibao": 0,
    "household_labour": 2.0, "household_disabled": 0, "household_registered": 1,
}  # fmt: skip


def made(persons=600, **overrides):
    return tiny_world(persons, mechanisms=[Dibao(), DisabledSupport()], **overrides)


def given(month, clauses=None, changes=None, world=None, persons=600, **overrides):
    world = made(persons, **overrides) if world is None else world
    clear_sums(world)
    run_alone(
        Dibao(), world, month, parameters_for([Dibao()], clauses, {**EXACT, **(changes or {})})
    )
    return world


def inside(world):
    return world.household.dibao[world.household.alive == 1].mean()


ALL_IN = {"a08_dibao.dibao_registered": 1.0, "a08_dibao.dibao_weak": 1.0,
          "a08_dibao.dibao_other": 1.0}  # fmt: skip


def test_it_pays_the_gap():
    """Standard 3,600, income 2,400 a head, four members: 400 yuan a month."""
    world = given("2018-04", changes=ALL_IN, **POOR)
    home, alive = world.household, world.household.alive == 1
    assert home.dibao[alive].all() and set(home.dibao_pay[alive]) == {40_000}
    assert (home.transfer[alive] == 40_000).all() and (home.granted[alive] == 40_000).all()
    assert world.village.paid_dibao.sum() == home.granted.sum()
    rich = {**POOR, "household_income12": 1_500_000}
    assert not given("2018-04", changes=ALL_IN, **rich).household.dibao.any()
    assert not given("2018-05", changes=ALL_IN, **POOR).household.dibao.any()


def test_it_reaches_few_and_the_registered_sooner():
    listed = inside(given("2018-04", persons=4_000, **POOR))
    other = inside(given("2018-04", persons=4_000, **{**POOR, "household_registered": 0}))
    assert 0.15 < listed < 0.30 and 0.06 < other < 0.14


def test_a_household_above_the_standard_leaves_and_own_pay_is_no_income():
    changes = {"a08_dibao.dibao_leave": 1.0}
    rich = {**POOR, "household_income12": 2_000_000, "household_dibao": 1,
            "household_dibao_pay": 1_000}  # fmt: skip
    world = given("2018-04", changes=changes, **rich)
    assert not world.household.dibao.any() and not world.household.dibao_pay.any()
    same = {**POOR, "household_income12": 1_440_000, "household_dibao": 1,
            "household_dibao_pay": 40_000}  # fmt: skip
    world = given("2018-04", changes=changes, **same)
    assert set(world.household.dibao_pay[world.household.alive == 1]) == {40_000}


def test_what_the_disabled_get_is_no_income():
    """960 yuan of subsidies since the last review, in April of a whole year, leave the gap
    as it is without them, and the reckoning begins anew."""
    one = {**POOR, "household_income12": 960_000 + 96_000, "household_uncounted": 96_000}
    world = given("2018-04", changes=ALL_IN, **one)
    alive = world.household.alive == 1
    assert set(world.household.dibao_pay[alive]) == {40_000}
    assert not world.household.uncounted.any()
    top = {**POOR, "household_dibao": 1, "household_dibao_pay": 10_000, "household_focus": 3}
    world = given("2018-05", {"A8.4": 1.0}, **top)
    assert set(world.household.uncounted[world.household.alive == 1]) == {9_000}


def test_who_is_above_the_standard_leaves_sooner_where_incomes_are_verified():
    rich = {**POOR, "household_income12": 2_000_000, "household_dibao": 1,
            "household_dibao_pay": 1_000}  # fmt: skip
    usual = inside(given("2018-04", persons=4_000, **rich))
    verified = inside(given("2018-04", {"A8.2": 1.0}, persons=4_000, **rich))
    assert 0.4 < usual < 0.6 and 0.1 < verified < 0.2


def test_a_higher_standard_pays_more():
    """600 yuan more a head and year: 200 yuan a month more for four."""
    world = given("2018-04", {"A8.1": 1.0}, ALL_IN, **POOR)
    assert set(world.household.dibao_pay[world.household.alive == 1]) == {60_000}
    ratio = given("2018-04", {"A8.1": 1.0}).county.dibao_ratio
    assert (
        ratio == pytest.approx(4_200 / 3_500)
        and (given("2018-04").county.dibao_ratio < ratio).all()
    )


def test_all_eligible_are_taken_in_those_short_of_labour_first():
    weak = {**POOR, "household_labour": 0.0}
    without = inside(given("2018-04", persons=4_000, **POOR))
    listed = inside(given("2018-04", {"A8.2": 1.0}, persons=4_000, **POOR))
    short = inside(given("2018-04", {"A8.2": 1.0}, persons=4_000, **weak))
    assert without + 0.3 < listed < short and short > 0.9
    # the fallback: 0.6 of the standard for those short of labour, though the gap is less
    near = {**weak, "household_income12": 1_400_000}
    world = given("2018-04", {"A8.2": 1.0}, ALL_IN, **near)
    assert set(world.household.dibao_pay[world.household.alive == 1]) == {72_000}
    world = given("2018-04", {"A8.2": 1.0}, ALL_IN, **{**near, "household_registered": 0})
    assert set(world.household.dibao_pay[world.household.alive == 1]) == {20_000}


def test_grades_pay_by_what_can_be_seen():
    grades = {**ALL_IN, "a08_dibao.pay_mode": 1}
    for labour, income, share in ((0.0, 960_000, 1.0), (0.4, 960_000, 0.95), (2.0, 960_000, 0.25),
                                  (2.0, 1_300_000, 0.17)):  # fmt: skip
        one = {**POOR, "household_labour": labour, "household_income12": income}
        world = given("2018-04", changes=grades, **one)
        paid = set(world.household.dibao_pay[world.household.alive == 1])
        assert paid == {round(share * 3_600 * 4 / 12 * 100)}


def test_registered_disabled_are_all_taken_in_and_the_severe_as_persons():
    disabled = {**POOR, "household_disabled": 1}
    assert inside(given("2018-04", persons=4_000, **disabled)) < 0.4
    world = given("2018-04", {"A8.7": 1.0}, persons=4_000, **disabled)
    assert inside(world) == 1.0 and world.village.did_dibao_disabled.sum() > 0
    never = {**disabled, "household_registered": 0}
    assert inside(given("2018-04", {"A8.7": 1.0}, persons=4_000, **never)) < 0.2
    # income 4,500 is above the standard and below 1.5 times it: 600 yuan a year for one
    above = {**disabled, "household_severe": 1, "household_income12": 1_800_000}
    world = given("2018-04", {"A8.7": 1.0}, **above)
    assert set(world.household.dibao_pay[world.household.alive == 1]) == {5_000}
    assert not given("2018-04", **above).household.dibao.any()


HIT = {**POOR, "household_blow": int(Cause.ILLNESS), "household_blow_size": 400_000}


def test_those_hit_come_first_and_the_lag_is_counted():
    """A blow seen in May: decided two months later at once, or in April by the review."""
    changes = {"a08_dibao.approval_months": 2}
    for clauses, lag in (({"A8.3": 1.0}, 2), ({}, 11)):
        world = made(600, **HIT)
        waited = entered = 0
        for month in range(2018 * 12 + 4, 2018 * 12 + 16):
            given(month, clauses, {**changes, **ALL_IN}, world=world)
            waited += world.village.did_dibao_waited.sum()
            entered += world.village.did_dibao_hit.sum()
        assert entered == (world.household.alive == 1).sum()
        assert waited == lag * entered
        assert (world.household.fell == 0).all()


def test_part_of_the_blow_is_taken_off_and_the_refused_are_asked_once():
    """Income 3,700 a head is above 3,600; half of a blow of 1,000 a head brings it below."""
    above = {**HIT, "household_income12": 1_480_000}
    world = given("2018-06", {"A8.3": 1.0}, **above)
    assert inside(world) == 1.0
    world = given("2018-06", {"A8.3": 1.0}, {"a08_dibao.deduction": 0.0}, **above)
    alive = world.household.alive == 1
    assert inside(world) == 0.0 and (world.household.fell[alive] == -(2018 * 12 + 5)).all()
    given("2018-07", {"A8.3": 1.0}, world=world)
    assert inside(world) == 0.0


def test_quarterly_adjustment_waits_for_the_quarter():
    changes = {"a08_dibao.adjusting": 1}
    assert inside(given("2018-07", {"A8.3": 1.0}, changes, **HIT)) == 0.0
    assert inside(given("2018-06", {"A8.3": 1.0}, changes, **HIT)) == 1.0


def test_a_weak_administration_is_slower():
    changes = {"a08_dibao.entry_hit": 0.5}
    usual = inside(given("2018-06", {"A8.3": 1.0}, changes, persons=4_000, **HIT))
    weak = inside(
        given("2018-06", {"A8.3": 1.0}, changes, persons=4_000, county_capacity=0.0, **HIT)
    )
    assert usual == weak
    world = made(4_000, **HIT)
    world.county.capacity[:] = -0.5
    run_alone(
        Dibao(), world, "2018-06", parameters_for([Dibao()], {"A8.3": 1.0}, {**EXACT, **changes})
    )
    assert 0.4 * usual < inside(world) < 0.6 * usual


def test_top_ups_for_old_young_disabled_and_ill_members():
    """Three such members at 30 yuan: 90 yuan a month more, only in minimum living."""
    inn = {**POOR, "household_dibao": 1, "household_dibao_pay": 10_000, "household_focus": 3}
    world = given("2018-05", {"A8.4": 1.0}, **inn)
    alive = world.household.alive == 1
    assert (world.household.transfer[alive] == 19_000).all()
    assert world.village.paid_dibao_top_up.sum() == 9_000 * alive.sum()
    assert world.village.did_dibao_topped_up.sum() == 3 * alive.sum()
    assert not given("2018-05", **inn).village.paid_dibao_top_up.any()
    assert not given(
        "2018-05", {"A8.4": 1.0}, **{**inn, "household_dibao": 0}
    ).household.transfer.any()


def test_it_changes_nothing_else_in_any_month():
    for month in ("2015-11", "2017-04", "2018-01", "2020-12"):
        on = dict.fromkeys(Dibao.clauses, 1.0)
        run_alone(Dibao(), made(), month, parameters_for([Dibao()], on), begin=True)
