"""Work: who is paid what, who loses work, who goes away, and that nobody else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.coping import Coping
from sim.livelihoods.work import Work
from sim.world.codes import Cause, Education, Job, School, Skill
from tests.sim.tiny import changed, parameters_for, run_alone, snapshot, tiny_world

AWAY = (Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)
STILL = {"work.job_loss": 0.0, "work.deliberation": [0.0] * 12, "work.counted_share": 0.37,
         "work.local_counted": 0.9, "work.woman_wage": 0.15}  # fmt: skip
ALL_YEAR = {"work.season_away": [1.0] * 12, "work.season_local": [1.0] * 12}


def away(world):
    return np.isin(world.person.job, AWAY)


def after(month, clauses=None, changes=None, world=None, seed=1, **overrides):
    """A tiny world after one month of work, and what it was before."""
    mechanism = Work()
    world = tiny_world(2_000, **overrides) if world is None else world
    before = world.copy()
    run_alone(mechanism, world, month, parameters_for([mechanism], clauses, changes), seed=seed)
    return before, world


@pytest.mark.parametrize("month", ["2017-01", "2018-02", "2018-07", "2018-09", "2020-02"])
def test_changes_only_what_it_declares(month):
    after(month, {"A2.3": 1.0, "A2.4": 1.0}, person_organised=1)


def test_pays_the_counted_share_of_the_wage():
    before, world = after("2018-05", changes={**STILL, **ALL_YEAR})
    was, now = before.person, world.person
    paid = np.isin(was.job, AWAY) | (was.job == Job.LOCAL)
    share = np.where(was.job == Job.LOCAL, 0.9, 0.37)
    pay = np.floor(now.wage * share + 0.5) * paid
    expected = np.bincount(np.maximum(was.household, 0), pay, len(world.household.wage))
    assert np.abs(world.household.wage - expected).max() <= 2  # a fen a worker, by rounding
    assert (now.months_worked - was.months_worked == paid).all()


def test_wage_equation():
    """A hire's wage is the product of its factors, and the same again at the yearly review."""
    changes = {**STILL, "work.wage_luck": 0.0, "work.migrant_wage": 2500.0,
               "work.certificate_wage": 0.1,
               "work.education_wage": [0.9, 0.93, 1.0, 1.1, 1.2]}  # fmt: skip
    paid = tiny_world(2_000)
    job = np.where(np.isin(paid.person.job, AWAY), Job.MIGRANT_PROVINCE, paid.person.job)
    paid.person.job[:] = job
    paid.person.wage[:] = 0
    paid.person.earnings[:] = 1.0
    paid.person.female[:] = 0
    paid.person.certificate[:] = paid.person.education == Education.JUNIOR
    paid.person.skill[:] = np.where(paid.person.skill == Skill.SKILLED, 3, paid.person.skill)
    _, world = after("2017-06", changes=changes, world=paid)
    p = world.person
    who = (p.job == Job.MIGRANT_PROVINCE) & (p.skill == Skill.ORDINARY)
    junior = who & (p.education == Education.JUNIOR)
    primary = who & (p.education == Education.PRIMARY)
    assert set(p.wage[junior]) == {275_000}  # 2,500 yuan and a tenth for the certificate
    assert set(p.wage[primary]) == {232_500}


def test_women_and_weak_labour_earn_less():
    changes = {**STILL, "work.wage_luck": 0.0}
    _, man = after("2018-05", changes=changes, person_female=0, person_wage=0)
    _, woman = after("2018-05", changes=changes, person_female=1, person_wage=0)
    paid = man.person.wage > 0
    ratio = woman.person.wage[paid] / man.person.wage[paid]
    assert np.allclose(ratio, 0.85, atol=1e-4)


def test_the_luck_of_a_job_lasts():
    """Reviewed a year later at the same wage index, the wage is what it was."""
    changes = {**STILL, "economy.wage_index": 1.0}
    _, world = after("2018-05", changes=changes, person_wage=0)
    first = world.person.wage.copy()
    assert len(np.unique(first)) > 100
    world.person.job_months += 11
    world.person.wage[:] = 0
    after("2019-05", changes=changes, world=world)
    assert np.array_equal(first, world.person.wage)


def test_job_loss_ends_in_a_search_and_is_a_blow():
    before, world = after("2018-05", changes={"work.job_loss": 1.0, "work.local_loss": 0.0})
    lost = away(before) & (before.person.age < 60 * 12) & (before.person.serious == 0)
    assert (world.person.job[lost] == Job.NONE).all()
    assert (world.person.job_months[lost] == 0).all()
    homes = world.person.household[lost]
    assert (world.household.blow[homes] == Cause.JOB_LOSS).all()
    assert (world.household.blow_size[homes] > 0).all()


