"""`synthesise`: a synthetic registration export of any size, with known faults on request."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.faults import RegistrationError
from calibration.registration.fields import Field, read_fields
from calibration.registration.planted import Planter
from calibration.registration.synthetic import FIRST, Base, Households, make_base, read_export
from calibration.registration.synthetic_files import open_table
from calibration.registration.synthetic_households import HouseholdRows
from calibration.registration.synthetic_members import MemberRows
from calibration.registration.synthetic_tables import county_table, facts, village_table
from calibration.registration.table_fields import read_tables

__all__ = ["ENCODINGS", "FORMATS", "PLANTED", "Wanted", "synthesise"]

FORMATS = ("csv", "xlsx")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
PLANTED = ("fault", "rule", "file", "sheet", "row", "column")
"""Columns of faults_planted.csv."""

_PIECE = 25_000  # households at a time
_LAST = 2025
_SHEETS = {"households": "户", "members": "人"}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wanted:
    """What is asked for. households: about so many in each year; some come later, some go.

    counties: six-digit codes, () for all. codes: aac and aab headers, and codes instead of words.
    faults: how many of which (`planted.PLANTS`), in the first year.
    """

    households: int
    counties: Sequence[int] = ()
    years: Sequence[int] = (2017,)
    format: str = "csv"
    codes: bool = False
    encoding: str = "utf-8"
    seed: int = 1
    faults: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.households < 1:
            raise RegistrationError("an export has at least one household")
        wrong = [year for year in self.years if not FIRST <= year <= _LAST]
        if wrong or not self.years:
            raise RegistrationError(f"years must be from {FIRST} to {_LAST}, not {self.years}")


def synthesise(folder: Path, wanted: Wanted, progress: Progress | None = None) -> list[Path]:
    """Write households, members, county_years and villages (and faults_planted.csv) to a folder.

    The folder must not be there yet, or be empty. progress(households done, of how many).

    Raises RegistrationError when the folder can not be used, ValueError for an unknown county.
    """
    from calibration.registration.writing import whole_folder

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RegistrationError(f"{folder} is there already: choose another folder, or remove it.")
    last = max(wanted.years)
    base = make_base(wanted.households, tuple(wanted.counties) or None, wanted.seed, last)
    households = Households(base, wanted.households, wanted.seed)
    planter = Planter(wanted.faults, wanted.households, wanted.seed, wanted.format)
    with whole_folder(folder.absolute()) as part:
        counted = _rows(part, households, planter, wanted, progress)
        _small(part, base, counted, wanted)
        if wanted.faults:
            with (part / "faults_planted.csv").open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([PLANTED, *planter.planted])
    return sorted(folder.iterdir())


def _rows(
    folder: Path, households: Households, planter: Planter, wanted: Wanted,
    progress: Progress | None,
) -> pd.DataFrame:  # fmt: skip
    """Write households and members of all years; what is counted of each household."""
    names = {"households": "household", "members": "member"}
    fields = {name: _fields(kind) for name, kind in names.items()}
    headers = {
        name: [_header(text, one, wanted.codes) for text, one in fields[name].items()]
        for name in names
    }
    tables = {
        name: open_table(folder, name, headers[name], _SHEETS[name], wanted.format, wanted.encoding)
        for name in names
    }
    counted, done = [], 0
    total = wanted.households * len(wanted.years)
    for year in sorted(wanted.years):
        for first in range(0, wanted.households, _PIECE):
            end = min(first + _PIECE, wanted.households)
            homes = HouseholdRows(households, first, end, year, wanted.codes)
            people = MemberRows(households, first, end, year, wanted.codes)
            counted.append(facts(homes, people))
            for name, rows in (("households", homes), ("members", people)):
                columns = {one.name: rows.cells(one) for one in fields[name].values()}
                told = dict(zip(columns, headers[name], strict=True))
                table = tables[name]
                planter.plant(names[name], rows.number, columns, told, table.spot)
                table.write(list(columns.values()))
            done += end - first
            if progress:
                progress(done, total)
    for table in tables.values():
        table.close()
    return pd.concat(counted, ignore_index=True)


def _fields(table: str) -> dict[str, Field]:
    """Header -> field of the export that is imitated, in its order."""
    known = read_fields()
    found = {}
    for header in read_export()[table]:
        one = known.named(header, table)
        if one is None:
            raise RegistrationError(f"registration_export.yaml: no field has the header {header}.")
        found[header] = one
    return found


def _header(text: str, one: Field, codes: bool) -> str:
    return one.code if codes and one.code else text


def _small(folder: Path, base: Base, counted: pd.DataFrame, wanted: Wanted) -> None:
    tables = {"county_years": county_table(base, counted), "villages": village_table(base, counted)}
    for name, frame in tables.items():
        declared = read_tables()[name]
        headers = [declared.columns[one].zh for one in frame]
        table = open_table(folder, name, headers, declared.zh, wanted.format, wanted.encoding)
        columns: list[Any] = [
            frame[one].to_numpy() if frame[one].dtype.kind in "iuf" else list(frame[one])
            for one in frame
        ]
        table.write([np.asarray(c) if not isinstance(c, list) else c for c in columns])
        table.close()
