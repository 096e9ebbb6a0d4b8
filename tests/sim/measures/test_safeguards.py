"""The safeguards together: nothing without the plan, and within bounds with all of it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.g_scope import GuidingIdeas
from sim.measures.s1_leadership import Leadership
from sim.measures.s2_registration import Registration
from sim.measures.s3_leaders import LeaderLinks
from sim.measures.s3_teams import Teams
from sim.measures.s4_talent import Talent
from sim.measures.s5_village import Branches, EliteCapture
from sim.measures.s6_supervision import Supervision
from sim.measures.s7_formalism import CadreHours, Oversight
from sim.world.pushes import PUSHES
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ORDER = (
    GuidingIdeas, Leadership, Registration, LeaderLinks, Teams, Talent, Branches, Oversight,
    Supervision, EliteCapture, CadreHours,
)  # fmt: skip


def governed(on, months=36):
    """The world after so many months from January 2018, all clauses at one intensity."""
    every = [one() for one in ORDER]
    world = tiny_world(3_000, villages=40, counties=4, mechanisms=every, county_yiqu_yizhou=1)
    clauses = {clause: on for one in every for clause in one.clauses}
    run_months(every, world, "2018-01", months, parameters_for(every, clauses))
    return world


def test_without_the_plan_nothing_is_pushed_at_all():
    world = governed(0.0)
    for one in PUSHES:
        assert not world[one.key].any(), one.key


@pytest.mark.parametrize("months", [1, 12, 36])
def test_the_whole_plan_stays_where_the_readers_need_not_clip(months):
    world = governed(1.0, months)
    assert (world.county.capacity > 0.0).all()
    assert (world.county.capacity <= 0.4).all()  # the brief's 0.8 to 1.4
    for key in ("county.error_cut", "county.match_gain", "village.detect_gain"):
        assert (world[key] > 0.0).all(), key
        assert (world[key] < 0.9).all(), key
    assert (world.village.takeup < 0.5).all()
    assert (world.county.strict <= 2.5).all()  # a6 and a7 together at most 3 in the brief
    assert (world.ledger.leak < 0.1).all()


def test_half_the_plan_does_less_than_all_of_it():
    half, whole = governed(0.5), governed(1.0)
    for key in ("county.capacity", "county.strict", "village.visit_hours", "village.takeup"):
        assert (half[key] < whole[key]).all(), key
        assert (half[key] > 0.0).all(), key
    assert (half.village.capture > whole.village.capture).all()
    assert np.all(half.ledger.leak > whole.ledger.leak)


@pytest.mark.parametrize("one", ORDER, ids=lambda one: one.name)
def test_each_changes_only_what_it_declares(one):
    mechanism = one()
    world = tiny_world(
        1_200, villages=8, counties=2, mechanisms=[other() for other in ORDER],
        county_yiqu_yizhou=1, village_commissioner=1, village_ecommerce=1,
    )  # fmt: skip
    on = parameters_for([mechanism], dict.fromkeys(mechanism.clauses, 1.0))
    run_alone(mechanism, world, "2018-01", on, begin=True)
