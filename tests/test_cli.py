"""The command line: what a researcher types, and what a mistake answers."""

from __future__ import annotations

import pandas as pd
import pytest

from app.cli import main
from tests.conftest import COUNTIES

SMALL = ["--sample", "0.009"]


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_the_month_reads_like_a_schedule(capsys):
    code, out, _ = call(capsys, "month")
    assert code == 0
    order = [
        out.rindex(f"\n  {name} ")
        for name in ("illness", "a04_insurance", "living", "true_status", "visits")
    ]
    assert order == sorted(order), "shocks before bills before living before status before registry"


def test_the_scenarios_are_listed_in_both_languages(capsys):
    for lang, word in (("en", "withdrawn"), ("zh", "退出")):
        code, out, _ = call(capsys, "scenarios", "--lang", lang)
        assert code == 0 and word in out and out.count("without-") == 4


def test_check_reports_every_fault_with_its_line(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nbase: plann\nwithout: [A99]\nset:\n  illness.admision_rate: 0.1\n", "utf-8"
    )
    code, out, _ = call(capsys, "check", str(path))
    assert code == 2
    assert f"{path.name}:2" in out and "plan" in out
    assert f"{path.name}:3" in out and f"{path.name}:5" in out and "admission_rate" in out


def test_a_fault_stops_a_run_before_anything_is_written(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nbase: plan\nwithuot: [A4]\n", "utf-8")
    code, _, err = call(capsys, "run", str(path), "--out", str(tmp_path / "out"))
    assert code == 2 and "without" in err and not (tmp_path / "out").exists()


def test_too_small_a_sample_says_what_to_ask_for(capsys, tmp_path):
    code, _, err = call(capsys, "run", "plan", "--sample", "0.0001", "--out", str(tmp_path / "out"))
    assert code == 2 and "--sample" in err


def test_a_folder_that_is_no_store_is_a_clear_error(capsys, tmp_path):
    code, _, err = call(capsys, "compare", str(tmp_path))
    assert code == 2 and "batch.json" in err


@pytest.mark.parametrize("wrong", [["--draws", "-1"], ["--jobs", "0"], ["--sample", "2"]])
def test_a_wrong_number_is_refused(wrong, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(["run", "plan", "--out", str(tmp_path), *wrong])
    assert stopped.value.code == 2


def test_run_and_compare_from_end_to_end(capsys, tmp_path):
    out = tmp_path / "runs"
    code, said, _ = call(
        capsys, "run", "no-plan", "plan", *SMALL, "--until", "2018-12", "--out", str(out)
    )
    assert code == 0 and "2 runs done" in said
    code, said, _ = call(capsys, "compare", str(out), "--csv", str(tmp_path / "table.csv"))
    assert code == 0 and "The 2017 plan" in said
    assert len(pd.read_csv(tmp_path / "table.csv")) > 20
    page = (out / "report.html").read_text("utf-8")
    assert "<svg" in page
    code, said, _ = call(capsys, "compare", str(out), "--lang", "zh")
    assert code == 0 and "返贫" in (out / "report.html").read_text("utf-8")


def test_follow_tells_a_life_side_by_side(capsys):
    code, out, _ = call(
        capsys, "follow", "plan", "no-plan", "--county", str(COUNTIES[0]), "--sample", "0.012",
        "--household", "exited", "--until", "2018-12",
    )  # fmt: skip
    assert code == 0
    assert "│" in out and "registered as out of poverty" in out and "year 2018: income" in out


def test_follow_of_an_unknown_household_says_how_to_find_one(capsys):
    code, _, err = call(
        capsys,
        "follow",
        "plan",
        "--county",
        str(COUNTIES[0]),
        "--sample",
        "0.012",
        "--household",
        "12",
    )
    assert code == 2 and "relapsed" in err


def test_nothing_personal_is_in_a_store():
    """Tables hold counts by county; no id of a person or household reaches the disk."""
    from scenarios.run import rows_to_frame

    assert set(rows_to_frame([(0, 2018, 0, "exits", "", 1.0)]).columns) == {
        "county", "year", "month", "indicator", "group", "value",
    }  # fmt: skip
