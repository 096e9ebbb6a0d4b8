"""Publicity, conditional support, customs and examples: each clause moves its own lever."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a10_motivation import Motivation
from sim.world.codes import Registered
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

PUSHES = ("takeup", "find_gain", "aid_freed", "custom_cut")
ALL = ("A10.1", "A10.2", "A10.3", "A10.5")


def lived(clauses, months=37, money=10**12, changes=None, each=None, **more):
    """The world after so many months from November 2017 (37: November 2020)."""
    motivation = Motivation()
    world = tiny_world(3_000, villages=30, mechanisms=[motivation], **more)
    world.ledger.grant("work_rewards", 0, money)

    def close(moment):
        if each is not None:
            each(moment, world)
        world.ledger.close_month()

    run_months([motivation], world, "2017-11", months,
               parameters_for([motivation], clauses, changes), each=close)  # fmt: skip
    return world


@pytest.fixture(scope="module")
def none():
    return lived({})


@pytest.fixture(scope="module")
def plan():
    return lived(dict.fromkeys(ALL, 1.0))


def test_without_the_plan_nothing_is_pushed_or_paid(none):
    for push in PUSHES:
        assert not none.village[push].any(), push
    assert none.village.conditional_share == pytest.approx(0.3)
    assert none.ledger.spent.sum() == 0


def test_publicity_reaches_most_people_in_time(plan):
    # after 37 months at a tenth of what is missing each month
    assert plan.village.awareness == pytest.approx(0.8 * (1 - 0.9**37), rel=1e-4)
    early = lived({"A10.1": 1.0}, 3)
    assert early.village.awareness == pytest.approx(0.8 * (1 - 0.9**3), rel=1e-4)
    assert early.village.takeup == pytest.approx(0.12 * early.village.awareness)
    assert early.village.find_gain == pytest.approx(0.03 * early.village.awareness)


def test_support_is_tied_to_taking_part(plan):
    assert plan.village.conditional_share == pytest.approx(0.78, abs=0.02)
    share = plan.village.conditional_share
    assert plan.village.aid_freed == pytest.approx(0.8 * (share - 0.3) / 0.7, rel=1e-4)
    half = lived({"A10.2": 0.5})
    assert (half.village.conditional_share < share).all()


def test_councils_are_founded_and_customs_follow_while_they_are_backed(plan):
    assert 0.85 < plan.village.custom_council.mean() <= 1.0
    assert plan.village.custom_cut == pytest.approx(0.2 * plan.village.custom_council)
    on = np.where(np.arange(122) < 30, 1.0, 0.0)
    ended = lived({"A10.3": on})
    assert ended.village.custom_council.any()
    assert not ended.village.custom_cut.any()


def test_a_settlement_founds_no_council():
    site = np.arange(30) % 10 == 9
    world = lived({"A10.3": 1.0}, village_site=site)
    assert not world.village.custom_council[site].any()


def test_examples_draw_others_where_many_have_exited():
    world = lived({"A10.5": 1.0}, 4)
    home = world.household
    listed = (home.registered > 0) & (home.alive == 1)
    out = listed & (home.registered == Registered.EXITED)
    of = home.village
    exited, once = (np.bincount(of[who], minlength=30) for who in (out, listed))
    share = exited / np.maximum(1, once)
    assert world.village.exited_share == pytest.approx(share, rel=1e-5)
    assert world.village.takeup == pytest.approx(0.08 * share, rel=1e-5)


def test_examples_are_shown_once_a_year():
    shown = []
    lived({"A10.5": 1.0}, 26, changes={"a10_motivation.models_shown": 0.2},
          each=lambda moment, w: shown.append(w.village.did_examples_shown.sum()))  # fmt: skip
    assert sum(n > 0 for n in shown) == 2


def rewarded(clauses, fen, **more):
    motivation = Motivation()
    world = tiny_world(3_000, villages=10, mechanisms=[motivation],
                       household_registered=Registered.POOR, household_labour=2.0,
                       village_carded=200, **more)  # fmt: skip
    world.ledger.grant("work_rewards", 0, fen)
    run_alone(motivation, world, "2019-12", parameters_for([motivation], clauses), begin=True)
    return world


def test_rewards_are_paid_whole_and_to_the_share_that_earns_them():
    world = rewarded({"A10.2": 1.0}, 10**12)
    paid = world.household.transfer[world.household.alive == 1]
    assert set(np.unique(paid)) == {0, 500_00}
    chance = 0.6 * (0.3 + 0.5 / 12)  # a month after the clause began
    assert (paid > 0).mean() == pytest.approx(chance, abs=0.05)
    assert world.village.paid_work_rewards.sum() == paid.sum() == world.household.granted.sum()
    world.ledger.close_month()


def test_rewards_need_labour_and_money():
    assert rewarded({}, 10**12).household.transfer.sum() == 0
    idle = tiny_world(600, mechanisms=[Motivation()], household_labour=0.0,
                      household_registered=Registered.POOR)  # fmt: skip
    idle.ledger.grant("work_rewards", 0, 10**12)
    run_alone(Motivation(), idle, "2019-12", parameters_for([Motivation()], {"A10.2": 1.0}),
              begin=True)  # fmt: skip
    assert idle.household.transfer.sum() == 0
    short = rewarded({"A10.2": 1.0}, 30 * 500_00)
    assert 0 < short.household.transfer.sum() <= 30 * 500_00
    assert short.ledger.waited.sum() > 0
    short.ledger.close_month()
