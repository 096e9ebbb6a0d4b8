"""Published figures held against runs: the files hang together, the arithmetic, the page."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from app.cli import main
from calibration import figures_page
from calibration.figures import (
    VERDICTS,
    compare,
    needed,
    observed,
    read_figures,
    read_notes,
    read_rules,
    relapsed_by,
    simulated,
    verdict,
)
from calibration.figures_page import direct_figures, page, read_batch
from calibration.population.inputs import DATA

FIGURES = read_figures()
RULES = read_rules(FIGURES)
TWO = RULES.counties["two_prefectures"]


def rows_of_a_run(scale: float = 1.0) -> list[tuple]:
    """A few rows of a run: county, year, month, indicator, group, value."""
    rows: list[tuple] = [
        (0, 2017, 11, "poor_registered", "", 1_750_000.0),
        (0, 2017, 12, "poor_registered", "", 1_300_000.0 * scale),
        (0, 2018, 12, "poor_registered", "", 900_000.0),
        (0, 2017, 0, "relapses_registered", "", 1_550_000.0 * 0.0036),
        (0, 2017, 0, "income_pc", "", 7000.0),
        (0, 2018, 0, "income_pc", "", 7630.0),
        (0, 2018, 0, "income_wage", "", 2198.0),
        (0, 2018, 0, "false_exits", "", 3.0),
        (0, 2018, 0, "exits", "", 200.0),
        (0, 2018, 12, "population", "", 1000.0),
        *((0, 2018, month, "migrants", "", 200.0 + month) for month in range(1, 13)),
        # 8 of 10 are still out after 12 months, when 4 are censored; 1 of 4 falls in month 30
        (0, 2017, 12, "spell", "relapsed:12:illness", 2.0),
        (0, 2018, 12, "spell", "censored:12", 4.0),
        (0, 2017, 12, "spell", "relapsed:30:disaster", 1.0),
        (0, 2017, 12, "spell", "censored:37", 3.0),
    ]
    for number, code in enumerate(TWO):
        rows.append((code, 2017, 12, "poor_registered", "", 100.0 * (number + 1)))
        rows.append((code, 2017, 12, "population", "", 1000.0 * (number + 1)))
    return rows


def frame_of(*runs: list[tuple], scenario: str = "plan") -> pd.DataFrame:
    """Runs as the long table of a store."""
    columns = ["county", "year", "month", "indicator", "group", "value"]
    return pd.concat(
        pd.DataFrame(rows, columns=columns).assign(scenario=scenario, draw=0, replicate=number)
        for number, rows in enumerate(runs)
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A batch of two scenarios with two replicates, of which one run is missing."""
    (tmp_path / "runs").mkdir()
    runs = []
    for scenario in ("no-plan", "plan"):
        for number, scale in enumerate((1.0, 1.2)):
            key = f"{scenario}-{number}"
            runs.append({"key": key, "scenario": scenario, "draw": 0, "replicate": number})
            if key != "no-plan-1":
                table = frame_of(rows_of_a_run(scale), scenario=scenario).assign(replicate=number)
                types = dict.fromkeys(("indicator", "group", "scenario"), "category")
                table.astype(types).to_parquet(tmp_path / "runs" / f"{key}.parquet")
    titles = {"en": "The plan", "zh": "方案"}
    batch = {
        "scenarios": [{"name": name, "title": titles} for name in ("no-plan", "plan")],
        "draws": 0, "replicates": 2, "sample": 0.02, "runs": runs,
        "versions": {"fanpin": "0.1.0"}, "command": "fanpin run plan --out " + "/" + "tmp/x/mine",
    }  # fmt: skip
    (tmp_path / "batch.json").write_text(json.dumps(batch), encoding="utf-8")
    return tmp_path


# --- the files ------------------------------------------------------------------------------------


def test_every_figure_has_a_rule_and_every_note_a_figure():
    assert set(FIGURES) == set(RULES.rules)
    for id, by_verdict in read_notes().items():
        assert id in FIGURES, f"figure_notes.yaml: {id} is no figure"
        for name, text in by_verdict.items():
            assert name in VERDICTS, f"figure_notes.yaml: {id}: {name} is no verdict"
            assert set(text) == {"en", "zh"} and all(text.values()), f"figure_notes.yaml: {id}"


