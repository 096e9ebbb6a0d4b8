"""Writing an imported registration: whole or not at all, and for its owner's eyes only."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.registration.counting import LEAST, counts
from calibration.registration.faults import RegistrationError
from calibration.registration.fields import read_fields
from calibration.registration.importing import Checked, Options, Progress, check, quietly
from calibration.registration.privacy import read_key
from calibration.registration.report import report
from calibration.registration.store import KIND, SCHEMA, Imported
from calibration.registration.vintage import read_vintages

__all__ = ["import_files", "whole_folder"]

_LIBRARIES = ("fanpin", "pandas", "pandera", "pyarrow", "python-calamine")


def import_files(
    files: Sequence[str | Path],
    out: Path,
    key_file: Path,
    options: Options | None = None,
    small_cells: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Import files into the folder `out`, which must not be there yet (or be empty).

    Nothing is written when there is an error (look at the faults of what is given back) or when
    the import is stopped. small_cells: show cells under ten households too.

    Raises RegistrationError when `out` or the key file can not be used.
    """
    options = options or Options()
    out = out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RegistrationError(f"{out} is there already: choose another folder, or remove it.")
    if key_file.absolute().resolve().is_relative_to(out.resolve()):
        raise RegistrationError(
            f"the key file {key_file} must not lie in {out}: whoever has both can tell who is who."
        )
    there = key_file.exists()
    checked = check(files, options, read_key(key_file), progress)
    if not checked.faults.errors:
        quietly(lambda: _write_whole(checked, out, options, small_cells))
    elif not there:  # nobody's ids were made with it
        key_file.unlink(missing_ok=True)
    return checked


def _write_whole(checked: Checked, out: Path, options: Options, small_cells: bool) -> None:
    with whole_folder(out) as part:
        _write(checked, part, options, small_cells)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that becomes `out` at the end, or vanishes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for old in out.parent.glob(f".{out.name}.*.part"):  # left by an import that was killed
        if not _runs(old.name.split(".")[-2]):
            shutil.rmtree(old, ignore_errors=True)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.mkdir(mode=0o700)
    try:
        yield part
        if out.exists():
            out.rmdir()
        os.replace(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _runs(process: str) -> bool:
    import psutil

    return process.isdigit() and psutil.pid_exists(int(process))


def _write(checked: Checked, folder: Path, options: Options, small_cells: bool) -> None:
    least = 1 if small_cells else LEAST
    for name, frame in (("households", checked.households), ("members", checked.members)):
        with _open(folder / f"{name}.parquet", "wb") as target:
            frame.to_parquet(target, index=False, compression="zstd")
    checked.tables.write(folder, _open)
    found = _targets(checked)
    if len(found):
        with _open(folder / "targets.csv", "w") as target:
            found.to_csv(target, index=False, float_format="%.9g")
    table = counts(checked.households, checked.members, read_fields(), least)
    with _open(folder / "counts.csv", "w") as target:
        table.to_csv(target, index=False, float_format="%.6g")
    with _open(folder / "report.txt", "w") as target:
        target.write(report(checked, options.lang, least, rows=0, names=False) + "\n")
    with _open(folder / "manifest.json", "w") as target:
        json.dump(manifest(checked, options, least), target, ensure_ascii=False, indent=1)


def _targets(checked: Checked) -> pd.DataFrame:
    """What a fit may be held against: of the households, and beside them of county-year tables."""
    from calibration.registration.county_targets import targets_from_county_years
    from calibration.registration.targets import register_targets, with_table
    from calibration.registration.village_targets import targets_from_villages

    found = register_targets(Imported(checked.households, checked.members, {}))
    if len(checked.tables.county_years):
        found = with_table(found, targets_from_county_years(checked.tables.county_years))
    if len(checked.tables.villages):
        found = with_table(found, targets_from_villages(checked.tables.villages))
    return found


def _open(path: Path, mode: str) -> Any:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    if "b" in mode:
        return open(number, mode)
    return open(number, mode, encoding="utf-8", newline="\n")


def manifest(checked: Checked, options: Options, least: int) -> dict[str, Any]:
    """What an imported folder says of itself: files by content, never by name or path."""
    fields = read_fields()
    found = {*checked.households, *checked.members}
    kept = [one for one in fields.by_name.values() if one.kind not in ("direct", "text")]
    years = checked.households["year"].value_counts().sort_index()
    hidden = ("place", "extra")
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "created": pd.Timestamp.now(tz="UTC").isoformat(timespec="seconds"),
        "files": [
            {k: v for k, v in one.items() if k not in hidden} | {"extra_columns": len(one["extra"])}
            for one in checked.files
        ],
        "households": {str(year): _cell(number, least) for year, number in years.items()},
        "counties": sorted(map(int, checked.households["county"].unique())),
        "fields_found": [one.name for one in kept if one.name in found],
        "fields_missing": [one.name for one in kept if one.name not in found],
        "warnings": checked.faults.counts("warning"),
        "options": {
            "year": options.year,
            "tolerance": options.tolerance,
            "warn": sorted(options.warn),
            "vintages": dict(read_vintages(options.vintages)),
            "small_cells": least == 1,
        },
        "versions": {name: _version(name) for name in _LIBRARIES},
    }


def _cell(number: int, least: int) -> int | str:
    return int(number) if number >= least else f"under {least}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
