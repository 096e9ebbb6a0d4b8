"""Checks of a scenario's `set:` entries against the parameters they change."""

from __future__ import annotations

from typing import Any

from scenarios.changes import Change
from scenarios.faults import did_you_mean, only_faults
from scenarios.fields import shown
from scenarios.parameter import ParameterSpec, ParameterTable
from scenarios.parameter_file import numbers_in
from scenarios.scenario_file import Scaled, ScenarioFile, WithUnit
from scenarios.units import convert, number_in, percent_hint, short, spelling
from scenarios.yaml_file import KeyPath, YamlFile
from sim.calendar import month_text

__all__ = ["check_set"]


def check_set(model: ScenarioFile, table: ParameterTable, file: YamlFile) -> dict[str, Change]:
    """The sound changes of one file by parameter; mistakes are noted in the file."""
    changes = {}
    for key, value in model.set.items():
        at = ("set", key)
        if key in table:
            change = _check(table[key], value, file, at)
            if change is not None:
                changes[key] = change
        elif key not in table.broken:
            inside = f"set.{key}."  # what stands inside was misread: the name is the mistake
            file.faults = [fault for fault in file.faults if not fault.where.startswith(inside)]
            file.fault(at, f"there is no parameter {key}", value=key, mend=_advice(key, table))
    return changes


def _advice(key: str, table: ParameterTable) -> str:
    groups = table.groups()
    if key in groups:
        return f"Write the parameter behind its group, as in {groups[key][0].key}."
    same_name = [known for known in table if known.split(".")[1] == key.split(".")[-1]]
    if len(same_name) == 1:
        return f"Did you mean {same_name[0]}?"
    return did_you_mean(key, table, "The parameters stand in scenarios/parameters/.")


def _check(spec: ParameterSpec, value: Any, file: YamlFile, at: KeyPath) -> Change | None:
    before = len(file.faults)
    if value is None:
        file.fault(at, "has no value", mend="Give a number, dated values, or {times: 1.5}.")
        return None
    if isinstance(value, WithUnit):
        value = _strip_unit(spec, value, file, at)
    if isinstance(value, Scaled):
        change = _check_scaled(spec, value, file, at)
    elif spec.kind == "choice":
        change = _check_choice(spec, value, file, at)
    elif spec.kind == "table":
        change = _check_table(spec, value, file, at)
    else:
        change = _check_number(spec, value, file, at)
    faulty = bool(only_faults(file.faults[before:]))
    return None if faulty else change


def _strip_unit(spec: ParameterSpec, given: WithUnit, file: YamlFile, at: KeyPath) -> float | None:
    if given.value is None or given.unit is None:
        missing = "value" if given.value is None else "unit"
        if not file.told(at):
            file.fault(at, f"{missing} is missing", expected="{value: 5, unit: yuan}")
        return None
    if spelling(given.unit) == spelling(spec.unit):
        return given.value
    what = f"{short(given.value)} is given in {given.unit}, the parameter is in {spec.unit}"
    converted = convert(given.value, given.unit, spec.unit)
    if converted is not None:
        mend = f"Did you mean {short(converted)} (in {spec.unit})?"
    else:
        mend = f"Give it in {spec.unit} ({spec.meaning})."
    file.fault((*at, "unit"), what, value=given.unit, mend=mend)
    return None


def _check_choice(spec: ParameterSpec, value: Any, file: YamlFile, at: KeyPath) -> Change | None:
    if isinstance(value, str) and value in spec.choices:
        return Change("value", value)
    expected = " or ".join(spec.choices)
    mend = did_you_mean(value, spec.choices) if isinstance(value, str) else ""
    file.fault(at, f"{shown(value)} is not among the choices", value=value, expected=expected,
               mend=mend)  # fmt: skip
    return None


def _check_table(spec: ParameterSpec, value: Any, file: YamlFile, at: KeyPath) -> Change | None:
    length = len(spec.value) if isinstance(spec.value, list) else 0
    if not isinstance(value, list) or len(value) != length:
        what = f"{len(value)} numbers" if isinstance(value, list) else shown(value)
        file.fault(
            at,
            f"{what} cannot stand here",
            expected=f"a list of {length} numbers, or {{times: 1.5}}",
        )
        return None
    _check_range(spec, value, file, at)
    return Change("value", value)


