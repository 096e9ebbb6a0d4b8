"""Posteriors: kept whole, drawn from by weight, held against the parameters that are here now."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from app.cli import main
from scenarios import load_parameters
from scenarios.posterior import PosteriorError, default_folder, read_posterior, write_posterior
from scenarios.priors import draw_parameters
from scenarios.store import RunStore, StoreError
from tests.scenarios.test_batch import batch

FITTED = ["illness.admission_rate"]


def frame(table, number=40, seed=5) -> pd.DataFrame:
    """A posterior that is the prior, with unequal weights."""
    drawn = pd.DataFrame(draw_parameters(table, number, seed))
    drawn.insert(0, "weight", np.arange(1.0, number + 1) / (number * (number + 1) / 2))
    return drawn


def kept(folder, table, *, fitted=FITTED, change=None, **facts):
    """Write a posterior, changed on the way, and read it again."""
    rows = frame(table)
    rows = rows if change is None else change(rows)
    about = {"command": "fanpin calibrate --out made", "fitted": fitted, **facts}
    return read_posterior(write_posterior(folder / "made", rows, about, table))


def test_what_is_written_is_read(tmp_path, table):
    posterior = kept(tmp_path, table)
    pd.testing.assert_frame_equal(posterior.frame.drop(columns="draw"), frame(table))
    assert posterior.name == "made" and posterior.fitted == FITTED
    assert posterior.manifest["parameters"] == table.digest()[:16]
    assert posterior.warnings(table) == []
    assert 0 < posterior.effective < 40
    assert posterior.digest == read_posterior(tmp_path / "made").digest
    assert not list(tmp_path.rglob(".part-*"))


def test_draws_are_whole_rows_and_the_same_however_many_are_asked_for(tmp_path, table):
    posterior = kept(tmp_path, table)
    many = posterior.draws(30, 7, table)
    assert many[:4] == posterior.draws(4, 7, table)
    assert many != posterior.draws(30, 8, table)
    rows = posterior.frame.drop(columns=["draw", "weight"]).to_dict("records")
    assert all(draw in rows for draw in many)
    assert posterior.draws(0, 7, table) == []


def test_draws_follow_the_weights_as_evenly_as_systematic_resampling(tmp_path, table):
    posterior = kept(tmp_path, table)
    weight = posterior.frame["weight"].to_numpy()
    for number in (50, 400):
        for seed in (1, 2, 3):
            counts = np.bincount(posterior.rows(number, seed), minlength=len(weight))
            # for a golden-ratio sequence this stays within a few, where independent draws
            # would miss by sqrt(number * weight)
            assert np.abs(counts - number * weight).max() < 2.5
    heavy = kept(tmp_path, table, change=lambda f: f.assign(weight=[1.0] + [0.0] * 39))
    assert set(heavy.rows(100, 1)) == {0}


def test_rows_of_no_weight_are_never_drawn(tmp_path, table):
    light = kept(tmp_path, table, change=lambda f: f.assign(weight=[0.0, 1.0] * 19 + [1.0, 0.0]))
    drawn = light.frame["weight"].to_numpy()[light.rows(5000, 3)]
    assert (drawn > 0).all()


def test_a_parameter_that_is_new_is_drawn_from_its_prior_and_said(tmp_path, table):
    posterior = kept(tmp_path, table, change=lambda f: f.drop(columns="insurance.rate"))
    (line,) = posterior.warnings(table)
    assert "insurance.rate" in line and "prior" in line
    drawn = posterior.draws(5, 3, table)
    plain = draw_parameters(table, 5, 3)
    assert [d["insurance.rate"] for d in drawn] == [d["insurance.rate"] for d in plain]
    assert [list(d) for d in drawn] == [list(d) for d in plain]


def test_a_parameter_that_is_gone_is_left_out_unless_it_was_fitted(tmp_path, table):
    def more(f):
        return f.assign(**{"illness.admision_rate": 0.1, "insurance.deductible": 3.0})

    posterior = kept(tmp_path, table, change=more)
    (line,) = posterior.warnings(table)
    assert "illness.admision_rate" in line and "Did you mean illness.admission_rate" in line
    assert set(posterior.draws(1, 1, table)[0]) == {s.key for s in table.uncertain()}
    fitted = kept(tmp_path, table, fitted=["illness.admision_rate"], change=more)
    for ask in (fitted.warnings, lambda t: fitted.draws(3, 1, t)):
        with pytest.raises(PosteriorError, match=r"fitted in illness\.admision_rate.*Fit again"):
            ask(table)


def test_values_outside_the_prior_of_now(tmp_path, table):
    def wide(f):
        return f.assign(**{"illness.admission_rate": np.linspace(0.1, 0.9, len(f))})

    with pytest.raises(PosteriorError, match=r"from 0\.1 to 0\.9, its prior 0\.15 to 0\.25"):
        kept(tmp_path, table, change=wide).draws(1, 1, table)
    free = kept(tmp_path, table, fitted=[], change=wide)
    assert "from the prior instead" in free.warnings(table)[0]
    assert all(0.15 <= d["illness.admission_rate"] <= 0.25 for d in free.draws(20, 1, table))


def test_other_versions_are_named_both(tmp_path, table):
    made = kept(tmp_path, table, code="0ldc0de", parameters="0ldnumbers")
    code, numbers = made.warnings(table)
    assert "0ldc0de" in code and "0ldnumbers" in numbers and table.digest()[:16] in numbers


def test_few_rows_are_said(tmp_path, table):
    one = kept(tmp_path, table, change=lambda f: f.assign(weight=[1.0] + [0.0] * 39))
    assert "20 draws come from 1 different rows" in one.warnings(table, number=20)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.iloc[:0], "no rows"),
        (lambda f: f[["weight"]], "no parameter"),
        (lambda f: f.assign(weight=-1.0), "weights"),
        (lambda f: f.assign(weight=0.0), "weights"),
        (lambda f: f.assign(draw=1), "same number"),
        (lambda f: f.assign(**{"illness.admission_rate": np.nan}), "illness.admission_rate"),
        (lambda f: f.assign(**{"illness.admission_rate": "x"}), "first in row 0"),
    ],
)
def test_a_frame_that_is_no_posterior_is_not_written(tmp_path, table, change, said):
    with pytest.raises(PosteriorError, match=said):
        write_posterior(tmp_path / "made", change(frame(table)), {}, table)
    assert not (tmp_path / "made").exists()


def test_folders_that_are_no_posterior(tmp_path, table):
    with pytest.raises(PosteriorError, match="fanpin calibrate"):
        read_posterior(tmp_path)
    place = write_posterior(tmp_path / "fit" / "posterior", frame(table), {}, table)
    assert read_posterior(tmp_path / "fit").name == "fit", "the folder of the whole calibration"
    (place / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(PosteriorError, match=r"manifest\.json: can not be read"):
        read_posterior(place)
    (place / "posterior.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(PosteriorError, match=r"posterior\.parquet: can not be read"):
        read_posterior(place)


def test_the_default_lies_among_the_package_data():
    assert default_folder().parent.name == "data"
    if not default_folder().exists():
        with pytest.raises(PosteriorError, match="without a default"):
            read_posterior("default")
    else:
        own = read_posterior("default")
        own.warnings(load_parameters())
        assert own.name == "default" and own.fitted


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--posterior", "nowhere"], "no posterior.parquet"),
        (["--posterior", "default", "--draws", "0"], "--draws 0"),
    ],
)
def test_the_command_refuses_before_it_writes(tmp_path, capsys, more, said):
    assert main(["run", "plan", "--out", str(tmp_path / "out"), *more]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err and not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A posterior of the model's own parameters."""
    own = load_parameters()
    folder = tmp_path_factory.mktemp("fit") / "gansu"
    key = own.uncertain()[0].key
    return write_posterior(folder, frame(own, 12), {"fitted": [key], "command": "fanpin calibrate"})


def test_a_batch_takes_its_draws_from_it_and_writes_that_down(tmp_path, fitted):
    posterior = read_posterior(fitted)
    made = batch("no-plan", draws=2, posterior=posterior)
    assert made.values()[0] == {}
    assert made.values() == batch("no-plan", draws=3, posterior=posterior).values()[:3]
    from scenarios.batch import run_batch

    result = run_batch(made, tmp_path)
    assert result.done == 2 and not result.failed
    said = json.loads((tmp_path / "batch.json").read_text())["posterior"]
    assert said["name"] == "gansu" and said["digest"] == posterior.digest
    rows = posterior.frame.drop(columns=["draw", "weight"]).to_dict("records")
    for path in (tmp_path / "manifests").glob("*.json"):
        assert json.loads(path.read_text())["values"] in rows
    assert run_batch(made, tmp_path).there == 2, "nothing is run twice"

    with pytest.raises(StoreError, match=r"posterior gansu.*the priors.*--out"):
        run_batch(batch("plan", draws=2), tmp_path)
    asked = [r["scenario"] for r in RunStore(tmp_path).manifest()["runs"]]
    assert asked == ["no-plan", "no-plan"], "a refused batch changes nothing"
