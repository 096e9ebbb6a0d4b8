"""A calibration from targets to a posterior, stage by stage, in a folder of its own.

    trial           which targets the model has a number for
    screening       which parameters the targets can see           screening.parquet
    table           simulations at draws from the priors           table.parquet
    sensitivity     Sobol indices on an emulator of the table      sobol.parquet
    generations     sequential ABC, then regression adjustment     history.db, generations.parquet,
                                                                   posterior/
    structures      other structural choices against the targets   structures.csv
    predictive      the posterior simulated again                  predictive.parquet
    identifiability what the targets said of each parameter        identifiability.csv

fit.json says what was asked, result.json how it went, labels.json what things are called. Every
simulation is kept in simulations.sqlite: a calibration that was killed and is called again runs
through from the beginning, computes none twice, and ends in the same posterior, with any number
of workers.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.alternatives import check_choices, compare_choices
from calibration.fit.cache import Cache
from calibration.fit.draws import FitError, complete_draw, priors_of, simulation_seed
from calibration.fit.folder import Asked, hold, keep_table, note
from calibration.fit.outcome import keep_posterior, keep_result
from calibration.fit.running import FailuresError, Runner, Watch
from calibration.fit.targets import Target, Targets

__all__ = ["Calibration", "Stages", "calibrate", "check_asked", "simulated_targets"]

_TRIAL = 8  # simulations that tell which targets the model has a number for
_AGAIN = 1_000_000_000  # numbers of the posterior simulations start here


@dataclass(frozen=True)
class Calibration:
    """What came out: the fitted parameters, the engine's result, tables, and lines that tell
    what happened. targets: those that were used; left_out: (key or id, reason) of the others."""

    folder: Path
    fitted: list[str]
    targets: Targets
    left_out: tuple[tuple[str, str], ...]
    result: Any
    identifiability: pd.DataFrame
    lines: list[str]


def calibrate(
    simulator: Any, targets: Targets, asked: Asked, folder: str | Path, *, watch: Watch,
    workers: int = 1, cluster: str | None = None, minutes: float | None = None, command: str = "",
) -> Calibration:  # fmt: skip
    """Run every stage; goes on where an earlier call stopped.

    simulator: a Simulator, or another with `simulate`, `digest` and `table`. minutes: no
    generation is begun after so many (the only argument besides `asked` that can change the
    posterior). Errors: FolderError, FitError, FailuresError,
    and those of the stages.
    """
    place = Path(folder)
    check_asked(simulator, asked)
    about = {"command": command, "fitted_by": "user" if asked.fit else "screening"}
    with hold(place, asked, about), Cache(place / "simulations.sqlite") as cache:
        runner = Runner(cache, watch, workers, cluster)
        return Stages(simulator, targets, asked, place, runner, minutes, command).all()


def check_asked(simulator: Any, asked: Asked) -> None:
    """Refuse what can not be fitted before anything is written. FitError or StructureError."""
    priors_of(simulator, asked.fit)
    check_choices(simulator, asked.structures)
    number = len(asked.fit) or asked.most
    if asked.simulations < max(20, 3 * number):
        raise FitError(
            f"{asked.simulations} simulations are too few to learn from for {number} parameters; "
            f"ask for {max(20, 3 * number)} or more, better 100 for each"
        )
    least, most = 2 * number + 2, asked.simulations
    if not least <= asked.population_size <= most:
        raise FitError(
            f"a generation has from {least} particles (twice the parameters and two) to {most} "
            f"(the simulations of the table), not {asked.population_size}"
        )


def simulated_targets(
    targets: Targets, stats: pd.DataFrame, scenario: str
) -> tuple[Targets, tuple[tuple[str, str], ...]]:
    """The targets that simulations have a number for, and the others with the reason.

    stats [simulations, statistics]. A target that fewer than half of them give is left out.
    """
    kept: list[Target] = []
    left: list[tuple[str, str]] = []
    for target in targets.targets:
        have = float(stats[target.key].notna().mean()) if target.key in stats else 0.0
        if have >= 0.5:
            kept.append(target)
        else:
            left.append((target.key, f"only {have:.0%} of the runs of {scenario} have a number"))
    return Targets(tuple(kept), targets.left_out), tuple(left)


@dataclass
class Stages:
    """The stages in order, each a method; `all` runs them."""

    simulator: Any
    targets: Targets
    asked: Asked
    folder: Path
    runner: Runner
    minutes: float | None = None
    command: str = ""
    left_out: tuple[tuple[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.left_out = self.targets.left_out
        self._began = time.monotonic()

    def all(self) -> Calibration:
        """Run all stages."""
        table, choice, names = self.until_table()
        fitted = list(table.fitted)
        sobol = self.sensitivity(table)
        result = self.generations(table, fitted)
        told = self.structures(fitted)
        self.predictive()
        found = self.identifiability(result, choice, sobol, names)
        seconds = time.monotonic() - self._began
        keep_result(self.folder, result, self.runner, self.left_out, seconds)
        lines = [f"stopped because: {result.reason}", *told]
        lines += [f"note: {note}" for note in result.notes]
        lines += [f"not a target: {key} ({why})" for key, why in self.left_out]
        return Calibration(self.folder, fitted, self.targets, self.left_out, result, found, lines)

    def until_table(self) -> tuple[Any, Any, Mapping[str, tuple[str, str]]]:
        """Trial, screening and table; the table, the choice (None if the parameters were given)
        and the names of the targets."""
        self.trial()
        choice = self.screening()
        fitted = list(self.asked.fit) if choice is None else list(choice.parameters)
        note(self.folder, {"fitted": fitted})
        table = self.table(fitted)
        return table, choice, self._labels(fitted)

    def trial(self) -> None:
        """Drop targets that the model has no number for: the first rows of the table tell."""
        number = min(_TRIAL, self.asked.simulations)
        self.runner.stage("trial", number)
        priors, seed = priors_of(self.simulator, self.asked.fit), self.asked.seed
        jobs = [
            (k, complete_draw(priors, seed, k), simulation_seed(seed, k)) for k in range(number)
        ]
        outcomes = self.runner(
            self.simulator, jobs, self.runner.cache, self.runner.workers, self.runner.cluster
        )
        found = [outcome.stats for outcome in outcomes if outcome.stats is not None]
        if not found:
            raise FailuresError(
                f"stopped: each of the first {number} simulations failed. The first error:\n  "
                f"{next(iter(self.runner.errors))}"
            )
        self._drop(pd.DataFrame(found))

    def screening(self) -> Any:
        """The choice of parameters; None if they were given."""
        if self.asked.fit:
            return None
        from calibration.fit.screening import screen

        self.runner.stage("screening")
        found = screen(
            self.simulator, self.targets, self.simulator.table, seed=self.asked.seed,
            **self.runner.how,
        )  # fmt: skip
        choice = found.choose(self.asked.most)
        if not choice.parameters:
            raise FitError(
                "the targets see no parameter: none moves any target by more than its error and "
                "chance. Give targets with smaller errors, or name the parameters with --fit"
            )
        keep_table(self.folder / "screening.parquet", choice.frame)
        self.runner.watch.say(f"fitted: {', '.join(choice.parameters)}")
        return choice

    def table(self, fitted: list[str]) -> Any:
        """The reference table."""
        from calibration.fit.table import reference_table

        self.runner.stage("table", self.asked.simulations)
        table = reference_table(
            self.simulator, fitted, self.asked.simulations, self.asked.seed, **self.runner.how
        )
        table.write(self.folder / "table.parquet")
        self._drop(table.stats)
        return table

    def sensitivity(self, table: Any) -> pd.DataFrame:
        """Sobol indices of the targets."""
        from calibration.fit.emulator import sobol

        self.runner.stage("sensitivity", 0)
        found = sobol(table, self.targets.keys, seed=self.asked.seed)
        keep_table(self.folder / "sobol.parquet", found)
        return found

    def generations(self, table: Any, fitted: list[str]) -> Any:
        """The sequential fit, and the posterior that it ends with."""
        from calibration.fit.engine import StopRules, run_abc

        self.runner.stage("generations", None)
        left = None
        if self.minutes is not None:
            left = max(0.0, self.minutes - (time.monotonic() - self._began) / 60.0)
        result = run_abc(
            self.simulator, self.targets, fitted, seed=self.asked.seed,
            population=self.asked.population_size, table=table,
            stop=StopRules(
                generations=self.asked.generations, simulations=self.asked.simulations_most,
                minutes=left,
            ),
            db=self.folder / "history.db", progress=self.runner.watch.candidate,
            **self.runner.how,
        )  # fmt: skip
        keep_table(self.folder / "generations.parquet", result.generations)
        keep_posterior(
            self.folder, result, self.asked, self.targets, self.left_out, self.simulator.table,
            self.command,
        )  # fmt: skip
        return result

    def structures(self, fitted: list[str]) -> list[str]:
        """Each switch's choices against the targets, from a table for each choice."""
        if not self.asked.structures:
            return []
        frame, lines = compare_choices(
            self.simulator, self.targets, fitted, self.asked, self.runner
        )
        keep_table(self.folder / "structures.csv", frame)
        return lines

    def predictive(self) -> None:
        """Simulate draws of the posterior anew, with seeds of their own."""
        from scenarios.posterior import read_posterior

        number, seed = self.asked.predictive, self.asked.seed
        self.runner.stage("predictive", number)
        posterior = read_posterior(self.folder / "posterior")
        draws = posterior.draws(number, seed, self.simulator.table)
        jobs = [(k, draw, simulation_seed(seed, _AGAIN + k)) for k, draw in enumerate(draws)]
        outcomes = self.runner(
            self.simulator, jobs, self.runner.cache, self.runner.workers, self.runner.cluster
        )
        rows = [
            {"number": outcome.number, **outcome.stats}
            for outcome in outcomes
            if outcome.stats is not None
        ]
        keep_table(self.folder / "predictive.parquet", pd.DataFrame(rows))

    def identifiability(
        self, result: Any, choice: Any, sobol: pd.DataFrame,
        names: Mapping[str, tuple[str, str]],
    ) -> pd.DataFrame:  # fmt: skip
        """What the targets said of each parameter."""
        from calibration.fit.identify import identifiability

        self.runner.stage("identifiability", 0)
        found = identifiability(
            pd.DataFrame(result.adjusted.z, columns=result.fitted),
            np.asarray(result.adjusted.weights), self.simulator.table,
            choice=None if choice is None else choice.frame, sobol=sobol, names=names,
        )  # fmt: skip
        keep_table(self.folder / "identifiability.csv", found)
        return found

    # --- what the folder says --------------------------------------------------------------------

    def _drop(self, stats: pd.DataFrame) -> None:
        self.targets, left = simulated_targets(self.targets, stats, self.asked.scenario)
        self.left_out = (*self.left_out, *left)
        if not self.targets.targets:
            why = "; ".join(f"{key}: {reason}" for key, reason in left)
            raise FitError(f"no target has a number in the runs ({why})")

    def _labels(self, fitted: list[str]) -> Mapping[str, tuple[str, str]]:
        from calibration.fit.labels import statistic_names, write_labels

        write_labels(self.folder, self.simulator.table, self.targets, fitted)
        return statistic_names(self.targets.keys)
