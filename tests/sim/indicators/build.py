"""Run observations on a small world and look at the rows they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.indicators.observation import Observation, Recorder
from sim.month import SCHEDULE
from sim.world.world import World, set_month
from tests.sim.tiny import LAST, now, parameters_for, tiny_world

__all__ = ["ALL", "Book", "observed_world"]

ALL: tuple[type[Observation], ...] = tuple(type(one) for one in SCHEDULE.observations)


def observed_world(persons: int = 600, **overrides: Any) -> World:
    """A world with all columns that the mechanisms of a month declare."""
    given = overrides.pop("columns", ())
    own = (column for mechanism in SCHEDULE.mechanisms() for column in mechanism.columns)
    return tiny_world(persons, columns=dict.fromkeys((*own, *given)), **overrides)


class Book:
    """Observations over a world, and the rows so far.

    `book.month("2018-12")` counts one month; `book("exits", 2018)` is a yearly value of the whole
    scope, `book("debt", 2018, 12)` a monthly one.
    """

    def __init__(
        self,
        world: World,
        kinds: Iterable[type[Observation]] = ALL,
        changes: Mapping[str, Any] | None = None,
        block_persons: int = 12_000,
        last: int = LAST,
    ) -> None:
        self.world, self.last = world, last
        self.observations = [kind() for kind in kinds]
        parameters = parameters_for(self.observations, changes=changes)
        for observation in self.observations:
            observation.bind(world, parameters, 1)
        self.recorder = Recorder(world, self.observations)
        self.blocks = world.blocks(block_persons)

    def month(self, month: int | str) -> None:
        """Count one month of the world as it now stands."""
        moment = now(month, self.last)
        set_month(self.blocks, moment)
        for observation in self.observations:
            if observation.active(moment):
                observation.open_month(moment)
                for block in self.blocks:
                    observation.run_block(block, np.zeros((4, 0), np.uint32))
        self.recorder.close_month(self.world, self.world.ledger, moment)

    def __call__(
        self, name: str, year: int, month: int = 0, group: str = "", county: int = 0
    ) -> float:
        """The one value of an indicator; KeyError if there is none."""
        found = [r[5] for r in self.rows(name) if r[:3] == (county, year, month) and r[4] == group]
        if len(found) != 1:
            raise KeyError(f"{len(found)} rows of {name} {group} in {year}-{month}")
        return found[0]

    def rows(self, name: str) -> list[tuple[int, int, int, str, str, float]]:
        """All rows of one indicator."""
        return [row for row in self.recorder.rows if row[3] == name]
