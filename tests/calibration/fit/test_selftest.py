"""The self-test passes a method that is right, and fails ones that are wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from calibration.fit.adjust import adjust
from calibration.fit.draws import FitError
from calibration.fit.engine import StopRules
from calibration.fit.selftest import judge, sbc, sequential_selftest
from tests.calibration.fit.known_toys import Toy, at_once, targets, toy_table

TARGETS = targets(np.zeros(5))


table_of = cache(toy_table)


@pytest.mark.parametrize("bend", [0.0, 1.0])
def test_two_hundred_data_sets_are_calibrated(bend):
    found = sbc(table_of(1000, bend=bend), TARGETS, 200)
    assert found.passed and found.coverage["inside"].all()
    assert (found.verdicts["narrowed"] < 0.45).all()  # and it has learned something
    assert len(found.ranks) == 400 and found.ranks["rank"].between(0, 99).all()


def test_the_whole_sequential_fit_is_calibrated():
    found = sequential_selftest(
        Toy(bend=0.3), TARGETS, table_of(250, bend=0.3), seed=5, n_data=20, population=40,
        stop=StopRules(1, noise_floor=False), run=at_once,
    )  # fmt: skip
    assert found.passed
    assert (found.coverage["datasets"] == 20).all()


def gaussian(width=1.0, shift=0.0, n=300):
    """Fits [n] whose posterior is N(truth + N(0, 1), width) in each of two parameters."""
    chance = np.random.default_rng(2)
    truth = chance.standard_normal((n, 2)) * 10
    seen = truth + chance.standard_normal((n, 2)) + shift
    z = seen[:, None, :] + width * chance.standard_normal((n, 400, 2))
    empty = adjust(z[0], np.ones(400), z[0], seen[0])
    return truth, [replace(empty, z=one, weights=np.full(400, 1 / 400)) for one in z]


@pytest.mark.parametrize(
    ("width", "shift", "verdict"),
    [(1.0, 0.0, "calibrated"), (0.7, 0.0, "too narrow"), (1.5, 0.0, "too wide"),
     (1.0, 0.4, "shifted")],
)  # fmt: skip
def test_verdicts(width, shift, verdict):
    found = judge(["a", "b"], *gaussian(width, shift))
    assert list(found.verdicts["verdict"]) == [verdict] * 2
    assert found.passed == (verdict == "calibrated")


def test_bands_hold_what_they_say():
    coverage = judge(["a", "b"], *gaussian(n=200)).coverage
    nine = coverage[coverage["level"] == 0.9].iloc[0]
    assert (nine["low"], nine["high"]) == (0.84, 0.95)  # binomial, 99 %, n = 200
    assert nine["low_all"] < nine["low"] and nine["high_all"] > nine["high"]


def test_failing_truths_are_replaced():
    table = toy_table(200, faulty=True)
    found = sequential_selftest(Toy(faulty=True), TARGETS, table, seed=1, n_data=6, population=40,
                                stop=StopRules(0), run=at_once)  # fmt: skip
    assert found.ranks["dataset"].nunique() == 6


def test_files(tmp_path):
    found = sbc(table_of(1000), TARGETS, 40)
    found.write(tmp_path)
    found.write(tmp_path, "sequential")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "coverage.csv", "ranks.parquet", "sequential-coverage.csv", "sequential-ranks.parquet",
        "sequential-verdicts.csv", "verdicts.csv",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "ranks.parquet"), found.ranks)


def test_the_same_twice():
    one, two = sbc(table_of(1000), TARGETS, 40), sbc(table_of(1000), TARGETS, 40)
    pd.testing.assert_frame_equal(one.ranks, two.ranks, check_exact=True)


def test_too_few_rows():
    with pytest.raises(FitError, match="20 to 500 data sets, not 600"):
        sbc(table_of(1000), TARGETS, 600)


class Patchy(Toy):
    """Runs of odd seeds have no number for the last statistic."""

    def simulate(self, values, seed):
        found = super().simulate(values, seed)
        if seed % 2:
            found[list(TARGETS.keys)[-1]] = float("nan")
        return found


def test_data_may_lack_a_number():
    found = sequential_selftest(Patchy(), TARGETS, table_of(200), seed=1, n_data=6, population=40,
                                stop=StopRules(0), run=at_once)  # fmt: skip
    assert found.ranks["dataset"].nunique() == 6
    assert np.isfinite(found.ranks["sd"]).all()
