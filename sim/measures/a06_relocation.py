"""Action 6, relocation: how households are moved, and what a move takes and gives.

Who is moved is decided by `a06_office`. `Relocation` is what follows month by month: waiting,
building (frost slows it), the move with its losses and gains, work in the new place, and the debt
for the house.

Rows of resettlement sites stand for the new place, whether a new village, a town, or a flat
bought with money. A household keeps its registered village.
"""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.livelihoods.rows import any_set
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism
from sim.world.codes import Job, School, Skill
from sim.world.codes import Relocation as Stage
from sim.world.codes import RelocationMode as Mode
from sim.world.columns import account, deed

__all__ = ["Relocation"]

NONE, APPROVED, BUILDING, MOVED = Stage.NONE, Stage.APPROVED, Stage.BUILDING, Stage.MOVED
WHOLE, CASH = Mode.WHOLE_VILLAGE, Mode.CASH
IDLE, FARM, LOCAL = Job.NONE, Job.FARM, Job.LOCAL
NOT_IN_SCHOOL, WEAK = School.NONE, Skill.WEAK

CHUNK = 16
"""Households that are looked at together for one that has to do with relocation."""


@kernel(inline=True)
def _worked(since, now, p):
    """Months of building done after month `since` up to `now`; frost counts for little."""
    done = 0.0
    for month in range(since + 1, now + 1):
        calendar = month % 12 + 1
        frost = calendar >= p.frost_from or calendar <= p.frost_to
        done += p.frost_speed if frost else 1.0
    return done


@kernel(inline=True)
def _ready(identity, mode, since, now, chance, p):
    """Whether a home is ready; how long one takes to build is drawn once."""
    if mode == CASH:
        return now - since >= p.cash_months
    if (now - since) * max(1.0, p.frost_speed) < p.build_months * (1.0 - p.build_spread):
        return False  # not even without frost
    u = uniform(lasting(chance, identity, 2, since)[0])
    need = p.build_months * (1.0 + p.build_spread * (2.0 * u - 1.0))
    return _worked(since, now, p) >= need


@kernel(inline=True)
def _fen(yuan):
    return np.int64(np.floor(yuan * 100.0 + 0.5))


@kernel(inline=True)
def _house_debt(size, w, mode, p):
    """What a household borrows for its new home, in fen; the limits of A6.6 where they hold."""
    price = p.cash_price if mode == CASH else 1.0
    wanted = p.self_fund * price * np.exp(p.self_fund_sigma * normal(w[2]))
    if uniform(w[3]) < p.A6_6:
        wanted = min(wanted, p.limit_person * size, p.limit_household)
    return _fen(wanted)


@kernel(inline=True)
def _move(h, at, households, villages, counties, chance, p):
    """A household moves: place, house, land, ties, money."""
    identity = households.id[h]
    v = households.village[h]
    mode = households.relocation_mode[h]
    w = words(chance, identity, 0)
    more = words(chance, identity, 1)
    sites = counties.end_site[at.county] - counties.first_site[at.county]
    if sites > 0:
        # neighbours of a whole village go to one place
        key = villages.id[v] if mode == WHOLE else identity
        households.residence[h] = counties.first_site[at.county] + np.int32(key % np.uint64(sites))
    keep = 1.0 - p.land_loss[mode]
    if uniform(more[0]) < p.vacate_without + (p.vacate - p.vacate_without) * p.A6_5:
        # the old house is pulled down: no roof left there for the farming season
        keep *= 1.0 - p.vacate_land_loss
        reward = _fen(p.vacate_reward * p.A6_5)
        villages.did_homes_cleared[v] += 1
        households.aid[h] += reward
        households.granted[h] += reward
        villages.paid_homesteads[v] += reward
    households.land[h] *= np.float32(keep)
    households.irrigated[h] *= np.float32(keep)
    households.rented_out[h] *= np.float32(keep)
    households.herd[h] *= np.float32(p.herd_kept[mode])
    households.house[h] = 1
    households.house_cert[h] = 1
    households.water[h] = 1
    households.distance[h] = np.float32(p.site_distance)
    if uniform(w[0]) >= p.ties_kept[mode]:
        households.kin[h] = -1
        villages.did_ties_cut[v] += 1
    if uniform(w[1]) >= p.ties_kept[mode]:
        households.neighbour[h] = -1
        villages.did_ties_cut[v] += 1
    debt = _house_debt(households.size[h], w, mode, p)
    households.debt_house[h] += debt
    villages.did_self_funded[v] += debt // 100
    villages.did_moved_whole[v] += mode == WHOLE
    villages.did_moved_cash[v] += mode == CASH
    households.relocation[h] = MOVED
    households.relocation_month[h] = at.month


