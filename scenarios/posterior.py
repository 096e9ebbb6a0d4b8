"""A posterior: complete draws of the uncertain parameters with weights, kept in a folder.

    posterior.parquet   draw, weight, then a column for each uncertain parameter ("group.name")
    manifest.json       what was fitted to what, by which command and version

A batch takes equally weighted draws from it. Draw k is the row in which u(k) falls among the
cumulated weights, u(k) = u(0) + k * golden ratio modulo 1, u(0) a hash of the seed. Like
systematic resampling this spreads any number of draws evenly over the weights (the gaps of that
sequence are of three lengths at most), and unlike it draw k is the same however many are asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scenarios.library import load_parameters, scenario_folder
from scenarios.parameter import ParameterTable
from scenarios.posterior_check import PosteriorError, compare
from scenarios.priors import uniform_hash
from scenarios.store import write_atomic
from sim.state import code_digest

__all__ = [
    "DEFAULT", "DRAWS", "Posterior", "PosteriorError", "default_folder", "read_posterior",
    "write_posterior",
]  # fmt: skip

DEFAULT = "default"
"""Name of the posterior that comes with the model."""
DRAWS = 20
"""Draws a batch takes from a posterior unless told otherwise."""

_TABLE, _MANIFEST = "posterior.parquet", "manifest.json"
_FIXED = ["draw", "weight"]
_GOLDEN = (5**0.5 - 1) / 2


def default_folder() -> Path:
    """Where the posterior lies that comes with the model."""
    return scenario_folder() / "data" / "posterior"


@dataclass(frozen=True)
class Posterior:
    """The rows of a posterior (see the module) and what its manifest says."""

    name: str
    frame: pd.DataFrame
    manifest: Mapping[str, Any]

    @property
    def parameters(self) -> list[str]:
        """Keys of the parameters it has values of."""
        return [c for c in self.frame.columns if c not in _FIXED]

    @property
    def fitted(self) -> list[str]:
        """Keys of those that were fitted; the others carry their priors."""
        return [str(key) for key in self.manifest.get("fitted") or []]

    @property
    def effective(self) -> float:
        """Effective number of rows, 1 / sum of squared weights."""
        weight = self.frame["weight"].to_numpy()
        return float(weight.sum() ** 2 / (weight**2).sum())

    @cached_property
    def digest(self) -> str:
        """Hash of its rows."""
        whole = hashlib.sha256()
        for name in self.frame.columns:
            values = self.frame[name].to_numpy(np.float64)
            whole.update(str(name).encode() + b"\0" + values.tobytes())
        return whole.hexdigest()[:16]

    def rows(self, number: int, seed: int) -> np.ndarray:
        """Positions of the rows that draws 1 to `number` take (see the module)."""
        upto = np.cumsum(self.frame["weight"].to_numpy(np.float64))
        place = uniform_hash(seed, "posterior", 0) + np.arange(number) * _GOLDEN
        found = np.searchsorted(upto, place % 1.0 * upto[-1], side="right")
        last = int(np.flatnonzero(self.frame["weight"].to_numpy())[-1])
        return np.minimum(found, last)  # rounding must not reach a row of no weight

    def draws(
        self, number: int, seed: int, table: ParameterTable | None = None
    ) -> list[dict[str, float]]:
        """`number` draws of every uncertain parameter, in the form of `draw_parameters`.

        What the posterior has no usable value of comes from its prior, as without a posterior
        (`warnings` says which). Errors: those of `warnings`.
        """
        table = load_parameters() if table is None else table
        unusable = compare(self.name, self.frame, self.manifest, table).unusable
        rows = self.rows(number, seed)
        found: list[dict[str, float]] = [{} for _ in range(number)]
        for spec in table.uncertain():
            prior = spec.distribution
            assert prior is not None
            if spec.key in self.frame.columns and spec.key not in unusable:
                low, high = prior.support  # a stored number may miss an end by its last digit
                values = np.clip(self.frame[spec.key].to_numpy()[rows], low, high).tolist()
            else:
                values = [prior.quantile(uniform_hash(seed, spec.key, k)) for k in range(number)]
            for draw, value in zip(found, values, strict=True):
                draw[spec.key] = value
        return found

    def warnings(
        self, table: ParameterTable | None = None, number: int = 0, seed: int = 1
    ) -> list[str]:
        """What a reader must know before using it with these parameters and this code.

        `number`, `seed`: the draws asked for. PosteriorError if a fitted parameter is gone, or has
        values outside what its prior now allows: then the rest says nothing either.
        """
        table = load_parameters() if table is None else table
        lines = compare(self.name, self.frame, self.manifest, table).lines
        rows = len(np.unique(self.rows(number, seed))) if number else 0
        if rows < number:
            lines.append(
                f"{number} draws come from {rows} different rows (of {len(self.frame)}, worth "
                f"{self.effective:.0f} of equal weight): more draws add chance, not knowledge"
            )
        return [f"posterior {self.name}: {line}." for line in lines]

    def about(self, table: ParameterTable | None = None) -> dict[str, Any]:
        """What the manifest of a batch keeps of it."""
        facts = {
            key: self.manifest.get(key, "") for key in ("command", "created", "code", "parameters")
        }
        targets = len(self.manifest.get("targets") or ())
        return {
            "name": self.name, "digest": self.digest, **facts, "targets": targets,
            "fitted": self.fitted,
            "rows": len(self.frame), "effective": round(self.effective, 1),
            "warnings": self.warnings(table),
        }  # fmt: skip


def read_posterior(folder: str | Path) -> Posterior:
    """The posterior of a folder; "default" is the one that comes with the model.

    PosteriorError says what is missing or wrong in the folder. A folder of one's own that is
    called default is reached as ./default.
    """
    place = default_folder() if str(folder) == DEFAULT else Path(folder)
    if not (place / _TABLE).is_file():
        inner = place / "posterior"
        if (inner / _TABLE).is_file():  # the folder of a calibration
            place = inner
        elif str(folder) == DEFAULT:
            raise PosteriorError(
                "this version of the model comes without a default posterior. Make one with "
                "fanpin calibrate --targets published --out DIR, then --posterior DIR"
            )
        else:
            raise PosteriorError(
                f"{folder}: there is no {_TABLE} in it. Give the folder that fanpin calibrate "
                f"wrote (--out), or 'default'"
            )
    try:
        frame = pd.read_parquet(place / _TABLE)
    except Exception as error:  # whatever a broken file makes pyarrow raise
        raise PosteriorError(f"{place / _TABLE}: can not be read as Parquet ({error})") from error
    try:
        manifest = json.loads((place / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PosteriorError(f"{place / _MANIFEST}: can not be read as JSON ({error})") from error
    if not isinstance(manifest, dict):
        raise PosteriorError(f"{place / _MANIFEST}: a JSON object was expected")
    return Posterior(_name(folder, place), _checked(frame, str(place / _TABLE)), manifest)


def write_posterior(
    folder: str | Path,
    frame: pd.DataFrame,
    manifest: Mapping[str, Any],
    table: ParameterTable | None = None,
) -> Path:
    """Write a posterior, its table first, and return the folder.

    frame: columns `draw` and `weight` (made if they are not there: 0, 1, ... and all equal) and
    complete draws, a column a parameter. manifest: `command`, `population`, `targets`, `fitted`
    and whatever else is known; schema, created, code and parameters are added if not given.
    PosteriorError if the frame is no posterior.
    """
    table = load_parameters() if table is None else table
    place = Path(folder)
    frame = frame.reset_index(drop=True)
    if "weight" not in frame:
        frame.insert(0, "weight", 1.0 / max(len(frame), 1))
    if "draw" not in frame:
        frame.insert(0, "draw", np.arange(len(frame), dtype=np.int64))
    frame = _checked(frame, "the frame")
    text = json.dumps(
        {
            "schema": 1,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "code": code_digest(),
            "parameters": table.digest()[:16],
            **manifest,
        },
        ensure_ascii=False, indent=1, sort_keys=True,
    )  # fmt: skip

    def put_table(path: Path) -> None:
        frame.to_parquet(path, index=False, compression="zstd")

    def put_manifest(path: Path) -> None:
        path.write_text(text + "\n", "utf-8")

    write_atomic(place / _TABLE, put_table)
    write_atomic(place / _MANIFEST, put_manifest)
    return place


def _checked(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """The frame as float64 columns, or PosteriorError with every fault."""
    faults = [f"column {name} is missing" for name in _FIXED if name not in frame]
    if frame.empty:
        faults.append("it has no rows")
    if len(frame.columns) <= len(_FIXED):
        faults.append("it has no parameter")
    for name in frame.columns:
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            faults.append(f"{name} is no number in {len(bad)} rows, first in row {bad[0]}")
    if not faults:
        weight = frame["weight"].to_numpy(np.float64)
        if weight.min() < 0 or not weight.sum() > 0:
            faults.append("weights must be 0 or more, and some above 0")
        if frame["draw"].duplicated().any():
            faults.append("two rows have the same number in the column draw")
    if faults:
        raise PosteriorError(f"{where}: not a posterior: " + "; ".join(faults[:10]))
    keys = [c for c in frame.columns if c not in _FIXED]
    types = dict.fromkeys(["weight", *keys], "float64") | {"draw": "int64"}
    return frame[[*_FIXED, *keys]].astype(types).reset_index(drop=True)


def _name(folder: str | Path, place: Path) -> str:
    """What a reader knows it by: the folder that was named, without the path to it."""
    if str(folder) == DEFAULT:
        return DEFAULT
    found = place.resolve()
    return found.parent.name if found.name == "posterior" else found.name
