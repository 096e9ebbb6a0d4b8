"""County heads who take charge and stay, and the companion policies of the departments."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s1_leadership import Leadership
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

NEVER_REPLACED = {"s1_leadership.turnover": 0.0}


def led(clauses, months=24, changes=None, counties=4):
    """The world after so many months from January 2018."""
    world = tiny_world(1_200, villages=8, counties=counties, mechanisms=[Leadership()])
    run_months([Leadership()], world, "2018-01", months,
               parameters_for([Leadership()], clauses, changes))  # fmt: skip
    return world


def test_without_the_clauses_nothing_is_added():
    world = led({})
    assert not world.county.capacity.any()
    assert not world.county.lag_cut.any()


def test_heads_take_hold_along_a_sigmoid():
    early, half, late = (led({"S1.1": 1.0}, n, NEVER_REPLACED).county for n in (1, 6, 36))
    # 0.10 / (1 + exp((6 - 1) / 2)), a half of it after six months, all of it in the end
    assert early.capacity == pytest.approx(0.10 / (1 + np.exp(2.5)))
    assert half.capacity == pytest.approx(0.05)
    assert late.capacity == pytest.approx(0.10, rel=1e-3)


def test_new_heads_begin_again():
    heads = Leadership()
    world = tiny_world(mechanisms=[heads])
    world.county.led_months[:] = 30
    always = parameters_for([heads], {"S1.1": 1.0}, {"s1_leadership.turnover": 1.0})
    run_alone(heads, world, "2018-06", always)
    assert (world.county.head_months == 0).all()
    assert (world.county.led_months == -6).all()
    assert (world.county.capacity < 0.001).all()


def test_heads_who_stay_have_been_there_longer_and_get_more_done():
    changes = {"s1_leadership.turnover": 0.5}
    go = led({"S1.1": 1.0}, 40, changes, counties=8).county
    stay = led({"S1.1": 1.0, "S5.1": 1.0}, 40, changes, counties=8).county
    assert (stay.head_months >= go.head_months).all()
    assert stay.head_months.mean() > go.head_months.mean()
    assert stay.capacity.mean() > go.capacity.mean()


def test_companion_policies_come_out_one_after_another():
    first, later = led({"S1.2": 1.0}, 1).county, led({"S1.2": 1.0}, 40).county
    assert first.companion_policies == pytest.approx(1 / 6)
    assert first.lag_cut == pytest.approx(3 / 6)
    assert later.companion_policies == pytest.approx(1.0, abs=0.002)
    assert later.capacity == pytest.approx(0.05, rel=0.01)


def test_it_changes_nothing_it_does_not_declare():
    run_alone(Leadership(), tiny_world(mechanisms=[Leadership()]), "2018-06",
              parameters_for([Leadership()], {"S1.1": 1.0, "S1.2": 1.0, "S5.1": 1.0}),
              begin=True)  # fmt: skip
