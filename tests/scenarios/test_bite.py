"""The bite test: how it judges, and one clause that bites for real."""

from __future__ import annotations

import numpy as np
import pytest

from app.bite_text import bite_page, bite_text
from scenarios.bite import RELAPSE, as_table, bite, clauses_to_bite
from scenarios.bite import _judge as judge
from scenarios.clauses import Clause, clauses

OWN, MOVES = "repaired", "unsafe"


def clause(**more):
    told = {"own": {"indicator": OWN, "sign": "+"}, "moves": {"indicator": MOVES, "sign": "-"}}
    return Clause("A5.2", "housing", "q", "H", "says", "说", **{**told, **more})


def pairs(own, moves, level=100.0, counties=40, noise=1.0):
    """Runs of some counties in which the clause adds `own` and `moves` (and noise to both)."""
    rng = np.random.Generator(np.random.Philox(7))
    base = np.full(counties, level)
    lucky = noise * rng.standard_normal((3, counties))

    def pair(effect, luck):
        return np.array([base + effect + luck, base])

    return [{OWN: pair(own, lucky[0]), MOVES: pair(moves, lucky[1]), RELAPSE: pair(0, lucky[2])}]


def test_it_bites_if_both_move_beyond_noise():
    found = judge(clause(), pairs(5.0, -5.0))
    assert found.passes and found.verdict == "bites"
    assert found.own_effect == pytest.approx(5.0, abs=0.5) and found.own_level > 100
    assert found.moves_effect == pytest.approx(-5.0, abs=0.5)
    assert abs(found.relapse_effect) < 4 * found.relapse_error


@pytest.mark.parametrize(
    ("own", "moves", "verdict"),
    [
        (5.0, 0.0, "nothing downstream moves"),
        (5.0, 5.0, "nothing downstream moves"),  # the wrong way
        (0.0, -5.0, "its own does not move"),
        (-5.0, -5.0, "its own does not move"),
    ],
)
def test_it_does_not_if_one_stays_or_goes_the_wrong_way(own, moves, verdict):
    found = judge(clause(), pairs(own, moves))
    assert not found.passes and found.verdict == verdict


def test_a_small_effect_must_be_small():
    small = clause(small="a long-run effect")
    assert judge(small, pairs(5.0, 0.0)).verdict == "small, as stated"
    assert judge(small, pairs(5.0, -50.0)).verdict == "larger than stated"
    assert judge(small, pairs(0.0, 0.0)).verdict == "its own does not move"


def test_counties_without_the_indicator_are_left_out():
    some = pairs(5.0, -5.0)
    some[0][MOVES][:, :5] = np.nan
    assert judge(clause(), some).passes


def test_which_clauses():
    every = clauses_to_bite()
    switchable = [one.id for one in clauses().values() if one.switchable]
    assert every == switchable and len(every) == 182
    assert clauses_to_bite(["A5"]) == [one for one in every if one.startswith("A5.")]
    assert clauses_to_bite(["M2.6", "A5.2"]) == ["A5.2", "M2.6"]
    assert clauses_to_bite(["B7"]) == []


def test_a_clause_switched_off_alone(people):
    """The same seed gives the same table whatever the number of workers; the files are written."""
    found = bite(lambda: people, ["A5.6", "S3.3"], seeds=2, until="2018-12")
    again = bite(lambda: people, ["S3.3", "A5.6"], seeds=2, until="2018-12", jobs=1)
    assert found == again[::-1]
    house, team = found
    assert house.own_effect > 0 and team.own_effect > 0
    table = as_table(found)
    assert list(table["clause"]) == ["A5.6", "S3.3"]
    assert "of 2 clauses" in bite_text(found)
    page = bite_page(found, "fanpin bite")
    assert "| A5.6 |" in page and "| S3.3 |" in page
