"""Fiscal inputs (M1): from the province's funds to the programmes' accounts.

January: what is left of the old year goes back, the new year's money comes in. Each quarter:
counties release a part of their purses into the accounts of the programmes, by what these have
asked for (`ledger.ask`) and by the rule of allocation. Programmes that are not budgeted (family
"") are statutory and need none of this.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.allocation import PROPORTIONAL, share_out
from sim.calendar import PLAN_START
from sim.measures.m1_inflows import own_standard, sector_money, special_money
from sim.mechanism import Mechanism, Now
from sim.world.columns import FAMILIES, column
from sim.world.world import World

__all__ = ["Budget"]

QUARTERS = (1, 4, 7, 10)


class Budget(Mechanism):
    """The year's funds come in, go to the counties, and are released quarter by quarter.

    In December 2017, the first whole month of the plan, a part of a year's money is released at
    once. From then on a year begins with the carry-over: what purses put into accounts goes back to
    the purse, and of a purse only a limited share stays; the rest returns to the province, which
    gives it to counties whose requests are open, and what is left outside the scope. Under M1.2
    money that will not be used at the year's pace is taken out of its account in October and
    given to programmes that can use it, in deep counties also across the families of funds;
    otherwise it lies idle until January.

    M1.11 puts programmes in order of rank, M1.12 those first that pay people or their villages;
    without them all ranks are equal. Without M3.5 a part of the sectors' money is bound to
    matching by the county, which a poor one cannot raise, and stays in the purse.
    """

    name = "m1_budget"
    zh = "财政资金分配、下达与结转"
    clauses = (
        "M1.1", "M1.2", "M1.3", "M1.4", "M1.5", "M1.8", "M1.9", "M1.10", "M1.11", "M1.12", "M3.5",
    )  # fmt: skip
    reads = (
        "county.code", "county.deep", "county.yiqu_yizhou", "county.sample",
        "county.registered_start", "county.persons_start",
    )  # fmt: skip
    writes = (
        "county.sector_level", "county.block_growth_lead", "county.equalisation_lead",
        "county.own_standard", "county.matching_bound", "county.special_new",
        "county.central_extra", "county.lottery_old_base", "county.integrated",
    )  # fmt: skip
    columns = (
        column("county", "sector_level", "f8", "ratio",
               "block funds of line departments relative to 2017", "行业切块资金水平", start=1.0),
        column("county", "block_growth_lead", "f4", "share/year",
               "growth of block funds above the provincial mean", "切块资金增幅差", report="mean"),
        column("county", "equalisation_lead", "f4", "share",
               "coefficient of equalisation transfers above the mean of cities and counties",
               "均衡性转移支付系数差", report="mean"),
        column("county", "own_standard", "f4", "yuan/person",
               "what a county is to spend on poverty of its own, a head",
               "县级扶贫支出标准", report="mean"),
        column("county", "matching_bound", "f4", "share",
               "of the sectors' money that waits for matching by the county",
               "配套资金占压比例", report="mean"),
        column("county", "special_new", "f8", "yuan",
               "special funds of this year above the level before the plan",
               "新增专项资金", report="total"),
        column("county", "central_extra", "f8", "yuan",
               "added this year by the centre for the prefectures", "中央倾斜资金",
               report="total"),
        column("county", "lottery_old_base", "f8", "yuan",
               "lottery fund of this year in the two old revolutionary counties",
               "革命老区彩票公益金", report="total"),
        column("county", "integrated", "f8", "yuan",
               "idle money that other programmes were given this year", "统筹整合资金",
               report="total"),
    )  # fmt: skip
    in_burn_in = False

    def active(self, now: Now) -> bool:
        """Each quarter, and once at the start of the plan."""
        return (now.calendar in QUARTERS and not now.burn_in) or now.month == PLAN_START + 1

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Carry over, allot, release."""
        first = now.month == PLAN_START + 1
        if now.calendar == 1 or first:
            self._terms(world, now, p)
            if not first:
                self._carry_over(world, p)
            self._allot(world, p.first_share if first else 1.0, p)
        if now.calendar == 10:
            self._integrate(world, p)
        share = 1.0 if first else _part(now.calendar, p)
        for family in FAMILIES:
            self._release(world, family, share, p, now.calendar == 10)

    def _terms(self, world: World, now: Now, p: Any) -> None:
        """What the year's rules are in each county."""
        county = world.county
        deep = county.deep == 1
        county.block_growth_lead[:] = p.block_lead * p.M1_9 * deep
        if now.calendar == 1:
            county["sector_level"] *= 1.0 + p.sector_growth + county.block_growth_lead
        county.equalisation_lead[:] = p.equal_lead * p.M1_4 * deep
        county.own_standard[:] = own_standard(world, p)
        match = p.match_rate * (1.0 - p.M3_5)
        county.matching_bound[:] = match * np.where(deep, p.match_short, p.match_short_other)

    def _carry_over(self, world: World, p: Any) -> None:
        """Accounts are emptied into purses; of a purse no more than a limited share stays."""
        ledger = world.ledger
        for programme in _budgeted(world):
            ledger.pool(programme, _from_purse(world, ledger.row(programme)))
        for row, family in enumerate(FAMILIES):
            if family == "social":  # what is given by partners is not the province's
                continue
            mine = np.array([one == family for one in ledger.family], bool)
            left = ledger.purses.balance[row]
            year = left + ledger.spent_last[mine].sum(axis=0)
            stays = np.floor(p.carry_share * year).astype(np.int64)
            ledger.claw_back(family, np.maximum(0, left - stays))

    def _allot(self, world: World, part: float, p: Any) -> None:
        """New money comes in and goes on; what was taken back goes to open requests."""
        ledger = world.ledger
        special, elsewhere = special_money(world, p)
        for family, yuan, other in (
            ("special", special, elsewhere),
            ("sector", sector_money(world, p), 0.0),
        ):
            back = int(ledger.province.balance[FAMILIES.index(family), 0])
            lacking = _asks(world, family, p, october=False)[1].sum(axis=0)
            fen = share_out(back, lacking, np.ones(len(lacking)), PROPORTIONAL)
            ledger.allot(family, fen)
            ledger.allot_elsewhere(family, back - int(fen.sum()))
            fen = np.floor(yuan * part * 100.0).astype(np.int64)
            outside = int(other * part * 100.0)
            ledger.fund(family, int(fen.sum()) + outside)
            ledger.allot(family, fen)
            ledger.allot_elsewhere(family, outside)
        heads = world.county.registered_start
        ledger.endow("social", np.floor(p.social_base * part * 100.0 * heads).astype(np.int64))

    def _integrate(self, world: World, p: Any) -> None:
        """M1.2: idle money back into the purse, and across families in deep counties."""
        county, ledger = world.county, world.ledger
        county.integrated[:] = 0.0
        if p.M1_2 <= 0.0:
            return
        deep = county.deep == 1
        lack = {}
        for row, family in enumerate(FAMILIES):
            asks = _asks(world, family, p, october=True)[1].sum(axis=0)
            lack[family] = np.maximum(0, asks - ledger.purses.balance[row])
        for family in FAMILIES:
            others = lack["special"] + lack["sector"] - lack[family] if family != "social" else 0
            county["integrated"] += _pool_idle(world, family, lack[family] + deep * others, p)
        for source, target in (("sector", "special"), ("special", "sector")):
            own = _asks(world, source, p, october=True)[1].sum(axis=0)
            spare = np.maximum(0, ledger.purses.balance[FAMILIES.index(source)] - own)
            asks = _asks(world, target, p, october=True)[1].sum(axis=0)
            short = np.maximum(0, asks - ledger.purses.balance[FAMILIES.index(target)])
            moved = np.floor(np.minimum(spare, short) * p.M1_2 * deep).astype(np.int64)
            ledger.merge(source, target, moved)
            county["integrated"] += moved / 100.0

    def _release(self, world: World, family: str, share: float, p: Any, october: bool) -> None:
        """A part of each county's purse goes into the accounts of those who ask."""
        ledger = world.ledger
        names, asked = _asks(world, family, p, october)
        if not names:
            return
        free = ledger.purses.balance[FAMILIES.index(family)] * share
        if family == "sector":
            free = free * (1.0 - world.county.matching_bound)
        free = np.floor(free).astype(np.int64)
        rank = _ranks(world, names, p)
        given = np.zeros_like(asked)
        for county in np.flatnonzero((free > 0) & (asked.sum(axis=0) > 0)):
            given[:, county] = share_out(
                int(free[county]), asked[:, county], rank, round(p.allocation)
            )
        for name, fen in zip(names, given, strict=True):
            ledger.assign(name, fen)


