"""Reads a run's summary statistics: sums by county while it goes, ratios when it has ended.

The register changes in the yearly round of December, so what it was before is read in November;
the registry's window of income closes in September. All sums are by county and in simulated
persons; they are scaled up by the county's sample before counties are put together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calibration.figures import relapsed_by
from calibration.fit.statistics import CAUSES, SURVIVAL, key
from calibration.fit.weighted import gini, weighted_correlation, weighted_quantiles
from sim.model import PovertyModel
from sim.world.codes import Cause, HouseGrade, Job, Registered, Terrain
from sim.world.world import Table, World

__all__ = ["Reader"]

_NEAR = 1.1
"""Incomes up to this much times the line are near it (science brief, G.4)."""

_FIRST = 2017
_FEN = 100.0
_WINDOW = ("wage", "business", "property", "transfer")
_CARD = (Registered.POOR, Registered.EXITED, Registered.RELAPSED)
_LIST = (Registered.POOR, Registered.RELAPSED)


class Reader:
    """Statistics of one run, read with `look` at the end of every month from September 2017 on.

    counties: read each county by itself too. A branch of the model is looked at by the reader
    that looked at what it branched from, since rows never move.
    """

    def __init__(self, counties: bool = False) -> None:
        self.counties = counties
        self.found: dict[str, float] = {}
        self._window: dict[str, np.ndarray] | None = None
        self._before: dict[str, np.ndarray] | None = None

    def look(self, model: PovertyModel) -> None:
        """Read what this month has to show."""
        now, world = model.now, model.world
        if now.year < _FIRST:
            return
        if now.calendar == 9:
            names = ("size", *(f"window_{part}" for part in _WINDOW))
            self._window = {name: world.household[name].copy() for name in names}
        elif now.calendar == 11:
            self._before = _before(world)
        elif now.calendar == 12:
            self._december(model)

    def finish(self, model: PovertyModel) -> dict[str, float]:
        """All statistics, once the run has ended."""
        areas = _areas(model.world, self.counties)
        return {**self.found, **_survival(model, areas)}

    def _december(self, model: PovertyModel) -> None:
        world, year = model.world, model.now.year
        people = _People(world)
        areas = _areas(world, self.counties)
        ratios = _states(people)
        ratios |= _persons(world, people)
        if self._before is not None:
            ratios |= _flows(people, self._before, model.now.month)
        if self._window is not None:
            ratios |= _window(people, self._window)
        ratios |= _observed(model)
        sample = np.asarray(world.county["sample"], np.float64)
        for name, (part, whole) in ratios.items():
            for area, inside in areas.items():
                below = float((whole / sample)[inside].sum())
                above = float((part / sample)[inside].sum())
                self.found[key(name, year, area)] = above / below if below > 0 else np.nan
        for area, inside in areas.items():
            for name, value in {**_spread(people, inside), **_villages(people, inside)}.items():
                self.found[key(name, year, area)] = value


class _People:
    """The living households of a December, weighted by their persons."""

    def __init__(self, world: World) -> None:
        home = world.household
        rows = np.flatnonzero((home["alive"] != 0) & (home["size"] > 0))
        self.world, self.rows = world, rows
        self.home = Table({name: home[name][rows] for name in _HOME})
        self.county = world.village["county"][self.home["village"]].astype(np.int64)
        self.size = self.home["size"].astype(np.float64)
        self.weight = self.size / world.county["sample"][self.county]
        state = self.home["registered"]
        self.card = np.isin(state, _CARD)
        self.listed = np.isin(state, _LIST)

    def sum(self, which: np.ndarray, amount: np.ndarray | None = None) -> np.ndarray:
        """Persons (or another amount) of the households of a mask, by county."""
        counted = self.size if amount is None else amount
        return np.bincount(
            self.county[which], counted[which], len(self.world.county["code"])
        )  # fmt: skip


_HOME = (
    "size", "village", "registered", "cause", "first_month", "exit_month", "exit_margin",
    "registered_relapse_month", "dibao", "house_cert", "water", "out_of_school", "uninsured",
    "away", "seen_income", "income12_all",
)  # fmt: skip

Ratios = dict[str, tuple[np.ndarray, np.ndarray]]
"""Name of a statistic -> its numerator and its denominator by county."""


def _areas(world: World, counties: bool) -> dict[str, np.ndarray]:
    """Masks of counties by the name of an area."""
    deep = world.county["deep"] != 0
    areas = {"all": np.ones(len(deep), bool), "deep": deep, "other": ~deep}
    if counties:
        codes = world.county["code"]
        areas |= {str(int(code)): codes == code for code in codes}
    return areas


def _before(world: World) -> dict[str, np.ndarray]:
    """Persons by registered state in November, before the round, and who had been removed."""
    people = _People(world)
    removed = np.zeros(len(world.household["id"]), bool)
    removed[people.rows] = people.home["registered"] == Registered.REMOVED
    return {
        "listed": people.sum(people.listed),
        "exited": people.sum(people.home["registered"] == Registered.EXITED),
        "outside": people.sum(~people.card),
        "removed": removed,
    }


def _states(people: _People) -> Ratios:
    """Stocks of December."""
    home, card, listed = people.home, people.card, people.listed
    on_list, with_card = people.sum(listed), people.sum(card)
    everybody = people.sum(np.ones(len(card), bool))
    uninsured = home["uninsured"].astype(np.float64)
    return {
        "registered_rate": (on_list, everybody),
        "dibao_share": (people.sum(card & (home["dibao"] != 0)), with_card),
        "migrant_share": (people.sum(card, home["away"].astype(np.float64)), with_card),
        "gap_house": (people.sum(listed & (home["house_cert"] > HouseGrade.B)), on_list),
        "gap_water": (people.sum(listed & (home["water"] == 0)), on_list),
        "gap_education": (people.sum(listed & (home["out_of_school"] > 0)), on_list),
        "gap_insurance": (people.sum(listed, uninsured), on_list),
        **_causes("stock", people, listed),
    }


def _causes(group: str, people: _People, which: np.ndarray) -> Ratios:
    cause, whole = people.home["cause"], people.sum(which)
    codes = [Cause[name.upper()] for name in CAUSES]
    found = {
        f"cause_{group}_{name}": (people.sum(which & (cause == code)), whole)
        for name, code in zip(CAUSES, codes, strict=True)
    }
    return found | {f"cause_{group}_other": (people.sum(which & ~np.isin(cause, codes)), whole)}


def _flows(people: _People, before: Mapping[str, np.ndarray], month: int) -> Ratios:
    """What the year's round has done. From 2021 relapses are registered in any month."""
    home, january = people.home, month - 11
    left = home["exit_month"] >= january
    back = home["registered_relapse_month"] >= january
    new = (home["first_month"] >= january) & (home["registered"] == Registered.POOR)
    removed = (home["registered"] == Registered.REMOVED) & ~before["removed"][people.rows]
    exits = people.sum(left)
    return {
        "exits_share": (exits, before["listed"]),
        "relapse_share": (people.sum(back), before["exited"]),
        "new_share": (people.sum(new), before["outside"]),
        "removed_share": (people.sum(removed), before["listed"]),
        "near_line": (people.sum(left & (home["exit_margin"] < _NEAR)), exits),
        **_causes("new", people, new),
        **_causes("relapsed", people, back),
    }


