"""The model: the world, the accounts, the mechanisms in their order, month after month."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from sim import state
from sim.calendar import PLAN_START, month_index
from sim.indicators.observation import Recorder
from sim.ledger import Ledger
from sim.mechanism import Mechanism, Now
from sim.month import SCHEDULE, Schedule
from sim.parameters import Parameters
from sim.world.world import Block, Population, World, set_month

__all__ = ["BURN_IN_START", "County", "PovertyModel", "Province"]

BURN_IN_START = month_index("2015-11")
"""First month of the burn-in: 24 months before the plan."""

BLOCK_PERSONS = 100_000
"""Rows of persons in a block: large enough that calls into the rules cost little and threads seldom
wait for the interpreter; smaller ones gained nothing from the caches (docs/speed.md)."""


THREADED_COUNTY = 60_000
"""Persons a county above which counties share the threads too: in smaller ones numpy's calls are
so short that two threads wait for each other."""


class Province(mesa.Agent):
    """The province: acts first in a month, on last month's state."""

    def decide(self) -> None:
        """Run the province's mechanisms of this month."""
        model = self.model
        for mechanism in model.active("province"):
            mechanism.province(model.world, model.now, mechanism.p, mechanism.chance)
            model.saw(mechanism, None)


class County(mesa.Agent):
    """One county: hands out what is given by need across its villages."""

    def __init__(self, model: PovertyModel, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.code = int(model.world.county.code[row])
        rows = model.world.county_rows(row, "person")
        self.persons = rows.stop - rows.start

    def decide(self, phase: str = "county") -> None:
        """Run the county's mechanisms of this month."""
        model = self.model
        for mechanism in model.active(phase):
            mechanism.county(model.world, self.row, model.now, mechanism.p, mechanism.chance)
            model.saw(mechanism, self.row)


class PovertyModel(mesa.Model):
    """Rural persons, households and villages, month by month.

    population: the starting population (see sim.world.world.Population).
    parameters: all parameters and clause intensities, resolved by month.
    seed: of the common random numbers (64 bits).
    until: last month index simulated.
    threads: threads that share the blocks; changes no bit of the result.
    schedule: mechanisms and observations in their order; the default is sim.month.SCHEDULE.
    """

    def __init__(
        self,
        population: Population,
        parameters: Parameters,
        *,
        seed: int,
        until: int,
        threads: int = 1,
        block_persons: int = BLOCK_PERSONS,
        schedule: Schedule = SCHEDULE,
        start: int = BURN_IN_START,
    ) -> None:
        super().__init__()
        years = max(0, until - PLAN_START + 1) / 12
        columns = schedule.columns()
        self._set_up(
            World.build(population, columns, spare=(0.02 + 0.016 * years, 0.02 + 0.014 * years)),
            parameters, seed, until, threads, block_persons, schedule, start,
        )  # fmt: skip
        self.ledger = Ledger(self.world)
        self.world.ledger = self.ledger
        self.recorder = Recorder(self.world, self.schedule.observations)
        for mechanism in self.schedule.mechanisms():
            mechanism.begin(self.world, self.now)

    def _set_up(
        self,
        world: World,
        parameters: Parameters,
        seed: int,
        until: int,
        threads: int,
        block_persons: int,
        schedule: Schedule,
        start: int,
    ) -> None:
        self.world = world
        self.parameters = parameters
        self.seed_value = seed
        self.until = until
        self.threads = threads
        self.block_persons = block_persons
        self.schedule = schedule.fresh()
        self.start = start
        self.month = start - 1
        self.watch: Callable[[Mechanism, int | None], None] | None = None
        self.blocks = world.blocks(block_persons)
        # threads take the large ones first, so that none waits long for the last
        self._largest_first = sorted(
            self.blocks, key=lambda b: b.rows("person")[0] - b.rows("person")[1]
        )
        self._scratch = threading.local()
        persons = len(world.person.id) / max(1, len(world.county.code))
        self._large_counties = persons > THREADED_COUNTY
        self._room = max((b.at.end_person - b.at.first_person for b in self.blocks), default=0)
        for mechanism in self.schedule.mechanisms():
            mechanism.bind(world, parameters, seed)
        # what was paid is kept until the ledger has booked it
        self._sums = [
            (key.split(".")[0], world[key]) for key in self.schedule.sums if ".paid_" not in key
        ]
        self.now = self._now(start)
        self.province = Province(self)
        self.counties = [County(self, row) for row in range(len(world.county.code))]
        # mesa counts agents by model in a table that would keep every model alive for ever
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _now(self, month: int) -> Now:
        return Now(month, month // 12, month % 12 + 1, month < PLAN_START, self.start, self.until)

    # --- running -------------------------------------------------------------------------------

    def run(self, until: int | None = None, each: Callable[[Now], None] | None = None) -> None:
        """Run to the end of month `until` (default: the model's), calling `each` after a month."""
        last = self.until if until is None else until
        pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        try:
            while self.month < last:
                self._pool = pool
                self.step()
                if each is not None:
                    each(self.now)
        finally:
            self._pool = None
            if pool is not None:
                pool.shutdown()

    _pool: ThreadPoolExecutor | None = None

    def step(self) -> None:
        """One month; the order of what happens in it is sim.month.SCHEDULE."""
        self.month += 1
        self.now = self._now(self.month)
        set_month(self.blocks, self.now)
        for mechanism in self.schedule.mechanisms():
            if mechanism.active(self.now):
                mechanism.open_month(self.now)
        self._active = self.active("block")
        self._counting = [o for o in self.schedule.observations if o.active(self.now)]
        for _, column in self._sums:
            column[:] = 0
        # with nothing to close, a block is counted while it is still in the caches
        self._count_at_once = not self.active("close")
        self.province.decide()
        self._over_counties("county")
        self._over_blocks(self._run_block)
        self._over_counties("close")
        self._check_rows()
        self.ledger.close_month()
        if not self._count_at_once:
            self._over_blocks(self._observe_block)
        self.recorder.close_month(self.world, self.ledger, self.now)

    def _check_rows(self) -> None:
        for kind, column in (("persons", "no_room"), ("households", "no_room_household")):
            lacking = self.world.village.get(column)
            if lacking is not None and lacking.any():
                raise RuntimeError(
                    f"a village has no spare rows left for new {kind} in {self.now.year}: raise "
                    f"`spare` where the world is built (PovertyModel)"
                )

    def active(self, phase: str) -> list[Mechanism]:
        """The mechanisms of a phase that run this month."""
        return [m for m in getattr(self.schedule, phase) if m.active(self.now)]

    def saw(self, mechanism: Mechanism, county: int | None) -> None:
        """Tell the watcher, if any, that a mechanism has just run."""
        if self.watch is not None:
            self.watch(mechanism, county)

    def _over_counties(self, phase: str) -> None:
        if not self.active(phase):
            return
        if self._pool is None or self.watch is not None or not self._large_counties:
            for county in self.counties:
                county.decide(phase)
        else:  # a county touches its own rows and accounts only
            order = sorted(self.counties, key=lambda county: -county.persons)
            list(self._pool.map(lambda county: county.decide(phase), order))

    def _over_blocks(self, work: Callable[[Block], None]) -> None:
        if self._pool is None:
            for block in self.blocks:
                work(block)
        else:  # list() so that an error in a thread is raised here
            list(self._pool.map(work, self._largest_first))

    def _words(self) -> np.ndarray:
        words = getattr(self._scratch, "words", None)
        if words is None:
            words = self._scratch.words = np.zeros((4, int(self._room)), np.uint32)
        return words

    def _run_block(self, block: Block) -> None:
        words = self._words()
        for mechanism in self._active:
            mechanism.run_block(block, words)
            if self.watch is not None:
                self.watch(mechanism, block.county)
        if self._count_at_once:
            self._observe_block(block)

    def _observe_block(self, block: Block) -> None:
        words = self._words()
        for observation in self._counting:
            observation.run_block(block, words)

    def record_only(self, indicators: Collection[str]) -> None:
        """From here on count only what these indicators need: for runs that compare a few."""
        kept = tuple(
            one
            for one in self.schedule.observations
            if any(given.name in indicators for given in self.schedule.indicators(one))
        )
        self.schedule.observations = kept
        self.recorder.observations = list(kept)

    # --- branching -----------------------------------------------------------------------------

    def branch(
        self,
        parameters: Parameters,
        *,
        until: int,
        threads: int | None = None,
        seed: int | None = None,
    ) -> PovertyModel:
        """A model that goes on from this one's state under other parameters.

        Common random numbers hold: the branch draws what this model would have drawn, unless it
        is given another seed; then the past stays and the future's chance is another.
        """
        other = PovertyModel.__new__(PovertyModel)
        mesa.Model.__init__(other)
        other._set_up(
            self.world.copy(), parameters, self.seed_value if seed is None else seed, until,
            self.threads if threads is None else threads,
            self.block_persons, self.schedule, self.start,
        )  # fmt: skip
        other.month, other.now = self.month, self.now
        other.ledger = self.ledger.copy(other.world)
        other.world.ledger = other.ledger
        other.recorder = self.recorder.copy(other.world, other.schedule.observations)
        return other

    # --- saving --------------------------------------------------------------------------------

    def save(self, path: str | Path, about: Mapping[str, Any] | None = None) -> None:
        """Write the whole state at the end of this month into one file (see sim.state).

        about: what the caller wants to know of it again, in terms of JSON (a scenario's name, the
        sample); `sim.state.about` gives it back.
        """
        state.write(self, Path(path), dict(about or {}))

    @classmethod
    def load(
        cls,
        path: str | Path,
        parameters: Parameters,
        *,
        until: int,
        threads: int = 1,
        seed: int | None = None,
        block_persons: int = BLOCK_PERSONS,
        schedule: Schedule = SCHEDULE,
        other_code: bool = False,
    ) -> PovertyModel:
        """A model that goes on from a saved state, bit for bit as the one that saved it would
        have gone on under these parameters.

        seed: another one, for another chance from here on. other_code: take a state that other
        sources of the model have written, if it has the same columns.
        Errors: StateError if the file can not be read or is not of this version of the model.
        """
        saved = state.read(Path(path), schedule.columns(), other_code)
        if until < saved.month:
            raise state.StateError(f"{path}: it is of a later month than the run's end")
        other = cls.__new__(cls)
        mesa.Model.__init__(other)
        other._set_up(
            saved.world, parameters, saved.seed if seed is None else seed, until, threads,
            block_persons, schedule, saved.start,
        )  # fmt: skip
        other.month = saved.month
        other.now = other._now(saved.month)
        other.ledger = Ledger(other.world)
        other.world.ledger = other.ledger
        other.recorder = Recorder(other.world, other.schedule.observations)
        saved.restore(other.ledger, other.recorder)
        return other
