"""What a mechanism is: one thing that happens in a month, in one file, read top to bottom.

A mechanism declares what it reads and writes and is handed just that. Its rule is a plain loop
over the rows of a block, compiled by `sim.kernel.kernel`, always with the same arguments:

    rule(at, persons, households, villages, counties, words, chance, p)

at          where and when: the block's rows and the month (see AT)
persons ... named tuples of the declared columns of that kind; an empty tuple if none
words       uint32 array (4, n) with four random words for each agent of the kind in `draws`,
            row i - first row of the block; an empty tuple if it draws nothing
chance      the record for further draws (`sim.chance.words(chance, id, index)`, index >= 1)
p           the parameters of the month: its own group's by name, those in `uses` by their last
            name, and the intensity (0 to 1) of each of its clauses, `A4.3` as `p.A4_3`

The rows of a block are `range(at.first_person, at.end_person)` and so on; the columns are the
whole world's, so that an index such as `persons.household[i]` can be used as it is.

A mechanism of the province or of the counties overrides `province` or `county` instead and may
use numpy: those run once a month and once a county.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim import views
from sim.chance import RECORD, stream_number
from sim.kernel import entry_point, records
from sim.world.columns import Column

if TYPE_CHECKING:
    from sim.parameters import Parameters
    from sim.world.world import Block, World

__all__ = ["AT", "Mechanism", "Now"]

AT = np.dtype(
    [
        (name, np.int64)
        for name in (
            "first_person", "end_person", "first_household", "end_household",
            "first_village", "end_village", "county",
            "month", "year", "calendar", "burn_in",
        )
    ]
)  # fmt: skip
"""Where and when a rule runs: rows of the block, row of its county, month index (year * 12 +
month - 1), year, calendar month 1 to 12, and 1 during the burn-in before November 2017."""


class Now(namedtuple("Now", "month year calendar burn_in first last")):
    """The month: index, year, calendar month 1-12, whether in the burn-in, first and last index
    of the whole run."""

    __slots__ = ()


class Mechanism:
    """One thing that happens in a month. Subclasses set the class attributes below."""

    name: ClassVar[str] = ""
    """Name of the mechanism and of its parameter file."""
    zh: ClassVar[str] = ""
    """Its name in Chinese."""
    clauses: ClassVar[tuple[str, ...]] = ()
    """The clauses of the plan it carries out."""
    reason: ClassVar[str] = ""
    """Why it exists, where it carries out no clause."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Columns it only reads, as "kind.name"."""
    writes: ClassVar[tuple[str, ...]] = ()
    """Columns it owns (or pushes to, where the column has a combiner)."""
    changes: ClassVar[tuple[str, ...]] = ()
    """Columns owned by another mechanism that this one is known to change too."""
    columns: ClassVar[tuple[Column, ...]] = ()
    """Columns of its own, declared here because nobody else needs them."""
    uses: ClassVar[tuple[str, ...]] = ()
    """Parameters of other groups, as "group.name"."""
    draws: ClassVar[str] = ""
    """Kind of agent that gets four random words each before the rule runs: person, household,
    village, or "" for none."""
    months: ClassVar[tuple[int, ...]] = tuple(range(1, 13))
    """Calendar months in which it runs."""
    in_burn_in: ClassVar[bool] = True
    """Whether it also runs in the burn-in before the plan."""
    rule: ClassVar[Any] = None
    """The compiled rule of a block mechanism."""

    _drawing = True

    def active(self, now: Now) -> bool:
        """Whether it runs in this month."""
        return now.calendar in self.months and (self.in_burn_in or not now.burn_in)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """What the province does, over all counties (numpy)."""

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """What one county does, over all its rows (numpy)."""

    def begin(self, world: World, now: Now) -> None:
        """What it sets up once, before the first month of a run (after `bind`)."""

    # --- binding -------------------------------------------------------------------------------

    def bind(self, world: World, parameters: Parameters, seed: int) -> None:
        """Collect the columns, the parameters and the stream that the rule is handed."""
        wanted: dict[str, list[str]] = {}
        for key in dict.fromkeys((*self.reads, *self.writes, *self.changes)):
            kind, name = key.split(".")
            if key not in world.columns:
                raise KeyError(f"mechanism {self.name}: there is no column {key}")
            wanted.setdefault(kind, []).append(name)
        self._tuples = tuple(
            views.columns(type(self).__name__, kind, sorted(wanted[kind]), world)
            if kind in wanted
            else ()
            for kind in ("person", "household", "village", "county")
        )
        self._parameters = parameters
        low, high = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
        self.chance = records(RECORD)[0]
        self.chance.key0, self.chance.key1 = low, high
        self.chance.stream = stream_number(self.name)
        self.p: Any = None
        self._entry: Any = None

    def open_month(self, now: Now) -> None:
        """Set the month's parameters and stream position."""
        self.p = self._parameters.record(self, now.month)
        self.chance.month = now.month
        self._drawing = self.needs_draws(now)

    def needs_draws(self, now: Now) -> bool:
        """Whether this month's rule looks at `words` at all; if not, they are left unfilled."""
        return bool(self.draws)

    def run_block(self, block: Block, words: np.ndarray) -> None:
        """Run the rule over one block; `words` is the thread's scratch for draws."""
        drawn: Any = ()
        if self.draws:
            drawn = block.fill(self.draws, self.chance, words) if self._drawing else words
        arguments = (block.at, *self._tuples, drawn, self.chance, self.p)
        if self._entry is None:
            self._entry = entry_point(type(self).rule, arguments)
        self._entry(*arguments)