def test_nothing_kept_for_validation_is_used():
    """The register after 2018, incomes of Gansu after 2018 and measured effects are held out."""
    for figure in FIGURES.values():
        assert not figure.key.startswith("effect.")
        last = max(int(word) for word in figure.year.replace("s", "").split() if word.isdigit())
        if figure.area.startswith("Gansu") and figure.key.split(".")[0] in ("poor", "income"):
            assert last <= 2018, figure.id


def test_the_chinese_page_has_a_word_for_every_short_word():
    for figure in FIGURES.values():
        for word in (figure.unit, figure.area, figure.year, figure.seen, figure.use):
            assert word in RULES.words, word
        assert f"confidence {figure.confidence}" in RULES.words
    assert set(VERDICTS) <= set(RULES.words)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("theme: register", "theme: nowhere", "no theme"),
        ("times: [scope_share]", "times: [made_up]", "no constant and no figure"),
        ("zh: 返贫}", "zh: 返贫, and more}", "needs en and zh"),
        ("  stock_2016:\n", "  made_up:\n", "has a rule and no figure"),
        ("indicator: new_poor, year", "indicator: new_poor, years", "years is not known"),
    ],
)
def test_a_mistake_in_the_rules_is_told(tmp_path, old, new, told):
    text = (DATA / "figure_rules.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "figure_rules.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        read_rules(FIGURES, tmp_path)


# --- the arithmetic -------------------------------------------------------------------------------


def test_a_figure_of_the_province_is_scaled_to_the_scope():
    share = RULES.constants["scope_share"]
    assert share == pytest.approx(1.75 / 2.56)
    value = observed(RULES.rules["stock_2018"], FIGURES, RULES.constants)
    assert value == pytest.approx(1_110_000 * share)
    assert observed(RULES.rules["wage_2018"], FIGURES, RULES.constants) == pytest.approx(28.8, 0.01)
    assert observed(RULES.rules["q1_2020"], FIGURES, RULES.constants) == pytest.approx(100.9)
    ceiling = observed(RULES.rules["new_2018"], FIGURES, RULES.constants)
    assert ceiling == pytest.approx(100_000 * share * 1_886_000 / 30_460_000)


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("stock_2016", 1_750_000.0),
        ("fall_2017", 450_000.0),  # November less December
        ("incidence_two_2017", 10.0),  # a ratio of sums over the 17 county units
        ("hazard_2017", 0.0036),
        ("growth_2018", 9.0),
        ("wage_2018", 100 * 2198 / 7630),
        ("wrong_exit_2018", 1.5),
        ("migrants_2018", 21.2),  # the highest month
        ("spell_36", 100 * (1 - 0.8 * 0.75)),
    ],
)
def test_what_a_run_has(id, value):
    assert simulated(RULES.rules[id], frame_of(rows_of_a_run()), RULES) == pytest.approx(value)


def test_what_a_run_lacks_is_not_a_zero():
    rows = rows_of_a_run()
    assert math.isnan(simulated(RULES.rules["admissions_other"], frame_of(rows), RULES))
    without = [row for row in rows if row[0] != TWO[0]]  # one county of the 17 is not there
    assert math.isnan(simulated(RULES.rules["incidence_two_2017"], frame_of(without), RULES))
    spells = frame_of(rows)
    spells = spells[spells["indicator"] == "spell"]
    assert math.isnan(relapsed_by(spells, 38))  # nobody was followed for so long
    assert relapsed_by(spells, 11) == 0.0


def test_verdicts():
    rule = replace(RULES.rules["income_2018"], close=(0.9, 1.1), scope=(0.7, 1.0), bound="")
    wanted = {1.0: "close", 0.91: "close", 0.8: "other scope", 0.6: "low", 1.2: "high"}
    assert {ratio: verdict(rule, ratio) for ratio in wanted} == wanted
    assert verdict(rule, math.nan) == "not recorded"
    limit = replace(rule, bound="upper")
    assert [verdict(limit, ratio) for ratio in (0.01, 1.0, 1.01)] == ["close", "close", "high"]


