"""Running one mechanism, or a few, on a small world: parameters, months, what changed.

Most tests take these names from tests.sim.tiny.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from sim.calendar import PLAN_START, month_index
from sim.mechanism import Mechanism, Now
from sim.parameters import Parameters
from sim.world.world import World, set_month

FIRST = month_index("2015-11")
LAST = month_index("2025-12")
FOLDER = Path(__file__).parents[2] / "scenarios" / "parameters"


# --- parameters -----------------------------------------------------------------------------------


def _series(value: Any, spec: Mapping[str, Any], months: np.ndarray) -> np.ndarray:
    """One parameter over the months: a number, a choice, or dated steps (or a line)."""
    if isinstance(value, str):
        value = list(spec["choices"]).index(value)
    if not isinstance(value, Mapping):
        return np.full(len(months), float(value))
    dates = np.array([month_index(str(d)) for d in value])
    values = np.array([float(v) for v in value.values()])
    if spec.get("interpolate") == "linear":
        return np.interp(months, dates, values)
    return values[np.maximum(np.searchsorted(dates, months, side="right") - 1, 0)]


def parameters_for(
    mechanisms: Iterable[Mechanism],
    clauses: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    first: int = FIRST,
    last: int = LAST,
) -> Parameters:
    """The default parameters that `mechanisms` need, from scenarios/parameters/*.yaml.

    clauses: clause id to its intensity (a number, or an array over the months); the others are
        off. changes: "group.name" to another value (a number, dated values or a list).
    """
    months = np.arange(first, last + 1)
    groups: set[str] = set()
    for mechanism in mechanisms:
        groups |= {mechanism.name} | {key.split(".")[0] for key in mechanism.uses}
    left = dict(changes or {})
    values: dict[str, dict[str, np.ndarray]] = {}
    tables: dict[str, dict[str, np.ndarray]] = {}
    for group in sorted(groups):
        values[group], tables[group] = {}, {}
        path = FOLDER / f"{group}.yaml"
        specs = YAML(typ="safe").load(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name, spec in (specs or {}).items():
            value = left.pop(f"{group}.{name}", spec["value"])
            if isinstance(value, Sequence) and not isinstance(value, str):
                tables[group][name] = np.asarray(value, np.float64)
            else:
                values[group][name] = _series(value, spec, months)
    if left:
        raise KeyError(f"no such parameter: {', '.join(left)}")
    on = {
        clause: np.broadcast_to(np.asarray(value, np.float64), (len(months),))
        for clause, value in (clauses or {}).items()
    }
    return Parameters(values, tables, on, first)


# --- running --------------------------------------------------------------------------------------


def now(month: int | str, last: int = LAST) -> Now:
    """The month as mechanisms see it; `month` is an index or "2018-02"."""
    index = month_index(month) if isinstance(month, str) else int(month)
    return Now(index, index // 12, index % 12 + 1, index < PLAN_START, FIRST, last)


def snapshot(world: World) -> dict[str, np.ndarray]:
    """A copy of every column."""
    return {f"{kind}.{name}": a.copy() for kind, t in world.tables.items() for name, a in t.items()}


def changed(before: Mapping[str, np.ndarray], world: World) -> set[str]:
    """Columns that differ from a snapshot."""
    return {
        key
        for key, was in before.items()
        if not np.array_equal(was, world[key], equal_nan=was.dtype.kind == "f")
    }


def clear_sums(world: World) -> None:
    """Set to zero what is summed anew each month, as the model does before a month."""
    for key, one in world.columns.items():
        if one.combine == "sum":
            world[key][...] = 0


def run_alone(
    mechanism: Mechanism,
    world: World,
    month: int | str,
    parameters: Parameters,
    *,
    seed: int = 1,
    block_persons: int = 12_000,
    begin: bool = False,
    check: bool = True,
) -> None:
    """One month of one mechanism: province, counties, blocks, whichever it has.

    Sums of the month (household.wage, ...) are left as they are; see `clear_sums`. begin: let it
    set itself up first. check: fail if it changed a column that it did not declare.
    """
    before = snapshot(world) if check else {}
    moment = now(month)
    mechanism.bind(world, parameters, seed)
    if begin:
        mechanism.begin(world, moment)
    _one(mechanism, world, moment, world.blocks(block_persons))
    if check:
        extra = changed(before, world) - {*mechanism.writes, *mechanism.changes}
        assert not extra, f"{mechanism.name} changed what it does not declare: {sorted(extra)}"


def _one(mechanism: Mechanism, world: World, moment: Now, blocks: list[Any]) -> None:
    if not mechanism.active(moment):
        return
    set_month(blocks, moment)
    mechanism.open_month(moment)
    kind = type(mechanism)
    if kind.province is not Mechanism.province:
        mechanism.province(world, moment, mechanism.p, mechanism.chance)
    if kind.county is not Mechanism.county:
        for row in range(len(world.county.code)):
            mechanism.county(world, row, moment, mechanism.p, mechanism.chance)
    if kind.rule is not None:
        room = max((b.at.end_person - b.at.first_person for b in blocks), default=0)
        words = np.zeros((4, int(room)), np.uint32)
        for block in blocks:
            mechanism.run_block(block, words)


def run_months(
    mechanisms: Sequence[Mechanism],
    world: World,
    first: int | str,
    months: int,
    parameters: Parameters,
    *,
    seed: int = 1,
    block_persons: int = 12_000,
    each: Any = None,
) -> None:
    """Several mechanisms in the order given, month after month; `each(moment)` after a month."""
    for mechanism in mechanisms:
        mechanism.bind(world, parameters, seed)
    blocks = world.blocks(block_persons)
    start = now(first).month
    for mechanism in mechanisms:
        mechanism.begin(world, now(start))
    for month in range(start, start + months):
        clear_sums(world)
        for mechanism in mechanisms:
            _one(mechanism, world, now(month), blocks)
        if each is not None:
            each(now(month))
