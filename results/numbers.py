"""Numbers for the eye: thousands separators, signs, units, and columns that line up."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from results.texts import Unit

NONE = "—"  # shown where there is no value
MINUS = "−"


def show(value: float, unit: Unit, *, signed: bool = False) -> str:
    """A store's value as text in the unit's scale; a dash if there is none."""
    if value is None or not math.isfinite(value):
        return NONE
    return plain(value * unit.scale, unit.decimals, signed=signed)


def plain(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with thousands separators and a true minus; a zero has no sign."""
    if not math.isfinite(value):
        return NONE
    text = f"{abs(value):,.{decimals}f}"
    if not any(c in "123456789" for c in text):
        return text
    if value < 0:
        return MINUS + text
    return "+" + text if signed else text


def show_large(value: float, unit: Unit, lang: str, *, signed: bool = False) -> str:
    """A value in the unit's scale for big numbers (thousands of persons), where it has one."""
    if lang not in unit.large:
        return show(value, unit, signed=signed)
    factor, _ = unit.axis(lang)
    return plain(value * factor, 2 if lang == "zh" else 1, signed=signed)


def between_large(low: float, high: float, unit: Unit, lang: str, *, signed: bool = False) -> str:
    """An interval in the unit's scale for big numbers, or nothing if there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first, last = (show_large(v, unit, lang, signed=signed) for v in (low, high))
    return f"[{first}, {last}]"


def between(low: float, high: float, unit: Unit, *, signed: bool = False) -> str:
    """An interval as text, or nothing if there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{show(low, unit, signed=signed)}, {show(high, unit, signed=signed)}]"


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal; a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled with spaces to a width in terminal columns."""
    blank = " " * max(0, columns - width(text))
    return blank + text if right else text + blank


def align(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,), gap: int = 2) -> list[str]:
    """Lines with the cells of ``rows`` under one another; columns in ``left`` flush left."""
    if not rows:
        return []
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        (" " * gap)
        .join(pad(cell, widths[i], right=i not in left) for i, cell in enumerate(row))
        .rstrip()
        for row in rows
    ]
