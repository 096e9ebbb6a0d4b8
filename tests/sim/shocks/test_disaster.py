"""Weather: who is struck, how often, and who together."""

import numpy as np
import pytest

from sim.chance import RECORD
from sim.shocks.disaster import DROUGHT, FLOOD, HAIL, Disaster, correlation_root, fields
from tests.sim.tiny import now, parameters_for, run_alone, snapshot, tiny_world

CALM = {"disaster.rain_rate": 0.0, "disaster.hail_rate": 0.0, "disaster.drought_slope": 0.0,
        "disaster.rain_2020": 0}  # fmt: skip


def _world(villages=400, counties=20, **overrides):
    return tiny_world(
        villages * 12, villages=villages, counties=counties, mechanisms=[Disaster()], **overrides
    )


def _years(world, years, changes=None, first=2031):
    """Hits by year and village (bits over the year) and the crop left each December."""
    p = parameters_for([Disaster()], {}, changes, last=(first + years) * 12)
    hits, left = [], []
    mechanism = Disaster()
    mechanism.bind(world, p, 1)
    for year in range(first, first + years):
        bits = np.zeros(len(world.village.id), np.int8)
        for month in range(12):
            moment = now(year * 12 + month)
            mechanism.open_month(moment)
            mechanism.province(world, moment, mechanism.p, mechanism.chance)
            bits |= world.village.hit
        hits.append(bits)
        left.append(world.village.crop_factor.copy())
    return np.array(hits), np.array(left)


@pytest.fixture(scope="module")
def decades():
    world = _world()
    return (world, *_years(world, 60))


def test_nothing_is_struck_in_winter_and_the_crop_starts_anew():
    world = _world(village_crop_factor=0.3, village_hit=7)
    p = parameters_for([Disaster()], {}, {"disaster.rain_rate": 1.0, "disaster.hail_rate": 50.0})
    run_alone(Disaster(), world, "2018-12", p)
    assert world.village.hit.sum() == 0
    assert (world.village.crop_factor == np.float32(0.3)).all()
    run_alone(Disaster(), world, "2019-01", p)
    assert (world.village.crop_factor == 1).all()


def test_the_crop_only_shrinks_within_a_year():
    world = _world()
    p = parameters_for([Disaster()])
    last = np.ones(len(world.village.id))
    for month in range(1, 13):
        run_alone(Disaster(), world, f"2018-{month:02d}", p)
        assert (world.village.crop_factor <= last).all()
        struck = world.village.hit > 0
        assert (world.village.crop_factor[struck] < last[struck]).all()
        last = world.village.crop_factor.copy()
    assert (last > 0).all()


def test_drought_comes_in_about_a_third_of_years(decades):
    _, hits, _ = decades
    assert 0.15 < ((hits & DROUGHT) > 0).mean() < 0.40


def test_hail_and_floods_strike_a_few_villages_in_a_hundred(decades):
    _, hits, _ = decades
    assert 0.02 < ((hits & HAIL) > 0).mean() < 0.06
    assert 0.008 < ((hits & FLOOD) > 0).mean() < 0.035


def test_drought_strikes_whole_counties_hail_does_not(decades):
    world, hits, _ = decades
    county = world.village.county

    def within(bit):
        """Share of a struck village's county that is struck too."""
        struck = (hits & bit) > 0
        return np.mean([
            struck[y][county == county[v]].mean()
            for y in range(len(hits)) for v in np.nonzero(struck[y])[0][::7]
        ])  # fmt: skip

    assert within(DROUGHT) > 0.9
    assert 0.2 < within(HAIL) < 0.6  # a township, which is a whole county in the tiny world


def test_most_of_the_crop_is_left_in_most_years(decades):
    left = decades[2]
    assert 0.8 < left.mean() < 0.97
    assert (left < 0.75).mean() > 0.03


def test_neighbouring_counties_share_their_weather_and_distant_ones_do_not():
    lon, lat = np.array([104.0, 104.3, 108.5]), np.array([34.0, 34.0, 37.5])
    root = correlation_root(lon, lat, 150.0)
    assert np.allclose(root @ root.T, (root @ root.T).T)
    near, far = (root @ root.T)[0, 1], (root @ root.T)[0, 2]
    assert 0.80 < near < 0.87  # 28 km
    assert far < 0.05
    chance = np.rec.array(np.zeros(1, RECORD))[0]
    drawn = []
    for month in range(3_000):
        chance.month = month
        weather = np.zeros((2, 3))
        fields(chance, np.array([1, 2, 3], np.uint64), root, weather)
        drawn.append(weather.copy())
    drawn = np.array(drawn)
    for field in (0, 1):
        found = np.corrcoef(drawn[:, field].T)
        assert abs(found[0, 1] - near) < 0.05 and abs(found[0, 2] - far) < 0.06
    assert np.allclose(drawn.std(axis=0), 1, atol=0.05)
    assert abs(np.corrcoef(drawn[:, 0, 0], drawn[:, 1, 0])[0, 1]) < 0.06


def test_the_moisture_index_remembers():
    world, p = _world(40, 10), parameters_for([Disaster()], last=3000 * 12)
    mechanism = Disaster()
    mechanism.bind(world, p, 3)
    path = []
    for month in range(24_000, 24_600):
        mechanism.open_month(now(month))
        mechanism.province(world, now(month), mechanism.p, mechanism.chance)
        path.append(world.county.moisture.copy())
    path = np.array(path)
    assert abs(np.corrcoef(path[:-1, 0], path[1:, 0])[0, 1] - 0.6) < 0.1
    assert 0.85 < path.std() < 1.15


def test_exposure_decides_who_is_hit():
    world = _world(village_drought_risk=0.0, village_hail_risk=0.0, village_flood_risk=0.0)
    hits, left = _years(world, 10, {"disaster.rain_rate": 0.9, "disaster.hail_rate": 2.0})
    assert hits.sum() == 0 and (left == 1).all()


@pytest.mark.parametrize("on", [0, 1])
def test_the_rain_of_august_2020_can_be_switched(on):
    world = _world(1_000, county_prefecture=np.where(np.arange(20) < 10, 6212, 6206))
    p = parameters_for([Disaster()], {}, CALM | {"disaster.rain_2020": on})
    run_alone(Disaster(), world, "2020-08", p)
    south = world.village.county < 10
    assert ((world.village.hit[~south] & FLOOD) == 0).all()
    struck = ((world.village.hit[south] & FLOOD) > 0).mean()
    assert (0.08 < struck < 0.16) if on else struck == 0


def test_a_calm_world_loses_nothing():
    hits, left = _years(_world(), 5, CALM)
    assert hits.sum() == 0 and (left == 1).all()


def test_a_village_meets_the_same_weather_whoever_else_is_in_the_world():
    # a sample has fewer villages; counties and townships are always all there
    whole, p = _world(400, 4), parameters_for([Disaster()], {}, {"disaster.hail_rate": 3.0})
    part = _world(400, 4)
    for name in Disaster.reads[5:] + Disaster.writes[:2]:
        name = name.removeprefix("village.")
        part.village[name] = part.village[name][::3].copy()
    for month in ("2018-05", "2018-06", "2018-07"):
        run_alone(Disaster(), whole, month, p, check=False)
        run_alone(Disaster(), part, month, p, check=False)
    assert (part.village.hit == whole.village.hit[::3]).all()
    assert (part.village.crop_factor == whole.village.crop_factor[::3]).all()
    assert snapshot(part)["county.moisture"].tolist() == whole.county.moisture.tolist()
