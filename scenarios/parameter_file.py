"""One entry of a parameter file: its fields, and the checks that span several of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from scenarios.faults import did_you_mean
from scenarios.fields import (
    ClauseId,
    FileModel,
    Number,
    ParameterMonth,
    PriorText,
    Range,
    Text,
    Unit,
    one_of,
    shown,
)
from scenarios.priors import Prior
from scenarios.units import number_in, percent_hint, short
from scenarios.yaml_file import KeyPath, YamlFile
from sim.calendar import month_text

__all__ = ["GRADES", "REQUIRED", "ParameterEntry", "Value", "check_entry", "numbers_in"]

GRADES = ("plan", "published", "recalled", "assumed")
"""Where a number comes from: the plan, a publication read, memory of one, or an assumption."""

REQUIRED = ("meaning", "unit", "value", "source", "grade")

_MASS_OUTSIDE = 0.05
"""Share of an uncut prior that may lie outside the range (draws are cut to the range)."""

_LARGEST_SHARE = 5.0
"""A "share" whose range goes beyond this is a percentage, not a badly named ratio."""


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "dated values"
    if isinstance(value, list):
        return "a table"
    if isinstance(value, bool):
        return "a switch"
    return "a word" if isinstance(value, str) else "a number"


Value = Annotated[
    Annotated[Number, Tag("a number")]
    | Annotated[bool, Tag("a switch")]
    | Annotated[str, Tag("a word")]
    | Annotated[list[Number], Tag("a table")]
    | Annotated[dict[ParameterMonth, Number], Tag("dated values")],
    Discriminator(_shape),
]


class ParameterEntry(FileModel):
    """One parameter as it stands in a file. All fields are optional here so that a faulty entry
    can still be looked through; `check_entry` asks for what is required."""

    meaning: Text | None = None
    zh: Text | None = None
    unit: Unit | None = None
    value: Value | None = None
    choices: list[Text] | None = None
    range: Range | None = None
    prior: PriorText | None = None
    factor: PriorText | None = None
    factor_from: ParameterMonth | None = None
    source: Text | None = None
    grade: (
        Annotated[
            Literal["plan", "published", "recalled", "assumed"], BeforeValidator(one_of(*GRADES))
        ]
        | None
    ) = None
    clause: ClauseId | None = None
    interpolate: (
        Annotated[Literal["step", "linear"], BeforeValidator(one_of("step", "linear"))] | None
    ) = None


def numbers_in(value: Any) -> Iterator[tuple[tuple[str | int, ...], float]]:
    """The numbers of a value with where they stand in it: (), ("2018-01",) or (3,)."""
    if isinstance(value, dict):
        yield from (((month_text(month),), number) for month, number in value.items())
    elif isinstance(value, list):
        yield from (((position,), number) for position, number in enumerate(value))
    elif isinstance(value, int | float):
        yield (), float(value)


def check_entry(entry: ParameterEntry, raw: dict[str, Any], file: YamlFile, at: KeyPath) -> None:
    """Note what is missing in an entry and what does not fit together."""
    for key in REQUIRED:
        if raw.get(key) is None:
            state = "is empty" if key in raw else "is missing"
            hint = f"Say {_WHAT_FOR[key]}."
            file.fault((*at, key) if key in raw else at, f"{key} {state}", mend=hint)
    if isinstance(entry.value, str):
        _check_choice(entry, entry.value, file, at)
    elif entry.value is not None:
        _check_numbers(entry, raw, file, at)


_WHAT_FOR = {
    "meaning": "in a sentence what it is in the world",
    "unit": "what it is measured in: yuan, yuan/month, share, months, count …",
    "value": "a number, dated values, a list of numbers, or one of the choices",
    "source": "where the number comes from, or 'assumption'",
    "grade": f"how good the source is: {', '.join(GRADES)}",
}


def _check_choice(entry: ParameterEntry, word: str, file: YamlFile, at: KeyPath) -> None:
    here = (*at, "value")
    if entry.choices is None:
        if entry.unit != "choice":
            mend = number_in(word, entry.unit or "") or "Write a number, or give choices: [...]."
            file.fault(here, f"{shown(word)} is not a number", value=word, mend=mend)
        elif not file.told((*at, "choices")):
            file.fault(here, "a choice needs its choices", mend="Give choices: [one, another].")
        return
    if word not in entry.choices:
        expected = " or ".join(entry.choices)
        file.fault(here, f"{shown(word)} is not among the choices", value=word, expected=expected,
                   mend=did_you_mean(word, entry.choices))  # fmt: skip
    if len(set(entry.choices)) < len(entry.choices):
        file.fault((*at, "choices"), "a choice stands twice", mend="Remove one.")
    if entry.unit not in (None, "choice"):
        file.fault((*at, "unit"), f"the unit of a choice is not {entry.unit}",
                   value=entry.unit, mend="Write choice.")  # fmt: skip
    for key in ("range", "prior", "factor", "factor_from", "interpolate"):
        if getattr(entry, key) is not None:
            file.fault((*at, key), f"a choice has no {key}", mend="Remove it.")


def _check_numbers(entry: ParameterEntry, raw: dict[str, Any], file: YamlFile, at: KeyPath) -> None:
    value = entry.value
    here = (*at, "value")
    if isinstance(value, dict | list) and not value:
        file.fault(here, "holds no number", mend="Give at least one.")
    if entry.choices is not None or entry.unit == "choice":
        key = "choices" if entry.choices is not None else "unit"
        file.fault((*at, key), "the value is a number, not a choice", mend="Write the word chosen.")
    if entry.interpolate is not None and not isinstance(value, dict):
        file.fault((*at, "interpolate"), "only dated values are interpolated", mend="Remove it.")
    bounds = entry.range
    if entry.unit == "switch":
        bounds = (0.0, 1.0)
    elif isinstance(value, bool):
        mend = "Write unit: switch, or a number."
        file.fault(here, f"{shown(value)} is a switch, not a number", value=value, mend=mend)
        return
    elif raw.get("range") is None:
        file.fault(at, "range is missing", mend="Give the plausible range, as in [0.5, 0.9].")
    if bounds is not None:
        low, high = bounds
        if entry.unit == "share" and max(abs(low), abs(high)) > 1:
            top = max(abs(low), abs(high))
            if top > _LARGEST_SHARE:
                mend = "Write shares as parts of one: 0.7, not 70."
                file.fault((*at, "range"), f"a share cannot reach {short(top)}", mend=mend)
            else:
                mend = "What can be above 1 has the unit ratio."
                file.warn((*at, "range"), f"a share does not reach {short(top)}", mend=mend)
        for inside, number in numbers_in(value):
            if not low <= number <= high:
                what = f"{short(number)} is outside the range {short(low)} to {short(high)}"
                file.fault((*here, *inside), what, value=number,
                           mend=percent_hint(number, entry.unit or ""))  # fmt: skip
    _check_priors(entry, bounds, file, at)


def _check_priors(
    entry: ParameterEntry, bounds: tuple[float, float] | None, file: YamlFile, at: KeyPath
) -> None:
    scalar = not isinstance(entry.value, dict | list)
    if entry.prior is not None and not scalar:
        file.fault((*at, "prior"), "dated values and tables have a factor, not a prior",
                   mend="Write factor: lognormal(1, 0.1) or the like.")  # fmt: skip
    if entry.factor is not None and scalar:
        mend = "Write prior: and give the distribution of the number itself."
        file.fault((*at, "factor"), "one number has a prior, not a factor", mend=mend)
    if entry.prior is not None and isinstance(entry.value, int | float):
        _check_prior(entry.prior, float(entry.value), bounds, file, at)
    if entry.factor_from is not None:
        if entry.factor is None or not isinstance(entry.value, dict):
            file.fault((*at, "factor_from"), "only a factor on dated values acts from a month on",
                       mend="Give dated values and a factor, or remove it.")  # fmt: skip
        elif entry.factor_from not in entry.value:
            file.fault((*at, "factor_from"), "no value is dated in that month",
                       value=month_text(entry.factor_from),
                       mend="Name a month that stands under value.")  # fmt: skip
    if entry.factor is not None and not scalar:
        low, high = entry.factor.support
        if low < 0 or not low <= 1 <= high:
            what = f"the factor lies in {short(low)} to {short(high)}"
            mend = "It multiplies the values above, so 1 must be possible and nothing below 0."
            file.fault((*at, "factor"), what, mend=mend)


def _check_prior(
    prior: Prior, value: float, bounds: tuple[float, float] | None, file: YamlFile, at: KeyPath
) -> None:
    here = (*at, "prior")
    low, high = prior.support
    if not low <= value <= high:
        what = f"the prior reaches from {short(low)} to {short(high)}, the value is {short(value)}"
        file.fault(here, what, value=str(prior), mend="A prior must include the default value.")
    if bounds is None:
        return
    lowest, highest = bounds
    end = short(lowest), short(highest)
    if not prior.cut:
        outside = 1 - prior.mass(lowest, highest)
        if outside > _MASS_OUTSIDE:
            what = f"{outside:.0%} of the prior lies outside the range {end[0]} to {end[1]}"
            mend = "Widen the range, narrow the prior, or cut it with [low, high]."
            file.fault(here, what, value=str(prior), mend=mend)
    elif low < lowest or high > highest:
        what = f"the prior reaches from {short(low)} to {short(high)}"
        file.fault(here, what, value=str(prior), expected=f"{end[0]} to {end[1]}, the range",
                   mend="Widen the range or narrow the prior.")  # fmt: skip
