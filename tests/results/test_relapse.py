"""Hazards, types of households and causes from stored spells, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from results import plots
from results.compare import comparison
from results.plots_relapse import late_scenarios, pooled_curves, type_curves
from results.relapse_tables import WELFARE, definition_rows, type_rows, welfare_part
from results.store import open_store
from results.survival import curve, hazard, independent_spells, read_spells
from tests.results.conftest import by_hand

# 100 persons leave; 10 fall in month 2, 9 of the 90 left in month 4, 11 are censored in month 5.
ROWS = [("relapsed:2:illness", 10.0), ("relapsed:4:price", 9.0), ("censored:5", 11.0),
        ("censored:6", 70.0)]  # fmt: skip


def spell_rows(name, rows, first="", county=0):
    return [(county, 2017, 12, name, first + group, value) for group, value in rows]


def store_of(tmp_path, more=(), **manifest):
    rows = [
        *((0, y, 12, "headcount_true", "", 0.1) for y in (2018, 2019, 2020)),
        (0, 2018, 12, "population", "", 400.0), (0, 2018, 12, "households", "", 100.0),
        *spell_rows("spell", ROWS), *spell_rows("spell_registered", ROWS[1:]), *more,
    ]  # fmt: skip
    return open_store(by_hand(tmp_path / "x", {("plan", 0, 0): rows}, **manifest))


def test_the_hazard_of_a_quarter(tmp_path):
    found = pooled_curves(store_of(tmp_path))["plan"]
    table = hazard(found)
    assert table.index.tolist() == [3, 6]
    assert table.loc[3, "hazard"] == pytest.approx(0.1)
    assert table.loc[6, "hazard"] == pytest.approx(0.1)
    spread = np.exp(1.6449 * np.sqrt(0.9 / 10))
    assert table.loc[3, "high"] == pytest.approx(0.1 * spread, rel=1e-3)
    fewer = hazard(found, scale=0.25)
    assert fewer.loc[3, "high"] > table.loc[3, "high"]
    assert fewer.loc[3, "hazard"] == table.loc[3, "hazard"]


def test_hazards_and_survival_are_one_story(tmp_path):
    found = pooled_curves(store_of(tmp_path))["plan"]
    left = np.prod(1.0 - hazard(found)["hazard"])
    assert left == pytest.approx(found.at(6)) == pytest.approx(0.81)


def test_a_quarter_without_relapse_has_no_interval():
    spells = pd.DataFrame({"months": [2, 9], "cause": ["illness", ""], "value": [1.0, 9.0]})
    table = hazard(curve(spells))
    assert table.loc[6, "hazard"] == 0 and np.isnan(table.loc[6, "low"])


def test_causes_add_up_to_what_has_fallen(tmp_path):
    found = pooled_curves(store_of(tmp_path))["plan"]
    fallen = sum(series[-1] for series in found.incidence.values())
    assert fallen == pytest.approx(1 - found.at(6))
    assert found.incidence["illness"][-1] == pytest.approx(0.1)
    assert found.incidence["price"][-1] == pytest.approx(0.09)


def test_types_are_curves_of_their_own(tmp_path):
    more = [
        *spell_rows("spell_type", [("relapsed:2", 6.0), ("censored:6", 14.0)], "disabled:"),
        *spell_rows("spell_type", [("censored:6", 50.0)], "others:"),
    ]
    store = store_of(tmp_path, more)
    curves = type_curves(store, "plan")
    assert list(curves) == ["disabled", "others"]
    assert curves["disabled"].at(6) == pytest.approx(0.7)
    assert curves["others"].at(6) == 1.0
    made = type_rows(store, "en")
    assert [row["name"] for row in made["rows"]] == [
        "with a disabled member",
        "none of these types",
    ]


def test_a_county_has_its_own_curve(tmp_path):
    more = spell_rows("spell", [("relapsed:2", 5.0), ("censored:6", 5.0)], county=620421)
    store = store_of(tmp_path, more)
    mine = curve(read_spells(store, county=620421))
    assert mine.at(6) == pytest.approx(0.5)
    assert curve(read_spells(store)).at(6) == pytest.approx(0.81)


def test_bands_are_of_households_of_one_run(tmp_path):
    assert independent_spells(store_of(tmp_path, sample=0.02), "plan") == pytest.approx(0.005)


def test_the_definitions_stand_side_by_side(store):
    made = definition_rows(store, "en")
    assert made["heads"][:2] == ["Exits from the register", "True exits"]
    assert [row["name"] for row in made["rows"]][:3] == [
        "The plan, 2018", "The plan, 2019", "The plan, 2020",
    ]  # fmt: skip
    assert all(len(row["cells"]) == len(made["heads"]) for row in made["rows"])
    rows = store.frame("true_exits", month=0, year=2018, scenario="plan")
    assert made["rows"][0]["cells"][1] == f"{rows['value'].mean() / 1000:,.1f}"


def test_a_store_of_another_time_has_no_empty_table(tmp_path):
    assert definition_rows(store_of(tmp_path), "en")["rows"] == []


def test_welfare_is_a_part_of_the_comparison_in_its_own_order(store):
    found = welfare_part(comparison(store))["indicator"].drop_duplicates().tolist()
    assert found == [name for name in WELFARE if name in found]
    assert {"gini", "benefit_leakage", "multidimensional:M0"} <= set(found)


def test_only_what_goes_beyond_2020_shows_withdrawal(store, small):
    assert late_scenarios(store) == ["withdrawal"]
    assert late_scenarios(open_store(small)) == []
    drawn = plots.plot(open_store(small), "withdrawal", "en")
    assert not drawn.svg and "beyond 2020" in drawn.note
