"""Farming: what the land and the animals bring in, month by month."""

import numpy as np

from sim.chance import normal
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.livelihoods.rows import homes_of
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause

__all__ = ["Farming"]


@kernel(inline=True)
def tend(at, v, households, villages, price, p):
    """A village's month without a harvest: what is paid for the crops, what the animals earn."""
    month = at.calendar - 1
    outlay = p.crop_cost * p.price_index * p.outlay_season[month]
    outlay *= max(0.0, 1.0 - villages.outlay_cut[v])
    beasts = p.farm_index * p.herd_season[month] * (1.0 + p.herd_sold * (price - 1.0))
    beasts *= 1.0 + villages.herd_gain[v]
    usual = p.herd_income[villages.terrain[v] - 1]
    worth = 100.0 * p.herd_worth
    rows = slice(villages.first_household[v], villages.end_household[v])
    alive = households.alive[rows]
    size = households.size[rows]
    land = households.land[rows]
    rented = households.rented_out[rows]
    herds = households.herd[rows]
    livestock = households.livestock[rows]
    business = households.business[rows]
    for k in range(alive.size):  # no branch, so that several rows are worked out at once
        herd = usual * herds[k] * size[k]
        full = worth * herd if herd > 0.0 else 1.0
        income = 0.0 - outlay * max(0.0, np.float64(land[k]) - rented[k])
        income += beasts * herd * min(1.0, livestock[k] / full)
        business[k] += np.int32(alive[k] != 0) * np.int32(np.floor(income * 100.0 + 0.5))


@kernel(inline=True)
def harvest(at, v, households, villages, words, price, p):
    """A village's month of harvest: the crops as well, and what was lost of them."""
    month = at.calendar - 1
    kind = villages.terrain[v] - 1
    yields = p.farm_index * p.harvest_season[month] * p.crop_income[kind]
    sold = 1.0 + p.sold_share * (price - 1.0)
    sold += p.sold_share * p.ecommerce_price * villages.ecommerce[v]
    sold += p.sold_share * villages.price_gain[v]
    cheap = 100.0 * p.sold_share * max(0.0, 1.0 - price)
    advised = 1.0 + p.commissioner_yield * villages.commissioner[v]
    advised *= 1.0 + villages.yield_gain[v]
    struck = (1.0 - villages.crop_factor[v]) * max(0.0, 1.0 - villages.loss_cut[v])
    open_field = 1.0 - p.irrigated_exposure
    outlay = p.crop_cost * p.price_index * p.outlay_season[month]
    outlay *= max(0.0, 1.0 - villages.outlay_cut[v])
    beasts = p.farm_index * p.herd_season[month] * (1.0 + p.herd_sold * (price - 1.0))
    beasts *= 1.0 + villages.herd_gain[v]
    usual = p.herd_income[kind]
    worth = 100.0 * p.herd_worth
    bonus, worker, others, spread = p.irrigated_bonus, p.land_worker, p.other_hands, p.crop_luck
    first = np.uint64(at.first_household)
    for h in homes_of(villages, v):
        if households.alive[h] == 0:
            continue
        income = 0.0
        land = np.float64(households.land[h]) - households.rented_out[h]
        if land > 0.0:
            wet = min(np.float64(households.irrigated[h]), land)
            good = land + bonus * wet
            hands = max(0.0, np.float64(households.labour[h]) - households.away[h])
            # land and labour with equal shares: twice the land in the same hands is not twice
            # the crop
            base = np.sqrt(good * worker * (hands + others))
            base *= yields * households.farm_skill[h]
            luck = 1.0 + spread * normal(words[0, h - first])
            base *= max(0.0, luck) * advised
            if struck != 0.0:
                lost = base * struck * (1.0 - open_field * wet / land)
                base -= lost
                if lost > 0.0:
                    strike(households, h, Cause.DISASTER, lost * 100.0)
            income += base * sold
            if cheap > 0.0:
                strike(households, h, Cause.PRICE, base * cheap)
        income -= outlay * max(0.0, land)
        # animals that were sold in need earn nothing until they are replaced
        herd = usual * households.herd[h] * households.size[h]
        full = worth * herd if herd > 0.0 else 1.0
        income += beasts * herd * min(1.0, households.livestock[h] / full)
        households.business[h] += np.int32(np.floor(income * 100.0 + 0.5))


@kernel
def farm(at, persons, households, villages, counties, words, chance, p):
    """One month of every household's land and animals, village by village."""
    price = counties.price[at.county]
    reaps = p.harvest_season[at.calendar - 1] > 0.0
    for v in range(at.first_village, at.end_village):
        if reaps:
            harvest(at, v, households, villages, words, price, p)
        else:
            tend(at, v, households, villages, price, p)


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
        "household.alive", "household.size", "household.land",
        "household.irrigated", "household.rented_out", "household.farm_skill", "household.herd",
        "household.livestock", "household.labour", "household.away", "village.terrain",
        "village.crop_factor", "village.commissioner", "village.ecommerce", "village.yield_gain",
        "village.price_gain", "village.outlay_cut", "village.loss_cut", "village.herd_gain",
        "village.first_household", "village.end_household", "county.price",
    )  # fmt: skip
    writes = ("household.business",)
    changes = ("household.blow", "household.blow_size")
    uses = ("economy.farm_index", "economy.price_index")
    draws = "household"
    rule = farm

    def needs_draws(self, now: Now) -> bool:
        """Luck is of the harvest."""
        return bool(self.p.harvest_season[now.calendar - 1] > 0.0)
