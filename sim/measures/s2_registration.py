"""Safeguard 2, the register: precise identification and exit, and the comparison of records."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Registration"]


class Registration(Mechanism):
    """A more careful register, and departments that compare their records.

    S2.1 has incomes reckoned more carefully, more seen at each look, and poor households that
    were never registered looked for instead of waited for. S2.2 links the records of eleven
    departments one after another; what is linked shows who should not be on the register and
    whom a blow has struck.
    """

    name = "s2_registration"
    zh = "精准识别与部门数据比对"
    clauses = ("S2.1", "S2.2")
    writes = (
        "county.departments_linked", "county.error_cut", "county.match_gain",
        "village.detect_gain", "village.search_gain",
    )  # fmt: skip
    columns = (
        column("county", "departments_linked", "f4", "departments",
               "departments whose records are compared with the register", "参与数据比对部门数",
               report="mean"),
    )  # fmt: skip

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Push what the register sees better."""
        county, village = world.county, world.village
        step = p.departments / p.linking_months
        linked = county.departments_linked
        linked[:] = np.clip(p.S2_2 * p.departments, linked - step, linked + step)
        county["match_gain"] += p.match * linked / p.departments
        county["error_cut"] += p.error * p.S2_1
        village["detect_gain"] += p.detect * p.S2_1
        village["search_gain"] += p.search * p.S2_1
