"""Village branches, reserve cadres, and the capture that all of them cut."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s5_village import Branches, EliteCapture
from tests.sim.tiny import parameters_for, run_months, tiny_world

ALL = {"S5.2": 1.0, "S5.4": 1.0, "S5.6": 1.0}


def led(clauses, months=36, changes=None, each=None):
    """The world after so many months from January 2018."""
    both = [Branches(), EliteCapture()]
    world = tiny_world(3_000, villages=100, mechanisms=both)
    run_months(both, world, "2018-01", months, parameters_for(both, clauses, changes), each=each)
    return world


def test_without_the_clauses_a_fifth_is_captured_and_more_in_weak_villages():
    world = led({})
    weak = world.village.weak_branch == 1
    assert 0 < weak.sum() < 30
    assert world.village.capture == pytest.approx(np.where(weak, 0.3, 0.2))
    for key in ("village.takeup", "village.herd_gain", "village.work_hours", "county.leak_cut"):
        assert not world[key].any(), key


def test_strong_branches_and_no_tyrants_cut_capture():
    world = led({"S5.2": 1.0, "S5.6": 1.0}, 1, {"s5_village.weak": 0.0})
    assert world.village.capture == pytest.approx(0.2 * np.exp(-0.3 - 0.4))
    assert world.county.leak_cut == pytest.approx(0.05)


def test_wealth_leaders_help_the_animals_of_their_village():
    world = led({"S5.2": 1.0}, 1)
    led_by = world.village.wealth_leader == 1
    assert 0.3 < led_by.mean() < 0.7
    assert world.village.herd_gain == pytest.approx(np.where(led_by, 0.03, 0.0))


def test_weak_branches_are_mended():
    before, after = led({}), led({"S5.4": 1.0})
    assert after.village.weak_branch.sum() < before.village.weak_branch.sum() / 3
    assert (after.village.mended_branch + after.village.weak_branch
            == before.village.weak_branch).all()  # fmt: skip


def test_nearly_every_poor_village_has_a_reserve_cadre_by_the_end_of_2020():
    world = led({"S5.4": 1.0})
    poor = world.village.poor_village == 1
    assert (world.village.reserve_cadres[poor] >= 1).mean() > 0.9
    assert world.village.reserve_cadres.max() == 2
    assert not world.village.reserve_cadres[~poor].any()
    assert world.village.work_hours == pytest.approx(6.0 * world.village.reserve_cadres)


def test_reserve_cadres_stay_for_years_when_the_clause_ends():
    on = np.where(np.arange(122) < 62, 1.0, 0.0)  # until December 2020
    then = led({"S5.4": on}, 36).village.reserve_cadres.sum()
    later = led({"S5.4": on}, 60).village.reserve_cadres.sum()
    assert 0.4 * then < later < then


def test_a_village_takes_in_a_young_member_every_two_years():
    members = []
    world = tiny_world(3_000, villages=100, mechanisms=[Branches()])
    run_months(
        [Branches()], world, "2018-01", 24, parameters_for([Branches()], {"S5.4": 1.0}),
        each=lambda _: members.append(world.village.did_young_members.sum()),
    )  # fmt: skip
    assert sum(members) / 100 == pytest.approx(1.0, abs=0.3)
