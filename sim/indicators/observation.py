"""What an observation is: numbers counted over a block at the end of a month.

An observation is like a mechanism, but it writes no column: its rule adds to `out`, one int64
cell for each of its names. All sums are of whole numbers (persons, households, fen, millionths
of a ratio), so they are exact and do not depend on how the world is cut into blocks. `finish`
turns a county's sums into the indicators that are stored.

    rule(at, persons, households, villages, counties, out, p)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from sim.kernel import entry_point
from sim.ledger import Ledger
from sim.mechanism import Mechanism, Now
from sim.world.world import Block, World

__all__ = ["MILLION", "Counts", "Indicator", "Observation", "Recorder", "Row"]

MILLION = 1_000_000
"""Ratios are summed in millionths."""

Row = tuple[int, int, int, str, str, float]
"""county code (0 for the whole scope), year, calendar month (0 for a year), indicator, group,
value."""


class Indicator:
    """Name, unit and meaning of one stored number."""

    def __init__(self, name: str, unit: str, meaning: str, zh: str, every: str) -> None:
        self.name, self.unit, self.meaning, self.zh, self.every = name, unit, meaning, zh, every


class Counts:
    """The sums of one county (or of the whole scope), by name: `counts("exits")`."""

    def __init__(self, place: Mapping[str, int], values: Sequence[float]) -> None:
        self._place, self._values = place, values

    def __call__(self, name: str) -> float:
        """One sum."""
        return self._values[self._place[name]]

    def share(self, name: str, of: str) -> float:
        """One sum over another, 0 where the other is 0."""
        whole = self(of)
        return self(name) / whole if whole else 0.0


class Observation(Mechanism):
    """Counts over blocks at the end of a month."""

    counts: ClassVar[tuple[str, ...]] = ()
    """Names of the cells of `out`."""
    indicators: ClassVar[tuple[Indicator, ...]] = ()
    """What `finish` yields."""

    def active(self, now: Now) -> bool:
        """Whether it counts this month: from January 2017, so that 2017 is a whole year."""
        return now.year >= 2017 and super().active(now)

    def attach(self, counties: int) -> None:
        """Make room for the counts of a run."""
        self.month = np.zeros((counties, len(self.counts)), np.int64)
        self.year = np.zeros((counties, len(self.counts)), np.int64)
        self._pending: dict[int, tuple[int, np.ndarray]] = {}
        self.memory: dict[Any, float] = {}
        self.of_year = 0

    def run_block(self, block: Block, words: np.ndarray) -> None:
        """Count one block; the blocks' counts are added up in row order when all are done.

        An observation without a rule reads the world once a month instead, in `rows`.
        """
        if type(self).rule is None:
            return
        out = np.zeros(len(self.counts), np.int64)
        arguments = (block.at, *self._tuples, out, self.p)
        if self._entry is None:
            self._entry = entry_point(type(self).rule, arguments)
        self._entry(*arguments)
        self._pending[block.rows("village")[0]] = (block.county, out)

    def gather(self, now: Now) -> None:
        """Add the blocks' counts to the counties' sums of the month and of the year."""
        self.month[:] = 0
        for first in sorted(self._pending):
            county, out = self._pending[first]
            self.month[county] += out
        self._pending = {}
        if now.year != self.of_year:
            self.year[:] = 0
            self.of_year = now.year
        self.year += self.month

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Indicators of one county (or all) this month: name, group, yearly?, value.

        `month` and `year` (since January) are already scaled up from the sample to all people,
        so counts can be stored as they are and ratios are ratios of sums. A yearly indicator is
        given in December (`now.calendar == 12`).
        """
        yield from ()

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Further rows of this month that are no sums over blocks (maxima, counties' books).

        Called once a month from the plan's start; it may use numpy over whole columns and must
        scale counts up from the sample itself. What it keeps from month to month goes into
        `memory`.
        """
        return ()

    def final_rows(self, world: World, now: Now) -> Iterable[Row]:
        """Rows that can only be given at the end of the run, such as spells.

        They must leave `memory` as it is: a branch goes on from there, and ends later.
        """
        return ()


class Recorder:
    """Collects the rows of a run."""

    def __init__(self, world: World, observations: Sequence[Observation]) -> None:
        self.observations = list(observations)
        self.rows: list[Row] = []
        self.closing = 0
        """How many of the last rows are those of the end of the run."""
        self._sample = np.asarray(world.county.sample, np.float64)
        self._codes = [int(code) for code in world.county.code]
        for observation in self.observations:
            observation.attach(len(self._codes))

    def close_month(self, world: World, ledger: Ledger, now: Now) -> None:
        """Turn the month's counts into rows, once the blocks have been counted."""
        ending: list[Row] = []
        for observation in self.observations:
            if not observation.active(now):
                continue
            observation.gather(now)
            if now.burn_in:
                continue
            self._finish(observation, now)
            self.rows.extend(observation.rows(world, now))
            if now.month == now.last:
                ending.extend(observation.final_rows(world, now))
        if now.calendar == 12:
            self._money(ledger, now)
        self.rows.extend(ending)
        self.closing = len(ending)

    def _finish(self, observation: Observation, now: Now) -> None:
        """The indicators of each county and of all together; in most months some have none."""
        if now.calendar != 12 and all(one.every != "month" for one in observation.indicators):
            return
        month = observation.month / self._sample[:, None]
        year = observation.year / self._sample[:, None]
        place = {name: k for k, name in enumerate(observation.counts)}
        months = [*month.tolist(), month.sum(axis=0).tolist()]
        years = [*year.tolist(), year.sum(axis=0).tolist()]
        for code, one, other in zip([*self._codes, 0], months, years, strict=True):
            self._take(code, observation, Counts(place, one), Counts(place, other), now)

    def _money(self, ledger: Ledger, now: Now) -> None:
        spent = ledger.close_year() / 100.0 / self._sample
        if now.burn_in:
            return
        for programme, by_county in zip(ledger.programmes, spent, strict=True):
            for code, value in zip(self._codes, by_county, strict=True):
                self.rows.append((code, now.year, 0, "money", programme, float(value)))
            self.rows.append((0, now.year, 0, "money", programme, float(by_county.sum())))

    def _take(
        self, code: int, observation: Observation, month: Counts, year: Counts, now: Now
    ) -> None:
        for name, group, yearly, value in observation.finish(month, year, now):
            self.rows.append((code, now.year, 0 if yearly else now.calendar, name, group, value))

    def so_far(self) -> list[Row]:
        """The rows without those of the end of the run, which another end will give anew."""
        return self.rows[: len(self.rows) - self.closing]

    def copy(self, world: World, observations: Sequence[Observation]) -> Recorder:
        """The same rows and sums so far, for a branch; it will give its own closing rows."""
        new = Recorder(world, observations)
        new.rows = self.so_far()
        for mine, theirs in zip(self.observations, new.observations, strict=True):
            theirs.month[:], theirs.year[:] = mine.month, mine.year
            theirs.memory, theirs.of_year = dict(mine.memory), mine.of_year
        return new
