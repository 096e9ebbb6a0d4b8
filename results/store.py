"""The run store: one folder per batch, one Parquet file and one JSON manifest per run.

The schema is described in ``docs/store.md``. A :class:`Store` knows which runs were asked
for and which are there; the difference is part of every table and plot, because a scenario
that is silently missing is a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from results.manifest import (
    RUN,
    RunInfo,
    ScenarioInfo,
    StoreError,
    read_asked,
    read_json,
    read_runs,
    read_scenarios,
    refuse_mixed,
)

__all__ = ["RUN", "TOTAL", "YEAR", "RunInfo", "ScenarioInfo", "Store", "StoreError", "open_store"]

TOTAL = 0  # county code of "all counties of the scope"
YEAR = 0  # month code of "the whole year"

# Strings are read as plain strings: each file has its own dictionary, and a filter should
# not depend on which values a file happens to hold.
SCHEMA = pa.schema(
    [
        ("county", pa.int32()),
        ("year", pa.int16()),
        ("month", pa.int8()),
        ("indicator", pa.string()),
        ("group", pa.string()),
        ("value", pa.float64()),
        ("scenario", pa.string()),
        ("draw", pa.int32()),
        ("replicate", pa.int32()),
    ]
)


class Store:
    """A batch of runs, read lazily.

    Use :func:`open_store`. Rows are held in the store's own units (shares between 0 and 1,
    persons, yuan); scaling for the eye is done where a table or a plot is written.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Mapping[str, Any],
        scenarios: Mapping[str, ScenarioInfo],
        runs: Sequence[RunInfo],
        asked: pd.DataFrame,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.scenarios = dict(scenarios)
        self.runs = list(runs)
        self.asked = asked
        """Runs asked for: columns scenario, draw, replicate."""

    # -- what the batch is -------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the batch: that of its folder."""
        return str(self.manifest.get("name") or self.folder.name)

    @property
    def draws(self) -> int:
        """Parameter draws asked for; 0 means the default values."""
        return int(self.manifest.get("draws", 0))

    @property
    def replicates(self) -> int:
        """Replicates (seeds) asked for, per scenario and draw."""
        return int(self.manifest.get("replicates", 1))

    @property
    def sample(self) -> float:
        """Share of the villages that was simulated; counts in the store are scaled up."""
        return float(self.manifest.get("sample") or self.population.get("sample") or 1.0)

    @property
    def population(self) -> Mapping[str, Any]:
        """What the manifest says of the starting population; empty if nothing."""
        return self.manifest.get("population") or {}

    @property
    def posterior(self) -> Mapping[str, Any]:
        """What the manifest says of the posterior the draws come from; empty for the priors."""
        return self.manifest.get("posterior") or {}

    @property
    def base(self) -> str:
        """The scenario the others are compared with: that of the manifest, or ``no-plan``."""
        for name in (self.manifest.get("base"), "no-plan"):
            if name in self.scenarios:
                return str(name)
        return next(iter(self.scenarios))

    def check_scenario(self, name: str) -> str:
        """Return ``name`` if the batch has such a scenario, else raise :class:`StoreError`."""
        if name not in self.scenarios:
            raise StoreError(
                f"{self.folder}: no scenario '{name}' in this batch; it has "
                + ", ".join(self.scenarios)
            )
        return name

    # -- what is there and what is not -------------------------------------------------

    def missing(self) -> pd.DataFrame:
        """Runs that were asked for and are not there.

        Columns ``scenario, draw, replicate, reason``; no rows if the batch is complete.
        """
        have = {(r.scenario, r.draw, r.replicate) for r in self.runs}
        rows = [
            (s, d, r, self._failures.get((s, d, r), "not run"))
            for s, d, r in self.asked[RUN].itertuples(index=False)
            if (s, d, r) not in have
        ]
        return pd.DataFrame(rows, columns=[*RUN, "reason"])

    def counts(self) -> pd.DataFrame:
        """Per scenario (index): runs ``asked``, ``present`` and ``missing``."""
        return self._counts.copy()

    @cached_property
    def _counts(self) -> pd.DataFrame:
        asked = self.asked.groupby("scenario").size()
        lost = self.missing().groupby("scenario").size()
        present = pd.Series([r.scenario for r in self.runs], dtype=object).value_counts()
        table = pd.DataFrame({"asked": asked, "present": present, "missing": lost})
        return table.reindex(list(self.scenarios)).fillna(0).astype(int)

    @cached_property
    def _failures(self) -> dict[tuple[str, int, int], str]:
        found = {}
        for path in sorted((self.folder / "failed").glob("*.json")):
            try:
                record = read_json(path)
                key = (str(record["scenario"]), int(record["draw"]), int(record["replicate"]))
            except (StoreError, KeyError, TypeError, ValueError):
                continue  # a broken note about a failed run must not hide the good ones
            text = str(record.get("error") or record.get("traceback") or "").strip()
            found[key] = "failed: " + (text.splitlines()[-1] if text else "no message")
        return found

    # -- rows --------------------------------------------------------------------------

    def frame(
        self,
        indicator: str | Iterable[str] | None = None,
        *,
        scenario: str | Iterable[str] | None = None,
        county: int | Iterable[int] | str = TOTAL,
        year: int | Iterable[int] | None = None,
        month: int | Iterable[int] | None = None,
        group: str | Iterable[str] | None = None,
    ) -> pd.DataFrame:
        """Rows of the store that match every condition given.

        ``county`` is a code, several codes, 0 for the whole scope (the default) or
        ``"each"`` for all single counties. Columns are those of the schema. The result is
        empty, not an error, if nothing matches.
        """
        wanted = {
            "indicator": _listed(indicator),
            "scenario": _listed(scenario),
            "year": _listed(year),
            "month": _listed(month),
            "group": _listed(group),
        }
        if county == TOTAL:
            names = wanted.pop("indicator")
            known = self._by_indicator
            rows = self._totals if names is None else _stacked(known, names, self._totals)
            for column, values in wanted.items():
                if values is not None:
                    rows = rows[rows[column].isin(values)]
            return rows.reset_index(drop=True)
        if county == "each":
            condition = ds.field("county") != TOTAL
        elif isinstance(county, str):
            raise StoreError(f"county must be a code, 0 or 'each', not '{county}'")
        else:
            condition = ds.field("county").isin(_listed(county))
        for column, values in wanted.items():
            if values is not None:
                condition &= ds.field(column).isin(values)
        return self._dataset.to_table(filter=condition).to_pandas()

    @cached_property
    def _dataset(self) -> ds.Dataset:
        return ds.dataset([str(r.path) for r in self.runs], schema=SCHEMA, format="parquet")

    @cached_property
    def _totals(self) -> pd.DataFrame:
        # Rows of the whole scope are a small part of a file and are asked for many times.
        return self._dataset.to_table(filter=ds.field("county") == TOTAL).to_pandas()

    @cached_property
    def _by_indicator(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self._totals.groupby("indicator")}

    @cached_property
    def held(self) -> frozenset[tuple[str, str]]:
        """Pairs (indicator, group) that at least one run holds for the whole scope."""
        pairs = self._totals[["indicator", "group"]].drop_duplicates()
        return frozenset(pairs.itertuples(index=False, name=None))

    def holds(self, indicator: str, group: str = "") -> bool:
        """Whether any run holds this indicator (and group) for the whole scope."""
        return (indicator, group) in self.held

    @cached_property
    def last_months(self) -> pd.Series:
        """Last month recorded, as ``year * 12 + month - 1``, per scenario that has runs."""
        rows = self._totals[self._totals["month"] > 0]
        rows = rows[~rows["indicator"].str.startswith("spell")]  # their month is that of the exit
        index = rows["year"].astype(int) * 12 + rows["month"].astype(int) - 1
        return index.groupby([rows[c] for c in RUN]).max().groupby("scenario").min()

    @property
    def last_common_year(self) -> int:
        """The last year whose December every run holds."""
        if self.last_months.empty:
            raise StoreError(f"{self.folder}: the runs hold no monthly rows")
        return (int(self.last_months.min()) + 1) // 12 - 1

    def household_size(self) -> float:
        """Persons per household, mean over the store; 1.0 if it holds neither count."""
        rows = self.frame(["population", "households"])
        means = rows.groupby("indicator")["value"].mean()
        if {"population", "households"} <= set(means.index) and means["households"] > 0:
            return float(means["population"] / means["households"])
        return 1.0


