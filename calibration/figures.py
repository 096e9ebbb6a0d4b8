"""The published figures, and what a batch of runs has for each of them.

Three files in calibration/data: figures.csv (what was published, with source and grade),
figure_rules.yaml (how each is held against a run, and which difference of scope remains) and
figure_notes.yaml (what is believed to be the reason where they disagree). Nothing here fits
anything, and figures kept for validation are in none of the files.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from calibration.population.inputs import DATA, Inputs, read_inputs

__all__ = [
    "USES", "VERDICTS", "Comparison", "Figure", "Rule", "Rules", "compare", "needed", "observed",
    "read_figures", "read_notes", "read_rules", "relapsed_by", "simulated", "verdict",
]  # fmt: skip

USES = ("calibrate", "check only", "context")
VERDICTS = ("close", "low", "high", "other scope", "not recorded")
RUN = ["scenario", "draw", "replicate"]
LEVEL = 0.90

_RULE = {"theme", "label", "how", "simulated"}
_RULE_MORE = {"observed", "close", "scope", "bound", "scenario", "input"}
_SIMULATED = {"sum", "over", "scale", "survival", "month", "direct"}
_TERM = {"indicator", "group", "year", "month", "counties", "sign", "constant"}
_OBSERVED = {"factor", "plus", "times", "over"}


@dataclass(frozen=True)
class Figure:
    """A published figure. seen: seen (read in the source), recalled or derived."""

    id: str
    key: str
    value: float
    unit: str
    year: str
    area: str
    source: str
    seen: str
    confidence: str
    use: str
    note: str


@dataclass(frozen=True)
class Rule:
    """How a figure is held against a run; the fields are told in figure_rules.yaml.

    close: lowest and highest ratio of model over observed that is called close. scope: ratios
    that the remaining difference of scope may account for, or None.
    """

    id: str
    theme: str
    label: Mapping[str, str]
    how: Mapping[str, str]
    simulated: Mapping[str, Any]
    observed: Mapping[str, Any]
    close: tuple[float, float]
    scope: tuple[float, float] | None = None
    bound: str = ""
    scenario: str = ""
    input: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """All rules in the order of the page, and what they refer to.

    constants: value by name. about: the constants as they stand in the file. counties: codes by
    name. themes and not_held: texts in both languages. words: Chinese for the short words of
    figures.csv and for the verdicts.
    """

    rules: Mapping[str, Rule]
    constants: Mapping[str, float]
    about: Mapping[str, Mapping[str, Any]]
    counties: Mapping[str, Sequence[int]]
    themes: Mapping[str, Mapping[str, str]]
    not_held: Sequence[Mapping[str, Mapping[str, str]]]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """One figure and the model. observed: on the model's footing. mean, low, high: over `runs`
    runs that have it; low and high are NaN with fewer than two."""

    figure: Figure
    rule: Rule
    observed: float
    mean: float
    low: float
    high: float
    runs: int
    ratio: float
    verdict: str


# --- the files ------------------------------------------------------------------------------------


def read_figures(folder: Path = DATA) -> dict[str, Figure]:
    """figures.csv by id. ValueError for a repeated id, an unknown use or a value that is none."""
    found: dict[str, Figure] = {}
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            where = f"figures.csv, line {number}"
            if row["id"] in found:
                raise ValueError(f"{where}: {row['id']} stands twice")
            if row["use"] not in USES:
                raise ValueError(f"{where}: use is {row['use']!r}, expected one of {USES}")
            row["seen"] = row.pop("seen_or_recalled")
            try:
                value = float(row.pop("value"))
            except ValueError as error:
                raise ValueError(f"{where}: the value is no number") from error
            found[row["id"]] = Figure(value=value, **row)
    return found


def read_rules(
    figures: Mapping[str, Figure], folder: Path = DATA, inputs: Inputs | None = None
) -> Rules:
    """figure_rules.yaml, with its constants worked out.

    inputs: the population's margins and assumptions (the default ones if None).
    ValueError with every mistake found.
    """
    data = _load(folder / "figure_rules.yaml")
    inputs = read_inputs() if inputs is None else inputs
    constants: dict[str, float] = {}
    for name, entry in data["constants"].items():
        parts = [inputs.number(margin) for margin in entry.get("plus", [])]
        parts += [-inputs.number(margin) for margin in entry.get("minus", [])]
        constants[name] = float(entry.get("value", sum(parts))) / float(entry.get("over", 1.0))
    texts = {f"theme {name}": text for name, text in data["themes"].items()}
    for number, one in enumerate(data["not_held"], 1):
        texts |= {f"not_held {number}: {name}": text for name, text in one.items()}
    faults = [f"{name}: needs en and zh" for name, text in texts.items() if not _both(text)]
    faults += [f"{id}: has a rule and no figure" for id in data["rules"] if id not in figures]
    faults += [f"{id}: has a figure and no rule" for id in figures if id not in data["rules"]]
    rules: dict[str, Rule] = {}
    for id, entry in data["rules"].items():
        wrong = _faults(entry, {*constants, *figures}, constants, data)
        faults += [f"{id}: {fault}" for fault in wrong]
        if not wrong:
            scope = entry.get("scope")
            rules[id] = Rule(
                id=id, theme=entry["theme"], label=entry["label"], how=entry["how"],
                simulated=entry["simulated"], observed=entry.get("observed", {}),
                close=_band(entry.get("close", data["close"])),
                scope=None if scope is None else _band(scope),
                bound=entry.get("bound", ""), scenario=entry.get("scenario", ""),
                input=entry.get("input", {}),
            )  # fmt: skip
    if faults:
        raise ValueError("figure_rules.yaml cannot be used:\n  " + "\n  ".join(faults))
    return Rules(
        rules, constants, data["constants"], data["counties"], data["themes"], data["not_held"],
        data["words"],
    )  # fmt: skip


def read_notes(folder: Path = DATA) -> dict[str, dict[str, dict[str, str]]]:
    """figure_notes.yaml: {id: {verdict: {language: what is believed to be the reason}}}."""
    return _load(folder / "figure_notes.yaml")["notes"] or {}


def _load(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def _band(given: float | Sequence[float]) -> tuple[float, float]:
    if isinstance(given, int | float):
        return 1.0 - given, 1.0 + given
    return float(given[0]), float(given[1])


def _both(text: Any) -> bool:
    """Whether it is a text in both languages (a comma that is not quoted makes a third key)."""
    return isinstance(text, dict) and set(text) == {"en", "zh"} and all(text.values())


def _faults(
    entry: Mapping[str, Any], known: set[str], constants: Mapping[str, float], data: Any
) -> list[str]:
    found = [f"{name} is missing" for name in sorted(_RULE - set(entry))]
    found += [f"{name} is not known" for name in sorted(set(entry) - _RULE - _RULE_MORE)]
    if found:
        return found
    for name in {"label", "how", "input"} & set(entry):
        found += [] if _both(entry[name]) else [f"{name}: needs en and zh"]
    model, seen = entry["simulated"], entry.get("observed", {})
    found += [f"simulated: {name} is not known" for name in sorted(set(model) - _SIMULATED)]
    found += [f"observed: {name} is not known" for name in sorted(set(seen) - _OBSERVED)]
    if len({"sum", "survival", "direct"} & set(model)) != 1:
        found.append("simulated: needs one of sum, survival and direct")
    for term in [*model.get("sum", []), *model.get("over", [])]:
        found += [f"simulated: {name} is not known" for name in sorted(set(term) - _TERM)]
        if term.get("constant", next(iter(constants))) not in constants:
            found.append(f"simulated: no constant {term['constant']!r}")
        if term.get("counties", next(iter(data["counties"]))) not in data["counties"]:
            found.append(f"simulated: no counties {term['counties']!r}")
        if "constant" not in term and not {"indicator", "year"} <= set(term):
            found.append("simulated: a term needs indicator and year, or constant")
    for name in [*seen.get("times", []), *seen.get("over", [])]:
        if name not in known:
            found.append(f"observed: {name!r} is no constant and no figure")
    if entry["theme"] not in data["themes"]:
        found.append(f"no theme {entry['theme']!r}")
    if entry.get("bound", "upper") != "upper":
        found.append("bound: only `upper` is known")
    return found


# --- the arithmetic -------------------------------------------------------------------------------


def needed(rules: Rules) -> tuple[set[str], set[int]]:
    """Indicators and county codes (0 = the whole scope) that the rules ask a store for."""
    indicators, counties = set(), {0}
    for rule in rules.rules.values():
        indicators |= {rule.simulated["survival"]} if "survival" in rule.simulated else set()
        for term in [*rule.simulated.get("sum", []), *rule.simulated.get("over", [])]:
            indicators |= {term["indicator"]} if "indicator" in term else set()
            counties |= set(rules.counties[term["counties"]]) if "counties" in term else set()
    return indicators, counties


def observed(rule: Rule, figures: Mapping[str, Figure], constants: Mapping[str, float]) -> float:
    """The published value on the model's footing, in the unit of the comparison."""
    known = {**{id: figure.value for id, figure in figures.items()}, **constants}
    value = figures[rule.id].value * rule.observed.get("factor", 1.0)
    value += rule.observed.get("plus", 0.0)
    for name in rule.observed.get("times", []):
        value *= known[name]
    for name in rule.observed.get("over", []):
        value /= known[name]
    return float(value)


