"""Simulations are kept: none is done twice, whoever died meanwhile and however many worked."""

import math
import signal
import subprocess
import sys
import time

import pytest

from calibration.fit.cache import Cache, CacheError, run_many
from tests.calibration.fit.slow import Slow, jobs

KILLED = """
import sys
from pathlib import Path
from calibration.fit.cache import Cache, run_many
from tests.calibration.fit.slow import Slow, jobs
folder = Path(sys.argv[1])
toy = Slow(folder / "log", seconds=0.05, fails=(3.0,))
for outcome in run_many(toy, jobs(40), Cache(folder / "kept.sqlite"), workers=int(sys.argv[2])):
    pass
"""


def same(first, second):
    """Whether two lists of outcomes are the same, NaN for NaN, the time they took apart."""
    return [repr((o.number, o.stats, o.error)) for o in first] == [
        repr((o.number, o.stats, o.error)) for o in second
    ]


def test_outcomes_come_in_order_and_are_kept(tmp_path):
    toy = Slow(tmp_path / "log")
    with Cache(tmp_path / "kept.sqlite") as cache:
        first = list(run_many(toy, jobs(5), cache))
        assert [o.number for o in first] == [0, 1, 2, 3, 4]
        assert first[2].stats["sum"] == 2.0 + 1.0 / 3.0
        assert math.isnan(first[2].stats["gap"])
    with Cache(tmp_path / "kept.sqlite") as cache:
        assert same(run_many(toy, jobs(7), cache), run_many(toy, jobs(7), None))
        assert len(cache) == 7
    assert len(toy.lines()) == 5 + 2 + 7


def test_what_determines_a_simulation_is_its_key(tmp_path):
    cache = Cache()
    toy = Slow(tmp_path / "log")
    job = (0, {"a": 1.0, "b": 1.0}, 1)
    for one in (job, (9, {"b": 1.0, "a": 1}, 1)):  # another number, another order, a whole number
        list(run_many(toy, [one], cache))
    assert len(toy.lines()) == 1
    for one in ((0, {"a": 1.5, "b": 1.0}, 1), (0, {"a": 1.0, "b": 1.0}, 2)):
        list(run_many(toy, [one], cache))
    list(run_many(Slow(tmp_path / "log", name="other"), [job], cache))
    assert len(toy.lines()) == 4


def test_twice_the_same_job_is_simulated_once(tmp_path):
    toy = Slow(tmp_path / "log")
    found = list(run_many(toy, [jobs(1)[0], (1, *jobs(1)[0][1:])]))
    assert [o.number for o in found] == [0, 1]
    assert found[0].stats["sum"] == found[1].stats["sum"]
    assert len(toy.lines()) == 1


def test_failures_are_outcomes_and_are_kept(tmp_path):
    toy = Slow(tmp_path / "log", fails=(1.0,))
    cache = Cache()
    told = []
    found = list(run_many(toy, jobs(3), cache, progress=told.append))
    assert [o.stats is None for o in found] == [False, True, False]
    assert found[1].error == "RuntimeError: no world with a = 1"
    assert told == found
    assert same(run_many(toy, jobs(3), cache), found)
    assert len(toy.lines()) == 3


def test_lack_of_memory_is_no_outcome(tmp_path):
    class Hungry(Slow):
        def simulate(self, values, seed):
            raise MemoryError

    cache = Cache()
    with pytest.raises(MemoryError):
        list(run_many(Hungry(tmp_path / "log"), jobs(2), cache))
    assert len(cache) == 0


def test_workers_change_nothing(tmp_path):
    one = Slow(tmp_path / "one", fails=(4.0,))
    two = Slow(tmp_path / "two", fails=(4.0,))
    assert same(run_many(one, jobs(12)), run_many(two, jobs(12), workers=2))
    assert sorted(two.lines()) == sorted(one.lines())


def test_a_reader_who_stops_early_keeps_what_was_done(tmp_path):
    toy = Slow(tmp_path / "log")
    cache = Cache()
    outcomes = run_many(toy, jobs(10), cache)
    for _ in range(4):
        next(outcomes)
    outcomes.close()
    assert len(cache) == 4


@pytest.mark.parametrize("workers", [1, 2])
def test_kill_9_loses_nothing_that_was_kept(tmp_path, workers):
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(workers)]
    process = subprocess.Popen(command)
    toy = Slow(tmp_path / "log", fails=(3.0,))
    until = time.monotonic() + 60
    while len(toy.lines()) < 10 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(1.5)  # its workers see that it is gone and end
    began = toy.lines()
    assert 10 <= len(began) < 40
    with Cache(tmp_path / "kept.sqlite") as cache:
        kept = len(cache)
        assert kept >= len(began) - 2 * workers - 2  # what was being computed
        found = list(run_many(toy, jobs(40), cache))
    assert len(toy.lines()) == len(began) + 40 - kept
    assert same(found, run_many(Slow(tmp_path / "other", fails=(3.0,)), jobs(40)))


def test_a_file_that_is_none_is_told(tmp_path):
    path = tmp_path / "kept.sqlite"
    path.write_text("this is a letter, and a rather long one at that" * 40)
    with pytest.raises(CacheError, match=r"kept\.sqlite.*delete the file"):
        Cache(path)


def test_a_dask_cluster_finds_the_same(tmp_path):
    from dask.distributed import LocalCluster

    toy = Slow(tmp_path / "log", fails=(4.0,))
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = list(run_many(toy, jobs(6), cluster=cluster.scheduler_address))
    assert same(found, run_many(toy, jobs(6)))


def test_no_scheduler_is_told(tmp_path):
    with pytest.raises(CacheError, match="no dask scheduler"):
        list(run_many(Slow(tmp_path / "log"), jobs(2), cluster="nowhere"))
