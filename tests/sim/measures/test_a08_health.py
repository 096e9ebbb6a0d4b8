"""Medical assistance and insurance of the disabled (A8.8, A8.9), and how stays are counted."""

from __future__ import annotations

import numpy as np

from sim.measures.a04_health import MedicalInsurance
from sim.measures.a04_stack import receipt_of
from tests.sim.measures.test_a04_health import ON, PLAIN, card, hospital_world, settled
from tests.sim.tiny import parameters_for, run_alone

SEVERE = {"person_disability": 2, "bill": 20_000_00}


def test_the_severely_disabled_pay_at_most_half_the_cap():
    """Bills of 20,000 yuan: 3,000 yuan are left by the cap, 1,500 under A8.8."""
    people = card(settled({**ON, "A8.8": 1.0}, **SEVERE))[0]
    for clauses, disability, own in (
        (ON, 2, 3_000_00), ({**ON, "A8.8": 1.0}, 2, 1_500_00), ({**ON, "A8.8": 1.0}, 3, 3_000_00),
    ):  # fmt: skip
        world = settled(clauses, bill=20_000_00, person_disability=disability)
        assert set(world.person.own[people]) == {own}
        counted = world.village.did_severe_assisted.sum()
        assert counted == (people.sum() if own == 1_500_00 else 0)


def test_the_severely_disabled_claim_what_is_due_without_one_stop_settlement():
    none = {"a04_insurance.claim_share": 0.0, "a04_insurance.severe_cut": 0.0}
    five = {"A4.5": 1.0, "A4.6": 1.0, "A4.8": 1.0}
    people = card(settled(five, none, **SEVERE))[0]
    assert (settled(five, none, **SEVERE).person.own[people] > 3_000_00).all()
    assert set(settled({**five, "A8.8": 1.0}, none, **SEVERE).person.own[people]) == {3_000_00}


def test_the_receipt_of_a_severely_disabled_patient_is_told():
    world = settled({**ON, "A8.8": 1.0}, **SEVERE)
    insurance = MedicalInsurance()
    run_alone(
        insurance,
        hospital_world(),
        "2019-03",
        parameters_for([insurance], {**ON, "A8.8": 1.0}, PLAIN),
    )
    i = np.flatnonzero(card(world)[0])[0]
    told = {
        "bill": int(world.person.bill[i]), "own": int(world.person.own[i]), "other": 0, "spent": 0,
        "spent_after": int(world.person.bill_year[i]), "insured": True, "supported": True,
        "helped": True,
    }  # fmt: skip
    assert receipt_of(insurance.p, **told) is None
    paid = receipt_of(insurance.p, severe=True, **told)
    assert paid is not None and paid.own_compliant == 1_500_00


def test_premiums_are_paid_for_registered_disabled_people_who_would_not_be_insured():
    changes = {"a04_insurance.enrol_registered": 0.0, "a04_insurance.enrol_other": 0.0}
    nobody = {"month": "2019-01", "person_insured": 0, "bill": 0}
    world = settled({"A8.9": 1.0}, changes, person_disability=3, **nobody)
    people, others = card(world)
    assert world.person.insured[people].all() and not world.person.insured[others].any()
    assert world.village.did_premiums_paid.sum() == people.sum()
    assert world.village.paid_premium_subsidy.sum() == 220_00 * people.sum()
    for clauses, disability in (({}, 3), ({"A8.9": 1.0}, 0)):
        world = settled(clauses, changes, person_disability=disability, **nobody)
        assert not world.person.insured.any() and not world.village.paid_premium_subsidy.any()


def test_stays_are_counted_by_place_and_by_how_they_are_settled():
    world = settled(ON, county_referred=1.0)
    people, others = card(world)
    both = people | others
    assert world.village.did_stays_away.sum() == both.sum()
    assert world.village.did_stays_one_stop.sum() == people.sum()
    assert world.village.did_stays_raised.sum() == both.sum()
    assert settled(ON, county_township_care=1.0).village.did_stays_township.sum() == both.sum()
    world = settled({}, {"a04_insurance.seek": -60.0})
    assert world.village.did_care_forgone.sum() == both.sum() == world.person.forgone.sum()
    assert not world.village.did_stays_one_stop.any() and not world.village.did_stays_raised.any()
