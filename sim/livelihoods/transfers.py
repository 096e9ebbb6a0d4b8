"""Transfers: pensions, minimum living, subsidies for land, and money from kin who live away."""

from typing import Any

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import Column, column
from sim.world.world import World

__all__ = ["Transfers"]

DRAWS_PENSION, HAS_REMITTANCE, REMITTANCE, IN_ECO, OWNS = 21, 22, 23, 24, 25
"""Traits: joined the pension scheme; has kin away who send money; how much; in an ecological
programme; has a room or a machine to let."""


def account(programme: str, meaning: str, zh: str) -> Column:
    """The village column that books what a programme paid this month."""
    name = f"paid_{programme}"
    return column("village", name, "i8", "fen", meaning, zh, combine="sum")


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
def review(households, h, chance, p):
    """The yearly review of minimum living: who is in it, and what it pays a month."""
    drawn = words(chance, households.id[h], 1)
    size = households.size[h]
    line = p.dibao_line * 100.0
    own = households.income12[h] - 12.0 * households.dibao_pay[h]
    seen = max(0.0, own / size) * np.exp(p.assessment_error * normal(drawn[1]))
    weak = households.labour[h] < 0.5 or households.disabled[h] * 2 >= size
    u = uniform(drawn[0])
    if households.dibao[h] != 0:
        if seen >= line and u < p.dibao_leave:
            households.dibao[h] = 0
    elif seen < line:
        if weak:
            take_up = p.dibao_weak
        elif households.registered[h] == Registered.POOR:
            take_up = p.dibao_registered
        else:
            take_up = p.dibao_other
        if u < take_up:
            households.dibao[h] = 1
    if households.dibao[h] != 0:
        gap = max(line - seen, p.dibao_least * 100.0)
        households.dibao_pay[h] = np.int32(gap * size / 12.0 + 0.5)
    else:
        households.dibao_pay[h] = 0


@kernel
def transfer(at, persons, households, villages, counties, words_, chance, p):
    """One month of transfers to every household."""
    month = at.calendar - 1
    if at.calendar == 1:
        count_pensioners(at, persons, households, p)
    reviewing = at.calendar == p.review_month and p.reviews > 0.5
    pension = np.int32(p.pension * 100.0 + 0.5)
    land_share = 100.0 * p.land_subsidy * p.subsidy_season[month]
    eco = np.int32(100.0 * p.eco_pay * p.eco_season[month] + 0.5)
    # kin who can not go to work send less
    sent = 100.0 * p.remittance * p.wage_index * p.remittance_season[month]
    sent *= 1.0 - p.remittance_exposure * (1.0 - p.migrants_able)
    disability = np.int32(p.disability_pay * 100.0 + 0.5)
    interest = p.deposit_rate / 12.0
    let = np.int32(p.letting_pay * 100.0 + 0.5) if at.calendar == p.letting_month else 0
    for h in households_of(at):
        if households.alive[h] == 0 or households.size[h] <= 0:
            continue
        v = households.village[h]
        identity = households.id[h]
        if reviewing or (households.dibao[h] != 0 and households.dibao_pay[h] == 0):
            if reviewing:
                review(households, h, chance, p)
            else:  # in it at the start of the run: the least pay until the first review
                least = p.dibao_least * 100.0 * households.size[h] / 12.0
                households.dibao_pay[h] = np.int32(least + 0.5)
        total = 0
        pensioners = households.pensioners[h]
        if pensioners > 0:
            total += pension * pensioners
            villages.paid_pension[v] += pension * pensioners
        if households.dibao[h] != 0:
            total += households.dibao_pay[h]
            villages.paid_dibao[v] += households.dibao_pay[h]
        if households.disabled[h] > 0:
            total += disability * households.disabled[h]
            villages.paid_disability[v] += disability * households.disabled[h]
        subsidy = 0
        if land_share > 0.0:
            subsidy += np.int32(land_share * households.land[h] + 0.5)
        if eco > 0 and trait(identity, IN_ECO) < p.eco_cover:
            subsidy += eco
        if subsidy > 0:
            total += subsidy
            villages.paid_farm_subsidy[v] += subsidy
        if sent > 0.0:
            cover = p.remittance_cover
            if pensioners > 0:
                cover *= p.remittance_elders
            if trait(identity, HAS_REMITTANCE) < cover:
                total += np.int32(sent * (0.25 + 1.5 * trait(identity, REMITTANCE)) + 0.5)
        households.transfer[h] += total
        if households.cash[h] > 0:
            households.property[h] += np.int32(households.cash[h] * interest)
        if let > 0 and trait(identity, OWNS) < p.letting_cover:
            households.property[h] += let


class Transfers(Mechanism):
    """What a household is given every month without working for it, as far as it counts.

    Basic pensions for those over 60 who joined; minimum living (dibao), which the county reviews
    once a year on income as it assesses it, with errors, and which reaches few of those who are
    eligible; subsidies for farm land; payments of ecological programmes; the allowance of the
    disabled; and money from children and siblings who live away and are no members any more,
    which some households have and others never. Property income besides rent for land and
    dividends: interest on deposits, and what some get for a room, a shop or a machine they let.
    A pension goes on until the January after a death, when the list is checked.
    """

    name = "transfers"
    zh = "转移性收入：养老金、低保、补贴、亲属汇款"
    reason = "the social protection of before the plan, which every scenario keeps"
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "household.id",
        "household.alive", "household.village", "household.size", "household.labour",
        "household.disabled", "household.land", "household.income12", "household.registered",
        "household.cash",
    )  # fmt: skip
    writes = (
        "person.pension", "household.pensioners", "household.dibao", "household.dibao_pay",
        "household.transfer", "household.property", "village.paid_pension",
        "village.paid_dibao", "village.paid_disability", "village.paid_farm_subsidy",
    )  # fmt: skip
    columns = (
        column("household", "pensioners", "i1", "persons", "members who draw the basic pension",
               "领取养老金人数"),
        account("pension", "basic pensions", "城乡居民养老金支出"),
        account("dibao", "rural minimum living", "农村低保支出"),
        account("disability", "allowances of the disabled", "残疾人补贴支出"),
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
