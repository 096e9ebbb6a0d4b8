"""The ledger: every account adds up, and what one level passes on the next has received."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger import BUILDERS, FUNDS, Ledger, LedgerError
from sim.world.columns import account, column
from tests.sim.tiny import tiny_world

COLUMNS = (
    *(
        column("village", f"paid_{name}", "i8", "fen", name, name, combine="sum")
        for name in ("posts", "dibao")
    ),
    account("roads", "roads", "roads", family="sector", to="supplier", rank=3),
    account("stock", "stock", "stock", family="special", to="household", rank=1),
)


def world(**more):
    return tiny_world(900, villages=6, counties=2, columns=COLUMNS, **more)


def both(fen):
    return np.array([fen, fen], np.int64)


def test_a_statutory_account_is_granted_what_it_spends():
    made = world()
    ledger = Ledger(made)
    made.village.paid_dibao[:] = [1, 2, 3, 4, 5, 6]
    ledger.close_month()
    row = ledger.row("dibao")
    assert list(ledger.spent[row]) == [6, 15]
    assert np.array_equal(ledger.granted, ledger.spent)
    assert (made.village.paid_dibao == 0).all()


def test_a_budgeted_account_can_not_be_overdrawn():
    made = world()
    ledger = Ledger(made)
    ledger.grant("posts", 0, 1000)
    made.village.paid_posts[0] = 1001
    with pytest.raises(LedgerError, match=r"overdrawn by 0\.01 yuan"):
        ledger.close_month()


def test_a_negative_grant_or_flow_is_refused():
    ledger = Ledger(world())
    with pytest.raises(LedgerError, match="negative"):
        ledger.grant("posts", 0, -1)
    with pytest.raises(ValueError, match="negative"):
        ledger.endow("social", both(-1))


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.floats(0, 1), st.booleans()), min_size=1, max_size=12
    )
)
def test_every_account_adds_up_every_month(months):
    made = _WORLD
    ledger = Ledger(made)
    for grant, share, give_back in months:
        ledger.grant("posts", 1, grant)
        made.village.paid_posts[4] = int(ledger.balance("posts", 1) * share)
        ledger.close_month()
        if give_back:
            ledger.give_back("posts", 1)
            assert ledger.balance("posts", 1) == 0
        row = ledger.row("posts")
        balance = ledger.balance("posts", 1)
        assert balance >= 0
        assert ledger.granted[row, 1] == ledger.spent[row, 1] + ledger.returned[row, 1] + balance


def test_money_goes_down_four_levels_and_back_up():
    made = world(township_deep=np.array([1, 0]))
    ledger = Ledger(made)
    ledger.fund("special", 1_000)
    ledger.allot("special", np.array([300, 200]))
    ledger.endow_township(np.array([0]), np.array([400]))
    ledger.allot_elsewhere("special", 60)
    ledger.assign("stock", np.array([250, 100]))
    ledger.spend_township("stock", np.array([0]), np.array([150]))
    ledger.check()
    row = ledger.row("stock")
    assert list(ledger.accounts.balance[row]) == [400, 100]
    assert ledger.province.balance[0, 0] == 40
    ledger.pool("stock", np.array([400, 100]))
    ledger.claw_back("special", np.array([450, 200]))
    ledger.check()
    assert not ledger.purses.balance.any()
    assert ledger.townships.balance[0, 0] == 250
    assert ledger.province.balance[0, 0] == 40 + 650


@pytest.mark.parametrize(
    ("books", "flow", "what"),
    [
        ("purses", "above", "province to counties"),
        ("province", "below", "back to the province"),
        ("accounts", "above", "to statutory"),
        ("accounts", "township", "townships to accounts"),
        ("purses", "beside", "county purse to county purse"),
        ("purses", "below", "back to purse"),
    ],
)
def test_a_fen_that_comes_from_nowhere_is_found(books, flow, what):
    ledger = Ledger(world())
    ledger.check()
    getattr(ledger, books).flow(flow, 0, 0, 1)
    with pytest.raises(LedgerError, match=what):
        ledger.check()


def test_what_leaks_and_is_wasted_comes_on_top_of_what_is_delivered():
    made = world()
    ledger = Ledger(made)
    ledger.leak[:], ledger.waste[:] = 0.15, 0.05
    ledger.grant("roads", 0, 100_000)
    given_now = ledger.draw("roads", np.array([10**9, 5]))
    assert list(given_now) == [79_998, 0]  # four fifths, less a fen for each rounding
    assert list(ledger.waited[FUNDS, ledger.row("roads")]) == [10**9 - 79_998, 5]
    made.village.paid_roads[0] = given_now[0]
    ledger.close_month()
    row = ledger.row("roads")
    assert ledger.accounts.leaked[row, 0] == pytest.approx(15_000, abs=2)
    assert ledger.accounts.wasted[row, 0] == pytest.approx(5_000, abs=2)
    assert 0 <= ledger.accounts.balance[row, 0] <= 4


def test_builders_bind_after_money_and_serve_one_programme_after_the_other():
    made = world()
    ledger = Ledger(made)
    ledger.works[:] = [60, 0]
    for county in (0, 1):
        ledger.grant("roads", county, 1_000)
        ledger.grant("stock", county, 1_000)
    assert list(ledger.draw("roads", both(50), works=True)) == [50, 0]
    assert list(ledger.draw("stock", both(50), works=True)) == [10, 0]
    assert list(ledger.waited[BUILDERS, ledger.row("stock")]) == [40, 50]
    assert list(ledger.built[ledger.row("roads")]) == [50, 0]
    made.village.paid_roads[0] = 35  # the rest was not enough for another road
    ledger.close_month()
    assert list(ledger.built_last[ledger.row("roads")]) == [35, 0]
    assert not ledger.built.any()
    assert list(ledger.works) == [25, 0]  # who was taken and did not build is free again


def test_who_pays_a_household_must_tell_both_sides():
    made = world()
    ledger = Ledger(made)
    ledger.grant("stock", 0, 1_000)
    made.village.paid_stock[0] = 100
    with pytest.raises(LedgerError, match="were granted 0"):
        ledger.close_month()
    made.household.granted[int(made.village.first_household[0])] = 100
    ledger.close_month()


def test_a_copy_holds_the_same_and_goes_its_own_way():
    made = world()
    ledger = Ledger(made)
    ledger.fund("sector", 500)
    ledger.allot("sector", both(250))
    twin = ledger.copy(made.copy())
    ledger.assign("roads", both(250))
    assert (twin.purses.balance[1] == 250).all()
    assert not ledger.purses.balance.any()


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("fund", "allot", "elsewhere", "endow", "assign", "merge", "township", "spend",
             "divert", "pool", "claw", "pay", "close")
        ),
        st.integers(0, 10**12), st.floats(0, 1),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


@given(steps, st.floats(0, 0.5), st.floats(0, 0.5))
@settings(deadline=None, max_examples=60)
def test_whatever_is_done_no_fen_is_made_or_lost(done, leak, waste):
    made = _WORLD
    made.village.paid_roads[:] = 0
    ledger = Ledger(made)
    ledger.leak[:], ledger.waste[:] = leak, waste
    roads, stock = ledger.row("roads"), ledger.row("stock")

    def part(fen, share):
        return np.floor(np.maximum(fen, 0) * share).astype(np.int64)

    for what, fen, share in done:
        purse, top = ledger.purses.balance, ledger.province.balance[:, 0]
        held = ledger.accounts.balance
        if what == "fund":
            ledger.fund("special", fen)
            ledger.fund("sector", fen // 2)
        elif what == "allot":
            ledger.allot("sector", both(int(top[1] * share) // 2))
            ledger.allot("special", both(int(top[0] * share) // 2))
        elif what == "elsewhere":
            ledger.allot_elsewhere("special", int(top[0] * share))
        elif what == "endow":
            ledger.endow("social", both(fen))
        elif what == "assign":
            ledger.assign("roads", part(purse[1], share))
            ledger.assign("stock", part(purse[0], share))
        elif what == "merge":
            ledger.merge("social", "sector", part(purse[2], share))
        elif what == "township":
            ledger.endow_township(np.array([0, 1]), both(int(top[0] * share) // 2))
        elif what == "spend":
            ledger.spend_township(
                "stock", np.array([0, 1]), part(ledger.townships.balance[0], share)
            )
        elif what == "divert":
            ledger.divert("roads", "stock", part(ledger.free("roads"), share))
        elif what == "pool":
            ledger.pool("stock", part(held[stock], share))
        elif what == "claw":
            ledger.claw_back("sector", part(purse[1], share))
        elif what == "pay":
            wanted = part(held[roads], share)
            made.village.paid_roads[[0, 3]] += ledger.draw("roads", wanted)
        if what in ("pay", "close"):
            ledger.close_month()
        ledger.check()
    levels = (ledger.province, ledger.purses, ledger.accounts, ledger.townships)
    came = sum(int(books.outside.sum()) for books in levels)
    gone = sum(
        int(getattr(books, flow).sum())
        for books in levels
        for flow in ("spent", "leaked", "wasted", "left")
    )
    assert came == gone + sum(int(books.balance.sum()) for books in levels)


_WORLD = world()