def simulated(rule: Rule, rows: Any, rules: Rules) -> float:
    """What one run has for a rule; NaN if it lacks a row.

    rows: the run's, a frame as in docs/store.md; a record array of the same columns does for
    rules other than survival and is read faster.
    """
    model = rule.simulated
    if "direct" in model:
        return math.nan
    scale = float(model.get("scale", 1.0))
    if "survival" in model:
        return scale * relapsed_by(rows[rows["indicator"] == model["survival"]], model["month"])
    value = sum(_term(term, rows, rules) for term in model["sum"])
    if "over" in model:
        whole = sum(_term(term, rows, rules) for term in model["over"])
        value = value / whole if whole else math.nan
    return scale * value


def _term(term: Mapping[str, Any], rows: Any, rules: Rules) -> float:
    sign = float(term.get("sign", 1))
    if "constant" in term:
        return sign * rules.constants[term["constant"]]
    counties = rules.counties[term["counties"]] if "counties" in term else [0]
    month = term.get("month", 0)
    found = rows[
        (rows["indicator"] == term["indicator"])
        & (rows["group"] == term.get("group", ""))
        & (rows["year"] == term["year"])
        & (rows["month"] > 0 if month == "max" else rows["month"] == month)
        & np.isin(rows["county"], counties)
    ]
    if set(found["county"]) != set(counties):  # a county that is not there is not a county of none
        return math.nan
    values = found["value"]
    return sign * float(values.max() if month == "max" else values.sum())


