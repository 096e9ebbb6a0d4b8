"""Fitting template households to margins, rounding them to whole ones, and taking samples."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.population import fitting
from calibration.population.hashing import Draws
from calibration.population.inputs import DATA, FILES, read_inputs
from calibration.population.library import make_library
from calibration.population.sampling import sampling_order, taken
from sim.world.codes import Relation


@pytest.fixture(scope="module")
def inputs():
    return read_inputs()


@pytest.fixture(scope="module")
def library(inputs):
    return make_library(inputs)


def test_fit_is_the_fixed_point_of_classical_proportional_fitting():
    """On a two-way table the weights are those of scaling rows and columns in turn."""
    rows = np.array([0.2, 0.5, 0.3])
    columns = np.array([0.6, 0.4])
    table = np.full((3, 2), 1 / 6)
    start = table.copy()
    for _ in range(500):
        table *= (rows / table.sum(axis=1))[:, None]
        table *= columns / table.sum(axis=0)
    kinds = [(r, c) for r in range(3) for c in range(2)]
    counts = np.array(
        [[r == k for k in range(3)] + [c == k for k in range(2)] for r, c in kinds], dtype=float
    )
    weights, _ = fitting.fit(counts, np.concatenate([rows, columns]))
    assert np.allclose(weights.reshape(start.shape), table, atol=1e-6)


def test_fit_meets_margins_that_count_persons(inputs, library):
    counts = fitting.features(library)
    for county in (0, 25, 30):
        targets = fitting.county_targets(inputs, library, county)
        weights, _ = fitting.fit(counts, targets)
        assert weights.min() > 0
        assert weights.sum() == pytest.approx(1.0)
        assert np.allclose(weights @ counts, targets, rtol=1e-4)


def test_tilt_moves_the_mean_and_keeps_the_sum():
    shares = fitting.tilt(np.array([0.25, 0.25, 0.5]), np.array([1.0, 2.0, 3.0]), 1.8)
    assert shares.sum() == pytest.approx(1.0)
    assert shares @ [1.0, 2.0, 3.0] == pytest.approx(1.8)


def test_rounding_keeps_every_run_within_one_household():
    draws = Draws(1)
    weights = draws.uniform(np.arange(200, dtype=np.uint64), "weights")
    weights /= weights.sum()
    numbers = np.array([1, 7, 300, 55])
    offsets = draws.uniform(np.arange(4, dtype=np.uint64), "offsets")
    chosen = fitting.systematic(weights, numbers, offsets)
    assert len(chosen) == numbers.sum()
    first = 0
    for number in numbers:
        mine = np.bincount(chosen[first : first + number], minlength=200)
        first += number
        assert mine.sum() == number
        assert np.abs(np.cumsum(mine) - number * np.cumsum(weights)).max() <= 1.0 + 1e-9
        assert (np.abs(mine - number * weights) < 2.0).all()


def test_rounding_is_right_on_average():
    weights = np.array([0.1, 0.6, 0.05, 0.25])
    many = 4000
    offsets = (np.arange(many) + 0.5) / many
    chosen = fitting.systematic(weights, np.full(many, 3), offsets)
    assert np.allclose(np.bincount(chosen) / len(chosen), weights, atol=1e-3)


def test_template_households_are_families(library):
    size = np.diff(library.start)
    assert np.array_equal(size, library.size)
    assert set(np.unique(size)) >= set(range(1, 9))
    head = library.start[:-1]
    assert (library.relation[head] == Relation.HEAD).all()
    assert library.sums(library.relation == Relation.HEAD).max() == 1
    assert library.sums(library.relation == Relation.SPOUSE).max() == 1
    owner = np.repeat(np.arange(len(size)), size)
    child = library.relation == Relation.CHILD
    assert (library.age[child] < library.age[head][owner[child]]).mean() > 0.999
    assert library.age.min() >= 0
    assert not library.married[library.age < 18].any()


def test_samples_are_nested_spread_and_balanced():
    draws = Draws(3)
    county = np.repeat(np.arange(4), [24, 60, 131, 300])
    ids = np.arange(len(county), dtype=np.uint64)
    poor = draws.uniform(ids, "poor") ** 3
    persons = np.round(1000 * draws.ratio(ids, "size", 0.5))
    order = sampling_order(county, persons, poor, poor > 0.2, draws)
    before = np.zeros(len(county), dtype=bool)
    for sample in (0.02, 0.05, 0.1, 0.25, 0.6, 1.0):
        now = taken(order, county, sample)
        assert (before <= now).all()
        number = np.bincount(county[now])
        assert np.array_equal(number, np.maximum(2, np.ceil(sample * np.bincount(county) - 1e-9)))
        before = now
    assert before.all()
    tenth = taken(order, county, 0.1)
    for c in range(4):
        mine = county == c
        whole = np.average(poor[mine], weights=persons[mine])
        assert np.average(poor[mine & tenth], weights=persons[mine & tenth]) == pytest.approx(
            whole, rel=0.3
        )
        assert (mine & tenth & (poor > 0.2)).any()
        assert (mine & tenth & (poor <= 0.2)).any()


def test_every_row_has_a_source_and_a_grade(inputs):
    assert len(inputs.rows) > 100
    for row in inputs.rows.values():
        assert row.source and row.meaning and row.unit, row.name
    assert inputs.rows["registered_poor"].range == (1_500_000, 2_000_000)
    # a figure that has to come out of the round of 2017 must not stand among the inputs
    for name in FILES:
        assert "12.57" not in (DATA / name).read_text(encoding="utf-8"), name


def test_all_mistakes_in_a_table_are_told_at_once(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = (tmp_path / "margins.yaml").read_text(encoding="utf-8")
    text = text.replace("value: 1750000", "value: 2750000").replace(
        "grade: recalled", "grade: guessed"
    )
    (tmp_path / "margins.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be used") as told:
        read_inputs(folder=tmp_path)
    assert "registered_poor: value 2750000 lies outside its range" in str(told.value)
    assert "grade 'guessed' is not one of" in str(told.value)