def _part(calendar: int, p: Any) -> float:
    """The part of what is in the purse that a quarter releases; October's is all of it."""
    shares = (p.quarter_1, p.quarter_2, p.quarter_3, p.quarter_4)
    at = QUARTERS.index(calendar)
    return float(shares[at] / max(sum(shares[at:]), 1e-9)) if at < 3 else 1.0


def _budgeted(world: World, family: str = "") -> list[str]:
    """Names of the budgeted programmes, of one family or of all."""
    ledger = world.ledger
    return [
        name
        for name, one in zip(ledger.programmes, ledger.family, strict=True)
        if one and family in ("", one)
    ]


def _pool_idle(world: World, family: str, wanted: np.ndarray, p: Any) -> np.ndarray:
    """Take as much idle money of a family's accounts as others want (fen by county) back into the
    purse; gives what that was, in yuan."""
    ledger = world.ledger
    names = _budgeted(world, family)
    idle = np.zeros((len(names), ledger.accounts.shape[1]))
    for k, name in enumerate(names):
        row = ledger.row(name)
        spare = np.minimum(_spare(world, row, p), _from_purse(world, row))
        idle[k] = np.maximum(0, spare) * p.M1_2
    part = np.minimum(1.0, wanted / np.maximum(1.0, idle.sum(axis=0)))
    pooled = np.floor(idle * part).astype(np.int64)
    for name, fen in zip(names, pooled, strict=True):
        ledger.pool(name, fen)
    return np.asarray(pooled.sum(axis=0) / 100.0)


