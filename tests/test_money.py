"""Money through all levels: over random scenarios no fen is made or lost, in any month.

The whole model on a small population, some months over the end of a year. The months before the
plan are run once; each example branches from there.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.clauses import clauses
from scenarios.library import load_parameters
from scenarios.run import Past, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.ledger import UNLIMITED
from sim.month import implemented_clauses
from sim.world.columns import FAMILIES

LAST = month_index("2019-02")
OUT = ("spent", "leaked", "wasted", "passed", "returned", "balance")


@pytest.fixture(scope="module")
def past(people):
    return Past(people, None, model_seed(3, 0), until=LAST, table=load_parameters())


@pytest.fixture(scope="module")
def plan():
    table = load_parameters()
    return load_scenario("plan", table), table


INTENSITY = st.sampled_from((0.0, 0.0, 0.4, 1.0, 1.0))
CLAUSES = tuple(sorted(set(implemented_clauses()) & set(clauses())))
BUDGET = {
    "m1_budget.allocation": st.integers(0, 3),
    "m1_budget.carry_share": st.floats(0, 1),
    "m1_budget.first_share": st.floats(0, 0.5),
    "m1_budget.special_total": st.floats(0, 20_000),
    "m1_budget.sector_before": st.floats(0, 10_000),
    "m1_budget.quarter_1": st.floats(0, 1),
    "m1_budget.quarter_4": st.floats(0, 1),
    "m1_budget.match_rate": st.floats(0, 0.5),
    "m1_budget.last_quarter_pace": st.floats(0, 1),
    "m1_township.fund": st.floats(0, 60_000_000),
    "m1_relief_work.pay_share": st.floats(0, 0.5),
    "m3_builders.capacity": st.floats(0, 5_000),
    "m5_quotas.linkage_price": st.floats(0, 600_000),
    "s6_supervision.lambda0": st.floats(0, 0.5),
    "s6_supervision.waste0": st.floats(0, 0.5),
}


@given(data=st.data(), seed=st.integers(0, 2**32))
@settings(
    deadline=None, max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
def test_no_fen_is_made_or_lost_in_any_scenario(past, plan, data, seed):
    scenario, table = plan
    parameters = resolve(scenario, {}, LAST, table)
    on = data.draw(st.lists(INTENSITY, min_size=len(CLAUSES), max_size=len(CLAUSES)))
    for clause, intensity in zip(CLAUSES, on, strict=True):
        parameters.clauses[clause] = np.full(LAST + 1 - parameters.first, intensity)
    for key, values in BUDGET.items():
        group, name = key.split(".")
        parameters.values[group][name][:] = data.draw(values, label=key)
    model = past.model.branch(parameters, until=LAST, seed=seed)
    for month in range(month_index("2017-11"), LAST + 1):
        before = model.ledger.accounts.spent.copy()
        model.run(month)
        _check(model, before)
    assert model.ledger.province.received.any()


def _check(model, before):
    """What the docstring of sim/ledger.py promises, counted anew."""
    ledger = model.ledger
    for books in (ledger.province, ledger.purses, ledger.accounts, ledger.townships):
        out = sum(getattr(books, name) for name in OUT)
        assert np.array_equal(books.received, out), books.name
        assert (books.balance >= 0).all(), books.name
    counties = model.world.township.county
    for row, family in enumerate(FAMILIES):
        of = [k for k, one in enumerate(ledger.family) if one == family]
        down = ledger.province.down[row].sum() - ledger.purses.above[row].sum()
        assert down == (ledger.townships.above.sum() if family == "special" else 0)
        assert ledger.province.below[row].sum() == ledger.purses.up[row].sum()
        assert np.array_equal(ledger.purses.down[row], ledger.accounts.above[of].sum(axis=0))
        assert np.array_equal(ledger.purses.below[row], ledger.accounts.up[of].sum(axis=0))
    from_townships = np.zeros(ledger.accounts.shape[1], np.int64)
    np.add.at(from_townships, counties, ledger.townships.down[0])
    assert np.array_equal(from_townships, ledger.accounts.township.sum(axis=0))
    for books in (ledger.purses, ledger.accounts):
        assert np.array_equal(books.aside.sum(axis=0), books.beside.sum(axis=0))
    households = [k for k, to in enumerate(ledger.to) if to == "household"]
    paid = (ledger.accounts.spent - before)[households].sum(axis=0)
    home = model.world.household
    got = np.zeros(len(paid), np.int64)
    np.add.at(got, model.world.village.county[home.village], home.granted)
    assert np.array_equal(got, paid)
    assert (ledger.works < UNLIMITED).all()
    assert (ledger.works >= 0).all()
