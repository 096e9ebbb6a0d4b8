"""Scenarios resolved: overlays, arrays for the simulation, digests, and the eight that ship."""

from pathlib import Path

import numpy as np
import pytest

from scenarios import (
    clauses,
    list_scenarios,
    load_scenario,
    targets,
)
from sim.calendar import month_index
from sim.month import implemented_clauses

FIRST, LAST = month_index("2015-11"), month_index("2020-12")
SHIPPED = [
    "no-plan", "plan", "without-employment", "without-relocation", "without-medical",
    "without-collective", "harsh-shocks", "withdrawal", "withdrawal-linear", "withdrawal-none",
    "plan-quota-data", "plan-quota-free",
]  # fmt: skip


@pytest.fixture
def overlay(tmp_path: Path, table):
    def make(body: str = "", name: str = "mine", base: str = "plan"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"name: {name}\nbase: {base}\n{body}", encoding="utf-8")
        return load_scenario(path, table)

    return make


def series(scenario, key: str, draw=None, first: int = FIRST, last: int = LAST) -> np.ndarray:
    group, name = key.split(".")
    return scenario.resolve(draw, first, last)["parameters"][group][name]


def at(array: np.ndarray, month: str) -> float:
    return float(array[month_index(month) - FIRST])


def test_an_empty_overlay_changes_no_bit(overlay, table):
    plan, mine = load_scenario("plan", table), overlay("title: {en: My own}\nset: {}\n")
    assert mine.digest() == plan.digest()
    assert mine.clauses == plan.clauses and mine.changes == plan.changes == {}
    assert mine.removed_clauses == () and mine.until == plan.until
    one, other = mine.resolve(None, FIRST, LAST), plan.resolve(None, FIRST, LAST)
    for group, names in one["parameters"].items():
        for name, array in names.items():
            assert array.tobytes() == other["parameters"][group][name].tobytes()


def test_what_makes_no_difference_is_not_in_the_digest(overlay, table):
    plan = load_scenario("plan", table)
    same = overlay("set: {illness.admission_rate: {times: 1}}\nwith: {A9.2: {from: 2018-01}}\n")
    assert same.digest() == plan.digest()
    split = "with: {A4.3: [{from: 2018-01, to: 2018-12}, {from: 2019-01}]}\n"
    assert overlay(split).digest() == plan.digest()
    for body in (
        "without: [A4.3]\n",
        "with: {A4.3: {intensity: 0.5}}\n",
        "set: {insurance.rate: 0.6}\n",
        "until: 2021-12\n",
    ):
        assert overlay(body).digest() != plan.digest()


def test_without_only_and_with(overlay):
    gone = overlay("without: [A4, A2.6]\n")
    assert gone.removed_clauses == ("A2.6", *(f"A4.{i}" for i in range(1, 18)))
    assert set(overlay("only: [A4.3, A6]\n").clauses) == {"A4.3", *(f"A6.{i}" for i in range(1, 8))}
    kept = overlay("only: [A4]\nwithout: [A4.3]\nwith: {A1.4: {from: 2019-01}}\n")
    assert "A4.3" not in kept.clauses and "A4.4" in kept.clauses and "A1.4" in kept.clauses
    assert list(kept.clauses) == [c for c in clauses() if c in kept.clauses], "the plan's order"


def test_what_a_span_leaves_out_is_as_in_the_base(overlay):
    start = month_index("2018-01")
    assert overlay("with: {A4.3: {intensity: 0.5}}\n").clauses["A4.3"] == ((start, None, 0.5),)
    assert overlay("with: {A4.3: {to: 2019-06}}\n").clauses["A4.3"] == (
        (start, month_index("2019-06"), 1.0),
    )
    overlay("with: {A4.3: {to: 2019-06}}\n", name="short")
    again = overlay("with: {A4.3: {to: null}}\n", base="short")
    assert again.clauses["A4.3"] == ((start, None, 1.0),)


def test_intensity_over_the_months(overlay):
    body = "with: {A4.3: [{from: 2018-01, to: 2018-06}, {from: 2019-01, intensity: 0.5}]}\n"
    array = overlay(body).resolve(None, FIRST, LAST)["clauses"]["A4.3"]
    assert [at(array, m) for m in ("2017-12", "2018-01", "2018-06", "2018-07", "2020-12")] == [
        0, 1, 1, 0, 0.5,
    ]  # fmt: skip