def _from_purse(world: World, row: int) -> np.ndarray:
    """What an account holds, if a purse has filled it: what townships or works have put aside for
    a purpose stays (fen by county)."""
    accounts = world.ledger.accounts
    return np.where(accounts.above[row] > 0, accounts.held(row), 0)


def _spare(world: World, row: int, p: Any) -> np.ndarray:
    """What an account holds beyond what it will use by December at the pace of its year (fen by
    county; below 0 where it will use more than it holds)."""
    ledger = world.ledger
    pace = ledger.spent_year[row] * (1.0 + ledger.loss(row)) * p.last_quarter_pace
    return np.asarray(ledger.accounts.held(row) - np.floor(pace).astype(np.int64))


def _asks(world: World, family: str, p: Any, october: bool) -> tuple[list[str], np.ndarray]:
    """The family's programmes, and what each still asks for (fen by programme and county).

    That is the standing request with what leaks on its way, less what the account holds. Who
    holds all that it will use this year gets no more in October under M1.2.
    """
    ledger = world.ledger
    names = _budgeted(world, family)
    asked = np.zeros((len(names), ledger.accounts.shape[1]), np.int64)
    for k, name in enumerate(names):
        row = ledger.row(name)
        wanted = np.ceil(ledger.asked[row] * (1.0 + ledger.loss(row))).astype(np.int64)
        held = ledger.accounts.held(row)
        asked[k] = np.maximum(0, wanted - held)
        if october:
            slow = (held > 0) & (_spare(world, row, p) >= 0)
            asked[k] = np.where(slow, asked[k] * (1.0 - p.M1_2), asked[k]).astype(np.int64)
    return names, asked


def _ranks(world: World, names: list[str], p: Any) -> np.ndarray:
    """Who comes first: by declared rank as far as M1.11 holds, and by M1.12 whoever pays people."""
    ledger = world.ledger
    rows = [ledger.row(name) for name in names]
    direct = np.array([ledger.to[row] != "supplier" for row in rows], np.float64)
    plain = float(ledger.rank.max(initial=1))
    return np.asarray(plain + p.M1_11 * (ledger.rank[rows] - plain) - p.M1_12 * 0.5 * direct)
