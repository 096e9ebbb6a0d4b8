"""Farming: what the land and the animals bring in, month by month."""

import numpy as np

from sim.chance import normal
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism
from sim.world.codes import Cause

__all__ = ["Farming"]


@kernel
def farm(at, persons, households, villages, counties, words, chance, p):
    """One month of every household's land and animals."""
    month = at.calendar - 1
    price = counties.price[at.county]
    share = p.harvest_season[month]
    yields = p.farm_index * share
    paid = 1.0 + p.sold_share * (price - 1.0)
    online = p.sold_share * p.ecommerce_price
    cheap = 100.0 * p.sold_share * max(0.0, 1.0 - price)
    outlay = p.crop_cost * p.price_index * p.outlay_season[month]
    beasts = p.farm_index * p.herd_season[month] * (1.0 + p.herd_sold * (price - 1.0))
    luck = 1.0
    first = np.uint64(at.first_household)
    for h in households_of(at):
        if households.alive[h] == 0:
            continue
        v = households.village[h]
        kind = villages.terrain[v] - 1
        income = 0.0
        land = np.float64(households.land[h]) - households.rented_out[h]
        if land > 0.0 and share > 0.0:
            wet = min(np.float64(households.irrigated[h]), land)
            good = land + p.irrigated_bonus * wet
            hands = max(0.0, np.float64(households.labour[h]) - households.away[h])
            # land and labour with equal shares: twice the land in the same hands is not twice
            # the crop
            base = np.sqrt(good * p.land_worker * (hands + p.other_hands))
            base *= yields * p.crop_income[kind] * households.farm_skill[h]
            luck = 1.0 + p.crop_luck * normal(words[0, h - first])
            base *= max(0.0, luck) * (1.0 + p.commissioner_yield * villages.commissioner[v])
            exposed = 1.0 - (1.0 - p.irrigated_exposure) * wet / land
            lost = base * (1.0 - villages.crop_factor[v]) * exposed
            got = base - lost
            income += got * (paid + online * villages.ecommerce[v])
            if lost > 0.0:
                strike(households, h, Cause.DISASTER, lost * 100.0)
            if cheap > 0.0:
                strike(households, h, Cause.PRICE, got * cheap)
        income -= outlay * max(0.0, land)
        herd = p.herd_income[kind] * households.herd[h] * households.size[h]
        if herd > 0.0:  # animals that were sold in need earn nothing until they are replaced
            full = 100.0 * p.herd_worth * herd
            income += beasts * herd * min(1.0, households.livestock[h] / full)
        households.business[h] += np.int32(np.floor(income * 100.0 + 0.5))


class Farming(Mechanism):
    """Net income from crops and livestock.

    Crops are paid for in spring and come in from June to November. They grow with land and with
    the hands at home, by the terrain of the village, more where land is irrigated, where the
    household farms well and where a science-technology commissioner advises, and less where
    drought, hail or flood have struck; what is sold follows the county's price and sells a
    little better online. Animals bring income all year, as far as they have not been sold in
    need.
    """

    name = "farming"
    zh = "种植与养殖"
    clauses = ("A1.7", "A1.13")
    reads = (
        "household.alive", "household.village", "household.size", "household.land",
        "household.irrigated", "household.rented_out", "household.farm_skill", "household.herd",
        "household.livestock", "household.labour", "household.away", "village.terrain",
        "village.crop_factor", "village.commissioner", "village.ecommerce", "county.price",
    )  # fmt: skip
    writes = ("household.business",)
    changes = ("household.blow", "household.blow_size")
    uses = ("economy.farm_index", "economy.price_index")
    draws = "household"
    rule = farm
