"""An imported register becomes the starting population."""

from __future__ import annotations

import json
import pickle
import shutil
import stat

import numpy as np
import pandas as pd
import pytest

from app.cli import main
from calibration.population.choosing import choose
from calibration.population.hashing import Draws
from calibration.population.registered import RegisterError, build_registered
from calibration.population.registered.homes import grades_given
from calibration.population.registered.incomes import heap, true_incomes
from calibration.population.registered.numbers import read_numbers
from calibration.population.registered.reading import read_register
from calibration.population.registered.seen import registered_income
from calibration.registration.store import ImportedError
from scenarios.run import Past
from sim.calendar import month_index
from sim.world.codes import Job, Registered
from tests.calibration.small_import import frames, write_import

POOR, EXITED = Registered.POOR, Registered.EXITED


@pytest.fixture(scope="module")
def register(people):
    return frames(people)


@pytest.fixture(scope="module")
def folder(register, tmp_path_factory):
    return write_import(tmp_path_factory.mktemp("import") / "people", *register)


@pytest.fixture(scope="module")
def built(folder):
    return build_registered(folder, 1.0)


def persons(population, state):
    """Persons of a registered state by county code."""
    home, village, county = (population[k] for k in ("household", "village", "county"))
    here = home["registered"] == state
    where = county["code"][village["county"][home["village"][here]]]
    codes = np.unique(county["code"])
    return dict(
        zip(codes.tolist(), [int(home["size"][here][where == c].sum()) for c in codes], strict=True)
    )


# --- what the register says stays -----------------------------------------------------------------


@pytest.mark.parametrize("state", [POOR, EXITED])
def test_registered_persons_are_the_imports_own(people, built, state):
    assert persons(built, state) == persons(people, state)


def test_registered_households_keep_what_is_known_of_them(people, built):
    before, after = people["household"], built["household"]
    old = {int(i): k for k, i in enumerate(before["id"]) if before["registered"][k]}
    rows = np.flatnonzero(after["registered"] > 0)
    same = np.array([old[int(i)] for i in after["id"][rows]])
    for name in ("registered", "size", "cause", "first_month", "exit_month", "land", "irrigated",
                 "distance", "water", "dibao", "labour", "ill", "disabled", "away"):  # fmt: skip
        np.testing.assert_array_equal(after[name][rows], before[name][same], err_msg=name)
    np.testing.assert_allclose(after["dibao_pay"][rows], before["dibao_pay"][same], atol=1)
    np.testing.assert_allclose(after["seen_income"][rows], before["seen_income"][same], rtol=1e-4)
    kept = dict(zip(people["person"]["id"].tolist(), range(10**9), strict=False))
    mine = after["registered"][built["person"]["household"]] > 0
    at = np.array([kept[int(i)] for i in built["person"]["id"][mine]])
    for name in ("age", "female", "relation", "education", "school", "skill", "chronic", "insured"):
        np.testing.assert_array_equal(
            built["person"][name][mine], people["person"][name][at], err_msg=name
        )


def test_what_is_filled_in_is_near_what_was_taken_away(people, built):
    before, after = people["household"], built["household"]
    for state, tolerance in ((0, 0.08), (POOR, 0.15), (EXITED, 0.10)):
        old, new = before["registered"] == state, after["registered"] == state
        heads = before["size"][old].sum(), after["size"][new].sum()
        income = before["income12"][old].sum() / heads[0], after["income12"][new].sum() / heads[1]
        assert income[1] == pytest.approx(income[0], rel=tolerance)
        assert after["poor"][new].mean() == pytest.approx(before["poor"][old].mean(), abs=0.06)
    number = (before["registered"] == 0).sum(), (after["registered"] == 0).sum()
    assert number[1] == pytest.approx(number[0], rel=0.15)
    at_work = built["person"]["wage"] > 0
    assert built["person"]["earnings"][at_work].mean() == pytest.approx(1.0, abs=0.1)
    assert (after["farm_skill"] > 0).all() and (after["herd"] >= 0).all()


def test_rows_are_in_order_and_ids_are_one_of_a_kind(built):
    home, person, village = built["household"], built["person"], built["village"]
    assert (np.diff(person["household"]) >= 0).all() and (np.diff(home["village"]) >= 0).all()
    assert (np.diff(village["county"]) >= 0).all()
    for kind in ("person", "household", "village", "natural"):
        assert len(np.unique(built[kind]["id"])) == len(built[kind]["id"])
    np.testing.assert_array_equal(
        np.bincount(person["household"], minlength=len(home["id"])), home["size"]
    )
    np.testing.assert_array_equal(built["natural"]["village"][home["natural"]], home["village"])
    kin = home["kin"]
    assert (home["village"][kin[kin >= 0]] == home["village"][kin >= 0]).all()
    assert village["persons"].sum() == len(person["id"])
    assert (built["county"]["sample"] == 1.0).all()


