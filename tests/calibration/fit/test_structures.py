"""Structures: the right one is found, and what can not be told apart is not."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.draws import FitError
from calibration.fit.structures import CAVEAT, compare_structures, words
from tests.calibration.fit.known_toys import PRIORS, Toy, targets, toy_table


def tables(**toys):
    return {name: toy_table(300, **toy) for name, toy in toys.items()}


@pytest.fixture(scope="module")
def clear():
    return tables(plain={}, raised={"shift": 2.5}, lowered={"shift": -2.5})


@pytest.mark.parametrize(
    ("name", "toy"), [("plain", Toy()), ("raised", Toy(shift=2.5)), ("lowered", Toy(shift=-2.5))]
)
def test_the_right_one_is_found(clear, name, toy):
    data = toy.simulate({"toy.a": 1.0, "toy.b": 0.5, "toy.c": 0.2}, 11)
    found = compare_structures(clear, targets(list(data.values())))
    best = found.frame.iloc[0]
    assert best["structure"] == name and best["probability"] > 0.6
    assert found.told_apart and found.recognised > 0.6
    assert found.frame["probability"].sum() == pytest.approx(1)
    assert np.allclose(found.confusion.sum(axis=1), 1)


def test_the_same_structure_twice_is_not_told_apart():
    two = {"one": toy_table(300, 3), "two": toy_table(300, 4)}
    found = compare_structures(two, targets(np.zeros(5)))
    assert not found.told_apart and found.frame["probability"].min() > 0.25
    assert (found.frame["evidence"] == "the statistics can not tell").all()


def test_probabilities_match_their_frequency():
    """Of simulations that get probability p for a structure, a share p are of it."""
    both = tables(plain={}, raised={"shift": 0.7})
    sums = []
    for number in range(30):
        toy = Toy(shift=0.7 * (number % 2))
        z = np.random.default_rng(number).standard_normal(3)
        values = dict(zip(PRIORS, z, strict=True))
        seen = np.array(list(toy.simulate(values, 1000 + number).values()))
        seen += 0.4 * np.random.default_rng(500 + number).standard_normal(5)
        frame = compare_structures(both, targets(seen), tests=2).frame.set_index("structure")
        sums.append((frame.loc["raised", "probability"], number % 2))
    p, truth = np.array(sums).T
    assert p.mean() == pytest.approx(0.5, abs=0.15)
    assert p[truth == 1].mean() > p[truth == 0].mean() + 0.15
    assert ((p - truth) ** 2).mean() == pytest.approx((p * (1 - p)).mean(), abs=0.08)


def test_words():
    assert words(0.5) == "nothing to speak of against it"
    assert words(2.0) == "some against it"
    assert words(10.0) == "very strong against it"
    assert "Robert" in CAVEAT["en"] and "Robert" in CAVEAT["zh"]


def test_one_structure_is_no_comparison():
    with pytest.raises(FitError, match="two or more"):
        compare_structures({"a": toy_table(60)}, targets(np.zeros(5)))
