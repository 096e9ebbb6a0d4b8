"""One scenario file: its fields, and what they must be."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from scenarios.faults import nearest
from scenarios.fields import (
    ClauseId,
    FileModel,
    Number,
    ScenarioMonth,
    SectionOrClause,
    Text,
    problem,
)
from scenarios.yaml_file import KeyPath

__all__ = ["Fade", "Scaled", "ScenarioFile", "Span", "WithUnit"]


def _intensity(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= 1:
        mend = f"Did you mean {value / 100:g}?" if 1 < value <= 100 else ""
        raise problem(f"{value} is not an intensity", "a number from 0 to 1", mend)
    return value


def _name(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\w[\w-]*", value):
        raise problem(f"{value!r} cannot be a name", "letters, digits, - and _ only")
    return value


def _empty(value: Any) -> Any:
    """A key with nothing behind it (all its lines commented out) counts as an empty mapping."""
    return {} if value is None else value


def _spans(value: Any) -> str:
    return "spans" if isinstance(value, list) else "one span"


def _change(value: Any) -> str:
    if not isinstance(value, dict):
        kinds = {list: "a table", bool: "a switch", str: "a word"}
        return kinds.get(type(value), "a number")
    words = {word for key in value if (word := nearest(str(key), _CHANGE_KEYS))}
    if words & {"value", "unit"}:
        return "with unit"
    if words or (value and not any(str(key)[:1].isdigit() for key in value)):
        return "scaled"
    return "dated values"


class Titles(FileModel):
    """A text in both languages of the reports."""

    en: Text | None = None
    zh: Text | None = None


class Span(FileModel):
    """A clause at work from one month to another (open: to the end), with an intensity.

    What a single span of a clause leaves out is as in the base.
    """

    from_: ScenarioMonth | None = Field(None, alias="from")
    to: ScenarioMonth | None = None
    intensity: Annotated[Number, BeforeValidator(_intensity)] | None = None


class Fade(FileModel):
    """Support that goes to nothing: at once from a month on, or along a line to a last month."""

    from_: ScenarioMonth | None = Field(None, alias="from")
    to: ScenarioMonth | None = None


class Scaled(FileModel):
    """A parameter times or plus a number, in all months or from one to another."""

    times: Number | None = None
    plus: Number | None = None
    from_: ScenarioMonth | None = Field(None, alias="from")
    to: ScenarioMonth | None = None


class WithUnit(FileModel):
    """A number that names its unit, which must be the parameter's."""

    value: Number | None = None
    unit: Text | None = None


_CHANGE_KEYS = ("times", "plus", "from", "to", "value", "unit")

SetValue = Annotated[
    Annotated[Number, Tag("a number")]
    | Annotated[bool, Tag("a switch")]
    | Annotated[str, Tag("a word")]
    | Annotated[list[Number], Tag("a table")]
    | Annotated[dict[ScenarioMonth, Number], Tag("dated values")]
    | Annotated[Scaled, Tag("scaled")]
    | Annotated[WithUnit, Tag("with unit")],
    Discriminator(_change),
]

Spans = Annotated[
    Annotated[
        Annotated[Annotated[Span, BeforeValidator(_empty)], Tag("one span")]
        | Annotated[list[Span], Tag("spans")],
        Discriminator(_spans),
    ],
    BeforeValidator(_empty),
]


class ScenarioFile(FileModel):
    """A scenario as it stands in a file: an overlay on its base. All fields are optional here so
    that a faulty file can still be looked through; `name` and `base` are asked for later."""

    name: Annotated[Text, BeforeValidator(_name)] | None = None
    title: Titles | None = None
    about: Titles | None = None
    base: Text | None = None
    with_: Annotated[dict[ClauseId, Spans], BeforeValidator(_empty)] = Field({}, alias="with")
    without: list[SectionOrClause] | None = None
    only: list[SectionOrClause] | None = None
    fade: Annotated[dict[str, Fade], BeforeValidator(_empty)] = Field({})
    set: Annotated[dict[str, SetValue | None], BeforeValidator(_empty)] = Field({})
    until: ScenarioMonth | None = None

    @classmethod
    def keys_inside(cls, path: KeyPath) -> list[str]:
        if path == ():
            return super().keys_inside(path)
        inside: dict[str, type[FileModel]] = {
            "title": Titles, "about": Titles, "with": Span, "fade": Fade,
        }  # fmt: skip
        if path[0] == "set":
            return list(_CHANGE_KEYS)
        return inside[str(path[0])].keys_inside(path)
