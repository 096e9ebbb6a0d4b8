"""Gifts, weddings and funerals: worked sums and directions."""

import numpy as np
import pytest

from sim.shocks.ceremonies import Ceremonies
from sim.shocks.demography import DAUGHTER, SON, Demography
from tests.sim.tiny import clear_sums, parameters_for, run_alone, snapshot, tiny_world

BOTH = [Demography(), Ceremonies()]
EVEN = {
    "ceremonies.season": [1.0] * 12, "ceremonies.gift_share": 0.06, "ceremonies.peers": 0.4,
    "economy.price_index": 1.0, "economy.wage_index": 1.0,
}  # fmt: skip
CERTAIN = EVEN | {"ceremonies.bride_sigma": 0.0, "ceremonies.funeral_sigma": 0.0}


def _world(persons=900, **overrides):
    fixed = {"household_income12_all": 24_000_00, "village_gift_norm": 1.0}
    return tiny_world(persons, mechanisms=BOTH, **(fixed | overrides))


def _run(world, changes, month="2018-05"):
    clear_sums(world)
    run_alone(Ceremonies(), world, month, parameters_for([Ceremonies()], {}, changes))
    return world.household.ceremony


def test_gifts_are_a_twelfth_of_the_share_of_income_where_all_are_equal():
    world = _world()
    gifts = _run(world, EVEN)
    living = world.household.alive > 0
    assert (gifts[living] == 24_000_00 * 0.06 / 12).all()
    assert (gifts[~living] == 0).all()


def test_a_year_of_gifts_is_the_share_whatever_the_season():
    world, season = _world(), {"ceremonies.gift_share": 0.06}
    year = sum(int(_run(world, season, f"2018-{m:02d}")[0]) for m in range(1, 13))
    assert abs(year - 0.06 * 24_000_00) < 12


def test_the_poor_give_a_larger_share_beside_better_off_neighbours():
    world = _world()
    first = int(world.village.first_household[0])
    world.household.income12_all[first] = 6_000_00
    gifts = _run(world, EVEN)
    assert gifts[first] / 6_000_00 > 1.5 * gifts[first + 1] / 24_000_00
    alone = _run(world, EVEN | {"ceremonies.peers": 0.0})
    assert alone[first] == round(6_000_00 * 0.06 / 12)


def test_the_custom_of_the_village_scales_gifts():
    assert (_run(_world(village_gift_norm=1.5), EVEN) == 1.5 * _run(_world(), EVEN)).all()


@pytest.mark.parametrize(
    ("wedding", "funerals", "yuan"),
    [(SON, 0, 0.25 * 120_000 + 5_000), (DAUGHTER, 0, -15_000), (0, 2, 2 * 9_000),
     (SON | DAUGHTER, 1, 0.25 * 120_000 + 5_000 - 15_000 + 9_000)],
)  # fmt: skip
def test_what_the_household_s_own_ceremonies_cost(wedding, funerals, yuan):
    world = _world(household_wedding=wedding, household_funeral=funerals)
    paid = _run(world, CERTAIN | {"ceremonies.gift_share": 0.0})
    assert (paid[world.household.alive > 0] == yuan * 100).all()


def test_in_the_burn_in_weddings_and_funerals_cost_as_often_as_later():
    world, found = _world(12_000), []
    changes = CERTAIN | {"ceremonies.gift_share": 0.0, "ceremonies.weddings_before": 0.03,
                         "ceremonies.funerals_before": 0.0}  # fmt: skip
    for month in range(1, 13):
        found.append(_run(world, changes, f"2016-{month:02d}").copy())
    paid = np.array(found)[:, (world.household.alive > 0) & (world.household.size >= 3)]
    sons, daughters = (paid == 35_000_00).sum(), (paid == -15_000_00).sum()
    expected = 0.03 * paid.shape[1]
    assert abs(sons - expected) < 5 * np.sqrt(expected)
    assert abs(daughters - expected) < 5 * np.sqrt(expected)
    assert (paid != 0).sum() == sons + daughters
    assert not _run(world, changes, "2018-01").any()


def test_what_a_daughter_s_wedding_brings_is_a_parameter():
    world = _world(household_wedding=DAUGHTER)
    paid = _run(
        world, CERTAIN | {"ceremonies.gift_share": 0.0, "ceremonies.daughter_cost": -20_000}
    )
    assert (paid[world.household.alive > 0] == -20_000_00).all()


def test_bride_prices_spread_about_the_median():
    world = _world(12_000, household_wedding=SON)
    changes = EVEN | {"ceremonies.gift_share": 0.0, "ceremonies.feast": 0.0}
    price = _run(world, changes)[world.household.alive > 0] / 0.25 / 100
    assert 0.95 < np.median(price) / 120_000 < 1.05
    assert 0.32 < np.log(price).std() < 0.38


def test_the_cut_into_blocks_changes_no_bit():
    whole, cut = (_world(2_500, household_wedding=SON) for _ in range(2))
    p = parameters_for([Ceremonies()])
    run_alone(Ceremonies(), whole, "2018-09", p)
    run_alone(Ceremonies(), cut, "2018-09", p, block_persons=300)
    for key, column in snapshot(whole).items():
        assert np.array_equal(column, cut[key]), key
