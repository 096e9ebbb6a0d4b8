"""The page of a calibration and its figures, from a folder made by the real stages' functions."""

import json
import re
import shutil
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.ft2font import FT2Font
from scipy.stats import binom

from results import drawing, fit_page, fit_tables, plots_fit
from results.fit_page import render_fit, write_fit_page
from results.fit_store import open_fit
from results.fit_texts import all_fit_text, said, short, told, unit, wrapped
from results.plots_fit_checks import checks
from results.plots_fit_pairs import shown_pairs
from results.plots_selftest import band
from results.store import StoreError
from tests.results.make_fit import KEYS, MADE, make_fit


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_fit(tmp_path_factory.mktemp("fits") / "toy")


@pytest.fixture(scope="module")
def fit(folder):
    return open_fit(folder)


@pytest.fixture(scope="module")
def plots(fit):
    """All figures in both languages, drawn once; a missing glyph is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {
            lang: {name: plots_fit.fit_plot(fit, name, lang) for name in plots_fit.fit_figure_ids()}
            for lang in ("en", "zh")
        }


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("figure", plots_fit.fit_figure_ids())
def test_every_figure_is_drawn_with_every_glyph(plots, figure, lang):
    drawn = plots[lang][figure]
    assert drawn.svg.startswith("<svg") and "<text" not in drawn.svg
    assert "http" not in drawn.svg
    assert drawn.caption and "{" not in drawn.caption
    ids = re.findall(r'\bid="([^"]+)"', drawn.svg)
    assert all(name.startswith(f"fit-{figure}") for name in ids)


def test_the_page_says_it_in_both_languages_and_asks_for_nothing(fit, plots):
    pages = {lang: render_fit(fit, lang, plots[lang]) for lang in ("en", "zh")}
    for page in pages.values():
        outside = re.findall(r'(?:src|href)="(?!#|data:)([^"]+)"', page)
        assert not outside and "http" not in page
        assert not re.search(r"\{\{|\}\}|\bnan\b|>None<", page)
        assert all(key in page for key in (*KEYS, *MADE))
        numbers = re.findall(r'class="label">(?:Figure |图)(\d+)', page)
        assert numbers == [str(n) for n in range(1, 10)]
    assert "acceptance rate 0.018 is below 0.02" in pages["en"]
    assert "接受率0.018低于0.02" in pages["zh"]
    assert "visits.detect_gap + illness.admission_rate" in pages["en"]
    assert "at most 12 chosen by screening" in pages["en"]
    assert "4 times: ZeroDivisionError: division by zero" in pages["en"]
    assert "数据对每个参数的说明" in pages["zh"]


def test_writing_leaves_a_page_and_figures_that_stand_alone(folder, plots, monkeypatch):
    monkeypatch.setattr(fit_page, "_plots", lambda fit, lang: plots[lang])
    path = write_fit_page(folder)
    assert path == folder / "report.html"
    names = {file.name for file in (folder / "figures").iterdir()}
    assert names == {f"{figure}.svg" for figure in plots_fit.fit_figure_ids()}
    assert (folder / "figures" / "pairs.svg").read_text().startswith("<svg xmlns=")
    assert not list(folder.rglob("*.part"))


def test_a_long_table_of_simulations_says_the_same(folder, tmp_path, fit):
    other = tmp_path / "long"
    shutil.copytree(folder, other)
    tables = {"prior": fit.table.filter(like="stat:").rename(columns=lambda c: c[5:]),
              "posterior": fit.predictive.drop(columns="number")}  # fmt: skip
    long = [t.melt(var_name="target").assign(kind=kind) for kind, t in tables.items()]
    pd.concat(long).to_parquet(other / "predictive.parquet")
    for one, same in zip(checks(fit), checks(open_fit(other)), strict=True):
        assert one.posterior == pytest.approx(same.posterior)
        assert one.prior == pytest.approx(same.prior)


def test_without_result_json_the_posteriors_manifest_tells(folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "result.json").unlink()
    engine = {"reason": "all 6 generations done", "table": 400, "simulations": 100, "failed": 0}
    manifest = json.loads((other / "posterior" / "manifest.json").read_text()) | {"engine": engine}
    (other / "posterior" / "manifest.json").write_text(json.dumps(manifest))
    facts = dict(fit_tables.asked_facts(open_fit(other), "en"))
    assert facts["Simulations"] == "500, none failed"
    assert facts["Stopped because"] == "all 6 generations done"


def test_few_draws_are_a_warning(folder, tmp_path, fit):
    other = tmp_path / "few"
    shutil.copytree(folder, other)
    result = json.loads((other / "result.json").read_text()) | {"effective_draws": 14.6}
    (other / "result.json").write_text(json.dumps(result))
    assert any("worth only 15 draws" in line for line in fit_tables.warnings(open_fit(other), "en"))
    assert not any("worth only" in line for line in fit_tables.warnings(fit, "en"))


def test_an_unfinished_calibration_has_a_page(tmp_path):
    half = make_fit(tmp_path / "half", whole=False, screened=False)
    page = render_fit(open_fit(half))
    assert "has not been finished" in page
    assert "the parameters to fit were named by the user" in page
    assert page.count("did not come so far") >= 3


def test_what_is_no_calibration_is_told(folder, tmp_path):
    with pytest.raises(StoreError, match=r"fit\.json is not there"):
        open_fit(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("fit.json", "labels.json"):
        shutil.copy(folder / name, broken)
    (broken / "labels.json").write_text("{")
    with pytest.raises(StoreError, match=r"labels\.json cannot be read"):
        open_fit(broken)
    shutil.copy(folder / "labels.json", broken)
    (broken / "sobol.parquet").write_text("no table")
    with pytest.raises(StoreError, match=r"sobol\.parquet cannot be read"):
        render_fit(open_fit(broken))


def test_a_check_is_in_errors_and_its_interval_holds_the_error(fit):
    found = {one.key: one for one in checks(fit)}
    assert list(found) == list(MADE)
    one = found["gini:2018:all"]
    simulated = fit.predictive["gini:2018:all"]
    assert one.posterior[2] == pytest.approx((simulated.median() - 0.38) / 0.015)
    # half the interval: 1.645 times the root of both variances
    spread = 1.645 * np.hypot(simulated.std(), 0.015)
    assert (one.high - one.low) / 2 == pytest.approx(spread, rel=0.1)
    assert one.inside


def test_a_target_that_is_missed_is_marked(folder, tmp_path):
    missed = tmp_path / "missed"
    shutil.copytree(folder, missed)
    labels = json.loads((missed / "labels.json").read_text())
    labels["targets"]["gini:2018:all"]["value"] = 0.9
    (missed / "labels.json").write_text(json.dumps(labels))
    fit = open_fit(missed)
    row = next(r for r in fit_tables.target_rows(fit, "en") if "gini" in r["small"])
    assert row["outside"]
    assert "10 of 11 targets" in " ".join(fit_tables.glance(fit, "en"))


def test_posterior_draws_are_read_back_as_prior_quantiles(fit):
    u, weights = fit.posterior_u("work.migrant_wage")
    assert weights.sum() == pytest.approx(1.0)
    assert ((u >= 0) & (u <= 1)).all()
    wage = fit.posterior["work.migrant_wage"]
    assert fit.at("work.migrant_wage", u) == pytest.approx(wage.to_numpy())
    assert fit.at("work.migrant_wage", np.array([0.5]))[0] == pytest.approx(2650, abs=1)


def test_a_density_loses_nothing_at_the_ends():
    rng = np.random.default_rng(1)
    for draws in (rng.uniform(size=500), rng.beta(0.7, 3.0, size=500)):
        at = np.linspace(0, 1, 401)
        found = plots_fit.density(draws, np.full(500, 1 / 500), at)
        assert np.trapezoid(found, at) == pytest.approx(1.0, abs=0.01)


def test_many_parameters_are_drawn_as_those_of_which_least_is_left(folder, tmp_path):
    many = tmp_path / "many"
    shutil.copytree(folder, many)
    labels = json.loads((many / "labels.json").read_text())
    manifest = json.loads((many / "posterior" / "manifest.json").read_text())
    frame = pd.read_parquet(many / "posterior" / "posterior.parquet")
    for k in range(5):  # five more that follow their priors
        key = f"more.p{k}"
        labels["parameters"][key] = labels["parameters"][KEYS[0]]
        quantiles = labels["parameters"][key]["quantiles"]
        frame[key] = np.random.default_rng(k).choice(quantiles, size=len(frame))
        manifest["fitted"].append(key)
    frame.to_parquet(many / "posterior" / "posterior.parquet")
    (many / "labels.json").write_text(json.dumps(labels))
    (many / "posterior" / "manifest.json").write_text(json.dumps(manifest))
    fit = open_fit(many)
    shown = shown_pairs(fit)
    assert len(shown) == 10 and set(KEYS[:6]) <= set(shown)
    assert "10 of 12 parameters" in plots_fit.shown_sentence(fit, "en")["shown"]


def test_the_band_holds_whole_curves_of_a_calibrated_method():
    low, high = band(100, 100)
    rng = np.random.default_rng(9)
    ranks = rng.integers(0, 100, size=(400, 100))
    curves = np.stack([np.bincount(r, minlength=100).cumsum()[:-1] / 100 for r in ranks])
    whole = ((curves >= low) & (curves <= high)).all(axis=1).mean()
    assert 0.91 < whole < 0.985
    # wider than what holds one point of it
    middle = binom.interval(0.95, 100, 0.5)
    assert low[49] < middle[0] / 100 and high[49] > middle[1] / 100


def test_too_narrow_intervals_are_seen_in_the_figures(fit):
    figure = plots_fit.draw_fit(fit, "coverage", "en")
    marks = [line for line in figure.axes[1].lines if line.get_marker() == "X"]
    assert len(marks) == 1
    verdicts = fit.selftest()["verdicts"].set_index("parameter")["verdict"]
    assert verdicts["ceremonies.gift_share"] == "too narrow"
    assert "6 of 7 parameters are calibrated" in " ".join(fit_tables.glance(fit, "en"))


def test_the_ppc_names_every_target(fit):
    figure = plots_fit.draw_fit(fit, "ppc", "zh")
    words = "".join(text.get_text().replace("\n", "") for text in figure.findobj(mpl.text.Text))
    assert "农村居民收入基尼系数，2018年" in words and "医疗" in words


def test_words_and_numbers():
    assert [short(x) for x in (0.0, -0.001234, 2650.4, 12.345, 1e6, np.nan)] == [
        "0", "−0.00123", "2,650", "12.3", "1,000,000", "—"
    ]  # fmt: skip
    assert unit("yuan/person-year", "zh") == "元/人·年" and unit("share", "en") == "share"
    assert told("all 6 generations done", "zh") == "6代全部完成"
    assert told("something new", "zh") == told("something new", "en") == "something new"
    assert wrapped("建档立卡人口工资性收入（上年10月至当年9月）", "zh", 30).count("\n") == 1
    assert wrapped("illness.admission_rate", "en", 12) == "illness.\nadmission_rate"
    with pytest.raises(ValueError, match="language"):
        said("title", "fr")


def test_the_engines_sentences_are_known_in_chinese():
    """The patterns stand against the sources of what they translate."""
    from importlib.resources import files

    from results.fit_texts import _phrases

    source = "".join(
        (files("calibration.fit") / name).read_text("utf-8")
        for name in ("engine.py", "learned.py", "adjust.py", "structures.py", "stages.py",
                     "particles.py")
    )  # fmt: skip
    flat = re.sub(r'"\s*\n\s*f?"', "", source)
    for pattern, _ in _phrases()["told"]:
        longest = max(re.split(r"\(.*?\)|\.\*|;", pattern), key=len).strip()
        part = longest.removesuffix(" against it").removeprefix("very ")
        assert part in flat, pattern


def test_every_character_of_the_catalogue_has_a_glyph():
    known = FT2Font(str(drawing.font_file())).get_charmap()
    lacking = {c for c in all_fit_text() if ord(c) not in known and c.isprintable()}
    assert not lacking
