"""The bite test: each clause of the plan switched off alone, against the full plan.

Both runs meet the same chances (common random numbers), so that what differs between them is the
clause. A county in a run is a unit: for each clause the difference of two indicators, the
clause's own and one of persons or households downstream of it (scenarios/data/clauses/), is taken
in every county and seed; it bites if the mean difference has the stated sign and is more than
`BEYOND` standard errors from zero. A clause whose effect is honestly near zero says so (`small`),
and is held to that instead: downstream it must move by less than `TINY` of the level.

How relapse moves is given for every clause, with its standard error, biting or not.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd

from scenarios.clauses import Clause, clauses
from scenarios.run import Past, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.parameters import Parameters
from sim.world.world import Population

__all__ = ["BEYOND", "TINY", "Bite", "bite", "clauses_to_bite"]

BEYOND = 2.33
"""Standard errors that count as more than noise: one in a hundred by chance, one-sided."""

TINY = 0.02
"""Share of an indicator's level below which an effect counts as near zero."""

PART = 6
"""Clauses that a worker takes at once."""

Call = tuple[int, tuple[str, ...], int, int]
"""What tells one call from another: its time, its clauses, the usual last month, the very last."""

RELAPSE = "relapses_true"
FIRST_YEAR = 2018


@dataclass(frozen=True)
class Bite:
    """What switching one clause off showed; effects are with the clause minus without it."""

    clause: str
    own: str
    own_sign: str
    own_level: float
    own_effect: float
    own_error: float
    moves: str
    moves_sign: str
    moves_level: float
    moves_effect: float
    moves_error: float
    relapse_level: float
    relapse_effect: float
    relapse_error: float
    small: str
    verdict: str

    @property
    def passes(self) -> bool:
        """Whether it is as the clause's file says."""
        return self.verdict in ("bites", "small, as stated")


def clauses_to_bite(names: Iterable[str] = ()) -> list[str]:
    """The switchable clauses (or those named, or of the sections named) in the plan's order."""
    plan = load_scenario("plan").clauses
    wanted = set(names)
    found = [
        one.id
        for one in clauses().values()
        if one.switchable and one.id in plan and (not wanted or {one.id, one.group} & wanted)
    ]
    return sorted(found, key=list(clauses()).index)


def bite(
    load: Callable[[], Population],
    names: Sequence[str],
    *,
    seeds: int = 4,
    until: str = "2020-12",
    jobs: int = 1,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Bite]:
    """Switch off each clause alone and see what moves.

    load: gives the population; called once in each worker and seed. seeds: runs of each clause;
    each is compared with the full plan of the same seed. A clause that acts later names its own
    horizon.
    """
    last = max([month_index(until), *(_horizon(clauses()[n], month_index(until)) for n in names)])
    call = (time.monotonic_ns(), tuple(names), month_index(until), last)
    parts = [names[k : k + PART] for k in range(0, len(names), PART)]
    work = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(
        joblib.delayed(_some)(load, part, model_seed(seed, k), call)
        for k in range(seeds)
        for part in parts
    )
    differences: dict[str, list[dict[str, np.ndarray]]] = {name: [] for name in names}
    done = 0
    for some in work:
        for name, one in some.items():
            differences[name].append(one)
            done += 1
        if progress is not None:
            progress(done, len(names) * seeds)
    return [_judge(clauses()[name], differences[name]) for name in names]


def as_table(bites: Sequence[Bite]) -> pd.DataFrame:
    """One row a clause."""
    return pd.DataFrame([asdict(one) for one in bites])


def _some(
    load: Callable[[], Population], names: Sequence[str], seed: int, call: Call
) -> dict[str, dict[str, np.ndarray]]:
    told = clauses()
    past, whole, base = _common(load, seed, call)
    found = {}
    for name in names:
        end = _horizon(told[name], call[2])
        less = Parameters(
            whole.values, whole.tables,
            {one: series for one, series in whole.clauses.items() if one != name}, whole.first,
        )  # fmt: skip
        without = _levels(past, less, end, [name])
        found[name] = {key: np.array([base[end][key], without[key]]) for key in _keys(told[name])}
    gc.collect()  # a model and its agents hold each other, and its columns are large
    return found


