"""`fanpin validate` on a small batch of real runs, made here."""

from __future__ import annotations

import pandas as pd
import pytest

from app.cli import main


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """Two scenarios to the end of 2018, with very few people."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    run = ["run", "plan", "plan-quota-free", "--sample", "0.009", "--until", "2018-12"]
    assert main([*run, "--out", str(folder)]) == 0
    return folder


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["validate", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_table_the_csv_and_the_page(capsys, batch, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")  # a narrow terminal breaks the names of rows
    csv, page = tmp_path / "table.csv", tmp_path / "page.md"
    code, out, _ = call(capsys, str(batch), "--csv", str(csv), "--out", str(page))
    assert code == 0 and "Registered poor, end of 2018" in out and "K (checked" in out
    table = pd.read_csv(csv).set_index("id")
    assert table.loc["P1_stock_2018", "runs"] == 1
    assert table.loc["P8_ratio", "mean"] > 1
    assert table.loc["P1_stock_2019", "verdict"] == "unsaid"
    assert "without-medical" in table.loc["P7_out_of_pocket", "reason"]
    assert "eligible refused" in out, "the plan alone says how often the quota bound"
    text = page.read_text("utf-8")
    assert text.count("| V |") == 24 and "## How much of the exits" in text
    assert str(tmp_path) not in text and f"runs/{batch.name}" in text


def test_in_chinese_and_of_another_scenario(capsys, batch):
    code, out, _ = call(capsys, str(batch), "--lang", "zh", "--scenario", "plan-quota-free")
    assert code == 0 and "登记贫困" in out and "无法判断" in out


def test_rows_of_ones_own(capsys, batch, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "patterns:\n  own: {en: My county, use: K}\nrows:\n  - id: mine\n    pattern: own\n"
        "    use: K\n    en: People of my county\n    unit: persons\n    source: me\n"
        "    grade: seen\n    published: {above: 1}\n"
        "    simulated: {sum: [{indicator: population, year: 2018, month: 12}]}\n",
        encoding="utf-8",
    )
    code, out, _ = call(capsys, str(batch), "--patterns", str(own))
    assert code == 0 and "People of my county" in out
    own.write_text(own.read_text("utf-8").replace("indicator", "indicater"), encoding="utf-8")
    code, _, err = call(capsys, str(batch), "--patterns", str(own))
    assert code == 2 and "own.yaml:12" in err and "Did you mean indicator?" in err


def test_what_is_wrong_is_told_without_a_traceback(capsys, batch, tmp_path):
    code, _, err = call(capsys, str(tmp_path))
    assert code == 2 and "batch.json" in err
    code, _, err = call(capsys, str(batch), "--scenario", "plann")
    assert code == 2 and "it has plan" in err
    code, _, err = call(capsys, str(batch), "--csv", str(tmp_path / "no" / "table.csv"))
    assert code == 2 and "cannot be written" in err
