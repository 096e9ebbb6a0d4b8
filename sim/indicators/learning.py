"""School, first jobs, elders, and what schooling and ceremonies cost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.shocks.schooling import has_card
from sim.world.codes import Job, School

__all__ = ["Learning"]

_MONTHS = 12


@kernel
def _people(at, persons, households, out):
    """December, person by person: children of 6 to 15 and of 3 to 5, and those of 18 to 22."""
    for i in range(at.first_person, at.end_person):
        age = persons.age[i]
        if age < 3 * _MONTHS or age >= 23 * _MONTHS or persons.alive[i] == 0:
            continue
        school = persons.school[i]
        if age < 6 * _MONTHS:
            out[2] += 1
            out[3] += school == School.PRESCHOOL
            continue
        if age < 16 * _MONTHS:
            out[0] += school != School.NONE
            out[1] += school == School.DROPPED_OUT
        if 15 * _MONTHS <= age < 18 * _MONTHS:
            out[12] += 1
            out[13] += (school == School.SENIOR) | (school == School.VOCATIONAL)
        elif age >= 18 * _MONTHS and school == School.NONE:
            h = persons.household[i]
            if h >= 0 and has_card(households.registered[h]):
                job = persons.job[i]
                out[4] += 1
                out[5] += persons.wage[i] * ((job != Job.NONE) & (job != Job.FARM))


@kernel
def count(at, persons, households, villages, counties, out, p):
    """The month's costs by household; people and elders in December."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    ceremony = households.ceremony[rows]
    schooling = households.schooling[rows]
    state = households.registered[rows]
    people = 0
    carded = 0
    feasts = 0
    school = 0
    for k in range(size.size):  # no branch, so that several rows are counted at once
        lives = np.int64(alive[k] != 0)
        theirs = lives * np.int64(has_card(state[k]))
        people += size[k] * lives
        carded += size[k] * theirs
        feasts += ceremony[k] * lives
        school += schooling[k] * theirs
    out[6] += people
    out[7] += feasts
    out[8] += carded
    out[9] += school
    if at.calendar != 12:
        return
    _people(at, persons, households, out)
    for h in range(at.first_household, at.end_household):
        members = households.size[h]
        if members > 0 and households.pensioners[h] == members and households.alive[h] != 0:
            out[10] += 1
            out[11] += households.dibao[h] != 0


class Learning(Observation):
    """Children in and out of school, what the young earn, elders in dibao, two kinds of costs.

    out_of_school is the measure of target B12. Children who are not expected in school (unable,
    or past junior school at 15) are not counted. wage_young is over all who are out of school,
    with or without a wage.
    """

    name = "indicators_learning"
    zh = "就学、青年与老人"
    reason = "an observation"
    reads = (
        "person.alive", "person.age", "person.school", "person.household", "person.job",
        "person.wage", "household.alive", "household.size", "household.registered",
        "household.ceremony", "household.schooling", "household.pensioners", "household.dibao",
    )  # fmt: skip
    counts = (
        "children", "out", "small", "preschool", "young", "wage", "person_months", "ceremony",
        "carded_months", "schooling", "elders", "elders_dibao", "teens", "upper",
    )  # fmt: skip
    indicators = (
        Indicator("out_of_school", "share",
            "children of 6 to 15 who have dropped out, of those who should be in school",
            "六至十五岁失学辍学比例", "year"),
        Indicator("preschool", "share", "children of 3 to 5 in kindergarten", "三至五岁在园比例",
            "year"),
        Indicator("upper_school", "share", "people of 15 to 17 in senior or vocational school",
            "十五至十七岁高中阶段在校比例", "year"),
        Indicator("wage_young", "yuan/month",
            "wage of registered people of 18 to 22 out of school, those without one included",
            "建档立卡十八至二十二岁青年月均工资", "year"),
        Indicator("schooling_cost", "yuan/person-year", "paid for schooling by registered people",
            "建档立卡人均教育支出", "year"),
        Indicator("ceremony_cost", "yuan/person-year", "gifts, weddings and funerals",
            "人均人情婚丧支出", "year"),
        Indicator("elders_dibao", "share",
            "households of pensioners alone that are in minimum living", "纯老人户低保比例",
            "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Yearly numbers in December."""
        if now.calendar != 12:
            return
        yield "out_of_school", "", True, month.share("out", "children")
        yield "preschool", "", True, month.share("preschool", "small")
        yield "upper_school", "", True, month.share("upper", "teens")
        yield "wage_young", "", True, month.share("wage", "young") / 100.0
        cost = 12.0 * year.share("schooling", "carded_months") / 100.0
        yield "schooling_cost", "", True, cost
        yield "ceremony_cost", "", True, 12.0 * year.share("ceremony", "person_months") / 100.0
        yield "elders_dibao", "", True, month.share("elders_dibao", "elders")
