"""The report's section on where the variance comes from: words and two tables."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from results import drawing, numbers
from results.compare import FIRST_YEAR
from results.drawn import parameters_line
from results.store import Store
from results.texts import by_id, phrase
from results.variance import PARTS, difference_split, level_split, shares

FEW = 40  # draws or seeds from which on a variance is known to about a fifth


def blocks(store: Store, figure: dict[str, Any], lang: str, year: int) -> list[dict[str, Any]]:
    """The blocks of the section; `figure` is that of the drawn figure, or of a note instead."""
    whole, apart = level_split(store, year), difference_split(store, year)
    if shares(whole).empty:
        return [{"kind": "note", "text": phrase("variance_none", lang)}]
    found: list[dict[str, Any]] = [{"kind": "text", "text": _intro(store, lang)}]
    found.append({"kind": "list", "lines": _cautions(store, whole, lang)})
    found.append(figure)
    found.append(_levels(whole, lang, year))
    if len(apart):
        found.append(_differences(store, apart, lang))
    return found


def _intro(store: Store, lang: str) -> str:
    if store.draws > 1:
        return phrase("variance_intro", lang, line=parameters_line(store, lang))
    return phrase("variance_short_intro", lang)


def _cautions(store: Store, whole: pd.DataFrame, lang: str) -> list[str]:
    """What keeps the split from being sharp: one replicate, few draws, missing runs."""
    lines = []
    draws, seeds = int(whole["draws"].max()), int(whole["replicates"].max())
    if draws > 1 and whole["unsplit"].notna().any():
        lines.append(phrase("variance_one_replicate", lang))
    for n, what in ((draws, "draws"), (seeds, "seeds")):
        if 1 < n < FEW and (what == "draws" or draws == 1):
            rough = 100 * math.sqrt(2 / (n - 1))  # of a normal sample
            word = phrase(f"variance_of_{what}", lang)
            lines.append(phrase("variance_rough", lang, n=n, what=word, percent=f"{rough:.0f}"))
    cells = store.asked[["draw", "replicate"]].drop_duplicates()
    used, kept = int(whole["runs"].max()), int(whole["scenarios"].max())
    if used < len(cells) or kept < len(store.scenarios):
        counts = store.counts()["present"]
        names = [n for n in store.scenarios if counts[n] < counts.max() / 2]
        without = ""
        if names:
            titles = ", ".join(store.scenarios[n].label(lang) for n in names)
            without = phrase("variance_without", lang, scenarios=titles)
        lines.append(
            phrase("variance_left_out", lang, used=used, asked=len(cells), without=without)
        )
    return lines


def _levels(whole: pd.DataFrame, lang: str, year: int) -> dict[str, Any]:
    """Shares of each source in the variance of results, and the deviation of a run."""
    part = shares(whole)
    held = [name for name in PARTS if name in part]
    rows = []
    for key, row in whole.iterrows():
        entry = by_id(str(key))
        cells = [
            numbers.plain(float(part.loc[key, name]) * 100, 0) if key in part.index
            else numbers.NONE
            for name in held
        ]  # fmt: skip
        cells.append(numbers.show_large(row["sd"], entry.unit, lang))
        rows.append({"name": _named(str(key), lang), "cells": cells})
    return {
        "kind": "plain",
        "caption": phrase("variance_levels_caption", lang, year=year, period=_period(year)),
        "first": phrase("indicator", lang),
        "heads": [phrase(f"variance_{name}", lang) for name in (*held, "sd")],
        "rows": rows,
    }  # fmt: skip


def _differences(store: Store, apart: pd.DataFrame, lang: str) -> dict[str, Any]:
    """The focus first; the other scenarios folded."""
    held = [n for n in ("parameters", "chance", "unsplit") if apart[n].notna().any()]
    both = {"parameters", "chance"} <= set(held)
    focus = drawing.focus(store)
    rows: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for (scenario, key), row in apart.iterrows():
        unit = by_id(key).unit
        cells = [numbers.show_large(row["mean"], unit, lang, signed=True)]
        cells += [numbers.show_large(math.sqrt(row[n]), unit, lang) for n in held]
        if both:
            share = row["parameters"] / row["sd"] ** 2 if row["sd"] else float("nan")
            cells.append(numbers.plain(share * 100, 0))
        name = _named(key, lang, difference=True)
        if scenario != focus:
            name = f"{store.scenarios[scenario].label(lang)}: {name}"
        (rows if scenario == focus else rest).append({"name": name, "cells": cells})
    heads = [phrase("variance_mean_difference", lang)]
    heads += [phrase("variance_sd_of", lang, part=phrase(f"variance_{n}", lang)) for n in held]
    heads += [phrase("variance_share_parameters", lang)] if both else []
    block: dict[str, Any] = {
        "kind": "plain",
        "caption": phrase(
            "variance_difference_caption", lang, scenario=store.scenarios[focus].label(lang),
            base=store.scenarios[store.base].label(lang),
        ),
        "first": phrase("indicator", lang),
        "heads": heads,
        "rows": rows,
    }  # fmt: skip
    if rest:
        title = phrase("variance_other_scenarios", lang, n=len(rest))
        block |= {"rest": rest, "rest_title": title}
    return block


def _named(key: str, lang: str, *, difference: bool = False) -> str:
    entry = by_id(key)
    unit = entry.unit.axis_of_difference(lang)[1] if difference else entry.unit.axis(lang)[1]
    return phrase("with_unit", lang, label=entry.label(lang), unit=unit)


def _period(year: int) -> str:
    return f"{FIRST_YEAR}–{year}" if year > FIRST_YEAR else str(year)
