"""Spells out of poverty, worked by hand."""

import numpy as np

from sim.calendar import month_index
from sim.indicators.spells import Spells
from sim.registry.exit_kind import Kind
from sim.world.codes import Cause, Registered
from tests.sim.indicators.build import Book, observed_world


def empty_world():
    world = observed_world(200, household_exit_month=0, household_registered=Registered.NEVER)
    world.household["size"][:] = 2
    return world


def spells(book, name="spell"):
    return {(row[1], row[2], row[4]): row[5] for row in book.rows(name) if row[0] == 0}


def run(world, end, each=None):
    last = month_index(end)
    book = Book(world, (Spells,), last=last)
    for month in range(month_index("2017-11"), last + 1):
        if each:
            each(month)
        book.month(month)
    return book


def test_one_of_each_kind():
    world = empty_world()
    home = world.household
    home["registered"][:5] = Registered.EXITED
    home["exit_month"][:5] = [month_index(m) for m in
                              ("2017-12", "2017-12", "2018-12", "2018-12", "2016-12")]  # fmt: skip
    home["relapse_month"][0], home["relapse_cause"][0] = month_index("2018-07"), Cause.ILLNESS
    # an older relapse belongs to an older spell
    home["relapse_month"][2], home["relapse_cause"][2] = month_index("2018-03"), Cause.PRICE
    book = run(world, "2019-06")
    assert spells(book) == {
        (2017, 12, "relapsed:7:illness"): 2.0,
        (2017, 12, "censored:18"): 2.0,
        (2018, 12, "censored:6"): 4.0,
    }
    assert spells(book, "spell_registered") == {
        (2017, 12, "censored:18"): 4.0,
        (2018, 12, "censored:6"): 4.0,
    }


def test_a_spell_that_was_registered_as_relapse_is_kept_when_a_new_one_begins():
    world = empty_world()
    home = world.household
    home["registered"][:2], home["exit_month"][:2] = Registered.EXITED, month_index("2017-12")
    home["relapse_month"][0], home["relapse_cause"][0] = month_index("2018-03"), Cause.DISASTER

    def each(month):
        if month == month_index("2018-12"):  # both are written back in, one of them wrongly
            home["registered"][:2] = Registered.RELAPSED
            home["registered_relapse_month"][:2], home["cause"][:2] = month, Cause.ILLNESS
        if month == month_index("2019-12"):
            home["registered"][:2], home["exit_month"][:2] = Registered.EXITED, month

    book = run(world, "2020-06", each)
    assert spells(book) == {
        (2017, 12, "relapsed:3:disaster"): 2.0,
        (2017, 12, "censored:12"): 2.0,
        (2019, 12, "censored:6"): 4.0,
    }
    assert spells(book, "spell_registered") == {
        (2017, 12, "relapsed:12:illness"): 4.0,
        (2019, 12, "censored:6"): 4.0,
    }


def test_a_monitored_relapse_ends_the_registered_spell_only():
    world = empty_world()
    home = world.household
    home["registered"][0], home["exit_month"][0] = Registered.EXITED, month_index("2020-12")
    home["registered_relapse_month"][0], home["cause"][0] = month_index("2021-04"), Cause.LABOUR
    book = run(world, "2021-12")
    assert spells(book) == {(2020, 12, "censored:12"): 2.0}
    assert spells(book, "spell_registered") == {(2020, 12, "relapsed:4:labour"): 2.0}


def test_survival_from_the_rows():
    world = empty_world()
    home = world.household
    home["registered"][:10], home["exit_month"][:10] = Registered.EXITED, month_index("2017-12")
    home["relapse_month"][:3] = month_index("2017-12") + np.array([2, 2, 5])
    book = run(world, "2018-12")
    survival, at_risk = 1.0, sum(spells(book).values())
    ends = sorted((int(group.split(":")[1]), group, n) for (_, _, group), n in spells(book).items())
    for _, group, persons in ends:
        if group.startswith("relapsed"):
            survival *= 1 - persons / at_risk
        at_risk -= persons
    assert np.isclose(survival, 0.7)


def test_a_branch_keeps_what_was_booked_before_it():
    world = empty_world()
    home = world.household
    home["registered"][:2], home["exit_month"][:2] = Registered.RELAPSED, month_index("2017-12")
    home["registered_relapse_month"][:2] = month_index("2018-12")
    last = month_index("2019-01")
    book = Book(world, (Spells,), last=last)
    book.month("2018-12")
    other = Book(world, (Spells,), last=last)
    other.recorder = book.recorder.copy(world, other.observations)
    for one in (book, other):
        one.month("2019-01")
    assert book.recorder.rows == other.recorder.rows
    assert spells(other, "spell_registered") == {(2017, 12, "relapsed:12:other"): 4.0}


def test_spells_by_the_type_at_exit_overlap_and_those_of_none_are_the_others():
    world = empty_world()
    home = world.household
    home["registered"][:3], home["exit_month"][:3] = Registered.EXITED, month_index("2017-12")
    home["exit_kind"][:3] = [Kind.DISABLED | Kind.NEAR_LINE, Kind.DISABLED, 0]
    home["relapse_month"][0], home["relapse_cause"][0] = month_index("2018-03"), Cause.ILLNESS
    book = run(world, "2018-06")
    assert spells(book, "spell_type") == {
        (2017, 12, "disabled:relapsed:3"): 2.0,
        (2017, 12, "disabled:censored:6"): 2.0,
        (2017, 12, "near_line:relapsed:3"): 2.0,
        (2017, 12, "others:censored:6"): 2.0,
    }


def test_counties_have_the_same_spells_without_causes():
    world = observed_world(
        counties=2, villages=4, household_exit_month=0, household_registered=Registered.NEVER
    )
    home = world.household
    rows = np.flatnonzero(home["alive"] != 0)
    home["registered"][rows], home["exit_month"][rows] = Registered.EXITED, month_index("2017-12")
    fell = rows[::3]
    home["relapse_month"][fell], home["relapse_cause"][fell] = month_index("2018-02"), Cause.PRICE
    book = run(world, "2018-06")
    whole = spells(book)
    for group, ours in (("relapsed:2", "relapsed:2:price"), ("censored:6", "censored:6")):
        parts = [row[5] for row in book.rows("spell") if row[0] != 0 and row[4] == group]
        assert len(parts) == 2
        assert np.isclose(sum(parts), whole[2017, 12, ours])
