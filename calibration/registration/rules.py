"""Sums that must come out, and the rules that county users run (registration_rules.yaml)."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibration.registration.faults import Faults, read_rules
from calibration.registration.links import note
from calibration.registration.tables import Table, is_empty

__all__ = ["county_rules", "sums"]

_INCOMES = ("wage", "business", "property", "transfer")
_SUMS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("sum_property", "property", ("dividend", "other_property"), ()),
    ("sum_transfer", "transfer",
     ("family_planning", "dibao", "tekun", "pension", "ecology", "other_transfer"), ()),
    ("sum_income", "income", _INCOMES, ()),
    ("sum_net", "net_income", _INCOMES, ("business_cost",)),
)  # fmt: skip
_SHARE = 0.001


def sums(households: pd.DataFrame, table: Table, tolerance: float, faults: Faults) -> None:
    """Note sums that do not come out within `tolerance` yuan or a thousandth, the larger.

    An empty part counts as nothing, but a sum is only held where all its parts have a column,
    and one of them is filled in.
    """
    for rule, whole, plus, minus in _SUMS:
        if not {whole, *plus, *minus} <= set(households):
            continue
        parts = _total(households, plus) - np.nan_to_num(_total(households, minus))
        _hold(rule, whole, parts, households, table, tolerance, faults)
    if {"income_per_head", "net_income", "size"} <= set(households):
        size = households["size"].to_numpy().astype(float)
        net = households["net_income"].to_numpy().astype(float)
        each = net / np.where(size > 0, size, np.nan)
        _hold("per_head", "income_per_head", each, households, table, tolerance, faults)


def _total(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    if not names:
        return np.zeros(len(frame))
    return frame[list(names)].astype(float).sum(axis=1, min_count=1).to_numpy()


def _hold(
    rule: str, name: str, parts: np.ndarray, frame: pd.DataFrame, table: Table,
    tolerance: float, faults: Faults,
) -> None:  # fmt: skip
    value = frame[name].to_numpy().astype(float)
    allowed = np.maximum(tolerance, _SHARE * np.abs(value))
    wrong = np.flatnonzero(np.abs(parts - value) > allowed)  # NaN is not wrong
    told = [f"{value[k]:.2f}" for k in wrong]
    summed: list[object] = [f"{parts[k]:.2f}" for k in wrong]
    note(rule, table, frame, wrong, name, faults, told, parts=summed)


def county_rules(frame: pd.DataFrame, name: str, table: Table, faults: Faults) -> None:
    """Note the rows of a table ("household" or "member") that break a rule of county users.

    A rule is held if its column is in the files; other columns that are not, count as empty.
    """
    extra = _derived(frame, name)
    for rule, entry in read_rules()["rules"].items():
        column = entry["column"]
        if entry["table"] != name or column not in frame:
            continue
        names = {n.id for n in ast.walk(ast.parse(entry["when"])) if isinstance(n, ast.Name)}
        values = pd.DataFrame({n: _floats(frame, extra, n) for n in names}, copy=False)
        wrong = np.flatnonzero(values.eval(entry["when"], engine="python").to_numpy(bool))
        if len(wrong):
            shown = _shown(frame[column].to_numpy()[wrong], column, table)
            note(rule, table, frame, wrong, column, faults, shown)


def _floats(frame: pd.DataFrame, extra: dict[str, np.ndarray], name: str) -> np.ndarray:
    """A column as float64 with NaN where it is empty."""
    if name in extra:
        return extra[name]
    if name not in frame:
        return np.full(len(frame), np.nan)
    values = frame[name].to_numpy()
    return np.where(is_empty(values, name), np.nan, values.astype(float))


def _derived(frame: pd.DataFrame, name: str) -> dict[str, np.ndarray]:
    """Columns that only rules use: any aid; age at the end of the year, disabled, certificate."""
    if name == "household":
        aids = [column for column in frame if column.startswith("aid_")]
        if not aids:
            return {}
        return {"aid_any": frame[aids].max(axis=1).to_numpy().astype(float)}
    out = {}
    if "birth" in frame:
        birth = _floats(frame, {}, "birth")
        out["age_then"] = frame["year"].to_numpy() - birth // 12
    elif "age" in frame:
        out["age_then"] = _floats(frame, {}, "age")
    if "health" in frame:
        health = frame["health"].to_numpy()
        out["disabled"] = np.where(health > 0, (health & 4) // 4, 0).astype(float)
    if "document_certificate" in frame:
        out["certificate"] = _floats(frame, {}, "document_certificate")
    return out


def _shown(values: np.ndarray, name: str, table: Table) -> list[str]:
    """Values of numbers and single codes, which are nobody's secret; else nothing."""
    one = table.fields[name]
    if one.kind in ("code", "yes-no") and one.codes is not None:
        words = {code.value: code.zh for code in reversed(one.codes.codes)}
        return [words.get(int(value), "") for value in values]
    if one.kind in ("number", "integer"):
        return ["" if is_empty(np.array([v]))[0] else f"{v:g}" for v in values]
    return [""] * len(values)
