"""Targets for a fit from county-year tables.

The names and meanings are those of calibration/fit/statistics.py. A county gives targets for its
own code; `all`, `deep` and `other` are given for a year in which every county of the area stands in
the table. A number that is missing gives no target. Errors come from the standard errors beside
the cells; where there is none, from `errors` in registration_tables.yaml, an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from calibration.registration.places import counties
from calibration.registration.table_fields import CAUSE_COLUMNS, read_tables

__all__ = ["COLUMNS", "areas", "targets_from_county_years"]

COLUMNS = ("statistic", "year", "area", "value", "error", "source", "use")
_FIRST = 2017  # the first year that a run has statistics of
_SHARES = ("dibao", "migrants"), ("gap_house", "gap_water", "gap_education", "gap_insurance")
_NAMES = {"dibao": "dibao_share", "migrants": "migrant_share"}
_COUNTED = ("illness", "disability", "schooling", "labour", "skills", "funds")  # as in a run

Number = tuple[pd.Series, pd.Series]
"""Values of the counties of an area and year, and their standard errors (NaN: none given)."""


def targets_from_county_years(
    frame: pd.DataFrame, source: str = "county-year table"
) -> pd.DataFrame:
    """The targets, one row a statistic, year and area (columns COLUMNS).

    frame: as `county_tables.county_years` gives it. value and error are in the unit of the
    statistic; shares are of persons.
    """
    frame = _with_year_before(frame)
    rows = [
        (name, year, area, value, error, source, "calibrate")
        for year, one in frame.groupby("year")
        if year >= _FIRST
        for area, counties in areas(one)
        for name, value, error in _statistics(counties)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _with_year_before(frame: pd.DataFrame) -> pd.DataFrame:
    """With the stocks that flows are held against: those before the year's round."""
    keys = ["county", "year"]
    before = frame[[*keys, "card_persons", "exited_total"]].copy()
    before["year"] += 1
    before.columns = [*keys, "card_before", "exited_before"]
    frame = frame.merge(before, on=keys, how="left")
    start = frame["registered_start"].fillna(frame["registered_before"])
    change = frame["natural_in"].fillna(0.0) - frame["natural_out"].fillna(0.0)
    frame["listed"] = start + change
    frame["outside"] = frame["rural_persons"] - frame["card_before"]
    return frame


def areas(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each area that is whole, and of each county by its code."""
    table = counties()
    deep = table["deep"] == 1
    for area, inside in (("all", deep | True), ("deep", deep), ("other", ~deep)):
        codes = table["code"][inside]
        if set(codes.tolist()) <= set(frame["county"]):
            yield area, frame[frame["county"].isin(codes)]
    for code, county in frame.groupby("county"):
        yield str(code), county


def _statistics(frame: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Name, value and error of what the counties of an area give for a year."""
    for name, kind, part, whole in _ratios():
        found = _ratio(_number(frame, part), _number(frame, whole), kind)
        if found is not None:
            yield name, *found
    for name, parts, of, kind in _means():
        yield from _mean(frame, name, parts, of, kind)
    if len(frame) == 1:  # quantiles of an area do not follow from those of its counties
        for tenth in (10, 50, 90):
            value, error = _number(frame, f"income_pc_p{tenth}")
            if value.notna().all():
                told = _error(float(value.iloc[0]), float(error.iloc[0]), "quantile")
                yield f"income_p{tenth}", float(value.iloc[0]), told


def _ratios() -> Iterator[tuple[str, str, str, str]]:
    """Statistic, kind of its default error, and the columns above and below."""
    yield "registered_rate", "share", "registered_end", "rural_persons"
    yield "exits_share", "share", "exited", "listed"
    yield "removed_share", "flow", "removed", "listed"
    yield "relapse_share", "flow", "relapsed", "exited_before"
    yield "new_share", "flow", "newly_identified", "outside"
    for names, whole in zip(_SHARES, ("card_persons", "registered_end"), strict=True):
        for name in names:
            yield _NAMES.get(name, name), "share", name, whole
    for group, prefix in (("stock", "cause"), ("new", "cause_new"), ("relapsed", "cause_relapsed")):
        whole = {"stock": "registered_end", "new": "newly_identified"}.get(group, group)
        for cause in _COUNTED:
            yield f"cause_{group}_{cause}", "share", f"{prefix}_{cause}", whole
        yield f"cause_{group}_other", "share", f"{prefix}_rest", whole


def _means() -> Iterator[tuple[str, Callable[[pd.DataFrame], Number], str, str]]:
    """Statistic, its values, the column that counties are weighted by, and kind of error."""
    for name in ("wage", "property", "transfer"):
        yield f"income_{name}", partial(_number, name=f"income_{name}"), "card_persons", "mean"
    yield "income_business", _net_business, "card_persons", "mean"
    yield "migrant_months", partial(_number, name="migrant_months"), "migrants", "months"


def _net_business(frame: pd.DataFrame) -> Number:
    (income, one), (cost, other) = (
        _number(frame, f"income_{name}") for name in ("business", "business_cost")
    )
    return income - cost, np.sqrt(one**2 + other**2)


def _number(frame: pd.DataFrame, name: str) -> Number:
    """A column and its standard errors; `..._rest` is the sum of the causes not counted alone."""
    if name.endswith("_rest"):
        prefix = name.removesuffix("_rest")
        parts = [_number(frame, f"{prefix}_{c}") for c in CAUSE_COLUMNS if c not in _COUNTED]
        return sum(v for v, _ in parts), np.sqrt(sum(e**2 for _, e in parts))
    nothing = pd.Series(np.nan, index=frame.index)
    return frame.get(name, nothing), frame.get(f"{name}_se", nothing)


def _ratio(part: Number, whole: Number, kind: str) -> tuple[float, float] | None:
    """A share of sums over counties; its error by the delta method if errors were given."""
    above, below = float(part[0].sum(skipna=False)), float(whole[0].sum(skipna=False))
    if not below > 0 or np.isnan(above):
        return None
    share = above / below
    error = float(np.sqrt((part[1] ** 2).sum(skipna=False))) / below
    lower = float(np.sqrt((whole[1] ** 2).sum(skipna=True))) / below
    return share, _error(share, float(np.hypot(error, share * lower)), kind)


def _mean(
    frame: pd.DataFrame, name: str, parts: Callable[[pd.DataFrame], Number], of: str, kind: str
) -> Iterator[tuple[str, float, float]]:
    """The mean of an area, counties weighted by the people of column `of`."""
    value, error = parts(frame)
    weight = frame[of]
    if len(frame) == 1:
        weight = weight.fillna(1.0)  # a county alone needs none
    total = float(weight.sum(skipna=False))
    if total > 0 and value.notna().all():
        mean = float((weight * value).sum()) / total
        spread = float(np.sqrt(((weight * error) ** 2).sum(skipna=False))) / total
        yield name, mean, _error(mean, spread, kind)


def _error(value: float, given: float, kind: str) -> float:
    """The standard error given, or the assumed one."""
    if given > 0:
        return given
    rule: Mapping[str, float] = read_tables()["county_years"].rules["errors"][kind]
    return float(max(rule["least"], rule["part"] * abs(value)))
