"""The patterns over the runs of one batch: one line a row, with its verdict and the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from calibration.validation.measures import RunRows, measure
from calibration.validation.patterns import Patterns
from calibration.validation.schema import Row
from calibration.validation.verdicts import UNSAID, VERDICTS, Judged, footing, judge

__all__ = ["Batch", "Line", "StoreMissing", "counted", "frame", "lines", "read_batch"]

RIGHT = VERDICTS[:2]
Key = tuple[int, int]
"""Draw and replicate."""


class StoreMissing(ValueError):
    """A folder is no batch, or lacks the scenario asked for."""


@dataclass(frozen=True)
class Batch:
    """A batch as far as the patterns need it: its manifest, and the runs of each scenario."""

    folder: Path
    manifest: Mapping[str, Any]
    runs: Mapping[str, Mapping[Key, RunRows]]


@dataclass(frozen=True)
class Line:
    """A row and what the batch has for it. observed: on the model's footing. reason: English
    and Chinese, why nothing can be said (empty if something can)."""

    row: Row
    observed: float
    judged: Judged
    reason: Mapping[str, str]


def read_batch(folder: str | Path, indicators: set[str], scenario: str) -> Batch:
    """The finished runs of a batch, of these indicators alone.

    StoreMissing if the folder is no batch, holds no finished run, or lacks the scenario.
    """
    folder = Path(folder)
    if not (folder / "batch.json").is_file():
        raise StoreMissing(f"{folder}: no batch.json, so this is no batch of runs")
    manifest = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    runs: dict[str, dict[Key, RunRows]] = {one["name"]: {} for one in manifest["scenarios"]}
    columns = ["county", "year", "month", "indicator", "group", "value"]
    wanted = [("indicator", "in", sorted(indicators))]
    for run in manifest["runs"]:
        path = folder / "runs" / f"{run['key']}.parquet"
        if path.is_file():
            rows = pq.read_table(path, columns=columns, filters=wanted).to_pandas()
            rows = rows.astype({"indicator": str, "group": str})
            key = int(run["draw"]), int(run["replicate"])
            runs.setdefault(run["scenario"], {})[key] = RunRows(rows)
    if scenario not in runs:
        raise StoreMissing(f"{folder}: no scenario {scenario!r} here; it has {', '.join(runs)}")
    if not any(runs.values()):
        raise StoreMissing(f"{folder}: no finished run in this batch")
    return Batch(folder, manifest, runs)


def lines(patterns: Patterns, batch: Batch, scenario: str = "plan") -> list[Line]:
    """Every row, in the order of the files."""
    return [_line(row, batch, scenario) for row in patterns.rows]


def _line(row: Row, batch: Batch, scenario: str) -> Line:
    model, values = row.simulated, []
    if model is not None:
        name = model.scenario or scenario
        other = None if model.contrast is None else str(model.contrast.scenario)
        for key, run in sorted(batch.runs.get(name, {}).items()):
            if other is None:
                values.append(measure(model, run))
            elif key in batch.runs.get(other, {}):
                values.append(measure(model, run, batch.runs[other][key]))
    judged = judge(row, values)
    return Line(row, footing(row), judged, _reason(row, batch, scenario, judged))


def _reason(row: Row, batch: Batch, scenario: str, judged: Judged) -> dict[str, str]:
    if judged.verdict != UNSAID:
        return {}
    if row.simulated is None:
        return {} if row.unsaid is None else {lang: row.unsaid(lang) for lang in ("en", "zh")}
    if judged.runs:
        part = f"{judged.side:.0%}"
        return {"en": f"the runs do not agree: {part} of them lie on this side",
                "zh": f"各次运行不一致：{part}在这一侧"}  # fmt: skip
    contrast = row.simulated.contrast
    needed = [row.simulated.scenario or scenario, *([str(contrast.scenario)] if contrast else [])]
    absent = [name for name in needed if not batch.runs.get(name)]
    command = row.run or (f"fanpin run {' '.join(dict.fromkeys(needed))}" if absent else "")
    here = {"en": f"; `{command} --out …` would show it", "zh": f"；可运行 `{command} --out …`"}
    if absent:
        names = ", ".join(absent)
        why = {"en": f"no run of {names} in this store", "zh": f"结果库中没有 {names} 的运行"}
    else:
        why = {"en": "the runs do not hold it", "zh": "运行结果中没有"}
    return {lang: text + (here[lang] if command else "") for lang, text in why.items()}


def counted(patterns: Patterns, table: Sequence[Line]) -> dict[str, list[str]]:
    """The patterns that are checked and never fitted (K), by how they came out.

    right: nothing said of it disagrees, and something is said. wrong: a row disagrees. unsaid:
    none can be said. by construction: right, and every row that says so was among the model's
    inputs. A pattern whose file says F is not counted.
    """
    found: dict[str, list[str]] = {"right": [], "wrong": [], "unsaid": [], "by construction": []}
    for name, pattern in patterns.patterns.items():
        own = [line for line in table if line.row.pattern == name]
        if pattern.use != "K" or not own:
            continue
        said = [line for line in own if line.judged.verdict != UNSAID]
        if not said:
            found["unsaid"].append(name)
        elif all(line.judged.verdict in RIGHT for line in said):
            found["right"].append(name)
            if all(line.row.input is not None for line in said):
                found["by construction"].append(name)
        else:
            found["wrong"].append(name)
    return found


def frame(table: Sequence[Line]) -> pd.DataFrame:
    """The table for a CSV: one line a row, verdicts and reasons in English."""
    rows = []
    for line in table:
        row, judged, given = line.row, line.judged, line.row.published
        sides = {} if given is None else {"above": given.above, "below": given.below}
        rows.append({
            "id": row.id, "pattern": row.pattern, "use": row.use, "what": row.label("en"),
            "unit": row.unit, "published": None if given is None else given.value,
            **sides, "observed": line.observed, "mean": judged.mean, "low": judged.low,
            "high": judged.high, "runs": judged.runs, "share_on_side": judged.side,
            "verdict": judged.verdict, "reason": line.reason.get("en", ""),
            "source": row.source, "grade": row.grade,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"observed": np.float64})
