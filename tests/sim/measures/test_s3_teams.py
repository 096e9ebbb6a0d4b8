"""Teams, helpers and first secretaries: hours, effort, who goes where."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s3_teams import Teams
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ALL = dict.fromkeys(("S3.2", "S3.3", "S3.4", "S3.5", "S5.3", "S5.5"), 1.0)


def sent(clauses, months=14, **more):
    """The world after so many months from January 2018."""
    world = tiny_world(2_000, villages=20, counties=2, mechanisms=[Teams()], **more)
    run_months([Teams()], world, "2018-01", months, parameters_for([Teams()], clauses))
    return world


def without(clause):
    """All clauses but one."""
    return {name: 1.0 for name in ALL if name != clause}


def test_without_the_clauses_nobody_is_sent():
    world = sent({})
    for key in ("village.work_hours", "village.takeup", "village.detect_gain",
                "village.capture_cut", "county.capacity"):  # fmt: skip
        assert not world[key].any(), key
    assert (world.village.team_effort == 1.0).all()


def test_a_managed_and_cared_for_team_brings_its_hours():
    world = sent({"S3.3": 1.0, "S3.5": 1.0, "S5.5": 1.0})
    poor = world.village.poor_village == 1
    assert world.village.work_hours[poor] == pytest.approx(60 + 20)
    assert world.village.work_hours[~poor] == pytest.approx(20)
    assert world.village.takeup == pytest.approx(0.10)


def test_helpers_reach_every_household_within_the_first_year():
    assert sent({"S3.3": 1.0}, 5).village.helper_coverage == pytest.approx(5 / 11)
    assert sent({"S3.3": 1.0}, 12).village.helper_coverage == pytest.approx(1.0)


@pytest.mark.parametrize(("clause", "lost"), [("S3.5", 0.25), ("S5.5", 0.15)])
def test_effort_slackens_without_management_or_care(clause, lost):
    world = sent(without(clause), 60)
    assert world.village.team_effort == pytest.approx(1.0 - lost, abs=1e-3)
    assert world.village.work_hours.sum() < sent(ALL, 60).village.work_hours.sum()


def test_the_strongest_go_to_the_poorest():
    world = sent(ALL)
    for county in (0, 1):
        here = world.village.county == county
        rank = np.argsort(np.argsort(world.village.headcount_start[here]))
        assert (np.argsort(np.argsort(world.village.team_quality[here])) == rank).all()
    assert world.village.team_quality.mean() == pytest.approx(1.0)
    assert (sent(without("S3.2")).village.team_quality == 1.0).all()


def test_a_secretary_from_outside_keeps_capture_away():
    world = sent({"S5.3": 1.0})
    poor = world.village.poor_village == 1
    assert world.village.capture_cut[poor] == pytest.approx(0.4)
    assert not world.village.capture_cut[~poor].any()
    assert (world.village.secretary == poor).all()


def test_a_deputy_secretary_adds_capacity():
    world = sent({"S3.4": 1.0})
    assert world.county.capacity == pytest.approx(0.04)
    assert not world.village.work_hours.any()


def test_it_changes_nothing_it_does_not_declare():
    run_alone(Teams(), tiny_world(mechanisms=[Teams()]), "2018-06",
              parameters_for([Teams()], ALL), begin=True)  # fmt: skip
