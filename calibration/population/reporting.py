"""Margins asked for and got: what a population was meant to agree with, and how well it does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.population import fitting
from calibration.population.goods import COMPONENTS
from calibration.population.library import AGE_STARTS, EDUCATION_AGES, age_group
from calibration.population.register import LINE_START
from calibration.population.setting import Setting, make_setting
from sim.calendar import month_index
from sim.world.codes import Ethnicity, HouseGrade, Job, Registered

__all__ = ["MarginReport", "MarginRow", "report"]

Tables = dict[str, dict[str, np.ndarray]]


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


@dataclass(frozen=True)
class MarginReport:
    """All rows; `str(report)` is the table as text."""

    rows: list[MarginRow]

    def __str__(self) -> str:
        lines = [_line("margin", "asked", "got", "off", "unit", "grade")]
        group = ""
        for row in self.rows:
            if row.group != group:
                group = row.group
                lines += ["", group]
            asked = "" if row.asked is None else _number(row.asked)
            off = "" if np.isnan(row.off) else f"{100 * row.off:+.1f} %"
            grade = row.grade if row.fitted or row.asked is None else f"{row.grade}, not fitted"
            lines.append(_line("  " + row.name, asked, _number(row.got), off, row.unit, grade))
        return "\n".join(line.rstrip() for line in lines)


def report(population: Tables) -> MarginReport:
    """Compare a population of `build` with what it was asked to be.

    A sample is scaled up by each county's sampled share; its rows then differ from the margins by
    chance as well.
    """
    about = getattr(population, "about", {})
    setting = make_setting(about.get("seed", 2017), about.get("changes"))
    seen = _Seen(setting, population)
    rows: list[MarginRow] = []
    for part in (_totals, _register, _people, _homes, _money, _places, _counties):
        rows += part(setting, seen)
    return MarginReport(rows)


class _Seen:
    """A population with weights: how many of its kind each row stands for."""

    def __init__(self, setting: Setting, tables: Tables) -> None:
        self.person, self.household, self.village = (
            tables["person"],
            tables["household"],
            tables["village"],
        )
        self.natural, self.township, self.county = (
            tables["natural"],
            tables["township"],
            tables["county"],
        )
        weight = 1.0 / self.county["sample"]
        self.of_household = self.village["county"][self.household["village"]]
        self.of_person = self.of_household[self.person["household"]]
        self.by_household, self.by_person = weight[self.of_household], weight[self.of_person]
        self.by_village = np.where(self.village["site"] == 0, weight[self.village["county"]], 0.0)
        self.by_natural = self.by_village[self.natural["village"]]
        self.positions = np.searchsorted(setting.inputs.counties["code"], self.county["code"])
        built = np.isin(setting.villages.county, self.positions)
        self.all_villages = np.flatnonzero(built)
        villages = setting.villages
        size = villages.persons[built].astype(np.float64)
        self.all_persons = float(size.sum())
        self.all_poor = float((size * villages.poor[built]).sum())
        self.all_ever = float((size * villages.ever[built]).sum())
        self.county_persons = np.bincount(
            villages.county, villages.persons, len(setting.inputs.counties["code"])
        )

    def mean(self, setting: Setting, name: str) -> np.ndarray:
        """A margin's shares over the counties built, profiles weighted by their people."""
        inputs = setting.inputs
        if not isinstance(inputs.rows[name].value, dict):
            return inputs.list(name)
        weight = self.county_persons[self.positions]
        profiles = inputs.counties["profile"][self.positions]
        lists = np.stack(
            [inputs.list(name, str(p)) / inputs.list(name, str(p)).sum() for p in profiles]
        )
        return np.average(lists, axis=0, weights=weight)


def _mean(values: np.ndarray, weight: np.ndarray) -> float:
    return float((values * weight).sum() / weight.sum())


