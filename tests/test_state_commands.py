"""The commands on a state: saved, shown, resumed, vulnerable, held up; and mistakes in them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from app.cli import main

SMALL = ["--at", "2018-06", "--sample", "0.009"]


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("states") / "plan.state"
    assert main(["state", "save", "plan", *SMALL, "--out", str(path)]) == 0
    return path


def test_a_state_is_shown(capsys, saved):
    code, out, _ = call(capsys, "state", "show", str(saved))
    assert code == 0
    for word in ("plan", "2018-06", "seed 1", "0.009"):
        assert word in out


def test_a_state_is_resumed_into_a_folder_that_compares(capsys, saved, tmp_path):
    out = tmp_path / "runs"
    code, said, _ = call(
        capsys, "state", "resume", str(saved), "plan", "without-medical", "--until", "2018-12",
        "--out", str(out),
    )  # fmt: skip
    assert code == 0 and "2 runs done" in said
    code, said, _ = call(capsys, "compare", str(out), "--base", "plan")
    assert code == 0 and "Headcount ratio (true)" in said
    assert 'id="relapse"' in (out / "report.html").read_text("utf-8")


def test_what_is_no_state_is_a_clear_error(capsys, saved, tmp_path):
    wrong = tmp_path / "plan.state"
    wrong.write_text("nothing", "utf-8")
    code, _, err = call(capsys, "state", "show", str(wrong))
    assert code == 2 and "not a whole state" in err
    code, _, err = call(capsys, "state", "show", str(tmp_path / "none"))
    assert code == 2 and "none" in err
    code, _, err = call(
        capsys, "state", "resume", str(saved), "plan", "--until", "2018-01", "--out",
        str(tmp_path / "runs"),
    )  # fmt: skip
    assert code == 2 and "later month" in err


def test_vulnerability_prints_and_keeps_its_distribution(capsys, tmp_path):
    out = tmp_path / "runs"
    code, said, _ = call(
        capsys, "vulnerability", "plan", *SMALL, "--branches", "3", "--months", "3",
        "--out", str(out),
    )  # fmt: skip
    assert code == 0
    for words in ("probability above 0.5", "of these, not poor now", "probability 0.9 to 1.0"):
        assert words in said
    rows = pd.read_parquet(out / "runs")
    assert set(rows.indicator) == {"vulnerability"}
    tenths = rows[rows.group.astype(str).str.match(r"\d")]
    assert tenths.value.sum() == pytest.approx(1.0)
    code, said, _ = call(
        capsys, "vulnerability", "plan", *SMALL, "--branches", "2", "--months", "1", "--lang", "zh",
        "--out", str(tmp_path / "zh"),
    )  # fmt: skip
    assert code == 0 and "脆弱性" in said


def test_who_would_fall_without_is_a_table_and_a_figure(capsys, tmp_path):
    out = tmp_path / "runs"
    code, said, _ = call(
        capsys, "holds-up", "plan", *SMALL, "--months", "2", "4", "--streams", "posts", "medical",
        "--replicates", "2", "--out", str(out),
    )  # fmt: skip
    assert code == 0
    for words in (
        "Public-welfare posts",
        "all of these together",
        "within 4 months",
        "[",
        "2 seeds",
    ):
        assert words in said
    assert (out / "holds-up.svg").read_text("utf-8").startswith("<svg")
    rows = pd.read_parquet(out / "runs")
    held = rows[(rows.indicator == "held_up") & (rows.group == "posts:everybody")]
    assert len(held) == 4, "two horizons of two seeds"
    manifest = json.loads((out / "batch.json").read_text("utf-8"))
    assert manifest["streams"]["posts"]["zh"] and manifest["command"].startswith("fanpin")


def test_an_unknown_stream_is_named(capsys, tmp_path):
    code, _, err = call(
        capsys, "holds-up", "plan", *SMALL, "--streams", "post", "--out", str(tmp_path / "runs")
    )
    assert code == 2 and "posts" in err