_kept: dict[tuple[Call, int], tuple[Past, Parameters, dict[int, dict[str, Any]]]] = {}
"""The past and the full plan of the seed that this process is at."""


def _common(
    load: Callable[[], Population], seed: int, call: Call
) -> tuple[Past, Parameters, dict[int, dict[str, Any]]]:
    """The past of a seed and the full plan's indicators by horizon: once a process and seed."""
    if (call, seed) not in _kept:
        _, names, until, last = call
        past = Past(load(), {}, seed, until=last)
        whole = resolve(load_scenario("plan"), {}, last)
        ends = sorted({_horizon(clauses()[name], until) for name in names})
        _kept.clear()
        _kept[call, seed] = (past, whole, {end: _levels(past, whole, end, names) for end in ends})
    return _kept[call, seed]


def _horizon(clause: Clause, until: int) -> int:
    return month_index(clause.horizon) if clause.horizon else until


def _keys(clause: Clause) -> list[str]:
    return list(dict.fromkeys([clause.own["indicator"], clause.moves["indicator"], RELAPSE]))


def _levels(past: Past, parameters: Parameters, end: int, names: Sequence[str]) -> dict[str, Any]:
    """The indicators' means over the years of the plan, by county; one of the province alone stands
    in the last place, and the counties are not known."""
    model = past.model.branch(parameters, until=end)
    wanted = {key for name in names for key in _keys(clauses()[name])}
    plain = {key.split(":")[0] for key in wanted}
    model.record_only(plain)
    model.run()
    rows = [
        row for row in model.recorder.rows
        if row[3] in plain and row[1] >= FIRST_YEAR and row[2] in (0, 12)
    ]  # fmt: skip
    codes = [*(int(code) for code in model.world.county.code), 0]
    place = {code: k for k, code in enumerate(codes)}
    sums = {key: np.zeros((2, len(codes))) for key in wanted}
    for county, _, _, name, group, value in rows:
        key = f"{name}:{group}" if group else name
        if key in sums:
            sums[key][:, place[county]] += (value, 1.0)
    unknown = [key for key, (_, count) in sums.items() if not count.any()]
    if unknown:
        raise KeyError(f"no run records the indicator {', '.join(sorted(unknown))}")
    for _, count in sums.values():
        if count[:-1].any():
            count[-1] = 0.0
    return {
        key: np.divide(total, count, out=np.full(len(codes), np.nan), where=count > 0)
        for key, (total, count) in sums.items()
    }


def _judge(clause: Clause, pairs: list[dict[str, np.ndarray]]) -> Bite:
    own = _effect([pair[clause.own["indicator"]] for pair in pairs])
    moves = _effect([pair[clause.moves["indicator"]] for pair in pairs])
    relapse = _effect([pair[RELAPSE] for pair in pairs])
    acts = _beyond(own, clause.own["sign"])
    if clause.small:
        near = abs(moves[1]) <= max(TINY * abs(moves[0]), BEYOND * moves[2])
        verdict = "small, as stated" if acts and near else "larger than stated"
        verdict = verdict if acts else "its own does not move"
    else:
        bites = _beyond(moves, clause.moves["sign"])
        verdict = "bites" if acts and bites else "nothing downstream moves"
        verdict = verdict if acts else "its own does not move"
    return Bite(
        clause.id, clause.own["indicator"], clause.own["sign"], *own,
        clause.moves["indicator"], clause.moves["sign"], *moves, *relapse, clause.small, verdict,
    )  # fmt: skip


def _effect(pairs: list[np.ndarray]) -> tuple[float, float, float]:
    """Level, mean difference over counties and seeds, and its standard error."""
    with_it = np.concatenate([pair[0] for pair in pairs])
    without = np.concatenate([pair[1] for pair in pairs])
    known = np.isfinite(with_it) & np.isfinite(without)
    difference = with_it[known] - without[known]
    if not difference.size:
        return 0.0, 0.0, 0.0
    error = float(difference.std(ddof=1) / np.sqrt(difference.size)) if difference.size > 1 else 0.0
    return float(with_it[known].mean()), float(difference.mean()), error


def _beyond(effect: tuple[float, float, float], sign: str) -> bool:
    _, mean, error = effect
    directed = mean if sign == "+" else -mean
    return directed > 0 and directed > BEYOND * error
