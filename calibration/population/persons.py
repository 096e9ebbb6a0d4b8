"""What a person is at the start: age, schooling, health, ability to work, job."""

from __future__ import annotations

import numpy as np

from calibration.population.library import age_group
from calibration.population.setting import Batch, Setting
from sim.world.codes import Education, Job, School, Skill

__all__ = ["people"]

_WORKING = (16, 60, 70)  # working age, the end of it, and the end of paid work


def people(setting: Setting, batch: Batch) -> None:
    """All person columns of the batch, and the counts of members that households keep."""
    _who(setting, batch)
    _school(setting, batch)
    _health(setting, batch)
    _ability(setting, batch)
    _jobs(setting, batch)
    _counts(batch)


def _who(setting: Setting, batch: Batch) -> None:
    library, draws, inputs = setting.library, setting.draws, setting.inputs
    person, member = batch.person, batch.more.pop("member")
    ids, house = person["id"], batch.household["id"]
    years = library.age[member].astype(np.int16)
    batch.more["years"], batch.more["group"] = years, age_group(years)
    person["age"] = (years * 12 + np.floor(12 * draws.uniform(ids, "birthday"))).astype(np.int16)
    for name in ("female", "relation", "married", "births", "education", "school"):
        person[name] = getattr(library, name)[member]
    county = setting.villages.county[batch.village]
    ends = np.cumsum(inputs.ethnic_shares, axis=1)[:, :-1]
    other = 1 + (draws.uniform(house, "group")[:, None] > ends[county]).sum(axis=1)
    same = draws.uniform(house, "village group") < inputs.number("same_ethnicity")
    group = np.where(same, setting.villages.group[batch.village], other)
    person["ethnicity"] = group.astype(np.int8)[batch.home]
    person["insured"] = (draws.uniform(ids, "insured") < inputs.number("insured")).astype(np.uint8)
    person["pension"] = (years >= 60).astype(np.uint8)
    person["pension"] &= draws.uniform(ids, "pension") < inputs.number("pension_share")


def _school(setting: Setting, batch: Batch) -> None:
    """Kindergarten and compulsory school; what comes after is the template's."""
    draws, inputs, person, years = setting.draws, setting.inputs, batch.person, batch.more["years"]
    school = person["school"]
    young = np.flatnonzero(years < 16)
    ids, age = person["id"][young], years[young]
    luck = draws.uniform(ids, "school")
    names = sorted(set(inputs.counties["profile"]))
    profile = np.searchsorted(names, inputs.counties["profile"])
    rates = np.stack([inputs.list("dropout", str(name)) for name in names])
    mine = profile[setting.villages.county[batch.village[batch.home[young]]]]
    out = np.where(age < 12, rates[mine, 0], rates[mine, 1])
    girls = (person["female"][young] == 1) & (mine != names.index("han"))
    times = inputs.number("dropout_girls")
    out = out * np.where(girls, times, np.where(mine == names.index("han"), 1.0, 2.0 - times))
    kinder = (age >= 3) & (age < 6) & (luck < inputs.number("preschool"))
    found = np.where(kinder, int(School.PRESCHOOL), int(School.NONE))
    found = np.where(age >= 6, int(School.PRIMARY), found)
    found = np.where(age >= 12, int(School.JUNIOR), found)
    school[young] = np.where((age >= 6) & (luck < out), int(School.DROPPED_OUT), found)


def _health(setting: Setting, batch: Batch) -> None:
    draws, inputs, person, levels = setting.draws, setting.inputs, batch.person, setting.levels
    ids, group = person["id"], batch.more["group"]
    family = draws.ratio(batch.household["id"], "health", inputs.number("family_health_sigma"))[batch.home]
    ill = levels.scaled("chronic", inputs.list("chronic_age")[group] * family, inputs.number("chronic"), cap=0.9)
    person["chronic"] = (draws.uniform(ids, "chronic") < ill).astype(np.uint8)
    risk = inputs.list("disability_age")[group] * family
    risk = levels.scaled("disability", risk, inputs.number("disability"), cap=0.8)
    disabled = np.flatnonzero(draws.uniform(ids, "disability") < risk)
    person["disability"] = np.zeros(len(ids), dtype=np.int8)
    grades = draws.choice(ids[disabled], "grade", inputs.list("disability_grades"))
    person["disability"][disabled] = 1 + grades


def _ability(setting: Setting, batch: Batch) -> None:
    draws, inputs, person, years = setting.draws, setting.inputs, batch.person, batch.more["years"]
    start, old, _ = _WORKING
    luck = draws.uniform(person["id"], "skill")
    chronic, sixty, seventy = inputs.list("weak")
    skill = np.full(len(years), int(Skill.ORDINARY), dtype=np.int8)
    skill[luck > 1.0 - inputs.number("skilled")] = Skill.SKILLED
    skill[(person["chronic"] == 1) & (luck < chronic)] = Skill.WEAK
    skill[person["disability"] == 3] = Skill.WEAK
    elder = years >= old
    weak = luck < np.where(years < 70, sixty, np.where(years < 80, seventy, 0.0))
    skill[elder] = np.where(weak, int(Skill.WEAK), int(Skill.LOST))[elder]
    skill[(person["disability"] == 1) | (person["disability"] == 2)] = Skill.LOST
    skill[years < start] = Skill.NONE
    person["skill"] = skill
    trained = (skill >= Skill.ORDINARY) & (draws.uniform(person["id"], "certificate") < inputs.number("certificate"))
    person["certificate"] = trained.astype(np.uint8)
    pupil = (person["school"] != School.NONE) & (person["school"] != School.DROPPED_OUT)
    able = (skill >= Skill.WEAK) & ~pupil
    batch.more["able"] = able
    batch.more["labour"] = np.where(able, np.where(skill == Skill.WEAK, 0.5, 1.0), 0.0)


