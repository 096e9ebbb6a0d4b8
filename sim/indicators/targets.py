"""Targets of the plan that are no sums: the dearest year of a patient, costs outside the lists."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.codes import Registered
from sim.world.world import World

__all__ = ["HealthTargets"]


class HealthTargets(Observation):
    """What registered people paid at most, and what they paid outside the insurance lists.

    Of all with a registration card, at the end of the year: the most that one person paid of
    compliant hospital costs since January (target B15: not above 3,000 yuan), and what they paid
    of costs outside the lists, a head (target B16: nothing).
    """

    name = "indicators_targets"
    zh = "健康扶贫目标"
    reason = "an observation"
    reads = (
        "person.alive", "person.household", "person.own_year", "person.other_year",
        "household.registered", "household.first_month",
    )  # fmt: skip
    months = (12,)
    indicators = (
        Indicator("oop_cap_max", "yuan/year", "most that a registered person paid of listed costs",
            "建档立卡人口合规费用个人自付最高额", "year"),
        Indicator("noncompliant", "yuan/person-year", "paid outside the lists, registered people",
            "建档立卡人口目录外自付费用", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """The year's maximum and mean, by county and for the scope."""
        most, paid, people = [0.0], [0.0], [0.0]
        codes = [0]
        state = world.household["registered"]
        # cover begins in January, so who is registered only in December does not count yet
        covered = world.household["first_month"] < now.year * 12
        covered &= (
            (state == Registered.POOR) | (state == Registered.EXITED)
            | (state == Registered.RELAPSED)
        )  # fmt: skip
        for county, code in enumerate(world.county["code"].tolist()):
            rows = world.county_rows(county, "person")
            one = {key: world[f"person.{key}"][rows] for key in ("own_year", "other_year")}
            homes = world.person["household"][rows]
            card = covered[homes] & (world.person["alive"][rows] != 0)
            compliant = (one["own_year"] - one["other_year"])[card]
            scale = 100.0 * world.county["sample"][county]
            codes.append(code)
            most.append(float(compliant.max(initial=0)) / 100.0)
            paid.append(float(one["other_year"][card].sum(dtype=np.int64)) / scale)
            people.append(float(card.sum()) / world.county["sample"][county])
        most[0], paid[0], people[0] = max(most), sum(paid), sum(people)
        for code, dearest, fees, heads in zip(codes, most, paid, people, strict=True):
            yield code, now.year, 0, "oop_cap_max", "", dearest
            yield code, now.year, 0, "noncompliant", "", fees / max(1.0, heads)
