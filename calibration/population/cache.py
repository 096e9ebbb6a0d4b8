"""Populations kept on disk: one folder each, named by a hash of everything it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import uuid
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from calibration.population.inputs import DATA, FILES
from sim.livelihoods import lasting
from sim.world import codes, columns, households, identity, persons, places
from sim.world.columns import Column

__all__ = ["SEED", "data_digest", "digest", "folder", "load", "save"]

SEED = 2017
"""Seed of the default population."""

_KEPT = 8  # populations kept in the folder; the one used longest ago goes first
_ABANDONED = 86_400  # seconds after which a half-written one is taken to be left by a dead process


def folder(chosen: Path | str | None = None) -> Path:
    """Where populations are kept: `chosen`, else FANPIN_CACHE, else the user's cache folder."""
    if chosen is not None:
        return Path(chosen)
    given = os.environ.get("FANPIN_CACHE")
    if given:
        return Path(given) / "population"
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "fanpin" / "population"


def digest(
    sample: float,
    seed: int = SEED,
    counties: list[int] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> str:
    """Hash of what determines a population: what was asked, the tables, and the code."""
    asked = {
        "sample": float(sample),
        "seed": int(seed),
        "counties": None if counties is None else sorted(int(code) for code in set(counties)),
        "changes": dict(changes or {}),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }
    whole = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    whole.update(_code().encode())
    whole.update(data_digest().encode())
    return whole.hexdigest()[:24]


@cache
def _code() -> str:
    """Hash of the code as it is when first asked: that is what this process runs."""
    modules = (codes, columns, households, identity, persons, places, lasting)
    sources = [Path(str(module.__file__)) for module in modules]
    return _files([*Path(__file__).parent.glob("*.py"), *sources])


def _files(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths, key=lambda p: (p.parent.name, p.name)):
        whole.update(f"{path.parent.name}/{path.name}".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def data_digest() -> str:
    """Hash of the tables that a population is made from."""
    return _files(DATA / name for name in FILES)


def load(place: Path, known: Mapping[str, Column]) -> dict[str, dict[str, np.ndarray]] | None:
    """The population in a folder, or None if it is not there or not whole."""
    try:
        listed = json.loads((place / "columns.json").read_text(encoding="utf-8"))
        found: dict[str, dict[str, np.ndarray]] = {}
        for key, shape in listed.items():
            kind, name = key.split(".")
            array = np.load(place / f"{key}.npy")
            if list(array.shape) != shape or array.dtype != known[key].dtype:
                return None
            found.setdefault(kind, {})[name] = array
        os.utime(place)
    except (OSError, ValueError, KeyError):
        return None
    return found


def save(place: Path, population: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Write a population; it appears in its folder whole or not at all.

    A folder that cannot be written or a full disk gives a warning: the population in memory is
    good, it only has to be built again next time.
    """
    temporary = place.parent / f".{place.name}-{uuid.uuid4().hex[:8]}"
    try:
        temporary.mkdir(parents=True)
        listed = {}
        for kind, table in population.items():
            for name, array in table.items():
                listed[f"{kind}.{name}"] = list(array.shape)
                np.save(temporary / f"{kind}.{name}.npy", array)
        (temporary / "columns.json").write_text(json.dumps(listed), encoding="utf-8")
        if place.exists():  # broken, or made meanwhile by another process
            shutil.rmtree(place, ignore_errors=True)
        temporary.rename(place)
        _tidy(place.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if not place.exists():
            warnings.warn(
                f"the population could not be kept in {place.parent}: {error}. It will be built "
                "again next time; set FANPIN_CACHE to a folder with room",
                stacklevel=3,
            )


def _tidy(parent: Path) -> None:
    """Remove the populations used longest ago, and half-written ones of dead processes."""
    kept = [path for path in parent.iterdir() if path.is_dir() and not path.name.startswith(".")]
    kept.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
    for path in parent.glob(".*-*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)
