"""Households that divide, and the clearing of rows that nobody uses any more."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import uniform, words
from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.shocks.kinship import vacant
from sim.world.codes import Relation
from sim.world.columns import column
from sim.world.households import HOUSEHOLDS
from sim.world.identity import mix
from sim.world.persons import PERSONS
from sim.world.world import World

__all__ = ["DIVIDED", "HouseholdSplits"]

DIVIDED = (
    "land", "irrigated", "rented_out", "herd", "cash", "livestock", "debt_bank", "debt_kin",
    "debt_house", "ring", "ring_all", "income12", "income12_all", "window_wage",
    "window_business", "window_property", "window_transfer", "medical_year", "forced_year",
    "blow_size", "dibao_pay", "equity", "labour", "micro",
)  # fmt: skip
"""What is divided by heads when a household splits; the two parts add up to the whole, whole fen
by whole fen. Every other column of the household, its registered state too, is copied."""


class HouseholdSplits(Mechanism):
    """A married son leaves his parents' household with his wife and children (分家).

    Once a year, after the Spring Festival. The new household is mix(parent, leaver) and takes an
    unused household row of its village; land, money, debts and the income of the last year go by
    heads, the registered state is the parents', and the two are kin. Without an unused row
    nobody leaves and `village.no_room_household` counts it.

    Each January the rows of the dead, of those who married away and of ended households are
    cleared, so that newcomers find rows that are as new. Nobody's id, place or draws change.

    It touches every column of persons and households, those that other mechanisms declare for
    themselves included: copied on a split, back to their start in a cleared row.
    """

    name = "household_splits"
    zh = "分户"
    reason = "Households of three generations divide; the parts differ in labour and dependants."
    reads = ("village.first_person", "village.end_person", "village.first_household",
             "village.end_household")  # fmt: skip
    writes = ("village.next_household", "village.no_room_household")
    changes = tuple(one.key for one in (*PERSONS, *HOUSEHOLDS))
    columns = (
        column("village", "next_household", "i4", "row",
               "where the search for an unused row goes on", "下一可用户行"),
        column("village", "no_room_household", "i4", "households",
               "splits that found no row so far", "缺行未分户数"),
    )  # fmt: skip
    in_burn_in = False

    def bind(self, world: World, parameters: Any, seed: int) -> None:
        """As any mechanism, and declare the columns that others added to persons and households."""
        own = {c.key for c in world.columns.values() if c.kind in ("person", "household")}
        self.changes = tuple(sorted(own))  # type: ignore[misc]
        super().bind(world, parameters, seed)

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Clear rows in January, split in the month of splits."""
        if now.calendar == 1:
            clear(world, county)
        if now.calendar == int(p.month):
            split(world, county, p, chance)


def clear(world: World, county: int) -> None:
    """Set the rows of a county's people who are no more to what a row starts with."""
    for kind in ("person", "household"):
        table = world.tables[kind]
        span = world.county_rows(county, kind)
        rows = np.nonzero((table.alive[span] == 0) & (table.id[span] != 0))[0]
        if not len(rows):
            continue
        if kind == "household":
            gone = np.zeros(span.stop - span.start, bool)
            gone[rows] = True
            for link in ("kin", "neighbour"):
                to = table[link][span]  # in the same village, so in the same county
                to[(to >= 0) & gone[np.maximum(to - span.start, 0)]] = -1
        rows = rows + span.start
        if kind == "household":
            village = table.village[rows]
        for name, column_ in table.items():
            if column_.ndim == 1:
                column_[rows] = world.columns[f"{kind}.{name}"].start
            else:
                column_[..., rows] = world.columns[f"{kind}.{name}"].start
        if kind == "household":
            table.village[rows] = village
            table.residence[rows] = village


