"""One state, several futures: a model at a date, saved, resumed, or branched many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scenarios.batch import Batch, batch_manifest
from scenarios.fading import fade_out
from scenarios.run import Past, code_digest, digest, model_seed, resolve, rows_to_frame
from scenarios.scenario import Scenario
from scenarios.store import RunStore
from scenarios.streams import streams
from sim import state
from sim.calendar import month_index, month_text
from sim.indicators.observation import Row
from sim.model import PovertyModel
from sim.world.world import Population

__all__ = ["ROOM", "model_at", "resume", "save_state", "without_streams", "write_rows"]

ROOM = month_index("2025-12")
"""A state is built with room for the newborn until here, so that it can go on so far."""


def model_at(
    scenario: Scenario, population: Population, at: int, *, seed: int, replicate: int = 0,
    until: int = ROOM, draw: Mapping[str, float] | None = None, threads: int = 1,
) -> PovertyModel:  # fmt: skip
    """A model under a scenario at the end of month `at`, that can go on until `until`."""
    last = max(at, until)
    past = Past(
        population, draw, model_seed(seed, replicate), until=last, threads=threads,
        table=scenario.table,
    )  # fmt: skip
    model = past.branch(scenario, last)
    model.run(at)
    return model


def save_state(
    path: str | Path, scenario: Scenario, population: Population, about: Mapping[str, Any],
    at: int, *, seed: int, replicate: int = 0, draw: Mapping[str, float] | None = None,
    threads: int = 1,
) -> None:  # fmt: skip
    """Run a scenario to the end of month `at` and keep its whole state in a file.

    about: what identifies the population, as in a batch's manifest.
    """
    model = model_at(
        scenario, population, at, seed=seed, replicate=replicate, draw=draw, threads=threads
    )
    told = {
        "scenario": scenario.name, "scenario_digest": scenario.digest(), "until": month_text(at),
        "population": dict(about), "batch_seed": seed, "replicate": replicate,
        "draw": dict(draw or {}),
    }  # fmt: skip
    model.save(path, told)


def resume(
    path: str | Path, scenarios: Iterable[Scenario], folder: str | Path, *,
    until: int | None = None, threads: int = 1, command: str = "",
) -> list[str]:  # fmt: skip
    """Go on from a saved state under each scenario, and keep the runs in a store.

    Gives the keys of the runs. The rows before the state's date are those of the scenario that
    was saved; they are the same in all of them.
    """
    told = state.about(path)
    if "population" not in told:
        raise state.StateError(f"{path}: it does not say of which population it is; save it anew")
    chosen = list(scenarios)
    batch = Batch(
        scenarios=chosen, load=dict, population=told["population"], seed=int(told["batch_seed"]),
        until=until, table=chosen[0].table, command=command,
    )  # fmt: skip
    runs = []
    for scenario in chosen:
        last = batch.last(scenario)
        parameters = resolve(scenario, told["draw"], last, scenario.table)
        model = PovertyModel.load(path, parameters, until=last, threads=threads)
        model.run()
        runs.append((scenario.name, int(told["replicate"]), list(model.recorder.rows)))
    what = {"state": [told["scenario_digest"], told["month"], told["seed"]]}
    return write_rows(batch, folder, runs, what)


def write_rows(
    batch: Batch, folder: str | Path, runs: Iterable[tuple[str, int, list[Row]]],
    what: Mapping[str, Any], more: Mapping[str, Any] | None = None,
) -> list[str]:  # fmt: skip
    """Keep rows made outside a batch as the runs (scenario, replicate, rows) of a store.

    what: all that determines the rows besides sources, scenario, population and seed. more: keys
    added to the manifest of the batch.
    """
    known = {scenario.name: scenario for scenario in batch.scenarios}
    store = RunStore(folder)
    wanted, kept = [], []
    for name, replicate, rows in runs:
        scenario = known[name]
        found = {
            "code": code_digest(), "scenario": scenario.digest(), "what": dict(what),
            "population": batch.population.get("digest"), "until": batch.last(scenario),
            "seed": model_seed(batch.seed, replicate), "parameters": batch.table.digest(),
        }  # fmt: skip
        key = f"{name}-d000-r{replicate:03d}-{digest(found)}"
        wanted.append((name, 0, replicate, key))
        kept.append((key, name, replicate, rows))
    with store.lock():
        store.write_manifest({**batch_manifest(batch, store.manifest(), wanted), **(more or {})})
        for key, name, replicate, rows in kept:
            manifest = {
                "key": key, "scenario": name, "draw": 0, "replicate": replicate, "values": {},
                "seed": batch.seed, "until": month_text(batch.last(known[name])),
                "code": code_digest(), "population": batch.population, "status": "done",
            }  # fmt: skip
            store.write(key, rows_to_frame(rows), manifest)
    return [key for key, *_ in kept]


def without_streams(scenario: Scenario, names: Iterable[str], first: int) -> Scenario:
    """The scenario with some streams of support ended from a month on."""
    ended = {clause for name in names for clause in streams()[name].clauses}
    clauses = {
        clause: fade_out(spans, first, None) if clause in ended else spans
        for clause, spans in scenario.clauses.items()
    }
    return replace(scenario, clauses={clause: spans for clause, spans in clauses.items() if spans})
