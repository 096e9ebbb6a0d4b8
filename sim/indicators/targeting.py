"""Whom minimum living and all benefits reach, and how unequal incomes are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.world import World

__all__ = ["Targeting", "gini"]

_POOREST = 0.2
_MOST = 50_000.0
"""Yuan a head above which incomes are not told apart in order of size."""


class Targeting(Observation):
    """Errors of minimum living, leakage and concentration of benefits, inequality; in December.

    All by persons. Need is judged on what a household has without the benefit in question: for
    dibao, countable income of the twelve months less a year of its present dibao, against the
    poverty line; for all benefits, the whole income less all that programmes paid it since
    January. dibao_inclusion_error: share of recipients who are not in need;
    dibao_exclusion_error: share of those in need without it. benefit_leakage: share of the money
    that went to households above the line without it. benefit_poorest: share that went to the
    poorest fifth of persons; over a fifth, that is the ratio of Coady, Grosh and Hoddinott
    (1 is neutral). gini: of disposable income a head; income_poorest: the poorest fifth's share.
    """

    name = "indicators_targeting"
    zh = "瞄准精度与收入差距"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.village", "household.income12",
        "household.income12_all", "household.dibao", "household.dibao_pay",
        "household.granted_year",
    )  # fmt: skip
    uses = ("calendar.line",)
    months = (12,)
    indicators = (
        Indicator("dibao_inclusion_error", "share", "dibao recipients who are not in need",
            "低保错保率", "year"),
        Indicator("dibao_exclusion_error", "share", "persons in need without dibao",
            "低保漏保率", "year"),
        Indicator("benefit_leakage", "share", "benefits paid to those above the line without them",
            "补助漏出率", "year"),
        Indicator("benefit_poorest", "share", "benefits paid to the poorest fifth",
            "最贫困五分之一人口所得补助比例", "year"),
        Indicator("benefit_concentration", "ratio",
            "Coady-Grosh-Hoddinott ratio of the poorest fifth", "瞄准效率比（CGH）", "year"),
        Indicator("gini", "index", "Gini of disposable income a head", "基尼系数", "year"),
        Indicator("income_poorest", "share", "income of the poorest fifth",
            "最低五分之一人口收入份额", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """By county and for the scope."""
        home = world.household
        rows = np.flatnonzero((home["alive"] != 0) & (home["size"] > 0))
        county = world.village["county"][home["village"][rows]].astype(np.int64)
        size = home["size"][rows].astype(np.float64)
        weight = size / world.county["sample"][county]
        full = self.p.line * 100.0 * size
        dibao = home["dibao"][rows] != 0
        before = home["income12"][rows] - 12.0 * np.where(dibao, home["dibao_pay"][rows], 0)
        need = before < full
        given = home["granted_year"][rows] * (weight / size)
        without = home["income12_all"][rows] - home["granted_year"][rows].astype(np.float64)
        shares = (
            ("dibao_inclusion_error", weight * (dibao & ~need), weight * dibao),
            ("dibao_exclusion_error", weight * (need & ~dibao), weight * need),
            ("benefit_leakage", given * (without >= full), given),
        )
        codes = world.county["code"].tolist()
        for name, part, whole in shares:
            parts = np.bincount(county, part, len(codes))
            wholes = np.bincount(county, whole, len(codes))
            yield from _shares(name, now.year, codes, parts, wholes)
        head = home["income12_all"][rows] / (100.0 * size)
        edges = np.searchsorted(county, np.arange(len(codes) + 1))  # rows stand by county
        for row, code in enumerate(codes):
            here = slice(int(edges[row]), int(edges[row + 1]))
            if here.start < here.stop:
                yield code, now.year, 0, "gini", "", gini(head[here], weight[here])
        yield 0, now.year, 0, "gini", "", gini(head, weight)
        poorest = _share_of_poorest(head, weight, head * weight)
        yield 0, now.year, 0, "income_poorest", "", poorest
        reached = _share_of_poorest(without / (100.0 * size), weight, given)
        yield 0, now.year, 0, "benefit_poorest", "", reached
        yield 0, now.year, 0, "benefit_concentration", "", reached / _POOREST


def _shares(
    name: str, year: int, codes: list[int], parts: np.ndarray, wholes: np.ndarray
) -> Iterator[Row]:
    for code, part, whole in zip(codes, parts.tolist(), wholes.tolist(), strict=True):
        yield code, year, 0, name, "", part / whole if whole else 0.0
    yield 0, year, 0, name, "", float(parts.sum() / wholes.sum()) if wholes.sum() else 0.0


def gini(income: np.ndarray, weight: np.ndarray) -> float:
    """Gini of incomes a head (yuan) with weights: twice the area above the Lorenz curve.

    Who is within one yuan counts as equal; a negative income counts as none.
    """
    step = _steps(income)
    people = np.bincount(step, weight)
    held = np.bincount(step, np.maximum(income, 0.0) * weight)
    if not held.sum() > 0:
        return 0.0
    reached = np.cumsum(held) / held.sum()
    below = np.concatenate([[0.0], reached[:-1]])
    return float(1.0 - (people / people.sum() * (reached + below)).sum())


def _share_of_poorest(income: np.ndarray, weight: np.ndarray, amount: np.ndarray) -> float:
    """Share of an amount held by the fifth of persons with the lowest incomes (yuan a head); of
    those within the yuan at the cut, the part that still belongs to the fifth."""
    step = _steps(income)
    people, held = np.bincount(step, weight), np.bincount(step, amount)
    if not held.sum() > 0:
        return 0.0
    end = np.cumsum(people)
    inside = np.clip(_POOREST * end[-1] - (end - people), 0.0, people)
    part = np.divide(inside, people, out=np.zeros_like(people), where=people > 0)
    return float((held * part).sum() / held.sum())


def _steps(income: np.ndarray) -> np.ndarray:
    """Incomes in whole yuan: counting them takes less time than sorting them would."""
    return np.clip(income, 0.0, _MOST).astype(np.int64)
