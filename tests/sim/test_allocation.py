"""Sharing out money: never too much, nothing left over, and what each rule means."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.allocation import EQUAL, LARGEST_GAP, PRIORITY, PROPORTIONAL, share_out

RULES = (PRIORITY, PROPORTIONAL, LARGEST_GAP, EQUAL)
asks = st.lists(st.integers(0, 10**15), min_size=1, max_size=8)


def test_worked_example():
    asked, rank = np.array([600, 300, 100]), np.array([2, 1, 1])
    assert list(share_out(500, asked, rank, PRIORITY)) == [100, 300, 100]
    assert list(share_out(200, asked, rank, PRIORITY)) == [0, 150, 50]
    assert list(share_out(500, asked, rank, PROPORTIONAL)) == [300, 150, 50]
    assert list(share_out(500, asked, rank, EQUAL)) == [200, 200, 100]
    assert list(share_out(500, asked, rank, LARGEST_GAP)) == [400, 100, 0]


def test_a_rule_that_is_not_there():
    with pytest.raises(ValueError, match="no allocation rule 7"):
        share_out(1, np.array([2]), np.array([1]), 7)


@given(st.integers(0, 10**16), asks, st.data(), st.sampled_from(RULES))
@example(10**15, [10**15, 10**15 - 1], None, PROPORTIONAL)
def test_never_more_than_there_is_or_is_asked_and_nothing_left_over(total, asked, data, rule):
    size = len(asked)
    rank = [1] * size
    if data is not None:
        rank = data.draw(st.lists(st.integers(1, 3), min_size=size, max_size=size))
    given_out = share_out(total, np.array(asked), np.array(rank), rule)
    assert (given_out >= 0).all()
    assert (given_out <= np.array(asked)).all()
    whole = int(given_out.sum())
    assert whole <= total
    assert whole >= min(total, sum(asked)) - size  # rounding leaves less than a fen each


@given(st.integers(0, 10**12), asks)
def test_equal_gives_nobody_less_than_another_who_asks_more(total, asked):
    out = share_out(total, np.array(asked), np.ones(len(asked)), EQUAL)
    level = out.max()
    assert all(got == wanted or got == level for got, wanted in zip(out, asked, strict=True))


@given(st.integers(0, 10**12), asks)
def test_largest_gap_leaves_open_requests_level(total, asked):
    out = share_out(total, np.array(asked), np.ones(len(asked)), LARGEST_GAP)
    still = np.array(asked) - out
    assert (
        all(open_ == still.max() for got, open_ in zip(out, still, strict=True) if got > 0)
        or not out.any()
    )


@given(st.integers(0, 10**12), asks, st.data())
def test_priority_serves_a_rank_only_when_those_before_are_served(total, asked, data):
    size = len(asked)
    rank = np.array(data.draw(st.lists(st.integers(1, 3), min_size=size, max_size=size)))
    asked = np.array(asked)
    out = share_out(total, asked, rank, PRIORITY)
    for one in np.unique(rank):
        if out[rank > one].any():
            assert (out[rank == one] == asked[rank == one]).all()
