"""Each way to reckon a row, worked by hand."""

import math

import pandas as pd
import pytest

from calibration.validation.measures import RunRows, measure
from calibration.validation.schema import Simulated
from tests.calibration.validation.made import COLUMNS


def run(*rows):
    """Rows as (indicator, group, year, month, value), or with a county before them."""
    full = [row if len(row) == 6 else (0, *row) for row in rows]
    table = pd.DataFrame(full, columns=["county", "indicator", "group", "year", "month", "value"])
    return RunRows(table[COLUMNS])


def model(**fields):
    return Simulated.model_validate(fields)


EXITS = run(
    ("exits", "", 2018, 0, 30.0), ("exits", "", 2019, 0, 50.0), ("false_exits", "", 2018, 0, 3.0),
    ("poor", "", 2018, 11, 8.0), ("poor", "", 2018, 12, 6.0), ("heads", "", 2018, 12, 4.0),
)  # fmt: skip


def test_a_sum_over_a_sum_with_signs_and_scale():
    share = model(
        sum=[{"indicator": "false_exits", "year": 2018}],
        over=[{"indicator": "exits", "year": 2018}], scale=100,
    )  # fmt: skip
    assert measure(share, EXITS) == pytest.approx(10.0)
    change = model(sum=[
        {"indicator": "exits", "year": 2019}, {"indicator": "exits", "year": 2018, "sign": -0.5},
    ])  # fmt: skip
    assert measure(change, EXITS) == pytest.approx(50 - 15)


def test_several_years_are_their_mean_and_a_factor_is_of_the_same_year():
    mean = model(sum=[{"indicator": "exits", "year": [2018, 2019]}])
    assert measure(mean, EXITS) == pytest.approx(40.0)
    times = model(sum=[
        {"indicator": "exits", "year": 2018, "times": {"indicator": "heads", "month": 12}},
    ])  # fmt: skip
    assert measure(times, EXITS) == pytest.approx(120.0)


def test_months_and_the_highest_of_them():
    assert measure(model(sum=[{"indicator": "poor", "year": 2018, "month": 12}]), EXITS) == 6.0
    assert measure(model(sum=[{"indicator": "poor", "year": 2018, "month": "max"}]), EXITS) == 8.0


def test_a_constant_is_one_of_the_figures():
    from calibration.validation.patterns import constants

    value = measure(model(sum=[{"constant": "scope_share"}]), EXITS)
    assert value == constants()["scope_share"] == pytest.approx(0.68, abs=0.01)


@pytest.mark.parametrize("term", [
    {"indicator": "exits", "year": 2020}, {"indicator": "exits", "group": "x", "year": 2018},
    {"indicator": "exits", "year": [2018, 2020]},
])  # fmt: skip
def test_what_a_run_does_not_hold_is_never_none_of_it(term):
    assert math.isnan(measure(model(sum=[term]), EXITS))


def test_a_chain_is_what_leaves_in_one_year_or_the_next():
    rows = run(*(("entry", str(k), 2020, 0, share) for k, share in ((1, 0.1), (2, 0.2))))
    chain = model(chain=[{"indicator": "entry", "group": str(k), "year": 2020} for k in (1, 2)])
    assert measure(chain, rows) == pytest.approx(1 - 0.9 * 0.8)


def test_the_lead_over_the_next_group():
    rows = run(("cause", "illness", 2017, 0, 0.4), ("cause", "skills", 2017, 0, 0.15),
               ("cause", "land", 2017, 0, 0.05))  # fmt: skip
    lead = {"indicator": "cause", "group": "illness", "year": 2017}
    assert measure(model(lead=lead), rows) == pytest.approx(0.25)
    assert measure(model(lead={**lead, "group": "land"}), rows) == pytest.approx(-0.35)


def test_a_share_of_counties():
    rows = run(
        (1, "wrong", "", 2018, 0, 0.0), (2, "wrong", "", 2018, 0, 6.0),
        (3, "wrong", "", 2018, 0, 1.0), (1, "exits", "", 2018, 0, 10.0),
        (2, "exits", "", 2018, 0, 100.0), (3, "exits", "", 2018, 0, 100.0),
        (0, "wrong", "", 2018, 0, 99.0),
    )  # fmt: skip
    plain = {"indicator": "wrong", "year": 2018, "at_most": 1.0}
    assert measure(model(counties=plain), rows) == pytest.approx(2 / 3)
    rate = {**plain, "over": "exits", "at_most": 0.01}
    assert measure(model(counties=rate, scale=100), rows) == pytest.approx(200 / 3)


SPELLS = run(
    ("spell", "relapsed:1:illness", 2018, 1, 20.0), ("spell", "relapsed:3:price", 2018, 1, 8.0),
    ("spell", "censored:3", 2018, 1, 32.0), ("spell", "censored:4", 2018, 1, 40.0),
)  # fmt: skip


def test_survival_and_the_hazard_late_over_early():
    # at risk: 100 in months 0 and 1, then 80 until 3
    gone = model(survival={"indicator": "spell", "month": 3}, scale=100)
    assert measure(gone, SPELLS) == pytest.approx(100 * (1 - 0.8 * 0.9))
    late = model(hazards={"indicator": "spell", "early": [1, 1], "late": [2, 3]})
    assert measure(late, SPELLS) == pytest.approx((8 / 160) / (20 / 100))
    assert math.isnan(measure(late, EXITS))


def test_contrasts_are_run_by_run():
    here, there = (
        run(("pay", "", 2018, 0, 60.0), ("base", "", 2018, 0, 30.0)),
        run(("pay", "", 2018, 0, 80.0), ("base", "", 2018, 0, 10.0)),
    )

    def contrast(kind):
        over = {} if kind != "part" else {"over": [{"indicator": "base", "year": 2018}]}
        return model(sum=[{"indicator": "pay", "year": 2018}], **over,
                     contrast={"scenario": "other", "as": kind})  # fmt: skip

    assert measure(contrast("difference"), here, there) == pytest.approx(-20)
    assert measure(contrast("relative"), here, there) == pytest.approx(-0.25)
    assert measure(contrast("part"), here, there) == pytest.approx(-20 / 30)
    assert math.isnan(measure(contrast("difference"), here))
