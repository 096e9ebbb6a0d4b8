"""The folder of a calibration: what was asked, and one calibration at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from calibration.fit.targets import Targets
from scenarios.store import write_atomic

__all__ = [
    "Asked", "FolderError", "hold", "keep_json", "keep_table", "note", "target_digest",
]  # fmt: skip


class FolderError(ValueError):
    """A folder that this calibration can not use."""


@dataclass(frozen=True)
class Asked:
    """All that determines a posterior, as fit.json keeps it.

    targets: the sources as given; target_digest: of their keys, values and errors. model: digest
    of the simulator (code, parameters, population, scenario, last month). fit: keys of the
    parameters to fit; empty to choose at most `most` of them by screening. simulations: of the
    reference table. simulations_most: of the generations after it. predictive: draws of the
    posterior that are simulated again. structures: switches whose choices are compared, each as
    "group.name=a,b".
    """

    targets: tuple[str, ...]
    target_digest: str
    model: str
    population: Mapping[str, Any]
    scenario: str = "plan"
    fit: tuple[str, ...] = ()
    most: int = 12
    simulations: int = 1000
    population_size: int = 200
    generations: int = 6
    simulations_most: int | None = None
    predictive: int = 100
    structures: tuple[str, ...] = ()
    seed: int = 1
    version: int = field(default=1)

    def as_json(self) -> dict[str, Any]:
        """As fit.json holds it."""
        return json.loads(json.dumps(asdict(self), ensure_ascii=False))


def target_digest(targets: Targets) -> str:
    """Hash of keys, values and errors."""
    text = json.dumps([[t.key, t.value, t.error] for t in targets.targets])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_WORDS = {
    "target_digest": "the numbers in the targets",
    "model": "the code, the parameters or the population",
    "fit": "parameters to fit",
    "most": "most parameters",
    "simulations": "simulations of the reference table",
    "population_size": "particles of a generation",
    "simulations_most": "most simulations",
    "predictive": "posterior simulations",
    "version": "the version of the folder",
}
"""What the entries of fit.json are called in a refusal."""


@contextlib.contextmanager
def hold(folder: Path, asked: Asked, about: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder for one calibration; write fit.json, or check that it asks the same.

    about: what fit.json says besides, which may differ from call to call.

    FolderError if another process holds it, or if another calibration was made in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderError(
            f"{folder}: another calibration is running there. Wait for it, or choose another --out"
        ) from None
    except OSError as error:
        raise FolderError(f"{folder}: cannot be written ({error}). Choose another --out") from error
    try:
        for part in (*folder.glob(".part-*"), *folder.glob("*.part")):
            part.unlink(missing_ok=True)  # left by a kill in the middle of a write
        _same(folder, asked, about)
        yield
    finally:
        lock.release()


def _same(folder: Path, asked: Asked, about: Mapping[str, Any]) -> None:
    path = folder / "fit.json"
    now = asked.as_json()
    if not path.exists():
        created = datetime.now(UTC).isoformat(timespec="seconds")
        keep_json(path, {**now, **about, "created": created})
        return
    try:
        before = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: cannot be read ({error}). Delete {folder}") from error
    differing = [name for name in now if _mark(before.get(name)) != _mark(now[name])]
    if differing:
        told = "\n  ".join(_told(name, before.get(name), now[name]) for name in differing)
        raise FolderError(
            f"{folder} holds a calibration that asked for something else:\n  {told}\n"
            f"Ask for the same to go on with it, choose another --out, or delete {folder}"
        )


def _mark(value: Any) -> Any:
    """A population is known by its digest, whatever else is said of it."""
    return value.get("digest", value) if isinstance(value, dict) else value


def note(folder: Path, more: Mapping[str, Any]) -> None:
    """Add to fit.json what was found on the way."""
    path = folder / "fit.json"
    keep_json(path, {**json.loads(path.read_text("utf-8")), **more})


def _told(name: str, before: Any, now: Any) -> str:
    word = _WORDS.get(name, name)
    if name in ("target_digest", "model"):
        return f"{word} have changed since"
    return f"{word}: {_short(before)} there, {_short(now)} now"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return "none" if value is None else str(value)


def keep_json(path: Path, value: Any) -> None:
    """Write JSON, whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1)

    def put(part: Path) -> None:
        part.write_text(text + "\n", "utf-8")

    write_atomic(path, put)


def keep_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as Parquet or CSV, by the name of the file, whole or not at all."""

    def put(part: Path) -> None:
        if path.suffix == ".csv":
            frame.to_csv(part, index=False, float_format="%.6g", encoding="utf-8")
        else:
            frame.to_parquet(part, index=False)

    write_atomic(path, put)
