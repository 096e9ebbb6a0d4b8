"""The sequential fit against posteriors that are known, and against itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.fit.cache import Cache
from calibration.fit.draws import FitError
from calibration.fit.engine import StopRules, run_abc
from calibration.fit.table import reference_table
from calibration.fit.targets import Target, Targets
from tests.calibration.fit.known_toys import FITTED, PRIORS, Toy, at_once, exact, targets, toy_table

OBSERVED = np.array([1.2, 0.5, -0.3, 0.2, 0.8])


table_of = cache(toy_table)


def fit(toy=None, **more):
    more = {"seed": 1, "population": 40, "stop": StopRules(2, noise_floor=False), **more}
    if not more.keys() & {"cache", "workers"}:
        more["run"] = at_once
    return run_abc(toy or Toy(), targets(OBSERVED), FITTED, **more)


def same(one, two):
    pd.testing.assert_frame_equal(one.posterior, two.posterior, check_exact=True)
    pd.testing.assert_frame_equal(one.particles, two.particles, check_exact=True)
    pd.testing.assert_frame_equal(one.generations, two.generations, check_exact=True)
    assert one.reason == two.reason


def test_posterior_of_a_linear_gaussian_model():
    found = fit(population=400, table=table_of(1200), stop=StopRules(2))
    mean, covariance = exact(OBSERVED)
    sd = np.sqrt(np.diag(covariance))
    weights = found.posterior["weight"].to_numpy()
    z = found.posterior[FITTED].to_numpy()  # the priors are N(0, 1): values are z
    assert np.abs(weights @ z - mean).max() < 0.1
    assert np.sqrt(weights @ (z - weights @ z) ** 2) == pytest.approx(sd, rel=0.15)
    assert weights.sum() == pytest.approx(1)
    assert found.reason.startswith("noise floor")
    nearer = found.generations["epsilon"] / found.generations["floor"]
    assert nearer.is_monotonic_decreasing and nearer.iloc[-1] <= 1


def test_complete_draws_are_what_was_simulated():
    found = fit(table=table_of(200))
    assert list(found.draws) == list(PRIORS)
    again = {}
    for number, a, c in zip(found.particles["number"], found.draws["toy.a"],
                            found.draws["toy.c"], strict=True):  # fmt: skip
        again[number] = (a, c)
    assert found.draws["toy.a"].to_numpy() == pytest.approx(found.particles["toy.a"])
    assert len(again) == 40 and len({c for _, c in again.values()}) == 40
    assert found.posterior["toy.c"].equals(found.draws["toy.c"])  # not fitted: as drawn
    assert not found.posterior["toy.a"].equals(found.draws["toy.a"])


def test_nothing_of_the_table_is_simulated_again():
    with Cache() as kept:
        table = reference_table(Toy(), FITTED, 100, 1, cache=kept)
        assert len(kept) == 100
        found = fit(table=table, stop=StopRules(0), cache=kept)
        assert len(kept) == 100 and found.simulations == 0
        assert set(found.particles["number"]) <= set(table.numbers)
        found = fit(table=table, stop=StopRules(1, noise_floor=False), cache=kept)
        assert found.simulations <= len(kept) - 100 < 2 * found.simulations


def test_same_bits_with_one_worker_and_two():
    few = {"table": table_of(200), "stop": StopRules(1, noise_floor=False)}
    with Cache() as one, Cache() as two:
        same(fit(**few, cache=one), fit(**few, cache=two, workers=2))


def test_another_seed_gives_another_sample():
    one, two = fit(table=table_of(200)), fit(table=table_of(200), seed=2)
    assert not one.posterior.equals(two.posterior)


def test_numpys_generator_is_left_alone():
    np.random.seed(5)  # noqa: NPY002
    fit(table=table_of(200))
    after = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    assert after == np.random.random()  # noqa: NPY002


SCRIPT = """
from calibration.fit.cache import Cache
from tests.calibration.fit.test_engine import Toy, fit
with Cache({cache!r}) as kept:
    fit(Toy(pause=0.005), table=100, cache=kept, db={db!r})
