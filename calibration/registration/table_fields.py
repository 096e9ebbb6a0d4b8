"""The columns of county-year and village tables, as registration_tables.yaml tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from calibration.population.inputs import DATA
from calibration.registration.fields import plain, read_fields
from sim.world.codes import Cause

__all__ = ["CAUSE_COLUMNS", "Table", "TableColumn", "read_tables", "recognise"]

CAUSE_COLUMNS = (*(c.name.lower() for c in Cause if 1 <= c <= Cause.FUNERAL), "other")
"""The thirteen causes of the registration form and the rest."""

_ERROR = ("_se", "标准误")


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    kind: key, count (whole and not negative), number, flag or code. explained: its meaning in
    Chinese. of: the count that it is a part of. flow: +1 or -1 for what adds to or takes from the
    stock of the year. error_of: the column that this is the standard error of.
    """

    name: str
    zh: str
    also: tuple[str, ...]
    kind: str
    meaning: str
    explained: str
    unit: str = ""
    range: tuple[float, float] | None = None
    required: bool = False
    code: str = ""
    of: str = ""
    flow: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    error_of: str = ""
    inferred: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its columns by our name; `rules` are the numbers that go with its checks."""

    name: str
    zh: str
    meaning: str
    columns: Mapping[str, TableColumn]
    rules: Mapping[str, Any]

    @cached_property
    def lookup(self) -> Mapping[str, TableColumn]:
        """Every header a column may have, made plain -> the column."""
        found = {}
        for column in self.columns.values():
            for header in (column.name, column.zh, column.code, *column.also):
                found[plain(header)] = column
        return {header: column for header, column in found.items() if header}

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that say what a row is about."""
        return tuple(c.name for c in self.columns.values() if c.kind == "key")

    @property
    def shown(self) -> tuple[TableColumn, ...]:
        """The columns without the standard errors beside them."""
        return tuple(c for c in self.columns.values() if not c.error_of)

    def parts(self, whole: str, prefix: str) -> tuple[str, ...]:
        """Names of the counts by cause that add up to `whole`."""
        return tuple(n for n in (f"{prefix}_{c}" for c in CAUSE_COLUMNS) if n in self.columns)


@lru_cache(maxsize=1)
def read_tables() -> Mapping[str, Table]:
    """`county_years` and `villages`, as declared."""
    from ruamel.yaml import YAML

    text = (DATA / "registration_tables.yaml").read_text(encoding="utf-8")
    raw = YAML(typ="safe").load(text)
    tables = {}
    for name, entry in raw.items():
        columns = [_column(key, one) for key, one in entry["columns"].items()]
        columns += _causes(entry.get("causes", {})) + _incomes(entry)
        if name == "county_years":
            columns += [_error(c) for c in columns if c.kind in ("count", "number")]
        rules = {key: entry[key] for key in ("errors", "residual") if key in entry}
        by_name = {column.name: column for column in columns}
        tables[name] = Table(name, entry["zh"], entry["meaning"], by_name, rules)
    return tables


def recognise(headers: Sequence[str]) -> str:
    """Which table a row of headers belongs to: "county_years", "villages" or "" for neither.

    A sheet with numbers of households or persons in the register is neither. One that has some
    columns of a table is that table even where a required one is missing: the check then says so.
    """
    fields = read_fields()
    names = {plain(header) for header in headers if header}
    ids = (*fields["household_id"].headers, *fields["member_id"].headers, "aac001", "aab001")
    if names & {plain(one) for one in ids}:
        return ""
    found = {}
    for name, table in read_tables().items():
        columns = [table.lookup[one] for one in names if one in table.lookup]
        found[name] = (
            {column.name for column in columns if column.kind == "key"},
            # incomes do not count here: household exports have columns of the same names
            {column.name for column in columns if column.kind == "count"},
        )
    keys, rest = found["villages"]
    if keys & {"village", "natural_village"} and rest:
        return "villages"
    keys, rest = found["county_years"]
    return "county_years" if len(rest) >= 2 or (len(rest) == 1 and keys) else ""


def _column(name: str, entry: Mapping[str, Any]) -> TableColumn:
    more = {
        k: entry[k] for k in ("unit", "required", "code", "of", "flow", "inferred") if k in entry
    }
    return TableColumn(
        name=name,
        zh=entry["zh"],
        also=tuple(entry.get("also", ())),
        kind=entry["kind"],
        meaning=entry["meaning"],
        explained=entry.get("说明", entry["zh"]),
        range=tuple(entry["range"]) if "range" in entry else None,
        values=entry.get("values", {}),
        **more,
    )


def _causes(groups: Mapping[str, Mapping[str, str]]) -> list[TableColumn]:
    """Counts by main cause: one column a cause and group."""
    words = {code.value: code.zh for code in read_fields().lists["cause"].codes}
    zh = {c.name.lower(): words.get(c.value, "其他") for c in Cause}
    return [
        TableColumn(
            name=f"{group['name']}_{cause}",
            zh=group["zh"].format(zh[cause]),
            also=(),
            kind="count",
            unit="persons",
            of=group["of"],
            meaning=f"main cause {cause}: {group['meaning']}",
            explained=f"{group['说明']}中主要致贫原因为{zh[cause]}者",
        )
        for group in groups.values()
        for cause in CAUSE_COLUMNS
    ]


def _incomes(entry: Mapping[str, Any]) -> list[TableColumn]:
    """Mean and quantiles of each component, yuan a head of those with a card."""
    found = []
    for name, one in entry.get("incomes", {}).items():
        for tenth in (None, *entry["quantiles"]):
            tail = "" if tenth is None else f"_p{tenth}"
            zh = f"人均{one['zh']}" + tail.upper().lstrip("_")
            what = "mean" if tenth is None else f"{tenth} % quantile"
            found.append(
                TableColumn(
                    name=f"income_{name}{tail}",
                    zh=zh,
                    also=(),
                    kind="number",
                    unit="yuan/person/year",
                    range=tuple(one["range"]),
                    meaning=f"{what} of {one['meaning']}, a head of people with a card",
                    explained=f"建档立卡人口{zh}" + ("" if tenth is None else "（分位数）"),
                )
            )
    return found


def _error(column: TableColumn) -> TableColumn:
    return TableColumn(
        name=column.name + _ERROR[0],
        zh=column.zh + _ERROR[1],
        also=(),
        kind="number",
        meaning=f"standard error of {column.name}",
        explained=f"{column.zh}的标准误",
        unit=column.unit,
        range=(0.0, 1e9),
        error_of=column.name,
    )
