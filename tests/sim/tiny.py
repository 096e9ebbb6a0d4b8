"""A world small enough to look at, made by plain hashing, and ways to run one mechanism on it.

    parameters = parameters_for([Work()], clauses={"A2.4": 1.0}, changes={"work.loss": 0.02})
    world = tiny_world(persons=600, mechanisms=[Work()], household_cash=50_000)
    run_alone(Work(), world, "2018-02", parameters)

The people are plausible, not fitted: ages, schooling, health, jobs, land, money and debts have
about the right size, so that shares and means can be looked at with a wide tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.chance import stream_number
from sim.ledger import Ledger
from sim.mechanism import Mechanism
from sim.world.codes import Cause, Education, Job, Registered, Relation, School, Skill
from sim.world.columns import Column, catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.persons import PERSONS
from sim.world.places import PLACES
from sim.world.world import World
from tests.sim.running import (
    FIRST,
    LAST,
    changed,
    clear_sums,
    now,
    parameters_for,
    run_alone,
    run_months,
    snapshot,
)

__all__ = [
    "FIRST", "LAST", "changed", "clear_sums", "now", "parameters_for", "run_alone", "run_months",
    "snapshot", "tiny_world", "uniform",
]  # fmt: skip


def _mix(x: np.ndarray) -> np.ndarray:
    """Splitmix64: whole numbers to well-mixed whole numbers."""
    x = (np.asarray(x, np.uint64) + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def uniform(label: str, count: int) -> np.ndarray:
    """`count` fixed numbers in (0, 1), by hashing `label` and the index."""
    start = np.uint64(stream_number(label))
    with np.errstate(over="ignore"):
        mixed = _mix(_mix(start) + np.arange(count, dtype=np.uint64))
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _bell(label: str, count: int) -> np.ndarray:
    """About normal numbers, as the sum of twelve uniform ones."""
    return sum(uniform(f"{label}{k}", count) for k in range(12)) - 6.0


# --- the people -----------------------------------------------------------------------------------

_SIZES = np.array([0.06, 0.15, 0.19, 0.24, 0.18, 0.11, 0.05, 0.02])


def _persons(size: np.ndarray) -> dict[str, np.ndarray]:
    household = np.repeat(np.arange(len(size)), size)
    within = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    n = len(household)
    of = size[household]
    head = 26.0 + 42.0 * uniform("headage", len(size)) ** 1.35
    relation = np.where(
        within == 0, Relation.HEAD, np.where(within == 1, Relation.SPOUSE, Relation.CHILD)
    )
    parent = (within >= 2) & (within == of - 1) & (of >= 4) & (head[household] < 58)
    relation = np.where(parent, Relation.PARENT, relation)
    child = head[household] - 24 - 3.2 * (within - 2) - 4 * uniform("gap", n)
    years = np.where(within == 0, head[household], head[household] - 4 + 6 * uniform("spouse", n))
    years = np.where(
        relation == Relation.CHILD, np.where(child < 0, 6 * uniform("baby", n), child), years
    )
    years = np.where(parent, head[household] + 22 + 6 * uniform("parent", n), years)
    years = np.clip(years, 0, 95)
    female = np.where(within == 0, uniform("sexh", n) < 0.12, uniform("sex", n) < 0.48)
    female = np.where(within == 1, True, female)
    u = uniform("education", n)
    old = np.clip((years - 30) / 40, 0, 1)
    education = (
        (u > 0.05 + 0.35 * old).astype(int) + (u > 0.30 + 0.35 * old) + (u > 0.72 + 0.18 * old)
        + (u > 0.90 + 0.08 * old)
    )  # fmt: skip
    education = np.where(years < 12, Education.ILLITERATE, education)
    education = np.where((years >= 12) & (years < 15), Education.PRIMARY, education)
    v = uniform("school", n)
    school = np.select(
        [years < 3, years < 6, years < 12, years < 15, (years < 18) & (v < 0.6),
         (years < 22) & (years >= 18) & (v < 0.25)],
        [School.NONE, School.PRESCHOOL, School.PRIMARY, School.JUNIOR, School.SENIOR,
         School.COLLEGE],
        School.NONE,
    )  # fmt: skip
    school = np.where((years >= 12) & (years < 15) & (v < 0.06), School.DROPPED_OUT, school)
    chronic = uniform("chronic", n) < np.clip(0.02 + (years - 20) * 0.006, 0.01, 0.4)
    serious = uniform("serious", n) < 0.008
    disability = np.where(
        uniform("disabled", n) < 0.07, 1 + (4 * uniform("grade", n)).astype(int), 0
    )
    w = uniform("skill", n)
    skill = np.select(
        [(years < 16) | (years >= 75), disability == 1, (years >= 60) | (disability > 0) | serious],
        [Skill.NONE, Skill.LOST, Skill.WEAK],
        np.where(w < 0.12, Skill.SKILLED, Skill.ORDINARY),
    )
    able = (skill >= Skill.WEAK) & (years >= 16) & ~np.isin(school, [School.SENIOR, School.COLLEGE])
    strong = able & (skill >= Skill.ORDINARY) & (years < 60)
    j = uniform("job", n)
    pull = np.where(female, 0.42, 0.74) * np.clip((62 - years) / 35, 0.1, 1.0)
    job = np.where(able, Job.FARM, Job.NONE)
    job = np.where(
        strong & (j < pull), np.where(j < 0.5 * pull, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT), job
    )
    job = np.where(strong & (j > 0.89), Job.LOCAL, job)
    paid = np.isin(job, [Job.LOCAL, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT])
    earnings = np.exp(0.3 * _bell("earnings", n))
    wage = np.where(paid, np.where(job == Job.LOCAL, 1_900, 2_900) * 100 * earnings, 0)
    return {
        "id": _mix(np.arange(n) + 10_000_000),
        "household": household,
        "age": (years * 12).astype(int) + (12 * uniform("month", n)).astype(int) % 12,
        "female": female,
        "relation": relation,
        "ethnicity": np.where(uniform("ethnic", n) < 0.65, 1, 2),
        "education": education,
        "school": school,
        "skill": skill,
        "married": (within <= 1) & (of >= 2) & (relation != Relation.CHILD),
        "births": np.zeros(n, int),
        "chronic": chronic,
        "serious": serious,
        "disability": disability,
        "sick_months": np.where(serious, 1 + (10 * uniform("sick", n)).astype(int), 0),
        "insured": uniform("insured", n) < 0.96,
        "job": job,
        "job_months": np.where(paid, (30 * uniform("tenure", n)).astype(int), 6),
        "wage": wage,
        "earnings": earnings,
        "certificate": strong & (uniform("cert", n) < 0.08),
        "pension": (years >= 60) & (uniform("pension", n) < 0.96),
    }


def _households(size: np.ndarray, village: np.ndarray) -> dict[str, np.ndarray]:
    n = len(size)
    first = np.searchsorted(village, village)
    count = np.searchsorted(village, village, side="right") - first
    here = np.arange(n)

    def other(label: str) -> np.ndarray:
        row = first + (uniform(label, n) * count).astype(int)
        return np.where((row == here) | (uniform(label + "none", n) < 0.15), -1, row)

    r = uniform("register", n)
    registered = np.select(
        [r < 0.17, r < 0.36], [Registered.POOR, Registered.EXITED], Registered.NEVER
    )
    poor = registered == Registered.POOR
    land = np.exp(np.log(8.0) + 0.5 * _bell("land", n))
    monthly = np.where(poor, 260_00, 560_00) * size * np.exp(0.25 * _bell("income", n))
    ring = np.repeat(monthly[None, :], 12, axis=0).astype(np.int64)
    exit_year = np.where(r < 0.24, 2014, np.where(r < 0.30, 2015, 2016))
    return {
        "id": _mix(np.arange(n) + 20_000_000),
        "village": village,
        "residence": village,
        "natural": village,
        "land": land,
        "irrigated": land * 0.25 * uniform("water", n),
        "farm_skill": np.exp(0.3 * _bell("farm", n)),
        "herd": np.where(uniform("herd", n) < 0.6, np.exp(0.5 * _bell("herdsize", n)), 0.0),
        "house": np.select([uniform("house", n) < 0.03, uniform("house", n) < 0.10], [4, 3], 1),
        "water": uniform("safe", n) < 0.9,
        "distance": 3 * uniform("distance", n),
        "kin": other("kin"),
        "neighbour": other("neighb"),
        "cash": np.exp(np.log(5_000) + _bell("cash", n)) * 100 * np.where(poor, 0.4, 1.0),
        "livestock": np.where(
            uniform("herd", n) < 0.6, 4_000_00 * np.exp(0.5 * _bell("value", n)), 0
        ),
        "debt_bank": np.where(uniform("bank", n) < 0.25, 20_000_00 * uniform("bankdebt", n), 0),
        "debt_kin": np.where(uniform("kindeb", n) < 0.3, 10_000_00 * uniform("kindebt", n), 0),
        "ring": ring,
        "ring_all": ring,
        "income12": ring.sum(axis=0),
        "income12_all": ring.sum(axis=0),
        "poor": poor & (uniform("truly", n) < 0.7),
        "poor_since": np.full(n, FIRST - 12),
        "registered": registered,
        "cause": np.where(registered > 0, 1 + (13 * uniform("cause", n)).astype(int), Cause.NONE),
        "first_month": np.where(registered > 0, 2013 * 12 + 11, 0),
        "exit_month": np.where(registered == Registered.EXITED, exit_year * 12 + 11, 0),
        "exit_margin": np.where(
            registered == Registered.EXITED, 1.0 + 0.4 * uniform("margin", n), 0
        ),
        "dibao": uniform("dibao", n) < np.where(poor, 0.25, 0.03),
        "dibao_pay": np.zeros(n, int),
    }


def _count(people: dict[str, np.ndarray], homes: dict[str, np.ndarray]) -> None:
    """The households' counts of their members, as the monthly recount gives them."""
    of, n = people["household"], len(homes["id"])
    years, school = people["age"] // 12, people["school"]
    studying = np.isin(
        school, [School.PRIMARY, School.JUNIOR, School.SENIOR, School.VOCATIONAL, School.COLLEGE]
    )
    able = (people["skill"] >= Skill.WEAK) & ~studying & (years >= 16)

    def total(mask: np.ndarray, weight: float | np.ndarray = 1.0) -> np.ndarray:
        return np.bincount(of, mask * weight, n)

    people["_able"] = able
    homes["size"] = total(np.ones(len(of), bool))
    homes["labour"] = total(able, np.where(people["skill"] == Skill.WEAK, 0.5, 1.0))
    homes["dependants"] = total((years < 16) | (years >= 60) | (people["skill"] < Skill.WEAK))
    homes["pupils"] = total(np.isin(school, [School.SENIOR, School.VOCATIONAL, School.COLLEGE]))
    homes["ill"] = total(people["chronic"] | people["serious"])
    homes["disabled"] = total(people["disability"] > 0)
    homes["out_of_school"] = total(school == School.DROPPED_OUT)
    homes["uninsured"] = total(~people["insured"])
    homes["away"] = total(np.isin(people["job"], [Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT]))


