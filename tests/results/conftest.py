"""Made-up stores: one with a run missing, and one where every number is known by hand."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from results.store import open_store
from tests.results.make_store import make_store, write_parquet

LOST = ("harsh-shocks", 2, 0)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Eight scenarios, five draws, four counties; one run failed."""
    return make_store(tmp_path_factory.mktemp("runs") / "made", missing=[LOST], n_counties=4)


@pytest.fixture
def store(folder):
    return open_store(folder)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Two scenarios at default values, three replicates; nothing missing."""
    return make_store(
        tmp_path_factory.mktemp("runs") / "small",
        scenarios=["no-plan", "plan"], draws=0, replicates=3, n_counties=2,
    )  # fmt: skip


def by_hand(folder, values, *, draws=0, replicates=1, drawn=None, **manifest):
    """A store from rows: {(scenario, draw, replicate): [(county, year, month, name, group, v)]}."""
    for name in ("runs", "manifests"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    columns = ["county", "year", "month", "indicator", "group", "value"]
    names = list(dict.fromkeys(scenario for scenario, *_ in values))
    for (scenario, draw, replicate), rows in values.items():
        key = f"{scenario}-{draw}-{replicate}"
        table = pd.DataFrame(rows, columns=columns)
        table = table.assign(scenario=scenario, draw=draw, replicate=replicate)
        write_parquet(table, folder / "runs" / f"{key}.parquet")
        run = {"scenario": scenario, "draw": draw, "replicate": replicate, "code": "c0de"}
        run["values"] = (drawn or {}).get(draw, {})
        (folder / "manifests" / f"{key}.json").write_text(json.dumps(run))
    batch = {"scenarios": [{"name": name} for name in names], "draws": draws}
    batch |= {"replicates": replicates, "base": names[0]} | manifest
    (folder / "batch.json").write_text(json.dumps(batch))
    return folder
