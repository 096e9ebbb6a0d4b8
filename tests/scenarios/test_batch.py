"""Batches: resumed, spread over workers and clusters, killed, refused, and never half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import psutil
import pytest

from calibration import population as _population
from scenarios.batch import Batch, run_batch
from scenarios.library import load_parameters
from scenarios.scenario import load_scenario
from scenarios.store import RunStore, StoreError
from sim.calendar import month_index
from tests.conftest import COUNTIES, SAMPLE

UNTIL = month_index("2018-01")
ROOT = Path(__file__).parents[2]


def load(code: int = COUNTIES[0]):
    return _population.build(SAMPLE, counties=[code])


def batch(*names: str, **more) -> Batch:
    table = load_parameters()
    more.setdefault("until", UNTIL)
    return Batch(
        scenarios=[load_scenario(name, table) for name in names or ("no-plan", "plan")],
        load=partial(load, COUNTIES[0]),
        population={"digest": "test", "sample": SAMPLE},
        table=table, **more,
    )  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").glob("*.parquet"))}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    result = run_batch(batch(replicates=2), folder)
    assert (result.done, result.there, result.failed) == (4, 0, [])
    return folder


def test_one_line_of_pandas_reads_it(plain):
    table = pd.read_parquet(plain / "runs")
    assert set(table.scenario) == {"no-plan", "plan"}
    assert len(table.groupby(["scenario", "draw", "replicate"], observed=True)) == 4


def test_workers_change_no_bit(plain, tmp_path):
    run_batch(batch(replicates=2), tmp_path, jobs=2)
    assert files(tmp_path) == files(plain)


def test_a_finished_batch_runs_nothing_again(plain):
    before = {p: p.stat().st_mtime_ns for p in (plain / "runs").iterdir()}
    result = run_batch(batch(replicates=2), plain)
    assert (result.done, result.there) == (0, 4)
    assert before == {p: p.stat().st_mtime_ns for p in (plain / "runs").iterdir()}


def test_replicate_k_does_not_depend_on_how_many_were_asked_for(plain, tmp_path):
    run_batch(batch(replicates=1), tmp_path)
    some, all_ = files(tmp_path), files(plain)
    assert len(some) == 2 and all(all_[name] == content for name, content in some.items())


def test_draws_are_the_same_for_every_scenario_and_any_number(tmp_path):
    two, three = batch(draws=2), batch(draws=3)
    assert two.values() == three.values()[:3]
    run_batch(two, tmp_path)
    values = {}
    for path in (tmp_path / "manifests").glob("*.json"):
        run = json.loads(path.read_text())
        values.setdefault(run["draw"], []).append(run["values"])
    assert set(values) == {1, 2}
    for draw in values.values():
        assert len(draw) == 2 and draw[0] == draw[1]


def test_a_dask_cluster_finds_the_same_bits(plain, tmp_path):
    from dask.distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        run_batch(batch(replicates=2), tmp_path, cluster=cluster.scheduler_address)
    assert files(tmp_path) == files(plain)


def test_a_run_that_fails_is_kept_and_stops_no_other(tmp_path, monkeypatch):
    made = batch()
    bad = made.scenarios[1]
    from scenarios import run as run_module

    inner = run_module.Past.branch

    def branch(self, scenario, until):
        if scenario.name == bad.name:
            raise ZeroDivisionError("made to fail")
        return inner(self, scenario, until)

    monkeypatch.setattr(run_module.Past, "branch", branch)
    result = run_batch(made, tmp_path)
    assert result.done == 1 and len(result.failed) == 1
    (kept,) = (tmp_path / "failed").glob("*.json")
    assert "made to fail" in json.loads(kept.read_text())["traceback"]
    monkeypatch.undo()
    assert run_batch(made, tmp_path).done == 1, "the failed run is tried again"
    assert not list((tmp_path / "failed").glob("*.json"))


def test_two_batches_in_one_folder_are_refused(tmp_path):
    with RunStore(tmp_path).lock(), pytest.raises(StoreError, match="another batch"):
        run_batch(batch(), tmp_path)


def test_an_unwritable_folder_is_a_clear_error():
    with pytest.raises(StoreError, match=r"--out"):
        run_batch(batch(), "/proc/fanpin-can-not-write-here")


def test_a_full_disk_is_a_clear_error_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    import errno

    import pyarrow.parquet as pq

    def full(table, path, **more):
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(StoreError, match="disk is full"):
        run_batch(batch("plan"), tmp_path)
    assert not list((tmp_path / "runs").iterdir())


def test_kill_9_loses_one_run_at_most_and_leaves_no_worker(tmp_path):
    """The parent is killed in the middle; the workers end, and the batch goes on where it was."""
    code = (
        "from tests.scenarios.test_batch import batch; from scenarios.batch import run_batch\n"
        f"run_batch(batch(replicates=6), {str(tmp_path)!r}, jobs=2)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("manifests/*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
        assert parent.poll() is None or list(tmp_path.glob("manifests/*.json"))
    children = psutil.Process(parent.pid).children(recursive=True) if parent.poll() is None else []
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    _gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive, f"left behind: {alive}"
    there = len(list(tmp_path.glob("manifests/*.json")))
    assert there >= 2
    result = run_batch(batch(replicates=6), tmp_path)
    assert result.there >= there and result.there + result.done == 12
    assert not list(tmp_path.rglob(".part-*"))
