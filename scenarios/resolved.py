"""A scenario with its overlays resolved, ready to be run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scenarios.changes import Change, apply_changes
from scenarios.faults import Fault
from scenarios.layers import Spans
from scenarios.parameter import Amount, ParameterSpec, ParameterTable

__all__ = ["Scenario"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done and what is assumed in one future.

    `clauses` holds, by id and in the plan's order, the spans (first month, last month or None,
    intensity) in which a clause of the plan is at work; what is not there is off.
    `removed_clauses` are those its base has and it has not. `changes` holds what it does to
    parameters, base included; `until` is the month in which a run ends unless told otherwise.
    """

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    base: str | None
    until: int
    clauses: Mapping[str, Spans]
    removed_clauses: tuple[str, ...]
    changes: Mapping[str, tuple[Change, ...]]
    table: ParameterTable
    path: str = ""
    warnings: tuple[Fault, ...] = field(default=(), compare=False)

    def values(self, table: ParameterTable | None = None) -> dict[str, ParameterSpec]:
        """Every parameter with the scenario's changes applied to its default value."""
        specs = self.table if table is None else table
        return {
            key: spec.with_value(apply_changes(spec, spec.value, self.changes[key]))
            if key in self.changes
            else spec
            for key, spec in specs.items()
        }

    def resolve(
        self, draw: Mapping[str, float] | None, first_month: int, last_month: int
    ) -> dict[str, dict[str, Any]]:
        """Plain arrays for the simulation, over the months first_month to last_month inclusive.

        Returns {"parameters": {group: {name: float64 array over months}},
        "tables": {group: {name: float64 array, constant in time}},
        "clauses": {clause id: float64 array over months of intensities 0 to 1}}.

        A choice becomes its position in `choices`. A draw ("group.name" to number) takes the
        place of a default number, or multiplies dated values and tables. What the scenario sets
        wins over the draw; its times and plus act on top of it.
        """
        draw = draw or {}
        unknown = [key for key in draw if key not in self.table]
        if unknown:
            raise ValueError(f"the draw names parameters that do not exist: {', '.join(unknown)}")
        if last_month < first_month:
            raise ValueError("the last month comes before the first")
        months = np.arange(first_month, last_month + 1)
        parameters: dict[str, dict[str, np.ndarray]] = {}
        tables: dict[str, dict[str, np.ndarray]] = {}
        for key, spec in self.table.items():
            value = spec.drawn(draw[key]) if key in draw else spec.value
            value = apply_changes(spec, value, self.changes.get(key, ()))
            target = tables if isinstance(value, list) else parameters
            target.setdefault(spec.group, {})[spec.name] = _array(spec, value, months)
        on = {clause: _intensity(spans, months) for clause, spans in self.clauses.items()}
        return {"parameters": parameters, "tables": tables, "clauses": on}

    def digest(self) -> str:
        """Hash of the resolved content: clauses, changes, horizon, parameters; no names, titles
        or files, so an empty overlay has the digest of its base."""
        content = {
            "until": self.until,
            "clauses": {clause: _joined(spans) for clause, spans in self.clauses.items()},
            "changes": {
                key: [[c.kind, c.amount, c.first, c.last] for c in changes]
                for key, changes in self.changes.items()
            },
            "parameters": self.table.digest(),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _array(spec: ParameterSpec, value: Amount, months: np.ndarray) -> np.ndarray:
    if isinstance(value, str):
        return np.full(len(months), float(spec.choices.index(value)))
    if isinstance(value, list):
        return np.array(value, dtype=np.float64)
    if not isinstance(value, dict):
        return np.full(len(months), float(value))
    dates, numbers = np.array(list(value)), np.array(list(value.values()), dtype=np.float64)
    if spec.interpolate == "linear":
        return np.interp(months, dates, numbers)
    return numbers[np.maximum(np.searchsorted(dates, months, side="right") - 1, 0)]


def _intensity(spans: Spans, months: np.ndarray) -> np.ndarray:
    result = np.zeros(len(months))
    for first, last, intensity in spans:
        result[(months >= first) & (months <= (last if last is not None else months[-1]))] = (
            intensity
        )
    return result


def _joined(spans: Spans) -> Spans:
    """Spans that follow each other without a gap, at the same intensity, as one."""
    result: list[tuple[int, int | None, float]] = []
    for first, last, intensity in spans:
        if result and result[-1][2] == intensity and result[-1][1] == first - 1:
            result[-1] = (result[-1][0], last, intensity)
        else:
            result.append((first, last, intensity))
    return tuple(result)