def test_mean_and_interval_are_over_the_runs_of_the_scenario():
    frame = pd.concat(
        [
            frame_of(rows_of_a_run(1.0), rows_of_a_run(1.2)),
            frame_of(rows_of_a_run(9.0), scenario="no-plan"),
        ]
    )
    table = {one.rule.id: one for one in compare(FIGURES, RULES, frame, "plan", {"q4_all": 30.0})}
    stock = table["stock_2017"]
    assert (stock.runs, stock.mean) == (2, pytest.approx(1_430_000.0))
    assert 1_300_000 < stock.low < stock.mean < stock.high < 1_560_000
    assert stock.ratio == pytest.approx(1_430_000 / stock.observed)
    # held against another scenario than the one asked for, which has one run: no interval
    assert (table["spell_36"].runs, table["spell_36"].mean) == (1, pytest.approx(40.0))
    assert math.isnan(table["spell_36"].low)
    assert table["q4_all"].verdict == "close"
    assert table["q4_wage"].verdict == "not recorded"


def test_months_of_income_become_figures():
    flows = {}
    for month in range(2019 * 12, 2020 * 12 + 9):
        late = month % 12 >= 9
        flows[month] = {"wage": 1.0, "business": 3.0 if late else 1.0, "property": 0.0,
                        "transfer": 1.0, "persons": 2.0 if month < 2020 * 12 else 4.0}  # fmt: skip
    found = direct_figures(flows, dict.fromkeys(range(2016, 2020), 0.13))
    assert found["q4_wage"] == pytest.approx(25.0)
    assert found["q4_business"] == pytest.approx(50.0)
    assert found["q4_all"] == pytest.approx(100 * 15 / 42)
    assert found["q1_2020"] == pytest.approx(50.0)  # the same money among twice the people
    assert found["crop_hit"] == pytest.approx(13.0)


# --- the page -------------------------------------------------------------------------------------


def test_rows_that_are_needed_are_read_and_no_others(store):
    batch, frame = read_batch(store, *needed(RULES))
    assert len(batch["runs"]) == 4
    assert len(frame[["scenario", "replicate"]].drop_duplicates()) == 3
    assert set(frame["county"]) == {0, *TWO}
    _, only = read_batch(store, {"exits"}, {0})
    assert set(only["indicator"]) == {"exits"}


def test_the_page(store):
    text = page(store, "plan")
    assert "The default values are not fitted" in text
    assert "runs: 2 of 2 asked for" in text
    assert "runs: 1 of 2 asked for" in page(store, "no-plan")
    assert "fanpin run plan --out runs/mine" in text, "no folder of a machine on the page"
    for theme in RULES.themes.values():
        assert f"## {theme['en']}" in text
    line = next(one for one in text.splitlines() if "| registered poor, Gansu, end 2018 |" in one)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1] == "1,110,000 persons"
    assert "seen, high" in cells[2]
    assert cells[3:6] == ["758,800", "900,000 [900,000 – 900,000]", "1.19"]
    assert cells[6].endswith("†")
    assert text.count("not recorded") > 5


def test_a_reason_stands_only_with_the_verdict_it_was_written_for(store, monkeypatch):
    why = {"stock_2018": {"low": {"en": "too few", "zh": "少"}, "other scope": {"en": "slower"}}}
    monkeypatch.setattr(figures_page, "read_notes", lambda: why)
    text = page(store, "plan")
    assert "| slower |" in text
    assert "too few" not in text
    assert "*not explained yet*" in text  # others are off and have no note


def test_the_page_in_chinese(store):
    text = page(store, "plan", "zh")
    assert "默认值未经拟合" in text
    assert "| 登记贫困人口，甘肃，2018年底 | 1,110,000 人 |" in text


def test_a_folder_or_scenario_that_is_not_there(store, tmp_path):
    with pytest.raises(ValueError, match="it has no-plan, plan"):
        page(store, "withdrawal")
    with pytest.raises(FileNotFoundError, match=r"no batch\.json"):
        page(tmp_path / "nowhere")


def test_the_command(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(figures_page, "simulate_direct", lambda scenario: {"q4_all": 30.0})
    out = tmp_path / "page.md"
    assert main(["figures", str(store), "--out", str(out)]) == 0
    written = out.read_text(encoding="utf-8")
    assert "a run of its own of scenario plan" in written
    capsys.readouterr()
    assert main(["figures", str(store)]) == 0
    assert capsys.readouterr().out == written
    assert main(["figures", str(store), "--scenario", "none"]) == 2
    assert "it has no-plan, plan" in capsys.readouterr().err
