"""What a scenario does to a parameter: the forms of a `set:` entry, and applying them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scenarios.fields import FIRST_MONTH
from scenarios.parameter import Amount, ParameterSpec

__all__ = ["Change", "apply_changes"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one parameter.

    "value" puts `amount` in place of whatever was there, for the whole run. "dated" lays steps
    (month index to number) over what was there: months not named stay. "times" and "plus" act on
    what was there, a draw included, in the months `first` to `last` (None: without end).
    """

    kind: Literal["value", "dated", "times", "plus"]
    amount: Amount
    first: int | None = None
    last: int | None = None

    @property
    def nothing(self) -> bool:
        """Whether it changes nothing at all."""
        return (self.kind, self.amount) in (("times", 1.0), ("plus", 0.0))


def apply_changes(spec: ParameterSpec, value: Amount, changes: tuple[Change, ...]) -> Amount:
    """The value of a parameter after a scenario's changes, oldest first.

    `value` is the default or a draw. What `times` and `plus` give is held within the
    parameter's domain: a share stays between 0 and 1, what cannot be negative stays at 0.
    """
    for change in changes:
        if change.kind == "value":
            value = change.amount
        elif change.kind == "dated":
            value = _overlay(spec, value, change.amount)
        elif isinstance(value, str):
            raise ValueError(f"{spec.key} is a choice: it cannot be multiplied")
        else:
            value = _scale(spec, value, change)
    return value


def _overlay(spec: ParameterSpec, value: Amount, steps: Amount) -> Amount:
    if not isinstance(steps, dict) or isinstance(value, list | str):
        raise ValueError(f"{spec.key} has no dated values")
    start = min(steps)
    if isinstance(value, dict):
        before = {start - 1: _at(value, start - 1)} if start < min(value) else {}
        return dict(sorted({**before, **value, **steps}.items()))
    before = {FIRST_MONTH: value}
    if spec.interpolate == "linear":  # hold the level up to the first step: no slope before it
        before[start - 1] = value
    return dict(sorted({**before, **steps}.items()))


def _scale(
    spec: ParameterSpec, value: float | dict[int, float] | list[float], change: Change
) -> Amount:
    low, high = spec.domain
    by = float(change.amount)  # type: ignore[arg-type]

    def scaled(number: float) -> float:
        return min(max(number * by if change.kind == "times" else number + by, low), high)

    if isinstance(value, list):
        return [scaled(number) for number in value]
    if change.first is None and change.last is None:
        if isinstance(value, dict):
            return {month: scaled(number) for month, number in value.items()}
        return scaled(value)
    return _scale_window(value if isinstance(value, dict) else {FIRST_MONTH: value}, change, scaled)


def _scale_window(
    steps: dict[int, float], change: Change, scaled: Callable[[float], float]
) -> dict[int, float]:
    """Steps with those of some months scaled. Only for values that hold until the next step."""
    first = min(steps) if change.first is None else change.first
    marks = {**steps, first: _at(steps, first)}
    if change.first is not None and first < min(steps):
        marks[first - 1] = _at(steps, first - 1)  # the first step holds for all months before it
    if change.last is not None:
        marks[change.last + 1] = _at(steps, change.last + 1)
    inside = {
        month: scaled(number)
        for month, number in marks.items()
        if month >= first and (change.last is None or month <= change.last)
    }
    return dict(sorted({**marks, **inside}.items()))


def _at(steps: dict[int, float], month: int) -> float:
    """The number that holds in a month: that of the last step, or the first before all steps."""
    past = [m for m in steps if m <= month]
    return steps[max(past) if past else min(steps)]
