"""A linear model of five real parameters, to see what screening, emulator and words make of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from calibration.fit.targets import Target, Targets
from scenarios import ParameterTable, load_parameters

KEYS = (
    "work.migrant_wage", "work.go", "visits.detect_gap", "illness.admission_rate",
    "ceremonies.gift_share",
)  # fmt: skip
GROUPS = ("work", "visits", "illness", "ceremonies")
TARGETS = Targets(
    (
        Target("income_wage:2018:all", 2500.0, 100.0),
        Target("migrant_share:2018:all", 0.2, 0.02),
        Target("relapse_share:2018:all", 0.01, 0.002),
    )
)


_KNOWN: dict[tuple[str, float], float] = {}


def toy_table() -> ParameterTable:
    """The real parameters of four groups."""
    return ParameterTable([s for s in load_parameters().values() if s.group in GROUPS])


def as_z(table: ParameterTable, key: str, value: float) -> float:
    """Standard normal quantile of a value under its prior, by bisection."""
    if (key, value) not in _KNOWN:
        _KNOWN[key, value] = _bisected(table, key, value)
    return _KNOWN[key, value]


def _bisected(table: ParameterTable, key: str, value: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if table[key].distribution.quantile(middle) < value:
            low = middle
        else:
            high = middle
    return float(ndtri(min(max(low, 1e-9), 1 - 1e-9)))


@dataclass
class Outcome:
    number: int
    stats: dict | None
    error: str = ""
    seconds: float = 0.0


@dataclass
class Toy:
    """Wage moves income; wage and inclination move migration; relapse sees a product of two
    (here a sum in z) and nothing else; gifts move nothing. Chance depends on the seed alone."""

    table: ParameterTable = field(default_factory=toy_table)
    noise: float = 0.1
    fails: tuple[int, ...] = ()
    seen: list = field(default_factory=list)

    def simulate(self, values, seed):
        z = {key: as_z(self.table, key, values[key]) for key in KEYS}
        e = np.random.default_rng(seed).normal(size=3) * self.noise
        wage, go, detect, ill, _ = (z[key] for key in KEYS)
        return {
            "income_wage:2018:all": 2500 + 100 * (2.0 * wage + e[0]),
            "migrant_share:2018:all": 0.2 + 0.02 * (1.0 * go + 0.5 * wage + e[1]),
            "relapse_share:2018:all": 0.01 + 0.002 * (1.5 * detect + 1.5 * ill + e[2]),
        }

    def run(self, simulator, jobs, cache, **how):
        for number, values, seed in jobs:
            self.seen.append((number, seed))
            yield Outcome(number, None if number in self.fails else self.simulate(values, seed))
