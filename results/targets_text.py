"""The scoreboard of the 44 targets as text for a terminal."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from results import drawing, numbers
from results.report_tables import due
from results.store import Store
from results.targets import BY_COUNTY, Target, joint, score, targets
from results.texts import phrase

__all__ = ["county_name", "scoreboard"]

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


def _row(target: Target, result: pd.Series, lang: str) -> str:
    if not result["covered"]:
        return phrase("not_covered", lang)
    if not np.isfinite(result["met"]):
        return numbers.NONE
    parts = [phrase("percent", lang, n=f"{result['met'] * 100:.0f}").rjust(6)]
    value = numbers.show(result["value"], target.unit)
    interval = numbers.between(result["low"], result["high"], target.unit)
    parts.append(f"{value} {target.unit.word(lang)} {interval}".rstrip())
    if result["shortfall"] > 0:
        if target.threshold:
            lacks = phrase("percent", lang, n=f"{100 * result['shortfall']:.1f}")
        else:
            lacks = numbers.show(result["shortfall"], target.unit)
        parts.append(phrase("target_lacks", lang, what=lacks))
    if target.over in BY_COUNTY:
        share = f"{result['counties'] * 100:.0f}"
        parts.append(phrase("counties_met", lang, share=share))
        binding = list(result["binding"])
        if binding:
            named = [county_name(code, lang) for code in binding[:SHOWN]]
            more = f" + {len(binding) - SHOWN}" if len(binding) > SHOWN else ""
            joined = ("、" if lang == "zh" else ", ").join(named)
            parts.append(phrase("target_binds", lang, counties=joined + more))
    return "; ".join(parts)


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
