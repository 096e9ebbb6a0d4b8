"""Speciality crops: what is planted, paid and pushed; one price for all who plant."""

import numpy as np
import pytest

from sim.measures.a01_specialty import SpecialtyCrops
from tests.sim.tiny import clear_sums, parameters_for, run_alone, run_months, tiny_world

BOTH = {"A1.1": 1.0, "A1.6": 1.0}


def run(clauses, months=12, money=10**10, changes=None, first="2018-01", **overrides):
    crops = SpecialtyCrops()
    parameters = parameters_for((crops,), clauses=clauses, changes=changes)
    world = tiny_world(1200, mechanisms=(crops,), counties=2, villages=8, **overrides)
    for name in ("specialty", "local_products"):
        for county in range(2):
            world.ledger.grant(name, county, money)
    paid = dict.fromkeys(("specialty", "local_products", "mu"), 0)

    def count(moment):
        for name in ("specialty", "local_products"):
            paid[name] += int(world.village[f"paid_{name}"].sum())
        paid["mu"] += int(world.village.did_specialty_planted.sum())
        paid["mu"] += int(world.village.did_local_products_planted.sum())

    run_months((crops,), world, first, months, parameters, each=count)
    return world, paid


def test_the_path_says_how_much_is_planted_and_each_mu_is_paid():
    world, paid = run({"A1.1": 1.0}, changes={"a01_specialty.specialty_others": 0.0})
    deep = (world.village.deep == 1) | (world.county.deep[world.village.county] == 1)
    # the path of 2018 is 5 % of the land, planted in April and in October
    area = np.floor(world.village.a01_land * 0.05 + 1e-3) * deep
    assert np.allclose(world.village.specialty * world.village.a01_land, area, atol=1e-3)
    assert paid["mu"] == area.sum()
    assert paid["specialty"] == area.sum() * 900_00


@pytest.mark.parametrize(("clause", "account"), [("A1.1", "specialty"), ("A1.6", "local_products")])
def test_each_clause_plants_with_its_own_money(clause, account):
    world, paid = run({clause: 1.0})
    other = {"specialty", "local_products"} - {account}
    assert paid[account] > 0 and paid[other.pop()] == 0
    assert world.village[account].sum() > 0


def test_without_the_clauses_or_without_money_nothing_is_planted_or_pushed():
    off, paid = run({})
    assert paid["mu"] == 0 and off.village.yield_gain.sum() == 0
    assert off.ledger.asked.sum() == 0
    poor, paid = run(BOTH, money=0)
    assert paid["mu"] == 0 and poor.village.price_gain.sum() == 0
    assert poor.ledger.waited.sum() > 0
    assert poor.ledger.asked.sum() > 0


def test_what_bears_yields_more_and_a_glut_lowers_its_price():
    crops = SpecialtyCrops()
    changes = {"a01_specialty.ripening": 1, "a01_specialty.price_sd": 0.0}
    parameters = parameters_for((crops,), clauses=BOTH, changes=changes)
    world = tiny_world(600, mechanisms=(crops,), village_specialty=0.2, village_a01_land=100.0)
    run_alone(crops, world, "2018-03", parameters)
    assert world.village.yield_gain == pytest.approx(0.45 * 0.2)
    # 20 % of the county's land at a glut of 0.5 lowers the price by a tenth, on 20 % of the land
    assert world.village.price_gain == pytest.approx(-0.1 * 0.2, rel=1e-3)


def test_the_common_price_makes_incomes_of_a_county_move_together():
    """If a county's incomes all double and the other's stay, all variance is between counties."""
    crops = SpecialtyCrops()
    parameters = parameters_for((crops,))
    world = tiny_world(1200, mechanisms=(crops,), counties=2, villages=4)
    home = world.household
    home.income12[:] = 1_000_00
    run_alone(crops, world, "2018-12", parameters)
    clear_sums(world)
    county = world.village.county[home.village]
    home.income12[:] = np.where(county == 0, 2_000_00, 1_000_00)
    run_alone(crops, world, "2019-12", parameters)
    together = float(world.county.shared_fortune.mean())
    assert together == pytest.approx(1.0, abs=0.05)
    home.a01_income_before[:] = 1_000_00
    home.income12[:] = np.where(np.arange(len(home.id)) % 2 == 0, 2_000_00, 1_000_00)
    clear_sums(world)
    run_alone(crops, world, "2020-12", parameters)
    assert float(world.county.shared_fortune.mean()) < 0.01
