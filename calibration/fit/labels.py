"""What parameters and targets are called: the file by which a page of a fit can be written.

The pages (`results`) read files and nothing of the model, so the words go into the folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.parameter import ParameterTable

if TYPE_CHECKING:
    from calibration.fit.targets import Targets

__all__ = ["labels", "statistic_names", "statistic_words", "write_labels"]

QUANTILES = 201
AREAS = {
    "all": ("", ""),
    "deep": ("deep-poverty counties", "深度贫困县"),
    "other": ("other counties", "其他县"),
}
THEMES = {
    "register": ("The register", "建档立卡"),
    "causes": ("Causes", "致贫原因"),
    "income": ("Income", "收入"),
    "gaps": ("Guarantees", "两不愁三保障"),
    "health": ("Health", "医疗"),
    "work": ("Work and migration", "务工"),
    "spread": ("Spread between households and villages", "户间与村间差异"),
    "relapse": ("Falling back", "返贫"),
}
STARTS: dict[str, tuple[str, ...]] = {
    "causes": ("cause_",),
    "income": ("income_", "near_line"),
    "gaps": ("gap_", "dibao_"),
    "health": ("oop_", "admissions_"),
    "work": ("migrant_",),
    "spread": ("gini", "village_", "rate_"),
    "relapse": ("survival_", "relapse_"),
}
"""Statistics of each theme, by how their names begin; all others are of the register."""


def labels(table: ParameterTable, targets: Targets, fitted: Sequence[str]) -> dict[str, Any]:
    """Words, units, priors and targets, as `write_labels` writes them.

    ``parameters``: by key, of all uncertain ones: meaning, zh, unit, group, grade, source, prior
    (as text), default, factor (whether a draw is a common factor on dated values or a table); of
    the fitted ones also ``quantiles``, of the prior at 0, 1/200 ... 1 (the ends at 1/2000).
    ``targets``: by key: en, zh, unit, theme, theme_zh, value, error, source.
    """
    parameters = {}
    for spec in table.uncertain():
        entry = spec.summary()
        one = {name: entry[name] for name in ("meaning", "zh", "unit", "grade", "source", "prior")}
        one |= {"group": spec.group, "factor": spec.factor is not None}
        one["default"] = spec.value if isinstance(spec.value, float) else 1.0
        if spec.key in fitted and spec.distribution is not None:
            places = np.linspace(0.0, 1.0, QUANTILES).clip(0.0005, 0.9995)
            one["quantiles"] = [spec.distribution.quantile(float(u)) for u in places]
        parameters[spec.key] = one
    named = {
        target.key: {
            **statistic_words(target.key),
            "value": target.value, "error": target.error, "source": target.source,
        }
        for target in targets.targets
    }  # fmt: skip
    return {"parameters": parameters, "targets": named}


def write_labels(
    folder: str | Path, table: ParameterTable, targets: Targets, fitted: Sequence[str]
) -> Path:
    """Write ``labels.json`` into a calibration folder, whole or not at all."""
    path = Path(folder) / "labels.json"
    part = path.with_name(path.name + ".part")
    text = json.dumps(labels(table, targets, fitted), ensure_ascii=False, indent=1)
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return path


def statistic_names(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What statistics are called in English and Chinese, by key."""
    words = {key: statistic_words(key) for key in keys}
    return {key: (entry["en"], entry["zh"]) for key, entry in words.items()}


def statistic_words(key: str) -> dict[str, str]:
    """A statistic in words: ``en``, ``zh``, ``unit``, ``theme``, ``theme_zh``.

    >>> statistic_words("registered_rate:2018:deep")["zh"]
    '年末在册贫困发生率，2018年，深度贫困县'
    """
    from calibration.fit.statistics import STATISTICS, split_key

    name, year, area = split_key(key)
    if name == "figure" and year in _figures():
        return dict(_figures()[year])
    known = STATISTICS.get(name)
    en, zh = (known.meaning, known.zh) if known else (name.replace("_", " "),) * 2
    place, place_zh = AREAS.get(area, (area, area))
    theme, theme_zh = _theme(name)
    return {
        "en": ", ".join(part for part in (en, year, place) if part),
        "zh": "，".join(part for part in (zh, f"{year}年" if year else "", place_zh) if part),
        "unit": known.unit if known else "", "theme": theme, "theme_zh": theme_zh,
    }  # fmt: skip


@cache
def _figures() -> dict[str, dict[str, str]]:
    """Words of the published figures that have a rule, by id."""
    from calibration.figures import read_figures, read_rules

    figures = read_figures()
    rules = read_rules(figures)
    found = {}
    for name, rule in rules.rules.items():
        figure, zh = figures[name], rules.words
        year, area = zh.get(figure.year, figure.year), zh.get(figure.area, figure.area)
        carried = "times" in rule.observed  # to the counties of the model
        part = rule.observed.get("factor") == 100 and "over" in rule.observed
        scope = ("published", "已发布")
        if carried:
            scope = ("published, carried to the model's counties", "已发布，折算到模型范围")
        found[name] = {
            "en": f"{rule.label['en']}, {figure.year}, {figure.area} ({scope[0]})",
            "zh": f"{rule.label['zh']}，{year}，{area}（{scope[1]}）",
            "unit": "%" if part else figure.unit,
            "theme": rules.themes[rule.theme]["en"],
            "theme_zh": rules.themes[rule.theme]["zh"],
        }
    return found


def _theme(name: str) -> tuple[str, str]:
    """The part of a page in which a statistic stands."""
    for theme, starts in STARTS.items():
        if name.startswith(starts):
            return THEMES[theme]
    return THEMES["register"]
