"""Statistics counted by hand on two counties of a few households."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from calibration.fit.reading import Reader
from calibration.fit.statistics import AREAS, STATISTICS, known_key, split_key
from calibration.fit.weighted import gini, weighted_correlation, weighted_quantiles
from sim.calendar import month_index
from sim.world.codes import Cause, Job, Registered, Terrain
from sim.world.world import Table

NEVER, POOR, EXITED, RELAPSED, REMOVED = list(Registered)
DECEMBER = month_index("2018-12")
SAMPLE = np.array([0.5, 0.1])
"""Of the deep-poverty county, and of the other: a person stands for 2 and for 10."""

# village 0 and 1 lie in the deep county, village 2 in the other; size, state before, state after
HOUSEHOLDS = [
    # village, size, before, after
    (0, 4, POOR, POOR),
    (0, 2, POOR, EXITED),
    (0, 3, EXITED, RELAPSED),
    (0, 1, NEVER, NEVER),
    (1, 5, POOR, REMOVED),
    (1, 5, NEVER, POOR),
    (2, 3, EXITED, EXITED),
    (2, 2, POOR, POOR),
    (2, 5, NEVER, NEVER),
    (2, 9, POOR, POOR),  # an empty row
]


def world():
    """The two counties after the round of 2018."""
    village, size, _, after = (np.array(column) for column in zip(*HOUSEHOLDS, strict=True))
    n = len(size)
    zero = lambda: np.zeros(n, np.int64)  # noqa: E731
    home = Table(
        id=np.arange(n), alive=np.array([1] * (n - 1) + [0]), size=size, village=village,
        registered=after, cause=zero(), first_month=zero(), exit_month=zero(),
        exit_margin=np.ones(n), registered_relapse_month=zero(), dibao=zero(),
        house_cert=np.ones(n, np.int64), water=np.ones(n, np.int64), out_of_school=zero(),
        uninsured=zero(), away=zero(), seen_income=np.full(n, 400_000), income12_all=zero(),
        window_wage=zero(), window_business=zero(), window_property=zero(), window_transfer=zero(),
    )  # fmt: skip
    person = Table(
        household=np.array([0, 0, 2, 6, 3]), alive=np.array([1, 1, 1, 1, 1]),
        job=np.array([Job.MIGRANT_OUT, Job.FARM, Job.MIGRANT_PROVINCE, Job.LOCAL, Job.MIGRANT_OUT]),
        months_worked=np.array([6, 0, 10, 12, 12]),
    )  # fmt: skip
    place = Table(
        id=np.arange(3), county=np.array([0, 0, 1]), site=np.zeros(3, np.int64),
        terrain=np.array([Terrain.MOUNTAIN, Terrain.LOESS, Terrain.VALLEY]),
        distance=np.array([30.0, 10.0, 5.0]),
    )  # fmt: skip
    county = Table(code=np.array([620001, 620002]), deep=np.array([1, 0]), sample=SAMPLE)
    return SimpleNamespace(household=home, person=person, village=place, county=county)


def look(reader, one, month, observations=(), rows=()):
    """Let a reader look at a world at the end of a month."""
    now = SimpleNamespace(month=month, year=month // 12, calendar=month % 12 + 1)
    recorder = SimpleNamespace(observations=list(observations), rows=list(rows))
    model = SimpleNamespace(now=now, world=one, recorder=recorder)
    reader.look(model)
    return model


def read(change=None, counties=False, **more):
    """Statistics of 2018; `change` edits the world's tables before November."""
    one = world()
    before = np.array([entry[2] for entry in HOUSEHOLDS])
    if change:
        change(one)
    reader = Reader(counties)
    look(reader, one, DECEMBER - 3)
    after = one.household.registered
    one.household["registered"] = before
    look(reader, one, DECEMBER - 1)
    one.household["registered"] = after
    model = look(reader, one, DECEMBER, **more)
    return reader.finish(model)


def test_stocks_are_weighted_by_the_sample_of_their_county():
    found = read()
    # on the register: 4 + 3 + 5 of the deep county's 20, 2 of the other's 10
    assert found["registered_rate:2018:deep"] == pytest.approx(12 / 20)
    assert found["registered_rate:2018:other"] == pytest.approx(2 / 10)
    assert found["registered_rate:2018:all"] == pytest.approx((24 + 20) / (40 + 100))


