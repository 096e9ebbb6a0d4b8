"""Inspection sees better and costs hours; forms cost hours; what is left is for visits."""

from __future__ import annotations

import pytest

from sim.measures.s7_formalism import CadreHours, Oversight
from tests.sim.tiny import parameters_for, run_alone, tiny_world


def budget(clauses, work=0.0, capacity=0.0):
    """A village's hours in one month, with hours sent and capacity pushed by others."""
    world = tiny_world(mechanisms=[CadreHours()])
    world.village["work_hours"] += work
    world.county["capacity"] += capacity
    run_alone(CadreHours(), world, "2018-06", parameters_for([CadreHours()], clauses))
    return world.village


def test_without_the_plan_nothing_is_added_to_visits():
    assert (budget({}).visit_hours == 0.0).all()
    # 27 of 40 + 27 + 4 + 18 hours go to forms
    assert budget({}).forms_share == pytest.approx(27 / 89)


def test_hours_that_are_sent_go_to_visits():
    village = budget({}, work=50.0)
    assert village.visit_hours == pytest.approx(50.0)
    assert village.forms_share == pytest.approx(27 / 139)


def test_forms_and_checks_cut_are_hours_for_visits():
    village = budget({"S7.3": 1.0})
    assert village.visit_hours == pytest.approx(0.5 * 27 + 0.3 * 4)
    assert village.forms_share == pytest.approx(13.5 / 89)


def test_inspection_takes_hours_and_the_limit_on_checks_gives_some_back():
    assert budget({"S7.1": 1.0}).visit_hours == pytest.approx(-8.0)
    both = budget({"S7.1": 1.0, "S7.3": 1.0})
    assert both.visit_hours == pytest.approx(13.5 - (12 * 0.7 - 4))
    assert both.inspected_hours == pytest.approx(12 * 0.7)


def test_an_able_county_delivers_in_fewer_hours():
    assert budget({}, capacity=0.2).visit_hours == pytest.approx(18 - 18 / 1.2)
    assert budget({}, capacity=-2.0).visit_hours == pytest.approx(18 - 18 / 0.2)


def test_inspection_is_two_sided():
    world = tiny_world(mechanisms=[Oversight()])
    run_alone(Oversight(), world, "2018-06", parameters_for([Oversight()], {"S7.1": 1.0}))
    assert world.county.error_cut == pytest.approx(0.10)
    assert world.county.strict == pytest.approx(0.3)
    assert world.county.leak_cut == pytest.approx(0.05)


def test_outside_supervisors_look_at_money_and_exits():
    world = tiny_world(mechanisms=[Oversight()])
    run_alone(Oversight(), world, "2018-06", parameters_for([Oversight()], {"S7.2": 1.0}))
    assert world.county.strict == pytest.approx(0.1)
    assert world.county.leak_cut == pytest.approx(0.05)
    assert not world.county.error_cut.any()


def test_without_the_clauses_nothing_is_pushed():
    world = tiny_world(mechanisms=[Oversight()])
    run_alone(Oversight(), world, "2018-06", parameters_for([Oversight()], {}))
    assert not world.county.strict.any()
    assert not world.county.leak_cut.any()