def _window(people: _People, closed: Mapping[str, np.ndarray]) -> Ratios:
    """Components of the window that closed in September, of those with a card in December."""
    persons = people.sum(people.card, closed["size"][people.rows].astype(np.float64))
    return {
        f"income_{part}": (
            people.sum(people.card, closed[f"window_{part}"][people.rows] / _FEN), persons
        )
        for part in _WINDOW
    }  # fmt: skip


def _persons(world: World, people: _People) -> Ratios:
    """Months that the migrants of households with a card have worked."""
    person = world.person
    away = np.isin(person["job"], (Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)) & (person["alive"] != 0)
    rows = np.flatnonzero(away)
    homes = person["household"][rows]
    carded = np.isin(world.household["registered"][homes], _CARD)
    rows, homes = rows[carded], homes[carded]
    county = world.village["county"][world.household["village"][homes]]
    number = len(world.county["code"])
    months = np.bincount(county, person["months_worked"][rows].astype(np.float64), number)
    return {"migrant_months": (months, np.bincount(county, minlength=number).astype(np.float64))}


def _observed(model: PovertyModel) -> Ratios:
    """The year's flows that observations have counted month by month."""
    year: dict[str, np.ndarray] = {}
    for one in model.recorder.observations:
        if one.name in ("indicators_persons", "indicators_income"):
            columns = one.year.T.astype(np.float64)
            year |= {f"{one.name}.{name}": columns[k] for k, name in enumerate(one.counts)}
    found: Ratios = {}
    if "indicators_persons.carded" in year:
        card, other = "indicators_persons.carded", "indicators_persons.others"
        bills = year["indicators_persons.bills_registered"]
        found["oop_share"] = (year["indicators_persons.own_registered"], bills)
        for group, people in (("registered", card), ("other", other)):
            stays = 1200.0 * year[f"indicators_persons.stays_{group}"]
            found[f"admissions_{group}"] = (stays, year[people])
    if "indicators_income.wage" in year:
        months = year["indicators_income.person_months"]
        parts = {p: 12.0 / _FEN * year[f"indicators_income.{p}"] for p in _WINDOW}
        for name, amount in {**parts, "pc": sum(parts.values())}.items():
            found[f"income_all_{name}"] = (np.asarray(amount), months)
    return found


