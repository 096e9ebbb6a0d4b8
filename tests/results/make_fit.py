"""A calibration folder made from a linear model with real names, by the real stages' functions."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.special import ndtr

from calibration.fit.emulator import sobol
from calibration.fit.identify import identifiability
from calibration.fit.labels import statistic_names, write_labels
from calibration.fit.screening import screen
from calibration.fit.selftest import judge
from calibration.fit.targets import Target, Targets
from scenarios import load_parameters
from tests.calibration.fit.toy import Outcome, as_z

# statistic: value, error, effect in errors of one prior sd of each parameter
KEYS = ("work.migrant_wage", "work.go", "visits.detect_gap", "illness.admission_rate",
        "yearly_round.plan_share", "farming.crop_income", "ceremonies.gift_share")  # fmt: skip
MADE = {
    "registered_rate:2017:all": (0.125, 0.006, (-0.8, -0.3, 0.2, 0.3, -0.5, -0.6, 0.0)),
    "registered_rate:2018:deep": (0.104, 0.008, (-0.8, -0.4, 0.3, 0.4, -1.8, -0.6, 0.0)),
    "exits_share:2018:all": (0.38, 0.03, (0.2, 0.1, 0.0, 0.0, 2.6, 0.2, 0.0)),
    "relapse_share:2018:all": (0.0019, 0.0004, (-0.2, 0.0, 1.5, 1.4, 0.0, -0.1, 0.0)),
    "cause_stock_illness:2018:all": (0.41, 0.03, (0.0, 0.0, 0.2, 0.5, 0.0, 0.0, 0.0)),
    "income_wage:2018:all": (2535.0, 110.0, (2.4, 1.3, 0.0, -0.1, 0.0, 0.0, 0.0)),
    "income_business:2018:all": (3824.0, 160.0, (-0.2, -0.5, 0.0, -0.2, 0.0, 2.2, 0.0)),
    "migrant_share:2018:all": (0.27, 0.02, (0.5, 1.9, 0.0, 0.0, 0.0, -0.2, 0.0)),
    "oop_share:2018:all": (0.32, 0.03, (0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0)),
    "gini:2018:all": (0.38, 0.015, (0.3, 0.2, 0.0, 0.1, 0.0, -0.3, 0.1)),
    "figure:new_2018": (100000.0, 20000.0, (0.0, 0.0, 0.1, 0.2, 0.0, 0.0, 0.0)),
}  # fmt: skip
TARGETS = Targets(tuple(Target(k, v, e, "made up") for k, (v, e, _) in MADE.items()))
EFFECTS = np.array([row[2] for row in MADE.values()])
TRUTH = np.array([0.6, -0.4, 0.9, 0.2, -0.7, 0.5, 0.0])


def _statistics(z, rng):
    """Simulated statistics [n, targets] at z [n, k]: the truth gives what was observed."""
    moved = (z - TRUTH) @ EFFECTS.T + 0.4 * rng.normal(size=(len(z), len(MADE)))
    return pd.DataFrame(TARGETS.observed + TARGETS.error * moved, columns=list(MADE))


def _run(simulator, jobs, cache, **how):
    for number, values, seed in jobs:
        z = np.array([[as_z(simulator, key, values[key]) for key in KEYS]])
        stats = _statistics(z, np.random.default_rng(seed)).iloc[0].to_dict()
        yield Outcome(number, None if number == 40 else stats)


def _posterior_z(draws, rng):
    """Exact posterior of the linear model, variance 1 + 0.4^2 an error."""
    precision = np.eye(len(KEYS)) + EFFECTS.T @ EFFECTS / 1.16
    covariance = np.linalg.inv(precision)
    mean = covariance @ EFFECTS.T @ (EFFECTS @ TRUTH) / 1.16
    return rng.multivariate_normal(mean, covariance, size=draws)


def make_fit(folder: Path, *, whole: bool = True, screened: bool = True) -> Path:
    """A folder of a calibration; ``whole`` False: as it is before the generations."""
    rng = np.random.default_rng(7)
    table = load_parameters()
    folder.mkdir(parents=True, exist_ok=True)
    asked = {
        "targets": ["published", "county.xlsx"], "scenario": "plan", "seed": 1, "most": 12,
        "fitted": list(KEYS), "fitted_by": "screening" if screened else "user",
        "command": "fanpin calibrate --targets published county.xlsx --out fits/toy",
        "simulations": 400, "population_size": 200,
        "generations": 6, "model": "c0de", "population": {"sample": 0.01, "persons": 98765},
    }  # fmt: skip
    (folder / "fit.json").write_text(json.dumps(asked))
    choice = None
    if screened:
        near = SimpleNamespace(uncertain=lambda: [s for s in table.uncertain() if s.group in NEAR])
        found = screen(table, TARGETS, near, seed=1, trajectories=(2, 2), seeds=4, run=_run)
        choice = found.choose(len(KEYS)).frame
        choice.to_parquet(folder / "screening.parquet")
    write_labels(folder, table, TARGETS, KEYS)
    z = rng.normal(size=(400, len(KEYS)))
    stats = _statistics(z, rng)
    reference = SimpleNamespace(fitted=list(KEYS), z=z, stats=stats)
    stats.add_prefix("stat:").assign(number=range(400)).to_parquet(folder / "table.parquet")
    indices = sobol(reference, list(MADE), points=64, gp=False)
    indices.to_parquet(folder / "sobol.parquet")
    if whole:
        _finish(folder, table, choice, indices, rng)
    return folder


NEAR = ("work", "visits", "illness", "yearly_round", "farming", "ceremonies", "living")


def _finish(folder, table, choice, indices, rng):
    z = _posterior_z(300, rng)
    weights = rng.gamma(4.0, size=300)
    values = {
        key: [table[key].distribution.quantile(u) for u in ndtr(z[:, k])]
        for k, key in enumerate(KEYS)
    }
    (folder / "posterior").mkdir(exist_ok=True)
    frame = pd.DataFrame({"draw": range(300), "weight": weights / weights.sum(), **values})
    frame.to_parquet(folder / "posterior" / "posterior.parquet")
    pd.DataFrame(
        [{"generation": g, "epsilon": 3.0 * 0.7**g, "simulations": 400 + 150 * g, "accepted": 200,
          "failed": g, "rate": 200 / (400 + 150 * g), "size": 180.0 - 10 * g} for g in range(5)]
    ).to_parquet(folder / "generations.parquet")  # fmt: skip
    manifest = {"created": "2020-01-01T00:00:00+00:00", "code": "c0de", "fitted": list(KEYS)}
    (folder / "posterior" / "manifest.json").write_text(json.dumps(manifest))
    result = {
        "stop": "acceptance rate 0.018 is below 0.02", "by_clock": False, "seconds": 1800.0,
        "notes": ["3 simulations of the reference table failed: the prior is smaller"],
        "simulations": 2900, "failed": 4, "effective_draws": 231.4,
        "failures": [{"error": "Traceback ...\nZeroDivisionError: division by zero", "count": 4}],
        "left_out": [["registered_rate:2021:all", "only 0% of the runs of plan have a number"]],
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result))
    again = _statistics(z[:100], rng).assign(number=range(100))
    again.to_parquet(folder / "predictive.parquet")
    made = identifiability(
        pd.DataFrame(z, columns=list(KEYS)), weights, table, choice=choice, sobol=indices,
        names=statistic_names(MADE),
    )  # fmt: skip
    made.to_csv(folder / "identifiability.csv", index=False, float_format="%.6g")
    pd.DataFrame(
        {"structure": ["yearly_round.quota=data", "yearly_round.quota=free"],
         "probability": [0.82, 0.18], "log_bayes_factor": [0.0, 1.52],
         "evidence": ["the most probable", "some against it"], "recognised": [0.91, 0.84],
         "simulations": 400}
    ).to_csv(folder / "structures.csv", index=False)  # fmt: skip
    # ranks of a perfect method, but for one parameter with intervals too narrow
    truth = rng.normal(size=(200, len(KEYS)))
    scale = np.where(np.arange(len(KEYS)) == 6, 0.6, 1.0)
    fits = [
        SimpleNamespace(z=0.5 * scale * rng.normal(size=(200, len(KEYS))) + t + 0.5 * e,
                        weights=np.full(200, 1 / 200))
        for t, e in zip(truth, rng.normal(size=truth.shape), strict=True)
    ]  # fmt: skip
    judge(KEYS, truth, fits).write(folder / "selftest")
    judge(KEYS, truth[:20], fits[:20]).write(folder / "selftest", "sequential")
