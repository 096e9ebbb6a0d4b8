"""Action 5, housing: what the state knows of a house, and what becomes of bad work.

A house has a true grade (`household.house`) and one that the county's housing department has
certified (`household.house_cert`). The works of the plan and the registry go by the certificate.
"""

from __future__ import annotations

import numpy as np

from sim.chance import draws, uniform, words
from sim.kernel import kernel
from sim.livelihoods.rows import homes_of
from sim.mechanism import Mechanism, Now
from sim.world.codes import HouseGrade, HouseWork
from sim.world.columns import deed
from sim.world.world import World

__all__ = ["HouseCondition"]

A, B, C, D = HouseGrade.A, HouseGrade.B, HouseGrade.C, HouseGrade.D
DEFECT = HouseWork.DEFECT
FLOOD = 4
"""Bit of village.hit."""
_START = 1
"""Draw index of the certificates that there are at the start."""


@kernel(inline=True)
def certified(true, u, side, error, too_bad):
    """The grade that an assessor writes down: off by one with chance `error`.

    too_bad: share of the errors that make a house worse than it is.
    """
    if u >= error:
        return np.int8(true)
    wrong = true + 1 if side < too_bad else true - 1
    return np.int8(min(np.int64(D), max(np.int64(A), wrong)))


@kernel
def assess(at, persons, households, villages, counties, words_, chance, p):
    """The assessments and the failing repairs of a month; few houses have either."""
    error = p.error * (1.0 - p.error_cut * p.A5_1)
    reach = p.assessed + (p.assessed_plan - p.assessed) * p.A5_1
    month = np.uint64(at.calendar - 1)
    fails = 1.0 - (1.0 - p.defect_fails) ** 12.0
    for v in range(at.first_village, at.end_village):
        struck = villages.hit[v] & FLOOD != 0
        turn = villages.id[v] % np.uint64(12) == month  # a twelfth of the villages each month
        if not (turn or struck):
            continue
        for h in homes_of(villages, v):
            if households.alive[h] == 0:
                continue
            w = words(chance, households.id[h], 0)
            defect = turn and households.house_works[h] & DEFECT != 0
            if defect and households.house[h] <= B and uniform(w[3]) < fails:
                households.house[h] = C
                households.house_works[h] ^= DEFECT
                villages.did_houses_failed[v] += 1
            if uniform(w[0]) < max(reach if turn else 0.0, p.assessed_flood if struck else 0.0):
                true = np.int64(households.house[h])
                households.house_cert[h] = certified(
                    true, uniform(w[1]), uniform(w[2]), error, p.too_bad
                )
                villages.did_houses_assessed[v] += 1


class HouseCondition(Mechanism):
    """The county certifies houses, with errors, and badly made repairs fail.

    Each village has its turn once a year, but only some houses are looked at; after a flood the
    struck village's are. The certificate is off by one grade now and then, more often too good
    than too bad. A5.1, one definition and a certificate for each house, brings more of them and
    fewer errors. A repair with a defect (see the works) falls back to grade C in time, just
    before the assessors come.
    """

    name = "a05_condition"
    zh = "住房安全认定与返危"
    clauses = ("A5.1",)
    reads = ("household.id", "household.alive", "village.id", "village.hit",
             "village.first_household", "village.end_household")  # fmt: skip
    writes = ("household.house_cert", "household.house_works", "village.did_houses_assessed",
              "village.did_houses_failed")  # fmt: skip
    changes = ("household.house",)
    columns = (
        deed("houses_assessed", "households", "houses assessed and certified", "住房安全认定户数"),
        deed("houses_failed", "households", "repaired houses that became unsafe again by bad work",
             "改造后返危户数"),
    )  # fmt: skip
    rule = assess

    def begin(self, world: World, now: Now) -> None:
        """The certificates that there are at the start, with the errors of before the plan."""
        p = self._parameters.record(self, now.month)
        self.chance.month = now.month
        home = world.household
        u = draws(self.chance, home.id, _START)
        worse = np.where(u[1] < p.too_bad, 1, -1)
        grade = np.clip(home.house + np.where(u[0] < p.error, worse, 0), A, D)
        home.house_cert[:] = np.where(home.alive == 1, grade, home.house_cert)
