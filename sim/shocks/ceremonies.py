"""Gifts, weddings and funerals (人情, 婚嫁, 丧事)."""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism

__all__ = ["Ceremonies"]

_SON = 1
_DAUGHTER = 2


class Ceremonies(Mechanism):
    """What a household pays for its own and for other people's ceremonies.

    Gifts are a share of income by the custom of the village. What is proper follows the
    neighbours as much as one's own purse, so a poor household in a better-off village gives a
    larger share of its income. Hosts are given gifts; those are netted off the costs below.

    A son's wedding costs the bride price and the feast, of which the household must find
    `bride_share` now; the rest was put aside over the years before and is not in its cash. A
    daughter's wedding leaves her parents a part of the bride price they are given
    (`daughter_cost` below 0). A funeral costs what it costs, less the gifts. What the household
    cannot pay it borrows (see living).

    In the burn-in nobody is born, marries or dies, but purses and debts have to settle: the
    costs then come at fixed rates instead.
    """

    name = "ceremonies"
    zh = "人情婚丧"
    reason = "Weddings, funerals and gifts are among the registration form's causes of poverty."
    reads = (
        "household.alive", "household.size", "household.wedding", "household.funeral",
        "household.income12_all", "village.gift_norm", "village.first_household",
        "village.end_household",
    )  # fmt: skip
    writes = ("household.ceremony",)
    uses = ("economy.price_index", "economy.wage_index")
    draws = "household"


@kernel(inline=True)
def _hosts(weddings, funerals, wed, buried, p):
    """What a household's own ceremonies of this month cost, in yuan; two words for the size."""
    cost = 0.0
    if weddings & _SON:
        price = p.bride_price * p.wage_index * np.exp(p.bride_sigma * normal(wed))
        cost += p.bride_share * price + p.feast * p.price_index
    if weddings & _DAUGHTER:
        cost += p.daughter_cost * p.wage_index
    if funerals > 0:
        cost += funerals * p.funeral * p.price_index * np.exp(p.funeral_sigma * normal(buried))
    return min(cost, p.ceremony_cap)


@kernel(inline=True)
def _stand_in(size, marries, dies, p):
    """Weddings (bits) and funerals of a household in the burn-in, from two words."""
    weddings = 0
    u = uniform(marries)
    if size >= 3 and u < p.weddings_before / 12.0:
        weddings = _SON
    elif size >= 3 and u > 1.0 - p.weddings_before / 12.0:
        weddings = _DAUGHTER
    funerals = 1 if size >= 2 and uniform(dies) < p.funerals_before / 12.0 else 0
    return weddings, funerals


@kernel
def celebrate(at, persons, households, villages, counties, words, chance, p):
    """Village by village: the neighbours' mean income, then each household."""
    year = 0.0
    for m in range(12):
        year += p.season[m]
    gift = p.gift_share * p.season[at.calendar - 1] / year
    for v in range(at.first_village, at.end_village):
        first = villages.first_household[v]
        end = villages.end_household[v]
        whole = np.int64(0)
        homes = np.int64(0)
        for h in range(first, end):
            if households.alive[h]:
                whole += max(np.int64(households.income12_all[h]), np.int64(0))
                homes += 1
        if homes == 0:
            continue
        proper = gift * villages.gift_norm[v]
        neighbours = proper * p.peers * (whole / homes)
        own = proper * (1.0 - p.peers)
        for h in range(first, end):
            if households.alive[h] == 0:
                continue
            fen = neighbours + own * max(np.float64(households.income12_all[h]), 0.0)
            weddings = np.int64(households.wedding[h])
            funerals = np.int64(households.funeral[h])
            k = h - at.first_household
            if at.burn_in:
                weddings, funerals = _stand_in(households.size[h], words[0, k], words[1, k], p)
            if weddings | funerals:
                fen += 100.0 * _hosts(weddings, funerals, words[2, k], words[3, k], p)
            households.ceremony[h] += np.int32(np.floor(fen + 0.5))


Ceremonies.rule = celebrate