def _spread(people: _People, inside: np.ndarray) -> dict[str, float]:
    """Quantiles and Gini of incomes in an area."""
    here = inside[people.county]
    card = here & people.card
    seen, weight = people.home["seen_income"][card] / _FEN, people.weight[card]
    tenths = weighted_quantiles(seen, weight, (0.1, 0.5, 0.9))
    found = {f"income_p{p}": value for p, value in zip((10, 50, 90), tenths, strict=True)}
    found["gini_registered"] = gini(seen, weight)
    # a year of losses is counted as a year of nothing
    whole = np.maximum(people.home["income12_all"][here] / people.size[here], 0.0)
    return {**found, "gini": gini(whole, people.weight[here])}


def _villages(people: _People, inside: np.ndarray) -> dict[str, float]:
    """How the registered rate differs between the villages of an area."""
    village = people.world.village
    count = len(village["id"])
    persons = np.bincount(people.home["village"], people.weight, count)
    poor = np.bincount(people.home["village"], people.weight * people.listed, count)
    here = inside[village["county"]] & (persons > 0) & (village["site"] == 0)
    rate, weight = poor[here] / persons[here], persons[here]
    rough = np.isin(village["terrain"][here], (Terrain.MOUNTAIN, Terrain.PASTORAL))
    mean = np.average(rate, weights=weight) if len(rate) else np.nan
    variance = np.average((rate - mean) ** 2, weights=weight) if len(rate) else np.nan
    return {
        "village_variance": float(variance),
        "rate_slope": weighted_correlation(rate, rough, weight),
        "rate_distance": weighted_correlation(rate, village["distance"][here], weight),
    }


def _survival(model: PovertyModel, areas: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Kaplan-Meier survival of registered exits, from the rows that close the run."""
    rows = [row for row in model.recorder.rows if row[3] == "spell_registered"]
    codes = model.world.county["code"]
    code = np.array([row[0] for row in rows], np.int64)
    spells = pd.DataFrame({"group": [r[4] for r in rows], "value": [r[5] for r in rows]})
    found = {}
    for area, inside in areas.items():
        here = spells[np.isin(code, codes[inside])]
        for month in SURVIVAL:
            found[key(f"survival_{month}", "", area)] = 1.0 - relapsed_by(here, month)
    return found
