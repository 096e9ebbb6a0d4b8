"""Farm and small business: what the land, the animals and a shop bring in, month by month."""

import numpy as np

from sim.chance import normal, uniform
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.lasting import trait
from sim.mechanism import Mechanism
from sim.world.codes import Cause

__all__ = ["Farming"]

TRADES, SIZE_OF_TRADE = 11, 12
"""Traits: whether a household has a small business, and how large it is."""


@kernel(inline=True)
def harvest(households, h, land, villages, v, price, share, luck, p):
    """Crop income in yuan of a harvest month, and what weather and prices took of it."""
    wet = min(households.irrigated[h], land)
    dry = land - wet
    wet *= p.irrigated_yield
    hands = households.labour[h] - households.away[h]
    tended = min(1.0, max(0.0, hands) * p.land_worker / land)
    tended = p.tended_least + (1.0 - p.tended_least) * tended
    base = p.crop_income * p.farm_index * share * households.farm_skill[h] * tended * luck
    if villages.commissioner[v] != 0:
        base *= 1.0 + p.commissioner_yield
    lost = 1.0 - villages.crop_factor[v]
    lost = base * lost * (dry + wet * p.irrigated_exposure)
    got = base * (dry + wet) - lost
    better = p.ecommerce_price if villages.ecommerce[v] != 0 else 0.0
    paid = 1.0 + p.sold_share * (price - 1.0 + better)
    cheap = got * p.sold_share * max(0.0, 1.0 - price)
    return got * paid, lost, cheap


@kernel
def farm(at, persons, households, villages, counties, words, chance, p):
    """One month of every household's land, animals and trade."""
    month = at.calendar - 1
    price = counties.price[at.county]
    share = p.harvest_season[month]
    outlay = p.crop_cost * p.price_index * p.outlay_season[month]
    beasts = p.herd_income * p.farm_index * p.herd_season[month] * price
    worth = 100.0 * p.herd_value
    trade = p.trade_income * p.farm_index * p.business / 12.0
    for h in range(at.first_household, at.end_household):
        if households.alive[h] == 0:
            continue
        income = 0.0
        land = households.land[h] - households.rented_out[h]
        if land > 0.01 and share > 0.0:
            luck = max(0.0, 1.0 + p.crop_luck * normal(words[0, h - at.first_household]))
            got, lost, cheap = harvest(
                households, h, land, villages, households.village[h], price, share, luck, p
            )
            income += got
            if lost > 0.0:
                strike(households, h, Cause.DISASTER, lost * 100.0)
            if cheap > 0.0:
                strike(households, h, Cause.PRICE, cheap * 100.0)
        if land > 0.0:
            income -= outlay * land
        herd = households.herd[h]
        if herd > 0.0:  # animals that were sold in need earn nothing until they are replaced
            income += beasts * herd * min(1.0, households.livestock[h] / (worth * herd))
        identity = households.id[h]
        if trait(identity, TRADES) < p.trade_share:
            u = uniform(words[1, h - at.first_household])
            size = 0.4 + 1.2 * trait(identity, SIZE_OF_TRADE)
            income += trade * size * (1.0 + p.trade_luck * (2.0 * u - 1.0))
        households.business[h] += np.int32(np.floor(income * 100.0 + 0.5))


class Farming(Mechanism):
    """Net income from crops, livestock and small businesses.

    Crops are paid for in spring and come in from June to November. A mu brings more where it is
    irrigated, where hands are at home to tend it, where the household farms well, where a
    science-technology commissioner advises, and where drought, hail or flood have left the crop
    alone; what is sold follows the county's price and sells a little better online. Animals
    bring income all year as far as they have not been sold in need, and one household in ten
    keeps a shop, a lorry or the like.
    """

    name = "farming"
    zh = "种养与家庭经营"
    clauses = ("A1.7", "A1.13")
    reads = (
        "household.id", "household.alive", "household.village", "household.land",
        "household.irrigated", "household.rented_out", "household.farm_skill", "household.herd",
        "household.livestock", "household.labour", "household.away", "village.crop_factor",
        "village.commissioner", "village.ecommerce", "county.price",
    )  # fmt: skip
    writes = ("household.business",)
    changes = ("household.blow", "household.blow_size")
    uses = ("economy.farm_index", "economy.price_index", "pandemic.business")
    draws = "household"
    rule = farm
