"""The whole model: person-months a second, memory, cost against population, time by mechanism."""

from __future__ import annotations

import gc
import statistics
import time
from collections import defaultdict
from typing import Any

import psutil

from calibration import population as _population
from scenarios.library import load_parameters
from scenarios.run import Past, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START, month_index
from sim.model import PovertyModel

__all__ = ["by_mechanism", "model_at", "scaling", "speed", "warm_run"]

LAST = month_index("2018-10")
"""Runs here are 12 months of burn-in and 12 of the plan, the registry round included."""


def model_at(
    sample: float, threads: int = 1, last: int = LAST, start: int | None = None
) -> PovertyModel:
    """The plan on the default population, ready to run."""
    table = load_parameters()
    parameters = resolve(load_scenario("plan", table), None, last, table)
    return PovertyModel(
        _population.build(sample), parameters, seed=model_seed(1, 0), until=last,
        threads=threads, start=PLAN_START - 12 if start is None else start,
    )  # fmt: skip


def _timed(sample: float, threads: int) -> dict[str, float]:
    model = model_at(sample, threads)
    persons = int(model.world.person.alive.sum())
    began = time.perf_counter()
    model.run()
    seconds = time.perf_counter() - began
    months = LAST - (PLAN_START - 12) + 1
    memory = model.world.bytes_per_person()
    del model
    gc.collect()
    return {
        "persons": persons, "months": months, "seconds": seconds,
        "person_months_per_second": persons * months / seconds, "bytes_per_person": memory,
    }  # fmt: skip


def speed(sample: float = 0.1, repeats: int = 3) -> dict[str, Any]:
    """Person-months a second on one core and with two threads, side by side, medians."""
    _timed(0.01, 1)  # warm
    rates: dict[int, list[float]] = {1: [], 2: []}
    last: dict[str, float] = {}
    for _ in range(repeats):
        for threads in rates:
            last = _timed(sample, threads)
            rates[threads].append(last["person_months_per_second"])
    one, two = statistics.median(rates[1]), statistics.median(rates[2])
    ratios = [b / a for a, b in zip(rates[1], rates[2], strict=True)]
    return {
        "persons": last["persons"], "one_core": one, "two_threads": two,
        "two_over_one": statistics.median(ratios), "bytes_per_person": last["bytes_per_person"],
    }  # fmt: skip


def warm_run(sample: float = 0.052) -> dict[str, float]:
    """Seconds for one further scenario from the common past to December 2020."""
    table = load_parameters()
    last = month_index("2020-12")
    past = Past(_population.build(sample), None, model_seed(1, 0), until=last, table=table)
    found = {"persons": float(past.model.world.person.alive.sum())}
    for name, threads in (("one_thread", 1), ("two_threads", 2)):
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            past.model.threads = threads
            past.branch(load_scenario("plan", table), last).run()
            seconds.append(time.perf_counter() - began)
        found[name] = statistics.median(seconds)
    return found


def scaling(samples: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0)) -> dict[str, Any]:
    """Cost a person-month at four sizes, the best of three runs each (what else the machine does
    only adds), and the fixed cost of a run (the line's intercept)."""
    _timed(0.01, 1)  # load the machine code
    rows = []
    for sample in samples:
        row = min((_timed(sample, 1) for _ in range(3)), key=lambda r: r["seconds"])
        row["nanoseconds"] = 1e9 / row["person_months_per_second"]
        row["resident_gigabytes"] = psutil.Process().memory_info().rss / 1e9
        rows.append(row)
    small = [_timed(s, 1) for s in (0.01, 0.02)]
    (a, b) = small
    slope = (b["seconds"] - a["seconds"]) / (b["persons"] - a["persons"])
    costs = [row["nanoseconds"] for row in rows]
    return {
        "rows": rows,
        "fixed_seconds_a_run": max(0.0, a["seconds"] - slope * a["persons"]),
        "largest_over_smallest": costs[-1] / costs[0],
        "spread": max(costs) / min(costs) - 1,
    }


def by_mechanism(sample: float = 0.05) -> dict[str, float]:
    """Share of a run's time by mechanism, in the order of the month."""
    model = model_at(sample)
    spent: dict[str, float] = defaultdict(float)

    def clock(mechanism: Any, name: str) -> None:
        inner = getattr(mechanism, name)

        def timed(*args: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args)
            finally:
                spent[mechanism.name] += time.perf_counter() - began

        setattr(mechanism, name, timed)

    for mechanism in model.schedule.mechanisms():
        for name in ("province", "county", "run_block"):
            clock(mechanism, name)
    began = time.perf_counter()
    model.run()
    total = time.perf_counter() - began
    shares = {name: seconds / total for name, seconds in spent.items()}
    shares["everything else"] = 1.0 - sum(shares.values())
    return shares
