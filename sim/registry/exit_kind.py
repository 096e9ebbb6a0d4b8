"""What is remembered of a household for the count: how it stood when it left the register, and
how near to the line who was never on it lived at the turn of the year. Nothing acts on these."""

from __future__ import annotations

from enum import IntFlag
from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered, Relocation
from sim.world.columns import column
from sim.world.world import Table, World

__all__ = ["BANDS", "ExitKind", "Kind", "NearBand"]


class Kind(IntFlag):
    """How a household stood at its registered exit; several may hold."""

    LABOUR_SHORT = 1
    DISABLED = 2
    RELOCATED = 4
    MIGRANT = 8
    NEAR_LINE = 16


BANDS = ("1.0-1.1", "1.1-1.2", "1.2-1.3", "1.3-1.5")
"""Income over the line, of those who were never registered and are not poor."""
_EDGES = np.array([1.0, 1.1, 1.2, 1.3, 1.5])


class ExitKind(Mechanism):
    """Notes at a registered exit how the household stood: an observation, nothing acts on it.

    Short of labour, with a disabled member, moved by the relocation programme, with a member who
    works away, seen with an income within a tenth of the line. Relapse is then counted by what a
    household was when it left, not by what it had become when it fell.
    """

    name = "exit_kind"
    zh = "脱贫时的家庭类型（仅供统计）"
    reason = "relapse by type of household needs the type at exit (science brief F14)"
    reads = (
        "household.alive", "household.exit_month", "household.exit_margin", "household.labour",
        "household.disabled", "household.relocation", "household.away",
    )  # fmt: skip
    writes = ("household.exit_kind",)
    columns = (
        column(
            "household", "exit_kind", "u1", "bits",
            "at the last registered exit: 1 short of labour, 2 a disabled member, 4 relocated, "
            "8 a migrant, 16 within a tenth of the line",
            "脱贫时家庭类型",
        ),
    )  # fmt: skip
    months = (12,)
    in_burn_in = False

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Those who left this December."""
        rows = world.county_rows(county, "household")
        out = np.flatnonzero(world.household.exit_month[rows] == now.month) + rows.start
        home = Table({key.split(".")[1]: world[key][out] for key in self.reads})
        kind = np.zeros(len(out), np.uint8)
        for bit, holds in (
            (Kind.LABOUR_SHORT, home.labour < p.labour_short),
            (Kind.DISABLED, home.disabled > 0),
            (Kind.RELOCATED, home.relocation == Relocation.MOVED),
            (Kind.MIGRANT, home.away > 0),
            (Kind.NEAR_LINE, home.exit_margin < p.near_line),
        ):
            kind |= np.where(holds, np.uint8(bit), np.uint8(0))
        world.household.exit_kind[out] = kind


class NearBand(Mechanism):
    """Notes each January who, never registered and not poor, lives just above the line.

    An observation: nothing acts on it. At the end of the year it shows how many of them fell, by
    how near to the edge they had been, and how many of those the register had found.
    """

    name = "near_band"
    zh = "边缘户收入档（仅供统计）"
    reason = "the hazard of the near-poor who get nothing (science brief F14)"
    reads = (
        "household.alive", "household.size", "household.registered", "household.poor",
        "household.income12",
    )  # fmt: skip
    writes = ("household.near_band",)
    columns = (
        column(
            "household", "near_band", "u1", "code",
            "income over the line in January, of the never registered who are not poor: 1 below "
            "1.1, 2 below 1.2, 3 below 1.3, 4 below 1.5, 0 others",
            "年初收入与标准之比档次",
        ),
    )  # fmt: skip
    uses = ("calendar.line",)
    months = (1,)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """On the state of last December."""
        home = world.household
        out = (home.alive != 0) & (home.size > 0) & (home.poor == 0)
        rows = np.flatnonzero(out & (home.registered == Registered.NEVER))
        ratio = home.income12[rows] / (p.line * 100.0 * home.size[rows])
        band = np.searchsorted(_EDGES, ratio, side="right")
        home.near_band[:] = 0
        home.near_band[rows] = np.where(band < len(_EDGES), band, 0)
