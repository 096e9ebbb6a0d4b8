"""Priors: their forms, their inverse distribution functions, and the draws."""

import math

import pytest
from scipy import stats

from scenarios.parameter import ParameterTable
from scenarios.priors import Prior, draw_parameters, uniform_hash

GRID = [0.001, 0.2, 0.5, 0.9, 0.999]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("uniform(1, 3)", stats.uniform(1, 2)),
        ("normal(2, 0.5)", stats.norm(2, 0.5)),
        ("normal(2, 0.5)[1.8, 3]", stats.truncnorm(-0.4, 2, 2, 0.5)),
        ("beta(2, 18)", stats.beta(2, 18)),
        ("lognormal(5, 0.3)", stats.lognorm(0.3, scale=5)),
    ],
)
def test_quantiles_are_those_of_scipy(text, reference):
    prior = Prior.parse(text)
    assert [prior.quantile(u) for u in GRID] == pytest.approx(list(reference.ppf(GRID)), rel=1e-9)


def test_a_cut_holds_for_every_form():
    for text in ("lognormal(5, 0.3)[4, 6]", "beta(2, 18)[0.05, 0.2]", "normal(0, 1)[-1, 2]"):
        prior = Prior.parse(text)
        low, high = prior.support
        draws = [prior.quantile(u / 100) for u in range(101)]
        assert draws == sorted(draws)
        assert draws[0] == pytest.approx(low) and draws[-1] == pytest.approx(high)
    assert Prior.parse("lognormal(5, 0.3)").support == (0, math.inf)


def test_a_prior_prints_as_it_is_read():
    for text in ("uniform(1, 3)", "normal(2, 0.5)[1.8, 3]", "beta(2, 18)", "lognormal(1, 0.1)"):
        assert str(Prior.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("unifrom(1, 2)", "Did you mean uniform"),
        ("uniform(2, 1)", "less than"),
        ("normal(0, 0)", "above 0"),
        ("normal(0, 1)[2, 1]", "low must be less"),
        ("normal(0, 1)[20, 30]", "nothing of"),
        ("beta(-1, 2)", "above 0"),
        ("lognormal(0, 1)", "above 0"),
        ("lognormal(100, 20)", "sd of the logarithm"),
        ("uniform(1)", "is not a prior"),
        ("uniform(a, b)", "is not a prior"),
        ("uniform(0, 1e400)", "too large"),
        (5, "is not a prior"),
    ],
)
def test_a_malformed_prior_says_what_is_wrong(text, says):
    with pytest.raises(ValueError, match=says):
        Prior.parse(text)


def test_draw_k_does_not_depend_on_how_many_are_asked_for(table):
    assert draw_parameters(table, 3, seed=1) == draw_parameters(table, 9, seed=1)[:3]
    assert draw_parameters(table, 0, seed=1) == []
    assert draw_parameters(table, 3, seed=1) != draw_parameters(table, 3, seed=2)


def test_one_parameter_more_changes_no_other_draw(table):
    fewer = ParameterTable(spec for key, spec in table.items() if key != "illness.admission_rate")
    for full, rest in zip(draw_parameters(table, 5, 1), draw_parameters(fewer, 5, 1), strict=True):
        full.pop("illness.admission_rate")
        assert full == rest


def test_draws_lie_in_the_range_and_spread_over_it(table):
    draws = [draw["illness.admission_rate"] for draw in draw_parameters(table, 400, seed=7)]
    assert min(draws) > 0.15 and max(draws) < 0.25
    assert sum(draws) / 400 == pytest.approx(0.2, abs=0.005)
    assert stats.kstest([uniform_hash(1, "a.b", k) for k in range(2000)], "uniform").pvalue > 0.01
