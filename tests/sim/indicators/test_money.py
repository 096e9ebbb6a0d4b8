"""The books of a year, counted by hand."""

import numpy as np
import pytest

from sim.indicators.money import Money
from sim.world.columns import account
from tests.sim.indicators.build import Book
from tests.sim.tiny import tiny_world

COLUMNS = (
    account("roads", "roads", "roads", family="sector", to="supplier", rank=1),
    account("stock", "stock", "stock", family="special", to="household", rank=3),
)
YUAN = 100


@pytest.fixture
def year():
    """Two counties, half sampled; the first is deep. One year of money, and December's rows."""
    world = tiny_world(
        900, villages=4, counties=2, columns=COLUMNS, county_sample=0.5,
        county_deep=np.array([1, 0]), county_registered_start=np.array([10, 30]),
        township_deep=np.array([1, 0]),
    )  # fmt: skip
    ledger = world.ledger
    ledger.leak[:], ledger.waste[:] = 0.15, 0.05
    ledger.works[:] = [0, 500 * YUAN]
    ledger.fund("special", 2_000 * YUAN)
    ledger.fund("sector", 2_000 * YUAN)
    ledger.allot("special", np.array([600, 300]) * YUAN)
    ledger.endow_township(np.array([0]), np.array([300 * YUAN]))
    ledger.allot_elsewhere("special", 600 * YUAN)
    ledger.allot("sector", np.array([1_000, 1_000]) * YUAN)
    ledger.assign("stock", np.array([500, 0]) * YUAN)
    ledger.assign("roads", np.array([500, 500]) * YUAN)
    ledger.claw_back("sector", np.array([100, 0]) * YUAN)
    book = Book(world, [Money])
    for month in range(1, 13):
        ledger.draw("roads", np.array([300, 300]) * YUAN, works=True)
        if month == 6:
            stock = ledger.draw("stock", np.array([80, 80]) * YUAN)
            world.village.paid_stock[0] = stock[0]
            world.household.granted[int(world.village.first_household[0])] = stock[0]
            world.village.paid_roads[2] = 160 * YUAN
        ledger.close_month()
        if month < 12:
            world.household.granted[:] = 0
        book.month(f"2018-{month:02d}")
    return book


def test_what_came_in_by_family(year):
    assert year("funds_received", 2018, group="special") == 2 * 1_200
    assert year("funds_received", 2018, group="sector") == 2 * 2_000
    assert year("funds_received", 2018, group="social") == 0
    assert year("funds_received", 2018, group="special", county=620_001) == 2 * 900


def test_what_was_lost_kept_and_taken_back(year):
    delivered = 80 + 160
    assert year("funds_leaked", 2018) == pytest.approx(2 * delivered * 0.15 / 0.8, abs=0.1)
    assert year("funds_wasted", 2018) == pytest.approx(2 * delivered * 0.05 / 0.8, abs=0.1)
    assert year("funds_returned", 2018) == 2 * 100
    whole = 1_200 + 2_000 - 100 - delivered / 0.8
    assert year("funds_carried", 2018) == pytest.approx(2 * whole, abs=0.1)


def test_a_request_that_stands_all_year_counts_once(year):
    assert year("waited", 2018, group="roads:builders", county=620_001) == 2 * 300
    assert year("waited", 2018, group="stock:funds", county=620_002) == pytest.approx(2 * 80 / 12)
    # after June the second county's roads lack 60 of the 300 that they want each month
    assert year("focus_waited", 2018) == pytest.approx(2 * 60 * 6 / 12, abs=0.1)
    assert year("direct_waited", 2018) == pytest.approx(2 * 80 / 12)


def test_shares(year):
    assert year("special_share_deep", 2018) == pytest.approx(600 / 1_500)
    assert year("spending_per_poor", 2018) == pytest.approx(240 / 40)
    assert year("spending_per_poor", 2018, county=620_002) == pytest.approx(160 / 30)
    assert year("focus_share", 2018) == pytest.approx(160 / 240)
    assert year("direct_share", 2018) == pytest.approx(80 / 240)
