"""A whole calibration of a toy: what it writes, how it goes on, what stops it."""

import json
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from calibration.fit import emulator
from calibration.fit.alternatives import read_choices
from calibration.fit.draws import FitError
from calibration.fit.folder import Asked, FolderError, hold, target_digest
from calibration.fit.running import FailuresError
from calibration.fit.simulator import StructureError
from calibration.fit.stages import calibrate, simulated_targets
from calibration.fit.targets import Target, Targets
from calibration.fit.testing import self_test
from scenarios.posterior import read_posterior
from tests.calibration.fit.toy import TARGETS, Toy

FIT = ("work.migrant_wage", "work.go")
WRITTEN = {
    "fit.json", "result.json", "labels.json", "simulations.sqlite", "table.parquet",
    "sobol.parquet", "history.db", "generations.parquet", "predictive.parquet",
    "identifiability.csv", "posterior",
}  # fmt: skip


@dataclass
class Model(Toy):
    """The toy with what a Simulator has besides. fail: simulations of these seeds modulo 10."""

    structure: object = None
    fail: tuple[int, ...] = ()

    def simulate(self, values, seed):
        self.seen.append(seed)
        if seed % 10 in self.fail:
            raise RuntimeError(f"no world with seed {seed % 10}")
        found = super().simulate(values, seed)
        choice = (self.structure or {}).get("yearly_round.quota", "ceiling")
        found["income_wage:2018:all"] += 900.0 * (choice == "data")
        return found

    def digest(self):
        return f"toy {self.structure} {self.fail}"


class Watch:
    """Notes what it is told; stops everything after so many simulations."""

    def __init__(self, last=None):
        self.stages, self.lines, self.count, self.last = [], [], 0, last

    def stage(self, name, total):
        self.stages.append(name)

    def expect(self, total):
        pass

    def simulated(self, outcome, failed):
        self.count += 1
        if self.count == self.last:
            raise KeyboardInterrupt

    def candidate(self, progress):
        pass

    def say(self, line):
        self.lines.append(line)


def asked(simulator, targets=TARGETS, **more):
    return Asked(
        targets=("mine.csv",), target_digest=target_digest(targets), model=simulator.digest(),
        population={"digest": "none"},
        **{"fit": FIT, "simulations": 80, "population_size": 20, "generations": 2,
           "predictive": 10, **more},
    )  # fmt: skip


