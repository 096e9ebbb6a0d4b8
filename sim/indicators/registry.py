"""Who left poverty, who fell back, who was written in, and how far the plan bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation, Row
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import Cause, Registered
from sim.world.world import World

__all__ = ["CAUSES", "Flows"]

CAUSES = tuple(cause.name.lower() for cause in Cause if cause != Cause.NONE)
"""Ids of the causes, in the order of their codes 1 to 19."""

_FLOWS = ("exits", "false_exits", "relapses_true", "relapses_registered", "new_poor")
_TRUE = len(_FLOWS) - 1
_REGISTERED = _TRUE + len(CAUSES)


@kernel(inline=True)
def reason(cause):
    """A cause's code as a whole number; one that is not known is OTHER."""
    return np.int64(cause) if cause > 0 else np.int64(Cause.OTHER)


@kernel
def count(at, persons, households, villages, counties, out, p):
    """Persons of the households whose state changed since January."""
    january = at.year * 12
    for h in range(at.first_household, at.end_household):
        size = households.size[h]
        if households.alive[h] == 0 or size == 0:
            continue
        if january <= households.exit_month[h] <= at.month:
            out[0] += size
            out[1] += size * households.poor[h]
        if january <= households.relapse_month[h] <= at.month:
            out[2] += size
            out[_TRUE + reason(households.relapse_cause[h])] += size
        if january <= households.registered_relapse_month[h] <= at.month:
            out[3] += size
            out[_REGISTERED + reason(households.cause[h])] += size
        if (
            january <= households.first_month[h] <= at.month
            and households.registered[h] == Registered.POOR
        ):
            out[4] += size


class Flows(Observation):
    """The year's flows in and out of poverty, true and registered, in persons.

    They are read in December off the months that the households carry, so a household that
    dissolved within the year is not in them.

    exits: left the register; false_exits: of these, truly poor in the month of exit.
    relapses_true: the first truly poor month after a registered exit. relapses_registered:
    written back in by the yearly round until 2020; from 2021, exited households monitored and
    seen below the line (a break in the series). new_poor: first registered this year (none from
    2021). quota_bound: persons eligible to exit whom the plan's ceiling kept in, over all
    eligible.
    """

    name = "indicators_registry"
    zh = "脱贫与返贫"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.poor", "household.exit_month",
        "household.relapse_month", "household.relapse_cause", "household.registered",
        "household.registered_relapse_month", "household.first_month", "household.cause",
        "county.exits_refused", "county.exits_eligible",
    )  # fmt: skip
    months = (12,)
    counts = (
        *_FLOWS, *(f"true_{c}" for c in CAUSES), *(f"registered_{c}" for c in CAUSES)
    )  # fmt: skip
    indicators = (
        Indicator("exits", "persons", "left the register", "脱贫人数（登记）", "year"),
        Indicator("false_exits", "persons", "left the register while truly poor", "错退人数",
            "year"),
        Indicator("relapses_true", "persons", "truly poor again after exit", "返贫人数（真实）",
            "year"),
        Indicator("relapses_registered", "persons",
            "registered as relapsed; monitored below the line from 2021", "返贫人数（登记）",
            "year"),
        Indicator("new_poor", "persons", "registered for the first time", "新识别人数", "year"),
        Indicator("relapse_cause", "persons", "true relapses by cause (group)", "真实返贫原因",
            "year"),
        Indicator("relapse_cause_registered", "persons", "registered relapses by cause (group)",
            "登记返贫原因", "year"),
        Indicator("quota_bound", "share", "eligible exits kept in by the plan's ceiling",
            "因计划名额未能脱贫的比例", "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """The year's flows."""
        for name in _FLOWS:
            yield name, "", True, month(name)
        for cause in CAUSES:
            yield "relapse_cause", cause, True, month(f"true_{cause}")
            yield "relapse_cause_registered", cause, True, month(f"registered_{cause}")

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """How far the plan bound this year's exits, from the counties' books."""
        book = world.county
        refused, eligible = book["exits_refused"], book["exits_eligible"]
        share = refused / np.maximum(eligible, 1.0)
        for code, value in zip(book["code"], share, strict=True):
            yield int(code), now.year, 0, "quota_bound", "", float(value)
        whole = (refused / book["sample"]).sum() / max(1.0, (eligible / book["sample"]).sum())
        yield 0, now.year, 0, "quota_bound", "", float(whole)
