"""The plan's aims T1 to T3: stably secure, incomes growing faster, services like the province's.

The province outside the scope is exogenous: the growth of its rural income and the level of its
services are parameters (`indicators_aims`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.codes import Registered
from sim.world.world import World

__all__ = ["SERVICES", "Aims"]

SERVICES = ("road", "tap", "fibre", "clinic", "doctor", "kindergarten", "practitioners")
"""The services compared with the province's, in the order of their parameters."""

LARGEST, MEAN = 0, 1
"""Choices of `near_means`: what must be near the province's level."""


class Aims(Observation):
    """Guarantees reached stably, income growth against the province's, and the gap of services.

    `guarantees_stable`: of the persons in registered or exited households, those whose household
    has lacked nothing for the months that count as stable (12). `income_growth_gap`: growth of
    the whole income a head (with transfers, in money of the year) over the year before, less the
    province's. `services_gap`: the largest shortfall of a service below the province's level (or,
    by the switch `near_means`, the mean one), as a share of that level; `service_level` has each.
    """

    name = "indicators_aims"
    zh = "总体目标指标"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.registered", "household.secure",
        "household.income12_all", "village.site", "village.county", "village.fibre",
        "village.clinic", "village.doctor", "village.kindergarten", "township.gp",
        "township.county", "county.hamlet_road", "county.tap_coverage", "county.code",
    )  # fmt: skip
    uses = ("a04_hospitals.gp_full",)
    months = (12,)
    indicators = (
        Indicator("guarantees_stable", "share",
            "persons of registered and exited households that lacked nothing for twelve months",
            "两不愁三保障稳定达标的建档立卡人口比例", "year"),
        Indicator("income_growth_gap", "share", "growth of income a head less the province's",
            "人均收入增速与全省之差", "year"),
        Indicator("services_gap", "share", "largest gap of a service to the province's level",
            "基本公共服务与全省水平的最大差距", "year"),
        Indicator("service_level", "share", "level of a service (group)",
            "基本公共服务水平", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """December's rows, by county and for the scope."""
        if now.calendar != 12:
            return
        codes = [*world.county.code.tolist(), 0]
        yield from self._secure(world, now, codes)
        yield from self._growth(world, now, codes)
        yield from self._services(world, now, codes)

    def _persons(self, world: World) -> tuple[np.ndarray, np.ndarray]:
        """Persons of each household scaled up from the sample, and its county."""
        home = world.household
        county = world.village.county[home.village]
        size = np.where(home.alive == 1, home.size, 0).astype(np.float64)
        return size / world.county.sample[county], county

    def _secure(self, world: World, now: Now, codes: list[int]) -> Iterable[Row]:
        persons, county = self._persons(world)
        state = world.household.registered
        card = np.isin(state, (Registered.POOR, Registered.EXITED, Registered.RELAPSED))
        stable = card & (world.household.secure >= self.p.stable_months)
        whole = np.bincount(county, persons * card, len(codes) - 1)
        good = np.bincount(county, persons * stable, len(codes) - 1)
        for code, value in zip(codes, _shares(good, whole), strict=True):
            yield code, now.year, 0, "guarantees_stable", "", value

    def _growth(self, world: World, now: Now, codes: list[int]) -> Iterable[Row]:
        persons, county = self._persons(world)
        size = np.maximum(world.household.size, 1)
        income = np.where(world.household.alive == 1, world.household.income12_all / size, 0.0)
        whole = np.bincount(county, persons * income, len(codes) - 1)
        heads = np.bincount(county, persons, len(codes) - 1)
        for code, value in zip(codes, _shares(whole, heads), strict=True):
            before = self.memory.get(("income", code), 0.0)
            self.memory["income", code] = value
            if before > 0.0:
                gap = value / before - 1.0 - self.p.province_growth
                yield code, now.year, 0, "income_growth_gap", "", float(gap)

    def _services(self, world: World, now: Now, codes: list[int]) -> Iterable[Row]:
        village, township, county = world.village, world.township, world.county
        real = village.site == 0
        number = len(codes) - 1
        scale = 1.0 / county.sample

        def places(state: np.ndarray, of: np.ndarray, counted: np.ndarray) -> list[float]:
            good = np.bincount(of[counted], state[counted], number) * scale
            return _shares(good, np.bincount(of[counted], minlength=number) * scale)

        def counties(state: np.ndarray) -> list[float]:
            weight = np.maximum(county.persons_start, 1) * scale
            return [*state.tolist(), float((state * weight).sum() / weight.sum())]

        served = np.isin(np.arange(len(township.gp)), village.township[real])
        levels = {
            "road": counties(np.asarray(county.hamlet_road, np.float64)),
            "tap": counties(np.asarray(county.tap_coverage, np.float64)),
            "fibre": places(village.fibre == 1, village.county, real),
            "clinic": places(village.clinic == 1, village.county, real),
            "doctor": places(village.doctor == 1, village.county, real),
            "kindergarten": places(village.kindergarten > 0, village.county, real),
            "practitioners": places(
                township.gp >= self.p.gp_full, np.asarray(township.county, np.int64), served
            ),
        }
        for k, code in enumerate(codes):
            gaps = []
            for name in SERVICES:
                standard = float(self.p[f"province_{name}"])
                level = float(levels[name][k])
                yield code, now.year, 0, "service_level", name, level
                gaps.append(max(0.0, standard - level) / standard)
            gap = max(gaps) if self.p.near_means == LARGEST else sum(gaps) / len(gaps)
            yield code, now.year, 0, "services_gap", "", gap


def _shares(part: np.ndarray, whole: np.ndarray) -> list[float]:
    """Part over whole in each county, and in all together."""
    share = np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
    total = float(whole.sum())
    return [*share.tolist(), float(part.sum() / total) if total else 0.0]
