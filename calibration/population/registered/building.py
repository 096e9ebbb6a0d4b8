"""Building the starting population of an imported register."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from calibration.population import cache as _cache
from calibration.population.building import _COLUMNS, StartingPopulation
from calibration.population.cache import SEED
from calibration.population.places import (
    Plan,
    county_columns,
    township_columns,
    village_columns,
)
from calibration.population.registered.county import CountyPart
from calibration.population.registered.donors import Donors
from calibration.population.registered.numbers import FILE, read_numbers
from calibration.population.registered.reading import (
    REFERENCE,
    Register,
    content_digest,
    read_register,
)
from calibration.population.registered.villages import Layout, copied_ids, lay_out_county
from calibration.population.setting import Setting, make_setting
from calibration.population.villages import DEEP_SHARE
from sim.world.codes import Registered

__all__ = ["build_registered", "registered_digest"]

_FEWEST = 10
"""Households under which no number is told."""

Tables = dict[str, dict[str, np.ndarray]]


def registered_digest(
    folder: Path, sample: float, year: int | None = None, counties: Sequence[int] | None = None
) -> str:
    """Hash of what determines the population: the import, what was asked, the tables and code."""
    asked = {
        "import": content_digest(folder),
        "year": year,
        "synthetic": _cache.digest(sample, SEED, None if counties is None else list(counties)),
    }
    whole = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    whole.update(_code().encode())
    return whole.hexdigest()[:24]


@cache
def _code() -> str:
    whole = hashlib.sha256(FILE.read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


def build_registered(
    folder: Path | str,
    sample: float,
    year: int | None = None,
    counties: Sequence[int] | None = None,
    progress: Callable[..., Any] | None = None,
) -> StartingPopulation:
    """The starting population of an import folder, kept in the folder itself once it was built.

    sample: share of the villages, whole villages, nested; at least two a county. year: data
    year of the register (None: the last one up to 2016, else the first). counties: six-digit
    codes. progress: as tqdm.
    Errors: ValueErrors for what cannot be a population, see `read_register`.
    """
    if not 0.0 < sample <= 1.0:
        raise ValueError(f"sample must be above 0 and at most 1 (everybody), not {sample}")
    folder = Path(folder)
    digest = registered_digest(folder, sample, year, counties)
    kept = folder / "population" / digest
    found, about = _cache.load(kept, _COLUMNS), _read_about(kept)
    if found is None or about is None:
        register = read_register(folder, year, counties)
        found, about = _build(make_setting(SEED), register, sample, progress)
        _keep(kept, found, about)
    population = StartingPopulation(found)
    population.digest = digest
    population.about = {"sample": sample, **about}
    return population


def _read_about(kept: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads((kept / "about.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _keep(kept: Path, found: Tables, about: Mapping[str, Any]) -> None:
    """Keep a population beside the import, for its user alone: it is personal data."""
    with suppress(OSError):  # `save` says so
        kept.parent.mkdir(mode=0o700, exist_ok=True)
    _cache.save(kept, found)
    if kept.is_dir():
        (kept / "about.json").write_text(json.dumps(about), encoding="utf-8")


def _build(
    setting: Setting, register: Register, sample: float, progress: Callable[..., Any] | None
) -> tuple[Tables, dict[str, Any]]:
    codes = setting.inputs.counties["code"]
    positions = np.flatnonzero(np.isin(codes, register.village["county"]))
    bar = progress(total=len(positions), unit="county", desc="population") if progress else None
    layouts, parts = [], []
    for county in positions:
        donors = Donors(setting, read_numbers(), int(county))
        layouts.append(lay_out_county(setting, register, donors, sample))
        parts.append(CountyPart(register, donors, layouts[-1]))
        if bar is not None:
            bar.update(1)
    if bar is not None:
        bar.close()
    return _together(setting, positions, layouts, parts), _about(register, layouts, parts)


def _together(
    setting: Setting, positions: np.ndarray, layouts: Sequence[Layout], parts: Sequence[CountyPart]
) -> Tables:
    """One population of the counties, one after the other."""
    chosen = np.concatenate([one.synthetic[one.taken] for one in layouts])
    plan = Plan(setting, chosen, positions)
    villages = np.cumsum([0, *(int(one.taken.sum()) for one in layouts)])
    starts = {
        kind: np.cumsum([0, *(len(next(iter(part.tables[kind].values()))) for part in parts)])
        for kind in ("household", "natural")
    }
    tables: Tables = {"person": {}, "household": {}, "natural": {}}
    for kind, table in tables.items():
        for name in parts[0].tables[kind]:
            pieces = []
            for k, part in enumerate(parts):
                column = part.tables[kind][name]
                if name in ("village", "residence"):
                    column = plan.place[column + villages[k]]
                elif name in ("household", "kin", "neighbour"):
                    if kind != "natural":
                        column = np.where(column >= 0, column + starts["household"][k], -1)
                elif name == "natural":
                    column = column + starts["natural"][k]
                pieces.append(column)
            table[name] = np.concatenate(pieces, axis=-1).astype(_COLUMNS[f"{kind}.{name}"].dtype)
    counted = {
        name: np.concatenate([part.counted[name] for part in parts]) for name in parts[0].counted
    }
    village = village_columns(setting, plan, counted)
    village["id"][plan.place] = copied_ids(
        village["id"][plan.place], np.concatenate([one.use[one.taken] for one in layouts]),
        np.zeros(len(chosen), np.int64),
    )  # fmt: skip
    town = np.concatenate([one.township[one.taken] for one in layouts])
    village["township"][plan.place] = np.searchsorted(plan.townships, town)
    village["deep"][plan.place] = counted["headcount_start"] >= DEEP_SHARE
    far = np.concatenate([part.distance for part in parts])
    village["distance"][plan.place] = np.where(np.isnan(far), village["distance"][plan.place], far)
    persons = np.bincount(plan.county_of, counted["persons"], len(positions))
    listed = np.bincount(plan.county_of, counted["registered_poor"], len(positions))
    county = county_columns(setting, plan, persons, listed)
    county["sample"] = np.array(
        [one.coverage * one.persons[one.taken].sum() / one.persons.sum() for one in layouts]
    )
    for kind, columns in (
        ("village", village), ("township", township_columns(setting, plan)), ("county", county),
    ):  # fmt: skip
        tables[kind] = {
            name: np.asarray(column).astype(_COLUMNS[f"{kind}.{name}"].dtype)
            for name, column in columns.items()
        }
    return tables


def _about(
    register: Register, layouts: Sequence[Layout], parts: Sequence[CountyPart]
) -> dict[str, Any]:
    """What may be told of a population: no number under ten households."""
    codes = [int(register.village["county"][one.rows[0]]) for one in layouts]
    state = np.concatenate([part.tables["household"]["registered"] for part in parts])

    def told(number: int) -> int | str:
        return number if number >= _FEWEST or number == 0 else f"under {_FEWEST}"

    return {
        "source": "registration",
        "year": register.year,
        "counties": codes,
        "villages": told(sum(int(one.taken.sum()) for one in layouts)),
        "persons": sum(len(part.tables["person"]["id"]) for part in parts),
        "households": len(state),
        "registered": {s.name.lower(): told(int((state == s).sum())) for s in Registered},
        "notes": _notes(register, layouts),
    }


def _notes(register: Register, layouts: Sequence[Layout]) -> list[str]:
    """What a reader of the results should know of the register they start from."""
    notes = []
    if register.year < REFERENCE:
        notes.append(
            f"the register of {register.year} stands for that of the end of {REFERENCE}: what "
            "happened in between is not in it"
        )
    if register.year > REFERENCE:
        undone = ", ".join(
            f"{'under 10' if 0 < n < _FEWEST else n} {what}" for what, n in register.back.items()
        )
        notes.append(
            f"the register of {register.year} was set back to the end of {REFERENCE} ({undone} "
            "undone); people, land and houses are as they were found"
        )
    for one in layouts:
        if one.coverage < 1.0:
            code = int(register.village["county"][one.rows[0]])
            notes.append(f"county {code}: the import holds {one.coverage:.0%} of its register")
    return notes
