"""Operators and the households they link, in fact or on paper."""

import numpy as np
import pytest

from sim.measures.a01_operators import LinkedOperators
from sim.world.codes import Registered
from tests.sim.tiny import parameters_for, run_alone, tiny_world


def run(clauses=("A1.5",), money=10**10, month="2019-12", leak_cut=0.0, **changes):
    one = LinkedOperators()
    parameters = parameters_for(
        (one,), clauses=dict.fromkeys(clauses, 1.0),
        changes={"a01_operators.link_reach": 1.0}
        | {f"a01_operators.{k}": v for k, v in changes.items()},
    )  # fmt: skip
    world = tiny_world(1200, mechanisms=(one,), villages=4, county_leak_cut=leak_cut)
    world.ledger.grant("operator_credit", 0, money)
    run_alone(one, world, month, parameters)
    return world


def theirs(world):
    state = world.household.registered
    fit = np.isin(state, (Registered.POOR, Registered.RELAPSED, Registered.EXITED))
    return int((fit & (world.household.alive == 1)).sum())


def test_every_real_link_pays_and_every_link_costs_the_subsidy():
    world = run(paper_share=0.0)
    number = theirs(world)
    assert int(world.village.did_linked.sum()) == number > 0
    assert int(world.village.paid_operator_credit.sum()) == number * 1_200_00
    assert int(world.household.property.sum()) == number * 900_00


def test_links_on_paper_cost_as_much_and_pay_nothing():
    world = run(paper_share=0.5)
    number = theirs(world)
    assert int(world.village.paid_operator_credit.sum()) == number * 1_200_00
    real, paper = int(world.village.did_linked.sum()), int(world.village.did_linked_on_paper.sum())
    assert real + paper == number and paper / number == pytest.approx(0.5, abs=0.15)
    assert int(world.household.property.sum()) == real * 900_00
    checked = run(paper_share=0.5, leak_cut=1.0)
    assert checked.village.did_linked_on_paper.sum() == 0


def test_money_and_clause_bind():
    few = run(money=10 * 1_200_00 + 10, paper_share=0.0)
    assert int(few.village.did_linked.sum()) == 10
    assert few.ledger.waited.sum() > 0
    off = run(clauses=())
    assert off.household.property.sum() == 0 and off.ledger.asked.sum() == 0
    assert run(month="2019-03").household.property.sum() == 0
