"""The member table of a synthetic export."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from calibration.registration.synthetic import Households, State
from calibration.registration.synthetic_cells import (
    NAMES,
    PHONE,
    birth_month,
    code_words,
    documents,
    padded,
    texts,
)
from calibration.registration.synthetic_rows import Column, Rows
from sim.world.codes import Job, School, Skill

__all__ = ["MemberRows"]


class MemberRows(Rows):
    """Rows of the member table."""

    table = "member"

    def __init__(
        self, households: Households, first: int, end: int, year: int, codes: bool
    ) -> None:
        super().__init__(households, first, end, year, codes)
        start = households.base.first
        size = (start[1:] - start[:-1])[self.row]
        self.home = home = np.repeat(np.arange(len(self.row)), size)
        self.within = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size)
        self.at = start[:-1][self.row][home] + self.within
        for name in ("number", "row", "copy", "id"):
            setattr(self, name, getattr(self, name)[home])
        self.state = State(*(getattr(self.state, n)[home] for n in State.__dataclass_fields__))

    def who(self, name: str) -> np.ndarray:
        """A column of the population's persons."""
        return self.households.base.person[name][self.at]

    @cached_property
    def person(self) -> np.ndarray:
        """The number of each person in the register, without the county."""
        return self.number * 100 + self.within + 1

    def _member_id(self) -> Column:
        return padded(self.county, 6, self.person, 12)

    def _name(self) -> Column:
        return texts(NAMES, (self.person * 7 % len(NAMES)).astype(np.int64))

    def _document(self) -> Column:
        return documents(self.households.base.person, self.at, self.person, self.year)

    def _phone(self) -> Column:
        return padded(np.full(len(self), PHONE), 7, self.person % 10_000, 4)

    def _relation(self) -> Column:
        return self.coded("relation", self.who("relation"), self.who("female") != 0)

    def _female(self) -> Column:
        return self.coded("sex", self.who("female"))

    def _birth(self) -> Column:
        month = birth_month(self.who("age"))
        years, months = np.divmod(month, 12)
        words, at = np.unique(years * 100 + months + 1, return_inverse=True)
        return texts([f"{w // 100}-{w % 100:02d}" for w in words.tolist()], at)

    @cached_property
    def years(self) -> np.ndarray:
        """Age at the end of the year."""
        return (self.year * 12 + 11 - birth_month(self.who("age"))) // 12

    def _ethnicity(self) -> Column:
        return self.coded("ethnicity", self.who("ethnicity"))

    def _education(self) -> Column:
        return self.coded("education", np.where(self.years < 6, -1, self.who("education")))

    def _school(self) -> Column:
        return self.coded("school", self.who("school"))

    def _dropout_reason(self) -> Column:
        out = self.who("school") == School.DROPPED_OUT
        return texts(["", "家庭原因"], out.astype(np.int64))

    def _health(self) -> Column:
        words = code_words("health", self.codes)
        both = [words[0], words[1], words[3], f"{words[1]};{words[3]}"]
        chronic, disabled = self.who("chronic") != 0, self.who("disability") > 0
        return texts(both, chronic + 2 * disabled)

    @cached_property
    def skill(self) -> np.ndarray:
        """Ability to work; weak at most from sixty on."""
        skill = self.who("skill").astype(np.int64)
        return np.where(self.years >= 60, np.minimum(skill, int(Skill.WEAK)), skill)

    def _skill(self) -> Column:
        return self.coded("skill", self.skill)

    @cached_property
    def job(self) -> np.ndarray:
        """What they mainly do; none for those who can not work."""
        return np.where(self.skill >= Skill.WEAK, self.who("job").astype(np.int64), int(Job.NONE))

    def _job(self) -> Column:
        return self.coded("job", self.job)

    @cached_property
    def months(self) -> np.ndarray:
        """Months in paid work in the year."""
        worked = np.clip(self.who("months_worked").astype(np.int64), 1, 12)
        return np.where(self.job >= Job.LOCAL, worked, 0)

    def _months_worked(self) -> Column:
        return self.months

    @cached_property
    def insured(self) -> np.ndarray:
        """In basic insurance."""
        return self.who("insured") != 0

    def _insured(self) -> Column:
        return self.yes(self.insured)

    def _serious_insured(self) -> Column:
        return self.yes(self.insured)

    def _pensioned(self) -> Column:
        return self.yes(
            (self.who("pension") != 0) | (self.years >= 16) & (self.luck("pension") < 0.9)
        )

    def _dibao_member(self) -> Column:
        return self.yes(self.dibao_now)
