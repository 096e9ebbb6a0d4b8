"""Simulations done once and kept: a fit that is killed and called again computes none twice.

A simulation is known by what determines it: the digest of its simulator (code, parameters,
population, scenario, last month, structure), its values and its seed. The driving process alone
writes the file, one transaction an outcome, so that kill -9 loses no more than what was being
computed. Outcomes come back in the order of the jobs, whatever the number of workers.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import pickle
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from scenarios.workers import end_with_parent

__all__ = ["Cache", "CacheError", "Job", "Outcome", "Simulates", "run_many"]

Job = tuple[int, Mapping[str, float], int]
"""Number, parameter values and seed of a simulation."""

_TABLES = """
CREATE TABLE IF NOT EXISTS names (id INTEGER PRIMARY KEY, names TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS simulations (
    key TEXT PRIMARY KEY, names INTEGER, stats BLOB, error TEXT, seconds REAL
) WITHOUT ROWID;
"""


class CacheError(ValueError):
    """The file of kept simulations, or the cluster that should make them, cannot be used."""


class Simulates(Protocol):
    """What can be fitted: the model (Simulator), or a toy with the same two methods."""

    def simulate(self, values: Mapping[str, float], seed: int) -> dict[str, float]:
        """Statistics of one run."""

    def digest(self) -> str:
        """Hash of all that determines a simulation but its values and its seed."""


@dataclass(frozen=True)
class Outcome:
    """How one simulation ended: its statistics, or None and the error."""

    number: int
    stats: dict[str, float] | None
    error: str = ""
    seconds: float = 0.0


class Cache:
    """Outcomes on disk, by key. path None: in memory, for tests.

    CacheError if the file is no such file or another process is writing it.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        where = ":memory:" if path is None else str(path)
        try:
            self._base = sqlite3.connect(where, timeout=5.0, isolation_level=None)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.executescript(_TABLES)
        except sqlite3.Error as error:
            raise CacheError(
                f"{path}: the simulations kept there cannot be read ({error}). If no other "
                f"calibration is writing them, delete the file; they will be computed anew"
            ) from error
        self._names: dict[str, int] = {}

    def get(self, key: str, number: int) -> Outcome | None:
        """The outcome kept under a key, as that of simulation `number`; None if there is none."""
        found = self._base.execute(
            "SELECT n.names, s.stats, s.error, s.seconds FROM simulations s "
            "LEFT JOIN names n ON n.id = s.names WHERE s.key = ?",
            (key,),
        ).fetchone()
        if found is None:
            return None
        names, blob, error, seconds = found
        if names is None:
            return Outcome(number, None, error, seconds)
        values = np.frombuffer(blob, np.float64).tolist()
        return Outcome(number, dict(zip(json.loads(names), values, strict=True)), "", seconds)

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome; one that is there already stays."""
        names = blob = None
        if outcome.stats is not None:
            names = self._names_id(json.dumps(list(outcome.stats)))
            blob = np.array(list(outcome.stats.values()), np.float64).tobytes()
        try:
            self._base.execute(
                "INSERT OR IGNORE INTO simulations VALUES (?, ?, ?, ?, ?)",
                (key, names, blob, outcome.error, outcome.seconds),
            )
        except sqlite3.Error as error:
            raise CacheError(f"{self.path}: a simulation could not be kept: {error}") from error

    def _names_id(self, names: str) -> int:
        if names not in self._names:
            self._base.execute("INSERT OR IGNORE INTO names (names) VALUES (?)", (names,))
            found = self._base.execute("SELECT id FROM names WHERE names = ?", (names,))
            self._names[names] = int(found.fetchone()[0])
        return self._names[names]

    def __len__(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM simulations").fetchone()[0])

    def close(self) -> None:
        """Give the file back."""
        self._base.close()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def run_many(
    simulator: Simulates, jobs: Sequence[Job], cache: Cache | None = None, workers: int = 1,
    cluster: str | None = None, progress: Callable[[Outcome], Any] | None = None,
) -> Iterator[Outcome]:  # fmt: skip
    """Outcomes of the jobs in their order, as they become known; computes what is not kept.

    A simulation that raises an error is an outcome with that error, kept like any other: it
    would fail again. Lack of memory is no outcome and stops the call. cluster: address of a dask
    scheduler instead of workers on this machine; its workers must reach the population.
    """
    kept = Cache() if cache is None else cache
    mark = simulator.digest()
    keys = [_key(mark, values, seed) for _, values, seed in jobs]
    missing: dict[str, Job] = {}
    for key, job in zip(keys, jobs, strict=True):
        if key not in missing and kept.get(key, job[0]) is None:
            missing[key] = job
    fresh = iter(_compute(simulator, list(missing.values()), workers, cluster))
    for key, job in zip(keys, jobs, strict=True):
        outcome = kept.get(key, job[0])
        if outcome is None:
            outcome = next(fresh)
            kept.put(key, outcome)
        if progress is not None:
            progress(outcome)
        yield outcome


def _key(mark: str, values: Mapping[str, float], seed: int) -> str:
    what = [mark, {name: float(value) for name, value in values.items()}, int(seed)]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


# --- computing ------------------------------------------------------------------------------------


def _compute(
    simulator: Simulates, jobs: list[Job], workers: int, cluster: str | None
) -> Iterable[Outcome]:
    if not jobs:
        return
    if cluster is not None:
        yield from _on_cluster(simulator, jobs, cluster)
    elif workers == 1 or len(jobs) == 1:
        for job in jobs:
            yield _one(simulator, job)
    else:
        import joblib

        # joblib renews a worker whose memory has grown and says so in the middle of the bar
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        with joblib.parallel_config("loky", inner_max_num_threads=1):
            parallel = joblib.Parallel(workers, return_as="generator", batch_size=1)
        packed = _pack(simulator)
        yield from parallel(joblib.delayed(_work)(*packed, job, os.getpid()) for job in jobs)


def _one(simulator: Simulates, job: Job) -> Outcome:
    number, values, seed = job
    began = time.perf_counter()
    stats, error = None, ""
    try:
        stats = {name: float(value) for name, value in simulator.simulate(values, seed).items()}
    except MemoryError:
        raise
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"
    seconds = time.perf_counter() - began
    if seconds > _TOY:
        _tidy()
    return Outcome(number, stats, error, seconds)


_TOY = 0.1  # seconds: what takes longer is a model, and has memory to give back


def _tidy() -> None:
    """Give the memory of a finished run back. A model and its agents hold each other, and the
    collector, which counts objects and not bytes, would let them pile up to gigabytes. What is
    left (modules, the population) is frozen, so that it is not looked at again every time."""
    gc.collect()
    gc.freeze()


def _pack(simulator: Simulates) -> tuple[str, bytes]:
    """A simulator as bytes, which a worker unpacks once: what it has read stays in it."""
    import cloudpickle

    packed = cloudpickle.dumps(simulator)
    return hashlib.sha256(packed).hexdigest(), packed


_simulators: dict[str, Simulates] = {}


def _work(mark: str, packed: bytes, job: Job, parent: int | None) -> Outcome:
    end_with_parent(parent)
    if mark not in _simulators:
        _simulators.clear()
        _simulators[mark] = pickle.loads(packed)
    return _one(_simulators[mark], job)


def _on_cluster(simulator: Simulates, jobs: list[Job], cluster: str) -> Iterable[Outcome]:
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise CacheError("a cluster needs the extra: pip install 'fanpin[cluster]'") from error
    from sim.state import code_digest

    try:
        client = Client(cluster, timeout="30s")
    except (OSError, ValueError) as error:
        raise CacheError(f"no dask scheduler answers at {cluster}: {error}") from error
    with client:
        if set(client.run(code_digest).values()) - {code_digest()}:
            raise CacheError(
                f"the workers at {cluster} have other sources under sim/ than this machine: "
                f"install the same version on all of them"
            )
        mark, packed = _pack(simulator)
        sent = client.scatter(packed, broadcast=True)
        futures = [client.submit(_work, mark, sent, job, None, pure=False) for job in jobs]
        for k, future in enumerate(futures):
            yield future.result()
            futures[k] = None  # type: ignore[call-overload]
