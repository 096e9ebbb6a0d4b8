"""Spells out of poverty: how long after a registered exit a household stayed out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.registry.exit_kind import Kind
from sim.world.codes import Cause, Registered
from sim.world.world import Table, World

__all__ = ["KINDS", "Spells"]

KINDS = (*(kind.name.lower() for kind in Kind if kind.name), "others")
"""Types of households at exit; they overlap, and "others" are of none."""

_WHOLE = "spell"
_TYPED = "spell_type"


class Spells(Observation):
    """Spells since the last registered exit, for life tables, in persons of the whole scope.

    A spell begins with a registered exit from November 2017 on (those before the run are seen
    only from the middle, which would bias a curve). In `spell` it ends with the first truly poor
    month; a household still out at the end of the run, or written back in while it was not truly
    poor, is censored then. In `spell_registered` it ends when the relapse is registered. A
    household that dies out leaves the count with its last member.

    A row stands at year and month of the exit, with group "relapsed:<months>:<cause>" or
    "censored:<months>" and the persons as its value: at risk after t months are all that are
    longer. Counties have the same rows without the causes ("relapsed:<months>"), and
    `spell_type`, `spell_type_registered` those of each type of household at its exit
    ("labour_short:relapsed:<months>"); a household may be of several types. Weights are the
    persons of a household at the end of its spell.
    """

    name = "indicators_spells"
    zh = "脱贫持续时间"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.registered", "household.exit_month",
        "household.relapse_month", "household.relapse_cause", "household.exit_kind",
        "household.registered_relapse_month", "household.cause", "household.village",
    )  # fmt: skip
    indicators = (
        Indicator("spell", "persons",
            "spells from registered exit to true relapse, by length and cause (group)",
            "脱贫至真实返贫历时", "run"),
        Indicator("spell_registered", "persons",
            "spells from registered exit to registered relapse, by length and cause (group)",
            "脱贫至登记返贫历时", "run"),
        Indicator("spell_type", "persons",
            "spells from registered exit to true relapse, by type of household and length (group)",
            "脱贫至真实返贫历时（按家庭类型）", "run"),
        Indicator("spell_type_registered", "persons",
            "the same to registered relapse", "脱贫至登记返贫历时（按家庭类型）", "run"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Close the spells of those written back in this month, before an exit renews them."""
        home = world.household
        back = (home["registered_relapse_month"] == now.month) & (
            home["registered"] == Registered.RELAPSED
        )
        if back.any():
            _book(self.memory, world, np.flatnonzero(back), now.month)
        return ()

    def final_rows(self, world: World, now: Now) -> Iterable[Row]:
        """All spells: those closed on the way and those still open."""
        found = dict(self.memory)
        out = np.flatnonzero(world.household["registered"] == Registered.EXITED)
        _book(found, world, out, now.month)
        for (name, county, start, group), persons in sorted(found.items()):
            yield county, start // 12, start % 12 + 1, name, group, persons


def _book(memory: dict[Any, float], world: World, rows: np.ndarray, month: int) -> None:
    """Add the spells of some households, as they stand in `month`."""
    home = Table({key.split(".")[1]: world[key][rows] for key in Spells.reads})
    county = world.village["county"][home["village"]].astype(np.int64)
    weight = home["size"] / world.county["sample"][county]
    keep = (home["alive"] != 0) & (home["size"] > 0) & (home["exit_month"] >= PLAN_START)
    begun = home["exit_month"].astype(np.int64)
    kind = home["exit_kind"].astype(np.int64)
    for suffix, end, cause in (
        ("", home["relapse_month"], home["relapse_cause"]),
        ("_registered", home["registered_relapse_month"], home["cause"]),
    ):
        fell = keep & (end > begun)
        reason = np.where(fell, np.where(cause > 0, cause, Cause.OTHER), Cause.NONE)
        length = np.where(fell, end, month) - begun
        whole = ((keep, 0, reason, _WHOLE, ""),)
        typed = tuple(
            (keep & (kind & bit != 0), 0, fell.astype(np.int64), _TYPED, f"{name}:")
            for name, bit in zip(KINDS, Kind, strict=False)
        )
        others = ((keep & (kind == 0), 0, fell.astype(np.int64), _TYPED, "others:"),)
        kept = np.flatnonzero(keep)  # by county, as all rows are
        codes = world.county["code"].tolist()
        edges = np.searchsorted(county[kept], np.arange(len(codes) + 1))
        places = tuple(
            (kept[edges[row] : edges[row + 1]], code, fell.astype(np.int64), _WHOLE, "")
            for row, code in enumerate(codes)
        )
        for which, code, why, name, first in (*whole, *typed, *others, *places):
            for start, months, ending, persons in _summed(which, begun, length, why, weight):
                group = f"{first}censored:{months}"
                if ending:
                    group = f"{first}relapsed:{months}"
                    group += f":{Cause(ending).name.lower()}" if code == 0 and not first else ""
                key = (name + suffix, code, start, group)
                memory[key] = memory.get(key, 0.0) + persons


def _summed(
    which: np.ndarray, begun: np.ndarray, length: np.ndarray, ending: np.ndarray, weight: np.ndarray
) -> Iterable[tuple[int, int, int, float]]:
    """(begin, length, ending, persons) of the spells of a mask or of some rows, each kind once."""
    # one number a kind of spell: begin, length, ending (0: censored)
    kind = (begun[which] * 1000 + length[which]) * 32 + ending[which]
    kinds, place = np.unique(kind, return_inverse=True)
    # summed in row order, so that no cut of the world changes a bit
    persons = np.bincount(place, weight[which], len(kinds))
    for one, value in zip(kinds.tolist(), persons.tolist(), strict=True):
        yield one // 32 // 1000, one // 32 % 1000, one % 32, value
