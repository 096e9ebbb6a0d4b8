"""The definitions of exit and relapse side by side, and where register and truth part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.calendar import PLAN_START
from sim.indicators.observation import Counts, Indicator, Observation, Row
from sim.kernel import kernel
from sim.mechanism import Now
from sim.registry.exit_kind import BANDS
from sim.world.codes import Monitor, Registered
from sim.world.world import World

__all__ = ["NearPoor", "Relapse"]


class Relapse(Observation):
    """True exits, hidden and false relapses, and how far above the line people leave; in persons.

    Beside `exits` (registered), `relapses_true`, `relapses_registered` and `false_exits`:
    true_exits: of households whose truly poor spell of a year or more ended this year.
    false_relapses: registered as relapsed in a month in which they were not truly poor.
    hidden_relapses: truly fallen back in that year and not registered as such by the end of the
    run; given at the end of a run, and the longer it is, the fewer are hidden.
    exit_margin: income seen at exit over the line, of the year's exits (tenths by persons), and
    the share of them within a tenth of the line.
    """

    name = "indicators_relapse"
    zh = "脱贫返贫的不同口径"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.village", "household.poor",
        "household.registered", "household.exit_month", "household.exit_margin",
        "household.relapse_month", "household.registered_relapse_month",
        "household.true_exit_month",
    )  # fmt: skip
    indicators = (
        Indicator("true_exits", "persons", "out of a truly poor spell of a year or more",
            "真实脱贫人数", "year"),
        Indicator("false_relapses", "persons", "registered as relapsed while not truly poor",
            "错登返贫人数", "year"),
        Indicator("hidden_relapses", "persons",
            "true relapses of the year that the register has not seen by the end of the run",
            "未被登记的真实返贫人数", "run"),
        Indicator("exit_margin", "ratio",
            "income seen at exit over the line (group p10, p50, p90); share of exits within a "
            "tenth of the line (group near)", "脱贫时收入与标准之比", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """The month's false relapses; in December the year's numbers."""
        home = world.household
        year = now.month - now.calendar + 1
        if now.calendar == 1 or not self.memory:
            self.memory = {int(code): 0.0 for code in world.county["code"]}
        written = np.flatnonzero(home["registered_relapse_month"] == now.month)
        false = written[home["poor"][written] == 0]
        for code, persons in _by_county(world, false):
            self.memory[code] += persons
        if now.calendar != 12:
            return
        yield from _yearly("false_relapses", now.year, self.memory.items())
        out = np.flatnonzero((home["true_exit_month"] >= year) & (home["alive"] != 0))
        yield from _yearly("true_exits", now.year, _by_county(world, out))
        left = home["exit_month"] >= max(year, PLAN_START)
        left &= (home["alive"] != 0) & (home["size"] > 0)
        margin, weight = home["exit_margin"][left].astype(np.float64), _weight(world, left)
        if len(margin):
            order = np.argsort(margin, kind="stable")
            reached = np.cumsum(weight[order]) / weight.sum()
            for tenth in (10, 50, 90):
                k = int(np.searchsorted(reached, tenth / 100.0))
                value = float(margin[order[min(k, len(order) - 1)]])
                yield 0, now.year, 0, "exit_margin", f"p{tenth}", value
            near = float(weight[margin < 1.1].sum() / weight.sum())
            yield 0, now.year, 0, "exit_margin", "near", near

    def final_rows(self, world: World, now: Now) -> Iterable[Row]:
        """True relapses that are hidden still, by the year in which they happened."""
        home = world.household
        fell = (home["registered"] == Registered.EXITED) & (home["alive"] != 0)
        fell &= home["relapse_month"] > home["exit_month"]
        fell &= home["registered_relapse_month"] <= home["exit_month"]
        for year in range(PLAN_START // 12, now.year + 1):
            rows = np.flatnonzero(fell & (home["relapse_month"] // 12 == year))
            yield from _yearly("hidden_relapses", year, _by_county(world, rows))


def _weight(world: World, which: np.ndarray) -> np.ndarray:
    """Persons of the whole scope that households stand for."""
    home = world.household
    county = world.village["county"][home["village"][which]]
    return np.asarray(home["size"][which] / world.county["sample"][county], np.float64)


def _by_county(world: World, rows: np.ndarray) -> list[tuple[int, float]]:
    """Persons of the whole scope in some households, by county."""
    codes = world.county["code"].tolist()
    county = world.village["county"][world.household["village"][rows]]
    persons = np.bincount(county, _weight(world, rows), len(codes))
    return list(zip(codes, persons.tolist(), strict=True))


def _yearly(name: str, year: int, counts: Iterable[tuple[int, float]]) -> Iterator[Row]:
    whole = 0.0
    for code, persons in counts:
        whole += persons
        yield code, year, 0, name, "", persons
    yield 0, year, 0, name, "", whole


@kernel
def count_near(at, persons, households, villages, counties, out, p):
    """By band: persons at risk since January, who fell, and who of these was found."""
    january = at.year * 12
    for h in range(at.first_household, at.end_household):
        band = np.int64(households.near_band[h])
        if band == 0 or households.alive[h] == 0:
            continue
        size = np.int64(households.size[h])
        out[3 * band - 3] += size
        if households.poor_since[h] >= january:
            out[3 * band - 2] += size
            listed = households.registered[h] != Registered.NEVER
            out[3 * band - 1] += size * (listed or households.monitor[h] != Monitor.NONE)


class NearPoor(Observation):
    """What becomes of those just above the line whom the register has never known.

    Of the persons who in January were not poor, had never been registered, and had an income of
    1 to 1.5 times the line: how many were poor at some time in the year, by how near to the line
    they had been, and how many of these were neither registered nor monitored in December.
    """

    name = "indicators_near_poor"
    zh = "边缘户致贫"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.near_band", "household.poor_since",
        "household.registered", "household.monitor",
    )  # fmt: skip
    months = (12,)
    counts = tuple(f"{what}_{band}" for band in BANDS for what in ("at_risk", "fell", "found"))
    indicators = (
        Indicator("near_poor", "persons",
            "never registered, not poor, within 1.5 times the line in January (group: income over "
            "the line)", "边缘人口", "year"),
        Indicator("near_poor_entry", "share",
            "of these, poor at some time in the year (group: income over the line)",
            "边缘人口致贫率", "year"),
        Indicator("near_poor_missed", "share",
            "of those who fell, neither registered nor monitored in December", "边缘致贫未识别比例",
            "year"),
    )  # fmt: skip
    rule = count_near

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Hazards of the year."""
        sums = {w: sum(month(f"{w}_{b}") for b in BANDS) for w in ("at_risk", "fell", "found")}
        if now.year * 12 < PLAN_START:  # the first January is that of 2018
            return
        yield "near_poor", "", True, sums["at_risk"]
        yield "near_poor_entry", "", True, sums["fell"] / max(1.0, sums["at_risk"])
        missed = sums["fell"] - sums["found"]
        yield "near_poor_missed", "", True, missed / max(1.0, sums["fell"])
        for band in BANDS:
            yield "near_poor", band, True, month(f"at_risk_{band}")
            yield "near_poor_entry", band, True, month.share(f"fell_{band}", f"at_risk_{band}")
