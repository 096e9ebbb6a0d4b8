"""What must agree between rows and tables: ids, members of households, sizes, facts told twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from calibration.registration.faults import Faults
from calibration.registration.fields import Fields
from calibration.registration.tables import (
    PLACE,
    ROW,
    Table,
    dtype,
    empty,
    is_empty,
    key_of,
)  # fmt: skip
from sim.world.codes import Registered, Relation

__all__ = ["duplicates", "household_facts", "join", "note", "settle_members"]

_KEYS = {"household_id", "member_id", "year", "county", ROW, PLACE}


def note(
    rule: str, table: Table, frame: pd.DataFrame, where: np.ndarray, name: str,
    faults: Faults, values: list[str] | str = "", **words: object,
) -> None:  # fmt: skip
    """Note a rule broken in rows (positions) of a frame, file by file."""
    if not len(where):
        return
    column = table.fields[name].zh if name else ""
    places = frame[PLACE].to_numpy()[where]
    rows = frame[ROW].to_numpy()[where]
    for number in np.unique(places):
        mine = np.flatnonzero(places == number)
        some = {
            key: [word[k] for k in mine] if isinstance(word, list) else word
            for key, word in words.items()
        }
        shown = values if isinstance(values, str) else [values[k] for k in mine]
        faults.add(rule, table.places[number], column, rows[mine], shown, **some)


def duplicates(table: Table, frame: pd.DataFrame, column: str, rule: str, faults: Faults) -> None:
    """Note every row whose id stands in an earlier row for the same year."""
    usable = np.flatnonzero((frame[column].to_numpy() > 0) & (frame["year"].to_numpy() > 0))
    keys = key_of(frame, column)[usable]
    order = np.argsort(keys, kind="stable")
    same = np.r_[False, keys[order][1:] == keys[order][:-1]]
    if not same.any():
        return
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(same))))
    first = usable[order[starts[same]]]
    note(
        rule, table, frame, usable[order[same]], column, faults, first=table.told(frame, first)
    )  # fmt: skip


def household_facts(
    table: Table, members: pd.DataFrame, fields: Fields, faults: Faults
) -> pd.DataFrame:
    """What member rows say of their households: a row a household and year.

    Of each field the first that is filled in, the head's row before the others; where the rows
    of a household disagree, a warning. `_row` and `_place` are those of the first row.
    """
    usable = (members["household_id"].to_numpy() > 0) & (members["year"].to_numpy() > 0)
    members = members[usable]
    keys = key_of(members, "household_id")
    if "relation" in members:
        later = (members["relation"] != Relation.HEAD).to_numpy()
    else:
        later = np.ones(len(members), bool)
    order = np.lexsort((later, keys))
    starts = np.flatnonzero(np.r_[True, keys[order][1:] != keys[order][:-1]])
    starts = starts if len(order) else np.zeros(0, np.int64)
    firsts = order[starts]
    out = {name: members[name].to_numpy()[firsts] for name in _KEYS - {"member_id"}}
    for name in members.columns:
        if name in _KEYS or name not in fields.by_name or fields[name].table != "household":
            continue
        values = members[name].to_numpy()[order]
        out[name], unequal = _first_filled(values, starts, name)
        if fields[name].kind != "region":
            note("unequal", table, members, firsts[unequal], name, faults)
    return pd.DataFrame(out)


def _first_filled(
    values: np.ndarray, starts: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """The first value of each group that is filled in, and which groups disagree."""
    if not len(starts):
        return values[:0], np.zeros(0, bool)
    place = np.arange(len(values))
    first = np.minimum.reduceat(np.where(is_empty(values, name), len(values), place), starts)
    chosen = np.append(values, np.array([empty(values.dtype, name)], values.dtype))[first]
    group = np.cumsum(np.isin(place, starts)) - 1
    other = ~is_empty(values, name) & (values != chosen[group])
    return chosen, np.maximum.reduceat(other, starts)


def join(
    households: pd.DataFrame, facts: pd.DataFrame, table: Table, fields: Fields, faults: Faults
) -> pd.DataFrame:
    """The households, with what only their members' rows tell filled in."""
    where = pd.Index(key_of(facts, "household_id")).get_indexer(key_of(households, "household_id"))
    there = where >= 0
    for name in facts.columns:
        if name in _KEYS:
            continue
        kind = dtype(name, fields)
        told = np.full(len(households), empty(kind, name), kind)
        told[there] = facts[name].to_numpy()[where[there]]
        if name not in households:
            households[name] = told
            continue
        own = households[name].to_numpy()
        both = ~is_empty(own, name) & ~is_empty(told, name)
        if fields[name].kind != "region":
            note("unequal", table, households, np.flatnonzero(both & (own != told)), name, faults)
        households[name] = np.where(is_empty(own, name), told, own)
    return _registered(households)