def _check_number(spec: ParameterSpec, value: Any, file: YamlFile, at: KeyPath) -> Change | None:
    if isinstance(value, bool) and spec.unit == "switch":
        value = float(value)
    if value is None:
        return None
    if isinstance(value, bool | str | list):
        mend = number_in(value, spec.unit) if isinstance(value, str) else ""
        expected = f"a number ({spec.unit}), dated values, or {{times: 1.5}}"
        file.fault(at, f"{shown(value)} is not a number", value=value, expected=expected, mend=mend)
        return None
    if isinstance(value, dict):
        if not value:
            if not file.told(at):  # it may have been emptied of what was faulty
                file.fault(at, "holds no value", expected="months and numbers, as in 2019-01: 3300")
            return None
        _check_range(spec, value, file, at)
        _warn_of_later_steps(spec, value, file, at)
        return Change("dated", dict(sorted(value.items())))
    _check_range(spec, value, file, at)
    return Change("value", float(value))


def _check_range(spec: ParameterSpec, value: Any, file: YamlFile, at: KeyPath) -> None:
    if spec.range is None:
        return
    low, high = spec.range
    for inside, number in numbers_in(value):
        if not low <= number <= high:
            what = f"{short(number)} is outside the range {short(low)} to {short(high)}"
            mend = _other_unit(number, spec)
            file.fault((*at, *inside), what, value=number, mend=mend)


def _other_unit(number: float, spec: ParameterSpec) -> str:
    """If the number would fit in another unit, say so."""
    low, high = spec.range or (number, number)
    hint = percent_hint(number, spec.unit)
    if hint:
        return hint
    amount, slash, per = spec.unit.partition("/")
    other = {"month": "year", "year": "month"}.get(per)
    if slash and other:
        fits = convert(number, f"{amount}/{other}", spec.unit)
        if fits is not None and low <= fits <= high:
            return f"The unit is {spec.unit}: did you mean {short(fits)}?"
    return f"The unit is {spec.unit}; the range stands in {_where(spec)}."


def _where(spec: ParameterSpec) -> str:
    return f"{spec.group}.yaml, line {spec.line}"


def _warn_of_later_steps(
    spec: ParameterSpec, steps: dict[int, float], file: YamlFile, at: KeyPath
) -> None:
    if not isinstance(spec.value, dict):
        return
    later = [month for month in spec.value if month > max(steps)]
    if later:
        month = month_text(later[0])
        what = f"the step of {month} ({short(spec.value[later[0]])}) stays as it is"
        file.warn(at, what, mend=f"Give {month} too if it should not.")


def _check_scaled(
    spec: ParameterSpec, scaled: Scaled, file: YamlFile, at: KeyPath
) -> Change | None:
    if (scaled.times is None) == (scaled.plus is None):
        if scaled.times is not None or not file.told(at):
            file.fault(at, "needs either times or plus", expected="{times: 1.5} or {plus: 0.1}")
        return None
    if spec.kind == "choice":
        file.fault(at, "a choice cannot be multiplied", expected=" or ".join(spec.choices))
        return None
    first, last = scaled.from_, scaled.to
    if first is not None and last is not None and last < first:
        what = f"ends in {month_text(last)}, before it starts in {month_text(first)}"
        file.fault((*at, "to"), what, mend="Swap from and to.")
    if (first, last) != (None, None) and (spec.kind == "table" or spec.interpolate == "linear"):
        key = "from" if first is not None else "to"
        kind = "a table" if spec.kind == "table" else "a value read along a line"
        file.fault((*at, key), f"{kind} is changed in all months or none",
                   mend="Remove from and to, or give dated values.")  # fmt: skip
    change = Change(
        "times" if scaled.times is not None else "plus",
        scaled.times if scaled.times is not None else float(scaled.plus or 0),
        first,
        last,
    )
    _check_result(spec, change, file, at)
    return change


def _check_result(spec: ParameterSpec, change: Change, file: YamlFile, at: KeyPath) -> None:
    """Leaving the plausible range is what a harsh scenario is for; leaving the possible is not."""
    if spec.range is None or isinstance(spec.value, str):
        return
    by = float(change.amount)  # type: ignore[arg-type]
    key = (*at, change.kind)
    for _, number in numbers_in(spec.value):
        result = number * by if change.kind == "times" else number + by
        if not spec.domain[0] <= result <= spec.domain[1]:
            what = f"makes {short(result)} of {short(number)} {spec.unit}, which cannot be"
            mend = f"The range is {short(spec.range[0])} to {short(spec.range[1])}."
            file.fault(key, what, value=by, mend=mend)
            return
        if not spec.range[0] <= result <= spec.range[1]:
            what = f"makes {short(result)} of {short(number)}, outside the plausible range"
            file.warn(key, what, value=by)
            return
