"""Illness: levels as asked, causes in the right direction, spells that end."""

import numpy as np
import pytest

from sim.shocks.illness import Illness
from sim.world.codes import Job, Registered, Skill
from tests.sim.tiny import clear_sums, parameters_for, run_alone, snapshot, tiny_world

HEALTHY = {
    "person_chronic": 0, "person_serious": 0, "person_disability": 0, "person_sick_months": 0,
    "person_family_doctor": 0,
}  # fmt: skip
QUIET = {
    "illness.chronic_rate": [0.0] * 9, "illness.serious_rate": [0.0] * 9,
    "illness.disability_rate": [0.0] * 9,
}  # fmt: skip


def _months(world, count, clauses=None, changes=None, first=24218, each=None):
    p = parameters_for([Illness()], clauses, changes)
    for month in range(first, first + count):
        clear_sums(world)
        run_alone(Illness(), world, month, p, check=False)
        if each is not None:
            each(world)


def _world(persons=6_000, **overrides):
    return tiny_world(persons, mechanisms=[Illness()], **(HEALTHY | overrides))


def test_only_declared_columns_change():
    world = tiny_world(1_500, mechanisms=[Illness()])
    p = parameters_for([Illness()], {"A4.1": 1, "A4.2": 1, "A4.17": 1})
    for month in ("2018-01", "2018-02"):
        run_alone(Illness(), world, month, p)  # checks


@pytest.fixture(scope="module")
def yearly():
    """Admissions and bills of 20,000 people in a year, without serious illness."""
    world = tiny_world(20_000, mechanisms=[Illness()], person_serious=0, person_sick_months=0)
    start = snapshot(world)
    admissions = np.zeros(len(world.person.id))
    bills = []

    def add(w):
        admissions[w.person.admitted > 0] += 1
        bills.append(w.person.bill[w.person.bill > 0] / 100)

    _months(world, 12, changes=QUIET, each=add)
    return world, start, admissions, np.concatenate(bills)


