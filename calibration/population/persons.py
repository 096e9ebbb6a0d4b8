"""What a person is at the start: age, schooling, health, ability to work, job."""

from __future__ import annotations

import numpy as np

from calibration.population.hashing import trait
from calibration.population.library import age_group
from calibration.population.setting import Batch, Setting
from sim.livelihoods.transfers import DRAWS_PENSION
from sim.world.codes import Education, Job, School, Skill

__all__ = ["people"]

_GROWN, _OLD, _PAID_END, _LOST = 16, 60, 64, 75
"""Ages: working age begins, labour turns weak, wage work ends, labour is lost."""

_COMPULSORY = (6, 12, 15)  # ages at which primary and junior school begin and the latter ends
_NOT_LOOKING = 1000  # months without a job of those who do not look for one


def people(setting: Setting, batch: Batch) -> None:
    """All person columns of the batch, and the counts of members that households keep."""
    _who(setting, batch)
    _school(setting, batch)
    _health(setting, batch)
    _ability(setting, batch)
    _jobs(setting, batch)
    _wages(setting, batch)
    _counts(batch)


def _who(setting: Setting, batch: Batch) -> None:
    library, draws, inputs = setting.library, setting.draws, setting.inputs
    person, member = batch.person, batch.more.pop("member")
    ids, house = person["id"], batch.household["id"]
    years = library.age[member].astype(np.int16)
    batch.more["years"], batch.more["group"] = years, age_group(years)
    month = np.floor(12 * draws.uniform(ids, "birthday"))
    person["age"] = (years * 12 + month).astype(np.int16)
    for name in ("female", "relation", "married", "births", "education", "school"):
        person[name] = getattr(library, name)[member]
    county = setting.villages.county[batch.village]
    ends = np.cumsum(inputs.ethnic_shares, axis=1)[:, :-1]
    other = 1 + (draws.uniform(house, "group")[:, None] > ends[county]).sum(axis=1)
    same = draws.uniform(house, "village group") < inputs.number("same_ethnicity")
    group = np.where(same, setting.villages.group[batch.village], other)
    person["ethnicity"] = group.astype(np.int8)[batch.home]
    person["insured"] = (draws.uniform(ids, "insured") < inputs.number("insured")).astype(np.uint8)
    # the same trait by which transfers decide who draws one later on
    drawn = trait(ids, DRAWS_PENSION) < inputs.number("pension_share")
    person["pension"] = ((years >= _OLD) & drawn).astype(np.uint8)


def _school(setting: Setting, batch: Batch) -> None:
    """Kindergarten and compulsory school; what comes after is the template's."""
    draws, inputs, person, years = setting.draws, setting.inputs, batch.person, batch.more["years"]
    primary, junior, end = _COMPULSORY
    young = np.flatnonzero(years < end)
    ids, age = person["id"][young], years[young]
    luck = draws.uniform(ids, "school")
    names = sorted(set(inputs.counties["profile"]))
    profile = np.searchsorted(names, inputs.counties["profile"])
    rates = np.stack([inputs.list("dropout", str(name)) for name in names])
    mine = profile[setting.villages.county[batch.village[batch.home[young]]]]
    out = np.where(age < junior, rates[mine, 0], rates[mine, 1])
    girls = inputs.number("dropout_girls")  # the mean of both sexes is the table's rate
    uneven = np.where(person["female"][young] == 1, girls, 1.0) * 2.0 / (1.0 + girls)
    out = out * np.where(mine == names.index("han"), 1.0, uneven)
    kinder = (age >= 3) & (age < primary) & (luck < inputs.number("preschool"))
    found = np.where(kinder, int(School.PRESCHOOL), int(School.NONE))
    found = np.where(age >= primary, int(School.PRIMARY), found)
    found = np.where(age >= junior, int(School.JUNIOR), found)
    dropped = (age >= primary) & (luck < out)
    person["school"][young] = np.where(dropped, int(School.DROPPED_OUT), found)


