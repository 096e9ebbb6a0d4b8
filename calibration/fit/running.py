"""What the stages of a calibration share: simulations counted, and when too many have failed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from calibration.fit.cache import Cache, Job, Outcome, run_many

__all__ = ["FailuresError", "Runner", "Watch"]

MOST_FAILED = 0.2
"""Share of failed simulations of a stage above which a calibration stops: when it is surely
above, by two standard errors, so that a few early failures do not end it."""
_FEWEST = 20  # simulations before that share is looked at


class FailuresError(ValueError):
    """Too many simulations failed."""


class Watch(Protocol):
    """Who is told how far a calibration is."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins, of so many simulations (None: not known, 0: none)."""

    def expect(self, total: int) -> None:
        """So many simulations of the stage are known to be wanted by now."""

    def simulated(self, outcome: Outcome, failed: int) -> None:
        """A simulation has ended; failed: how many have failed in this stage."""

    def candidate(self, progress: Any) -> None:
        """A candidate of a generation was judged (a `sampler.Progress`)."""

    def say(self, line: str) -> None:
        """A line to keep."""


class Runner:
    """Simulates for the stages, with one cache, and counts stage by stage."""

    def __init__(
        self, cache: Cache, watch: Watch, workers: int = 1, cluster: str | None = None
    ) -> None:  # fmt: skip
        self.cache, self.watch = cache, watch
        self.workers, self.cluster = workers, cluster
        self.stages: list[dict[str, Any]] = []
        self.errors: Counter[str] = Counter()
        self._began = time.monotonic()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self._began = time.monotonic()
        self.stages.append({"name": name, "simulations": 0, "failed": 0, "seconds": 0.0})
        self.watch.stage(name, total)

    def __call__(
        self, simulator: Any, jobs: Sequence[Job], cache: Any = None, workers: int = 1,
        cluster: str | None = None, progress: Any = None,
    ) -> Iterator[Outcome]:  # fmt: skip
        """`run_many`, counted. FailuresError when more than MOST_FAILED of a stage have failed."""
        now = self.stages[-1]
        self.watch.expect(int(now["simulations"]) + len(jobs))
        for outcome in run_many(simulator, jobs, cache, workers, cluster, progress):
            now["simulations"] += 1
            now["seconds"] = round(time.monotonic() - self._began, 1)
            if outcome.stats is None:
                now["failed"] += 1
                self.errors[outcome.error] += 1
            self.watch.simulated(outcome, now["failed"])
            if now["simulations"] >= _FEWEST:
                self._check(now)
            yield outcome

    def _check(self, now: dict[str, Any]) -> None:
        failed, done = now["failed"], now["simulations"]
        sure = 2.0 * (done * MOST_FAILED * (1.0 - MOST_FAILED)) ** 0.5
        if failed > MOST_FAILED * done + sure:
            first = "\n  ".join(list(self.errors)[:5])
            raise FailuresError(
                f"stopped: {failed} of {done} simulations failed, more than {MOST_FAILED:.0%}. "
                f"The first errors:\n  {first}"
            )

    @property
    def how(self) -> dict[str, Any]:
        """Arguments with which the parts of a fit simulate through it."""
        return {
            "workers": self.workers, "cache": self.cache, "cluster": self.cluster, "run": self,
        }  # fmt: skip

    @property
    def simulations(self) -> int:
        """Simulations of all stages, those found in the cache too."""
        return sum(int(stage["simulations"]) for stage in self.stages)

    @property
    def failed(self) -> int:
        """Of these, failed ones."""
        return sum(int(stage["failed"]) for stage in self.stages)
