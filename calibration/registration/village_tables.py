"""Village tables: households, people and the poor of administrative or natural villages.

The name of a village is a place's and may be read, but it is free text and is not kept: a village
becomes the id that its households get (`places.village_ids`), so the two can be put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.cells import clean
from calibration.registration.faults import Faults
from calibration.registration.places import county_codes, township_codes, village_ids
from calibration.registration.privacy import is_personal, shown
from calibration.registration.table_fields import read_tables
from calibration.registration.table_reading import Grid, parse, years

__all__ = ["check_village_table", "villages"]

_MOST_PERSONS, _FEWEST_PERSONS = 10.0, 1.0  # a household, on the mean of a village


def check_village_table(grid: Grid, faults: Faults, key: bytes) -> pd.DataFrame:
    """The rows of one table, with what is wrong noted.

    Columns: `county`, `township` (codes, 0 unknown), `village`, `natural_village` (uint64 ids under
    the key, 0 none), `year` (-1 if the table has none), `row`, and the table's own (float64, NaN
    missing).
    """
    table = read_tables()["villages"]
    frame = parse(grid, faults)
    texts = {name: _texts(frame, name) for name in table.keys}
    rows = frame["row"].to_numpy()

    def note(rule: str, bad: Any, name: str, **words: Any) -> None:
        at = np.flatnonzero(np.asarray(bad, bool))
        cells = [shown(texts[name][k]) if name in texts else "" for k in at]
        words.setdefault("values", cells)
        faults.add(rule, grid.place, table.columns[name].zh, rows[at], **words)

    for name in ("township", "village", "natural_village"):
        personal = np.array([is_personal(text) for text in texts[name]], bool)
        note("personal", personal, name)
        texts[name] = ["" if bad else text for text, bad in zip(texts[name], personal, strict=True)]
    county = np.maximum(county_codes(texts["county"]), 0)
    note("table_county", county == 0, "county")
    township = township_codes(county, texts["township"])
    note("table_township", (township == 0) & (county > 0), "township")
    names = [texts["township"], texts["village"]]
    frame["county"], frame["township"] = county, township
    frame["village"] = village_ids(county, names, key)
    frame["natural_village"] = village_ids(county, [*names, texts["natural_village"]], key)
    note("table_village", frame["village"] == 0, "village")
    low, high = table.columns["year"].range or (0, 0)
    frame["year"] = years(texts["year"], (low, high))
    note("table_year", frame["year"] == 0, "year", low=int(low), high=int(high))
    for column in table.shown:
        if column.of and column.name in frame and column.of in frame:
            more = frame[column.name] > frame[column.of]
            note("table_part", more, column.name, whole=table.columns[column.of].zh)
    if {"persons", "households"} <= set(frame):
        size = frame["persons"] / frame["households"].where(frame["households"] > 0)
        odd = (size > _MOST_PERSONS) | (size < _FEWEST_PERSONS)
        told = [f"{value:.1f}" for value in size[odd]]
        note("table_household_size", odd, "persons", values=told)
    _twice(grid, frame, faults)
    return frame


def villages(checked: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All tables put together: every column of the table, one row a village and year."""
    shown_ = [column.name for column in read_tables()["villages"].shown]
    whole = pd.concat(list(checked), ignore_index=True)
    for name in set(shown_) - set(whole):
        whole[name] = np.nan
    whole = whole[shown_]  # ids stay whole numbers: as floats they would lose their last digits
    kinds = {
        "county": "i4",
        "township": "i4",
        "village": "u8",
        "natural_village": "u8",
        "year": "i2",
    }
    return whole.astype(kinds).drop_duplicates(
        ["village", "natural_village", "year"], ignore_index=True
    )


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return [clean(text) for text in frame[name]] if name in frame else [""] * len(frame)


def _twice(grid: Grid, frame: pd.DataFrame, faults: Faults) -> None:
    keys = ["village", "natural_village", "year"]
    known = frame[(frame["village"] > 0) & (frame["year"] != 0)]
    first = known.groupby(keys)["row"].transform("first")
    again = known["row"] != first
    told = [f"{grid.place}, row {row}" for row in first[again]]
    faults.add("table_row_twice", grid.place, "村", known["row"][again].to_numpy(), first=told)
