"""A mistake in a file, and the error that lists all of them.

A fault says where it stands (file, line, key), what is wrong, what was expected and how to mend
it. Reading never stops at the first one: whoever mends a file sees everything at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Fault", "ScenarioError", "did_you_mean", "nearest", "only_faults", "sort_faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake, printed as `file:line: where: what, expected …. mend`.

    `line` counts from 1; 0 means that there is no such file to point into. `where` is the key as a
    dotted path ("with.A4.3.from"), `value` what stood there. A fault of severity "warning" is
    worth saying but does not keep a scenario from running.
    """

    file: str
    line: int
    where: str
    what: str
    value: Any = None
    expected: str = ""
    mend: str = ""
    severity: Literal["fault", "warning"] = "fault"

    @property
    def is_error(self) -> bool:
        """Whether it keeps a scenario from running."""
        return self.severity == "fault"

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        if self.severity == "warning":
            text += "warning: "
        if self.where:
            text += f"{self.where}: "
        text += self.what
        if self.expected:
            text += f", expected {self.expected}"
        return f"{text}. {self.mend}" if self.mend else f"{text}."


class ScenarioError(Exception):
    """Files with mistakes. `faults` holds every one of them; the text lists them all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sort_faults(faults)
        number = sum(fault.is_error for fault in self.faults)
        head = "1 mistake" if number == 1 else f"{number} mistakes"
        super().__init__("\n".join([f"{head} found; nothing was run.", *map(str, self.faults)]))

    def __reduce__(
        self,
    ) -> tuple[
        type[ScenarioError], tuple[list[Fault]]
    ]:  # so that the error crosses process borders whole
        return type(self), (self.faults,)


def sort_faults(faults: Iterable[Fault]) -> list[Fault]:
    """By file and line, each once (a base read twice must not report its mistakes twice)."""
    seen: dict[tuple[str, int, str, str], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.file, fault.line, fault.where, fault.what), fault)
    return sorted(seen.values(), key=lambda fault: (fault.file, fault.line))


def only_faults(faults: Iterable[Fault]) -> list[Fault]:
    """Without the warnings."""
    return [fault for fault in faults if fault.is_error]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None if none is like it. Case does not matter."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.strip().casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A sentence with the nearest known word, or `otherwise` when nothing is near."""
    found = nearest(word, known)
    return f"Did you mean {found}?" if found else otherwise
