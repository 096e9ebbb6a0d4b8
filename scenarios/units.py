"""Units as the files write them, and hints for numbers given in another unit.

Nothing is converted silently: a number in the wrong unit is a mistake, and the hint says what
the right number would be.
"""

from __future__ import annotations

import re

__all__ = ["convert", "is_share", "number_in", "percent_hint", "short", "spelling"]

_SIMPLE: dict[str, tuple[str, float]] = {
    "yuan": ("money", 1.0),
    "fen": ("money", 0.01),
    "wan": ("money", 1e4),
    "months": ("time", 1.0),
    "years": ("time", 12.0),
    "share": ("share", 1.0),
    "percent": ("share", 0.01),
    "mu": ("area", 1.0),
    "ha": ("area", 15.0),
    "kW": ("power", 1.0),
    "MW": ("power", 1000.0),
    "km": ("length", 1.0),
    "m": ("length", 0.001),
    "count": ("count", 1.0),
}
_PER = {"month": 1.0, "year": 12.0}

_SPELLINGS = {
    "%": "percent", "per cent": "percent", "百分比": "percent", "比例": "share", "shares": "share",
    "fraction": "share", "rmb": "yuan", "cny": "yuan", "元": "yuan", "yuans": "yuan",
    "分": "fen", "万元": "wan", "10000 yuan": "wan", "10k yuan": "wan", "wan yuan": "wan",
    "month": "months", "year": "years", "月": "months", "年": "years", "亩": "mu",
    "hectare": "ha", "hectares": "ha", "公顷": "ha", "kw": "kW", "kilowatt": "kW", "千瓦": "kW",
    "mw": "MW", "公里": "km", "metre": "m", "metres": "m", "counts": "count",
}  # fmt: skip
_PER_SPELLINGS = {"months": "month", "years": "year", "mo": "month", "yr": "year", "y": "year",
                  "a": "year", "月": "month", "年": "year", "annum": "year"}  # fmt: skip


def spelling(unit: str) -> str:
    """The unit in the spelling the files use; a unit not known here comes back as it was.

    >>> spelling("RMB per year"), spelling("元/月"), spelling("yuan/mu")
    ('yuan/year', 'yuan/month', 'yuan/mu')
    """
    whole = unit.strip()
    if whole in _SIMPLE:
        return whole
    if whole.casefold() in _SPELLINGS:
        return _SPELLINGS[whole.casefold()]
    amount, slash, per = re.sub(r"\s+per\s+", "/", whole, flags=re.IGNORECASE).partition("/")
    if not slash:
        lowered = whole.casefold()
        return next((known for known in _SIMPLE if known.casefold() == lowered), whole)
    amount, per = amount.strip(), per.strip()
    amount = _SPELLINGS.get(amount.casefold(), amount)
    lowered = amount.casefold()
    amount = next((known for known in _SIMPLE if known.casefold() == lowered), amount)
    per = _PER_SPELLINGS.get(per.casefold(), per)
    return f"{amount}/{per.casefold() if per.casefold() in _PER else per}"


def is_share(unit: str) -> bool:
    """Whether numbers of this unit are parts of one: share, share/year, share/month."""
    return unit == "share" or unit.startswith("share/")


def convert(value: float, given: str, wanted: str) -> float | None:
    """`value` of unit `given` in unit `wanted`; None if they measure different things.

    Shares per month and per year are hazards and compound: 1-(1-p)^12.

    >>> convert(5, "yuan/month", "yuan/year")
    60.0
    """
    given, wanted = spelling(given), spelling(wanted)
    if given == wanted:
        return float(value)
    amount, _, per = given.partition("/")
    amount_wanted, _, per_wanted = wanted.partition("/")
    one, other = _SIMPLE.get(amount), _SIMPLE.get(amount_wanted)
    if one is None or other is None or one[0] != other[0]:
        return None
    result = value * one[1] / other[1]
    if per == per_wanted:
        return result
    if per not in _PER or per_wanted not in _PER:
        return None
    ratio = _PER[per_wanted] / _PER[per]
    if one[0] == "share":
        return 1 - (1 - result) ** ratio if 0 <= result <= 1 else None
    return result * ratio


def percent_hint(value: float, unit: str) -> str:
    """ "A share is written 0.7, not 70 …" if `value` looks like a percentage, else nothing."""
    if is_share(unit) and 1 < abs(value) <= 100:
        return f"A share is written as a part of one: did you mean {short(value / 100)}?"
    return ""


def number_in(text: str, unit: str = "") -> str:
    """A hint for text that stands where a number should: "70%", "1,000", "5 yuan"."""
    found = re.fullmatch(r"\s*([-+]?[0-9][0-9,\uff0c_ ]*(?:\.[0-9]*)?)\s*(.*?)\s*", text)
    if found is None:
        return ""
    value = float(re.sub(r"[,\uff0c_ ]", "", found[1]))
    behind = found[2]
    if behind in ("%", "\uff05", "percent", "per cent"):
        return f"Did you mean {short(value / 100)}?"
    if behind and unit:
        converted = convert(value, behind, unit)
        if converted is not None:
            return f"Did you mean {short(converted)} (the unit is {unit})?"
    return f"Did you mean {short(value)}? Units are not written behind a number."


def short(value: float) -> str:
    """A number as one would type it: 60, 0.7, 1e-05."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.12g}"
