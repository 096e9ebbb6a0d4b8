"""Action 7, planting trees: the forestry programmes in deep areas, and who is paid for the work."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import uniform, words
from sim.kernel import kernel
from sim.livelihoods.rows import homes_of
from sim.measures.a09_build import spread
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["ForestWork"]


@kernel(inline=True)
def hands(households, h):
    """Whether a household has somebody at home who can work."""
    if households.alive[h] == 0:
        return False
    return np.float64(households.labour[h]) - households.away[h] >= 1.0


@kernel(inline=True)
def poor(households, h):
    """Whether a household is on the register or has left it."""
    state = households.registered[h]
    return state == Registered.POOR or state == Registered.RELAPSED or state == Registered.EXITED


@kernel(inline=True)
def hire(households, villages, chance, row, v, budget, wage, only_poor):
    """Pay a season's work to households with hands at home, by lot, as far as the money reaches;
    what was paid."""
    able = 0
    for h in homes_of(villages, v):
        able += hands(households, h) and (poor(households, h) or not only_poor)
    odds = budget / max(1.0, np.float64(wage) * able)
    paid = np.int64(0)
    for h in homes_of(villages, v):
        if paid + wage > budget:
            break
        if not hands(households, h) or (only_poor and not poor(households, h)):
            continue
        if uniform(words(chance, households.id[h], 1)[row]) < odds:
            households.wage[h] += wage
            households.granted[h] += wage
            paid += wage
    return paid


@kernel
def plant(at, persons, households, villages, counties, words_, chance, p):
    """A season of planting and tending in the villages that have money for it."""
    wage = np.int32(p.day_pay * p.wage_index * p.days * 100.0 + 0.5)
    coop_wage = np.int32(p.day_pay * p.wage_index * p.coop_days * 100.0 + 0.5)
    for v in range(at.first_village, at.end_village):
        if villages.planting_pay[v] > 0:
            villages.paid_planting[v] += hire(
                households, villages, chance, 0, v, villages.planting_pay[v], wage, False
            )
        if villages.coop_pay[v] > 0:
            paid = hire(households, villages, chance, 1, v, villages.coop_pay[v], coop_wage, True)
            villages.paid_forest_coops[v] += paid
            if coop_wage > 0:
                villages.did_coop_days[v] += np.int64(paid / coop_wage * p.coop_days + 0.5)


class ForestWork(Mechanism):
    """Forests are planted and tended in spring and autumn, and people of the village are paid.

    A7.1 turns the tasks of the national forestry programmes to deep villages: more land is
    planted there, and of its cost a part is the pay of villagers, whoever has hands at home.
    A7.5 founds afforestation cooperatives in registered poor villages, which hire households
    with a registration card. Within a village, work falls by lot. What the programmes planted
    before the plan is in the pre-plan payments of transfers.
    """

    name = "a07_forest"
    zh = "林业重点工程与扶贫造林合作社"
    clauses = ("A7.1", "A7.5")
    reads = (
        "household.id", "household.alive", "household.labour", "household.away",
        "household.registered", "village.first_household", "village.end_household",
        "village.id", "village.county",
        "village.deep", "village.poor_village", "village.site", "village.persons",
        "village.registered_poor", "county.capacity",
    )  # fmt: skip
    writes = (
        "household.wage", "household.granted", "village.planting_pay", "village.coop_pay",
        "village.paid_planting", "village.paid_forest_coops", "village.paid_afforestation",
        "village.did_afforested", "village.did_coop_days",
    )  # fmt: skip
    columns = (
        column("village", "planting_pay", "i8", "fen", "for pay in planting this season",
               "本季造林劳务预算"),
        column("village", "coop_pay", "i8", "fen",
               "for pay in the afforestation cooperative this season", "本季造林合作社劳务预算"),
        account("afforestation", "saplings and machines of afforestation", "造林工程材料",
                family="sector", to="supplier", rank=4),
        account("planting", "labour pay of afforestation", "造林劳务报酬",
                family="sector", rank=4),
        account("forest_coops", "labour pay of afforestation cooperatives", "造林合作社劳务报酬",
                family="sector", rank=4),
        deed("afforested", "mu", "planted in deep villages by the turn of programmes to them",
             "深度贫困村新增造林"),
        deed("coop_days", "days", "worked for pay in afforestation cooperatives",
             "造林合作社用工"),
    )  # fmt: skip
    uses = ("economy.wage_index",)
    in_burn_in = False
    months = (1, 4, 7, 10, 12)
    rule = plant

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask for a season's cost; in spring and autumn hand the money to the villages."""
        village, counties = world.village, len(world.county.code)
        village.planting_pay[:] = 0
        village.coop_pay[:] = 0
        of, real = village.county, village.site == 0
        able = np.minimum(1.0, np.maximum(0.2, 1.0 + world.county.capacity))[of]
        poor = village.registered_poor / np.maximum(village.persons, 1)
        mu = np.floor(p.village_mu / 2.0 * p.A7_1 * able * real * (village.deep == 1))
        mu = mu.astype(np.int64)
        each = np.int64(round(p.mu_cost * 100))
        pay = np.int64(round(p.mu_cost * p.labour_part * 100))
        members = p.coop_members * village.persons / p.household_size
        season = p.coop_days * p.day_pay * p.wage_index * 100.0
        coop = members * season * p.A7_5 * able * (real & (village.poor_village == 1))
        coop = np.floor(coop).astype(np.int64)
        asked = np.zeros((2, counties), np.int64)
        np.add.at(asked[0], of, mu)
        np.add.at(asked[1], of, coop)
        ledger, seasons = world.ledger, 2
        ledger.ask("afforestation", seasons * asked[0] * (each - pay))
        ledger.ask("planting", seasons * asked[0] * pay)
        ledger.ask("forest_coops", seasons * asked[1])
        if now.calendar not in (4, 10):
            return
        planted = ledger.draw("afforestation", asked[0] * (each - pay)) // max(1, each - pay)
        planted = spread(of, village.id, poor, mu, planted)
        village["paid_afforestation"] += planted * (each - pay)
        village["did_afforested"] += planted
        whole = np.zeros(counties, np.int64)
        np.add.at(whole, of, planted * pay)
        village.planting_pay[:] = spread(
            of, village.id, poor, planted * pay, ledger.draw("planting", whole)
        )
        village.coop_pay[:] = spread(
            of, village.id, poor, coop, ledger.draw("forest_coops", asked[1])
        )
