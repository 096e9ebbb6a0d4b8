"""A batch: scenarios times parameter draws times replicates, on several cores or a cluster.

A run is known by what determines it: the code under sim/, the resolved scenario, the population,
the parameter draw and the seed. A batch that is called again goes on where it stopped and never
computes a run twice; a failed run is kept with its traceback and does not stop the others.

Work is handed out in small groups of scenarios that share a draw and a seed, so that the burn-in
is run once a group.
"""

from __future__ import annotations

import math
import os
import platform
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from scenarios.library import load_parameters
from scenarios.parameter import ParameterTable
from scenarios.posterior import Posterior
from scenarios.run import ROOT, Past, code_digest, digest, model_seed, rows_to_frame
from scenarios.scenario import Scenario, draw_parameters
from scenarios.store import RunStore, StoreError
from scenarios.workers import end_with_parent
from sim.calendar import month_text
from sim.world.world import Population

__all__ = ["Batch", "BatchResult", "Task", "batch_manifest", "run_batch"]

GROUP = 4
"""Most scenarios that share one burn-in in one task: few enough to keep all cores busy."""


@dataclass(frozen=True)
class Task:
    """Scenarios to be run with one draw and one seed."""

    scenarios: tuple[str, ...]
    draw: int
    replicate: int


@dataclass
class Batch:
    """What to run.

    draws: number of parameter draws; 0 means one run set at the default values.
    posterior: where the draws come from; None takes them from the priors.
    load: gives the population; called once in each worker (a path to a cache is best).
    population: what identifies it, for the run keys and the manifest.
    """

    scenarios: Sequence[Scenario]
    load: Callable[[], Population]
    population: dict[str, Any]
    draws: int = 0
    replicates: int = 1
    seed: int = 1
    until: int | None = None
    table: ParameterTable = field(default_factory=load_parameters)
    command: str = ""
    base: str = ""
    posterior: Posterior | None = None

    def values(self) -> list[dict[str, float]]:
        """The parameter draws: position k holds draw k; draw 0 is the default values."""
        if self.draws == 0:
            return [{}]
        if self.posterior is not None:
            return [{}, *self.posterior.draws(self.draws, self.seed, self.table)]
        return [{}, *draw_parameters(self.table, self.draws, self.seed)]

    def draw_numbers(self) -> range:
        """Numbers of the draws that are run."""
        return range(1) if self.draws == 0 else range(1, self.draws + 1)

    def last(self, scenario: Scenario) -> int:
        """Last month of a scenario's runs."""
        return scenario.until if self.until is None else self.until

    def key(self, scenario: Scenario, draw: int, replicate: int, values: dict[str, float]) -> str:
        """Name of a run: readable, and a hash of all that determines it."""
        what = {
            "code": code_digest(),
            "scenario": scenario.digest(),
            "past": _root_digest(self.table),
            "parameters": self.table.digest(),
            "population": self.population.get("digest"),
            "draw": values,
            "seed": model_seed(self.seed, replicate),
            "until": self.last(scenario),
        }
        return f"{scenario.name}-d{draw:03d}-r{replicate:03d}-{digest(what)}"


def _root_digest(table: ParameterTable) -> str:
    from scenarios.scenario import load_scenario

    return load_scenario(ROOT, table).digest()


@dataclass
class BatchResult:
    """How a batch ended."""

    done: int = 0
    there: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0


_populations: dict[str, Population] = {}


