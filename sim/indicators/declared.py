"""Indicators that a declaration makes: the deeds of measures, and columns with a `report`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.columns import Column
from sim.world.world import World

__all__ = ["Declared", "declared_indicators"]

_DEED = "did_"
_PLACES = ("natural", "village", "township", "county")


def declared_indicators(columns: Mapping[str, Column]) -> Iterator[Indicator]:
    """The indicators that the declarations of these columns make."""
    for one in columns.values():
        if one.name.startswith(_DEED):
            name = one.name.removeprefix(_DEED)
            yield Indicator(name, one.unit, one.meaning, one.zh, "year")
        elif one.report:
            yield Indicator(one.name, one.unit, one.meaning, one.zh, "year")
            if one.kind in _PLACES:
                yield Indicator(
                    f"{one.name}_deep", one.unit, f"{one.meaning}; deep-poverty places only",
                    f"{one.zh}（深度贫困地区）", "year",
                )  # fmt: skip


class Declared(Observation):
    """Yearly totals of what measures did (`deed`), and December's state of reported columns.

    Counts of persons, households and villages are scaled up from the sample; shares and means
    are over living agents, and over villages that are no resettlement sites.
    """

    name = "indicators_declared"
    zh = "由变量声明生成的指标"
    reason = "an observation"

    months = (12,)

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """December: the year's deeds, and the columns' state."""
        codes = world.county.code.tolist()
        sample = np.asarray(world.county.sample, np.float64)
        for name, done in zip(world.ledger.deeds, world.ledger.deeds_year, strict=True):
            scaled = done / sample
            for code, value in zip(codes, scaled.tolist(), strict=True):
                yield code, now.year, 0, name, "", value
            yield 0, now.year, 0, name, "", float(scaled.sum())
        agents: dict[str, list[_Agents]] = {}
        for one in world.columns.values():
            if one.report:
                if one.kind not in agents:
                    agents[one.kind] = _listed(world, one.kind)
                yield from self._state(world, now, one, codes, sample, agents[one.kind])

    def _state(
        self, world: World, now: Now, one: Column, codes: list[int], sample: np.ndarray,
        agents: list[_Agents],
    ) -> Iterator[Row]:  # fmt: skip
        for name, (rows, of, number) in zip((one.name, f"{one.name}_deep"), agents, strict=False):
            whole = np.bincount(of, world[one.key][rows], minlength=len(codes))
            if one.report == "total":
                whole = whole / sample
                for code, value in zip(codes, whole.tolist(), strict=True):
                    yield code, now.year, 0, name, "", value
                yield 0, now.year, 0, name, "", float(whole.sum())
                continue
            weight = number / sample if one.kind not in ("township", "county") else number
            mean = np.divide(whole, number, out=np.zeros(len(number)), where=number > 0)
            for code, value, some in zip(codes, mean.tolist(), number.tolist(), strict=True):
                if some:
                    yield code, now.year, 0, name, "", value
            total = float(weight.sum())
            yield 0, now.year, 0, name, "", float((mean * weight).sum() / total) if total else 0.0


_Agents = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rows that count, the county of each, and how many there are in each county."""


def _listed(world: World, kind: str) -> list[_Agents]:
    """The rows that count of a kind, and those of them that are deep-poverty places."""
    counted, county, deep = _agents(world, kind)
    found = []
    for chosen in (counted, deep):
        if chosen is not None:
            rows = np.flatnonzero(chosen)
            number = np.bincount(county[rows], minlength=len(world.county.code))
            found.append((rows, county[rows], number.astype(np.float64)))
    return found


def _agents(world: World, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Which rows count, the county of each, and which of them are deep-poverty places."""
    village = world.village
    if kind == "county":
        rows = np.arange(len(world.county.code))
        return np.ones(len(rows), bool), rows, world.county.deep == 1
    if kind == "township":
        here = np.isin(np.arange(len(world.township.code)), village.township[village.site == 0])
        return here, world.township.county, here & (world.township.deep == 1)
    if kind == "village":
        real = village.site == 0
        return real, village.county, real & (village.deep == 1)
    if kind == "natural":
        of = world.natural.village
        real = village.site[of] == 0
        return real, village.county[of], real & (village.deep[of] == 1)
    home = world.household
    if kind == "household":
        return home.alive == 1, village.county[home.village], None
    living = world.person.alive == 1
    of = np.maximum(world.person.household, 0)
    return living, village.county[home.village[of]], None
