"""What may stand in a field of a file, and how a failed field becomes a fault.

The field types check one value each and say how to mend it. `validate` runs a pydantic model over
a file and, unlike pydantic alone, also returns what is sound: the faulty keys are left out and
the rest is read, so that checks across fields still find the mistakes elsewhere in the file.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from scenarios.clauses import clauses, sections
from scenarios.faults import did_you_mean
from scenarios.priors import Prior
from scenarios.units import number_in, spelling
from scenarios.yaml_file import KeyPath, YamlFile
from sim.calendar import month_index, month_text

__all__ = [
    "FIRST_MONTH", "LAST_MONTH", "ClauseId", "FileModel", "Number", "ParameterMonth", "PriorText",
    "Range", "ScenarioMonth", "SectionOrClause", "Text", "Unit", "one_of", "problem", "shown",
    "validate",
]  # fmt: skip

FIRST_MONTH = month_index("2015-11")
"""The first month any run simulates (the burn-in begins); no scenario speaks of an earlier one."""
LAST_MONTH = month_index("2030-12")
"""The last month a scenario may speak of."""

_MONTH_SCHEMA = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}


class FileModel(BaseModel):
    """Base of what is read from files: no unknown keys, no silent conversion."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )

    @classmethod
    def keys_inside(cls, path: KeyPath) -> list[str]:
        """The keys known at a path inside the model, for "did you mean"."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def problem(what: str, expected: str = "", mend: str = "") -> PydanticCustomError:
    """The error a field type raises; its parts become those of the `Fault`."""
    return PydanticCustomError(
        "fanpin", "{what}", {"what": what, "expected": expected, "mend": mend}
    )


def shown(value: Any) -> str:
    """A value as it is quoted in a message, at most some 40 characters of it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 42 else f"{text[:36]}…{text[-1]}"


def _number(value: Any) -> float:
    if isinstance(value, bool):
        mend = f"Write {int(value)} if this is a switch."
        raise problem(f"{shown(value)} is not a number", mend=mend)
    if isinstance(value, str):
        raise problem(f"{shown(value)} is not a number", mend=number_in(value))
    if not isinstance(value, int | float):
        raise problem(f"{shown(value)} stands where a number should")
    if not math.isfinite(value):
        raise problem(f"{value} is not a number to calculate with", "a finite number")
    return float(value)


