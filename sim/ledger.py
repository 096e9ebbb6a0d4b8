"""Where the money of the measures comes from and where it went.

Every programme has an account in each county. Money is granted to it, spent from it by the
mechanisms, carried over, or returned; all in whole fen (int64), so that at any time

    granted = spent + returned + balance        in every account, to the fen.

Rules that pay households in the block phase add what they paid to a village column named
`paid_<programme>`; `close_month` reduces these to the counties. A statutory programme (dibao,
insurance) is open-ended: it is granted exactly what it spends, and that is its cost. A budgeted
programme can not spend what it was not granted.
"""

from __future__ import annotations

import numpy as np

from sim.world.world import World

__all__ = ["Ledger", "LedgerError"]


class LedgerError(RuntimeError):
    """An account does not add up, or spent more than it had."""


class Ledger:
    """Accounts by programme and county, and yearly spending for the indicators."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.paid_columns = tuple(
            sorted(name for name in world.village if name.startswith("paid_"))
        )
        self.programmes = tuple(name.removeprefix("paid_") for name in self.paid_columns)
        counties = len(world.county.code)
        shape = (len(self.programmes), counties)
        self.granted = np.zeros(shape, np.int64)
        self.spent = np.zeros(shape, np.int64)
        self.returned = np.zeros(shape, np.int64)
        self.spent_year = np.zeros(shape, np.int64)
        self.budgeted: set[str] = set()
        self._starts = world.starts["village"][:-1]

    def row(self, programme: str) -> int:
        """Row of a programme's accounts."""
        return self.programmes.index(programme)

    def grant(self, programme: str, county: int, fen: int) -> None:
        """Put money into a budgeted account."""
        if fen < 0:
            raise LedgerError(f"{programme}: a grant can not be negative ({fen} fen)")
        self.budgeted.add(programme)
        self.granted[self.row(programme), county] += fen

    def balance(self, programme: str, county: int) -> int:
        """What a budgeted account still holds, in fen, this month's payments included."""
        row = self.row(programme)
        rows = self._world.county_rows(county, "village")
        pending = int(self._world.village[self.paid_columns[row]][rows].sum())
        account = self.granted[row, county] - self.spent[row, county] - self.returned[row, county]
        return int(account) - pending

    def give_back(self, programme: str, county: int) -> None:
        """Return what is left in a budgeted account."""
        left = self.balance(programme, county)
        self.returned[self.row(programme), county] += max(0, left)

    def close_month(self) -> None:
        """Book the month's payments and check every account."""
        for row, name in enumerate(self.paid_columns):
            paid = self._world.village[name]
            by_county = np.add.reduceat(paid, self._starts)
            self.spent[row] += by_county
            self.spent_year[row] += by_county
            if self.programmes[row] not in self.budgeted:
                self.granted[row] += by_county
            paid[:] = 0
        self.check()

    def check(self) -> None:
        """Raise LedgerError unless no account is overdrawn."""
        balance = self.granted - self.spent - self.returned
        if (balance < 0).any():
            row, county = (int(x[0]) for x in np.nonzero(balance < 0))
            raise LedgerError(
                f"account {self.programmes[row]} of county {self._world.county.code[county]} is "
                f"overdrawn by {-balance[row, county] / 100:.2f} yuan"
            )

    def close_year(self) -> np.ndarray:
        """Spending of the year by programme and county (fen), and start a new year."""
        year = self.spent_year.copy()
        self.spent_year[:] = 0
        return year

    def copy(self, world: World) -> Ledger:
        """The same accounts over a copy of the world."""
        new = Ledger(world)
        for name in ("granted", "spent", "returned", "spent_year"):
            getattr(new, name)[:] = getattr(self, name)
        new.budgeted = set(self.budgeted)
        return new
