"""`check` and `import_files`: files of registration in, checked tables out, every fault at once."""

from __future__ import annotations

import gc
import secrets
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from calibration.registration.faults import Faults, RegistrationError
from calibration.registration.fields import TABLES, Fields, read_fields
from calibration.registration.links import (
    duplicates,
    household_facts,
    join,
    note,
    settle_members,
)  # fmt: skip
from calibration.registration.reading import sources
from calibration.registration.rules import county_rules, sums
from calibration.registration.small_tables import SmallTables, check_tables
from calibration.registration.table_reading import Grid
from calibration.registration.tables import Table, dtype
from calibration.registration.values import Context, SourceReader
from calibration.registration.vintage import VintageError, read_vintages

__all__ = ["Checked", "Options", "check", "quietly"]

Progress = Callable[[int, int], None]
T = TypeVar("T")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Options:
    """How files are read. year: the year of files without a column for it. tolerance: yuan.

    warn: rules whose faults pass as warnings. vintages: a table in place of the shipped one.
    """

    year: int | None = None
    tolerance: float = 1.0
    warn: frozenset[str] = frozenset()
    vintages: Path | None = None
    lang: str = "en"


@dataclass
class Checked:
    """What came of reading. files: what a manifest may say of each table of each file.

    The frames have a column a field that was found, under our names (see `store.Imported`).
    tables: the county-year and village tables among the files.
    """

    households: pd.DataFrame
    members: pd.DataFrame
    faults: Faults
    files: list[dict[str, Any]] = field(default_factory=list)
    tables: SmallTables = field(default_factory=SmallTables)


def quietly(work: Callable[[], T]) -> T:
    """What `work` gives; a crash becomes an error that says its type and place, and no data.

    The error is raised outside of the handler, so that it carries neither the cause nor its text.
    """
    try:
        return work()
    except (RegistrationError, VintageError, KeyboardInterrupt):
        raise
    except MemoryError:
        told = "there is not enough memory; give fewer files at a time"
    except BaseException as error:  # a panic of the reader of .xlsx is no Exception
        frames = traceback.extract_tb(error.__traceback__)
        last = [one for one in frames if Path(one.filename).parent == _HERE][-1]
        told = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
    raise RegistrationError(
        f"reading the registration stopped: {told}. Nothing was written. If a file is to blame, "
        "saving it again in Excel may help; otherwise this is a mistake in fanpin."
    )


def check(
    files: Sequence[str | Path],
    options: Options | None = None,
    key: bytes | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Read household and member files and note everything that is wrong.

    files: .xlsx or .csv, of any counties and years, told apart by their headers. key: of the
    hashed ids; without one they only hold for this call. progress(rows done, rows expected).

    Raises RegistrationError only for a crash; faults are in `Checked.faults`.
    """
    key = key or secrets.token_bytes(32)
    return quietly(lambda: _check(files, options or Options(), key, progress))


def _check(
    files: Sequence[str | Path], options: Options, key: bytes, progress: Progress | None
) -> Checked:
    fields, faults = read_fields(), Faults(options.warn)
    vintages = read_vintages(options.vintages)
    context = Context(fields, vintages, key, faults, options.year, options.lang)
    tables = {name: Table(fields) for name in TABLES}
    about: list[dict[str, Any]] = []
    grids: list[Grid] = []
    with _own_collection():
        _read(files, context, tables, about, grids, progress)
    households, members = (tables[name].frame() for name in TABLES)
    given = {name: any(one["table"] == name for one in about) for name in TABLES}
    done = _joined(households, members, tables, given, fields, options.tolerance, faults)
    return Checked(*done, faults, about, check_tables(grids, faults, key))


@contextmanager
def _own_collection() -> Iterator[None]:
    """Collect garbage once a chunk only: passes over millions of cells took a third of the time."""
    was = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


def _read(
    files: Sequence[str | Path], context: Context, tables: dict[str, Table],
    about: list[dict[str, Any]], grids: list[Grid], progress: Progress | None,
) -> None:  # fmt: skip
    done = expected = 0
    given = context.year is not None
    for file in files:
        for source in sources(Path(file), context.fields, context.faults, given, grids):
            expected += source.total
            reader = SourceReader(source, context)
            for chunk in source.chunks():
                tables[source.table].add(source.place, chunk.rows, reader.values(chunk))
                gc.collect()
                done += len(chunk.rows)
                if progress:
                    progress(done, max(done, expected))
            reader.finish()
            expected = done
            names = [one.name for one in source.header.columns.values()]
            found = [n for n in context.fields.by_name if n in names]
            about.append(
                {
                    **source.about,
                    "table": source.table,
                    "rows": source.seen,
                    "fields": [n for n in found if not context.fields[n].is_direct],
                    "dropped": [n for n in found if context.fields[n].is_direct],
                    "extra": list(source.header.extra),
                    "place": source.place,
                }
            )
            del source, reader


def _joined(
    households: pd.DataFrame, members: pd.DataFrame, tables: dict[str, Table],
    given: dict[str, bool], fields: Fields, tolerance: float, faults: Faults,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """All checks between rows, then the tables as they are kept."""
    of_households, of_members = tables["household"], tables["member"]
    if len(members):
        duplicates(of_members, members, "member_id", "double_member", faults)
    if len(households):
        duplicates(of_households, households, "household_id", "double_household", faults)
    if len(members):
        facts = household_facts(of_members, members, fields, faults)
        if not given["household"]:
            households, of_households = facts, of_members
        households = join(households, facts, of_households, fields, faults)
        both = (of_households, of_members)
        members = settle_members(households, members, both, faults, given["household"])
        _fill_from_document(members, of_members, faults)
        county_rules(members, "member", of_members, faults)
    if len(households):
        sums(households, of_households, tolerance, faults)
        county_rules(households, "household", of_households, faults)
    return _kept(households, "household", fields), _kept(members, "member", fields)


def _fill_from_document(members: pd.DataFrame, table: Table, faults: Faults) -> None:
    """Month of birth and sex, where the columns do not tell, are those of the ID number."""
    if "document_birth" not in members:
        return
    for name in ("birth", "female"):
        told = members[f"document_{name}"].to_numpy()
        own = members[name].to_numpy() if name in members else np.full_like(told, -1)
        if name == "female":
            differs = np.flatnonzero((own >= 0) & (told >= 0) & (own != told))
            note("sex_document", table, members, differs, name, faults)
        members[name] = np.where(own >= 0, own, told)
    members["disability_grade"] = members["document_disability_grade"]


def _kept(frame: pd.DataFrame, name: str, fields: Fields) -> pd.DataFrame:
    """The columns that are kept, in the order of the fields; sorted by county, household, year."""
    keys = ["household_id", "year", "county"] + ["member_id"] * (name == "member")
    if not len(frame):
        return pd.DataFrame({key: np.zeros(0, dtype(key, fields)) for key in keys})
    places = {"township", "village", "natural_village"}
    names = [
        one.name
        for one in fields.of(name)
        if one.name in frame and (one.table == name or one.name in places.union(keys))
    ]
    names += ["disability_grade"] if "disability_grade" in frame else []
    order = [key for key in ("county", "household_id", "year", "member_id") if key in names]
    return frame[names].sort_values(order, kind="stable", ignore_index=True)
