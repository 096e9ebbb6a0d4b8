"""Action 2, skills and employment: training, placement, organised migration, posts, returnees.

The employment office of a county (`EmploymentOffice`) hands out training seats and organised
placements in March and fills public-welfare posts in January and July, by need as registered.
`Employment` is what then happens to the people month by month: courses end in certificates,
posts are paid, small businesses earn or fail.

Clauses: A2.1 training subsidy 10 % above the national standard (it buys better courses, not
more seats: an assumption), A2.2 paid training (removes the cost of a lost month, so more take a
seat), A2.3 training, certificate and placement in one hand, A2.4 organised labour transfer, A2.5
subsidies for posts and social insurance, A2.6 public-welfare posts, A2.7 returnee businesses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, normal, uniform
from sim.few import draw_for, list_flagged, room_for
from sim.kernel import kernel
from sim.measures.need import neediest, whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Job, Registered, School, Skill
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Employment", "EmploymentOffice"]

FARM, NONE, POST, BUSINESS, LOCAL = Job.FARM, Job.NONE, Job.POST, Job.BUSINESS, Job.LOCAL
FULL = 1.0

_REMAINDERS = ("seats", "placements", "posts")


@kernel
def _able(alive, household, age, school, skill, home_alive, registered, first, end, out):
    """List the rows of those able to work, out of school, in a household that the measures see as
    theirs (registered poor, relapsed, or exited); returns how many."""
    count = 0
    for i in range(first, end):
        h = max(household[i], 0)
        state = registered[h]
        theirs = (state == Registered.POOR) | (state == Registered.RELAPSED)
        theirs = (theirs | (state == Registered.EXITED)) & (home_alive[h] == 1)
        fits = (alive[i] == 1) & (household[i] >= 0) & (age[i] >= 16 * 12)
        out[count] = i  # stays on the list only if it counts
        count += theirs & fits & (school[i] == School.NONE) & (skill[i] >= Skill.WEAK)
    return count


@kernel
def _seekers(rows, household, job, age, training, skill, identity, oldest, first, best):
    """Who of some rows may have a post, one of each household: the one with the lowest skill, ties
    by id. They stand in `best` by household, from row `first` on: -1 for none so far, less for a
    household that gets none."""
    for i in rows:
        k = household[i] - first
        old = best[k]
        idle = (job[i] == FARM) | (job[i] == NONE)
        if not idle & (age[i] < oldest) & (training[i] == 0) & (old >= -1):
            continue
        tie = old >= 0 and skill[i] == skill[old]
        if old < 0 or skill[i] < skill[old] or (tie and identity[i] < identity[old]):
            best[k] = i


class EmploymentOffice(Mechanism):
    """The county employment office: training seats, organised placements, public posts."""

    name = "a02_office"
    zh = "县就业服务：培训名额、劳务输转、公益岗位"
    clauses = ("A2.1", "A2.2", "A2.3", "A2.4", "A2.5", "A2.6")
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.skill",
        "person.school", "person.certificate", "household.id", "household.registered",
        "household.alive", "household.village", "household.seen_income", "household.away",
        "household.labour",
    )  # fmt: skip
    writes = ("person.training", "person.organised", "village.posts", "village.paid_training",
              "village.paid_placement",
              *(f"county.a02_{name}_carried" for name in _REMAINDERS), "county.a02_trained_year",
              "county.a02_training_cost_year")  # fmt: skip
    changes = ("person.job", "person.job_months", "person.wage", "household.blow",
               "household.blow_size")  # fmt: skip
    columns = (
        *(
            column("county", f"a02_{name}_carried", "f8", "places",
                   f"fraction of {name} not yet given", f"{zh}余数")
            for name, zh in zip(_REMAINDERS, ("培训名额", "输转名额", "公益岗位"), strict=True)
        ),
        column("county", "a02_trained_year", "i8", "persons",
               "persons who began training this year", "当年培训人数"),
        column("county", "a02_training_cost_year", "i8", "fen",
               "subsidy for a course this year", "当年培训补贴标准"),
        column("village", "paid_training", "i8", "fen",
               "training subsidies", "培训补贴", combine="sum"),
        column("village", "paid_placement", "i8", "fen",
               "subsidies for organised labour transfer", "劳务输转补贴", combine="sum"),
    )  # fmt: skip
    months = (1, 3, 7)
    in_burn_in = False

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """January and July: posts. March: training seats and organised placements."""
        people = world.county_rows(county, "person")
        person, household = world.person, world.household
        rows = np.empty(people.stop - people.start + 1, np.int64)
        count = _able(
            person.alive, person.household, person.age, person.school, person.skill,
            household.alive, household.registered, people.start, people.stop, rows,
        )  # fmt: skip
        rows = rows[:count]
        if now.calendar == 3:
            self._train(world, county, rows, p, chance)
            self._place(world, county, rows, p, chance)
        else:
            self._posts(world, county, people, rows, p)

    def _train(self, world: World, county: int, rows: np.ndarray, p: Any, chance: Any) -> None:
        person = world.person
        exact = p.training_seats / 1000.0 * rows.size * max(p.A2_1, p.A2_2, p.A2_3)
        places, world.county.a02_seats_carried[county] = whole_places(
            exact, world.county.a02_seats_carried[county]
        )
        cost = p.training_cost * (1.0 + p.subsidy_uplift * p.A2_1)
        world.county.a02_training_cost_year[county] = round(cost * 100)
        world.county.a02_trained_year[county] = 0
        fit = (
            (person.age[rows] < p.training_age * 12)
            & (person.certificate[rows] == 0)
            & (person.training[rows] == 0)
            & (person.job[rows] != POST)
        )
        rows = rows[fit]
        take_up = p.take_up + p.take_up_paid * p.A2_2
        rows = rows[draws(chance, person.id[rows])[0] < take_up]
        chosen = neediest(
            rows, -world.household.seen_income[person.household[rows]].astype(float),
            person.id[rows], places,
        )  # fmt: skip
        person.training[chosen] = np.int8(p.training_months)
        world.county.a02_trained_year[county] = chosen.size
        _pay(world, "paid_training", person.household[chosen], round(cost * 100))

    def _place(self, world: World, county: int, rows: np.ndarray, p: Any, chance: Any) -> None:
        person = world.person
        exact = p.placements / 1000.0 * rows.size * p.A2_4
        places, world.county.a02_placements_carried[county] = whole_places(
            exact, world.county.a02_placements_carried[county]
        )
        if p.A2_4 == 0.0:
            person.organised[world.county_rows(county, "person")] = 0
        job = person.job[rows]
        fit = ((job == FARM) | (job == NONE)) & (person.age[rows] < p.placement_age * 12)
        fit &= (person.skill[rows] >= Skill.ORDINARY) & (person.organised[rows] == 0)
        rows = rows[fit]
        rows = rows[draws(chance, person.id[rows], 2)[0] < p.take_up_placement]
        chosen = neediest(
            rows, -world.household.seen_income[person.household[rows]].astype(float),
            person.id[rows], places,
        )  # fmt: skip
        person.organised[chosen] = 1
        _pay(world, "paid_placement", person.household[chosen], round(p.placement_cost * 100))

    def _posts(self, world: World, county: int, people: slice, rows: np.ndarray, p: Any) -> None:
        person = world.person
        exact = p.posts / 1000.0 * rows.size * p.A2_6 * (1.0 + p.posts_subsidy * p.A2_5)
        wanted, _ = whole_places(exact, 0.0)
        holders = np.flatnonzero(person.job[people] == POST) + people.start
        fit = (person.age[holders] < p.post_age * 12) & (person.skill[holders] >= Skill.WEAK)
        keep = holders[fit]
        if wanted < keep.size:  # fewer posts than holders: the neediest keep theirs
            keep = neediest(
                keep, -world.household.seen_income[person.household[keep]].astype(float),
                person.id[keep], wanted,
            )  # fmt: skip
        dropped = np.setdiff1d(holders, keep)
        self._strike(world, dropped)
        person.job[dropped], person.job_months[dropped], person.wage[dropped] = FARM, 0, 0
        self._fill(world, county, rows, keep, wanted, p)
        holders = np.flatnonzero(person.job[people] == POST) + people.start
        village = world.household.village[person.household[holders]]
        span = world.county_rows(county, "village")
        world.village.posts[span] = np.bincount(
            village - span.start, minlength=span.stop - span.start
        )

    @staticmethod
    def _strike(world: World, dropped: np.ndarray) -> None:
        """A post that ends is a blow of a year's pay to its household."""
        household, homes = world.household, world.person.household[dropped]
        lost = np.minimum(world.person.wage[dropped].astype(np.int64) * 12, 2_000_000_000)
        hard = lost > household.blow_size[homes]
        household.blow[homes[hard]] = Cause.POLICY_END
        household.blow_size[homes[hard]] = lost[hard]

    @staticmethod
    def _fill(
        world: World, county: int, rows: np.ndarray, keep: np.ndarray, wanted: int, p: Any
    ) -> None:
        """Give free posts to one member of households with none, weak labour first."""
        person, household = world.person, world.household
        homes = world.county_rows(county, "household")
        # weak labour first: the posts are for people who are hard to place
        best = np.full(homes.stop - homes.start, -1, np.int64)
        best[person.household[keep] - homes.start] = -2
        _seekers(
            rows, person.household, person.job, person.age, person.training, person.skill,
            person.id, p.post_age * 12, homes.start, best,
        )  # fmt: skip
        rows = best[best >= 0]
        of = person.household[rows]
        need = -household.seen_income[of].astype(float)
        need -= p.post_labour_weight * 100.0 * household.labour[of]
        need -= p.post_labour_weight * 100.0 * household.away[of]
        chosen = neediest(rows, need, person.id[rows], wanted - keep.size)
        person.job[chosen], person.job_months[chosen] = POST, 0
        person.wage[chosen] = np.int32(round(p.post_pay * 100))


