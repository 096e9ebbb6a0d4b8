"""The budget: what each clause moves, and where the money of a year goes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ledger import BUILDERS
from sim.measures.m1_fiscal import Budget
from sim.world.columns import account
from tests.sim.tiny import parameters_for, run_alone, tiny_world

COLUMNS = (
    account("roads", "roads", "roads", family="sector", to="supplier", rank=3),
    account("water", "water", "water", family="sector", to="supplier", rank=1),
    account("stock", "stock", "stock", family="special", to="household", rank=4),
    account("fields", "fields", "fields", family="special", to="supplier", rank=4),
)
DEEP = np.array([1, 1, 0, 0])
HEADS = np.array([300, 100, 200, 200])
SPECIAL, SECTOR, SOCIAL = range(3)
SETTINGS = {"m1_budget.special_open": 1.0, "m1_budget.sector_before": 4_000.0}


def made(**more):
    return tiny_world(
        1_200, villages=8, counties=4, columns=COLUMNS, mechanisms=[Budget()],
        county_deep=DEEP, county_registered_start=HEADS, county_persons_start=HEADS * 5,
        county_yiqu_yizhou=np.array([0, 1, 1, 0]), **more,
    )  # fmt: skip


def after(world, months, clauses=None, changes=None):
    """The world after the budget has acted in these months, and nobody has spent a fen."""
    for month in months if isinstance(months, list) else [months]:
        budget = Budget()
        given = {**SETTINGS, **(changes or {})}
        run_alone(budget, world, month, parameters_for([budget], clauses, given))
        world.ledger.close_month()
        if month.endswith("12"):
            world.ledger.close_year()
    return world


def yearly(world, family=SPECIAL):
    """Yuan that the counties' purses got from above."""
    return world.ledger.purses.above[family] / 100.0


def test_a_year_of_special_funds_by_hand():
    world = after(made(), "2018-01", {})
    total = 9_350 * 800
    assert yearly(world) == pytest.approx(
        total * np.array([0.45 * 0.75, 0.45 * 0.25, 0.10 * 0.5, 0.10 * 0.5]), abs=0.02
    )
    assert world.ledger.province.outside[SPECIAL, 0] / 100 == pytest.approx(total, abs=0.05)
    assert world.ledger.province.spent[SPECIAL, 0] / 100 == pytest.approx(0.45 * total, abs=0.05)


def test_new_money_goes_mainly_to_deep_counties():
    world = after(made(), "2018-01", {"M1.1": 1.0})
    total, new = 9_350 * 800, 1_950 * 800
    assert yearly(world)[:2].sum() == pytest.approx(0.45 * (total - new) + 0.55 * new, abs=0.05)
    assert yearly(world)[2:].sum() == pytest.approx(0.10 * (total - new) + 0.12 * new, abs=0.05)


def test_the_centre_adds_to_the_prefectures_only():
    gain = yearly(after(made(), "2018-01", {"M1.3": 1.0})) - yearly(after(made(), "2018-01", {}))
    assert gain == pytest.approx([0, 200_000, 400_000, 0], abs=0.05)


def test_half_of_the_special_funds_goes_to_deep_counties():
    for clauses in ({"M1.5": 1.0}, {"M1.5": 1.0, "M1.1": 1.0, "M1.3": 1.0}):
        world = after(made(), "2019-01", clauses)
        total = world.ledger.province.outside[SPECIAL, 0] / 100.0
        assert yearly(world)[:2].sum() == pytest.approx(0.5 * total, rel=1e-6)
    half = after(made(), "2019-01", {"M1.5": 0.5})
    assert yearly(half)[:2].sum() / (11_300 * 800) == pytest.approx(0.475, rel=1e-6)


