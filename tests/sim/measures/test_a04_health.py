"""Family doctors and the settlement of bills: what each clause moves, on the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from sim.livelihoods.coping import Coping
from sim.measures.a04_doctors import FamilyDoctors
from sim.measures.a04_health import MedicalInsurance
from sim.measures.a04_hospitals import HospitalBuilding
from sim.measures.a04_stack import receipt_of
from sim.world.codes import Registered
from tests.sim.tiny import clear_sums, parameters_for, run_alone, run_months, tiny_world

ON = {f"A4.{k}": 1.0 for k in (3, 4, 5, 6, 7, 8)}
PLAIN = {
    # no place matters, everybody comes, everybody claims, the fund is rich
    "a04_hospitals.referred_start": 0.0, "a04_hospitals.township_start": 0.0,
    "a04_insurance.rate": 0.70, "a04_insurance.seek": 60.0, "a04_insurance.claim_share": 1.0,
    "a04_insurance.early_saving": 0.0,
    "a04_insurance.assistance_budget": 1e6, "a04_insurance.compliant_county": 0.9,
    "a04_insurance.control": 1.0, "a04_insurance.lapse_registered": 0.0,
    "a04_insurance.lapse_other": 0.0, "a04_insurance.assistance_carry": 1.0,
}  # fmt: skip
"""Changes under which a bill of the worked table is settled as in the table."""

ACCOUNTS = (
    "basic_insurance", "serious_insurance", "second_insurance", "medical_assistance",
    "assistance_backfill",
)  # fmt: skip


def hospital_world(people=600, bill=8_000_00, **more):
    """A world in which everybody is insured and has a bill."""
    values = {
        "person_bill": bill, "person_admitted": 1, "person_insured": 1, "person_serious": 0,
        "person_sick_months": 0, "household_cash": 20_000_00, "county_referred": 0.0,
        "county_township_care": 0.0, "county_registered_start": 200, "village_clinic": 1,
        "household_coping": 0, **more,
    }  # fmt: skip
    return tiny_world(people, mechanisms=[MedicalInsurance(), HospitalBuilding()], **values)


def settled(clauses=ON, changes=None, month="2019-03", world=None, **more):
    """The world after one month's bills."""
    world = hospital_world(**more) if world is None else world
    insurance = MedicalInsurance()
    parameters = parameters_for([insurance], clauses, {**PLAIN, **(changes or {})})
    run_alone(insurance, world, month, parameters)
    return world


def card(world):
    """Persons with the benefits of the registered, and the others, alive."""
    state = world.household.registered[np.maximum(world.person.household, 0)]
    has = np.isin(state, [Registered.POOR, Registered.EXITED, Registered.RELAPSED])
    alive = world.person.alive == 1
    return has & alive, ~has & alive


def total_own(world, who=None):
    mask = card(world)[0] if who is None else who
    return int(world.person.own[mask].astype(np.int64).sum())


TABLE = {
    "a04_insurance.serious_deductible": 5000, "a04_insurance.assistance_rate": 0,
    "a04_insurance.serious_deductible_registered": 2000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("bill", "cost"), [(3_000_00, 1_275_00), (8_000_00, 2_126_00), (60_000_00, 3_000_00)]
)
def test_worked_bills_under_the_plan(bill, cost):
    world = settled(changes=TABLE, bill=bill)
    assert set(world.person.own[card(world)[0]]) == {cost}


@pytest.mark.parametrize(
    ("bill", "cost"), [(3_000_00, 1_670_00), (8_000_00, 3_520_00), (60_000_00, 15_704_00)]
)
def test_worked_bills_before_the_plan(bill, cost):
    changes = {**TABLE, "a04_insurance.serious_deductible_registered": 5000,
               "a04_insurance.serious_rate_registered": 0.60}  # fmt: skip
    world = settled({}, changes, bill=bill)
    assert set(world.person.own[world.person.alive == 1]) == {cost}


def test_every_bill_is_paid_to_the_fen_by_somebody():
    world = settled({**ON, "A4.8": 0.0}, bill=61_234_57)
    alive = world.person.alive == 1
    paid = sum(int(world.village[f"paid_{name}"].sum()) for name in ACCOUNTS)
    assert paid + total_own(world, alive) == int(world.person.bill[alive].astype(np.int64).sum())
    assert int(world.household.medical.sum()) == total_own(world, alive)


