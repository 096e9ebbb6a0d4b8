"""The members of registered households as persons of the model."""

from __future__ import annotations

import numpy as np

from calibration.population.hashing import mix, trait
from calibration.population.library import age_group
from calibration.population.persons import _counts
from calibration.population.registered.donors import (
    Donors,
    household_traits,
    person_traits,
    spans,
)
from calibration.population.registered.reading import Register
from calibration.population.registered.seen import known
from calibration.population.setting import Batch
from sim.livelihoods.transfers import DRAWS_PENSION
from sim.world.codes import Job, Registered, School, Skill

__all__ = ["people_of", "wage_of_job"]

_GROWN, _OLD, _PAID_END = 16, 60, 64
_CHRONIC, _SERIOUS, _DISABLED = 1, 2, 4  # bits of the field `health`
_NOT_LOOKING = 1000
_WAGED = (Job.LOCAL, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)
_WITHOUT_ROWS = np.uint64(1 << 32)  # numbers of members who are made up begin here

Columns = dict[str, np.ndarray]


def people_of(
    register: Register, rows: np.ndarray, donors: Donors, income: np.ndarray, wage: np.ndarray
) -> Batch:
    """Persons of households (rows of the register), and the counts that households keep.

    income: as registered, yuan a head; wage: wages of the household, yuan; NaN unknown.
    What a member's row does not say is taken from the nearest donor person, and members of
    households without any row from the nearest donor household. `village` of the batch is to be
    set by the caller.
    """
    raw, home = _rows(register, rows, donors, income)
    batch = Batch(np.zeros(len(rows), np.int64), home, whole=True)
    batch.household["id"] = register.household["id"][rows]
    batch.household["size"] = np.bincount(home, minlength=len(rows)).astype(np.int8)
    ids = raw.pop("id")
    years = np.floor(raw["months"] / 12.0)
    at = donors.for_persons(
        ids, person_traits(donors.numbers, years, raw["female"], raw["relation"],
                           raw["education"], raw["skill"])
    )  # fmt: skip
    donor, pool = donors.batch.person, donors.batch.more["years"]
    for name in raw:
        if name == "months":
            other = 12.0 * pool[at] + np.floor(12.0 * donors.setting.draws.uniform(ids, "month"))
        elif name == "joined":
            continue
        else:
            other = donor[name][at]
        raw[name] = known(raw[name], other)
    person: Columns = {"id": ids, "age": raw["months"].astype(np.int16)}
    for name in ("female", "relation", "ethnicity", "education", "school", "skill", "chronic",
                 "disability", "insured", "job", "months_worked"):  # fmt: skip
        person[name] = raw[name].astype(donor[name].dtype)
    for name in ("married", "births", "earnings"):
        person[name] = donor[name][at].copy()
    batch.person = person
    _derive(batch, donors, raw["joined"])
    _somebody_worked(batch, donors, wage)
    _counts(batch)
    return batch


def _rows(
    register: Register, rows: np.ndarray, donors: Donors, income: np.ndarray
) -> tuple[Columns, np.ndarray]:
    """Members as floats, NaN unknown, and the position of each one's household."""
    person = register.person
    first = np.searchsorted(person["home"], rows)
    count = np.searchsorted(person["home"], rows, side="right") - first
    here = spans(first, count)
    home = np.repeat(np.arange(len(rows)), count)
    raw = _said(register, here, donors)
    empty = np.flatnonzero(count == 0)
    if len(empty):
        more, of = _made_up(register, rows[empty], donors, income[empty])
        order = np.argsort(np.concatenate([home, empty[of]]), kind="stable")
        home = np.concatenate([home, empty[of]])[order]
        raw = {name: np.concatenate([raw[name], more[name]])[order] for name in raw}
    return raw, home


def _said(register: Register, here: np.ndarray, donors: Donors) -> Columns:
    """What the members' rows say, in the terms of the model."""
    said = {name: column[here] for name, column in register.person.items()}
    ids, draws = said["id"], donors.setting.draws
    born = register.year * 12.0 + 11.0 - said["birth"]
    aged = 12.0 * said["age"] + np.floor(12.0 * draws.uniform(ids, "month"))
    health = np.nan_to_num(said["health"]).astype(np.int64)
    grade = np.nan_to_num(said["disability_grade"])
    drawn = 1 + draws.choice(ids, "grade", donors.setting.inputs.list("disability_grades"))
    grade = np.where((grade == 0) & (health & _DISABLED > 0), drawn, grade)
    unsaid = np.isnan(said["health"])
    return {
        "id": ids,
        "months": np.maximum(0.0, known(born, aged)),
        "female": said["female"],
        "chronic": np.where(unsaid, np.nan, (health & (_CHRONIC | _SERIOUS)) > 0),
        "disability": np.where(unsaid & (grade == 0), np.nan, grade),
        "joined": said["pensioned"],
        **{name: said[name] for name in ("relation", "ethnicity", "education", "school", "skill",
                                         "job", "months_worked", "insured")},
    }  # fmt: skip


