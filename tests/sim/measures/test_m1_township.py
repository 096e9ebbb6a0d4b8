"""Townships' own funds: from the province to the villages, to the fen."""

import numpy as np
import pytest

from sim.measures.m1_township import TownshipFunds
from tests.sim.tiny import parameters_for, run_months, tiny_world


def made(leak=0.0, clauses=None, months=12):
    funds = TownshipFunds()
    world = tiny_world(
        1_200, villages=6, counties=3, mechanisms=[funds], township_deep=np.array([1, 0, 1]),
        village_site=np.array([0, 0, 0, 0, 0, 1]), village_capital=0,
    )  # fmt: skip
    world.ledger.leak[:] = leak
    run_months(
        [funds], world, "2018-01", months, parameters_for([funds], clauses or {"M1.7": 1.0}),
        each=lambda moment: world.ledger.close_month(),
    )  # fmt: skip
    return world


def test_a_year_by_hand():
    world = made()
    village = 2_000_000_000 / 16.3  # fen
    assert world.ledger.townships.above[0] == pytest.approx([2 * village, 0, village], abs=1)
    assert world.village.capital[:2] == pytest.approx(0.3 * village, rel=1e-6)
    assert world.village.township_industry[:2] == pytest.approx(0.7 * village, rel=1e-6)
    assert not world.village.capital[2:4].any()  # its township is not one of the 40
    assert world.village.capital[5] == 0  # no works in a settlement
    assert world.village.local_jobs[:2] == pytest.approx(0.04 * 0.7 * village / 1e8, rel=1e-5)
    assert list(world.township.township_fund) == [20_000_000, 0, 20_000_000]


def test_what_the_villages_got_is_what_was_spent():
    world = made(leak=0.1)
    ledger = world.ledger
    row = ledger.row("township_industry")
    got = world.village.capital.sum() + world.village.township_industry.sum()
    assert got == ledger.accounts.spent[row].sum()
    assert ledger.accounts.leaked[row].sum() == pytest.approx(got / 9, rel=1e-4)
    assert ledger.townships.balance.sum() == 0
    assert 0 <= ledger.accounts.balance[row].sum() < 100


def test_in_three_parts():
    assert made(months=3).ledger.townships.down.sum() == 0
    april, july = made(months=4), made(months=7)
    whole = april.ledger.townships.above.sum()
    assert april.ledger.townships.down.sum() == pytest.approx(whole / 3, abs=2)
    assert july.ledger.townships.down.sum() == pytest.approx(whole * 2 / 3, abs=2)


def test_without_the_clause_nothing_happens():
    world = made(clauses={"M1.1": 1.0})
    assert not world.village.capital.any()
    assert not world.village.local_jobs.any()
    assert not world.ledger.province.received.any()
