"""The choices of structural switches, each held against the targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from calibration.fit.folder import Asked
from calibration.fit.running import Runner
from calibration.fit.simulator import StructureError
from calibration.fit.targets import Targets

__all__ = ["check_choices", "compare_choices", "read_choices"]

ENOUGH = 400
"""Simulations of each choice, or those of the reference table if they are fewer."""


def read_choices(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """Texts like "group.name=a,b" as {"group.name": ["a", "b"]}; StructureError for others."""
    found: dict[str, list[str]] = {}
    faults = []
    for text in texts:
        key, _, rest = text.partition("=")
        choices = list(dict.fromkeys(part.strip() for part in rest.split(",") if part.strip()))
        if len(choices) < 2 or key in found:
            faults.append(
                f"{text!r} is no list of choices, such as yearly_round.quota=ceiling,data"
            )
        found[key.strip()] = choices
    if faults:
        raise StructureError("; ".join(faults))
    return found


def check_choices(simulator: Any, texts: tuple[str, ...]) -> None:
    """StructureError for what is no list of choices or not a choice the model has."""
    for key, choices in read_choices(texts).items():
        for choice in choices:
            replace(simulator, structure={key: _value(simulator, key, choice)})


def compare_choices(
    simulator: Any, targets: Targets, fitted: list[str], asked: Asked, runner: Runner
) -> tuple[pd.DataFrame, list[str]]:
    """The probabilities of each switch's choices, and a line in words for each switch."""
    from calibration.fit.structures import CAVEAT, compare_structures
    from calibration.fit.table import reference_table

    frames, lines = [], []
    number = min(ENOUGH, asked.simulations)
    for key, choices in read_choices(asked.structures).items():
        tables = {}
        for choice in choices:
            runner.stage(f"{key.split('.')[1]}={choice}", number)
            other = replace(simulator, structure={key: _value(simulator, key, choice)})
            tables[choice] = reference_table(other, fitted, number, asked.seed, **runner.how)
        result = compare_structures(tables, targets)
        frame = result.frame.rename(columns={"probability": "share"})
        frame["structure"] = [f"{key}={choice}" for choice in frame["structure"]]
        frames.append(frame)
        best = frame.iloc[0]
        lines.append(
            f"structure {best['structure']}: probability {best['share']:.2f}; "
            f"{result.recognised:.0%} of known structures recognised"
        )
        lines += [f"note: {note}" for note in result.notes]
    return pd.concat(frames, ignore_index=True), [*lines, CAVEAT["en"]]


def _value(simulator: Any, key: str, choice: str) -> str | float:
    """A choice as its parameter has it: a word, or a number."""
    spec = simulator.table.get(key)
    if spec is not None and not spec.choices:
        try:
            return float(choice)
        except ValueError:
            return choice
    return choice
