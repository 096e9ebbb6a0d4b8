"""Projects (M3) and the land they stand on (M5): how much can be built in a month."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Builders"]

UNSET = np.int64(2**61)
"""Above any capacity: the ledger's value before the first month of the plan."""


class Builders(Mechanism):
    """The builders' capacity of each county: money that can be built with this month.

    A capacity a head, by season (nothing in the frost), scaled by what the administration can
    carry through. Of it works only the share of projects that are approved: one that waits `lag`
    months and is built in `build_months` is under construction for build / (build + lag) of its
    time. The lag is cut by faster reviews (M3.4), by bringing planned works forward in deep
    counties (M3.2), by building while approving (M5.7), and by what others push. Of the projects
    some find no land without the quota of M5.1, or are blocked by basic farmland without M5.8.
    A reserve of projects (M3.1) makes the prefectures' counties take up more. What is not used
    of a month's capacity stays for the next, up to a limit, until the frost.
    """

    name = "m3_builders"
    zh = "工程建设能力：项目审批、用地与季节"
    clauses = ("M3.1", "M3.2", "M3.4", "M5.1", "M5.7", "M5.8")
    reads = ("county.deep", "county.yiqu_yizhou", "county.persons_start", "county.capacity",
             "county.lag_cut")  # fmt: skip
    writes = ("county.approval_lag", "county.absorption", "county.land_blocked",
              "county.works_capacity")  # fmt: skip
    columns = (
        column("county", "approval_lag", "f4", "months", "from a project's plan to its start",
               "项目审批时滞", report="mean"),
        column("county", "absorption", "f4", "ratio",
               "what a county can take up by its reserve of projects, 1 without one",
               "项目储备吸纳能力", report="mean", start=1.0),
        column("county", "land_blocked", "f4", "share", "of projects that find no land",
               "用地受阻项目比例", report="mean"),
        column("county", "works_capacity", "f4", "yuan/person-year",
               "what can be built a head at full season", "工程建设能力", report="mean"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Set what each county can build this month."""
        county, ledger = world.county, world.ledger
        deep = county.deep == 1
        cut = p.review_cut * p.M3_4 + p.while_approving * p.M5_7 + p.forward * p.M3_2 * deep
        county.approval_lag[:] = np.maximum(p.lag_least, p.lag - cut - county.lag_cut)
        county.absorption[:] = 1.0 + p.reserve * p.M3_1 * (county.yiqu_yizhou == 1)
        land = 1.0 - p.land_short * (1.0 - p.M5_1 * deep)
        county.land_blocked[:] = 1.0 - land * (1.0 - p.farmland * (1.0 - p.M5_8))
        approved = p.build_months / (p.build_months + county.approval_lag)
        able = np.maximum(0.2, 1.0 + county.capacity)
        county.works_capacity[:] = (
            p.capacity * able * approved * county.absorption * (1.0 - county.land_blocked)
        )
        month = county.works_capacity * county.persons_start / 12.0 * 100.0
        new = np.floor(month * p.season[now.calendar - 1]).astype(np.int64)
        left = np.where(ledger.works >= UNSET, 0, ledger.works)
        ledger.works[:] = np.minimum(left + new, np.floor(p.kept * new).astype(np.int64))
