"""Overlays: a scenario is its base, and what its own file adds, removes and changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import pairwise

from scenarios.changes import Change
from scenarios.clauses import clauses, expand, sections
from scenarios.fading import fade
from scenarios.parameter import ParameterTable
from scenarios.scenario_file import ScenarioFile, Span
from scenarios.set_checks import check_set
from scenarios.yaml_file import YamlFile
from sim.calendar import month_index, month_text

__all__ = ["PLAN_START", "Implemented", "Layered", "Spans", "overlay"]

PLAN_START = month_index("2017-11")
"""The plan was published in this month; what is simulated before it is burn-in."""

DEFAULT_UNTIL = month_index("2020-12")

Implemented = Callable[[], Collection[str]]
"""Gives the ids of the clauses that some mechanism carries out."""

Spans = tuple[tuple[int, int | None, float], ...]
"""When a clause is at work: (first month, last month or None, intensity), in order of time."""


@dataclass(slots=True)
class Layered:
    """What the files read so far amount to."""

    clauses: dict[str, Spans] = field(default_factory=dict)
    changes: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    until: int = DEFAULT_UNTIL


def overlay(
    base: Layered,
    model: ScenarioFile,
    file: YamlFile,
    table: ParameterTable,
    implemented: Implemented | None = None,
) -> Layered:
    """The base with one file laid over it: first `only`, then `without`, `with`, `fade`, `set`.

    Mistakes are noted in the file; what is sound is laid over all the same.
    """
    result = Layered(dict(base.clauses), dict(base.changes), base.until)
    _keep_and_remove(result, model, file)
    carried_out = set(implemented()) if implemented is not None else None
    removed = {clause for name in model.without or () for clause in expand(name)}
    for clause, given in model.with_.items():
        at = ("with", clause)
        if clause in removed:
            file.fault(at, f"{clause} stands both in with and in without", mend="Remove one.")
        if carried_out is not None and clause not in carried_out:
            file.warn(at, f"no mechanism carries out {clause} yet, so it has no effect")
        spans = _spans(clause, given, base.clauses.get(clause, ()), file)
        if spans:
            result.clauses[clause] = spans
        else:
            result.clauses.pop(clause, None)
    fade(result.clauses, model.fade, file)
    order = list(clauses())
    result.clauses = dict(sorted(result.clauses.items(), key=lambda item: order.index(item[0])))
    for key, change in check_set(model, table, file).items():
        before = () if change.kind == "value" else result.changes.get(key, ())
        if not change.nothing:
            result.changes[key] = (*before, change)
    if model.until is not None:
        result.until = model.until
        if model.until < PLAN_START:
            what = f"a run cannot end in {month_text(model.until)}"
            file.fault(("until",), what, expected=f"{month_text(PLAN_START)} or later")
    return result


def _keep_and_remove(result: Layered, model: ScenarioFile, file: YamlFile) -> None:
    on = set(result.clauses)
    for key, names in (("only", model.only), ("without", model.without)):
        for position, name in enumerate(names or ()):
            if not on & set(expand(name)):
                kind = "no clause of it" if name in sections() else name
                file.warn((key, position), f"{kind} is on in the base, so this does nothing",
                          value=name)  # fmt: skip
    if model.only is not None:
        kept = {clause for name in model.only for clause in expand(name)}
        result.clauses = {c: spans for c, spans in result.clauses.items() if c in kept}
    for name in model.without or ():
        for clause in expand(name):
            result.clauses.pop(clause, None)


def _spans(clause: str, given: Span | list[Span], base: Spans, file: YamlFile) -> Spans:
    """The spans of one clause, checked; empty if none is sound or at work."""
    at = ("with", clause)
    if isinstance(given, list):
        found = [_span(span, None, (*at, i), file) for i, span in enumerate(given)]
        spans = sorted((span for span in found if span), key=lambda span: span[0])
        for one, other in pairwise(spans):
            if one[1] is None or one[1] >= other[0]:
                what = f"the spans from {month_text(one[0])} and {month_text(other[0])} overlap"
                file.fault(at, what, mend="End the first before the second begins.")
    else:
        inherited = base[0] if len(base) == 1 else None
        found = [_span(given, inherited, at, file)]
        spans = [span for span in found if span]
    return tuple(span for span in spans if span[2] > 0)


def _span(
    span: Span,
    inherited: tuple[int, int | None, float] | None,
    at: tuple[str | int, ...],
    file: YamlFile,
) -> tuple[int, int | None, float] | None:
    first, last, intensity = span.from_, span.to, span.intensity
    if inherited is not None:
        first = inherited[0] if first is None else first
        last = inherited[1] if "to" not in span.model_fields_set else last
        intensity = inherited[2] if intensity is None else intensity
    if first is None:
        if not file.told(at):
            file.fault(at, "the first month is missing", mend="Give from: 2018-01 or the like.")
        return None
    if last is not None and last < first:
        what = f"ends in {month_text(last)}, before it starts in {month_text(first)}"
        file.fault((*at, "to"), what, value=month_text(last), mend="Swap from and to.")
        return None
    return first, last, 1.0 if intensity is None else intensity