def _pay(world: World, account: str, households: np.ndarray, fen: int) -> None:
    """Book `fen` a household to a village account."""
    villages = world.household.village[households]
    np.add.at(world.village[account], villages, fen)


@kernel
def _occupied(training, job, starts, flags):
    """Flag who is in a course, a post or a business, and (if `starts`) who may start one."""
    for k in range(training.size):
        flags[k] = (
            (training[k] > 0)
            | (job[k] == POST)
            | (job[k] == BUSINESS)
            | (starts & (job[k] == LOCAL))
        )


@kernel
def _go_on(at, persons, households, villages, words, p, listed, count):
    """One month of the listed: the course, the post, the business."""
    fail = 1.0 - (1.0 - p.business_failure) ** (1.0 / 12.0)
    start = p.business_start * p.A2_7 / 12.0
    pass_exam = p.certificate_rate + p.certificate_integrated * p.A2_3
    stipend = np.int32(round(p.training_stipend * 100 * p.A2_2))
    subsidy = np.int64(round(p.business_subsidy * 100))
    for k in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[k])
        job = persons.job[i]
        training = persons.training[i]
        if training > 0:
            h = persons.household[i]
            persons.training[i] = training - 1
            if stipend > 0:
                households.aid[h] += stipend
                villages.paid_stipend[households.village[h]] += stipend
            if training == 1 and uniform(words[0, k]) < pass_exam:
                persons.certificate[i] = 1
        if job == POST:
            h = persons.household[i]
            households.wage[h] += persons.wage[i]
            villages.paid_posts[households.village[h]] += persons.wage[i]
            if persons.skill[i] < Skill.WEAK or persons.alive[i] == 0:
                persons.job[i] = NONE
                persons.wage[i] = 0
        elif job == BUSINESS:
            h = persons.household[i]
            if uniform(words[1, k]) < fail:
                persons.job[i] = FARM
                persons.job_months[i] = 0
                households.business[h] -= np.int32(p.business_loss * 100.0)
            else:
                profit = p.business_profit * persons.earnings[i] * p.farm_index * p.business
                households.business[h] += np.int32(
                    profit * 100.0 * max(0.0, 1.0 + p.business_spread * normal(words[2, k]))
                )
        elif job == LOCAL and start > 0.0 and uniform(words[3, k]) < start:
            h = persons.household[i]
            if persons.alive[i] == 1 and households.registered[h] != 0:
                persons.job[i] = BUSINESS
                persons.job_months[i] = 0
                persons.wage[i] = 0
                households.aid[h] += np.int32(subsidy)
                villages.paid_startup[households.village[h]] += subsidy


