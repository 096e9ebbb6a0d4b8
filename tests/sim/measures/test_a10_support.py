"""Elders in dibao beside a well-off child: dibao ends, the child pays."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.transfers import Transfers
from sim.measures.a10_support import ElderSupport
from tests.sim.tiny import clear_sums, parameters_for, run_alone, tiny_world

CERTAIN = {
    "a10_support.child_near": 1.0, "a10_support.claimed": 1.0, "a10_support.persuaded": 1.0,
    "a08_dibao.assessment_error": 0.0, "a08_dibao.dibao_line": 4000.0,
}  # fmt: skip


def pairs(income=8_000, dibao=1):
    """A world of pairs in one village: an elder (even row) and the household of a child (odd)."""
    parts = [ElderSupport(), Transfers()]
    world = tiny_world(600, mechanisms=parts, villages=2, spare=(0.0, 0.0))
    home = world.household
    n = len(home.id)
    lives = home.alive == 1
    elder = (np.arange(n) % 2 == 0) & lives & np.append(lives[1:], False)
    home.size[:] = np.where(elder, 1, 4)
    home.pensioners[:] = np.where(elder, 1, 0)
    home.kin[:] = np.where(elder, np.minimum(np.arange(n) + 1, n - 1), -1)
    home.income12[:] = income * 100 * 4
    home.dibao[:] = np.where(elder, dibao, 0)
    home.dibao_pay[:] = np.where(home.dibao == 1, 200_00, 0)
    return world, elder


def run(world, month, clauses, changes=None):
    clear_sums(world)
    run_alone(ElderSupport(), world, month,
              parameters_for([ElderSupport()], clauses, CERTAIN | (changes or {})))  # fmt: skip


def test_dibao_ends_and_what_the_elders_get_the_children_pay():
    world, elder = pairs()
    run(world, "2018-05", {"A10.6": 1.0})
    home = world.household
    assert not home.dibao[elder].any()
    assert not home.dibao_pay[elder].any()
    assert (home.transfer[elder] == 150_00).all()
    assert home.other_cost[~elder].sum() == elder.sum() * 150_00
    assert world.village.did_elders_supported.sum() == elder.sum()
    run(world, "2018-06", {"A10.6": 1.0})
    assert (home.transfer[elder] == 150_00).all()
    assert world.village.did_elders_supported.sum() == 0


def test_without_the_clause_they_stay_in_dibao():
    world, elder = pairs()
    run(world, "2018-05", {})
    assert world.household.dibao[elder].all()
    assert not world.household.transfer.any()


def test_only_the_month_of_review_decides():
    world, elder = pairs()
    run(world, "2018-04", {"A10.6": 1.0})
    assert world.household.dibao[elder].all()


def test_a_child_that_is_not_well_off_or_no_child_is_left_alone():
    # 1.5 times 4,000 yuan a head is asked for
    world, elder = pairs(income=5_900)
    run(world, "2018-05", {"A10.6": 1.0})
    assert world.household.dibao[elder].all()
    world, elder = pairs()
    run(world, "2018-05", {"A10.6": 1.0}, {"a10_support.child_near": 0.0})
    assert world.household.dibao[elder].all()


@pytest.mark.parametrize(("dibao", "rate"), [(1, "claimed"), (0, "persuaded")])
def test_rates_hold_for_those_in_dibao_and_for_others(dibao, rate):
    world, elder = pairs(dibao=dibao)
    other = "persuaded" if rate == "claimed" else "claimed"
    run(world, "2018-05", {"A10.6": 1.0}, {f"a10_support.{rate}": 0.5,
        f"a10_support.{other}": 0.0})  # fmt: skip
    share = world.household.supported[elder].mean()
    assert share == pytest.approx(0.5, abs=0.16)


def test_it_ends_when_the_child_falls_or_the_clause_does():
    for income, clauses in ((1_000, {"A10.6": 1.0}), (8_000, {})):
        world, _ = pairs()
        run(world, "2018-05", {"A10.6": 1.0})
        world.household.income12[:] = income * 100 * 4
        run(world, "2019-05", clauses)
        assert not world.household.supported.any()
        assert not world.household.transfer.any()


def test_dibao_granted_again_ends_again_while_the_child_can_pay():
    world, elder = pairs()
    run(world, "2018-05", {"A10.6": 1.0})
    world.household.dibao[elder] = 1
    run(world, "2019-05", {"A10.6": 1.0})
    assert not world.household.dibao[elder].any()


def test_a_dead_child_pays_nothing():
    world, elder = pairs()
    run(world, "2018-05", {"A10.6": 1.0})
    world.household.alive[~elder] = 0
    run(world, "2018-06", {"A10.6": 1.0})
    assert not world.household.transfer.any()
    assert not world.household.other_cost.any()
