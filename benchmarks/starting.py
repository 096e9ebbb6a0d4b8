"""Start-up and compilation, cold and warm, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

__all__ = ["starting"]

CODE = """
import time
began = time.perf_counter()
from app.api import small_population
from benchmarks.whole import model_at
from scenarios.compiling import compile_rules
from sim.calendar import month_index
imported = time.perf_counter()
compile_rules(small_population)
compiled = time.perf_counter()
model = model_at(0.01, last=month_index("2017-12"), start=month_index("2017-09"))
built = time.perf_counter()
model.run()
ran = time.perf_counter()
print(imported - began, compiled - imported, built - compiled, ran - built)
"""


def _once(cache: str) -> dict[str, float]:
    env = {**os.environ, "FANPIN_CACHE": cache}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True
    )
    whole = time.perf_counter() - began
    imported, compiled, built, ran = (float(x) for x in done.stdout.split())
    return {
        "whole": whole, "import": imported, "compile": compiled,
        "population_and_model": built, "first_months": ran,
    }  # fmt: skip


def starting() -> dict[str, dict[str, float]]:
    """Seconds to a first result, as `fanpin run` goes about it: on a new machine, then again."""
    with tempfile.TemporaryDirectory() as cache:
        return {"cold": _once(cache), "warm": _once(cache)}
