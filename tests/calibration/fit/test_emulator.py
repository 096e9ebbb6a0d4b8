"""The emulator and its Sobol indices, on functions whose indices are known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from calibration.fit.emulator import emulate, sobol


def made(n=300, seed=1):
    """Two statistics with known indices, one of pure chance, one constant; some runs missing."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3))
    stats = pd.DataFrame(
        {
            "sum": 2 * z[:, 0] + z[:, 1] + rng.normal(size=n),  # of 6: 4, 1, and 1 of chance
            "product": z[:, 0] * z[:, 1] + 0.5 * rng.normal(size=n),
            "chance": rng.normal(size=n),
            "constant": np.ones(n),
        }
    )
    stats.iloc[:20, 0] = np.nan
    return SimpleNamespace(fitted=["a", "b", "c"], z=z, stats=stats)


def test_indices_are_shares_of_the_whole_variance():
    table = made()
    done = []
    found = sobol(table, list(table.stats), seed=2, progress=lambda k, n: done.append((k, n)))
    first = found.pivot(index="statistic", columns="parameter", values="first")
    total = found.pivot(index="statistic", columns="parameter", values="total")
    assert first.loc["sum", "a"] == pytest.approx(4 / 6, abs=0.07)
    assert first.loc["sum", "b"] == pytest.approx(1 / 6, abs=0.05)
    assert first.loc["sum", "c"] < 0.03
    # an interaction shows in the total index alone
    assert first.loc["product", "a"] < 0.1 < 0.6 < total.loc["product", "a"]
    left = found.groupby("statistic")["unexplained"].first()
    assert left["sum"] == pytest.approx(1 / 6, abs=0.06)
    assert left["chance"] > 0.95
    assert total.loc["constant"].eq(0).all() and left["constant"] == 1.0
    assert found.groupby("statistic")["first"].sum().le(1.05).all()
    assert done[-1] == (4, 4)


def test_the_same_table_gives_the_same_indices():
    table = made(200)
    one, two = (sobol(table, ["sum"], seed=2, points=64) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_a_wave_needs_more_than_squares():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(500, 2))
    y = np.sin(2.5 * z[:, 0]) + 0.2 * rng.normal(size=500)
    assert emulate(z, y, gp=False).r2 < 0.6
    found = emulate(z, y)
    assert found.kind == "gp"
    assert found.r2 > 0.85
    assert found.predict(np.zeros((1, 2)))[0] == pytest.approx(0.0, abs=0.2)


def test_few_rows_and_one_parameter():
    table = made(20)
    assert sobol(table, ["sum"], points=32)["unexplained"].eq(1.0).all()
    table = made(200)
    alone = SimpleNamespace(fitted=["a"], z=table.z[:, :1], stats=table.stats)
    found = sobol(alone, ["sum"], points=64, gp=False)
    assert found["parameter"].tolist() == ["a"]
    assert found["total"][0] == pytest.approx(4 / 6, abs=0.12)
