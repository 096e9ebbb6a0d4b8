"""Action 3, education: from vocational school into work, and children who board in cities."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, uniform
from sim.few import draw_for, list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.work_wage import take
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.shocks.schooling import has_card
from sim.world.codes import Education, Job, Registered, School, Skill
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["Boarding", "Graduates"]

SEPTEMBER = 9
GRANTS = (3, 10)
"""Months in which the vocational grant is paid, once the pupils of a term are known."""

ROUNDS = 3.0
"""Months of a year (March, June, October) in which schools and counties place graduates."""


@kernel
def _flag(ages, schools, jobs, reached, youngest, oldest, flags):
    """Bit 1: in vocational school. Bit 2: young, schooled past the junior stage, out of school and
    without wage work."""
    for k in range(ages.size):
        young = (ages[k] >= youngest) & (ages[k] < oldest)
        idle = (jobs[k] == Job.NONE) | (jobs[k] == Job.FARM)
        out = (schools[k] == School.NONE) & (reached[k] >= Education.SENIOR)
        pupil = schools[k] == School.VOCATIONAL
        flags[k] = np.uint8(pupil) | np.uint8(2) * np.uint8(young & idle & out)


@kernel
def _pupils(at, persons, households, villages, words, p, listed, count):
    """Registered pupils of vocational schools: counted, granted, and certified in the last year."""
    grant = np.int64(p.grant * p.A3_3 * 100.0 / 2.0)
    for v in range(at.first_village, at.end_village):
        villages.vocational_pupils[v] = 0
    for k in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[k])
        h = persons.household[i]
        if persons.alive[i] == 0 or not has_card(households.registered[h]):
            continue
        v = households.village[h]
        villages.vocational_pupils[v] += 1
        if at.calendar == SEPTEMBER and persons.age[i] >= 12 * p.college_age:
            if uniform(words[0, k]) < p.certified * p.A3_3:
                persons.certificate[i] = 1
        if (at.calendar == 3 or at.calendar == 10) and villages.vocational_fund[v] >= grant > 0:
            villages.vocational_fund[v] -= grant
            villages.paid_vocational_grants[v] += grant
            households.aid[h] += np.int32(grant)
            households.granted[h] += np.int32(grant)


@kernel
def _place(at, persons, households, villages, counties, words, p, listed, count):
    """Registered graduates without wage work: the school finds some of the young ones a job
    (A3.3), the county stays with all of them until they have one (A3.5)."""
    able = max(0.2, 1.0 + counties.capacity[at.county]) * p.migrants_able
    fresh = 12 * (p.college_age + 2.0)
    for k in range(np.uint64(count)):
        i = np.uint64(at.first_person) + np.uint64(listed[k])
        h = persons.household[i]
        if persons.alive[i] == 0 or not has_card(households.registered[h]):
            continue
        vocational = persons.certificate[i] != 0
        if persons.skill[i] < Skill.ORDINARY or persons.serious[i] != 0:
            continue
        if not vocational and persons.education[i] != Education.COLLEGE:
            continue
        v = households.village[h]
        heard = able * min(2.0, max(0.0, 1.0 + villages.takeup[v]))
        by_school = p.A3_3 * p.placed_school / ROUNDS * (vocational & (persons.age[i] < fresh))
        by_county = p.A3_5 * p.placed_county / ROUNDS
        u = uniform(words[1, k])
        if u < (by_school + by_county) * heard:
            near = uniform(words[2, k]) < p.placed_near
            take(persons, i, Job.LOCAL if near else Job.MIGRANT_PROVINCE)
            if u < by_school * heard:
                villages.did_vocational_placed[v] += 1
            else:
                villages.did_graduates_placed[v] += 1


@kernel
def graduate(at, persons, households, villages, counties, words, chance, p):
    """The pupils of vocational schools of a block, and in months of placement the graduates."""
    if at.calendar == 12:  # only the province asks for the next year's money
        return
    a = at.first_person
    b = at.end_person
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    _flag(
        persons.age[a:b], persons.school[a:b], persons.job[a:b], persons.education[a:b],
        np.int16(12 * p.college_age), np.int16(12 * p.followed_to), flags,
    )  # fmt: skip
    if at.calendar != 6:
        count = list_flagged(flags, 1, listed)
        drawn = draw_for(chance, persons.id, a, listed, count)
        _pupils(at, persons, households, villages, drawn, p, listed, count)
    if at.calendar != SEPTEMBER and p.A3_3 + p.A3_5 > 0.0:
        count = list_flagged(flags, 2, listed)
        drawn = draw_for(chance, persons.id, a, listed, count)
        _place(at, persons, households, villages, counties, drawn, p, listed, count)


class Graduates(Mechanism):
    """Registered pupils of vocational schools are aided, certified and found a job when they leave.

    A3.3: twice a year a grant (not counted for exit), as far as the village's part of the money
    goes; a certificate at the end of the course, from classes that firms order; and a job found
    by the school in the first two years after it. Who entered in 2018 leaves in 2021, so most of
    the gain in wages comes two to three years late.
    A3.5: three times a year the county finds work for some of the registered graduates of
    vocational schools and colleges who have none, up to an age.

    It runs before schooling, so that it still sees in September who is about to leave. A
    vocational graduate is known afterwards by senior schooling and a certificate; a senior
    graduate who got one by training passes as the same.
    """

    name = "a03_graduates"
    zh = "中职资助、取证与毕业生就业帮扶"
    clauses = ("A3.3", "A3.5")
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.school",
        "person.education", "person.skill", "person.serious", "household.registered",
        "household.village", "village.county", "village.takeup", "county.capacity",
    )  # fmt: skip
    writes = (
        "household.aid", "household.granted", "village.vocational_pupils",
        "village.vocational_fund", "village.paid_vocational_grants",
        "village.did_vocational_placed", "village.did_graduates_placed",
    )  # fmt: skip
    changes = ("person.certificate", "person.job", "person.job_months", "person.wage")
    columns = (
        column("village", "vocational_pupils", "i4", "persons",
               "pupils of registered households in vocational school", "建档立卡中职在校生",
               report="total"),
        column("village", "vocational_fund", "i8", "fen",
               "what is left for this term's vocational grants", "本学期中职助学资金"),
        account("vocational_grants", "grants of registered pupils of vocational schools",
                "中职助学金支出", family="special", to="household", rank=4),
        deed("vocational_placed", "persons", "found a job by their vocational school",
             "中职推荐就业人数"),
        deed("graduates_placed", "persons", "graduates found a job by the county",
             "毕业生帮扶就业人数"),
    )  # fmt: skip
    uses = ("schooling.college_age", "pandemic.migrants_able")
    months = (3, 6, 9, 10, 12)
    rule = graduate

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Share the money for this term's grants among the villages, by their pupils."""
        if now.burn_in:
            return
        village, counties = world.village, len(world.county.code)
        grant = int(p.grant * p.A3_3 * 100.0 / 2.0)
        wanted = np.ceil(village.vocational_pupils * p.grant_reserve).astype(np.int64) * grant
        by_county = np.bincount(village.county, wanted, counties).astype(np.int64)
        world.ledger.ask("vocational_grants", by_county)
        if now.calendar not in GRANTS:
            return
        given = world.ledger.draw("vocational_grants", by_county)
        share = (given / np.maximum(by_county, 1))[village.county]
        village.vocational_fund[:] = np.floor(wanted * share).astype(np.int64)


