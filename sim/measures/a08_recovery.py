"""Action 8, social protection: school for disabled children, and rehabilitation."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import uniform, words
from sim.few import list_flagged, room_for
from sim.kernel import kernel
from sim.measures.a08_disabled import is_concerned
from sim.mechanism import Mechanism, Now
from sim.world.codes import School, Skill
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["CareCentres", "Rehabilitation", "SchoolPlaces"]

OUT, DROPPED_OUT = School.NONE, School.DROPPED_OUT


@kernel
def find_out(alive, age, school, first, last, flags):
    """Flag the children of compulsory age who are not in school."""
    for k in range(alive.size):
        out = (school[k] == OUT) | (school[k] == DROPPED_OUT)
        flags[k] = out & (age[k] >= first) & (age[k] < last) & (alive[k] != 0)


@kernel
def place(at, persons, households, villages, counties, words_, chance, p):
    """One term's start: the list of children out of school is worked through, child by child."""
    if p.A8_12 <= 0.0:
        return
    a = at.first_person
    b = at.end_person
    junior = np.int16(p.junior_age * 12)
    cost = np.int64(p.place_cost * 100.0 + 0.5)
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    find_out(
        persons.alive[a:b], persons.age[a:b], persons.school[a:b],
        np.int16(p.primary_age * 12), np.int16(p.senior_age * 12), flags,
    )  # fmt: skip
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        i = np.uint64(a) + np.uint64(listed[n])
        h = np.uint64(persons.household[i])
        disabled = persons.disability[i] > 0
        if not disabled and households.labour[h] >= p.difficult_labour:
            continue
        if not is_concerned(households.registered[h], households.dibao[h]):
            continue
        rate = p.place_disabled if disabled else p.place_difficult
        if uniform(words(chance, persons.id[i], 1)[0]) < rate * p.A8_12:
            persons.school[i] = School.PRIMARY if persons.age[i] < junior else School.JUNIOR
            v = households.village[h]
            villages.did_children_placed[v] += 1
            villages.paid_special_schooling[v] += cost


class SchoolPlaces(Mechanism):
    """At the start of each term, children of poor families out of school are placed one by one.

    A8.12 is for the disabled of compulsory age, and for minors in difficulty, taken to be those
    whose household has almost nobody able to work. A place is one in a class, a special school
    or lessons at home, as the child needs; it costs the same here.
    """

    name = "a08_school_places"
    zh = "残疾儿童和困境未成年人入学安置"
    clauses = ("A8.12",)
    reads = (
        "person.id", "person.alive", "person.age", "person.household", "person.disability",
        "household.village", "household.registered", "household.dibao", "household.labour",
    )  # fmt: skip
    writes = ("village.paid_special_schooling", "village.did_children_placed")
    changes = ("person.school",)
    columns = (
        account("special_schooling", "places for children out of school", "残疾儿童就学安置支出",
                to="supplier"),
        deed("children_placed", "persons", "children out of school who were placed",
             "安置入学儿童数"),
    )  # fmt: skip
    uses = ("schooling.primary_age", "schooling.junior_age", "schooling.senior_age")
    months = (3, 9)
    in_burn_in = False
    rule = place


@kernel
def find_mendable(alive, disability, flags):
    """Flag the disabled, but not of the worst grade."""
    for k in range(alive.size):
        flags[k] = (disability[k] > 1) & (alive[k] != 0)


@kernel
def recover(at, persons, households, villages, counties, words_, chance, p):
    """A year's rehabilitation in a county, by the share of its centre that stands."""
    served = np.float64(counties.rehabilitation[at.county])
    if served <= 0.0:
        return
    a = at.first_person
    b = at.end_person
    rate = served * p.recovery
    flags = np.zeros(room_for(b - a), np.uint8)
    listed = np.empty(flags.size, np.uint32)
    find_mendable(persons.alive[a:b], persons.disability[a:b], flags)
    count = list_flagged(flags, 1, listed)
    for n in range(np.uint64(count)):
        i = np.uint64(a) + np.uint64(listed[n])
        if uniform(words(chance, persons.id[i], 1)[0]) >= rate:
            continue
        grade = persons.disability[i]
        grade = grade + 1 if grade < 4 else 0
        persons.disability[i] = grade
        grown = persons.age[i] < p.recovery_age * 12.0 and persons.skill[i] > Skill.NONE
        if grown and persons.serious[i] == 0 and (grade == 0 or grade > p.severe_grade):
            able = Skill.ORDINARY if grade == 0 else Skill.WEAK
            persons.skill[i] = max(persons.skill[i], np.int8(able))
        villages.did_rehabilitated[households.village[persons.household[i]]] += 1


class CareCentres(Mechanism):
    """Each deep-poverty county builds a centre for rehabilitation with a special school.

    Under A8.14 it goes forward month by month, as far as the sector's money and the builders go;
    what stands, stays.
    """

    name = "a08_centres"
    zh = "康复中心和特教学校建设"
    clauses = ("A8.14",)
    reads = ("county.deep", "county.sample")
    writes = ("county.rehabilitation", "village.paid_rehabilitation")
    columns = (
        column("county", "rehabilitation", "f8", "share",
               "of the county's rehabilitation centre and special school built",
               "康复中心和特教学校建设进度", report="share"),
        account("rehabilitation", "rehabilitation centres and special schools",
                "康复特教机构建设支出", family="sector", to="supplier", rank=4),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build a month's part of what is missing."""
        county = world.county
        cost = p.centre_cost * 100.0 * county.sample
        missing = np.where(county.deep == 1, 1.0 - county.rehabilitation, 0.0) * (p.A8_14 > 0.0)
        backlog = np.floor(missing * cost).astype(np.int64)
        world.ledger.ask("rehabilitation", backlog)
        month = np.floor(np.minimum(missing, p.A8_14 / p.centre_months) * cost).astype(np.int64)
        given = world.ledger.draw("rehabilitation", month, works=True)
        county["rehabilitation"] += given / np.maximum(cost, 1.0)
        world.village.paid_rehabilitation[world.starts["village"][:-1]] += given


class Rehabilitation(Mechanism):
    """Each January a few of the disabled mend where a rehabilitation centre stands.

    Some, but not of the worst grade, gain a grade by treatment and aids; from the mildest they
    become able to work like others. The recovery is small.
    """

    name = "a08_rehabilitation"
    zh = "残疾人康复"
    clauses = ("A8.14",)
    reads = (
        "person.id", "person.alive", "person.household", "person.age", "person.serious",
        "household.village", "county.rehabilitation",
    )  # fmt: skip
    writes = ("village.did_rehabilitated",)
    changes = ("person.disability", "person.skill")
    columns = (
        deed("rehabilitated", "persons", "disabled who gained a grade by rehabilitation",
             "康复好转残疾人数"),
    )  # fmt: skip
    uses = ("a08_disabled.severe_grade",)
    months = (1,)
    in_burn_in = False
    rule = recover
