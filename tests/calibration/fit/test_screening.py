"""Screening: what moves a target is found, what does not is inert, and chance is no effect."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as analysis
from SALib.sample import morris

from calibration.fit.choice import REASONS, SPAN, choose
from calibration.fit.screening import ScreeningError, elementary_effects, noise_level, screen
from tests.calibration.fit.toy import KEYS, TARGETS, Toy


def screened(**how):
    toy = Toy(**how)
    return toy, screen(toy, TARGETS, toy.table, seed=3, trajectories=(3, 3), seeds=5, run=toy.run)


def test_effects_are_those_of_salib():
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0.0, 1.0]] * 4}
    places = morris.sample(problem, 6, num_levels=4, seed=1)
    y = places @ np.array([3.0, -1.0, 0.0, 0.5]) + places[:, 0] * places[:, 1]
    own = elementary_effects(places, y[:, None], list("abcd"))
    salib = analysis.analyze(problem, places, y, num_levels=4)
    for name, mu, mu_star, sigma in zip(
        salib["names"], salib["mu"], salib["mu_star"], salib["sigma"], strict=True
    ):
        e = own[name][:, 0]
        assert e.mean() == pytest.approx(mu)
        assert np.abs(e).mean() == pytest.approx(mu_star)
        assert e.std(ddof=1) == pytest.approx(sigma)


def test_a_failed_simulation_costs_two_effects_and_no_more():
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    places = morris.sample(problem, 4, num_levels=4, seed=1)
    y = places @ np.array([3.0, -1.0, 2.0])
    y[5] = np.nan  # second point of the second walk
    own = elementary_effects(places, y[:, None], list("abc"))
    lost = {name: int(np.isnan(e).sum()) for name, e in own.items()}
    assert sum(lost.values()) == 2
    assert np.nanmean(own["a"]) == pytest.approx(3.0)


def test_what_moves_a_target_is_found_and_the_rest_is_inert():
    _, found = screened()
    frame = found.frame.set_index("parameter")
    assert set(frame.index[frame["above_noise"]]) == set(KEYS[:4])
    assert frame.loc["ceremonies.gift_share", "level"] == "group"
    assert frame.loc["ceremonies.gift_share", "mu_star"] == 0.0
    # same seed everywhere: a parameter of a group that moves, but without effect, has exactly none
    assert frame.loc["work.find_peers", ["level", "mu_star"]].tolist() == ["single", 0.0]
    assert frame.loc["work.go", "most_moved_target"] == "migrant_share:2018:all"
    # two errors a standard deviation, over the middle 90 %: about 2 * 3.29
    assert frame.loc["work.migrant_wage", "mu_star"] == pytest.approx(2 * SPAN, rel=0.1)
    assert frame.loc["work.migrant_wage", "sigma"] < 1.5


def test_the_same_seed_gives_the_same_screening_and_every_number_once():
    (one, first), (_, second) = screened(), screened()
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert [number for number, _ in one.seen] == list(range(first.simulations))
    # all but the seeds that measure chance have the model seed of the screening
    assert {seed for _, seed in one.seen[5:]} == {3}
    assert len({seed for _, seed in one.seen[:5]}) == 5


def test_failed_simulations_are_counted_and_spoil_nothing():
    _, whole = screened()
    _, found = screened(fails=(9, 40, 60))
    assert found.failed == 3
    assert found.choose(4).parameters == whole.choose(4).parameters


def test_chance_alone_is_no_effect():
    rng = np.random.default_rng(2)
    names = [f"p{k}" for k in range(300)]
    problem = {"num_vars": 300, "names": names, "bounds": [[0.0, 1.0]] * 300}
    places = morris.sample(problem, 4, num_levels=4, seed=1)
    effects = elementary_effects(places, rng.normal(size=(len(places), 1)), names)
    level = noise_level(pd.Series({"t": 1.0}), 4)["t"]
    above = np.mean([np.abs(e).mean() > level for e in effects.values()])
    assert 0.0 < above < 0.06
    with pytest.raises(ScreeningError, match="2 walks"):
        screen(Toy(), TARGETS, Toy().table, seed=1, trajectories=(1, 4))


def test_a_model_that_always_fails_is_told():
    toy = Toy(fails=tuple(range(5)))
    with pytest.raises(ScreeningError, match="prior median"):
        screen(toy, TARGETS, toy.table, seed=3, seeds=5, run=toy.run)


def test_the_choice_has_a_reason_for_every_parameter():
    _, found = screened()
    assert set(found.choose(12).parameters) == set(KEYS[:4])
    chosen = found.choose(3)
    # detection and illness move the same target: with few to fit, one of the two is enough
    assert len({"visits.detect_gap", "illness.admission_rate"} & set(chosen.parameters)) == 1
    why = chosen.frame.set_index("parameter")["why"]
    assert set(why) <= set(REASONS)
    assert why[list(chosen.parameters)].eq("fitted").all()
    assert why.loc["ceremonies.funeral"] == "inert_group"
    left = next(k for k in ("visits.detect_gap", "illness.admission_rate")
                if k not in chosen.parameters)  # fmt: skip
    assert why[left] == "like"
    assert len(found.choose(1).parameters) == 1
    assert chosen.frame["reason"].str.len().gt(20).all()
    assert not chosen.frame["reason_zh"].str.contains("{", regex=False).any()


def test_a_parameter_that_does_something_else_comes_before_a_twin():
    one = {"group": "g", "level": "single", "mu_star": 1.0, "most_moved_target": "s"}
    frame = pd.DataFrame({"parameter": ["a", "b", "c"], **one, "above_noise": True})
    effects = pd.DataFrame([[9.0, 0.0], [-8.9, 0.1], [0.0, 4.0]], list("abc"), ["s", "t"])
    chosen = choose(frame, effects, pd.Series({"s": 0.1, "t": 0.1}), 2)
    assert chosen.parameters == ["a", "c"]
    assert chosen.frame.set_index("parameter").loc["b", "like"] == "a"
    with pytest.raises(ValueError, match="1 or more"):
        choose(frame, effects, pd.Series({"s": 0.1, "t": 0.1}), 0)