def open_store(folder: str | Path, *, allow_mixed: bool = False) -> Store:
    """Open the store of one batch, or raise :class:`StoreError` that says what is wrong.

    ``allow_mixed`` accepts runs of several versions of the model or of several populations
    in one store; without it that is an error, because their difference is not a policy.
    """
    path = Path(folder)
    if not path.is_dir():
        raise StoreError(f"{path}: no such folder; a batch is written by 'fanpin run ... --out'")
    if not (path / "batch.json").is_file():
        raise StoreError(f"{path}: no batch.json, so this is not a run store")
    manifest = read_json(path / "batch.json")
    scenarios = read_scenarios(manifest, path)
    runs = read_runs(path)
    asked = read_asked(manifest, scenarios)
    wanted = set(asked[RUN].itertuples(index=False, name=None))
    # Runs of an earlier call with another list of scenarios stay in the folder; they are no
    # part of this batch unless the manifest does not list its runs at all.
    keys = {str(run["key"]) for run in manifest.get("runs", []) if "key" in run}
    runs = [r for r in runs if (r.scenario, r.draw, r.replicate) in wanted]
    runs = [r for r in runs if not keys or r.key in keys]
    if not runs:
        failed = len(list((path / "failed").glob("*.json")))
        note = f"; {failed} failed, see {path / 'failed'}" if failed else ""
        raise StoreError(f"{path}: no finished run in this store{note}")
    if not allow_mixed:
        refuse_mixed(path, runs)
    return Store(path, manifest, scenarios, runs, asked)


def _stacked(
    parts: Mapping[str, pd.DataFrame], names: Iterable[str], all_rows: pd.DataFrame
) -> pd.DataFrame:
    found = [parts[name] for name in dict.fromkeys(names) if name in parts]
    return pd.concat(found) if found else all_rows.iloc[:0]


def _listed(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if isinstance(value, (str, int)):
        return [value]
    return list(value)
