"""The targets that a register gives mean what the statistics of a run mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.fit.reading import Reader
from calibration.fit.targets import read_targets
from calibration.population.inputs import read_inputs
from calibration.registration.estimates import FEWEST, quantile, ratio, survival
from calibration.registration.store import Imported
from calibration.registration.targets import register_targets, with_table
from scenarios.run import Past
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.world.codes import Cause, Registered
from tests.calibration.small_import import frames

PARTS = ("wage", "business", "property", "transfer")


@pytest.fixture(scope="module")
def lived(people):
    """The statistics of a run to the end of 2018, and what a register would hold of it."""
    until = month_index("2018-12")
    reader, window, years = Reader(counties=True), {}, []

    def look(model):
        reader.look(model)
        home = model.world.household
        if model.now.calendar == 9:
            window.update({n: home[f"window_{n}"] / 100.0 for n in PARTS})
        if model.now.calendar == 12 and model.now.year >= 2016:
            years.append(frames(model.world.tables, model.now.year, dict(window)))

    past = Past(people, {}, 1, until=until, each=look)
    model = past.branch(load_scenario("plan"), until)
    model.run(each=lambda now: look(model))
    homes, members = (pd.concat(part, ignore_index=True) for part in zip(*years, strict=True))
    return reader.finish(model), Imported(homes, members, {})


def test_a_register_of_a_run_has_the_statistics_of_the_run(lived):
    stats, imported = lived
    table = register_targets(imported)
    found = {f"{r.statistic}:{r.year}:{r.area}": r.value for r in table.itertuples()}
    assert {key.split(":")[1] for key in found} >= {"2017", "2018"}
    assert len(found) > 70
    # September's window without those who have died since; members counted early in December
    loose = {f"income_{part}": 0.01 for part in PARTS}
    loose |= {
        "exits_share": 0.01,
        "migrant_share": 0.03,
        "gap_insurance": 0.1,
        "gap_education": 0.5,
    }
    for key, value in found.items():
        near = loose.get(key.split(":")[0], 1e-4)
        assert value == pytest.approx(stats[key], rel=near, abs=1e-5), key


def test_the_targets_can_be_fitted(lived, tmp_path):
    register_targets(lived[1]).to_csv(tmp_path / "targets.csv", index=False)
    targets = read_targets([str(tmp_path)])
    assert len(targets) > 70 and (targets.error > 0).all()


def test_years_are_chosen(lived):
    assert set(register_targets(lived[1], [2018])["year"]) <= {2018, ""}


def homes(number=40, **columns):
    """Households of one county, four in a village, each of two persons."""
    frame = pd.DataFrame(
        {
            "household_id": np.arange(1, number + 1, dtype=np.uint64),
            "year": np.int16(2017),
            "county": np.int32(622926),
            "village": np.arange(number, dtype=np.uint64) // np.uint64(4) + np.uint64(1),
            "registered": np.int8(Registered.POOR),
            "size": np.int16(2),
        }
    )
    return frame.assign(**columns)


def table_of(frame):
    members = pd.DataFrame({"household_id": np.array([], np.uint64), "year": np.array([], int)})
    table = register_targets(Imported(frame, members, {}))
    return table.set_index("statistic")


def test_a_share_and_its_error_by_hand():
    # two of four households in every other village: the share is 1/4
    part = np.tile([1, 1, 0, 0, 0, 0, 0, 0], 5)
    found = table_of(homes(safe_water=(1 - part).astype(np.int8))).loc["gap_water"]
    assert found["value"] == 0.25
    # each village is off by two persons: sqrt(10/9 * 10 * 2**2) / 80
    error = np.sqrt(10 / 9 * 10 * 4.0) / 80
    assert found["error"] == pytest.approx(np.sqrt(error**2 + 0.025**2 + 0.005**2), abs=1e-6)


@pytest.mark.parametrize("dry", [1, FEWEST - 1, 40 - FEWEST + 1, 39])
def test_nothing_is_told_of_fewer_than_ten_households(dry):
    water = np.where(np.arange(40) < dry, 0, 1).astype(np.int8)
    assert "gap_water" not in table_of(homes(safe_water=water)).index
    assert table_of(homes(9, safe_water=np.int8(1))).empty


def test_a_small_cause_takes_another_with_it():
    cause = np.full(40, int(Cause.ILLNESS))
    cause[:15] = Cause.FUNDS
    cause[15:18] = Cause.SKILLS
    names = table_of(homes(cause=cause.astype(np.int8))).index
    assert "cause_stock_skills" not in names and "cause_stock_funds" not in names
    assert "cause_stock_illness" in names


def test_what_a_register_does_not_say_is_no_target():
    assert table_of(homes()).empty or "dibao_share" not in table_of(homes()).index


def test_relapses_and_exits_by_hand():
    state = np.full(60, int(Registered.POOR))
    exit, back = np.full(60, -1), np.full(60, -1)
    state[:20], exit[:20] = Registered.EXITED, 2017  # left this year
    state[20:40], exit[20:40] = Registered.EXITED, 2015
    state[40:50], exit[40:50], back[40:50] = Registered.RELAPSED, 2016, month_index("2017-12")
    table = table_of(homes(60, registered=state.astype(np.int8), exit_year=exit.astype(np.int16),
                           relapse_date=back.astype(np.int16)))  # fmt: skip
    assert table.loc["exits_share", "value"] == pytest.approx(20 / 30)  # of 20 that left, 10 poor
    assert table.loc["relapse_share", "value"] == pytest.approx(10 / 30)


def test_survival_by_hand():
    # a hundred followed for two years; ten fell back after one, nine of the rest after two
    years = np.r_[np.ones(10), np.full(90, 2.0)].astype(int)
    ended = np.r_[np.ones(10, bool), np.ones(9, bool), np.zeros(81, bool)]
    village = np.arange(100) % 10
    one = survival(years, ended, np.ones(100), village, 1)
    two = survival(years, ended, np.ones(100), village, 2)
    assert one.value == pytest.approx(0.9) and not one.small
    assert two.value == pytest.approx(0.9 * 81 / 90) and two.small  # nine fell back
    assert survival(years, ended, np.ones(100), village, 3).small


def test_areas_are_those_that_are_whole():
    codes = read_inputs().counties["code"]
    every = homes(35 * 12, county=np.repeat(codes, 12).astype(np.int32), safe_water=np.int8(1))
    areas = set(table_of(every)["area"])
    assert areas == {"all", "deep", "other", *map(str, codes)}
    assert set(table_of(every[every["county"] != 622926])["area"]) == areas - {
        "622926",
        "all",
        "deep",
    }


def test_the_one_county_that_is_not_told_cannot_be_had_from_the_others():
    codes = read_inputs().counties["code"]
    water = np.tile(np.arange(20) % 2, 35)
    water[codes.tolist().index(622926) * 20 :][:20] = np.arange(20) > 2  # three without water
    county = np.repeat(codes, 20).astype(np.int32)
    told = table_of(homes(35 * 20, county=county, safe_water=water.astype(np.int8)))
    assert {"all", "deep", "other"} < set(told["area"]) and "622926" not in set(told["area"])
    deep = [str(c) for c in codes[read_inputs().counties["deep"] == 1]]
    assert told["area"].isin(deep).sum() == len(deep) - 2


def test_households_come_before_the_table():
    one = table_of(homes(safe_water=np.int8(1))).reset_index()
    other = one.assign(value=0.5)
    more = other.assign(statistic="registered_rate")
    both = with_table(one, pd.concat([other, more]))
    assert both["value"].tolist() == [*one["value"], *more["value"]]


def test_errors_grow_where_villages_differ():
    rng = np.random.default_rng(1)
    village = np.repeat(np.arange(50), 20)
    mixed = rng.random(1000) < 0.5
    split = village % 2 == 0
    whole = np.ones(1000)
    assert (
        ratio(split * whole, whole, village).error > 3 * ratio(mixed * whole, whole, village).error
    )
    income = rng.lognormal(8, 0.5, 1000)
    found = quantile(income, whole, village, 0.5)
    assert found.value == pytest.approx(np.median(income), rel=0.01)
    assert found.error == pytest.approx(1.2533 * 0.5 * np.median(income) / np.sqrt(1000), rel=0.4)
