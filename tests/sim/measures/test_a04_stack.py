"""The stack of payers: worked bills to the cent, and what must hold for any bills at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.measures.a04_stack import MILLION, Receipt, Terms, owed_on, shares_of

BEFORE = Terms(
    deductible=800_00, rate=700_000, serious_deductible=5_000_00, serious_rate=600_000,
    second_rate=0, cap=3_000_00, full=0, assistance_deductible=0, assistance_rate=0,
)  # fmt: skip
AFTER = Terms(
    deductible=800_00, rate=750_000, serious_deductible=2_000_00, serious_rate=650_000,
    second_rate=100_000, cap=3_000_00, full=MILLION, assistance_deductible=0, assistance_rate=0,
)  # fmt: skip


def settle(bill, terms, *, spent=0, owed=None, charged=True, share=9, funded=MILLION) -> Receipt:
    """A bill of which `share` tenths are in the catalogue."""
    compliant = bill * share // 10
    rest = bill - compliant if charged else 0
    owed = owed_on(spent, terms) if owed is None else owed
    return Receipt(*shares_of(bill, compliant, rest, spent, owed, funded, terms))


def own(paid: Receipt) -> int:
    return paid.own_compliant + paid.own_other


@pytest.mark.parametrize(
    ("bill", "cost"), [(3_000_00, 1_670_00), (8_000_00, 3_520_00), (60_000_00, 15_704_00)]
)
def test_worked_bills_before_the_plan(bill, cost):
    assert own(settle(bill, BEFORE)) == cost


@pytest.mark.parametrize(
    ("bill", "layers", "cost"),
    [
        (3_000_00, (1_425_00, 0, 0, 0), 1_275_00),
        (8_000_00, (4_800_00, 260_00, 14_00, 0), 2_126_00),
        (60_000_00, (39_900_00, 7_865_00, 423_50, 2_811_50), 3_000_00),
    ],
)
def test_worked_bills_under_the_plan(bill, layers, cost):
    paid = settle(bill, AFTER, charged=False)
    assert (paid.basic, paid.serious, paid.second, paid.assistance) == layers
    assert own(paid) == cost
    assert sum(paid[:7]) == bill


def test_two_bills_of_a_year_cost_what_one_bill_of_their_sum_costs():
    one = settle(60_000_00, AFTER, charged=False)
    first = settle(8_000_00, AFTER, charged=False)
    second = settle(52_000_00, AFTER, spent=7_200_00, charged=False)
    assert [a + b for a, b in zip(first, second, strict=True)] == list(one)


rates = st.integers(0, MILLION)
money = st.integers(0, 20_000_00)
terms = st.builds(
    Terms, deductible=money, rate=rates, serious_deductible=money, serious_rate=rates,
    second_rate=rates, cap=money, full=rates, assistance_deductible=money, assistance_rate=rates,
)  # fmt: skip
bills = st.lists(st.tuples(st.integers(1, 300_000_00), st.integers(0, 10)), min_size=1, max_size=6)


def year(items, terms) -> Receipt:
    """All bills of a year, one after the other; each is (amount, tenths in the catalogue)."""
    spent, owed, total = 0, 0, [0] * 8
    for bill, share in items:
        paid = settle(bill, terms, spent=spent, owed=owed, share=share)
        spent += bill * share // 10
        owed += paid.own_compliant + paid.assistance
        total = [a + b for a, b in zip(total, paid, strict=True)]
        assert min(paid) >= 0, paid
        assert sum(paid[:7]) == bill
        assert owed == owed_on(spent, terms)
    return Receipt(*total)


@given(items=bills, terms=terms, data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_years_total_does_not_depend_on_the_order_of_the_bills(items, terms, data):
    assert year(items, terms) == year(data.draw(st.permutations(items)), terms)


@given(items=bills)
@settings(max_examples=100, deadline=None)
def test_nobody_pays_more_than_the_cap_for_compliant_care(items):
    total = year(items, AFTER)
    assert total.own_compliant <= 3_000_00
    if total.assistance > 0:
        assert total.own_compliant == 3_000_00


@given(bill=st.integers(1, 300_000_00), terms=terms, funded=rates)
@settings(max_examples=100, deadline=None)
def test_assistance_that_is_not_funded_is_paid_by_the_patient(bill, terms, funded):
    full, short = settle(bill, terms), settle(bill, terms, funded=funded)
    assert short.due == full.due == full.assistance
    assert short.assistance + short.own_compliant == full.assistance + full.own_compliant
    assert 0 <= short.assistance <= full.assistance


@given(first=st.integers(1, 100_000_00), then=st.integers(1, 100_000_00), old=terms, new=terms)
@settings(max_examples=100, deadline=None)
def test_terms_that_change_inside_a_year_never_give_a_negative_payment(first, then, old, new):
    paid = settle(first, old, share=10)
    after = settle(then, new, spent=first, share=10)
    assert min(paid) >= 0
    assert min(after) >= 0


def test_a_household_cap_counts_its_members_together():
    alone = settle(60_000_00, AFTER, charged=False)
    second_member = settle(
        60_000_00, AFTER, owed=alone.own_compliant + alone.assistance, charged=False
    )
    assert alone.own_compliant == 3_000_00
    assert second_member.own_compliant == 0
