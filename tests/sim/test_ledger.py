"""The ledger: granted = spent + returned + balance, in every account, to the fen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger import Ledger, LedgerError
from sim.world.columns import column
from tests.sim.tiny import tiny_world

COLUMNS = tuple(
    column("village", f"paid_{name}", "i8", "fen", name, name, combine="sum")
    for name in ("posts", "dibao")
)


def world():
    return tiny_world(900, villages=6, counties=2, columns=COLUMNS)


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


def test_a_negative_grant_is_refused():
    with pytest.raises(LedgerError, match="negative"):
        Ledger(world()).grant("posts", 0, -1)


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


_WORLD = world()
