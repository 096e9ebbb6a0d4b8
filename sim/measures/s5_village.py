"""Safeguard 5, village leadership: branches, wealth leaders, reserve cadres, village tyrants."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import column, deed
from sim.world.world import World

__all__ = ["Branches", "EliteCapture"]


class Branches(Mechanism):
    """Village party branches are mended, staffed and given people who lead to wealth.

    S5.2 strengthens branches, so that more of what is offered is taken up and less captured, and
    trains wealth leaders, in whose villages animals bring more. S5.4 mends weak branches, wins
    reserve cadres (a village has up to two) and young members. Mended branches and reserve cadres
    stay when the teams have left: they are what is left of the plan's capacity. S5.6 punishes
    those who lord it over a village: less capture, and less money that goes astray.
    """

    name = "s5_village"
    zh = "抓党建促脱贫"
    clauses = ("S5.2", "S5.4", "S5.6")
    reads = ("village.id", "village.site", "village.poor_village")
    writes = (
        "village.branch_order", "village.weak_branch", "village.mended_branch",
        "village.wealth_leader", "village.reserve_cadres", "village.did_young_members",
        "village.work_hours", "village.takeup", "village.capture_cut", "village.herd_gain",
        "county.leak_cut",
    )  # fmt: skip
    columns = (
        column("village", "branch_order", "f4", "share",
               "place in the order in which wealth leaders are trained", "带头人培育次序"),
        column("village", "weak_branch", "u1", "flag", "weak and disorganised branch",
               "软弱涣散党组织", report="share"),
        column("village", "mended_branch", "u1", "flag", "weak branch put right",
               "已整顿党组织"),
        column("village", "wealth_leader", "u1", "flag",
               "a trained wealth leader takes others along", "创业致富带头人带动",
               code="aac089", report="share"),
        column("village", "reserve_cadres", "i1", "persons", "reserve cadres of the village",
               "村后备干部数", report="mean"),
        deed("young_members", "persons", "young people taken into village branches",
             "发展年轻党员"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """Which branches are weak before the plan."""
        self.open_month(now)
        village = world.village
        u = draws(self.chance, village.id)
        village.branch_order[:] = u[0]
        village.weak_branch[:] = (u[1] < self.p.weak) & (village.site == 0)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Mend, train, recruit, punish."""
        village, county = world.village, world.county
        u = draws(chance, village.id)
        village.wealth_leader[:] = (village.site == 0) & (
            village.branch_order < p.S5_2 * p.leader_reach
        )
        mended = (village.weak_branch == 1) & (u[0] < p.S5_4 / p.mend_months)
        village.weak_branch[mended], village.mended_branch[mended] = 0, 1
        self._recruit(world, p, u)
        reserve = village.reserve_cadres
        village["work_hours"] += p.hours_reserve * reserve
        village["takeup"] += p.takeup_leader * p.S5_2 + p.takeup_mended * village.mended_branch
        village["herd_gain"] += p.herd_leader * village.wealth_leader
        village["capture_cut"] += p.capture_branch * p.S5_2 + p.capture_tyrants * p.S5_6
        county["leak_cut"] += p.leak_tyrants * p.S5_6

    @staticmethod
    def _recruit(world: World, p: Any, u: np.ndarray) -> None:
        """Reserve cadres come and go; young members are taken in."""
        village = world.village
        real = village.site == 0
        leave = 1.0 - (1.0 - p.reserve_leave) ** (1.0 / 12.0)
        left = u[1] < leave * village.reserve_cadres
        village.reserve_cadres[left] -= 1
        wanted = real & (village.poor_village == 1) & (village.reserve_cadres < p.reserve_most)
        village.reserve_cadres[wanted & (u[2] < p.S5_4 / p.reserve_months)] += 1
        village["did_young_members"] += real & (u[3] < p.S5_4 * p.young / 12.0)


class EliteCapture(Mechanism):
    """How far a village's leading families decide who is counted as poor and who is given what.

    It stands after all that cut it. A weak branch lets more through. The screening reads it: their
    own are kept on the register, and some get on to it.
    """

    name = "s5_capture"
    zh = "精英俘获"
    reason = "what villages are like without the plan; S5.2, S5.3, S5.6 and S6.2 push its cuts"
    reads = ("village.weak_branch", "village.capture_cut", "village.site")
    writes = ("village.capture",)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """The level of each village this month."""
        village = world.village
        level = p.capture * (1.0 + p.weak * village.weak_branch) * np.exp(-village.capture_cut)
        village.capture[:] = np.minimum(level, 1.0) * (village.site == 0)
