"""Template households: a small demographic micro-model makes some thousands of them, once.

Each has a head, perhaps a spouse, children still at home, a married-in wife and grandchildren,
parents; with ages, sexes, relations, births and schooling that hang together. How often each
template occurs in a county is found afterwards by `fitting`; the rates in here only have to
give every kind of household that is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.population.inputs import Inputs
from sim.world.codes import Education, Relation, School

__all__ = ["AGE_STARTS", "EDUCATION_AGES", "Library", "age_group", "make_library"]

AGE_STARTS = (0, 6, 16, 25, 35, 45, 60, 70)
"""First years of the age groups of the margins; the last group is open."""

EDUCATION_AGES = (16, 65)
"""First age and end of the ages whose schooling is a margin."""

_LARGEST = 10
_KEY = 20171110  # the library is the same for every seed


@dataclass(frozen=True)
class Library:
    """Template households, sorted by size, workers and age of the head.

    start: position of a household's first member, one more at the end. Members are arrays over
    all members: age in years, female, relation, married, births, education (completed by now),
    school (from 15 on; younger ones are drawn when persons are made). `aged`: group of age.
    """

    start: np.ndarray
    size: np.ndarray
    workers: np.ndarray
    age: np.ndarray
    female: np.ndarray
    relation: np.ndarray
    married: np.ndarray
    births: np.ndarray
    education: np.ndarray
    school: np.ndarray

    def sums(self, per_member: np.ndarray) -> np.ndarray:
        """Sums of a member array over the members of each household."""
        return np.add.reduceat(np.asarray(per_member, dtype=np.float64), self.start[:-1])


def age_group(years: np.ndarray) -> np.ndarray:
    """Position of each age in the age groups of the margins."""
    return np.searchsorted(np.array(AGE_STARTS[1:]), years, side="right")


class _Slots:
    """Members by slot (head, spouse, first child ...) for all households at once."""

    def __init__(self, households: int) -> None:
        self.households = households
        self.columns: list[tuple[np.ndarray, ...]] = []

    def add(self, here, age, female, relation, married, births) -> None:
        """One slot: who is there, and what he or she is (arrays or single values)."""
        slot = [
            np.broadcast_to(x, self.households)
            for x in (here, age, female, relation, married, births)
        ]
        self.columns.append((slot[0] & (slot[1] >= 0), *slot[1:]))

    def columns_of(self, field: int) -> np.ndarray:
        """Field of all slots, shape (households, slots)."""
        return np.stack([slot[field] for slot in self.columns], axis=1)


def _children(
    random: np.random.Generator, mother: np.ndarray, fertility: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers born and ages of up to five children (columns; negative: not born yet or never)."""
    wanted = np.minimum(random.poisson(fertility), 5)
    first = mother - np.maximum(18, random.normal(23, 2.6, len(mother)))
    gaps = 1.3 + random.exponential(1.7, (len(mother), 5))
    gaps[:, 0] = 0.0
    ages = np.floor(first[:, None] - np.cumsum(gaps, axis=1))
    ages[np.arange(5)[None, :] >= wanted[:, None]] = -1
    return (ages >= 0).sum(axis=1), ages


