"""A batch of runs where every number is known, written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from tests.results.make_store import write_parquet

COLUMNS = ["county", "year", "month", "indicator", "group", "value"]


def made_batch(folder: Path, runs: dict) -> Path:
    """{(scenario, draw, replicate): [(county, year, month, indicator, group, value)]}."""
    for name in ("runs", "manifests"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    listed = []
    for (scenario, draw, replicate), rows in runs.items():
        run = {"key": f"{scenario}-{draw}-{replicate}", "scenario": scenario, "draw": draw,
               "replicate": replicate}  # fmt: skip
        listed.append(run)
        table = pd.DataFrame(rows, columns=COLUMNS)
        table = table.assign(scenario=scenario, draw=draw, replicate=replicate)
        write_parquet(table, folder / "runs" / f"{run['key']}.parquet")
        record = {**run, "code": "c0de", "values": {}, "seed": 1, "status": "done"}
        (folder / "manifests" / f"{run['key']}.json").write_text(json.dumps(record))
    names = list(dict.fromkeys(scenario for scenario, *_ in runs))
    batch = {
        "scenarios": [{"name": name, "title": {"en": name, "zh": name}} for name in names],
        "draws": max(draw for _, draw, _ in runs), "replicates": 1, "sample": 0.02,
        "base": names[0], "command": f"fanpin run {' '.join(names)} --out {folder}",
        "runs": listed,
    }  # fmt: skip
    (folder / "batch.json").write_text(json.dumps(batch))
    return folder
