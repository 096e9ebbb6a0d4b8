"""The yearly round: the ceiling and its remainders, pressure, entries, removals."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.registry.round import YearlyRound, fitting
from sim.registry.screening import EXIT, NEW, RELAPSE, REMOVE
from sim.world.codes import Cause, Registered
from tests.sim.registry.build import act, living, register_world

LINE = 3_500_00  # fen, 2018
YEAR = "2018-12"


def poor_world(persons=2_000, eligible=EXIT, **more):
    """All on the register; incomes seen rise with the row, from half the line upwards."""
    world = register_world(persons, household_registered=Registered.POOR, county_deep=0, **more)
    rows = living(world)
    home = world.household
    home["seen_income"][rows] = np.linspace(0.5, 2.5, len(rows)) * LINE
    home["visited"][rows] = month_index("2018-10")
    if eligible:
        home["eligible"][rows] = np.where(home["seen_income"][rows] >= LINE, eligible, 0)
    return world


def exited(world):
    return np.flatnonzero(world.household["exit_month"] == month_index(YEAR))


def persons(world, rows):
    return int(world.household["size"][rows].sum())


def test_no_more_leave_than_the_ceiling_allows_and_the_best_off_first():
    world = poor_world()
    stock = persons(world, living(world))
    act(YearlyRound(), world, YEAR, plan_share=0.3)
    out = exited(world)
    assert 0.3 * stock - 8 < persons(world, out) <= 0.3 * stock
    home = world.household
    stay = np.flatnonzero((home["registered"] == Registered.POOR) & (home["alive"] != 0))
    assert home["seen_income"][out].min() >= home["seen_income"][stay].max()
    assert (home["registered"][out] == Registered.EXITED).all()
    assert np.allclose(home["exit_margin"][out], home["seen_income"][out] / LINE)
    book = world.county
    assert book["exits_refused"][0] == book["exits_eligible"][0] - persons(world, out) > 0


def test_ties_go_by_identity():
    world = poor_world(eligible=0)
    home, rows = world.household, living(world)
    home["eligible"][rows], home["seen_income"][rows] = EXIT, 2 * LINE
    act(YearlyRound(), world, YEAR, plan_share=0.3)
    out = exited(world)
    stay = np.setdiff1d(rows, out)
    assert home["id"][out].max() < home["id"][stay].min()


def test_the_remainder_of_a_plan_is_carried_to_the_next_year():
    world = poor_world(400, household_size=4)
    stock = persons(world, living(world))
    share = 30.5 / stock  # 7 households of 4, and 2.5 persons over
    act(YearlyRound(), world, YEAR, plan_share=share)
    assert persons(world, exited(world)) == 28
    assert world.county["exits_carry"][0] == pytest.approx(2.5)
    home, rows = world.household, living(world)
    left = home["registered"][rows] == Registered.POOR
    home["eligible"][rows[left]] = EXIT
    share = 29.5 / (stock - 28)  # with the 2.5 of last year: 32, eight households
    act(YearlyRound(), world, "2019-12", plan_share=share)
    again = home["exit_month"] == month_index("2019-12")
    assert home["size"][again].sum() == 32
    assert world.county["exits_carry"][0] == pytest.approx(0.0, abs=1e-6)


def test_a_deep_county_is_later():
    counts = []
    for deep in (0, 1):
        world = poor_world()
        world.county["deep"][0] = deep
        act(YearlyRound(), world, YEAR, plan_share=0.3, deep_pace=0.5)
        counts.append(persons(world, exited(world)))
    assert counts[1] == pytest.approx(counts[0] / 2, abs=8)


def test_ceiling_data_and_no_plan_differ():
    counts = {}
    for quota in ("ceiling", "data", "none"):
        world = poor_world()
        act(YearlyRound(), world, YEAR, quota=quota, plan_share=0.3, published_share=0.4)
        counts[quota] = persons(world, exited(world))
        if quota == "none":
            assert counts[quota] == world.county["exits_eligible"][0]
            assert world.county["exits_refused"][0] == 0
    assert counts["ceiling"] < counts["data"] < counts["none"]


def test_the_plan_as_data_is_filled_whoever_is_eligible():
    world = poor_world(eligible=0)
    stock = persons(world, living(world))
    act(YearlyRound(), world, YEAR, quota="data", published_share=0.4)
    assert 0.4 * stock - 8 < persons(world, exited(world)) <= 0.4 * stock


def test_data_falls_back_to_the_ceiling_where_nothing_may_be_fitted():
    world = poor_world()
    stock = persons(world, living(world))
    act(YearlyRound(), world, "2019-12", quota="data", plan_share=0.25)
    out = world.household["exit_month"] == month_index("2019-12")
    assert 0.25 * stock - 8 < world.household["size"][out].sum() <= 0.25 * stock


def test_pressure_fills_a_share_of_the_missing_places_and_raises_the_record():
    def pressed(press):
        world = poor_world(20_000, eligible=0)
        home = world.household  # none reaches the line
        home["seen_income"][:] = 0.39 * home["seen_income"]
        act(YearlyRound(), world, YEAR, plan_share=0.5, press=press, push_mean=0.1)
        return world

    world, before = pressed(0.3), pressed(0.0)
    out = exited(world)
    places = 0.5 * persons(world, living(world))
    assert persons(world, out) / places == pytest.approx(0.3, abs=0.03)
    assert world.county["exits_pressed"][0] == persons(world, out)
    assert world.county["exits_refused"][0] == 0
    seen = before.household["seen_income"].astype(float)
    ranked = np.sort(seen[living(world)])[::-1]
    assert seen[out].min() >= ranked[int(0.51 * len(ranked))], "only from the places missing"
    margin = world.household["exit_margin"][out]
    assert np.allclose(margin, np.maximum(1.0, np.exp(0.1) * seen[out] / LINE), atol=1e-5)
    assert np.isclose(margin, 1.0).any() and len(exited(before)) == 0


def test_entries_and_removals():
    world = register_world(household_registered=Registered.NEVER)
    home, rows = world.household, living(world)
    kinds = np.arange(len(rows)) % 4
    home["registered"][rows] = np.choose(
        kinds, [Registered.POOR, Registered.EXITED, Registered.NEVER, Registered.NEVER]
    )
    home["eligible"][rows] = np.choose(kinds, [REMOVE, RELAPSE, NEW, 0])
    home["seen_shock"][rows] = np.where(np.arange(len(rows)) % 8 < 4, Cause.DISASTER, 0)
    home["ill"][rows] = 1
    act(YearlyRound(), world, YEAR)
    now = month_index(YEAR)
    state = home["registered"][rows]
    wanted = [Registered.REMOVED, Registered.RELAPSED, Registered.POOR, Registered.NEVER]
    assert np.array_equal(state, np.choose(kinds, wanted))
    assert (home["registered_relapse_month"][rows[kinds == 1]] == now).all()
    assert (home["first_month"][rows[kinds == 2]] == now).all()
    entered = (kinds == 1) | (kinds == 2)
    cause = np.where(np.arange(len(rows)) % 8 < 4, Cause.DISASTER, Cause.ILLNESS)
    assert np.array_equal(home["cause"][rows[entered]], cause[entered])
    assert not home["eligible"].any()


def test_from_2021_nobody_is_written_in_but_exits_go_on():
    world = register_world(household_registered=Registered.EXITED)
    home, rows = world.household, living(world)
    home["eligible"][rows] = RELAPSE
    home["registered"][rows[::2]], home["eligible"][rows[::2]] = Registered.POOR, EXIT
    act(YearlyRound(), world, "2021-12")
    assert not (home["registered"][rows] == Registered.RELAPSED).any()
    assert (home["exit_month"][rows[::2]] == month_index("2021-12")).all()


def test_fitting_takes_a_prefix():
    sizes = np.array([4, 3, 6, 1])
    assert [fitting(sizes, q) for q in (0, 3.9, 4, 7.5, 12.9, 13, 14)] == [0, 0, 1, 2, 2, 3, 4]
