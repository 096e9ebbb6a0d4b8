"""Action 2, skills and employment: what the employment office of a county hands out.

Training seats and organised placements in March, public-welfare posts in January and July, by
need as registered. What then happens to the people stands in a02_employment.

Clauses: A2.1 training subsidy 10 % above the national standard (it buys better courses, not
more seats: an assumption), A2.2 paid training (removes the cost of a lost month, so more take a
seat), A2.3 training, certificate and placement in one hand, A2.4 organised labour transfer, A2.5
subsidies for posts and social insurance, A2.6 public-welfare posts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.kernel import kernel
from sim.measures.need import neediest, whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Job, Registered, School, Skill
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["EmploymentOffice"]

FARM, NONE, POST = Job.FARM, Job.NONE, Job.POST

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
        "person.school", "person.certificate", "person.ranger", "household.id",
        "household.registered", "household.alive", "household.village",
        "household.seen_income", "household.away", "household.labour", "county.code",
    )  # fmt: skip
    writes = ("person.training", "person.organised", "village.posts", "village.paid_training",
              "village.paid_placement", "village.did_placed", "village.did_training_uplift",
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
        deed("training_uplift", "yuan", "paid for courses above the national standard",
             "培训补贴高出国家标准部分"),
        deed("placed", "persons", "persons given an organised placement", "有组织输转人数"),
        account("training", "training subsidies", "培训补贴", to="supplier"),
        account("placement", "subsidies for organised labour transfer", "劳务输转补贴",
                to="supplier"),
    )  # fmt: skip
    months = (1, 3, 7)
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """A sample has fractions of a place: they begin with a drawn one (that of posts stays)."""
        self.chance.month = now.month
        u = draws(self.chance, world.county.code.astype(np.uint64))
        for k, name in enumerate(_REMAINDERS):
            world.county[f"a02_{name}_carried"][:] = u[k]

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
        above = np.int64(round(cost - p.training_cost))
        of = world.household.village[person.household[chosen]]
        np.add.at(world.village.did_training_uplift, of, above)
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
        np.add.at(world.village.did_placed, world.household.village[person.household[chosen]], 1)
        _pay(world, "paid_placement", person.household[chosen], round(p.placement_cost * 100))

    def _posts(self, world: World, county: int, people: slice, rows: np.ndarray, p: Any) -> None:
        person = world.person
        exact = p.posts / 1000.0 * rows.size * p.A2_6 * (1.0 + p.posts_subsidy * p.A2_5)
        wanted, _ = whole_places(exact, world.county.a02_posts_carried[county])
        post = (person.job[people] == POST) & (person.ranger[people] == 0)
        holders = np.flatnonzero(post) + people.start
        fit = (person.age[holders] < p.post_age * 12) & (person.skill[holders] >= Skill.WEAK)
        keep = holders[fit]
        if wanted < keep.size:  # fewer posts than holders: the neediest keep theirs
            keep = neediest(
                keep, -world.household.seen_income[person.household[keep]].astype(float),
                person.id[keep], wanted,
            )  # fmt: skip
        if keep.size < holders.size:
            dropped = np.setdiff1d(holders, keep)
            self._strike(world, dropped)
            person.job[dropped], person.job_months[dropped], person.wage[dropped] = FARM, 0, 0
        self._fill(world, county, rows, keep, wanted, p)
        post = (person.job[people] == POST) & (person.ranger[people] == 0)
        holders = np.flatnonzero(post) + people.start
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
        people = world.county_rows(county, "person")  # rangers hold a public post already
        rangers = np.flatnonzero(person.ranger[people]) + people.start
        best[person.household[rangers] - homes.start] = -2
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