def test_steps_lines_tables_and_choices(table, overlay):
    plan = load_scenario("plan", table)
    rate = series(plan, "insurance.rate")
    assert (at(rate, "2015-11"), at(rate, "2017-12"), at(rate, "2018-01")) == (0.65, 0.65, 0.70)
    early = series(plan, "insurance.rate", first=month_index("2014-01"))
    assert early[0] == 0.65, "before the first date the first value holds"
    line = series(plan, "registry.line")
    assert at(line, "2018-01") == pytest.approx((2952 + 4000) / 2)
    assert at(line, "2020-12") == 4000
    resolved = plan.resolve(None, FIRST, LAST)
    assert resolved["tables"]["illness"]["age_gradient"].tolist() == [0.5, 1.0, 2.5]
    assert "age_gradient" not in resolved["parameters"]["illness"]
    assert set(series(plan, "registry.quota")) == {1.0}
    assert set(series(overlay("set: {registry.quota: none}\n"), "registry.quota")) == {2.0}
    assert set(series(overlay("set: {insurance.stack: true}\n"), "insurance.stack")) == {1.0}


def test_a_draw_replaces_a_number_and_multiplies_the_rest(table):
    plan = load_scenario("plan", table)
    draw = {"illness.admission_rate": 0.17, "insurance.rate": 1.1, "illness.age_gradient": 2.0}
    assert set(series(plan, "illness.admission_rate", draw)) == {0.17}
    rate = series(plan, "insurance.rate", draw)
    assert [at(rate, m) for m in ("2017-12", "2018-01")] == pytest.approx([0.715, 0.77])
    assert plan.resolve(draw, FIRST, LAST)["tables"]["illness"]["age_gradient"][2] == 5.0
    assert at(series(plan, "insurance.rate", {"insurance.rate": 2.0}), "2018-01") == 0.9, "range"
    with pytest.raises(ValueError, match=r"illness\.nothing"):
        plan.resolve({"illness.nothing": 1.0}, FIRST, LAST)


def test_set_wins_over_a_draw_and_times_acts_on_it(overlay):
    draw = {"illness.admission_rate": 0.16, "insurance.rate": 1.1}
    put = overlay("set: {illness.admission_rate: 0.3}\n")
    assert set(series(put, "illness.admission_rate", draw)) == {0.3}
    times = overlay("set: {illness.admission_rate: {times: 1.5}}\n")
    assert series(times, "illness.admission_rate", draw) == pytest.approx(0.24)
    dated = series(overlay("set: {insurance.rate: {2019-01: 0.8}}\n"), "insurance.rate", draw)
    assert at(dated, "2018-12") == pytest.approx(0.77) and at(dated, "2019-01") == 0.8


def test_changes_with_months_leave_the_months_around_them(overlay):
    scenario = overlay(
        "set:\n"
        "  insurance.rate: {times: 1.1, from: 2017-07, to: 2018-06}\n"
        "  insurance.deductible: {2019-01: 900}\n"
        "  work.job_loss: {plus: 0.01, from: 2019-01}\n"
    )
    rate = series(scenario, "insurance.rate")
    months = ("2017-06", "2017-07", "2017-12", "2018-01", "2018-06", "2018-07")
    found = [at(rate, month) for month in months]
    assert found == pytest.approx([0.65, 0.715, 0.715, 0.77, 0.77, 0.70])
    deductible = series(scenario, "insurance.deductible")
    assert (at(deductible, "2015-11"), at(deductible, "2018-12")) == (800, 800)
    assert at(deductible, "2019-01") == at(deductible, "2020-12") == 900
    loss = series(scenario, "work.job_loss")
    assert (at(loss, "2018-12"), at(loss, "2019-01")) == (0.02, pytest.approx(0.03))


def test_a_dated_change_before_the_first_step_keeps_what_came_before(overlay):
    rate = series(overlay("set: {insurance.rate: {2016-06: 0.6}}\n"), "insurance.rate")
    assert [at(rate, m) for m in ("2016-05", "2016-06", "2018-01")] == [0.65, 0.6, 0.7]
    line = series(overlay("set: {registry.line: {2015-12: 2500}}\n"), "registry.line")
    assert [at(line, m) for m in ("2015-11", "2015-12", "2016-01")] == [2952, 2500, 2952]


