"""The tables and lists of the page of a calibration, as rows of text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from results.fit_store import SELFTESTS, Fit
from results.fit_texts import (
    amount,
    joined,
    parameter,
    parameter_unit,
    said,
    short,
    statistic_unit,
    target,
    told,
)  # fmt: skip
from results.numbers import NONE, plain
from results.plots_fit_checks import checks

__all__ = [
    "asked_facts", "failures", "glance", "identified", "reasons", "rest_rows", "selftest_blocks",
    "structure_rows", "target_rows", "warnings",
]  # fmt: skip

VERDICTS = ("fitted", "confounded", "partly", "prior-driven")
WHY = ("fitted", "like", "explained", "weaker", "inert", "inert_group", "not_screened")
NAMED = 12  # names in a sentence, the others counted
MANY = 40  # and in a cell
FEW = 50  # effective draws below which a reader is warned


def listed(names: list[str], lang: str, most: int = NAMED) -> str:
    """Names with commas; beyond ``most`` of them the rest is counted."""
    text = joined(names[:most], lang)
    if len(names) <= most:
        return text
    n = len(names) if lang == "zh" else len(names) - most  # 等…个 counts all of them
    return said("and_more", lang, names=text, n=n)


def glance(fit: Fit, lang: str) -> list[str]:
    """What came out, in two or three sentences."""
    lines = []
    table = fit.identifiability
    if table is None:
        return [said("glance_half", lang)]
    parts = []
    for verdict in VERDICTS:
        keys = list(table.loc[table["verdict"] == verdict, "parameter"])
        if not keys and verdict != "fitted":
            continue
        names = listed([parameter(fit, key, lang) for key in keys], lang)
        part = f"glance_{verdict.split('-')[0]}" if keys else "glance_none"
        parts.append(said(part, lang, all=len(table), n=len(keys), names=names))
    lines.append(("" if lang == "zh" else " ").join(parts))
    found = checks(fit)
    if found:
        inside = sum(one.inside for one in found)
        n = len(found)
        lines.append(said("glance_targets", lang, inside=inside, n=n, expected=0.9 * n))
    for kind in SELFTESTS:
        test = fit.selftest(kind)
        if test is not None:
            good = int((test["verdicts"]["verdict"] == "calibrated").sum())
            data = int(test["ranks"]["dataset"].nunique())
            n = len(test["verdicts"])
            lines.append(said("glance_selftest", lang, good=good, n=n, data=data))
            break
    return lines


def warnings(fit: Fit, lang: str) -> list[str]:
    """What the engine noted, as it said it, and whether the clock ended the fit."""
    lines = [told(str(note), lang) for note in fit.went.get("notes") or []]
    if fit.went.get("by_clock"):
        lines.append(said("by_clock", lang))
    if fit.posterior is not None and _worth(fit) < FEW:
        lines.append(said("few_draws", lang, n=f"{_worth(fit):.0f}"))
    return lines


def asked_facts(fit: Fit, lang: str) -> list[tuple[str, str]]:
    """What was asked and what was done, as pairs of words."""
    asked, went = fit.asked, fit.went
    unknown = said("unknown_value", lang)
    who = asked.get("population") or {}
    people = []
    if isinstance(who, dict):
        if who.get("persons"):
            people.append(said("persons", lang, persons=plain(float(who["persons"]), 0)))
        if who.get("sample"):
            share = f"{100 * float(who['sample']):g} %"
            people.append(said("sample", lang, share=share))
    else:
        people.append(str(who))
    n = len(fit.fitted)
    fitted = said("by_user", lang, n=n)
    if fit.by_screening:
        fitted = said("by_screening", lang, n=n, most=asked.get("most", n))
    sizes = said("sizes", lang, **{
        key: asked.get(name, "?") for key, name in
        (("simulations", "simulations"), ("generations", "generations"),
         ("population", "population_size"))
    })  # fmt: skip
    facts = [
        ("asked_targets", ", ".join(map(str, asked.get("targets") or [])) or unknown),
        ("asked_population", joined(people, lang) or unknown),
        ("asked_scenario", str(asked.get("scenario", unknown))),
        ("asked_fitted", fitted),
        ("asked_sizes", sizes),
        ("asked_seed", str(asked.get("seed", unknown))),
    ]
    if went:
        done, failed = went.get("simulations", 0), went.get("failed", 0)
        word = "done_failed" if failed else "done_all"
        facts.append(("asked_done", said(word, lang, done=plain(float(done), 0), failed=failed)))
        if went.get("seconds"):
            minutes = plain(float(went["seconds"]) / 60, 0)
            facts.append(("asked_time", said("minutes", lang, minutes=minutes)))
        facts.append(("asked_stop", told(str(went.get("stop") or unknown), lang)))
    if fit.posterior is not None:
        worth = f"{_worth(fit):.0f}"
        text = said("effective", lang, n=len(fit.posterior), effective=worth)
        facts.append(("asked_effective", text))
    return [(said(key, lang), text) for key, text in facts]


def failures(fit: Fit, lang: str) -> list[str]:
    """The errors of failed simulations, most frequent first."""
    listed = fit.went.get("failures") or []
    return [
        said("failure", lang, n=one["count"], error=_first_line(one["error"])) for one in listed
    ]


def _first_line(text: str) -> str:
    lines = [line for line in str(text).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def _worth(fit: Fit) -> float:
    """Number of draws of equal weight that the posterior is worth."""
    assert fit.posterior is not None
    weight = fit.posterior["weight"]
    return float(fit.went.get("effective_draws") or weight.sum() ** 2 / (weight**2).sum())


def target_rows(fit: Fit, lang: str) -> list[dict[str, Any]]:
    """A row a target; those outside their interval are marked."""
    found = {one.key: one for one in checks(fit)}
    rows = []
    for key, entry in fit.targets.items():
        of = str(entry["unit"])
        sign = statistic_unit(of, lang)
        one = found.get(key)
        cells = [amount(entry["value"], of), amount(entry["error"], of)]
        if one is None:
            cells += [NONE, NONE, NONE]
        else:
            interval = f"{amount(one.median, of)} [{amount(one.low, of)}, {amount(one.high, of)}]"
            cells += [interval, _off(one.prior[1]), _off(one.posterior[2])]
        rows.append({
            "name": target(fit, key, lang), "small": f"{key}" + (f"  ({sign})" if sign else ""),
            "cells": cells, "outside": one is not None and not one.inside,
            "source": str(entry.get("source") or ""),
        })  # fmt: skip
    return rows


def _off(errors: float) -> str:
    return plain(float(errors), 1, signed=True)


def reasons(fit: Fit, lang: str) -> list[dict[str, Any]]:
    """How many parameters were fitted or left to their priors for which reason, and which."""
    assert fit.screening is not None
    rows = []
    for why in WHY:
        keys = list(fit.screening.loc[fit.screening["why"] == why, "parameter"])
        if keys:
            if why == "inert_group":  # whole groups are named by the group
                groups = fit.screening.loc[fit.screening["why"] == why, "group"]
                names = [f"{group}.*" for group in dict.fromkeys(groups)]
            else:
                names = [parameter(fit, key, lang) for key in keys]
            rows.append({"name": said(f"why_{why}", lang), "n": len(keys),
                         "which": listed(names, lang, MANY)})  # fmt: skip
    return rows


def _interval(row: pd.Series, prefix: str) -> tuple[str, str]:
    low, middle, high = (short(row[prefix + end]) for end in ("low", "median", "high"))
    return middle, f"[{low}, {high}]"


def identified(fit: Fit, lang: str) -> list[dict[str, Any]]:
    """The fitted parameters: verdict, intervals and what was learned."""
    assert fit.identifiability is not None
    rows = []
    text, note = ("text_zh", "note_zh") if lang == "zh" else ("text", "note")
    for _, row in fit.identifiability.iterrows():
        if row["why"] != "fitted":
            continue
        key = str(row["parameter"])
        rows.append({
            "key": key,
            "meaning": str(row["zh"] if lang == "zh" else row["meaning"]),
            "unit": parameter_unit(fit, key, lang),
            "verdict": said(f"verdict_{row['verdict']}", lang),
            "kind": str(row["verdict"]).replace("-", "_"),
            "prior": _interval(row, "prior_"), "posterior": _interval(row, ""),
            "left": f"{row['spread_left'] * 100:.0f} %",
            "text": str(row[text]), "note": str(row[note]) if isinstance(row[note], str) else "",
        })  # fmt: skip
    return rows


def rest_rows(fit: Fit, lang: str) -> list[dict[str, Any]]:
    """Parameters that follow their priors, by reason: title, and a row a parameter."""
    assert fit.identifiability is not None
    parts = []
    for why in WHY[1:]:
        own = fit.identifiability[fit.identifiability["why"] == why]
        rows = [
            {
                "key": str(row["parameter"]),
                "meaning": str(row["zh"] if lang == "zh" else row["meaning"]),
                "prior": " ".join(_interval(row, "prior_")),
                "unit": parameter_unit(fit, str(row["parameter"]), lang),
                "moves": target(fit, row["seen_by"], lang) if isinstance(row["seen_by"], str)
                else "",
            }
            for _, row in own.iterrows()
        ]  # fmt: skip
        if rows:
            parts.append({"title": said(f"why_{why}", lang), "rows": rows})
    return parts


def structure_rows(fit: Fit, lang: str) -> dict[str, Any]:
    """Structures compared; shares as per cent, columns that are not known as they stand."""
    assert fit.structures is not None
    heads = [c for c in fit.structures.columns if c != "structure"]
    known = {"probability", "log_bayes_factor", "evidence", "recognised", "simulations"}
    rows = []
    for _, row in fit.structures.iterrows():
        cells = []
        for column in heads:
            value = row[column]
            if column in ("probability", "recognised"):
                value = short(100 * float(value), 2)
            elif isinstance(value, float):
                value = short(value)
            cells.append(told(str(value), lang))
        rows.append({"name": str(row["structure"]), "cells": cells})
    words = [said(c, lang) if c in known else c for c in heads]
    return {"first": said("structure", lang), "heads": words, "rows": rows}


def selftest_blocks(fit: Fit, lang: str) -> list[dict[str, Any]]:
    """A table of verdicts for each self-test that was made."""
    blocks = []
    for kind, title in zip(SELFTESTS, ("selftest_table", "selftest_sequential"), strict=True):
        test = fit.selftest(kind)
        if test is None:
            continue
        shares = test["coverage"].pivot(index="parameter", columns="level", values="share")
        rows = [
            {
                "name": parameter(fit, row.parameter, lang),
                "cells": [
                    said(row.verdict, lang),
                    *(f"{share * 100:.0f} %" for share in shares.loc[row.parameter]),
                    f"{row.uniform_p:.2f}", f"{row.narrowed * 100:.0f} %",
                ],
            }
            for row in test["verdicts"].itertuples(index=False)
        ]  # fmt: skip
        levels = [said("interval_level", lang, level=level * 100) for level in shares.columns]
        heads = [said("verdict", lang), *levels, said("uniform_p", lang), said("narrowed", lang)]
        n = int(test["ranks"]["dataset"].nunique())
        blocks.append({"caption": said(title, lang, n=n), "first": said("parameter", lang),
                       "heads": heads, "rows": rows})  # fmt: skip
    return blocks
