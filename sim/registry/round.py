"""The yearly round of the register in December: out, back in, new, removed."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import chance as draws
from sim.mechanism import Mechanism, Now
from sim.registry.screening import EXIT, NEW, RELAPSE, REMOVE
from sim.world.codes import Cause, Registered
from sim.world.columns import column
from sim.world.world import Table, World

__all__ = ["CEILING", "COUNTS", "DATA", "NONE", "YearlyRound", "fitting", "registered_cause"]

CEILING, DATA, NONE = 0, 1, 2
"""Choices of the switch `yearly_round.quota`, in the order of its parameter file."""

COUNTS = (
    column("county", "exits_planned", "f8", "persons", "exits of the year's plan",
        "年度脱贫计划人数"),
    column("county", "exits_eligible", "f8", "persons", "persons the screening lets exit",
        "符合退出条件人数"),
    column("county", "exits_refused", "f8", "persons", "eligible persons kept in by the ceiling",
        "受计划限制未退出人数"),
    column("county", "exits_pressed", "f8", "persons",
        "persons let out to fill the plan, not eligible", "为完成计划退出人数"),
    column("county", "exits_carry", "f8", "persons",
        "part of the plan too small for the next household", "结转脱贫名额"),
)  # fmt: skip
"""A county's exits of the year, in simulated persons."""


def fitting(size: np.ndarray, quota: float) -> int:
    """How many households, taken in the order given, fit into a quota of persons.

    The first that does not fit ends it, so nobody is passed over for being many.
    """
    return int(np.searchsorted(np.cumsum(size), quota + 1e-9, side="right"))


def registered_cause(home: Table, which: np.ndarray) -> np.ndarray:
    """The main cause that is written down for households (mask `which`): a blow that is known,
    else what can be seen of the household, in the order of the registration form."""
    shock = home["seen_shock"][which].astype(np.int64)
    seen = np.select(
        [
            home["ill"][which] > 0, home["disabled"][which] > 0, home["pupils"][which] > 0,
            home["labour"][which] < 1.0,
        ],
        [Cause.ILLNESS, Cause.DISABILITY, Cause.SCHOOLING, Cause.LABOUR],
        Cause.SKILLS,
    )  # fmt: skip
    return np.where(shock > 0, shock, seen)


