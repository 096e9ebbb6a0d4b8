"""Who would fall without it: each stream of support ended alone, all ended, none ended.

From one state, say December 2020 under the plan, every run goes on with the same chance. A
household is held up by a stream if it is truly poor in no month of the run in which nothing ends
and in some month of the run in which that stream ends. Whoever falls only if everything ends is
held up by several streams that stand in for each other, and by no single one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.branching import without_streams
from scenarios.run import resolve
from scenarios.scenario import Scenario
from scenarios.streams import streams
from sim.indicators.observation import Row
from sim.mechanism import Now
from sim.model import PovertyModel
from sim.registry.exit_kind import Kind
from sim.world.codes import Registered, Relocation
from sim.world.world import World

__all__ = ["ALL", "NONE", "Futures", "futures", "streams_at_work"]

ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Futures:
    """Who was truly poor in some month, of the households of the state, in each future.

    fell: {(stream, "all" or "none", months since the state): mask over households}.
    persons: that a household stands for. groups: {name: mask}, of the state, overlapping.
    """

    month: int
    ids: np.ndarray
    persons: np.ndarray
    groups: Mapping[str, np.ndarray]
    fell: Mapping[tuple[str, int], np.ndarray]

    @property
    def names(self) -> list[str]:
        """The streams, in the order of their file."""
        return [n for n in dict.fromkeys(name for name, _ in self.fell) if n not in (ALL, NONE)]

    def held(self, name: str, months: int) -> np.ndarray:
        """Who falls if it ends and does not fall if nothing ends."""
        return np.asarray(self.fell[name, months] & ~self.fell[NONE, months])

    def rows(self, horizons: Sequence[int]) -> Iterator[Row]:
        """As rows of a store, in persons, at the date of each horizon.

        `held_up`: group "<stream>:<group of households>"; also stream "all". `held_up_only`: those
        whom the end of no other single stream would bring down. `held_up_by`: those who fall if
        all ends, by how many single streams hold them up ("0", "1", "2", "3+").
        `held_up_reverse`: who falls with the stream and not without it. `held_up_people`: all of a
        group, and `held_up_poor`: those of it who fall though nothing ends.
        """
        for months in horizons:
            end = self.month + months
            when = (0, end // 12, end % 12 + 1)
            single = {name: self.held(name, months) for name in self.names}
            by = np.sum(list(single.values()), axis=0) if single else np.zeros(len(self.ids))
            for name in (*self.names, ALL):
                held = self.held(name, months)
                for group, mask in self.groups.items():
                    yield *when, "held_up", f"{name}:{group}", self._persons(held & mask)
                reverse = self.fell[NONE, months] & ~self.fell[name, months]
                yield *when, "held_up_reverse", name, self._persons(reverse)
                if name != ALL:
                    yield *when, "held_up_only", name, self._persons(held & (by == 1))
            every = self.held(ALL, months)
            for label, count in (("0", by == 0), ("1", by == 1), ("2", by == 2), ("3+", by >= 3)):
                yield *when, "held_up_by", label, self._persons(every & count)
            for group, mask in self.groups.items():
                yield *when, "held_up_people", group, self._persons(mask)
                fallen = mask & self.fell[NONE, months]
                yield *when, "held_up_poor", group, self._persons(fallen)

    def _persons(self, which: np.ndarray) -> float:
        return float(self.persons[which].sum())


def streams_at_work(scenario: Scenario, first: int) -> list[str]:
    """The streams with a clause at work in a month."""
    on = {
        clause
        for clause, spans in scenario.clauses.items()
        if any(begin <= first and (end is None or end >= first) for begin, end, _ in spans)
    }
    return [name for name, one in streams().items() if on & set(one.clauses)]


def futures(
    model: PovertyModel, scenario: Scenario, *, horizons: Sequence[int] = (12, 36),
    names: Iterable[str] | None = None, draw: Mapping[str, float] | None = None,
    threads: int = 1, progress: Callable[[int, int], None] | None = None,
) -> Futures:  # fmt: skip
    """Branch a model's state into one future a stream, one in which all end, one in which none.

    names: the streams (default: all with a clause at work). Chance is the same in all futures.
    """
    first, last = model.month + 1, model.month + max(horizons)
    chosen = list(names) if names is not None else streams_at_work(scenario, first)
    unknown = set(chosen) - set(streams())
    if unknown:
        raise ValueError(f"there is no stream {', '.join(unknown)}; {', '.join(streams())}")
    home = model.world.household
    rows = np.flatnonzero((home.alive != 0) & (home.size > 0))
    ids = home.id[rows].copy()
    line = model.parameters.value("calendar.line", model.month) * 100.0
    groups = {name: mask[rows] for name, mask in _groups(model.world, line).items()}
    county = model.world.village.county[home.village[rows]]
    persons = home.size[rows] / model.world.county.sample[county]
    fell: dict[tuple[str, int], np.ndarray] = {}
    ends = {NONE: [], **{name: [name] for name in chosen}, ALL: chosen}
    for done, (name, ended) in enumerate(ends.items()):
        future = without_streams(scenario, ended, first)
        parameters = resolve(future, draw, last, scenario.table)
        branch = model.branch(parameters, until=last, threads=threads)
        fell.update(_fallen(branch, name, rows, ids, model.month, horizons))
        if progress:
            progress(done + 1, len(ends))
    return Futures(model.month, ids, persons, groups, fell)


def _fallen(
    branch: PovertyModel, name: str, rows: np.ndarray, ids: np.ndarray, start: int,
    horizons: Sequence[int],
) -> dict[tuple[str, int], np.ndarray]:  # fmt: skip
    """Run one future and note who has been truly poor in it by each horizon."""
    ever = np.zeros(len(rows), bool)
    found = {}

    def look(now: Now) -> None:
        home = branch.world.household
        # a row may have been given to another household since
        ever[:] |= (home.poor[rows] != 0) & (home.alive[rows] != 0) & (home.id[rows] == ids)
        if now.month - start in horizons:
            found[name, now.month - start] = ever.copy()

    branch.run(each=look)
    return found


def _groups(world: World, line: float) -> dict[str, np.ndarray]:
    """Groups of households as they stand now; they overlap, and others are in none of the types."""
    home = world.household
    per_head = home.income12 / np.maximum(home.size, 1)
    types = {
        Kind.LABOUR_SHORT: home.labour < 1.0,
        Kind.DISABLED: home.disabled > 0,
        Kind.RELOCATED: home.relocation == Relocation.MOVED,
        Kind.MIGRANT: home.away > 0,
        Kind.NEAR_LINE: (per_head >= line) & (per_head < 1.1 * line),
    }
    named = {str(kind.name).lower(): mask for kind, mask in types.items()}
    return {
        "everybody": np.ones(len(home.alive), bool),
        "exited": home.registered == Registered.EXITED,
        **named,
        "others": ~np.any(list(types.values()), axis=0),
    }
