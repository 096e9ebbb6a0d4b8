"""The rows of the margin report, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from calibration.population import fitting
from calibration.population.goods import COMPONENTS
from calibration.population.library import AGE_STARTS, EDUCATION_AGES, age_group
from calibration.population.register import LINE_START
from calibration.population.setting import Setting
from sim.calendar import month_index
from sim.world.codes import Ethnicity, HouseGrade, Job, Registered

__all__ = [
    "MarginRow", "Seen", "counties", "homes", "money", "people", "places", "register", "totals",
]  # fmt: skip

_WRONG = 1.5  # lines above which a registered poor household is counted as an inclusion error


@dataclass(frozen=True)
class MarginRow:
    """One line: `asked` is None where nothing was asked, and the line only describes.

    fitted: whether the population is made to meet it; otherwise it follows from other things and
    is compared only.
    """

    group: str
    name: str
    asked: float | None
    got: float
    unit: str
    grade: str = ""
    fitted: bool = True

    @property
    def off(self) -> float:
        """Difference of got from asked relative to asked; NaN where nothing was asked."""
        if self.asked is None or self.asked == 0:
            return float("nan")
        return self.got / self.asked - 1.0


class Seen:
    """A population with weights: how many of its kind each row stands for."""

    def __init__(self, setting: Setting, tables: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        self.person, self.household = tables["person"], tables["household"]
        self.village, self.natural = tables["village"], tables["natural"]
        self.township, self.county = tables["township"], tables["county"]
        weight = 1.0 / self.county["sample"]
        self.of_household = self.village["county"][self.household["village"]]
        self.by_household = weight[self.of_household]
        self.by_person = self.by_household[self.person["household"]]
        real = self.village["site"] == 0
        self.by_village = np.where(real, weight[self.village["county"]], 0.0)
        self.by_natural = self.by_village[self.natural["village"]]
        self.heads = self.household["size"] * self.by_household
        villages = setting.villages
        codes = setting.inputs.counties["code"]
        self.positions = np.searchsorted(codes, self.county["code"])
        self.whole = len(self.positions) == len(codes)
        self.built = np.isin(villages.county, self.positions)
        self.county_persons = np.bincount(villages.county, villages.persons, len(codes))

    def shares(self, setting: Setting, name: str) -> np.ndarray:
        """A margin's shares over the counties built, profiles weighted by their people."""
        inputs = setting.inputs
        if not isinstance(inputs.rows[name].value, dict):
            return inputs.list(name) / inputs.list(name).sum()
        weight = self.county_persons[self.positions]
        lists = [inputs.list(name, str(p)) for p in inputs.counties["profile"][self.positions]]
        return np.average([one / one.sum() for one in lists], axis=0, weights=weight)

    def year(self, setting: Setting) -> np.ndarray:
        """Income of 2016 by component, yuan a household, from the window since October."""
        level = 100.0 * setting.inputs.number("income_at_start")
        parts = []
        for name in COMPONENTS:
            october = setting.inputs.list("season", name)[9]
            parts.append(self.household[f"window_{name}"] / (level * october))
        return np.stack(parts)


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float((values * weight).sum() / weight.sum())


def _plain(setting: Setting, group: str, name: str, got: float, fitted: bool = True) -> MarginRow:
    """A row of a margin that is one number."""
    row = setting.inputs.rows[name]
    label = name.replace("_", " ")
    return MarginRow(group, label, float(row.value), float(got), row.unit, row.grade, fitted)


