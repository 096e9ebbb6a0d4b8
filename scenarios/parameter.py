"""The parameters: one YAML file a group, every number with unit, range, source and grade."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.faults import Fault, only_faults
from scenarios.fields import validate
from scenarios.parameter_file import ParameterEntry, check_entry
from scenarios.priors import Prior
from scenarios.yaml_file import YamlFile
from sim.calendar import month_text

__all__ = ["Amount", "ParameterSpec", "ParameterTable", "parameters_from"]

Amount = float | dict[int, float] | list[float] | str
"""A value: a number; dated values by month index; a table; one of some choices."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter of the model.

    `value` is the default. `prior` is the distribution of a single number, already cut to the
    range; `factor` that of a common factor on dated values or a table. `range` is the plausible
    range (0 to 1 for a switch, None for a choice). `file` and `line` say where it was read.
    `factor_from`: month since which the factor acts, on the change of a dated value since then.
    """

    name: str
    group: str
    meaning: str
    zh: str
    unit: str
    value: Amount
    choices: tuple[str, ...]
    range: tuple[float, float] | None
    prior: Prior | None
    factor: Prior | None
    source: str
    grade: str
    clause: str | None
    interpolate: str
    file: str = ""
    line: int = 0
    factor_from: int | None = None

    @property
    def key(self) -> str:
        """Its name in scenarios and draws: "group.name"."""
        return f"{self.group}.{self.name}"

    @property
    def distribution(self) -> Prior | None:
        """The prior or the factor, whichever it has."""
        return self.prior or self.factor

    @property
    def kind(self) -> str:
        """ "number", "dated", "table" or "choice"."""
        if isinstance(self.value, dict):
            return "dated"
        if isinstance(self.value, list):
            return "table"
        return "choice" if isinstance(self.value, str) else "number"

    @property
    def domain(self) -> tuple[float, float]:
        """What no scenario may leave, however harsh: 0 to 1 for shares that are never negative
        or above 1, 0 and above for what else is never negative, anything for the rest."""
        if self.range is None or self.range[0] < 0:
            return float("-inf"), float("inf")
        part = self.unit in ("share", "switch") and self.range[1] <= 1
        return 0.0, 1.0 if part else float("inf")

    def summary(self) -> dict[str, Any]:
        """What a manifest keeps of it: plain text and numbers, months written out."""
        value: Any = self.value
        if isinstance(value, dict):
            value = {month_text(month): number for month, number in value.items()}
        return {
            "name": self.key,
            "meaning": self.meaning,
            "zh": self.zh,
            "unit": self.unit,
            "value": value,
            "range": list(self.range) if self.range and not self.choices else list(self.choices),
            "prior": self.prior_text,
            "source": self.source,
            "grade": self.grade,
            "clause": self.clause,
        }

    @property
    def prior_text(self) -> str:
        """Its prior as a reader sees it: "uniform(0, 1)", "factor lognormal(1, 0.1)", or ""."""
        if self.factor is None:
            return str(self.prior or "")
        if self.factor_from is None:
            return f"factor {self.factor}"
        return f"factor {self.factor} on the change since {month_text(self.factor_from)}"

    def drawn(self, draw: float) -> Amount:
        """The value under one draw: `draw` itself, or the values times `draw`, held in range.

        With `factor_from` the draw multiplies what a dated value has changed since that month.
        """
        if isinstance(self.value, str):
            raise ValueError(f"{self.key} is a choice and cannot be drawn")
        low, high = self.range or (float("-inf"), float("inf"))
        if isinstance(self.value, dict):
            drawn = {m: v * draw for m, v in self.value.items()}
            if self.factor_from is not None:
                start = self.value[self.factor_from]
                drawn = {
                    m: v if m <= self.factor_from else start + (v - start) * draw
                    for m, v in self.value.items()
                }
            return {m: min(max(v, low), high) for m, v in drawn.items()}
        if isinstance(self.value, list):
            return [min(max(v * draw, low), high) for v in self.value]
        return float(draw)

    def with_value(self, value: Amount) -> ParameterSpec:
        """The same parameter with another value."""
        return replace(self, value=value)


class ParameterTable(Mapping[str, ParameterSpec]):
    """All parameters by "group.name", in the order of groups and of their files."""

    def __init__(
        self,
        specs: Iterable[ParameterSpec],
        warnings: Iterable[Fault] = (),
        broken: Iterable[str] = (),
    ):
        self._specs = {spec.key: spec for spec in specs}
        self.warnings = list(warnings)
        self.broken = frozenset(broken)
        """Parameters that stand in a file but with mistakes (empty after `load_parameters`)."""

    def __getitem__(self, key: str) -> ParameterSpec:
        return self._specs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def groups(self) -> dict[str, list[ParameterSpec]]:
        """The parameters by group."""
        found: dict[str, list[ParameterSpec]] = {}
        for spec in self._specs.values():
            found.setdefault(spec.group, []).append(spec)
        return found

    def uncertain(self) -> list[ParameterSpec]:
        """Those with a prior or a factor: what `--draws` samples."""
        return [spec for spec in self._specs.values() if spec.distribution is not None]

    def digest(self) -> str:
        """Hash of all that can change a run: values, ranges, priors, not the words around them."""
        content = {
            spec.key: [
                spec.unit, spec.value, spec.choices, spec.range, spec.interpolate,
                repr(spec.prior), repr(spec.factor), spec.factor_from,
            ]
            for spec in self._specs.values()
        }  # fmt: skip
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def parameters_from(file: YamlFile) -> list[ParameterSpec]:
    """The sound parameters of one file; mistakes are noted in `file.faults`."""
    group = Path(file.name).stem
    if not _NAME.fullmatch(group):
        file.fault((), f"the file name {group!r} is not a group",
                   mend="Use small letters, digits and _.")  # fmt: skip
    specs = []
    for name, raw in (file.data or {}).items():
        at = (name,)
        before = len(only_faults(file.faults))
        if not _NAME.fullmatch(name):
            mend = "Use small letters, digits and _, starting with a letter."
            file.fault(at, f"{name!r} is not a parameter name", value=name, mend=mend)
        if not isinstance(raw, dict):
            mend = "Give meaning, unit, value, range, source and grade under it."
            file.fault(at, "has no keys of its own", value=raw, mend=mend)
            continue
        entry = validate(ParameterEntry, file, raw, at)
        check_entry(entry, raw, file, at)
        if len(only_faults(file.faults)) == before:
            specs.append(_spec(entry, group, name, file))
    return specs


def _spec(entry: ParameterEntry, group: str, name: str, file: YamlFile) -> ParameterSpec:
    value, bounds, prior = entry.value, entry.range, entry.prior
    amount: Amount
    if isinstance(value, dict):
        amount = dict(sorted(value.items()))
    elif isinstance(value, str | list):
        amount = value
    else:
        amount = float(value or 0)
    if entry.unit == "switch":
        bounds = (0.0, 1.0)
    if prior is not None and bounds is not None:
        prior = prior.within(*bounds)
    return ParameterSpec(
        name=name,
        group=group,
        meaning=entry.meaning or "",
        zh=entry.zh or "",
        unit=entry.unit or "",
        value=amount,
        choices=tuple(entry.choices or ()),
        range=bounds,
        prior=prior,
        factor=entry.factor,
        source=entry.source or "",
        grade=entry.grade or "",
        clause=entry.clause,
        interpolate=entry.interpolate or "step",
        factor_from=entry.factor_from,
        file=file.name,
        line=file.line((name,)),
    )
