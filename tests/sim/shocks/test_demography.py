"""Birth, ageing, marriage and death: people conserved, rates as asked, nobody else's draws."""

import numpy as np
import pytest

from sim.shocks.demography import DAUGHTER, GROUP, SON, Demography
from sim.shocks.people import People
from sim.world.codes import Relation
from tests.sim.tiny import parameters_for, run_alone, run_months, snapshot, tiny_world

FLOWS = ("born", "arrived", "died", "left")
NOBODY_DIES = {"demography.death_men": [0.0] * 21, "demography.death_women": [0.0] * 21}
NOBODY_COMES = {
    "demography.birth_rate": [0.0] * 6,
    "demography.marriage_rate": [0.0] * 6,
    "demography.leaving_rate": [0.0] * 6,
}


def _run(world, months=12, first="2017-11", changes=None, each=None):
    mechanism = Demography()
    run_months(
        [mechanism], world, first, months, parameters_for([mechanism], {}, changes), each=each
    )


def _by_id(world, kind, name):
    table = world.tables[kind]
    return {int(i): v for i, v, a in zip(table.id, table[name].T, table.alive, strict=True) if a}


@pytest.fixture(scope="module")
def grown():
    """A world of 20,000 after two years, and the flows summed over them."""
    world = tiny_world(20_000, mechanisms=[Demography()])
    before = {"alive": int(world.person.alive.sum()), "person": snapshot(world)}
    flows = dict.fromkeys(FLOWS, 0)

    def add(moment):
        for name in FLOWS:
            flows[name] += int(world.village[name].sum())

    _run(world, 24, each=add)
    return world, before, flows


def test_people_are_conserved(grown):
    world, before, flows = grown
    now = before["alive"] + flows["born"] + flows["arrived"] - flows["died"] - flows["left"]
    assert int(world.person.alive.sum()) == now
    assert world.village.no_room.sum() == 0
    living = world.person.alive > 0
    assert set(np.unique(world.person.alive)) == {0, 1}
    assert len(np.unique(world.person.id[living])) == living.sum()


def test_everybody_lives_in_a_household_with_one_head(grown):
    world, _, _ = grown
    living = world.person.alive > 0
    home = world.person.household[living]
    assert (world.household.alive[home] == 1).all()
    heads = np.bincount(
        home[world.person.relation[living] == Relation.HEAD], minlength=len(world.household.id)
    )
    assert (heads[world.household.alive > 0] == 1).all()
    assert (np.bincount(home, minlength=len(heads))[world.household.alive > 0] > 0).all()


def test_a_year_makes_everybody_twelve_months_older(grown):
    world, before, _ = grown
    stayed = (world.person.id == before["person"]["person.id"]) & (world.person.alive > 0)
    assert (world.person.age[stayed] - before["person"]["person.age"][stayed] == 24).all()


