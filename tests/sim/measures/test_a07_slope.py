"""Land returned to forest: cash to the fen, land never below nothing, and the end of the pay."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.a07_slope import SlopeReturn
from tests.sim.tiny import parameters_for, run_months, tiny_world

SMALL = {"a07_slope.quota": 200}


def after(clauses, months=14, money=10**12, changes=None, paid=None, first="2017-11", **more):
    slope = SlopeReturn()
    world = tiny_world(4_000, villages=20, counties=2, mechanisms=[slope], **more)
    for county in range(2):
        world.ledger.grant("seedlings", county, money)
    parameters = parameters_for([slope], clauses, {**SMALL, **(changes or {})})

    def each(moment):
        if paid is not None:
            paid.append(
                (world.household.transfer.astype(np.int64).copy(),
                 int(world.village.paid_seedlings.sum()),
                 int(world.village.paid_slope_cash.sum()))
            )  # fmt: skip
        world.ledger.close_month()

    run_months([slope], world, first, months, parameters, each=each)
    return world


@pytest.mark.parametrize("way", ["three_parts", "at_once"])
def test_cash_is_1200_yuan_a_mu_to_the_fen_and_then_ends(way):
    paid = []
    only_2018 = np.where(np.arange(122) + 2015 * 12 + 10 < 2019 * 12, 1.0, 0.0)
    world = after({"A7.2": only_2018}, 96, paid=paid, changes={"a07_slope.instalments": way})
    home = world.household
    cash = np.sum([month[0] for month in paid], axis=0)
    # a mu by tenths, so 1,200 yuan for it are whole fen
    assert np.array_equal(cash, np.round(home.returned.astype(float) * 120_000).astype(np.int64))
    assert sum(month[1] for month in paid) == pytest.approx(home.returned.sum() * 40_000, abs=50)
    years = {2017 + (k + 10) // 12 for k, month in enumerate(paid) if month[2]}
    assert years == ({2018, 2020, 2022} if way == "three_parts" else {2018})
    assert set(home.returned_year[home.returned > 0]) == {18}


def test_parts_are_500_300_and_400_of_1200():
    paid = []
    after({"A7.2": np.where(np.arange(122) < 38, 1.0, 0.0)}, 96, paid=paid)
    parts = [month[2] for month in paid if month[2]]
    assert np.array(parts) / sum(parts) == pytest.approx([5 / 12, 3 / 12, 4 / 12], abs=1e-4)


def test_land_falls_by_what_is_returned_and_never_below():
    none = after({})
    world = after({"A7.2": 1.0}, 38, changes={"a07_slope.quota": 10**6})
    home = world.household
    assert home.returned.sum() > 100
    assert home.land + home.returned == pytest.approx(none.household.land, abs=1e-4)
    assert home.land.min() >= 0 and (home.irrigated <= home.land).all()
    mine = home.returned > 0
    assert (home.returned[mine] <= 0.2 * 1.6 * none.household.land[mine] + 0.01).all()


def test_only_deep_counties_and_within_the_quota():
    world = after({"A7.2": 1.0})
    home = world.household
    county = world.village.county[home.village]
    assert 100 < home.returned.sum() <= 200  # the first county; the second is no deep one
    assert not home.returned[county == 1].any()
    assert world.county.slope_support == pytest.approx([1600, 1600])


def test_seedlings_bind():
    world = after({"A7.2": 1.0}, money=50 * 400 * 100)
    assert 0 < world.household.returned.sum() <= 50
    assert world.ledger.waited[0, world.ledger.row("seedlings"), 0] > 0


def test_nothing_without_the_clause():
    world = after({}, 38)
    assert not world.household.returned.any() and not world.ledger.accounts.spent.any()
    assert not world.ledger.asked.any() and not world.county.slope_support.any()