def totals(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """How many there are, in the scope and as agents."""
    villages, built, group = setting.villages, seen.built, "size"
    grade = setting.inputs.rows["persons"].grade
    asked = float(villages.persons[built].sum())
    yield MarginRow(group, "persons", asked, float(seen.by_person.sum()), "persons", grade)
    asked, got = float(villages.households[built].sum()), float(seen.by_household.sum())
    yield MarginRow(group, "households", asked, got, "households", grade)
    asked, got = float(built.sum()), float(seen.by_village.sum())
    yield MarginRow(group, "villages", asked, got, "villages", "published")
    for name, table in (
        ("persons", seen.person),
        ("households", seen.household),
        ("natural villages", seen.natural),
        ("townships", seen.township),
        ("counties", seen.county),
    ):
        got = float(len(next(iter(table.values()))))
        yield MarginRow(group, f"rows: {name}", None, got, "rows")
    got = float((seen.by_village > 0).sum())
    yield MarginRow(group, "rows: villages", None, got, "rows")
    got = float((seen.village["site"] == 1).sum())
    yield MarginRow(group, "rows: resettlement sites", None, got, "rows")


def register(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """The register at the end of 2016, and how it lies to the truth."""
    group, inputs, household = "register, end of 2016", setting.inputs, seen.household
    rows, villages, built = inputs.rows, setting.villages, seen.built
    state, heads = household["registered"], seen.heads
    size = villages.persons[built]
    asked_poor = float((size * villages.poor[built]).sum())
    asked_ever = float((size * villages.ever[built]).sum())
    poor, ever = state == Registered.POOR, state != Registered.NEVER
    grade = rows["registered_poor"].grade
    got = float(heads[poor].sum())
    yield MarginRow(group, "registered poor", asked_poor, got, "persons", grade)
    asked, got = asked_poor / float(size.sum()), got / float(heads.sum())
    yield MarginRow(group, "incidence", asked, got, "share", grade)
    got, grade = float(heads[ever].sum()), rows["registered_2013"].grade
    yield MarginRow(group, "poor or exited since 2013", asked_ever, got, "persons", grade)
    grade = rows["exit_cohorts"].grade
    for label, share in zip(
        rows["exit_cohorts"].labels, seen.shares(setting, "exit_cohorts"), strict=True
    ):
        got = float(heads[household["exit_month"] == month_index(f"{label}-12")].sum())
        asked = float(share * (asked_ever - asked_poor))
        yield MarginRow(group, f"left in {label}", asked, got, "persons", grade)
    deep = float(seen.by_village[seen.village["deep"] == 1].sum())
    row = _plain(setting, group, "deep_villages", deep, False)
    yield row if seen.whole else MarginRow(group, row.name, None, deep, row.unit)
    year = seen.year(setting).sum(axis=0) / np.maximum(household["size"], 1)
    line = inputs.number(LINE_START)
    under = year < line
    yield _plain(setting, group, "income_poor_share", heads[under].sum() / heads.sum(), False)
    wrong = heads[poor & (year > _WRONG * line)].sum() / heads[poor].sum()
    yield _plain(setting, group, "inclusion_error", wrong, False)
    missed = float(heads[under & ~poor].sum() / heads[under].sum())
    yield MarginRow(group, "under the line, not registered", None, missed, "share")
    grade = rows["cause"].grade
    for k, label in enumerate(rows["cause"].labels):
        asked = float(seen.shares(setting, "cause")[k])
        got = _mean(household["cause"][ever] == k + 1, seen.by_household[ever])
        yield MarginRow(group, f"cause: {label}", asked, got, "share", grade)
    for name, chosen in (("dibao_poor", poor), ("dibao_other", ~poor)):
        got = _mean(household["dibao"][chosen], seen.by_household[chosen])
        yield _plain(setting, group, name, got)


def people(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """Age, sex, schooling, ethnic group, health, work."""
    group, inputs, person, weight = "persons", setting.inputs, seen.person, seen.by_person
    rows, years, job = inputs.rows, seen.person["age"] // 12, seen.person["job"]
    bands = age_group(years)
    women = inputs.list("female")
    for k, label in enumerate(rows["age"].labels):
        asked = float(seen.shares(setting, "age")[k])
        got = _mean(bands == k, weight)
        yield MarginRow(group, f"age {label}", asked, got, "share", rows["age"].grade)
    for k, label in enumerate(rows["female"].labels):
        mine = bands == k
        got = _mean(person["female"][mine], weight[mine])
        grade = rows["female"].grade
        yield MarginRow(group, f"women of {label}", float(women[k]), got, "share", grade)
    adult = (years >= EDUCATION_AGES[0]) & (years < EDUCATION_AGES[1])
    for k, label in enumerate(rows["education"].labels):
        asked = float(seen.shares(setting, "education")[k])
        got = _mean(person["education"][adult] == k, weight[adult])
        grade = rows["education"].grade
        yield MarginRow(group, f"schooling {label} (16-64)", asked, got, "share", grade)
    mix = np.average(
        inputs.ethnic_shares[seen.positions],
        axis=0,
        weights=seen.county_persons[seen.positions],
    )
    for k, one in enumerate(Ethnicity):
        got = _mean(person["ethnicity"] == one, weight)
        yield MarginRow(group, one.name.capitalize(), float(mix[k]), got, "share", "recalled")
    away = (job == Job.MIGRANT_OUT) | (job == Job.MIGRANT_PROVINCE)
    yield _plain(setting, group, "chronic", _mean(person["chronic"], weight))
    yield _plain(setting, group, "disability", _mean(person["disability"] > 0, weight))
    yield _plain(setting, group, "insured", _mean(person["insured"], weight))
    yield _plain(setting, group, "migrants", _mean(away, weight))
    yield _plain(setting, group, "local_jobs", _mean(job == Job.LOCAL, weight))
    labour = (seen.household["labour"] * seen.by_household).sum() / weight.sum()
    yield _plain(setting, group, "labour_share", labour, False)


def homes(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """Household size and labour, land, house, water, road."""
    group, inputs, household, weight = (
        "households", setting.inputs, seen.household, seen.by_household,
    )  # fmt: skip
    count = np.bincount(setting.villages.county, setting.villages.households)[seen.positions]
    targets = [fitting.county_targets(inputs, setting.library, int(c)) for c in seen.positions]
    asked = np.average(targets, axis=0, weights=count)
    years = seen.person["age"] // 12
    working = (years >= AGE_STARTS[2]) & (years < AGE_STARTS[6])
    workers = np.bincount(seen.person["household"], working, len(weight))
    for k, name in enumerate(fitting.labels()):
        kind, label = name.split(":")[:2]
        if kind == "household_size":
            got = _mean(np.minimum(household["size"], 7) == int(label), weight)
            text = f"of {label}{'+' if label == '7' else ''} persons"
        elif kind == "labour_members":
            got = _mean(np.minimum(workers, 4) == int(label), weight)
            text = f"with {label}{'+' if label == '4' else ''} of 16-59"
        else:
            continue
        yield MarginRow(group, text, float(asked[k]), got, "share", inputs.rows[kind].grade)
    wet = (household["irrigated"] * weight).sum() / (household["land"] * weight).sum()
    yield _plain(setting, group, "land", _mean(household["land"], weight))
    yield _plain(setting, group, "irrigated_share", wet)
    yield _plain(setting, group, "house_d", _mean(household["house"] == HouseGrade.D, weight))
    yield _plain(setting, group, "house_c", _mean(household["house"] == HouseGrade.C, weight))
    yield _plain(setting, group, "water_unsafe", _mean(household["water"] == 0, weight))
    yield _plain(setting, group, "distance", _mean(household["distance"], weight))


def money(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """Income by component and its spread, what is owned and owed."""
    group, weight, heads = "income of 2016 and money", seen.by_household, seen.heads
    parts = seen.year(setting)
    for name, values in zip(COMPONENTS, parts, strict=True):
        got = (values * weight).sum() / heads.sum()
        yield _plain(setting, group, f"income_{name}", got)
    each = parts.sum(axis=0) / np.maximum(seen.household["size"], 1)
    order = np.argsort(each)
    along = np.cumsum(heads[order])
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        value = float(each[order][np.searchsorted(along, share * along[-1])])
        text = f"{round(100 * share)} % live on less than"
        yield MarginRow(group, text, None, value, "yuan/year")
    for name in ("cash", "livestock", "debt_bank", "debt_kin", "debt_house"):
        yield _plain(setting, group, name, _mean(seen.household[name] / 100.0, weight))


def places(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """Villages and natural villages."""
    group, village, weight = "villages", seen.village, seen.by_village
    yield _plain(setting, group, "poor_villages", _mean(village["poor_village"], weight))
    yield _plain(setting, group, "natural_villages", seen.by_natural.sum() / weight.sum())
    yield _plain(setting, group, "harsh", _mean(seen.natural["harsh"], seen.by_natural))
    yield _plain(setting, group, "clinic", _mean(village["clinic"], weight))
    zero = village["collective_last"] == 0
    yield _plain(setting, group, "collective_zero", _mean(zero, weight))
    size = village["persons"][weight > 0]
    for share in (1, 10, 50, 90, 99):
        got = float(np.percentile(size, share))
        yield MarginRow(group, f"persons, percentile {share}", None, got, "persons")


def counties(setting: Setting, seen: Seen) -> Iterator[MarginRow]:
    """Registered incidence and people of each county."""
    inputs, villages, count = setting.inputs, setting.villages, len(seen.county["code"])
    size = seen.household["size"].astype(np.float64)
    poor = size * (seen.household["registered"] == Registered.POOR)
    persons = np.bincount(seen.of_household, size, count)
    got = np.bincount(seen.of_household, poor, count) / persons
    asked = np.bincount(villages.county, villages.poor * villages.persons) / seen.county_persons
    known = ~np.isnan(inputs.counties["incidence_2013"])
    names = [f"{inputs.counties['code'][p]} {inputs.counties['county'][p]}" for p in seen.positions]
    for c, p in enumerate(seen.positions):
        grade = "published (2013)" if known[p] else "assumed"
        yield MarginRow(
            "incidence by county", names[c], float(asked[p]), float(got[c]), "share", grade
        )
    for c, p in enumerate(seen.positions):
        total = float(persons[c] / seen.county["sample"][c])
        people = float(seen.county_persons[p])
        yield MarginRow("persons by county", names[c], people, total, "persons", "recalled")
