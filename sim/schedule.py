"""What a schedule is: mechanisms by part of the month, in order; and the checks that they fit.

THE schedule of the model is `sim.month.SCHEDULE`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from sim.indicators.declared import Declared, declared_indicators
from sim.indicators.observation import Indicator, Observation
from sim.mechanism import Mechanism
from sim.world.columns import Column, catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.persons import PERSONS
from sim.world.places import PLACES

__all__ = ["Schedule", "ScheduleError"]


class ScheduleError(ValueError):
    """The mechanisms of a schedule do not fit together."""


@dataclass
class Schedule:
    """Mechanisms by part of the month, in order, and the observations."""

    province: tuple[Mechanism, ...] = ()
    county: tuple[Mechanism, ...] = ()
    block: tuple[Mechanism, ...] = ()
    close: tuple[Mechanism, ...] = ()
    observations: tuple[Observation, ...] = ()

    def __post_init__(self) -> None:
        self.sums = tuple(key for key, one in self.columns().items() if one.combine == "sum")
        self.check()

    def mechanisms(self) -> Iterable[Mechanism]:
        """Every mechanism and observation once (one may act in several parts)."""
        seen: set[int] = set()
        for part in (self.province, self.county, self.block, self.close, self.observations):
            for mechanism in part:
                if id(mechanism) not in seen:
                    seen.add(id(mechanism))
                    yield mechanism

    def columns(self) -> dict[str, Column]:
        """All columns: the world's and the mechanisms' own."""
        own = [m.columns for m in self.mechanisms() if m.columns]
        return catalogue(PERSONS, HOUSEHOLDS, PLACES, *own)

    def indicators(self, observation: Observation) -> tuple[Indicator, ...]:
        """The indicators of one of its observations."""
        if isinstance(observation, Declared):
            return tuple(declared_indicators(self.columns()))
        return observation.indicators

    def check(self) -> None:
        """No two mechanisms own the same column, unless its pushes are summed."""
        columns = self.columns()
        owner: dict[str, str] = {}
        for mechanism in self.mechanisms():
            for key in (*mechanism.reads, *mechanism.writes, *mechanism.changes):
                if key not in columns:
                    raise ScheduleError(f"{mechanism.name}: there is no column {key}")
            for key in mechanism.writes:
                if columns[key].combine == "sum":
                    continue
                if key in owner:
                    raise ScheduleError(
                        f"{mechanism.name} and {owner[key]} both own {key}: let one of them "
                        f"own it and list it under `changes` in the other"
                    )
                owner[key] = mechanism.name
            for part, acts in (
                ("province", type(mechanism).province is not Mechanism.province),
                ("county", type(mechanism).county is not Mechanism.county),
                ("block", type(mechanism).rule is not None),
            ):
                places = {"county": (self.county, self.close)}.get(part, (getattr(self, part),))
                inside = any(mechanism is m for place in places for m in place)
                if acts and not inside and mechanism not in self.observations:
                    raise ScheduleError(
                        f"{mechanism.name} does something in the {part} part of the month and is "
                        f"not listed there"
                    )
            if not mechanism.clauses and not mechanism.reason:
                raise ScheduleError(f"{mechanism.name} has neither a clause nor a reason")

    def fresh(self) -> Schedule:
        """Unbound copies of all mechanisms, one copy each."""
        twins = {id(m): copy.copy(m) for m in self.mechanisms()}

        def pick(part: tuple[Mechanism, ...]) -> tuple[Mechanism, ...]:
            return tuple(twins[id(m)] for m in part)

        return Schedule(
            pick(self.province), pick(self.county), pick(self.block), pick(self.close),
            pick(self.observations),  # type: ignore[arg-type]
        )  # fmt: skip
