"""Safeguard 6, supervision of poverty funds: what leaks and what is wasted on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Supervision"]


class Supervision(Mechanism):
    """The share of budgeted money that leaks or is wasted, and what supervision makes of it.

    Without supervision a part of each fen leaks (held back, embezzled, claimed for nothing) and a
    part is wasted (squares, festivals, decoration, idle works); the ledger takes both. Each clause
    cuts what is left by others, so that leakage = lambda0 exp(-sum of cuts): S6.1 a library of
    vetted projects (less waste, projects ready sooner), S6.2 publication (less leakage, less
    capture, errors of the register complained of), S6.3 permanent supervision (leakage), S6.4 no
    waste, S6.5 discipline (both, and fewer false reports). S6.6 punishes exits on paper, S6.7
    makes S6.5 and S6.6 bite harder. It stands after all others that push `leak_cut`.
    """

    name = "s6_supervision"
    zh = "扶贫资金监管"
    clauses = ("S6.1", "S6.2", "S6.3", "S6.4", "S6.5", "S6.6", "S6.7")
    reads = ("county.leak_cut",)
    writes = (
        "county.leakage_rate", "county.waste_rate", "county.lag_cut", "county.capacity",
        "county.error_cut", "county.strict", "village.capture_cut",
    )  # fmt: skip
    columns = (
        column("county", "leakage_rate", "f4", "share",
               "of the cost of what budgeted programmes deliver that leaks", "资金漏损率",
               report="mean"),
        column("county", "waste_rate", "f4", "share",
               "of the cost of what budgeted programmes deliver that is wasted", "资金浪费率",
               report="mean"),
    )  # fmt: skip

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Set what leaks in each county, and push the rest."""
        county, ledger = world.county, world.ledger
        penalty = 1.0 + p.penalty * p.S6_7
        discipline = p.S6_5 * penalty
        cut = p.leak_published * p.S6_2 + p.leak_audit * p.S6_3 + p.leak_discipline * discipline
        others = 1.0 - np.clip(county.leak_cut.astype(np.float64), 0.0, 1.0)
        ledger.leak[:] = p.lambda0 * np.exp(-cut) * others
        cut = p.waste_library * p.S6_1 + p.waste_banned * p.S6_4 + p.waste_discipline * discipline
        ledger.waste[:] = p.waste0 * np.exp(-cut) * others
        county.leakage_rate[:], county.waste_rate[:] = ledger.leak, ledger.waste
        county["lag_cut"] += p.lag_library * p.S6_1
        county["capacity"] += p.capacity_library * p.S6_1
        county["error_cut"] += p.error_published * p.S6_2
        county["strict"] += p.strict_discipline * discipline + p.strict_exits * p.S6_6 * penalty
        world.village["capture_cut"] += p.capture_published * p.S6_2
