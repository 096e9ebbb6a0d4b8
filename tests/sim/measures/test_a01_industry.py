"""Action 1, the collective economy: each clause moves its own observable the way it says."""

import numpy as np
import pytest

from sim.measures.a01_income import CollectiveIncome
from sim.measures.a01_investment import CollectiveInvestment, common_level
from sim.measures.a01_workshops import Workshops
from sim.world.codes import Job
from sim.world.world import set_month
from tests.sim.tiny import clear_sums, now, parameters_for, run_alone, tiny_world


def run(clauses, months=range(24216, 24252), persons=3000, world=None, changes=None, **overrides):
    """Run action 1 from January 2018; gives the world and the money paid by account."""
    invest, staff, income = CollectiveInvestment(), Workshops(), CollectiveIncome()
    every = (invest, staff, income)
    parameters = parameters_for(every, clauses=dict.fromkeys(clauses, 1.0), changes=changes)
    overrides.setdefault("village_poor_village", 1)
    world = world or tiny_world(persons, mechanisms=every, villages=12, **overrides)
    for mechanism in every:
        mechanism.bind(world, parameters, 7)
    invest.begin(world, now(months[0] - 1))
    blocks = world.blocks(10**9)
    words = np.zeros((4, len(world.person.id)), np.uint32)
    paid: dict[str, int] = {}
    for month in months:
        at = now(month)
        clear_sums(world)
        set_month(blocks, at)
        if invest.active(at):
            invest.open_month(at)
            invest.county(world, 0, at, invest.p, invest.chance)
        for mechanism in (staff, income):
            mechanism.open_month(at)
            mechanism.run_block(blocks[0], words)
        for name in world.village:
            if name.startswith("paid_"):
                paid[name] = paid.get(name, 0) + int(world.village[name].sum())
    return world, paid


OFF = ()


@pytest.mark.parametrize(
    ("clause", "observable"),
    [
        ("A1.4", lambda w, paid: (w.person.job == Job.WORKSHOP).sum()),
        ("A1.7", lambda w, paid: w.village.commissioner.sum()),
        ("A1.10", lambda w, paid: w.household.equity.sum()),
        ("A1.12", lambda w, paid: w.village.pv.sum()),
        ("A1.13", lambda w, paid: w.village.ecommerce.sum()),
        ("A1.15", lambda w, paid: w.village.collective_last.sum()),
        ("A1.16", lambda w, paid: w.village.capital.sum()),
    ],
)
def test_a_clause_moves_its_own_observable(clause, observable):
    without = observable(*run(OFF))
    alone = observable(*run((clause,)))
    assert alone > without


def test_a19_turns_land_into_shares_only_with_equity():
    alone, _ = run(("A1.9",))
    both, _ = run(("A1.9", "A1.10"))
    assert (alone.household.rented_out == 0).all()
    assert (both.household.rented_out > 0).any()


def test_a117_leaves_no_village_without_collective_income_in_2018():
    """Without the fund there are shell villages; with fund and clause there is none (B07)."""
    year = range(24216, 24229)  # to January 2019, when 2018 is booked as the last year
    without, _ = run(OFF, year)
    with_it, _ = run(("A1.15", "A1.17"), year)
    assert (without.village.collective_last == 0).any()
    assert (with_it.village.collective_last > 0).all()


def test_thecommon_level_spends_the_money_on_the_lowest():
    earned = np.array([0.0, 10.0, 100.0])
    assert common_level(earned, 0.0) == 0.0
    assert common_level(earned, 8.0) == 8.0
    assert common_level(earned, 30.0) == 20.0
    assert common_level(earned, 190.0 + 30.0) == 110.0


def test_a118_brings_those_nearest_to_the_mark_over_it():
    """With money that would lift nobody over it if all got the same."""
    changes = {"a01_investment.fund": {"2018-01": 120000}}
    spread, _ = run(("A1.15",), range(24216, 24265), changes=changes)
    aimed, _ = run(("A1.15", "A1.18"), range(24216, 24265), changes=changes)
    assert aimed.village.reached_mark.sum() > spread.village.reached_mark.sum()


def test_a117_lifts_the_villages_that_a118_alone_would_leave_at_nothing():
    year = range(24216, 24228)
    alone, _ = run(("A1.15", "A1.18"), year)
    both, _ = run(("A1.15", "A1.17", "A1.18"), year)
    assert alone.village.shell.sum() > both.village.shell.sum() == 0


