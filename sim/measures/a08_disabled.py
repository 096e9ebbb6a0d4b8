"""Action 8, social protection: the disabled, their subsidies, and who cares for them.

Besides, this is where a household's old, young, severely disabled and severely ill members are
counted each quarter, which minimum living and care homes read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import households_of
from sim.measures.lasting import at_month
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["NO_CARE", "PURCHASED", "TEKUN", "DisabledSupport"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED
SUBSIDY, SUPPORTED = 26, 27
"""Traits: whether the subsidies reach the household; whether its support is approved."""
NO_CARE, TEKUN, PURCHASED = 0, 1, 2
"""Values of household.care."""
QUARTER = 3


@kernel(inline=True)
def is_concerned(registered, dibao):
    """Whether a household counts as poor for these subsidies: on or once on the register, or in
    minimum living."""
    return dibao != 0 or registered == POOR or registered == EXITED or registered == RELAPSED


@kernel
def describe(alive, age, disability, serious, p, code):
    """As what each person counts: 1 vulnerable, and in steps of 2**8 severely disabled, and so
    from 16 on; 0 for an unused row."""
    young = np.int16(p.minor_age * 12)
    old = np.int16(p.elder_age * 12)
    worst = np.int8(p.severe_grade)
    for k in range(code.size):
        severe = (disability[k] > 0) & (disability[k] <= worst)
        focus = severe | (age[k] < young) | (age[k] >= old) | (serious[k] != 0)
        grown = severe & (age[k] >= young)
        count = np.int32(focus) | (np.int32(severe) << 8) | (np.int32(grown) << 16)
        code[k] = count if alive[k] != 0 else np.int32(0)


@kernel
def count_members(at, persons, households, p):
    """Count members by what makes them vulnerable, anew each quarter."""
    a = at.first_person
    b = at.end_person
    c = np.uint64(at.first_household)
    code = np.empty(b - a, np.int32)
    describe(
        persons.alive[a:b], persons.age[a:b], persons.disability[a:b], persons.serious[a:b],
        p, code,
    )  # fmt: skip
    homes = np.uint64(at.end_household) - c
    counts = np.zeros(homes + np.uint64(1), np.int32)  # the last for rows without a household
    of = persons.household[a:b]
    for k in range(np.uint64(code.size)):  # wraps, so that -1 is nobody, too
        counts[min(np.uint64(of[k]) - c, homes)] += code[k]
    for h in range(homes):
        households.focus[c + h] = np.int8(counts[h] & 127)
        households.severe[c + h] = np.int8((counts[h] >> 8) & 127)
        households.severe_grown[c + h] = np.int8((counts[h] >> 16) & 127)


@kernel(inline=True)
def approve(households, h, p):
    """A8.11: 特困 support for the severely disabled whose household has nobody able to work;
    it ends with the need. Purchased care is the county's to give."""
    need = households.severe_grown[h] > 0 and is_concerned(
        households.registered[h], households.dibao[h]
    )
    alone = households.labour[h] <= 0.0 and households.away[h] == 0
    if need and alone and trait(households.id[h], SUPPORTED) < p.A8_11 * p.support_reach:
        households.care[h] = TEKUN
    elif households.care[h] == TEKUN or not need or p.A8_11 <= 0.0:
        households.care[h] = NO_CARE


@kernel
def find_disabled(alive, size, disabled, flags):
    """Flag the households with a disabled member."""
    for k in range(alive.size):
        flags[k] = (alive[k] != 0) & (size[k] > 0) & (disabled[k] > 0)