def tiny_world(
    persons: int = 600,
    *,
    villages: int | None = None,
    counties: int = 1,
    mechanisms: Iterable[Mechanism] = (),
    columns: Iterable[Column] = (),
    spare: tuple[float, float] = (0.1, 0.1),
    **overrides: Any,
) -> World:
    """A world of about `persons` people (whole households).

    villages: number of villages (default: one for each 300 persons, at least 2).
    mechanisms: whose own columns are to exist. columns: further columns to exist.
    overrides: values of a column for all its agents, as `household_cash=50_000` (a number, or
        an array over the agents without spare rows, begun again where it is too short).
    """
    draws = uniform("size", persons)
    size = 1 + np.searchsorted(np.cumsum(_SIZES), draws)
    size = size[: max(counties, int(np.searchsorted(np.cumsum(size), persons) + 1))]
    villages = max(2, persons // 300) if villages is None else villages
    villages = max(villages, counties)
    village = np.arange(len(size)) * villages // len(size)
    people, homes = _persons(size), _households(size, village)
    _count(people, homes)
    able = people.pop("_able")
    of_village = village[people["household"]]

    def by_village(mask: np.ndarray) -> np.ndarray:
        return np.bincount(of_village, mask, villages)

    poor = homes["registered"] == Registered.POOR
    everyone = by_village(np.ones(len(of_village)))
    place = np.arange(villages)
    population = {
        "person": people,
        "household": homes,
        "natural": {"id": _mix(place + 30_000_000), "village": place},
        "village": {
            "id": _mix(place + 40_000_000),
            "county": place * counties // villages,
            "township": place * counties // villages,
            "terrain": 1 + place % 2,
            "deep": place % 2,
            "poor_village": place % 2,
            "distance": 10.0 + 20 * uniform("villdist", villages),
            "drought_risk": np.ones(villages),
            "hail_risk": np.ones(villages),
            "flood_risk": np.ones(villages),
            "persons": everyone,
            "households": np.bincount(village, minlength=villages),
            "migrants": by_village(np.isin(people["job"], [Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT])),
            "workers": by_village(able),
            "registered_poor": by_village(poor[people["household"]]),
            "headcount_start": by_village(poor[people["household"]]) / np.maximum(everyone, 1),
        },
        "township": {"code": 620_001_001 + np.arange(counties), "county": np.arange(counties)},
        "county": {
            "code": 620_001 + np.arange(counties),
            "deep": np.arange(counties) % 2 == 0,
            "sample": np.ones(counties),
            "lon": 104.0 + np.arange(counties),
            "lat": 35.0 + 0.5 * np.arange(counties),
            "prefecture": 6200 + np.arange(counties),
        },
    }
    for name, value in overrides.items():
        kind, _, column = name.partition("_")
        rows = len(population[kind]["id" if kind != "township" and kind != "county" else "code"])
        population[kind][column] = np.resize(np.asarray(value), rows)
    own = dict.fromkeys((*columns, *(c for m in mechanisms for c in m.columns)))
    known = catalogue(PERSONS, HOUSEHOLDS, PLACES, tuple(own))
    world = World.build(population, known, spare)
    world.ledger = Ledger(world)
    return world