def test_several_bills_in_a_year_reach_the_cap_exactly():
    world = hospital_world()
    card_holders, _ = card(world)
    insurance = MedicalInsurance()
    parameters = parameters_for([insurance], ON, PLAIN)
    for month, bill in (("2019-01", 9_000_00), ("2019-05", 40_000_00), ("2019-11", 12_345_67)):
        clear_sums(world)
        world.person.bill[:] = bill
        world.person.admitted[:] = 1
        run_alone(insurance, world, month, parameters)
    compliant_own = world.person.own_year - world.person.other_year
    assert set(compliant_own[card_holders]) == {3_000_00}
    assert set(world.person.other_year[card_holders]) == {0}
    run_alone(insurance, world, "2020-01", parameters)  # one more bill, in a new year
    assert (world.person.bill_year[card_holders] < 15_000_00).all()


def test_a_cap_that_counts_the_household_is_reached_by_its_members_together():
    one = settled(bill=60_000_00)
    together = settled(changes={"a04_insurance.cap_unit": 1}, bill=60_000_00)
    people = card(together)[0]
    of = together.person.household[people]
    whole = np.bincount(of, together.person.own[people])
    assert set(whole[np.unique(of)].astype(int)) == {3_000_00}
    assert total_own(together) < total_own(one)


def test_half_the_clause_pays_half_of_what_the_cap_pays():
    none = settled({**ON, "A4.5": 0.0}, {"a04_insurance.second_rate": 0.0}, bill=60_000_00)
    half = settled({**ON, "A4.5": 0.5}, {"a04_insurance.second_rate": 0.0}, bill=60_000_00)
    full = settled(ON, {"a04_insurance.second_rate": 0.0}, bill=60_000_00)
    assert total_own(full) < total_own(half) < total_own(none)
    assert abs(total_own(half) - (total_own(full) + total_own(none)) / 2) < 1_000


def test_a_receipt_can_be_told_from_the_columns():
    world = hospital_world(people=400)
    insurance = MedicalInsurance()
    clauses = {**ON, "A4.7": 0.5, "A4.8": 0.0}
    parameters = parameters_for([insurance], clauses, {**PLAIN, "a04_insurance.claim_share": 0.4})
    run_alone(insurance, world, "2019-02", parameters)
    before = {n: world.person[n].copy() for n in ("bill_year", "other_year")}
    world.person.bill[:] = 40_000_00
    clear_sums(world)
    run_alone(insurance, world, "2019-06", parameters)
    people, _ = card(world)
    home = world.household
    assistance = 0
    for i in np.flatnonzero(world.person.alive == 1):
        paid = receipt_of(
            insurance.p, bill=int(world.person.bill[i]), own=int(world.person.own[i]),
            other=int(world.person.other_year[i] - before["other_year"][i]),
            spent=int(before["bill_year"][i]), spent_after=int(world.person.bill_year[i]),
            insured=True, supported=bool(people[i]),
            helped=bool(people[i] or home.dibao[world.person.household[i]]),
        )  # fmt: skip
        assert paid is not None
        assert sum(paid[:7]) == world.person.bill[i]
        assistance += paid.assistance
    accounts = world.village.paid_medical_assistance + world.village.paid_assistance_backfill
    assert assistance == accounts.sum() > 0


# --- what each clause moves -----------------------------------------------------------------------


def test_the_five_points_of_the_registered_and_of_all_rural_insured():
    none = settled({})
    registered = settled({"A4.3": 1.0})
    rural = settled({"A4.4": 1.0})
    both = settled({"A4.3": 1.0, "A4.4": 1.0})
    added = settled({"A4.3": 1.0, "A4.4": 1.0}, {"a04_insurance.reimb_stack": 1})
    card_holders, others = card(none)
    points = 0.05 * (7_200_00 - 800_00)
    assert set(none.person.own[card_holders] - registered.person.own[card_holders]) == {points}
    assert total_own(registered, others) == total_own(none, others)
    assert set(none.person.own[others] - rural.person.own[others]) == {points}
    assert total_own(both) == total_own(registered)  # the larger of the two, not their sum
    assert total_own(added) < total_own(both)
    assert total_own(added, others) == total_own(both, others)