@kernel
def pay_subsidies(at, households, villages, p):
    """Living and nursing subsidies, and 特困 support, for a month; booked by village."""
    reach = p.paid_share + p.A8_10 * (1.0 - p.paid_share)
    living = p.living_subsidy * 100.0
    nursing = p.nursing_subsidy * 100.0
    support = (p.support_pay + p.support_nursing) * 100.0
    c = at.first_household
    rows = slice(c, at.end_household)
    flags = np.zeros(room_for(at.end_household - c), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    find_disabled(households.alive[rows], households.size[rows], households.disabled[rows], flags)
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        h = np.uint64(c) + np.uint64(listed[n])
        v = np.uint64(households.village[h])
        poor = is_concerned(households.registered[h], households.dibao[h])
        heads = households.disabled[h] * np.int64(poor)
        severe = min(np.int64(households.severe[h]), np.int64(households.disabled[h]))
        due = np.int32(living * heads + nursing * severe + 0.5)
        reached = trait(households.id[h], SUBSIDY) < reach
        paid = np.int32(due * reached)
        villages.paid_disability[v] += paid
        villages.did_subsidies_due[v] += heads + severe
        villages.did_subsidies_paid[v] += (heads + severe) * reached
        if households.care[h] == TEKUN:  # not besides minimum living and these: what they lack
            heads = min(np.int64(households.severe_grown[h]), np.int64(households.size[h]))
            least = (
                households.dibao_pay[h] / households.size[h] if households.dibao[h] != 0 else 0.0
            )
            least += (living * poor + nursing) * reached
            more = np.int32(max(0.0, support - least) * heads + 0.5)
            villages.paid_tekun[v] += more
            villages.did_tekun_supported[v] += heads
            paid += more
        households.transfer[h] += paid
        households.granted[h] += paid
        households.uncounted[h] += paid


@kernel
def support(at, persons, households, villages, counties, words, chance, p):
    """One month of the disabled in a block."""
    if at.calendar % QUARTER == 1:
        count_members(at, persons, households, p)
        for h in households_of(at):
            if households.care[h] != NO_CARE or households.severe_grown[h] > 0:
                approve(households, h, p)
    pay_subsidies(at, households, villages, p)


class DisabledSupport(Mechanism):
    """Subsidies for the disabled reach some of those entitled; few are cared for by others.

    A living subsidy is due to the disabled of poor households and a nursing subsidy to all
    severely disabled. Before the plan part of the households get them, always the same; under
    A8.10 all. Under A8.11 the severely disabled from 16 on whose household has nobody able to
    work get the support of 特困 persons, which pays what minimum living and the subsidies lack of
    it; for a share of the others on the register the county buys care by the quarter, as far as
    its money goes, those first who have it already and then those who are seen as poorest. Care of
    either kind lifts part of the hold of dependants on those of the household who could work (see
    work). None of it is income when minimum living is assessed.
    """

    name = "a08_disabled"
    zh = "残疾人两项补贴、特困供养与购买照护"
    clauses = ("A8.10", "A8.11")
    reads = (
        "person.alive", "person.household", "person.age", "person.disability", "person.serious",
        "household.id", "household.alive", "household.village", "household.size",
        "household.labour", "household.away", "household.disabled", "household.registered",
        "household.seen_income", "household.dibao", "household.dibao_pay", "village.county",
    )  # fmt: skip
    writes = (
        "household.severe", "household.severe_grown", "household.focus", "household.care",
        "household.transfer", "household.granted", "household.uncounted",
        "village.paid_disability", "village.paid_tekun", "village.paid_care_purchase",
        "village.did_subsidies_due", "village.did_subsidies_paid", "village.did_tekun_supported",
        "village.did_care_purchased",
    )  # fmt: skip
    columns = (
        column("household", "severe", "i1", "persons", "severely disabled members", "重度残疾人数"),
        column("household", "severe_grown", "i1", "persons",
               "severely disabled members from 16 on", "16周岁以上重度残疾人数"),
        column("household", "focus", "i1", "persons",
               "members who are old, young, severely disabled or severely ill", "重点救助对象人数"),
        account("disability", "allowances of the disabled", "残疾人补贴支出"),
        account("tekun", "support of the severely disabled without anybody", "特困供养支出"),
        account("care_purchase", "care bought for the severely disabled", "购买照护服务支出",
                family="sector", to="supplier", rank=4),
        deed("subsidies_due", "person-months", "of subsidies due to the disabled",
             "应发两项补贴人月数"),
        deed("subsidies_paid", "person-months", "of subsidies paid to the disabled",
             "实发两项补贴人月数"),
        deed("tekun_supported", "person-months", "of 特困 support of the severely disabled",
             "重度残疾人特困供养人月数"),
        deed("care_purchased", "household-months", "of care bought for the severely disabled",
             "购买照护户月数"),
    )  # fmt: skip
    rule = support

    def begin(self, world: World, now: Now) -> None:
        """Count the vulnerable members of the starting population."""
        self.open_month(now)
        for block in world.blocks(1_000_000):
            person, household = self._tuples[0], self._tuples[1]
            count_members(block.at, person, household, self.p)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Buy care for a quarter."""
        if now.calendar % QUARTER != 1:
            return
        household, village = world.household, world.village
        rows = np.flatnonzero(household.severe_grown > 0)
        rows = rows[(household.care[rows] != TEKUN) & (household.alive[rows] == 1)]
        state = household.registered[rows]
        poor = (state == POOR) | (state == RELAPSED) | (household.dibao[rows] == 1)
        # always the same, household by household: a share of a county's few is none in a sample
        u = draws(at_month(chance, 0), household.id[rows])[0]
        meant = poor & (u < p.A8_11 * p.care_share)
        household.care[rows[~meant & (household.care[rows] == PURCHASED)]] = NO_CARE
        rows = rows[meant]
        county = village.county[household.village[rows]].astype(np.int64)
        quarter = round(p.care_cost * QUARTER * 100.0)
        counties = len(world.county.code)
        wanted = np.bincount(county, minlength=counties) * quarter
        world.ledger.ask("care_purchase", wanted * 4)
        given = world.ledger.draw("care_purchase", wanted)
        score = (household.care[rows] == PURCHASED) * 1e6
        score -= household.seen_income[rows] / 100.0
        cost = np.full(len(rows), quarter, np.int64)
        chosen = within_money(county, score, household.id[rows], cost, given)
        household.care[rows] = np.where(chosen, PURCHASED, NO_CARE)
        of = household.village[rows[chosen]]
        np.add.at(village.paid_care_purchase, of, quarter)
        np.add.at(village.did_care_purchased, of, QUARTER)
