"""The section on money: where it came from and went, what waited for it, and what was paid."""

from __future__ import annotations

from typing import Any

import pandas as pd

from results import drawing, numbers
from results.compare import FIRST_YEAR
from results.store import RUN, TOTAL, YEAR, Store
from results.texts import indicator, phrase, programme

FAMILIES = ("special", "sector", "social")
SOURCES = (*FAMILIES, "direct")
USES = ("spent", "leaked", "wasted", "returned", "saved")
"""Sources and uses of a year. ``direct`` is what programmes got past the counties' purses (from
companies, donors), worked out as the remainder; ``saved`` is what balances grew by."""
FLOWS = (*SOURCES, "spent", "leaked", "wasted", "returned", "carried")
WAITS = ("funds", "builders")
SHOWN = 15
"""Programmes that wait in the first table; the others follow folded."""


def money_unit(lang: str) -> tuple[float, str]:
    """Factor and name of the unit in which large sums are shown."""
    return indicator("money").unit.axis(lang)


def flows(store: Store) -> pd.DataFrame:
    """Yuan by scenario and year, mean of the runs: columns ``FLOWS`` and ``saved``.

    Empty if the store does not hold the books. What was spent is what budgeted programmes
    delivered; a store that holds only what they delivered a head is multiplied out.
    """
    if not store.holds("funds_carried"):
        return pd.DataFrame()
    keys = ["scenario", "year"]
    table = pd.DataFrame(
        {
            name: _mean(store, f"funds_{name}")
            for name in ("leaked", "wasted", "carried", "returned")
        }
    )
    for family in FAMILIES:
        table[family] = _mean(store, "funds_received", family)
    if store.holds("funds_spent"):
        table["spent"] = _mean(store, "funds_spent")
    else:
        table["spent"] = _mean(store, "delivered") * _mean(store, "population", month=12)
    table = table.fillna(0.0)
    table["saved"] = table["carried"] - table.groupby("scenario")["carried"].shift(fill_value=0.0)
    out = table[["spent", "leaked", "wasted", "returned", "saved"]].sum(axis=1)
    direct = out - table[list(FAMILIES)].sum(axis=1)
    # Rounding of the sums a head leaves crumbs, which are no source.
    table["direct"] = direct.where(direct > 1e-3 * out.abs(), 0.0)
    table.index = table.index.set_names(keys)
    late = table[table.index.get_level_values("year") >= FIRST_YEAR]
    order = {name: k for k, name in enumerate(store.scenarios)}
    return late.sort_index(key=lambda level: level.map(order) if level.name == keys[0] else level)


def _mean(store: Store, name: str, group: str = "", month: int = YEAR) -> pd.Series:
    rows = store.frame(name, group=group, month=month, county=TOTAL)
    return rows.groupby(["scenario", "year"])["value"].mean()


def flow_rows(store: Store, lang: str) -> dict[str, Any]:
    """Scenario and year down, flows across; the other scenarios than focus and base folded."""
    table, (factor, _) = flows(store), money_unit(lang)
    first = list(dict.fromkeys((drawing.focus(store), store.base)))
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for name in [*first, *(n for n in store.scenarios if n not in first)]:
        if name not in table.index.get_level_values("scenario"):
            continue
        for year, values in table.loc[name].iterrows():
            cells = [numbers.plain(values[flow] * factor, 1) for flow in FLOWS]
            label = phrase(
                "with_unit", lang, label=drawing.label(store, name, lang), unit=str(year)
            )
            rows[name in first].append({"name": label, "cells": cells})
    return {
        "first": phrase("scenario_and_year", lang),
        "heads": [phrase(f"flow_{flow}", lang) for flow in FLOWS],
        "rows": rows[True],
        "rest": rows[False],
        "rest_title": phrase("other_scenarios", lang),
    }


def flow_lines(store: Store, lang: str, year: int) -> list[str]:
    """Of each hundred yuan that came under a scenario up to ``year``, what became of it."""
    table, lines = flows(store), []
    for name in dict.fromkeys((drawing.focus(store), store.base)):
        if table.empty or name not in table.index.get_level_values("scenario"):
            continue
        own = table.loc[name]
        total = own[own.index <= year].sum()
        came = total[list(SOURCES)].sum()
        if came <= 0:
            continue
        shares = {use: numbers.plain(total[use] / came * 100, 1) for use in USES}
        factor, unit = money_unit(lang)
        lines.append(
            phrase(
                "flow_line", lang, scenario=store.scenarios[name].label(lang), unit=unit,
                came=numbers.plain(came * factor, 0), period=_period(year), **shares,
            )
        )  # fmt: skip
    return lines