@pytest.mark.parametrize(
    ("clause", "gain"),
    [
        ("M1.4", [0.03 * 4_000 * 0.5 * 1_500, 0.03 * 4_000 * 0.5 * 500, 0, 0]),
        ("M1.9", [4_000 * 300 * 0.05, 4_000 * 100 * 0.05, 0, 0]),
        ("M1.10", [400 * 300, 400 * 100, 0, 0]),
    ],
)
def test_what_a_clause_adds_to_the_sectors_money_of_deep_counties(clause, gain):
    base = yearly(after(made(), "2018-01", {}), SECTOR)
    assert base == pytest.approx((4_000 * 1.06 + 800) * HEADS, abs=0.02)
    more = yearly(after(made(), "2018-01", {clause: 1.0}), SECTOR)
    assert more - base == pytest.approx(gain, abs=0.05)


def test_block_funds_grow_five_points_faster_every_year():
    world = made()
    after(world, ["2018-01", "2019-01", "2020-01"], {"M1.9": 1.0})
    assert world.county.sector_level == pytest.approx([1.11**3] * 2 + [1.06**3] * 2)
    assert world.county.block_growth_lead == pytest.approx([0.05, 0.05, 0, 0])


def test_the_standard_may_count_all_rural_people():
    world = after(made(), "2020-01", {"M1.10": 1.0}, {"m1_budget.standard_heads": "rural"})
    few = after(made(), "2020-01", {"M1.10": 1.0})
    assert (yearly(world, SECTOR) - yearly(few, SECTOR))[0] == pytest.approx(2_000 * 300 * 4)
    assert few.county.own_standard == pytest.approx([2_000, 2_000, 800, 800])


def test_the_lottery_fund_goes_to_two_counties_and_is_the_same_in_all():
    codes = np.array([621_022, 620_001, 621_027, 620_002])
    base = yearly(after(made(county_code=codes), "2018-01", {}), SECTOR)
    plan = yearly(after(made(county_code=codes), "2018-01", {"M1.8": 1.0}), SECTOR)
    assert base.sum() == pytest.approx(plan.sum(), abs=0.05)
    assert plan - (4_240 + 800) * HEADS == pytest.approx([2e7, 0, 2e7, 0], abs=0.05)


def test_the_first_money_comes_in_december_2017_and_is_released_at_once():
    world = made()
    world.ledger.ask("stock", np.full(4, 10**12))
    after(world, "2017-12", {})
    row = world.ledger.row("stock")
    given = world.ledger.accounts.received[row]
    assert given == pytest.approx(world.ledger.purses.above[SPECIAL], abs=1)
    assert given[0] / 100 == pytest.approx(0.1 * 7_400 * 800 * 0.45 * 0.75, rel=1e-6)


def test_quarters_release_their_parts_and_october_the_rest():
    world = made()
    row = world.ledger.row("stock")
    world.ledger.ask("stock", np.full(4, 10**12))
    got = []
    for month in ("2018-01", "2018-04", "2018-07", "2018-10"):
        after(world, month, {})
        got.append(world.ledger.accounts.received[row, 0])
    year = world.ledger.purses.above[SPECIAL, 0]
    assert np.array(got) / year == pytest.approx([0.3, 0.6, 0.85, 1.0], abs=1e-6)


def test_who_asks_nothing_gets_nothing_and_nobody_more_than_asked():
    world = made()
    world.ledger.ask("roads", np.array([5_000, 0, 10**12, 0]))
    after(world, "2018-01", {"M3.5": 1.0})
    row = world.ledger.row("roads")
    got = world.ledger.accounts.received[row]
    assert list(got[[0, 1, 3]]) == [5_000, 0, 0]
    assert got[2] == pytest.approx(0.3 * world.ledger.purses.above[SECTOR, 2], abs=2)
    after(world, "2018-04", {"M3.5": 1.0})
    assert world.ledger.accounts.received[row, 0] == 5_000  # it still holds what it asked for


def test_what_leaks_is_asked_for_too():
    world = made()
    world.ledger.leak[:] = 0.2
    world.ledger.ask("roads", np.full(4, 8_000))
    after(world, "2018-01", {"M3.5": 1.0})
    assert list(world.ledger.accounts.received[world.ledger.row("roads")]) == [10_000] * 4


