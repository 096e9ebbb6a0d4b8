"""Relocation: who is approved, when they move, and what a move takes and gives."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import month_index
from sim.measures.a06_office import RelocationOffice
from sim.measures.a06_relocation import Relocation
from sim.world.codes import Job, Registered, RelocationMode, School
from sim.world.codes import Relocation as Stage
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world

ALL = {f"A6.{k}": 1.0 for k in range(1, 8)}
VILLAGES, COUNTIES = 24, 2
SITES = np.arange(VILLAGES) % 12 == 11  # the last village of each county


def poor_world(people=4_000, **more):
    """Half the villages cannot feed their people; everybody is on the register; sites exist."""
    values = {
        "household_registered": int(Registered.POOR), "natural_harsh": np.arange(VILLAGES) % 2 == 0,
        "village_site": SITES, "county_registered_start": 1_000, "household_seen_income": 2_000_00,
        "household_debt_house": 0, **more,
    }  # fmt: skip
    mechanisms = [RelocationOffice(), Relocation()]
    return tiny_world(people, villages=VILLAGES, counties=COUNTIES, mechanisms=mechanisms, **values)


def office(world, clauses=ALL, changes=None, month="2018-03", begin=True):
    bureau = RelocationOffice()
    run_alone(bureau, world, month, parameters_for([bureau], clauses, changes), begin=begin)
    return world


def approved(world):
    return np.flatnonzero(world.household.relocation == Stage.APPROVED)


def persons_by_county(world, rows):
    county = world.village.county[world.household.village[rows]]
    return np.bincount(county, world.household.size[rows], COUNTIES)


def moved(clauses=ALL, changes=None, months=36, seed=1, world=None, **more):
    """Both mechanisms from March 2018."""
    world = poor_world(**more) if world is None else world
    both = [RelocationOffice(), Relocation()]
    run_months(both, world, "2018-03", months, parameters_for(both, clauses, changes), seed=seed)
    return world


def mode_only(mode):
    """Changes under which everybody is resettled in one way."""
    share = {
        RelocationMode.WHOLE_VILLAGE: (1.0, 0.0, 0.0), RelocationMode.CONCENTRATED: (0.0, 0.0, 0.0),
        RelocationMode.SCATTERED: (0.0, 1.0, 0.0), RelocationMode.CASH: (0.0, 0.0, 1.0),
    }  # fmt: skip
    whole, scattered, cash = share[mode]
    return {
        "a06_office.whole_share": whole, "a06_office.scattered_share": scattered,
        "a06_office.cash_share": cash, "a06_office.quota": 400.0,
    }  # fmt: skip


# --- the office -----------------------------------------------------------------------------------


def test_the_quota_is_kept_and_remainders_are_carried():
    world = poor_world(county_registered_start=np.array([1_003, 777]))
    changes = {"a06_office.quota": 50.0, "a06_office.deep_first": 0.0}
    whole = persons_by_county(office(world, changes=changes), approved(world))
    exact = 0.050 * np.array([1_003, 777])
    assert (whole <= exact).all()
    assert world.county.relocation_left == pytest.approx(exact - whole)
    assert (world.county.relocation_left < 9).all()
    office(world, changes=changes, month="2019-03", begin=False)
    both = persons_by_county(world, approved(world))
    assert (both <= 2 * exact).all()
    assert world.county.relocation_left == pytest.approx(2 * exact - both)


def test_without_a_quota_nobody_is_approved_even_if_some_is_left():
    world = poor_world(county_relocation_left=100.0)
    office(world, changes={"a06_office.quota": 0.0})
    assert approved(world).size == 0


def test_places_reallocated_in_the_province_come_to_deep_counties():
    off, on = (office(poor_world(), {**ALL, "A6.2": x}) for x in (0.0, 1.0))
    more = persons_by_county(on, approved(on)) / persons_by_county(off, approved(off))
    assert more == pytest.approx(1.4, abs=0.2)
    assert set(approved(off)) < set(approved(on))  # the same list, read further down


def test_only_the_registered_poor_of_bad_places_are_approved():
    state = np.arange(20_000) % 4
    small = poor_world()
    count = int(small.household.alive.sum())
    world = poor_world(household_registered=state[:count])
    office(world, changes={"a06_office.quota": 1_000.0})
    rows = approved(world)
    assert rows.size > 50
    good = (Registered.POOR, Registered.RELAPSED)
    assert np.isin(world.household.registered[rows], good).all()
    assert (world.natural.harsh[world.household.natural[rows]] == 1).all()


def test_frequent_disasters_make_a_village_eligible():
    flood = np.where(np.arange(VILLAGES) == 3, 3.0, 1.0)
    world = poor_world(natural_harsh=0, village_flood_risk=flood)
    office(world, changes={"a06_office.quota": 1_000.0})
    assert set(world.household.village[approved(world)]) == {3}


def test_a_full_survey_finds_more_and_ranks_by_need():
    changes = {"a06_office.quota": 10_000.0}
    off, on = (office(poor_world(), {**ALL, "A6.1": x}, changes) for x in (0.0, 1.0))
    assert set(approved(off)) < set(approved(on))
    assert off.county.relocation_candidates.sum() < 0.7 * on.county.relocation_candidates.sum()
    income = np.random.default_rng(1).uniform(500_00, 3_500_00, int(on.household.alive.sum()))
    scarce = {"a06_office.quota": 60.0, "a06_office.whole_share": 0.0}
    rough, ranked = (
        office(poor_world(household_seen_income=income), {**ALL, "A6.1": x}, scarce)
        for x in (0.0, 1.0)
    )
    seen = [w.household.seen_income[approved(w)].mean() for w in (rough, ranked)]
    assert seen[1] < seen[0]


def test_whole_villages_are_moved_together_and_more_are_willing():
    changes = {"a06_office.quota": 10_000.0, "a06_office.whole_share": 1.0}
    off, on = (office(poor_world(), {**ALL, "A6.3": x}, changes) for x in (0.0, 1.0))
    assert set(approved(off)) < set(approved(on))
    modes = on.household.relocation_mode[approved(on)]
    assert set(modes) == {RelocationMode.WHOLE_VILLAGE}
    assert RelocationMode.WHOLE_VILLAGE not in set(off.household.relocation_mode)
    # no village is begun before the one before it in the ranking is through, whatever its
    # members' own need
    need = np.random.default_rng(2).uniform(0, 3_500_00, int(on.household.alive.sum()))
    everybody = office(poor_world(household_seen_income=need), changes=changes)
    scarce = office(
        poor_world(household_seen_income=need), changes={**changes, "a06_office.quota": 120.0}
    )
    for county in range(COUNTIES):
        begun = 0
        for village in range(county * 12, county * 12 + 12):
            all_of = approved(everybody)[
                everybody.household.village[approved(everybody)] == village
            ]
            now = np.isin(all_of, approved(scarce))
            begun += now.any() and not now.all()
        assert begun == 1


def test_a_list_that_just_fits_is_approved_whole():
    world = poor_world(household_size=4, county_registered_start=1_000)
    office(world, changes={"a06_office.quota": 40.0, "a06_office.deep_first": 0.0})
    assert (persons_by_county(world, approved(world)) == 40).all()
    assert (world.county.relocation_left == 0).all()


def test_money_instead_of_a_house_only_where_it_is_allowed():
    changes = {"a06_office.cash_share": 0.5, "a06_office.quota": 10_000.0}
    off, on = (office(poor_world(), {**ALL, "A6.4": x}, changes) for x in (0.0, 1.0))
    assert RelocationMode.CASH not in set(off.household.relocation_mode)
    assert RelocationMode.CASH in set(on.household.relocation_mode)
    assert set(approved(off)) == set(approved(on))


def test_ties_in_the_ranking_fall_by_id_and_not_by_row():
    world = poor_world(village_distance=10.0)
    office(world, changes={"a06_office.quota": 40.0, "a06_office.whole_share": 0.0})
    rows = approved(world)
    everybody = poor_world(village_distance=10.0)
    office(everybody, changes={"a06_office.quota": 1e5, "a06_office.whole_share": 0.0})
    for county in range(COUNTIES):
        of = world.village.county[world.household.village] == county
        mine, found = rows[of[rows]], approved(everybody)[of[approved(everybody)]]
        assert (
            world.household.id[mine].max()
            < np.setdiff1d(world.household.id[found], world.household.id[mine]).min()
        )


# --- after approval -------------------------------------------------------------------------------


def test_most_are_in_their_new_house_after_a_summer_and_nobody_moves_twice():
    world = poor_world()
    both = [RelocationOffice(), Relocation()]
    moves = np.zeros(world.household.id.size, int)
    stage = [world.household.relocation.copy()]
    by_month = {}

    def look(moment):
        now = world.household.relocation
        assert (now >= stage[0]).all()  # no step back
        moves[:] += (now == Stage.MOVED) & (stage[0] != Stage.MOVED)
        by_month[moment.month] = int((now == Stage.MOVED).sum())
        stage[0] = now.copy()

    run_months(both, world, "2018-03", 34, parameters_for(both, ALL), each=look)
    assert moves.max() == 1
    assert by_month[month_index("2018-08")] < 0.1 * by_month[month_index("2020-12")]
    assert by_month[month_index("2019-12")] > 0.6 * by_month[month_index("2020-12")]
    assert (world.household.relocation[world.household.relocation > 0] == Stage.MOVED).all()


def test_frost_stops_building():
    def finished(speed):
        changes = {"a06_relocation.frost_speed": speed, "a06_relocation.build_months": 9,
                   "a06_office.cash_share": 0.0}  # fmt: skip
        world = moved(changes=changes, months=13)  # to March 2019
        return (world.household.relocation == Stage.MOVED).sum()

    assert finished(1.0) > finished(0.2) >= finished(0.0) == 0


def test_a_move_gives_a_safe_house_water_and_a_new_place_and_takes_land():
    start = poor_world(household_house=4, household_water=0)
    land, herd = start.household.land.copy(), start.household.herd.copy()
    world = moved(world=start)
    gone = world.household.relocation == Stage.MOVED
    home = world.household
    assert gone.sum() > 10
    assert (home.house[gone] == 1).all()
    assert (home.water[gone] == 1).all()
    assert (world.village.site[home.residence[gone]] == 1).all()
    assert (
        world.village.county[home.residence[gone]] == world.village.county[home.village[gone]]
    ).all()
    assert (world.village.site[home.village[gone]] == 0).all()  # registered where it was
    assert (home.land[gone] < 0.7 * land[gone]).all()
    assert (home.herd[gone] <= herd[gone]).all()
    assert (home.land[~gone] == land[~gone]).all()
    whole = gone & (home.relocation_mode == RelocationMode.WHOLE_VILLAGE)
    for village in np.unique(home.village[whole]):
        assert np.unique(home.residence[whole & (home.village == village)]).size == 1


def test_ties_outlast_a_move_by_the_way_of_resettlement():
    kept, lost = {}, {}
    for mode in list(RelocationMode)[1:]:
        start = poor_world(people=12_000, natural_harsh=1)
        kin, land = start.household.kin.copy(), start.household.land.copy()
        world = moved(changes=mode_only(mode), months=24, world=start)
        gone = (world.household.relocation == Stage.MOVED) & (kin >= 0)
        assert set(world.household.relocation_mode[gone]) == {mode}
        assert gone.sum() > 200
        kept[mode] = (world.household.kin[gone] >= 0).mean()
        lost[mode] = 1 - world.household.land[gone].sum() / land[gone].sum()
    m = RelocationMode
    assert kept[m.WHOLE_VILLAGE] > kept[m.CONCENTRATED] + 0.1 > kept[m.SCATTERED] + 0.2
    assert kept[m.WHOLE_VILLAGE] == pytest.approx(0.9, abs=0.05)
    assert kept[m.CASH] == pytest.approx(kept[m.SCATTERED], abs=0.1)
    assert lost[m.CASH] > lost[m.CONCENTRATED] > lost[m.WHOLE_VILLAGE]


def test_the_limits_hold_the_debt_down():
    off, on = (moved({**ALL, "A6.6": x}) for x in (0.0, 1.0))
    gone = on.household.relocation == Stage.MOVED
    limit = np.minimum(2_500_00 * on.household.size.astype(int), 10_000_00)
    assert (on.household.debt_house[gone] <= limit[gone]).all()
    assert on.household.debt_house[gone].max() > 2_500_00
    assert (off.household.debt_house >= on.household.debt_house).all()
    assert off.household.debt_house[gone].mean() > 1.5 * on.household.debt_house[gone].mean()


def test_the_reward_is_paid_once_and_more_old_houses_are_vacated():
    def paid(intensity):
        world = poor_world()
        both = [RelocationOffice(), Relocation()]
        aid = np.zeros(world.household.id.size, np.int64)

        def look(moment):
            aid[:] += world.household.aid

        run_months(
            both, world, "2018-03", 36, parameters_for(both, {**ALL, "A6.5": intensity}), each=look
        )
        return world, aid

    (off, nothing), (on, reward) = paid(0.0), paid(1.0)
    gone = on.household.relocation == Stage.MOVED
    assert not nothing.any()
    assert set(reward) == {0, 10_000_00}
    assert reward[gone].astype(bool).mean() == pytest.approx(0.85, abs=0.12)
    assert on.household.land[gone].sum() < off.household.land[gone].sum()


def test_follow_up_brings_jobs_within_the_year():
    def working(intensity):
        more = {"people": 8_000, "person_job": int(Job.FARM), "person_school": int(School.NONE),
                "person_serious": 0}  # fmt: skip
        world = moved({**ALL, "A6.7": intensity}, months=34, **more)
        of = np.maximum(world.person.household, 0)
        gone = world.household.relocation == Stage.MOVED
        mine = gone[of] & (world.person.alive == 1)
        adult = (
            mine
            & (world.person.age >= 18 * 12)
            & (world.person.age < 60 * 12)
            & (world.person.skill >= 2)
        )
        stay = ~gone[of] & (world.person.alive == 1)
        assert (world.person.job[stay] == Job.FARM).all()
        return (world.person.job[adult] == Job.LOCAL).mean(), world

    off, _ = working(0.0)
    on, world = working(1.0)
    assert off == pytest.approx(0.12, abs=0.06)
    assert on == pytest.approx(0.45, abs=0.08)
    assert (world.person.wage[world.person.job == Job.LOCAL] == 0).all()  # set by work next month


def test_life_in_the_new_place_costs_more_every_month():
    world = moved(months=24)
    before = world.household.relocation == Stage.MOVED
    since = world.household.relocation_month
    before &= since < since.max()  # those who moved this very month begin next month
    assert before.any()
    assert (world.household.other_cost[before] > 0).all()
    never = world.household.relocation == Stage.NONE
    assert (world.household.other_cost[never] == 0).all()


def test_what_is_paid_is_the_price_of_the_persons_begun():
    world = poor_world()
    both = [RelocationOffice(), Relocation()]
    spent = []
    off = {**ALL, "A6.5": 0.0, "A6.7": 0.0}
    run_months(
        both, world, "2018-03", 36, parameters_for(both, off),
        each=lambda moment: spent.append(int(world.village.paid_relocation.sum())),
    )  # fmt: skip
    begun = world.household.relocation >= Stage.BUILDING
    assert sum(spent) == 57_000_00 * int(world.household.size[begun].sum())


def test_without_the_clauses_nobody_moves_unless_the_national_programme_goes_on():
    off, on = moved({}), moved(ALL)
    national = moved({}, changes={"a06_office.without_plan": 1.0})
    assert not (off.household.relocation == Stage.MOVED).any()
    moved_off = (national.household.relocation == Stage.MOVED).sum()
    assert 0 < moved_off < (on.household.relocation == Stage.MOVED).sum()


def test_the_block_rule_changes_nothing_it_does_not_declare():
    world = moved(months=10)
    mechanism = Relocation()
    for month in ("2019-01", "2019-02", "2019-06", "2019-09"):
        run_alone(mechanism, world, month, parameters_for([mechanism], ALL))


def test_what_a_move_does_is_counted():
    """Whole villages and money by mode; ties, debts and cleared homesteads as the columns show."""
    ties = {"household_kin": 1, "household_neighbour": 1}
    world = poor_world(**ties)
    sums = dict.fromkeys(
        ("moved_whole", "moved_cash", "ties_cut", "self_funded", "homes_cleared"), 0
    )
    both = [RelocationOffice(), Relocation()]

    def add(_):
        for name in sums:
            sums[name] += int(world.village[f"did_{name}"].sum())

    run_months(both, world, "2018-03", 20, parameters_for(both, ALL), each=add)
    home = world.household
    gone = home.relocation == Stage.MOVED
    assert (
        sums["moved_whole"] == (gone & (home.relocation_mode == RelocationMode.WHOLE_VILLAGE)).sum()
    )
    assert sums["moved_cash"] == (gone & (home.relocation_mode == RelocationMode.CASH)).sum() > 0
    assert sums["ties_cut"] == (home.kin[gone] < 0).sum() + (home.neighbour[gone] < 0).sum() > 0
    assert sums["self_funded"] == pytest.approx(
        home.debt_house[gone].sum() / 100, abs=int(gone.sum())
    )
    assert 0 < sums["homes_cleared"] <= gone.sum()
