"""What the works of health and training have reached: shares of places, rates, prices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.indicators.observation import Indicator, Observation, Row
from sim.mechanism import Now
from sim.world.world import World

__all__ = ["Works"]


class Works(Observation):
    """Targets of actions 2 and 4 that are states of places: read once a year, in December."""

    name = "indicators_works"
    zh = "健康与培训建设指标"
    reason = "an observation"
    reads = (
        "village.clinic", "village.deep", "village.site", "village.county", "village.doctor",
        "township.gp", "township.telemedicine", "township.county", "county.specialties",
        "county.disciplines", "county.a02_training_cost_year", "county.code",
    )  # fmt: skip
    uses = (
        "a02_office.training_cost", "a04_insurance.uplift_registered", "a04_hospitals.gp_full",
    )  # fmt: skip
    months = (12,)
    indicators = (
        Indicator("clinic", "share", "deep-poverty villages with a standard clinic", "深度贫困村标准化卫生室覆盖率", "year"),
        Indicator("village_doctor", "share", "villages with a qualified doctor", "有合格村医的村比例", "year"),
        Indicator("general_practitioners", "share", "township centres with five general practitioners", "全科医生达5名的乡镇卫生院比例", "year"),
        Indicator("telemedicine", "share", "township centres with telemedicine", "开通远程医疗的乡镇卫生院比例", "year"),
        Indicator("specialties", "share", "counties with the key specialties of their hospital built", "重点专科建成的县比例", "year"),
        Indicator("weak_disciplines", "share", "counties with the weak disciplines of their hospital made up", "薄弱学科补齐的县比例", "year"),
        Indicator("training_ratio", "ratio", "training subsidy over the national standard", "培训补贴与国家标准之比", "year"),
        Indicator("reimbursement_rise", "share", "points added to the inpatient reimbursement of registered people", "建档立卡人口住院报销比例提高", "year"),
    )  # fmt: skip

    def rows(self, world: World, now: Now) -> Iterable[Row]:
        """Shares of each county's places, and of the scope's."""
        village, township, county = world.village, world.township, world.county
        real = village.site == 0
        done = 1.0 - 1e-6  # a share kept in single precision that has reached the whole
        places = (
            ("clinic", village.clinic, real & (village.deep == 1), village.county),
            ("village_doctor", village.doctor, real, village.county),
            ("general_practitioners", township.gp >= self.p.gp_full, township.gp >= 0, township.county),
            ("telemedicine", township.telemedicine, township.gp >= 0, township.county),
            ("specialties", county.specialties >= done, county.code > 0, np.arange(len(county.code))),
            ("weak_disciplines", county.disciplines >= done, county.code > 0, np.arange(len(county.code))),
        )  # fmt: skip
        codes = county.code.tolist()
        for name, state, counted, of in places:
            here = np.asarray(of)[counted]
            number = np.bincount(here, minlength=len(codes))
            reached = np.bincount(here, np.asarray(state, np.float64)[counted], len(codes))
            for code, whole, part in zip(codes, number.tolist(), reached.tolist(), strict=True):
                if whole:
                    yield code, now.year, 0, name, "", part / whole
            total = int(number.sum())
            yield 0, now.year, 0, name, "", float(reached.sum()) / total if total else 0.0
        cost = county.a02_training_cost_year[county.a02_training_cost_year > 0] / 100.0
        paid = float(cost.mean()) / self.p.training_cost if cost.size else 1.0
        yield 0, now.year, 0, "training_ratio", "", round(paid, 9)
        rise = self.p.uplift_registered * self._parameters.intensity("A4.3", now.month)
        yield 0, now.year, 0, "reimbursement_rise", "", float(rise)
