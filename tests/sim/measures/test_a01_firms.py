"""Leading firms: they come with money, push jobs and a floor price, close, and lay off."""

import numpy as np
import pytest

from sim.measures.a01_firms import LeadFirms
from sim.measures.a01_places import township_part
from sim.world.codes import Cause, Job
from tests.sim.tiny import parameters_for, run_alone, tiny_world

ALL = {"a01_firms.firm_reach": 1.0}


def world_with(money=10**9, changes=None, clauses=None, month="2018-02", **overrides):
    firms = LeadFirms()
    parameters = parameters_for(
        (firms,), clauses={"A1.2": 1.0} if clauses is None else clauses, changes=changes or ALL
    )
    world = tiny_world(1200, mechanisms=(firms,), counties=2, villages=8, **overrides)
    for county in range(2):
        world.ledger.grant("lead_firms", county, money)
    run_alone(firms, world, month, parameters)
    return world


def test_a_firm_settles_in_each_township_of_a_deep_county_that_can_pay():
    world = world_with()
    assert world.township.lead_firms.tolist() == [1, 0]  # the second county is not deep
    assert int(world.village.paid_lead_firms.sum()) == 600_000_00
    here = world.village.township == 0
    assert world.village.local_jobs[here] == pytest.approx(0.2)
    assert (world.village.local_jobs[~here] == 0).all()


def test_nothing_happens_without_the_clause_or_the_money():
    off = world_with(clauses={})
    assert off.township.lead_firms.sum() == 0 and off.ledger.asked.sum() == 0
    poor = world_with(money=1000)
    assert poor.township.lead_firms.sum() == 0 and poor.ledger.waited.sum() > 0
    assert poor.village.local_jobs.sum() == 0
    assert int(poor.township.lead_firm_spent.sum()) == int(poor.village.paid_lead_firms.sum()) > 0


def test_the_contract_pays_a_part_of_what_the_price_lacks():
    world = world_with(county_price=0.78)
    here = world.village.township == 0
    assert world.village.price_gain[here] == pytest.approx(0.3 * 0.2, rel=1e-4)


def test_when_a_firm_closes_its_jobs_go_and_some_lose_theirs():
    changes = {"a01_firms.firm_exit": 1.0, "a01_firms.firm_workers": 1.0}
    firms = LeadFirms()
    parameters = parameters_for((firms,), changes=changes)
    world = tiny_world(
        1200, mechanisms=(firms,), counties=2, villages=8, township_lead_firms=1,
        person_wage=1_000_00, household_blow_size=0, household_blow=0,
    )  # fmt: skip
    local = world.person.job == Job.LOCAL
    workers = int(local.sum())
    of_home = np.bincount(world.person.household[local], minlength=len(world.household.id))
    run_alone(firms, world, "2018-03", parameters)
    assert world.township.lead_firms.sum() == 0
    assert (world.person.job != Job.LOCAL).all()
    assert int(world.village.did_lead_firm_layoffs.sum()) == workers > 0
    assert world.township.lead_firms_closed.tolist() == [1, 1]
    struck = world.household.blow == Cause.JOB_LOSS
    assert np.array_equal(struck, of_home > 0)
    assert np.array_equal(world.household.blow_size, of_home * 3_000_00)  # of all its workers
    assert world.village.local_jobs.sum() == 0


def test_a_township_in_a_sample_stands_for_those_without_a_village_in_it():
    world = tiny_world(600, mechanisms=(LeadFirms(),), counties=2, villages=4, county_sample=0.1)
    assert township_part(world).tolist() == pytest.approx([0.1, 0.1])
    world.village.site[world.village.township == 0] = 1  # its only villages are gone
    here = np.bincount(world.township.county, minlength=2)
    left = np.array([here[0] - 1, here[1]])
    expected = 0.1 * here / np.maximum(1, left)
    assert township_part(world) == pytest.approx(expected)