"""


def test_same_bits_after_a_kill(tmp_path):
    kept, db = tmp_path / "simulations.sqlite", tmp_path / "history.db"
    script = SCRIPT.format(cache=str(kept), db=str(db))
    root = Path(__file__).parents[3]
    process = subprocess.Popen([sys.executable, "-c", script], cwd=root)
    try:
        deadline = time.monotonic() + 60
        while not _simulated(kept) > 150:  # the table's 100 and some of the first generation
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not db.exists()
    with Cache(kept) as cache:
        before = len(cache)
        found = fit(table=100, cache=cache, db=db)
        assert before < len(cache)
    same(found, fit(table=100))
    assert db.exists() and not os.path.exists(f"{db}.part")


def _simulated(path):
    if not path.exists():
        return 0
    try:
        with Cache(path) as cache:
            return len(cache)
    except ValueError:
        return 0


def test_history_is_pyabcs_own(tmp_path):
    import pyabc

    found = fit(table=table_of(200), db=tmp_path / "history.db")
    history = pyabc.History(f"sqlite:///{tmp_path / 'history.db'}", create=False)
    frame, weights = history.get_distribution()
    assert frame[FITTED].to_numpy() == pytest.approx(found.particles[FITTED].to_numpy())
    assert weights == pytest.approx(found.particles["weight"].to_numpy())
    fit(table=table_of(200), db=tmp_path / "history.db")  # replaces it


def test_failed_simulations_are_counted_and_spoil_nothing():
    table = table_of(1000, faulty=True)
    assert 100 < len(table.failed) < 300 and len(table) + len(table.failed) == 1000
    found = fit(Toy(faulty=True), population=250, table=table, stop=StopRules(1))
    mean, _ = exact(OBSERVED)
    weights, z = found.posterior["weight"].to_numpy(), found.posterior[FITTED].to_numpy()
    assert np.abs(weights @ z - mean).max() < 0.12
    assert 0 < found.failed == found.generations["failed"].sum()
    assert any("reference table failed" in note for note in found.notes)


def test_stop_rules():
    done = fit(table=table_of(200))
    assert done.reason == "all 2 generations done" and not done.by_clock
    spent = done.generations["simulations"].to_numpy()[1:]
    short = fit(
        table=table_of(200), stop=StopRules(2, noise_floor=False, simulations=spent.sum() - 1)
    )
    assert "budget" in short.reason and short.generations["generation"].max() == 1
    assert short.simulations < spent.sum()
    least = fit(table=table_of(200), stop=StopRules(2, noise_floor=False, simulations=60))
    assert "budget" in least.reason and least.simulations <= 60
    rate = fit(table=table_of(200), stop=StopRules(2, acceptance=0.9, noise_floor=False))
    assert "acceptance rate" in rate.reason and rate.generations["generation"].max() == 0
    clock = fit(table=table_of(200), stop=StopRules(2, minutes=0.0))
    assert clock.by_clock and clock.reason.startswith("time")


def test_progress_tells_how_far_it_is():
    seen = []
    found = fit(table=table_of(200), progress=seen.append)
    last = seen[-1]
    assert (last.generation, last.accepted, last.population) == (2, 40, 40)
    assert last.simulations == found.simulations
    assert last.rate == pytest.approx(found.generations["rate"].iloc[-1])


def test_a_fit_that_can_not_be_done_says_why():
    with pytest.raises(FitError, match=r"toy\.d: no uncertain parameter"):
        run_abc(Toy(), targets(OBSERVED), ["toy.d"], seed=1)
    with pytest.raises(FitError, match="fitted twice"):
        run_abc(Toy(), targets(OBSERVED), ["toy.a", "toy.a"], seed=1)
    with pytest.raises(FitError, match="population must be from"):
        fit(population=700, table=table_of(200))
    other = Targets((Target("s9::all", 0.0, 1.0),))
    with pytest.raises(FitError, match="no statistic"):
        run_abc(Toy(), other, FITTED, seed=1, population=40, table=table_of(200))


def test_data_out_of_reach_are_told():
    found = run_abc(Toy(), targets(OBSERVED + 20), FITTED, seed=1, population=40,
                    stop=StopRules(0), table=table_of(200))  # fmt: skip
    assert sum("does not reach it" in note for note in found.notes) == 5
