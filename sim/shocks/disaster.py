"""Drought, hail, floods and landslides."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from sim.calendar import month_index
from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["DROUGHT", "FLOOD", "HAIL", "Disaster"]

DROUGHT, HAIL, FLOOD = 1, 2, 4
"""Bits of village.hit."""

_COUNTY, _TOWNSHIP, _HAIL, _FLOOD = 1, 2, 3, 4  # draw indices, so that ids of kinds do not meet
_EARTH = 6371.0
_FORCED = month_index("2020-08")


class Disaster(Mechanism):
    """Weather that strikes whole counties, townships and villages.

    Drought: each county has a monthly moisture index, a standard normal with memory, correlated
    between counties by exp(-distance / range). From May to August every unit of it below a
    threshold costs part of the rain-fed crop, by the village's exposure.

    Hail, May to September: the township is struck at a yearly rate that a county's bad month
    multiplies; within the township it hits part of the villages, hard.

    Floods and landslides, June to September: a county has a heavy-rain month (correlated like
    drought); then villages are struck by their exposure. August 2020, the wettest on record in
    the south, is forced in the prefectures given, whatever is drawn (`rain_2020`).

    `village.crop_factor` is what is left of the year's crop and starts anew in January (how much
    irrigation saves is for farming to say); `village.hit` tells who was struck this month.
    Houses are left to services, which reads the flood bit.
    """

    name = "disaster"
    zh = "自然灾害"
    reason = "Disaster is a main cause of poverty and strikes neighbours together."
    reads = (
        "county.code", "county.lon", "county.lat", "county.prefecture", "township.code",
        "village.id", "village.county", "village.township", "village.drought_risk",
        "village.hail_risk", "village.flood_risk", "village.flood_cut",
    )  # fmt: skip
    writes = ("village.crop_factor", "village.hit", "county.moisture")
    columns = (
        column("county", "moisture", "f8", "sd", "moisture index, low is dry", "干湿指数"),
    )  # fmt: skip

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The month's weather over all counties, then over the villages."""
        county, township, village = world.county, world.township, world.village
        counties = len(county.code)
        weather = np.zeros((2, counties))
        lower = correlation_root(county.lon, county.lat, float(p.reach))
        fields(chance, county.code.astype(np.uint64), lower, weather)
        keep = p.persistence
        county.moisture[:] = keep * county.moisture + np.sqrt(1 - keep * keep) * weather[0]
        if now.calendar == 1:
            village.crop_factor[:] = 1.0
        village.hit[:] = 0
        if not 5 <= now.calendar <= 9:
            return
        wet = np.zeros(counties)
        if now.calendar >= 6:
            wet[weather[1] > rain_threshold(float(p.rain_rate))] = p.flood_reach
            if now.month == _FORCED and p.rain_2020 > 0:
                south = np.isin(county.prefecture, np.asarray(p.rain_2020_prefectures))
                wet[south] = np.maximum(wet[south], p.rain_2020_reach)
        strike(
            chance, county.code.astype(np.uint64), township.code.astype(np.uint64),
            village.id, village.county, village.township, village.drought_risk,
            village.hail_risk, village.flood_risk * np.maximum(0.0, 1.0 - village.flood_cut),
            village.crop_factor, village.hit, county.moisture, wet, now.calendar <= 8, p,
        )  # fmt: skip


def rain_threshold(yearly: float) -> float:
    """The standard normal value above which a month is one of heavy rain, if the chance that
    one of four such months comes in a year is `yearly`."""
    dry = (1 - yearly) ** 0.25
    if dry >= 1:
        return float("inf")
    return NormalDist().inv_cdf(dry) if dry > 0 else float("-inf")


def correlation_root(lon: np.ndarray, lat: np.ndarray, reach: float) -> np.ndarray:
    """Lower Cholesky root of exp(-distance / reach) between centroids; reach in km."""
    x, y = np.radians(lon.astype(np.float64)), np.radians(lat.astype(np.float64))
    dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
    a = np.sin(dy / 2) ** 2 + np.cos(y)[:, None] * np.cos(y)[None, :] * np.sin(dx / 2) ** 2
    distance = 2 * _EARTH * np.arcsin(np.sqrt(np.clip(a, 0, 1)))
    matrix = np.exp(-distance / reach)
    matrix[np.diag_indices_from(matrix)] += 1e-9  # two counties may share a centroid
    return np.asarray(np.linalg.cholesky(matrix))


@kernel
def fields(chance, codes, lower, weather):
    """Two correlated standard normal fields over the counties (drought, rain), into `weather`.

    The sum is written out so that its order, and so its last bit, does not depend on a library.
    """
    for c in range(len(codes)):
        drawn = words(chance, codes[c], _COUNTY)
        dry = normal(drawn[0])
        wet = normal(drawn[1])
        for to in range(c, len(codes)):
            weather[0, to] += lower[to, c] * dry
            weather[1, to] += lower[to, c] * wet


@kernel
def strike(
    chance, codes, townships, ids, county, township, drought_risk, hail_risk, flood_risk,
    crop_factor, hit, moisture, wet, growing, p,
):  # fmt: skip
    """What the month's weather does to each village."""
    bad = np.empty(len(codes))
    for c in range(len(codes)):
        word = words(chance, codes[c], _COUNTY)[2]
        bad[c] = np.exp(p.hail_cluster * normal(word) - 0.5 * p.hail_cluster * p.hail_cluster)
    for v in range(len(ids)):
        c = county[v]
        left = 1.0
        if growing:
            short = -moisture[c] - p.drought_threshold
            loss = min(p.drought_slope * short * drought_risk[v], p.drought_worst)
            if loss > 0.0:
                left *= 1.0 - loss
                if loss >= p.drought_notable:
                    hit[v] |= DROUGHT
        over = uniform(words(chance, townships[township[v]], _TOWNSHIP)[0])
        if over < 1.0 - np.exp(-p.hail_rate / 5.0 * bad[c]):
            drawn = words(chance, ids[v], _HAIL)
            if uniform(drawn[0]) < p.hail_reach * hail_risk[v]:
                left *= 1.0 - (p.hail_least + uniform(drawn[1]) * (p.hail_most - p.hail_least))
                hit[v] |= HAIL
        if wet[c] > 0.0:
            drawn = words(chance, ids[v], _FLOOD)
            if uniform(drawn[0]) < wet[c] * flood_risk[v]:
                left *= 1.0 - p.flood_loss
                hit[v] |= FLOOD
        crop_factor[v] = np.float32(crop_factor[v] * left)