def relapsed_by(spells: pd.DataFrame, month: int) -> float:
    """Kaplan-Meier share that has ended in relapse `month` months after exit.

    spells: rows of one run with `group` "relapsed:MONTHS:CAUSE" or "censored:MONTHS" and `value`.
    A spell censored in a month was at risk in it. NaN if no spell was followed for so long.
    """
    if spells.empty:
        return math.nan
    parts = spells["group"].astype(str).str.split(":", n=2, expand=True)
    months = parts[1].astype(int).to_numpy()
    if months.max() < month:
        return math.nan
    value = spells["value"].to_numpy(np.float64)
    leaving = np.bincount(months, value)
    fell = np.bincount(months, value * (parts[0] == "relapsed").to_numpy(), len(leaving))
    at_risk = leaving[::-1].cumsum()[::-1]
    hazard = np.divide(fell, at_risk, out=np.zeros(len(leaving)), where=at_risk > 0)
    return float(1.0 - np.prod(1.0 - hazard[: month + 1]))


def verdict(rule: Rule, ratio: float) -> str:
    """One of VERDICTS for a ratio of model over observed."""
    if math.isnan(ratio):
        return "not recorded"
    low, high = rule.close
    if rule.bound == "upper":
        return "close" if ratio <= 1.0 else "high"
    if low <= ratio <= high:
        return "close"
    if rule.scope is not None and rule.scope[0] <= ratio <= rule.scope[1]:
        return "other scope"
    return "low" if ratio < low else "high"


def compare(
    figures: Mapping[str, Figure],
    rules: Rules,
    frame: pd.DataFrame,
    scenario: str,
    direct: Mapping[str, float] | None = None,
) -> list[Comparison]:
    """Every figure and what the runs of a scenario have for it, in the order of the rules.

    frame: rows of the batch (docs/store.md). direct: what a simulation of its own found, by name.
    """
    runs: dict[str, list[pd.DataFrame]] = {}
    for (name, _, _), rows in frame.groupby(RUN, observed=True):
        runs.setdefault(str(name), []).append(rows)
    table = []
    for id, rule in rules.rules.items():
        if "direct" in rule.simulated:
            values = [(direct or {}).get(rule.simulated["direct"], math.nan)]
        else:
            values = [simulated(rule, r, rules) for r in runs.get(rule.scenario or scenario, [])]
        have = np.array([value for value in values if not math.isnan(value)])
        wanted = observed(rule, figures, rules.constants)
        mean = float(have.mean()) if len(have) else math.nan
        low = high = math.nan
        if len(have) > 1:
            low, high = (float(x) for x in np.quantile(have, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
        ratio = mean / wanted if wanted else math.nan
        table.append(
            Comparison(
                figures[id], rule, wanted, mean, low, high, len(have), ratio, verdict(rule, ratio)
            )
        )
    return table
