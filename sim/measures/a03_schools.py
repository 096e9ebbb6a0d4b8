"""Action 3, education: schools of the compulsory years, their teachers, and aid to pupils.

What the measures do to a child they do through what `sim.shocks.schooling` reads: the hazard to
drop out, the chance to come back, the share of the costs that is paid.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["Schools"]

_START = 1  # draw index of the starting state
TERM_STARTS = (2, 9)
SEPTEMBER = 9


class Schools(Mechanism):
    """Pupils are kept in school, brought back and aided, and villages get and keep teachers.

    A3.1: at the start of a term a school fund pays a share of what registered households still
    owe for their pupils, more in deep-poverty villages. A county asks for what was owed at the
    last term start and a reserve; each village gets its part and pays until that is spent.
    A3.2: a county builds up the control of drop-out (lists, visits, teams that bring children
    back) over many months; it cuts the hazard and raises the return.
    A3.6: schools are paired with better ones elsewhere; by 2020 that takes a few more pupils on to
    senior school, and no more.
    A3.9 and A3.10: each September teachers leave and others are hired. Without the plan both
    keep a village's vacancy where it was. A3.9 fills a share of the vacancies that are left,
    deep-poverty villages first in line; A3.10 pays an allowance for which fewer leave. A
    vacancy below the village's old one cuts dropping out and takes more on to senior school.
    """

    name = "a03_schools"
    zh = "助学、控辍保学与乡村教师"
    clauses = ("A3.1", "A3.2", "A3.6", "A3.9", "A3.10")
    reads = ("village.id", "village.county", "village.site", "village.deep", "village.persons",
             "village.school_bill", "county.capacity")  # fmt: skip
    writes = (
        "village.school_fund", "village.teacher_vacancy", "village.vacancy_start",
        "village.teacher_turnover", "county.dropout_control", "county.school_pairing",
        "village.school_aid", "village.dropout_cut", "village.school_back", "village.senior_gain",
        "village.paid_teachers", "village.paid_teacher_allowance", "village.did_teachers_hired",
    )  # fmt: skip
    columns = (
        column("village", "teacher_vacancy", "f4", "share", "teachers' posts that are vacant",
               "教师缺编率", report="share"),
        column("village", "vacancy_start", "f4", "share",
               "the same before the plan", "方案前教师缺编率"),
        column("village", "teacher_turnover", "f4", "share/year",
               "teachers who leave in a year", "教师年流失率", report="share"),
        column("county", "dropout_control", "f4", "share",
               "control of drop-out that is built up", "控辍保学工作机制完善度", report="share"),
        column("county", "school_pairing", "f4", "share",
               "schools paired with better-off ones", "结对帮扶学校比例", report="share"),
        account("teachers", "teachers hired for villages", "乡村教师补充支出",
                family="sector", to="supplier", rank=3),
        account("teacher_allowance", "allowances of village teachers", "乡村教师补助支出",
                family="sector", to="supplier", rank=4),
        deed("teachers_hired", "teachers", "teachers hired by the plan's recruitment",
             "新补充乡村教师数"),
    )  # fmt: skip
    in_burn_in = True

    def begin(self, world: World, now: Now) -> None:
        """Vacancies before the plan, more of them in deep-poverty villages."""
        self.open_month(now)
        p, village = self.p, world.village
        mean = np.where(village.deep == 1, p.vacancy_deep, p.vacancy_other)
        u = draws(self.chance, village.id, _START)[0]
        village.vacancy_start[:] = mean * (0.5 + u)
        village.teacher_vacancy[:] = village.vacancy_start
        village.teacher_turnover[:] = p.turnover

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Aid at the start of a term, teachers in September, and what is pushed every month."""
        if now.burn_in:
            return
        village, county = world.village, world.county
        speed = np.maximum(0.2, 1.0 + county.capacity)
        _approach(county.dropout_control, p.A3_2, speed / p.control_months)
        _approach(county.school_pairing, p.A3_6 * p.pairing_reach, speed / p.pairing_months)
        self._aid(world, now, p)
        self._teachers(world, now, p, chance)
        of = village.county
        better = village.vacancy_start - village.teacher_vacancy
        control, paired = county.dropout_control[of], county.school_pairing[of]
        village["dropout_cut"] += p.control_cut * control + p.vacancy_cut * better
        village["school_back"] += p.control_back * control
        if now.calendar == SEPTEMBER:
            village["senior_gain"] += p.pairing_gain * paired + p.vacancy_gain * better

    def _aid(self, world: World, now: Now, p: Any) -> None:
        """Ask for the aid of a term; when it starts, share what there is among the villages."""
        village = world.village
        counties = len(world.county.code)
        rate = np.where(village.deep == 1, p.aid_deep, p.aid_other) * p.A3_1
        people = np.bincount(village.county, village.persons, counties)
        bill = np.bincount(village.county, village.school_bill, counties)
        # a village without pupils last term may have some now: half goes by its people
        usual = (bill / np.maximum(people, 1.0))[village.county] * village.persons
        wanted = rate * p.aid_reserve * 0.5 * (village.school_bill + usual)
        by_county = np.floor(np.bincount(village.county, wanted, counties)).astype(np.int64)
        world.ledger.ask("school_aid", by_county)
        if now.calendar not in TERM_STARTS:
            return
        given = world.ledger.draw("school_aid", by_county)
        share = given / np.maximum(by_county, 1)
        village.school_fund[:] = np.floor(wanted * share[village.county]).astype(np.int64)
        village["school_aid"] += rate

    def _teachers(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask for a year's pay; in September the coming and going of a year, by village."""
        village = world.village
        if p.A3_9 + p.A3_10 == 0.0 and (village.teacher_vacancy == village.vacancy_start).all():
            return
        posts = np.where(village.site == 0, village.persons * p.posts / 1000.0, 0.0)
        start = village.vacancy_start.astype(np.float64)
        vacant = village.teacher_vacancy.astype(np.float64)
        allowance = posts * (1.0 - vacant) * p.allowance * 1200.0 * p.A3_10
        effort = p.A3_9 * np.where(village.deep == 1, p.recruits_deep, p.recruits_other)
        if now.calendar != SEPTEMBER:
            _buy(world, "teacher_allowance", allowance, draw=False)
            _buy(world, "teachers", vacant * posts * effort * p.hiring_cost * 100.0, draw=False)
            return
        stayed = _buy(world, "teacher_allowance", allowance)
        leaving = p.turnover * (1.0 - p.allowance_keeps * p.A3_10 * stayed)
        village.teacher_turnover[:] = leaving
        vacant += leaving * (1.0 - vacant)
        # as many are hired without the plan as keep the old vacancy at the old turnover
        vacant *= start / np.maximum(start + p.turnover * (1.0 - start), 1e-9)
        hired = vacant * posts * effort
        filled = _buy(world, "teachers", hired * p.hiring_cost * 100.0)
        village.teacher_vacancy[:] = vacant * (1.0 - effort * filled)
        whole = np.floor(hired * filled + draws(chance, village.id)[0])
        village["did_teachers_hired"] += whole.astype(np.int64)


def _approach(state: np.ndarray, goal: float, pace: np.ndarray) -> None:
    """Come nearer to a goal by a share `pace` of what is missing."""
    state += (goal - state) * np.minimum(1.0, pace)


def _buy(world: World, programme: str, wanted: np.ndarray, draw: bool = True) -> np.ndarray:
    """Ask for what each village wants (fen), and (`draw`) pay what there is money for.

    All villages of a county get the same share, which is given back, by village.
    """
    of, counties = world.village.county, len(world.county.code)
    fen = np.floor(wanted).astype(np.int64)
    by_county = np.bincount(of, fen, counties).astype(np.int64)
    world.ledger.ask(programme, by_county)
    if not draw:
        return np.zeros(len(of))
    given = world.ledger.draw(programme, by_county)
    share = (given / np.maximum(by_county, 1))[of]
    paid: Any = world.village[f"paid_{programme}"]
    paid += np.floor(fen * share).astype(np.int64)
    return np.asarray(share)