def _made_up(
    register: Register, rows: np.ndarray, donors: Donors, income: np.ndarray
) -> tuple[Columns, np.ndarray]:
    """Members of households that have no row of any, and each one's position in `rows`."""
    ids, nothing = register.household["id"][rows], np.full(len(rows), np.nan)
    exited = register.state()[rows] == Registered.EXITED
    size = register.household["size"][rows]
    traits = household_traits(donors.numbers, size, nothing, nothing, nothing, income, exited)
    at = donors.for_households(ids, traits)
    size = known(size, donors.batch.household["size"][at]).astype(np.int64)
    of = np.repeat(np.arange(len(rows)), size)
    within = spans(np.zeros(len(rows), np.int64), size)
    theirs = np.diff(donors.start)[at]
    member = donors.start[at][of] + within % theirs[of]  # a larger household has some twice
    person = donors.batch.person
    made: Columns = {"id": mix(ids[of], _WITHOUT_ROWS + within.astype(np.uint64))}
    made["months"] = person["age"][member].astype(np.float64)
    made["joined"] = np.full(len(member), np.nan)
    for name in ("female", "chronic", "disability", "relation", "ethnicity", "education", "school",
                 "skill", "job", "months_worked", "insured"):  # fmt: skip
        made[name] = person[name][member].astype(np.float64)
    return made, of


def _derive(batch: Batch, donors: Donors, joined: np.ndarray) -> None:
    """Ability, job, pension: what follows from the columns that are there."""
    person, setting = batch.person, donors.setting
    ids, years = person["id"], person["age"].astype(np.int64) // 12
    batch.more["years"], batch.more["group"] = years, age_group(years)
    school = person["school"]
    pupil = (school != School.NONE) & (school != School.DROPPED_OUT)
    person["skill"][(years < _GROWN) | pupil] = Skill.NONE
    able = person["skill"] >= Skill.WEAK
    batch.more["able"] = able
    batch.more["labour"] = np.where(able, np.where(person["skill"] == Skill.WEAK, 0.5, 1.0), 0.0)
    person["certificate"] = (person["skill"] == Skill.SKILLED).astype(np.uint8)
    drawn = trait(ids, DRAWS_PENSION) < setting.inputs.number("pension_share")
    drawn = np.where(np.isnan(joined), drawn, joined > 0)
    person["pension"] = ((years >= _OLD) & drawn).astype(np.uint8)
    job = person["job"]
    # posts and workshops of the plan begin later; before it such work is a job near home
    job[(job == Job.POST) | (job == Job.WORKSHOP)] = Job.LOCAL
    job[~able | ((years >= _PAID_END) & (job != Job.BUSINESS))] = Job.NONE
    job[able & (job == Job.NONE)] = Job.FARM
    wages = np.isin(job, _WAGED)
    usual = np.append(0.0, setting.inputs.list("months_paid"))[_kind(job)] * 10.0 / 12.0
    months = person["months_worked"]
    person["months_worked"] = np.where(wages & (months == 0), np.round(usual), months * wages)
    person["months_worked"] = person["months_worked"].astype(np.int8)
    time = np.floor(setting.draws.uniform(ids, "job time") * setting.inputs.number("job_months"))
    person["job_months"] = np.where(job == Job.NONE, _NOT_LOOKING, time).astype(np.int16)


def _somebody_worked(batch: Batch, donors: Donors, wage: np.ndarray) -> None:
    """Where a household has wages and no member a job, the one nearest 35 works away."""
    person, home, inputs = batch.person, batch.home, donors.setting.inputs
    lacks = batch.count(np.isin(person["job"], _WAGED)) == 0
    lacks &= np.nan_to_num(wage) >= donors.numbers.number("wage_needs_work")
    fit = np.flatnonzero(lacks[home] & batch.more["able"] & (batch.more["years"] < _PAID_END))
    order = np.lexsort((np.abs(batch.more["years"][fit] - 35), home[fit]))
    one = fit[order][np.unique(home[fit][order], return_index=True)[1]]
    inside = donors.setting.draws.uniform(person["id"][one], "where") < inputs.number(
        "migrant_in_province"
    )
    person["job"][one] = np.where(inside, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)
    person["months_worked"][one] = np.round(inputs.list("months_paid")[1] * 10.0 / 12.0)


def _kind(job: np.ndarray) -> np.ndarray:
    """0 no wage, 1 near home, 2 away in the province, 3 outside it."""
    kind = np.zeros(len(Job), dtype=np.int64)
    kind[list(_WAGED)] = (1, 2, 3)
    return kind[job]


def wage_of_job(batch: Batch, donors: Donors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Monthly wage (yuan) of each person's job at earning power one, its months in a year, and
    the share of it that counts as the household's income; all as the synthetic population has
    them."""
    inputs, villages, person = donors.setting.inputs, donors.setting.villages, batch.person
    kind = _kind(person["job"])
    wage = np.append(0.0, inputs.list("wage_month"))[kind]
    wage[kind == 1] *= villages.wage_level[donors.county]
    wage *= inputs.list("wage_education")[person["education"]]
    wage *= np.where(person["female"] == 1, inputs.number("wage_women"), 1.0)
    months = np.append(0.0, inputs.list("months_paid"))[kind]
    counted = np.append(0.0, inputs.list("wage_counted"))[kind]
    return wage, months, counted * donors.setting.levels.found["wage"]