def _work(batch: Batch, task: Task, folder: str, parent: int | None) -> list[tuple[str, str]]:
    """Run one task; gives (run key, "done" or the error's last line) for each of its runs."""
    end_with_parent(parent)
    store = RunStore(folder)
    chosen = {s.name: s for s in batch.scenarios}
    values = batch.values()[task.draw]
    mark = str(batch.population.get("digest"))
    results: list[tuple[str, str]] = []
    past: Past | None = None
    for name in task.scenarios:
        scenario = chosen[name]
        key = batch.key(scenario, task.draw, task.replicate, values)
        began = time.perf_counter()
        manifest: dict[str, Any] = {
            "key": key, "scenario": name, "draw": task.draw, "replicate": task.replicate,
            "values": values, "seed": batch.seed, "until": month_text(batch.last(scenario)),
            "code": code_digest(), "population": batch.population,
        }  # fmt: skip
        try:
            if past is None:
                if mark not in _populations:
                    _populations.clear()
                    _populations[mark] = batch.load()
                longest = max(batch.last(s) for s in batch.scenarios)
                past = Past(
                    _populations[mark], values, model_seed(batch.seed, task.replicate),
                    until=longest, table=batch.table,
                )  # fmt: skip
            model = past.branch(scenario, batch.last(scenario))
            model.run()
            manifest |= {"status": "done", "seconds": round(time.perf_counter() - began, 3)}
            store.write(key, rows_to_frame(model.recorder.rows), manifest)
            results.append((key, "done"))
        except StoreError:
            raise
        except Exception as error:
            manifest |= {"status": "failed", "traceback": traceback.format_exc()}
            store.fail(key, manifest)
            results.append((key, f"{type(error).__name__}: {error}"))
    return results


def _tasks(batch: Batch, missing: Iterable[tuple[str, int, int]], jobs: int) -> list[Task]:
    """Group the missing runs by draw and seed, in groups small enough for all workers."""
    grouped: dict[tuple[int, int], list[str]] = {}
    for name, draw, replicate in missing:
        grouped.setdefault((draw, replicate), []).append(name)
    total = sum(len(names) for names in grouped.values())
    size = max(1, min(GROUP, math.ceil(total / max(1, 2 * jobs))))
    return [
        Task(tuple(names[i : i + size]), draw, replicate)
        for (draw, replicate), names in grouped.items()
        for i in range(0, len(names), size)
    ]


