"""Draws, tables, learned summaries and regression adjustment."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from calibration.fit.adjust import adjust, resample, weighted_quantile
from calibration.fit.draws import FitError, complete_draw, noise, prior_z, to_value
from calibration.fit.learned import Columns, learn
from calibration.fit.table import ReferenceTable, read_table, reference_table
from scenarios.library import load_parameters
from scenarios.priors import Prior
from scenarios.scenario import draw_parameters
from tests.calibration.fit.known_toys import FITTED, KEYS, PRIORS, Toy, toy_table


def test_candidates_draw_the_priors_of_a_batch():
    table = load_parameters()
    priors = {spec.key: spec.distribution for spec in table.uncertain()}
    assert complete_draw(priors, 7, 2) == draw_parameters(table, 3, 7)[2]


def test_a_value_and_its_z_agree():
    keys = list(PRIORS)
    z = prior_z(7, keys, 4)
    drawn = complete_draw(PRIORS, 7, 4)
    assert [to_value(PRIORS[k], v) for k, v in zip(keys, z, strict=True)] == pytest.approx(
        [drawn[k] for k in keys]
    )
    assert complete_draw(PRIORS, 7, 4, {"toy.b": 1.5})["toy.b"] == pytest.approx(1.5)
    assert complete_draw(PRIORS, 7, 4, {"toy.b": 1.5})["toy.c"] == drawn["toy.c"]


@pytest.mark.parametrize("text", ["normal(0, 1)", "lognormal(1, 2)", "uniform(2, 3)", "beta(2, 3)"])
def test_no_z_leaves_the_support(text):
    prior = Prior.parse(text)
    for z in (-40.0, 40.0):
        assert np.isfinite(to_value(prior, z)) and prior.low <= to_value(prior, z) <= prior.high


def test_errors_of_observation_do_not_depend_on_the_other_targets():
    all_of_them = noise(1, [3, 4], ["x", "y"], np.array([1.0, 2.0]))
    alone = noise(1, [4], ["y"], np.array([2.0]))
    assert alone[0, 0] == all_of_them[1, 1]
    many = noise(1, range(3000), ["x"], np.array([2.0]))
    assert many.mean() == pytest.approx(0, abs=0.15) and many.std() == pytest.approx(2, rel=0.05)


def test_a_table_written_and_read(tmp_path):
    table = toy_table(50, faulty=True)
    table.write(tmp_path / "table.parquet")
    again = read_table(tmp_path / "table.parquet")
    assert (again.fitted, again.failed, again.seed) == (table.fitted, table.failed, 3)
    pd.testing.assert_frame_equal(again.stats, table.stats)
    pd.testing.assert_frame_equal(again.values, table.values)
    assert (again.z == table.z).all()
    assert list(again.for_fitted(["toy.c"]).z[:, 0]) == pytest.approx(table.values["toy.c"])
    assert len(table.head(10)) == 10 and max(table.head(10).failed, default=0) < table.numbers[9]


def test_a_simulator_that_only_fails():
    class Broken(Toy):
        def simulate(self, values, seed):
            raise RuntimeError("no people in this county")

    with pytest.raises(FitError, match=r"8 of 8 simulations .* no people in this county"):
        reference_table(Broken(), FITTED, 8, 3)


def table_from(z, stats):
    keys = [f"s{j}" for j in range(stats.shape[1])]
    return ReferenceTable([f"p{j}" for j in range(z.shape[1])], z, pd.DataFrame(z),
                          pd.DataFrame(stats, columns=keys), [], 1), keys  # fmt: skip


def test_what_can_not_be_used_is_left_out_and_told():
    chance = np.random.default_rng(0)
    z = chance.standard_normal((300, 1))
    stats = np.column_stack([z[:, 0] + 0.1 * chance.standard_normal(300), np.ones(300), z[:, 0],
                             z[:, 0], np.exp(3 * z[:, 0])])  # fmt: skip
    stats[:100, 2] = np.nan
    stats[:3, 3] = np.nan
    table, keys = table_from(z, stats)
    learned = learn(table, keys, np.zeros(5))
    assert list(learned.columns.used) == [True, False, False, True, True]
    assert "s1 is not used: the same" in " ".join(learned.notes)
    assert "s2 is not used: missing in 33%" in " ".join(learned.notes)
    assert "s3 is missing in 1.0%" in " ".join(learned.notes)
    assert list(learned.columns.logs) == [False, False, True]  # of those used
    assert learned.accuracy[0] > 0.97
    observed = np.array([1.0, 1.0, np.nan, 1.0, np.exp(3.0)])
    assert learned(observed)[0, 0] == pytest.approx(1.0, abs=0.05)
    with pytest.raises(FitError, match="no statistic differs"):
        Columns.of(["s"], np.ones((30, 1)))


def test_squares_are_used_where_they_help():
    chance = np.random.default_rng(0)
    z = chance.standard_normal((500, 2))
    straight = z[:, 0] + 0.2 * chance.standard_normal(500)
    root = np.sign(z[:, 1]) * np.sqrt(np.abs(z[:, 1])) + 2
    table, keys = table_from(z, np.column_stack([straight, root]))
    learned = learn(table, keys, np.zeros(2))
    assert not learned.models.choices[0][0]
    assert learned.accuracy.min() > 0.85


def test_own_summaries_have_not_seen_their_row():
    """With statistics that say nothing, own summaries are no better than nothing."""
    chance = np.random.default_rng(0)
    z, stats = chance.standard_normal((60, 1)), chance.standard_normal((60, 40))
    table, keys = table_from(z, stats)
    learned = learn(table, keys, np.zeros(40), squares=False)
    seen = learned(table.observed(keys, np.zeros(40)))
    assert np.corrcoef(seen[:, 0], z[:, 0])[0, 1] > np.corrcoef(learned.own[:, 0], z[:, 0])[0, 1]
    assert learned.accuracy[0] < 0.1


def test_adjustment_undoes_a_wide_acceptance():
    chance = np.random.default_rng(0)
    z = chance.standard_normal((3000, 1))
    s = 2 * z + 0.2 * chance.standard_normal((3000, 1))
    near = np.abs(s[:, 0] - 1.0) < 1.0
    found = adjust(z[near], np.ones(near.sum()), s[near], np.array([1.0]))
    exact = 0.5 * 0.2 / np.sqrt(1 + 0.1**2)  # sd of N(0, 1) given 2 z + N(0, 0.2)
    assert found.weights @ found.z[:, 0] == pytest.approx(0.5, abs=0.01)
    assert found.widths["after"][0] == pytest.approx(exact, rel=0.08)
    assert found.widths["ratio"][0] < 0.5


def test_adjustment_of_a_spread_that_changes():
    chance = np.random.default_rng(0)
    s = chance.uniform(0, 2, (6000, 1))
    z = s * chance.standard_normal((6000, 1))
    plain, free = (
        adjust(z, np.ones(6000), s, np.array([0.4]), heteroscedastic=h) for h in (False, True)
    )
    assert plain.widths["after"][0] > 0.7
    assert free.widths["after"][0] == pytest.approx(0.4, rel=0.25)


def test_few_points_are_stretched_or_left():
    chance = np.random.default_rng(1)
    s = chance.standard_normal((40, 5))
    z = s.sum(axis=1, keepdims=True) + chance.standard_normal((40, 1))
    found, aside = (adjust(z, np.ones(40), s, np.full(5, at)) for at in (0.0, 1.5))
    design = np.column_stack([np.ones(40), s])
    bare = (z - design @ np.linalg.lstsq(design, z, rcond=None)[0]).std()
    assert found.note == "" and found.widths["after"][0] > 1.07 * bare
    assert aside.widths["after"][0] > 1.4 * bare  # the centre itself is less certain
    few = adjust(z[:9], np.ones(9), s[:9], np.zeros(5))
    assert "too few" in few.note and (few.z == z[:9]).all()


def test_resampling_is_systematic():
    weights = np.array([0.5, 0.25, 0.0, 0.25])
    rows = resample(weights, 8, 3)
    assert np.bincount(rows, minlength=4).tolist() == [4, 2, 0, 2]
    assert (rows == resample(weights, 8, 3)).all()


def test_weighted_quantiles():
    values = np.arange(101.0)
    assert weighted_quantile(values, np.ones(101), (0.5,))[0] == pytest.approx(50)
    heavy = np.where(values < 50, 1e-9, 1.0)
    assert weighted_quantile(values, heavy, (0.5,))[0] == pytest.approx(75, abs=1)


def test_missing_statistics_are_named():
    table = toy_table(30)
    wanted = SimpleNamespace(keys=[*KEYS, "s9::all"], error=np.ones(6))
    with pytest.raises(FitError, match="no statistic s9::all"):
        learn(table, wanted.keys, wanted.error)
