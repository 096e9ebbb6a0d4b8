"""What published patterns are held against: who fell, who rose, and after how many years.

Each number here is one that a study or a count published; nothing acts on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.registry.year_notes import (
    ASSETS,
    FARMING,
    OTHER_PAID,
    UNKNOWN,
    WAGE_JOBS,
    WORKING,
    below,
)
from sim.world.codes import Cause, Job, Registered, Relocation, School
from sim.world.world import World

__all__ = ["LONGEST", "Patterns", "between"]

LONGEST = 5
"""Years from which on spells are counted together."""
AWAY = (Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)
CARD = (Registered.POOR, Registered.EXITED, Registered.RELAPSED)
ON_LIST = (Registered.POOR, Registered.RELAPSED)
_EDGES = np.round(np.arange(1.0, 1.5001, 0.05), 2)
_BANDS = ("below", *(f"{edge:.2f}" for edge in _EDGES))


class Patterns(Observation):
    """Shares by persons that studies of the register and surveys give; whole scope, December.

    relapse_rate: of persons in exited households not truly poor in January, those truly poor at
    some time of the year, by what they lived on then. exit_rate: of persons on the register in
    the year, those who left it, by kind. poverty_exit and poverty_entry: of persons poor by
    income (or no longer poor) for so many Decembers, those who were not (or again were) this
    December; "unknown" are spells from before the count. exit_income: the year's exits by
    income over the line, as it was seen and as it truly was. poverty_overlap: poor by countable
    income and lacking a guarantee at once. A share of nobody has no row.
    """

    name = "indicators_patterns"
    zh = "已发表规律的对照指标"
    reason = "an observation"
    reads = (
        "person.alive", "person.household", "person.age", "person.job", "person.school",
        "household.alive", "household.size", "household.village", "household.labour",
        "household.disabled", "household.ill", "household.registered", "household.exit_month",
        "household.first_month", "household.registered_relapse_month", "household.exit_margin",
        "household.poor_since", "household.cause", "household.income12", "household.income12_all",
        "household.medical_year", "household.gap_education", "household.gap_medical",
        "household.gap_house", "household.gap_water", "household.relocation", "household.coop",
        "household.micro", "household.equity", "household.year_kind", "household.poor_years",
        "household.poor_years_before", "village.county", "county.sample",
    )  # fmt: skip
    uses = (
        "calendar.line", "true_status.gap_months", "exit_kind.labour_short",
        "indicators.catastrophic_share",
    )  # fmt: skip
    months = (12,)
    indicators = (
        Indicator("relapse_rate", "share",
            "exited and not poor in January, poor at some time of the year (group all, working, "
            "farming, assets_low, assets_high)", "脱贫户年内返贫比例", "year"),
        Indicator("exit_rate", "share",
            "on the register in the year who left it (group all, disabled, labour_short, others)",
            "在册人口年度脱贫比例", "year"),
        Indicator("poverty_exit", "share",
            "poor by whole income for so many Decembers (group), no longer this December",
            "收入贫困退出率（按贫困年数）", "year"),
        Indicator("poverty_entry", "share",
            "no longer poor by whole income for so many Decembers (group), again this December",
            "收入贫困再入率（按脱贫年数）", "year"),
        Indicator("exit_income", "share",
            "the year's exits by income over the line (group seen:BAND, true:BAND; bands of 0.05 "
            "by their lower edge)", "脱贫时收入与标准之比分布", "year"),
        Indicator("poverty_overlap", "share",
            "poor by countable income and lacking a guarantee (group all, registered, relocated; "
            "with :income, :guarantee either one)", "收入贫困与保障缺口重叠比例", "year"),
        Indicator("cause_stock", "share", "persons on the register by main cause (group)",
            "在册人口主要致贫原因", "year"),
        Indicator("exits_industry", "share",
            "the year's exits in households with a cooperative, collective equity or a micro-loan",
            "有产业带动的脱贫人口比例", "year"),
        Indicator("relocated_working", "share",
            "moved households with a member in paid work (group all, able: with some labour)",
            "搬迁户至少一人就业比例", "year"),
        Indicator("catastrophic_group", "share",
            "households whose own payments for care reached 40 % of income (group registered, "
            "other)", "分组灾难性卫生支出发生率", "year"),
        Indicator("dropout_junior", "share",
            "dropped out of 12 to 15 who should be in school (group all, registered)",
            "十二至十五岁辍学比例", "year"),
        Indicator("migration_village", "index",
            "villages and migration of those of 16 to 59 (group share; icc: part of the variance "
            "that lies between villages)", "外出务工的村间差异", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """All of them, from the columns as they stand in December."""
        home = {key.split(".")[1]: world[key] for key in self.reads if key.startswith("household")}
        kept = np.flatnonzero((home["alive"] != 0) & (home["size"] > 0))
        home = {name: array[kept] for name, array in home.items()}
        sample = world.county["sample"][world.village["county"][home["village"]]]
        weight = home["size"] / sample
        card = np.isin(home["registered"], CARD)
        found = (
            *self._falls(home, weight, now), *self._exits(home, weight, now),
            *self._years(home, weight), *self._states(home, weight, card, sample),
            *self._people(world, kept, card, sample),
        )  # fmt: skip
        for name, group, value in found:
            yield 0, now.year, 0, name, group, value

    def _falls(self, home: Any, weight: np.ndarray, now: Now) -> Iterator[tuple[str, str, float]]:
        kind = home["year_kind"].astype(np.int64)
        fell = home["poor_since"] >= now.year * 12
        for group, of in (
            ("all", kind > 0),
            ("working", kind & WORKING > 0),
            ("farming", kind & FARMING > 0),
            ("assets_low", (kind > 0) & (kind & ASSETS == 0)),
            ("assets_high", kind & ASSETS > 0),
        ):
            yield from _share("relapse_rate", group, weight, fell, of)

    def _exits(self, home: Any, weight: np.ndarray, now: Now) -> Iterator[tuple[str, str, float]]:
        january = now.year * 12
        left = home["exit_month"] >= january
        written = np.maximum(home["first_month"], home["registered_relapse_month"]) >= january
        listed = left | (np.isin(home["registered"], ON_LIST) & ~written)
        disabled = home["disabled"] > 0
        short = home["labour"] < self.p.labour_short
        for group, of in (
            ("all", listed),
            ("disabled", listed & disabled),
            ("labour_short", listed & short),
            ("others", listed & ~disabled & ~short),
        ):
            yield from _share("exit_rate", group, weight, left, of)
        industry = (home["coop"] != 0) | (home["equity"] > 0) | (home["micro"] != 0)
        yield from _share("exits_industry", "", weight, industry, left)
        truly = home["income12"] / (self.p.line * 100.0 * home["size"])
        for view, ratio in (("seen", home["exit_margin"].astype(np.float64)), ("true", truly)):
            band = np.searchsorted(_EDGES, ratio + 1e-6, side="right")
            for number, label in enumerate(_BANDS):
                yield from _share("exit_income", f"{view}:{label}", weight, band == number, left)

    def _years(self, home: Any, weight: np.ndarray) -> Iterator[tuple[str, str, float]]:
        before = home["poor_years_before"].astype(np.int64)
        poor = home["poor_years"] > 0
        for years in range(1, LONGEST + 1):
            last = years == LONGEST
            group = f"{years}+" if last else f"{years}"
            long = (before >= years) & (before < UNKNOWN) if last else before == years
            yield from _share("poverty_exit", group, weight, ~poor, long)
            long = before <= -years if last else before == -years
            yield from _share("poverty_entry", group, weight, poor, long)
        yield from _share("poverty_exit", "unknown", weight, ~poor, before >= UNKNOWN)

    def _states(
        self, home: Any, weight: np.ndarray, card: np.ndarray, sample: np.ndarray
    ) -> Iterator[tuple[str, str, float]]:
        income = below(home["income12"], home["size"], self.p.line)
        gaps = ("gap_education", "gap_medical", "gap_house", "gap_water")
        lacks = np.any([home[gap] >= self.p.gap_months for gap in gaps], axis=0)
        moved = home["relocation"] == Relocation.MOVED
        everybody = np.ones(len(card), bool)
        for group, of in (("all", everybody), ("registered", card), ("relocated", moved)):
            yield from _share("poverty_overlap", group, weight, income & lacks, of)
            yield from _share("poverty_overlap", f"{group}:income", weight, income, of)
            yield from _share("poverty_overlap", f"{group}:guarantee", weight, lacks, of)
        listed = np.isin(home["registered"], ON_LIST)
        for cause in Cause:
            if cause != Cause.NONE:
                of = home["cause"] == cause
                yield from _share("cause_stock", cause.name.lower(), weight, of, listed)
        paid = home["medical_year"]
        ruined = (paid > 0) & (paid >= self.p.catastrophic_share * home["income12_all"])
        for group, of in (("registered", card), ("other", ~card)):
            yield from _share("catastrophic_group", group, 1.0 / sample, ruined, of)

    def _people(
        self, world: World, kept: np.ndarray, card: np.ndarray, sample: np.ndarray
    ) -> Iterator[tuple[str, str, float]]:
        person = world.person
        place = np.full(len(world.household["alive"]), -1, np.int64)
        place[kept] = np.arange(len(kept))
        members = np.flatnonzero((person["alive"] != 0) & (person["household"] >= 0))
        of = place[person["household"][members]]
        members, of = members[of >= 0], of[of >= 0]
        job, age = person["job"][members], person["age"][members]
        paid = np.bincount(of[np.isin(job, (*WAGE_JOBS, *OTHER_PAID))], minlength=len(kept)) > 0
        moved = world.household["relocation"][kept] == Relocation.MOVED
        able = moved & (world.household["labour"][kept] > 0)
        yield from _share("relocated_working", "all", 1.0 / sample, paid, moved)
        yield from _share("relocated_working", "able", 1.0 / sample, paid, able)
        school = person["school"][members]
        junior = (age >= 12 * 12) & (age < 16 * 12) & (school != School.NONE)
        out = school == School.DROPPED_OUT
        heads = 1.0 / sample[of]
        yield from _share("dropout_junior", "all", heads, out, junior)
        yield from _share("dropout_junior", "registered", heads, out, junior & card[of])
        grown = (age >= 16 * 12) & (age < 60 * 12)
        away = np.isin(job, AWAY)
        village = world.household["village"][kept][of[grown]]
        yield from _share("migration_village", "share", heads, away, grown)
        yield "migration_village", "icc", between(village, away[grown])


def _share(
    name: str, group: str, weight: np.ndarray, part: np.ndarray, of: np.ndarray
) -> Iterator[tuple[str, str, float]]:
    whole = float(weight[of].sum())
    if whole > 0:
        yield name, group, float(weight[of & part].sum()) / whole


def between(place: np.ndarray, flag: np.ndarray) -> float:
    """Intra-class correlation of a flag by place: the part of its variance between places.

    One-way analysis of variance for places of unequal size (Donner 1986), not below 0; 0 where
    there are fewer than two places or everybody is alike.
    """
    number = np.bincount(place)
    hits = np.bincount(place, flag.astype(np.float64), len(number))[number > 0]
    number = number[number > 0].astype(np.float64)
    people, places = number.sum(), len(number)
    if places < 2 or people <= places or not 0 < hits.sum() < people:
        return 0.0
    mean = hits / number
    among = (number * (mean - hits.sum() / people) ** 2).sum() / (places - 1)
    within = (hits - hits * mean).sum() / (people - places)
    size = (people - (number**2).sum() / people) / (places - 1)
    return float(max(0.0, (among - within) / (among + (size - 1.0) * within)))
