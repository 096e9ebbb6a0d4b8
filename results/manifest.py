"""The manifests of a run store: which runs were asked for, and which are whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

RUN = ["scenario", "draw", "replicate"]


class StoreError(Exception):
    """A store that cannot be read, or does not hold what was asked; says how to mend it."""


@dataclass(frozen=True)
class ScenarioInfo:
    """What the batch says about one scenario."""

    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    until: str = ""

    def label(self, lang: str) -> str:
        """The title in ``lang``, else in English, else the name."""
        return self.title.get(lang) or self.title.get("en") or self.name


@dataclass(frozen=True)
class RunInfo:
    """One finished run: its place in the batch, its file and its manifest."""

    key: str
    scenario: str
    draw: int
    replicate: int
    path: Path
    manifest: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Hash of the model's sources that made this run."""
        return str(self.manifest.get("code") or "")

    @property
    def population(self) -> str:
        """Hash of the starting population."""
        return str((self.manifest.get("population") or {}).get("digest") or "")

    @property
    def values(self) -> dict[str, float]:
        """Values of the parameters that were drawn; empty for the default values."""
        drawn = self.manifest.get("values") or {}
        return {name: float(v) for name, v in drawn.items() if isinstance(v, (int, float))}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object, or :class:`StoreError` that names the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(content, dict):
        raise StoreError(f"{path}: a JSON object was expected")
    return content


def read_scenarios(manifest: Mapping[str, Any], path: Path) -> dict[str, ScenarioInfo]:
    """The scenarios of a batch, in its order."""
    listed = manifest.get("scenarios") or []
    if isinstance(listed, Mapping):
        listed = [{"name": name, **(entry or {})} for name, entry in listed.items()]
    found = {}
    for entry in listed:
        entry = {"name": entry} if isinstance(entry, str) else entry
        title = entry.get("title") or {}
        found[entry["name"]] = ScenarioInfo(
            name=entry["name"],
            title={"en": title} if isinstance(title, str) else title,
            about=entry.get("about") or {},
            until=str(entry.get("until") or ""),
        )
    if not found:
        raise StoreError(f"{path / 'batch.json'}: no scenarios listed")
    return found


def read_asked(manifest: Mapping[str, Any], scenarios: Mapping[str, ScenarioInfo]) -> pd.DataFrame:
    """The runs the batch asked for: those it lists, else scenarios x draws x replicates."""
    if manifest.get("runs"):
        rows = [(r["scenario"], int(r["draw"]), int(r["replicate"])) for r in manifest["runs"]]
    else:
        asked = int(manifest.get("draws", 0))
        draws = range(1, asked + 1) if asked else range(1)  # draw 0 is the default values
        replicates = range(max(1, int(manifest.get("replicates", 1))))
        rows = [(s, d, r) for s in scenarios for d in draws for r in replicates]
    return pd.DataFrame(rows, columns=RUN)


def read_runs(path: Path) -> list[RunInfo]:
    """The runs that are whole: a manifest that says done, and its rows."""
    found = []
    # Manifests lie apart, so that pandas can read the folder of the runs as it is; beside the
    # runs they are read too.
    files = sorted(path.glob("manifests/*.json")) or sorted(path.glob("runs/*.json"))
    for file in files:
        record = read_json(file)
        parquet = path / "runs" / f"{file.stem}.parquet"
        if not parquet.is_file() or record.get("status", "done") != "done":
            continue
        try:
            found.append(
                RunInfo(
                    key=str(record.get("key", file.stem)),
                    scenario=str(record["scenario"]),
                    draw=int(record["draw"]),
                    replicate=int(record["replicate"]),
                    path=parquet,
                    manifest=record,
                )
            )
        except KeyError as error:
            raise StoreError(f"{file}: the run manifest has no {error}") from error
    return found


def refuse_mixed(path: Path, runs: Sequence[RunInfo]) -> None:
    """Raise :class:`StoreError` if the runs are not of one version and one population."""
    for what, values in (
        ("versions of the model", [r.code for r in runs]),
        ("starting populations", [r.population for r in runs]),
    ):
        kinds = pd.Series(values, dtype=object).value_counts()
        if len(kinds) > 1:
            listed = ", ".join(f"{str(k)[:12] or 'unknown'}: {n} runs" for k, n in kinds.items())
            raise StoreError(
                f"{path}: runs of {len(kinds)} {what} in one store ({listed}); their "
                "difference is not that of the scenarios. Run the batch again into this or a "
                "new folder, or allow mixed runs by name."
            )
    seen = pd.Series([(r.scenario, r.draw, r.replicate) for r in runs], dtype=object)
    if seen.duplicated().any():
        twice = seen[seen.duplicated()].iloc[0]
        raise StoreError(
            f"{path}: two runs for scenario {twice[0]}, draw {twice[1]}, replicate {twice[2]}"
        )
