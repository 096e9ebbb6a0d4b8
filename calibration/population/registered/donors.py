"""Donors: synthetic households and persons from which what a register does not hold is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from calibration.population.goods import goods
from calibration.population.hashing import Draws
from calibration.population.households import furnish
from calibration.population.persons import people
from calibration.population.register import register
from calibration.population.registered.numbers import Numbers
from calibration.population.setting import Batch, Setting, compose
from sim.world.codes import Registered, Skill

__all__ = ["Donors", "household_traits", "make", "nearest", "person_traits", "spans"]


def make(setting: Setting, rows: np.ndarray) -> Batch:
    """The synthetic people of whole villages (rising rows of the table of villages)."""
    batch = compose(setting, rows)
    for stage in (people, furnish, register, goods):
        stage(setting, batch)
    return batch


def spans(first: np.ndarray, count: np.ndarray) -> np.ndarray:
    """first[0], first[0] + 1, ... (count[0] of them), then those of first[1], and so on."""
    ends = np.cumsum(count)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
    return np.repeat(first, count) + within


def nearest(
    pool: np.ndarray, wanted: np.ndarray, ids: np.ndarray, name: str, draws: Draws, near: int
) -> np.ndarray:
    """For each row of `wanted` one of the `near` nearest rows of `pool`, by the hash of its id.

    pool, wanted: traits in columns, already weighted; a NaN in `wanted` counts as the pool's
    mean. Depends on nothing but the row itself and the pool.
    """
    gaps = np.isnan(wanted)
    filled = np.where(gaps, np.nanmean(pool, axis=0)[None, :], wanted)
    near = min(near, len(pool))
    at = cKDTree(pool).query(filled, k=near)[1].reshape(len(wanted), near)
    turn = np.floor(draws.uniform(ids, name) * near).astype(np.int64)
    return at[np.arange(len(wanted)), turn]


def household_traits(
    numbers: Numbers, size: np.ndarray, labour: np.ndarray, elders: np.ndarray,
    children: np.ndarray, income: np.ndarray, exited: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Weighted traits by which households are alike; income: seen, yuan a head, NaN unknown."""
    with np.errstate(invalid="ignore"):
        seen = np.log(np.maximum(income, 100.0))
    columns = [np.minimum(size, 8), labour, elders, children, seen, exited]
    return np.stack([np.asarray(c, np.float64) for c in columns], axis=1) * numbers.list(
        "household_distance"
    )


def person_traits(
    numbers: Numbers, years: np.ndarray, female: np.ndarray, relation: np.ndarray,
    education: np.ndarray, skill: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Weighted traits by which persons are alike; NaN unknown."""
    able = np.where(np.isnan(skill), np.nan, skill >= Skill.WEAK)
    columns = [years / 10.0, female, relation, education, able]
    return np.stack([np.asarray(c, np.float64) for c in columns], axis=1) * numbers.list(
        "person_distance"
    )


@dataclass
class Donors:
    """The donors of a county: the ever registered of its first villages in the sampling order.

    The same whatever is sampled, so that a household becomes the same in every sample.
    """

    setting: Setting
    numbers: Numbers
    county: int
    batch: Batch = field(init=False)

    def __post_init__(self) -> None:
        villages = self.setting.villages
        first = villages.order < int(self.numbers.number("donor_villages"))
        self.batch = make(self.setting, np.flatnonzero(first & (villages.county == self.county)))
        self.start = np.searchsorted(self.batch.home, np.arange(len(self.batch.village) + 1))

    @cached_property
    def ever(self) -> np.ndarray:
        """Households that were ever registered."""
        return np.flatnonzero(self.batch.household["registered"] != Registered.NEVER)

    @cached_property
    def never_size(self) -> float:
        """Mean size of households that were never registered."""
        home = self.batch.household
        return float(home["size"][home["registered"] == Registered.NEVER].mean())

    @cached_property
    def persons(self) -> np.ndarray:
        """Members of the households that were ever registered."""
        return spans(self.start[self.ever], np.diff(self.start)[self.ever])

    def for_households(self, ids: np.ndarray, traits: np.ndarray) -> np.ndarray:
        """A donor household (row of the batch) for each row of traits."""
        at = self.ever
        home, years = self.batch.household, self.batch.more["years"]
        pool = household_traits(
            self.numbers, home["size"][at], home["labour"][at],
            self.batch.count(years >= 60)[at], self.batch.count(years < 16)[at],
            home["seen_income"][at] / 100.0, home["registered"][at] == Registered.EXITED,
        )  # fmt: skip
        near = int(self.numbers.number("donor_near"))
        return at[nearest(pool, traits, ids, "donor", self.setting.draws, near)]

    def for_persons(self, ids: np.ndarray, traits: np.ndarray) -> np.ndarray:
        """A donor person (row of the batch) for each row of traits."""
        at, person = self.persons, self.batch.person
        pool = person_traits(
            self.numbers, self.batch.more["years"][at].astype(np.float64), person["female"][at],
            person["relation"][at], person["education"][at], person["skill"][at].astype(float),
        )  # fmt: skip
        near = int(self.numbers.number("donor_near"))
        return at[nearest(pool, traits, ids, "person donor", self.setting.draws, near)]
