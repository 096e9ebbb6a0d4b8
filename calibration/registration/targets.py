"""What an imported register shows of the statistics that a fit is held against: its targets.csv.

Each statistic means here what it means in a run (calibration/fit/statistics.py and reading.py):
shares and means are of persons, the stock is that of December. A value comes with its standard
error: the sampling error with villages as clusters, and the discrepancy between a model and any
register (`discrepancy` in calibration/data/register_model.yaml), added as squares.

Nothing is told that rests on fewer than ten households. Where one cause of a group falls under
that, the smallest of the others is left out as well, so that it cannot be found as the rest.

Every county of the import gives targets for its own code; `all`, `deep` and `other` are given
where every county of the area is in the import, as for county-year tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

import numpy as np
import pandas as pd

from calibration.fit.statistics import AREAS, CAUSES, SURVIVAL
from calibration.fit.weighted import gini
from calibration.population.inputs import read_inputs
from calibration.population.registered.numbers import read_numbers
from calibration.population.registered.reading import any_member, numbers_of, states_of
from calibration.population.registered.seen import INCOME_FIELDS, registered_income
from calibration.registration.estimates import Estimate, by_groups, quantile, ratio, survival
from calibration.registration.store import Imported
from sim.world.codes import Cause, HouseGrade, Job, Registered, School

__all__ = ["COLUMNS", "register_targets", "with_table"]

COLUMNS = ("statistic", "year", "area", "value", "error", "source", "use")

_FIRST = 2017  # the first year that a run has statistics of
_NEAR = 1.1
_LEAST_SHARE, _LEAST_GINI = 0.005, 0.01
_LISTED = (Registered.POOR, Registered.RELAPSED)
_CARD = (*_LISTED, Registered.EXITED)
_AWAY = (Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT)


def register_targets(imported: Imported, years: Sequence[int] | None = None) -> pd.DataFrame:
    """The targets that households and members give, one row a statistic, year and area.

    years: data years to take, all from 2017 on if None. Columns as COLUMNS; value and error in
    the unit of the statistic; the year is empty for survival. Empty where there is nothing.
    """
    homes = imported.households
    found = sorted({int(y) for y in homes["year"]}) if len(homes) else []
    rows: list[tuple[object, ...]] = []
    panel: dict[int, _Year] = {}
    for year in found:
        panel[year] = _Year(imported, year, panel.get(year - 1))
        if year >= _FIRST and (years is None or year in years):
            for area, name, told in _told(panel[year].areas, partial(_statistics, panel[year])):
                rows.append((name, year, area, *told, f"register of {year}", "calibrate"))
    if panel and max(panel) >= _FIRST:
        last = panel[max(panel)]
        for area, name, told in _told(last.areas, partial(_survival, panel, last)):
            rows.append((name, "", area, *told, "register of several years", "calibrate"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def with_table(register: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The targets of the households and, beside them, those of the county-year table: a number
    that both have is that of the households, which has the error of its own count."""
    both = pd.concat([register, table], ignore_index=True)
    return both.drop_duplicates(["statistic", "year", "area"], ignore_index=True)


class _Year:
    """Households of one year with what their members add; `before` is the year before, if any."""

    def __init__(self, imported: Imported, year: int, before: _Year | None) -> None:
        homes = imported.households[imported.households["year"] == year]
        members = imported.members[imported.members["year"] == year]
        homes = homes.sort_values("household_id")
        self.year, self.before, self.homes = year, before, homes
        self.id = homes["household_id"].to_numpy(np.uint64)
        keys = members["household_id"].to_numpy(np.uint64)
        at = np.minimum(np.searchsorted(self.id, keys), max(0, len(self.id) - 1))
        here = self.id[at] == keys if len(self.id) else np.zeros(len(keys), bool)
        self.members, self.home = members[here], at[here]
        count = np.bincount(self.home, minlength=len(self.id)).astype(np.float64)
        self.counted = count
        self.size = np.where(count > 0, count, np.nan_to_num(self.number("size")))
        self.state = np.nan_to_num(states_of(homes), nan=-1.0).astype(np.int64)
        self.listed = np.isin(self.state, _LISTED)
        self.card = np.isin(self.state, _CARD)
        self.village = homes["village"].to_numpy() if "village" in homes else np.zeros(len(homes))

    def number(self, name: str) -> np.ndarray:
        """A column of the households, NaN where it says nothing."""
        return numbers_of(self.homes, name)

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """What income is reckoned from."""
        return {name: self.number(name) for name in INCOME_FIELDS}

    def member(self, name: str) -> np.ndarray:
        """A column of the members."""
        return numbers_of(self.members, name)

    def total(self, amount: np.ndarray) -> np.ndarray:
        """Sums over the members of each household."""
        return np.bincount(self.home, amount, len(self.id))

    @cached_property
    def areas(self) -> dict[str, np.ndarray]:
        """Masks of households by the name of an area that is whole in the import."""
        inputs, county = read_inputs().counties, self.number("county").astype(np.int64)
        deep = inputs["code"][inputs["deep"] == 1]
        groups = {"all": inputs["code"], "deep": deep, "other": np.setdiff1d(inputs["code"], deep)}
        areas = {
            name: np.isin(county, codes)
            for name, codes in groups.items()
            if np.isin(codes, county).all()
        }
        return areas | {str(code): county == code for code in np.unique(county)}

    def state_before(self) -> np.ndarray:
        """State in the year before, -1 where it is not known."""
        found = np.full(len(self.id), -1)
        if self.before is not None and len(self.before.id):
            at = np.minimum(np.searchsorted(self.before.id, self.id), len(self.before.id) - 1)
            here = self.before.id[at] == self.id
            found[here] = self.before.state[at[here]]
        return found


