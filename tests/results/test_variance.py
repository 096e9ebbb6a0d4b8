"""The split of variance: known components are found again, with runs missing and by formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from results.compare import interval_note
from results.drawn import parameters_line
from results.plots import plot, runs_note
from results.report import render
from results.report_variance import blocks
from results.store import open_store
from results.variance import difference_split, level_split, levels, shares, two_way
from tests.results.conftest import by_hand

POLICY = {"no-plan": 3.0, "plan": -1.0, "harsh-shocks": -2.0}  # sums to zero


def layout(draws, replicates, *, d=2.0, pd_=1.0, r=1.5, dr=0.7, pr=0.5, pdr=0.3, seed=1):
    """Results with known standard deviations of every effect; interactions sum to zero."""
    rng = np.random.default_rng(seed)
    names = list(POLICY)

    def effect(size, *shape):
        return size * rng.standard_normal(shape)

    def centred(size, *shape):  # over the scenarios, so that each has variance size ** 2
        x = effect(size, *shape)
        return (x - x.mean(axis=-1, keepdims=True)) * np.sqrt(len(names) / (len(names) - 1))

    s = len(names)
    y = np.array(list(POLICY.values())) + effect(d, draws, 1, 1) + effect(r, 1, replicates, 1)
    y = y + effect(dr, draws, replicates, 1) + centred(pd_, draws, 1, s)
    y = y + centred(pr, 1, replicates, s) + centred(pdr, draws, replicates, s)
    index = pd.MultiIndex.from_product(
        [range(1, draws + 1), range(replicates)], names=["draw", "replicate"]
    )
    return pd.DataFrame(y.reshape(-1, s), index=index, columns=names)


TRUE = {
    "policy": 14 / 3, "interaction": 1.0, "parameters": 4.0,
    "chance": 1.5**2 + 0.7**2 + 0.5**2 + 0.3**2,
}  # fmt: skip


def averaged(make, times=40, draws=12, replicates=6):
    found = [make(layout(draws, replicates, seed=k)) for k in range(times)]
    return pd.DataFrame(found).mean()


def test_known_components_are_found_again():
    got = averaged(levels)
    for part, true in TRUE.items():
        assert got[part] == pytest.approx(true, rel=0.15), part


def test_they_are_found_again_with_a_third_of_the_runs_missing():
    def thinned(y):
        rng = np.random.default_rng(int(abs(y.iloc[0, 0]) * 1e6))
        for name in y:
            y.loc[rng.random(len(y)) < 0.12, name] = np.nan
        found = levels(y)
        assert 30 < found["runs"] < 68
        return found

    got = averaged(thinned)
    for part, true in TRUE.items():
        assert got[part] == pytest.approx(true, rel=0.2), part


def test_the_difference_is_split_too():
    def apart(y):
        one = two_way(y["plan"] - y["no-plan"])
        return {"mean": one.mean, "parameters": one.parameters, "chance": one.chance}

    got = averaged(apart)
    # two of three effects of sd 1 that sum to zero: variance of their difference is 3
    assert got["mean"] == pytest.approx(-4.0, abs=0.4)
    assert got["parameters"] == pytest.approx(3.0, rel=0.15)
    assert got["chance"] == pytest.approx(3.0 * (0.5**2 + 0.3**2), rel=0.15)


def test_a_whole_layout_gives_the_analysis_of_variance():
    x = layout(5, 4)["plan"]
    wide = x.unstack().to_numpy()
    n, m = wide.shape
    rows, columns = wide.mean(axis=1), wide.mean(axis=0)
    rest = wide - rows[:, None] - columns[None, :] + wide.mean()
    ms_rest = (rest**2).sum() / ((n - 1) * (m - 1))
    ms_rows, ms_columns = m * rows.var(ddof=1), n * columns.var(ddof=1)
    one = two_way(x)
    assert one.parameters == pytest.approx((ms_rows - ms_rest) / m)
    assert one.chance == pytest.approx((ms_columns - ms_rest) / n + ms_rest)
    by_hand = (ms_rows + ms_columns - ms_rest) / (n * m)
    assert one.of_mean == pytest.approx(by_hand)


def test_what_one_replicate_or_one_draw_can_not_tell():
    y = layout(8, 1)["plan"]
    one = two_way(y)
    assert np.isnan(one.parameters) and np.isnan(one.chance)
    assert one.unsplit == pytest.approx(y.var()) and one.of_mean == pytest.approx(y.var() / 8)
    seeds = two_way(layout(1, 8)["plan"])
    assert np.isnan(seeds.parameters) and np.isnan(seeds.unsplit) and seeds.chance > 0
    alone = two_way(y.iloc[:1])
    assert alone.mean == y.iloc[0] and np.isnan(alone.unsplit)
    assert np.isnan(two_way(y.iloc[:0]).mean)


def test_draws_that_share_no_seed_are_split_nevertheless():
    index = pd.MultiIndex.from_tuples([(1, 0), (1, 1), (2, 2), (2, 3)], names=["draw", "replicate"])
    one = two_way(pd.Series([0.0, 2.0, 10.0, 12.0], index=index))
    assert one.chance == pytest.approx(2.0)
    assert one.parameters == pytest.approx((100 + 144 + 64 + 100) / 4 / 2 - 2.0)


def test_one_scenario_has_no_policy():
    found = levels(layout(6, 3)[["plan"]])
    assert np.isnan(found["policy"]) and np.isnan(found["interaction"]) and found["parameters"] > 0


def test_a_scenario_of_few_runs_does_not_cost_the_others_theirs():
    y = layout(6, 3)
    y.loc[y.index[4:], "harsh-shocks"] = np.nan
    found = levels(y)
    assert found["scenarios"] == 2 and found["runs"] == 18


def stored(tmp_path, y, **manifest):
    runs = {
        (name, draw, replicate): [
            (0, 2018, 12, "headcount_true", "", value / 100 + 0.2),
            (0, 2018, 0, "relapses_true", "", 1000.0),  # does not vary
        ]
        for name in y
        for (draw, replicate), value in y[name].dropna().items()
    }
    names = y.index.get_level_values("draw").unique()
    asked = {"draws": len(names), "replicates": y.index.get_level_values("replicate").nunique()}
    return open_store(by_hand(tmp_path / "x", runs, **asked, **manifest))


def test_a_store_is_split_in_its_own_units(tmp_path):
    y = layout(6, 3)
    store = stored(tmp_path, y)
    table = level_split(store, 2018)
    want = levels(y)
    assert table.loc["headcount_true", "policy"] == pytest.approx(want["policy"] / 1e4)
    assert table.loc["relapses_true", "sd"] == 0.0
    part = shares(table)
    assert list(part.index) == ["headcount_true"] and part.sum(axis=1).iloc[0] == pytest.approx(1)
    apart = difference_split(store, 2018)
    assert set(apart.index.get_level_values("scenario")) == {"plan", "harsh-shocks"}
    assert apart.loc[("plan", "headcount_true"), "pairs"] == 18


def test_negative_estimates_are_shown_as_zero(tmp_path):
    store = stored(tmp_path, layout(4, 4, d=0.0, pd_=0.0, r=0.0, dr=5.0, seed=3))
    raw = levels(layout(4, 4, d=0.0, pd_=0.0, r=0.0, dr=5.0, seed=3))
    assert min(raw["parameters"], raw["interaction"]) < 0
    assert (level_split(store, 2018)[["parameters", "interaction"]] >= 0).all(axis=None)


def words(made):
    return " ".join(str(block.get("text", "")) + " ".join(block.get("lines", [])) for block in made)


def test_the_section_says_what_it_can_not_know(tmp_path):
    figure = {"kind": "figure"}
    one = stored(tmp_path / "one", layout(6, 1))
    said = words(blocks(one, figure, "en", 2018))
    assert "cannot be told apart" in said and "6 parameter draws" in said
    seeds = stored(tmp_path / "seeds", layout(1, 6))
    said = words(blocks(seeds, figure, "en", 2018))
    assert "6 seeds" in said and "not known of them" in said
    y = layout(6, 3)
    y.loc[y.index[4:], "harsh-shocks"] = np.nan
    said = words(blocks(stored(tmp_path / "few", y), figure, "en", 2018))
    assert "18 of 18 pairs" in said and "without harsh-shocks" in said
    none = blocks(stored(tmp_path / "none", layout(1, 1)), figure, "en", 2018)
    assert [block["kind"] for block in none] == ["note"]
    assert plot(open_store(tmp_path / "none" / "x"), "variance").note


POSTERIOR = {
    "name": "gansu", "digest": "d1", "command": "fanpin calibrate --targets published",
    "fitted": ["illness.admission_rate", "work.job_loss"], "warnings": ["posterior gansu: old."],
}  # fmt: skip


def test_a_report_of_posterior_draws_says_so(tmp_path):
    store = stored(tmp_path, layout(6, 3), posterior=POSTERIOR)
    for lang in ("en", "zh"):
        line = parameters_line(store, lang)
        assert "gansu" in line and "fanpin calibrate" in line and "work.job_loss" in line
        for text in (interval_note(store, lang), runs_note(store, lang)):
            assert "gansu" in text and "Nothing" not in text and "未拟合" not in text
    page = render(store, "en")
    assert 'id="variance"' in page and "posterior gansu: old." in page
    assert page.count("work.job_loss") >= 2
    assert "Nothing was fitted" not in page and "Nothing is fitted" not in page
