"""Parameters as the rules see them: one record of numbers a month.

The reader in `scenarios/` turns YAML into plain arrays; nothing here knows a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernel import records

if TYPE_CHECKING:
    from sim.mechanism import Mechanism

__all__ = ["Parameters"]


class Parameters:
    """All parameters of one run, resolved for every month.

    values: {group: {name: float64 array over the months first..last}}
    tables: {group: {name: 1-D float64 array}}, constant in time
    clauses: {clause id: float64 array of intensities over the months}; a clause that is not
        there is off
    first: month index of the arrays' first entry
    """

    def __init__(
        self,
        values: Mapping[str, Mapping[str, np.ndarray]],
        tables: Mapping[str, Mapping[str, np.ndarray]],
        clauses: Mapping[str, np.ndarray],
        first: int,
    ) -> None:
        self.values = values
        self.tables = tables
        self.clauses = clauses
        self.first = first
        self._records: dict[str, Any] = {}

    def value(self, key: str, month: int) -> float:
        """One parameter "group.name" in one month."""
        group, name = key.split(".")
        return float(self.values[group][name][month - self.first])

    def intensity(self, clause: str, month: int) -> float:
        """Intensity of a clause in a month, 0 when it is off."""
        series = self.clauses.get(clause)
        return 0.0 if series is None else float(series[month - self.first])

    def record(self, mechanism: Mechanism, month: int) -> Any:
        """The numbers of one mechanism in one month, as a record that kernels can read."""
        months = self._records.get(mechanism.name)
        if months is None:
            months = self._records[mechanism.name] = self._filled(mechanism)
        return months[month - self.first] if len(months) > 1 else months[0]

    def _filled(self, mechanism: Mechanism) -> Any:
        """The records of all months, filled once, column by column."""
        dtype, sources = self._layout(mechanism)
        known = [series for name, series in sources if series is not None and not dtype[name].shape]
        months = records(dtype, max((len(series) for series in known), default=1))
        for name, series in sources:
            if series is not None:
                months[name] = series
        return months

    def _layout(self, mechanism: Mechanism) -> tuple[np.dtype, list[tuple[str, np.ndarray | None]]]:
        fields: list[tuple[Any, ...]] = []
        sources: list[tuple[str, np.ndarray | None]] = []
        group = mechanism.name
        wanted = [(group, name) for name in sorted(self.values.get(group, {}))]
        wanted += [(group, name) for name in sorted(self.tables.get(group, {}))]
        for key in mechanism.uses:
            other, name = key.split(".")
            wanted.append((other, name))
        for other, name in wanted:
            if name in self.tables.get(other, {}):
                table = np.asarray(self.tables[other][name], dtype=np.float64)
                fields.append((name, np.float64, table.shape))
                sources.append((name, table))
            elif name in self.values.get(other, {}):
                fields.append((name, np.float64))
                sources.append((name, self.values[other][name]))
            else:
                raise KeyError(
                    f"mechanism {mechanism.name} needs the parameter {other}.{name}, "
                    f"and no parameter file has it"
                )
        for clause in mechanism.clauses:
            name = clause.replace(".", "_")
            fields.append((name, np.float64))
            sources.append((name, self.clauses.get(clause)))
        if not fields:
            fields, sources = [("nothing", np.float64)], [("nothing", None)]
        return np.dtype(fields), sources
