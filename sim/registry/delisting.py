"""Delisting of counties by the national rules, which are not the plan's.

Every December, after the yearly round, a county that is ready asks to be taken off the list. A
third party looks at a sample of households and reckons three rates and asks for approval; the
county is delisted if all four conditions hold.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import column
from sim.world.world import World

__all__ = ["Delisting"]

_CHECK = 1


class Delisting(Mechanism):
    """Counties leave the list of poverty counties when a third party finds the rules met.

    Combined headcount: registered poor, poor that were missed, and wrong exits, over the rural
    population, at most 3 per cent; missed at most 2 per cent of those never registered; wrong
    exits at most 2 per cent of those who exited; approval at least 90 per cent. The third party
    sees only a part of what is wrong (income can not be seen) and looks at a sample, so its rates
    have an error. Approval is not modelled from opinions: it falls from a ceiling with the rates
    of error that neighbours see (an assumption).

    A county may ask only from the year in which the province lets its class ask, the 23
    deep-poverty counties last. Delisting changes nothing else in the model.
    """

    name = "delisting"
    zh = "贫困县退出（国家退出标准）"
    reason = "the national rules of county exit, kept apart from the plan's own targets (T5, T6)"
    reads = (
        "household.alive", "household.size", "household.registered", "household.poor",
        "county.deep", "county.code", "county.sample",
    )  # fmt: skip
    writes = (
        "county.delisted", "county.delisted_year", "county.combined_headcount",
        "county.missed_rate", "county.wrong_exit_rate", "county.approval",
    )  # fmt: skip
    columns = (
        column("county", "delisted", "u1", "flag",
               "taken off the list of poverty counties by the national rules",
               "已摘帽（国家退出标准）", report="share"),
        column("county", "delisted_year", "i2", "year", "year of delisting, 0 not yet", "摘帽年份"),
        column("county", "combined_headcount", "f4", "share",
               "registered, missed and wrongly exited over the rural population, as checked",
               "综合贫困发生率（第三方评估）", report="mean"),
        column("county", "missed_rate", "f4", "share",
               "missed poor among the never registered, as checked", "漏评率（第三方评估）",
               report="mean"),
        column("county", "wrong_exit_rate", "f4", "share",
               "wrong exits among those who exited, as checked", "错退率（第三方评估）",
               report="mean"),
        column("county", "approval", "f4", "share",
               "approval of the people, a function of the errors they see (assumption)",
               "群众认可度（假设）", report="mean"),
    )  # fmt: skip
    months = (12,)
    in_burn_in = False

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """One county's third-party check of the year, and what follows from it."""
        rows = world.county_rows(county, "household")
        home = {name: world.household[name][rows] for name in ("alive", "registered", "poor")}
        size = np.where(home["alive"] == 1, world.household["size"][rows], 0).astype(np.float64)
        state, poor = home["registered"], home["poor"] == 1
        on_list = (state == Registered.POOR) | (state == Registered.RELAPSED)
        exited = state == Registered.EXITED
        outside = ~on_list & ~exited
        people = max(1.0, float(size.sum()))
        check = draws(chance, world.county.code[county : county + 1].astype(np.uint64), _CHECK)
        luck = [NormalDist().inv_cdf(float(u)) for u in check[:2, 0]]

        def rate(of: np.ndarray, noise: float) -> float:
            whole = float(size[of].sum())
            true = p.check_sees * float(size[of & poor].sum()) / whole if whole else 0.0
            error = np.sqrt(true * (1.0 - true) / p.check_sample)
            return float(np.clip(true + error * noise, 0.0, 1.0))

        missed, wrong = rate(outside, luck[0]), rate(exited, luck[1])
        listed = float(size[on_list].sum())
        combined = listed + missed * float(size[outside].sum()) + wrong * float(size[exited].sum())
        combined /= people
        approval = p.approval_most - p.approval_falls * (missed + wrong)
        place = world.county
        place.missed_rate[county], place.wrong_exit_rate[county] = missed, wrong
        place.combined_headcount[county], place.approval[county] = combined, approval
        may = now.year >= (p.first_deep if place.deep[county] else p.first_other)
        met = combined <= p.headcount_most and missed <= p.missed_most
        met = met and wrong <= p.wrong_most and approval >= p.approval_least
        if may and met and not place.delisted[county]:
            place.delisted[county], place.delisted_year[county] = 1, now.year
