"""Safeguard 4, cadres and talent: posts filled, people who stay, science and technology staff."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Talent"]


class Talent(Mechanism):
    """Posts in the townships are filled and kept filled; science staff advise the villages.

    Posts fall vacant and are filled again at rates that hold the vacancy where it was before the
    plan. S4.1 fills more of them in the Tibetan counties and Linxia (lower thresholds, posts kept
    for local people); S4.2 lets fewer leave in all deep areas (pay, titles, training). A filled
    post adds to what the county can carry through, and its holder goes to the villages, too. S4.4
    sends science and technology staff to deep-poverty villages, where yields rise beside what the
    commissioners of A1.7 do.
    """

    name = "s4_talent"
    zh = "干部人才支持"
    clauses = ("S4.1", "S4.2", "S4.4")
    reads = ("village.id", "village.deep", "village.site", "village.township",
             "township.county", "county.yiqu_yizhou")  # fmt: skip
    writes = (
        "township.vacancy", "township.posts_filled", "village.science_place",
        "village.science_staff", "village.yield_gain", "village.work_hours",
        "county.capacity",
    )  # fmt: skip
    columns = (
        column("township", "posts_filled", "f4", "share",
               "posts filled beyond what was usual before the plan", "编制补充率"),
        column("township", "vacancy", "f4", "share", "posts of the township without a holder",
               "乡镇岗位空缺率", report="mean"),
        column("village", "science_place", "f4", "share",
               "place in the order in which science staff arrive", "科技人员到位次序"),
        column("village", "science_staff", "u1", "flag",
               "advised under the science staff plan", "科技人员专项计划覆盖", report="share"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """The vacancy of before the plan, and the order in which staff will arrive."""
        self.open_month(now)
        world.village.science_place[:] = draws(self.chance, world.village.id)[0]
        world.township.vacancy[:] = self.p.vacancy

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Fill and keep posts; send science staff."""
        township, county, village = world.township, world.county, world.village
        leave = 1.0 - (1.0 - p.leave) ** (1.0 / 12.0)
        fill = leave * (1.0 - p.vacancy) / p.vacancy  # what held the vacancy where it was
        there = county.yiqu_yizhou[township.county] == 1
        empty = p.vacancy - township.posts_filled
        more = fill * p.recruiting * p.S4_1 * there * empty
        kept = leave * p.staying * p.S4_2 * (1.0 - empty)
        township["posts_filled"] += more + kept - (fill + leave) * township.posts_filled
        township.vacancy[:] = p.vacancy - township.posts_filled
        filled = np.bincount(township.county, township.posts_filled, len(county.code))
        centres = np.maximum(np.bincount(township.county, minlength=len(county.code)), 1)
        county["capacity"] += p.capacity * (filled / centres) / p.vacancy
        share = township.posts_filled[village.township] / p.vacancy
        village["work_hours"] += p.hours * share * (village.site == 0)
        fit = (village.deep == 1) & (village.site == 0)
        village.science_staff[:] = fit & (village.science_place < p.reach * p.S4_4)
        village["yield_gain"] += p.yields * village.science_staff
