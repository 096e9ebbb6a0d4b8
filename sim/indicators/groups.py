"""Income and own payments for care of those with a card, those without, and those who move."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.indicators.persons import has_card
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Relocation
from sim.world.world import World

__all__ = ["GROUPS", "GroupIncome"]

GROUPS = ("registered", "other", "relocated", "waiting")
_PARTS = ("wage", "business", "property", "transfer")
_CELLS = ("person_months", *_PARTS, "medical")


@kernel
def count_groups(at, persons, households, villages, counties, out, p):
    """The month's flows, in fen, of four groups of households."""
    for h in range(at.first_household, at.end_household):
        size = np.int64(households.size[h])
        if households.alive[h] == 0 or size <= 0:
            continue
        group = 0 if has_card(households.registered[h]) else 1
        stage = households.relocation[h]
        again = -1
        if stage != Relocation.NONE:
            again = 2 if stage == Relocation.MOVED else 3
        for which in (group, again):
            if which < 0:
                continue
            cell = 6 * which
            out[cell] += size
            out[cell + 1] += households.wage[h]
            out[cell + 2] += households.business[h]
            out[cell + 3] += households.property[h]
            out[cell + 4] += np.int64(households.transfer[h]) + households.aid[h]
            out[cell + 5] += households.medical[h]


class GroupIncome(Observation):
    """Income by component, and own payments for care, of groups of households, a person and year.

    "registered" have a card (on the register, or exited), "other" have none; "relocated" have
    moved, "waiting" are approved or their house is being built; these two have a card too.
    """

    name = "indicators_groups"
    zh = "分组收入"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.registered", "household.relocation",
        "household.wage", "household.business", "household.property", "household.transfer",
        "household.aid", "household.medical",
    )  # fmt: skip
    counts = tuple(f"{group}_{cell}" for group in GROUPS for cell in _CELLS)
    indicators = (
        Indicator("income_group", "yuan/person-year",
            "income of a group (group registered, other, relocated, waiting; with :wage, "
            ":business, :property, :transfer its component)", "分组人均收入", "year"),
        Indicator("oop_group", "yuan/person-year", "own payments for care of a group",
            "分组医疗自付", "year"),
    )  # fmt: skip
    rule = count_groups

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Of the whole scope, in December; a group of nobody has no row."""
        if now.calendar != 12:
            return
        sums = (self.year / world.county["sample"][:, None]).sum(axis=0)
        for group, cells in zip(GROUPS, sums.reshape(len(GROUPS), -1).tolist(), strict=True):
            months, *parts, medical = cells
            if months <= 0:
                continue
            yuan = [12.0 * part / months / 100.0 for part in parts]
            yield 0, now.year, 0, "income_group", group, sum(yuan)
            for name, value in zip(_PARTS, yuan, strict=True):
                yield 0, now.year, 0, "income_group", f"{group}:{name}", value
            yield 0, now.year, 0, "oop_group", group, 12.0 * medical / months / 100.0
