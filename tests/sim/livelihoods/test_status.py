"""True poverty, the guarantees, and true relapse with its date and cause."""

from __future__ import annotations

import numpy as np

from sim.calendar import month_index
from sim.livelihoods.status import TrueStatus
from sim.world.codes import Cause, Registered
from tests.sim.tiny import parameters_for, run_alone, tiny_world

SOUND = {
    "household_size": 4, "household_income12": 2_000_000, "household_out_of_school": 0,
    "household_uninsured": 0, "household_house": 1, "household_water": 1, "household_hungry": 0,
    "household_poor": 0, "household_poor_since": 0, "household_registered": Registered.EXITED,
    "household_exit_month": month_index("2017-12"), "household_blow": 0,
    "household_blow_size": 0, "household_disabled": 0, "household_labour": 2.0,
    "household_gap_water": 0, "person_forgone": 0,
}  # fmt: skip
LINE = 4 * 350_000  # of four persons in 2018


def status(month="2018-06", changes=None, **overrides):
    mechanism = TrueStatus()
    world = tiny_world(60, **{**SOUND, **overrides})
    run_alone(mechanism, world, month, parameters_for([mechanism], changes=changes))
    return world.household


def test_sound_households_are_not_poor():
    house = status()
    assert not house.poor.any() and not house.relapse_month.any()


def test_income_below_the_line():
    house = status(household_income12=LINE - 1)
    assert house.poor[0] == 1 and house.poor_since[0] == month_index("2018-06")
    assert status(household_income12=LINE).poor[0] == 0


def test_a_gap_counts_when_it_has_lasted():
    for name, failing in (("water", {"household_water": 0}), ("house", {"household_house": 3}),
                          ("education", {"household_out_of_school": 1}),
                          ("medical", {"household_uninsured": 1, "household_ill": 1})):  # fmt: skip
        house = status(**failing)
        assert house[f"gap_{name}"][0] == 1 and house.poor[0] == 0, name
        house = status(**failing, **{f"household_gap_{name}": 2})
        assert house[f"gap_{name}"][0] == 3 and house.poor[0] == 1, name
        assert status(**{f"household_gap_{name}": 2})[f"gap_{name}"][0] == 0, name


def test_what_the_medical_guarantee_means_is_a_choice():
    lasting = {"household_uninsured": 1, "household_ill": 0, "household_gap_medical": 5}
    assert status(**lasting).poor[0] == 0
    assert status(changes={"true_status.medical_gap": "any_uninsured"}, **lasting).poor[0] == 1
    ill = {**lasting, "household_ill": 1}
    assert status(changes={"true_status.medical_gap": "untreated_only"}, **ill).poor[0] == 0


def test_untreated_serious_illness_counts_at_once():
    house = status(person_forgone=1, person_serious=1)
    assert house.poor[0] == 1 and house.relapse_cause[0] == Cause.ILLNESS
    assert status(person_forgone=1, person_serious=0).poor[0] == 0


def test_hunger():
    assert status(household_hungry=3).poor[0] == 1 and status(household_hungry=2).poor[0] == 0


def test_relapse_is_the_first_poor_month_after_exit():
    house = status(household_income12=0, household_blow=Cause.DISASTER, household_blow_size=LINE)
    assert house.relapse_month[0] == month_index("2018-06")
    assert house.relapse_cause[0] == Cause.DISASTER
    known = status(household_income12=0, household_relapse_month=24_220)
    assert known.relapse_month[0] == 24_220
    for state in (Registered.POOR, Registered.NEVER):
        house = status(household_income12=0, household_registered=state)
        assert not house.relapse_month.any()


def test_false_exit_relapses_in_the_month_after():
    """Written off in December 2017 while poor since 2016."""
    poor = {"household_income12": 0, "household_poor": 1}
    house = status("2018-01", **poor, household_poor_since=month_index("2016-05"))
    assert house.relapse_month[0] == month_index("2018-01")
    assert house.poor_since[0] == month_index("2016-05")
    at_exit = status("2017-12", **poor, household_poor_since=24_200)
    assert not at_exit.relapse_month.any()


def test_who_fell_back_before_the_plan_is_dated_then():
    early = {"household_exit_month": month_index("2014-12"), "household_income12": 0,
             "household_poor": 1, "household_poor_since": month_index("2016-05")}  # fmt: skip
    assert not status("2017-10", **early).relapse_month.any()  # burn-in
    assert status("2017-11", **early).relapse_month[0] == month_index("2016-05")


def test_causes():
    poor = {"household_income12": 0}
    small = {"household_blow": Cause.ILLNESS, "household_blow_size": int(0.1 * LINE)}
    assert status(**poor, **small).relapse_cause[0] == Cause.ILLNESS
    none = {"household_blow": Cause.ILLNESS, "household_blow_size": int(0.01 * LINE)}
    assert status(**poor, **none).relapse_cause[0] == Cause.OTHER
    assert status(**{**poor, **none, "household_disabled": 1}).relapse_cause[0] == Cause.DISABILITY
    assert status(**{**poor, **none, "household_labour": 0.5}).relapse_cause[0] == Cause.LABOUR
    house = status(household_house=4, household_gap_house=4)
    assert house.relapse_cause[0] == Cause.HOUSING
    big = {"household_blow": Cause.JOB_LOSS, "household_blow_size": LINE}
    assert status(household_house=4, household_gap_house=4, **big).relapse_cause[0] == Cause.HOUSING


def test_poor_since_marks_each_change():
    house = status(household_poor=1, household_poor_since=24_000)
    assert house.poor[0] == 0 and house.poor_since[0] == month_index("2018-06")


def test_spare_rows_stay_empty():
    mechanism = TrueStatus()
    world = tiny_world(60, **{**SOUND, "household_income12": 0})
    run_alone(mechanism, world, "2018-06", parameters_for([mechanism]))
    assert not np.any(world.household.poor[world.household.alive == 0])