def run_batch(
    batch: Batch, folder: str | Path, *, jobs: int = 1, cluster: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BatchResult:  # fmt: skip
    """Run what is missing in `folder`.

    jobs: worker processes on this machine. cluster: address of a dask scheduler instead; its
    workers must see `folder` and the population cache under the same paths.
    progress: called with (runs finished, runs in all) as they come in.
    Errors: StoreError if the folder can not be written or another batch holds it.
    """
    began = time.perf_counter()
    store = RunStore(folder)
    values = batch.values()
    wanted: list[tuple[str, int, int, str]] = []
    for draw in batch.draw_numbers():
        for replicate in range(batch.replicates):
            for scenario in batch.scenarios:
                key = batch.key(scenario, draw, replicate, values[draw])
                wanted.append((scenario.name, draw, replicate, key))
    result = BatchResult()
    with store.lock():
        store.write_manifest(batch_manifest(batch, store.manifest(), wanted))
        missing = [w[:3] for w in wanted if not store.has(w[3])]
        result.there = len(wanted) - len(missing)
        if progress:
            progress(result.there, len(wanted))
        for pairs in _spread(batch, missing, str(folder), jobs, cluster):
            for key, how in pairs:
                if how == "done":
                    result.done += 1
                else:
                    result.failed.append(f"{key}: {how}")
                if progress:
                    progress(result.there + result.done + len(result.failed), len(wanted))
    result.seconds = time.perf_counter() - began
    return result


def _spread(
    batch: Batch, missing: list[tuple[str, int, int]], folder: str, jobs: int, cluster: str | None
) -> Iterable[list[tuple[str, str]]]:
    if cluster is not None:
        yield from _on_cluster(batch, missing, folder, cluster)
        return
    tasks = _tasks(batch, missing, jobs)
    if jobs == 1 or len(tasks) <= 1:
        for task in tasks:
            yield _work(batch, task, folder, None)
    else:
        # joblib renews a worker whose memory has grown and says so in the middle of the bar
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        yield from parallel(
            joblib.delayed(_work)(batch, task, folder, os.getpid()) for task in tasks
        )


def _on_cluster(
    batch: Batch, missing: list[tuple[str, int, int]], folder: str, cluster: str
) -> Iterable[list[tuple[str, str]]]:
    try:
        from dask.distributed import Client, as_completed
    except ImportError as error:
        raise StoreError("a cluster needs the extra: pip install 'fanpin[cluster]'") from error
    try:
        client = Client(cluster, timeout="30s")
    except OSError as error:
        raise StoreError(f"no dask scheduler answers at {cluster}: {error}") from error
    with client:
        theirs = set(client.run(code_digest).values())
        if theirs - {code_digest()}:
            raise StoreError(
                f"the workers at {cluster} have other sources under sim/ than this machine: "
                f"install the same version on all of them"
            )
        tasks = _tasks(batch, missing, max(1, sum(client.nthreads().values())))
        futures = client.map(
            _work, [batch] * len(tasks), tasks, [str(Path(folder).absolute())] * len(tasks),
            [None] * len(tasks), pure=False,
        )  # fmt: skip
        for future in as_completed(futures):
            yield future.result()


def batch_manifest(
    batch: Batch, before: dict[str, Any], wanted: list[tuple[str, int, int, str]]
) -> dict[str, Any]:
    """The manifest of a folder with the runs (scenario, draw, replicate, key) asked for now."""
    runs = {r["key"]: r for r in before.get("runs", [])}
    names = {name for name, *_ in wanted}
    numbers = {(name, draw, replicate) for name, draw, replicate, _ in wanted}
    runs = {
        key: run
        for key, run in runs.items()
        if (run["scenario"], run["draw"], run["replicate"]) not in numbers
    }
    drawn = any(run["draw"] for run in runs.values())  # runs of before stay beside the new ones
    posterior = _posterior(batch, before.get("posterior") if drawn else None, drawn)
    for name, draw, replicate, key in wanted:
        runs[key] = {"key": key, "scenario": name, "draw": draw, "replicate": replicate}
    known = {s["name"]: s for s in before.get("scenarios", [])}
    for s in batch.scenarios:
        known[s.name] = {
            "name": s.name, "title": s.title, "about": s.about, "until": month_text(batch.last(s)),
            "digest": s.digest(), "removed_clauses": sorted(s.removed_clauses),
        }  # fmt: skip
    order = [s.name for s in batch.scenarios] + [n for n in known if n not in names]
    present = set(known)
    base = before.get("base") or batch.base
    if base not in present:
        base = ROOT if ROOT in present else order[0]
    return {
        "schema": 1,
        "created": before.get("created") or datetime.now(UTC).isoformat(timespec="seconds"),
        "updated": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": batch.command,
        "base": base,
        "scenarios": [known[name] for name in order],
        "draws": batch.draws,
        "replicates": batch.replicates,
        "seed": batch.seed,
        "posterior": posterior,
        "population": batch.population,
        "sample": batch.population.get("sample"),
        "runs": sorted(runs.values(), key=lambda r: r["key"]),
        "versions": {
            "fanpin": version("fanpin"), "code": code_digest(), "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "mesa", "pandas")},
        },
        "parameters": [batch.table[name].summary() for name in sorted(batch.table)],
    }  # fmt: skip


def _posterior(batch: Batch, before: dict[str, Any] | None, drawn: bool) -> dict[str, Any] | None:
    """What the manifest says of the posterior; StoreError if runs of before had other draws."""
    if batch.draws == 0:
        return before
    now = None if batch.posterior is None else batch.posterior.about(batch.table)
    marks = [(one or {}).get("digest", "") for one in (before, now)]
    if drawn and marks[0] != marks[1]:
        names = [f"the posterior {one['name']}" if one else "the priors" for one in (before, now)]
        raise StoreError(
            f"this folder holds runs whose parameters were drawn from {names[0]}, and these are to "
            f"be drawn from {names[1]}: draw by draw they do not compare. Choose another --out"
        )
    return now
