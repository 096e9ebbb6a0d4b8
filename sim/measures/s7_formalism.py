"""Safeguard 7, against formalism: inspection that sees better, and the hours that paper takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["CadreHours", "Oversight"]


class Oversight(Mechanism):
    """Inspection tours and outside supervisors make the register and the accounts more honest.

    S7.1, the strictest assessment: fewer errors, fewer exits on paper, less leakage; what it costs
    the cadres in hours stands in `CadreHours`. S7.2: people's congress, consultative conference
    and the democratic parties look as well, at money and exits.
    """

    name = "s7_oversight"
    zh = "督查考核与民主监督"
    clauses = ("S7.1", "S7.2")
    writes = ("county.error_cut", "county.strict", "county.leak_cut")

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Push the three."""
        county = world.county
        county["error_cut"] += p.error_tours * p.S7_1
        county["strict"] += p.strict_tours * p.S7_1 + p.strict_outside * p.S7_2
        county["leak_cut"] += p.leak_tours * p.S7_1 + p.leak_outside * p.S7_2


class CadreHours(Mechanism):
    """A village's budget of cadre hours: what forms, inspections and delivery leave for visits.

    Hours of a month = those of the village's own cadres and helpers before the plan, and what
    measures send (`village.work_hours`). Of these go away: forms and meetings, which S7.3 cuts;
    receiving inspections, of which S7.1 makes more and S7.3 fewer; and delivering what is due,
    which takes longer where the county is less able to carry it through (`county.capacity`). The
    rest is for visits. Without the plan nothing is added and nothing taken. It stands after all
    that push hours and capacity in the part on who governs.
    """

    name = "s7_hours"
    zh = "基层干部工时"
    clauses = ("S7.1", "S7.3")
    reads = ("village.work_hours", "village.county", "county.capacity")
    writes = ("village.visit_hours", "village.forms_share", "village.inspected_hours")
    columns = (
        column("village", "forms_share", "f4", "share",
               "of cadre hours spent on forms and meetings", "填表开会占工时比例", report="mean"),
        column("village", "inspected_hours", "f4", "hours/month",
               "cadre hours spent on being inspected", "迎检工时", report="mean"),
    )  # fmt: skip
    uses = ("visits.hours_village",)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Hours for visits, added or taken away."""
        village = world.village
        forms = p.forms * (1.0 - p.forms_cut * p.S7_3)
        inspected = (p.inspected + p.tours * p.S7_1) * (1.0 - p.checks_cut * p.S7_3)
        capacity = np.maximum(p.capacity_least, 1.0 + world.county.capacity.astype(np.float64))
        delivery = (p.delivery / capacity)[village.county]
        sent = village.work_hours
        village["visit_hours"] += (
            sent + (p.forms - forms) + (p.inspected - inspected) + (p.delivery - delivery)
        )
        whole = p.hours_village + p.forms + p.inspected + p.delivery + sent
        village.forms_share[:] = forms / whole
        village.inspected_hours[:] = inspected
