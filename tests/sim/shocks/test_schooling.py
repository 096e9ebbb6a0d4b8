"""Schooling: the September step by age, dropping out and returning, and what is paid."""

import numpy as np
import pytest

from sim.livelihoods.coping import Coping
from sim.shocks.schooling import Schooling
from sim.world.codes import Education, Registered, School, Skill
from tests.sim.tiny import parameters_for, run_alone, snapshot, tiny_world

STAY = {
    "schooling.dropout_primary": 0.0,
    "schooling.dropout_junior": 0.0,
    "schooling.comes_back": 0.0,
}


def _world(persons=1_200, years=10.0, school=School.PRIMARY, **overrides):
    fixed = {
        "person_age": int(12 * years), "person_school": school, "person_skill": Skill.NONE,
        "person_disability": 0, "person_education": Education.ILLITERATE, "household_coping": 0,
        "household_ill": 0, "household_registered": Registered.NEVER, "person_ethnicity": 1,
    }  # fmt: skip
    return tiny_world(persons, mechanisms=[Schooling()], **(fixed | overrides))


def _run(world, month, changes=None):
    run_alone(Schooling(), world, month, parameters_for([Schooling()], {}, STAY | (changes or {})))


def _all(world, name):
    return set(np.unique(world.person[name][world.person.alive > 0]).tolist())


ONLY = {"schooling.to_senior": 0.0, "schooling.to_vocational": 0.0, "schooling.to_college": 0.0}


@pytest.mark.parametrize(
    ("years", "school", "changes", "then"),
    [
        (6.0, School.NONE, {}, School.PRIMARY),
        (6.5, School.PRESCHOOL, {}, School.PRIMARY),
        (5.9, School.PRESCHOOL, {}, School.PRESCHOOL),
        (11.9, School.PRIMARY, {}, School.PRIMARY),
        (12.0, School.PRIMARY, {}, School.JUNIOR),
        (12.0, School.DROPPED_OUT, {}, School.DROPPED_OUT),
        (15.0, School.JUNIOR, {"schooling.to_senior": 1.0}, School.SENIOR),
        (15.0, School.JUNIOR, ONLY | {"schooling.to_vocational": 1.0}, School.VOCATIONAL),
        (15.0, School.JUNIOR, ONLY, School.NONE),
        (15.0, School.DROPPED_OUT, {}, School.NONE),
        (17.9, School.SENIOR, {}, School.SENIOR),
        (18.0, School.SENIOR, {"schooling.to_college": 1.0}, School.COLLEGE),
        (18.0, School.SENIOR, ONLY, School.NONE),
        (22.0, School.COLLEGE, {}, School.NONE),
    ],
)  # fmt: skip
def test_september_moves_pupils_on_by_age(years, school, changes, then):
    world = _world(years=years, school=school)
    _run(world, "2018-09", changes)
    assert _all(world, "school") == {then}


def test_other_months_move_nobody():
    world = _world(years=12.0)
    _run(world, "2018-10")
    assert _all(world, "school") == {School.PRIMARY}


@pytest.mark.parametrize(
    ("years", "school", "reached", "skill"),
    [
        (18.0, School.SENIOR, Education.SENIOR, Skill.ORDINARY),
        (22.0, School.COLLEGE, Education.COLLEGE, Skill.ORDINARY),
        (15.0, School.JUNIOR, Education.JUNIOR, Skill.NONE),  # of age next year
        (16.5, School.NONE, Education.ILLITERATE, Skill.ORDINARY),
    ],
)
def test_leavers_become_labour_from_sixteen(years, school, reached, skill):
    world = _world(years=years, school=school)
    _run(world, "2018-09", ONLY)
    assert _all(world, "education") == {reached}
    assert _all(world, "skill") == {skill}


def test_disability_limits_the_labour_of_leavers():
    world = _world(years=18.0, school=School.SENIOR, person_disability=2)
    _run(world, "2018-09", ONLY)
    assert _all(world, "skill") == {Skill.LOST}


def test_a_child_unable_to_attend_is_not_expected():
    world = _world(years=7.0, school=School.NONE, person_disability=1)
    _run(world, "2018-09")
    assert _all(world, "school") == {School.NONE}


def _dropouts(changes=None, month="2018-10", **overrides):
    world = _world(20_000, years=13.0, school=School.JUNIOR, person_female=0, **overrides)
    rate = {"schooling.dropout_junior": 0.03, "schooling.dropout_ethnicity": [1.0] * 8}
    p = parameters_for([Schooling()], {}, rate | (changes or {}))
    run_alone(Schooling(), world, month, p)
    alive = world.person.alive > 0
    return (world.person.school == School.DROPPED_OUT) & alive, alive.sum()


def test_dropping_out_comes_at_the_rate_asked():
    out, pupils = _dropouts()
    expected = pupils * (1 - 0.97 ** (1 / 9))
    assert abs(out.sum() - expected) < 5 * np.sqrt(expected)


