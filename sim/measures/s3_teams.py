"""Safeguard 3, who is sent to the villages: resident teams, helpers, first secretaries.

S5.3 (first secretaries) and S5.5 (care for those in the front line) stand here too: they send the
same kind of people, and keep the same effort up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Teams"]


class Teams(Mechanism):
    """Resident teams, helpers and first secretaries bring hours to the villages.

    S3.3 puts a resident team into every registered poor village and finds, month by month, a
    helper for every registered household anywhere. S5.3 sends a first secretary from a county
    office. S3.2 adds staff and sends the strongest to the poorest villages of a county instead of
    by chance. Effort slackens where nobody manages the teams (S3.5) and where nobody cares for
    people at the limit of their strength (S5.5). S3.4: a seconded deputy secretary brings the
    teams of a county together. Hours become visits in the cadres' budget of time (s7_hours);
    helpers explain what is offered, and a secretary from outside is nobody's cousin.
    """

    name = "s3_teams"
    zh = "驻村工作队、帮扶责任人与第一书记"
    clauses = ("S3.2", "S3.3", "S3.4", "S3.5", "S5.3", "S5.5")
    reads = ("village.county", "village.headcount_start", "village.id", "village.poor_village")
    writes = (
        "village.poverty_place", "village.team_effort", "village.team_quality",
        "village.helper_coverage", "village.secretary", "village.work_hours", "village.takeup",
        "village.detect_gain", "village.capture_cut", "county.capacity", "county.teams_led",
    )  # fmt: skip
    columns = (
        column("village", "poverty_place", "f4", "ratio",
               "place among the county's villages by starting incidence, from -1 to 1 the poorest",
               "村贫困位次"),
        column("village", "team_effort", "f4", "share", "effort of those who were sent",
               "帮扶干部投入程度", start=1.0, report="mean"),
        column("village", "team_quality", "f4", "ratio", "quality of those who were sent",
               "帮扶力量强弱", start=1.0, report="mean"),
        column("village", "helper_coverage", "f4", "share",
               "registered households with a responsible helper", "帮扶责任人覆盖率",
               report="mean"),
        column("village", "secretary", "u1", "flag", "first secretary from a county office",
               "派驻第一书记", report="share"),
        column("county", "teams_led", "u1", "flag",
               "a seconded deputy secretary heads the teams", "挂职副书记任总队长",
               report="share"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """Rank the villages of each county by their starting incidence."""
        village = world.village
        order = np.lexsort((village.id, village.headcount_start, village.county))
        count = np.bincount(village.county, minlength=len(world.county.code))
        first = np.cumsum(count) - count
        of = village.county[order]
        within = np.arange(order.size) - first[of]
        village.poverty_place[order] = 2.0 * (within + 0.5) / count[of] - 1.0

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Hours, take-up, a closer look, less capture."""
        village = world.village
        sent = (village.poor_village == 1).astype(np.float32)
        slack = p.slack * (1.0 - p.S3_5) + p.burnout * (1.0 - p.S5_5)
        target = 1.0 - slack if max(p.S3_2, p.S3_3, p.S5_3) > 0.0 else 1.0
        effort, quality = village.team_effort, village.team_quality
        helpers = village.helper_coverage
        effort += (target - effort) / np.float32(p.effort_months)
        quality[:] = 1.0 + p.S3_2 * p.sorting * village.poverty_place
        step = 1.0 / p.helper_months
        helpers[:] = np.clip(p.S3_3, helpers - step, helpers + step)
        village.secretary[:] = sent if p.S5_3 > 0.0 else 0
        world.county.teams_led[:] = 1 if p.S3_4 > 0.0 else 0
        hours = p.hours_team * p.S3_3 + p.hours_more * p.S3_2 + p.hours_secretary * p.S5_3
        village["work_hours"] += effort * quality * (hours * sent + p.hours_helper * helpers)
        village["takeup"] += p.takeup_helper * helpers * effort
        village["takeup"] += p.takeup_secretary * p.S5_3 * sent
        village["detect_gain"] += p.detect_secretary * p.S5_3 * sent
        village["capture_cut"] += p.capture_secretary * p.S5_3 * sent
        world.county["capacity"] += p.capacity_deputy * p.S3_4