def _jobs(setting: Setting, batch: Batch) -> None:
    """Who works away, near home, on the land; and what for."""
    draws, inputs, person, levels = setting.draws, setting.inputs, batch.person, setting.levels
    ids, education, home = person["id"], person["education"], batch.home
    weak = person["skill"] == Skill.WEAK
    cares = (batch.count(batch.more["years"] < 6) + batch.count(person["disability"] > 0)) > 0
    open_to = batch.more["able"] & (batch.more["years"] < _WORKING[2])
    by_age = np.stack([inputs.list("migrant_age", sex) for sex in ("men", "women")])
    by_age = np.concatenate([np.zeros((2, 2)), by_age, np.zeros((2, 1))], axis=1)
    away = by_age[person["female"], batch.more["group"]] * inputs.list("migrant_education")[education]
    chances = setting.villages.chances[batch.village]
    care = np.where(cares, inputs.number("migrant_care"), 1.0)
    away *= (setting.villages.migration[batch.village] * chances * care)[home]
    away *= np.where(weak, inputs.number("migrant_weak"), 1.0) * open_to
    away = levels.scaled("migrants", away, inputs.number("migrants"), cap=0.9)
    near = inputs.list("local_education")[education] * open_to * (1.0 - away)
    near *= chances[home] * np.where(weak, 0.5, 1.0)
    near = np.minimum(levels.scaled("local_jobs", near, inputs.number("local_jobs")), 1.0 - away)
    own = np.minimum(inputs.number("business_jobs") * open_to, 1.0 - away - near)
    luck = draws.uniform(ids, "job")
    job = np.where(batch.more["able"], int(Job.FARM), int(Job.NONE)).astype(np.int8)
    job[luck < away + near + own] = Job.BUSINESS
    job[luck < away + near] = Job.LOCAL
    out = np.where(draws.uniform(ids, "where") < inputs.number("migrant_in_province"), int(Job.MIGRANT_PROVINCE), int(Job.MIGRANT_OUT))
    job = np.where(luck < away, out, job).astype(np.int8)
    person["job"] = job
    person["earnings"] = draws.ratio(ids, "earnings", inputs.number("earnings_sigma")).astype(np.float32)
    time = np.floor(draws.uniform(ids, "job time") * inputs.number("job_months"))
    person["job_months"] = np.where(job == Job.NONE, 0, time).astype(np.int16)

    kind = np.zeros(len(Job), dtype=np.int64)  # 0 none, 1 local, 2 in the province, 3 outside
    kind[[Job.LOCAL, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT]] = (1, 2, 3)
    kind = kind[job]
    base = np.append(0.0, inputs.list("wage_month"))[kind]
    level = setting.villages.wage_level[setting.villages.county[batch.village]]
    base[job == Job.LOCAL] *= level[home][job == Job.LOCAL]
    wage = base * inputs.list("wage_education")[education] * person["earnings"]
    wage *= np.where(person["female"] == 1, inputs.number("wage_women"), 1.0)
    person["wage"] = np.round(wage * 100.0).astype(np.int32)
    months = np.append(0.0, inputs.list("months_paid"))[kind]
    person["months_worked"] = np.minimum(10, np.round(months)).astype(np.int8)
    batch.more["wage"] = batch.count(wage * months * np.append(0.0, inputs.list("wage_counted"))[kind])
    batch.more["own"] = batch.count((job == Job.BUSINESS) * person["earnings"])
    batch.more["home"] = batch.count(batch.more["labour"] * (kind < 2))


def _counts(batch: Batch) -> None:
    """Members of each household by what matters to it (as the month counts them)."""
    person, household, years = batch.person, batch.household, batch.more["years"]
    household["labour"] = batch.count(batch.more["labour"]).astype(np.float32)
    unable = ~batch.more["able"] & (person["school"] == School.NONE)
    late = (years >= 16) & (person["school"] >= School.SENIOR) & (person["school"] <= School.COLLEGE)
    away = (person["job"] == Job.MIGRANT_PROVINCE) | (person["job"] == Job.MIGRANT_OUT)
    for name, members in (
        ("dependants", (years < 16) | (years >= _WORKING[1]) | unable),
        ("pupils", late),
        ("ill", person["chronic"] == 1),
        ("disabled", person["disability"] > 0),
        ("out_of_school", person["school"] == School.DROPPED_OUT),
        ("uninsured", person["insured"] == 0),
        ("away", away),
    ):
        household[name] = batch.count(members).astype(np.int8)
    grown = years >= 16
    low = batch.count(grown & (person["education"] <= Education.PRIMARY))
    batch.more["unschooled"] = low / np.maximum(1.0, batch.count(grown))
    batch.more["pensioners"] = batch.count(person["pension"])
