"""County-year and village tables in a set of files: gathered, checked, written, reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.registration.county_tables import (
    check_county_table,
    county_years,
    residuals,
    residuals_text,
)
from calibration.registration.faults import Faults
from calibration.registration.table_reading import Grid
from calibration.registration.village_tables import check_village_table, villages

__all__ = ["SmallTables", "check_tables"]


@dataclass(frozen=True)
class SmallTables:
    """The tables of all files, a row a county and year, or a village and year; empty if none."""

    county_years: pd.DataFrame = field(default_factory=pd.DataFrame)
    villages: pd.DataFrame = field(default_factory=pd.DataFrame)

    def write(self, folder: Path, open_: Callable[[Path, str], Any]) -> None:
        """county_years.parquet with residuals.csv, and villages.parquet, where there are rows."""
        for name in ("county_years", "villages"):
            frame = getattr(self, name)
            if len(frame):
                with open_(folder / f"{name}.parquet", "wb") as target:
                    frame.to_parquet(target, index=False, compression="zstd")
        if len(self.county_years):
            with open_(folder / "residuals.csv", "w") as target:
                residuals(self.county_years).to_csv(target, index=False, float_format="%.6g")

    def report(self) -> list[str]:
        """Lines for the printed report."""
        lines = []
        if len(self.county_years):
            places = self.county_years["county"].nunique()
            lines += [f"county-year table: {len(self.county_years)} rows, {places} counties"]
            lines += residuals_text(residuals(self.county_years))
        if len(self.villages):
            lines += [f"village table: {len(self.villages)} rows"]
        return lines


def check_tables(grids: Sequence[Grid], faults: Faults, key: bytes) -> SmallTables:
    """Check all tables that were recognised; `key` makes the ids of villages."""
    counties = [g for g in grids if g.table == "county_years"]
    places = [g for g in grids if g.table == "villages"]
    checked = [(grid, check_county_table(grid, faults)) for grid in counties]
    found = [check_village_table(grid, faults, key) for grid in places]
    return SmallTables(
        county_years(checked, faults) if checked else pd.DataFrame(),
        villages(found) if found else pd.DataFrame(),
    )