def test_admissions_come_at_the_rate_asked(yearly):
    _, start, admissions, _ = yearly
    t, v = (getattr(parameters_for([Illness()]), name)["illness"] for name in ("tables", "values"))
    alive = start["person.alive"] > 0
    risk = t["admission_age"][np.minimum(start["person.age"] // 120, 8)] * v["admission_rate"][0]
    risk = risk * np.where(start["person.chronic"] > 0, v["admission_chronic"][0], 1)
    risk = risk * np.where(start["person.disability"] > 0, v["admission_disabled"][0], 1)
    expected = risk[alive].sum()
    assert abs(admissions.sum() - expected) < 5 * np.sqrt(expected)
    assert 0.08 < admissions.sum() / alive.sum() < 0.25
    assert admissions[~alive].sum() == 0


def test_bills_are_lognormal_with_the_median_asked(yearly):
    bills = yearly[3]
    assert 0.9 < np.median(bills) / (5000 * 1.02) < 1.1
    assert 0.9 < np.log(bills).std() < 1.1


def test_a_bill_comes_with_an_admission_and_only_then(yearly):
    world = yearly[0]
    assert ((world.person.bill > 0) == (world.person.admitted > 0)).all()


def test_the_ill_and_the_disabled_are_admitted_more_often(yearly):
    _, start, admissions, _ = yearly
    alive, chronic = start["person.alive"] > 0, start["person.chronic"] > 0
    old = start["person.age"] > 12 * 40
    well = admissions[alive & old & ~chronic].mean()
    assert 3.5 < admissions[alive & old & chronic].mean() / well < 8


def test_being_registered_is_no_cause_of_illness():
    poor = _world(household_registered=Registered.POOR)
    never = _world(household_registered=Registered.NEVER)
    for world in (poor, never):
        run_alone(Illness(), world, "2018-05", parameters_for([Illness()]))
    assert (poor.person.admitted == never.person.admitted).all()
    assert (poor.person.bill == never.person.bill).all()


def test_family_doctors_lower_admissions_of_the_same_people():
    with_doctor = _world(20_000, person_family_doctor=1)
    without = _world(20_000)
    more = {"illness.doctor_admission": 0.2}
    for world in (with_doctor, without):
        run_alone(Illness(), world, "2018-05", parameters_for([Illness()], {"A4.2": 1}, more))
    less, all_ = with_doctor.person.admitted > 0, without.person.admitted > 0
    assert less.sum() < all_.sum()
    assert not (less & ~all_).any()  # common random numbers: nobody is admitted instead


def test_prevention_lowers_onset_of_the_same_people():
    found = {}
    for on in (0.0, 1.0):
        world = _world(20_000)
        _months(world, 12, {"A4.17": on}, {"illness.prevention": 0.15})
        found[on] = world.person.chronic.sum() + (world.person.disability > 0).sum()
    assert 0.7 < found[1.0] / found[0.0] < 0.97


def test_treatment_by_disease_shortens_serious_illness_of_the_registered():
    left = {}
    for on in (0.0, 1.0):
        for state in (Registered.POOR, Registered.NEVER):
            world = _world(
                1_500, person_serious=1, person_sick_months=18, household_registered=state
            )
            _months(world, 6, {"A4.1": on}, QUIET)
            left[on, state] = world.person.sick_months[world.person.alive > 0].mean()
    assert left[0.0, Registered.POOR] == left[0.0, Registered.NEVER] == 12
    assert left[1.0, Registered.NEVER] == 12
    assert 10 < left[1.0, Registered.POOR] < 11.5


def test_a_serious_illness_takes_labour_and_gives_it_back():
    world = _world(1_500, person_age=12 * 35, person_skill=Skill.ORDINARY, person_certificate=0)
    _months(world, 1, changes={"illness.serious_rate": [0.99] * 9})
    ill = (world.person.serious > 0) & (world.person.alive > 0)
    assert ill.any()
    assert (world.person.skill[ill] == Skill.LOST).all()
    months = world.person.sick_months[ill]
    assert months.min() >= 12 and months.max() <= 24
    admitted = []
    _months(world, 24, changes=QUIET | {"illness.admission_rate": 0.0}, first=24219,
            each=lambda w: admitted.append(w.person.admitted[ill].mean()))  # fmt: skip
    assert world.person.serious.sum() == 0
    assert (world.person.skill[ill & (world.person.chronic == 0)] == Skill.ORDINARY).all()
    assert 0.2 < np.mean(admitted[:11]) < 0.4


def test_lasting_illness_stays_and_disability_takes_labour():
    world = _world(8_000, person_age=12 * 45, person_skill=Skill.ORDINARY, person_job=Job.FARM)
    often = {"illness.chronic_rate": [0.3] * 9, "illness.disability_rate": [0.3] * 9}
    _months(world, 12, changes=QUIET | often)
    chronic = world.person.chronic.copy()
    disabled = world.person.disability > 0
    alive = (world.person.alive > 0).sum()
    assert 0.2 < chronic.sum() / alive < 0.3 and 0.2 < disabled.sum() / alive < 0.3
    severe = (world.person.disability > 0) & (world.person.disability <= 2)
    assert (world.person.skill[severe] == Skill.LOST).all()
    assert (world.person.skill[disabled & ~severe] <= Skill.WEAK).all()
    assert 0.25 < severe.sum() / disabled.sum() < 0.45
    _months(world, 12, changes=QUIET, first=24230)
    assert (world.person.chronic >= chronic).all()


def test_working_away_doubles_disability():
    home = _world(20_000, person_age=12 * 40, person_job=Job.FARM)
    away = _world(20_000, person_age=12 * 40, person_job=Job.MIGRANT_OUT)
    for world in (home, away):
        _months(world, 12, changes={"illness.disability_rate": [0.02] * 9})
    ratio = (away.person.disability > 0).sum() / (home.person.disability > 0).sum()
    assert 1.6 < ratio < 2.4


def test_medicines_of_the_long_term_ill_are_paid_every_month():
    world = tiny_world(600, mechanisms=[Illness()], person_serious=0, household_ill=2)
    p = parameters_for([Illness()], {}, {"illness.medicine": 1200, "illness.medicine_own": 0.5,
                                         "economy.price_index": 1.0})  # fmt: skip
    run_alone(Illness(), world, "2018-05", p)
    living = world.household.alive > 0
    assert (world.household.medical[living] == 2 * 50_00).all()


def test_labour_ages_in_january_only():
    world = _world(1_500, person_age=12 * 62, person_skill=Skill.ORDINARY)
    p = parameters_for([Illness()], {}, QUIET | {"illness.admission_rate": 0.0})
    run_alone(Illness(), world, "2018-12", p)
    assert (world.person.skill[world.person.alive > 0] == Skill.ORDINARY).all()
    run_alone(Illness(), world, "2019-01", p)
    assert (world.person.skill[world.person.alive > 0] == Skill.WEAK).all()


def test_the_cut_into_blocks_changes_no_bit():
    whole, cut = (tiny_world(2_500, mechanisms=[Illness()]) for _ in range(2))
    p = parameters_for([Illness()], {"A4.1": 1})
    for month in ("2017-12", "2018-01"):
        run_alone(Illness(), whole, month, p)
        run_alone(Illness(), cut, month, p, block_persons=300)
    for key, column in snapshot(whole).items():
        assert np.array_equal(column, cut[key]), key
