"""What leaks and what is wasted, and what each clause of supervision cuts."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s6_supervision import Supervision
from sim.world.columns import account
from tests.sim.tiny import parameters_for, run_alone, tiny_world

ALL = {f"S6.{k}": 1.0 for k in range(1, 8)}
ROADS = account("s6_works", "works of a test", "测试", family="special", to="supplier")


def supervised(clauses, leak_cut=0.0, **more):
    """The world after one month."""
    world = tiny_world(mechanisms=[Supervision()], columns=[ROADS], **more)
    world.county["leak_cut"] += leak_cut
    run_alone(Supervision(), world, "2018-06", parameters_for([Supervision()], clauses))
    return world


def test_without_supervision_a_tenth_leaks_and_some_is_wasted():
    world = supervised({})
    assert world.ledger.leak == pytest.approx(0.10)
    assert world.ledger.waste == pytest.approx(0.067)
    for key in ("county.strict", "county.capacity", "county.lag_cut", "village.capture_cut"):
        assert not world[key].any(), key


def test_the_ledger_takes_it_from_what_is_delivered():
    world = supervised({})
    world.ledger.grant("s6_works", 0, 1_000_000)
    given = world.ledger.draw("s6_works", np.array([2_000_000]))[0]
    # of each fen that leaves the account 0.167 are lost, so 0.833 arrive
    assert given == pytest.approx(833_000, abs=10)
    assert world.ledger.waited.sum() == 2_000_000 - given
    audited = supervised({"S6.3": 1.0})
    audited.ledger.grant("s6_works", 0, 1_000_000)
    assert audited.ledger.draw("s6_works", np.array([2_000_000]))[0] > given


@pytest.mark.parametrize(
    ("clause", "leak", "waste"),
    [("S6.1", 0.0, 0.3), ("S6.2", 0.2, 0.0), ("S6.3", 0.4, 0.0), ("S6.4", 0.0, 0.6),
     ("S6.5", 0.3, 0.2), ("S6.6", 0.0, 0.0), ("S6.7", 0.0, 0.0)],
)  # fmt: skip
def test_what_each_clause_cuts(clause, leak, waste):
    world = supervised({clause: 1.0})
    assert world.ledger.leak == pytest.approx(0.10 * np.exp(-leak))
    assert world.ledger.waste == pytest.approx(0.067 * np.exp(-waste))


def test_accountability_makes_discipline_and_correction_bite_harder():
    without = {name: on for name, on in ALL.items() if name != "S6.7"}
    more, less = supervised(ALL), supervised(without)
    assert more.ledger.leak < less.ledger.leak
    assert less.county.strict == pytest.approx(0.1 + 0.5)
    assert more.county.strict == pytest.approx(1.3 * 0.6)


def test_what_others_prevent_comes_off_what_is_left():
    assert supervised({}, leak_cut=0.2).ledger.leak == pytest.approx(0.08)
    assert supervised({}, leak_cut=3.0).ledger.leak == pytest.approx(0.0)
    assert supervised(ALL, leak_cut=0.2).county.leakage_rate == pytest.approx(
        supervised(ALL, leak_cut=0.2).ledger.leak, rel=1e-6
    )


def test_publication_cuts_capture_and_errors_and_a_library_brings_projects_sooner():
    world = supervised({"S6.1": 1.0, "S6.2": 1.0})
    assert world.village.capture_cut == pytest.approx(0.3)
    assert world.county.error_cut == pytest.approx(0.05)
    assert world.county.lag_cut == pytest.approx(1.0)
