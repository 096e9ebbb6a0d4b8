"""Provincial leaders: one deep county, one deep township, two deep villages each."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.s3_leaders import LeaderLinks
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world


def linked(clauses, leaders=3, months=1, **more):
    """Six counties, of which every other one is deep; ten villages each."""
    world = tiny_world(3_000, villages=60, counties=6, mechanisms=[LeaderLinks()], **more)
    run_months([LeaderLinks()], world, "2018-01", months,
               parameters_for([LeaderLinks()], clauses, {"s3_leaders.leaders": leaders}),
               )  # fmt: skip
    return world


def test_each_leader_has_one_county_one_township_and_two_villages():
    world = linked({"S3.1": 1.0}, township_deep=1)
    deep = world.county.deep == 1
    assert (world.county.leaders[deep] == 1).all()
    assert not world.county.leaders[~deep].any()
    assert world.township.linked_township.sum() == 3
    assert world.village.linked_village.sum() == 6
    assert (world.village.deep[world.village.linked_village == 1] == 1).all()


def test_no_county_has_two_before_each_has_one_and_townships_run_out():
    world = linked({"S3.1": 1.0}, leaders=5, township_deep=1)
    assert sorted(world.county.leaders[world.county.deep == 1]) == [1, 2, 2]
    assert world.township.linked_township.sum() == 3  # one deep township a county here
    assert world.village.linked_village.sum() == 10


def test_a_sample_has_its_share_of_linked_villages():
    counts = []
    for seed in range(20):
        world = tiny_world(3_000, villages=60, counties=6, mechanisms=[LeaderLinks()],
                           county_sample=0.25)  # fmt: skip
        run_alone(LeaderLinks(), world, "2018-01", parameters_for([LeaderLinks()], {"S3.1": 1.0}),
                  seed=seed)  # fmt: skip
        counts.append(world.village.linked_village.sum())
    # thirty leaders with two villages each, a quarter of which are there to be drawn
    assert np.mean(counts) == pytest.approx(15, abs=0.01)


def test_links_act_where_they_are_and_end_with_the_clause():
    world = linked({"S3.1": 1.0}, township_deep=1)
    here = world.village.linked_village == 1
    assert world.village.work_hours[here] == pytest.approx(20)
    assert not world.village.work_hours[~here].any()
    assert world.county.lag_cut == pytest.approx(np.where(world.county.deep == 1, 1.0, 0.0))
    run_alone(LeaderLinks(), world, "2018-02", parameters_for([LeaderLinks()], {}))
    assert not world.village.linked_village.any()
    assert not world.county.leaders.any()


def test_without_the_clause_nothing_is_pushed():
    world = linked({})
    assert not world.county.capacity.any()
    assert not world.village.work_hours.any()
