"""Action 7, orchards: years of waiting, then a dearer crop, open to frost, hail and price."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, normal, uniform, words
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of
from sim.measures.a09_build import spread
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Terrain
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["Orchards"]

_WILLING = 73  # a lasting trait


@kernel(inline=True)
def plot(households, h, p):
    """Land that a household would plant with fruit trees (mu, by tenths); 0 if it would not."""
    if households.alive[h] == 0 or households.fruit[h] > 0.0:
        return 0.0
    if np.float64(households.labour[h]) - households.away[h] < 1.0:
        return 0.0
    if trait(households.id[h], _WILLING) >= p.willing:
        return 0.0
    land = max(0.0, np.float64(households.land[h]) - households.rented_out[h])
    return np.floor(10.0 * min(p.plot_most, p.plot_share * land) + 1e-6) / 10.0


@kernel(inline=True)
def full(age, p):
    """Share of a grown tree's crop at an age in years: none for some years, then a ramp."""
    return min(1.0, max(0.0, (age - p.barren_years) / max(1.0, p.ramp_years)))


@kernel
def grow(at, persons, households, villages, counties, words_, chance, p):
    """April: trees are planted. October: what the orchard brings in, after upkeep and the crop
    that does not grow under it. December: land that could be planted is counted."""
    if at.calendar == 1:  # the province only asks for money
        return
    price = counties.price[at.county]
    kept = 1.0 - p.frost_loss * counties.frost[at.county]
    for v in range(at.first_village, at.end_village):
        if at.calendar == 4 and villages.fruit_now[v] <= 0.0:
            continue
        if at.calendar == 12 and villages.deep[v] == 0:
            continue
        left = np.float64(villages.fruit_now[v])
        odds = left / max(1e-9, np.float64(villages.fruit_room[v]))
        room = 0.0
        planted = 0.0
        for h in homes_of(villages, v):
            if at.calendar == 12:
                room += plot(households, h, p)
            elif at.calendar == 4:
                mu = plot(households, h, p)
                if mu < 0.1 or left < mu:
                    continue
                if uniform(words(chance, households.id[h], 1)[0]) >= odds:
                    continue
                households.fruit[h] = np.float32(mu)
                households.fruit_year[h] = np.uint8(at.year - 2000)
                left -= mu
                planted += mu
            elif households.fruit[h] > 0.0 and households.alive[h] != 0:
                mu = np.float64(households.fruit[h])
                age = at.year - 2000 - np.int64(households.fruit_year[h])
                grown = full(age, p)
                luck = 1.0 + p.luck * normal(words(chance, households.id[h], 1)[1])
                crop = mu * grown * p.crop * p.farm_index
                weather = kept * villages.crop_factor[v]
                income = crop * weather * price * max(0.0, luck)
                income -= mu * p.price_index * (p.upkeep + grown * (p.upkeep_grown - p.upkeep))
                income -= mu * p.farm_index * p.crop_lost
                households.business[h] += np.int32(np.floor(income * 100.0 + 0.5))
                lost = crop * (1.0 - weather)
                if lost > 0.0:
                    strike(households, h, Cause.DISASTER, lost * 100.0)
        if at.calendar == 12:
            villages.fruit_room[v] = np.float32(room)
        elif at.calendar == 4:
            villages.paid_fruit_fund[v] += np.int64(planted * p.mu_cost * 100.0 + 0.5)
            villages.did_orchards[v] += np.int64(planted + 0.5)


class Orchards(Mechanism):
    """New orchards from the provincial fruit fund: nothing for four years, then more than crops.

    A7.4 turns the fund to deep villages outside the pastures. Each spring it pays for saplings of
    apple, pepper, walnut, grape, wolfberry or olive, whichever grows there; of the willing
    households with hands at home some plant by lot, each a small plot once. Under young trees
    part of the old crop still grows; upkeep is due from the start. Grown trees bring more than
    the crop did, but a spring frost may strike the county, and hail, drought and prices strike
    as they do crops. Orchards of before the plan are in the crops of farming.
    """

    name = "a07_orchards"
    zh = "林果产业发展资金"
    clauses = ("A7.4",)
    reads = (
        "household.id", "household.alive", "household.land", "household.rented_out",
        "household.labour", "household.away", "village.id", "village.county", "village.deep",
        "village.site", "village.terrain", "village.persons", "village.registered_poor",
        "village.crop_factor", "village.first_household", "village.end_household", "county.code",
        "county.price", "county.capacity",
    )  # fmt: skip
    writes = (
        "household.fruit", "household.fruit_year", "household.business", "village.fruit_now",
        "village.fruit_room", "village.paid_fruit_fund", "village.did_orchards", "county.frost",
    )  # fmt: skip
    changes = ("household.blow", "household.blow_size")
    columns = (
        column("household", "fruit", "f4", "mu", "orchard planted under the plan", "林果面积",
               code="aac305"),
        column("household", "fruit_year", "u1", "years", "year of planting, from 2000 on",
               "林果种植年份"),
        column("village", "fruit_now", "f4", "mu", "orchard to be planted this month",
               "本月林果种植任务"),
        column("village", "fruit_room", "f4", "mu",
               "land that willing households would plant, counted in December", "可种林果面积"),
        column("county", "frost", "u1", "flag", "struck by frost this spring", "当年春霜冻"),
        account("fruit_fund", "saplings from the fruit fund", "林果产业发展资金",
                family="sector", to="supplier", rank=3),
        deed("orchards", "mu", "orchard planted", "新种林果面积"),
    )  # fmt: skip
    uses = ("economy.farm_index", "economy.price_index")
    months = (1, 4, 10, 12)
    in_burn_in = False
    rule = grow

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Spring frost; and which villages the fund reaches."""
        village, county = world.village, world.county
        village.fruit_now[:] = 0.0
        if now.calendar == 4:
            county.frost[:] = draws(chance, county.code)[0] < p.frost_rate
        fit = (village.site == 0) & (village.deep == 1) & (village.terrain != Terrain.PASTORAL)
        most = p.village_mu * p.A7_4 * np.minimum(1.0, np.maximum(0.2, 1.0 + county.capacity))
        room = np.floor(np.minimum(village.fruit_room, most[village.county]) * fit)
        room = room.astype(np.int64)
        mu = np.zeros(len(county.code), np.int64)
        np.add.at(mu, village.county, room)
        each = np.int64(round(p.mu_cost * 100))
        world.ledger.ask("fruit_fund", mu * each)
        if now.calendar == 4:
            money = world.ledger.draw("fruit_fund", mu * each) // max(1, each)
            poor = village.registered_poor / np.maximum(village.persons, 1)
            village.fruit_now[:] = spread(village.county, village.id, poor, room, money)
