"""The order of a month in words, from the mechanisms' own declarations."""

from __future__ import annotations

from sim.mechanism import Mechanism
from sim.month import SCHEDULE

__all__ = ["month_text"]

_PARTS = (
    ("province", "The province acts on last month's state", "省级：依据上月状态"),
    ("county", "Each county hands out what is given by need", "县级：跨村按需分配"),
    (
        "block",
        "The blocks (whole villages), every household at the same time",
        "村块：各户同时行动",
    ),
    ("close", "Each county closes the month", "县级：月末收口"),
    ("observations", "What is counted", "统计"),
)
_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _when(mechanism: Mechanism) -> str:
    if len(mechanism.months) == 12:
        return ""
    return " [" + " ".join(_NAMES[m - 1] for m in mechanism.months) + "]"


def month_text(lang: str = "en") -> str:
    """The schedule as text: a line a mechanism, with when it runs, its clauses, what it owns."""
    lines: list[str] = []
    for part, english, chinese in _PARTS:
        lines.append((english if lang == "en" else chinese) + ":")
        for mechanism in getattr(SCHEDULE, part):
            about = (type(mechanism).__doc__ or "").strip().splitlines()
            text = about[0] if lang == "en" and about else mechanism.zh
            lines.append(f"  {mechanism.name:20s} {text}{_when(mechanism)}")
            clauses = " ".join(mechanism.clauses)
            if clauses:
                lines.append(f"  {'':20s} {'clauses' if lang == 'en' else '条款'}: {clauses}")
        lines.append("")
    return "\n".join(lines).rstrip()
