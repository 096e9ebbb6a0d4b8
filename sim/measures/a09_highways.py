"""Action 9, highways: an expressway to each deep county, and better ordinary highways."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Highways"]


class Highways(Mechanism):
    """Expressways reach the counties, and ordinary highways are raised to the second grade.

    A9.4 brings every deep county onto an expressway and lifts the share of its ordinary national
    highways of grade II and above to the province's mean, both by 2020. Without it some come
    every year. A better highway makes trade cheaper and places of work nearer. Their cost is not
    booked: ministry, loans and tolls pay, at sums beside which the funds of the plan are small.
    """

    name = "a09_highways"
    zh = "高速公路与国道升级"
    clauses = ("A9.4",)
    reads = ("county.code", "county.deep", "village.county")
    writes = (
        "county.expressway", "county.grade_two", "county.highway_start", "village.price_gain",
        "village.pull_away", "village.local_jobs",
    )  # fmt: skip
    columns = (
        column("county", "expressway", "u1", "flag", "on an expressway", "通高速公路",
               report="share"),
        column("county", "grade_two", "f8", "share",
               "ordinary national highways of grade II and above", "普通国道二级及以上比重",
               report="share"),
        column("county", "highway_start", "f8", "ratio",
               "expressway and grade II together at the start of the run", "起始干线公路水平"),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """Who had an expressway before the plan."""
        self.open_month(now)
        p, county = self.p, world.county
        county.expressway[:] = ~np.isin(county.code, np.asarray(p.without_expressway, np.int64))
        county.grade_two[:] = np.where(county.deep == 1, p.grade_two_deep, p.grade_two_other)
        county.highway_start[:] = county.expressway + county.grade_two

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Open what is finished this month; let the gain act on every village of the county."""
        county = world.county
        usual = 1.0 - (1.0 - p.usual) ** (1.0 / 12.0)
        share = 1.0 / max(1.0, PLAN_START + p.months + p.slip - now.month)
        planned = np.where(county.deep == 1, p.A9_4 * share, 0.0)
        u = draws(chance, county.code)[0]
        county.expressway[(county.expressway == 0) & (u < np.maximum(usual, planned))] = 1
        missing = np.maximum(0.0, p.grade_two_mean - county.grade_two)
        county.grade_two[:] = np.minimum(
            1.0, county.grade_two + np.maximum(p.grade_two_usual / 12.0, missing * planned)
        )
        gain = (county.expressway + county.grade_two - county.highway_start).astype(np.float32)
        gain = gain[world.village.county]
        world.village["price_gain"] += np.float32(p.price) * gain
        world.village["pull_away"] += np.float32(p.leave) * gain
        world.village["local_jobs"] += np.float32(p.jobs) * gain
