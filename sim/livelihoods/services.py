"""Houses and water: how they decay and are mended without any measure that is modelled yet."""

import numpy as np

from sim.chance import uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import HouseGrade

__all__ = ["Services"]

FLOOD = 4
"""Bit of village.hit."""


@kernel(inline=True)
def mend(house, word, alive, p):
    """The houses of a block: those that decay by a grade, and those that are made good."""
    decay_a, decay_b, decay_c = p.decay_a, p.decay_b, p.decay_c
    repair_c = 1.0 - (1.0 - p.repair_c) ** (1.0 / 12.0)
    repair_d = 1.0 - (1.0 - p.repair_d) ** (1.0 / 12.0)
    for k in range(house.size):  # no branch, so that several rows are drawn at once
        grade = house[k]
        u = uniform(word[k])
        decay = decay_a if grade == HouseGrade.A else 0.0
        decay = decay_b if grade == HouseGrade.B else decay
        decay = decay_c if grade == HouseGrade.C else decay
        repair = repair_c if grade == HouseGrade.C else 0.0
        repair = repair_d if grade == HouseGrade.D else repair
        new = np.int8(HouseGrade.A) if u > 1.0 - repair else grade
        new = np.int8(grade + 1) if u < decay else new
        house[k] = new if alive[k] != 0 else grade


@kernel(inline=True)
def supply(water, word, alive, p):
    """The water of a block's households: those that get safe water, and those that lose it."""
    connect = 1.0 - (1.0 - p.water_connected) ** (1.0 / 12.0)
    fail = 1.0 - (1.0 - p.water_fails) ** (1.0 / 12.0)
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
    mend(house, words[0], alive, p)
    for k in range(house.size):
        if villages.hit[residence[k]] & FLOOD and alive[k] != 0:
            if uniform(words[1, k]) < p.flood_damage:
                worse = 2 if uniform(words[2, k]) < p.flood_heavy else 1
                house[k] = min(np.int64(HouseGrade.D), house[k] + worse)
    supply(households.water[rows], words[3], alive, p)


class Services(Mechanism):
    """An assumed path of housing and drinking water, the same in all scenarios.

    Houses decay from grade to grade and are damaged by floods; those of grade C and D are
    repaired or rebuilt at a yearly rate, by the programmes that ran before the plan and by their
    owners. Households get safe water at a yearly rate, and some lose it when a source or a pipe
    fails. Until the plan's actions on housing and water (A5, A9) are modelled, their progress is
    in these rates, and nothing that a scenario switches changes it.
    """

    name = "services"
    zh = "住房与饮水（外生路径）"
    reason = "background of housing and water until actions A5 and A9 are modelled"
    reads = ("household.alive", "household.residence", "village.hit")
    writes = ("household.house", "household.water")
    draws = "household"
    rule = keep_up
