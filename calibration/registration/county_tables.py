"""County-year tables: what is checked in them, and how far their stocks and flows agree.

The identity of the register is

    end = start - exited + relapsed + newly identified - removed + natural in - natural out

with the end of the year before as the start where it is known. Its residual is reported, county by
county and year by year, and never mended: a flow that is not given counts as nothing, and the
residual then contains it and says so. Science brief, G.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.faults import Faults, Place
from calibration.registration.places import county_codes
from calibration.registration.table_fields import Table, read_tables
from calibration.registration.table_reading import Grid, county_names, parse, years

__all__ = ["RESIDUALS", "check_county_table", "county_years", "residuals", "residuals_text"]

RESIDUALS = (
    "county", "county_name", "year", "start", "expected", "end", "residual", "share", "missing",
)  # fmt: skip
"""Columns of residuals.csv. share: of the start. missing: flows that were not given."""


def check_county_table(grid: Grid, faults: Faults) -> pd.DataFrame:
    """The rows of one table with what is wrong inside a row noted.

    Columns: `county` (six-digit code, 0 unknown), `year` (0 unknown), `row`, and those of the
    table that it has (float64, NaN missing), standard errors as NAME_se.
    """
    table = read_tables()["county_years"]
    frame = parse(grid, faults)
    range_ = table.columns["year"].range or (0.0, 0.0)
    frame["county"] = np.maximum(county_codes(frame["county"].tolist()), 0)
    frame["year"] = np.maximum(years(frame["year"].tolist(), range_), 0)
    check = _Row(grid, table, frame, faults)
    check.note("table_county", frame["county"] == 0, "county")
    low, high = (int(end) for end in range_)
    check.note("table_year", frame["year"] == 0, "year", low=low, high=high)
    check.parts()
    check.causes()
    check.quantiles()
    check.exits()
    check.errors()
    return frame


def county_years(checked: Sequence[tuple[Grid, pd.DataFrame]], faults: Faults) -> pd.DataFrame:
    """All tables put together, by county and year, with what is wrong between rows noted.

    Every column of the table is there, standard errors where somebody has given some.
    `registered_before` is the end of the year before, where a row has it.
    """
    table = read_tables()["county_years"]
    shown = [column.name for column in table.shown]
    parts = [frame.assign(grid=k) for k, (_, frame) in enumerate(checked)]
    whole = pd.concat([pd.DataFrame(columns=shown, dtype=float), *parts], ignore_index=True)
    whole = whole[(whole["county"] > 0) & (whole["year"] > 0)]  # others have been told of
    whole = whole.astype({"county": np.int64, "year": np.int64})
    whole = whole.sort_values(["county", "year", "grid", "row"], ignore_index=True)
    places = [grid.place for grid, _ in checked]
    _twice(places, whole, faults)
    whole = whole.drop_duplicates(["county", "year"], ignore_index=True)
    ends = whole.set_index(["county", "year"])["registered_end"]
    before = pd.MultiIndex.from_arrays([whole["county"], whole["year"] - 1])
    known = pd.Series(ends.reindex(before).to_numpy(), whole.index, name="registered_before")
    whole = pd.concat([whole, known], axis=1)
    for k, (grid, _) in enumerate(checked):
        _between_years(grid, table, whole[whole["grid"] == k].reset_index(drop=True), faults)
    return whole.drop(columns=["grid", "row"])


def residuals(frame: pd.DataFrame) -> pd.DataFrame:
    """The residual of every county and year that has a start and an end (columns RESIDUALS)."""
    table = read_tables()["county_years"]
    flows = [(c.name, c.zh, c.flow) for c in table.shown if c.flow]
    start = frame["registered_before"].fillna(frame["registered_start"])
    expected = start.copy()
    for name, _, sign in flows:
        expected = expected + sign * frame[name].fillna(0.0)
    missing = [
        " ".join(zh for name, zh, _ in flows if np.isnan(row[name]))
        for row in frame.to_dict("records")
    ]
    end = frame["registered_end"]
    found = pd.DataFrame(
        {
            "county": frame["county"],
            "county_name": frame["county"].map(dict(county_names())).fillna(""),
            "year": frame["year"],
            "start": start,
            "expected": expected,
            "end": end,
            "residual": end - expected,
            "share": (end - expected) / start.where(start > 0),
            "missing": missing,
        }
    )
    return found[found["residual"].notna()].reset_index(drop=True)


def residuals_text(found: pd.DataFrame) -> list[str]:
    """The residuals as lines of the printed report, the largest shares first."""
    if found.empty:
        return ["stock and flow: no county and year has both ends of the year"]
    left = found[found["residual"] != 0]
    lines = [
        f"stock and flow: {len(found) - len(left)} of {len(found)} county-years agree exactly;"
        " residuals are reported, never mended"
    ]
    order = left["residual"].abs().sort_values(ascending=False).index
    for row in left.loc[order].itertuples(index=False):
        share = "" if np.isnan(row.share) else f" ({row.share:+.2%} of the start)"
        without = f"; not given: {row.missing}" if row.missing else ""
        lines.append(
            f"  {row.county_name} {row.county} {row.year}: end {row.end:.0f}, expected "
            f"{row.expected:.0f}, residual {row.residual:+.0f}{share}{without}"
        )
    return lines


def _twice(places: Sequence[Place], whole: pd.DataFrame, faults: Faults) -> None:
    again = whole[whole.duplicated(["county", "year"])]
    if again.empty:
        return
    first = whole.drop_duplicates(["county", "year"]).set_index(["county", "year"])
    for row in again.itertuples(index=False):
        one = first.loc[(row.county, row.year)]
        where = f"{places[int(one['grid'])]}, row {int(one['row'])}"
        faults.add("table_row_twice", places[int(row.grid)], "年度", row.row, first=where)


def _between_years(grid: Grid, table: Table, frame: pd.DataFrame, faults: Faults) -> None:
    """Warnings where a year does not begin as the last one ended, and for large residuals."""
    check = _Row(grid, table, frame, faults)
    ends, starts = frame["registered_before"], frame["registered_start"]
    other = (ends != starts) & ends.notna() & starts.notna()
    check.note("table_start", other, "registered_start", end=_whole(ends[other]))
    rule = table.rules["residual"]
    keyed = {(row.county, row.year): row.row for row in frame.itertuples(index=False)}
    for one in residuals(frame).itertuples(index=False):
        if abs(one.residual) > max(rule["least"], rule["part"] * one.start):
            without = f" (not given: {one.missing})" if one.missing else ""
            faults.add(
                "table_residual", grid.place, table.columns["registered_end"].zh,
                keyed[one.county, one.year], residual=f"{one.residual:+.0f}", without=without,
            )  # fmt: skip


def _whole(values: pd.Series) -> list[str]:
    return [f"{value:.0f}" for value in values]


class _Row:
    """Checks inside the rows of one table."""

    def __init__(self, grid: Grid, table: Table, frame: pd.DataFrame, faults: Faults) -> None:
        self.grid, self.table, self.frame, self.faults = grid, table, frame, faults

    def note(self, rule: str, bad: Any, name: str, **words: Any) -> None:
        """Note a rule broken in the rows of a mask."""
        rows = self.frame["row"].to_numpy()[np.asarray(bad, bool)]
        self.faults.add(rule, self.grid.place, self.table.columns[name].zh, rows, **words)

    def _column(self, name: str) -> pd.Series:
        if name in self.frame:
            found: pd.Series = self.frame[name]
            return found
        return pd.Series(np.nan, index=self.frame.index)

    def parts(self) -> None:
        """A part is not more than its whole."""
        for column in self.table.shown:
            if column.of and column.name in self.frame and column.of in self.frame:
                more = self.frame[column.name] > self.frame[column.of]
                whole = self.table.columns[column.of].zh
                self.note("table_part", more, column.name, whole=whole)

    def causes(self) -> None:
        """All causes of a group together are the group."""
        for whole, prefix in (
            ("registered_end", "cause"), ("newly_identified", "cause_new"),
            ("relapsed", "cause_relapsed"),
        ):  # fmt: skip
            names = self.table.parts(whole, prefix)
            if whole not in self.frame or not set(names) <= set(self.frame):
                continue
            total = self.frame[list(names)].sum(axis=1, skipna=False)
            bad = (total != self.frame[whole]) & total.notna() & self.frame[whole].notna()
            self.note(
                "table_causes", bad, whole, sum=_whole(total[bad]),
                whole=_whole(self.frame[whole][bad]),
            )  # fmt: skip

    def quantiles(self) -> None:
        """P10 is not above P50, nor P50 above P90."""
        for column in self.table.shown:
            if column.name.endswith("_p50"):
                base = column.name.removesuffix("_p50")
                p10, p50, p90 = (self._column(f"{base}_p{p}") for p in (10, 50, 90))
                self.note("table_quantiles", (p10 > p50) | (p50 > p90) | (p10 > p90), column.name)

    def exits(self) -> None:
        """Nobody leaves the register who can not have been on it in the year."""
        ways_in = [
            self._column(name).fillna(0.0)
            for name in ("relapsed", "newly_identified", "natural_in")
        ]
        most = sum(ways_in, self._column("registered_start"))
        bad = self._column("exited") > most
        self.note("table_exits", bad, "exited", most=_whole(most[bad]))

    def errors(self) -> None:
        """A standard error belongs to a number."""
        for name, column in self.table.columns.items():
            if column.error_of and name in self.frame:
                alone = self.frame[name].notna() & self._column(column.error_of).isna()
                self.note("table_error_alone", alone, name)
