"""What is said of a row from what the runs have for it."""

import math

import pytest

from calibration.validation.patterns import constants
from calibration.validation.schema import Row
from calibration.validation.verdicts import band, footing, judge


def row(published, **tolerance):
    fields = {"id": "r", "published": published}
    return Row.model_validate(fields | ({"tolerance": tolerance} if tolerance else {}))


VALUE = row({"value": 10.0}, ratio=[0.8, 1.2], above=0.0)


@pytest.mark.parametrize(("values", "verdict"), [
    ([9.0, 12.5], "agrees"),  # the mean counts, 10.75
    ([13.0, 15.0], "agrees in direction"),
    ([-1.0] * 2 + [30.0] * 8, "disagrees"),  # eight of ten are not sure enough
    ([-1.0] + [30.0] * 9, "agrees in direction"),
    ([-5.0, -6.0], "disagrees"),
    ([math.nan, math.nan], "unsaid"),
    ([], "unsaid"),
    ([math.nan, 10.0], "agrees"),
])  # fmt: skip
def test_a_published_value(values, verdict):
    assert judge(VALUE, values).verdict == verdict


def test_without_a_side_there_is_no_direction():
    assert judge(row({"value": 10.0}, band=[9.0, 11.0]), [20.0, 20.0]).verdict == "disagrees"


@pytest.mark.parametrize(("values", "verdict"), [
    ([0.1] * 9 + [-5.0], "agrees"),
    ([0.1] * 8 + [-5.0] * 2, "unsaid"),
    ([-0.1] * 9 + [5.0], "disagrees"),
    ([0.0], "disagrees"),  # on the bound is not above it
    ([0.1], "agrees"),
])  # fmt: skip
def test_a_published_side_needs_nine_runs_in_ten(values, verdict):
    assert judge(row({"above": 0.0}), values).verdict == verdict
    assert judge(row({"below": 0.0}), [-value for value in values]).verdict == verdict


def test_one_run_has_no_interval():
    one, two = judge(VALUE, [10.0]), judge(VALUE, [10.0, 20.0])
    assert math.isnan(one.low) and one.runs == 1
    assert (two.low, two.high) == (pytest.approx(10.5), pytest.approx(19.5))


def test_a_value_is_brought_to_the_models_footing_before_the_ratio():
    scaled = row({"value": 1000.0, "times": ["scope_share"]}, ratio=[0.9, 1.5])
    share = constants()["scope_share"]
    assert footing(scaled) == pytest.approx(1000 * share)
    assert band(scaled) == (pytest.approx(900 * share), pytest.approx(1500 * share))
    negative = row({"value": -10.0}, ratio=[0.5, 2.0])
    assert band(negative) == (-20.0, -5.0)
