"""An imported register as arrays: one year of it, set back to the end of 2016 where it is later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.population.hashing import Draws, mix
from calibration.population.inputs import read_inputs
from calibration.registration.store import read_imported
from sim.calendar import month_index
from sim.world.codes import Registered

__all__ = [
    "REFERENCE", "Register", "RegisterError", "any_member", "content_digest", "numbers_of",
    "read_register", "states_of",
]  # fmt: skip

REFERENCE = 2016
"""The model starts with the register as it stood at the end of this year."""

_END = month_index(f"{REFERENCE}-12")
_TABLES = ("households", "members", "villages", "county_years")
_VILLAGE_WITHOUT_CODE = 90.0
"""Registered households of a made-up village, where exports name none: the mean of the scope."""


class RegisterError(ValueError):
    """An imported register that cannot become a starting population."""


@dataclass(frozen=True)
class Register:
    """One year of a register; NaN where it says nothing.

    household, person: float64 columns under the names of registration_fields.yaml, with `id`
    (uint64); households are sorted by village and id, persons by household, and `person["home"]`
    is the row of the household. `household["village"]` is the row of the village.
    village: `id` (uint64), `county` (six digits), `township` (nine digits, 0 unknown), and from
    the village table `households`, `persons` and `county_distance` (NaN unknown).
    county: by code, what the county-year table says of the year: `persons` (rural) and `listed`
    (on the register), NaN unknown. year: data year; back: how many households were set back, by
    what was undone.
    """

    year: int
    household: dict[str, np.ndarray]
    person: dict[str, np.ndarray]
    village: dict[str, np.ndarray]
    county: dict[int, dict[str, float]] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)

    def state(self) -> np.ndarray:
        """Registered state of each household (sim.world.codes.Registered)."""
        return self.household["registered"].astype(np.int64)


def content_digest(folder: Path) -> str:
    """Hash of the imported tables: another import, another hash."""
    whole = hashlib.sha256()
    for name in _TABLES:
        path = folder / f"{name}.parquet"
        if path.exists():
            with path.open("rb") as file:
                whole.update(name.encode() + hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:24]


def read_register(
    folder: Path, year: int | None = None, counties: Sequence[int] | None = None
) -> Register:
    """The register of an import folder in one data year.

    year: data year; None takes the last one up to 2016, or the first one if all are later.
    counties: six-digit codes to take, None for all.
    ImportedError if the folder is no import; RegisterError if it holds no households, not the
    year, or counties that the model does not know.
    """
    imported = read_imported(folder)
    homes, members = imported.households, imported.members
    if homes.empty:
        raise RegisterError(
            f"{folder} holds no households, so there is nobody to start with: import household "
            "exports (fanpin registration import), or leave --population out"
        )
    year = _year(sorted({int(y) for y in homes["year"]}), year, folder)
    homes, members = _of(homes, year, counties), _of(members, year, counties)
    if homes.empty:
        raise RegisterError(f"{folder} has no household of {year} in the counties asked for")
    _known(homes["county"], folder)
    register = _arrays(homes, members, _table(folder, "villages"), year)
    return _set_back(replace(register, county=_counties(_table(folder, "county_years"), year)))


def _table(folder: Path, name: str) -> pd.DataFrame | None:
    path = folder / f"{name}.parquet"
    return pd.read_parquet(path) if path.is_file() else None


def _counties(table: pd.DataFrame | None, year: int) -> dict[int, dict[str, float]]:
    """Rural people and registered poor of each county in the year, from the county-year table."""
    if table is None:
        return {}
    rows = table[table["year"] == year]
    persons, listed = numbers_of(rows, "rural_persons"), numbers_of(rows, "registered_end")
    return {
        int(code): {"persons": persons[k], "listed": listed[k]}
        for k, code in enumerate(rows["county"])
    }


def _year(years: list[int], asked: int | None, folder: Path) -> int:
    listed = ", ".join(map(str, years))
    if asked is not None:
        if asked not in years:
            raise RegisterError(f"{folder} has no data of {asked}, only of {listed}")
        return asked
    early = [y for y in years if y <= REFERENCE]
    return max(early) if early else min(years)


def _of(table: pd.DataFrame, year: int, counties: Sequence[int] | None) -> pd.DataFrame:
    chosen = table["year"] == year
    if counties is not None:
        chosen &= table["county"].isin([int(c) for c in counties])
    return table[chosen]


def _known(county: pd.Series, folder: Path) -> None:
    known = read_inputs().counties["code"].tolist()
    strange = sorted({str(c) for c in county.dropna()} - {str(c) for c in known})
    if county.isna().any() or strange:
        what = ", ".join(strange) if strange else "an empty cell"
        raise RegisterError(
            f"{folder}: {what} is no county of the model, which has "
            f"{', '.join(map(str, known))}. Leave these rows out of the import"
        )


def numbers_of(table: pd.DataFrame, name: str) -> np.ndarray:
    """A column as float64, NaN where it says nothing; all NaN where there is no such column."""
    if name not in table:
        return np.full(len(table), np.nan)
    column = table[name].to_numpy()
    found = column.astype(np.float64)
    if column.dtype.kind == "i":  # codes, counts and dates mark an empty cell by -1
        found[column < 0] = np.nan
    return found


_HOME = (
    "registered", "exit_year", "first_date", "relapse_date", "cause", "income_per_head",
    "net_income", "wage", "business", "business_cost", "property", "transfer", "dibao", "tekun",
    "land", "irrigated", "safe_water", "water_clean", "water_hard", "distance", "dangerous_house",
    "house_grade", "cooperative", "size",
)  # fmt: skip
_MEMBER = (
    "birth", "age", "female", "relation", "ethnicity", "education", "school", "health", "skill",
    "job", "months_worked", "insured", "pensioned", "dibao_member", "disability_grade",
)  # fmt: skip


def _arrays(
    homes: pd.DataFrame, members: pd.DataFrame, villages: pd.DataFrame | None, year: int
) -> Register:
    household = {name: numbers_of(homes, name) for name in _HOME}
    household["registered"] = states_of(homes)
    unknown = int(np.isnan(household["registered"]).sum())
    if unknown:
        raise RegisterError(
            f"{unknown} households of {year} have no registered state (脱贫属性, aar010): "
            "the population cannot be built without it"
        )
    household["id"] = homes["household_id"].to_numpy(np.uint64)
    places = _places(homes)
    village = places.drop_duplicates(["county", "village"]).sort_values(["county", "village"])
    village = village.reset_index(drop=True)
    at = places.merge(village.reset_index(), on=["county", "village"], how="left")["index"]
    household["village"] = at.to_numpy(np.int64)
    order = np.lexsort((household["id"], household["village"]))
    household = {name: column[order] for name, column in household.items()}
    table = {
        "id": village["village"].to_numpy(np.uint64),
        "county": village["county"].to_numpy(np.int64),
        "township": village["township"].to_numpy(np.int64),
        **_totals(villages, village["village"], year),
    }
    person = _members(members, household["id"])
    household["dibao_member"] = any_member(person["dibao_member"], person["home"], len(homes))
    return Register(year, household, person, table)


def any_member(flag: np.ndarray, home: np.ndarray, households: int) -> np.ndarray:
    """Whether a flag holds for any member; NaN where no member says."""
    said = np.bincount(home, ~np.isnan(flag), households) > 0
    yes = np.bincount(home, np.nan_to_num(flag), households) > 0
    return np.where(said, yes, np.nan)


def states_of(homes: pd.DataFrame) -> np.ndarray:
    """Registered state of each household, NaN unknown; exports from 2021 on say it as 户类型."""
    state, kind = numbers_of(homes, "registered"), numbers_of(homes, "household_kind")
    return np.where(np.isnan(state), kind, state)


def _places(homes: pd.DataFrame) -> pd.DataFrame:
    """County, township and village of each household. Where an export names no village, the
    households of its township are dealt out to made-up ones by the hash of their ids."""
    frame = homes[["county"]].astype(np.int64).reset_index(drop=True)
    for name in ("township", "village"):
        given = homes[name].to_numpy() if name in homes else np.zeros(len(homes))
        frame[name] = given.astype(np.uint64 if name == "village" else np.int64)
    lost = frame["village"] == 0
    if lost.any():
        number = frame.groupby(["county", "township"])["village"].transform("size")[lost]
        number = np.maximum(1.0, np.round(number / _VILLAGE_WITHOUT_CODE)).to_numpy()
        ids = homes["household_id"].to_numpy(np.uint64)[lost]
        which = np.floor(Draws(0).uniform(ids, "village") * number).astype(np.int64)
        town = np.maximum(frame["township"], frame["county"])[lost].to_numpy()
        frame.loc[lost, "village"] = mix(town, which)
    return frame


def _totals(villages: pd.DataFrame | None, ids: pd.Series, year: int) -> dict[str, np.ndarray]:
    """Households, persons and distance to the county seat of the villages, from the village
    table: of the year, or of the nearest one that it has."""
    names = ("households", "persons", "county_distance")
    if villages is None or villages.empty:
        return {name: np.full(len(ids), np.nan) for name in names}
    villages = _whole_villages(villages)
    far = np.nan_to_num(np.abs(numbers_of(villages, "year") - year), nan=99.0)
    nearest = villages.assign(far=far).sort_values("far").drop_duplicates("village")
    found = nearest.set_index("village").reindex(ids.to_numpy())
    return {name: numbers_of(found, name) for name in names}


def _whole_villages(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of whole villages: those of natural villages are added up where there is no other."""
    if "natural_village" not in table or not (table["natural_village"] != 0).any():
        return table
    part = table["natural_village"] != 0
    rest = table[part & ~table["village"].isin(table.loc[~part, "village"])]
    keys = [name for name in ("village", "year") if name in rest]
    counts = [name for name in ("households", "persons") if name in rest]
    summed = rest.groupby(keys, as_index=False)[counts].sum(min_count=1)
    return pd.concat([table[~part], summed], ignore_index=True)


