"""What a column is: one state variable of one kind of agent, declared once.

The declaration carries the storage (dtype), the unit, the meaning, the Chinese name and the
code of the registration system where the field has one. The world's arrays, the checks of who
may write what, and the data dictionary in docs/ all come from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

__all__ = ["KINDS", "Column", "catalogue", "column"]

KINDS = ("person", "household", "natural", "village", "township", "county")
"""The kinds of agents that have rows. The province is a single mesa agent."""


@dataclass(frozen=True)
class Column:
    """One state variable.

    kind: whose it is, one of KINDS.
    name: its name in code; `kind.name` is how mechanisms refer to it.
    dtype: numpy type of one cell.
    unit: unit of the cell ("fen", "months", "mu", "1" for a plain number, "code" for a code).
    meaning: what it is, in one sentence.
    zh: its name in Chinese.
    code: the registration system's field code, "" where it has none.
    codes: the enumeration behind a "code" column.
    combine: "sum" where many mechanisms push one quantity: it is set to zero at the start of
        each month and every pusher adds to it. Others have one owner (or declared co-owners).
    start: value of a fresh row.
    """

    kind: str
    name: str
    dtype: Any
    unit: str
    meaning: str
    zh: str
    code: str = ""
    codes: type[IntEnum] | None = None
    combine: str = ""
    start: int | float = 0
    depth: int = field(default=0)
    """Number of rows of a ring (0: an ordinary column)."""

    @property
    def key(self) -> str:
        """How mechanisms name it: `kind.name`."""
        return f"{self.kind}.{self.name}"

    @property
    def bytes(self) -> int:
        """Bytes an agent takes in this column."""
        return int(np.dtype(self.dtype).itemsize) * max(1, self.depth)


def column(
    kind: str, name: str, dtype: Any, unit: str, meaning: str, zh: str, **more: Any
) -> Column:
    """A checked Column."""
    if kind not in KINDS:
        raise ValueError(f"column {name}: kind {kind!r} is not one of {', '.join(KINDS)}")
    return Column(kind, name, np.dtype(dtype), unit, meaning, zh, **more)


def catalogue(*groups: tuple[Column, ...]) -> dict[str, Column]:
    """All columns by key; a column declared twice is an error."""
    found: dict[str, Column] = {}
    for group in groups:
        for one in group:
            if one.key in found:
                raise ValueError(f"column {one.key} is declared twice")
            found[one.key] = one
    return found
