"""Compile all rules before work starts, on all cores, so that a first run does not wait twice.

numba compiles one function at a time in a process, so the rules are shared out over processes;
what they compile lies in the kernel cache afterwards and every later process loads it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numba

from scenarios.library import load_parameters
from scenarios.run import code_digest, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.kernel import cache_folder
from sim.model import PovertyModel
from sim.world.world import Population

__all__ = ["compile_rules", "compiled"]

FIRST, LAST = month_index("2019-12"), month_index("2020-12")
"""Thirteen months in which every mechanism has its turn."""

_models: dict[str, PovertyModel] = {}


def _mark() -> Path:
    return cache_folder() / f"whole-{code_digest()}-numba{numba.__version__}"


def compiled() -> bool:
    """Whether all rules of this version have been compiled on this machine before."""
    return _mark().exists()


def _model(load: Callable[[], Population]) -> PovertyModel:
    """The plan on a small population, made once in each process."""
    if "plan" not in _models:
        table = load_parameters()
        parameters = resolve(load_scenario("plan", table), None, LAST, table)
        _models["plan"] = PovertyModel(
            load(), parameters, seed=model_seed(0, 0), until=LAST, start=FIRST
        )
    return _models["plan"]


def _compile(load: Callable[[], Population], name: str) -> str:
    """Run one mechanism over one block, which compiles its rule."""
    model = _model(load)
    for mechanism in model.schedule.mechanisms():
        if mechanism.name == name:
            mechanism.open_month(model.now)
            mechanism.run_block(model.blocks[0], model._words())
    return name


def compile_rules(
    load: Callable[[], Population], jobs: int = 2, progress: Callable[[int, int], Any] | None = None
) -> float:
    """Compile every rule that is not in the cache yet; gives the seconds it took.

    load: gives a small population (any will do: machine code does not depend on it).
    progress: called with (rules done, rules in all).
    """
    began = time.perf_counter()
    if compiled():
        return 0.0
    model = _model(load)
    names = [m.name for m in model.schedule.mechanisms() if type(m).rule is not None]
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    for done, _ in enumerate(parallel(joblib.delayed(_compile)(load, name) for name in names), 1):
        if progress:
            progress(done, len(names) + 1)
    model.run()  # what the province and the counties compile
    _models.clear()
    if progress:
        progress(len(names) + 1, len(names) + 1)
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()
    return time.perf_counter() - began