def _health(setting: Setting, batch: Batch) -> None:
    """Long-term illness and disability, by age, gathering in families."""
    draws, inputs, person, levels = setting.draws, setting.inputs, batch.person, setting.levels
    ids, group = person["id"], batch.more["group"]
    sigma = inputs.number("family_health_sigma")
    family = draws.ratio(batch.household["id"], "health", sigma)[batch.home]
    risk = inputs.list("chronic_age")[group] * family
    risk = levels.scaled("chronic", risk, inputs.number("chronic"), cap=0.9)
    person["chronic"] = (draws.uniform(ids, "chronic") < risk).astype(np.uint8)
    risk = inputs.list("disability_age")[group] * family
    risk = levels.scaled("disability", risk, inputs.number("disability"), cap=0.8)
    disabled = np.flatnonzero(draws.uniform(ids, "disability") < risk)
    person["disability"] = np.zeros(len(ids), dtype=np.int8)
    grades = draws.choice(ids[disabled], "grade", inputs.list("disability_grades"))
    person["disability"][disabled] = 1 + grades


def _ability(setting: Setting, batch: Batch) -> None:
    """Ability to work, by the rules by which illness later takes it and gives it back."""
    draws, inputs, person, years = setting.draws, setting.inputs, batch.person, batch.more["years"]
    luck = draws.uniform(person["id"], "skill")
    chronic, elder = inputs.list("weak")
    grade, school = person["disability"], person["school"]
    pupil = (school != School.NONE) & (school != School.DROPPED_OUT)
    skill = np.full(len(years), int(Skill.ORDINARY), dtype=np.int8)
    skilled = luck > 1.0 - inputs.number("skilled")
    skill[skilled] = Skill.SKILLED
    skill[((person["chronic"] == 1) & (luck < chronic)) | (grade > 2)] = Skill.WEAK
    old = years >= _OLD
    skill[old] = np.where(luck[old] < elder, int(Skill.WEAK), int(Skill.LOST))
    skill[((grade > 0) & (grade <= 2)) | (years >= _LOST)] = Skill.LOST
    skill[(years < _GROWN) | pupil] = Skill.NONE
    person["skill"] = skill
    person["certificate"] = (skill == Skill.SKILLED).astype(np.uint8)
    able = skill >= Skill.WEAK
    batch.more["able"] = able
    batch.more["labour"] = np.where(able, np.where(skill == Skill.WEAK, 0.5, 1.0), 0.0)


def _jobs(setting: Setting, batch: Batch) -> None:
    """Who works away, near home, on the land."""
    draws, inputs, person, levels = setting.draws, setting.inputs, batch.person, setting.levels
    villages, education, home = setting.villages, person["education"], batch.home
    weak = person["skill"] == Skill.WEAK
    cares = (batch.count(batch.more["years"] < 6) + batch.count(person["disability"] > 0)) > 0
    open_to = batch.more["able"] & (batch.more["years"] < _PAID_END)
    by_age = np.stack([inputs.list("migrant_age", sex) for sex in ("men", "women")])
    by_age = np.concatenate([np.zeros((2, 2)), by_age, np.zeros((2, 1))], axis=1)
    chances = villages.chances[batch.village]
    care = np.where(cares, inputs.number("migrant_care"), 1.0)
    away = by_age[person["female"], batch.more["group"]]
    away = away * inputs.list("migrant_education")[education]
    away *= (villages.migration[batch.village] * chances * care)[home]
    away *= np.where(weak, inputs.number("migrant_weak"), 1.0) * open_to
    away = levels.scaled("migrants", away, inputs.number("migrants"), cap=0.9)
    near = inputs.list("local_education")[education] * open_to * (1.0 - away)
    near *= chances[home] * np.where(weak, 0.5, 1.0)
    near = levels.scaled("local_jobs", near, inputs.number("local_jobs"), cap=1.0 - away)
    own = np.minimum(inputs.number("business_jobs") * open_to, 1.0 - away - near)
    luck = draws.uniform(person["id"], "job")
    job = np.where(batch.more["able"], int(Job.FARM), int(Job.NONE)).astype(np.int8)
    job[luck < away + near + own] = Job.BUSINESS
    job[luck < away + near] = Job.LOCAL
    inside = draws.uniform(person["id"], "where") < inputs.number("migrant_in_province")
    out = np.where(inside, int(Job.MIGRANT_PROVINCE), int(Job.MIGRANT_OUT))
    job = np.where(luck < away, out, job).astype(np.int8)
    person["job"] = job
    time = np.floor(draws.uniform(person["id"], "job time") * inputs.number("job_months"))
    person["job_months"] = np.where(job == Job.NONE, _NOT_LOOKING, time).astype(np.int16)


