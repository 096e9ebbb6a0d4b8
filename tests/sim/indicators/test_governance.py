"""Errors of the register, visits and delay, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import month_index
from sim.indicators.governance import Governance
from sim.indicators.observation import Recorder
from sim.ledger import Ledger
from sim.measures.g_scope import GuidingIdeas
from sim.measures.s3_leaders import LeaderLinks
from sim.measures.s5_village import Branches
from sim.registry.first_known import FirstKnown
from sim.registry.round import YearlyRound
from sim.registry.visits import Visits
from sim.world.codes import Cause, Registered
from sim.world.columns import account
from tests.sim.tiny import now, parameters_for, tiny_world

DECEMBER = month_index("2019-12")
NEVER, POOR, EXITED = Registered.NEVER, Registered.POOR, Registered.EXITED
OWNERS = (FirstKnown, LeaderLinks, Branches, YearlyRound, Visits, GuidingIdeas)
PAID = (
    account("specialty", "crops of a test", "测试", family="sector", to="supplier"),
    account("water", "pipes of a test", "测试", family="special", to="supplier"),
)


def counted(**columns):
    """The scope's rows of one December by (indicator, group); visitors have 3 hours a household."""
    world = tiny_world(
        1_200, mechanisms=[one() for one in OWNERS], columns=PAID, village_team=3.0,
        **{f"household_{name}": value for name, value in columns.items()},
    )  # fmt: skip
    world.ledger = Ledger(world)
    world.ledger.spent_year[world.ledger.row("specialty")] = 30_000_00
    world.ledger.spent_year[world.ledger.row("water")] = 90_000_00
    seen = Governance()
    seen.bind(world, parameters_for([seen]), 1)
    recorder = Recorder(world, [seen])
    moment = now(DECEMBER)
    seen.open_month(moment)
    for block in world.blocks(2_000):
        block.at.month, block.at.year = moment.month, moment.year
        seen.run_block(block, np.zeros((4, 0), np.uint32))
    recorder.close_month(world, world.ledger, moment)
    return {(row[3], row[4]): row[5] for row in recorder.rows if row[0] == 0}, world


def share(world, which, of):
    """Persons of households in a mask over persons of another."""
    size = world.household["size"] * (world.household.alive == 1)
    return size[which & of].sum() / size[of].sum()


def test_errors_of_the_register():
    rows, world = counted(
        registered=np.array([NEVER, POOR, EXITED]), poor=np.array([1, 1, 0, 0]),
        elite=np.array([0, 0, 0, 0, 1]), cash=0, registry_income=0,
    )  # fmt: skip
    home = world.household
    listed, poor = home.registered == POOR, home.poor == 1
    assert rows["inclusion_error", ""] == pytest.approx(share(world, ~poor, listed))
    assert rows["exclusion_error", ""] == pytest.approx(share(world, ~listed, poor))
    assert rows["elite_registered", ""] == pytest.approx(share(world, listed, home.elite == 1))
    assert rows["misregistered", ""] == 0.0


def test_the_well_off_on_the_register():
    rows, world = counted(registered=POOR, cash=0, registry_income=np.array([0, 10_000_000]))
    rich = world.household.registry_income > 0
    assert rows["misregistered", ""] == pytest.approx(share(world, rich, rich | ~rich))


def test_visits_and_who_was_seen():
    rows, world = counted(
        registered=POOR, visited=np.array([DECEMBER, DECEMBER - 3]),
        cause=np.array([Cause.ILLNESS, Cause.SKILLS]),
    )  # fmt: skip
    home = world.household
    lives = (home.alive == 1) & (home["size"] > 0)
    assert rows["seen_recently", ""] == pytest.approx((home.visited[lives] == DECEMBER).mean())
    assert rows["seen_recently_hard", ""] == 1.0
    assert rows["visits_registered", ""] == pytest.approx(3.0 / 1.5)
    assert rows["visits_household", ""] == pytest.approx(3.0 / 1.5)


def test_who_was_struck_off():
    rows, world = counted(registered=np.array([Registered.REMOVED, POOR]))
    home = world.household
    removed = (home.registered == Registered.REMOVED) & (home.alive == 1)
    assert rows["removed", ""] == home["size"][removed].sum()
    # those struck off get a twentieth of the attention
    mean = (removed.sum() * 0.05 + (home.registered == POOR).sum()) / (home["size"] > 0).sum()
    assert rows["visits_household", ""] == pytest.approx(2.0 * mean, rel=1e-4)


def test_delay_and_what_is_not_known_yet():
    rows, _ = counted(
        registered=EXITED, poor=1, relapse_month=DECEMBER - 8, exit_month=DECEMBER - 24,
        known_month=np.array([DECEMBER - 2]),
    )  # fmt: skip
    assert rows["detection_delay", ""] == pytest.approx(6.0)
    assert rows["relapse_unknown", ""] == 0.0
    rows, _ = counted(registered=EXITED, poor=1, relapse_month=DECEMBER - 8, known_month=0)
    assert rows["relapse_unknown", ""] == 1.0
    assert ("detection_delay", "") not in rows


def test_exits_that_were_none():
    rows, world = counted(
        registered=EXITED, exit_month=np.array([DECEMBER, DECEMBER - 12]),
        poor=np.array([0, 0, 1]),
    )  # fmt: skip
    home = world.household
    exits = home.exit_month == DECEMBER
    assert rows["false_exit_share", ""] == pytest.approx(share(world, home.poor == 1, exits))


def test_money_delivered_and_how_much_of_it_is_for_income():
    rows, world = counted()
    assert rows["core_share", ""] == pytest.approx(0.25)
    assert rows["delivered", ""] == pytest.approx(120_000 / world.village.persons.sum())