def test_a_model_starts_with_it(built):
    model = Past(built, {}, 1, until=month_index("2017-12")).model
    home = model.world.household
    listed = (home["alive"] != 0) & (home["registered"] == POOR)
    income = home["registry_income"][listed].mean() / 100.0
    assert 1500 < income < 6000  # of the last year of the burn-in, about the line of 2,952


# --- the statistical model, by hand ---------------------------------------------------------------


def test_heaping_is_what_is_more_than_in_the_next_band():
    ratio = np.concatenate([np.full(40, 0.05), np.full(10, 0.15), np.full(5, -0.05)])
    assert heap(ratio, True, 0.1) == 0.75
    assert heap(-ratio, False, 0.1) == 0.75
    assert heap(np.full(10, 0.15), True, 0.1) == 0.0


def test_true_incomes_spread_less_than_those_seen_by_the_error():
    ids = np.arange(1, 40001, dtype=np.uint64)
    draws, sigma, bias = Draws(1), 0.25, -0.1
    seen = 3000.0 * np.exp(0.5 * draws.normal(ids, "seen"))
    true = true_incomes(
        seen, np.zeros(len(ids), bool), 100.0, ids, draws, read_numbers(), (bias, 0.0), sigma
    )
    logs = np.log(true)
    assert logs.mean() == pytest.approx(np.log(3000.0) - bias, abs=0.01)
    assert logs.std() == pytest.approx(np.sqrt(0.5**2 - sigma**2), abs=0.01)
    slope = np.polyfit(np.log(seen), logs, 1)[0]  # shrunk by the share that is not error
    assert slope == pytest.approx(1.0 - sigma**2 / 0.5**2, abs=0.02)


def test_incomes_raised_over_the_line_are_moved_back_below_it():
    ids = np.arange(1, 20001, dtype=np.uint64)
    draws, line = Draws(2), 3000.0
    true = line * np.exp(0.15 + 0.4 * draws.normal(ids, "true"))
    seen = np.maximum(true, 1.02 * line)
    found = true_incomes(
        seen, np.ones(len(ids), bool), line, ids, draws, read_numbers(), (0.0, 0.0), 1e-9
    )
    assert (found < line).mean() == pytest.approx((true < line).mean(), abs=0.05)
    assert np.isnan(true_incomes(np.array([np.nan]), np.array([True]), line, ids[:1], draws,
                                 read_numbers(), (0.0, 0.0), 0.2)).all()  # fmt: skip


def test_true_grades_given_a_certificate_by_hand():
    # of 10 true C houses 1 is certified wrongly: 0.2 as D, 0.8 as B
    chance = grades_given(np.array([0.0, 0.0, 10.0, 10.0]), error=0.1, worse=0.2)
    np.testing.assert_allclose(chance[2], [0, 0, 9 / 9.8, 0.8 / 9.8])  # certified C
    np.testing.assert_allclose(chance[3], [0, 0, 0.2 / 9.4, 9.2 / 9.4])  # certified D
    np.testing.assert_allclose(chance[1], [0, 0, 1, 0])  # certified B


def test_income_a_head_and_its_components():
    home = {name: np.array([np.nan, np.nan, np.nan]) for name in
            ("income_per_head", "net_income", "property", "transfer")}  # fmt: skip
    home |= {
        "wage": np.array([8000.0, np.nan, np.nan]),
        "business": np.array([5000.0, 10.0, np.nan]),
    }
    home |= {"business_cost": np.array([1000.0, np.nan, np.nan])}
    seen, parts = registered_income(home, np.array([4.0, 2.0, 3.0]))
    np.testing.assert_allclose(seen, [3000.0, 5.0, np.nan])
    np.testing.assert_allclose(parts["business"], [4000.0, 10.0, np.nan])


# --- the same again -------------------------------------------------------------------------------


def test_the_same_import_gives_the_same_bits(folder, built, tmp_path):
    other = shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("population"))
    again = build_registered(other, 1.0)
    assert again.digest == built.digest
    for kind, table in built.items():
        for name, column in table.items():
            np.testing.assert_array_equal(again[kind][name], column, err_msg=f"{kind}.{name}")


