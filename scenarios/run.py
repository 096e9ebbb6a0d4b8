"""One run: a scenario on a population with a seed, from the common past to its last month.

The past is common. Until October 2017 every scenario runs the root scenario (the policies of
before the plan) with the same draws, so a scenario's changes act from November 2017 on, and the
burn-in is computed once for all scenarios that share a parameter draw and a seed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scenarios.library import load_parameters
from scenarios.parameter import ParameterTable
from scenarios.scenario import Scenario, load_scenario
from sim.calendar import PLAN_START
from sim.model import BLOCK_PERSONS, BURN_IN_START, PovertyModel
from sim.month import SCHEDULE, Schedule
from sim.parameters import Parameters
from sim.state import code_digest
from sim.world.world import Population

__all__ = [
    "ROOT",
    "Past",
    "Run",
    "code_digest",
    "model_seed",
    "resolve",
    "rows_to_frame",
    "simulate",
]

ROOT = "no-plan"
"""The scenario of the common past."""


def model_seed(seed: int, replicate: int) -> int:
    """The 64-bit seed of one replicate; replicate k never depends on how many there are."""
    text = f"fanpin seed {int(seed)} replicate {int(replicate)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def resolve(
    scenario: Scenario,
    draw: Mapping[str, float] | None,
    last: int,
    table: ParameterTable | None = None,
) -> Parameters:
    """A scenario's parameters by month, with the common past before November 2017."""
    own = scenario.resolve(dict(draw or {}), BURN_IN_START, last)
    root = load_scenario(ROOT, table).resolve(dict(draw or {}), BURN_IN_START, last)
    past = PLAN_START - BURN_IN_START
    for group, names in own["parameters"].items():
        for name, series in names.items():
            series[:past] = root["parameters"][group][name][:past]
    clauses = {}
    for clause, series in own["clauses"].items():
        clauses[clause] = series.copy()
        clauses[clause][:past] = 0.0
    return Parameters(own["parameters"], own.get("tables", {}), clauses, BURN_IN_START)


class Past:
    """The burn-in of one draw and seed: run once, branched by every scenario."""

    def __init__(
        self, population: Population, draw: Mapping[str, float] | None, seed: int, *,
        until: int, threads: int = 1, block_persons: int | None = None,
        table: ParameterTable | None = None, schedule: Schedule = SCHEDULE,
        each: Callable[[PovertyModel], None] | None = None,
    ) -> None:  # fmt: skip
        """each: called with the model after every month of the past."""
        self.draw = dict(draw or {})
        self.threads = threads
        self._table = table
        parameters = resolve(load_scenario(ROOT, table), self.draw, until, table)
        self.model = PovertyModel(
            population, parameters, seed=seed, until=until, threads=threads,
            block_persons=BLOCK_PERSONS if block_persons is None else block_persons,
            schedule=schedule,
        )  # fmt: skip
        self.model.run(PLAN_START - 1, None if each is None else lambda now: each(self.model))

    def branch(self, scenario: Scenario, until: int) -> PovertyModel:
        """A model at the end of October 2017 that goes on under `scenario`."""
        parameters = resolve(scenario, self.draw, until, self._table)
        return self.model.branch(parameters, until=until)


def rows_to_frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """The recorder's rows as the long table of a store."""
    county, year, month, indicator, group, value = zip(*rows, strict=True) if rows else ([],) * 6
    return pd.DataFrame(
        {
            "county": np.asarray(county, np.int32),
            "year": np.asarray(year, np.int16),
            "month": np.asarray(month, np.int8),
            "indicator": pd.Categorical(indicator),
            "group": pd.Categorical(group),
            "value": np.asarray(value, np.float64),
        }
    )


@dataclass
class Run:
    """A finished run."""

    scenario: Scenario
    model: PovertyModel

    @cached_property
    def table(self) -> pd.DataFrame:
        """Everything that was recorded, in long form (see docs/store.md)."""
        return rows_to_frame(self.model.recorder.rows)

    def yearly(self, indicator: str, county: int = 0) -> pd.Series:
        """One yearly indicator of the whole scope (or of one county) by year."""
        table = self.table
        chosen = table[
            (table.indicator == indicator)
            & (table.county == county)
            & (table.month == 0)
            & (table.group == "")
        ]
        return chosen.set_index("year")["value"]


def simulate(
    scenario: str | Path | Scenario = "plan", *, sample: float = 0.01, seed: int = 1,
    until: int | None = None, threads: int = 1, population: Population | None = None,
    draw: Mapping[str, float] | None = None, schedule: Schedule = SCHEDULE,
) -> Run:  # fmt: skip
    """Run one scenario and give back its table.

    population: None builds the default synthetic one at `sample` (needs the calibration room).
    draw: parameter values to use instead of the defaults, by "group.name".
    schedule: mechanisms and observations in their order, to run one of your own.
    """
    table = load_parameters()
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, table)
    last = chosen.until if until is None else until
    if population is None:
        raise TypeError("simulate: give a population, or call fanpin.simulate from the app room")
    past = Past(
        population, draw, model_seed(seed, 0), until=last, threads=threads, table=table,
        schedule=schedule,
    )  # fmt: skip
    model = past.branch(chosen, last)
    model.run()
    return Run(chosen, model)


def digest(value: Any) -> str:
    """A short hash of anything that JSON can hold."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
