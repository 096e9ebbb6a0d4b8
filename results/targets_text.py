"""The scoreboard of the 44 targets as text for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from results import drawing, numbers
from results.store import Store
from results.targets import BY_COUNTY, Target, joint, score, targets
from results.texts import Unit, phrase

__all__ = ["amount", "county_name", "due", "lacking", "named_counties", "scoreboard"]

SHOWN = 4  # binding counties that are named


@cache
def _names() -> dict[int, tuple[str, str]]:
    text = (files("results") / "data" / "counties.csv").read_text(encoding="utf-8")
    return {
        int(r["code"]): (r["short_en"], r["short_zh"]) for r in csv.DictReader(text.splitlines())
    }


def county_name(code: int, lang: str) -> str:
    """A county in words; its code if it is none of the scope."""
    names = _names().get(code)
    return str(code) if names is None else names[0 if lang == "en" else 1]


def due(text: str, lang: str) -> str:
    """The date of a target in words."""
    if text.startswith("from "):
        return phrase("from_year", lang, year=text.removeprefix("from "))
    return text


def amount(number: str, unit: Unit, lang: str) -> str:
    """A number (or an interval) with its unit as a reader of the language expects it."""
    if unit.name == "share":
        return phrase("percent", lang, n=number)
    if unit.name == "ratio":
        return number
    return f"{number}{'' if lang == 'zh' else ' '}{unit.word(lang)}"


def lacking(target: Target, shortfall: float, lang: str) -> str:
    """What a target lacks on the mean of runs, in words; empty if nothing.

    Per cent of the threshold; in the unit itself where the threshold is none, or as good as
    none (half a person).
    """
    counted = target.unit.name in ("persons", "households")
    own = target.threshold == 0.0 or (counted and target.threshold < 1.0)
    if own:
        number = numbers.show(shortfall * (abs(target.threshold) or 1.0), target.unit)
        what = amount(number, target.unit, lang)
    else:
        number = f"{100 * shortfall:.1f}"
        what = phrase("percent_of_it", lang, n=number)
    return phrase("target_lacks", lang, what=what) if any(c in "123456789" for c in number) else ""


def named_counties(codes: Sequence[int], lang: str) -> str:
    """The first few counties that bind, and how many more there are."""
    joined = ("、" if lang == "zh" else ", ").join(county_name(c, lang) for c in codes[:SHOWN])
    return joined + (f" + {len(codes) - SHOWN}" if len(codes) > SHOWN else "")


def _row(target: Target, result: pd.Series, lang: str) -> str:
    if not result["covered"]:
        return phrase("not_covered", lang)
    if not np.isfinite(result["met"]):
        return numbers.NONE
    parts = [phrase("percent", lang, n=f"{result['met'] * 100:.0f}").rjust(6)]
    value = numbers.show(result["value"], target.unit)
    interval = numbers.between(result["low"], result["high"], target.unit)
    parts.append(f"{amount(value, target.unit, lang)} {interval}".rstrip())
    parts.append(lacking(target, float(result["shortfall"]), lang))
    if target.over in BY_COUNTY:
        share = f"{result['counties'] * 100:.0f}"
        parts.append(phrase("counties_met", lang, share=share))
        if result["binding"]:
            named = named_counties(result["binding"], lang)
            parts.append(phrase("target_binds", lang, counties=named))
    return "; ".join(part for part in parts if part)


def scoreboard(store: Store, lang: str = "en") -> str:
    """Every target, its parts, the national rules of county exit and the report's own additions:
    share of runs that meet it, value with its interval, what lacks, which counties bind."""
    scores = score(store).set_index(["target", "scenario"])
    widest = max(numbers.width(drawing.label(store, name, lang)) for name in store.scenarios)
    lines = []
    block = ""
    for target in targets():
        if target.block != block:
            block = target.block
            lines += ["", phrase(f"targets_{block}", lang), ""]
        lines.append(
            f"{target.id:4s} {target.words[lang]}  ({target.clause}, {due(target.due, lang)})"
        )
        assumed = target.assumed[lang]
        if assumed:
            lines.append("     " + phrase("assumed_mark", lang, what=assumed))
        for name in store.scenarios:
            shown = drawing.label(store, name, lang)
            pad = " " * (widest - numbers.width(shown))
            row = _row(target, scores.loc[target.id, name], lang)
            lines.append(f"     {shown}{pad}  {row}")
    lines += ["", phrase("targets_joint", lang), ""]
    for one in joint(store).itertuples(index=False):
        lines.append(
            "     " + phrase(
                "targets_met", lang, scenario=drawing.label(store, one.scenario, lang),
                met=f"{one.met:.1f}", low=f"{one.low:.0f}", high=f"{one.high:.0f}",
                of=one.targets, whole=f"{100 * one.all:.0f}",
            )
        )  # fmt: skip
    return "\n".join(lines).lstrip("\n")
