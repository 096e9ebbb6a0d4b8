"""What is shipped of the calibration: a posterior that can be used, and a self-test that passed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from calibration.fit.targets import read_targets
from scenarios.library import load_parameters
from scenarios.posterior import read_posterior

RESULTS = Path(__file__).parents[1] / "docs" / "self-test"


def test_the_default_posterior_has_complete_draws_inside_their_priors():
    table, posterior = load_parameters(), read_posterior("default")
    draws = posterior.draws(5, 1, table)
    assert {*draws[0]} == {spec.key for spec in table.uncertain()}
    for spec in table.uncertain():
        low, high = spec.distribution.support
        assert all(low <= draw[spec.key] <= high for draw in draws)


def test_it_was_fitted_to_the_published_targets_and_to_nothing_kept_back():
    manifest = read_posterior("default").manifest
    assert [one["key"] for one in manifest["targets"]] == list(read_targets(["published"]).keys)
    assert manifest["command"].startswith("fanpin calibrate --targets published ")
    assert manifest["fitted"]


@pytest.mark.parametrize("engine", ["published-", "counties-", "counties-sequential-"])
def test_the_self_test_that_is_shipped_passed(engine):
    coverage = pd.read_csv(RESULTS / f"{engine}coverage.csv")
    verdicts = pd.read_csv(RESULTS / f"{engine}verdicts.csv")
    assert coverage["inside_all"].all() and (verdicts["verdict"] == "calibrated").all()
    assert coverage["datasets"].min() >= (20 if "sequential" in engine else 200)
    about = json.loads((RESULTS / f"{engine.split('-')[0]}-selftest.json").read_text("utf-8"))
    assert about["command"].startswith("fanpin calibrate") and "--self-test" in about["command"]
