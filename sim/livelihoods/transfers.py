"""Transfers: pensions, subsidies for land, and money from kin who live away."""

from typing import Any

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of, households_of
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["Transfers"]

DRAWS_PENSION, HAS_REMITTANCE, REMITTANCE, IN_ECO, OWNS = 21, 22, 23, 24, 25
"""Traits: joined the pension scheme; has kin away who send money; how much; in an ecological
programme; has a room or a machine to let."""


@kernel(inline=True)
def count_pensioners(at, persons, households, p):
    """Whoever has reached the age draws a pension; count them in their households."""
    age = np.int16(p.pension_age * 12)
    for h in households_of(at):
        households.pensioners[h] = 0
    for i in range(at.first_person, at.end_person):
        if persons.age[i] < age or persons.alive[i] == 0:
            continue
        if persons.pension[i] == 0:
            if trait(persons.id[i], DRAWS_PENSION) >= p.pension_cover:
                continue
            persons.pension[i] = 1
        households.pensioners[persons.household[i]] += 1


@kernel(inline=True)
def pay_statutory(at, households, villages, p):
    """Pensions, booked by village, and interest."""
    pension = np.int32(p.pension * 100.0 + 0.5)
    interest = p.deposit_rate / 12.0
    for v in range(at.first_village, at.end_village):
        pensions = 0
        for h in homes_of(villages, v):
            lives = (households.alive[h] != 0) & (households.size[h] > 0)
            old = np.int32(lives) * (pension * households.pensioners[h])
            pensions += old
            households.transfer[h] += old
            households.granted[h] += old
            households.property[h] += np.int32(
                np.int32(lives) * max(households.cash[h], 0) * interest
            )
        villages.paid_pension[v] += pensions


@kernel(inline=True)
def subsidise(at, households, villages, land_share, eco, p):
    """Subsidies for land and payments of the ecological programmes, booked by village."""
    cover = p.eco_cover if eco > 0 else 0.0
    for v in range(at.first_village, at.end_village):
        paid = 0
        for h in homes_of(villages, v):
            lives = (households.alive[h] != 0) & (households.size[h] > 0)
            subsidy = np.int32(land_share * households.land[h] + 0.5)
            if eco > 0:
                subsidy += eco * (trait(households.id[h], IN_ECO) < cover)
            subsidy = max(0, subsidy) * lives
            paid += subsidy
            households.transfer[h] += subsidy
            households.granted[h] += subsidy
        villages.paid_farm_subsidy[v] += paid


@kernel(inline=True)
def remit(at, households, sent, p):
    """Money from kin who live away, to the households that have such kin."""
    few = p.remittance_cover
    many = few * p.remittance_elders
    for h in households_of(at):
        lives = (households.alive[h] != 0) & (households.size[h] > 0)
        identity = households.id[h]
        has = trait(identity, HAS_REMITTANCE) < (many if households.pensioners[h] > 0 else few)
        got = np.int32(sent * (0.25 + 1.5 * trait(identity, REMITTANCE)) + 0.5)
        households.transfer[h] += got * np.int32(has & lives)


@kernel(inline=True)
def let(at, households, p):
    """Once a year, what some get for a room or a machine."""
    rent = np.int32(p.letting_pay * 100.0 + 0.5)
    for h in households_of(at):
        lives = (households.alive[h] != 0) & (households.size[h] > 0)
        if lives and trait(households.id[h], OWNS) < p.letting_cover:
            households.property[h] += rent


@kernel
def transfer(at, persons, households, villages, counties, words_, chance, p):
    """One month of transfers to every household."""
    month = at.calendar - 1
    if at.calendar == 1:
        count_pensioners(at, persons, households, p)
    pay_statutory(at, households, villages, p)
    land_share = 100.0 * p.land_subsidy * p.subsidy_season[month]
    eco = np.int32(100.0 * p.eco_pay * p.eco_season[month] + 0.5)
    if land_share > 0.0 or eco > 0:
        subsidise(at, households, villages, max(land_share, 0.0), eco, p)
    # kin who can not go to work send less
    sent = 100.0 * p.remittance * p.wage_index * p.remittance_season[month]
    sent *= 1.0 - p.remittance_exposure * (1.0 - p.migrants_able)
    if sent > 0.0:
        remit(at, households, sent, p)
    if at.calendar == p.letting_month and p.letting_pay > 0.0:
        let(at, households, p)


class Transfers(Mechanism):
    """What a household is given every month without working for it, as far as it counts.

    Basic pensions for those over 60 who joined; subsidies for farm land; payments of ecological
    programmes; and money from children and siblings who live away and are no members any more,
    which some households have and others never. Property income besides rent for land and
    dividends: interest on deposits, and what some get for a room, a shop or a machine they let.
    Minimum living and what the disabled get stand in the measures of action 8, together with what
    there was of them before the plan.
    A pension goes on until the January after a death, when the list is checked.
    """

    name = "transfers"
    zh = "转移性收入：养老金、补贴、亲属汇款"
    reason = "the social protection of before the plan, which every scenario keeps"
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "household.id",
        "household.alive", "household.size", "household.land", "household.cash",
        "village.first_household", "village.end_household",
    )  # fmt: skip
    writes = (
        "person.pension", "household.pensioners",
        "household.transfer", "household.property", "household.granted", "village.paid_pension",
        "village.paid_farm_subsidy",
    )  # fmt: skip
    columns = (
        column("household", "pensioners", "i1", "persons", "members who draw the basic pension",
               "领取养老金人数"),
        account("pension", "basic pensions", "城乡居民养老金支出"),
        account("farm_subsidy", "farm and ecological subsidies", "农业与生态补贴支出"),
    )  # fmt: skip
    uses = ("economy.wage_index", "pandemic.migrants_able")
    rule = transfer

    def begin(self, world: World, now: Now) -> None:
        """Count the pensioners of the starting population."""
        person = world.person
        drawing = np.flatnonzero((person.pension == 1) & (person.alive == 1))
        count: Any = np.bincount(
            person.household[drawing], minlength=len(world.household.pensioners)
        )
        world.household.pensioners[:] = count
