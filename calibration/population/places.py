"""Columns of villages, natural villages, townships and counties of a population."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calibration.population.hashing import mix
from calibration.population.inputs import read_inputs
from calibration.population.sampling import taken
from calibration.population.setting import Setting
from sim.world.codes import Terrain

__all__ = [
    "Plan", "county_columns", "lay_out", "names", "township_columns", "village_columns",
    "village_numbers",
]  # fmt: skip

_HAZARDS = ("drought", "hail", "flood")


class Plan:
    """Which villages are built, and the rows that everything gets.

    counties: positions of the counties built (rows of the county table). rows: villages built, as
    rows of the table of all villages. place: their rows in the population. village_count: rows of
    villages, resettlement sites included. townships: positions of the townships that get a row.
    """

    def __init__(self, setting: Setting, taken: np.ndarray, counties: np.ndarray) -> None:
        villages = setting.villages
        self.counties = counties
        self.rows = taken
        self.sites = int(setting.inputs.number("sites"))
        self.county_of = np.searchsorted(counties, villages.county[taken])
        self.place = np.arange(len(taken)) + self.sites * self.county_of
        self.village_count = len(taken) + self.sites * len(counties)
        codes = setting.inputs.counties["code"][counties]
        county_code = setting.inputs.townships["county_code"]
        self.townships = np.flatnonzero(np.isin(county_code, codes))
        self.township_county = np.searchsorted(codes, county_code[self.townships])
        self.township_of = np.searchsorted(self.townships, villages.township[taken])
        last = np.searchsorted(self.county_of, np.arange(len(counties)), side="right")
        first = last + self.sites * np.arange(len(counties))
        self.site_place = (first[:, None] + np.arange(self.sites)).ravel()


def lay_out(setting: Setting, sample: float, counties: np.ndarray) -> Plan:
    """The plan of a sample of the given counties (positions): the villages that come first."""
    villages = setting.villages
    chosen = taken(villages.order, villages.county, sample) & np.isin(villages.county, counties)
    return Plan(setting, np.flatnonzero(chosen), counties)


def village_columns(
    setting: Setting, plan: Plan, counted: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """All village columns; `counted` are those summed over people, for the villages built."""
    villages, inputs, draws, rows = setting.villages, setting.inputs, setting.draws, plan.rows
    ids, codes = villages.id, inputs.counties["code"]
    table: dict[str, np.ndarray] = {
        name: np.zeros(plan.village_count, column.dtype) for name, column in counted.items()
    }
    for name, column in counted.items():
        table[name][plan.place] = column
    columns = {
        "id": ids[rows],
        "county": plan.county_of,
        "township": plan.township_of,
        "terrain": villages.terrain[rows],
        "deep": villages.deep[rows],
        "poor_village": _poor_villages(setting)[rows],
        "distance": villages.distance[rows],
        "clinic": _clinics(setting)[rows],
        "gift_norm": draws.ratio(ids, "gifts", inputs.number("gift_sigma"))[rows],
        **{f"{hazard}_risk": _exposure(setting, hazard)[rows] for hazard in _HAZARDS},
        **{name: column[rows] for name, column in _collective(setting).items()},
    }
    county = np.repeat(np.arange(len(plan.counties)), plan.sites)
    number = np.tile(np.arange(plan.sites), len(plan.counties))
    towns = inputs.townships["villages"][plan.townships] > 0
    first_town = np.array(
        [np.flatnonzero(towns & (plan.township_county == c))[0] for c in range(len(plan.counties))]
    )
    site = {
        "id": mix(codes[plan.counties][county], np.uint64(1 << 40) + number.astype(np.uint64)),
        "county": county,
        "township": first_town[county],
        "terrain": np.full(len(county), int(Terrain.VALLEY)),
        "distance": np.full(len(county), inputs.number("site_distance")),
        "clinic": np.ones(len(county)),
        "gift_norm": np.ones(len(county)),
        **{
            f"{hazard}_risk": np.full(len(county), inputs.list("hazard_terrain", hazard)[-1])
            for hazard in _HAZARDS
        },
    }
    for name, column in columns.items():
        whole = np.zeros(plan.village_count, dtype=column.dtype)
        whole[plan.place] = column
        if name in site:
            whole[plan.site_place] = site[name]
        table[name] = whole
    table["site"] = np.zeros(plan.village_count)
    table["site"][plan.site_place] = 1
    return table


def township_columns(setting: Setting, plan: Plan) -> dict[str, np.ndarray]:
    """All townships of the counties built, whether or not a village of theirs is."""
    towns = setting.inputs.townships
    return {
        "code": towns["code"][plan.townships],
        "county": plan.township_county,
        "deep": towns["deep"][plan.townships],
    }


def county_columns(
    setting: Setting, plan: Plan, persons: np.ndarray, poor: np.ndarray
) -> dict[str, np.ndarray]:
    """All counties built, with the share of their people that is simulated (persons: simulated)."""
    places, villages = setting.inputs.counties, setting.villages
    everybody = np.bincount(villages.county, villages.persons, len(places["code"]))[plan.counties]
    columns = {
        name: places[name][plan.counties] for name in ("code", "deep", "yiqu_yizhou", "lon", "lat")
    }
    columns["sample"] = persons / everybody
    columns["persons_start"], columns["registered_start"] = persons, poor
    columns["wage_level"] = villages.wage_level[plan.counties]
    columns["prefecture"] = columns["code"] // 100
    return columns


def names() -> dict[int, str]:
    """Chinese names of the counties (six-digit codes) and townships (nine-digit codes)."""
    inputs = read_inputs()
    found = dict(
        zip(inputs.counties["code"].tolist(), inputs.counties["county"].tolist(), strict=True)
    )
    towns = inputs.townships
    found.update(zip(towns["code"].tolist(), towns["township"].tolist(), strict=True))
    return found


def village_numbers(population: Mapping[str, Mapping[str, np.ndarray]]) -> np.ndarray:
    """Number (from 1) of each village inside its township, 0 for a resettlement site.

    Villages are synthetic and bear no real village's name: with `names` this makes a label such
    as 春台乡 4.
    """
    ids = population["village"]["id"]
    codes = population["township"]["code"][population["village"]["township"]]
    found = np.zeros(len(ids), dtype=np.int64)
    for number in range(1, int(read_inputs().townships["villages"].max()) + 1):
        found[mix(codes, np.uint64(number)) == ids] = number
    return found


def _poor_villages(setting: Setting) -> np.ndarray:
    """Registered poor villages (chosen in 2013): the share of the margin, by incidence of then."""
    villages, inputs = setting.villages, setting.inputs
    lean = np.log(villages.ever / (1.0 - villages.ever))
    lean = lean + inputs.number("poor_village_noise") * setting.draws.normal(
        villages.id, "poor village"
    )
    return lean >= np.quantile(lean, 1.0 - inputs.number("poor_villages"))


def _clinics(setting: Setting) -> np.ndarray:
    """Villages with a standard clinic; those without are more often poor."""
    villages, inputs = setting.villages, setting.inputs
    lack = villages.poor ** inputs.number("clinic_poor")
    lack = lack * (1.0 - inputs.number("clinic")) / lack.mean()
    return setting.draws.uniform(villages.id, "clinic") >= lack


def _exposure(setting: Setting, hazard: str) -> np.ndarray:
    """Exposure of every village to a hazard, mean one over the scope's people."""
    villages, inputs = setting.villages, setting.inputs
    risk = inputs.list("hazard_terrain", hazard)[villages.terrain - 1]
    north = inputs.list("hazard_north")[_HAZARDS.index(hazard)]
    risk = risk * np.exp(north * (inputs.counties["lat"][villages.county] - 35.0))
    risk = risk * setting.draws.ratio(villages.id, hazard, inputs.number("hazard_sigma"))
    return risk / np.average(risk, weights=villages.persons)


def _collective(setting: Setting) -> dict[str, np.ndarray]:
    """Collective income of the last year, and the capital it comes from, in fen."""
    villages, inputs, draws = setting.villages, setting.inputs, setting.draws
    median, sigma = inputs.list("collective_median")
    has = draws.uniform(villages.id, "collective") >= inputs.number("collective_zero")
    income = np.where(
        has, median * np.exp(sigma * draws.normal(villages.id, "collective income")), 0.0
    )
    income = np.round(100.0 * income)
    return {
        "collective_last": income.astype(np.int64),
        "capital": np.round(income / inputs.number("collective_return")).astype(np.int64),
        "fund": np.round(0.5 * income).astype(np.int64),
    }
