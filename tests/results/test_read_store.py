"""Opening and reading stores: what is there, what is not, and errors that say the way out."""

import json
import re
import shutil

import pandas as pd
import pytest

from results.store import StoreError, open_store
from tests.results.conftest import LOST, by_hand
from tests.results.make_store import make_store


def test_a_whole_batch_is_one_line_of_pandas(folder):
    table = pd.read_parquet(folder / "runs")
    assert {"county", "year", "month", "indicator", "group", "value"} < set(table.columns)
    assert table["scenario"].nunique() == 8


def test_rows_are_filtered(store):
    rows = store.frame("exits", scenario="plan", year=2019)
    assert len(rows) == 5
    assert set(rows["county"]) == {0}
    each = store.frame("exits", scenario="plan", year=2019, county="each")
    assert len(each) == 20
    per_run = each.groupby("draw")["value"].sum()
    assert per_run.to_numpy() == pytest.approx(rows.set_index("draw")["value"].to_numpy())
    one = store.frame(["exits", "new_poor"], county=[620421], month=0, scenario=["plan"])
    assert set(one["county"]) == {620421}
    assert store.frame("no such thing").empty


def test_what_is_missing_is_known_with_its_reason(store):
    lost = store.missing()
    assert lost[["scenario", "draw", "replicate"]].to_numpy().tolist() == [list(LOST)]
    assert "ValueError: made to fail" in lost["reason"].iloc[0]
    counts = store.counts()
    assert counts.loc["harsh-shocks"].tolist() == [5, 4, 1]
    assert counts["missing"].sum() == 1


def test_a_scenario_without_any_run_is_still_a_scenario(tmp_path):
    lost = [("withdrawal", d, 0) for d in (1, 2)]
    names = ["no-plan", "plan", "withdrawal"]
    store = open_store(
        make_store(tmp_path / "x", scenarios=names, draws=2, missing=lost, n_counties=1)
    )
    assert list(store.scenarios) == names
    assert store.counts().loc["withdrawal"].tolist() == [2, 0, 2]
    assert store.last_common_year == 2020


def test_runs_asked_for_are_known_without_a_list(tmp_path):
    rows = [(0, 2018, 12, "poor_true", "", 1.0)]
    drawn = by_hand(tmp_path / "drawn", {("a", 1, 0): rows, ("b", 2, 0): rows}, draws=2)
    assert len(open_store(drawn).missing()) == 2
    plain = by_hand(tmp_path / "plain", {("a", 0, 0): rows, ("a", 0, 1): rows}, replicates=2)
    assert open_store(plain).missing().empty


def test_a_run_that_is_half_written_is_not_there(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "manifests" / "plan-001-000.json").unlink()
    lost = open_store(copy).missing()
    assert ("plan", 1, 0, "not run") in set(lost.itertuples(index=False, name=None))


def test_manifests_beside_the_runs_are_read_too(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    for path in (copy / "manifests").iterdir():
        path.rename(copy / "runs" / path.name)
    assert len(open_store(copy).runs) == 39


def test_the_common_horizon_is_that_of_the_shortest_run(store):
    assert store.last_common_year == 2020
    assert store.last_months["withdrawal"] == 2025 * 12 + 11
    assert store.household_size() == pytest.approx(4.2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such folder"),
        (lambda path: path.mkdir(), "no batch.json"),
        (
            lambda path: make_store(path, scenarios=["plan"], draws=1, missing=[("plan", 1, 0)]),
            "no finished run in this store; 1 failed, see",
        ),
    ],
)
def test_errors_say_what_is_wrong(tmp_path, make, message):
    path = tmp_path / "store"
    make(path)
    with pytest.raises(StoreError, match=re.escape(message)):
        open_store(path)


def test_broken_manifests_name_the_file(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "batch.json").write_text("{")
    with pytest.raises(StoreError, match=r"batch\.json: cannot be read as JSON"):
        open_store(copy)


def test_two_versions_of_the_model_are_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    path = copy / "manifests" / "plan-003-000.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "code": "0ther"}))
    with pytest.raises(StoreError, match="2 versions of the model"):
        open_store(copy)
    assert len(open_store(copy, allow_mixed=True).runs) == 39


def test_an_unknown_scenario_is_an_error_that_lists_the_others(store):
    with pytest.raises(StoreError, match=r"no scenario 'plann'.*without-medical"):
        store.check_scenario("plann")
