"""Targets: scored by hand, per county, over years; and what is not covered is not scored."""

import numpy as np
import pytest

from results.store import open_store
from results.targets import by_county, joint, score, targets
from results.targets_text import scoreboard
from results.texts import LANGUAGES
from tests.results.conftest import by_hand


def scores(tmp_path, runs, **more):
    store = open_store(by_hand(tmp_path / "x", runs, **more))
    return score(store).set_index(["target", "scenario"])


def test_the_list_is_well_formed():
    ids = [target.id for target in targets()]
    assert len(ids) == len(set(ids))
    counted = {target.id[:3] for target in targets() if target.counted}
    assert counted == {f"B{k:02d}" for k in range(1, 45)}
    assert {target.block for target in targets()} == {"plan", "national", "report"}
    for target in targets():
        assert set(target.words) == set(LANGUAGES)
        assert all(target.words.values())
        assert all(target.scored.values())
        assert bool(target.assumed["en"]) == bool(target.assumed["zh"])
        assert target.over in ("scope", "every county", "every deep-poverty county")
        assert target.due.rsplit(" ", 1)[-1][:4].isdigit()


def test_share_of_runs_that_meet_it(tmp_path):
    runs = {
        ("plan", 0, r): [(0, 2020, 12, "poor_registered", "", float(left))]
        for r, left in enumerate((0, 0, 0, 700))
    }
    found = scores(tmp_path, runs, replicates=4)
    assert found.loc[("B01", "plan"), "met"] == 0.75
    assert found.loc[("B01", "plan"), "runs"] == 4
    other = found.loc[("B15", "plan")]
    assert not other["covered"]
    assert np.isnan(other["met"])


def test_every_county_must_meet_it(tmp_path):
    rows = [(0, 2020, 0, "combined_headcount", "", 0.01)]
    rows += [(620421, 2020, 0, "combined_headcount", "", 0.03)]
    rows += [(620422, 2020, 0, "combined_headcount", "", 0.031)]
    found = scores(tmp_path, {("plan", 0, 0): rows}).loc[("B06", "plan")]
    assert found["met"] == 0.0
    assert found["counties"] == 0.5
    assert found["value"] == 0.031  # the worst county
    assert found["binding"] == (620422,)
    assert found["shortfall"] == pytest.approx(0.001 / 0.03)


def test_every_year_must_meet_it(tmp_path):
    def run(*values):
        years = zip((2018, 2019, 2020), values, strict=False)
        return [(0, year, 0, "oop_cap_max", "", value) for year, value in years]

    runs = {("a", 0, 0): run(2999.0, 3000.0, 3000.0 + 1e-7)}
    runs[("b", 0, 0)] = run(2999.0, 3000.5, 100.0)
    runs[("c", 0, 0)] = run(2999.0, 2999.0)  # the run ends before 2020: not scored
    found = scores(tmp_path, runs)
    assert found.loc[("B15", "a"), "met"] == 1.0
    assert found.loc[("B15", "b"), "met"] == 0.0
    assert found.loc[("B15", "b"), "value"] == 3000.5  # the worst year
    assert found.loc[("B15", "c"), "runs"] == 0
    assert np.isnan(found.loc[("B15", "c"), "met"])


def test_a_ratio_sums_its_years_and_no_exits_are_no_wrong_exits(tmp_path):
    rows = []
    for county, wrong in ((620421, 1.0), (620422, 0.0)):
        for year in (2018, 2019, 2020):
            total = 60.0 if county == 620421 else 0.0
            rows.append((county, year, 0, "exits", "", total))
            rows.append((county, year, 0, "false_exits", "", wrong))
            rows.append((0, year, 0, "exits", "", total))
            rows.append((0, year, 0, "false_exits", "", wrong))
    found = scores(tmp_path, {("plan", 0, 0): rows}).loc[("R2", "plan")]
    assert found["met"] == 1.0  # 3 of 180 in one county, 0 of 0 in the other
    assert found["counties"] == 1.0


def test_a_share_that_misses_one_by_rounding_meets_it(tmp_path):
    rows = [(0, 2017, 0, "family_doctor", "", 1.0 - 1e-12)]
    assert scores(tmp_path, {("plan", 0, 0): rows}).loc[("B13", "plan"), "met"] == 1.0
    rows = [(0, 2017, 0, "family_doctor", "", 0.9999)]
    (tmp_path / "y").mkdir()
    assert scores(tmp_path / "y", {("plan", 0, 0): rows}).loc[("B13", "plan"), "met"] == 0.0


def test_a_shortfall_is_a_share_of_the_threshold_and_only_of_what_lacks(tmp_path):
    runs = {
        ("plan", 0, r): [(0, 2018, 0, "fibre_deep", "", value)]
        for r, value in enumerate((1.0, 0.9, 0.8, 1.0))
    }
    found = scores(tmp_path, runs, replicates=4).loc[("B33", "plan")]
    assert found["shortfall"] == pytest.approx((0.1 + 0.2) / 4)
    assert found["low"] < found["value"] < found["high"] <= 1.0
    assert found["binding"] == ()


def test_a_target_of_parts_is_met_if_all_its_parts_are(tmp_path):
    def run(broadband, stations):
        return [
            (0, 2020, 0, "broadband_poor", "", broadband),
            (0, 2020, 0, "station_poor", "", stations),
            (0, 2020, 12, "poor_registered", "", 0.0),
        ]

    store = open_store(
        by_hand(tmp_path / "x", {("plan", 0, 0): run(1.0, 0.7), ("plan", 0, 1): run(1.0, 0.9)},
                replicates=2)
    )  # fmt: skip
    (found,) = joint(store).itertuples(index=False)
    assert found.targets == 2 and found.met == 1.5 and found.all == 0.5
    text = scoreboard(store)
    assert "B32b" in text and "50 % of runs meet all" in text
    assert "not covered" in text
    assert "信息" in scoreboard(store, "zh")


def test_scores_of_every_county(tmp_path):
    rows = [(code, 2020, 0, "tap_coverage", "", value)
            for code, value in ((0, 0.7), (620421, 0.9), (620422, 0.5))]  # fmt: skip
    table = by_county(open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows})))
    found = table[table.target == "B29"].set_index("county")
    assert list(found["met"]) == [1.0, 0.0]
    assert found.loc[620422, "value"] == 0.5


def test_the_store_of_all_scenarios(store):
    found = score(store).set_index(["target", "scenario"])
    assert found.loc[("B01", "plan"), "met"] == 1.0
    assert found.loc[("B01", "harsh-shocks"), "runs"] == 4
    assert found.loc[("B09", "plan"), "counties"] == pytest.approx(1.0)
