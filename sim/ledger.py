"""Where the money of the measures comes from, where it goes, and what waits for it.

Five levels, all in whole fen:

    province     one fund a family (special, sector, social): what comes in from outside
    county       a purse a family, and an account a programme that is filled from it
    township     the 40 deep-poverty townships' own funds
    village      what programmes delivered there: to households, its collective, or suppliers
    household    what programmes paid it (`household.granted`)

In every account of the first three, at the end of every month,

    received = spent + leaked + wasted + passed on + returned + balance,   balance >= 0,

and what one level passes on, the next has received. `check` holds this to the fen.

A rule that pays adds the same fen to the village column `paid_<programme>` (sim.world.columns.
account) and, where households are paid, to `household.granted`. `close_month` books these. A
statutory programme (family "") is granted exactly what it spends, and that is its cost. A
budgeted one can deliver only what `draw` allows: the balance of its account, less what leaks and
is wasted on the way, and for works no more than the builders can do this month. What it wanted
and did not get waits, and is written down by reason.
"""

from __future__ import annotations

import numpy as np

from sim.books import Books
from sim.world.columns import FAMILIES
from sim.world.world import World

__all__ = ["BUILDERS", "FUNDS", "Ledger", "LedgerError"]

FUNDS, BUILDERS = 0, 1
"""Reasons to wait: no money, or nobody to build (frost, permits, capacity)."""

UNLIMITED = np.int64(2**62)


class LedgerError(RuntimeError):
    """An account does not add up, or spent more than it had."""


