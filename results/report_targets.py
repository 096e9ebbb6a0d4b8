"""The section on the targets of 2020: a scoreboard in three blocks, and what it comes to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from results import drawing, numbers
from results.store import Store
from results.targets import BY_COUNTY, Target, by_county, joint, score, targets
from results.targets_text import amount, due, lacking, named_counties
from results.texts import phrase

BLOCKS = ("plan", "national", "report")
NUMBER = 3  # characters of an id that name the target; what follows names its part


def part_of(target: Target) -> bool:
    """Whether a row is a further part of the target above it (B22b)."""
    return len(target.id) > NUMBER


def joint_lines(store: Store, lang: str) -> list[str]:
    """A line per scenario: how many targets a run meets, and in what share of runs all."""
    return [
        phrase(
            "targets_met", lang, scenario=drawing.label(store, one.scenario, lang),
            met=f"{one.met:.1f}", low=f"{one.low:.0f}", high=f"{one.high:.0f}",
            of=one.targets, whole=f"{100 * one.all:.0f}",
        )
        for one in joint(store).itertuples(index=False)
    ]  # fmt: skip


def any_county(store: Store) -> bool:
    """Whether the store covers any target that is set for every county."""
    return not by_county(store).empty


def target_blocks(store: Store, lang: str) -> list[dict[str, Any]]:
    """The tables of the section: targets down, scenarios across, one table per block."""
    scores = score(store).set_index(["target", "scenario"])
    blocks = []
    for block in BLOCKS:
        rows = [
            _row(store, target, scores.loc[target.id], lang)
            for target in targets()
            if target.block == block
        ]
        caption = phrase(f"targets_{block}_caption", lang)
        blocks.append({"kind": "targets", "caption": caption, "rows": rows})
    return blocks


def _row(store: Store, target: Target, own: pd.DataFrame, lang: str) -> dict[str, Any]:
    assumed = target.assumed[lang]
    return {
        "id": target.id,
        "part": part_of(target),
        "clause": target.clause,
        "name": target.words[lang],
        "due": due(target.due, lang),
        "scored": target.scored[lang],
        "assumed": phrase("assumed_mark", lang, what=assumed) if assumed else "",
        "covered": bool(own["covered"].any()),
        "cells": [_cell(target, own.loc[name], lang) for name in store.scenarios],
    }


def _cell(target: Target, result: pd.Series, lang: str) -> dict[str, Any]:
    met = float(result["met"])
    if not np.isfinite(met):
        return {"text": numbers.NONE, "small": [], "binds": "", "shade": "none", "known": False}
    value = amount(numbers.show(result["value"], target.unit), target.unit, lang)
    small = [value]
    if result["low"] != result["high"]:
        small.append(numbers.between(result["low"], result["high"], target.unit))
    small.append(lacking(target, float(result["shortfall"]), lang))
    binds = ""
    if target.over in BY_COUNTY:
        small.append(phrase("counties_met", lang, share=f"{result['counties'] * 100:.0f}"))
        if result["binding"]:
            binds = phrase("target_binds", lang, counties=named_counties(result["binding"], lang))
    return {
        "text": phrase("percent", lang, n=f"{met * 100:.0f}"),
        "small": [line for line in small if line],
        "binds": binds,
        "shade": "all" if met == 1 else "none" if met == 0 else "some",
        "known": True,
    }