def test_changes_of_an_overlay_act_on_those_of_its_base(overlay):
    overlay("set: {illness.admission_rate: 0.2, work.job_loss: {times: 1.5}}\n", name="one")
    two = overlay("set: {illness.admission_rate: {times: 1.5}, work.job_loss: 0.02}\n", base="one")
    assert series(two, "illness.admission_rate") == pytest.approx(0.3)
    assert set(series(two, "work.job_loss")) == {0.02}
    assert two.values()["illness.admission_rate"].value == pytest.approx(0.3)
    assert two.values()["work.job_loss"].meaning == two.table["work.job_loss"].meaning


def test_what_a_factor_gives_stays_possible(overlay):
    body = "set: {insurance.rate: {times: 1.4}}\n"
    assert series(overlay(body), "insurance.rate", {"insurance.rate": 1.1}).max() == 1.0


def test_a_base_beside_the_file_and_in_a_folder(tmp_path, table, overlay):
    overlay("without: [A4]\n", name="own")
    whole = set(load_scenario("plan", table).clauses)
    assert set(overlay("", base="own").clauses) == {c for c in whole if not c.startswith("A4.")}
    assert load_scenario("own", table, folder=tmp_path).base == "plan"
    assert list_scenarios(tmp_path) == ["mine", "own"]


def test_the_eight_scenarios_ship_in_two_languages(own):
    names = list_scenarios()
    assert set(SHIPPED) <= set(names) and names[0] == "no-plan"
    for scenario in (load_scenario(name, own) for name in SHIPPED):
        assert scenario.title["en"] != scenario.title["zh"]
        assert scenario.about["en"] and scenario.about["zh"] != scenario.about["en"]


def test_what_the_eight_scenarios_do(own):
    loaded = {name: load_scenario(name, own) for name in SHIPPED}
    plan = loaded["plan"]
    assert not loaded["no-plan"].clauses and loaded["no-plan"].base is None
    assert set(plan.clauses) == implemented_clauses(), "a line in plan.yaml for each clause"
    removed = {name: scenario.removed_clauses for name, scenario in loaded.items()}
    assert removed["without-employment"] == tuple(f"A2.{i}" for i in range(1, 8))
    assert removed["without-relocation"] == tuple(f"A6.{i}" for i in range(1, 8))
    assert removed["without-medical"] == tuple(f"A4.{i}" for i in range(1, 18))
    collective = ("4", "7", "9", "10", "12", "13", "15", "16", "17", "18")
    assert removed["without-collective"] == tuple(f"A1.{i}" for i in collective)
    assert removed["harsh-shocks"] == removed["withdrawal"] == removed["withdrawal-linear"] == ()
    assert len({scenario.digest() for scenario in loaded.values()}) == len(SHIPPED)
    harsh = loaded["harsh-shocks"]
    assert {key.split(".")[0] for key in harsh.changes} == {"illness", "disaster", "work"}
    for key in harsh.changes:
        one, other = series(harsh, key), series(plan, key)
        assert at(one, "2017-10") == at(other, "2017-10"), "the burn-in is the plan's"
        assert at(one, "2017-11") != at(other, "2017-11")


def test_withdrawal_ends_support_but_not_statutory_insurance(own):
    scenario = load_scenario("withdrawal", own)
    assert scenario.until == month_index("2025-12")
    on = scenario.resolve(None, FIRST, scenario.until)["clauses"]
    before, after = month_index("2020-12") - FIRST, month_index("2021-01") - FIRST
    assert all(array[before] == 1 for array in on.values())
    still = {clause for clause, array in on.items() if array[after] > 0}
    assert "A4.4" in still and not still & {"A2.6", "A1.10", "A4.3", "A4.5", "A6.7"}


def test_the_clause_and_target_tables():
    assert len(clauses()) == 200 and len(targets()) == 44
    assert {clause.type for clause in clauses().values()} == {"Q", "q", "G", "N"}
    for clause in clauses().values():
        if clause.id in implemented_clauses():
            assert clause.says_en and clause.says_zh, f"{clause.id}: scenarios/data/clauses/"
    assert {target.clause for target in targets().values()} <= set(clauses())
    assert targets()["B08"].clause == "A1.18" and targets()["B15"].threshold == 3000
