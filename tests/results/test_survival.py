"""Survival against a worked example, and the competing causes."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from results.store import open_store
from results.survival import curve, read_spells, scenario_curves
from tests.results.conftest import by_hand

# Remission times of 21 patients under 6-MP (Freireich and others 1963), weeks; + is censored:
# 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+
EVENTS = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
CENSORED = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
# Survival and its standard error as printed in the textbooks
SURVIVAL = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
ERRORS = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}


def spells(events, censored, cause="illness"):
    rows = [(m, cause, float(n)) for m, n in events.items()]
    rows += [(m, "", float(n)) for m, n in censored.items()]
    return pd.DataFrame(rows, columns=["months", "cause", "value"])


def test_the_textbook_example():
    found = curve(spells(EVENTS, CENSORED))
    assert found.at_risk[0] == 21
    assert found.at_risk[10] == 15
    for month, expected in SURVIVAL.items():
        assert found.at(month) == pytest.approx(expected, abs=5e-4)
    assert found.at(12) == found.at(10)
    assert np.isnan(found.at(36))


def test_greenwood_on_the_log_log_scale():
    found = curve(spells(EVENTS, CENSORED))
    low, high = found.greenwood(level=0.95)
    for month, error in ERRORS.items():
        s = found.at(month)
        spread = norm.ppf(0.975) * error / (s * abs(np.log(s)))
        assert low[month] == pytest.approx(s ** np.exp(spread), abs=2e-3)
        assert high[month] == pytest.approx(s ** np.exp(-spread), abs=2e-3)
    assert low[5] == high[5] == 1.0
    assert (low <= found.survival).all()
    assert (found.survival <= high).all()


def test_counts_that_were_scaled_up_are_scaled_down():
    one = curve(spells(EVENTS, CENSORED))
    scaled = spells(EVENTS, CENSORED).assign(value=lambda t: t["value"] * 50)
    many = curve(scaled)
    assert many.survival == pytest.approx(one.survival)
    assert many.greenwood(scale=1 / 50)[0] == pytest.approx(one.greenwood()[0])
    assert (many.greenwood()[0][6:24] > one.greenwood()[0][6:24]).all()


def test_nobody_left_at_all():
    found = curve(spells({1: 2, 3: 1}, {}))
    assert found.survival.tolist() == pytest.approx([1, 1 / 3, 1 / 3, 0])
    low, high = found.greenwood()
    assert low[3] == high[3] == 0.0
    assert np.isfinite(low).all()
    with pytest.raises(ValueError, match="no spells"):
        curve(spells({}, {}))


def test_causes_compete():
    rows = pd.DataFrame(
        [(1, "illness", 2.0), (1, "disaster", 1.0), (2, "illness", 1.0), (2, "", 3.0),
         (3, "disaster", 1.0), (3, "", 2.0)],
        columns=["months", "cause", "value"],
    )  # fmt: skip
    found = curve(rows)
    # by hand: 10 at risk in month 1, 7 in month 2, 3 in month 3
    assert found.survival.tolist() == pytest.approx([1, 0.7, 0.7 * 6 / 7, 0.6 * 2 / 3])
    assert found.incidence["illness"].tolist() == pytest.approx([0, 0.2, 0.3, 0.3])
    assert found.incidence["disaster"].tolist() == pytest.approx([0, 0.1, 0.1, 0.3])
    total = sum(found.incidence.values()) + found.survival
    assert total == pytest.approx(np.ones(4))
    assert found.restricted_mean(3) == pytest.approx(1 + 0.7 + 0.6)


def test_spells_are_read_from_a_store(tmp_path):
    rows = [
        (0, 2018, 12, "spell", "relapsed:5:job_loss", 10.0),
        (0, 2018, 12, "spell", "censored:24", 90.0),
        (0, 2016, 12, "spell", "relapsed:1:illness", 1000.0),  # before the plan
        (0, 2019, 12, "spell", "censored:12", 1000.0),  # a later exit than all runs have
        (0, 2018, 12, "poor_true", "", 1.0),
    ]
    runs = {("plan", 0, 0): rows, ("plan", 0, 1): rows}
    store = open_store(by_hand(tmp_path / "x", runs, replicates=2))
    table = read_spells(store)
    assert sorted(set(table["cause"])) == ["", "job_loss"]
    assert sorted(set(table["months"])) == [5, 24]
    assert sorted(set(read_spells(store, until=(2019, 12))["months"])) == [5, 12, 24]
    found = scenario_curves(store)["plan"]
    assert found.runs == 2
    assert found.pooled.at(24) == pytest.approx(0.9)
    assert found.low[24] == pytest.approx(0.9)
    assert found.greenwood_low[24] < 0.9 < found.greenwood_high[24]


def test_the_better_scenario_keeps_more_people_out(store):
    curves = scenario_curves(store)
    assert set(curves) == set(store.scenarios)
    assert curves["plan"].pooled.at(24) > curves["no-plan"].pooled.at(24)
    assert curves["harsh-shocks"].runs == 4
    assert len(curves["withdrawal"].pooled.months) == 97
