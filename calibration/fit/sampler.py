"""A sampler for pyABC whose result does not depend on how many workers there are.

pyABC's own parallel samplers give another posterior in every run: which candidates are counted
depends on which are finished first, and all draw from one generator. Here candidate n of
generation t is a function of (seed, t, n). The driver proposes candidates in order of number,
workers simulate them in waves, the driver judges them in order of number, and those with the
lowest numbers are taken, until there are enough. What a wave has simulated beyond the last one
needed is not counted and stays in the cache.

pyABC mixes proposal, simulation and judgement in one function, `simulate_one`. Its three steps
are called singly here, with the arguments that pyABC has bound to it. Proposals come from numpy's
global generator (pyABC knows no other): it is seeded anew for each candidate, and put back to what
it was at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyabc import Parameter
from pyabc.inference_util import evaluate_proposal, generate_valid_proposal
from pyabc.model import Model, ModelResult
from pyabc.population import Sample
from pyabc.sampler import Sampler

from calibration.fit.draws import numpy_seed
from calibration.fit.table import MOST

__all__ = ["Candidate", "LookUp", "NumberedSampler", "Progress", "kept_numpy_state"]

PROPOSAL = ("t", "m", "p", "model_prior", "parameter_priors", "model_perturbation_kernel",
            "transitions")  # fmt: skip
JUDGEMENT = ("t", "models", "summary_statistics", "distance_function", "eps", "acceptor", "x_0",
             "weight_function", "proposal_id")  # fmt: skip

Summaries = dict[str, float]


@dataclass(frozen=True)
class Candidate:
    """A proposal. number: that of its simulation, over all generations. z: {parameter: z}."""

    number: int
    z: dict[str, float]


@dataclass(frozen=True)
class Progress:
    """How far a generation is: for a progress bar.

    simulations: counted in all generations so far, `most` of them at most. rate: acceptance rate
    of this generation. epsilon: distance that is accepted.
    """

    generation: int
    accepted: int
    population: int
    simulations: int
    most: float
    failed: int
    rate: float
    epsilon: float


class LookUp(Model):
    """pyABC's model: gives the summaries that the sampler has put there."""

    def __init__(self) -> None:
        super().__init__("fanpin")
        self.result: Summaries = {}

    def summary_statistics(self, t: int, pars: Any, sum_stat_calculator: Any) -> ModelResult:
        """The summaries of the candidate that is being judged."""
        return ModelResult(sum_stat=self.result)


@contextmanager
def kept_numpy_state() -> Iterator[None]:
    """Puts numpy's global generator back as it was."""
    before = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


class NumberedSampler(Sampler):
    """Takes the accepted candidates with the lowest numbers.

    first: the candidates of generation 0 with their summaries; they are simulated already.
    simulate: gives for candidates, in their order, the summaries, or None where it failed.
    budget: called for the number of simulations that may still be counted. report: progress.

    A generation that would need more candidates than the budget or pyABC's lowest acceptance rate
    allows is given up (`sample.ok` False), `why` says which. Failed simulations are rejected;
    `failed` counts those of each generation; `numbers` and `taken` are the accepted ones.
    """

    def __init__(
        self,
        seed: int,
        first: Sequence[tuple[Candidate, Summaries]],
        simulate: Callable[[Sequence[Candidate]], Iterable[Summaries | None]],
        budget: Callable[[], float],
        workers: int = 1,
        report: Callable[[Progress], None] | None = None,
    ) -> None:
        super().__init__()
        self.seed, self.first, self.simulate = seed, first, simulate
        self.budget, self.workers, self.report = budget, workers, report
        self.failed: dict[int, int] = {}
        self.numbers: dict[int, list[int]] = {}
        self.taken: dict[int, list[Any]] = {}
        self.counted = 0
        self.why = ""

    def sample_until_n_accepted(
        self, n: int, simulate_one: Any, t: int, *, max_eval: float = np.inf,
        all_accepted: bool = False, ana_vars: Any = None,
    ) -> Sample:  # fmt: skip
        """One generation of n accepted candidates; see pyABC."""
        bound = simulate_one.keywords
        model: LookUp = bound["models"][0]
        judge = {name: bound[name] for name in JUDGEMENT}
        left = self.budget() if t > 0 else np.inf
        most = min(np.floor(max_eval), left) if t > 0 else np.inf
        sample = self._create_empty_sample()
        self.failed[t], self.numbers[t], judged = 0, [], 0
        for candidate, summaries in self._candidates(t, bound, sample, n, most):
            judged += 1
            if summaries is None:
                self.failed[t] += 1
            else:
                model.result = summaries
                particle = evaluate_proposal(0, Parameter(candidate.z), **judge)
                if particle.accepted and sample.n_accepted == n:
                    continue  # a tie at the edge of generation 0
                sample.append(particle)
                if particle.accepted:
                    self.numbers[t].append(candidate.number)
            if self.report:
                self.report(Progress(
                    t, sample.n_accepted, n, self.counted + (judged if t > 0 else 0),
                    self.counted + left, sum(self.failed.values()),
                    sample.n_accepted / judged, float(bound["eps"](t)),
                ))  # fmt: skip
            if t > 0 and sample.n_accepted == n:
                break
        self.taken[t] = sample.accepted_particles
        self.nr_evaluations_ = judged
        self.counted += judged if t > 0 else 0
        if sample.n_accepted < n:
            sample.ok = False
            cause = "budget" if left <= max_eval else "acceptance rate"
            self.why = (f"{cause}: generation {t} had {sample.n_accepted} of {n} particles after "
                        f"{judged} simulations and was given up")  # fmt: skip
        return sample

    def _candidates(
        self, t: int, bound: Mapping[str, Any], sample: Sample, n: int, most: float
    ) -> Iterator[tuple[Candidate, Summaries | None]]:
        """Candidates of generation t with their summaries, in order of number."""
        if t <= 0:
            yield from self.first
            return
        begun = 0
        while begun < most:
            size = int(min(self._wave(begun, sample.n_accepted, n), most - begun))
            with kept_numpy_state():
                wave = [self._propose(t, begun + k, bound) for k in range(size)]
            begun += size
            yield from zip(wave, self.simulate(wave), strict=True)

    def _wave(self, begun: int, accepted: int, n: int) -> int:
        """Size of the next wave: half of what is still needed, so that little is simulated beyond
        the end; whole rounds of the workers, and two at least."""
        rate = max(accepted, 1) / begun if begun else 1.0
        need = math.ceil(0.5 * (n - accepted) / rate)
        return max(2, math.ceil(need / self.workers)) * self.workers

    def _propose(self, t: int, k: int, bound: Mapping[str, Any]) -> Candidate:
        np.random.seed(numpy_seed(self.seed, "candidate", t, k))  # noqa: NPY002
        _, z = generate_valid_proposal(**{name: bound[name] for name in PROPOSAL})
        return Candidate(t * MOST + k, {key: float(value) for key, value in z.items()})
