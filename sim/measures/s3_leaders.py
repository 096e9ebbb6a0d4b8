"""Safeguard 3, provincial leaders who each answer for places (S3.1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.need import neediest
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["LeaderLinks"]


class LeaderLinks(Mechanism):
    """Each provincial leader answers for one deep county, one deep township, two deep villages.

    Leaders are shared out over the deep-poverty counties by lot, one each before any has two, and
    a second one first where there are more deep townships. In a county each takes a deep township
    (while one is left) and two deep-poverty villages, those of the township first (in a sample,
    its share of two). A linked county gets more done and its approvals sooner, a linked village
    more visits and a closer look. Linked places are not like others, so nobody should judge the
    plan by them: the flags tell them apart.
    """

    name = "s3_leaders"
    zh = "省级领导联县包乡抓村"
    clauses = ("S3.1",)
    reads = (
        "village.id", "village.county", "village.township", "village.deep", "village.site",
        "township.code", "township.county", "township.deep", "county.code", "county.deep",
        "county.sample",
    )  # fmt: skip
    writes = (
        "county.leaders", "township.linked_township", "village.linked_village", "county.capacity",
        "county.lag_cut", "village.work_hours", "village.detect_gain",
    )  # fmt: skip
    columns = (
        column("county", "leaders", "i1", "persons", "provincial leaders who answer for it",
               "联系省级领导人数", report="mean"),
        column("township", "linked_township", "u1", "flag", "a provincial leader answers for it",
               "省级领导包抓乡镇", report="share"),
        column("village", "linked_village", "u1", "flag", "a provincial leader answers for it",
               "省级领导帮扶村", report="share"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Share the leaders out once; then they act every month."""
        county, village = world.county, world.village
        if p.S3_1 == 0.0:
            county.leaders[:] = 0
            world.township.linked_township[:], village.linked_village[:] = 0, 0
            return
        if not county.leaders.any():
            self._share_out(world, p, chance)
        linked = p.S3_1 * np.minimum(county.leaders, 1)
        county["capacity"] += p.capacity * linked
        county["lag_cut"] += p.lag * linked
        village["work_hours"] += p.hours * p.S3_1 * village.linked_village
        village["detect_gain"] += p.detect * p.S3_1 * village.linked_village

    @staticmethod
    def _share_out(world: World, p: Any, chance: Any) -> None:
        county, township, village = world.county, world.township, world.village
        lot = draws(chance, county.code)
        deep = np.flatnonzero(county.deep)
        towns = np.bincount(township.county[township.deep == 1], minlength=len(county.code))
        deep = deep[np.lexsort((lot[0][deep], -towns[deep]))]
        if deep.size == 0:
            return
        np.add.at(county.leaders, deep[np.arange(int(p.leaders)) % deep.size], 1)
        for c in deep:
            places = int(county.leaders[c])
            here = np.flatnonzero((township.county == c) & (township.deep == 1))
            chosen = neediest(here, lot[0][c] * np.ones(here.size), township.code[here], places)
            township.linked_township[chosen] = 1
            rows = np.flatnonzero((village.county == c) & (village.deep == 1) & (village.site == 0))
            first = township.linked_township[village.township[rows]].astype(float)
            two = p.villages * places * county.sample[c]
            count = int(np.floor(two + lot[1][c]))
            village.linked_village[neediest(rows, first, village.id[rows], count)] = 1
