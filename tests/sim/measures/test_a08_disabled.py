"""What the disabled get and who cares for them; school, rehabilitation, houses, relief, equity."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a08_assets import DisabledAssets
from sim.measures.a08_care import CareHouses
from sim.measures.a08_disabled import NO_CARE, PURCHASED, TEKUN, DisabledSupport
from sim.measures.a08_recovery import CareCentres, Rehabilitation, SchoolPlaces
from sim.measures.a08_relief import Relief
from sim.world.codes import Cause, School, Skill
from tests.sim.tiny import clear_sums, parameters_for, run_alone, tiny_world

ALL = (
    DisabledSupport, CareHouses, SchoolPlaces, CareCentres, Rehabilitation, Relief, DisabledAssets,
)  # fmt: skip
PAID = {"a08_disabled.living_subsidy": 100.0, "a08_disabled.nursing_subsidy": 100.0}


def made(persons=600, **overrides):
    return tiny_world(persons, mechanisms=[kind() for kind in ALL], **overrides)


def run(kind, world, month, clauses=None, changes=None, *, fund="", begin=False, fen=10**12):
    for county in range(len(world.county.code) if fund else 0):
        world.ledger.grant(fund, county, fen)
    clear_sums(world)
    run_alone(kind(), world, month, parameters_for([kind()], clauses, changes), begin=begin)
    return world


def reached(world, programme):
    """What a programme paid is what households were granted."""
    paid = world.village[f"paid_{programme}"].sum()
    return paid == world.household.granted.sum() == world.household.transfer.sum() and paid


# --- subsidies ------------------------------------------------------------------------------------


def test_members_are_counted_by_what_makes_them_vulnerable():
    world = run(DisabledSupport, made(), "2018-03", begin=True)
    person, home = world.person, world.household
    alive = person.alive == 1
    severe = alive & (person.disability > 0) & (person.disability <= 2)
    of = person.household
    for name, which in (
        ("severe", severe),
        ("severe_grown", severe & (person.age >= 192)),
        (
            "focus",
            alive & (severe | (person.age < 192) | (person.age >= 720) | (person.serious == 1)),
        ),
    ):
        assert np.array_equal(home[name], np.bincount(of[which], minlength=len(home.id)))


def test_subsidies_are_due_to_the_poor_and_the_severe():
    """One disabled member, severe, of a registered household: 200 yuan; not registered: 100."""
    one = {
        "household_disabled": 1,
        "household_severe": 1,
        "household_size": 4,
        "household_dibao": 0,
    }
    for registered, fen in ((1, 20_000), (2, 20_000), (0, 10_000)):
        world = made(household_registered=registered, **one)
        run(DisabledSupport, world, "2018-03", {"A8.10": 1.0}, PAID)
        alive = world.household.alive == 1
        assert (world.household.transfer[alive] == fen).all() and reached(world, "disability")


def test_without_the_clause_only_part_is_paid_and_always_to_the_same():
    one = {"household_disabled": 1, "household_size": 4, "household_registered": 1}
    first = run(DisabledSupport, made(4_000, **one), "2018-03")
    later = run(DisabledSupport, made(4_000, **one), "2019-08")
    got = first.household.transfer > 0
    assert np.array_equal(got, later.household.transfer > 0)
    assert 0.5 < got[first.household.alive == 1].mean() < 0.7
    village = first.village
    assert village.did_subsidies_paid.sum() < village.did_subsidies_due.sum()
    full = run(DisabledSupport, made(4_000, **one), "2018-03", {"A8.10": 1.0})
    assert (full.village.did_subsidies_paid == full.village.did_subsidies_due).all()


# --- care -----------------------------------------------------------------------------------------

NEED = {"person_disability": 1, "person_age": 360, "household_registered": 1, "household_size": 4,
        "household_disabled": 1, "household_away": 0, "household_dibao": 0}  # fmt: skip


def test_tekun_for_those_without_anybody_able_to_work():
    changes = {"a08_disabled.support_reach": 1.0, "a08_disabled.paid_share": 0.0}
    world = run(
        DisabledSupport, made(household_labour=0.0, **NEED), "2018-04", {"A8.11": 1.0}, changes
    )
    alive = (world.household.alive == 1) & (world.household.severe_grown > 0)
    assert (world.household.care[alive] == TEKUN).all()
    heads = np.minimum(world.household.severe_grown, 4)[alive].astype(int)
    assert np.array_equal(world.household.transfer[alive], 53_000 * heads)
    assert reached(world, "tekun")
    able = run(
        DisabledSupport, made(household_labour=2.0, **NEED), "2018-04", {"A8.11": 1.0}, changes
    )
    assert not able.village.paid_tekun.any()
    off = run(DisabledSupport, world, "2018-07", {}, changes)
    assert (off.household.care == NO_CARE).all() and not off.village.paid_tekun.any()


def test_tekun_is_not_paid_on_top_of_minimum_living():
    dibao = {**NEED, "household_dibao": 1, "household_dibao_pay": 40_000}
    world = made(household_labour=0.0, **dibao)
    changes = {"a08_disabled.support_reach": 1.0, "a08_disabled.paid_share": 0.0}
    run(DisabledSupport, world, "2018-04", {"A8.11": 1.0}, changes)
    alive = (world.household.alive == 1) & (world.household.severe_grown > 0)
    heads = np.minimum(world.household.severe_grown, 4)[alive].astype(int)
    assert np.array_equal(world.household.transfer[alive], (53_000 - 10_000) * heads)


def test_care_is_bought_as_far_as_the_money_goes():
    need = {"household_severe_grown": 1, "household_registered": 1, "household_labour": 2.0}
    changes = {"a08_disabled.care_share": 1.0}
    quarter = 300 * 3 * 100
    world = run(DisabledSupport, made(**need), "2018-04", {"A8.11": 1.0}, changes)
    assert not world.village.paid_care_purchase.any()
    assert world.ledger.waited[0, world.ledger.row("care_purchase")].sum() > 0
    world = run(
        DisabledSupport, made(**NEED, household_severe_grown=1), "2018-04", {"A8.11": 1.0}, changes,
        fund="care_purchase", fen=int(quarter * 10.5),
    )  # fmt: skip
    assert world.village.paid_care_purchase.sum() == 10 * quarter
    assert (world.household.care == PURCHASED).sum() == 10
    world = run(
        DisabledSupport, made(4_000, **NEED, household_severe_grown=1), "2018-04", {"A8.11": 1.0},
        {"a08_disabled.care_share": 0.3}, fund="care_purchase",
    )  # fmt: skip
    alive = world.household.alive == 1
    first = world.household.care == PURCHASED
    assert 0.25 < first[alive].mean() < 0.35
    run(DisabledSupport, world, "2018-07", {"A8.11": 1.0}, fund="care_purchase")
    assert np.array_equal(world.household.care == PURCHASED, first)  # always the same
    run(DisabledSupport, world, "2018-10", {}, fund="care_purchase")
    assert not world.ledger.asked[world.ledger.row("care_purchase")].any()
    assert not (world.household.care == PURCHASED).any()


def test_tekun_is_not_paid_on_top_of_the_subsidies_and_none_is_income_for_dibao():
    changes = {"a08_disabled.support_reach": 1.0, "a08_disabled.paid_share": 1.0, **PAID}
    world = made(household_labour=0.0, **NEED)
    run(DisabledSupport, world, "2018-04", {"A8.11": 1.0}, changes)
    one = (world.household.alive == 1) & (world.household.severe_grown == 1)
    assert one.any() and (world.household.transfer[one] >= 53_000).all()
    assert world.village.paid_tekun.sum() < 53_000 * world.village.did_tekun_supported.sum()
    assert np.array_equal(world.household.uncounted, world.household.transfer)


def test_half_the_care_houses_lift_as_much_each():
    world = made(3_000, villages=40)
    world.village.care_house[:5] = 2
    run(CareHouses, world, "2018-02", {"A8.5": 0.5})
    assert world.village.carers_freed[:5] == pytest.approx(0.1)


def test_houses_are_built_deep_villages_first_and_lighten_the_hold_of_dependants():
    cost = 100_000 * 85
    none = run(CareHouses, made(3_000, villages=40), "2018-06", begin=True)
    assert not none.village.carers_freed.any() and not none.village.did_care_houses_built.any()
    world = made(3_000, villages=40)
    for month in range(2018 * 12, 2018 * 12 + 90):
        run(CareHouses, world, month, {"A8.5": 1.0}, begin=month == 2018 * 12,
            fund="care_houses", fen=10 * cost)  # fmt: skip
        if month == 2018 * 12 + 8:
            early = world.village.care_house == 2
    assert early.any() and world.village.deep[early].all()
    assert (world.village.care_house > 0).mean() > 0.9
    built = world.village.care_house == 2
    assert world.village.carers_freed[built] == pytest.approx(0.1)
    assert not world.village.carers_freed[~built].any()


def test_no_money_no_houses():
    world = made(3_000, villages=40)
    run(CareHouses, world, "2018-06", {"A8.5": 1.0}, begin=True)
    assert not world.village.paid_care_houses.any()
    assert world.ledger.waited[0, world.ledger.row("care_houses")].sum() > 0


# --- children, rehabilitation ---------------------------------------------------------------------


def test_each_disabled_child_out_of_school_is_placed():
    child = {"person_age": 120, "person_school": int(School.NONE), "person_disability": 1,
             "household_registered": 1, "household_labour": 2.0}  # fmt: skip
    sure = {"a08_school_places.place_disabled": 1.0}
    world = run(SchoolPlaces, made(**child), "2018-09", {"A8.12": 1.0}, sure)
    alive = world.person.alive == 1
    assert (world.person.school[alive] == School.PRIMARY).all()
    assert world.village.did_children_placed.sum() == alive.sum()
    assert world.village.paid_special_schooling.sum() == 600_000 * alive.sum()
    for other in ({"household_registered": 0, "household_dibao": 0}, {"person_disability": 0},
                  {"person_age": 60}):  # fmt: skip
        world = run(SchoolPlaces, made(**{**child, **other}), "2018-09", {"A8.12": 1.0}, sure)
        assert not world.village.did_children_placed.any()
    assert not run(SchoolPlaces, made(**child), "2018-09").village.did_children_placed.any()


def test_minors_in_difficulty_come_back():
    child = {"person_age": 160, "person_school": int(School.DROPPED_OUT), "person_disability": 0,
             "household_registered": 1, "household_labour": 0.0}  # fmt: skip
    world = run(SchoolPlaces, made(**child), "2018-03", {"A8.12": 1.0})
    back = world.person.school[world.person.alive == 1] == School.JUNIOR
    assert 0.6 < back.mean() < 0.8


def test_a_centre_is_built_as_money_comes_and_a_few_mend():
    world = made(4_000, person_disability=2, person_skill=int(Skill.LOST), person_age=400,
                 person_serious=0)  # fmt: skip
    run(CareCentres, world, "2018-06", {"A8.14": 1.0})
    assert not world.county.rehabilitation.any()
    run(CareCentres, world, "2018-07", {"A8.14": 1.0}, fund="rehabilitation")
    assert world.county.rehabilitation[0] == pytest.approx(1 / 24, rel=1e-3)
    world.county.rehabilitation[:] = 1.0
    run(Rehabilitation, world, "2019-01", {"A8.14": 1.0}, {"a08_rehabilitation.recovery": 0.5})
    alive = world.person.alive == 1
    better = alive & (world.person.disability == 3)
    assert 0.45 < better.sum() / alive.sum() < 0.55
    assert (world.person.skill[better] == Skill.WEAK).all()
    assert world.village.did_rehabilitated.sum() == better.sum()


# --- relief, equity -------------------------------------------------------------------------------

STRUCK = {"household_blow": int(Cause.DISASTER), "household_blow_size": 400_000,
          "household_size": 4}  # fmt: skip
SURE = {"a08_relief.relief_reach": 1.0, "a08_relief.lag_least": 2, "a08_relief.lag_most": 2}


def test_part_of_a_loss_is_paid_some_months_later_and_once():
    """A loss of 4,000 yuan: 1,200 yuan two months later."""
    world = made(**STRUCK)
    for month, fen in (("2018-07", 0), ("2018-08", 0), ("2018-09", 120_000), ("2018-10", 0)):
        run(Relief, world, month, {"A8.6": 1.0}, SURE)
        alive = world.household.alive == 1
        assert set(world.household.transfer[alive]) == {fen}
        assert reached(world, "relief") == fen * alive.sum()
    assert run(Relief, made(**STRUCK), "2018-09").household.relief_month.sum() == 0
    small = {**STRUCK, "household_blow_size": 100_000}
    assert not run(
        Relief, made(**small), "2018-07", {"A8.6": 1.0}, SURE
    ).household.relief_month.any()
    other = {**STRUCK, "household_blow": int(Cause.ILLNESS)}
    assert not run(
        Relief, made(**other), "2018-07", {"A8.6": 1.0}, SURE
    ).household.relief_month.any()


def test_a_loss_is_filed_or_not_and_not_tried_again_each_month():
    world = made(4_000, **STRUCK)
    for month in range(2018 * 12, 2018 * 12 + 12):
        run(Relief, world, month, {"A8.6": 1.0}, {"a08_relief.relief_reach": 0.5})
    alive = world.household.alive == 1
    assert 0.45 < (world.household.relief_month[alive] != 0).mean() < 0.55


def test_few_households_of_a_small_sample_are_given_equity_too():
    home = {"household_disabled": 1, "household_registered": 1, "household_equity": 0}
    world = made(30, **home)
    given = 0
    for month in range(2018 * 12, 2018 * 12 + 84, 6):
        world.household.equity[:] = 0
        run(DisabledAssets, world, month, {"A8.13": 1.0}, {"a08_assets.reach": 0.05},
            fund="disabled_equity")  # fmt: skip
        given += (world.household.equity > 0).sum()
    assert 0 < given < 0.2 * 14 * (world.household.alive == 1).sum()


def test_equity_for_registered_disabled_households_within_the_money():
    home = {"household_disabled": 1, "household_registered": 1, "household_equity": 0}
    world = run(DisabledAssets, made(**home), "2018-01", {"A8.13": 1.0})
    assert not world.household.equity.any()
    world = run(DisabledAssets, world, "2018-07", {"A8.13": 1.0}, fund="disabled_equity",
                fen=3 * 500_000 + 10)  # fmt: skip
    assert (world.household.equity > 0).sum() == 3 == world.village.did_disabled_equity.sum()
    assert world.village.paid_disabled_equity.sum() == world.household.equity.sum()
    for other in ({"household_disabled": 0}, {"household_registered": 0}):
        world = run(DisabledAssets, made(**{**home, **other}), "2018-07", {"A8.13": 1.0},
                    fund="disabled_equity")  # fmt: skip
        assert not world.household.equity.any()
    off = run(DisabledAssets, made(**home), "2018-07", fund="disabled_equity")
    assert not off.household.equity.any()


def test_each_changes_only_what_it_declares():
    for kind in ALL:
        on = dict.fromkeys(kind.clauses, 1.0)
        for month in ("2018-01", "2018-09"):
            run(kind, made(), month, on, begin=True)