def _members(members: pd.DataFrame, households: np.ndarray) -> dict[str, np.ndarray]:
    order = np.argsort(households)
    keys = members["household_id"].to_numpy(np.uint64)
    at = np.minimum(np.searchsorted(households[order], keys), len(households) - 1)
    home = order[at]
    here = households[home] == keys
    person = {name: numbers_of(members, name)[here] for name in _MEMBER}
    ids = members["member_id"] if "member_id" in members else pd.Series([], dtype=np.uint64)
    person["id"], person["home"] = ids.to_numpy(np.uint64)[here], home[here]
    relation = np.nan_to_num(person["relation"], nan=9.0)
    order = np.lexsort((person["id"], relation, person["home"]))  # the head first
    return {name: column[order] for name, column in person.items()}


def _set_back(register: Register) -> Register:
    """Undo what happened after 2016: exits, relapses and first registrations of later years."""
    home, end = register.household, float(_END)
    first, exit = home["first_date"], home["exit_year"] * 12.0 + 11.0
    state, back = register.state(), {}
    if register.year > REFERENCE:
        relapsed = (state == Registered.RELAPSED) & ~(home["relapse_date"] <= end)
        state[relapsed] = np.where(exit[relapsed] <= end, Registered.EXITED, Registered.POOR)
        later = (state == Registered.EXITED) & (exit > end)
        state[later] = Registered.POOR
        new = (state != Registered.NEVER) & (first > end)
        state[new] = Registered.NEVER
        counted = (("relapses", relapsed), ("exits", later), ("first registrations", new))
        back = {name: int(which.sum()) for name, which in counted}
    listed = np.isin(state, (Registered.EXITED, Registered.RELAPSED))
    home["registered"] = state.astype(np.float64)
    home["exit_month"] = np.where(listed & (exit <= end), exit, np.nan)
    home["first_month"] = np.where(first <= end, first, np.nan)
    return replace(register, back=back)