def test_households_that_cannot_cope_take_children_out():
    plain, _ = _dropouts()
    pressed, _ = _dropouts(household_coping=int(Coping.DROP_OUT) | 1)
    other_ways, _ = _dropouts(household_coping=511 - int(Coping.DROP_OUT))
    assert (other_ways == plain).all()
    assert not (plain & ~pressed).any()
    assert 10 < pressed.sum() / plain.sum() < 20  # the factor is 15


def test_illness_at_home_raises_dropping_out_of_the_same_children():
    plain, _ = _dropouts({"schooling.dropout_ill": 3.0})
    ill, _ = _dropouts({"schooling.dropout_ill": 3.0}, household_ill=1)
    assert not (plain & ~ill).any()
    assert 2 < ill.sum() / plain.sum() < 4


def test_some_come_back_each_school_month():
    world = _world(10_000, years=13.0, school=School.DROPPED_OUT)
    _run(world, "2018-10", {"schooling.comes_back": 0.25})
    alive = world.person.alive > 0
    back = world.person.school[alive] == School.JUNIOR
    assert 0.22 < back.mean() < 0.28
    _run(world, "2018-07", {"schooling.comes_back": 1.0})  # holidays
    assert (world.person.school[alive] == School.JUNIOR).mean() == back.mean()


@pytest.mark.parametrize(
    ("state", "fen"),
    [(Registered.NEVER, 2_550_00), (Registered.POOR, 1_300_00), (Registered.EXITED, 1_300_00),
     (Registered.REMOVED, 2_550_00)],
)  # fmt: skip
def test_a_term_of_senior_school_costs_half_a_year_less_aid(state, fen):
    # 5,000 yuan a year at 1.02 of 2017 prices; the registered have 2,500 yuan of aid
    world = _world(300, years=16.5, school=School.SENIOR, household_registered=state)
    _run(world, "2018-02", {"economy.price_index": 1.02})
    pupils = np.bincount(
        world.person.household[world.person.alive > 0], minlength=len(world.household.id)
    )
    assert (world.household.schooling == pupils * fen).all()


def test_nothing_is_paid_between_term_starts():
    world = _world(300, years=16.5, school=School.SENIOR)
    _run(world, "2018-03")
    assert world.household.schooling.sum() == 0


def test_the_cut_into_blocks_changes_no_bit():
    whole, cut = (tiny_world(2_500, mechanisms=[Schooling()]) for _ in range(2))
    p = parameters_for([Schooling()])
    for month in ("2018-09", "2018-10"):
        run_alone(Schooling(), whole, month, p)
        run_alone(Schooling(), cut, month, p, block_persons=300)
    for key, column in snapshot(whole).items():
        assert np.array_equal(column, cut[key]), key


@pytest.mark.parametrize(
    ("push", "years", "school", "then", "shares"),
    [("senior_gain", 15.0, School.JUNIOR, School.SENIOR, (0.38, 0.57)),
     ("vocational_gain", 15.0, School.JUNIOR, School.VOCATIONAL, (0.20, 0.30)),
     ("preschool_gain", 3.5, School.NONE, School.PRESCHOOL, (0.8, 1.0))],
)  # fmt: skip
def test_measures_take_more_on_to_the_next_school(push, years, school, then, shares):
    for gain, share in zip((0.0, 0.5), shares, strict=True):
        world = _world(6_000, years=years, school=school, household_registered=Registered.POOR,
                       **{f"village_{push}": gain})  # fmt: skip
        _run(world, "2018-09")
        went = world.person.school[world.person.alive > 0] == then
        assert went.mean() == pytest.approx(share, abs=0.02)


def test_the_green_channel_is_for_registered_households():
    world = _world(6_000, years=15.0, school=School.JUNIOR, village_vocational_gain=0.5)
    _run(world, "2018-09")
    went = world.person.school[world.person.alive > 0] == School.VOCATIONAL
    assert went.mean() == pytest.approx(0.20, abs=0.02)


def test_aid_is_paid_until_the_village_fund_is_spent_and_booked_to_the_fen():
    # 2,500 yuan are left of 5,000 a year after the aid of before the plan: 1,250 a term
    fund = 100 * 500_00 + 3
    world = _world(600, years=16.5, school=School.SENIOR, household_registered=Registered.POOR,
                   village_school_aid=0.4, village_school_fund=fund)  # fmt: skip
    _run(world, "2018-02", {"economy.price_index": 1.0})
    pupils = (world.person.alive > 0).sum()
    paid = world.village.paid_school_aid.sum()
    assert world.village.school_bill.sum() == pupils * 1_250_00
    assert world.household.schooling.sum() == pupils * 1_250_00 - paid
    assert (world.village.paid_school_aid == fund).all()  # the last pupil gets the rest
    assert world.village.school_fund.sum() == 0
    assert world.village.did_pupils_aided.sum() == 2 * 101
