"""Everything that is wrong with files of registration, without a word of anybody's data.

A fault says where it stands (file, sheet, row as Excel counts, column), what, why and how to mend
it. Faults of one kind in one column are kept together as arrays of rows: a file may have millions.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from calibration.population.inputs import DATA

__all__ = ["HIDDEN", "Fault", "Faults", "Place", "RegistrationError", "read_rules", "write_faults"]

HIDDEN = "(not shown)"
HEADER = ("severity", "rule", "file", "sheet", "row", "column", "value", "why", "mend")


class RegistrationError(ValueError):
    """Files of registration can not be imported. `faults` holds all that was found."""

    def __init__(self, message: str, faults: Faults | None = None) -> None:
        super().__init__(message)
        self.faults = faults


class Place(NamedTuple):
    """A sheet of a file, as the user knows it; the sheet of a CSV file is ""."""

    file: str
    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


class Fault(NamedTuple):
    """One fault; row 0 means that it is not about a row. `value` is never anybody's data."""

    severity: str
    rule: str
    file: str
    sheet: str
    row: int
    column: str
    value: str
    why: str
    mend: str

    def __str__(self) -> str:
        parts = (
            f"{self.file}" + (f" [{self.sheet}]" if self.sheet else ""),
            f"row {self.row}" if self.row else "",
            self.column,
            self.value,
        )
        mend = f"; {self.mend}" if self.mend else ""
        return ": ".join([", ".join(part for part in parts if part), self.why]) + mend


@dataclass(frozen=True)
class _Group:
    rule: str
    place: Place
    column: str
    rows: np.ndarray  # int64, as Excel counts
    values: Sequence[str] | str
    words: Mapping[str, Any]  # each a word, or a sequence with one a row


@dataclass
class Faults:
    """All faults of one reading. `warn`: rules whose faults are warnings although they are errors.

    Raises ValueError when `warn` names a rule that can not be passed over.
    """

    warn: frozenset[str] = frozenset()
    groups: list[_Group] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        may = sorted(name for name, rule in read_rules()["faults"].items() if rule.get("may_warn"))
        wrong = sorted(set(self.warn) - set(may))
        if wrong:
            raise RegistrationError(
                f"--warn {wrong[0]}: only these may pass as warnings: {', '.join(may)}."
            )

    def add(
        self, rule: str, place: Place, column: str = "", rows: Any = 0,
        values: Sequence[str] | str = "", **words: Any,
    ) -> None:  # fmt: skip
        """Note a rule broken in `rows` (one or an array); words fill the braces of its text."""
        where = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if len(where):
            self.groups.append(_Group(rule, place, column, where, values, words))
            self._counts[rule] += len(where)

    def take(self, other: Faults) -> None:
        """Note all that another reading has noted."""
        self.groups += other.groups
        self._counts += other._counts

    def severity(self, rule: str) -> str:
        """error or warning."""
        told = str(_rule(rule).get("severity", "warning"))
        return "warning" if rule in self.warn else told

    def counts(self, severity: str) -> dict[str, int]:
        """How often each rule of a severity is broken, in the order of the file of rules."""
        known = (*read_rules()["faults"], *read_rules()["rules"])
        return {
            rule: self._counts[rule]
            for rule in known
            if self._counts[rule] and self.severity(rule) == severity
        }

    @property
    def errors(self) -> int:
        """The number of faults that stop an import."""
        return sum(self.counts("error").values())

    @property
    def warnings(self) -> int:
        """The number of those that do not."""
        return sum(self.counts("warning").values())

    def of(self, rule: str, lang: str = "en", first: int | None = None) -> Iterator[Fault]:
        """The faults of one rule, by file, sheet and row; at most `first` of them."""
        groups = [group for group in self.groups if group.rule == rule]
        groups.sort(key=lambda group: (group.place, int(group.rows.min())))
        left = first if first is not None else -1
        for group in groups:
            for fault in self._spread(group, lang):
                if left == 0:
                    return
                left -= 1
                yield fault

    def __iter__(self) -> Iterator[Fault]:
        for severity in ("error", "warning"):
            for rule in self.counts(severity):
                yield from self.of(rule)

    def _spread(self, group: _Group, lang: str) -> Iterator[Fault]:
        rule, severity = _rule(group.rule), self.severity(group.rule)
        tail = "_zh" if lang == "zh" else ""
        fixed = {k: v for k, v in group.words.items() if isinstance(v, str | int)}
        varied = {k: v for k, v in group.words.items() if k not in fixed}
        why, mend = rule["why" + tail], rule.get("mend" + tail, "")
        for k, row in enumerate(group.rows.tolist()):
            words = {**fixed, **{name: each[k] for name, each in varied.items()}}
            value = group.values if isinstance(group.values, str) else group.values[k]
            words.setdefault("value", value)
            yield Fault(
                severity, group.rule, group.place.file, group.place.sheet, row, group.column,
                value, why.format(**words), mend.format(**words),
            )  # fmt: skip


@lru_cache(maxsize=1)
def read_rules() -> Mapping[str, Mapping[str, Any]]:
    """calibration/data/registration_rules.yaml: `faults` and `rules`, by name.

    Those of county-year and village tables (registration_table_rules.yaml) are among the faults.
    """
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    found, tables = (
        yaml.load((DATA / f"registration_{name}rules.yaml").read_text(encoding="utf-8"))
        for name in ("", "table_")
    )
    return {**found, "faults": {**found["faults"], **tables}}


def _rule(name: str) -> Mapping[str, Any]:
    rules = read_rules()
    found: Mapping[str, Any] = rules["faults"].get(name) or rules["rules"][name]
    return found


def write_faults(faults: Iterable[Fault], path: Path) -> None:
    """Write them as a CSV file (UTF-8 with BOM, for Excel), readable by its owner only."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(number, "w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADER)
            writer.writerows(faults)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
