"""The command `fanpin calibrate` on a real, small model; and what a mistake answers."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest

from app.calibrate_commands import _Display
from app.cli import main
from calibration.fit import emulator
from calibration.fit.sampler import Progress
from calibration.population import choosing

HEAD = "statistic,year,area,value,error\n"


@pytest.fixture
def small(monkeypatch, people):
    """Two counties' people instead of a sample of all, and quick emulators."""
    monkeypatch.setattr(
        choosing, "choose", lambda *_, **__: (lambda: people, {"digest": people.digest})
    )
    monkeypatch.setattr(emulator, "sobol", partial(emulator.sobol, gp=False))


def targets(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_targets_in_and_a_posterior_out(capsys, tmp_path, small):
    mine = targets(
        tmp_path, "admissions_registered,2017,all,18,1\nregistered_rate,2017,all,0.2,0.1\n"
    )
    call = ["calibrate", "--targets", mine, "--fit", "illness.admission_rate", "--simulations",
            "20", "--population-size", "6", "--generations", "1", "--predictive", "2",
            "--max-simulations", "40",
            "--out", str(tmp_path / "fit")]  # fmt: skip
    assert main(call) == 0
    out, err = capsys.readouterr()
    for said in ("stopped because: ", "posterior: ", "page: ", "fanpin run plan no-plan"):
        assert said in out
    assert "20/20" in err
    posterior = pd.read_parquet(tmp_path / "fit" / "posterior" / "posterior.parquet")
    assert "illness.admission_rate" in posterior and posterior["weight"].sum() > 0
    assert (tmp_path / "fit" / "report.html").stat().st_size > 10_000

    assert main([*call, "--seed", "2"]) == 2
    assert "seed: 1 there, 2 now" in capsys.readouterr().err


def test_a_generation_shows_how_far_it_is(capsys):
    display = _Display()
    display.stage("generations", None)
    table = Progress(0, 30, 30, 0, math.inf, 0, 0.3, 2.0)
    display.candidate(table)  # made of the table: nothing to wait for
    assert display.bar is None
    display.candidate(replace(table, generation=1, accepted=12, simulations=40, failed=3))
    display.close()
    err = capsys.readouterr().err
    for said in ("gen. 1", "12/30", "40 simulated, 3 failed, 30% accepted, epsilon 2"):
        assert said in err


def test_a_mistake_is_told_before_anything_is_written(capsys, tmp_path, small):
    out = str(tmp_path / "fit")
    mine = targets(tmp_path, "gini,2018,all,0.3,0.1\n")
    for more, said in (
        (["--targets", "no.csv"], "there is no file no.csv"),
        (["--targets", mine, "--fit", "work.gone"], "work.gone"),
        (["--targets", mine, "--fit", "work.go", "--structures", "yearly_round.quota"],
         "no list of choices"),
        (["--targets", mine, "--fit", "work.go", "--population-size", "2"], "from 4 particles"),
    ):  # fmt: skip
        assert main(["calibrate", *more, "--out", out]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "fit").exists()