def test_no_cost_outside_the_catalogue_for_the_registered():
    off, on = settled({}), settled({"A4.8": 1.0})
    card_holders, others = card(off)
    assert set(off.person.other_year[card_holders]) == {800_00}
    assert set(on.person.other_year[card_holders]) == {0}
    assert set(on.person.other_year[others]) == {800_00}
    weak = settled({"A4.8": 1.0}, {"a04_insurance.control": 0.5})
    assert set(weak.person.other_year[card_holders]) == {400_00}


def test_without_one_stop_settlement_some_assistance_goes_unclaimed():
    changes = {"a04_insurance.claim_share": 0.5}
    off, on = (
        settled({**ON, "A4.7": 0.0}, changes, bill=60_000_00),
        settled(ON, changes, bill=60_000_00),
    )
    people = card(on)[0]
    assert set(on.person.own[people]) == {3_000_00}
    claimed = np.mean(off.person.own[people] == 3_000_00)
    assert 0.35 < claimed < 0.65
    again = settled({**ON, "A4.7": 0.0}, changes, month="2019-09", bill=60_000_00)
    assert (again.person.own == off.person.own).all()  # who claims is drawn once a year


def test_a_deposit_keeps_the_poor_from_care_and_treat_first_brings_them():
    changes = {"a04_insurance.seek": 2.0}
    clauses = {k: v for k, v in ON.items() if k != "A4.7"}
    off = settled(clauses, changes, household_cash=500_00)
    on = settled(ON, changes, household_cash=500_00)
    people, others = card(off)
    assert off.person.forgone[people].sum() > 1.3 * on.person.forgone[people].sum()
    assert not (on.person.forgone[people] > off.person.forgone[people]).any()
    assert (on.person.forgone[others] == off.person.forgone[others]).all()
    gone = off.person.forgone == 1
    assert (off.person.bill[gone] == 0).all()
    assert (off.person.own[gone] == 0).all()
    assert (off.person.admitted[gone] == 0).all()
    assert (off.person.sick_months[gone] > 0).all()


def test_what_brings_patients_and_what_keeps_them_away():
    def forgone(**more):
        world = settled({}, {"a04_insurance.seek": 1.0}, people=2_000, **more)
        return int(world.person.forgone.sum())

    usual = forgone()
    assert forgone(village_distance=150.0) > usual
    assert forgone(household_coping=int(Coping.FORGO_CARE)) > usual
    assert forgone(village_clinic=0) > usual
    assert forgone(bill=30_000_00) < usual
    assert forgone(person_serious=1) < usual
    assert forgone(person_family_doctor=1, village_doctor=1) < usual
    assert forgone(household_cash=200_000_00) < usual < forgone(household_cash=0)


def test_uninsured_patients_pay_in_full_but_are_capped():
    world = settled(ON, person_insured=0, bill=20_000_00)
    people, others = card(world)
    helped = world.household.dibao[np.maximum(world.person.household, 0)] == 1
    assert set(world.person.own[people]) == {3_000_00}
    assert set(world.person.own[others & ~helped]) == {20_000_00}


def test_referral_costs_more_and_a_family_doctor_saves():
    at_home, away = settled(ON), settled(ON, county_referred=1.0)
    people = card(at_home)[0]
    assert (away.person.bill[people] > at_home.person.bill[people]).all()
    assert away.household.other_cost.sum() > at_home.household.other_cost.sum() == 0
    changes = {"a04_insurance.early_saving": 0.1}
    early = settled(ON, changes, person_family_doctor=1, village_doctor=1)
    no_doctor = settled(ON, changes, person_family_doctor=1, village_doctor=0)
    assert set(early.person.bill[people]) == {7_200_00}
    assert set(no_doctor.person.bill[people]) == {8_000_00}


def test_the_three_places_cost_as_much_as_before_at_their_starting_shares():
    changes = {k: v for k, v in PLAIN.items() if "start" not in k}
    insurance = MedicalInsurance()
    world = hospital_world(20_000, county_referred=0.2, county_township_care=0.25)
    run_alone(insurance, world, "2019-03", parameters_for([insurance], {}, changes))
    assert world.person.bill[world.person.alive == 1].mean() == pytest.approx(8_000_00, rel=0.01)


