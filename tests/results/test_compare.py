"""The comparison against sums done by hand, its labels, and what it does with missing runs."""

import io

import numpy as np
import pandas as pd
import pytest

from results import numbers
from results.compare import comparison, interval_note, to_csv, to_text
from results.store import StoreError, open_store
from results.texts import indicator
from tests.results.conftest import by_hand


def runs(values):
    """Rows of runs that hold one stock in December 2018 and one flow in 2018."""
    return {
        key: [
            (0, 2018, 12, "headcount_true", "", stock),
            (0, 2018, 0, "exits", "", flow),
            (0, 2018, 0, "money", "dibao", 2 * flow),
            (0, 2018, 0, "money", "training", flow),
        ]
        for key, (stock, flow) in values.items()
    }


@pytest.fixture
def hand(tmp_path):
    """Base and plan with three replicates, of which the plan lacks the last."""
    values = {
        ("no-plan", 0, 0): (0.10, 100.0),
        ("no-plan", 0, 1): (0.12, 140.0),
        ("no-plan", 0, 2): (0.50, 900.0),
        ("plan", 0, 0): (0.07, 160.0),
        ("plan", 0, 1): (0.11, 130.0),
    }
    return open_store(by_hand(tmp_path / "hand", runs(values), replicates=3))


def test_differences_are_paired(hand):
    table = comparison(hand).set_index(["indicator", "scenario"])
    row = table.loc[("headcount_true", "plan")]
    # pairs: -0.03 and -0.01; the base's third run has no partner and takes no part
    assert row["mean"] == pytest.approx(0.09)
    assert row["difference"] == pytest.approx(-0.02)
    assert row["difference_low"] == pytest.approx(-0.03 + 0.05 * 0.02)
    assert row["difference_high"] == pytest.approx(-0.03 + 0.95 * 0.02)
    assert row["agree"] == 1.0
    assert (row["runs"], row["pairs"], row["missing"]) == (2, 2, 1)
    # the difference of the means would be 0.09 - 0.24
    base = table.loc[("headcount_true", "no-plan")]
    assert base["mean"] == pytest.approx(0.24)
    assert np.isnan(base["difference"])
    assert table.loc[("exits", "plan"), "agree"] == 0.5  # pairs: +60 and -10


def test_flows_are_summed_over_the_plan_and_stocks_are_not(store):
    table = comparison(store, indicators=["exits", "headcount_true"]).set_index(
        ["indicator", "scenario"]
    )
    by_year = store.frame("exits", scenario="plan", year=[2018, 2019, 2020])
    assert table.loc[("exits", "plan"), "mean"] == pytest.approx(by_year["value"].sum() / 5)
    assert table.loc[("exits", "plan"), "period"] == "2018–2020"
    december = store.frame("headcount_true", scenario="plan", year=2020, month=12)
    assert table.loc[("headcount_true", "plan"), "mean"] == pytest.approx(december["value"].mean())


def test_parts_add_up_to_a_flow_without_a_total(hand):
    table = comparison(hand, indicators=["money"]).set_index("scenario")
    assert table.loc["plan", "mean"] == pytest.approx(3 * 145.0)


def test_another_base_and_date(store):
    table = comparison(store, base="plan", date="2019-12", indicators=["exits"])
    table = table.set_index("scenario")
    assert np.isnan(table.loc["plan", "difference"])
    assert table.loc["no-plan", "difference"] < 0
    assert table["period"].unique().tolist() == ["2018–2019"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"date": "2020-06"}, "a year or a December was expected"),
        ({"date": "2031"}, "the store holds 2017"),
        ({"base": "nobody"}, "no scenario 'nobody'"),
        ({"indicators": ["happiness"]}, "'happiness' is not known"),
    ],
)
def test_wrong_choices_say_what_there_is(store, wrong, message):
    with pytest.raises(StoreError, match=message):
        comparison(store, **wrong)


def test_the_interval_says_what_it_is_over(store, small, tmp_path):
    assert "5 parameter draws from their priors" in interval_note(store, "en")
    assert "nearly their whole range" in interval_note(store, "en")
    chance = interval_note(open_store(small), "en")
    assert "chance only" in chance
    assert "prior" not in chance
    one = by_hand(tmp_path / "one", runs({("plan", 0, 0): (0.1, 1.0)}))
    assert "no interval" in interval_note(open_store(one), "en")
    assert comparison(open_store(one))["low"].isna().all()
    two = runs({("plan", 1, 0): (0.1, 1.0), ("plan", 1, 1): (0.2, 2.0)})
    drawn = by_hand(tmp_path / "drawn", two, draws=1, replicates=2)
    assert "chance only" in interval_note(open_store(drawn), "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text_lines_up_and_shows_what_is_missing(store, lang):
    text = to_text(comparison(store, lang=lang))
    title = store.scenarios["harsh-shocks"].label(lang)
    assert f"{title} (harsh-shocks)" in text.splitlines()[4]
    assert "made to fail" in text
    assert " 4/5" in text
    cells = [line for line in text.splitlines() if line.rstrip().endswith("4/5")]
    head = next(line for line in text.splitlines() if "90" in line and line.rstrip().endswith(
        {"en": "Runs", "zh": "运行"}[lang]))  # fmt: skip
    assert {numbers.width(line) for line in cells} == {numbers.width(head)}
    assert "677," in text or "," in text  # thousands separators
    short = to_text(comparison(store, lang=lang), short=True)
    assert len(short) < len(text)


def test_a_scenario_without_runs_has_rows(tmp_path):
    values = {("no-plan", 0, 0): (0.1, 1.0), ("plan", 0, 0): (0.2, 2.0)}
    scenarios = [{"name": name} for name in ("no-plan", "plan", "withdrawal")]
    store = open_store(by_hand(tmp_path / "x", runs(values), scenarios=scenarios))
    table = comparison(store)
    assert set(table["scenario"]) == {"no-plan", "plan", "withdrawal"}
    lost = table[table["scenario"] == "withdrawal"]
    assert lost["mean"].isna().all()
    assert (lost["missing"] == 1).all()
    assert "—" in to_text(table)


def test_csv_reads_back(store, tmp_path):
    table = comparison(store, lang="zh")
    text = to_csv(table, tmp_path / "table.csv")
    again = pd.read_csv(io.StringIO(text))
    assert len(again) == len(table)
    assert again["difference"].to_numpy() == pytest.approx(table["difference"], nan_ok=True)
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(tmp_path / "table.csv")["title"].iloc[0] == "无方案"


def test_numbers_for_the_eye():
    persons, share = indicator("exits").unit, indicator("headcount_true").unit
    assert numbers.show(1234567.0, persons) == "1,234,567"
    assert numbers.show(0.03456, share) == "3.46"
    assert numbers.show(-0.01, share, signed=True) == "−1.00"
    assert numbers.show(0.01, share, signed=True) == "+1.00"
    assert numbers.show(-1e-9, share, signed=True) == "0.00"
    assert numbers.show(float("nan"), share) == "—"
    assert numbers.show_large(123456.0, persons, "en") == "123.5"
    assert numbers.show_large(123456.0, persons, "zh") == "12.35"
    assert numbers.width("贫困 a") == 6
    assert numbers.align([["贫", "1"], ["abc", "22"]]) == ["贫    1", "abc  22"]