Found = Iterator[tuple[str, Estimate]]


def _statistics(one: _Year, inside: np.ndarray) -> Found:
    yield from _stock(one, inside)
    yield from _flows(one, inside)
    yield from _incomes(one, inside)
    yield from _members(one, inside)


def _share(one: _Year, which: np.ndarray, of: np.ndarray, known: np.ndarray) -> Estimate:
    """Persons of households `which` among those of `of`, as far as they are known."""
    whole = one.size * (of & known)
    return ratio(whole * which, whole, one.village, share=True)


def _stock(one: _Year, inside: np.ndarray) -> Found:
    listed, card = one.listed & inside, one.card & inside
    dibao, flag = one.number("dibao"), any_member(one.member("dibao_member"), one.home, len(one.id))
    has = (np.nan_to_num(dibao) > 0) | (np.nan_to_num(flag) > 0)
    yield "dibao_share", _share(one, has, card, ~np.isnan(dibao) | ~np.isnan(flag))
    grade, danger = one.number("house_grade"), one.number("dangerous_house")
    bad = np.where(np.isnan(grade), danger > 0, grade > HouseGrade.B)
    yield "gap_house", _share(one, bad, listed, ~np.isnan(grade) | ~np.isnan(danger))
    water = one.number("safe_water")
    water = np.where(np.isnan(water), one.number("water_clean"), water)
    yield "gap_water", _share(one, water == 0, listed, ~np.isnan(water))
    yield from _causes(one, "stock", listed)


def _causes(one: _Year, group: str, which: np.ndarray) -> Found:
    cause = one.number("cause")
    known = cause > 0
    codes = [Cause[name.upper()] for name in CAUSES]
    for name, code in zip(CAUSES, codes, strict=True):
        yield f"cause_{group}_{name}", _share(one, cause == code, which, known)
    yield f"cause_{group}_other", _share(one, ~np.isin(cause, codes), which, known)