def fit(folder, simulator=None, targets=TARGETS, watch=None, **more):
    simulator = Model() if simulator is None else simulator
    return calibrate(
        simulator, targets, asked(simulator, targets, **more), folder, watch=watch or Watch(),
        command="fanpin calibrate",
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Emulators without Gaussian processes, which would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator, "sobol", partial(emulator.sobol, gp=False))
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A calibration that nothing disturbed."""
    folder = tmp_path_factory.mktemp("fit")
    return fit(folder)


def test_what_it_writes(whole):
    assert {path.name for path in whole.folder.iterdir()} >= WRITTEN
    told = json.loads((whole.folder / "fit.json").read_text("utf-8"))
    assert told["fitted"] == list(FIT) and told["fitted_by"] == "user"
    result = json.loads((whole.folder / "result.json").read_text("utf-8"))
    names = [stage["name"] for stage in result["stages"]]
    assert names == ["trial", "table", "sensitivity", "generations", "predictive",
                     "identifiability"]  # fmt: skip
    assert result["failed"] == 0 and result["simulations"] >= 8 + 80 + 10
    assert result["stop"] and any(result["stop"] in line for line in whole.lines)
    again = pd.read_parquet(whole.folder / "predictive.parquet")
    assert len(again) == 10 and set(TARGETS.keys) <= set(again.columns)


def test_the_posterior_knows_what_the_targets_say(whole):
    posterior = read_posterior(whole.folder)
    assert posterior.fitted == list(FIT)
    assert len(posterior.parameters) == len(Model().table.uncertain())
    verdict = whole.identifiability.set_index("parameter")["verdict"]
    assert verdict["work.migrant_wage"] == "fitted"
    assert verdict["ceremonies.gift_share"] == "prior-driven"
    manifest = posterior.manifest
    assert [one["key"] for one in manifest["targets"]] == list(TARGETS.keys)
    assert manifest["engine"]["reason"] and manifest["command"] == "fanpin calibrate"


def test_a_stopped_calibration_ends_in_the_same_posterior(whole, tmp_path):
    simulator = Model()
    for last in (50, 93):
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path, simulator, watch=Watch(last))
    found = fit(tmp_path, simulator)
    assert len(simulator.seen) == len(set(simulator.seen))  # none was simulated twice
    pd.testing.assert_frame_equal(found.result.posterior, whole.result.posterior)
    seen = len(simulator.seen)
    fit(tmp_path, simulator)
    assert len(simulator.seen) == seen


def test_another_calibration_in_the_same_folder_is_refused(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, watch=Watch(5))
    other = Targets((replace(TARGETS.targets[0], value=2600.0), *TARGETS.targets[1:]))
    with pytest.raises(FolderError) as caught:
        fit(tmp_path, Model(fail=(3,)), other, seed=2, generations=3)
    for said in ("seed: 1 there, 2 now", "generations: 2 there, 3 now",
                 "the numbers in the targets have changed", "the code, the parameters or the "
                 "population have changed", "delete"):  # fmt: skip
        assert said in str(caught.value)


def test_two_at_a_time_are_refused(tmp_path):
    with hold(tmp_path, asked(Model()), {}), pytest.raises(FolderError, match="another calibrat"):
        fit(tmp_path)


def test_failures_are_counted_and_do_not_spoil_the_result(tmp_path):
    found = fit(tmp_path, Model(fail=(3,)))
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert 0 < result["failed"] < 0.2 * result["simulations"]
    assert result["failures"][0]["error"] == "RuntimeError: no world with seed 3"
    assert found.identifiability.set_index("parameter")["verdict"]["work.migrant_wage"] == "fitted"


def test_too_many_failures_stop_it(tmp_path):
    with pytest.raises(FailuresError, match=r"(?s)failed, more than 20%.*no world with seed"):
        fit(tmp_path, Model(fail=(1, 3, 5)))
    with pytest.raises(FailuresError, match="each of the first 8 simulations failed"):
        fit(tmp_path / "all", Model(fail=tuple(range(10))))


def test_screening_chooses_when_nothing_is_named(tmp_path):
    found = fit(tmp_path, fit=(), most=3)
    told = json.loads((tmp_path / "fit.json").read_text("utf-8"))
    assert found.fitted[0] == "work.migrant_wage" and "ceremonies.gift_share" not in found.fitted
    assert told["fitted"] == found.fitted and told["fitted_by"] == "screening"
    frame = pd.read_parquet(tmp_path / "screening.parquet")
    assert list(frame.loc[frame["chosen"], "parameter"]) == sorted(
        found.fitted, key=list(frame["parameter"]).index
    )


def test_targets_without_a_number_are_left_out_and_told(tmp_path):
    more = Targets((*TARGETS.targets, Target("gini:2018:all", 0.3, 0.1)), (("figure:x", "why"),))
    found = fit(tmp_path, targets=more)
    assert found.targets.keys == TARGETS.keys
    told = "only 0% of the runs of plan have a number"
    assert found.left_out == (("figure:x", "why"), ("gini:2018:all", told))
    assert any("gini:2018:all" in line for line in found.lines)


def test_targets_that_half_of_the_runs_have_are_kept():
    stats = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]})
    targets = Targets(tuple(Target(key, 1.0, 1.0) for key in "abc"))
    kept, left = simulated_targets(targets, stats, "plan")
    assert kept.keys == ("a",) and [key for key, _ in left] == ["b", "c"]


def test_structures_are_compared(tmp_path):
    found = fit(tmp_path, structures=("yearly_round.quota=ceiling,data",))
    frame = pd.read_csv(tmp_path / "structures.csv")
    assert frame["structure"][0] == "yearly_round.quota=ceiling"
    assert frame["share"][0] > 0.9
    assert any(line.startswith("structure yearly_round.quota=ceiling") for line in found.lines)


@pytest.mark.parametrize("text", ["yearly_round.quota", "yearly_round.quota=data", "a.b=,"])
def test_choices_that_are_none(text):
    with pytest.raises(StructureError, match="is no list of choices"):
        read_choices((text,))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fit": ("work.gone",)}, "no uncertain parameter"),
        ({"population_size": 5}, "from 6 particles"),
        ({"simulations": 19, "population_size": 10}, "ask for 20 or more"),
        ({"population_size": 200}, "to 80"),
    ],
)
def test_what_can_not_be_fitted_is_refused_before_anything_is_written(tmp_path, more, said):
    with pytest.raises(FitError, match=said):
        fit(tmp_path / "new", **more)
    assert not (tmp_path / "new").exists()


def test_the_self_test_shares_the_table_of_the_calibration(tmp_path):
    simulator = Model()
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, simulator, watch=Watch(8 + 80))
    seen = len(simulator.seen)
    found = self_test(
        simulator, TARGETS, asked(simulator), tmp_path, watch=Watch(), data_sets=40, sequential=4,
        population=20,
    )  # fmt: skip
    assert set(found["table"].verdicts["parameter"]) == set(FIT)
    assert found["sequential"].coverage["datasets"].max() == 4
    names = {path.name for path in (tmp_path / "selftest").iterdir()}
    each = ("ranks.parquet", "coverage.csv", "verdicts.csv")
    assert names == {*each, *(f"sequential-{one}" for one in each), "selftest.json"}
    told = json.loads((tmp_path / "selftest" / "selftest.json").read_text("utf-8"))
    assert told["data_sets"] == 40 and told["fitted"] == list(FIT)
    assert simulator.seen[:seen] == list(dict.fromkeys(simulator.seen[:seen]))