class Ledger:
    """Accounts of the province, the counties, townships, villages and households."""

    def __init__(self, world: World) -> None:
        self._world = world
        declared = {c.name: c for c in world.columns.values() if c.kind == "village"}
        self.paid_columns = tuple(sorted(name for name in declared if name.startswith("paid_")))
        self.programmes = tuple(name.removeprefix("paid_") for name in self.paid_columns)
        self.family = tuple(declared[name].family for name in self.paid_columns)
        self.to = tuple(declared[name].to for name in self.paid_columns)
        self.rank = np.array([declared[name].rank for name in self.paid_columns], np.int64)
        self._row = {name: row for row, name in enumerate(self.programmes)}
        counties = len(world.county.code)
        self.province = Books("province", FAMILIES, ("province",))
        self.purses = Books("county purse", FAMILIES, counties)
        self.accounts = Books("account", self.programmes, counties)
        self.townships = Books("township", ("fund",), len(world.township.code))
        self.spent_year = np.zeros(self.accounts.shape, np.int64)
        self.lost_year = np.zeros(self.accounts.shape, np.int64)
        self.asked = np.zeros(self.accounts.shape, np.int64)
        self.waited = np.zeros((2, *self.accounts.shape), np.int64)
        self.works = np.full(counties, UNLIMITED, np.int64)
        self.leak = np.zeros(counties)
        self.waste = np.zeros(counties)
        self.budgeted = {n for n, f in zip(self.programmes, self.family, strict=True) if f}
        self._starts = world.starts["village"][:-1]

    # --- what exists by name -------------------------------------------------------------------

    def row(self, programme: str) -> int:
        """Row of a programme's accounts."""
        return self._row[programme]

    @property
    def granted(self) -> np.ndarray:
        """Received by the programmes' accounts, by programme and county."""
        return self.accounts.received

    @property
    def spent(self) -> np.ndarray:
        """Spent from the programmes' accounts, by programme and county."""
        return self.accounts.spent

    @property
    def returned(self) -> np.ndarray:
        """Returned from the programmes' accounts, by programme and county."""
        return self.accounts.returned

    # --- money comes in and is passed on -------------------------------------------------------

    def fund(self, family: str, fen: int) -> None:
        """New money of a family reaches the province."""
        self.province.receive(FAMILIES.index(family), 0, fen)

    def allot(self, family: str, fen: np.ndarray) -> None:
        """The province passes money on to the counties' purses (fen by county)."""
        row = FAMILIES.index(family)
        self.province.pass_on(row, 0, int(np.sum(fen)))
        self.purses.receive(row, slice(None), fen)

    def endow(self, family: str, fen: np.ndarray) -> None:
        """Money from outside that reaches the counties' purses directly (partners, own revenue)."""
        self.purses.receive(FAMILIES.index(family), slice(None), fen)

    def assign(self, programme: str, fen: np.ndarray) -> None:
        """The counties put money from the purse of its family into a programme's account."""
        row = self.row(programme)
        self.purses.pass_on(FAMILIES.index(self.family[row]), slice(None), fen)
        self.accounts.receive(row, slice(None), fen)

    def endow_township(self, township: np.ndarray, fen: np.ndarray) -> None:
        """The province's special fund pays into townships' own funds (rows, fen)."""
        self.province.pass_on(FAMILIES.index("special"), 0, int(np.sum(fen)))
        self.townships.receive(0, township, fen)

    def spend_township(self, programme: str, township: np.ndarray, fen: np.ndarray) -> None:
        """Townships pass money on to a programme in their county (rows, fen)."""
        self.townships.pass_on(0, township, fen)
        by_county = np.zeros(self.accounts.shape[1], np.int64)
        np.add.at(by_county, self._world.township.county[township], fen)
        self.accounts.receive(self.row(programme), slice(None), by_county)

    def grant(self, programme: str, county: int, fen: int) -> None:
        """Put money from outside into one account; it can spend no more than it is granted."""
        if fen < 0:
            raise LedgerError(f"{programme}: a grant can not be negative ({fen} fen)")
        self.budgeted.add(programme)
        self.accounts.receive(self.row(programme), county, fen)

    # --- asking and drawing --------------------------------------------------------------------

    def ask(self, programme: str, fen: np.ndarray) -> None:
        """What a programme could use by county (fen): it stands until it is asked anew."""
        self.asked[self.row(programme)] = np.maximum(0, np.asarray(fen)).astype(np.int64)

    def loss(self, row: int) -> np.ndarray | float:
        """Leaked and wasted for each fen delivered, by county; statutory payments are not."""
        if not self.family[row]:
            return 0.0
        lost = np.minimum(0.9, self.leak + self.waste)
        return lost / (1.0 - lost)

    def free(self, programme: str) -> np.ndarray:
        """What an account can still deliver by county (fen), this month's payments included."""
        row = self.row(programme)
        pending = np.add.reduceat(self._world.village[self.paid_columns[row]], self._starts)
        whole = 1.0 + self.loss(row)
        # a fen less for each rounding that `close_month` makes
        left = np.floor(self.accounts.balance[row] / whole).astype(np.int64) - pending - 2
        return np.maximum(0, left)

    def draw(self, programme: str, wanted: np.ndarray, works: bool = False) -> np.ndarray:
        """How much of `wanted` (fen by county) a budgeted programme can deliver this month.

        The caller adds what it delivers, and no more, to its `paid_` column before the month
        ends. works: it also takes up builders, of whom there are few, and none in the frost.
        """
        row = self.row(programme)
        wanted = np.maximum(0, np.asarray(wanted)).astype(np.int64)
        given = np.minimum(wanted, self.free(programme))
        self.waited[FUNDS, row] += wanted - given
        if works:
            built = np.minimum(given, self.works)
            self.waited[BUILDERS, row] += given - built
            self.works -= built
            given = built
        return given

    # --- one account ---------------------------------------------------------------------------

    def balance(self, programme: str, county: int) -> int:
        """What a budgeted account still holds, in fen, this month's payments included."""
        row = self.row(programme)
        rows = self._world.county_rows(county, "village")
        pending = int(self._world.village[self.paid_columns[row]][rows].sum())
        return int(self.accounts.balance[row, county]) - pending

    def give_back(self, programme: str, county: int) -> None:
        """Return what is left in a budgeted account."""
        left = self.balance(programme, county)
        self.accounts.give_back(self.row(programme), county, max(0, left))

    # --- the year's end: back up ---------------------------------------------------------------

    def pool(self, programme: str, fen: np.ndarray) -> None:
        """Take idle money of an account back into its county's purse (fen by county)."""
        row = self.row(programme)
        self.accounts.give_back(row, slice(None), fen)
        self.purses.receive(FAMILIES.index(self.family[row]), slice(None), fen)

    def claw_back(self, family: str, fen: np.ndarray) -> None:
        """Take money out of the counties' purses back into the province's fund."""
        row = FAMILIES.index(family)
        self.purses.give_back(row, slice(None), fen)
        self.province.receive(row, 0, int(np.sum(fen)))

    # --- closing -------------------------------------------------------------------------------

    def close_month(self) -> None:
        """Book the month's payments, what leaked on their way, and check every account."""
        self._check_households()
        for row, name in enumerate(self.paid_columns):
            paid = self._world.village[name]
            by_county = np.add.reduceat(paid, self._starts)
            if self.programmes[row] not in self.budgeted:
                self.accounts.receive(row, slice(None), by_county)
            self.accounts.spend(row, by_county)
            self.spent_year[row] += by_county
            if self.family[row] and by_county.any():
                lost = self.loss(row) * by_county
                whole = np.maximum(1e-12, self.leak + self.waste)
                leaked = np.floor(lost * self.leak / whole).astype(np.int64)
                wasted = np.floor(lost * self.waste / whole).astype(np.int64)
                self.accounts.lose(row, leaked, wasted)
                self.lost_year[row] += leaked + wasted
            paid[:] = 0
        self.check()

    def _check_households(self) -> None:
        """What programmes paid to households, households have been paid, village by village."""
        if "granted" not in self._world.household:
            return
        starts = self._world.starts["household"]
        rows = np.append(starts[:-1], 0)[:-1]
        got = np.add.reduceat(
            np.append(self._world.household.granted, 0), np.minimum(rows, starts[-1]),
            dtype=np.int64,
        )  # fmt: skip
        got[np.diff(starts) == 0] = 0
        paid = np.zeros(len(got), np.int64)
        for name, to in zip(self.paid_columns, self.to, strict=True):
            if to == "household":
                paid += self._world.village[name]
        if (got != paid).any():
            village = int(np.flatnonzero(got != paid)[0])
            raise LedgerError(
                f"village {village}: programmes paid households {paid[village] / 100:.2f} yuan "
                f"this month, and households were granted {got[village] / 100:.2f}. Who pays a "
                f"household adds the same fen to `paid_<programme>` and to `household.granted`."
            )

    def check(self) -> None:
        """Raise LedgerError unless every account adds up and none is overdrawn."""
        for books in (self.province, self.purses, self.accounts, self.townships):
            fault = books.fault()
            if fault:
                row, owner, fen = fault
                where = f"of county {self._world.county.code[owner]}"
                if books is self.province:
                    where = "of the province"
                elif books is self.townships:
                    where = f"of township {self._world.township.code[owner]}"
                raise LedgerError(
                    f"{books.name} {books.lines[row]} {where} is overdrawn by {-fen / 100:.2f} yuan"
                )
        passed = self.purses.passed.sum(axis=0) + 0
        down = self.province.passed.sum() - self.townships.received.sum()
        if down > self.purses.received.sum() or (passed > self.accounts.received.sum(axis=0)).any():
            raise LedgerError("money was passed on that nobody received")

    def close_year(self) -> np.ndarray:
        """Spending of the year by programme and county (fen), and start a new year."""
        year = self.spent_year.copy()
        self.spent_year[:] = 0
        return year

    def copy(self, world: World) -> Ledger:
        """The same accounts over a copy of the world."""
        new = Ledger(world)
        for name in ("province", "purses", "accounts", "townships"):
            getattr(new, name).take(getattr(self, name))
        for name in ("spent_year", "lost_year", "asked", "waited", "works", "leak", "waste"):
            getattr(new, name)[...] = getattr(self, name)
        new.budgeted = set(self.budgeted)
        return new
