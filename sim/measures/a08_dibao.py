"""Action 8, social protection: minimum living (dibao), who is in it and what it pays.

The county reviews all households once a year, as it did before the plan. The plan raises the
standard, takes in more of those who are eligible, and lets in those hit by a blow between reviews.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import normal, uniform, words
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["Dibao"]

NEVER, POOR, EXITED, RELAPSED = (
    Registered.NEVER, Registered.POOR, Registered.EXITED, Registered.RELAPSED,
)  # fmt: skip
REVIEW, HIT = 1, 2
"""Draw indices: the yearly review, and the monthly look at those hit by a blow."""
GAP, GRADES = 0, 1
"""Choices of the switch `pay_mode`."""


@kernel(inline=True)
def standard(p):
    """The minimum-living standard, fen a person and year; A8.1 raises it."""
    return 100.0 * (p.dibao_line + p.A8_1 * (p.dibao_raised - p.dibao_line))


@kernel(inline=True)
def is_weak(households, h):
    """Whether a household is short of labour, or half of it is disabled."""
    return households.labour[h] < 0.5 or households.disabled[h] * 2 >= households.size[h]


@kernel(inline=True)
def pay_for(households, h, heads, seen, line, p):
    """What a household in minimum living is paid a month, in fen.

    Either the gap between the standard and the income seen, or the pay of one of four grades:
    nobody able to work, short of labour, well below the standard, the others. Under A8.2 those on
    the register who are short of labour get no less than a share of the standard.
    """
    least = p.dibao_least * 100.0
    weak = is_weak(households, h)
    if p.pay_mode == GAP:
        paid = max(line - seen, least)
    elif households.labour[h] <= 0.0:
        paid = p.grade_pay[0] * line
    elif weak:
        paid = p.grade_pay[1] * line
    else:
        paid = (p.grade_pay[2] if seen < p.grade_border * line else p.grade_pay[3]) * line
    state = households.registered[h]
    if weak and seen < line and (state == POOR or state == RELAPSED):
        paid = max(paid, p.A8_2 * p.fallback * line)
    return np.int32(paid * heads / 12.0 + 0.5)


@kernel(inline=True)
def seen_a_head(at, households, h, word, p):
    """Income a head as the county assesses it, its own payments and those for the disabled, the
    old and the young left out, with an error that the household-by-household verification of
    A8.2 makes smaller."""
    months = (at.calendar - p.review_month - 1) % 12 + 1  # since the last review, this one included
    spared = 12.0 / months * households.uncounted[h]
    own = households.income12[h] - 12.0 * households.dibao_pay[h] - spared
    error = p.assessment_error * (1.0 - p.error_cut * p.A8_2)
    return max(0.0, own / households.size[h]) * np.exp(error * normal(word))


@kernel(inline=True)
def let_in(at, households, villages, h):
    """A household enters minimum living; what it waited since its blow is noted."""
    households.dibao[h] = 1
    if households.fell[h] != 0:
        v = households.village[h]
        villages.did_dibao_hit[v] += 1
        villages.did_dibao_waited[v] += at.month - abs(households.fell[h])
        households.fell[h] = 0


@kernel(inline=True)
def review(at, households, villages, h, line, chance, p):
    """The yearly review of one household: whether it is in minimum living, and its pay."""
    drawn = words(chance, households.id[h], REVIEW)
    state = households.registered[h]
    listed = state == POOR or state == RELAPSED
    card = listed or state == EXITED
    if is_weak(households, h):
        reach = p.reach_weak if card else p.reach_other
        take_up = p.dibao_weak
    elif listed:
        reach = p.reach_registered
        take_up = p.dibao_registered
    else:
        reach = p.reach_other
        take_up = p.dibao_other
    take_up += p.A8_2 * max(0.0, reach - take_up)
    disabled = card and households.disabled[h] > 0
    if disabled:
        take_up += p.A8_7 * max(0.0, p.reach_disabled - take_up)
    u = uniform(drawn[0])
    if households.dibao[h] == 0 and u >= take_up:  # it would not get it whatever is seen
        households.dibao_pay[h] = 0
        return
    seen = seen_a_head(at, households, h, drawn[1], p)
    # the severely disabled of a household a little above the standard are covered as persons
    single = disabled and households.severe[h] > 0 and seen >= line
    single = single and seen < line * (1.0 + p.A8_7 * p.disabled_margin)
    if households.dibao[h] != 0:
        leave = p.dibao_leave + p.A8_2 * max(0.0, p.leave_verified - p.dibao_leave)
        if seen >= line and not single and u < leave:
            households.dibao[h] = 0
    elif seen < line or single:
        let_in(at, households, villages, h)
        villages.did_dibao_disabled[households.village[h]] += disabled
    heads = np.int64(households.severe[h]) if single else np.int64(households.size[h])
    paid = pay_for(households, h, heads, seen, line, p)
    households.dibao_pay[h] = paid if households.dibao[h] != 0 else 0


@kernel
def find_hit(at, alive, size, dibao, blow_size, fell, line, p, flags):
    """Date the heavy blows of those outside minimum living, and flag who is to be assessed."""
    month = np.int16(at.month)
    least = np.int32(p.blow_share * line + 0.5)
    for k in range(flags.size):
        heavy = blow_size[k] >= least * np.int32(size[k])
        hit = heavy & (alive[k] != 0) & (size[k] > 0) & (dibao[k] == 0)
        since = fell[k] if fell[k] != 0 else month
        fell[k] = since if hit else np.int16(0)
        flags[k] = hit & (since > 0)


@kernel
def admit_hit(at, households, villages, counties, line, chance, p):
    """A8.3: between reviews, those hit by illness, disability, disaster or another blow come
    first; part of what it cost them is taken off the income seen."""
    c = at.first_household
    rows = slice(c, at.end_household)
    flags = np.zeros(room_for(at.end_household - c), np.uint8)
    find_hit(
        at, households.alive[rows], households.size[rows], households.dibao[rows],
        households.blow_size[rows], households.fell[rows], line, p, flags[: at.end_household - c],
    )  # fmt: skip
    every = 1 if p.adjusting == 0.0 else 3
    if p.A8_3 <= 0.0 or at.calendar % every != 0:
        return
    works = min(1.0, max(0.2, 1.0 + np.float64(counties.capacity[at.county])))
    entry = p.A8_3 * p.entry_hit * works
    listed = np.empty(flags.size, np.uint32)
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        h = np.uint64(c) + np.uint64(listed[n])
        if at.month - households.fell[h] < p.approval_months:
            continue
        drawn = words(chance, households.id[h], HIT)
        if uniform(drawn[0]) >= entry:
            continue
        seen = seen_a_head(at, households, h, drawn[1], p)
        seen -= p.deduction * households.blow_size[h] / households.size[h]
        if seen < line:
            heads = np.int64(households.size[h])
            households.dibao_pay[h] = pay_for(households, h, heads, max(0.0, seen), line, p)
            let_in(at, households, villages, h)
        else:  # refused: it is for the next review, or for another blow
            households.fell[h] = -households.fell[h]


@kernel
def find_inside(alive, size, dibao, flags):
    """Flag the households in minimum living."""
    for k in range(alive.size):
        flags[k] = (alive[k] != 0) & (size[k] > 0) & (dibao[k] != 0)


@kernel
def pay_out(at, households, villages, p):
    """Pay minimum living, and the top-ups of A8.4 to its old, young, disabled and ill members."""
    more = p.A8_4 * p.top_up * 100.0
    c = at.first_household
    rows = slice(c, at.end_household)
    flags = np.zeros(room_for(at.end_household - c), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    find_inside(households.alive[rows], households.size[rows], households.dibao[rows], flags)
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        h = np.uint64(c) + np.uint64(listed[n])
        v = np.uint64(households.village[h])
        entitled = min(households.focus[h], households.size[h])
        extra = np.int32(more * entitled + 0.5)
        households.transfer[h] += households.dibao_pay[h] + extra
        households.granted[h] += households.dibao_pay[h] + extra
        households.uncounted[h] += extra
        villages.paid_dibao[v] += households.dibao_pay[h]
        villages.paid_dibao_top_up[v] += extra
        villages.did_dibao_topped_up[v] += entitled if more > 0.0 else 0


@kernel(inline=True)
def start_pay(at, households, p):
    """The least pay for those who are in minimum living at the start of the run without any."""
    for h in households_of(at):
        if households.dibao[h] != 0 and households.dibao_pay[h] == 0:
            least = p.dibao_least * 100.0 * households.size[h] / 12.0
            households.dibao_pay[h] = np.int32(least + 0.5)


@kernel
def protect(at, persons, households, villages, counties, words_, chance, p):
    """One month of minimum living in a block."""
    line = standard(p)
    if p.reviews <= 0.5:  # nobody has been reviewed yet: the least pay until then
        start_pay(at, households, p)
    elif at.calendar == p.review_month:
        for h in households_of(at):
            if households.alive[h] != 0 and households.size[h] > 0:
                review(at, households, villages, h, line, chance, p)
            households.uncounted[h] = 0
    admit_hit(at, households, villages, counties, line, chance, p)
    pay_out(at, households, villages, p)


class Dibao(Mechanism):
    """Minimum living is reviewed once a year, reaches some of the eligible, and pays the gap.

    Before the plan the county reviews all households in April on income as it assesses it, with
    errors, and takes in few of those below its standard. A8.1 raises the standard year by year at
    least to the poverty line. A8.2 takes in nearly all eligible, the registered short of labour
    first, verifies incomes better, takes out most of those above the standard, and pays the former
    a share of the standard at least, as neither industry nor jobs will lift them. A8.7 takes in
    every registered household with a disabled
    member, and the severely disabled as persons a little above the standard. A8.3 lets in those
    hit by a heavy blow in any month (or quarter): the lag from the blow to the first payment is
    what it is about. A8.4 adds a payment for each member who is old, young, severely disabled or
    severely ill.
    """

    name = "a08_dibao"
    zh = "农村低保：标准、纳入、动态调整与分类施保"
    clauses = ("A8.1", "A8.2", "A8.3", "A8.4", "A8.7")
    reads = (
        "household.id", "household.alive", "household.village", "household.size",
        "household.labour", "household.disabled", "household.income12", "household.registered",
        "household.blow_size", "household.severe", "household.focus", "county.capacity",
    )  # fmt: skip
    writes = (
        "household.dibao", "household.dibao_pay", "household.fell", "household.transfer",
        "household.granted", "village.paid_dibao", "village.paid_dibao_top_up",
        "village.did_dibao_hit", "village.did_dibao_waited", "village.did_dibao_disabled",
        "village.did_dibao_topped_up", "county.dibao_ratio",
    )  # fmt: skip
    columns = (
        account("dibao", "rural minimum living", "农村低保支出"),
        account("dibao_top_up", "added in minimum living for the old, young, disabled and ill",
                "低保分类施保增发"),
        column("household", "fell", "i2", "month",
               "month of the heavy blow it carries outside dibao, 0 none; with a minus, refused",
               "重大变故起始月"),
        column("county", "dibao_ratio", "f4", "ratio",
               "minimum-living standard over the poverty line", "低保标准与贫困线之比",
               report="mean"),
        deed("dibao_hit", "households", "taken into minimum living after a heavy blow",
             "变故后纳入低保户数"),
        deed("dibao_waited", "months", "that these had waited since the blow, in all",
             "变故后纳入低保等待月数"),
        deed("dibao_disabled", "households",
             "on or once on the register and with a disabled member, taken into minimum living",
             "新纳入低保的残疾人户数"),
        deed("dibao_topped_up", "person-months",
             "of old, young, severely disabled or ill members who got more", "分类施保人月数"),
    )  # fmt: skip
    changes = ("household.uncounted",)
    uses = ("calendar.line",)
    rule = protect

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The standard of the month."""
        line = p.dibao_line + p.A8_1 * (p.dibao_raised - p.dibao_line)
        world.county.dibao_ratio[:] = line / p.line
