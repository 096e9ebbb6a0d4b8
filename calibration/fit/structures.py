"""Which structure of the model do the data prefer? Reference tables of the same size, compared.

The structures (for example where the exit quota comes from) are equally likely beforehand. A
multinomial logistic regression learns to tell the tables apart from all statistics; its log odds
are the summaries (Prangle et al. 2014, Aust. N. Z. J. Stat. 56(1)). Among the simulations nearest
to the data in these, a second, weighted one gives the probabilities at the data (Beaumont 2008).
The same is done to each of a few hundred simulations of known structure: how often the right one
is the most probable says whether the statistics can tell the structures apart at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.draws import FitError
from calibration.fit.learned import FOLDS, Columns
from calibration.fit.one_thread import one_thread
from calibration.fit.table import ReferenceTable

__all__ = ["CAVEAT", "StructureResult", "compare_structures", "words"]

CAVEAT = {
    "en": "These probabilities hold for the statistics used, not for the data as a whole: "
    "summaries that are good for parameters may lose what tells two models apart, and how much is "
    "lost is not known (Robert et al. 2011, PNAS 108(37)). They also depend on the priors of all "
    "parameters. Read them beside the share of known structures recognised.",
    "zh": "这些概率只对所用的统计量成立，而非对全部数据成立：适合估计参数的统计量"
    "可能丢失区分模型的信息，且损失多少无从得知（Robert 等，2011，PNAS 108(37)）。"
    "它们还取决于全部参数的先验。"
    "请与“已知结构的识别率”一并阅读。",
}

STRENGTH = ((1.0, "nothing to speak of"), (3.0, "some"), (5.0, "strong"))


@dataclass(frozen=True)
class StructureResult:
    """Structures, most probable first.

    frame: `structure`, `probability`, `log_bayes_factor` (natural, of the best against this one),
    `evidence` (in words), `recognised` (share of its own simulations given to it), `simulations`.
    confusion: rows: true structure, columns: most probable one, shares of a row.
    recognised: share of all known ones recognised; by chance it would be 1 / structures.
    told_apart: whether that is clearly more than chance.
    """

    frame: pd.DataFrame
    confusion: pd.DataFrame
    recognised: float
    told_apart: bool
    notes: list[str]


def words(log_bayes_factor: float, told_apart: bool = True) -> str:
    """A Bayes factor in words, by the steps of Kass & Raftery (1995): 3, 20, 150."""
    if not told_apart:
        return "the statistics can not tell"
    for most, text in STRENGTH:
        if log_bayes_factor <= most:
            return f"{text} against it"
    return "very strong against it"


@one_thread()
def compare_structures(
    tables: Mapping[str, ReferenceTable], targets: Any, *, share: float = 0.2, tests: int = 200
) -> StructureResult:
    """Probabilities of structures, each with a reference table made with the same seed.

    targets: `keys`, `observed`, `error`. share: of all simulations, the nearest to the data that
    the second regression sees. tests: simulations of known structure (spread over all).
    FitError for fewer than two structures or tables of fewer than 50 simulations.
    """
    names = list(tables)
    size = min((len(table) for table in tables.values()), default=0)
    if len(names) < 2 or size < 50:
        raise FitError(
            f"structures are compared from two or more reference tables of at least 50 simulations "
            f"each; there are {len(names)}, the smallest of {size}"
        )
    heads = [tables[name].head(size) for name in names]
    data = np.vstack([t.observed(targets.keys, targets.error) for t in heads])
    truth = np.repeat(np.arange(len(names)), size)
    fold = np.concatenate([t.numbers for t in heads]) % FOLDS  # one draw, one fold, everywhere
    columns = Columns.of(targets.keys, data)
    x = columns.scaled(data)
    odds, learned = _odds(x, truth, fold, columns.scaled(targets.observed[None, :]))
    accepted = max(10 * len(names), round(share * len(odds)))
    probability = _at(odds, truth, learned[0], accepted, len(names))
    guess, chosen = [], np.linspace(0, len(odds) - 1, min(tests, len(odds))).astype(int)
    for i in chosen:
        others = fold != fold[i]
        found = _at(odds[others], truth[others], odds[i], accepted, len(names))
        guess.append(int(found.argmax()))
    return _result(names, size, probability, truth[chosen], np.array(guess),
                   columns.notes + columns.out_of_reach(targets.observed))  # fmt: skip


def _odds(
    x: np.ndarray, truth: np.ndarray, fold: np.ndarray, observed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log odds of the rows, from regressions that have not seen them, and of the data."""
    from sklearn.linear_model import LogisticRegression

    def logs(p: np.ndarray) -> np.ndarray:
        p = np.clip(p, 1e-6, None)
        return np.log(p[:, 1:] / p[:, :1])

    both = np.hstack([x, x**2 - 1.0])
    seen = np.hstack([observed, observed**2 - 1.0])
    found = np.empty((len(x), truth.max()))
    for f in np.unique(fold):
        inside = fold == f
        fit = LogisticRegression(C=0.1, max_iter=500).fit(both[~inside], truth[~inside])
        found[inside] = logs(fit.predict_proba(both[inside]))
    whole = LogisticRegression(C=0.1, max_iter=500).fit(both, truth)
    return found, logs(whole.predict_proba(seen))


def _at(
    odds: np.ndarray, truth: np.ndarray, where: np.ndarray, accepted: int, number: int
) -> np.ndarray:
    """Probabilities of the structures at `where`, from the rows near it."""
    from sklearn.linear_model import LogisticRegression

    scale = np.maximum(odds.std(axis=0), 1e-9)
    distance = np.sqrt((((odds - where) / scale) ** 2).sum(axis=1))
    near = np.argsort(distance, kind="stable")[:accepted]
    farthest = max(float(distance[near[-1]]), 1e-12)
    weights = np.maximum(1.0 - (distance[near] / farthest) ** 2, 1e-9)
    present = np.unique(truth[near])
    found = np.zeros(number)
    if len(present) == 1:
        found[present] = 1.0
    else:
        fit = LogisticRegression(C=1.0, max_iter=500)
        fit.fit((odds[near] - where) / scale, truth[near], sample_weight=weights)
        found[present] = fit.predict_proba(np.zeros((1, odds.shape[1])))[0]
    floor = 1.0 / (accepted + number)  # so many simulations can not say less
    found = np.maximum(found, floor)
    return found / found.sum()


def _result(
    names: list[str], size: int, probability: np.ndarray, truth: np.ndarray, guess: np.ndarray,
    notes: list[str],
) -> StructureResult:  # fmt: skip
    from scipy.stats import binomtest

    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (truth, guess), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = int(np.trace(counts))
    chance = binomtest(right, len(truth), 1 / len(names), alternative="greater")
    told_apart = bool(chance.pvalue < 0.01)
    best = float(np.log(probability.max()))
    frame = pd.DataFrame({
        "structure": names, "probability": probability,
        "log_bayes_factor": best - np.log(probability),
        "recognised": np.diag(shares), "simulations": size,
    })  # fmt: skip
    frame.insert(3, "evidence", [
        words(b, told_apart) if b > 0 or not told_apart else "the most probable"
        for b in frame["log_bayes_factor"]
    ])  # fmt: skip
    frame = frame.sort_values("probability", ascending=False, kind="stable", ignore_index=True)
    confusion = pd.DataFrame(shares, index=pd.Index(names, name="true"), columns=names)
    return StructureResult(frame, confusion, right / len(truth), told_apart, list(notes))
