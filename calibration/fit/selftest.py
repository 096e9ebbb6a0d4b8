"""Does a fit find what it should? Simulation-based calibration.

Data are simulated at draws from the prior and fitted blind. Then the truth is one more draw from
each posterior: its rank among posterior draws is uniform, a 90 % interval holds it in 90 % of the
data sets, and anything else is a fault of the method (Talts et al. 2018, arXiv:1804.06788).

`sbc` fits each data set from one reference table shared by all (its nearest rows, adjusted), so
hundreds of data sets cost nothing beyond the table. `sequential_selftest` runs the whole
sequential fit on each. The data sets of `sbc` share their rows, and those of both the learned
summaries, so that their hits are a little less than independent; the bands say nothing of that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.adjust import Adjusted, adjust, resample
from calibration.fit.draws import (
    FitError,
    Priors,
    complete_draw,
    noise,
    numpy_seed,
    prior_z,
    priors_of,
    simulation_seed,
)  # fmt: skip
from calibration.fit.engine import StopRules, run_abc
from calibration.fit.learned import learn
from calibration.fit.one_thread import one_thread
from calibration.fit.table import ReferenceTable, default_run

__all__ = ["SbcResult", "judge", "sbc", "sequential_selftest"]

LEVELS = (0.5, 0.9)
DRAWS = 99  # so that a rank is one of 100, which bins of 20, 10, 5 and 4 divide
CONFIDENCE = 0.99  # of the bands, and what is left of it the error of the verdicts over all


@dataclass(frozen=True)
class SbcResult:
    """What the data sets say.

    ranks: `parameter`, `dataset`, `rank` (0 to `draws`), `draws`, and in z: `truth`, `mean`, `sd`
    of the posterior.
    coverage: a row for each parameter and `level`: `covered` of `datasets`, their `share`, the
    range of shares that a calibrated method has with 99 % in this row (`low`, `high`) and in all
    rows together (`low_all`, `high_all`, Bonferroni), `inside`, `inside_all`.
    verdicts: a row a parameter: `uniform_p` (chi-square of the ranks), `bins`, `narrowed` (mean
    posterior sd over the prior's), `verdict` ("calibrated", "too narrow", "too wide", "shifted").
    """

    ranks: pd.DataFrame
    coverage: pd.DataFrame
    verdicts: pd.DataFrame
    notes: list[str]

    @property
    def passed(self) -> bool:
        """Whether every parameter is calibrated as far as these data sets can tell."""
        return bool((self.verdicts["verdict"] == "calibrated").all())

    def write(self, folder: str | Path, name: str = "") -> None:
        """Write `ranks.parquet`, `coverage.csv` and `verdicts.csv`, with NAME- before them."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lead = f"{name}-" if name else ""
        for stem, frame in (("ranks.parquet", self.ranks), ("coverage.csv", self.coverage),
                            ("verdicts.csv", self.verdicts)):  # fmt: skip
            part = folder / f"{lead}{stem}.part"
            if stem.endswith("parquet"):
                frame.to_parquet(part, index=False)
            else:
                frame.to_csv(part, index=False)
            os.replace(part, folder / f"{lead}{stem}")


@one_thread()
def sbc(
    table: ReferenceTable, targets: Any, n_data: int = 200, *, share: float = 0.2,
    heteroscedastic: bool = False, seed: int = 1,
) -> SbcResult:  # fmt: skip
    """Calibration from one table: each of its first n_data rows is data once.

    targets: has `keys` and `error`; what was observed plays no part. share: of the other rows,
    the nearest that are accepted. Every row's summaries come from regressions that have not seen
    it (see `learned`): with summaries learned on the rows themselves, intervals are too narrow.
    """
    if not 20 <= n_data <= len(table) // 2:
        raise FitError(f"a self-test from a table of {len(table)} simulations can have 20 to "
                       f"{len(table) // 2} data sets, not {n_data}")  # fmt: skip
    learned = learn(table, targets.keys, targets.error)
    middle = np.median(learned.own, axis=0)
    scale = np.median(np.abs(learned.own - middle), axis=0)
    scaled = learned.own / np.where(scale > 0, scale, 1.0)
    accepted = max(2, round(share * (len(table) - 1)))
    fits = []
    for i in range(n_data):
        distance = np.sqrt(((scaled - scaled[i]) ** 2).sum(axis=1))
        distance[i] = np.inf
        near = np.argsort(distance, kind="stable")[:accepted]
        fits.append(adjust(table.z[near], np.ones(accepted), learned.own[near], learned.own[i],
                           distances=distance[near], heteroscedastic=heteroscedastic))  # fmt: skip
    return judge(table.fitted, table.z[:n_data], fits, seed, list(learned.notes))


def sequential_selftest(
    simulator: Any,
    targets: Any,
    table: ReferenceTable,
    *,
    seed: int,
    n_data: int = 20,
    population: int = 100,
    stop: StopRules | None = None,
    priors: Priors | None = None,
    heteroscedastic: bool = False,
    workers: int = 1,
    cache: Any = None,
    cluster: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    run: Callable[..., Iterable[Any]] | None = None,
) -> SbcResult:
    """Calibration of the whole sequential fit on n_data data sets simulated at prior draws.

    table: of the same simulator and fitted parameters; its learned summaries and its rows as first
    generation are shared by all data sets. Truths, data and later generations have seeds of their
    own. progress: called with (data sets done, in all). A truth whose simulation fails is replaced
    by the next one. The rest is as in `run_abc`.
    """
    if n_data < 4:
        raise FitError(f"a self-test needs at least 4 data sets, not {n_data}")
    fitted = table.fitted
    priors = priors_of(simulator, fitted) if priors is None else priors
    run = default_run() if run is None else run
    learned = learn(table, targets.keys, targets.error)
    own = numpy_seed(seed, "data sets")
    jobs = [(k, complete_draw(priors, own, k), simulation_seed(own, k)) for k in range(2 * n_data)]
    truths, fits, notes = [], [], []
    for outcome in run(simulator, jobs, cache, workers, cluster=cluster):
        if outcome.stats is None:
            notes.append(f"data set {outcome.number} could not be simulated: {outcome.error}")
            continue
        data = _Data.of(targets, outcome.stats, own, outcome.number)
        whole = len(data.keys) == len(targets.keys)  # else summaries of what the data have
        found = run_abc(
            simulator, data, fitted, seed=numpy_seed(seed, "fit", outcome.number), stop=stop,
            population=population, table=table, learned=learned if whole else None, priors=priors,
            heteroscedastic=heteroscedastic, workers=workers, cache=cache, cluster=cluster, run=run,
        )  # fmt: skip
        truths.append(prior_z(own, fitted, outcome.number))
        fits.append(found.adjusted)
        if progress:
            progress(len(fits), n_data)
        if len(fits) == n_data:
            break
    if len(fits) < n_data:
        raise FitError(f"only {len(fits)} of {2 * n_data} truths could be simulated. {notes[-1]}")
    return judge(fitted, np.array(truths), fits, seed, list(learned.notes) + notes)


@dataclass(frozen=True)
class _Data:
    """Simulated data in the place of targets: those that the run had a number for."""

    keys: Sequence[str]
    observed: np.ndarray
    error: np.ndarray

    @classmethod
    def of(cls, targets: Any, stats: dict[str, float], seed: int, number: int) -> _Data:
        error = np.asarray(targets.error, float)
        values = np.array([stats.get(key, np.nan) for key in targets.keys], float)
        errors = noise(seed, [number], list(targets.keys), error)[0]
        have = np.isfinite(values)
        keys = [key for key, there in zip(targets.keys, have, strict=True) if there]
        return cls(keys, (values + errors)[have], error[have])


def judge(
    fitted: Sequence[str], truth: np.ndarray, fits: Sequence[Adjusted], seed: int = 1,
    notes: Sequence[str] = (),
) -> SbcResult:  # fmt: skip
    """Ranks, coverage and verdicts of fits [datasets] against the truth [datasets, k] in z."""
    rows = []
    for i, fit in enumerate(fits):
        draws = fit.z[resample(fit.weights, DRAWS, numpy_seed(seed, "ranks", i))]
        mean = fit.weights @ fit.z
        sd = np.sqrt(fit.weights @ (fit.z - mean) ** 2)
        below = (draws < truth[i]).sum(axis=0)
        rows += [(key, i, int(below[j]), DRAWS, truth[i, j], mean[j], sd[j])
                 for j, key in enumerate(fitted)]  # fmt: skip
    columns = ["parameter", "dataset", "rank", "draws", "truth", "mean", "sd"]
    ranks = pd.DataFrame(rows, columns=columns)
    coverage = _coverage(ranks)
    verdicts = pd.DataFrame([_verdict(key, ranks, coverage, len(fitted)) for key in fitted])
    return SbcResult(ranks, coverage, verdicts, list(notes))


def _coverage(ranks: pd.DataFrame) -> pd.DataFrame:
    """Central intervals: the truth lies in the one of level q if its rank is among the middle
    (draws + 1) q ranks, which has probability q exactly."""
    from scipy.stats import binom

    of_all = len(LEVELS) * ranks["parameter"].nunique()
    rows = []
    for (key, level), group in (
        ((key, level), group) for key, group in ranks.groupby("parameter", sort=False)
        for level in LEVELS
    ):  # fmt: skip
        n = len(group)
        places = (group["rank"] + 0.5) / (group["draws"] + 1)
        covered = int((abs(places - 0.5) < level / 2).sum())
        low, high = binom.interval(CONFIDENCE, n, level)
        low_all, high_all = binom.interval(1 - (1 - CONFIDENCE) / of_all, n, level)
        rows.append({
            "parameter": key, "level": level, "covered": covered, "datasets": n,
            "share": covered / n, "low": low / n, "high": high / n, "low_all": low_all / n,
            "high_all": high_all / n, "inside": bool(low <= covered <= high),
            "inside_all": bool(low_all <= covered <= high_all),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _verdict(key: str, ranks: pd.DataFrame, coverage: pd.DataFrame, k: int) -> dict[str, Any]:
    from scipy.stats import chisquare

    own = ranks[ranks["parameter"] == key]
    bins = next((b for b in (20, 10, 5) if len(own) >= 10 * b), 4)
    counts = np.bincount(own["rank"] * bins // (DRAWS + 1), minlength=bins)
    p = float(chisquare(counts).pvalue)
    outside = coverage[(coverage["parameter"] == key) & ~coverage["inside_all"]]
    if (outside["share"] < outside["low_all"]).any():
        verdict = "too narrow"
    elif len(outside):
        verdict = "too wide"
    else:
        verdict = "shifted" if p < (1 - CONFIDENCE) / k else "calibrated"
    return {"parameter": key, "uniform_p": p, "bins": bins, "narrowed": float(own["sd"].mean()),
            "verdict": verdict}  # fmt: skip
