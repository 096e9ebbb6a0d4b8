"""Margins asked for and got: what a population was meant to agree with, and how well it does."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibration.population import comparing
from calibration.population.cache import SEED
from calibration.population.comparing import MarginRow, Seen
from calibration.population.setting import make_setting

__all__ = ["MarginReport", "report"]


@dataclass(frozen=True)
class MarginReport:
    """All rows; `str(report)` is the table as text."""

    rows: list[MarginRow]

    def __str__(self) -> str:
        lines = [_line("margin", "asked", "got", "off", "unit", "grade")]
        group = ""
        for row in self.rows:
            if row.group != group:
                group = row.group
                lines += ["", group]
            asked = "" if row.asked is None else _number(row.asked)
            off = "" if np.isnan(row.off) else f"{100 * row.off:+.1f} %"
            grade = row.grade if row.fitted or row.asked is None else f"{row.grade}, not fitted"
            lines.append(_line("  " + row.name, asked, _number(row.got), off, row.unit, grade))
        return "\n".join(line.rstrip() for line in lines)


def report(population: Mapping[str, Mapping[str, np.ndarray]]) -> MarginReport:
    """Compare a population of `build` with what it was asked to be.

    A sample is scaled up by each county's sampled share; its rows then differ from the margins by
    chance as well.
    """
    about = getattr(population, "about", {})
    setting = make_setting(about.get("seed", SEED), about.get("changes"))
    seen = Seen(setting, population)
    rows: list[MarginRow] = []
    for part in (
        comparing.totals,
        comparing.register,
        comparing.people,
        comparing.homes,
        comparing.money,
        comparing.places,
        comparing.counties,
    ):
        rows += part(setting, seen)
    return MarginReport(rows)


def _number(value: float) -> str:
    if abs(value) >= 1000 or value == np.floor(value):
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _line(name: str, asked: str, got: str, off: str, unit: str, grade: str) -> str:
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name)
    return f"{name}{' ' * max(1, 42 - width)}{asked:>12}{got:>12}{off:>10}  {unit:<22}{grade}"
