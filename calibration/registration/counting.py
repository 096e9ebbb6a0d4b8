"""Counts and means of an imported registration by county and year, no cell under ten households."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibration.registration.fields import CodeList, Fields

__all__ = ["LEAST", "counts"]

LEAST = 10  # households that a cell must have
_SPLITS = ("registered", "cause", "attribute", "monitor", "dangerous_house", "safe_water")
_AMOUNTS = (
    "size", "income_per_head", "net_income", "income", "wage", "business", "business_cost",
    "property", "transfer", "dibao", "tekun", "pension", "ecology", "other_transfer", "land",
)  # fmt: skip
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

Row = tuple[str, str, float, float]  # statistic, part, value, households in the cell


def counts(
    households: pd.DataFrame, members: pd.DataFrame, fields: Fields, least: int = LEAST
) -> pd.DataFrame:
    """County, year, statistic, part, value and households of each cell.

    statistic is `households`, `persons`, `households_<field>` (part: the value's Chinese word) or
    the mean or a quantile of a field. A cell of 1 to least - 1 households has an empty value and
    an empty number; so has the next smallest of its breakdown, where the hidden one could be had
    by subtraction; and so have quantiles with fewer than `least` households beyond them. least = 1
    hides nothing.
    """
    rows = []
    persons = members.groupby(["county", "year"]).size() if len(members) else {}
    for (county, year), group in households.groupby(["county", "year"]):
        cells = [("households", "", float(len(group)), float(len(group)))]
        cells.append(("persons", "", float(persons.get((county, year), 0)), float(len(group))))
        for name in _SPLITS:
            if name in group:
                codes = fields[name].codes
                assert codes is not None
                cells += _split(name, group[name].to_numpy(), codes, least)
        for name in _AMOUNTS:
            if name in group:
                values = group[name].to_numpy().astype(float)
                cells += _amount(name, values[values > -1] if name == "size" else values, least)
        for statistic, part, value, number in cells:
            hidden = number < least
            rows.append(
                (county, year, statistic, part, np.nan, np.nan)
                if hidden
                else (county, year, statistic, part, value, number)
            )
    names = ["county", "year", "statistic", "part", "value", "households"]
    return pd.DataFrame(rows, columns=names)


def _split(name: str, values: np.ndarray, codes: CodeList, least: int) -> Iterator[Row]:
    """A breakdown. What is hidden must itself be as many households as a cell, or nothing."""
    words = {code.value: code.zh for code in reversed(codes.codes)} | {-1: "(empty)"}
    found, numbers = np.unique(values, return_counts=True)
    order = np.argsort(numbers, kind="stable")
    hidden: set[int] = set()
    total = 0
    for k in order:
        if numbers[k] < least or 0 < total < least:
            hidden.add(int(k))
            total += int(numbers[k])
    for k, (value, number) in enumerate(zip(found, numbers, strict=True)):
        cell = 0.0 if k in hidden else float(number)
        yield f"households_{name}", words.get(int(value), str(value)), float(number), cell


def _amount(name: str, values: np.ndarray, least: int) -> Iterator[Row]:
    values = values[~np.isnan(values)]
    number = len(values)
    if not number:
        return
    yield f"{name}_mean", "", float(values.mean()), float(number)
    for share in _QUANTILES:
        beyond = number * min(share, 1.0 - share)
        cell = float(number) if beyond >= least or least <= 1 else 0.0
        yield f"{name}_p{share * 100:.0f}", "", float(np.quantile(values, share)), cell
