"""The files that targets come from: the published figures and their errors, and users' tables."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from calibration.figures import Figure, Rule, Rules, observed, read_figures, read_rules
from calibration.population.inputs import DATA

__all__ = ["TargetError", "figure_error", "figure_ids", "held_back", "published", "table_rows"]

COLUMNS = ("statistic", "value", "error")
"""Columns that a table must have."""


class TargetError(ValueError):
    """Targets that cannot be read or must not be used."""


# --- published figures ----------------------------------------------------------------------------


def published() -> tuple[list[tuple[str, float, float, str]], list[tuple[str, str]]]:
    """(id, value, error, source) of the figures that are fitted, and (id, reason) of the others.

    Value and error are on the model's footing. Figures of another use than "calibrate" are in
    neither list. TargetError if target_errors.yaml and figures.csv do not fit together.
    """
    figures = read_figures()
    rules = read_rules(figures)
    errors = _load("target_errors.yaml")
    used, left_out = errors["used"], errors["left_out"]
    fit = {id for id, figure in figures.items() if figure.use == "calibrate"}
    faults = [f"{id} is not of use calibrate" for id in {*used, *left_out} - fit]
    faults += [f"{id} is neither used nor left out" for id in fit - {*used, *left_out}]
    faults += [f"{id} is both used and left out" for id in {*used} & {*left_out}]
    if faults:
        raise TargetError("target_errors.yaml cannot be used: " + "; ".join(sorted(faults)))
    taken = [(id, *figure_error(figures, rules, id, errors), figures[id].source) for id in used]
    return taken, [(f"figure:{id}", reason["en"]) for id, reason in left_out.items()]


def figure_error(
    figures: Mapping[str, Figure], rules: Rules, id: str, errors: Mapping[str, Any]
) -> tuple[float, float]:
    """Value and standard error of a figure, as told at the head of target_errors.yaml."""
    figure, rule = figures[id], rules.rules[id]
    middle, half = _scope(rule)
    value = observed(rule, figures, rules.constants) * middle
    shares = (
        errors["grades"][figure.seen][figure.confidence],
        half / middle / math.sqrt(3.0),
        errors["used"][id]["definition"],
        errors["model"],
    )
    return value, abs(value) * math.sqrt(sum(share * share for share in shares))


def _scope(rule: Rule) -> tuple[float, float]:
    """Middle and half-width of the band of ratios that scope may account for."""
    if rule.scope is None:
        return 1.0, 0.0
    low, high = rule.scope
    return (low + high) / 2.0, (high - low) / 2.0


def figure_ids() -> set[str]:
    """Ids of the figures that may be fitted and that a run can have a number for."""
    figures = read_figures()
    return {
        id
        for id, rule in read_rules(figures).rules.items()
        if figures[id].use == "calibrate" and "direct" not in rule.simulated
    }


def held_back() -> dict[str, tuple[str, str]]:
    """What is kept for validation: id -> (key, year). No values are in that file."""
    path = DATA / "held_back.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["key"], row["year"]) for row in csv.DictReader(file)}


def _load(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((DATA / name).read_text(encoding="utf-8"))


# --- tables ---------------------------------------------------------------------------------------


def table_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Where a row stands ("FILE, row 3"), and its cells as text, for each row of a table.

    A folder stands for its targets.csv. TargetError if there is no such table.
    """
    if path.is_dir():
        if not (path / "targets.csv").is_file():
            raise TargetError(
                f"{path}: the folder has no targets.csv. Is it one that `fanpin registration "
                f"import` has made?"
            )
        path = path / "targets.csv"
    if not path.is_file():
        raise TargetError(
            f"there is no file {path}. A source of targets is `published`, a table or a folder"
        )
    rows = _rows(path)
    names = list(rows[0]) if rows else []
    lacking = [name for name in COLUMNS if name not in names]
    if lacking:
        raise TargetError(
            f"{path}: the column {' and '.join(lacking)} is missing; a table of targets has "
            f"statistic, year, area, value, error and, if wanted, source and use"
        )
    for number, row in enumerate(rows, 2):
        if any(row.values()):
            yield f"{path.name}, row {number}", row


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return [_clean(row) for row in csv.DictReader(file)]
        import pandas as pd

        if path.suffix == ".xlsx":
            frame = pd.read_excel(path, dtype=object, engine="calamine")
        elif path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            raise TargetError(f"{path}: a table is .csv, .xlsx or .parquet")
    except TargetError:
        raise
    except Exception as error:  # whatever a broken file makes its reader say
        raise TargetError(
            f"{path}: the table cannot be read ({type(error).__name__}: {error}). Save it again "
            f"as .csv in UTF-8"
        ) from error
    frame = frame.astype(object).where(frame.notna(), "")
    return [_clean(row) for row in frame.to_dict("records")]


def _clean(row: Mapping[Any, Any]) -> dict[str, str]:
    """Names in small letters; cells as text, whole numbers without a point."""
    cells = {}
    for name, value in row.items():
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if name is not None and value is not None:
            cells[str(name).strip().lower()] = str(value).strip()
    for name in ("year", "area"):
        cells[name] = cells.get(name, "").removesuffix(".0")
    return cells