@kernel(inline=True)
def _find_work(h, persons, households, villages, chance, p):
    """Members able to work who have no wage job are offered one near the new place."""
    v = households.village[h]
    offered = p.job_without + (p.job_followed - p.job_without) * p.A6_7
    for i in range(villages.first_person[v], villages.end_person[v]):
        if persons.household[i] != h or persons.alive[i] == 0:
            continue
        if persons.age[i] < p.age_from * 12.0 or persons.age[i] >= p.age_to * 12.0:
            continue
        if persons.school[i] != NOT_IN_SCHOOL or persons.skill[i] < WEAK or persons.serious[i] != 0:
            continue
        if persons.job[i] != IDLE and persons.job[i] != FARM:
            continue
        if uniform(words(chance, persons.id[i], 0)[0]) < offered:
            villages.did_moved_jobs[v] += 1
            persons.job[i] = LOCAL
            persons.job_months[i] = 0
            persons.wage[i] = 0  # work settles the wage of a new job
            villages.paid_relocation[v] += _fen(p.job_cost * p.A6_7)


@kernel(inline=True)
def _carry_on(h, at, persons, households, villages, counties, chance, p):
    """One month of a household that has to do with relocation: its stage, its move, life after."""
    stage = households.relocation[h]
    since = households.relocation_month[h]
    mode = households.relocation_mode[h]
    if stage == APPROVED and at.month - since >= p.start_months:
        grant = _fen(p.unit_cost * households.size[h])
        villages.paid_relocation[households.village[h]] += grant
        households.relocation[h] = BUILDING
        households.relocation_month[h] = at.month
    elif stage == BUILDING:
        if _ready(households.id[h], mode, since, at.month, chance, p):
            _move(h, at, households, villages, counties, chance, p)
    elif stage == MOVED:
        cost = p.living_cost[mode] * p.price_index * households.size[h]
        households.other_cost[h] += _fen(cost)
        if at.month - since <= p.job_months + 1.0:  # work is offered in one of these months
            u = uniform(lasting(chance, households.id[h], 3, since)[0])
            if at.month - since == 1 + np.int64(u * p.job_months):
                _find_work(h, persons, households, villages, chance, p)


@kernel
def relocate(at, persons, households, villages, counties, words_, chance, p):
    """One month of relocation in a block; few have to do with it, so rows are skimmed first."""
    for first in range(at.first_household, at.end_household, CHUNK):
        end = min(first + CHUNK, at.end_household)
        if any_set(households.relocation[first:end]):
            for h in range(first, end):
                if households.relocation[h] != NONE and households.alive[h] != 0:
                    _carry_on(h, at, persons, households, villages, counties, chance, p)


class Relocation(Mechanism):
    """From approval to a life in the new place.

    The move takes a part of the land and the herd (more in a town, and more where the old house
    is vacated for the reward of A6.5), cuts kin and neighbours by the way of resettlement,
    raises the cost of living, and leaves a debt that the limits of A6.6 hold down; it gives a
    safe house, safe water, a short way to the road, and removes the hazard of the old place.
    Within the first year members able to work are offered a job nearby, seldom without and
    often with the follow-up of A6.7.
    """

    name = "a06_relocation"
    zh = "易地扶贫搬迁的建设、搬入与后续扶持"
    clauses = ("A6.5", "A6.6", "A6.7")
    reads = (
        "person.id", "person.household", "person.alive", "person.age", "person.school",
        "person.skill", "person.serious", "household.id", "household.alive",
        "household.village", "household.size", "village.id", "village.first_person",
        "village.end_person", "county.first_site", "county.end_site",
    )  # fmt: skip
    writes = (
        *(
            f"village.did_{deed}"
            for deed in (
                "moved_whole", "moved_cash", "ties_cut", "self_funded", "homes_cleared",
                "moved_jobs",
            )
        ),

        "household.relocation", "household.relocation_mode", "household.relocation_month",
        "household.residence", "household.debt_house", "household.other_cost", "household.aid",
        "household.granted", "village.paid_relocation", "village.paid_homesteads",
    )  # fmt: skip
    changes = (
        "household.land", "household.irrigated", "household.rented_out", "household.herd",
        "household.house", "household.house_cert", "household.water", "household.distance",
        "household.kin", "household.neighbour", "person.job", "person.job_months", "person.wage",
    )  # fmt: skip
    columns = (
        account("relocation", "houses and follow-up of relocation", "易地搬迁支出",
                to="supplier"),
        account("homesteads", "rewards for vacated homesteads", "宅基地腾退奖励"),
        deed("moved_whole", "households", "moved with their natural village", "整村搬迁户数"),
        deed("moved_cash", "households", "moved with money instead of a house", "货币化安置户数"),
        deed("ties_cut", "ties", "to kin and neighbours cut by moving", "搬迁中断的亲邻联系数"),
        deed("self_funded", "yuan", "borrowed for the new homes", "搬迁自筹负债"),
        deed("homes_cleared", "households", "that vacated the old homestead", "腾退宅基地户数"),
        deed("moved_jobs", "persons", "of moved households who found work nearby",
             "搬迁户就近就业人数"),
    )  # fmt: skip
    uses = ("economy.price_index",)
    in_burn_in = False
    rule = relocate