def test_it_is_kept_in_the_folder_for_its_user_alone(folder, built):
    kept = folder / "population"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    again = build_registered(folder, 1.0)
    assert again.about == built.about
    np.testing.assert_array_equal(again["household"]["cash"], built["household"]["cash"])


def test_a_sample_is_whole_villages_of_the_whole(folder, built):
    part = build_registered(folder, 0.4)
    villages = part["village"]["id"][part["village"]["site"] == 0]
    assert 4 <= len(villages) < (built["village"]["site"] == 0).sum()
    assert np.isin(villages, built["village"]["id"]).all()
    at = {int(i): k for k, i in enumerate(built["household"]["id"])}
    same = np.array([at[int(i)] for i in part["household"]["id"]])
    for name in ("registered", "income12", "farm_skill", "cash", "land", "house"):
        np.testing.assert_array_equal(
            part["household"][name], built["household"][name][same], err_msg=name
        )
    share = part["village"]["persons"].sum() / built["village"]["persons"].sum()
    assert part["county"]["sample"].mean() == pytest.approx(share, abs=0.05)


def test_another_household_is_another_digest(register, folder, built, tmp_path):
    homes, members = register
    changed = homes.copy()
    changed.loc[0, "land"] += 1.0
    other = build_registered(write_import(tmp_path / "changed", changed, members), 1.0)
    assert other.digest != built.digest


# --- exports that say less, or more ---------------------------------------------------------------


def test_the_least_export_is_enough(register, tmp_path):
    homes, members = register
    few = homes[["household_id", "year", "county", "registered"]]
    people = members[["household_id", "member_id", "year", "county", "relation"]]
    found = build_registered(write_import(tmp_path / "few", few, people), 1.0)
    listed = found["household"]["registered"] > 0
    assert listed.sum() == len(homes)
    assert found["household"]["size"][listed].sum() == len(members)
    assert (found["household"]["income12"][listed] > 0).mean() > 0.99
    age = found["person"]["age"][listed[found["person"]["household"]]] / 12
    assert 25 < age.mean() < 45


def test_households_without_members_get_some(register, tmp_path):
    homes, members = register
    gone = homes["household_id"].iloc[:50]
    rest = members[~members["household_id"].isin(gone)]
    found = build_registered(write_import(tmp_path / "without", homes, rest), 1.0)
    home = found["household"]
    mine = np.isin(home["id"], gone.to_numpy(np.uint64))
    assert mine.sum() == 50
    assert home["size"][mine].sum() == homes["size"].iloc[:50].sum()


@pytest.mark.parametrize(
    "few",
    [
        lambda h: h[h["village"] == h["village"].iloc[0]],
        lambda h: h[h["registered"] == EXITED],
        lambda h: h.iloc[:1],
        lambda h: h.drop(columns=["village", "township"]),
        lambda h: h.assign(income_per_head=np.float32(0.0), wage=np.float32(0.0)),
        lambda h: h.assign(village=h["household_id"] % np.uint64(400) + np.uint64(1)),
    ],
    ids=["one village", "exits only", "one household", "no villages", "no income", "many villages"],
)
def test_odd_registers_are_built_too(register, tmp_path, few):
    homes, members = register
    found = build_registered(write_import(tmp_path / "odd", few(homes), members), 1.0)
    home = found["household"]
    assert (home["registered"] > 0).sum() == len(few(homes))
    assert (found["county"]["sample"] == 1.0).all()
    assert np.isfinite(home["farm_skill"]).all() and (home["income12"] > -(10**9)).all()


def test_wages_need_somebody_who_works(register, tmp_path):
    homes, members = register
    idle = members.assign(job=np.int8(Job.NONE), months_worked=np.int8(0))
    rich = homes.assign(wage=np.float32(20000.0))
    found = build_registered(write_import(tmp_path / "idle", rich, idle), 1.0)
    home, person = found["household"], found["person"]
    listed = home["registered"] > 0
    able = np.bincount(person["household"], (person["skill"] >= 2) & (person["age"] < 64 * 12),
                       len(home["id"])) > 0  # fmt: skip
    assert (home["away"][listed & able] == 1).all()


