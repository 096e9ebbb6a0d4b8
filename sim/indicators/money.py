"""Where the budgeted money of a year came from, where it went, and what waited for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.ledger import BUILDERS, FUNDS
from sim.mechanism import Now
from sim.world.columns import FAMILIES
from sim.world.world import World

__all__ = ["Money"]

FOCUS = 2
"""Programmes of this rank or before it are those that the plan's funds focus on (M1.11)."""


class Money(Observation):
    """The books of the year, by county: funds in, lost, carried over and returned, and the queue.

    `waited`: what programmes wanted to deliver in a month and could not, for want of funds or of
    builders, as the mean over the year's twelve months: a request that stands all year counts
    once and not twelve times. A programme that draws only in some months waits only in these.
    `special_share_deep`: of all special funds that the province gave to counties this year (the
    townships' own funds apart), what went to deep-poverty counties (target B36: at least half).
    """

    name = "indicators_money"
    zh = "资金指标"
    reason = "an observation"
    reads = ("county.code", "county.sample", "county.deep", "county.registered_start",
             "township.county")  # fmt: skip
    months = (12,)
    indicators = (
        Indicator("funds_received", "yuan",
            "received by county purses and townships (group special, sector, social)",
            "到位资金", "year"),
        Indicator("funds_leaked", "yuan", "leaked on the way to those it is for", "流失资金",
            "year"),
        Indicator("funds_wasted", "yuan", "spent on what nobody needs", "浪费资金", "year"),
        Indicator("funds_carried", "yuan",
            "left in purses, townships' funds and budgeted accounts at the end of the year",
            "结转资金", "year"),
        Indicator("funds_returned", "yuan", "taken back by the province this year", "收回资金",
            "year"),
        Indicator("waited", "yuan",
            "mean of the months' requests not met (group PROGRAMME:funds, PROGRAMME:builders)",
            "等待实施的需求", "year"),
        Indicator("focus_waited", "yuan",
            "of what waited for funds, by programmes that funds are to focus on",
            "重点领域资金缺口", "year"),
        Indicator("direct_waited", "yuan",
            "of what waited for funds, by programmes that pay households or collectives",
            "直接到户到村资金缺口", "year"),
        Indicator("special_share_deep", "share",
            "of the province's special funds, to deep-poverty counties",
            "专项资金用于深度贫困县比例", "year"),
        Indicator("spending_per_poor", "yuan/person-year",
            "spent by budgeted programmes per registered poor person of the start",
            "人均扶贫支出", "year"),
        Indicator("focus_share", "share",
            "of the spending of budgeted programmes, on those that funds are to focus on",
            "重点领域支出比例", "year"),
        Indicator("direct_share", "share",
            "of the spending of budgeted programmes, paid to households or their collectives",
            "直接到户到村支出比例", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """The year's rows, by county and for the scope."""
        ledger = world.ledger
        sample = np.asarray(world.county.sample, np.float64)
        codes = world.county.code.tolist()
        purses, accounts = ledger.purses, ledger.accounts

        def both(name: str, group: str, fen: np.ndarray) -> Iterator[Row]:
            yuan = fen / 100.0 / sample
            for code, value in zip([*codes, 0], [*yuan.tolist(), float(yuan.sum())], strict=True):
                yield code, now.year, 0, name, group, value

        townships = _by_county(world, ledger.townships.above[0])
        for row, family in enumerate(FAMILIES):
            came = purses.outside[row] + purses.above[row]
            came = came + townships if family == "special" else came
            yield from both("funds_received", family, self._year(f"received {family}", came))
        budgeted = np.array([family != "" for family in ledger.family], bool)
        for name, flow in (("leaked", accounts.leaked), ("wasted", accounts.wasted)):
            yield from both(f"funds_{name}", "", self._year(name, flow.sum(axis=0)))
        carried = purses.balance.sum(axis=0) + accounts.balance[budgeted].sum(axis=0)
        carried = carried + _by_county(world, ledger.townships.balance[0])
        yield from both("funds_carried", "", carried)
        yield from both("funds_returned", "", self._year("returned", purses.up.sum(axis=0)))
        for reason, word in ((FUNDS, "funds"), (BUILDERS, "builders")):
            for waiting in np.flatnonzero(ledger.waited[reason].any(axis=1)):
                group = f"{ledger.programmes[waiting]}:{word}"
                year = self._year(f"waited {group}", ledger.waited[reason, waiting])
                yield from both("waited", group, year / 12.0)
        direct = np.array([to != "supplier" for to in ledger.to], bool)
        for name, mine in (
            ("focus_waited", budgeted & (ledger.rank <= FOCUS)),
            ("direct_waited", budgeted & direct),
        ):
            year = self._year(name, ledger.waited[FUNDS][mine].sum(axis=0))
            yield from both(name, "", year / 12.0)
        yield from self._shares(world, now, budgeted)

    def _shares(self, world: World, now: Now, budgeted: np.ndarray) -> Iterator[Row]:
        ledger, county = world.ledger, world.county
        deep = county.deep == 1
        special = FAMILIES.index("special")
        given = self._year("special", ledger.purses.above[special])
        whole = ledger.province.down[special] + ledger.province.spent[special]
        whole = whole - int(ledger.townships.above.sum())
        whole = float(self._year("special whole", whole)[0])
        if whole:
            yield 0, now.year, 0, "special_share_deep", "", float(given[deep].sum()) / whole
        spent = ledger.spent_year * budgeted[:, None] / np.asarray(county.sample)
        direct = np.array([to != "supplier" for to in ledger.to], bool)
        heads = county.registered_start / np.asarray(county.sample)
        for name, part, of in (
            ("spending_per_poor", spent.sum(axis=0) / 100.0, heads),
            ("focus_share", spent[ledger.rank <= FOCUS].sum(axis=0), spent.sum(axis=0)),
            ("direct_share", spent[direct].sum(axis=0), spent.sum(axis=0)),
        ):
            codes = [*county.code.tolist(), 0]
            parts, wholes = [*part.tolist(), part.sum()], [*of.tolist(), of.sum()]
            for code, one, all_of_it in zip(codes, parts, wholes, strict=True):
                if all_of_it:
                    yield code, now.year, 0, name, "", float(one / all_of_it)

    def _year(self, name: str, total: np.ndarray) -> np.ndarray:
        """What has come to a running total by county since last December."""
        before = [self.memory.get((name, k), 0.0) for k in range(len(total))]
        for k, fen in enumerate(total.tolist()):
            self.memory[name, k] = float(fen)
        return np.asarray(total - np.array(before, np.float64), np.float64)


def _by_county(world: World, fen: np.ndarray) -> np.ndarray:
    """Townships' sums by county."""
    total = np.zeros(len(world.county.code), np.int64)
    np.add.at(total, world.township.county, fen)
    return total
