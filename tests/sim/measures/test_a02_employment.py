"""Action 2, skills and employment: directions, limits, and the end of support."""

import numpy as np
import pytest

from sim.measures.a02_employment import Employment
from sim.measures.a02_office import EmploymentOffice
from sim.measures.need import neediest, whole_places
from sim.world.codes import Job
from sim.world.world import set_month
from tests.sim.tiny import FIRST, LAST, clear_sums, now, parameters_for, tiny_world


def run(clauses, months=range(24216, 24228), persons=4000, changes=None, **overrides):
    office, employment = EmploymentOffice(), Employment()
    parameters = parameters_for((office, employment), clauses=clauses, changes=changes)
    world = tiny_world(persons, mechanisms=(office, employment), villages=8, **overrides)
    for mechanism in (office, employment):
        mechanism.bind(world, parameters, 11)
    blocks = world.blocks(10**9)
    words = np.zeros((4, len(world.person.id)), np.uint32)
    paid: dict[str, int] = {}
    for month in months:
        at = now(month)
        clear_sums(world)
        set_month(blocks, at)
        if office.active(at):
            office.open_month(at)
            office.county(world, 0, at, office.p, office.chance)
        employment.open_month(at)
        employment.run_block(blocks[0], words)
        for name in world.village:
            if name.startswith("paid_"):
                paid[name] = paid.get(name, 0) + int(world.village[name].sum())
    return world, paid


ALL = dict.fromkeys(("A2.1", "A2.2", "A2.3", "A2.4", "A2.5", "A2.6", "A2.7"), 1.0)


def without(clause):
    return {**ALL, clause: 0.0}


def test_a21_raises_the_price_of_a_course_by_a_tenth_and_not_the_number_of_seats():
    with_it, _ = run(ALL)
    lacking, _ = run(without("A2.1"))
    cost = with_it.county.a02_training_cost_year[0] / lacking.county.a02_training_cost_year[0]
    assert cost == pytest.approx(1.10)
    assert with_it.county.a02_trained_year[0] == lacking.county.a02_trained_year[0]


@pytest.mark.parametrize(
    ("clause", "observable"),
    [
        ("A2.2", lambda w, paid: paid["paid_stipend"]),
        ("A2.3", lambda w, paid: int(w.person.certificate.sum())),
        ("A2.4", lambda w, paid: int(w.person.organised.sum())),
        ("A2.5", lambda w, paid: int((w.person.job == Job.POST).sum())),
        ("A2.6", lambda w, paid: paid["paid_posts"]),
        ("A2.7", lambda w, paid: paid["paid_startup"]),
    ],
)
def test_a_clause_moves_its_own_observable(clause, observable):
    changes = {"a02_employment.business_start": 0.1}
    months = range(24216, 24240)
    assert observable(*run(ALL, months, changes=changes)) > observable(
        *run(without(clause), months, changes=changes)
    )


def test_a_household_holds_one_post_and_posts_go_to_the_supported():
    world, _ = run(ALL)
    holders = np.flatnonzero(world.person.job == Job.POST)
    homes = world.person.household[holders]
    assert len(holders) and len(set(homes)) == len(homes)
    assert (world.household.registered[homes] > 0).all()


def test_posts_do_not_exceed_the_places():
    world, _ = run(ALL, changes={"a02_office.posts": 10.0, "a02_office.posts_subsidy": 0.0})
    supported = world.household.registered > 0
    able = (world.person.alive == 1) & supported[np.maximum(world.person.household, 0)]
    able &= (world.person.age >= 192) & (world.person.skill >= 2) & (world.person.school == 0)
    assert (world.person.job == Job.POST).sum() <= 0.010 * able.sum() + 1


def test_posts_end_when_the_clause_ends():
    world, _ = run({"A2.6": 1.0})
    assert (world.person.job == Job.POST).any()
    months = np.arange(FIRST, LAST + 1)
    ending = (months < 24228).astype(float)
    world, _ = run({"A2.6": ending}, months=range(24216, 24230))
    assert not (world.person.job == Job.POST).any()


def test_ranking_is_by_need_then_by_id():
    rows = np.array([10, 11, 12, 13])
    score = np.array([1.0, 3.0, 3.0, 2.0])
    ids = np.array([4, 9, 2, 1], np.uint64)
    assert list(neediest(rows, score, ids, 3)) == [12, 11, 13]
    assert list(neediest(rows, score, ids, 0)) == []


def test_remainders_are_carried():
    carried, given = 0.0, 0
    for _ in range(10):
        places, carried = whole_places(0.3, carried)
        given += places
    assert given == 3


def test_deeds_count_what_was_done():
    """The uplift is a tenth of each course; stipends, certificates and placements are counted."""
    office, employment = EmploymentOffice(), Employment()
    parameters = parameters_for((office, employment), clauses=ALL)
    world = tiny_world(4000, mechanisms=(office, employment), villages=8)
    for mechanism in (office, employment):
        mechanism.bind(world, parameters, 11)
    month = now(24218)
    office.open_month(month)
    office.county(world, 0, month, office.p, office.chance)
    courses = int((world.person.training > 0).sum())
    assert int(world.village.did_training_uplift.sum()) == 180 * courses > 0
    placed = world.village.did_placed
    assert int(world.village.paid_placement.sum()) == 600_00 * int(placed.sum()) > 0
    blocks = world.blocks(10**9)
    set_month(blocks, month)
    employment.open_month(month)
    employment.run_block(blocks[0], np.zeros((4, len(world.person.id)), np.uint32))
    assert int(world.village.did_training_stipends.sum()) == courses
    assert int(world.village.paid_stipend.sum()) == 600_00 * courses
    assert 0 < int(world.village.did_certified.sum()) < courses


def test_a_better_paid_course_ends_more_often_in_a_certificate():
    changes = {"a02_employment.certificate_uplift": 0.3}
    with_it, _ = run({"A2.1": 1.0, "A2.2": 1.0}, changes=changes)
    lacking, _ = run({"A2.2": 1.0}, changes=changes)
    assert with_it.person.certificate.sum() > lacking.person.certificate.sum()