# --- the fund -------------------------------------------------------------------------------------


def months_of_bills(clauses, budget, months=24, people=1_500):
    """Total paid by the patients with a card and the months that were rationed."""
    insurance = MedicalInsurance()
    changes = {**PLAIN, "a04_insurance.assistance_budget": budget}
    parameters = parameters_for([insurance], clauses, changes)
    world = hospital_world(people)
    rationed, own, due, paid = [], 0, [], np.zeros(2, np.int64)
    insurance.bind(world, parameters, 1)

    def close(moment):
        nonlocal own
        rationed.append(bool((world.county.assistance_share < 1).any()))
        own += total_own(world)
        due.append(int(world.village.assistance_due.sum()))
        paid[0] += world.village.paid_medical_assistance.sum()
        paid[1] += world.village.paid_assistance_backfill.sum()
        world.ledger.close_month()
        chosen = np.arange(world.person.id.size) % 50 == moment.month % 50
        world.person.bill[:] = np.where(chosen & (world.person.alive == 1), 50_000_00, 0)
        world.person.admitted[:] = world.person.bill > 0

    run_months([insurance], world, "2019-01", months, parameters, each=close)
    return own, rationed, paid, world, max(due)


def test_without_the_provinces_money_the_cap_is_rationed():
    off = {**ON, "A4.6": 0.0}
    rich, never, *_ = months_of_bills(off, 1e6)
    poor, sometimes, paid, *_ = months_of_bills(off, 20.0)
    backed, not_now, split, world, _ = months_of_bills(ON, 20.0)
    assert not any(never)
    assert any(sometimes)
    assert poor > rich
    assert paid[1] == 0
    assert backed == rich
    assert not any(not_now)
    assert split[1] > 0
    assert split[0] < split.sum()
    assert (world.person.own_year - world.person.other_year)[card(world)[0]].max() <= 3_000_00


def test_the_fund_overspends_by_no_more_than_the_month_in_which_it_ran_dry():
    _, _, paid, world, worst = months_of_bills({**ON, "A4.6": 0.0}, 20.0, months=48)
    budgets = int(world.county.assistance_budget.sum())
    assert budgets == 4 * 200 * 20_00
    assert 0 < int(paid[0]) <= budgets + worst


def test_a_fund_that_will_not_last_the_month_pays_each_claim_in_part():
    insurance = MedicalInsurance()
    world = hospital_world(county_assistance_budget=1_000_00, village_assistance_due=1_000_00)
    changes = {**PLAIN, "a04_insurance.assistance_memory": 0.0}
    run_alone(
        insurance, world, "2019-03", parameters_for([insurance], {**ON, "A4.6": 0.0}, changes)
    )
    assert world.county.assistance_share == pytest.approx(0.5)  # two villages claimed 1,000 each
    assert (world.county.backfill_share == 0).all()


# --- enrolment and doctors ------------------------------------------------------------------------


def test_most_are_insured_after_january_and_the_registered_more_often():
    world = settled({}, month="2019-01", people=6_000, person_insured=0, bill=0)
    people, others = card(world)
    assert world.person.insured[people].mean() > 0.95
    assert 0.5 < world.person.insured[others].mean() < 0.7


def doctors(clauses, month="2017-12", months=2):
    doctor = FamilyDoctors()
    world = tiny_world(4_000, mechanisms=[doctor])
    parameters = parameters_for([doctor], clauses)
    run_months([doctor], world, month, months, parameters)
    return world


def test_the_registered_have_a_family_doctor_by_the_end_of_2017():
    on, off = doctors({"A4.2": 1.0}, "2017-11", 2), doctors({}, "2017-11", 2)
    people, others = card(on)
    assert on.person.family_doctor[people].mean() == 1.0
    assert 0.3 < off.person.family_doctor[people].mean() < 0.5
    assert (on.person.family_doctor[others] == off.person.family_doctor[others]).all()
    assert (on.person.family_doctor[people] >= off.person.family_doctor[people]).all()


def test_cover_without_the_plan_stays_about_where_it_was():
    later = doctors({}, "2017-11", 60)
    people, others = card(later)
    assert later.person.family_doctor[people].mean() == pytest.approx(0.40, abs=0.05)
    assert later.person.family_doctor[others].mean() == pytest.approx(0.30, abs=0.05)
