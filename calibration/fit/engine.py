"""The sequential fit: pyABC's ABC-SMC on learned summaries, with regression adjustment.

What is pyABC's: the sequence of generations, the adaptive distance (Prangle 2017), the weights, the
history in SQLite. What is our own: the sampler (`sampler`: the same posterior with any number of
workers), the proposals (`proposal`), and going on after a kill. pyABC can resume, but it loses
the generation that was open, and the scale of its adaptive distance, which needs the rejected
particles that no history keeps; so a resumed fit would end elsewhere. Here a fit that is called
again runs from its beginning and finds its simulations in the cache: seconds, and the same bits.
The bits are those of one machine and one set of libraries.

Generation 0 is the reference table: its nearest `population` rows, nothing is simulated again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.fit.draws import (
    FitError,
    Priors,
    complete_draw,
    noise,
    numpy_seed,
    priors_of,
    simulation_seed,
)  # fmt: skip
from calibration.fit.learned import Learned, learn
from calibration.fit.one_thread import one_thread
from calibration.fit.particles import AbcResult, Particles, posterior_draws
from calibration.fit.table import MOST, ReferenceTable, default_run, reference_table

__all__ = ["AbcResult", "StopRules", "run_abc"]

FIRST_RATE = 0.25  # acceptance rate expected of generation 1: so it was in 2 and 8 dimensions
ENOUGH = 1.2  # a generation is begun if this times the simulations it should need are left


@dataclass(frozen=True)
class StopRules:
    """When a fit ends. The first one that applies is said in the result.

    generations: beyond the reference table. acceptance: lowest acceptance rate. simulations: most
    in all generations, the table apart. minutes: no generation is begun after it; the only rule
    that makes the result depend on the machine, so rather bound the simulations. noise_floor: end
    when the accepted distance is less than what chance and errors of observation make between
    simulations of the same parameters: nearer ones are no better.
    """

    generations: int = 6
    acceptance: float = 0.02
    simulations: int | None = None
    minutes: float | None = None
    noise_floor: bool = True


def run_abc(
    simulator: Any,
    targets: Any,
    fitted: Sequence[str],
    *,
    seed: int,
    population: int = 200,
    generations: int = 6,
    stop: StopRules | None = None,
    table: ReferenceTable | int | None = None,
    learned: Learned | None = None,
    priors: Priors | None = None,
    heteroscedastic: bool = False,
    workers: int = 1,
    cache: Any = None,
    cluster: str | None = None,
    db: str | Path | None = None,
    progress: Callable[[Any], None] | None = None,
    run: Callable[..., Iterable[Any]] | None = None,
) -> AbcResult:
    """Fit the parameters `fitted` to `targets` (with `keys`, `observed`, `error`).

    population: particles of a generation. stop: rules (default: `generations` and those of
    StopRules). table: a reference table, or how many simulations to make one of (default 5
    populations). learned: what was learned on it, if it is known already. db: file of pyABC's
    history (default: none is kept); written beside and renamed at the end. progress: called with
    a `sampler.Progress` after each candidate.
    The same arguments give the same result, whatever `workers` and `cluster`.
    FitError for what can not be fitted.
    """
    began = time.monotonic()
    stop = StopRules(generations) if stop is None else stop
    priors = priors_of(simulator, fitted) if priors is None else priors
    run = default_run() if run is None else run
    with one_thread():
        if table is None or isinstance(table, int):
            table = reference_table(
                simulator, fitted, table or 5 * population, seed, priors=priors, workers=workers,
                cache=cache, cluster=cluster, run=run,
            )  # fmt: skip
        _check_observed(targets)
        table = table if table.fitted == list(fitted) else table.for_fitted(fitted)
        if not 2 * len(fitted) + 2 <= population <= len(table):
            raise FitError(f"the population must be from {2 * len(fitted) + 2} (for {len(fitted)} "
                           f"parameters) to {len(table)} (the simulations of the reference table),"
                           f" not {population}")  # fmt: skip
        job = _Job(simulator, targets, list(fitted), seed, population, stop, table,
                   learned or learn(table, targets.keys, targets.error), priors, run,
                   workers, cache, cluster, progress)  # fmt: skip
        return job.result(db, began, heteroscedastic)


def _check_observed(targets: Any) -> None:
    missing = [key for key, value in zip(targets.keys, targets.observed, strict=True)
               if not np.isfinite(value)]  # fmt: skip
    if missing:
        raise FitError(f"targets without a value: {', '.join(missing)}. Leave their rows out")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without pyABC's own log."""
    log = logging.getLogger("ABC")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


