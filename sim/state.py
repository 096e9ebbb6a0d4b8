"""A model's whole state in one file: every column, the accounts, the rows recorded so far.

The file is a zip of plain numpy arrays (`household/cash.npy`, ...) and one `state.json`. From it
`PovertyModel.load` goes on bit for bit. Mechanisms keep nothing from month to month but columns
and accounts, so nothing of theirs is in it, nor are parameters: whoever loads it gives those.
A state belongs to the sources that wrote it; a hash of them is kept and compared.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from sim.ledger import Ledger
from sim.world.columns import Column
from sim.world.world import Table, World

if TYPE_CHECKING:
    from sim.indicators.observation import Recorder
    from sim.model import PovertyModel

__all__ = ["Saved", "StateError", "about", "code_digest", "read", "write"]

FORMAT = 1
_DESCRIPTION = "state.json"


class StateError(ValueError):
    """A file is no state of this version of the model; says how to mend it."""


@functools.lru_cache(maxsize=1)
def code_digest() -> str:
    """A hash of every source file under sim/: an edit, committed or not, is a new version."""
    folder = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        whole.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


# --- writing --------------------------------------------------------------------------------------


def write(model: PovertyModel, path: Path, about: dict[str, Any]) -> None:
    """Write a model's state, whole or not at all. OSError if the place can not be written."""
    arrays = _arrays(model)
    described = _describe(model, about)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                packed.writestr(_DESCRIPTION, json.dumps(described, ensure_ascii=False))
                for name, array in arrays.items():
                    with packed.open(f"{name}.npy", "w", force_zip64=True) as member:
                        npy.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def _arrays(model: PovertyModel) -> dict[str, np.ndarray]:
    world, recorder = model.world, model.recorder
    found = {f"{kind}/{name}": a for kind, t in world.tables.items() for name, a in t.items()}
    found |= {f"starts/{kind}": rows for kind, rows in world.starts.items()}
    found |= {f"ledger/{name}": array for name, array in model.ledger.arrays().items()}
    for one in recorder.observations:
        found[f"counts/{one.name}/month"] = one.month
        found[f"counts/{one.name}/year"] = one.year
    rows = recorder.so_far()
    found["rows/when"] = np.array([row[:3] for row in rows], np.int32).reshape(len(rows), 3)
    names = _numbered([row[3] for row in rows]), _numbered([row[4] for row in rows])
    found["rows/indicator"] = np.array([names[0][row[3]] for row in rows], np.int32)
    found["rows/group"] = np.array([names[1][row[4]] for row in rows], np.int32)
    found["rows/value"] = np.array([row[5] for row in rows], np.float64)
    return found


def _numbered(words: list[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(words))}


def _describe(model: PovertyModel, about: dict[str, Any]) -> dict[str, Any]:
    rows = model.recorder.so_far()
    return {
        "format": FORMAT,
        "code": code_digest(),
        "about": about,
        "month": model.month,
        "start": model.start,
        "seed": model.seed_value,
        "columns": _signature(model.world.columns),
        "budgeted": sorted(model.ledger.budgeted),
        "indicators": list(_numbered([row[3] for row in rows])),
        "groups": list(_numbered([row[4] for row in rows])),
        "observations": {
            one.name: {
                "of_year": int(one.of_year),
                "memory": [[_plain(key), value] for key, value in one.memory.items()],
            }
            for one in model.recorder.observations
        },
    }


def _signature(columns: Mapping[str, Column]) -> dict[str, str]:
    return {key: f"{np.dtype(one.dtype).str}x{one.depth}" for key, one in columns.items()}


def _plain(key: Any) -> Any:
    """A key of an observation's memory for JSON: text, or a list of texts and whole numbers."""
    if isinstance(key, tuple):
        return [part if isinstance(part, str) else int(part) for part in key]
    return key


# --- reading --------------------------------------------------------------------------------------


