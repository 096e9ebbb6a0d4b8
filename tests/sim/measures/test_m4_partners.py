"""Partners: what comes in, what is pushed, what is given; each clause alone."""

import numpy as np
import pytest

from sim.measures.m4_funds import PartnerFunds
from sim.measures.m4_links import PartnerLinks
from sim.measures.m4_social import SocialWork
from sim.registry.observing import SEEN_SHOCK
from tests.sim.tiny import parameters_for, run_alone, tiny_world

# --- money ----------------------------------------------------------------------------------------


def funds(clauses, month="2019-05", projects=0, **overrides):
    one = PartnerFunds()
    parameters = parameters_for((one,), clauses=dict.fromkeys(clauses, 1.0))
    overrides = {"county_persons_start": 1000, "county_prefecture": [6211, 6230]} | overrides
    world = tiny_world(1200, mechanisms=(one,), counties=2, villages=8, **overrides)
    for county in range(2):
        world.ledger.grant("partner_projects", county, projects)
    run_alone(one, world, month, parameters)
    return world, world.ledger.purses.received[2]


def test_a_months_part_of_what_is_realised_reaches_the_purse():
    world, purse = funds(("M4.1",))
    month = (200 + 25) * 0.95 * 1000 / 12
    assert purse.tolist() == [np.floor(month * 100), 0]  # the second county is not deep
    assert int(world.village.did_partner_funds.sum()) == int(month)
    assert world.village.did_tibetan_support.sum() == 0


def test_support_within_the_province_goes_to_the_tibetan_county():
    world, purse = funds(("M4.5",))
    assert purse.tolist() == [0, np.floor(110 * 0.8 * 1000 / 12 * 100)]
    assert world.village.did_partner_funds.sum() == 0


def test_without_the_clauses_nothing_comes_and_nothing_is_asked():
    world, purse = funds((), projects=10**9)
    assert purse.sum() == 0 and world.ledger.asked.sum() == 0
    assert (world.village.capital == 0).all() and (world.village.local_jobs == 0).all()


def test_projects_add_to_the_collectives_capital_up_to_their_size():
    world, _ = funds(("M4.1",), projects=10**10)
    village = world.village
    deep = (village.deep == 1) | (world.county.deep[village.county] == 1)
    assert np.array_equal(village.capital, np.where(deep, village.persons * 250_00, 0))
    assert np.array_equal(village.capital, village.paid_partner_projects)
    few, _ = funds(("M4.1",), projects=500_00)
    assert few.village.capital.sum() == pytest.approx(2 * 500_00, abs=10)
    assert few.ledger.waited.sum() > 0


def test_works_bring_jobs_in_step_with_what_was_built():
    persons = 300
    world, _ = funds(("M4.1",), village_persons=persons, village_partner_works=persons * 500_00)
    assert world.village.local_jobs == pytest.approx(0.15 / 2)


# --- jobs, sales, pairs ---------------------------------------------------------------------------

EVERY = ("M4.2", "M4.3", "M4.4", "M4.6")
FULL = {f"m4_links.{n}": 1.0 for n in ("outlet_reach", "pair_reach", "firm_reach", "firm_realised")}


def links(clauses, month="2020-05", money=10**9, **overrides):
    one = PartnerLinks()
    parameters = parameters_for((one,), clauses=dict.fromkeys(clauses, 1.0), changes=FULL)
    overrides.setdefault("village_poor_village", 1)
    world = tiny_world(1200, mechanisms=(one,), villages=8, **overrides)
    world.ledger.grant("pair_grants", 0, money)
    run_alone(one, world, month, parameters)
    return world


@pytest.mark.parametrize(
    ("clause", "columns"),
    [
        ("M4.2", {"pull_away": 0.08, "find_gain": 0.05, "local_jobs": 0.05, "price_gain": 0}),
        ("M4.3", {"price_gain": 0.08 + 0.3 * 0.2, "local_jobs": 0, "pull_away": 0}),
        ("M4.4", {"pull_away": 0.05, "find_gain": 0, "local_jobs": 0}),
        ("M4.6", {"local_jobs": 0.1, "pull_away": 0, "price_gain": 0}),
    ],
)
def test_each_clause_pushes_its_own(clause, columns):
    village = links((clause,), county_price=0.8).village
    for name, value in columns.items():
        assert village[name] == pytest.approx(value, rel=1e-5), name


def test_without_them_nothing_is_pushed_or_given():
    world = links(())
    for name in ("pull_away", "find_gain", "local_jobs", "price_gain", "paid_pair_grants"):
        assert (world.village[name] == 0).all()
    assert world.ledger.asked.sum() == 0


def test_the_campaign_for_sales_fades():
    strong, weak = links(("M4.3",)), links(("M4.3",), month="2023-05")
    assert weak.village.price_gain.mean() < 0.5 * strong.village.price_gain.mean()


def test_a_streets_grant_is_shared_by_the_villages_of_its_township():
    world = links(("M4.4",))
    assert int(world.village.paid_pair_grants.sum()) == 200_000_00
    assert np.array_equal(world.village.fund, world.village.paid_pair_grants)
    assert links(("M4.4",), money=0).village.fund.sum() == 0


def test_a_firm_that_keeps_its_word_gives_to_the_village():
    world = links(("M4.6",), month="2020-11")
    assert int(world.village.did_firms_realised.sum()) == 8
    given = world.village.paid_firm_donations
    assert given.sum() == pytest.approx(8 * 15_000_00, abs=100)
    assert np.array_equal(world.village.fund, given)
    world.ledger.close_month()  # the accounts add up


# --- social work ----------------------------------------------------------------------------------


def social(clauses, month="2019-12", **overrides):
    one = SocialWork()
    parameters = parameters_for(
        (one,), clauses=dict.fromkeys(clauses, 1.0), changes={"m4_social.social_reach": 1.0}
    )
    world = tiny_world(1200, mechanisms=(one,), villages=4, columns=(SEEN_SHOCK,), **overrides)
    run_alone(one, world, month, parameters)
    return world


def test_social_workers_notice_and_sponsors_give_to_those_without_labour():
    world = social(("M4.8",))
    assert world.village.detect_gain == pytest.approx(0.3)
    assert world.village.takeup == pytest.approx(0.1)
    home = world.household
    got = home.transfer > 0
    assert got.any() and (home.labour[got & (home.seen_gap == 0)] < 1).all()
    assert home.transfer[got] == pytest.approx(600_00, abs=2)
    assert np.array_equal(home.transfer, home.granted)
    assert int(world.village.paid_sponsors.sum()) == int(home.granted.sum())
    world.ledger.close_month()


def test_without_the_clause_nobody_is_sponsored():
    world = social(())
    assert world.household.transfer.sum() == 0 and (world.village.detect_gain == 0).all()
    assert social(("M4.8",), month="2019-11").household.transfer.sum() == 0
