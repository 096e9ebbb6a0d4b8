"""Action 4, health: contracts with family doctors."""

from __future__ import annotations

import numpy as np

from sim.chance import draws, uniform
from sim.kernel import kernel
from sim.measures.a04_stack import is_supported
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.world import World

__all__ = ["FamilyDoctors"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED

RUNS = 3.0
"""Months of a year in which contracts change."""


@kernel
def sign_on(at, persons, households, villages, counties, words_, chance, p):
    """Contracts of a block: lapses and new ones, and the campaign among the registered.

    A family signs together, so the draws are the household's.
    """
    lapse = 1.0 - (1.0 - p.turnover) ** (1.0 / RUNS)
    sign_poor = min(1.0, lapse * p.coverage_registered / (1.0 - p.coverage_registered))
    sign_other = min(1.0, lapse * p.coverage_other / (1.0 - p.coverage_other))
    if at.calendar == 12:
        sign_poor = max(sign_poor, p.A4_2 * p.campaign_reach)
    elif at.calendar == 11:
        sign_poor = max(sign_poor, p.A4_2 * p.campaign_early)
    lapse_poor = lapse * (1.0 - p.A4_2)
    # of each household: whether those without a contract sign, and whether those with one keep it
    after = np.empty((2, at.end_household - at.first_household), np.uint8)
    for k in range(after.shape[1]):
        poor = is_supported(households.registered[at.first_household + k], p.exited_supported)
        after[0, k] = uniform(words_[0, k]) < (sign_poor if poor else sign_other)
        after[1, k] = uniform(words_[1, k]) >= (lapse_poor if poor else lapse)
    for i in range(np.uint64(at.first_person), np.uint64(at.end_person)):
        if persons.alive[i] != 0:
            k = persons.household[i] - at.first_household
            persons.family_doctor[i] = after[persons.family_doctor[i], k]


class FamilyDoctors(Mechanism):
    """Contracts between families and the family doctors of their township.

    A share of the people has one; some lapse and some are signed. Under A4.2 all registered are
    signed on by the end of 2017, whoever is newly registered at the next year's end, and none
    lapses. What a contract does to illness and admissions is in the illness mechanism; besides,
    where the village has a qualified doctor, it makes a patient come in time (see
    MedicalInsurance).
    """

    name = "a04_doctors"
    zh = "家庭医生签约服务"
    clauses = ("A4.2",)
    reads = ("person.alive", "person.household", "household.id", "household.registered")
    writes = ("person.family_doctor",)
    uses = ("a04_insurance.exited_supported",)
    draws = "household"
    months = (6, 11, 12)
    rule = sign_on

    def begin(self, world: World, now: Now) -> None:
        """Give the starting population its contracts, unless it came with some."""
        person = world.person
        if person.family_doctor.any():
            return
        self.open_month(now)
        state = world.household.registered
        poor = (state == POOR) | (state == EXITED) | (state == RELAPSED)
        share = np.where(poor, self.p.coverage_registered, self.p.coverage_other)
        signed = draws(self.chance, world.household.id)[0] < share
        person.family_doctor[:] = signed[np.maximum(person.household, 0)] & (person.alive == 1)
