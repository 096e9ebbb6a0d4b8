"""The identifiability table: verdicts from posteriors made by hand, and sentences to be read."""

import numpy as np
import pandas as pd
import pytest

from calibration.fit.identify import VERDICTS, combinations, identifiability, known_notes
from calibration.fit.labels import labels, statistic_names, statistic_words, write_labels
from tests.calibration.fit.toy import KEYS, TARGETS, toy_table

TIED = [KEYS[2], KEYS[3]]


def posterior(n=4000):
    """Wage known to 0.3 of its prior; go to 0.8; detection and illness only as their sum; gifts
    as in the prior."""
    rng = np.random.default_rng(4)
    wage = 0.5 + 0.3 * rng.normal(size=n)
    go = 0.8 * rng.normal(size=n)
    away, along = rng.normal(size=(2, n))
    detect, ill = along + 0.2 * away, -along + 0.2 * away
    z = np.stack([wage, go, detect / 1.02, ill / 1.02, rng.normal(size=n)], axis=1)
    return pd.DataFrame(z, columns=list(KEYS)), np.full(n, 0.5)


@pytest.fixture(scope="module")
def table():
    z, weights = posterior()
    sobol = pd.DataFrame(
        {
            "statistic": ["income_wage:2018:all", "migrant_share:2018:all"],
            "parameter": ["work.migrant_wage"] * 2,
            "total": [0.8, 0.1],
        }
    )
    choice = pd.DataFrame(
        {
            "parameter": ["ceremonies.funeral", "work.stay"], "why": ["inert_group", "like"],
            "like": ["", "work.go"], "above_noise": [False, True],
            "most_moved_target": ["", "migrant_share:2018:all"],
        }
    )  # fmt: skip
    names = statistic_names(TARGETS.keys)
    made = identifiability(z, weights, toy_table(), choice=choice, sobol=sobol, names=names)
    return made.set_index("parameter")


def test_every_uncertain_parameter_has_a_verdict(table):
    assert list(table.index[:5]) == list(KEYS)
    assert len(table) == len(toy_table().uncertain())
    assert set(table["verdict"]) <= set(VERDICTS)
    assert table.loc[list(KEYS), "verdict"].tolist() == [
        "fitted", "partly", "confounded", "confounded", "prior-driven"
    ]  # fmt: skip
    assert table["text"].str.len().gt(20).all() and table["text_zh"].str.len().gt(8).all()
    assert not table[["text", "text_zh"]].stack().str.contains(r"[{}]|nan").any()


def test_numbers_are_in_the_parameters_own_unit(table):
    wage = table.loc["work.migrant_wage"]
    assert wage["spread_left"] == pytest.approx(0.3, abs=0.02)
    assert wage["shrinkage"] == pytest.approx(0.91, abs=0.02)
    # normal(2650, 130): median half a prior sd above, interval 0.3 * 1.645 prior sd wide each way
    assert wage["prior_median"] == pytest.approx(2650, abs=3)
    assert wage["median"] == pytest.approx(2715, abs=5)
    assert wage["high"] - wage["low"] == pytest.approx(2 * 1.645 * 0.3 * 130, rel=0.06)
    rest = table.iloc[5:]
    assert (rest["low"] == rest["prior_low"]).all() and rest["spread_left"].eq(1.0).all()


def test_the_combination_that_is_known_is_named(table):
    row = table.loc["visits.detect_gap"]
    assert row["partners"].startswith("illness.admission_rate -0.9")
    assert row["direction"] == "visits.detect_gap + illness.admission_rate"
    assert row["direction_left"] == pytest.approx(0.28, abs=0.03)
    assert "where one is higher, the other is lower" in row["text"]
    assert "illness.admission_rate（r\u00a0=\u00a0−0.9" in row["text_zh"]
    assert "product of the two rates" in row["note"] and "乘积" in row["note_zh"]