def test_the_focus_of_funds_puts_water_before_roads():
    def got(clauses):
        world = made()
        for name in ("roads", "water", "stock", "fields"):
            world.ledger.ask(name, np.full(4, 10**12))
        after(world, "2018-01", {"M3.5": 1.0, **clauses})
        ledger = world.ledger
        return {name: ledger.accounts.received[ledger.row(name), 0] for name in ledger.programmes}

    plain, focus, direct = got({}), got({"M1.11": 1.0}), got({"M1.12": 1.0})
    assert plain["roads"] == pytest.approx(plain["water"], abs=1)
    assert plain["stock"] == pytest.approx(plain["fields"], abs=1)
    assert focus["roads"] == 0
    assert focus["water"] == pytest.approx(2 * plain["water"], abs=2)
    assert focus["stock"] == pytest.approx(focus["fields"], abs=1)
    assert direct["fields"] == 0
    assert direct["water"] == pytest.approx(direct["roads"], abs=1)


def test_the_rule_of_allocation_is_a_switch():
    shares = {}
    for rule in ("priority", "proportional", "largest_gap", "equal"):
        world = made()
        world.ledger.ask("roads", np.full(4, 30_000_000))
        world.ledger.ask("water", np.full(4, 60_000_000))
        after(world, "2018-01", {"M3.5": 1.0, "M1.11": 1.0}, {"m1_budget.allocation": rule})
        ledger = world.ledger
        got = [int(ledger.accounts.received[ledger.row(n), 0]) for n in ("roads", "water")]
        shares[rule] = round(got[0] / sum(got), 3)
    money = 0.3 * (4_240 + 800) * 300 * 100
    gap = (money - 30_000_000) / 2 / money if money > 30_000_000 else 0.0
    assert shares == {
        "priority": 0.0, "proportional": 0.333, "equal": 0.5,
        "largest_gap": pytest.approx(gap, abs=1e-3),
    }  # fmt: skip


def test_without_the_end_of_matching_money_lies_in_the_purse():
    def released(clauses):
        world = made()
        world.ledger.ask("roads", np.full(4, 10**12))
        after(world, ["2018-01", "2018-10"], clauses)
        return world.ledger.accounts.above[world.ledger.row("roads")] / yearly(world, SECTOR) / 100

    assert released({"M3.5": 1.0}) == pytest.approx([1.0] * 4, abs=1e-6)
    bound = released({})
    # of what is left in January, October releases four fifths again
    january, october = 0.3, 0.7 + 0.3 * 0.2
    assert bound[0] == pytest.approx(january * 0.8 + october * 0.8, abs=1e-6)
    assert bound[2] > bound[0]


def test_at_the_years_end_money_goes_back_up_beyond_what_may_be_carried():
    world = made()
    ledger = world.ledger
    ledger.ask("stock", np.full(4, 10**12))
    after(world, ["2018-01", "2018-04", "2018-07", "2018-10", "2018-12"], {})
    held = ledger.accounts.balance[ledger.row("stock")].copy()
    assert (held > 0).all()
    after(world, "2019-01", {})
    assert list(ledger.accounts.up[ledger.row("stock")]) == list(held)
    back = ledger.purses.up[SPECIAL]
    assert back == pytest.approx(0.7 * held, rel=1e-6)
    assert ledger.province.below[SPECIAL, 0] == back.sum()
    # the province gives it out again: nothing but roundings stays there
    assert ledger.province.balance[SPECIAL, 0] < 10
    assert not ledger.purses.up[SOCIAL].any()


