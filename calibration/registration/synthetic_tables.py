"""The county-year and village tables that go with a synthetic export, counted from its rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from calibration.registration.places import place_names
from calibration.registration.synthetic import Base
from calibration.registration.synthetic_households import HouseholdRows
from calibration.registration.synthetic_members import MemberRows
from calibration.registration.table_fields import read_tables
from sim.world.codes import Cause, HouseGrade, Job, Registered, School

__all__ = ["county_table", "facts", "village_table"]

_LISTED = (Registered.POOR, Registered.RELAPSED)
_INCOMES = ("wage", "business", "business_cost", "property", "transfer")


def facts(homes: HouseholdRows, people: MemberRows) -> pd.DataFrame:
    """What is counted of each household of a year."""
    state, count = homes.state, len(homes)

    def members(which: np.ndarray) -> np.ndarray:
        return np.bincount(people.home, which, count)

    away = np.isin(people.job, (Job.MIGRANT_PROVINCE, Job.MIGRANT_OUT))
    columns = {
        "county": homes.county, "village": homes.village, "copy": homes.copy, "size": homes.size,
        "year": np.full(count, homes.year), "before": state.before, "now": state.now,
        "cause": homes.cause, "unsafe": homes.grade > HouseGrade.B, "dry": ~homes.safe,
        "dibao": homes.dibao_now, "away": members(away), "worked": members(away * people.months),
        "out": members(people.who("school") == School.DROPPED_OUT) > 0,
        "uninsured": members(~people.insured), "women": members(people.who("female") != 0),
        "disabled": members(people.who("disability") > 0),
        "pc": homes.money["net_income"] / homes.size,
        **{name: homes.money[name] / homes.size for name in _INCOMES},
    }  # fmt: skip
    return pd.DataFrame(columns)


def county_table(base: Base, found: pd.DataFrame) -> pd.DataFrame:
    """A row a county and year under our names, the columns in the order of the declaration."""
    rows = [
        {"county": county, "year": year, **_county(base, one)}
        for (county, year), one in found.groupby(["county", "year"])
    ]
    table = pd.DataFrame(rows)
    table["county"] = table["county"].map(place_names())
    order = [c.name for c in read_tables()["county_years"].shown if c.name in table]
    return table[order]


def _county(base: Base, one: pd.DataFrame) -> Mapping[str, float]:
    size, before, now = one["size"], one["before"], one["now"]
    listed, card = now.isin(_LISTED), now.isin((*_LISTED, Registered.EXITED))
    was = before.isin(_LISTED)
    groups = {
        "exited": was & (now == Registered.EXITED),
        "relapsed": (before == Registered.EXITED) & (now == Registered.RELAPSED),
        "newly_identified": before == Registered.NEVER,
        "removed": now == Registered.REMOVED,
        "registered_start": was,
        "registered_end": listed,
        "card_persons": card,
        "exited_total": now == Registered.EXITED,
        "dibao": card & one["dibao"],
        "gap_house": listed & one["unsafe"],
        "gap_water": listed & one["dry"],
        "gap_education": listed & one["out"],
    }
    counts = {name: int(size[which].sum()) for name, which in groups.items()}
    counts |= {"natural_in": 0, "natural_out": 0, "tekun": 0, "relocated": 0, "posts": 0}
    counts["gap_insurance"] = int(one["uninsured"][listed].sum())
    counts["migrants"] = int(one["away"][card].sum())
    places = one[["village", "copy"]].drop_duplicates()
    counts["rural_persons"] = int(base.village["persons"][places["village"]].sum())
    stages = {"": "registered_end", "_new": "newly_identified", "_relapsed": "relapsed"}
    for stage, group in stages.items():
        prefix, which, cause = f"cause{stage}", groups[group], one["cause"]
        for code in range(1, Cause.FUNERAL + 1):
            name = Cause(code).name.lower()
            counts[f"{prefix}_{name}"] = int(size[which & (cause == code)].sum())
        counts[f"{prefix}_other"] = int(size[which & (cause > Cause.FUNERAL)].sum())
    means: dict[str, float] = {}
    if counts["migrants"]:
        means["migrant_months"] = round(one["worked"][card].sum() / counts["migrants"], 2)
    for name in (*_INCOMES, "pc"):
        value, weight = one[name][card].to_numpy(), size[card].to_numpy()
        means[f"income_{name}"] = round(float((value * weight).sum() / weight.sum()), 1)
        order = np.argsort(value)
        upto = np.cumsum(weight[order]) / weight.sum()
        for tenth in (10, 50, 90):
            at = order[min(int(np.searchsorted(upto, tenth / 100)), len(order) - 1)]
            means[f"income_{name}_p{tenth}"] = round(float(value[at]), 1)
    return {**counts, **means}


def village_table(base: Base, found: pd.DataFrame) -> pd.DataFrame:
    """A row a village and year. Total people are the population's, the poor the export's."""
    village, names = base.village, place_names()
    listed = found["now"].isin(_LISTED)
    sums = found.assign(
        poor_households=listed.astype(int),
        poor_persons=found["size"].where(listed, 0),
        dibao_households=found["dibao"].astype(int),
        dibao_persons=found["size"].where(found["dibao"], 0),
    )
    counted = ["poor_households", "poor_persons", "dibao_households", "dibao_persons"]
    table = sums.groupby(["county", "village", "copy", "year"], as_index=False)[counted].sum()
    row, copy = table["village"].to_numpy(), table["copy"].to_numpy()
    numbers = village["number"][row] + 100 * copy
    return pd.DataFrame(
        {
            "county": table["county"].map(names),
            "township": [names[code] for code in village["town_code"][row].tolist()],
            "village": [f"第{number}村" for number in numbers.tolist()],
            "year": table["year"],
            "households": village["households"][row],
            "persons": village["persons"][row],
            **{name: table[name].astype(int) for name in counted},
            "labour": village["workers"][row],
            "migrants": village["migrants"][row],
            "terrain": village["terrain"][row],
            "county_distance": np.round(village["distance"][row].astype(float), 1),
        }
    )
