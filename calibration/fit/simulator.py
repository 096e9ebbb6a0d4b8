"""One simulation of a fit: parameter values and a seed in, summary statistics out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from calibration.figures import Rules, needed, read_figures, read_rules, simulated
from calibration.fit.reading import Reader
from calibration.fit.statistics import AREAS, split_key
from scenarios.library import load_parameters
from scenarios.parameter import ParameterTable
from scenarios.run import ROOT, Past, code_digest, digest, rows_to_frame
from scenarios.scenario import Scenario, load_scenario
from sim.calendar import month_index
from sim.model import PovertyModel
from sim.month import SCHEDULE
from sim.schedule import Schedule
from sim.world.world import Population

__all__ = ["Simulator", "StructureError", "figure_statistics", "fitting_schedule", "rules"]

UNTIL = month_index("2018-12")
"""End of a fit to published figures: those that may be fitted and stand in a run end in 2018."""

_COUNTED = {"income_pc", "migrants", "spell_registered"}
"""Indicators of the observations that `reading` takes sums from."""


class StructureError(ValueError):
    """A structural choice that the model does not have."""


@dataclass
class Simulator:
    """Runs the model for a fit; picklable.

    load: gives the population; called once a worker. about: what identifies it (`digest`).
    targets_keys: statistics that are needed. All statistics of STATISTICS come anyway; a key of
    a single county makes every county be read by itself.
    until: last month index. structure: other defaults, {"yearly_round.quota": "data"}, for the
    choices that no prior can hold; they hold in the common past too.
    """

    load: Callable[[], Population]
    about: Mapping[str, Any]
    targets_keys: Sequence[str] = ()
    scenario: str = "plan"
    until: int = UNTIL
    structure: Mapping[str, Any] = field(default_factory=dict)
    table: ParameterTable = field(default_factory=load_parameters)

    def __post_init__(self) -> None:
        self.table = _with_structure(self.table, self.structure)
        self._chosen: Scenario | None = None

    def simulate(self, values: Mapping[str, float], seed: int) -> dict[str, float]:
        """The statistics of one run.

        values: {"group.name": value, or factor on dated values and tables}; what is not named
        keeps its default. seed: of the model (64 bits).
        """
        reader = Reader(self.counties)
        past = Past(
            self._population(), values, seed, until=self.until, table=self.table,
            schedule=fitting_schedule(), each=reader.look,
        )  # fmt: skip
        model = past.branch(self._resolved(), self.until)
        model.run(each=lambda now: reader.look(model))
        return {**reader.finish(model), **figure_statistics(model, self.scenario)}

    @property
    def counties(self) -> bool:
        """Whether a target is of a single county."""
        return any(split_key(key)[2] not in ("", *AREAS) for key in self.targets_keys)

    def digest(self) -> str:
        """Hash of all that determines a simulation but its values and its seed."""
        return digest(
            {
                "code": code_digest(), "statistics": _own_digest(), "counties": self.counties,
                "scenario": self._resolved().digest(),
                "past": load_scenario(ROOT, self.table).digest(),
                "parameters": self.table.digest(), "until": self.until,
                "population": self.about.get("digest"),
            }
        )  # fmt: skip

    def _resolved(self) -> Scenario:
        if self._chosen is None:
            self._chosen = load_scenario(self.scenario, self.table)
        return self._chosen

    def _population(self) -> Population:
        mark = str(self.about.get("digest"))
        if mark not in _populations:
            _populations.clear()
            _populations[mark] = self.load()
        return _populations[mark]


_populations: dict[str, Population] = {}
"""The population of this process: read once, however many simulators are sent to it."""


def _with_structure(table: ParameterTable, structure: Mapping[str, Any]) -> ParameterTable:
    """The parameters with other defaults. StructureError lists what does not fit."""
    faults = []
    for key, value in structure.items():
        spec = table.get(key)
        if spec is None:
            faults.append(f"there is no parameter {key}")
        elif spec.choices and value not in spec.choices:
            faults.append(f"{key} is one of {', '.join(spec.choices)}, not {value!r}")
        elif not spec.choices and not isinstance(value, int | float):
            faults.append(f"{key} is a number, not {value!r}")
        elif not spec.choices and spec.kind != "number":
            faults.append(f"{key} has dated values or a table: write a scenario for it")
    if faults:
        raise StructureError("a structure cannot be used: " + "; ".join(faults))
    if not structure:
        return table
    return ParameterTable(
        spec.with_value(structure[key] if spec.choices else float(structure[key]))
        if key in structure else spec
        for key, spec in table.items()
    )  # fmt: skip


# --- what is observed -----------------------------------------------------------------------------


@cache
def rules() -> Rules:
    """The rules of the published figures."""
    return read_rules(read_figures())


@cache
def fitting_schedule() -> Schedule:
    """The model's schedule with only the observations that a statistic needs: observations
    change nothing, and the rest of them take a fourth of the time of a short run."""
    wanted = needed(rules())[0] | _COUNTED
    kept = tuple(
        one
        for one in SCHEDULE.observations
        if any(given.name in wanted for given in SCHEDULE.indicators(one))
    )
    return replace(SCHEDULE, observations=kept)


def figure_statistics(model: PovertyModel, scenario: str) -> dict[str, float]:
    """The published figures that a run of a scenario has a number for, by "figure:ID"."""
    known = rules()
    wanted, places = needed(known)
    rows = [row for row in model.recorder.rows if row[3] in wanted and row[0] in places]
    records = np.array(rows, _RECORD)
    found = {}
    for id, rule in known.rules.items():
        if "direct" in rule.simulated or rule.scenario not in ("", scenario):
            continue
        table = rows_to_frame(rows) if "survival" in rule.simulated else records
        found[f"figure:{id}"] = simulated(rule, table, known)
    return found


_RECORD = [
    ("county", "i4"), ("year", "i2"), ("month", "i1"), ("indicator", "U40"), ("group", "U40"),
    ("value", "f8"),
]  # fmt: skip


@cache
def _own_digest() -> str:
    """Hash of the sources and tables that make statistics out of a run."""
    here = Path(__file__).parent
    files = [here / f"{name}.py" for name in ("reading", "simulator", "statistics", "weighted")]
    files += [here.parent / "figures.py", here.parent / "data" / "figure_rules.yaml"]
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]