def test_village_and_county_tables_say_how_many_there_are(register, tmp_path):
    homes, members = register
    ids, count = np.unique(homes["village"], return_counts=True)
    villages = pd.DataFrame({"village": ids, "year": 2016, "households": count + 25.0,
                             "natural_village": np.uint64(0)})  # fmt: skip
    listed = homes[homes["registered"] == POOR].groupby("county")["size"].sum()
    counties = pd.DataFrame({"county": listed.index, "year": 2016,
                             "registered_end": 2.0 * listed.to_numpy()})  # fmt: skip
    folder = write_import(
        tmp_path / "tables", homes, members, villages=villages, county_years=counties
    )
    found = build_registered(folder, 1.0)
    real = found["village"]["site"] == 0
    assert sorted(found["village"]["households"][real]) == sorted(count + 25)
    np.testing.assert_allclose(found["county"]["sample"], 0.5)
    assert any("50%" in note for note in found.about["notes"])


def test_a_later_register_is_set_back(register, tmp_path):
    homes, members = (frame.assign(year=np.int16(2018)) for frame in register)
    state, exit, first = (
        homes[n].to_numpy().copy() for n in ("registered", "exit_year", "first_date")
    )
    poor = np.flatnonzero(state == POOR)
    state[poor[:30]], exit[poor[:30]] = EXITED, 2018  # left later
    first[poor[30:50]] = month_index("2017-12")  # first known later
    state[poor[50:70]], exit[poor[50:70]] = Registered.RELAPSED, 2015  # fell back later
    homes = homes.assign(registered=state, exit_year=exit, first_date=first)
    folder = write_import(tmp_path / "later", homes, members)
    found = read_register(folder)
    at = {int(i): k for k, i in enumerate(found.household["id"])}
    now = found.state()[[at[int(i)] for i in homes["household_id"].iloc[poor[:70]]]]
    assert (now[:30] == POOR).all() and (now[30:50] == 0).all() and (now[50:] == EXITED).all()
    assert found.back == {"relapses": 20, "exits": 30, "first registrations": 20}
    about = build_registered(folder, 1.0).about
    assert "set back" in about["notes"][0] and "20 relapses" in about["notes"][0]


def test_the_last_year_up_to_2016_is_taken(register, tmp_path):
    homes, members = register
    years = [frame.assign(year=np.int16(y)) for frame in (homes,) for y in (2014, 2016, 2018)]
    folder = write_import(tmp_path / "panel", pd.concat(years), members)
    assert read_register(folder).year == 2016
    assert choose(f"{folder}@2014", 1.0)[1]["year"] == 2014


# --- what can not be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda h: h.assign(county=np.int32(110101)), "110101 is no county of the model"),
        (lambda h: h.iloc[:0], "holds no households"),
        (lambda h: h.assign(registered=np.int8(-1)), "no registered state"),
    ],
)
def test_what_cannot_be_a_population(register, tmp_path, change, text):
    homes, members = register
    folder = write_import(tmp_path / "bad", change(homes), members)
    with pytest.raises(RegisterError, match=text):
        build_registered(folder, 1.0)


def test_a_year_that_is_not_there_and_a_folder_that_is_none(folder, tmp_path):
    with pytest.raises(RegisterError, match="no data of 2019, only of 2016"):
        choose(f"{folder}@2019", 1.0)
    with pytest.raises(ImportedError, match="no imported registration"):
        choose(str(tmp_path), 1.0)
    with pytest.raises(ValueError, match="sample"):
        choose(str(folder), 0.0)


# --- runs -----------------------------------------------------------------------------------------


def test_choose_gives_a_loader_that_travels_and_tells_nothing_of_anybody(folder, built):
    load, about = choose(str(folder), 1.0)
    people = pickle.loads(pickle.dumps(load))()
    np.testing.assert_array_equal(people["person"]["id"], built["person"]["id"])
    assert about["digest"] == built.digest and about["source"] == "registration"
    assert str(folder) not in json.dumps(about)
    assert choose(None, 0.012, counties=[622926])[1]["source"] == "synthetic"


def test_run_starts_from_a_folder(folder, tmp_path, capsys):
    out = tmp_path / "runs"
    code = main(["run", "plan", "no-plan", "--population", str(folder), "--sample", "0.5",
                 "--until", "2017-12", "--out", str(out)])  # fmt: skip
    assert code == 0, capsys.readouterr().err
    manifest = json.loads((out / "batch.json").read_text(encoding="utf-8"))
    assert manifest["population"]["source"] == "registration"
    assert manifest["population"]["year"] == 2016 and len(manifest["runs"]) == 2
    assert main(["run", "plan", "--population", str(tmp_path), "--out", str(out)]) == 2
    assert "no imported registration" in capsys.readouterr().err
