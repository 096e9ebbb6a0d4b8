"""Targets for a fit from village tables: how the registered rate differs between villages.

As in a run (calibration/fit/reading.py), villages are weighted by their people. A county with at
least `villages` rows of whole villages in a year gives targets for its own code; `all`, `deep` and
`other` are given where every county of the area does. Errors: the sampling error of villages drawn
at random, with a least one (`villages` in registration_tables.yaml, assumed).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from calibration.fit.weighted import weighted_correlation
from calibration.registration.county_targets import COLUMNS, areas
from calibration.registration.table_fields import read_tables
from sim.world.codes import Terrain

__all__ = ["targets_from_villages"]

_FIRST = 2017


def targets_from_villages(frame: pd.DataFrame, source: str = "village table") -> pd.DataFrame:
    """The targets, one row a statistic, year and area (columns of `county_targets`).

    frame: as `village_tables.villages` gives it.
    """
    whole = frame[(frame["natural_village"] == 0) & (frame["persons"] > 0)]
    whole = whole[whole["poor_persons"].notna() & (whole["year"] >= _FIRST)]
    least = read_tables()["villages"].rules["errors"]["villages"]
    enough = whole.groupby(["county", "year"])["village"].transform("size") >= least
    rows = [
        (name, year, area, value, error, source, "calibrate")
        for year, one in whole[enough].groupby("year")
        for area, villages in areas(one)
        for name, value, error in _statistics(villages)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _statistics(frame: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    persons = frame["persons"].to_numpy()
    rate = frame["poor_persons"].to_numpy() / persons
    rule = read_tables()["villages"].rules["errors"]
    # as many equal villages would give means as uncertain as these
    count = persons.sum() ** 2 / (persons**2).sum()
    mean = np.average(rate, weights=persons)
    variance = float(np.average((rate - mean) ** 2, weights=persons))
    fourth = float(np.average((rate - mean) ** 4, weights=persons))
    sampling = np.sqrt(max(fourth - variance**2, 0.0) / count)
    yield "village_variance", variance, float(np.hypot(sampling, rule["part"] * variance))
    rough = frame["terrain"].isin((Terrain.MOUNTAIN, Terrain.PASTORAL))
    known = frame["terrain"].notna().all()
    for name, other, told in (
        ("rate_slope", rough.to_numpy(np.float64), known),
        ("rate_distance", frame["county_distance"].to_numpy(), True),
    ):
        value = weighted_correlation(rate, other, persons) if told else np.nan
        if np.isfinite(value):
            sampling = (1.0 - value**2) / np.sqrt(max(count - 1.0, 1.0))
            yield name, value, float(np.hypot(sampling, rule["correlation"]))
