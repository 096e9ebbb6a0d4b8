"""Action 7, slope land returned to forest: what is given up, what is paid for it, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import uniform, words
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of
from sim.measures.a09_build import spread
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["SlopeReturn"]

_WILLING, _FACTOR = 71, 72  # lasting traits: who would join; how steep the land of a village is
_AGE_LAST = 4  # years after the return in which the last instalment falls due


@kernel(inline=True)
def steepness(villages, v, p):
    """Share of a village's land of 25 degrees and more."""
    return p.slope_share[villages.terrain[v] - 1] * (0.4 + 1.2 * trait(villages.id[v], _FACTOR))


@kernel(inline=True)
def steep(households, h, share):
    """Land of a household of 25 degrees and more that it still tills (mu, by tenths)."""
    land = np.float64(households.land[h])
    mine = share * (land + households.returned[h]) - households.returned[h]
    mine = min(mine, land - households.rented_out[h])
    return np.floor(10.0 * max(0.0, mine) + 1e-6) / 10.0


@kernel(inline=True)
def readiness(villages, v, p):
    """Share of a village's households that would join."""
    return p.willing * min(2.0, max(0.0, 1.0 + np.float64(villages.takeup[v])))


@kernel(inline=True)
def offer(households, h, share, ready, p):
    """Steep land that a household would return now (mu): none if it has, or would not."""
    if households.alive[h] == 0 or households.returned[h] > 0.0:
        return 0.0
    mu = steep(households, h, share)
    if mu < p.least or trait(households.id[h], _WILLING) >= ready:
        return 0.0
    return mu


@kernel(inline=True)
def enrol(at, households, villages, v, chance, p):
    """Return a village's steep land up to what its seedlings are for."""
    left = np.float64(villages.slope_now[v])
    odds = left / max(1e-9, np.float64(villages.slope_left[v]))
    share = steepness(villages, v, p)
    ready = readiness(villages, v, p)
    planted = 0.0
    for h in homes_of(villages, v):
        mu = offer(households, h, share, ready, p)
        if mu <= 0.0 or left < p.least:
            continue
        if uniform(words(chance, households.id[h], 1)[0]) >= odds:
            continue
        mu = min(mu, np.floor(10.0 * left + 1e-6) / 10.0)
        households.returned[h] = np.float32(mu)
        households.returned_year[h] = np.uint8(at.year - 2000)
        households.land[h] = max(np.float32(0.0), households.land[h] - np.float32(mu))
        households.irrigated[h] = min(households.irrigated[h], households.land[h])
        left -= mu
        planted += mu
    villages.paid_seedlings[v] += np.int64(planted * p.seedlings * 100.0 + 0.5)
    villages.did_slope_returned[v] += np.int64(planted + 0.5)


@kernel(inline=True)
def due(total, age, p):
    """Fen due in the year `age` after the return, out of all that is due: the parts are rounded
    so that they add up to the whole."""
    if p.instalments == 1.0:
        return total if age == 0 else 0
    first = np.int64(total * p.first_part + 0.5)
    second = np.int64(total * p.second_part + 0.5)
    if age == 0:
        return first
    if age == 2:
        return second
    return total - first - second if age == _AGE_LAST else 0


@kernel
def give_back(at, persons, households, villages, counties, words_, chance, p):
    """April: land is returned. December: what is due is paid, and what is left is counted."""
    if at.calendar == 1 or counties.deep[at.county] == 0:  # in January money is asked for
        return
    for v in range(at.first_village, at.end_village):
        if at.calendar == 4:
            if villages.slope_now[v] > 0.0:
                enrol(at, households, villages, v, chance, p)
            continue
        left = 0.0
        paid = 0
        share = steepness(villages, v, p)
        ready = readiness(villages, v, p)
        for h in homes_of(villages, v):
            mu = np.float64(households.returned[h])
            if mu > 0.0 and households.alive[h] != 0:
                total = np.int64(mu * p.cash * 100.0 + 0.5)
                fen = due(total, at.year - 2000 - np.int64(households.returned_year[h]), p)
                households.transfer[h] += np.int32(fen)
                households.granted[h] += np.int32(fen)
                paid += fen
            else:
                left += offer(households, h, share, ready, p)
        villages.paid_slope_cash[v] += paid
        villages.slope_left[v] = np.float32(left)


