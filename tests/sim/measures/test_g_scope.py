"""The guiding ideas: the hardest first, ranks, fit, quality, measures joined."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.g_scope import INCOME, LINKS, GuidingIdeas
from sim.month import SCHEDULE
from sim.registry.visits import Visits
from sim.world.codes import Cause, Registered
from sim.world.columns import account
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

PROGRAMMES = tuple(
    account(name, "a programme of a test", "测试", family="special", rank=rank)
    for name, rank in (("specialty", 3), ("house_repair", 2), ("water", 1), ("g_last", 9))
)
PUSHED = (
    "county.focus", "county.strict", "county.error_cut", "village.takeup", "village.herd_gain",
    "village.find_gain", "village.price_gain", "village.search_gain",
)  # fmt: skip


def guided(clauses, months=1, **more):
    """The world after so many months from January 2018."""
    world = tiny_world(mechanisms=[GuidingIdeas()], columns=PROGRAMMES, **more)
    run_months([GuidingIdeas()], world, "2018-01", months,
               parameters_for([GuidingIdeas()], clauses))  # fmt: skip
    return world


def test_without_the_ideas_nothing_is_pushed():
    world = guided({}, 3)
    for key in PUSHED:
        assert not world[key].any(), key


def test_income_and_the_weakest_link_move_up():
    def ranks(clauses, **lacking):
        registered = {"household_registered": Registered.POOR, "natural_road": 1}
        ledger = guided(clauses, **(registered | lacking)).ledger
        return {name: int(ledger.rank[ledger.row(name)]) for name in ledger.programmes}

    declared = {"specialty": 3, "house_repair": 2, "water": 1, "g_last": 9}
    assert ranks({}, household_water=0) == declared
    dry = ranks({"G6": 1.0}, household_water=0)
    assert dry == declared | {"specialty": 2, "water": -1}
    unsafe = ranks({"G6": 1.0}, household_water=1, household_house_cert=4)
    assert unsafe == declared | {"specialty": 2, "house_repair": 0}


def test_measures_come_to_fit_the_household():
    month, years = guided({"G7": 1.0}), guided({"G7": 1.0}, 60)
    assert month.village.match_quality == pytest.approx(0.5 + 0.3 / 12)
    assert years.village.match_quality == pytest.approx(0.8, abs=0.003)
    assert years.village.takeup == pytest.approx(0.3 * 0.3, abs=0.001)
    assert years.village.herd_gain == pytest.approx(0.3 * 0.06, abs=0.001)
    assert years.village.find_gain == pytest.approx(0.3 * 0.15, abs=0.001)


def test_quality_before_haste_makes_exits_stricter():
    world = guided({"G8": 1.0})
    assert world.county.strict == pytest.approx(0.3)
    assert world.county.error_cut == pytest.approx(0.05)


def test_measures_are_joined_where_both_are():
    places = {"village_commissioner": np.array([1, 0]), "village_ecommerce": 1}
    world = guided({"G9": 1.0}, villages=4, **places)
    assert world.village.price_gain == pytest.approx([0.02, 0.0, 0.02, 0.0])
    assert (world.village.synergy == [1, 0, 1, 0]).all()
    assert world.village.search_gain == pytest.approx(0.2)
    assert not guided({}, villages=4, **places).village.synergy.any()


def test_helpers_come_more_often_to_the_hardest_and_less_to_the_others():
    def seen(focus):
        world = tiny_world(
            6_000, mechanisms=[Visits()], household_registered=Registered.POOR,
            household_cause=np.array([Cause.ILLNESS, Cause.SKILLS]), household_visited=0,
            village_visit_hours=-20.0, county_focus=focus,
        )  # fmt: skip
        run_alone(Visits(), world, "2018-06", parameters_for([Visits()]))
        home = world.household
        lives = (home.alive == 1) & (home["size"] > 0)
        hard = home.cause == Cause.ILLNESS
        return [(home.visited[lives & which] > 0).mean() for which in (hard, ~hard)]

    (hard, other), (hard_focus, other_focus) = seen(0.0), seen(1.0)
    assert hard_focus > hard
    assert other_focus < other


def test_the_programmes_that_come_first_exist():
    """A programme that is renamed would otherwise lose its place without a word."""
    columns = SCHEDULE.columns()
    for name in (*INCOME, *(one for link in LINKS.values() for one in link)):
        assert columns[f"village.paid_{name}"].family, name
