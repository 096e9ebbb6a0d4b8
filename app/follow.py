"""`fanpin follow`: one household's life, month by month, in two scenarios side by side.

The household's county alone is simulated: counties share no state below the province, and every
draw is keyed by id, so its life is the one it has in a full run (a test holds that).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.diary import Diary
from calibration import population as _population
from scenarios.library import load_parameters
from scenarios.run import Past, model_seed
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START, month_index, month_text
from sim.model import PovertyModel
from sim.world.codes import Registered, Relocation

__all__ = ["follow", "pick"]

WIDTH = 62
"""Columns of one scenario's text."""

KINDS = ("relapsed", "exited", "relocated", "ill", "poor", "never")


def follow(
    scenarios: Sequence[str], *, household: str = "relapsed", county: int | None = None,
    sample: float = 0.01, seed: int = 1, until: str = "2020-12",
) -> str:  # fmt: skip
    """The diary as text.

    household: an id, or one of KINDS to pick a household whose life in the first scenario went
        that way.
    county: six-digit code; needed to find an id quickly, and to choose where to pick.
    """
    if len(scenarios) > 2:
        raise ValueError("follow compares one or two scenarios; give at most two names")
    table = load_parameters()
    chosen = [load_scenario(name, table) for name in scenarios]
    last = month_index(until)
    people = _population.build(sample, counties=None if county is None else [county])
    codes = [int(code) for code in people["county"]["code"]]
    if county is None:
        code = _county_of(people, household) if household.isdigit() else codes[0]
        people = _population.build(sample, counties=[code])
    past = Past(people, None, model_seed(seed, 0), until=last, table=table)
    if household.isdigit():
        identity = int(household)
    else:
        trial = past.branch(chosen[0], last)
        trial.run()
        identity = pick(trial, household)
    diaries = []
    for scenario in chosen:
        model = past.branch(scenario, last)
        diary = Diary(model, identity)
        model.watch = diary.look
        model.run(each=diary.close_month)
        diaries.append(diary)
    head = f"household {identity}, county {past.model.world.county.code[0]}, seed {seed}"
    return "\n".join([head, *_beside([s.name for s in chosen], diaries)])


def _county_of(people: Any, household: str) -> int:
    found = np.flatnonzero(people["household"]["id"] == np.uint64(int(household)))
    if found.size == 0:
        raise ValueError(
            f"no household {household} in this sample; take an id from the same --sample, or name "
            f"a kind: {', '.join(KINDS)}"
        )
    village = people["household"]["village"][found[0]]
    return int(people["county"]["code"][people["village"]["county"][village]])


def pick(model: PovertyModel, kind: str) -> int:
    """The id of a household whose life went the given way; the lowest id of those."""
    h = model.world.household
    tests = {
        "relapsed": (h.relapse_month >= PLAN_START) & (h.exit_month >= PLAN_START),
        "exited": (h.exit_month >= PLAN_START) & (h.relapse_month == 0),
        "relocated": h.relocation == Relocation.MOVED,
        "ill": (h.ill > 0) & (h.registered != Registered.NEVER),
        "poor": (h.registered == Registered.POOR) | (h.registered == Registered.RELAPSED),
        "never": h.registered == Registered.NEVER,
    }
    if kind not in tests:
        raise ValueError(f"household {kind!r}: give an id, or one of {', '.join(KINDS)}")
    rows = np.flatnonzero(tests[kind] & (h.alive == 1) & (h.size > 1))
    if rows.size == 0:
        raise ValueError(f"no household of kind {kind!r} in this county and sample; try --sample")
    return int(h.id[rows].min())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _wrap(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and _width(line) + 1 + _width(word) > width:
            lines.append(line)
            line = "  " + word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _beside(names: Sequence[str], diaries: Sequence[Diary]) -> list[str]:
    months = sorted({month for diary in diaries for month in diary.pages})
    bar = " │ "

    def row(month: str, cells: Sequence[str]) -> str:
        padded = [cell + " " * (WIDTH - _width(cell)) for cell in cells]
        return (month.ljust(8) + bar.join(padded)).rstrip()

    lines = [row("", names), row("", ["─" * WIDTH] * len(names))]
    for month in months:
        columns = [
            [part for entry in diary.pages.get(month, []) for part in _wrap(entry, WIDTH)]
            for diary in diaries
        ]
        for k in range(max(len(column) for column in columns)):
            cells = [column[k] if k < len(column) else "" for column in columns]
            lines.append(row(month_text(month) if k == 0 else "", cells))
    return lines