def _draw_slots(random: np.random.Generator, n: int) -> _Slots:
    """The households: who lives in each, by the course of family life."""
    slots = _Slots(n)
    head = np.floor(np.clip(random.normal(49, 14.5, n), 20, 92))
    woman = random.random(n) < np.where(head > 60, 0.18, 0.07)
    ever = random.random(n) < np.interp(head, [20, 24, 28, 34, 45], [0.25, 0.6, 0.85, 0.93, 0.95])
    widowed = random.random(n) < np.interp(
        head, [40, 60, 70, 80, 90], [0.02, 0.10, 0.25, 0.5, 0.75]
    )
    couple = ever & ~widowed & ~(woman & (random.random(n) < 0.7))
    gap = np.round(random.normal(2, 2.5, n))
    mother = np.where(woman, head, np.maximum(19, head - gap))
    spouse = np.where(woman, head + gap, mother)
    fertility = np.interp(mother, [20, 30, 45, 60, 75], [1.6, 2.0, 2.2, 2.7, 3.6]) * ever
    born, ages = _children(random, mother, fertility)
    slots.add(True, head, woman, Relation.HEAD, couple, np.where(woman, born, 0))
    slots.add(couple, spouse, ~woman, Relation.SPOUSE, True, np.where(woman, 0, born))

    heir = np.zeros(n, dtype=bool)  # a son has brought a wife home
    for k in range(5):
        age = ages[:, k]
        girl = random.random(n) < 0.475
        leaves = np.where(
            girl,
            np.interp(age, [17, 20, 24, 30], [0.0, 0.15, 0.6, 0.93]),
            np.interp(age, [18, 24, 30, 40], [0.0, 0.10, 0.45, 0.65]),
        )
        home = (age >= 0) & (random.random(n) >= leaves)
        weds = (
            home
            & ~girl
            & ~heir
            & (random.random(n) < np.interp(age, [20, 23, 28, 33], [0.0, 0.35, 0.8, 0.9]))
        )
        heir |= weds
        slots.add(home, age, girl, Relation.CHILD, weds, 0)
        wife = np.maximum(19, age - np.round(random.normal(1.5, 2, n)))
        grand_born, grand = _children(random, wife, np.full(n, 1.9))
        slots.add(weds, wife, True, Relation.OTHER, True, grand_born)
        for g in range(3):
            here = weds & (grand[:, g] < 20)
            slots.add(here, grand[:, g], random.random(n) < 0.47, Relation.GRANDCHILD, False, 0)

    keeps = ~woman & (random.random(n) < np.interp(head, [24, 35, 60, 70], [0.75, 0.55, 0.35, 0.1]))
    old_mother = head + np.round(random.normal(24.5, 3, n))
    old_father = old_mother + np.round(random.normal(2, 2.5, n))
    lives = 1.0 / (
        1.0 + np.exp((np.stack([old_mother, old_father]) - np.array([[79], [76]])) / 6.0)
    )
    alive = random.random((2, n)) < lives
    slots.add(
        keeps & alive[0],
        old_mother,
        True,
        Relation.PARENT,
        alive[0] & alive[1],
        random.poisson(3.6, n),
    )
    slots.add(keeps & alive[1], old_father, False, Relation.PARENT, alive[0] & alive[1], 0)
    other = (random.random(n) < 0.05) & (head < 60)
    slots.add(
        other,
        np.clip(head + np.round(random.normal(-2, 6, n)), 16, 90),
        random.random(n) < 0.25,
        Relation.OTHER,
        False,
        0,
    )
    return slots


def _schooling(
    random: np.random.Generator, age: np.ndarray, female: np.ndarray, inputs: Inputs
) -> tuple[np.ndarray, np.ndarray]:
    """Completed schooling and school of each member, from what people of the age end up with."""
    table = np.array(list(inputs.rows["library_education"].value.values()))
    group = np.clip(np.searchsorted([25, 35, 45, 55, 65], age, side="right"), 0, len(table) - 1)
    shares = table[group]
    tilt = np.where(female, 1.0, 0.0)[:, None] * np.interp(age, [16, 65], [0.1, 0.6])[:, None]
    shares = shares * np.exp(-tilt * np.arange(5))
    ends = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    final = (random.random(len(age))[:, None] > ends[:, :-1]).sum(axis=1)
    school = np.full(len(age), int(School.NONE))
    pupil = (age >= 15) & (age <= 17) & (final >= Education.SENIOR)
    school[pupil] = np.where(
        random.random(pupil.sum()) < 0.3, int(School.VOCATIONAL), int(School.SENIOR)
    )
    college = (age >= 18) & (age <= 21) & (final == Education.COLLEGE)
    school[college] = School.COLLEGE
    now = np.where(pupil, int(Education.JUNIOR), np.where(college, int(Education.SENIOR), final))
    now = np.where(
        age < 15, np.where(age >= 12, int(Education.PRIMARY), int(Education.ILLITERATE)), now
    )
    return now, school


def make_library(inputs: Inputs) -> Library:
    """The template households; always the same for the same inputs."""
    random = np.random.Generator(np.random.Philox(key=_KEY))
    slots = _draw_slots(random, int(inputs.number("library_households")))
    here = slots.columns_of(0)
    fields = [slots.columns_of(k) for k in range(1, 6)]
    age = fields[0]
    workers = (here & (age >= 16) & (age < 60)).sum(axis=1)
    keep = here.sum(axis=1) <= _LARGEST
    # rank: neighbours in the order are alike, so that systematic sampling controls size,
    # number of workers and stage of life in every village
    order = np.lexsort((age[:, 0], workers, here.sum(axis=1)))
    order = order[keep[order]]
    here, workers = here[order], workers[order]
    flat = [field[order][here] for field in fields]
    years = flat[0].astype(np.int64)
    education, school = _schooling(random, years, flat[1], inputs)
    size = here.sum(axis=1)
    return Library(
        start=np.concatenate([[0], np.cumsum(size)]),
        size=size,
        workers=workers,
        age=years,
        female=flat[1].astype(np.uint8),
        relation=flat[2].astype(np.int8),
        married=flat[3].astype(np.uint8),
        births=np.minimum(flat[4], 10).astype(np.int8),
        education=education.astype(np.int8),
        school=school.astype(np.int8),
    )