def test_the_money_of_the_fund_is_all_spent_whatever_the_aim():
    for clauses in (
        ("A1.15",),
        ("A1.15", "A1.17"),
        ("A1.15", "A1.18"),
        ("A1.15", "A1.17", "A1.18"),
    ):
        _, paid = run(clauses, range(24216, 24217))
        assert paid["paid_collective"] == pytest.approx(12 * 220_000_00, abs=12)


def test_deeds_count_equity_and_land():
    invest = CollectiveInvestment()
    parameters = parameters_for((invest,), clauses={"A1.9": 1.0, "A1.10": 1.0})
    world = tiny_world(1500, mechanisms=(invest,), household_rented_out=0.0)
    run_alone(invest, world, "2018-01", parameters)
    given = int((world.household.equity > 0).sum())
    assert int(world.village.did_equity_households.sum()) == given > 0
    assert int(world.village.did_land_shares.sum()) == 2 * given


def test_a_workshop_stays_where_it_was_built_when_others_become_needier():
    invest = CollectiveInvestment()
    changes = {"a01_investment.workshop_share": 0.25}
    parameters = parameters_for((invest,), clauses={"A1.4": 1.0}, changes=changes)
    world = tiny_world(1500, mechanisms=(invest,), villages=12)
    world.village.registered_poor[:] = np.arange(12)
    run_alone(invest, world, "2018-01", parameters)
    built = world.village.workshop_places > 0
    assert built[-3:].all() and not built[:-4].any()
    world.village.registered_poor[:] = np.arange(12)[::-1]  # the poorest have exited
    world.village.paid_workshops[:] = 0
    run_alone(invest, world, "2019-01", parameters)
    assert np.array_equal(world.village.workshop_places > 0, built)
    assert world.village.paid_workshops.sum() == 0


@pytest.mark.parametrize(("name", "done"), [("A1.4", "workshop_places"), ("A1.12", "pv")])
def test_small_samples_get_their_share_on_average(name, done):
    """A county with two villages in the sample: the fraction of a place falls to some."""
    invest = CollectiveInvestment()
    changes = {
        "a01_investment.workshop_share": 0.25, "a01_investment.solar_share": 0.25,
    }  # fmt: skip
    parameters = parameters_for((invest,), clauses={name: 1.0}, changes=changes)
    got = 0
    for seed in range(40):
        world = tiny_world(300, mechanisms=(invest,), villages=2, village_poor_village=1)
        invest.bind(world, parameters, seed)
        invest.begin(world, now(24215))
        invest.open_month(now(24216))
        invest.county(world, 0, now(24216), invest.p, invest.chance)
        got += int((world.village[done] > 0).sum())
    assert 10 <= got <= 30  # 40 counties of two villages, a quarter of them: 20


def test_workshops_stay_shut_when_the_pandemic_shuts_them():
    changes = {"pandemic.workshop_open": 0.0}
    world, _ = run(("A1.4",), range(24216, 24219), changes=changes)
    assert (world.person.job == Job.WORKSHOP).any()
    assert world.household.wage.sum() == 0


def test_no_workshop_has_more_workers_than_places():
    world, _ = run(("A1.4",), changes={"a01_workshops.hire_supported": 0.5})
    assert (world.village.workshop_workers <= world.village.workshop_places).all()
    at_work = world.person.household[world.person.job == Job.WORKSHOP]
    counted = np.bincount(world.household.village[at_work], minlength=len(world.village.id))
    assert np.array_equal(counted, world.village.workshop_workers)


def test_what_the_collective_hands_out_leaves_its_cash():
    """Income of the collectives = what is left in their funds + what households got."""
    got = 0
    world = None
    invest, income = CollectiveInvestment(), CollectiveIncome()
    parameters = parameters_for((invest, income), clauses={"A1.12": 1.0})
    world = tiny_world(1500, mechanisms=(invest, income), villages=5, village_pv=100.0)
    for mechanism in (invest, income):
        mechanism.bind(world, parameters, 7)
    block = world.blocks(10**9)
    words = np.zeros((4, 100), np.uint32)
    for month in range(24216, 24228):
        clear_sums(world)
        set_month(block, now(month))
        income.open_month(now(month))
        income.run_block(block[0], words)
        got += int(world.household.wage.sum() + world.household.property.sum())
        got -= int(world.village.paid_dividends.sum())
    assert got > 0
    assert int(world.village.collective_year.sum()) == int(world.village.fund.sum()) + got