def test_sentences_name_what_shows_a_parameter(table):
    said = table.loc["work.migrant_wage", "text"]
    assert "“wages a head" in said and "2018”, of whose variance it makes 80 %" in said
    assert "工资性收入" in table.loc["work.migrant_wage", "text_zh"]
    assert "work.go, which is fitted" in table.loc["work.stay", "text"]
    assert "its whole group" in table.loc["ceremonies.funeral", "text"]
    assert "neither fitted nor screened" in table.loc["work.find", "text"]


def test_a_difference_is_known_where_both_rise_together():
    covariance = np.array([[1.0, 0.9], [0.9, 1.0]])
    found = combinations(["a.x", "b.y"], covariance)["a.x"]
    assert found["direction"] == "a.x − b.y"
    assert found["direction_left"] == pytest.approx(np.sqrt(0.1))
    assert combinations(["a.x", "b.y"], np.eye(2))["a.x"]["partners"] == ""
    # between fifteen draws such a correlation is often chance
    weaker = np.array([[1.0, 0.69], [0.69, 1.0]])
    assert combinations(["a.x", "b.y"], weaker, 15)["a.x"]["partners"] == ""
    assert combinations(["a.x", "b.y"], weaker, 200)["a.x"]["partners"] == "b.y 0.69"


def test_notes_come_only_where_both_sides_are_fitted():
    assert not known_notes(["visits.detect_gap", "work.go"])
    assert set(known_notes(["visits.detect_gap", "illness.serious_rate"])) == {
        "visits.detect_gap", "illness.serious_rate"
    }  # fmt: skip
    assert "year's plan" in known_notes(["yearly_round.plan_share"])["yearly_round.plan_share"][0]


def test_every_pattern_of_the_notes_names_a_parameter():
    from calibration.fit.identify import _matching, _notes
    from scenarios import load_parameters

    keys = [spec.key for spec in load_parameters().uncertain()]
    for name, note in _notes().items():
        for pattern in [*note["one"], *note["other"]]:
            assert _matching(keys, [pattern]), f"{name}: {pattern}"


def test_wrong_input_is_told():
    z, weights = posterior(50)
    with pytest.raises(ValueError, match="one for each"):
        identifiability(z, weights[:-1], toy_table())
    with pytest.raises(ValueError, match=r"no uncertain parameter work\.gone"):
        identifiability(z.rename(columns={"work.go": "work.gone"}), weights, toy_table())


def test_labels_hold_the_words_and_priors_of_a_fit(tmp_path):
    made = labels(toy_table(), TARGETS, KEYS)
    assert set(made["parameters"]) == {spec.key for spec in toy_table().uncertain()}
    wage = made["parameters"]["work.migrant_wage"]
    assert len(wage["quantiles"]) == 201 and sorted(wage["quantiles"]) == wage["quantiles"]
    assert "quantiles" not in made["parameters"]["work.stay"]
    target = made["targets"]["migrant_share:2018:all"]
    assert (target["value"], target["error"], target["theme"]) == (0.2, 0.02, "Work and migration")
    assert write_labels(tmp_path, toy_table(), TARGETS, KEYS).name == "labels.json"
    assert [path.name for path in tmp_path.iterdir()] == ["labels.json"]


def test_every_statistic_has_words():
    from calibration.fit.statistics import STATISTICS

    for name in STATISTICS:
        words = statistic_words(f"{name}:2018:deep")
        assert words["en"].endswith("2018, deep-poverty counties")
        assert words["zh"].endswith("2018年，深度贫困县")
    assert statistic_words("figure:stock_2018")["en"].startswith("registered poor, end 2018")
    assert "carried to the model's counties" in statistic_words("figure:stock_2018")["en"]
    assert statistic_words("figure:wage_2018")["unit"] == "%"
    assert statistic_words("figure:incidence_two_2017")["unit"] == "% of rural people"
    assert "2018年底" in statistic_words("figure:stock_2018")["zh"]
