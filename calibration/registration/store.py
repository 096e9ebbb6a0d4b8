"""An imported registration folder, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["FILES", "KIND", "SCHEMA", "Imported", "ImportedError", "read_imported"]

KIND = "fanpin registration"
SCHEMA = 1
FILES = ("households.parquet", "members.parquet", "manifest.json", "counts.csv", "report.txt")


class ImportedError(ValueError):
    """A folder is not one that `fanpin registration import` has written."""


@dataclass(frozen=True)
class Imported:
    """Households and members, a row a year each, under our names of the fields.

    In both: `household_id` (uint64, never 0), `year` (int16, the year the row describes), `county`
    (int32), `township` (int32, code of calibration/data/townships.csv, 0 unknown), `village` and
    `natural_village` (uint64, 0 unknown; ids of places, not names). Members also have `member_id`
    (uint64) and `disability_grade` (0 none, 1 to 4, off the document's number).

    Codes and flags are int8 with the numbers of sim.world.codes where the field has such a list
    (calibration/data/registration_fields.yaml); -1 means empty or not in the export. Lists are
    int32 bits: `health` 1 chronic, 2 serious illness, 4 disabled; `other_causes` 1 << Cause. Dates
    are month indices, year * 12 + month - 1 (December where only a year was given), int16, -1
    empty; `exit_year` is a year. Numbers are float32, NaN empty; money in yuan a year. A field
    that no file had has no column; without rows, only the keys have one.

    Beside the two tables the folder has counts.csv, report.txt, and where there is something to
    tell targets.csv, county_years.parquet, residuals.csv and villages.parquet.
    """

    households: pd.DataFrame
    members: pd.DataFrame
    manifest: dict[str, Any]


def read_imported(folder: str | Path) -> Imported:
    """Read an imported folder.

    Raises ImportedError when the folder is missing, incomplete, or of another schema.
    """
    folder = Path(folder)
    lacks = [name for name in FILES[:3] if not (folder / name).is_file()]
    if lacks:
        raise ImportedError(
            f"{folder} is no imported registration: it has no {' and no '.join(lacks)}. "
            "Make one with: fanpin registration import FILE... --out DIR."
        )
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["kind"] != KIND or manifest["schema"] != SCHEMA:
            raise ImportedError(
                f"{folder} was written by another version of fanpin; import the files again."
            )
        households = pd.read_parquet(folder / "households.parquet")
        members = pd.read_parquet(folder / "members.parquet")
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ImportedError):
            raise
        raise ImportedError(f"{folder} is damaged; import the files again.") from None
    return Imported(households, members, manifest)