def test_deaths_come_at_the_rate_of_the_table(grown):
    _, before, flows = grown
    p = parameters_for([Demography()])
    age = before["person"]["person.age"][before["person"]["person.alive"] > 0].astype(int)
    female = before["person"]["person.female"][before["person"]["person.alive"] > 0]
    group = np.minimum(age // GROUP, 20)
    men, women = p.tables["demography"]["death_men"], p.tables["demography"]["death_women"]
    expected = 2 * np.where(female > 0, women[group], men[group]).sum()
    # the tiny world's few seriously ill and two years of ageing add a little
    assert 0.85 * expected < flows["died"] < 1.5 * expected


def test_births_are_what_a_rural_county_has(grown):
    _, before, flows = grown
    per_thousand = flows["born"] / 2 / before["alive"] * 1000
    assert 4 < per_thousand < 30


def test_as_many_women_leave_as_brides_come_in_the_mean():
    single = {"person_married": 0, "person_relation": 3}
    world = tiny_world(12_000, counties=2, mechanisms=[Demography()], **single)
    coming, going = [], []
    _run(
        world, 12,
        changes=NOBODY_DIES,
        each=lambda m: (
            coming.append(world.village.arrived.sum()), going.append(world.village.left.sum())
        ),
    )  # fmt: skip
    assert sum(coming) > 100
    assert 0.7 < sum(going) / sum(coming) < 1.3
    assert (world.county.bride_match > 0).all()


def test_weddings_and_funerals_are_flagged_in_the_month_only():
    single = {"person_married": 0, "person_relation": 3, "person_serious": 0}
    world = tiny_world(3_000, mechanisms=[Demography()], **single)
    rates = {
        "demography.marriage_rate": [0.0, 0.9, 0.9, 0.9, 0.9, 0.9],
        "demography.leaving_rate": [0.0, 0.5, 0.5, 0.5, 0.5, 0.5],
    }
    p = parameters_for([Demography()], {}, rates)
    run_alone(Demography(), world, "2018-05", p)
    assert (world.household.wedding & SON > 0).any()
    assert (world.household.wedding & DAUGHTER > 0).any()
    assert (world.household.wedding & SON > 0).sum() <= world.village.arrived.sum()
    run_alone(Demography(), world, "2018-06", parameters_for([Demography()], {}, NOBODY_COMES))
    assert world.household.wedding.sum() == 0


def test_adult_deaths_are_buried_and_widow_the_partner():
    world = tiny_world(600, mechanisms=[Demography()], person_age=12 * 40, person_serious=0)
    everyone = dict(NOBODY_COMES)
    everyone["demography.death_men"] = [0.999] * 21
    everyone["demography.death_women"] = [0.0] * 21
    before = snapshot(world)
    p = parameters_for([Demography()], {}, everyone)
    run_alone(Demography(), world, "2018-05", p)
    died = (before["person.alive"] > 0) & (world.person.alive == 0)
    assert world.household.funeral.sum() == died.sum() > 50
    heads = died & (before["person.relation"] == Relation.HEAD)
    wives = (world.person.alive > 0) & (before["person.relation"] == Relation.SPOUSE)
    widowed = wives & np.isin(world.person.household, world.person.household[heads])
    assert widowed.sum() > 10
    assert (world.person.married[widowed] == 0).all()
    assert (world.person.relation[widowed] == Relation.HEAD).all()


def test_children_left_alone_join_their_kin():
    world = tiny_world(3_000, mechanisms=[Demography()], person_serious=0)
    grown = world.person.age >= 192
    world.person.age[grown] = 12 * 40
    world.person.age[grown & (world.person.household % 5 == 0)] = 12 * 60
    only_old = [0.0] * 21
    only_old[12] = 0.999
    deaths = {"demography.death_men": only_old, "demography.death_women": only_old}
    p = parameters_for([Demography()], {}, NOBODY_COMES | deaths)
    before = world.person.household.copy()
    run_alone(Demography(), world, "2018-05", p)
    moved = (world.person.alive > 0) & (world.person.household != before)
    assert moved.any()
    ended = before[moved]
    assert (world.household.alive[ended] == 0).all()
    assert (world.person.household[moved] == world.household.kin[ended]).all()
    assert (world.person.relation[moved] == Relation.OTHER).all()


def test_a_child_is_named_after_its_mother_and_its_place():
    rates = NOBODY_DIES | {"demography.birth_rate": [0.9] * 6}
    one, other = (tiny_world(600, mechanisms=[Demography()]) for _ in range(2))
    before = set(one.person.id.tolist())
    _run(one, 3, "2018-01", rates)
    _run(other, 3, "2018-02", rates)  # other months, other births: the same children by name
    assert one.village.no_room.sum() == 0
    born = {int(i) for i, age in zip(one.person.id, one.person.age, strict=True)
            if int(i) not in before and age < 12}  # fmt: skip
    assert len(born & set(other.person.id.tolist())) > 0.5 * len(born) > 5


def test_one_birth_more_changes_nobody_elses_life():
    plain, extra = (tiny_world(3_000, mechanisms=[Demography()]) for _ in range(2))
    row = int(np.nonzero(extra.person.id == 0)[0][0])
    home = int(extra.village.first_household[0])
    extra.person.id[row], extra.person.household[row] = 12345, home
    extra.person.alive[row], extra.person.relation[row] = 1, Relation.GRANDCHILD
    _run(plain, 14)
    _run(extra, 14)
    own = {i for w in (plain, extra) for i in w.person.id[w.person.household == home].tolist()}
    for name in ("age", "alive", "married", "births", "relation", "female", "earnings"):
        was, now = _by_id(plain, "person", name), _by_id(extra, "person", name)
        others = (was.keys() | now.keys()) - own
        assert {i: was.get(i) for i in others} == {i: now.get(i) for i in others}, name


def test_the_cut_into_blocks_changes_no_bit():
    whole, cut = (tiny_world(2_500, mechanisms=[Demography()]) for _ in range(2))
    p = parameters_for([Demography()])
    for month in ("2017-11", "2017-12", "2018-01", "2018-02"):
        run_alone(Demography(), whole, month, p)
        run_alone(Demography(), cut, month, p, block_persons=300)
    for key, column in snapshot(whole).items():
        assert np.array_equal(column, cut[key]), key


def test_without_room_nobody_comes_and_it_is_counted():
    world = tiny_world(900, mechanisms=[Demography()], spare=(0.0, 0.0))
    _run(world, 18, changes={"demography.birth_rate": [0.9] * 6} | NOBODY_DIES)
    assert world.village.no_room.sum() > 0
    assert (world.person.id != 0).sum() == len(world.person.id)


def test_nothing_happens_in_the_burn_in():
    world = tiny_world(600, mechanisms=[Demography()])
    before = snapshot(world)
    run_alone(Demography(), world, "2017-10", parameters_for([Demography()]))
    assert all(np.array_equal(before[key], world[key]) for key in before)


def test_more_children_are_born_where_the_rate_is_higher():
    few, many = (tiny_world(6_000, mechanisms=[Demography(), People()]) for _ in range(2))
    _run(few, 12)
    _run(many, 12, changes={"demography.birth_rate": [0.6, 0.6, 0.44, 0.21, 0.08, 0.016]})

    def children(world):
        return {
            int(i) for i, a in zip(world.person.id, world.person.age, strict=True) if i and a < 12
        }

    assert len(children(many)) > 1.3 * len(children(few))
