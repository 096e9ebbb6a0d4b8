"""Social protection: how long minimum living lets people wait, whom it leaves out, who is cared
for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.codes import Cause, Registered, School
from sim.world.world import World

__all__ = ["Protection"]

_CARD = (Registered.POOR, Registered.EXITED, Registered.RELAPSED)
_DEEDS = ("dibao_waited", "dibao_hit", "subsidies_paid", "subsidies_due")
_HOME = (
    "alive", "size", "registered", "dibao", "dibao_pay", "income12", "exit_month", "equity",
    "disabled", "blow", "care", "severe_grown", "gap_education", "uncounted",
)  # fmt: skip
_HALF = 0.5
_YUAN = 100.0


class Protection(Observation):
    """What minimum living and the support of the disabled reach, of those they are meant for.

    All are ratios over the whole year or of December: the months from a heavy blow to the first
    payment of minimum living; the share of households truly below its standard, without what it
    pays, that are not in it; the share of the year's exits that rest on it by more than half;
    income of households struck by a disaster; and of people with a registration card who are
    disabled: subsidies paid, insurance, own payments for care, school, care by others.
    """

    name = "indicators_protection"
    zh = "社会保障兜底"
    reason = "an observation"
    reads = (
        "person.alive", "person.household", "person.insured", "person.disability",
        "person.own_year", "person.school", "person.age", "household.village",
        *(f"household.{key}" for key in _HOME), "county.dibao_ratio", "county.sample",
        *(f"village.did_{deed}" for deed in _DEEDS),
    )  # fmt: skip
    uses = (
        "calendar.line", "a08_dibao.review_month", "a08_disabled.severe_grade",
        "schooling.primary_age",
        "schooling.senior_age",
    )  # fmt: skip
    indicators = (
        Indicator("dibao_lag", "months", "from a heavy blow to the first minimum-living payment",
            "变故到首次领取低保的月数", "year"),
        Indicator("dibao_exclusion", "share",
            "households truly below the minimum-living standard that are not in it",
            "低保漏保率", "year"),
        Indicator("exits_on_dibao", "share",
            "households that left the register with more than half of their income from dibao",
            "低保占收入过半的脱贫户比例", "year"),
        Indicator("income_struck", "yuan/person-year",
            "countable income of households whose heaviest blow is a disaster",
            "因灾受损户人均收入", "year"),
        Indicator("subsidy_reach", "share", "subsidies paid over those due to the disabled",
            "残疾人两项补贴发放率", "year"),
        Indicator("uninsured_disabled", "share", "disabled people with a card without insurance",
            "建档立卡残疾人未参保率", "year"),
        Indicator("oop_severely_disabled", "yuan/person-year",
            "own payments for hospital care of severely disabled people with a card",
            "建档立卡重度残疾人住院自付", "year"),
        Indicator("care_reach", "share",
            "households on the register with a severely disabled adult, with care from outside",
            "重度残疾人照护覆盖率", "year"),
        Indicator("disabled_in_school", "share",
            "disabled children of compulsory age with a card who are in school",
            "建档立卡残疾儿童在校率", "year"),
        Indicator("disabled_with_equity", "share",
            "households on the register with a disabled member that hold equity",
            "残疾人贫困户持股比例", "year"),
        Indicator("income_disabled", "yuan/person-year",
            "countable income of households with a card and a disabled member",
            "建档立卡残疾人户人均收入", "year"),
        Indicator("education_gap_disabled", "share",
            "households with a card and a disabled member that lack the education guarantee",
            "残疾人户义务教育缺口", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Sums of the year's deeds; in December all ratios, by county and for the scope."""
        codes = world.county.code.tolist()
        if now.calendar == 1 or "year" not in self.memory:
            self.memory = {"year": float(now.year)}
        starts = world.starts["village"][:-1]
        for deed in _DEEDS:
            done = np.add.reduceat(world.village[f"did_{deed}"], starts)
            for code, value in zip(codes, done.tolist(), strict=True):
                self.memory[deed, code] = self.memory.get((deed, code), 0.0) + value
        if now.calendar != 12:
            return
        names = [one.name for one in self.indicators]
        whole = np.zeros((len(names), 2))
        homes, people = self._homes(world, now), self._people(world)
        for county, code in enumerate(codes):
            deeds = {deed: self.memory[deed, code] for deed in _DEEDS}
            found = {
                "dibao_lag": (deeds["dibao_waited"], deeds["dibao_hit"]),
                "subsidy_reach": (deeds["subsidies_paid"], deeds["subsidies_due"]),
                **{name: (part[county], of[county]) for name, (part, of) in homes.items()},
                **{name: (part[county], of[county]) for name, (part, of) in people.items()},
            }
            for k, name in enumerate(names):
                above, below = found[name]
                whole[k] += np.array([above, below]) / world.county.sample[county]
                if below:
                    yield code, now.year, 0, name, "", above / below
        for name, (above, below) in zip(names, whole.tolist(), strict=True):
            if below:
                yield 0, now.year, 0, name, "", above / below

    def _homes(self, world: World, now: Now) -> dict[str, tuple[list[float], list[float]]]:
        """Numerator and denominator by county of the indicators of households."""
        home = {key: world.household[key] for key in _HOME}
        size = home["size"].astype(np.int64)
        lives = (home["alive"] == 1) & (size > 0)
        state = home["registered"]
        listed = lives & ((state == Registered.POOR) | (state == Registered.RELAPSED))
        paid = home["dibao_pay"].astype(np.int64) * 12 * (home["dibao"] == 1)
        income = home["income12"].astype(np.int64)
        of_county = world.village.county[world.household.village]
        standard = world.county.dibao_ratio.astype(np.float64) * float(self.p.line) * _YUAN
        spared = home["uncounted"] * (12.0 / (int(12 - self.p.review_month - 1) % 12 + 1))
        eligible = lives & (income - paid - spared < standard[of_county] * size)
        gone = lives & (home["exit_month"] == now.month) & (state == Registered.EXITED)
        struck = lives & (home["blow"] == Cause.DISASTER)
        disabled = listed & (home["disabled"] > 0)
        with_card = lives & np.isin(state, _CARD) & (home["disabled"] > 0)
        grown = listed & (home["severe_grown"] > 0)

        counties = len(world.county.code)

        def share(of: np.ndarray, which: np.ndarray) -> tuple[list[float], list[float]]:
            both = _sums(of_county[of & which], None, counties)
            return both, _sums(of_county[of], None, counties)

        def a_head(of: np.ndarray) -> tuple[list[float], list[float]]:
            fen = _sums(of_county[of], income[of], counties)
            return [one / _YUAN for one in fen], _sums(of_county[of], size[of], counties)

        return {
            "dibao_exclusion": share(eligible, home["dibao"] == 0),
            "exits_on_dibao": share(gone, paid > _HALF * income),
            "income_struck": a_head(struck),
            "income_disabled": a_head(with_card),
            "care_reach": share(grown, home["care"] > 0),
            "disabled_with_equity": share(disabled, home["equity"] > 0),
            "education_gap_disabled": share(with_card, home["gap_education"] > 0),
        }

    def _people(self, world: World) -> dict[str, tuple[list[float], list[float]]]:
        """The same of the indicators of disabled persons."""
        found = np.flatnonzero((world.person.disability > 0) & (world.person.alive == 1))
        person = {
            key: world.person[key][found]
            for key in ("disability", "household", "insured", "own_year", "age", "school")
        }
        of_county = world.village.county[world.household.village[person["household"]]]
        card = np.isin(world.household.registered[person["household"]], _CARD)
        severe = card & (person["disability"] <= self.p.severe_grade)
        pupils = card & (person["age"] >= 12 * self.p.primary_age)
        pupils &= person["age"] < 12 * self.p.senior_age
        learns = (person["school"] == School.PRIMARY) | (person["school"] == School.JUNIOR)
        counties = len(world.county.code)

        def number(which: np.ndarray, amount: np.ndarray | None = None) -> list[float]:
            return _sums(of_county[which], None if amount is None else amount[which], counties)

        own = [fen / _YUAN for fen in number(severe, person["own_year"])]
        return {
            "uninsured_disabled": (number(card & (person["insured"] == 0)), number(card)),
            "oop_severely_disabled": (own, number(severe)),
            "disabled_in_school": (number(pupils & learns), number(pupils)),
        }


def _sums(county: np.ndarray, amount: np.ndarray | None, counties: int) -> list[float]:
    """Rows, or a whole amount of theirs, by county: exact, as all are whole numbers."""
    found = np.bincount(county, amount, counties)
    return [float(one) for one in found.tolist()]
