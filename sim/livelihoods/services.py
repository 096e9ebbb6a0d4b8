"""Houses and water: how they decay and are mended without any measure that is modelled yet."""

import numpy as np

from sim.chance import uniform
from sim.kernel import kernel
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism
from sim.world.codes import HouseGrade

__all__ = ["Services"]

FLOOD = 4
"""Bit of village.hit."""


@kernel
def keep_up(at, persons, households, villages, counties, words, chance, p):
    """One month of every house and every household's water."""
    decay = (0.0, p.decay_a, p.decay_b, p.decay_c, 0.0)
    repair = (
        0.0, 0.0, 0.0, 1.0 - (1.0 - p.repair_c) ** (1.0 / 12.0),
        1.0 - (1.0 - p.repair_d) ** (1.0 / 12.0),
    )  # fmt: skip
    connect = 1.0 - (1.0 - p.water_connected) ** (1.0 / 12.0)
    fail = 1.0 - (1.0 - p.water_fails) ** (1.0 / 12.0)
    first = np.uint64(at.first_household)
    for h in households_of(at):
        if households.alive[h] == 0:
            continue
        k = h - first
        grade = households.house[h]
        u = uniform(words[0, k])
        if u < decay[grade]:
            households.house[h] = grade + 1
        elif u > 1.0 - repair[grade]:
            households.house[h] = HouseGrade.A
        hit = villages.hit[households.residence[h]]
        if hit & FLOOD and uniform(words[1, k]) < p.flood_damage:
            worse = 2 if uniform(words[2, k]) < p.flood_heavy else 1
            households.house[h] = min(np.int64(HouseGrade.D), households.house[h] + worse)
        w = uniform(words[3, k])
        if households.water[h] == 0:
            if w < connect:
                households.water[h] = 1
        elif w < fail:
            households.water[h] = 0


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
