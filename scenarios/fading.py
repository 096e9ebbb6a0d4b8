"""Support that ends: a scenario's `fade`, at once or along a line to nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.clauses import clauses, sections
from scenarios.faults import did_you_mean
from scenarios.scenario_file import Fade
from scenarios.streams import SUPPORT, faded_clauses, streams
from scenarios.yaml_file import YamlFile
from sim.calendar import month_text

__all__ = ["fade", "fade_out"]

Spans = tuple[tuple[int, int | None, float], ...]


def fade(on: dict[str, Spans], given: Mapping[str, Fade], file: YamlFile) -> None:
    """Let clauses end as a file's `fade` says; mistakes are noted in the file."""
    for name, one in given.items():
        at = ("fade", name)
        try:
            named = faded_clauses(name)
        except KeyError:
            known = [SUPPORT, *streams(), *sections(), *clauses()]
            mend = did_you_mean(name, known, f"Streams are: {', '.join(streams())}.")
            file.fault(at, f"there is no stream or clause {name}", mend=mend)
            continue
        if one.from_ is None:
            if not file.told(at):
                file.fault(at, "the first month is missing", mend="Give from: 2021-01 or the like.")
            continue
        if one.to is not None and one.to < one.from_:
            what = f"ends in {month_text(one.to)}, before it starts in {month_text(one.from_)}"
            file.fault((*at, "to"), what, value=month_text(one.to), mend="Swap from and to.")
            continue
        if not set(named) & set(on):
            file.warn(at, f"no clause of {name} is on, so this does nothing")
        for clause in named:
            if clause in on:
                on[clause] = fade_out(on[clause], one.from_, one.to)
                if not on[clause]:
                    del on[clause]


def fade_out(spans: Spans, first: int, last: int | None) -> Spans:
    """Spans with their intensity on a straight line from what it was before the month `first` to
    nothing in the month `last`, month by month; at nothing from `first` on if `last` is None."""
    found: list[tuple[int, int | None, float]] = []
    end = first if last is None else last
    for begin, until, intensity in spans:
        if begin < first:
            before = first - 1 if until is None else min(until, first - 1)
            found.append((begin, before, intensity))
        for month in range(max(begin, first), end):
            if until is not None and month > until:
                break
            left = (end - month) / (end - first + 1)
            found.append((month, month, intensity * left))
    return tuple(found)
