"""Bonds: money now, debt service later."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import month_index
from sim.measures.m2_bonds import SECTOR, Bonds
from tests.sim.tiny import parameters_for, run_alone, tiny_world


def years(clauses, count, poor=1_000, sample=1.0, purse=True):
    bonds = Bonds()
    world = tiny_world(600, counties=2, mechanisms=[bonds], county_registered_start=poor,
                       county_sample=sample, county_deep=np.array([1, 0]))  # fmt: skip
    parameters = parameters_for([bonds], clauses, last=month_index("2030-12"))
    if purse:  # what else the sectors have
        world.ledger.endow("sector", np.full(2, 10**9, np.int64))
    debts = []
    for year in range(2018, 2018 + count):
        run_alone(bonds, world, f"{year}-03", parameters)
        debts.append(world.county.debt_public.copy())
        if not purse:
            purses = world.ledger.purses
            purses.flow("left", SECTOR, slice(None), purses.balance[SECTOR])
        world.ledger.check()
    return world, np.array(debts)


def test_money_comes_in_by_the_number_of_poor_and_deep_counties_get_more():
    world, debts = years({"M2.1": 1.0}, 1)
    assert list(debts[0]) == [780_000, 600_000]
    assert list(world.ledger.purses.balance[SECTOR]) == [10**9 + 780_000_00, 10**9 + 600_000_00]
    assert world.county.bonds.sum() == 1_380_000


def test_a_sample_raises_and_owes_its_share():
    world, debts = years({"M2.1": 1.0}, 1, poor=100, sample=0.1)
    assert list(debts[0]) == [78_000, 60_000]
    assert list(world.ledger.purses.balance[SECTOR]) == [10**9 + 78_000_00, 10**9 + 60_000_00]


def test_it_is_paid_back_within_ten_years_of_the_first():
    world, debts = years({"M2.1": 1.0}, 11)
    assert debts[2, 1] == pytest.approx(1_800_000)  # only interest so far
    assert (np.diff(debts[3:10, 1]) < 0).all()
    assert debts[10, 1] == pytest.approx(0, abs=1)
    returned = world.ledger.purses.returned[SECTOR, 1] / 100
    assert returned > 1_800_000


def test_an_empty_purse_pays_nothing_and_owes_more():
    _, debts = years({"M2.1": 1.0}, 5, purse=False)
    assert debts[4, 1] > 1_800_000


def test_without_the_clause_there_is_neither():
    world, debts = years({}, 4)
    assert not debts.any()
    assert not world.ledger.purses.left.any()
