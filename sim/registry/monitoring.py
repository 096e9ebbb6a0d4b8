"""Monitoring against falling back, from March 2020."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import chance as draws
from sim.mechanism import Mechanism, Now
from sim.registry.round import registered_cause
from sim.world.codes import Monitor, Registered
from sim.world.world import Table, World

__all__ = ["Monitoring"]


class Monitoring(Mechanism):
    """The list of households that may fall (back) into poverty, kept month by month.

    Of the households looked at this month, exited ones with an income seen below a multiple of
    the line are put on the list as unstable, never-registered ones as marginal, and any with a
    heavy blow that has become known as suddenly in difficulty; the township accepts a share. A
    listed household whose income is seen above that multiple, with no gap and no blow known,
    has its risk cleared after a while.

    From 2021, when the register takes nobody in any more, this list is all there is: an exited
    household on the list and seen below the line counts as a registered relapse. That is not
    what a registered relapse was until 2020 (a decision of the yearly round), so series of
    registered relapses have a break at the end of 2020.
    """

    name = "monitoring"
    zh = "防止返贫监测"
    reason = "the registry's monitoring from March 2020, national practice and not in the plan"
    reads = (
        "household.id", "household.alive", "household.size", "household.registered",
        "household.exit_month", "household.visited", "household.seen_income",
        "household.seen_gap", "household.seen_shock", "household.ill", "household.disabled",
        "household.pupils", "household.labour",
    )  # fmt: skip
    writes = ("household.monitor", "household.monitor_month")
    changes = ("household.registered_relapse_month", "household.cause")
    uses = ("calendar.line", "yearly_round.register_open")
    in_burn_in = False

    def active(self, now: Now) -> bool:
        """Whether there is monitoring at all in this month."""
        running = self._parameters.value("monitoring.running", now.month)
        return super().active(now) and running > 0.0

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """One month of one county's list."""
        if not p.running:
            return
        rows = world.county_rows(county, "household")
        home = Table({name: world.household[name][..., rows] for name in _USED})
        looked = (home["alive"] != 0) & (home["size"] > 0) & (home["visited"] == now.month)
        near = home["seen_income"] < p.income_multiple * p.line * 100.0
        risk = near | (home["seen_gap"] != 0) | (home["seen_shock"] != 0)
        self._list(home, looked, near, now, p, chance)
        listed = home["monitor"] != Monitor.NONE
        cleared = looked & listed & ~risk & (now.month - home["monitor_month"] >= p.clear_after)
        home["monitor"][cleared] = Monitor.NONE
        home["monitor_month"][cleared] = 0
        if not p.register_open:
            self._relapses(home, looked & listed & ~cleared, now, p)

    @staticmethod
    def _list(
        home: Table, looked: np.ndarray, near: np.ndarray, now: Now, p: Any, chance: Any
    ) -> None:
        state = home["registered"]
        exited = state == Registered.EXITED
        outside = (state == Registered.NEVER) | (state == Registered.REMOVED)
        shock = home["seen_shock"] != 0
        fits = looked & (home["monitor"] == Monitor.NONE) & (exited | outside) & (near | shock)
        found = np.flatnonzero(fits)
        words = np.zeros((4, len(found)), np.uint32)
        ids = np.ascontiguousarray(home["id"][found])
        draws.fill(chance, ids, 0, len(ids), words)
        taken = found[(words[0] + 0.5) * draws.WORD < p.accepted]
        kind = np.where(exited[taken], Monitor.UNSTABLE_EXITED, Monitor.MARGINAL)
        home["monitor"][taken] = np.where(near[taken], kind, Monitor.SUDDEN)
        home["monitor_month"][taken] = now.month

    @staticmethod
    def _relapses(home: Table, on_list: np.ndarray, now: Now, p: Any) -> None:
        back = (
            on_list
            & (home["registered"] == Registered.EXITED)
            & (home["seen_income"] < p.line * 100.0)
            & (home["registered_relapse_month"] <= home["exit_month"])
        )
        home["registered_relapse_month"][back] = now.month
        home["cause"][back] = registered_cause(home, back)


_USED = tuple(
    key.removeprefix("household.")
    for key in (*Monitoring.reads, *Monitoring.writes, *Monitoring.changes)
    if key.startswith("household.")
)
