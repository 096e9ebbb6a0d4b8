"""The pandera schema of a table: types, code lists, ranges, and what must be filled in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from calibration.registration.cells import EMPTY, UNREADABLE
from calibration.registration.fields import Field

__all__ = ["broken", "schema"]


def schema(fields: Iterable[Field]) -> Any:
    """A schema for a frame of values as `cells` gives them, one column a field.

    The error of each check is the name of a rule: type, code, range, usual, missing.
    """
    import pandera.pandas as pandera

    return pandera.DataFrameSchema(
        {
            field.name: pandera.Column(nullable=True, checks=_checks(field, pandera.Check))
            for field in fields
        }
    )


def broken(checked: Any, frame: pd.DataFrame) -> Iterable[tuple[str, str, np.ndarray]]:
    """(column, rule, positions) of all that a frame breaks, everything at once."""
    import pandera.errors

    try:
        checked.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "index"]]
    else:
        return
    for (column, rule), rows in cases.groupby(["column", "check"], sort=False):
        yield column, rule, np.sort(rows["index"].to_numpy(dtype=np.int64))


def _checks(field: Field, check: Any) -> list[Any]:
    number = field.kind == "number"
    checks = []
    if field.kind == "code" or field.kind == "yes-no":
        assert field.codes is not None
        allowed = sorted({code.value for code in field.codes.codes} | {EMPTY})
        checks.append(check.isin(allowed, error="code"))
    elif field.kind == "list":
        checks.append(check(lambda s: s != UNREADABLE, error="code"))
    elif number:
        checks.append(check(lambda s: ~np.isinf(s), error="type"))
    else:
        checks.append(check(lambda s: s != UNREADABLE, error="type"))
    if field.required:
        checks.append(check(lambda s: ~_absent(s), error="missing"))
    unit = 12 if field.kind == "date" else 1
    if field.hard:
        checks.append(check(partial(_in_range, limits=field.hard, unit=unit), error="range"))
    if field.usual:
        checks.append(
            check(partial(_is_usual, limits=field.usual, hard=field.hard, unit=unit), error="usual")
        )
    return checks


def _in_range(values: Any, limits: tuple[float, float], unit: int) -> Any:
    counted = values // unit if unit > 1 else values
    return _absent(values) | ((counted >= limits[0]) & (counted <= limits[1]))


def _is_usual(
    values: Any, limits: tuple[float, float], hard: tuple[float, float] | None, unit: int
) -> Any:
    """What is outside of the hard limits is told as an error, not as unusual too."""
    told = ~_in_range(values, hard, unit) if hard else False
    return _in_range(values, limits, unit) | told


def _absent(values: Any) -> Any:
    """Empty or unreadable: other checks tell of it."""
    if values.dtype.kind == "f":
        return np.isnan(values) | np.isinf(values)
    return (values == EMPTY) | (values == UNREADABLE)
