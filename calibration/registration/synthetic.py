"""The households behind a synthetic export, and what the register says of them year by year.

They are those of the default synthetic population that have a card. Where more are asked for than
the population has, it is repeated with other ids, other villages and slightly other incomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from calibration.population.hashing import Draws, mix
from calibration.population.inputs import DATA, Inputs, read_inputs
from sim.world.codes import Registered

__all__ = ["Base", "Households", "State", "make_base", "read_export"]

FIRST = 2016
"""The first year that can be asked for: that of the population's register."""

_LARGEST = 60_000  # households with a card that are built at most; more are repetitions
_A_CARD = 0.3  # of all households, at least; to find the sample that is needed
_PERSONS = 4.5  # in a household
_SAMPLES = (0.012, 0.03, 0.06, 0.12, 0.25, 0.5)  # few, so that a build is mostly in the cache
_COMPONENTS = ("wage", "business", "property", "transfer")


@lru_cache(maxsize=1)
def read_export() -> Mapping[str, Any]:
    """calibration/data/registration_export.yaml."""
    from ruamel.yaml import YAML

    text = (DATA / "registration_export.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = YAML(typ="safe").load(text)
    return found


@lru_cache(maxsize=1)
def _inputs() -> Inputs:
    return read_inputs()


@dataclass(frozen=True)
class Base:
    """Households with a card out of the population, villages alternating between counties.

    household: its columns, and yuan a year by component of 2016 (`wage`, `business` net,
    `property`, `transfer`). person: columns of their members, household after household; the
    members of h are first[h] to first[h + 1]. village: columns, with `county_code`, `town_code`
    and `number` inside the township; household["village"] are its rows.
    """

    household: Mapping[str, np.ndarray]
    person: Mapping[str, np.ndarray]
    first: np.ndarray
    village: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class State:
    """What the register says of households in one year: states before and after its round.

    exit_year, first_year, relapse_year are 0 for never.
    """

    before: np.ndarray
    now: np.ndarray
    exit_year: np.ndarray
    first_year: np.ndarray
    relapse_year: np.ndarray

    @property
    def shown(self) -> np.ndarray:
        """Households that the export of the year has: not those without a card, nor the removed
        of earlier years."""
        return (self.now != Registered.NEVER) & (self.before != Registered.REMOVED)


class Households:
    """`number` households made of a base: household n is one of the base and one of its copies."""

    def __init__(self, base: Base, number: int, seed: int) -> None:
        self.base, self.number, self.draws = base, number, Draws(seed)

    def rows(self, first: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Base row, copy and id of the households from `first` to `end`."""
        count = len(self.base.first) - 1
        number = np.arange(first, end)
        row, copy = number % count, number // count
        return row, copy, mix(self.base.household["id"][row], copy)

    def state(self, row: np.ndarray, ids: np.ndarray, year: int) -> State:
        """What the register says of them in a year, by the rule of registration_export.yaml."""
        rule = read_export()["years"]
        household = self.base.household
        now = household["registered"][row].astype(np.int64)
        exit_year = household["exit_month"][row] // 12
        first_year = household["first_month"][row] // 12
        relapse_year = np.zeros(len(row), np.int64)
        before = np.where(exit_year == FIRST, int(Registered.POOR), now)
        for y in range(FIRST + 1, year + 1):
            before, luck = now, self.draws.uniform(ids, f"register {y}")
            listed = (before == Registered.POOR) | (before == Registered.RELAPSED)
            out = rule["exit"].get(y, 1.0) * (1.0 - rule["removed"])
            back = (before == Registered.EXITED) & (luck < rule["relapse"])
            new = (before == Registered.NEVER) & (luck < rule["new"])
            left = listed & (luck < out)
            now = np.where(listed & (luck > 1.0 - rule["removed"]), Registered.REMOVED, before)
            now = np.where(left, Registered.EXITED, now)
            now = np.where(back, Registered.RELAPSED, np.where(new, Registered.POOR, now))
            exit_year = np.where(left, y, exit_year)
            first_year = np.where(new, y, first_year)
            relapse_year = np.where(back, y, relapse_year)
        return State(before, now, exit_year, first_year, relapse_year)


def make_base(
    number: int, counties: Sequence[int] | None, seed: int, last: int, progress: Any = None
) -> Base:
    """The base for `number` households of some counties (None: all) up to the year `last`."""
    from calibration import population

    places = _inputs().counties
    within = np.isin(places["code"], counties) if counties else np.ones(len(places["code"]), bool)
    persons = float(10_000.0 * places["persons_10k"][within].sum())
    share = min(number, _LARGEST) / _A_CARD * _PERSONS / max(persons, 1.0)
    sample = next((one for one in _SAMPLES if one >= share), 1.0)
    codes = sorted(counties) if counties else None
    built = population.build(sample, progress=progress, counties=codes)
    return _chosen(built, number, seed, last)


def _chosen(
    built: Mapping[str, Mapping[str, np.ndarray]], number: int, seed: int, last: int
) -> Base:
    homes, village = built["household"], dict(built["village"])
    village["county_code"] = built["county"]["code"][village["county"]]
    village["town_code"] = built["township"]["code"][village["township"]]
    village["number"] = _numbers(built)
    # villages in turns of counties, so that a few households are of all of them
    turn = np.zeros(len(village["id"]), np.int64)
    for county in np.unique(village["county"]):
        mine = np.flatnonzero((village["county"] == county) & (village["site"] == 0))
        turn[mine] = np.arange(len(mine))
    start = np.flatnonzero(homes["id"] != 0)
    order = start[np.lexsort((start, homes["village"][start], turn[homes["village"][start]]))]
    empty = np.zeros(1, np.int64)
    whole = Base(homes, {}, empty, village)
    state = Households(whole, len(order), seed).state(order, mix(homes["id"][order], 0), last)
    rows = order[state.now != Registered.NEVER][:number]
    household = {name: column[rows] for name, column in homes.items() if column.ndim == 1}
    household.update({name: yuan[rows] for name, yuan in _yearly(homes).items()})
    people = built["person"]
    begin = np.searchsorted(people["household"], np.arange(len(homes["id"]) + 1))
    size = np.diff(begin)[rows]
    first = np.concatenate([[0], np.cumsum(size)])
    at = np.repeat(begin[rows] - first[:-1], size) + np.arange(first[-1])
    return Base(household, {name: column[at] for name, column in people.items()}, first, village)


def _numbers(built: Any) -> np.ndarray:
    from calibration.population import village_numbers

    return village_numbers(built)


def _yearly(homes: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Yuan of 2016: the population keeps the first month of the registry's window, October."""
    inputs = _inputs()
    level = 100.0 * inputs.number("income_at_start")
    return {
        name: homes[f"window_{name}"] / (level * inputs.list("season", name)[9])
        for name in _COMPONENTS
    }