@dataclass
class Saved:
    """What a file holds: the world, and what is to be put into fresh accounts and a recorder."""

    path: Path
    world: World
    month: int
    start: int
    seed: int
    described: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def restore(self, ledger: Ledger, recorder: Recorder) -> None:
        """Fill the accounts and the recorder of a model over this world."""
        for name, array in ledger.arrays().items():
            array[...] = self.arrays[f"ledger/{name}"]
        ledger.budgeted = set(self.described["budgeted"])
        kept = self.described["observations"]
        lacking = [one.name for one in recorder.observations if one.name not in kept]
        if lacking or len(kept) != len(recorder.observations):
            raise StateError(
                f"{self.path}: it was saved with other observations ({', '.join(kept)}); load it "
                f"with the schedule that it was saved with"
            )
        for one in recorder.observations:
            one.month[:] = self.arrays[f"counts/{one.name}/month"]
            one.year[:] = self.arrays[f"counts/{one.name}/year"]
            mine = kept[one.name]
            one.of_year = mine["of_year"]
            one.memory = {
                tuple(key) if isinstance(key, list) else key: value for key, value in mine["memory"]
            }
        names, groups = self.described["indicators"], self.described["groups"]
        columns = [self.arrays[f"rows/{part}"].tolist() for part in ("indicator", "group", "value")]
        recorder.rows = [
            (county, year, month, names[indicator], groups[group], value)
            for (county, year, month), indicator, group, value in zip(
                self.arrays["rows/when"].tolist(), *columns, strict=True
            )
        ]


def about(path: str | Path) -> dict[str, Any]:
    """What was written beside a state by whoever saved it, with `month`, `seed` and `code`."""
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as packed:
            found = _described(path, packed)
    except zipfile.BadZipFile as error:
        raise _broken(path, error) from error
    return {**found["about"], **{key: found[key] for key in ("month", "seed", "code")}}


def read(path: Path, columns: Mapping[str, Column], other_code: bool = False) -> Saved:
    """A saved state, checked against the columns and the sources of this version."""
    try:
        with zipfile.ZipFile(path) as packed:
            described = _described(path, packed)
            _check(path, described, columns, other_code)
            arrays = {}
            for member in packed.namelist():
                if member.endswith(".npy"):
                    with packed.open(member) as file:
                        arrays[member.removesuffix(".npy")] = npy.read_array(file)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise _broken(path, error) from error
    tables: dict[str, Table] = {}
    for key in columns:
        kind, name = key.split(".")
        tables.setdefault(kind, Table())[name] = arrays.pop(f"{kind}/{name}")
    starts = {name.split("/")[1]: a for name, a in arrays.items() if name.startswith("starts/")}
    world = World(columns, tables, starts)
    return Saved(
        path, world, int(described["month"]), int(described["start"]), int(described["seed"]),
        described, arrays,
    )  # fmt: skip


def _described(path: Path, packed: zipfile.ZipFile) -> dict[str, Any]:
    try:
        found = json.loads(packed.read(_DESCRIPTION))
    except (KeyError, ValueError) as error:
        raise _broken(path, error) from error
    if found.get("format") != FORMAT:
        raise StateError(
            f"{path}: a state of format {found.get('format')}, this version reads {FORMAT}: save "
            f"it again with this version"
        )
    return dict(found)


def _broken(path: Path, error: Exception) -> StateError:
    return StateError(f"{path}: not a whole state of a model ({error}); save it again")


def _check(
    path: Path, described: dict[str, Any], columns: Mapping[str, Column], other_code: bool
) -> None:
    saved, mine = described["columns"], _signature(columns)
    unlike = sorted(key for key in {*saved, *mine} if saved.get(key) != mine.get(key))
    if unlike:
        shown = ", ".join(unlike[:4]) + (" ..." if len(unlike) > 4 else "")
        raise StateError(
            f"{path}: its columns are not those of this model ({shown}): save it again with this "
            f"version, or load it with the version that saved it"
        )
    if described["code"] != code_digest() and not other_code:
        raise StateError(
            f"{path}: saved by other sources of the model ({described['code']}, these are "
            f"{code_digest()}), so going on from it would mix two versions. Save it again with "
            f"this version, or ask for it by name (other_code)"
        )