def test_search_ends_in_a_job_or_on_the_farm():
    world = after("2018-04", changes={"work.job_loss": 1.0})[1]
    p = world.person
    looking = (p.job == Job.NONE) & (p.job_months == 0) & (p.alive == 1)
    seekers = np.flatnonzero(looking & (p.skill >= Skill.ORDINARY) & (p.age >= 16 * 12))
    assert len(seekers) > 100
    found = []
    for month in ("2018-05", "2018-06", "2018-07", "2018-08"):
        after(month, changes=STILL, world=world)
        found.append(np.isin(world.person.job[seekers], (*AWAY, Job.LOCAL)).mean())
    assert found == sorted(found) and 0.3 < found[0] < 0.7 < found[-1]
    after("2018-10", changes=STILL, world=world)
    assert (world.person.job[seekers] != Job.NONE).all()


def test_peers_draw_people_away():
    """More villagers away: whoever would go goes still, and some more do (the same draws)."""
    few = after("2018-02", village_migrants=20, village_workers=200)[1]
    many = after("2018-02", village_migrants=120, village_workers=200)[1]
    assert (away(many) >= away(few)).all()
    assert away(many).sum() > 1.1 * away(few).sum()


def test_need_pushes_people_away():
    calm = after("2018-05", household_coping=0)[1]
    need = after("2018-05", household_coping=int(Coping.MIGRATE))[1]
    assert (away(need) >= away(calm)).all() and away(need).sum() > away(calm).sum()


def test_organised_transfer_moves_the_organised_only():
    clause, half = {"A2.4": 1.0}, [0, 1]
    without = after("2018-04", person_organised=half)[1]
    with_it = after("2018-04", clause, person_organised=half)[1]
    theirs = with_it.person.organised == 1
    same = without.person.job == with_it.person.job
    assert same[~theirs].all() and not same[theirs].all()
    assert (away(with_it) >= away(without)).all()


def test_certificates_help_in_the_search_with_one_stop_service():
    people = {"person_certificate": 1, "person_job": [Job.NONE, Job.FARM], "person_job_months": 0}
    without = after("2018-10", **people)[1]
    with_it = after("2018-10", {"A2.3": 1.0}, **people)[1]
    working = [np.isin(w.person.job, (*AWAY, Job.LOCAL)) for w in (without, with_it)]
    assert (working[1] >= working[0]).all() and working[1].sum() > working[0].sum()


def test_in_the_pandemic_the_same_people_go_back_first():
    counts = []
    previous = None
    for able in (0.2, 0.6, 1.0):
        changes = {**STILL, **ALL_YEAR, "pandemic.migrants_able": able, "pandemic.local_open": 1.0}
        before, world = after("2020-03", changes=changes)
        paid = (world.person.months_worked > before.person.months_worked) & away(before)
        counts.append(paid.sum() / away(before).sum())
        assert previous is None or (paid >= previous).all()
        previous = paid
    assert counts == pytest.approx([0.2, 0.6, 1.0], abs=0.06)


def test_organised_go_back_to_work_earlier():
    changes = {**STILL, **ALL_YEAR, "pandemic.migrants_able": 0.5}
    alone = after("2020-04", changes=changes, person_organised=1)[1]
    moved = after("2020-04", {"A2.4": 1.0}, changes, person_organised=1)[1]
    assert moved.person.months_worked.sum() > 1.15 * alone.person.months_worked.sum()


def test_posts_workshops_and_businesses_are_left_alone():
    jobs = [Job.POST, Job.WORKSHOP, Job.BUSINESS]
    for month in ("2018-02", "2018-09"):
        before, world = after(month, person_job=jobs, person_wage=50_000)
        for name in ("job", "wage"):
            assert np.array_equal(before.person[name], world.person[name])
        assert not world.household.wage.any()


def test_the_unable_do_not_work():
    _, world = after("2018-09")
    p = world.person
    pupil = (p.school >= School.PRIMARY) & (p.school <= School.COLLEGE)
    unable = (p.skill < Skill.WEAK) | pupil | (p.age < 16 * 12)
    assert (p.job[unable & (p.alive == 1)] == Job.NONE).all()
    idle = (p.alive == 1) & ~unable & (p.job == Job.NONE) & (p.age < 75 * 12)
    assert (p.job_months[idle] <= 4).all()


def test_months_worked_begin_anew_in_january():
    _, world = after("2018-01", person_months_worked=11)
    assert world.person.months_worked.max() == 1


def test_blocks_make_no_difference():
    mechanism = Work()
    parameters = parameters_for([mechanism])
    whole, cut = tiny_world(2_000), tiny_world(2_000)
    run_alone(mechanism, whole, "2018-02", parameters)
    run_alone(mechanism, cut, "2018-02", parameters, block_persons=300)
    assert not changed(snapshot(whole), cut)
