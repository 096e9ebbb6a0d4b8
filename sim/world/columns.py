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

__all__ = ["FAMILIES", "KINDS", "Column", "account", "catalogue", "column", "deed"]

FAMILIES = ("special", "sector", "social")
"""The three families of funds: special poverty funds, the sectors' own, and social assistance."""

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
    report: "share", "mean" or "total" makes a yearly indicator of the column, under its name: its
        state in December over the county's agents (living ones; villages without resettlement
        sites). Of places there is also `<name>_deep`, over deep-poverty places only.
    family: of an account (`paid_...`), the family of funds that it is budgeted from: "special",
        "sector" or "social"; "" is a statutory programme, granted what it spends.
    rank: of a budgeted account, who comes first under the allocation rule "priority" (1 before 2).
    to: of an account, who is paid: "household", "village" (its collective) or "supplier".
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
    report: str = ""
    family: str = ""
    rank: int = 5
    to: str = "supplier"

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


def account(
    programme: str, meaning: str, zh: str, *,
    family: str = "", to: str = "household", rank: int = 5,
) -> Column:  # fmt: skip
    """The village column `paid_<programme>` (fen): what a programme has paid this month.

    family, to, rank: see Column. The ledger books it, and the indicator `money` reports it.
    """
    if family not in ("", *FAMILIES):
        raise ValueError(f"account {programme}: family {family!r} is not one of {FAMILIES}")
    if to not in ("household", "village", "supplier"):
        raise ValueError(f"account {programme}: it can not pay a {to!r}")
    return column(
        "village", f"paid_{programme}", "i8", "fen", meaning, zh, combine="sum",
        family=family, to=to, rank=rank,
    )  # fmt: skip


def deed(name: str, unit: str, meaning: str, zh: str) -> Column:
    """The village column `did_<name>` (whole numbers): what a measure has done this month.

    Added to by the measure; the year's total is the yearly indicator `<name>` of each county,
    scaled up to all people, without another line of code.
    """
    return column("village", f"did_{name}", "i8", unit, meaning, zh, combine="sum")


def catalogue(*groups: tuple[Column, ...]) -> dict[str, Column]:
    """All columns by key; a column declared twice is an error."""
    found: dict[str, Column] = {}
    for group in groups:
        for one in group:
            if one.key in found:
                raise ValueError(f"column {one.key} is declared twice")
            found[one.key] = one
    return found
