"""The folder of a calibration, as its page reads it.

Only ``fit.json`` and ``labels.json`` must be there: a calibration that was stopped half way has a
page too, and what lacks is said on it.

    fit.json               what was asked: targets, population, scenario, seed, sizes, fitted ...
    result.json            how it went: stop, notes, simulations, failed, failures, stages ...
    labels.json            what parameters and targets are called, priors, observed values, errors
    screening.parquet      a row a parameter: mu_star, sigma, noise, above_noise, chosen, why ...
    table.parquet          simulations at prior draws: number, value:KEY, stat:KEY
    sobol.parquet          statistic, parameter, first, total, r2, unexplained ...
    posterior/             posterior.parquet (draw, weight, a column a parameter), manifest.json
    generations.parquet    a row a generation: epsilon, simulations, accepted, failed, rate, size
    predictive.parquet     the posterior simulated again: number and a column a statistic, or
                           long: kind ("prior", "posterior"), target, value
    identifiability.csv    a row a parameter: verdict, spread_left, intervals, text, text_zh ...
    structures.csv         structure, probability, evidence, recognised ...
    selftest/              ranks.parquet, coverage.csv, verdicts.csv; also with "sequential-" before
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from results.store import StoreError

__all__ = ["Fit", "open_fit"]

SELFTESTS = ("", "sequential-")


@dataclass(frozen=True)
class Fit:
    """A calibration folder. Frames are None where their file is not there."""

    folder: Path
    asked: dict[str, Any]
    labels: dict[str, Any]
    manifest: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.resolve().name

    @property
    def went(self) -> dict[str, Any]:
        """How it went: stop, by_clock, notes, simulations, failed, failures, stages, left_out,
        effective_draws. From result.json, else from what the posterior's manifest says."""
        if self.result:
            return self.result
        engine = dict(self.manifest.get("engine") or {})
        if not engine:
            return {}
        done = float(engine.get("table", 0)) + float(engine.get("simulations", 0))
        return engine | {
            "stop": engine.get("reason"), "simulations": done,
            "effective_draws": engine.get("effective"), "left_out": self.manifest.get("left_out"),
        }  # fmt: skip

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Words, unit and prior of each uncertain parameter by key."""
        return dict(self.labels["parameters"])

    @property
    def targets(self) -> dict[str, dict[str, Any]]:
        """Words, unit, value and error of each target by key."""
        return dict(self.labels["targets"])

    @property
    def fitted(self) -> list[str]:
        """Keys of the fitted parameters, in their order; empty before they were chosen."""
        return list(self.manifest.get("fitted") or self.asked.get("fitted") or [])

    @property
    def by_screening(self) -> bool:
        """Whether the fitted parameters were chosen by screening."""
        return str(self.asked.get("fitted_by")) == "screening" or self.screening is not None

    @cached_property
    def screening(self) -> pd.DataFrame | None:
        """Result of the screening and the choice made after it."""
        return self._frame("screening.parquet")

    @cached_property
    def sobol(self) -> pd.DataFrame | None:
        """Sobol indices."""
        return self._frame("sobol.parquet")

    @cached_property
    def generations(self) -> pd.DataFrame | None:
        """A row a generation: generation, epsilon, simulations, accepted, failed, rate, size."""
        held = self._frame("generations.parquet")
        listed = (self.manifest.get("engine") or {}).get("generations")
        return held if held is not None else pd.DataFrame(listed) if listed else None

    @cached_property
    def posterior(self) -> pd.DataFrame | None:
        """Posterior draws: weight and a column a parameter, in its own unit."""
        return self._frame("posterior/posterior.parquet")

    @cached_property
    def table(self) -> pd.DataFrame | None:
        """The reference table; see the module."""
        return self._frame("table.parquet")

    @cached_property
    def predictive(self) -> pd.DataFrame | None:
        """Statistics of the posterior simulated again."""
        return self._frame("predictive.parquet")

    @cached_property
    def identifiability(self) -> pd.DataFrame | None:
        """What the data say about each parameter."""
        return self._frame("identifiability.csv")

    @cached_property
    def structures(self) -> pd.DataFrame | None:
        """Structural choices compared."""
        return self._frame("structures.csv")

    def selftest(self, kind: str = "") -> dict[str, pd.DataFrame] | None:
        """ranks, coverage and verdicts of a self-test ("" or "sequential-"), if it was made."""
        names = ("ranks.parquet", "coverage.csv", "verdicts.csv")
        found = {n.split(".")[0]: self._frame(f"selftest/{kind}{n}") for n in names}
        held = {name: frame for name, frame in found.items() if frame is not None}
        return held if len(held) == len(names) else None

    def posterior_u(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Posterior draws of a fitted parameter as prior quantiles (0 to 1), and their weights."""
        assert self.posterior is not None
        values = self.posterior[key].to_numpy(float)
        weights = self.posterior["weight"].to_numpy(float)
        return np.interp(values, self.quantiles(key), self.places(key)), weights / weights.sum()

    def quantiles(self, key: str) -> np.ndarray:
        """Values of a fitted parameter at the prior quantiles `places`."""
        return np.array(self.parameters[key]["quantiles"], dtype=float)

    def places(self, key: str) -> np.ndarray:
        """Where between 0 and 1 the prior's quantiles are given."""
        return np.linspace(0.0, 1.0, len(self.parameters[key]["quantiles"]))

    def at(self, key: str, u: np.ndarray) -> np.ndarray:
        """Values of a fitted parameter at prior quantiles u."""
        return np.interp(u, self.places(key), self.quantiles(key))

    def prior_predictive(self, key: str) -> np.ndarray:
        """What simulations at prior draws give for a target; empty if there are none."""
        return self._statistic("prior", key)

    def posterior_predictive(self, key: str) -> np.ndarray:
        """What simulations at posterior draws give for a target; empty if there are none."""
        return self._statistic("posterior", key)

    def _statistic(self, kind: str, key: str) -> np.ndarray:
        again = self.predictive
        if again is not None and "target" in again:
            own = again[(again["kind"] == kind) & (again["target"] == key)]
            values = own["value"].to_numpy(float)
        else:
            frame = again if kind == "posterior" else self.table
            column = key if kind == "posterior" else f"stat:{key}"
            if frame is None or column not in frame:
                return np.empty(0)
            values = frame[column].to_numpy(float)
        return values[np.isfinite(values)]

    def _frame(self, name: str) -> pd.DataFrame | None:
        path = self.folder / name
        if not path.exists():
            return None
        try:
            return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read ({error}). Calibrate again.") from error


def open_fit(folder: str | Path) -> Fit:
    """Open a calibration folder; `StoreError` if it is none."""
    place = Path(folder)
    found = {}
    for name in ("fit.json", "labels.json"):
        path = place / name
        if not path.exists():
            raise StoreError(
                f"{path} is not there, so {place} is no folder of a calibration, or the "
                f"calibration has not come far enough. Run: fanpin calibrate ... --out {place}"
            )
        found[name] = _json(path)
    for name in ("posterior/manifest.json", "result.json"):
        found[name] = _json(place / name) if (place / name).exists() else {}
    return Fit(
        place, found["fit.json"], found["labels.json"], found["posterior/manifest.json"],
        found["result.json"],
    )  # fmt: skip


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}). Calibrate again.") from error
    if not isinstance(read, dict):
        raise StoreError(f"{path} holds no object. Calibrate again.")
    return read