def _registered(households: pd.DataFrame) -> pd.DataFrame:
    """The kind of household of newer exports stands in where there is no registered state."""
    if "household_kind" in households:
        kind = households.pop("household_kind").to_numpy()
        own = households.get("registered", pd.Series(np.full(len(kind), -1, np.int8))).to_numpy()
        households["registered"] = np.where(own == -1, kind, own)
    if "exit_year" in households and "registered" in households:
        exited = (households["registered"] == -1) & (households["exit_year"] > 0)
        households.loc[exited, "registered"] = np.int8(Registered.EXITED)
    return households


def settle_members(
    households: pd.DataFrame, members: pd.DataFrame, tables: tuple[Table, Table], faults: Faults,
    whole: bool,
) -> pd.DataFrame:  # fmt: skip
    """Hold members against households; gives the members that have one.

    whole: whether there were household files (otherwise households come from the members).
    """
    of_households, of_members = tables
    keys, where = key_of(households, "household_id"), key_of(members, "household_id")
    found = pd.Index(keys[~pd.Series(keys).duplicated().to_numpy()])
    position = pd.Series(np.arange(len(keys)), index=keys)
    position = position[~position.index.duplicated()]
    usable = (members["household_id"].to_numpy() > 0) & (members["year"].to_numpy() > 0)
    lost = usable & ~pd.Index(where).isin(found)
    if whole:
        lost_rows = np.flatnonzero(lost)
        note("no_household", of_members, members, lost_rows, "household_id", faults)
    members = members[usable & ~lost]
    home = position.loc[key_of(members, "household_id")].to_numpy()
    number = np.bincount(home, minlength=len(households))
    fine = (households["household_id"].to_numpy() > 0) & (households["year"].to_numpy() > 0)
    alone = np.flatnonzero((number == 0) & fine & ~pd.Series(keys).duplicated().to_numpy())
    note("no_members", of_households, households, alone, "household_id", faults)
    _sizes(households, number, of_households, faults)
    if "relation" in members:
        heads = np.bincount(
            home, weights=members["relation"] == Relation.HEAD, minlength=len(households)
        ).astype(int)
        odd = np.flatnonzero((number > 0) & (heads != 1))
        told: list[object] = [int(heads[k]) for k in odd]
        note("heads", of_households, households, odd, "household_id", faults, number=told)
    theirs = households["county"].to_numpy()[home]
    other = (members["county"].to_numpy() > 0) & (theirs > 0) & (members["county"] != theirs)
    note("other_county", of_members, members, np.flatnonzero(other), "county", faults)
    return members


def _sizes(households: pd.DataFrame, number: np.ndarray, table: Table, faults: Faults) -> None:
    if "size" not in households:
        return
    size = households["size"].to_numpy()
    wrong = np.flatnonzero((size > 0) & (number > 0) & (size != number))
    values = [str(size[k]) for k in wrong]
    listed: list[object] = [int(number[k]) for k in wrong]
    note("size", table, households, wrong, "size", faults, values, members=listed)
