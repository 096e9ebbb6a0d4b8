"""Rules compiled beforehand, on all cores, are what later processes load."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

CODE = """
from app.api import small_population
from scenarios import compiling
from sim.measures.a06_relocation import Relocation
compiling._compile(small_population, "a06_relocation")
stats = Relocation.rule.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def test_a_rule_compiled_by_one_process_is_loaded_by_the_next(tmp_path):
    env = {**os.environ, "FANPIN_CACHE": str(tmp_path)}
    answers = [
        subprocess.run(
            [sys.executable, "-c", CODE],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert answers == [["0", "1"], ["1", "0"]]