def _flows(one: _Year, inside: np.ndarray) -> Found:
    exit, first, back = (one.number(n) for n in ("exit_year", "first_date", "relapse_date"))
    before, state, year = one.state_before(), one.state, one.year
    dated = ~np.isnan(exit)
    left = inside & (state == Registered.EXITED) & (exit == year)
    relapsed = inside & (state == Registered.RELAPSED)
    relapsed &= np.where(np.isnan(back), before == Registered.EXITED, back // 12 == year)
    new = inside & (state == Registered.POOR) & (first // 12 == year)
    removed = inside & (state == Registered.REMOVED) & np.isin(before, _LISTED)
    listed_before = left | removed | (inside & one.listed & ~relapsed & ~new)
    if dated.any():
        yield "exits_share", _share(one, left, listed_before, listed_before)
        was_out = relapsed | (inside & (state == Registered.EXITED) & (exit < year))
        if one.before is not None or not np.isnan(back).all():
            yield "relapse_share", _share(one, relapsed, was_out, was_out)
    if one.before is not None:
        yield "removed_share", _share(one, removed, listed_before, listed_before)
    seen = registered_income(one.columns, one.size)[0]
    line = read_numbers().line(year)
    yield "near_line", _share(one, seen < _NEAR * line, left, ~np.isnan(seen))
    yield from _causes(one, "new", new)
    yield from _causes(one, "relapsed", relapsed)


def _incomes(one: _Year, inside: np.ndarray) -> Found:
    card = one.card & inside
    seen, parts = registered_income(one.columns, one.size)
    for name, amount in parts.items():
        whole = one.size * (card & ~np.isnan(amount))
        yield f"income_{name}", ratio(np.nan_to_num(amount) * (whole > 0), whole, one.village)
    weight = one.size * (card & ~np.isnan(seen))
    for tenth in (10, 50, 90):
        yield f"income_p{tenth}", quantile(seen, weight, one.village, tenth / 100.0)
    rows = np.flatnonzero(weight > 0)
    if len(rows):
        income, held, village = np.maximum(seen[rows], 0.0), weight[rows], one.village[rows]
        yield "gini_registered", by_groups(lambda m: gini(income[m], held[m]), village, len(rows))


def _members(one: _Year, inside: np.ndarray) -> Found:
    card, listed = one.card & inside, one.listed & inside
    job, insured, school = (one.member(n) for n in ("job", "insured", "school"))
    told = one.total(~np.isnan(job))
    away = np.isin(job, _AWAY)
    yield "migrant_share", ratio(one.total(away) * card, told * card, one.village, share=True)
    months = one.member("months_worked")
    known = away & ~np.isnan(months)
    worked = one.total(np.nan_to_num(months) * known) * card
    yield "migrant_months", ratio(worked, one.total(known) * card, one.village)
    told = one.total(~np.isnan(insured))
    without = one.total(insured == 0)
    yield "gap_insurance", ratio(without * listed, told * listed, one.village, share=True)
    out = one.total(school == School.DROPPED_OUT) > 0
    yield "gap_education", _share(one, out, listed, one.total(~np.isnan(school)) > 0)


def _survival(panel: dict[int, _Year], last: _Year, inside: np.ndarray) -> Found:
    """Years from exit (2017 or later) to the registered relapse, or to the last year."""
    exit = last.number("exit_year")
    back = np.where(last.state == Registered.RELAPSED, last.number("relapse_date") // 12, np.nan)
    for year in sorted(panel, reverse=True):  # the first year in which it stands as relapsed
        at = np.minimum(np.searchsorted(panel[year].id, last.id), len(panel[year].id) - 1)
        here = (panel[year].id[at] == last.id) & (panel[year].state[at] == Registered.RELAPSED)
        back = np.where(here & (last.state == Registered.RELAPSED) & ~(back < year), year, back)
    rows = np.flatnonzero(inside & (exit >= _FIRST) & last.card)
    ended = back[rows] > exit[rows]
    years = np.where(ended, back[rows], float(last.year)) - exit[rows]
    for months in SURVIVAL:
        yield (
            f"survival_{months}",
            survival(years, ended, last.size[rows], last.village[rows], months // 12),
        )


def _told(
    areas: Mapping[str, np.ndarray], statistics: Callable[[np.ndarray], Found]
) -> Iterator[tuple[str, str, tuple[float, float]]]:
    """Area, name, value and error. Where a whole is told and all its parts but one, the smallest
    of the parts that are told is left out too: the rest would give the one that is not."""
    kept = {area: dict(_kept(statistics(inside))) for area, inside in areas.items()}
    counties = [area for area in areas if area not in AREAS]
    within = {w: [c for c in counties if (areas[c] & areas[w]).any()] for w in AREAS if w in areas}
    for whole, parts in [("all", ["deep", "other"]), *within.items()]:
        for name in kept.get(whole, {}):
            told = [area for area in parts if name in kept.get(area, {})]
            if told and len(told) == len(parts) - 1:
                del kept[min(told, key=lambda area: int(areas[area].sum()))][name]
    for area, found in kept.items():
        for name, estimate in found.items():
            yield area, name, estimate


def _kept(found: Found) -> Iterator[tuple[str, tuple[float, float]]]:
    """Values and errors that may be told and mean something."""
    discrepancy = read_numbers().number("discrepancy")
    estimates = dict(found)
    for group in ("stock", "new", "relapsed"):
        names = [n for n in estimates if n.startswith(f"cause_{group}_")]
        small = [n for n in names if estimates[n].small]
        if len(small) == 1:
            names.remove(small[0])
            del estimates[min(names, key=lambda n: (estimates[n].value == 0, estimates[n].value))]
    for name, one in estimates.items():
        if one.small or np.isnan(one.value):
            continue
        least = 0.0 if name.startswith(("income", "migrant_months")) else _LEAST_SHARE
        least = _LEAST_GINI if name.startswith("gini") else least
        parts = (np.nan_to_num(one.error), discrepancy * one.value, least)
        yield name, (round(one.value, 6), round(float(np.sqrt(sum(p * p for p in parts))), 6))
