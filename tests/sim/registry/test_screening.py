"""The screening's four results, and who gets a fresh look."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.registry.screening import EXIT, NEW, RELAPSE, REMOVE, Screening
from sim.world.codes import Registered
from tests.sim.registry.build import act, living, register_world

LINE = 3_500_00  # fen, 2018
EXACT = {
    "visits__error_sd": 0.0, "visits__error_mean_poor": 0.0, "screening__gap_seen": 1.0,
    "reach_poor": 1.0, "reach_exited": 1.0, "applies": 1.0, "identify": 1.0,
    "relapse_written": 1.0, "match_wealth": 0.0, "exit_margin": 1.0,
}  # fmt: skip


def screened(state, income, **more):
    """The result for all households of a world in one state with one income of the window."""
    changes = {**EXACT, **{k: more.pop(k) for k in list(more) if k in EXACT}}
    world = register_world(
        household_registered=state, household_registry_income=income, household_cash=0, **more
    )
    act(Screening(), world, "2018-10", **changes)
    act(Screening(), world, "2018-11", **changes)
    return world, world.household["eligible"][living(world)]


@pytest.mark.parametrize("state", [Registered.POOR, Registered.RELAPSED])
def test_who_is_seen_at_the_line_may_exit(state):
    assert (screened(state, LINE + 100)[1] == EXIT).all()
    assert (screened(state, LINE - 100)[1] == 0).all()


def test_a_missing_guarantee_keeps_in():
    assert (screened(Registered.POOR, LINE * 2, household_house_cert=3)[1] == 0).all()
    unseen = screened(Registered.POOR, LINE * 2, household_house_cert=3, screening__gap_seen=0.0)
    assert (unseen[1] == EXIT).all(), "a gap that nobody saw keeps nobody in"


def test_exited_households_seen_below_the_line_are_put_forward():
    assert (screened(Registered.EXITED, LINE - 100)[1] == RELAPSE).all()
    assert (screened(Registered.EXITED, LINE + 100)[1] == 0).all()
    assert (screened(Registered.EXITED, LINE * 2, household_gap_water=5)[1] == RELAPSE).all()


def test_what_is_not_looked_at_is_not_found():
    _, found = screened(Registered.EXITED, LINE - 100, reach_exited=0.0)
    assert (found == 0).all()
    _, found = screened(Registered.POOR, LINE + 100, reach_poor=0.0)
    assert (found == 0).all()


def test_the_last_visit_stands_in_for_a_look_not_taken():
    recent, old = month_index("2018-06"), month_index("2016-06")
    for when, result in ((recent, RELAPSE), (old, 0)):
        _, found = screened(
            Registered.EXITED, LINE * 2, reach_exited=0.0,
            household_visited=when, household_seen_income=LINE - 100,
        )  # fmt: skip
        assert (found == result).all()


def test_detection_of_relapse_has_its_probability():
    _, found = screened(Registered.EXITED, LINE - 100, persons=20_000, relapse_written=0.3)
    assert abs((found == RELAPSE).mean() - 0.3) < 0.02


def test_only_who_is_poor_by_their_own_reckoning_applies():
    assert (screened(Registered.NEVER, LINE - 100)[1] == NEW).all()
    assert (screened(Registered.REMOVED, LINE - 100)[1] == NEW).all()
    world, found = screened(Registered.NEVER, LINE + 100)
    assert (found == 0).all()
    assert (world.household["visited"][living(world)] == 0).all()
    _, found = screened(Registered.NEVER, LINE - 100, persons=20_000, identify=0.6, applies=0.5)
    assert abs((found == NEW).mean() - 0.3) < 0.02


def test_records_of_wealth_remove_from_the_register():
    _, found = screened(Registered.POOR, LINE * 4, match_wealth=1.0)
    assert (found == REMOVE).all()
    _, found = screened(Registered.POOR, LINE * 2, match_wealth=1.0)
    assert (found == EXIT).all()


def test_every_household_is_screened_in_one_of_the_two_months():
    world = register_world(household_registered=Registered.POOR)
    act(Screening(), world, "2018-10", **EXACT)
    october = (world.household["visited"] == month_index("2018-10")).sum()
    act(Screening(), world, "2018-11", **EXACT)
    november = (world.household["visited"] == month_index("2018-11")).sum()
    assert october + november == len(living(world))
    assert min(october, november) > 0.35 * len(living(world))


def test_last_years_results_are_forgotten():
    world, _ = screened(Registered.POOR, LINE + 100)
    world.household["registry_income"][:] = 0
    act(Screening(), world, "2019-10", **EXACT)
    assert not np.any(world.household["eligible"])
