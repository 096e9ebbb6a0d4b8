"""fanpin from Python.

from app import simulate
run = simulate("plan", sample=0.01)
print(run.table)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration import population as _population
from scenarios import run as _run
from scenarios.scenario import Scenario
from sim.calendar import month_index

__all__ = ["population", "simulate", "small_population"]


def population(sample: float = 0.01, **more: Any) -> Any:
    """The default synthetic population, from the cache where it has been built before."""
    return _population.build(sample, **more)


def small_population() -> Any:
    """Two villages of one county: enough to compile the rules on."""
    return _population.build(0.09, counties=[623026])


def simulate(
    scenario: str | Path | Scenario = "plan", *, sample: float = 0.01, seed: int = 1,
    until: str | None = None, threads: int = 1, draw: Mapping[str, float] | None = None,
    counties: list[int] | None = None,
) -> _run.Run:  # fmt: skip
    """Run one scenario on the default population; `run.table` holds what was recorded.

    scenario: a name (see `fanpin scenarios`), a file, or a Scenario.
    sample: share of the people, taken by whole villages.
    until: last month, as "2020-12"; None takes the scenario's.
    draw: parameter values to use instead of the defaults, by "group.name".
    counties: six-digit codes, to simulate some counties only.
    """
    return _run.simulate(
        scenario, sample=sample, seed=seed, threads=threads, draw=draw,
        until=None if until is None else month_index(until),
        population=_population.build(sample, counties=counties),
    )  # fmt: skip
