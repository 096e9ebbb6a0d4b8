"""Fiscal inputs (M1): how much money of each family a county is given in a year.

The special poverty funds are the province's; each county's part follows from where old and new
money goes. The sectors' funds and what a county spends of its own are a county's alone, so the
rest of the province does not appear in them. All in yuan, per registered poor person of the start
where nothing else is said, and so scaled to the sample by themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.world.world import World

__all__ = ["own_standard", "sector_money", "special_money"]


def special_money(world: World, p: Any) -> tuple[np.ndarray, float]:
    """Special poverty funds of a year by county, and for the counties outside the scope (yuan).

    Writes down what of it is new money, and what the centre has added (county.special_new,
    county.central_extra).

    Only the open part of the funds is counted: the rest pays what the model holds as statutory.
    Old money (the level before the plan) goes by the old shares. New money goes mainly to deep
    counties (M1.1); what the centre adds for 一区一州 goes there (M1.3). Where deep counties then
    have less than the floor of M1.5, all others give up enough to fill it.
    """
    county = world.county
    heads = county.registered_start * float(p.special_open)
    deep = county.deep == 1
    old = min(p.special_before, p.special_total) * heads.sum()
    new = p.special_total * heads.sum() - old
    to_deep = old * p.deep_share + new * (p.deep_share + (p.new_deep - p.deep_share) * p.M1_1)
    to_other = old * p.other_share + new * (p.other_share + (p.new_other - p.other_share) * p.M1_1)
    central = p.central_extra * p.M1_3 * heads * (county.yiqu_yizhou == 1)
    county.central_extra[:] = central
    county.special_new[:] = _by_heads(to_deep - old * p.deep_share, heads, deep)
    county.special_new[:] += _by_heads(to_other - old * p.other_share, heads, ~deep)
    given = _by_heads(to_deep, heads, deep) + _by_heads(to_other, heads, ~deep) + central
    total = p.special_total * heads.sum() + central.sum()
    elsewhere = max(0.0, total - given.sum())
    short = p.M1_5 * max(0.0, p.deep_floor * total - given[deep].sum())
    if short > 0.0 and deep.any():
        others = total - given[deep].sum()
        kept = max(0.0, 1.0 - short / others)
        given[~deep] *= kept
        elsewhere *= kept
        given[deep] *= 1.0 + short / given[deep].sum()
    return given, elsewhere


def sector_money(world: World, p: Any) -> np.ndarray:
    """The sectors' funds and the county's own of a year, by county (yuan).

    Block funds of line departments at the level that they have grown to (M1.9); the part of the
    equalisation transfer's rise that is spent on poverty (M1.4); the county's own poverty
    spending, guaranteed by its standard (M1.10); and the lottery fund for old revolutionary
    areas, all to two counties (M1.8) or by the head.
    """
    county = world.county
    heads = county.registered_start.astype(np.float64)
    money = p.sector_before * heads * county.sector_level
    rise = p.equal_gap * county.equalisation_lead * county.persons_start
    money += rise * p.equal_to_poverty
    counted = county.persons_start if p.standard_heads > 0.5 else heads
    money += own_standard(world, p) * counted
    return money + _lottery(world, heads, p)


def own_standard(world: World, p: Any) -> np.ndarray:
    """What a county spends of its own a head (yuan): the standard rises in deep counties."""
    rise = (p.standard - p.standard_before) * p.M1_10 * (world.county.deep == 1)
    return np.asarray(p.standard_before + rise, np.float64)


def _lottery(world: World, heads: np.ndarray, p: Any) -> np.ndarray:
    county = world.county
    chosen = (county.code == p.lottery_first) | (county.code == p.lottery_second)
    fund = p.lottery * county.sample * chosen
    by_heads = _by_heads(float(fund.sum()), heads, np.ones(len(heads), bool))
    given = np.asarray(p.M1_8 * fund + (1.0 - p.M1_8) * by_heads, np.float64)
    county.lottery_old_base[:] = np.where(chosen, given, 0.0)
    return given


def _by_heads(money: float, heads: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Money shared among some counties by their registered people."""
    own = np.where(among, heads, 0.0)
    return money * own / max(own.sum(), 1.0)
