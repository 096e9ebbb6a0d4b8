"""Action 6, relocation: who is moved, how, and what a move takes and gives.

`RelocationOffice` is the county's spring round: survey, rank, approve under the quota.
`Relocation` is what follows month by month: waiting, building (frost slows it), the move with
its losses and gains, work in the new place, and the debt for the house.

Only registered households are moved; neighbours who follow at their own cost are left out.
Rows of resettlement sites stand for the new place, whether a new village, a town, or a flat
bought with money. A household keeps its registered village.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, normal, uniform, words
from sim.kernel import kernel
from sim.livelihoods.rows import any_set
from sim.measures.lasting import at_month, lasting
from sim.measures.need import whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Job, Registered, School, Skill
from sim.world.codes import Relocation as Stage
from sim.world.codes import RelocationMode as Mode
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Relocation", "RelocationOffice"]

NONE, APPROVED, BUILDING, MOVED = Stage.NONE, Stage.APPROVED, Stage.BUILDING, Stage.MOVED
WHOLE, CONCENTRATED, SCATTERED, CASH = (
    Mode.WHOLE_VILLAGE, Mode.CONCENTRATED, Mode.SCATTERED, Mode.CASH,
)  # fmt: skip
IDLE, FARM, LOCAL = Job.NONE, Job.FARM, Job.LOCAL
NOT_IN_SCHOOL, WEAK = School.NONE, Skill.WEAK

CHUNK = 16
"""Households that are looked at together for one that has to do with relocation."""


class RelocationOffice(Mechanism):
    """The county's relocation office, once a year in spring from 2018.

    The quota is the national programme's as the plan's clauses carry it out; how much of it would
    run without them is a parameter (none by default). Under A6.2 places reallocated inside the
    province come to the deep-poverty counties first. What a year leaves
    over, whole or in part, goes to the next as long as there is a programme.

    Candidates are registered poor households in natural villages that cannot feed their people
    or in villages with frequent disasters, if they are willing and have been found: the full
    survey of A6.1 finds all and ranks them by need, without it only some are found and the
    ranking is rough. Under A6.3 a county moves such a natural village as a whole: its
    households stand together in the ranking, and more are willing to go with their neighbours.
    Under A6.4 some take money instead of a house. The ranking is strict: the first household
    that does not fit ends the year's list.
    """

    name = "a06_office"
    zh = "易地搬迁摸底、指标与审批"
    clauses = ("A6.1", "A6.2", "A6.3", "A6.4")
    reads = (
        "household.id", "household.alive", "household.village", "household.natural",
        "household.size", "household.registered", "household.seen_income", "natural.id",
        "natural.harsh", "village.site", "village.flood_risk", "village.distance",
        "county.registered_start",
    )  # fmt: skip
    writes = ("county.relocation_left", "county.first_site", "county.end_site",
              "county.relocation_candidates")  # fmt: skip
    changes = ("household.relocation", "household.relocation_mode", "household.relocation_month")
    columns = (
        column("county", "relocation_left", "f8", "persons",
               "places of the relocation quota carried over", "搬迁指标结转"),
        column("county", "relocation_candidates", "i8", "persons",
               "persons in households found eligible and willing this year", "摸底核实人数"),
        column("county", "first_site", "i4", "row",
               "first row of its resettlement sites", "首个安置点行"),
        column("county", "end_site", "i4", "row",
               "row after its last resettlement site", "末安置点后行"),
    )  # fmt: skip
    uses = ("calendar.line",)
    months = (3,)
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """Find the rows of each county's resettlement sites (a county's last villages)."""
        ends = world.starts["village"][1:]
        sites = np.add.reduceat(world.village.site.astype(np.int64), world.starts["village"][:-1])
        world.county.first_site[:] = ends - sites
        world.county.end_site[:] = ends

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Survey, rank and approve."""
        running = max(p.without_plan, p.A6_1, p.A6_2, p.A6_3, p.A6_4)
        if p.quota * running <= 0.0:
            return
        exact = p.quota * running / 1000.0 * world.county.registered_start[county]
        exact *= 1.0 + p.deep_first * p.A6_2
        places, left = whole_places(exact, world.county.relocation_left[county])
        rows, score, group, mode = self._survey(world, county, p, at_month(chance, 0))
        sizes = world.household.size[rows].astype(np.int64)
        world.county.relocation_candidates[county] = sizes.sum()
        order = np.lexsort((world.household.id[rows], group, -score))
        fits = np.searchsorted(np.cumsum(sizes[order]), places, side="right")
        chosen = order[:fits]
        world.household.relocation[rows[chosen]] = APPROVED
        world.household.relocation_mode[rows[chosen]] = mode[chosen]
        world.household.relocation_month[rows[chosen]] = now.month
        world.county.relocation_left[county] = left + places - sizes[chosen].sum()

    def _survey(
        self, world: World, county: int, p: Any, chance: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Candidates found and willing: row, score, natural village if moved whole, and mode.

        The draws are those of a lasting trait (`chance` is set to one month for all years).
        """
        household, village, natural = world.household, world.village, world.natural
        span = world.county_rows(county, "household")
        state = household.registered[span]
        fit = (household.alive[span] == 1) & (household.relocation[span] == NONE)
        fit &= (state == Registered.POOR) | (state == Registered.RELAPSED)
        fit &= (household.natural[span] >= 0) & (household.size[span] > 0)
        rows = np.flatnonzero(fit) + span.start
        at, home = household.natural[rows], household.village[rows]
        harsh = natural.harsh[at] == 1
        struck = village.flood_risk[home] >= p.hazard_limit
        keep = harsh | struck
        rows, at, home, harsh = rows[keep], at[keep], home[keep], harsh[keep]
        whole = harsh & (draws(chance, natural.id[at])[0] < p.whole_share * p.A6_3)
        u = draws(chance, household.id[rows])
        willing = u[0] < np.where(whole, p.willing_whole, p.willing)
        found = u[1] < p.found_without + (1.0 - p.found_without) * p.A6_1
        seen = np.minimum(1.0, household.seen_income[rows] / (p.line * 100.0))
        score = p.weight_harsh * harsh + p.weight_income * (1.0 - seen)
        score = score + p.weight_hazard * village.flood_risk[home] / p.hazard_limit
        score += p.weight_distance * village.distance[home] / 100.0
        score += (1.0 - p.A6_1) * p.rough * (draws(chance, household.id[rows], 2)[0] - 0.5)
        score = _shared(score, np.where(whole, at, -1))
        mode = np.where(u[2] < p.scattered_share, SCATTERED, CONCENTRATED)
        mode = np.where(u[3] < p.cash_share * p.A6_4, CASH, mode)
        mode = np.where(whole, WHOLE, mode)
        group = np.where(whole, natural.id[at], np.uint64(0))
        keep = willing & found
        return rows[keep], score[keep], group[keep], mode[keep]


def _shared(score: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Give all members of a group (>= 0) the highest score among them."""
    inside = group >= 0
    if not inside.any():
        return score
    names, index = np.unique(group[inside], return_inverse=True)
    best = np.full(names.size, -np.inf)
    np.maximum.at(best, index, score[inside])
    score = score.copy()
    score[inside] = best[index]
    return score


# --- after approval -------------------------------------------------------------------------------


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
        households.aid[h] += reward
        villages.paid_relocation[v] += reward
    households.land[h] *= np.float32(keep)
    households.irrigated[h] *= np.float32(keep)
    households.rented_out[h] *= np.float32(keep)
    households.herd[h] *= np.float32(p.herd_kept[mode])
    households.house[h] = 1
    households.water[h] = 1
    households.distance[h] = np.float32(p.site_distance)
    if uniform(w[0]) >= p.ties_kept[mode]:
        households.kin[h] = -1
    if uniform(w[1]) >= p.ties_kept[mode]:
        households.neighbour[h] = -1
    households.debt_house[h] += _house_debt(households.size[h], w, mode, p)
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
        "household.relocation", "household.relocation_mode", "household.relocation_month",
        "household.residence", "household.debt_house", "household.other_cost", "household.aid",
        "village.paid_relocation",
    )  # fmt: skip
    changes = (
        "household.land", "household.irrigated", "household.rented_out", "household.herd",
        "household.house", "household.water", "household.distance", "household.kin",
        "household.neighbour", "person.job", "person.job_months", "person.wage",
    )  # fmt: skip
    columns = (
        column("village", "paid_relocation", "i8", "fen",
               "houses, rewards and follow-up of relocation", "易地搬迁支出", combine="sum"),
    )  # fmt: skip
    uses = ("economy.price_index",)
    in_burn_in = False
    rule = relocate
