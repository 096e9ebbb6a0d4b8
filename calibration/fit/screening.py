"""Which parameters the targets can see: Morris' elementary effects in two steps.

Some 290 parameters are uncertain and one simulation takes about a second, so the parameters are
first moved a whole group (one parameter file) at a time, and then one by one in the groups that
moved anything. Every simulation has the same model seed (common random numbers), so a parameter
that does nothing has an effect of exactly zero; what chance alone does is measured beside it, at
one point under other seeds.

An elementary effect is here the change of a target, in units of its error, over the middle 90 %
of the parameter's prior: the designs of SALib lie in [0, 1], which is mapped to the quantiles
0.05 to 0.95. An effect e on one target would narrow that prior by the factor
1 / sqrt(1 + (e / 3.29)^2), because the middle 90 % are 3.29 standard deviations: an effect of one
error narrows it by 4 %, an effect of three by a quarter. Half an error narrows it by 1 %, and a
dozen such parameters still pull together; below that nothing is seen.

>>> found = screen(simulator, targets, load_parameters(), seed=1, cache=cache)
>>> found.choose(12).parameters  # doctest: +SKIP
['m5_quotas.county_share', 'work.go', ...]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from calibration.fit.choice import SPAN, Choice, choose
from scenarios.parameter import ParameterSpec, ParameterTable
from scenarios.priors import uniform_hash

if TYPE_CHECKING:
    from calibration.fit.targets import Targets

__all__ = ["SPAN", "Screening", "ScreeningError", "elementary_effects", "screen"]

LOWEST, HIGHEST = 0.05, 0.95  # quantiles between which parameters are moved
LEVELS = 4
SEEDS = 12  # simulations of the middle point that measure chance
FLOOR = 0.5  # errors: what moves no target by so much, the data cannot see


class ScreeningError(ValueError):
    """A screening that cannot say anything."""


@dataclass(frozen=True)
class Screening:
    """What a screening found.

    ``frame``: a row for each uncertain parameter: ``parameter``, ``group``, ``level`` ("single",
    or "group" where only its group as a whole was moved, so that the figures are the group's),
    ``mu_star`` (mean size of the effects on the target it moves most), ``mu_star_rms`` (root mean
    square over targets), ``sigma`` (sd of the effects on that target: interactions and
    curvature), ``most_moved_target``, ``noise`` (what chance alone would show for that target),
    ``above_noise``.
    ``effects``: long, by ``name``, ``level`` and ``target``: ``mu``, ``mu_star``, ``sigma``.
    ``noise``: sd of each target between seeds at the middle point, in errors.
    """

    frame: pd.DataFrame
    effects: pd.DataFrame
    noise: pd.Series
    trajectories: tuple[int, int]
    simulations: int
    failed: int

    def choose(self, max_parameters: int = 12) -> Choice:
        """The parameters to fit, each with the reason; the rule is in `calibration.fit.choice`."""
        single = self.effects[self.effects["level"] == "single"]
        chance = single["target"].map(noise_level(self.noise, self.trajectories[1]))
        size = single["mu_star"].where(single["mu_star"] > chance, 0.0)
        clear = single.assign(effect=np.sign(single["mu"]) * size)
        effects = clear.pivot(index="name", columns="target", values="effect")
        effects = effects.reindex(columns=self.noise.index)
        return choose(self.frame, effects, self.noise, max_parameters)


def screen(
    simulator: Any,
    targets: Targets,
    table: ParameterTable,
    *,
    seed: int,
    trajectories: tuple[int, int] = (4, 4),
    seeds: int = SEEDS,
    workers: int = 1,
    cache: Any = None,
    cluster: str | None = None,
    progress: Any = None,
    run: Callable[..., Iterable[Any]] | None = None,
) -> Screening:
    """Screen all uncertain parameters of ``table`` against ``targets``.

    ``trajectories``: walks through the groups, and through the single parameters. Simulations:
    ``seeds + trajectories[0] * (groups + 1) + trajectories[1] * (single parameters + 1)``.
    ``run`` simulates (default: `calibration.fit.cache.run_many`, which computes only what
    ``cache`` lacks); ``workers``, ``cluster`` and ``progress`` go to it. The same arguments give
    the same result. Failed simulations are left out of the means and counted. Raises
    `ScreeningError` where too few walks are asked for or nothing could be simulated.
    """
    if min(trajectories) < 2 or seeds < 3:
        raise ScreeningError(
            f"A screening needs at least 2 walks in each step and 3 seeds to measure chance; "
            f"asked for were {trajectories[0]} and {trajectories[1]} walks and {seeds} seeds."
        )
    simulate = _Simulate(simulator, targets, seed, workers, cache, cluster, progress, run)
    specs = table.uncertain()
    keys = [spec.key for spec in specs]
    middle = {spec.key: _value(spec, 0.5) for spec in specs}
    model_seeds = [
        seed,
        *(int(uniform_hash(seed, "screening", k) * 2**31) for k in range(1, seeds)),
    ]
    still = simulate([middle] * seeds, model_seeds)
    if np.isfinite(still).all(axis=1).sum() < 3:
        raise ScreeningError(
            "The model fails, or misses targets, with every parameter at its prior median, so "
            "nothing can be screened. Simulate that point alone to see why, and leave out "
            "targets that the model does not give."
        )
    noise = pd.Series(np.nanstd(still, axis=0, ddof=1), index=list(targets.keys))

    effects = _step(simulate, specs, middle, {s.key: s.group for s in specs}, trajectories[0], seed)
    effects["level"] = "group"
    by_group = _summary(effects, noise, trajectories[0])
    moving = set(by_group.index[by_group["above_noise"]])
    near = [spec for spec in specs if spec.group in moving]
    single = _step(simulate, near, middle, {s.key: s.key for s in near}, trajectories[1], seed)
    single["level"] = "single"
    by_key = _summary(single, noise, trajectories[1])

    rows = []
    for spec in specs:
        own = spec.key in by_key.index
        found = by_key.loc[spec.key] if own else by_group.loc[spec.group]
        level = "single" if own else "group"
        rows.append({"parameter": spec.key, "group": spec.group, "level": level, **found})
    frame = pd.DataFrame(rows, index=range(len(keys)))
    every = pd.concat([effects, single], ignore_index=True)
    return Screening(frame, every, noise, trajectories, simulate.done, simulate.failed)


class _Simulate:
    """Simulates points and gives their targets in units of the errors, one row a point."""

    def __init__(
        self, simulator: Any, targets: Targets, seed: int, workers: int, cache: Any,
        cluster: str | None, progress: Any, run: Callable[..., Iterable[Any]] | None,
    ):  # fmt: skip
        if run is None:
            from calibration.fit.table import default_run

            run = default_run()
        self.run, self.simulator, self.targets, self.seed = run, simulator, targets, seed
        self.how = {"workers": workers, "cluster": cluster, "progress": progress}
        self.cache = cache
        self.done = self.failed = 0

    def __call__(
        self, points: Sequence[Mapping[str, float]], seeds: Sequence[int] | None = None
    ) -> np.ndarray:
        seeds = [self.seed] * len(points) if seeds is None else seeds
        jobs = [
            (self.done + k, dict(p), s) for k, (p, s) in enumerate(zip(points, seeds, strict=True))
        ]
        out = np.full((len(jobs), len(self.targets.keys)), np.nan)
        error = np.asarray(self.targets.error, dtype=float)
        for outcome in self.run(self.simulator, jobs, self.cache, **self.how):
            if outcome.stats is None:
                self.failed += 1
            else:
                out[outcome.number - self.done] = (
                    np.asarray(self.targets.vector(outcome.stats)) / error
                )
        self.done += len(jobs)
        return out


def _value(spec: ParameterSpec, place: float) -> float:
    assert spec.distribution is not None
    return spec.distribution.quantile(LOWEST + (HIGHEST - LOWEST) * place)


def _step(
    simulate: _Simulate, specs: Sequence[ParameterSpec], middle: Mapping[str, float],
    moved: Mapping[str, str], walks: int, seed: int,
) -> pd.DataFrame:  # fmt: skip
    """Effects of moving what has the same name in ``moved`` together; the rest stands still."""
    from SALib.sample import morris

    columns = ["name", "target", "mu", "mu_star", "sigma"]
    if not specs:
        return pd.DataFrame(columns=columns)
    names = [moved[spec.key] for spec in specs]
    together = len(set(names)) < len(names)
    problem: dict[str, Any] = {
        "num_vars": len(specs),
        "names": [spec.key for spec in specs],
        "bounds": [[0.0, 1.0]] * len(specs),
    } | ({"groups": names} if together else {})
    places = morris.sample(problem, walks, num_levels=LEVELS, seed=seed)
    points = [
        {**middle, **{s.key: _value(s, u) for s, u in zip(specs, place, strict=True)}}
        for place in places.tolist()
    ]
    effects = elementary_effects(places, simulate(points), names)
    rows = []
    for name, found in effects.items():
        for k, target in enumerate(simulate.targets.keys):
            e = found[np.isfinite(found[:, k]), k]
            mean = (e.mean(), np.abs(e).mean(), e.std(ddof=1) if len(e) > 1 else np.nan)
            rows.append((name, target, *(mean if len(e) else (np.nan,) * 3)))
    return pd.DataFrame(rows, columns=columns)


def elementary_effects(
    places: np.ndarray, outcomes: np.ndarray, names: Sequence[str]
) -> dict[str, np.ndarray]:
    """Elementary effects of each name, [walks, targets]; nan where one of the two ends failed.

    ``places`` [walks * (names + 1), parameters] is a Morris design, ``outcomes`` [the same rows,
    targets], ``names`` what each column moves with. The effect is the change over the whole of
    [0, 1]; where columns move together its sign is that of the first one's move. (SALib's own
    analysis gives nothing at all once a single simulation has failed, and no signs for groups.)
    """
    order = list(dict.fromkeys(names))
    walks = places.reshape(-1, len(order) + 1, places.shape[1])
    results = outcomes.reshape(len(walks), len(order) + 1, -1)
    first = {name: list(names).index(name) for name in order}
    found: dict[str, list[np.ndarray]] = {name: [] for name in order}
    for walk, result in zip(walks, results, strict=True):
        for step in range(len(order)):
            move = walk[step + 1] - walk[step]
            name = names[int(np.flatnonzero(move)[0])]
            found[name].append((result[step + 1] - result[step]) / move[first[name]])
    return {name: np.array(effects) for name, effects in found.items()}


def _summary(effects: pd.DataFrame, noise: pd.Series, walks: int) -> pd.DataFrame:
    """By name: the largest mean effect over targets, and whether it stands out of chance."""
    chance = noise_level(noise, walks)
    columns = ["mu_star", "mu_star_rms", "sigma", "most_moved_target", "noise", "above_noise"]
    rows = {}
    for name, of in effects.groupby("name", sort=False):
        size = of.set_index("target")["mu_star"]
        rms = float(np.sqrt((size**2).mean()))
        # the most moved target is the one that stands out most of what chance would show
        height = size / np.maximum(chance.reindex(size.index), FLOOR)
        if not height.notna().any():
            rows[name] = (np.nan, np.nan, np.nan, "", np.nan, False)
            continue
        most = str(height.idxmax())
        sigma = float(of.set_index("target")["sigma"][most])
        above = bool(height[most] > 1.0)
        rows[name] = (float(size[most]), rms, sigma, most, float(chance[most]), above)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def noise_level(noise: pd.Series, walks: int) -> pd.Series:
    """What ``mu_star`` of a parameter without effect stays under, if all it does is other chance.

    The difference of two seeds is normal with sd sqrt(2) * noise, so its size has mean 1.13 and sd
    0.85 noise; over the step of 2/3 and ``walks`` of them: mean plus two standard errors.
    """
    step = LEVELS / (2.0 * (LEVELS - 1.0))
    return noise * (2 / np.sqrt(np.pi) + 2 * np.sqrt(2 - 4 / np.pi) / np.sqrt(walks)) / step