class SlopeReturn(Mechanism):
    """Cropland of 25 degrees and more becomes forest, for cash in instalments.

    A7.2, in the deep counties: each spring a county returns its part of the year's task, in the
    villages with most steep land left, as far as there is money for seedlings; of households
    that are willing some are taken in by lot. Land and with it the harvest fall; as crops grow
    with the root of land, the poor slopes that are given up are missed less than other land.
    Cash comes in the year of the return, the third and the fifth, and then ends. Later
    instalments are owed whatever becomes of the clause.
    """

    name = "a07_slope"
    zh = "坡耕地退耕还林"
    clauses = ("A7.2",)
    reads = (
        "household.id", "household.alive", "household.rented_out", "village.first_household",
        "village.end_household", "village.id", "village.county", "village.site",
        "village.terrain", "village.takeup", "county.deep", "county.sample", "county.capacity",
    )  # fmt: skip
    writes = (
        "household.returned", "household.returned_year", "household.transfer",
        "household.granted", "village.slope_now", "village.slope_left", "village.paid_slope_cash",
        "village.paid_seedlings", "village.did_slope_returned", "county.slope_support",
    )  # fmt: skip
    changes = ("household.land", "household.irrigated")
    columns = (
        column("household", "returned", "f4", "mu", "land returned to forest", "退耕还林面积",
               code="aac304"),
        column("household", "returned_year", "u1", "years", "year of the return, from 2000 on",
               "退耕年份"),
        column("village", "slope_now", "f4", "mu", "to be returned this month", "本月退耕任务"),
        column("village", "slope_left", "f4", "mu",
               "steep land of willing households, counted in December", "待退坡耕地"),
        column("county", "slope_support", "f8", "yuan/mu",
               "cash and seedlings promised for a mu returned", "退耕每亩补助标准",
               report="mean"),
        account("slope_cash", "cash for farmland returned to forest", "退耕还林现金补助"),
        account("seedlings", "seedlings on farmland returned to forest", "退耕还林种苗费",
                family="sector", to="supplier", rank=2),
        deed("slope_returned", "mu", "steep cropland returned to forest", "坡耕地退耕面积"),
    )  # fmt: skip
    months = (1, 4, 12)
    in_burn_in = False
    rule = give_back

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Hand out the year's task over counties and villages."""
        village, county = world.village, world.county
        counties = len(county.code)
        village.slope_now[:] = 0.0
        county.slope_support[:] = (p.cash + p.seedlings) * (p.A7_2 > 0.0)
        fit = (village.site == 0) & (county.deep[village.county] == 1)
        room = np.floor(10.0 * village.slope_left * fit)  # tenths of a mu
        left = np.bincount(village.county, room, counties)
        whole = left / np.maximum(county.sample, 1e-9)
        if p.A7_2 <= 0.0 or whole.sum() <= 0.0:
            world.ledger.ask("seedlings", np.zeros(counties, np.int64))
            return
        able = np.minimum(1.0, np.maximum(0.2, 1.0 + county.capacity))  # no county beyond its task
        task = 10.0 * p.quota * p.A7_2 * able
        tenths = np.floor(np.minimum(left, task * whole / whole.sum() * county.sample))
        tenths = tenths.astype(np.int64)
        each = np.int64(round(p.seedlings * 10))
        world.ledger.ask("seedlings", tenths * each)
        if now.calendar == 4:
            tenths = world.ledger.draw("seedlings", tenths * each) // max(1, each)
            order = village.slope_left.astype(float)
            village.slope_now[:] = spread(village.county, village.id, order, room, tenths) / 10.0
