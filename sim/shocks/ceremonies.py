"""Gifts, weddings and funerals (人情, 婚嫁, 丧事)."""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now

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
        "household.id", "household.alive", "household.size", "household.wedding",
        "household.funeral", "household.income12_all", "village.gift_norm", "village.custom_cut",
        "village.first_household", "village.end_household",
    )  # fmt: skip
    writes = ("household.ceremony",)
    uses = ("economy.price_index", "economy.wage_index")
    draws = "household"

    def needs_draws(self, now: Now) -> bool:
        """From the plan's start only the few who host draw, each for itself."""
        return now.burn_in


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


@kernel(inline=True)
def _give(first, end, proper, households, p):
    """The gifts of a village's households: by what the neighbours can give and by their own purse.

    Gives the two parts of the rule in fen: the same for all, and the share of one's own income.
    """
    alive = households.alive[first:end]
    income = households.income12_all[first:end]
    ceremony = households.ceremony[first:end]
    whole = np.int64(0)
    homes = np.int64(0)
    for k in range(alive.size):
        lives = np.int64(alive[k] != 0)
        whole += lives * max(income[k], 0)
        homes += lives
    neighbours = proper * p.peers * (whole / max(homes, 1))
    own = proper * (1.0 - p.peers)
    for k in range(alive.size):
        fen = neighbours + own * max(np.float64(income[k]), 0.0)
        ceremony[k] += np.int32(alive[k] != 0) * np.int32(np.floor(fen + 0.5))
    return neighbours, own


@kernel
def celebrate(at, persons, households, villages, counties, drawn, chance, p):
    """Village by village: the gifts of all households, then the ceremonies of those who host."""
    year = 0.0
    for m in range(12):
        year += p.season[m]
    gift = p.gift_share * p.season[at.calendar - 1] / year
    start = np.uint64(at.first_household)
    for v in range(at.first_village, at.end_village):
        first = villages.first_household[v]
        end = villages.end_household[v]
        kept = max(0.0, 1.0 - villages.custom_cut[v])
        neighbours, own = _give(first, end, gift * villages.gift_norm[v] * kept, households, p)
        for h in range(np.uint64(first), np.uint64(end)):
            weddings = np.int64(households.wedding[h])
            funerals = np.int64(households.funeral[h])
            if at.burn_in:
                one, two = drawn[0, h - start], drawn[1, h - start]
                weddings, funerals = _stand_in(households.size[h], one, two, p)
            if (weddings | funerals == 0) or households.alive[h] == 0:
                continue
            gifts = neighbours + own * max(np.float64(households.income12_all[h]), 0.0)
            _, _, wed, buried = words(chance, households.id[h], 0)
            fen = gifts + 100.0 * kept * _hosts(weddings, funerals, wed, buried, p)
            given = np.int32(np.floor(gifts + 0.5))
            households.ceremony[h] += np.int32(np.floor(fen + 0.5)) - given


Ceremonies.rule = celebrate