def test_the_flows_of_the_round():
    def change(one):
        home = one.household
        home["exit_month"][[1, 6]] = [DECEMBER, DECEMBER - 12]
        home["exit_margin"][1] = 1.05
        home["registered_relapse_month"][2] = DECEMBER
        home["first_month"][[0, 5]] = [DECEMBER - 48, DECEMBER]
        home["cause"][[0, 2, 5, 7]] = [Cause.ILLNESS, Cause.SKILLS, Cause.LAND, Cause.ILLNESS]

    found = read(change)
    assert found["exits_share:2018:deep"] == pytest.approx(2 / 11)  # of 4 + 2 + 5 before
    assert found["exits_share:2018:all"] == pytest.approx(4 / (22 + 20))
    assert found["relapse_share:2018:deep"] == 1.0
    assert found["relapse_share:2018:all"] == pytest.approx(6 / (6 + 30))
    assert found["new_share:2018:deep"] == pytest.approx(5 / 6)
    assert found["removed_share:2018:deep"] == pytest.approx(5 / 11)
    assert found["near_line:2018:all"] == 1.0
    assert math.isnan(found["near_line:2018:other"])  # nobody left there
    assert found["cause_stock_illness:2018:deep"] == pytest.approx(4 / 12)
    assert found["cause_stock_illness:2018:all"] == pytest.approx((8 + 20) / 44)
    assert found["cause_stock_other:2018:deep"] == pytest.approx(5 / 12)
    assert found["cause_new_other:2018:all"] == 1.0
    assert found["cause_relapsed_skills:2018:all"] == 1.0
    assert math.isnan(found["cause_relapsed_skills:2018:other"])


def test_shares_of_those_with_a_card_and_of_those_on_the_register():
    def change(one):
        home = one.household
        home["dibao"][[0, 3]] = 1  # the second has no card
        home["away"][0] = 1
        home["house_cert"][[2, 6]] = [3, 4]  # the second has left the register
        home["water"][0] = 0
        home["out_of_school"][5] = 1
        home["uninsured"][[0, 6]] = [2, 3]

    found = read(change)
    card, on_list = 4 + 2 + 3 + 5, 12
    assert found["dibao_share:2018:deep"] == pytest.approx(4 / card)
    assert found["migrant_share:2018:deep"] == pytest.approx(1 / card)
    assert found["gap_house:2018:deep"] == pytest.approx(3 / on_list)
    assert found["gap_house:2018:other"] == 0.0
    assert found["gap_water:2018:deep"] == pytest.approx(4 / on_list)
    assert found["gap_education:2018:deep"] == pytest.approx(5 / on_list)
    assert found["gap_insurance:2018:deep"] == pytest.approx(2 / on_list)
    assert found["migrant_months:2018:deep"] == 8.0  # 6 and 10; the third has no card
    assert math.isnan(found["migrant_months:2018:other"])  # works in the county


def test_incomes_of_the_window_and_as_recorded():
    def change(one):
        home = one.household
        home["window_wage"][[0, 1, 3]] = [4_000_00, 1_400_00, 9_999_00]
        home["seen_income"][[0, 1, 2, 5]] = [2_000_00, 3_000_00, 4_000_00, 9_000_00]

    found = read(change)
    assert found["income_wage:2018:deep"] == pytest.approx(5_400 / 14)
    assert found["income_property:2018:deep"] == 0.0
    # persons by income: 4 at 2,000, 2 at 3,000, 3 at 4,000, 5 at 9,000
    assert found["income_p10:2018:deep"] == 2_000.0
    assert found["income_p50:2018:deep"] == 4_000.0
    assert found["income_p90:2018:deep"] == 9_000.0


def test_villages_differ():
    found = read()
    rates, weights = np.array([7 / 10, 5 / 10]), np.array([1.0, 1.0])
    mean = np.average(rates, weights=weights)
    assert found["village_variance:2018:deep"] == pytest.approx(((rates - mean) ** 2).mean())
    assert found["rate_slope:2018:deep"] == pytest.approx(1.0)
    assert found["rate_distance:2018:deep"] == pytest.approx(1.0)
    assert math.isnan(found["rate_slope:2018:other"])  # one village


