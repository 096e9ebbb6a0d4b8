"""Where the money of the measures comes from, where it goes, and what waits for it.

Five levels, all in whole fen:

    province     one fund a family (special, sector, social): what comes in from outside
    county       a purse a family, and an account a programme that is filled from it
    township     the 40 deep-poverty townships' own funds
    village      what programmes delivered there: to households, its collective, or suppliers
    household    what programmes paid it (`household.granted`)

Beside the money it keeps the year's deeds (`did_<name>`, sim.world.columns.deed) by county.

In every account of the first three, at the end of every month,

    received = spent + leaked + wasted + passed on + returned + balance,   balance >= 0,

and what one level passes on, the next has received, to the fen: `check` holds both, by family of
funds and county. What the province spends goes to counties outside the scope.

A rule that pays adds the same fen to the village column `paid_<programme>` (sim.world.columns.
account) and, where households are paid, to `household.granted`. `close_month` books these. A
statutory programme (family "") is granted exactly what it spends, and that is its cost. A
budgeted one can deliver only what `draw` allows: the balance of its account, less what leaks and
is wasted on the way, and for works no more than the builders can do this month. What it wanted
and did not get waits, and is written down by reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.books import Books
from sim.world.columns import FAMILIES
from sim.world.world import World

__all__ = ["BUILDERS", "FUNDS", "Ledger", "LedgerError"]

FUNDS, BUILDERS = 0, 1
"""Reasons to wait: no money, or nobody to build (frost, permits, capacity)."""

UNLIMITED = np.int64(2**62)

_LEVELS = ("province", "purses", "accounts", "townships")
_NUMBERS = (
    "spent_year", "spent_last", "lost_year", "asked", "waited", "works", "built", "built_last",
    "leak", "waste", "deeds_year",
)  # fmt: skip


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
        self.spent_last = np.zeros(self.accounts.shape, np.int64)
        self.asked = np.zeros(self.accounts.shape, np.int64)
        self.waited = np.zeros((2, *self.accounts.shape), np.int64)
        self.works = np.full(counties, UNLIMITED, np.int64)
        self.built = np.zeros(self.accounts.shape, np.int64)
        self.built_last = np.zeros(self.accounts.shape, np.int64)
        self.leak = np.zeros(counties)
        self.waste = np.zeros(counties)
        self.budgeted = {n for n, f in zip(self.programmes, self.family, strict=True) if f}
        self._deeds = tuple(sorted(name for name in declared if name.startswith("did_")))
        self.deeds = tuple(name.removeprefix("did_") for name in self._deeds)
        self.deeds_year = np.zeros((len(self.deeds), counties), np.int64)
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
        self.province.flow("outside", FAMILIES.index(family), 0, fen)

    def allot(self, family: str, fen: np.ndarray) -> None:
        """The province passes money on to the counties' purses (fen by county)."""
        row = FAMILIES.index(family)
        self.province.flow("down", row, 0, int(np.sum(fen)))
        self.purses.flow("above", row, slice(None), fen)

    def allot_elsewhere(self, family: str, fen: int) -> None:
        """The province gives money to counties that are not in the scope."""
        self.province.flow("spent", FAMILIES.index(family), 0, fen)

    def endow(self, family: str, fen: np.ndarray) -> None:
        """Money from outside that reaches the counties' purses directly (partners, own revenue)."""
        self.purses.flow("outside", FAMILIES.index(family), slice(None), fen)

    def merge(self, source: str, target: str, fen: np.ndarray) -> None:
        """Counties use money of one family's purse as if it were of another (integration)."""
        self.purses.flow("aside", FAMILIES.index(source), slice(None), fen)
        self.purses.flow("beside", FAMILIES.index(target), slice(None), fen)

    def assign(self, programme: str, fen: np.ndarray) -> None:
        """The counties put money from the purse of its family into a programme's account."""
        row = self.row(programme)
        self.purses.flow("down", FAMILIES.index(self.family[row]), slice(None), fen)
        self.accounts.flow("above", row, slice(None), fen)

    def endow_township(self, township: np.ndarray, fen: np.ndarray) -> None:
        """The province's special fund pays into townships' own funds (different rows, fen)."""
        self.province.flow("down", FAMILIES.index("special"), 0, int(np.sum(fen)))
        self.townships.flow("above", 0, township, fen)

    def spend_township(self, programme: str, township: np.ndarray, fen: np.ndarray) -> None:
        """Townships pass money on to a programme in their county (different rows, fen)."""
        self.townships.flow("down", 0, township, fen)
        self.accounts.flow(
            "township", self.row(programme), slice(None), self._counties(township, fen)
        )

    def _counties(self, township: np.ndarray, fen: np.ndarray) -> np.ndarray:
        total = np.zeros(self.accounts.shape[1], np.int64)
        np.add.at(total, self._world.township.county[township], fen)
        return total

    def divert(self, source: str, target: str, fen: np.ndarray) -> None:
        """Money of one programme's accounts is spent by another (the labour pay of works)."""
        self.accounts.flow("aside", self.row(source), slice(None), fen)
        self.accounts.flow("beside", self.row(target), slice(None), fen)

    def grant(self, programme: str, county: int, fen: int) -> None:
        """Put money from outside into one account; it can spend no more than it is granted."""
        if fen < 0:
            raise LedgerError(f"{programme}: a grant can not be negative ({fen} fen)")
        self.budgeted.add(programme)
        self.accounts.flow("outside", self.row(programme), county, fen)

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
        left = np.floor(self.accounts.held(row) / whole).astype(np.int64) - pending - 2
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
            self.built[row] += built
            given = built
        return given

    # --- one account ---------------------------------------------------------------------------

    def balance(self, programme: str, county: int) -> int:
        """What a budgeted account still holds, in fen, this month's payments included."""
        row = self.row(programme)
        rows = self._world.county_rows(county, "village")
        pending = int(self._world.village[self.paid_columns[row]][rows].sum())
        return int(self.accounts.held(row)[county]) - pending

    def give_back(self, programme: str, county: int) -> None:
        """Return what is left in a budgeted account."""
        left = self.balance(programme, county)
        self.accounts.flow("left", self.row(programme), county, max(0, left))

    # --- the year's end: back up ---------------------------------------------------------------

    def pool(self, programme: str, fen: np.ndarray) -> None:
        """Take idle money of an account back into its county's purse (fen by county)."""
        row = self.row(programme)
        self.accounts.flow("up", row, slice(None), fen)
        self.purses.flow("below", FAMILIES.index(self.family[row]), slice(None), fen)

    def claw_back(self, family: str, fen: np.ndarray) -> None:
        """Take money out of the counties' purses back into the province's fund."""
        row = FAMILIES.index(family)
        self.purses.flow("up", row, slice(None), fen)
        self.province.flow("below", row, 0, int(np.sum(fen)))

    # --- closing -------------------------------------------------------------------------------

    def close_month(self) -> None:
        """Book the month's payments, what leaked on their way, and check every account."""
        self._check_households()
        for row, name in enumerate(self.paid_columns):
            paid = self._world.village[name]
            if not paid.any() and not self.built[row].any():
                continue
            by_county = np.add.reduceat(paid, self._starts)
            if self.programmes[row] not in self.budgeted:
                self.accounts.flow("outside", row, slice(None), by_county)
            self.accounts.flow("spent", row, slice(None), by_county)
            # builders who were taken and did not build are free again
            idle = np.maximum(0, self.built[row] - by_county)
            self.built[row] -= idle
            self.works += idle
            self.spent_year[row] += by_county
            if self.family[row] and by_county.any():
                lost = self.loss(row) * by_county
                whole = np.maximum(1e-12, self.leak + self.waste)
                leaked = np.floor(lost * self.leak / whole).astype(np.int64)
                wasted = np.floor(lost * self.waste / whole).astype(np.int64)
                self.accounts.flow("leaked", row, slice(None), leaked)
                self.accounts.flow("wasted", row, slice(None), wasted)
                self.lost_year[row] += leaked + wasted
            paid[:] = 0
        for row, name in enumerate(self._deeds):
            self.deeds_year[row] += np.add.reduceat(self._world.village[name], self._starts)
        self.built_last, self.built = self.built, self.built_last
        self.built[:] = 0
        self.check()

    def _check_households(self) -> None:
        """What programmes paid to households, households have been paid, village by village."""
        if "granted" not in self._world.household:
            return
        starts = self._world.starts["household"]
        homes = np.diff(starts) > 0
        got = np.zeros(len(homes), np.int64)
        if homes.any():
            first = starts[:-1][homes]
            granted = self._world.household.granted
            got[homes] = np.add.reduceat(granted, first, dtype=np.int64)
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
        for what, gave, got in self._levels():
            if not np.array_equal(gave, got):
                lost = int(np.sum(gave) - np.sum(got))
                raise LedgerError(f"{what}: passed on and received differ by {lost / 100:.2f} yuan")

    def _levels(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """What each level gave and the next one got: equal arrays, if all is well."""
        province, purses, accounts = self.province, self.purses, self.accounts
        to_townships = np.zeros(len(FAMILIES), np.int64)
        to_townships[FAMILIES.index("special")] = self.townships.above.sum()
        got = purses.above.sum(axis=1) + to_townships
        yield "province to counties and townships", province.down[:, 0], got
        yield "counties back to the province", purses.up.sum(axis=1), province.below[:, 0]
        for row, family in enumerate(FAMILIES):
            mine = np.array([one == family for one in self.family], bool)
            got, gave = accounts.above[mine].sum(axis=0), accounts.up[mine].sum(axis=0)
            yield f"purse {family} to accounts", purses.down[row], got
            yield f"accounts back to purse {family}", gave, purses.below[row]
        open_ended = np.array([one == "" for one in self.family], bool)
        moved = (accounts.above + accounts.up)[open_ended].sum(axis=0)
        yield "purses to statutory programmes", moved, np.zeros_like(moved)
        gave = self._counties(np.arange(self.townships.shape[1]), self.townships.down[0])
        yield "townships to accounts", gave, accounts.township.sum(axis=0)
        for books in (purses, accounts):
            yield f"{books.name} to {books.name}", books.aside.sum(axis=0), books.beside.sum(axis=0)

    def close_year(self) -> np.ndarray:
        """Spending of the year by programme and county (fen), and begin a new year."""
        self.deeds_year[:] = 0
        self.spent_last[:] = self.spent_year
        self.spent_year[:] = 0
        return self.spent_last.copy()

    def arrays(self) -> dict[str, np.ndarray]:
        """All its numbers by name: the arrays themselves, no copies. With `budgeted` they are all
        that is copied to a branch and saved with a state."""
        found = {name: getattr(self, name) for name in _NUMBERS}
        for level in _LEVELS:
            books = getattr(self, level).arrays()
            found.update({f"{level}.{flow}": array for flow, array in books.items()})
        return found

    def copy(self, world: World) -> Ledger:
        """The same accounts over a copy of the world."""
        new = Ledger(world)
        mine = self.arrays()
        for name, array in new.arrays().items():
            array[...] = mine[name]
        new.budgeted = set(self.budgeted)
        return new