class Boarding(Mechanism):
    """A few poor and left-behind children live with a family in a city and go to school there.

    Each September donors pay the keep of a child (not counted for exit) for a few registered
    households that have children and somebody away, the lowest seen income first among those
    willing; what is given for them is used for nothing else, so it ranks first. The register does
    not list who is a child: a dependant without a pension counts as one. Nothing else changes for
    the child; the numbers are tiny.
    """

    name = "a03_boarding"
    zh = "爱心助学家庭寄宿"
    clauses = ("A3.8",)
    reads = (
        "household.id", "household.alive", "household.village", "household.registered",
        "household.away", "household.dependants", "household.pensioners",
        "household.seen_income", "village.county",
    )  # fmt: skip
    writes = ("household.aid", "household.granted", "village.paid_boarding",
              "village.did_children_boarded")  # fmt: skip
    columns = (
        account("boarding", "keep of children who board in cities", "爱心寄宿支出",
                family="social", to="household", rank=1),
        deed("children_boarded", "children", "children who board with a family in a city",
             "爱心寄宿儿童数"),
    )  # fmt: skip
    months = (3, 6, SEPTEMBER, 12)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Find the willing, ask for their keep, and pay as far as the donations go."""
        if p.A3_8 == 0.0:
            return
        home, village = world.household, world.village
        poor = (home.registered == Registered.POOR) | (home.registered == Registered.RELAPSED)
        left = (home.away > 0) & (home.dependants > home.pensioners)
        rows = np.flatnonzero(poor & left & (home.alive == 1))
        rows = rows[draws(chance, home.id[rows])[0] < p.willing * p.A3_8]
        of = village.county[home.village[rows]]
        fen = round(p.keep * 100.0)
        wanted = np.bincount(of, minlength=len(world.county.code)) * fen
        world.ledger.ask("boarding", np.floor(wanted * p.asking).astype(np.int64))
        if now.calendar != SEPTEMBER:
            return
        given = world.ledger.draw("boarding", wanted)
        cost = np.full(len(rows), fen, np.int64)
        need = -home.seen_income[rows].astype(np.float64)
        chosen = rows[within_money(of, need, home.id[rows], cost, given)]
        home.aid[chosen] += fen
        home.granted[chosen] += fen
        np.add.at(village.paid_boarding, home.village[chosen], fen)
        np.add.at(village.did_children_boarded, home.village[chosen], 1)
