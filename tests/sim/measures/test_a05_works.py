"""Dangerous houses: who pays what for whose house, and what each clause changes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ledger import BUILDERS, FUNDS
from sim.measures.a05_works import HouseWorks
from sim.world.codes import HouseWork, Registered
from tests.sim.tiny import parameters_for, run_alone, tiny_world

ALL = dict.fromkeys(HouseWorks.clauses, 1.0)
SURE = {  # everything begins at once, nothing is left to chance
    "a05_works.pace_d": 1.0, "a05_works.pace_c": 1.0, "a05_works.oversize": 0.0,
    "a05_works.paint": 0.0, "a05_works.firm": 1.0, "a05_works.firm_plan": 1.0,
    "a05_works.defect": 0.0,
}  # fmt: skip
RICH = {"household_cash": 500_000_00, "household_income12_all": 60_000_00}
POOREST = {"household_cash": 0, "household_income12_all": 0}


def works(clauses=ALL, changes=SURE, money=10**12, month="2018-06", cert=4, builders=None, **more):
    """The world after one month of works on houses that are all of one grade."""
    office = HouseWorks()
    values = {"household_house": cert, "household_registered": Registered.POOR,
              "household_dibao": 0, "household_labour": 2.0, "household_debt_house": 0,
              **RICH, **more}  # fmt: skip
    world = tiny_world(900, villages=6, counties=2, mechanisms=[office],
                       household_house_cert=cert, **values)  # fmt: skip
    for county in range(2):
        world.ledger.grant("house_repair", county, money)
        world.ledger.grant("house_shared", county, money)
    if builders is not None:
        world.ledger.works[:] = builders
    run_alone(office, world, month, parameters_for([office], clauses, changes))
    return world


def of(world, name):
    return world.household[name][world.household.alive == 1]


def paid(world, programme):
    return int(world.village[f"paid_{programme}"].sum())


def test_a_poor_owner_rebuilds_a_house_of_grade_d():
    world = works(household_cash=20_000_00)
    homes = int((world.household.alive == 1).sum())
    assert set(of(world, "house")) == {1}
    assert set(of(world, "house_cert")) == {1}
    # of 50,000 yuan the subsidy is 35 + 5 %, neighbours work off 8 %, the owner pays 26,000:
    # 10,000 from half of its cash, and owes 16,000
    assert paid(world, "house_repair") == homes * 20_000_00
    assert set(of(world, "cash")) == {10_000_00}
    assert set(of(world, "debt_house")) == {16_000_00}
    assert world.village.did_houses_d_removed.sum() == homes
    assert world.village.did_houses_firm.sum() == homes


def test_without_classes_the_subsidy_is_flat_and_nobody_helps():
    world = works({**ALL, "A5.2": 0.0}, household_cash=0)
    homes = int((world.household.alive == 1).sum())
    assert paid(world, "house_repair") == homes * 12_500_00
    assert set(of(world, "debt_house")) == {37_500_00}


def test_strengthening_is_cheaper_and_leaves_less_debt():
    dear = works({**ALL, "A5.3": 0.0}, cert=3)
    cheap = works(cert=3)
    count = [w.village.did_houses_strengthened.sum() / w.village.did_houses_repaired.sum()
             for w in (dear, cheap)]  # fmt: skip
    assert count[0] == pytest.approx(0.35, abs=0.08)
    assert count[1] == pytest.approx(0.85, abs=0.08)
    spent = [RICH["household_cash"] - of(w, "cash").mean() for w in (dear, cheap)]
    assert spent[1] < 0.7 * spent[0]
    strong = of(cheap, "house_works") & HouseWork.STRENGTHENED != 0
    assert set(of(cheap, "house")[strong]) == {2}


def test_who_cannot_pay_waits_or_is_housed_without_debt():
    waits = works({**ALL, "A5.4": 0.0}, **POOREST)
    assert set(of(waits, "house")) == {4}
    assert paid(waits, "house_repair") == paid(waits, "house_shared") == 0
    housed = works(**POOREST)
    homes = int((housed.household.alive == 1).sum())
    assert set(of(housed, "house")) == {2}
    assert not of(housed, "debt_house").any()
    assert paid(housed, "house_shared") == homes * 25_000_00
    assert housed.village.did_houses_shared.sum() == homes


def test_others_who_cannot_pay_are_not_housed():
    world = works(household_registered=Registered.NEVER, **POOREST)
    assert set(of(world, "house")) == {4}


def test_the_pace_is_that_of_the_grade_and_appraisal_hastens_it():
    def begun(clauses, **more):
        world = works(clauses, {}, **more)
        return world.village.did_houses_repaired.sum() / (world.household.alive == 1).sum()

    assert begun({"A5.6": 1.0}, cert=4) == pytest.approx(0.35, abs=0.08)
    assert begun({"A5.6": 1.0}, cert=3) == 0.0
    assert begun({"A5.7": 1.0}, cert=3, month="2020-06") == pytest.approx(0.35, abs=0.08)
    assert begun({"A5.7": 1.0}, cert=4) == 0.0
    assert begun({"A5.6": 1.0, "A5.5": 1.0}, cert=4) > begun({"A5.6": 1.0}, cert=4)
    assert begun({"A5.5": 1.0}, cert=4) == 0.0


def test_capacity_slows_the_works():
    slow = works(ALL, {}, county_capacity=-0.8)
    assert slow.village.did_houses_repaired.sum() < works(ALL, {}).village.did_houses_repaired.sum()


def test_without_money_or_builders_nothing_is_built_and_it_waits():
    poor = works(money=0)
    assert set(of(poor, "house")) == {4}
    assert poor.ledger.waited[FUNDS, poor.ledger.row("house_repair")].sum() > 0
    assert poor.ledger.asked[poor.ledger.row("house_repair")].sum() > 0
    frost = works(builders=0)
    assert set(of(frost, "house")) == {4}
    assert frost.ledger.waited[BUILDERS, frost.ledger.row("house_repair")].sum() > 0


def test_grade_d_and_the_weakest_come_first():
    dibao = np.arange(400) % 2
    world = works(money=30 * 25_000_00 + 10, household_dibao=dibao)
    done, weak = of(world, "house") == 1, of(world, "dibao") == 1
    assert done.sum() == 60  # thirty a county
    assert not (done & ~weak).any()


def test_large_houses_cost_their_owners():
    many = {**SURE, "a05_works.oversize": 1.0}
    spent = {}
    for off in ("A5.8", "A5.10", ""):
        world = works({**ALL, off: 0.0} if off else ALL, many)
        spent[off] = -of(world, "cash").mean()
        assert paid(world, "house_repair") == works().village.paid_house_repair.sum()
    assert spent[""] < spent["A5.8"]
    assert spent[""] < spent["A5.10"]
    assert set(works().county.plot_rule) == {np.float32(0.5)}


def test_without_the_standard_some_subsidies_are_painted_away():
    paint = {**SURE, "a05_works.paint": 1.0}
    world = works({**ALL, "A5.8": 0.0}, paint)
    assert set(of(world, "house")) == {4}
    assert set(of(world, "house_cert")) == {1}
    assert set(of(works(ALL, paint), "house")) == {1}
    loose = works({**ALL, "A5.8": 0.0}, {**SURE, "a05_works.firm": 0.5})
    assert loose.village.did_houses_firm.sum() < works().village.did_houses_firm.sum()


def test_supervision_makes_defects_rarer():
    bad = {**SURE, "a05_works.defect": 1.0}
    none = works({**ALL, "A5.11": 0.0}, bad)
    some = works(ALL, bad)
    share = [(of(w, "house_works") & HouseWork.DEFECT != 0).mean() for w in (none, some)]
    assert share[0] == 1.0
    assert share[1] == pytest.approx(0.3, abs=0.1)


def test_who_is_about_to_move_is_left_out_and_nothing_happens_without_clauses():
    world = works(household_relocation=1)
    assert set(of(world, "house")) == {4}
    world = works({})
    assert set(of(world, "house")) == {4}
    assert not world.county.plot_rule.any()
    assert not world.ledger.asked.any()


def test_the_money_adds_up():
    world = works()
    world.ledger.close_month()
    assert world.ledger.spent[world.ledger.row("house_repair")].sum() > 0


def test_a_safe_house_on_the_list_is_found_out_before_the_works():
    changes = {**SURE, "a05_works.inspected": 1.0}
    world = works(ALL, changes, household_house=1)
    assert set(of(world, "house_cert")) == {1}
    assert not world.village.did_houses_repaired.any()
    assert paid(world, "house_repair") == 0
    blind = works(ALL, {**SURE, "a05_works.inspected": 0.0}, household_house=1)
    assert blind.village.did_houses_repaired.all()