def test_integration_moves_idle_money_to_who_can_use_it():
    def year(clauses):
        world = made()
        ledger = world.ledger
        ledger.ask("roads", np.full(4, 10**12))
        after(world, ["2018-01", "2018-04", "2018-07"], {"M3.5": 1.0, **clauses})
        ledger.ask("water", np.full(4, 10**12))  # roads have not used a fen until October
        ledger.ask("stock", np.full(4, 10**12))
        after(world, "2018-10", {"M3.5": 1.0, **clauses})
        return ledger

    idle, whole = year({}), year({"M1.2": 1.0})
    roads, water, stock = (idle.row(name) for name in ("roads", "water", "stock"))
    assert not idle.accounts.up.any()
    assert (whole.accounts.up[roads] > 0).all()
    assert (whole.accounts.received[water] > 3 * idle.accounts.received[water]).all()
    assert (whole.accounts.received[stock] >= idle.accounts.received[stock]).all()
    assert not idle.purses.aside.any()


def test_integration_across_families_is_for_deep_counties():
    world = made()
    after(world, ["2018-01", "2018-04", "2018-07"], {"M1.2": 1.0})
    world.ledger.ask("stock", np.full(4, 10**12))
    after(world, "2018-10", {"M1.2": 1.0})
    moved = world.ledger.purses.aside[SECTOR]
    assert (moved[:2] > 0).all()
    assert not moved[2:].any()
    assert (world.ledger.purses.beside[SPECIAL] == moved).all()


def test_nothing_is_asked_and_nothing_moves_in_the_burn_in():
    world = after(made(), "2017-01", {})
    assert not world.ledger.province.received.any()
    assert not world.ledger.waited[BUILDERS].any()


def test_idle_money_that_nobody_else_wants_stays_where_it_is():
    world = made()
    world.ledger.ask("roads", np.full(4, 10**12))
    after(world, ["2018-01", "2018-10"], {"M3.5": 1.0, "M1.2": 1.0})
    assert not world.ledger.accounts.up.any()
    assert not world.county.integrated.any()


def test_what_works_have_put_aside_for_wages_is_not_taken_back():
    world = made()
    ledger = world.ledger
    ledger.ask("roads", np.full(4, 10**9))
    after(world, "2018-01", {"M3.5": 1.0})
    ledger.divert("roads", "fields", np.full(4, 1_000))
    after(world, ["2018-10", "2018-12", "2019-01"], {"M3.5": 1.0, "M1.2": 1.0})
    assert list(ledger.accounts.held(ledger.row("fields"))) == [1_000] * 4


def test_only_the_open_part_of_the_special_funds_counts():
    half = after(made(), "2018-01", {"M1.5": 1.0}, {"m1_budget.special_open": 0.5})
    assert yearly(half) == pytest.approx(yearly(after(made(), "2018-01", {"M1.5": 1.0})) / 2)


def test_what_the_year_is_remembered_by():
    world = after(made(), "2019-01", {"M1.1": 1.0, "M1.3": 1.0})
    assert world.county.special_new[:2].sum() == pytest.approx(0.55 * 3_900 * 800)
    assert world.county.central_extra == pytest.approx([0, 200_000, 400_000, 0])
    old = after(made(), "2019-01", {})
    assert old.county.special_new[:2].sum() == pytest.approx(0.45 * 3_900 * 800)
    assert not old.county.central_extra.any()


def test_money_taken_back_goes_to_open_requests_first():
    world = made()
    ledger = world.ledger
    after(world, ["2018-01", "2018-12"], {})
    ledger.ask("stock", np.array([0, 10**12, 0, 0]))
    before = ledger.purses.above[SPECIAL].copy()
    after(world, "2019-01", {})
    again = ledger.purses.above[SPECIAL] - before
    fresh = yearly(after(made(), "2019-01", {})) * 100
    assert again[1] - fresh[1] == pytest.approx(ledger.purses.up[SPECIAL].sum(), abs=5)
    assert again[[0, 2, 3]] == pytest.approx(fresh[[0, 2, 3]], abs=5)


def test_money_taken_back_that_nobody_asks_for_leaves():
    world = after(made(), ["2018-01", "2018-12", "2019-01"], {})
    back = world.ledger.purses.up[SECTOR].sum()
    assert back > 0
    assert world.ledger.province.spent[SECTOR, 0] == back
