"""The table of all villages of the scope: who they are, how large, how poor, where.

It is made whole every time (7,802 rows, a fraction of a second), because what is right for a
county, such as its registered poor, has to be shared out among all its villages before some of
them are taken into a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.population import fitting
from calibration.population.hashing import Draws, mix
from calibration.population.inputs import Inputs
from calibration.population.library import Library
from calibration.population.sampling import sampling_order

__all__ = ["DEEP_SHARE", "Villages", "county_incidence", "make_villages"]

DEEP_SHARE = 0.20
"""Registered incidence from which a village is a deep-poverty village (the plan)."""

_FEWEST = 20  # households of the smallest village


@dataclass(frozen=True)
class Villages:
    """Columns over all villages, sorted by county and township, and the households' templates.

    poor, ever: shares of persons registered poor at the end of 2016, and registered at any time
    since 2013. income: relative level of farm income (mean one over persons); chances: of jobs.
    group: main ethnic group. template: template of each household, village after village
    (`first` is the position of a village's first). order: place of each village in its county's
    sampling order. naturals: natural villages in it; harsh: share of them that cannot feed
    their people. wage_level: local wage of each county (not village) relative to the scope's.
    """

    id: np.ndarray
    county: np.ndarray
    township: np.ndarray
    number: np.ndarray
    households: np.ndarray
    persons: np.ndarray
    first: np.ndarray
    template: np.ndarray
    terrain: np.ndarray
    distance: np.ndarray
    poor: np.ndarray
    ever: np.ndarray
    income: np.ndarray
    chances: np.ndarray
    group: np.ndarray
    migration: np.ndarray
    order: np.ndarray
    naturals: np.ndarray
    harsh: np.ndarray
    wage_level: np.ndarray

    @property
    def deep(self) -> np.ndarray:
        """Deep-poverty villages by the plan's rule."""
        return self.poor >= DEEP_SHARE


def make_villages(inputs: Inputs, library: Library, draws: Draws) -> Villages:
    """Every village of the scope."""
    places, towns = inputs.counties, inputs.townships
    per_township = towns["villages"].astype(np.int64)
    township = np.repeat(np.arange(len(per_township)), per_township)
    number = (
        np.arange(len(township))
        - np.repeat(np.cumsum(per_township) - per_township, per_township)
        + 1
    )
    county = np.searchsorted(places["code"], towns["county_code"])[township]
    ids = mix(towns["code"][township], number)
    town_ids = mix(towns["code"], np.zeros(len(per_township)))[township]

    households = _sizes(inputs, draws, ids, county)
    template, persons = _templates(inputs, library, draws, ids, county, households)
    terrain = _terrain(inputs, draws, ids, county)
    radius = np.sqrt(places["area_km2"] / np.pi)[county]
    road = 1.3 * radius * np.sqrt(draws.uniform(town_ids, "township distance"))
    distance = 1.0 + road + 0.2 * radius * draws.uniform(ids, "village distance")

    lean = _leaning(inputs, draws, ids, town_ids, township, terrain, distance / radius)
    by_2016, by_2013 = county_incidence(inputs, np.bincount(county, persons))
    poor, odds = _shared_out(lean, persons, county, by_2016)
    ever, _ = _shared_out(odds, persons, county, by_2013)
    naturals, harsh = _naturals(inputs, draws, ids, households, terrain, poor)
    income = np.exp(
        -inputs.number("village_income_slope") * (odds - np.average(odds, weights=persons))
    )
    return Villages(
        id=ids,
        county=county,
        township=township,
        number=number,
        households=households,
        persons=persons,
        first=np.cumsum(households) - households,
        template=template,
        terrain=terrain,
        distance=distance,
        poor=poor,
        ever=ever,
        income=income / np.average(income, weights=persons),
        chances=income ** inputs.number("village_jobs_power"),
        group=_groups(inputs, draws, ids, town_ids, county, persons),
        migration=draws.ratio(ids, "migration", inputs.number("migrant_village_sigma")),
        order=sampling_order(county, persons, poor, poor >= DEEP_SHARE, draws),
        naturals=naturals,
        harsh=harsh,
        wage_level=_wage_level(inputs, by_2016, np.bincount(county, persons)),
    )


def county_incidence(inputs: Inputs, persons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Registered shares of each county at the end of 2016, and at any time since 2013.

    The log-odds rise with elevation and the deep flag; the level is the scope's stock. Where a
    share of 2013 is published it is taken, and that of 2016 lies below it by the same difference
    of log-odds as in the scope.
    """
    places = inputs.counties
    height = np.nan_to_num(places["elevation_m"], nan=np.nanmean(places["elevation_m"]))
    steps = np.clip((height - np.average(height, weights=persons)) / 600.0, -1.5, 1.5)
    lean = (
        inputs.number("incidence_deep") * places["deep"]
        + inputs.number("incidence_elevation") * steps
    )
    known = places["incidence_2013"]
    one = np.zeros(len(persons), dtype=np.int64)
    stock = inputs.number("registered_poor") / inputs.number("persons")
    stock_2013 = inputs.number("registered_2013") / inputs.number("persons")
    odds_2016, odds_2013 = lean, lean
    for _ in range(20):  # the published counties shift the level of the others a little
        _, odds_2016 = _shared_out(odds_2016, persons, one, np.array([stock]))
        _, odds_2013 = _shared_out(odds_2016, persons, one, np.array([stock_2013]))
        fixed = ~np.isnan(known)
        fall = np.average(odds_2013 - odds_2016, weights=persons)
        odds_2016 = np.where(fixed, _logit(np.where(fixed, known, 0.5)) - fall, odds_2016)
    by_2013 = _shared_out(odds_2016, persons, one, np.array([stock_2013]))[0]
    return 1.0 / (1.0 + np.exp(-odds_2016)), by_2013


def _wage_level(inputs: Inputs, poor: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Local wages of each county, lower where more are registered poor; mean one over persons."""
    level = (poor / poor.mean()) ** inputs.number("wage_level_power")
    return level / np.average(level, weights=persons)


def _logit(share: np.ndarray) -> np.ndarray:
    return np.log(share / (1.0 - share))


def _shared_out(
    lean: np.ndarray, persons: np.ndarray, group: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shares whose log-odds differ by `lean`, with the mean `share` over each group's persons."""
    count = len(share)
    weight = np.bincount(group, persons, count)
    level = _logit(share) - np.bincount(group, persons * lean, count) / weight
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(lean + level[group])))
        gap = share - np.bincount(group, persons * p, count) / weight
        level = level + gap / (np.bincount(group, persons * p * (1.0 - p), count) / weight)
    odds = lean + level[group]
    return 1.0 / (1.0 + np.exp(-odds)), odds


def _sizes(inputs: Inputs, draws: Draws, ids: np.ndarray, county: np.ndarray) -> np.ndarray:
    """Households of each village, heavy-tailed about its county's mean."""
    places = inputs.counties
    people = places["persons_10k"] / places["persons_10k"].sum() * inputs.number("persons")
    least, largest = inputs.list("village_size_limits")
    spread = draws.ratio(ids, "size", inputs.number("village_size_sigma"))
    spread = np.clip(spread, least, largest)
    spread /= np.bincount(county, spread)[county]
    mean = people / places["household_size"]
    return np.maximum(_FEWEST, np.round(spread * mean[county])).astype(np.int64)


def _templates(
    inputs: Inputs,
    library: Library,
    draws: Draws,
    ids: np.ndarray,
    county: np.ndarray,
    households: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Template of every household, and persons of every village."""
    counts = fitting.features(library)
    offsets = draws.uniform(ids, "template")
    factors: dict[str, np.ndarray] = {}
    weights: dict[tuple[str, float], np.ndarray] = {}
    chosen = []
    for c in range(len(inputs.counties["code"])):
        profile = str(inputs.counties["profile"][c])
        kind = (profile, float(inputs.counties["household_size"][c]))
        if kind not in weights:
            targets = fitting.county_targets(inputs, library, c)
            weights[kind], factors[profile] = fitting.fit(counts, targets, factors.get(profile))
        mine = county == c
        chosen.append(fitting.systematic(weights[kind], households[mine], offsets[mine]))
    template = np.concatenate(chosen).astype(np.int16)
    persons = np.add.reduceat(library.size[template], np.cumsum(households) - households)
    return template, persons


def _terrain(inputs: Inputs, draws: Draws, ids: np.ndarray, county: np.ndarray) -> np.ndarray:
    """Terrain class from the county's height, roughness and latitude.

    High country is pastoral; rough country is mountain in the south and loess hills in the
    north, where the same roughness comes from gullies.
    """
    places = inputs.counties
    height = np.nan_to_num(places["elevation_m"], nan=2000.0)
    rough = np.nan_to_num(places["elevation_sd_m"], nan=60.0)
    pastoral = np.clip((height - 2700.0) / 800.0, 0.0, 0.85)
    south = 0.15 + 0.85 * np.clip((35.4 - places["lat"]) / 0.6, 0.0, 1.0)
    mountain = (1.0 - pastoral) * np.clip((rough - 60.0) / 300.0, 0.05, 0.85) * south
    valley = (1.0 - pastoral - mountain) * 0.2 + 0.03
    loess = 1.0 - pastoral - mountain - valley
    ends = np.cumsum(np.stack([loess, mountain, pastoral], axis=1), axis=1)
    luck = draws.uniform(ids, "terrain")
    return (1 + (luck[:, None] > ends[county]).sum(axis=1)).astype(np.int8)


def _leaning(
    inputs: Inputs, draws: Draws, ids: np.ndarray, town_ids: np.ndarray, township: np.ndarray,
    terrain: np.ndarray, distance: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Log-odds of registered poverty of a village relative to others of its county."""
    far = (distance - distance.mean()) / distance.std()
    return (
        inputs.number("incidence_village_sigma") * draws.normal(ids, "incidence")
        + inputs.number("incidence_township_sigma") * draws.normal(town_ids, "township incidence")
        + inputs.number("incidence_deep_township") * inputs.townships["deep"][township]
        + inputs.list("incidence_terrain")[terrain - 1]
        + inputs.number("incidence_distance") * far
    )


def _naturals(
    inputs: Inputs,
    draws: Draws,
    ids: np.ndarray,
    households: np.ndarray,
    terrain: np.ndarray,
    poor: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Natural villages of each village, more in a larger one, and the share of harsh ones."""
    size = np.sqrt(households * draws.ratio(ids, "naturals", inputs.number("naturals_sigma")))
    count = np.maximum(1, np.round(size * inputs.number("natural_villages") / size.mean())).astype(
        np.int64
    )
    lean = inputs.list("harsh_terrain")[terrain - 1] * poor
    return count, lean * inputs.number("harsh") * count.sum() / (lean * count).sum()


def _groups(
    inputs: Inputs,
    draws: Draws,
    ids: np.ndarray,
    town_ids: np.ndarray,
    county: np.ndarray,
    persons: np.ndarray,
) -> np.ndarray:
    """Main ethnic group of each village (code), so that the county's shares come out.

    Villages of a township tend to be alike: the order along which the shares are laid out is
    mostly the township's.
    """
    along = 0.7 * draws.uniform(town_ids, "township group") + 0.3 * draws.uniform(
        ids, "village group"
    )
    order = np.lexsort((along, county))
    before = np.cumsum(persons[order]) - persons[order] / 2.0
    total = np.bincount(county, persons)
    place = (before - (np.cumsum(total) - total)[county[order]]) / total[county[order]]
    ends = np.cumsum(inputs.ethnic_shares, axis=1)[:, :-1]
    group = np.empty(len(ids), dtype=np.int8)
    group[order] = 1 + (place[:, None] > ends[county[order]]).sum(axis=1)
    return group
