"""The default population: nested, the same wherever it is built, near its margins, usable."""

from __future__ import annotations

import numpy as np
import pytest

from calibration import population as synthetic
from calibration.population import cache as kept
from calibration.population.hashing import mix, trait
from calibration.population.villages import DEEP_SHARE
from sim.calendar import month_index
from sim.kernel import kernel
from sim.livelihoods.lasting import trait as model_trait
from sim.world.codes import Job, Registered, Relation, School, Skill
from sim.world.columns import catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.identity import mix as model_mix
from sim.world.persons import PERSONS
from sim.world.places import PLACES
from sim.world.world import World

COLUMNS = catalogue(PERSONS, HOUSEHOLDS, PLACES)
DONGXIANG, TANCHANG = 622926, 621223
SAMPLE = 0.02

# What depends on rows, and so on what else is built.
ROWS = {
    "person": {"household"},
    "household": {"village", "residence", "natural", "kin", "neighbour"},
    "village": {"county", "township"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("population")


@pytest.fixture(scope="module")
def scope(folder):
    """All 35 counties."""
    return synthetic.build(SAMPLE, cache=folder)


@pytest.fixture(scope="module")
def margins(scope):
    return {(row.group, row.name): row for row in synthetic.report(scope).rows}


def same_agents(kind, small, large):
    """Every agent of `small` is in `large` and is the same in every column."""
    at = {identity: row for row, identity in enumerate(large[kind]["id"].tolist())}
    rows = np.array([at[identity] for identity in small[kind]["id"].tolist()])
    for name, column in small[kind].items():
        if name not in ROWS[kind]:
            assert np.array_equal(column, large[kind][name][..., rows]), name


def test_a_village_is_the_same_in_every_sample_and_company(scope, folder):
    larger = synthetic.build(2 * SAMPLE, counties=[DONGXIANG, TANCHANG], cache=folder)
    alone = synthetic.build(SAMPLE, counties=[TANCHANG], cache=folder)
    for kind in ROWS:
        same_agents(kind, alone, larger)
        same_agents(kind, alone, scope)
    assert len(alone["village"]["id"]) < len(larger["village"]["id"])


def test_kin_are_the_same_people_in_every_sample(scope, folder):
    alone = synthetic.build(SAMPLE, counties=[TANCHANG], cache=folder)

    def ties(tables):
        household = tables["household"]
        has = household["kin"] >= 0
        kin = household["id"][household["kin"][has]]
        return dict(zip(household["id"][has].tolist(), kin.tolist(), strict=True))

    assert ties(alone).items() <= ties(scope).items()


def test_another_seed_has_other_people(scope, folder):
    other = synthetic.build(SAMPLE, seed=1, cache=folder)
    assert other.digest != scope.digest
    _, here, there = np.intersect1d(
        scope["village"]["id"], other["village"]["id"], return_indices=True
    )
    real = scope["village"]["site"][here] == 0
    sizes = [t["village"]["persons"][at][real] for t, at in ((scope, here), (other, there))]
    assert len(sizes[0]) == 0 or not np.array_equal(*sizes)


def test_rows_and_order(scope):
    """Persons lie by household, households by village, villages by county, sites last."""
    household, village = scope["household"], scope["village"]
    assert (np.diff(scope["person"]["household"]) >= 0).all()
    assert (np.diff(household["village"]) >= 0).all()
    assert (np.diff(village["county"]) >= 0).all()
    assert (np.diff(scope["natural"]["village"]) >= 0).all()
    size = np.bincount(scope["person"]["household"], minlength=len(household["id"]))
    assert np.array_equal(size, household["size"])
    assert size.min() >= 1
    assert np.array_equal(scope["natural"]["village"][household["natural"]], household["village"])
    for tie in ("kin", "neighbour"):
        has = np.flatnonzero(household[tie] >= 0)
        other = household[tie][has]
        assert np.array_equal(household["village"][other], household["village"][has])
        assert (other != has).all()
    for c in range(35):
        site = village["site"][village["county"] == c]
        assert site.any()
        assert (np.diff(site.astype(int)) >= 0).all()
    assert not np.isin(household["village"], np.flatnonzero(village["site"])).any()
    assert np.array_equal(
        scope["township"]["county"][village["township"]], village["county"]
    )  # a village lies in a township of its county
    for kind in ("person", "household", "natural", "village"):
        assert len(np.unique(scope[kind]["id"])) == len(scope[kind]["id"])


def test_types_and_columns(scope):
    for kind, table in scope.items():
        lengths = {column.shape[-1] for column in table.values()}
        assert len(lengths) == 1, kind
        for name, column in table.items():
            one = COLUMNS[f"{kind}.{name}"]
            assert column.dtype == one.dtype, name
            if one.codes is not None and not one.depth:
                known = {int(code) for code in one.codes} | {0}
                assert set(np.unique(column).tolist()) <= known, name


def test_the_scope(scope):
    assert len(scope["county"]["code"]) == 35
    assert scope["county"]["deep"].sum() == 23
    assert scope["county"]["yiqu_yizhou"].sum() == 17
    assert (scope["county"]["deep"] & scope["county"]["yiqu_yizhou"]).sum() == 5
    assert len(scope["township"]["code"]) == 646
    assert scope["township"]["deep"].sum() == 40
    names = synthetic.names()
    assert names[DONGXIANG] == "东乡族自治县"
    assert all(int(code) in names for code in scope["township"]["code"])
    number = synthetic.village_numbers(scope)
    assert np.array_equal(number == 0, scope["village"]["site"] == 1)
    assert number.max() < 80


def test_two_villages_in_every_county_at_the_least(folder):
    least = synthetic.smallest_sample()
    assert 0.005 < least < 0.01
    with pytest.raises(ValueError, match="smallest honest sample"):
        synthetic.build(least / 2, cache=folder)
    small = synthetic.build(least, cache=folder)
    real = small["village"]["site"] == 0
    assert np.bincount(small["village"]["county"][real]).min() == 2


def test_wrong_questions(folder):
    with pytest.raises(ValueError, match="at most 1"):
        synthetic.build(1.5, cache=folder)
    with pytest.raises(ValueError, match="999999"):
        synthetic.build(SAMPLE, counties=[999999], cache=folder)
    with pytest.raises(ValueError, match="no margin or assumption 'person'"):
        synthetic.build(SAMPLE, changes={"person": 1}, cache=folder)
    with pytest.raises(ValueError, match="exit_cohorts must be of the form"):
        synthetic.build(SAMPLE, changes={"exit_cohorts": [0.5, 0.5]}, cache=folder)


def test_deep_villages_follow_the_rule(scope):
    village = scope["village"]
    real = village["site"] == 0
    share = village["registered_poor"][real] / village["persons"][real]
    assert np.allclose(share, village["headcount_start"][real])
    assert np.array_equal(village["deep"][real] == 1, share >= DEEP_SHARE)


def test_villages_count_their_people(scope):
    household, village = scope["household"], scope["village"]
    n = len(village["id"])
    size = household["size"].astype(int)
    poor = size * (household["registered"] == Registered.POOR)
    assert np.array_equal(np.bincount(household["village"], size, n), village["persons"])
    assert np.array_equal(np.bincount(household["village"], poor, n), village["registered_poor"])
    assert np.array_equal(
        np.bincount(household["village"], household["away"], n), village["migrants"]
    )
    assert np.array_equal(
        np.bincount(household["natural"], minlength=len(scope["natural"]["id"])),
        scope["natural"]["households"],
    )
    county = scope["county"]
    persons = np.bincount(village["county"], village["persons"])
    assert np.array_equal(persons, county["persons_start"])
    assert (county["sample"] > 0).all()
    assert (county["sample"] < 0.2).all()


def test_margins(margins):
    """Households and persons are fitted closely; what clusters in villages varies in a sample."""
    for (group, name), row in margins.items():
        if row.asked is None or not row.fitted or group.endswith("by county"):
            continue
        if group == "households" and name.startswith(("of ", "with ")):
            assert abs(row.off) < 0.03, name
        elif name.startswith(("age ", "women of ", "schooling ")):
            assert abs(row.got - row.asked) < 0.02, name
        elif group == "size" or "income" in name or name in ("registered poor", "incidence"):
            assert abs(row.off) < 0.07, name
        elif row.unit == "share":
            assert abs(row.got - row.asked) < 0.06, name
    assert margins["size", "persons"].asked == pytest.approx(9_600_000, rel=0.01)
    assert margins["register, end of 2016", "registered poor"].asked == pytest.approx(
        1_750_000, rel=0.001
    )
    follows = margins["register, end of 2016", "deep villages"]
    assert 2000 < follows.got < 3720
    assert 0.12 < margins["register, end of 2016", "income poor share"].got < 0.20


def test_the_register_and_its_dates(scope):
    household = scope["household"]
    state, first, left = household["registered"], household["first_month"], household["exit_month"]
    assert set(np.unique(state)) == {Registered.NEVER, Registered.POOR, Registered.EXITED}
    exited = state == Registered.EXITED
    decembers = [month_index(f"{year}-12") for year in (2014, 2015, 2016)]
    assert set(np.unique(left[exited])) == set(decembers)
    assert not left[~exited].any()
    assert not first[state == Registered.NEVER].any()
    assert (first[exited] == month_index("2013-12")).all()
    assert (household["cause"][state == Registered.NEVER] == 0).all()
    assert (household["cause"][state != Registered.NEVER] > 0).all()
    year = household["income12"] / household["size"]
    by_state = [np.median(year[state == s]) for s in (1, 2, 0)]
    assert by_state == sorted(by_state)
    by_exit = [np.median(year[left == december]) for december in decembers]
    assert by_exit == sorted(by_exit, reverse=True)


def test_people_hang_together(scope):
    person = scope["person"]
    years = person["age"] // 12
    heads = np.bincount(person["household"], person["relation"] == Relation.HEAD)
    assert (heads == 1).all()
    pupil = (person["school"] != School.NONE) & (person["school"] != School.DROPPED_OUT)
    assert (person["school"][(years >= 6) & (years < 15)] != School.NONE).all()
    assert not pupil[years > 22].any()
    assert not person["married"][years < 16].any()
    assert not person["births"][person["female"] == 0].any()
    working = person["job"] != Job.NONE
    assert (person["skill"][working] >= Skill.WEAK).all()
    assert not (working & pupil).any()
    wage = np.isin(person["job"], [Job.LOCAL, Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT])
    assert (person["wage"][wage] > 0).all()
    assert not person["wage"][~wage].any()
    assert person["pension"][years < 60].sum() == 0
    household = scope["household"]
    ring = household["ring"].sum(axis=0)
    assert np.array_equal(ring, household["income12"])
    assert (household["irrigated"] <= household["land"]).all()
    assert (household["rented_out"] <= household["land"]).all()
    for name in ("cash", "livestock", "debt_bank", "debt_kin", "debt_house", "dibao_pay"):
        assert household[name].min() >= 0, name


def test_a_world_is_built_from_it(scope):
    world = World.build(scope, COLUMNS, spare=(0.05, 0.05))
    assert world.person.alive.sum() == len(scope["person"]["id"])
    assert world.bytes_per_person() < 200
    alive = np.flatnonzero(world.household.alive)
    kin = world.household.kin[alive]
    assert (world.household.alive[kin[kin >= 0]] == 1).all()
    assert len(world.blocks(20_000)) >= 35


def test_cache_is_whole_or_not_there(scope, folder, tmp_path):
    again = synthetic.build(SAMPLE, cache=folder)
    for kind, table in scope.items():
        for name, column in table.items():
            assert np.array_equal(column, again[kind][name])
    small = synthetic.build(SAMPLE, counties=[DONGXIANG], cache=tmp_path)
    place = tmp_path / small.digest
    assert kept.load(place, COLUMNS) is not None
    (place / "person.age.npy").unlink()
    assert kept.load(place, COLUMNS) is None
    mended = synthetic.build(SAMPLE, counties=[DONGXIANG], cache=tmp_path)
    assert np.array_equal(mended["person"]["age"], small["person"]["age"])
    assert [path.name for path in tmp_path.iterdir()] == [small.digest]


def test_an_unwritable_cache_is_a_warning(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(UserWarning, match="could not be kept"):
        people = synthetic.build(SAMPLE, counties=[DONGXIANG], cache=tmp_path / "file")
    assert len(people["person"]["id"]) > 0


def test_threads_and_progress_change_nothing(tmp_path):
    class Bar:
        done = 0

        def __init__(self, total, **more):
            self.total = total

        def update(self, n):
            Bar.done += n

        def close(self):
            assert Bar.done == self.total

    one = synthetic.build(0.2, counties=[DONGXIANG], cache=tmp_path / "a", threads=1)
    two = synthetic.build(0.2, counties=[DONGXIANG], cache=tmp_path / "b", threads=3, progress=Bar)
    assert Bar.done == len(two["person"]["id"])
    for kind, table in one.items():
        for name, column in table.items():
            assert np.array_equal(column, two[kind][name]), name


def test_the_digest_knows_what_was_asked(scope):
    asked = {
        synthetic.digest(SAMPLE),
        synthetic.digest(0.5),
        synthetic.digest(SAMPLE, seed=1),
        synthetic.digest(SAMPLE, counties=[DONGXIANG]),
        synthetic.digest(SAMPLE, changes={"registered_poor": 1_500_000}),
    }
    assert len(asked) == 5
    assert scope.digest == synthetic.digest(SAMPLE)


def test_the_stock_can_be_changed(folder):
    fewer = synthetic.build(SAMPLE, changes={"registered_poor": 1_500_000}, cache=folder)
    rows = {row.name: row for row in synthetic.report(fewer).rows}
    assert rows["registered poor"].asked == pytest.approx(1_500_000, rel=0.001)
    assert abs(rows["registered poor"].off) < 0.05


def test_identities_and_traits_are_the_models():
    @kernel
    def of_model(a, b, which, out, traits):
        for i in range(len(a)):
            out[i] = model_mix(a[i], b[i])
            traits[i] = model_trait(a[i], which)

    a = np.array([0, 1, 2**63, 2**64 - 1, 987654321], dtype=np.uint64)
    b = np.array([5, 0, 3, 2**64 - 1, 12], dtype=np.uint64)
    out, traits = np.empty_like(a), np.empty(len(a))
    of_model(a, b, 22, out, traits)
    assert np.array_equal(mix(a, b), out)
    assert np.allclose(trait(a, 22), traits, rtol=0, atol=1e-15)


def test_the_report_reads_as_text(scope):
    text = str(synthetic.report(scope))
    assert "registered poor" in text
    assert "622926 东乡族自治县" in text
    assert max(len(line) for line in text.splitlines()) < 120
