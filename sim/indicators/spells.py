"""Spells out of poverty: how long after a registered exit a household stayed out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.calendar import PLAN_START
from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.codes import Cause, Registered
from sim.world.world import Table, World

__all__ = ["Spells"]


class Spells(Observation):
    """Spells since the last registered exit, for survival curves, in persons of the whole scope.

    A spell begins with a registered exit from November 2017 on (those before the run are seen
    only from the middle, which would bias a curve). In `spell` it ends with the first truly poor
    month; a household still out at the end of the run, or written back in while it was not truly
    poor, is censored then. In `spell_registered` it ends when the relapse is registered. A
    household that dies out leaves the count with its last member.

    A row stands at year and month of the exit, with group "relapsed:<months>:<cause>" or
    "censored:<months>" and the persons as its value.
    """

    name = "indicators_spells"
    zh = "脱贫持续时间"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.registered", "household.exit_month",
        "household.relapse_month", "household.relapse_cause",
        "household.registered_relapse_month", "household.cause", "household.village",
    )  # fmt: skip
    indicators = (
        Indicator("spell", "persons",
            "spells from registered exit to true relapse, by length and cause (group)",
            "脱贫至真实返贫历时", "run"),
        Indicator("spell_registered", "persons",
            "spells from registered exit to registered relapse, by length and cause (group)",
            "脱贫至登记返贫历时", "run"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Close the spells of those written back in this month, before an exit renews them."""
        home = world.household
        back = (home["registered_relapse_month"] == now.month) & (
            home["registered"] == Registered.RELAPSED
        )
        if back.any():
            self._book(world, np.flatnonzero(back), now.month)
        return ()

    def final_rows(self, world: World, now: Now) -> Iterable[Row]:
        """All spells: those closed on the way and those still open."""
        self._book(
            world, np.flatnonzero(world.household["registered"] == Registered.EXITED), now.month
        )
        for (name, start, group), persons in sorted(self.memory.items()):
            yield 0, start // 12, start % 12 + 1, name, group, persons

    def _book(self, world: World, rows: np.ndarray, month: int) -> None:
        """Add the spells of some households, as they stand in `month`."""
        home = Table({key.split(".")[1]: world[key][rows] for key in self.reads})
        village = world.household["village"][rows]
        weight = home["size"] / world.county["sample"][world.village["county"][village]]
        keep = (home["alive"] != 0) & (home["size"] > 0) & (home["exit_month"] >= PLAN_START)
        begun = home["exit_month"].astype(np.int64)
        for name, end, cause in (
            ("spell", home["relapse_month"], home["relapse_cause"]),
            ("spell_registered", home["registered_relapse_month"], home["cause"]),
        ):
            fell = keep & (end > begun)
            reason = np.where(cause > 0, cause, Cause.OTHER)
            length = np.where(fell, end, month) - begun
            # one number a kind of spell: begin, length, cause (0: censored)
            kind = (begun * 1000 + length) * 32 + np.where(fell, reason, Cause.NONE)
            kinds, which = np.unique(kind[keep], return_inverse=True)
            # summed in row order, so that no cut of the world changes a bit
            persons = np.bincount(which, weight[keep], len(kinds))
            for one, value in zip(kinds.tolist(), persons.tolist(), strict=True):
                start, months, reason_code = one // 32 // 1000, one // 32 % 1000, one % 32
                group = f"censored:{months}"
                if reason_code:
                    group = f"relapsed:{months}:{Cause(reason_code).name.lower()}"
                key = (name, start, group)
                self.memory[key] = self.memory.get(key, 0.0) + value