def test_what_observations_have_counted_over_the_year():
    names = ("carded", "others", "stays_registered", "bills_registered", "own_registered",
             "stays_other")  # fmt: skip
    persons = SimpleNamespace(
        name="indicators_persons", counts=names,
        year=np.array([[100, 200, 2, 1000, 300, 1], [10, 20, 0, 500, 50, 1]]),
    )  # fmt: skip
    found = read(observations=[persons])
    assert found["oop_share:2018:deep"] == pytest.approx(0.3)
    assert found["oop_share:2018:all"] == pytest.approx((600 + 500) / (2000 + 5000))
    assert found["admissions_registered:2018:deep"] == pytest.approx(1200 * 2 / 100)
    assert found["admissions_other:2018:other"] == pytest.approx(1200 / 20)
    assert "income_all_pc:2018:all" not in found


def test_survival_is_of_the_whole_run():
    row = lambda code, group, value: (code, 2017, 12, "spell_registered", group, value)  # noqa: E731
    rows = [row(620001, "relapsed:12", 10.0), row(620001, "censored:24", 30.0),
            row(620002, "censored:12", 60.0), row(0, "relapsed:12:illness", 99.0)]  # fmt: skip
    found = read(rows=rows)
    assert found["survival_12::all"] == pytest.approx(0.9)
    assert found["survival_12::deep"] == pytest.approx(0.75)
    assert found["survival_24::deep"] == pytest.approx(0.75)
    assert found["survival_12::other"] == 1.0
    assert math.isnan(found["survival_24::other"])
    assert math.isnan(found["survival_36::all"])


def test_each_county_by_itself_only_if_asked():
    assert "registered_rate:2018:620001" not in read()
    found = read(counties=True)
    assert found["registered_rate:2018:620001"] == found["registered_rate:2018:deep"]
    assert found["survival_12::620002"] != found["survival_12::620002"]  # nobody left


def test_every_statistic_is_read_and_every_key_is_known():
    reading = read()
    names = {split_key(one)[0] for one in reading}
    counted = {name for name in STATISTICS if name.startswith(("income_all", "admissions", "oop"))}
    assert names == set(STATISTICS) - counted
    assert all(known_key(one) == "" for one in reading)
    assert {split_key(one)[2] for one in reading} == set(AREAS)
    for one in STATISTICS.values():
        assert one.meaning and one.zh and one.unit
        assert one.kind in ("share", "mean", "quantile", "spread", "survival")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("registerd_rate:2018:all", "Did you mean registered_rate"),
        ("gini:2016:all", "expected 2017 to 2025"),
        ("gini:2018:north", "the area of gini is 'north'"),
        ("survival_12:2018:all", "leave its year empty"),
        ("figure:", "no key of a figure"),
    ],
)
def test_a_wrong_key_is_told(text, said):
    assert said in known_key(text)


def test_weighted_numbers_by_hand():
    one = np.ones(4)
    assert gini(np.array([5.0, 5.0, 5.0, 5.0]), one) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 1.0]), one) == pytest.approx(0.75)
    assert gini(np.array([0.0, 1.0]), np.array([3.0, 1.0])) == pytest.approx(0.75)
    assert math.isnan(gini(np.zeros(2), np.ones(2)))
    values, weight = np.array([3.0, 1.0, 2.0]), np.array([1.0, 8.0, 1.0])
    assert weighted_quantiles(values, weight, (0.1, 0.5, 0.85, 1.0)) == [1.0, 1.0, 2.0, 3.0]
    assert math.isnan(weighted_quantiles(values[:0], weight[:0], (0.5,))[0])
    x, y = np.array([0.0, 1.0, 5.0]), np.array([0.0, -2.0, 7.0])
    assert weighted_correlation(x, y, np.array([1.0, 1.0, 0.0])) == pytest.approx(-1.0)
    assert math.isnan(weighted_correlation(x, np.ones(3), np.ones(3)))