def split(world: World, county: int, p: Any, chance: Any) -> None:
    """Find who leaves in a county, move them, and give the new households what is theirs."""
    person, household, village = world.person, world.household, world.village
    here = world.county_rows(county, "village")
    room = int((household.id[world.county_rows(county, "household")] == 0).sum())
    old, new, heads, size = (np.zeros(room, np.int64) for _ in range(4))
    ids = np.zeros(room, np.uint64)
    count = _leavers(
        *(person[name] for name in _PERSON), household.id,
        village.first_person[here], village.end_person[here], village.first_household[here],
        village.end_household[here], village.next_household[here], village.no_room_household[here],
        old, new, heads, size, ids, chance, p,
    )  # fmt: skip
    if not count:
        return
    old, new, part = old[:count], new[:count], heads[:count] / np.maximum(size[:count], 1)
    for name, cells in household.items():
        if name in DIVIDED:
            whole = cells[..., old]
            share = whole * part
            if cells.dtype.kind != "f":
                share = np.trunc(share)
            cells[..., new] = share.astype(cells.dtype)
            cells[..., old] = whole - cells[..., new]
        elif cells.ndim > 1:
            cells[..., new] = cells[..., old]
        elif name not in ("id", "alive"):
            cells[new] = cells[old]
    household.id[new] = ids[:count]
    household.alive[new] = 1
    household.size[new] = heads[:count]
    household.size[old] -= heads[:count].astype(household.size.dtype)
    household.kin[new] = old
    alone = household.kin[old] < 0
    household.kin[old[alone]] = new[alone]


_PERSON = ("id", "household", "alive", "age", "female", "relation", "married")


@kernel(inline=True)
def _listed(rows, first, end, row):
    listed = False
    for c in range(first, end):
        listed = listed or rows[c] == row
    return listed


@kernel
def _leavers(
    identity, household, alive, age, female, relation, married,
    household_id, first_person, end_person, first_household, end_household, next_household, no_room,
    old, new, heads, size, ids, chance, p,
):  # fmt: skip
    """Move the leavers into new household rows; returns how many households split.

    Fills for each split the old and the new row, the heads that leave, the heads there were,
    and the id of the new household.
    """
    count = 0
    youngest = 12 * p.leaver_youngest
    oldest = 12 * p.leaver_oldest
    for v in range(len(first_person)):
        first = first_person[v]
        end = end_person[v]
        before = count
        for i in range(first, end):
            if not alive[i] or not married[i] or female[i] or relation[i] != Relation.CHILD:
                continue
            if age[i] < youngest or age[i] >= oldest:
                continue
            if uniform(words(chance, identity[i], 1)[0]) >= p.split_rate:
                continue
            h = household[i]
            if _listed(old, before, count, h):
                continue  # one split a household and year
            wife = -1
            nearest = 180
            members = 0
            couples = 0
            for j in range(first, end):
                if household[j] != h or not alive[j]:
                    continue
                members += 1
                if relation[j] == Relation.CHILD and married[j] and not female[j]:
                    couples += 1
                if married[j] and female[j] and relation[j] > Relation.SPOUSE:
                    gap = abs(np.int64(age[j]) - np.int64(age[i]))
                    if gap < nearest and relation[j] != Relation.PARENT:
                        nearest = gap
                        wife = j
            if wife < 0 or members < p.split_size:
                continue
            row = vacant(household_id, first_household[v], end_household[v], next_household[v])
            if row < 0:
                no_room[v] += 1
                continue
            next_household[v] = row + 1
            leaving = 2
            relation[i] = Relation.HEAD
            relation[wife] = Relation.SPOUSE
            household[i] = row
            household[wife] = row
            for j in range(first, end):
                if household[j] != h or not alive[j] or relation[j] != Relation.GRANDCHILD:
                    continue
                # the register does not say whose child it is: of several couples each takes
                # the grandchildren whose turn it is by their ids
                theirs = couples < 2 or identity[j] % np.uint64(couples) == np.uint64(0)
                if theirs and not married[j] and age[i] - age[j] >= 192:
                    household[j] = row
                    relation[j] = Relation.CHILD
                    leaving += 1
            household_id[row] = mix(household_id[h], identity[i])
            ids[count] = household_id[row]
            old[count] = h
            new[count] = row
            heads[count] = leaving
            size[count] = members
            count += 1
    return count
