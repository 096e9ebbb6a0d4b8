"""Crop insurance by hand: premium, claim, delay, and what the two clauses change."""

from __future__ import annotations

import pytest

from sim.measures.m2_insurance import CropInsurance
from sim.world.codes import Registered
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

PLAIN = {"household_land": 10.0, "household_rented_out": 0.0,
         "household_registered": Registered.POOR, "village_crop_factor": 0.4}  # fmt: skip
SURE = {"m2_insurance.cover": 1.0, "m2_insurance.basis": 0.0}


def world_of(**more):
    return tiny_world(3_000, villages=10, mechanisms=[CropInsurance()], **{**PLAIN, **more})


def month(at, clauses=None, changes=None, **more):
    world = world_of(**more)
    insurance = CropInsurance()
    run_alone(insurance, world, at, parameters_for([insurance], clauses or {}, changes))
    return world


def of(world, name):
    return world.household[name][world.household.alive == 1]


def test_the_premium_of_ten_mu():
    world = month("2018-03", changes={**SURE, "economy.price_index": 1.0})
    assert set(of(world, "crop_insured")) == {1}
    assert set(of(world, "other_cost")) == {54_00}  # a fifth of 6 % of 4,500 yuan
    homes = (world.household.alive == 1).sum()
    assert world.village.paid_crop_premium.sum() == pytest.approx(homes * 216_00, rel=1e-3)


def test_the_poor_pay_less_and_more_of_them_insure_under_the_lower_premium():
    one = {"economy.price_index": 1.0}
    some, more = month("2018-03", changes=one), month("2018-03", {"M2.8": 1.0}, one)
    assert of(some, "crop_insured").mean() == pytest.approx(0.12, abs=0.03)
    assert of(more, "crop_insured").mean() == pytest.approx(0.42, abs=0.04)
    assert set(of(more, "other_cost")) == {0, 10_53}  # 0.35 off the rate, 0.7 off the own part
    assert (of(more, "crop_insured") >= of(some, "crop_insured")).all()
    others = month("2018-03", {"M2.8": 1.0}, one, household_registered=Registered.NEVER)
    assert (of(others, "crop_insured") == of(some, "crop_insured")).all()


def season(clauses, months=11, changes=None, **more):
    """From March 2018: the sum of what each household is paid, month by month."""
    world = world_of(**more)
    insurance = CropInsurance()
    paid = []

    def each(_):
        paid.append(int(world.household.transfer.sum()))
        assert (world.household.transfer == world.household.granted).all()
        world.ledger.close_month()

    parameters = parameters_for(
        [insurance], clauses, {"economy.price_index": 1.0, **(changes or {})}
    )
    run_months([insurance], world, "2018-03", months, parameters, each=each)
    return world, paid


def test_a_loss_of_sixty_per_cent_is_paid_above_the_deductible_in_january():
    world, paid = season({}, changes=SURE)
    homes = (world.household.alive == 1).sum()
    assert [k for k, fen in enumerate(paid) if fen] == [10]  # January 2019
    assert paid[10] == pytest.approx(homes * 0.3 * 4_500_00, rel=1e-3)


def test_better_service_pays_more_and_sooner():
    _, paid = season({"M2.7": 1.0}, changes=SURE)
    assert [k for k, fen in enumerate(paid) if fen] == [8]  # November 2018
    _, base = season({}, changes=SURE)
    assert paid[8] == pytest.approx(base[10] * 4 / 3, rel=1e-3)
    assert sum(season({"M2.7": 1.0})[1]) > sum(season({})[1])


def test_claims_that_get_faster_in_the_middle_of_a_winter_are_not_lost():
    """Slow till December, when they would be paid in January; fast from January, due by then."""
    world = world_of()
    insurance = CropInsurance()
    for first, months, clauses in (("2018-03", 10, {}), ("2019-01", 1, {"M2.7": 1.0})):
        run_months(
            [insurance], world, first, months, parameters_for([insurance], clauses, SURE),
            each=lambda _: world.ledger.close_month(),
        )  # fmt: skip
    assert world.household.transfer.sum() > 0


def test_small_losses_and_missed_ones_are_not_paid():
    assert not sum(season({}, changes=SURE, village_crop_factor=0.75)[1])
    _, all_seen = season({}, changes=SURE)
    _, some = season({}, changes={**SURE, "m2_insurance.basis": 0.5})
    assert sum(some) == pytest.approx(0.5 * sum(all_seen), rel=0.1)