def _wages(setting: Setting, batch: Batch) -> None:
    """Earning power, wage of the job, and what a year of it brings the household."""
    draws, inputs, person, home = setting.draws, setting.inputs, batch.person, batch.home
    villages, village, job = setting.villages, batch.village, person["job"]
    sigma, common = inputs.number("earnings_sigma"), inputs.number("earnings_family")
    family = draws.ratio(batch.household["id"], "earnings", sigma * common**0.5)
    level = villages.income[village] ** inputs.number("village_earnings_power")
    own = draws.ratio(person["id"], "earnings", sigma * (1.0 - common) ** 0.5)
    earnings = setting.levels.scaled("earnings", own * (family * level)[home], 1.0)
    person["earnings"] = earnings.astype(np.float32)
    kind = np.zeros(len(Job), dtype=np.int64)  # 0 no wage, 1 local, 2 in the province, 3 outside
    kind[[Job.LOCAL, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT]] = (1, 2, 3)
    kind = kind[job]
    base = np.append(0.0, inputs.list("wage_month"))[kind]
    near = job == Job.LOCAL
    base[near] *= villages.wage_level[villages.county[village]][home[near]]
    wage = base * inputs.list("wage_education")[person["education"]] * earnings
    wage *= np.where(person["female"] == 1, inputs.number("wage_women"), 1.0)
    person["wage"] = np.round(wage * 100.0).astype(np.int32)
    months = np.append(0.0, inputs.list("months_paid"))[kind]
    person["months_worked"] = np.round(months * 10.0 / 12.0).astype(np.int8)  # January to October
    counted = np.append(0.0, inputs.list("wage_counted"))[kind]
    batch.more["wage"] = batch.count(wage * months * counted)
    batch.more["own"] = batch.count((job == Job.BUSINESS) * earnings)
    batch.more["home"] = batch.count(batch.more["labour"] * (kind < 2))


def _counts(batch: Batch) -> None:
    """Members of each household by what matters to it (as the month counts them)."""
    person, household, years = batch.person, batch.household, batch.more["years"]
    household["labour"] = batch.count(batch.more["labour"]).astype(np.float32)
    school, job = person["school"], person["job"]
    for name, members in (
        ("dependants", (years < _GROWN) | (years >= _OLD) | ~batch.more["able"]),
        ("pupils", (school >= School.SENIOR) & (school <= School.COLLEGE)),
        ("ill", person["chronic"] == 1),
        ("disabled", person["disability"] > 0),
        ("out_of_school", school == School.DROPPED_OUT),
        ("uninsured", person["insured"] == 0),
        ("away", (job == Job.MIGRANT_PROVINCE) | (job == Job.MIGRANT_OUT)),
    ):
        household[name] = batch.count(members).astype(np.int8)
    grown = years >= _GROWN
    low = batch.count(grown & (person["education"] <= Education.PRIMARY))
    batch.more["unschooled"] = low / np.maximum(1.0, batch.count(grown))
    batch.more["pensioners"] = batch.count(person["pension"])