@kernel
def employ(at, persons, households, villages, counties, words, chance, p):
    """Courses, posts and small businesses of a block, one month on."""
    a = at.first_person
    b = at.end_person
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    _occupied(persons.training[a:b], persons.job[a:b], p.business_start * p.A2_7 > 0.0, flags)
    count = list_flagged(flags, 1, listed)
    drawn = draw_for(chance, persons.id, a, listed, count)
    _go_on(at, persons, households, villages, drawn, p, listed, count)


class Employment(Mechanism):
    """Courses end in certificates, posts are paid, returnees' small businesses earn or fail."""

    name = "a02_employment"
    zh = "培训、公益岗位与返乡创业（逐月）"
    clauses = ("A2.2", "A2.3", "A2.7")
    reads = ("person.id", "person.alive", "person.household", "person.skill", "person.earnings",
             "household.village", "household.registered")  # fmt: skip
    writes = ("person.certificate", "household.wage", "household.business", "household.aid",
              "village.paid_posts", "village.paid_stipend", "village.paid_startup")  # fmt: skip
    changes = ("person.job", "person.job_months", "person.wage", "person.training")
    columns = (
        column("village", "paid_posts", "i8", "fen",
               "pay of public-welfare posts", "公益岗位补贴", combine="sum"),
        column("village", "paid_stipend", "i8", "fen",
               "stipends during training", "带薪培训补助", combine="sum"),
        column("village", "paid_startup", "i8", "fen", "start-up grants", "创业补贴",
               combine="sum"),
    )  # fmt: skip
    uses = ("economy.farm_index", "pandemic.business")
    rule = employ
