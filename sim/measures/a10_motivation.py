"""Action 10, motivation: publicity, support that asks for something, customs, and examples.

What people are told and shown acts through what other rules read: how readily an offer is taken
up, how hard work is looked for, how far aid holds from work, what is spent on ceremonies. The
evidence for the sizes is thin, so they are small and their ranges reach close to nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.shocks.schooling import has_card
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import Block, World

__all__ = ["Motivation"]

_VILLAGES = 1  # draw index of what happens to villages
JANUARY, DECEMBER = 1, 12
EXITED = Registered.EXITED


@kernel
def _look_around(at, households, villages, words, p):
    """January: which share of the once registered have exited, and which of them are shown."""
    for v in range(at.first_village, at.end_village):
        exited = 0
        listed = 0
        for h in range(villages.first_household[v], villages.end_household[v]):
            if households.alive[h] == 0:
                continue
            state = households.registered[h]
            out = state == EXITED
            exited += out
            listed += has_card(state)
            u = uniform(words[0, h - at.first_household])
            villages.did_examples_shown[v] += out & (u < p.models_shown * p.A10_5)
        villages.exited_share[v] = exited / max(1, listed)
        villages.carded[v] = listed


@kernel
def _reward(at, households, villages, words, p):
    """December: registered households with labour are rewarded for their own work of the year, as
    far as the village's part of the money goes."""
    fen = np.int32(round(p.reward * 100.0))
    for v in range(at.first_village, at.end_village):
        if villages.reward_fund[v] < fen:
            continue
        heard = min(2.0, max(0.0, 1.0 + villages.takeup[v]))
        chance = p.reward_share * p.A10_2 * villages.conditional_share[v] * heard
        for h in range(villages.first_household[v], villages.end_household[v]):
            state = households.registered[h]
            if households.alive[h] == 0 or not has_card(state):
                continue
            if households.labour[h] < p.reward_labour or villages.reward_fund[v] < fen:
                continue
            if uniform(words[1, h - at.first_household]) < chance:
                households.transfer[h] += fen
                households.granted[h] += fen
                villages.reward_fund[v] -= fen
                villages.paid_work_rewards[v] += fen
                villages.did_households_rewarded[v] += 1


@kernel
def motivate(at, persons, households, villages, counties, words, chance, p):
    """Twice a year something happens to households of a block."""
    if at.burn_in:
        return
    if at.calendar == 1:
        _look_around(at, households, villages, words, p)
    elif at.calendar == 12 and p.A10_2 > 0.0:
        _reward(at, households, villages, words, p)


