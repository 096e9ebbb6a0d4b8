"""An import folder made from a population (or from a world), with nobody's data in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.population.inputs import read_inputs
from calibration.registration.store import KIND, SCHEMA

__all__ = ["frames", "write_import"]

_FEN = 100.0
_PARTS = ("wage", "business", "property", "transfer")


def frames(
    people: Any, year: int = 2016, parts: dict[str, np.ndarray] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Households and members as `read_imported` gives them: those ever registered of a
    population. parts: income by component of every household (yuan a year)."""
    home, person, village = people["household"], people["person"], people["village"]
    lives = home["alive"] != 0 if "alive" in home else np.ones(len(home["id"]), bool)
    keep = np.flatnonzero(lives & (home["registered"] > 0) & (home["size"] > 0))
    place = home["village"][keep]
    where = {
        "year": np.full(len(keep), year, np.int16),
        "county": people["county"]["code"][village["county"][place]].astype(np.int32),
        "township": people["township"]["code"][village["township"][place]].astype(np.int32),
        "village": village["id"][place],
    }
    seen = home["seen_income"][keep] / _FEN
    homes = pd.DataFrame({"household_id": home["id"][keep], **where})
    for name in ("registered", "cause", "size", "land", "irrigated", "distance"):
        homes[name] = home[name][keep]
    for name, column in (("first_date", "first_month"), ("relapse_date", "relapsed")):
        if column == "relapsed" and "registered_relapse_month" not in home:
            continue
        month = home[column if column in home else "registered_relapse_month"][keep]
        homes[name] = np.where(month > 0, month, -1).astype(np.int16)
    exit = home["exit_month"][keep]
    homes["exit_year"] = np.where(exit > 0, exit // 12, -1).astype(np.int16)
    homes["income_per_head"] = seen.astype(np.float32)
    for name, yuan in (parts or _parts(home)).items():
        homes[name] = yuan[keep].astype(np.float32)
    homes["dibao"] = (home["dibao"] * home["dibao_pay"] * 12.0 / _FEN)[keep].astype(np.float32)
    homes["safe_water"] = home["water"][keep].astype(np.int8)
    homes["house_grade"] = home["house_cert" if "house_cert" in home else "house"][keep]
    return homes, _members(person, home["id"], keep, homes, year)


def _parts(home: Any) -> dict[str, np.ndarray]:
    """Income by component, with the total that was seen; the window holds October's."""
    season = {name: read_inputs().list("season", name)[9] for name in _PARTS}
    year = {name: home[f"window_{name}"] / season[name] for name in _PARTS}
    total = np.maximum(sum(year.values()), 1.0)
    seen = home["seen_income"] / _FEN * home["size"]
    return {name: column / total * seen for name, column in year.items()}


def _members(
    person: Any, ids: np.ndarray, keep: np.ndarray, homes: pd.DataFrame, year: int
) -> pd.DataFrame:
    row = np.full(len(ids), -1)
    row[keep] = np.arange(len(keep))
    lives = person["alive"] != 0 if "alive" in person else np.ones(len(person["id"]), bool)
    here = np.flatnonzero(lives & (row[np.maximum(person["household"], 0)] >= 0))
    here = here[person["household"][here] >= 0]
    home = homes.iloc[row[person["household"][here]]].reset_index(drop=True)
    members = home[["household_id", "year", "county", "township", "village"]].copy()
    members["member_id"] = person["id"][here]
    members["birth"] = (year * 12 + 11 - person["age"][here]).astype(np.int16)
    for name in ("female", "relation", "ethnicity", "education", "school", "skill", "job",
                 "months_worked", "insured"):  # fmt: skip
        members[name] = person[name][here].astype(np.int8)
    ill = person["chronic"][here] + 4 * (person["disability"][here] > 0)
    members["health"] = ill.astype(np.int32)
    members["disability_grade"] = person["disability"][here]
    return members


def write_import(folder: Path, homes: pd.DataFrame, members: pd.DataFrame, **tables: Any) -> Path:
    """Write an import folder; tables: village and county-year tables by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in {"households": homes, "members": members, **tables}.items():
        frame.to_parquet(folder / f"{name}.parquet")
    manifest = {"kind": KIND, "schema": SCHEMA}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
