"""Orchards: barren years, the ramp, frost and price, and the fund that binds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a07_orchards import Orchards
from tests.sim.tiny import clear_sums, parameters_for, run_alone, run_months, tiny_world

CALM = {"a07_orchards.luck": 0.0, "a07_orchards.frost_rate": 0.0,
        "economy.farm_index": 1.0, "economy.price_index": 1.0}  # fmt: skip


def planted(clauses, months=7, money=10**12, **more):
    """The world after April 2018: villages are deep in turn."""
    orchards = Orchards()
    world = tiny_world(4_000, villages=20, counties=2, mechanisms=[orchards], **more)
    for county in range(2):
        world.ledger.grant("fruit_fund", county, money)
    paid = []
    run_months(
        [orchards], world, "2017-11", months, parameters_for([orchards], clauses, CALM),
        each=lambda moment: (
            paid.append((world.village.paid_fruit_fund.sum(), world.village.did_orchards.sum())),
            world.ledger.close_month(),
        ),
    )  # fmt: skip
    return world, np.sum(paid, axis=0)


def test_the_fund_plants_in_deep_villages_and_pays_by_the_mu():
    world, (paid, _) = planted({"A7.4": 1.0})
    home = world.household
    mine = home.fruit > 0
    assert mine.any() and (world.village.deep[home.village[mine]] == 1).all()
    by_village = np.bincount(home.village, home.fruit, 20)
    assert (by_village <= 45 + 1e-3).all()
    assert paid == pytest.approx(home.fruit.sum() * 800 * 100, abs=50)
    assert (home.fruit[mine] <= 2.0).all()
    assert (home.fruit[mine] <= 0.25 * home.land[mine] + 0.01).all()


def test_little_money_plants_little():
    world, _ = planted({"A7.4": 1.0}, money=20 * 800 * 100 + 2)
    assert 0 < world.household.fruit.sum() <= 40
    assert world.ledger.waited[0, world.ledger.row("fruit_fund")].all()


def test_nothing_without_the_clause():
    world, (paid, mu) = planted({}, 14)
    assert not world.household.fruit.any() and not paid and not mu
    assert not world.ledger.asked.any() and not world.household.business.any()


@pytest.mark.parametrize(
    ("year", "income"),
    [
        (2019, -120 - 150),  # barren
        (2022, -120 - 150),
        (2023, 2600 / 3 - (120 + 680 / 3) - 150),  # a third of the ramp
        (2025, 2600 - 800 - 150),  # grown
    ],
)
def test_income_of_a_mu_by_age(year, income):
    orchards = Orchards()
    world = tiny_world(mechanisms=[orchards], household_fruit=1.0, household_fruit_year=18)
    run_alone(orchards, world, f"{year}-10", parameters_for([orchards], {}, CALM))
    got = world.household.business[world.household.alive == 1]
    assert got == pytest.approx(income * 100, abs=1)


def test_frost_hail_and_price_strike_grown_trees_only():
    def october(year, **state):
        orchards = Orchards()
        world = tiny_world(mechanisms=[orchards], household_fruit=1.0, household_fruit_year=18)
        for name, value in state.items():
            kind, column = name.split("_", 1)
            world.tables[kind][column][:] = value
        clear_sums(world)
        run_alone(orchards, world, f"{year}-10", parameters_for([orchards], {}, CALM))
        return float(world.household.business[0])

    assert october(2020, county_frost=1) == october(2020)
    assert october(2025) - october(2025, county_frost=1) == pytest.approx(1300_00, abs=1)
    assert october(2025) - october(2025, village_crop_factor=0.8) == pytest.approx(520_00, abs=1)
    assert october(2025) - october(2025, county_price=0.9) == pytest.approx(260_00, abs=1)