def _text(value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value
    mend = "Put it in quotes." if isinstance(value, bool | int | float) else ""
    raise problem(f"{shown(value)} stands where text should", mend=mend)


def _month(first: int, last: int) -> Callable[[Any], int]:
    span = f"a month from {month_text(first)} to {month_text(last)}"

    def check(value: Any) -> int:
        text = value if isinstance(value, str) else str(value)
        try:
            index = month_index(text)
        except ValueError:
            what = f"{shown(value)} is not a month"
            raise problem(what, "year and month as in 2017-11", _month_hint(text)) from None
        if not first <= index <= last:
            raise problem(f"{text} is outside the time this model covers", span)
        return index

    return check


def _month_hint(text: str) -> str:
    found = re.fullmatch(r"\s*([0-9]{4})\D{0,2}([0-9]{1,2})?(?:\D.*)?", text)
    if found is None:
        return ""
    month = int(found[2] or 1)
    return f"Did you mean {found[1]}-{month:02d}?" if 1 <= month <= 12 else "Months are 01 to 12."


def _clause(value: Any) -> str:
    known = clauses()
    if not isinstance(value, str) or value not in known:
        if isinstance(value, str) and value in sections():
            ids = sections()[value]
            mend = f"List its clauses: {ids[0]} to {ids[-1]}."
            raise problem(f"{value} is a section, not a clause", mend=mend)
        otherwise = "The clauses are listed in scenarios/data/clauses.csv."
        what = f"there is no clause {value if isinstance(value, str) else shown(value)}"
        raise problem(what, mend=did_you_mean(str(value), known, otherwise))
    if not known[value].switchable:
        lies = "an aim of the plan" if known[value].group == "T" else "outside the modelled system"
        raise problem(
            f"clause {value} cannot be switched: it is {lies}", mend="Remove it from the file."
        )
    return value


def _section_or_clause(value: Any) -> str:
    if isinstance(value, str) and value in sections():
        return value
    if isinstance(value, str) and value not in clauses():
        names = [*sections(), *clauses()]
        otherwise = "Sections are named A1 to A10, M1 to M5, S1 to S7 and G, clauses as A4.3."
        raise problem(f"there is no clause or section {value}",
                      mend=did_you_mean(value, names, otherwise))  # fmt: skip
    return _clause(value)


def _unit(value: Any) -> str:
    text = _text(value)
    known = spelling(text)
    if known.partition("/")[0] in ("percent", "fen", "wan"):
        better = {"percent": "share (0.7, not 70)"}.get(known.partition("/")[0], "yuan")
        raise problem(f"parameters are not given in {text}", mend=f"Use {better}.")
    if known != text and text not in ("month", "year"):  # a month of the calendar, 1 to 12
        raise problem(f"the unit {text!r} is spelled differently here", mend=f"Write {known}.")
    return text


def _range(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise problem("the range must be two numbers", "[lowest, highest]")
    low, high = _number(value[0]), _number(value[1])
    if low > high:
        raise problem(f"the range starts at {low:g} and ends at {high:g}", mend="Swap them.")
    return low, high


def _prior(value: Any) -> Prior:
    try:
        return Prior.parse(value)
    except ValueError as error:
        what, found, hint = str(error).rstrip(".").partition(" Did you mean")
        raise problem(what.rstrip("."), mend=f"Did you mean{hint}" if found else _PRIORS) from None


_PRIORS = "Write uniform(a, b), normal(mean, sd)[low, high], beta(a, b) or lognormal(median, sd)."


def one_of(*words: str) -> Callable[[Any], str]:
    """A check that a value is one of some words."""

    def check(value: Any) -> str:
        if value not in words:
            mend = did_you_mean(str(value), words)
            raise problem(f"{shown(value)} is not known here", " or ".join(words), mend)
        return str(value)

    return check


Number = Annotated[float, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]
Unit = Annotated[str, BeforeValidator(_unit)]
ScenarioMonth = Annotated[
    int, BeforeValidator(_month(FIRST_MONTH, LAST_MONTH)), WithJsonSchema(_MONTH_SCHEMA)
]
ParameterMonth = Annotated[
    int,
    BeforeValidator(_month(month_index("2000-01"), month_index("2035-12"))),
    WithJsonSchema(_MONTH_SCHEMA),
]
ClauseId = Annotated[
    str,
    BeforeValidator(_clause),
    WithJsonSchema({"type": "string", "pattern": r"^[AMSG][0-9]+(\.[0-9]+)?$"}),
]
SectionOrClause = Annotated[
    str,
    BeforeValidator(_section_or_clause),
    WithJsonSchema({"type": "string", "pattern": r"^([AMS][0-9]+(\.[0-9]+)?|G[0-9]?)$"}),
]
Range = Annotated[
    tuple[float, float],
    PlainValidator(_range),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
PriorText = Annotated[
    Prior,
    PlainValidator(_prior),
    WithJsonSchema({"type": "string", "pattern": r"^(uniform|normal|beta|lognormal)\("}),
]

Model = TypeVar("Model", bound=FileModel)


def validate(model: type[Model], file: YamlFile, data: dict[str, Any], at: KeyPath = ()) -> Model:
    """Read `data`, which stands at the path `at` of the file, noting every mistake in the file.

    All fields of a model are optional, so that something can always be returned.
    """
    data = copy.deepcopy(data)
    while True:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            paths = [_locate(data, detail["loc"]) for detail in details]
            for path, detail in zip(paths, details, strict=True):
                if not path:
                    raise  # a fault of the model, not of the file
                _note(model, file, at, path, detail)
            for path in paths:
                _prune(data, path)


def _locate(data: Any, loc: tuple[str | int, ...]) -> KeyPath:
    """The path of pydantic's location in the data, without its own marks for unions and keys."""
    path: list[str | int] = []
    for part in loc:
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_list or (isinstance(data, dict) and part in data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _note(model: type[Model], file: YamlFile, at: KeyPath, path: KeyPath, detail: Any) -> None:
    kind, value = detail["type"], detail.get("input")
    if kind == "fanpin":
        parts = detail["ctx"]
        what, expected, mend = parts["what"], parts["expected"], parts["mend"]
    elif kind == "extra_forbidden":
        known = model.keys_inside(path[:-1])
        what, expected = "unknown key", ""
        mend = did_you_mean(str(path[-1]), known, f"Keys here are: {', '.join(known)}.")
    elif kind in ("dict_type", "model_type", "model_attributes_type", "mapping_type"):
        what, expected, mend = f"{shown(value)} stands here", "keys with values", ""
    elif kind in ("list_type", "tuple_type"):
        what, expected, mend = f"{shown(value)} stands here", "a list in [ ]", ""
    else:
        what, expected, mend = str(detail["msg"]), "", ""
    file.fault((*at, *path), what, value=value, expected=expected, mend=mend)


def _prune(data: dict[str, Any], path: KeyPath) -> None:
    """Take the innermost key on the path out of the data (a list goes as a whole)."""
    holder, key = data, str(path[0])
    here: Any = data
    for part in path:
        if isinstance(here, dict):
            if part not in here:
                return  # gone with an earlier mistake
            holder, key = here, str(part)
        here = here[part]
    del holder[key]
