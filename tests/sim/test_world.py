"""The world: spare rows, rows that follow, blocks of whole villages."""

from itertools import pairwise

import numpy as np

from sim.world.columns import catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.persons import PERSONS
from sim.world.places import PLACES
from sim.world.world import World
from tests.sim.tiny import tiny_world


def test_spare_rows_keep_persons_with_their_households():
    world = tiny_world(2000, villages=7, counties=2)
    person, household = world.person, world.household
    alive = person.alive == 1
    assert (household.alive[person.household[alive]] == 1).all()
    size = np.bincount(person.household[alive], minlength=len(household.id))
    assert np.array_equal(size, household.size)
    assert (person.household[~alive] == -1).all()


def test_rows_of_a_village_are_its_own():
    world = tiny_world(2000, villages=7, counties=2)
    v = world.village
    for row in range(7):
        homes = slice(v.first_household[row], v.end_household[row])
        assert (world.household.village[homes] == row).all()
        people = slice(v.first_person[row], v.end_person[row])
        living = world.person.household[people]
        living = living[living >= 0]
        assert (world.household.village[living] == row).all()
        assert (world.person.alive[people] == 0).any(), "every village has spare rows"


def test_blocks_cover_every_row_once_and_never_cut_a_village_or_a_county():
    world = tiny_world(3000, villages=9, counties=3)
    for size in (1, 400, 10**9):
        blocks = world.blocks(size)
        for kind in ("person", "household", "village"):
            ends = [block.rows(kind) for block in blocks]
            assert ends[0][0] == 0 and ends[-1][1] == len(world.tables[kind]["id"])
            assert all(a[1] == b[0] for a, b in pairwise(ends))
        for block in blocks:
            first, end = block.rows("village")
            assert len(set(world.village.county[first:end])) == 1
    assert len(world.blocks(10**9)) == 3, "a block is of one county"


def test_a_copy_shares_nothing():
    world = tiny_world(300)
    other = world.copy()
    other.household.cash[:] = -1
    assert (world.household.cash != -1).all()


def test_live_columns_take_at_most_200_bytes_a_person():
    world = tiny_world(20_000, spare=(0.07, 0.05))
    assert world.bytes_per_person() < 200


def test_a_population_with_an_unknown_column_is_refused():
    import pytest

    columns = catalogue(PERSONS, HOUSEHOLDS, PLACES)
    one = np.zeros(1, int)
    people = {
        "person": {"household": one, "shoe_size": one}, "household": {"village": one},
        "village": {"id": one, "county": one}, "county": {"code": one},
    }  # fmt: skip
    with pytest.raises(KeyError, match="shoe_size"):
        World.build(people, columns, (0.1, 0.1))
