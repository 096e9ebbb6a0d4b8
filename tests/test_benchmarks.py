"""The Mesa version in benchmarks/ gives the model's answers, and would be found out if not."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import against_mesa as bench
from benchmarks.mesa_model import COMPARED, streams
from sim.calendar import PLAN_START, month_index
from sim.world.codes import Job, Registered

LAST = month_index("2020-12")


@pytest.fixture(scope="module")
def parameters():
    return bench.subset_parameters()


@pytest.fixture(scope="module")
def versions(people, parameters):
    """The start, the compiled model at its end, and the Mesa version at its end."""
    start = bench.subset_model(people, parameters, LAST)
    _, objects = bench.mesa_objects(start, streams(start.seed_value))
    end = bench.subset_model(people, parameters, LAST)
    bench.compiled(end)
    return start, end, objects


def test_same_answers_in_every_column(versions):
    _, end, objects = versions
    assert bench.differences(end, objects) == []


def test_every_column_that_the_subset_writes_is_compared(versions):
    _, end, _ = versions
    held = {"village.assistance_due", "household.land", "household.granted_year"}
    written = set()
    for mechanism in end.schedule.mechanisms():
        if mechanism.months:
            written |= {*mechanism.writes, *mechanism.changes}
    paid = {key for key in written if key.startswith("village.paid_")}
    deeds = {key for key in written if key.startswith("village.did_")}  # counts of the same
    assert written - paid - deeds - held <= set(COMPARED)
    assert {"paid." + key.removeprefix("village.paid_") for key in paid} <= set(COMPARED)


def test_a_difference_is_found(versions):
    _, end, objects = versions
    person = objects.households[0].persons[0]
    person.own_year += 1
    try:
        assert bench.differences(end, objects) == [
            f"person.own_year: 1 of {int(end.world.person.alive.sum())}"
        ]
    finally:
        person.own_year -= 1


def test_much_happens_in_the_subset(versions):
    """Bills are paid by every payer, jobs change, the register moves in all four ways."""
    start, end, _ = versions
    paid = dict(zip(end.ledger.programmes, end.ledger.spent.sum(axis=1), strict=True))
    paid.pop("health_works")
    assert all(fen > 0 for fen in paid.values()), paid
    before, after = start.world, end.world
    job = before.person.job != after.person.job
    assert job[before.person.alive == 1].mean() > 0.2
    for state in (Job.LOCAL, Job.MIGRANT_OUT, Job.NONE):
        assert (after.person.job == state).any()
    left, now = before.household.registered, after.household.registered
    assert ((left == Registered.POOR) & (now == Registered.EXITED)).any()
    assert (after.household.first_month >= PLAN_START).any()
    assert (now == Registered.REMOVED).any()
    assert (after.household.exit_month >= PLAN_START).any()


def test_draws_made_beforehand_change_nothing(people, parameters, versions):
    _, end, _ = versions
    plain = bench.subset_model(people, parameters, LAST)
    plain.run()
    for kind in ("person", "household", "village", "county"):
        for name, column in plain.world.tables[kind].items():
            assert np.array_equal(column, end.world.tables[kind][name]), f"{kind}.{name}"


def test_replicated_people_are_the_same_people(people):
    larger = bench.replicated(people, 3)
    person, home = larger["person"], larger["household"]
    assert len(np.unique(person["id"])) == 3 * len(people["person"]["id"])
    assert (np.diff(person["household"]) >= 0).all()
    assert (np.diff(home["village"]) >= 0).all()
    assert (np.diff(larger["village"]["county"]) >= 0).all()
    size = np.bincount(person["household"], minlength=len(home["id"]))
    assert np.array_equal(size, home["size"])
    kin = home["kin"]
    known = kin >= 0
    assert np.array_equal(home["village"][known], home["village"][kin[known]])
    for name in ("age", "wage"):
        assert person[name].sum() == 3 * people["person"][name].sum()
