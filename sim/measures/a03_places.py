"""Action 3, education: places in vocational schools, and kindergartens in poor villages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["SchoolBuilding"]

_START = 1  # draw index of the starting state
SEPTEMBER = 9
BY_PLAN = 2
"""Code of `village.kindergarten`: built by the plan (1: it was there before, 0: none)."""


class SchoolBuilding(Mechanism):
    """Vocational schools are enlarged, and poor villages get kindergartens.

    A3.3 opens the door to vocational school for leavers of junior school from registered
    households: more of them want to go. How many can depends on the places: a few are free in
    the schools of before the plan, and A3.4 builds more, which without A3.3 stay empty.
    A3.7: a registered poor village with enough people and no kindergarten gets one, the most
    registered poor first, as money and builders allow. More children then enter, and part of
    the hold that children have on those who could work is lifted.
    """

    name = "a03_places"
    zh = "中职学位与贫困村幼儿园建设"
    clauses = ("A3.3", "A3.4", "A3.7")
    reads = ("village.id", "village.county", "village.site", "village.poor_village",
             "village.persons", "village.registered_poor", "county.capacity")  # fmt: skip
    writes = (
        "village.kindergarten", "county.vocational_seats", "village.vocational_gain",
        "village.preschool_gain", "village.carers_freed", "village.paid_vocational_schools",
        "village.paid_kindergartens", "village.did_kindergartens_built",
    )  # fmt: skip
    columns = (
        column("village", "kindergarten", "i1", "code",
               "kindergarten: 0 none, 1 from before the plan, 2 built since", "村幼儿园"),
        column("county", "vocational_seats", "f4", "share",
               "places added to vocational schools, of a year's intake before the plan",
               "新增中职学位占原招生比例", report="share"),
        account("vocational_schools", "vocational schools enlarged", "中职学校能力建设支出",
                family="sector", to="supplier", rank=5),
        account("kindergartens", "kindergartens built in villages", "村级幼儿园建设支出",
                family="sector", to="supplier", rank=4),
        deed("kindergartens_built", "kindergartens", "kindergartens built in poor villages",
             "新建村级幼儿园"),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """Which villages had a kindergarten; a settlement is built with one."""
        self.open_month(now)
        p, village = self.p, world.village
        chance = np.where(village.poor_village == 1, p.had_poor, p.had_other)
        had = draws(self.chance, village.id, _START)[0] < chance
        village.kindergarten[:] = (had | (village.site == 1)).astype(np.int8)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build what there is money for, and push what the places are good for."""
        if now.burn_in:
            return
        village, county = world.village, world.county
        if p.A3_4 > 0.0:
            self._vocational(world, p)
        if p.A3_7 > 0.0:
            self._kindergartens(world, p)
        if now.calendar == SEPTEMBER:
            free = p.spare_seats + county.vocational_seats
            village["vocational_gain"] += np.minimum(p.entry_gain * p.A3_3, free)[village.county]
            village["preschool_gain"] += p.enter_gain * (village.kindergarten == BY_PLAN)
        village["carers_freed"] += p.carers_freed * (village.kindergarten == BY_PLAN)

    def _vocational(self, world: World, p: Any) -> None:
        """Add places until those wanted are there; a place serves the three years of a course."""
        village, county = world.village, world.county
        counties = len(county.code)
        people = np.bincount(village.county, village.persons, counties)
        each = people * p.intake / 1000.0 * p.course_years * p.seat_cost * 100.0
        missing = np.maximum(0.0, p.seats_wanted * p.A3_4 - county.vocational_seats)
        world.ledger.ask("vocational_schools", np.floor(missing * each).astype(np.int64))
        pace = np.minimum(1.0, np.maximum(0.2, 1.0 + county.capacity) * p.seats_pace)
        wanted = np.floor(np.minimum(missing, pace) * each).astype(np.int64)
        given = world.ledger.draw("vocational_schools", wanted, works=True)
        county["vocational_seats"] += given / np.maximum(each, 1.0)
        first = world.starts["village"][:-1]
        village.paid_vocational_schools[first] += given

    def _kindergartens(self, world: World, p: Any) -> None:
        """The poor villages that lack one and have enough people, as far as the money goes."""
        village, county = world.village, world.county
        lacking = (village.kindergarten == 0) & (village.poor_village == 1) & (village.site == 0)
        lacking &= village.persons >= p.least_people
        rows = np.flatnonzero(lacking)
        of = village.county[rows]
        counties = len(county.code)
        fen = round(p.kindergarten_cost * 100.0)
        backlog = np.bincount(of, minlength=counties)
        wanted = np.ceil(backlog * p.A3_7)
        asked = np.floor(wanted * fen * p.asking).astype(np.int64)
        world.ledger.ask("kindergartens", asked)
        pace = np.minimum(1.0, np.maximum(0.2, 1.0 + county.capacity) * p.kindergarten_pace)
        now = np.ceil(wanted * pace).astype(np.int64)
        given = world.ledger.draw("kindergartens", now * fen, works=True)
        score = village.registered_poor[rows].astype(np.float64)
        cost = np.full(len(rows), fen, np.int64)
        chosen = rows[within_money(of, score, village.id[rows], cost, given)]
        village.kindergarten[chosen] = BY_PLAN
        village.paid_kindergartens[chosen] += fen
        village.did_kindergartens_built[chosen] += 1
