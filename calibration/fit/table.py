"""The reference table: simulations at draws from the priors, on which a fit learns.

Row n has candidate number n. The same table teaches the summaries, is the first generation of
the sequential fit, and is what the self-test and the comparison of structures are made from.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.draws import (
    FitError,
    Priors,
    check_fitted,
    complete_draw,
    noise,
    prior_z,
    priors_of,
    simulation_seed,
)  # fmt: skip

__all__ = ["ReferenceTable", "read_table", "reference_table"]

MOST = 1_000_000
"""Numbers below this are the table's; later generations of a fit count on from it."""


@dataclass(frozen=True)
class ReferenceTable:
    """Simulations at prior draws; failed ones are left out of the rows and counted.

    fitted: k parameter keys. z [n, k]: their draws as standard normal quantiles.
    values [n, all parameters], stats [n, statistics]: as simulated, without observation error;
    the index of both is the candidate number. failed: numbers of the failed simulations.
    """

    fitted: list[str]
    z: np.ndarray
    values: pd.DataFrame
    stats: pd.DataFrame
    failed: list[int]
    seed: int

    @property
    def numbers(self) -> np.ndarray:
        """Candidate numbers of the rows [n]."""
        return self.stats.index.to_numpy()

    def __len__(self) -> int:
        return len(self.stats)

    def observed(self, keys: Sequence[str], error: np.ndarray) -> np.ndarray:
        """The statistics `keys` as if observed [n, keys]: with their errors of observation."""
        missing = [key for key in keys if key not in self.stats]
        if missing:
            raise FitError(
                f"the simulations have no statistic {', '.join(missing[:5])} "
                f"({len(missing)} of {len(keys)} targets); the table was made for other targets"
            )
        errors = noise(self.seed, list(self.numbers), keys, error)
        return self.stats[list(keys)].to_numpy(float) + errors

    def for_fitted(self, fitted: Sequence[str]) -> ReferenceTable:
        """The same simulations with other parameters to be fitted."""
        if unknown := [key for key in fitted if key not in self.values]:
            raise FitError(f"the reference table has no parameter {', '.join(unknown)}")
        z = np.array([prior_z(self.seed, fitted, n) for n in self.numbers])
        return replace(self, fitted=list(fitted), z=z.reshape(len(self), len(fitted)))

    def head(self, number: int) -> ReferenceTable:
        """Its first rows."""
        last = int(self.numbers[:number].max(initial=-1))
        failed = [n for n in self.failed if n <= last]
        return replace(self, z=self.z[:number], values=self.values.iloc[:number],
                       stats=self.stats.iloc[:number], failed=failed)  # fmt: skip

    def write(self, path: str | Path) -> None:
        """Write it as one Parquet file: `number`, `value:KEY`, `stat:KEY`; atomic."""
        frame = pd.concat([self.values.add_prefix("value:"), self.stats.add_prefix("stat:")],
                          axis=1).rename_axis("number").reset_index()  # fmt: skip
        frame.attrs = {"fitted": self.fitted, "failed": self.failed, "seed": self.seed}
        part = Path(f"{path}.part")
        frame.to_parquet(part)
        os.replace(part, path)


def read_table(path: str | Path) -> ReferenceTable:
    """A table that `ReferenceTable.write` has written."""
    frame = pd.read_parquet(path)
    facts = frame.attrs
    frame = frame.set_index("number").rename_axis(None)
    values, stats = (
        frame[[c for c in frame if c.startswith(p)]].rename(columns=lambda c: c.split(":", 1)[1])
        for p in ("value:", "stat:")
    )
    empty = np.zeros((len(frame), 0))
    table = ReferenceTable([], empty, values, stats, list(facts["failed"]), facts["seed"])
    return table.for_fitted(facts["fitted"])


def reference_table(
    simulator: Any,
    fitted: Sequence[str],
    n: int,
    seed: int,
    *,
    priors: Priors | None = None,
    workers: int = 1,
    cache: Any = None,
    cluster: str | None = None,
    progress: Callable[[Any], Any] | None = None,
    run: Callable[..., Iterable[Any]] | None = None,
) -> ReferenceTable:
    """Simulate at prior draws 0 to n - 1.

    priors: of all uncertain parameters (default: those of `simulator.table`, or the model's).
    run: what simulates, with the interface of `calibration.fit.cache.run_many` (the default),
    to which workers, cache, cluster and progress go. The same arguments give the same table.
    FitError if n is out of bounds, a parameter is unknown, or most simulations failed.
    """
    if not 1 <= n <= MOST:
        raise FitError(f"a reference table has 1 to {MOST} simulations, not {n}")
    priors = priors_of(simulator, fitted) if priors is None else priors
    check_fitted(priors, fitted)
    run = default_run() if run is None else run
    draws = [complete_draw(priors, seed, k) for k in range(n)]
    jobs = [(k, draws[k], simulation_seed(seed, k)) for k in range(n)]
    done, stats, failed, why = [], [], [], ""
    for outcome in run(simulator, jobs, cache, workers, cluster=cluster, progress=progress):
        if outcome.stats is None:
            failed.append(outcome.number)
            why = outcome.error
        else:
            done.append(outcome.number)
            stats.append(outcome.stats)
    if len(failed) * 2 > n:
        last = why.strip().splitlines()[-1] if why.strip() else "no reason given"
        raise FitError(f"{len(failed)} of {n} simulations at prior draws failed, which leaves too "
                       f"few to learn from. The last one said: {last}")  # fmt: skip
    values = pd.DataFrame([draws[k] for k in done], index=done)
    empty = np.zeros((len(done), 0))
    table = ReferenceTable([], empty, values, pd.DataFrame(stats, index=done), failed, seed)
    return table.for_fitted(fitted)


def default_run() -> Callable[..., Iterable[Any]]:
    """The project's own way to simulate many: parallel, cached, safe against failures."""
    from calibration.fit.cache import run_many

    return run_many
