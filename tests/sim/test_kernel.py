"""The compile cache: an edited kernel, or anything it calls, is never answered from an old one."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.kernel import records

ROOT = Path(__file__).parents[2]

CALLED = """
from sim.kernel import kernel
FACTOR = {factor}
@kernel(inline=True)
def called(x):
    return x * FACTOR {extra}
"""
CALLING = """
from sim.kernel import kernel
from called_part import called
@kernel
def calling(x):
    return called(x) + 1
"""


def run(folder: Path, factor: int = 2, extra: str = "") -> tuple[int, int]:
    """The answer in a fresh process, and how many kernels that process took from the cache."""
    (folder / "called_part.py").write_text(CALLED.format(factor=factor, extra=extra))
    (folder / "calling_part.py").write_text(CALLING)
    code = (
        "from calling_part import calling\n"
        "print(calling(10), sum(calling.stats.cache_hits.values()))"
    )
    env = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "FANPIN_CACHE": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    answer, hits = done.stdout.split()
    return int(answer), int(hits)


def test_an_edit_in_another_file_is_seen_and_an_old_version_is_found_again(tmp_path):
    assert run(tmp_path) == (21, 0)
    assert run(tmp_path) == (21, 1), "the unchanged kernel comes from the cache"
    assert run(tmp_path, extra="+ 5") == (26, 0), "an edit of a called function recompiles"
    assert run(tmp_path, factor=3) == (31, 0), "so does an edit of a constant it reads"
    assert run(tmp_path) == (21, 1), "and the first version is still there"


def test_a_record_has_its_fields_as_attributes_and_shares_the_array():
    rows = records(np.dtype([("month", np.int64), ("season", np.float64, (3,))]), 2)
    one = rows[1]
    one.month = 7
    one["season"] = [1.0, 2.0, 3.0]
    assert rows["month"].tolist() == [0, 7]
    assert one.season[2] == 3.0
    assert one.copy().month == 7
    assert pickle.loads(pickle.dumps(one)).month == 7
    assert numba.typeof(one) == numba.typeof(np.rec.array(rows)[1])
    with pytest.raises(AttributeError):
        _ = one.year
