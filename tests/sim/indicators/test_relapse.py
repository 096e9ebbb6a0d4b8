"""Exit and relapse by every definition, and the near-poor, counted by hand."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.indicators.registry import Flows
from sim.indicators.relapse import NearPoor, Relapse
from sim.registry.exit_kind import ExitKind, Kind, NearBand
from sim.world.codes import Monitor, Registered, Relocation
from tests.sim.indicators.build import Book, observed_world
from tests.sim.tiny import parameters_for, run_alone

DECEMBER = month_index("2018-12")


def small_world(**more):
    world = observed_world(
        400, household_exit_month=0, household_registered=Registered.NEVER,
        household_registered_relapse_month=0, household_relapse_month=0, **more,
    )  # fmt: skip
    world.household["size"][:] = 3
    world.household["poor"][:] = 0
    return world, np.flatnonzero(world.household["alive"] != 0)


def year_of(world, kinds, each=None, last=DECEMBER):
    book = Book(world, kinds, last=last)
    for month in range(last - 11, last + 1):
        if each:
            each(month)
        book.month(month)
    return book


def test_the_four_definitions_side_by_side():
    world, rows = small_world()
    home = world.household
    out, true_out, back, fell = (rows[k * 5 : k * 5 + 5] for k in range(4))
    home["exit_month"][out] = DECEMBER
    home["true_exit_month"][true_out] = month_index("2018-04")
    home["true_exit_month"][out[:2]] = month_index("2017-04")  # last year's
    home["registered_relapse_month"][back] = DECEMBER
    home["relapse_month"][fell] = month_index("2018-07")
    book = year_of(world, (Flows, Relapse))
    for name in ("exits", "true_exits", "relapses_registered", "relapses_true"):
        assert book(name, 2018) == 15, name


def test_a_false_relapse_is_judged_in_the_month_in_which_it_is_written():
    world, rows = small_world()
    home = world.household
    home["registered"][rows[:4]] = Registered.EXITED

    def each(month):
        if month == month_index("2018-05"):
            home["registered_relapse_month"][rows[:4]] = month
            home["poor"][rows[:1]] = 1
        if month == month_index("2018-06"):
            home["poor"][rows[:4]] = 1 - home["poor"][rows[:4]]

    assert year_of(world, (Relapse,), each)("false_relapses", 2018) == 9


def test_a_relapse_that_the_register_never_saw_is_hidden_at_the_end():
    world, rows = small_world()
    home = world.household
    home["registered"][rows[:3]], home["exit_month"][rows[:3]] = (
        Registered.EXITED, month_index("2017-12"),
    )  # fmt: skip
    home["relapse_month"][rows[:3]] = month_index("2018-03")
    home["registered_relapse_month"][rows[1]] = month_index("2018-11")  # seen
    home["registered"][rows[2]] = Registered.RELAPSED  # written back in
    book = year_of(world, (Relapse,))
    assert book("hidden_relapses", 2018) == 3
    assert book("hidden_relapses", 2017) == 0
    earlier = Book(world, (Relapse,), last=DECEMBER + 1)
    earlier.month(DECEMBER)
    assert not earlier.rows("hidden_relapses"), "only at the end of the run"


def test_how_far_above_the_line_people_leave():
    world, rows = small_world()
    home = world.household
    home["exit_month"][rows[:10]] = DECEMBER
    home["exit_margin"][rows[:10]] = np.arange(10) / 10 + 1.0
    book = year_of(world, (Relapse,))
    assert book("exit_margin", 2018, group="near") == pytest.approx(0.1)
    assert book("exit_margin", 2018, group="p50") == pytest.approx(1.4)
    assert book("exit_margin", 2018, group="p90") == pytest.approx(1.8)


def test_the_type_at_exit_is_that_of_the_month_of_exit():
    world, rows = small_world()
    home = world.household
    a, b, c = rows[:3]
    home["exit_month"][[a, b]] = DECEMBER
    home["exit_month"][c], home["exit_kind"][c] = DECEMBER - 12, Kind.DISABLED
    home["labour"][[a, b]] = [0.5, 2.0]
    home["disabled"][[a, b]] = 0
    home["away"][[a, b]] = [0, 1]
    home["exit_margin"][[a, b]] = [1.05, 1.5]
    home["relocation"][[a, b]] = [Relocation.NONE, Relocation.MOVED]
    run_alone(ExitKind(), world, DECEMBER, parameters_for([ExitKind()]))
    assert home["exit_kind"][a] == Kind.LABOUR_SHORT | Kind.NEAR_LINE
    assert home["exit_kind"][b] == Kind.RELOCATED | Kind.MIGRANT
    assert home["exit_kind"][c] == Kind.DISABLED, "an older exit keeps its own"
    home["labour"][a] = 3.0
    run_alone(ExitKind(), world, DECEMBER + 1, parameters_for([ExitKind()]))
    assert home["exit_kind"][a] & Kind.LABOUR_SHORT


def test_the_band_above_the_line_and_who_of_it_falls():
    world, rows = small_world(household_monitor=Monitor.NONE)
    home = world.household
    january = month_index("2018-01")
    parameters = parameters_for([NearBand()])
    line = parameters.value("calendar.line", january) * 100.0 * 3
    ratio = np.array([0.99, 1.0, 1.09, 1.1, 1.25, 1.49, 1.5])
    seven = rows[:7]
    home["income12"][:] = int(9 * line)
    home["income12"][seven] = np.ceil(ratio * line)
    run_alone(NearBand(), world, january, parameters)
    assert home["near_band"][seven].tolist() == [0, 1, 1, 2, 3, 4, 0]
    home["poor"][seven[1]], home["registered"][seven[2]] = 1, Registered.EXITED
    run_alone(NearBand(), world, january, parameters)
    assert home["near_band"][seven].tolist() == [0, 0, 0, 2, 3, 4, 0]

    home["near_band"][:], home["poor_since"][:] = 0, month_index("2015-01")
    home["near_band"][seven] = [1, 1, 1, 1, 2, 2, 4]
    home["poor_since"][seven[[0, 1, 4]]] = month_index("2018-09")
    home["monitor"][seven[0]] = Monitor.MARGINAL
    book = year_of(world, (NearPoor,))
    assert book("near_poor", 2018) == 21
    assert book("near_poor_entry", 2018) == pytest.approx(3 / 7)
    assert book("near_poor_entry", 2018, group="1.0-1.1") == pytest.approx(0.5)
    assert book("near_poor_entry", 2018, group="1.3-1.5") == 0
    assert book("near_poor_missed", 2018) == pytest.approx(2 / 3)
