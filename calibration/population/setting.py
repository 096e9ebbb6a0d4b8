"""What all batches of a build share: inputs, library, villages and levels; and what a batch is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from calibration.population.cache import data_digest
from calibration.population.hashing import Draws, mix
from calibration.population.inputs import Inputs, read_inputs
from calibration.population.library import Library, make_library
from calibration.population.villages import Villages, make_villages

__all__ = ["Batch", "Levels", "Setting", "compose", "make_setting", "pilot_batch"]

_PILOT = 40_000  # households; a mean over them is known to within about half a percent


class Levels:
    """Factors that bring the scope's means to the margins.

    They are found once, on a pilot of households spread evenly over the whole scope, as each
    quantity is first met, and then kept: a village has the same people whatever is built with it.
    """

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.open = True

    def scaled(
        self, name: str, values: np.ndarray, asked: float, *,
        cap: Any = None, per: np.ndarray | None = None, where: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        """`values` times the factor of `name`, which makes their mean `asked`.

        cap: largest value that may come out, one or one a row (the factor makes up for what is
        cut off). per: the mean is the sum of values over the sum of `per`. where: rows that the
        mean is taken over.
        """
        if self.open:
            chosen = np.ones(len(values), dtype=bool) if where is None else where
            base = float(chosen.sum()) if per is None else float(per[chosen].sum())
            limit = np.broadcast_to(np.inf if cap is None else cap, len(values))[chosen]
            factor = 1.0
            for _ in range(1 if cap is None else 30):
                now = np.minimum(values[chosen] * factor, limit)
                factor *= asked * base / max(float(now.sum()), 1e-300)
            self.found[name] = factor
        scaled = values * self.found[name]
        return scaled if cap is None else np.minimum(scaled, cap)

    def kept(self, name: str, make: Any) -> Any:
        """Something else that the pilot finds: `make()` there, the same afterwards."""
        if self.open:
            self.found[name] = make()
        return self.found[name]


@dataclass(frozen=True)
class Setting:
    """Everything that does not depend on the sample."""

    inputs: Inputs
    draws: Draws
    library: Library
    villages: Villages
    levels: Levels


@dataclass
class Batch:
    """Households and their persons on the way to becoming columns.

    village: row of each household's village in the table of all villages. home: position of each
    person's household. person, household: finished columns. more: what is needed on the way.
    whole: all households of its villages are here, village after village (false in the pilot).
    """

    village: np.ndarray
    home: np.ndarray
    whole: bool
    person: dict[str, np.ndarray] = field(default_factory=dict)
    household: dict[str, np.ndarray] = field(default_factory=dict)
    more: dict[str, np.ndarray] = field(default_factory=dict)

    def count(self, per_person: np.ndarray) -> np.ndarray:
        """Sums over the members of each household, float64."""
        return np.bincount(self.home, per_person, len(self.village))

    @property
    def size(self) -> np.ndarray:
        """Members of each household."""
        return self.household["size"]


def compose(setting: Setting, rows: np.ndarray) -> Batch:
    """The households of whole villages (rows of the table), in the order of their ids."""
    villages = setting.villages
    numbers = villages.households[rows]
    village = np.repeat(rows, numbers)
    number = np.arange(len(village)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    ids = mix(villages.id[village], number)
    order = np.lexsort((ids, village))
    return _members(setting, village, ids[order], number[order], whole=True)


def pilot_batch(setting: Setting) -> Batch:
    """Households at even steps through the whole scope."""
    total = int(setting.villages.households.sum())
    count = min(_PILOT, total)
    at = (np.arange(count) * total + total // 2) // count
    village = np.searchsorted(setting.villages.first, at, side="right") - 1
    number = at - setting.villages.first[village]
    return _members(
        setting, village, mix(setting.villages.id[village], number), number, whole=False
    )


def _members(
    setting: Setting, village: np.ndarray, ids: np.ndarray, number: np.ndarray, whole: bool
) -> Batch:
    library = setting.library
    template = setting.villages.template[setting.villages.first[village] + number]
    size = library.size[template]
    home = np.repeat(np.arange(len(village)), size)
    within = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size)
    batch = Batch(village, home, whole)
    batch.household["id"] = ids
    batch.household["size"] = size.astype(np.int8)
    batch.person["id"] = mix(ids[home], within)
    batch.more["member"] = library.start[template][home] + within
    return batch


@lru_cache(maxsize=2)
def _setting(seed: int, changes: str, data: str) -> Setting:
    from calibration.population.goods import goods
    from calibration.population.households import furnish
    from calibration.population.persons import people
    from calibration.population.register import register

    inputs = read_inputs(json.loads(changes))
    draws, library = Draws(seed), make_library(inputs)
    setting = Setting(inputs, draws, library, make_villages(inputs, library, draws), Levels())
    pilot = pilot_batch(setting)
    for stage in (people, furnish, register, goods):
        stage(setting, pilot)
    setting.levels.open = False
    return setting


def make_setting(seed: int, changes: Mapping[str, Any] | None = None) -> Setting:
    """The setting of a seed; `changes` replaces margins and assumptions by name. Kept in memory."""
    return _setting(seed, json.dumps(dict(changes or {}), sort_keys=True), data_digest())
