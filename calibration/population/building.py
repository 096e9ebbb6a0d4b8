"""Building a population: villages in batches, batches on a few threads, arrays filled in place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from calibration.population import cache as _cache
from calibration.population.cache import SEED
from calibration.population.goods import goods, windows
from calibration.population.households import furnish
from calibration.population.persons import people
from calibration.population.places import (
    Plan,
    county_columns,
    lay_out,
    township_columns,
    village_columns,
)
from calibration.population.register import register
from calibration.population.sampling import FEWEST, smallest
from calibration.population.setting import Batch, Setting, compose, make_setting
from sim.world.codes import Registered
from sim.world.columns import Column, catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.persons import PERSONS
from sim.world.places import PLACES

__all__ = ["StartingPopulation", "build", "smallest_sample"]

_BATCH = 120_000  # persons; small enough for the cache of a core's neighbourhood, few enough calls
_COLUMNS: dict[str, Column] = catalogue(PERSONS, HOUSEHOLDS, PLACES)


class StartingPopulation(dict[str, dict[str, np.ndarray]]):
    """A starting population as `sim.world.world.Population`: {kind: {column: array}}.

    digest: hash of all it was made from, for the keys of runs. about: the sample, seed, counties
    and changes it was asked with, and how many persons and households it has.
    """

    digest: str = ""
    about: Mapping[str, Any] = {}


def build(
    sample: float,
    seed: int = SEED,
    progress: Callable[..., Any] | None = None,
    cache: Path | str | None = None,
    counties: list[int] | None = None,
    changes: Mapping[str, Any] | None = None,
    threads: int | None = None,
) -> StartingPopulation:
    """The default synthetic population, from the cache if it was built before.

    sample: share of the villages that is built, 1.0 for everybody; whole villages, stratified by
    county and deep-poverty village, nested. seed: of the population (not of the runs).
    progress: tqdm, or anything that is called and updated in the same way. cache: folder to keep
    populations in (default: the user's cache folder). counties: six-digit codes, all 35 if None.
    changes: other values for margins and assumptions, by name. threads: default two.

    ValueError for a sample outside (0, 1], below the smallest honest one, or an unknown county.
    """
    if not 0.0 < sample <= 1.0:
        raise ValueError(f"sample must be above 0 and at most 1 (everybody), not {sample}")
    digest = _cache.digest(sample, seed, counties, changes)
    folder = _cache.folder(cache) / digest
    found = _cache.load(folder, _COLUMNS)
    if found is None:
        setting = make_setting(seed, changes)
        positions = _county_positions(setting, counties)
        least = smallest(setting.villages.county)
        if sample < least:
            raise ValueError(
                f"sample {sample:g} is below the smallest honest sample, {least:g}, which has "
                f"{FEWEST} villages in every county: ask for --sample {least:g} or more"
            )
        found = _build(setting, lay_out(setting, sample, positions), progress, threads)
        _cache.save(folder, found)
    population = StartingPopulation(found)
    population.digest = digest
    population.about = {
        "sample": sample,
        "seed": seed,
        "counties": counties,
        "changes": dict(changes or {}),
        "persons": len(population["person"]["id"]),
        "households": len(population["household"]["id"]),
    }
    return population


def smallest_sample(seed: int = SEED, changes: Mapping[str, Any] | None = None) -> float:
    """The smallest sample that `build` takes: two villages in every county of the scope."""
    return smallest(make_setting(seed, changes).villages.county)


def _county_positions(setting: Setting, counties: list[int] | None) -> np.ndarray:
    codes = setting.inputs.counties["code"]
    if counties is None:
        return np.arange(len(codes))
    unknown = sorted(set(counties) - set(codes.tolist()))
    if unknown:
        raise ValueError(
            f"no county of the scope has the code {', '.join(map(str, unknown))}; the codes are "
            + ", ".join(str(code) for code in codes)
        )
    return np.flatnonzero(np.isin(codes, counties))


def _build(
    setting: Setting, plan: Plan, progress: Callable[..., Any] | None, threads: int | None
) -> dict[str, dict[str, np.ndarray]]:
    villages = setting.villages
    persons, households = villages.persons[plan.rows], villages.households[plan.rows]
    naturals = villages.naturals[plan.rows]
    starts = {
        "person": np.concatenate([[0], np.cumsum(persons)]),
        "household": np.concatenate([[0], np.cumsum(households)]),
        "natural": np.concatenate([[0], np.cumsum(naturals)]),
    }
    filler = _Filler(setting, plan, starts)
    cuts = _cuts(starts["person"])
    bar = (
        progress(total=int(starts["person"][-1]), unit="person", unit_scale=True, desc="population")
        if progress
        else None
    )
    with ThreadPoolExecutor(max_workers=threads or min(2, os.cpu_count() or 1)) as pool:
        # the first batch alone: it makes the arrays
        _tick(bar, filler(*cuts[0]))
        for done in pool.map(lambda cut: filler(*cut), cuts[1:]):
            _tick(bar, done)
    if bar is not None:
        bar.close()
    tables = filler.tables
    tables["village"] = _typed("village", village_columns(setting, plan, filler.counted))
    tables["township"] = _typed("township", township_columns(setting, plan))
    simulated = np.bincount(plan.county_of, persons, len(plan.counties))
    poor = np.bincount(plan.county_of, filler.counted["registered_poor"], len(plan.counties))
    tables["county"] = _typed("county", county_columns(setting, plan, simulated, poor))
    return tables


def _tick(bar: Any, persons: int) -> None:
    if bar is not None:
        bar.update(persons)


def _cuts(start: np.ndarray) -> list[tuple[int, int]]:
    """Runs of villages of about a batch of persons each."""
    cuts, first, count = [], 0, len(start) - 1
    while first < count:
        end = int(np.searchsorted(start, start[first] + _BATCH, side="right")) - 1
        end = min(max(end, first + 1), count)
        cuts.append((first, end))
        first = end
    return cuts


class _Filler:
    """Makes one batch and writes it into the arrays of the whole population."""

    def __init__(self, setting: Setting, plan: Plan, starts: dict[str, np.ndarray]) -> None:
        self.setting, self.plan, self.starts = setting, plan, starts
        self.tables: dict[str, dict[str, np.ndarray]] = {
            "person": {},
            "household": {},
            "natural": {},
        }
        self.counted = {
            "persons": setting.villages.persons[plan.rows].astype(np.int64),
            "households": setting.villages.households[plan.rows].astype(np.int64),
            **{
                name: np.zeros(len(plan.rows), np.int64)
                for name in ("registered_poor", "migrants", "workers")
            },
            "headcount_start": np.zeros(len(plan.rows)),
        }

    def __call__(self, first: int, end: int) -> int:
        """Make the villages first to end of the plan; persons made."""
        rows = self.plan.rows[first:end]
        batch = compose(self.setting, rows)
        for stage in (people, furnish, register, goods, windows):
            stage(self.setting, batch)
        at = {kind: int(start[first]) for kind, start in self.starts.items()}
        village = np.searchsorted(rows, batch.village)
        household = batch.household
        household["village"] = self.plan.place[first + village]
        household["residence"] = household["village"]
        household["natural"] = household["natural"] + at["natural"]
        for tie in ("kin", "neighbour"):
            household[tie] = np.where(household[tie] >= 0, household[tie] + at["household"], -1)
        batch.person["household"] = batch.home + at["household"]
        self._count(batch, village, first, end)
        for kind, table in (
            ("person", batch.person),
            ("household", household),
            ("natural", self._naturals(batch, first)),
        ):
            for name, values in table.items():
                self._place(kind, name, at[kind], values)
        return len(batch.home)

    def _naturals(self, batch: Batch, first: int) -> dict[str, np.ndarray]:
        more, inputs, draws = batch.more, self.setting.inputs, self.setting.draws
        road = np.where(more["natural_harsh"], *inputs.list("natural_road"))
        return {
            "id": more["natural_id"],
            "village": self.plan.place[first + more["natural_village"]],
            "households": more["natural_households"],
            "harsh": more["natural_harsh"],
            "road": draws.uniform(more["natural_id"], "road") < road,
        }

    def _count(self, batch: Batch, village: np.ndarray, first: int, end: int) -> None:
        """What villages count over their people at the end of a month."""
        size = batch.size.astype(np.int64)
        workers = batch.count(batch.more["able"])
        poor = np.where(batch.household["registered"] == Registered.POOR, size, 0)
        for name, values in (
            ("migrants", batch.household["away"]),
            ("workers", workers),
            ("registered_poor", poor),
        ):
            self.counted[name][first:end] = np.bincount(village, values, end - first)
        share = self.counted["registered_poor"][first:end] / self.counted["persons"][first:end]
        self.counted["headcount_start"][first:end] = share

    def _place(self, kind: str, name: str, at: int, values: np.ndarray) -> None:
        table = self.tables[kind]
        if name not in table:
            one, total = _COLUMNS[f"{kind}.{name}"], int(self.starts[kind][-1])
            table[name] = np.empty((one.depth, total) if one.depth else total, dtype=one.dtype)
        table[name][..., at : at + values.shape[-1]] = values


def _typed(kind: str, table: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name: np.asarray(values).astype(_COLUMNS[f"{kind}.{name}"].dtype)
        for name, values in table.items()
    }