@dataclass
class _Job:
    simulator: Any
    targets: Any
    fitted: list[str]
    seed: int
    population: int
    stop: StopRules
    table: ReferenceTable
    learned: Learned
    priors: Priors
    run: Callable[..., Iterable[Any]]
    workers: int
    cache: Any
    cluster: str | None
    progress: Callable[[Any], None] | None

    def result(self, db: str | Path | None, began: float, heteroscedastic: bool) -> AbcResult:
        from calibration.fit.sampler import Candidate, NumberedSampler, kept_numpy_state

        observed = self.learned(self.targets.observed)[0]
        table = self.table
        # the scale is that of the spread between the table's rows, as pyABC's own first one
        scale = np.median(np.abs(self.learned.own - np.median(self.learned.own, 0)), 0)
        scale = np.where(scale > 0, scale, 1.0)
        distance = np.sqrt((((self.learned.own - observed) / scale) ** 2).sum(axis=1))
        first = [
            (Candidate(int(number), dict(zip(self.fitted, map(float, z), strict=True))),
             dict(zip(self.fitted, map(float, own), strict=True)))
            for number, z, own in zip(table.numbers, table.z, self.learned.own, strict=True)
        ]  # fmt: skip
        sampler = NumberedSampler(self.seed, first, self._simulate, lambda: self._left(sampler),
                                  self.workers, self.progress)  # fmt: skip
        epsilon = float(np.sort(distance)[self.population - 1]) * (1 + 1e-12)
        with _quiet(), kept_numpy_state():
            abc, file = self._prepare(sampler, observed, 1.0 / scale, epsilon, db)
            reason, by_clock = self._generations(abc, sampler, began)
            found = Particles.of(
                abc, sampler, self.fitted, lambda t: self._floor(abc.distance_function, t)
            )
            abc.history.done()
        if file is not None:
            file.replace(str(db))
        adjusted = found.adjusted(self.fitted, observed, heteroscedastic)
        draws, posterior = posterior_draws(
            found, adjusted, self.fitted, self.priors, self._complete
        )
        return AbcResult(
            self.fitted, found.frame, found.summaries, observed, adjusted, draws, posterior,
            found.generations, self.learned, sampler.counted, sum(sampler.failed.values()),
            adjusted.size, reason, by_clock, self._notes(adjusted.note), time.monotonic() - began,
        )  # fmt: skip

    def _notes(self, more: str) -> list[str]:
        notes = list(self.learned.notes)
        notes += self.learned.columns.out_of_reach(self.targets.observed)
        if self.table.failed:
            notes.append(f"{len(self.table.failed)} simulations of the reference table failed: the "
                         f"prior is that of parameters at which the model runs")  # fmt: skip
        return [*notes, more] if more else notes

    def _complete(self, number: int, z: dict[str, float]) -> dict[str, float]:
        """The complete draw of a candidate, of the table or of a later generation."""
        seed = self.table.seed if number < MOST else self.seed
        return complete_draw(self.priors, seed, number, z)

    def _prepare(
        self, sampler: Any, observed: np.ndarray, weights: np.ndarray, epsilon: float,
        db: str | Path | None,
    ) -> tuple[Any, Path | None]:  # fmt: skip
        import pyabc

        from calibration.fit.proposal import WideNormal
        from calibration.fit.sampler import LookUp

        named = dict(zip(self.fitted, map(float, weights), strict=True))
        prior = pyabc.Distribution(**{key: pyabc.RV("norm", 0, 1) for key in self.fitted})
        abc = pyabc.ABCSMC(
            LookUp(), prior,
            pyabc.AdaptivePNormDistance(p=2, initial_scale_weights=named),
            population_size=self.population, sampler=sampler,
            transitions=WideNormal(),
            eps=pyabc.QuantileEpsilon(initial_epsilon=epsilon, alpha=0.5),
        )  # fmt: skip
        file = None if db is None else Path(f"{db}.part")
        if file is not None:
            file.unlink(missing_ok=True)
        address = "sqlite://" if file is None else f"sqlite:///{file.absolute()}"
        abc.new(address, dict(zip(self.fitted, map(float, observed), strict=True)))
        abc.initialize_components_before_run(
            minimum_epsilon=0.0, max_nr_populations=self.stop.generations + 1,
            min_acceptance_rate=self.stop.acceptance, max_total_nr_simulations=np.inf,
            max_walltime=None, min_eps_diff=0.0,
        )  # fmt: skip
        return abc, file

    def _generations(self, abc: Any, sampler: Any, began: float) -> tuple[str, bool]:
        """Run generations until a rule applies; (why it ended, whether it was the clock)."""
        t = 0
        while True:
            np.random.seed(numpy_seed(self.seed, "generation", t))  # noqa: NPY002
            done = abc.run_generation(t)
            if not done["successful"]:
                return sampler.why, False
            rate = done["acceptance_rate"]
            floor = self._floor(abc.distance_function, t)
            if self.stop.noise_floor and abc.eps(t) <= floor:
                return (f"noise floor: distance {abc.eps(t):.3g} is within what chance and errors "
                        f"make, {floor:.3g}"), False  # fmt: skip
            if t == self.stop.generations:
                return f"all {t} generations done", False
            if t > 0 and rate < self.stop.acceptance:
                return f"acceptance rate {rate:.3f} is below {self.stop.acceptance:g}", False
            if self._left(sampler) < ENOUGH * self.population / (rate if t else FIRST_RATE):
                return (f"budget: the {self._left(sampler):.0f} simulations left are too few for "
                        f"another generation"), False  # fmt: skip
            minutes = (time.monotonic() - began) / 60
            if self.stop.minutes is not None and minutes >= self.stop.minutes:
                return (f"time: {minutes:.0f} minutes passed; with another computer or more workers"
                        f" it would have ended elsewhere"), True  # fmt: skip
            t += 1

    def _left(self, sampler: Any) -> float:
        most = self.stop.simulations
        return np.inf if most is None else float(max(0, most - sampler.counted))

    def _floor(self, distance: Any, t: int) -> float:
        return float(np.sqrt(((distance.get_weights(t) * self.learned.noise) ** 2).sum()))

    def _simulate(self, wave: Sequence[Any]) -> Iterator[dict[str, float] | None]:
        """Summaries of candidates as observed; None for those that failed."""
        keys, error = list(self.targets.keys), self.targets.error
        jobs = [(c.number, self._complete(c.number, c.z), simulation_seed(self.seed, c.number))
                for c in wave]  # fmt: skip
        for outcome in self.run(self.simulator, jobs, self.cache, self.workers,
                                cluster=self.cluster):  # fmt: skip
            if outcome.stats is None:
                yield None
                continue
            stats = np.array([outcome.stats.get(key, np.nan) for key in keys], float)
            stats += noise(self.seed, [outcome.number], keys, error)[0]
            summaries = self.learned(stats)[0]
            yield dict(zip(self.fitted, map(float, summaries), strict=True))
