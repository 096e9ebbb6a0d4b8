"""The farm-gate price: mean 1, lasting, mostly common; and the calendar of 2020."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.shocks.price import CropPrice
from tests.sim.tiny import now, parameters_for, run_alone, tiny_world


@pytest.fixture(scope="module")
def path():
    """Prices of ten counties over 1,500 months."""
    world = tiny_world(200, villages=10, counties=10, mechanisms=[CropPrice()])
    mechanism = CropPrice()
    mechanism.bind(world, parameters_for([mechanism], last=30_000), 5)
    found = []
    for month in range(24_000, 25_500):
        mechanism.open_month(now(month))
        mechanism.province(world, now(month), mechanism.p, mechanism.chance)
        found.append(world.county.price.copy())
    return np.array(found)


def test_prices_lie_about_their_trend(path):
    assert 0.93 < path.mean() < 1.07
    assert 0.06 < np.log(path).std(axis=0).mean() < 0.10


def test_prices_last(path):
    x = np.log(path[:, 0])
    assert 0.85 < np.corrcoef(x[:-1], x[1:])[0, 1] < 0.95


def test_counties_move_mostly_together(path):
    found = np.corrcoef(np.log(path[::6]).T)
    between = found[np.triu_indices(10, 1)]
    assert 0.5 < between.mean() < 0.9


def test_only_the_price_changes():
    world = tiny_world(200, mechanisms=[CropPrice()])
    run_alone(CropPrice(), world, "2018-04", parameters_for([CropPrice()]))  # checks
    assert world.county.price[0] != 1


NAMES = ("migrants_able", "local_open", "workshop_open", "business")
MONTHS = ("2015-11", "2019-12", "2020-01", "2020-02", "2020-03", "2020-04", "2020-05", "2021-06")


class _Reader(CropPrice):
    uses = tuple(f"pandemic.{name}" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_pandemic_is_1_before_and_after_and_deepest_in_february_2020(name):
    p = parameters_for([_Reader()])
    series = {m: p.value(f"pandemic.{name}", month_index(m)) for m in MONTHS}
    assert series["2015-11"] == series["2019-12"] == series["2021-06"] == 1
    assert series["2020-02"] < series["2020-03"] < series["2020-04"] < series["2020-05"]
    assert series["2020-02"] < series["2020-01"] < 1
