"""Safeguard 1, who leads: county heads who answer for the plan, departments that issue the rules.

S5.1, heads who stay, stands here too, since what it protects is what the heads have learned.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Leadership"]


class Leadership(Mechanism):
    """County heads take charge, provincial departments issue companion policies.

    S1.1 makes the heads of a county the first responsible persons: what its administration can
    carry through grows with the months they have led the work, along a sigmoid. New heads begin
    again, some months behind. S5.1 keeps heads in office, so that this happens more seldom. S1.2:
    the departments' companion policies come out one after another; each makes the county a
    little more able and brings approvals sooner.
    """

    name = "s1_leadership"
    zh = "第一责任人与配套政策"
    clauses = ("S1.1", "S1.2", "S5.1")
    reads = ("county.code",)
    writes = (
        "county.head_months", "county.led_months", "county.heads_effort",
        "county.companion_policies", "county.capacity", "county.lag_cut",
    )  # fmt: skip
    columns = (
        column("county", "head_months", "i2", "months", "time the heads have been in office",
               "党政正职任职月数", report="mean"),
        column("county", "led_months", "i2", "months",
               "time the heads have led the plan's work; below 0 while new ones settle in",
               "主抓脱贫月数"),
        column("county", "heads_effort", "f4", "share",
               "how far the heads' responsibility has taken hold", "第一责任落实程度",
               report="mean"),
        column("county", "companion_policies", "f4", "share",
               "companion policies of the departments that are out", "配套政策出台比例",
               report="mean"),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """Heads have been in office for some part of a term."""
        self.open_month(now)
        u = draws(self.chance, world.county.code)[0]
        world.county.head_months[:] = np.floor(u * 12.0 / max(self.p.turnover, 0.02) / 2.0)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Who stays, what they have learned, what is out."""
        county = world.county
        hazard = 1.0 - (1.0 - p.turnover) ** (1.0 / 12.0)
        new = draws(chance, county.code)[1] < hazard * (1.0 - p.kept * p.S5_1)
        county.head_months[:] = np.where(new, 0, county.head_months + 1)
        led = np.where(new, -p.settling, county.led_months + 1)
        county.led_months[:] = led if p.S1_1 > 0.0 else 0
        held = 1.0 / (1.0 + np.exp((p.middle - county.led_months) / p.slope))
        county.heads_effort[:] = p.S1_1 * held
        policies = county.companion_policies
        policies += (p.S1_2 - policies) / np.float32(p.policy_months)
        county["capacity"] += p.capacity_heads * county.heads_effort
        county["capacity"] += p.capacity_policies * policies
        county["lag_cut"] += p.lag_policies * policies
