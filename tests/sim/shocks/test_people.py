"""The recount against a plain count in numpy."""

import numpy as np
import pytest

from sim.shocks.people import People
from sim.world.codes import Registered, School, Skill
from tests.sim.tiny import parameters_for, run_alone, snapshot, tiny_world


def oracle(world, weak=0.5):
    """What People should find, by bincount over all persons."""
    p, n = world.person, len(world.household.id)
    rows = np.nonzero(p.alive)[0]
    of = p.household[rows]

    def total(mask, weight=1.0):
        return np.bincount(of, np.asarray(mask) * weight, n)

    age, school, skill = p.age[rows].astype(int), p.school[rows], p.skill[rows]
    idle = (school == School.NONE) | (school == School.DROPPED_OUT)
    able = idle & (skill >= Skill.WEAK) & (age >= 192)
    return {
        "size": total(age >= 0),
        "labour": total(able, np.where(skill == Skill.WEAK, weak, 1.0)),
        "dependants": total((age < 192) | (age >= 720) | (skill < Skill.WEAK)),
        "pupils": total(np.isin(school, [School.SENIOR, School.VOCATIONAL, School.COLLEGE])),
        "ill": total((p.chronic[rows] > 0) | (p.serious[rows] > 0)),
        "disabled": total(p.disability[rows] > 0),
        "out_of_school": total(school == School.DROPPED_OUT),
        "uninsured": total(p.insured[rows] == 0),
        "away": total(np.isin(p.job[rows], [5, 6])),
        "workers": total(able),
    }


@pytest.fixture(scope="module")
def counted():
    world = tiny_world(4_000, mechanisms=[People()])
    person = world.person
    person.alive[::11] = 0  # the dead must not be counted
    moved = np.nonzero(person.alive)[0][100:140]
    person.household[moved] = person.household[moved[0]]  # a household whose rows lie apart
    for name in oracle(world):
        if name != "workers":
            world.household[name][:] = 99
    expected = oracle(world)
    run_alone(People(), world, "2018-04", parameters_for([People()]))
    return world, expected


@pytest.mark.parametrize(
    "name",
    ["size", "labour", "dependants", "pupils", "ill", "disabled", "out_of_school", "uninsured",
     "away"],
)  # fmt: skip
def test_households_are_counted(counted, name):
    world, expected = counted
    assert np.allclose(world.household[name], expected[name])
    assert expected[name].sum() > 0


def test_villages_are_the_sums_of_their_households(counted):
    world, expected = counted
    village, homes = world.household.village, len(world.village.id)
    listed = np.isin(world.household.registered, [Registered.POOR, Registered.RELAPSED])
    sums = {
        "persons": expected["size"],
        "migrants": expected["away"],
        "workers": expected["workers"],
        "registered_poor": expected["size"] * listed,
        "households": (world.household.alive > 0).astype(float),
    }
    for name, of in sums.items():
        assert (world.village[name] == np.bincount(village, of, homes)).all(), name


def test_the_cut_into_blocks_changes_no_bit():
    whole, cut = (tiny_world(2_500, mechanisms=[People()]) for _ in range(2))
    p = parameters_for([People()], {}, {"people.weak_labour": 0.37})
    run_alone(People(), whole, "2018-04", p)
    run_alone(People(), cut, "2018-04", p, block_persons=300)
    for key, column in snapshot(whole).items():
        assert np.array_equal(column, cut[key]), key
