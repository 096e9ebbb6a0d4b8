"""Houses and water: how they decay and are mended without any measure that is modelled yet."""

import numpy as np

from sim.chance import uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import HouseGrade, HouseWork

__all__ = ["Services"]

DROUGHT, FLOOD = 1, 4
"""Bits of village.hit."""


@kernel(inline=True)
def mend(house, debt, word, alive, plain, p):
    """The houses of a block: those that decay by a grade, and those that their owners make good.

    plain: share of needlessly large houses that the rules for building plots prevent.
    """
    decay_a, decay_b, decay_c = p.decay_a, p.decay_b, p.decay_c
    repair_c = 1.0 - (1.0 - p.repair_c) ** (1.0 / 12.0)
    repair_d = 1.0 - (1.0 - p.repair_d) ** (1.0 / 12.0)
    owed_c, owed_d = np.int32(p.owed_c * 100.0), np.int32(p.owed_d * 100.0)
    too_large, extra = p.oversize * (1.0 - plain), np.int32(p.oversize_debt * 100.0)
    for k in range(house.size):  # no branch, so that several rows are drawn at once
        grade = house[k]
        u = uniform(word[k])
        decay = decay_a if grade == HouseGrade.A else 0.0
        decay = decay_b if grade == HouseGrade.B else decay
        decay = decay_c if grade == HouseGrade.C else decay
        repair = repair_c if grade == HouseGrade.C else 0.0
        repair = repair_d if grade == HouseGrade.D else repair
        lives = alive[k] != 0
        new = np.int8(HouseGrade.A) if u > 1.0 - repair else grade
        new = np.int8(grade + 1) if u < decay else new
        house[k] = new if lives else grade
        owed = owed_c if grade == HouseGrade.C else owed_d
        # the highest draws of those who build are those who build too large
        owed += extra if u > 1.0 - repair * too_large else np.int32(0)
        debt[k] += owed if lives & (u > 1.0 - repair) else np.int32(0)


@kernel(inline=True)
def supply(water, word, alive, connect, fail):
    """The water of a village's households: those that get safe water, and those that lose it."""
    for k in range(water.size):
        changes = uniform(word[k]) < (connect if water[k] == 0 else fail)
        water[k] ^= np.uint8(changes & (alive[k] != 0))


@kernel
def keep_up(at, persons, households, villages, counties, words, chance, p):
    """One month of every house and every household's water."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    house = households.house[rows]
    residence = households.residence[rows]
    works = households.house_works[rows]
    plain = np.float64(counties.plot_rule[at.county])
    mend(house, households.debt_house[rows], words[0], alive, plain, p)
    for k in range(house.size):
        if villages.hit[residence[k]] & FLOOD and alive[k] != 0:
            risk = p.flood_damage
            if works[k] & HouseWork.SEISMIC:
                risk *= 1.0 - p.built_firm
            if uniform(words[1, k]) < risk:
                worse = 2 if uniform(words[2, k]) < p.flood_heavy else 1
                house[k] = min(np.int64(HouseGrade.D), house[k] + worse)
    connect = 1.0 - (1.0 - p.water_connected) ** (1.0 / 12.0)
    usual = 1.0 - (1.0 - p.water_fails) ** (1.0 / 12.0)
    for v in range(at.first_village, at.end_village):
        fail = usual + (p.water_drought if villages.hit[v] & DROUGHT else 0.0)
        fail *= 1.0 - min(1.0, np.float64(villages.water_firm[v]))
        a = villages.first_household[v]
        b = villages.end_household[v]
        here = slice(a - at.first_household, b - at.first_household)
        supply(households.water[a:b], words[3, here], alive[here], connect, fail)


class Services(Mechanism):
    """Houses and water as they go on without the plan.

    Houses decay from grade to grade and are damaged by floods (less where a programme built
    them firm); those of grade C and D are made good by their owners, with the help of before the
    plan, at a yearly rate, and leave a debt; some build larger than they need and owe more. What
    the plan adds is action A5. Households get safe water at the yearly rate of before the plan,
    and some lose it when a source or a pipe fails, more of them in a drought; what the plan adds
    is clause A9.5.
    """

    name = "services"
    zh = "住房与饮水（外生路径）"
    reason = "how houses and water change without any measure"
    reads = ("household.alive", "household.residence", "household.house_works", "village.hit",
             "village.water_firm", "village.first_household", "village.end_household",
             "county.plot_rule")  # fmt: skip
    writes = ("household.house", "household.water")
    changes = ("household.debt_house",)
    draws = "household"
    rule = keep_up
