"""The world: columns, blocks, and how a starting population becomes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import chance as _chance
from sim.kernel import entry_point, records
from sim.mechanism import AT, Now
from sim.world.columns import Column

__all__ = ["Block", "Population", "Table", "World"]

Population = Mapping[str, Mapping[str, np.ndarray]]
"""A starting population: {kind: {column name: array}}. Persons are sorted by household,
households by village, villages by county (a county's resettlement sites last). Columns that it
lacks start at their declared value. `person.household`, `household.village`, ... are rows."""

_INDEX = {
    "person": {"household": "household"},
    "household": {
        "village": "village", "residence": "village", "natural": "natural",
        "kin": "household", "neighbour": "household",
    },
    "natural": {"village": "village"},
    "village": {"county": "county", "township": "township"},
    "township": {"county": "county"},
}  # fmt: skip
"""Columns that hold rows of another kind and follow it when spare rows are put in."""


class Table(dict[str, np.ndarray]):
    """The columns of one kind: `table.age` is `table["age"]`."""

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


_filler: Any = None
"""The machine code of `sim.chance.fill`."""


@dataclass
class Block:
    """Whole villages of one county: the unit of threads. Its rows are consecutive."""

    at: Any
    ids: dict[str, np.ndarray]

    def __post_init__(self) -> None:
        self._rows = {
            kind: (int(self.at[f"first_{kind}"]), int(self.at[f"end_{kind}"])) for kind in self.ids
        }
        self.county = int(self.at.county)

    def fill(self, kind: str, chance: Any, words: np.ndarray) -> np.ndarray:
        """Four random words for each agent of `kind` in the block, in the thread's scratch."""
        arguments = (chance, self.ids[kind], *self._rows[kind], words)
        global _filler
        if _filler is None:
            _filler = entry_point(_chance.fill, arguments)
        _filler(*arguments)
        return words

    def rows(self, kind: str) -> tuple[int, int]:
        """First and end row of `kind`."""
        return self._rows[kind]


class World:
    """All columns of all agents, and the rows of each village and county.

    starts: {"person": offsets by village, "household": offsets by village, "village": offsets
    by county}; rows of village v are starts["person"][v] to starts["person"][v + 1].
    """

    ledger: Any = None
    """The accounts (sim.ledger.Ledger), set by the model; mechanisms of the province and of the
    counties grant and ask for balances there."""

    def __init__(
        self, columns: Mapping[str, Column], tables: dict[str, Table], starts: dict[str, np.ndarray]
    ) -> None:
        self.columns = columns
        self.tables = tables
        self.starts = starts
        self.__dict__.update(tables)  # `world.person` is asked for so often that it counts

    def __getattr__(self, kind: str) -> Table:
        raise AttributeError(kind)

    def __getitem__(self, key: str) -> np.ndarray:
        kind, name = key.split(".")
        return self.tables[kind][name]

    # --- building ------------------------------------------------------------------------------

    @classmethod
    def build(
        cls, population: Population, columns: Mapping[str, Column], spare: tuple[float, float]
    ) -> World:
        """A world from a population, with spare rows at the end of each village.

        spare: spare person rows as a share of a village's persons, and household rows of its
        households; some more are added so that a small village has a few.
        """
        villages = len(population["village"]["id"])
        household_village = np.asarray(population["household"]["village"])
        person_village = household_village[np.asarray(population["person"]["household"])]
        extra = {"person": (spare[0], 16), "household": (spare[1], 10)}
        rows: dict[str, np.ndarray] = {}
        starts: dict[str, np.ndarray] = {}
        for kind, of in (("person", person_village), ("household", household_village)):
            count = np.bincount(of, minlength=villages)
            share, least = extra[kind]
            room = np.where(count > 0, count + np.ceil(share * count).astype(np.int64) + least, 0)
            start = np.concatenate([[0], np.cumsum(room)])
            within = np.arange(len(of)) - np.concatenate([[0], np.cumsum(count)])[of]
            starts[kind], rows[kind] = start, start[of] + within
        county = np.asarray(population["village"]["county"])
        starts["village"] = np.concatenate(
            [[0], np.cumsum(np.bincount(county, minlength=len(population["county"]["code"])))]
        )
        sizes = {k: len(next(iter(population[k].values()))) for k in population}
        for kind in ("person", "household"):
            sizes[kind] = int(starts[kind][-1])
        tables = {
            kind: cls._table(kind, size, population[kind], columns, rows)
            for kind, size in sizes.items()
        }
        for kind in ("person", "household"):
            tables["village"][f"first_{kind}"][:] = starts[kind][:-1]
            tables["village"][f"end_{kind}"][:] = starts[kind][1:]
        world = cls(columns, tables, starts)
        spread = np.repeat(np.arange(villages, dtype=np.int32), np.diff(starts["household"]))
        spare_rows = tables["household"]["alive"] == 0
        tables["household"]["village"][spare_rows] = spread[spare_rows]
        tables["household"]["residence"][spare_rows] = spread[spare_rows]
        return world

    @staticmethod
    def _table(
        kind: str,
        size: int,
        given: Mapping[str, np.ndarray],
        columns: Mapping[str, Column],
        rows: Mapping[str, np.ndarray],
    ) -> Table:
        table = Table()
        known = {c.name: c for c in columns.values() if c.kind == kind}
        unknown = set(given) - set(known)
        if unknown:
            raise KeyError(f"population: {kind} has no columns {', '.join(sorted(unknown))}")
        for name, one in known.items():
            shape = (one.depth, size) if one.depth else (size,)
            array = np.full(shape, one.start, dtype=one.dtype)
            if name in given:
                values = np.asarray(given[name])
                target = _INDEX.get(kind, {}).get(name, "")
                if target in rows:
                    values = np.where(values >= 0, rows[target][np.maximum(values, 0)], -1)
                if kind in rows:
                    array[..., rows[kind]] = values
                else:
                    array[...] = values
            table[name] = array
        if kind in rows and "alive" in table and "alive" not in given:
            table["alive"][rows[kind]] = 1
        return table

    def copy(self) -> World:
        """A world with its own copy of every column: to branch a run from a saved state."""
        tables = {
            kind: Table({name: array.copy() for name, array in table.items()})
            for kind, table in self.tables.items()
        }
        return World(self.columns, tables, self.starts)

    def bytes_per_person(self) -> float:
        """Bytes of live columns, all kinds, for each living person."""
        total = sum(array.nbytes for table in self.tables.values() for array in table.values())
        return total / max(1, int(self.person.alive.sum()))

    # --- cutting -------------------------------------------------------------------------------

    def blocks(self, persons: int) -> list[Block]:
        """Cut the world into blocks of whole villages of one county, of about `persons` rows."""
        found: list[Block] = []
        by_village = self.starts["person"]
        for county in range(len(self.starts["village"]) - 1):
            first, end = self.starts["village"][county], self.starts["village"][county + 1]
            while first < end:
                last = int(np.searchsorted(by_village, by_village[first] + persons, side="right"))
                last = min(max(last - 1, first + 1), end)
                found.append(self._block(county, int(first), int(last)))
                first = last
        return found

    def _block(self, county: int, first: int, end: int) -> Block:
        at = records(AT)[0]
        at.county, at.first_village, at.end_village = county, first, end
        for kind in ("person", "household"):
            at[f"first_{kind}"] = self.starts[kind][first]
            at[f"end_{kind}"] = self.starts[kind][end]
        ids = {kind: self.tables[kind]["id"] for kind in ("person", "household", "village")}
        return Block(at, ids)

    def county_rows(self, county: int, kind: str) -> slice:
        """The rows of `kind` (person, household, village) in one county."""
        first, end = self.starts["village"][county], self.starts["village"][county + 1]
        if kind == "village":
            return slice(int(first), int(end))
        return slice(int(self.starts[kind][first]), int(self.starts[kind][end]))


def set_month(blocks: Iterable[Block], now: Now) -> None:
    """Write the month into every block's record."""
    for block in blocks:
        at = block.at
        at["month"], at["year"], at["calendar"] = now.month, now.year, now.calendar
        at["burn_in"] = now.burn_in
