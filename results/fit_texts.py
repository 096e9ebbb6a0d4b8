"""Words of the page of a calibration; its sentences lie in ``results/data/fit_phrases.yaml``."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from results.fit_store import Fit
from results.numbers import MINUS, NONE
from results.texts import check_language

__all__ = [
    "all_fit_text", "amount", "brief", "joined", "parameter", "parameter_unit", "said", "short",
    "statistic_unit", "target", "told", "unit", "wrapped",
]  # fmt: skip

_CJK = "[\u3000-\u9fff\uff00-\uffef]"


@cache
def _phrases() -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(all_fit_text())


@cache
def all_fit_text() -> str:
    """The catalogue as it stands in the file."""
    return (files("results") / "data" / "fit_phrases.yaml").read_text(encoding="utf-8")


def said(key: str, lang: str, **values: Any) -> str:
    """A sentence of the catalogue with its blanks filled; ``KeyError`` if there is none."""
    text = " ".join(_phrases()["phrases"][key][check_language(lang)].split())
    if lang == "zh":  # a line break inside Chinese text is no space
        text = re.sub(rf"(?<={_CJK}) (?={_CJK})", "", text)
    return text.format(**values) if values else text


def told(text: str, lang: str) -> str:
    """A sentence of the engine in the language of the page; as it stands if it is not known."""
    for pattern, zh in _phrases()["told"] if lang == "zh" else ():
        found = re.fullmatch(pattern, text)
        if found:
            return str(zh).format(*found.groups())
    return text


def joined(names: Iterable[str], lang: str) -> str:
    """Names with commas between them."""
    return ("、" if lang == "zh" else ", ").join(names)


def parameter(fit: Fit, key: str, lang: str) -> str:
    """A parameter on an axis: its key in English, its short name in Chinese."""
    entry = fit.parameters.get(key, {})
    return str(entry.get("zh") or key) if lang == "zh" else key


def brief(fit: Fit, key: str, lang: str) -> str:
    """A parameter on a small axis: without what stands in brackets behind its name."""
    return parameter(fit, key, lang).split("（")[0]


def parameter_unit(fit: Fit, key: str, lang: str) -> str:
    """Unit of a parameter's draws: a draw of a dated one or a table is a factor on its values."""
    entry = fit.parameters.get(key, {})
    return said("factor_unit", lang) if entry.get("factor") else unit(entry.get("unit", ""), lang)


def target(fit: Fit, key: str, lang: str) -> str:
    """A target (or any statistic) in words; its key if the folder has none for it."""
    return str(fit.targets.get(key, {}).get(lang) or key)


def unit(text: str, lang: str) -> str:
    """A unit in words: "yuan/person-year" is 元/人·年 in Chinese."""
    words = _phrases()["units"]
    if text in words:
        return str(words[text][lang])
    if lang == "en":
        return text
    parts = [words.get(part, {}).get("zh", part) for part in re.split(r"([/-])", text)]
    return "".join("·" if part == "-" else part for part in parts)


def statistic_unit(text: str, lang: str) -> str:
    """Unit of a statistic as `amount` prints it: shares are per cent, an index has none."""
    return "%" if text == "share" else "" if text in ("index", "1") else unit(text, lang)


def amount(value: float, of: str) -> str:
    """A value of a statistic as text; shares as per cent, without the sign."""
    return short(value * 100 if of == "share" else value)


def short(value: float, digits: int = 3) -> str:
    """A number with at least three significant digits, no exponent and a true minus."""
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    decimals = min(max(0, digits - 1 - math.floor(math.log10(abs(value)) + 1e-9)), 7)
    text = f"{abs(value):,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals else text
    return (MINUS if value < 0 and text != "0" else "") + text


def wrapped(text: str, lang: str, width: int) -> str:
    """Text in lines of about ``width`` Latin letters; keys may break behind their dots."""
    if lang == "zh":
        return _balanced(text, max(4, width // 2))
    if re.fullmatch(r"[\w.]+", text) and len(text) > width:
        return text.replace(".", ".\n", 1)
    return textwrap.fill(text, width, break_long_words=False)


def _balanced(text: str, width: int) -> str:
    """Chinese in lines of at most ``width`` characters, of about the same length."""
    lines = -(-len(text) // width)
    each = -(-len(text) // lines)
    found = [text[k : k + each] for k in range(0, len(text), each)]
    for k in range(1, len(found)):  # no line begins with what closes
        while found[k] and found[k][0] in "，。、；：）":
            found[k - 1] += found[k][0]
            found[k] = found[k][1:]
        while found[k][:1].isdigit() and found[k - 1][-1:].isdigit():  # a number stays whole
            found[k] = found[k - 1][-1] + found[k]
            found[k - 1] = found[k - 1][:-1]
    return "\n".join(line for line in found if line)