class Motivation(Mechanism):
    """People are informed and encouraged, support is tied to taking part, customs are reined in.

    A10.1: publicity and training reach a growing share of a village (`village.awareness`): its
    people take up more of what is offered and look for work harder. The plan's values of work and
    thrift (A10.4) are part of this and are not modelled apart.
    A10.2: the share of support tied to taking part (`village.conditional_share`) rises from its
    level before the plan. So aid holds back from work less, and households with a card (exited
    ones included) and labour are rewarded each December for their own production or work, which
    counts as a transfer.
    A10.3: villages found councils for customs; while they are backed, gifts, feasts and bride
    prices are lower there. A10.5: some of those who have exited are put forward as examples, and
    the more of their neighbours have exited, the more others follow.
    """

    name = "a10_motivation"
    zh = "内源扶贫：宣传、有条件帮扶、移风易俗、典型示范"
    clauses = ("A10.1", "A10.2", "A10.3", "A10.5")
    reads = (
        "household.id", "household.alive", "household.registered", "household.labour",
        "village.id", "village.county", "village.site", "village.first_household",
        "village.end_household", "county.capacity",
    )  # fmt: skip
    writes = (
        "village.awareness", "village.conditional_share", "village.custom_council",
        "village.exited_share", "village.carded", "village.reward_fund", "village.takeup",
        "village.find_gain", "village.aid_freed", "village.custom_cut", "household.transfer",
        "household.granted", "village.paid_work_rewards", "village.did_councils_founded",
        "village.did_examples_shown", "village.did_households_rewarded",
    )  # fmt: skip
    columns = (
        column("village", "awareness", "f4", "share", "people reached by publicity and training",
               "政策宣传知晓率", report="share"),
        column("village", "conditional_share", "f4", "share",
               "support that is tied to taking part", "有条件帮扶比例", report="share"),
        column("village", "custom_council", "u1", "flag", "has a council for changing customs",
               "移风易俗理事会"),
        column("village", "exited_share", "f4", "share",
               "of the households once registered, those that have exited", "已脱贫户占比"),
        column("village", "carded", "i4", "households",
               "once registered, exited included, last January", "在册及已脱贫户数"),
        column("village", "reward_fund", "i8", "fen", "what is left for this year's rewards",
               "当年奖补资金"),
        account("work_rewards", "rewards for own production and work", "生产奖补与劳务补助",
                family="special", to="household", rank=4),
        deed("councils_founded", "villages", "councils for changing customs founded",
             "新成立移风易俗理事会"),
        deed("examples_shown", "households", "exited households put forward as examples",
             "宣传表彰脱贫典型户"),
        deed("households_rewarded", "households", "rewarded for own production and work",
             "获生产奖补户数"),
    )  # fmt: skip
    draws = "household"
    rule = motivate

    def needs_draws(self, now: Now) -> bool:
        """Only the January look around and the rewards of December are draws of households."""
        return now.calendar in (JANUARY, DECEMBER) and not now.burn_in

    def run_block(self, block: Block, words: np.ndarray) -> None:
        """Nothing happens to households in the other months: save the call."""
        if block.at.calendar in (JANUARY, DECEMBER):
            super().run_block(block, words)

    def begin(self, world: World, now: Now) -> None:
        """How much support was tied to taking part before the plan."""
        self.open_month(now)
        world.village.conditional_share[:] = self.p.conditional_start

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Reach people, change the way of support, found councils; push what follows from it."""
        if now.burn_in:
            return
        village = world.village
        speed = np.maximum(0.2, 1.0 + world.county.capacity)[village.county]
        pace = np.minimum(1.0, speed / p.publicity_months)
        village["awareness"] += (p.A10_1 * p.publicity_reach - village.awareness) * pace
        goal = p.conditional_start + p.A10_2 * (p.conditional_goal - p.conditional_start)
        pace = np.minimum(1.0, speed / p.conditional_months)
        village["conditional_share"] += (goal - village.conditional_share) * pace
        self._councils(world, p, chance, speed)
        self._rewards(world, now, p)
        follow = p.A10_5 * village.exited_share
        village["takeup"] += p.publicity_takeup * village.awareness + p.models_takeup * follow
        village["find_gain"] += p.publicity_effort * village.awareness + p.models_effort * follow
        start = np.float32(p.conditional_start)  # as stored, so that no change is exactly none
        more = (village.conditional_share - start) / (1.0 - start)
        village["aid_freed"] += p.conditional_freed * np.maximum(0.0, more)
        village["custom_cut"] += p.A10_3 * p.council_cut * village.custom_council

    def _councils(self, world: World, p: Any, chance: Any, speed: np.ndarray) -> None:
        """Villages that found a council this month."""
        if p.A10_3 == 0.0:
            return
        village = world.village
        rate = 1.0 - (1.0 - p.A10_3 * p.council_rate) ** (1.0 / 12.0)
        new = draws(chance, village.id, _VILLAGES)[0] < rate * speed
        new &= (village.custom_council == 0) & (village.site == 0)
        village.custom_council[new] = 1
        village.did_councils_founded[new] += 1

    def _rewards(self, world: World, now: Now, p: Any) -> None:
        """Ask for the year's rewards, and share what there is among the villages in December."""
        village, counties = world.village, len(world.county.code)
        wanted = village.carded * p.reward_share * village.conditional_share * p.A10_2
        fen = np.floor(wanted * p.reward_reserve * p.reward * 100.0).astype(np.int64)
        by_county = np.bincount(village.county, fen, counties).astype(np.int64)
        world.ledger.ask("work_rewards", by_county)
        if now.calendar == DECEMBER:
            given = world.ledger.draw("work_rewards", by_county)
            share = (given / np.maximum(by_county, 1))[village.county]
            village.reward_fund[:] = np.floor(fen * share).astype(np.int64)
