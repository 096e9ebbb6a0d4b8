"""Monitoring from March 2020, and what a registered relapse means from 2021 on."""

import numpy as np

from sim.calendar import month_index
from sim.registry.monitoring import Monitoring
from sim.world.codes import Cause, Monitor, Registered
from tests.sim.registry.build import act, living, register_world

LINE = 4_000_00  # fen, 2020
LINE_2021 = 4_120_00


def watched(state, income, month="2020-05", **more):
    world = register_world(
        household_registered=state, household_seen_income=income,
        household_visited=month_index(month), **more,
    )  # fmt: skip
    act(Monitoring(), world, month, accepted=1.0)
    return world, world.household["monitor"][living(world)]


def test_not_before_march_2020():
    _, kinds = watched(Registered.EXITED, LINE, month="2020-02")
    assert (kinds == Monitor.NONE).all()


def test_kinds_of_monitored_households():
    assert (watched(Registered.EXITED, 1.4 * LINE)[1] == Monitor.UNSTABLE_EXITED).all()
    assert (watched(Registered.NEVER, 1.4 * LINE)[1] == Monitor.MARGINAL).all()
    assert (watched(Registered.EXITED, 1.6 * LINE)[1] == Monitor.NONE).all()
    assert (watched(Registered.POOR, 0.5 * LINE)[1] == Monitor.NONE).all()
    shocked = watched(Registered.NEVER, 1.6 * LINE, household_seen_shock=Cause.ILLNESS)
    assert (shocked[1] == Monitor.SUDDEN).all()


def test_only_those_looked_at_this_month():
    world = register_world(household_registered=Registered.EXITED, household_seen_income=LINE,
                           household_visited=month_index("2020-04"))  # fmt: skip
    act(Monitoring(), world, "2020-05", accepted=1.0)
    assert not world.household["monitor"].any()


def test_a_risk_is_cleared_after_its_time():
    start = month_index("2020-03")
    for month, kind in (("2020-08", Monitor.UNSTABLE_EXITED), ("2020-09", Monitor.NONE)):
        _, kinds = watched(
            Registered.EXITED, 3 * LINE, month=month,
            household_monitor=Monitor.UNSTABLE_EXITED, household_monitor_month=start,
        )  # fmt: skip
        assert (kinds == kind).all()


def test_relapse_is_what_monitoring_finds_from_2021_on():
    for month, income, found in (
        ("2020-12", LINE - 100, False), ("2021-01", LINE_2021 - 100, True),
        ("2021-01", LINE_2021 + 100, False),
    ):  # fmt: skip
        world, _ = watched(
            Registered.EXITED, income, month=month, household_exit_month=month_index("2019-12")
        )
        home, rows = world.household, living(world)
        assert (
            home["registered_relapse_month"][rows] == (month_index(month) if found else 0)
        ).all()
        assert (home["registered"][rows] == Registered.EXITED).all()


def test_a_household_relapses_once_a_spell():
    month = month_index("2021-06")
    before = month_index("2021-02")
    world, _ = watched(
        Registered.EXITED, LINE - 100, month="2021-06",
        household_exit_month=month_index("2019-12"), household_registered_relapse_month=before,
    )  # fmt: skip
    assert (world.household["registered_relapse_month"][living(world)] == before).all()
    world, _ = watched(
        Registered.EXITED, LINE - 100, month="2021-06",
        household_exit_month=month_index("2019-12"),
        household_registered_relapse_month=month_index("2018-12"),
    )  # fmt: skip
    assert (world.household["registered_relapse_month"][living(world)] == month).all()


def test_the_share_accepted():
    world = register_world(20_000, household_registered=Registered.EXITED,
                           household_seen_income=LINE,
                           household_visited=month_index("2020-05"))  # fmt: skip
    act(Monitoring(), world, "2020-05", accepted=0.2)
    share = (world.household["monitor"][living(world)] > 0).mean()
    assert np.isclose(share, 0.2, atol=0.015)