def waiting(store: Store, year: int) -> pd.DataFrame:
    """Requests not met in an average month of the plan's years up to ``year``, mean of the runs.

    Yuan; index programme, columns (scenario, ``funds`` or ``builders``), what waits most first.
    """
    years = range(FIRST_YEAR, year + 1)
    rows = store.frame("waited", month=YEAR, year=years)
    if rows.empty:
        return pd.DataFrame()
    parts = rows["group"].str.rsplit(":", n=1, expand=True)
    rows = rows.assign(programme=parts[0], reason=parts[1])
    by_run = rows.groupby([*RUN, "programme", "reason"])["value"].sum() / len(years)
    runs = by_run.unstack(["programme", "reason"]).fillna(0.0)
    # A run in which nothing waits has no row: it counts as nothing, if it reached the year.
    there = store.frame("population", year=year, month=12)[RUN].drop_duplicates()
    runs = runs.reindex(pd.MultiIndex.from_frame(there), fill_value=0.0)
    table = runs.groupby("scenario").mean().stack("programme", future_stack=True)
    table = table.reindex(columns=list(WAITS)).fillna(0.0).unstack("scenario")
    table = table.swaplevel(axis=1)
    names = [n for n in store.scenarios if n in table.columns.get_level_values(0)]
    table = table.reindex(columns=pd.MultiIndex.from_product([names, WAITS])).fillna(0.0)
    focus = drawing.focus(store)
    order = table.sum(axis=1)
    if focus in names:
        order = table[focus].sum(axis=1) + 1e-9 * order  # the others only break ties
    return table.loc[order.sort_values(ascending=False, kind="stable").index]


def waiting_rows(store: Store, lang: str, year: int) -> dict[str, Any]:
    """Programmes down, scenarios across: what waited, and of it for money and for builders."""
    table, (factor, _) = waiting(store, year), money_unit(lang)
    rows = [_waits(store, lang, factor, table.sum(), phrase("all_programmes", lang), total=True)]
    for name, values in table.iterrows():
        if values.sum() * factor >= 0.05:  # less would be shown as nothing
            rows.append(_waits(store, lang, factor, values, programme(str(name), lang)))
    return {
        "rows": rows[: SHOWN + 1],
        "rest": rows[SHOWN + 1 :],
        "rest_title": phrase("other_programmes", lang, n=len(rows) - SHOWN - 1),
    }


def _waits(
    store: Store, lang: str, factor: float, values: pd.Series, name: str, *, total: bool = False
) -> dict[str, Any]:
    cells = []
    for scenario in store.scenarios:
        if scenario not in values.index.get_level_values(0):
            cells.append({"text": numbers.NONE, "small": []})
            continue
        own = values[scenario]
        small = [
            phrase(f"waits_{reason}", lang, n=numbers.plain(own[reason] * factor, 1))
            for reason in WAITS
            if own[reason] * factor >= 0.05
        ]
        cells.append({"text": numbers.plain(own.sum() * factor, 1), "small": small})
    return {"name": name, "cells": cells, "total": total}


def waiting_lines(store: Store, lang: str, year: int) -> list[str]:
    """What waited under the focus and the base, in sentences."""
    table, (factor, unit) = waiting(store, year), money_unit(lang)
    if table.empty:
        return []
    lines = []
    for name in dict.fromkeys((drawing.focus(store), store.base)):
        if name not in table.columns.get_level_values(0):
            continue
        own = table[name]
        title, total = store.scenarios[name].label(lang), float(own.to_numpy().sum())
        if total <= 0:
            lines.append(phrase("waiting_none", lang, scenario=title))
            continue
        first = own.sum(axis=1).sort_values(ascending=False, kind="stable")
        first = first[first > 0][:3]
        joined = ("、" if lang == "zh" else "; ").join(programme(str(p), lang) for p in first.index)
        lines.append(
            phrase(
                "waiting_line", lang, scenario=title, unit=unit, period=_period(year),
                total=numbers.plain(total * factor, 0), names=joined,
                funds=numbers.plain(own["funds"].sum() / total * 100, 0),
                builders=numbers.plain(own["builders"].sum() / total * 100, 0),
                first=numbers.plain(first.sum() / total * 100, 0), n=len(first),
            )
        )  # fmt: skip
    return lines


def _period(year: int) -> str:
    return f"{FIRST_YEAR}–{year}" if year > FIRST_YEAR else str(year)


def paid_rows(store: Store, lang: str, year: int) -> list[dict[str, Any]]:
    """Money paid by programme over the plan's years, mean of the runs."""
    rows = store.frame("money", month=YEAR, year=range(FIRST_YEAR, year + 1))
    rows = rows[rows["group"] != ""]
    if rows.empty:
        return []
    by_run = rows.groupby([*RUN, "group"])["value"].sum().unstack("group").fillna(0.0)
    table = by_run.groupby("scenario").mean().reindex(list(store.scenarios))
    table = table[table.sum().sort_values(ascending=False).index]
    factor, _ = money_unit(lang)
    total = table.sum(axis=1, min_count=1)
    made = [_paid(phrase("all_programmes", lang), total * factor, total=True)]
    return made + [
        _paid(programme(str(name), lang), table[name] * factor)
        for name in table.columns
        if table[name].abs().max() > 0
    ]


def _paid(name: str, values: pd.Series, *, total: bool = False) -> dict[str, Any]:
    cells = [{"text": numbers.plain(v, 1), "small": []} for v in values]
    return {"name": name, "cells": cells, "total": total}