def _totals(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, grade = "size", setting.inputs.rows["persons"].grade
    yield MarginRow(
        group, "persons", seen.all_persons, float(seen.by_person.sum()), "persons", grade
    )
    houses = float(setting.villages.households[seen.all_villages].sum())
    yield MarginRow(group, "households", houses, float(seen.by_household.sum()), "households")
    yield MarginRow(
        group,
        "villages",
        float(len(seen.all_villages)),
        float(seen.by_village.sum()),
        "villages",
        "published",
    )
    for name, number in (
        ("agents: persons", len(seen.person["id"])),
        ("agents: households", len(seen.household["id"])),
        ("agents: villages", int((seen.village["site"] == 0).sum())),
        ("agents: natural villages", len(seen.natural["id"])),
        ("townships", len(seen.township["code"])),
        ("counties", len(seen.county["code"])),
    ):
        yield MarginRow(group, name, None, float(number), "rows")


def _register(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, inputs, household = "register, end of 2016", setting.inputs, seen.household
    rows = inputs.rows
    people = household["size"] * seen.by_household
    state = household["registered"]
    total = people.sum()
    poor, exited = people[state == Registered.POOR].sum(), people[state == Registered.EXITED].sum()
    yield MarginRow(
        group,
        "registered poor",
        seen.all_poor,
        float(poor),
        "persons",
        rows["registered_poor"].grade,
    )
    yield MarginRow(
        group,
        "incidence",
        seen.all_poor / seen.all_persons,
        float(poor / total),
        "share",
        rows["registered_poor"].grade,
    )
    yield MarginRow(
        group,
        "poor or exited since 2013",
        seen.all_ever,
        float(poor + exited),
        "persons",
        rows["registered_2013"].grade,
    )
    for label, asked in zip(rows["exit_cohorts"].labels, inputs.list("exit_cohorts"), strict=True):
        got = people[household["exit_month"] == month_index(f"{label}-12")].sum()
        asked = asked * (seen.all_ever - seen.all_poor)
        yield MarginRow(
            group,
            f"left in {label}",
            float(asked),
            float(got),
            "persons",
            rows["exit_cohorts"].grade,
        )
    deep = seen.village["deep"] == 1
    whole = len(seen.positions) == len(inputs.counties["code"])
    row = rows["deep_villages"]
    asked_deep = inputs.number("deep_villages") if whole else None
    yield MarginRow(
        group,
        "deep-poverty villages",
        asked_deep,
        float(seen.by_village[deep].sum()),
        "villages",
        row.grade,
        False,
    )
    year = _income(setting, seen).sum(axis=0) / np.maximum(household["size"], 1)
    line = inputs.number(LINE_START)
    row = rows["income_poor_share"]
    got = float(people[year < line].sum() / total)
    yield MarginRow(
        group,
        "truly under the line",
        inputs.number("income_poor_share"),
        got,
        "share",
        row.grade,
        False,
    )
    wrong = people[(state == Registered.POOR) & (year > 1.5 * line)].sum() / poor
    row = rows["inclusion_error"]
    yield MarginRow(
        group,
        "registered above 1.5 lines",
        inputs.number("inclusion_error"),
        float(wrong),
        "share",
        row.grade,
        False,
    )
    missed = people[(state != Registered.POOR) & (year < line)].sum() / people[year < line].sum()
    yield MarginRow(group, "under the line, not registered", None, float(missed), "share")
    ever = state != Registered.NEVER
    for k, label in enumerate(rows["cause"].labels):
        got = _mean(household["cause"][ever] == k + 1, seen.by_household[ever])
        yield MarginRow(
            group,
            f"cause: {label}",
            float(inputs.list("cause")[k] / inputs.list("cause").sum()),
            got,
            "share",
            rows["cause"].grade,
        )
    for name, chosen in (
        ("dibao_poor", state == Registered.POOR),
        ("dibao_other", state != Registered.POOR),
    ):
        got = _mean(household["dibao"][chosen], seen.by_household[chosen])
        yield MarginRow(
            group, name.replace("_", ", "), inputs.number(name), got, "share", rows[name].grade
        )


def _people(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, inputs, person, weight = "persons", setting.inputs, seen.person, seen.by_person
    rows = inputs.rows
    years = person["age"] // 12
    bands = age_group(years)
    share = seen.mean(setting, "age")
    women = inputs.list("female")
    for k, label in enumerate(rows["age"].labels):
        yield MarginRow(
            group,
            f"age {label}",
            float(share[k]),
            _mean(bands == k, weight),
            "share",
            rows["age"].grade,
        )
    for k, label in enumerate(rows["age"].labels):
        mine = bands == k
        yield MarginRow(
            group,
            f"women of {label}",
            float(women[k]),
            _mean(person["female"][mine], weight[mine]),
            "share",
            rows["female"].grade,
        )
    adult = (years >= EDUCATION_AGES[0]) & (years < EDUCATION_AGES[1])
    share = seen.mean(setting, "education")
    for k, label in enumerate(rows["education"].labels):
        got = _mean(person["education"][adult] == k, weight[adult])
        yield MarginRow(
            group,
            f"schooling {label} (16-64)",
            float(share[k]),
            got,
            "share",
            rows["education"].grade,
        )
    mix = np.average(
        inputs.ethnic_shares[seen.positions], axis=0, weights=seen.county_persons[seen.positions]
    )
    for k, one in enumerate(Ethnicity):
        yield MarginRow(
            group,
            one.name.capitalize(),
            float(mix[k]),
            _mean(person["ethnicity"] == one, weight),
            "share",
            "recalled",
        )
    job = person["job"]
    for name, got in (
        ("chronic", _mean(person["chronic"], weight)),
        ("disability", _mean(person["disability"] > 0, weight)),
        ("insured", _mean(person["insured"], weight)),
        ("migrants", _mean((job == Job.MIGRANT_OUT) | (job == Job.MIGRANT_PROVINCE), weight)),
        ("local_jobs", _mean(job == Job.LOCAL, weight)),
        (
            "labour_share",
            float((seen.household["labour"] * seen.by_household).sum() / weight.sum()),
        ),
    ):
        yield MarginRow(
            group,
            name.replace("_", " "),
            inputs.number(name),
            got,
            "share",
            rows[name].grade,
            name != "labour_share",
        )


def _homes(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, inputs, household, weight = (
        "households",
        setting.inputs,
        seen.household,
        seen.by_household,
    )
    rows = inputs.rows
    names = fitting.labels()
    counts = setting.villages.households
    county = setting.villages.county
    by_county = np.bincount(county, counts, len(inputs.counties["code"]))[seen.positions]
    asked = np.average(
        [fitting.county_targets(inputs, setting.library, int(c)) for c in seen.positions],
        axis=0,
        weights=by_county,
    )
    years = seen.person["age"] // 12
    workers = np.bincount(
        seen.person["household"], (years >= AGE_STARTS[2]) & (years < AGE_STARTS[6]), len(weight)
    )
    for k, name in enumerate(names):
        kind, label = name.split(":")[:2]
        if kind == "household_size":
            got = _mean(np.minimum(household["size"], 7) == int(label), weight)
            yield MarginRow(
                group,
                f"of {label}{'+' if label == '7' else ''} persons",
                float(asked[k]),
                got,
                "share",
                rows[kind].grade,
            )
        elif kind == "labour_members":
            got = _mean(np.minimum(workers, 4) == int(label), weight)
            yield MarginRow(
                group,
                f"with {label}{'+' if label == '4' else ''} of 16-59",
                float(asked[k]),
                got,
                "share",
                rows[kind].grade,
            )
    for name, got, unit in (
        ("land", _mean(household["land"], weight), "mu"),
        (
            "irrigated_share",
            float((household["irrigated"] * weight).sum() / (household["land"] * weight).sum()),
            "share",
        ),
        ("house_d", _mean(household["house"] == HouseGrade.D, weight), "share"),
        ("house_c", _mean(household["house"] == HouseGrade.C, weight), "share"),
        ("water_unsafe", _mean(household["water"] == 0, weight), "share"),
        ("distance", _mean(household["distance"], weight), "km"),
    ):
        yield MarginRow(
            group, name.replace("_", " "), inputs.number(name), got, unit, rows[name].grade
        )


def _income(setting: Setting, seen: _Seen) -> np.ndarray:
    """Income of 2016 by component, yuan a household, from the window since October."""
    inputs = setting.inputs
    level = 100.0 * inputs.number("income_at_start")
    parts = [
        seen.household[f"window_{name}"] / (level * inputs.list("season", name)[9])
        for name in COMPONENTS
    ]
    return np.stack(parts)


def _money(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, inputs, weight = "income of 2016 and money", setting.inputs, seen.by_household
    rows = inputs.rows
    heads = (seen.household["size"] * weight).sum()
    parts = _income(setting, seen)
    for name, values in zip(COMPONENTS, parts, strict=True):
        row = rows[f"income_{name}"]
        yield MarginRow(
            group,
            f"{name} income a head",
            float(row.value),
            float((values * weight).sum() / heads),
            row.unit,
            row.grade,
        )
    each = parts.sum(axis=0) / np.maximum(seen.household["size"], 1)
    order = np.argsort(each)
    along = np.cumsum((seen.household["size"] * weight)[order])
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        value = each[order][np.searchsorted(along, share * along[-1])]
        yield MarginRow(
            group, f"{round(100 * share)} % live on less than", None, float(value), "yuan/year"
        )
    for name in ("cash", "livestock", "debt_bank", "debt_kin", "debt_house"):
        got = _mean(seen.household[name] / 100.0, weight)
        yield MarginRow(
            group, name.replace("_", ", "), inputs.number(name), got, "yuan", rows[name].grade
        )


def _places(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    group, inputs, village, weight = "villages", setting.inputs, seen.village, seen.by_village
    rows = inputs.rows
    for name, got, unit in (
        ("poor_villages", _mean(village["poor_village"], weight), "share"),
        ("natural_villages", float(seen.by_natural.sum() / weight.sum()), "count"),
        ("harsh", _mean(seen.natural["harsh"], seen.by_natural), "share"),
        ("clinic", _mean(village["clinic"], weight), "share"),
        ("collective_zero", _mean(village["collective_last"] == 0, weight), "share"),
    ):
        yield MarginRow(
            group, name.replace("_", " "), inputs.number(name), got, unit, rows[name].grade
        )
    real = village["persons"][village["site"] == 0]
    for share in (1, 10, 50, 90, 99):
        yield MarginRow(
            group,
            f"persons, percentile {share}",
            None,
            float(np.percentile(real, share)),
            "persons",
        )


def _counties(setting: Setting, seen: _Seen) -> Iterator[MarginRow]:
    inputs, villages = setting.inputs, setting.villages
    people = seen.household["size"].astype(np.float64)
    poor = np.where(seen.household["registered"] == Registered.POOR, people, 0.0)
    count = len(seen.county["code"])
    got = np.bincount(seen.of_household, poor, count) / np.bincount(
        seen.of_household, people, count
    )
    asked = np.bincount(villages.county, villages.poor * villages.persons) / seen.county_persons
    for c, position in enumerate(seen.positions):
        name = f"{inputs.counties['code'][position]} {inputs.counties['county'][position]}"
        yield MarginRow(
            "incidence by county", name, float(asked[position]), float(got[c]), "share", "assumed"
        )
    for c, position in enumerate(seen.positions):
        name = f"{inputs.counties['code'][position]} {inputs.counties['county'][position]}"
        total = float(np.bincount(seen.of_household, people, count)[c] / seen.county["sample"][c])
        yield MarginRow(
            "persons by county",
            name,
            float(seen.county_persons[position]),
            total,
            "persons",
            "recalled",
        )


def _number(value: float) -> str:
    if abs(value) >= 1000 or value == np.floor(value):
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _line(name: str, *cells: Any) -> str:
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name)
    asked, got, off, unit, grade = cells
    return f"{name}{' ' * max(1, 42 - width)}{asked:>12}{got:>12}{off:>10}  {unit:<11}{grade}"
