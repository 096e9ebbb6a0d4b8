"""Work for relief: wages come out of the works' own money and reach registered people."""

import numpy as np
import pytest

from sim.measures.m1_relief_work import ReliefWork
from sim.world.codes import Registered
from sim.world.columns import account
from tests.sim.tiny import parameters_for, run_alone, tiny_world

ROADS = account("roads", "roads", "roads", family="sector", to="supplier")
BUILT = 100_000_000


def made(clauses, month="2018-06", **more):
    work = ReliefWork()
    world = tiny_world(900, villages=4, counties=2, mechanisms=[work], columns=[ROADS], **more)
    ledger = world.ledger
    for county in (0, 1):
        ledger.grant("roads", county, 2 * BUILT)
    ledger.works[:] = BUILT
    ledger.draw("roads", np.array([BUILT, 0]), works=True)
    world.village.paid_roads[0] = BUILT
    ledger.close_month()
    run_alone(work, world, month, parameters_for([work], clauses, {"economy.wage_index": 1.0}))
    return world


def test_a_tenth_of_the_works_and_half_of_it_to_the_registered():
    world = made({"M1.6": 1.0})
    ledger = world.ledger
    assert list(ledger.accounts.aside[ledger.row("roads")]) == [BUILT // 10, 0]
    paid = world.village.paid_relief_work
    assert paid.sum() == world.household.wage.sum() == world.household.granted.sum()
    assert paid.sum() == 33 * 300_000  # what is left is less than another worker's pay
    listed = world.household.registered
    theirs = (listed == Registered.POOR) | (listed == Registered.RELAPSED)
    theirs |= listed == Registered.EXITED
    assert world.household.wage[theirs].sum() == 17 * 300_000
    assert world.village.did_relief_pay.sum() == 33 * 3_000
    assert world.village.did_relief_pay_registered.sum() == 17 * 3_000
    assert (world.household.labour[world.household.wage > 0] >= 1).all()
    assert not paid[2:].any()  # nothing was built in the other county
    ledger.close_month()


def test_the_poorest_registered_come_first():
    world = made({"M1.6": 1.0})
    household = world.household
    span = world.county_rows(0, "household")
    able = (household.alive[span] == 1) & (household.labour[span] >= 1)
    able &= np.isin(
        household.registered[span], [Registered.POOR, Registered.RELAPSED, Registered.EXITED]
    )
    seen = household.seen_income[span][able]
    took = household.wage[span][able] > 0
    assert seen[took].max() <= seen[~took].min()


def test_without_the_clause_it_is_less_and_less_of_it_theirs():
    world = made({})
    ledger = world.ledger
    assert list(ledger.accounts.aside[ledger.row("roads")]) == [int(BUILT * 0.03), 0]
    assert world.village.did_relief_pay.sum() == 9 * 3_000  # two fen short of a tenth
    assert world.village.did_relief_pay_registered.sum() == 3 * 3_000


def test_between_paydays_the_money_waits_in_its_account():
    world = made({"M1.6": 1.0}, month="2018-07")
    assert not world.household.wage.any()
    row = world.ledger.row("relief_work")
    assert world.ledger.accounts.balance[row, 0] == BUILT // 10


def test_no_more_is_set_aside_than_the_works_still_hold():
    work = ReliefWork()
    world = tiny_world(900, villages=4, counties=2, mechanisms=[work], columns=[ROADS])
    ledger = world.ledger
    ledger.grant("roads", 0, BUILT + 1_000)
    ledger.works[:] = BUILT
    ledger.draw("roads", np.array([BUILT, 0]), works=True)
    world.village.paid_roads[0] = BUILT
    ledger.close_month()
    run_alone(work, world, "2018-06", parameters_for([work], {"M1.6": 1.0}))
    assert ledger.accounts.aside.sum() == pytest.approx(1_000, abs=2)
    ledger.close_month()
