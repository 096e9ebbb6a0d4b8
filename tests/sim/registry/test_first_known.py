"""When a relapse first became known, and what capture does to the screening."""

from __future__ import annotations

import numpy as np

from sim.calendar import month_index
from sim.registry.first_known import FirstKnown
from sim.registry.screening import NEW, REMOVE, Screening
from sim.registry.visits import Visits
from sim.world.codes import Registered
from tests.sim.registry.build import act, living, register_world
from tests.sim.tiny import parameters_for, run_alone, tiny_world

JUNE = month_index("2019-06")


def noted(**columns):
    """The month noted for exited households that fell in March 2019, in June."""
    values = {
        "registered": Registered.EXITED, "relapse_month": JUNE - 3, "visited": JUNE,
        "seen_income": 1_000_00, "seen_gap": 0, "known_month": 0,
    } | columns  # fmt: skip
    given = {f"household_{name}": value for name, value in values.items()}
    world = tiny_world(mechanisms=[FirstKnown(), Visits()], **given)
    run_alone(FirstKnown(), world, JUNE, parameters_for([FirstKnown()]))
    return world.household.known_month[living(world)]


def test_a_visit_that_shows_it_is_noted():
    assert (noted() == JUNE).all()


def test_what_was_not_shown_is_not_known():
    assert (noted(visited=JUNE - 1) == 0).all(), "nobody came this month"
    assert (noted(seen_income=20_000_00) == 0).all(), "seen well off"
    assert (noted(registered=Registered.POOR) == 0).all(), "still on the register"
    assert (noted(relapse_month=0) == 0).all(), "not fallen"
    assert (noted(seen_income=20_000_00, seen_gap=1) == JUNE).all(), "a gap was seen"


def test_only_the_first_time_counts_until_the_next_relapse():
    assert (noted(known_month=JUNE - 2) == JUNE - 2).all()
    assert (noted(known_month=JUNE - 9) == JUNE).all(), "that was an earlier relapse"


def screened(state, income, **columns):
    """What one screening decides, month by month together."""
    world = register_world(
        3_000, household_registered=state, household_income12=np.int32(income),
        household_registry_income=income, household_seen_income=income, **columns,
    )  # fmt: skip
    verdict = np.zeros(len(world.household.id), np.int64)
    for month in ("2018-10", "2018-11"):
        act(Screening(), world, month, screening__match_wealth=0.5, screening__captured=0.5)
        verdict = np.maximum(verdict, world.household.eligible)
    return verdict[living(world)]


def test_capture_keeps_the_well_off_on_the_register():
    rich = 100_000_00
    honest = (screened(Registered.POOR, rich) == REMOVE).mean()
    captured = (screened(Registered.POOR, rich, village_capture=0.5) == REMOVE).mean()
    assert captured < 0.75 * honest
    assert not (screened(Registered.POOR, rich, village_capture=1.0) == REMOVE).any()


def test_capture_puts_leading_families_on_it_and_nobody_else():
    rich = 100_000_00
    assert not (screened(Registered.NEVER, rich, village_capture=1.0) == NEW).any()
    favoured = screened(Registered.NEVER, rich, village_capture=1.0, household_elite=1)
    assert 0.3 < (favoured == NEW).mean() < 0.7
    assert not (screened(Registered.NEVER, rich, household_elite=1) == NEW).any()