class YearlyRound(Mechanism):
    """The county's decision in December on what the screening put forward.

    First errors are removed. Then exits: the county has a plan, a share of the persons on its
    list, smaller at first in deep-poverty counties. Eligible households leave in order of the
    income seen, the highest first (ties by id). Last the relapsed and the newly identified are
    written in. Three readings of the plan, by the switch `quota`:

    ceiling  no more than the plan may leave; where fewer are eligible than planned, the county
             is under pressure, and each missing place is filled, with a probability, by the
             household with the highest income seen among those not eligible (a false exit on
             paper: its record is raised to the line or above).
    data     exits are the published reductions of the years that may be fitted (a ceiling in
             the others); missing places are all filled, as what was published did happen.
    none     every eligible household leaves.

    What is left of a plan because the next household is too large is carried to the next year.
    Once the register is closed to entries (`register_open` 0, from 2021) nobody is written in
    any more: relapse is then what monitoring finds.
    """

    name = "yearly_round"
    zh = "年度动态调整"
    reason = "the yearly round of the register, which exists without the plan"
    reads = (
        "household.id", "household.alive", "household.size", "household.seen_shock",
        "household.ill", "household.disabled", "household.pupils",
        "household.labour", "county.deep", "county.strict",
    )  # fmt: skip
    writes = (
        "household.registered", "household.exit_month", "household.exit_margin",
        "household.first_month", "household.cause", "household.registered_relapse_month",
        *(one.key for one in COUNTS),
    )  # fmt: skip
    changes = ("household.eligible", "household.seen_income")
    columns = COUNTS
    uses = ("calendar.line",)
    months = (12,)
    in_burn_in = False

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Close the year of one county."""
        rows = world.county_rows(county, "household")
        home = Table({name: world.household[name][..., rows] for name in _USED})
        state, verdict = home["registered"], home["eligible"]
        alive = home["alive"] != 0
        on_list = alive & ((state == Registered.POOR) | (state == Registered.RELAPSED))

        removed = on_list & (verdict == REMOVE)
        state[removed] = Registered.REMOVED
        on_list &= ~removed
        self._exits(world, county, home, on_list, now, p, chance, rows)
        if p.register_open:
            self._entries(home, alive & ~on_list, now)
        verdict[:] = 0

    def _entries(self, home: Table, outside: np.ndarray, now: Now) -> None:
        state, verdict = home["registered"], home["eligible"]
        back = outside & (verdict == RELAPSE) & (state == Registered.EXITED)
        new = (
            outside
            & (verdict == NEW)
            & ((state == Registered.NEVER) | (state == Registered.REMOVED))
        )
        state[back], state[new] = Registered.RELAPSED, Registered.POOR
        home["registered_relapse_month"][back] = now.month
        home["first_month"][new] = now.month
        for which in (back, new):
            home["cause"][which] = registered_cause(home, which)

    def _exits(
        self,
        world: World,
        county: int,
        home: Table,
        on_list: np.ndarray,
        now: Now,
        p: Any,
        chance: Any,
        rows: slice,
    ) -> None:
        size = home["size"].astype(np.int64)
        stock = float(size[on_list].sum())
        quota = self._quota(world, county, p, stock)
        book = world.county
        ranked = self._ranked(home, on_list & (home["eligible"] == EXIT))
        eligible = float(size[ranked].sum())
        leaving = ranked[: fitting(size[ranked], quota)]
        left = quota - float(size[leaving].sum())
        pressed = ranked[:0]
        if p.quota != NONE and len(leaving) == len(ranked) and left > 0:
            pool = self._ranked(home, on_list & (home["eligible"] != EXIT))
            slots = pool[: fitting(size[pool], left)]
            strict = float(world.county["strict"][county])
            pressed = self._pressed(world, slots, rows, p, chance, strict)
            home["seen_income"][pressed] = np.maximum(
                np.exp(p.push_mean) * home["seen_income"][pressed], p.line * 100.0
            ).astype(np.int32)
            # places that nobody was pressed into are given up; only a remainder is carried
            left -= float(size[slots].sum())
            left = left if len(slots) < len(pool) else 0.0
        book["exits_planned"][county] = quota
        book["exits_eligible"][county] = eligible
        book["exits_refused"][county] = eligible - float(size[leaving].sum())
        book["exits_pressed"][county] = float(size[pressed].sum())
        book["exits_carry"][county] = 0.0 if p.quota == NONE else left
        out = np.concatenate([leaving, pressed])
        home["registered"][out] = Registered.EXITED
        home["exit_month"][out] = now.month
        home["exit_margin"][out] = home["seen_income"][out] / (p.line * 100.0)

    def _quota(self, world: World, county: int, p: Any, stock: float) -> float:
        """Persons who may leave this year."""
        if p.quota == NONE:
            return stock
        share = p.plan_share
        if p.quota == DATA and p.published_share > 0:
            share = p.published_share
        if world.county["deep"][county]:
            share *= p.deep_pace
        return min(1.0, share) * stock + float(world.county["exits_carry"][county])

    @staticmethod
    def _ranked(home: Table, which: np.ndarray) -> np.ndarray:
        """Rows of a mask, highest income seen first, ties by id."""
        found = np.flatnonzero(which)
        order = np.lexsort((home["id"][found], -home["seen_income"][found].astype(np.int64)))
        return found[order]

    @staticmethod
    def _pressed(
        world: World, slots: np.ndarray, rows: slice, p: Any, chance: Any, strict: float
    ) -> np.ndarray:
        """Those of the households in the missing places that are let out."""
        if p.quota == DATA and p.published_share > 0:
            return slots
        ids = np.ascontiguousarray(world.household["id"][rows][slots])
        words = np.zeros((4, len(ids)), np.uint32)
        draws.fill(chance, ids, 0, len(ids), words)
        return slots[(words[0] + 0.5) * draws.WORD < p.press * np.exp(-max(0.0, strict))]


_USED = tuple(
    key.removeprefix("household.")
    for key in (*YearlyRound.reads, *YearlyRound.writes, *YearlyRound.changes)
    if key.startswith("household.")
)
