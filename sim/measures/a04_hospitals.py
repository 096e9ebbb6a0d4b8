"""Action 4, the health system itself: county hospitals, township centres, clinics, doctors.

What is built stays when a measure ends; what is lent (experts, telemedicine on the air, the
health database) lasts as long as it is kept up. The works go forward so that they are complete
at a planned date, all shifted by one `slip`, so that whether a target is met is not written in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws
from sim.mechanism import Mechanism, Now
from sim.world.columns import column
from sim.world.world import World

__all__ = ["HospitalBuilding"]

_START = 1  # draw index of the starting state


class HospitalBuilding(Mechanism):
    """Hospitals, township health centres, village clinics and the people who work in them.

    Clauses and what they move: A4.9 key specialties and A4.10 weak disciplines of the county
    hospital keep patients in the county; A4.14 seconded experts do so a little, more in the
    Tibetan counties; A4.15 telemedicine saves referrals where county and township are linked;
    A4.11 rebuilt township centres and the general practitioners of A4.13 treat more cases in the
    township; A4.12 gives deep-poverty villages a standard clinic, A4.13 every village a
    qualified doctor, which brings patients earlier; A4.16 links the health data, which the
    registry's visits may read. Costs go to the account health_works.
    """

    name = "a04_hospitals"
    zh = "县医院、乡镇卫生院与村卫生室建设"
    clauses = ("A4.9", "A4.10", "A4.11", "A4.12", "A4.13", "A4.14", "A4.15", "A4.16")
    reads = (
        "village.id", "village.county", "village.deep", "village.site", "township.code",
        "township.county", "county.code", "county.sample", "county.prefecture",
    )  # fmt: skip
    writes = (
        "village.clinic", "village.doctor", "village.paid_health_works", "township.centre",
        "township.gp", "township.telemedicine", "county.specialties", "county.disciplines",
        "county.experts", "county.link", "county.health_data", "county.referred",
        "county.township_care",
    )  # fmt: skip
    columns = (
        column("village", "doctor", "u1", "flag", "at least one qualified doctor", "合格村医"),
        column("village", "paid_health_works", "i8", "fen",
               "works and staff of the health system", "卫生能力建设支出", combine="sum"),
        column("township", "centre", "u1", "flag",
               "township health centre up to standard", "乡镇卫生院达标", report="share"),
        column("township", "gp", "i1", "persons",
               "general practitioners of the township centre", "全科医生数"),
        column("township", "telemedicine", "u1", "flag",
               "township centre linked to telemedicine", "乡镇远程医疗"),
        column("county", "specialties", "f4", "share",
               "key specialties of the county hospital completed", "重点专科建设进度"),
        column("county", "disciplines", "f4", "share",
               "weak disciplines of the county hospital made up", "薄弱学科建设进度"),
        column("county", "experts", "f4", "ratio",
               "seconded experts at work, full support being 1", "专家支援", report="mean"),
        column("county", "link", "f4", "share",
               "telemedicine of the county hospital", "县级远程医疗"),
        column("county", "referred", "f8", "share",
               "inpatients treated outside the county", "县外就诊率"),
        column("county", "township_care", "f8", "share",
               "inpatients treated in a township centre", "乡镇住院占比"),
    )  # fmt: skip

    def begin(self, world: World, now: Now) -> None:
        """The state before the plan, unless the population came with one."""
        self.open_month(now)
        p, village, township = self.p, world.village, world.township
        if not village.clinic.any():
            u = draws(self.chance, village.id, _START)[0]
            village.clinic[:] = u < np.where(village.deep == 1, p.clinic_deep, p.clinic_other)
        if not village.doctor.any():
            u = draws(self.chance, village.id, _START)[1]
            village.doctor[:] = u < np.where(village.deep == 1, p.doctor_deep, p.doctor_other)
        u = draws(self.chance, township.code, _START)
        if not township.centre.any():
            township.centre[:] = u[0] < p.centre_start
        if not township.gp.any():
            township.gp[:] = np.minimum(np.floor(u[1] * (2.0 * p.gp_start + 1.0)), p.gp_full)
        site = village.site == 1  # a new settlement is built with its clinic
        village.clinic[site] = 1
        village.doctor[site] = 1
        self._access(world, p)

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """One month of building, hiring and lending, in all counties."""
        county = world.county
        before = county.specialties.copy(), county.disciplines.copy()
        _towards(county.specialties, p.A4_9 * _pace(now, p.specialties_months, p))
        _towards(county.disciplines, p.A4_10 * _pace(now, p.disciplines_months, p))
        _towards(county.link, p.A4_15 * _pace(now, p.telemedicine_months, p))
        tibetan = county.prefecture == p.tibetan_prefecture
        lent = p.A4_14 * np.where(tibetan, p.experts_tibetan, 1.0)
        county["experts"] += (lent - county.experts) / p.experts_ramp
        county["health_data"] += (p.A4_16 * p.data_reach - county.health_data) / p.data_ramp
        cost = p.cost_specialties * (county.specialties - before[0])
        cost += p.cost_disciplines * (county.disciplines - before[1])
        self._pay(world, cost)
        self._townships(world, now, p, chance)
        self._villages(world, now, p, chance)
        self._access(world, p)

    def _townships(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Rebuild centres, hire general practitioners, link telemedicine."""
        township = world.township
        u = draws(chance, township.code)
        rebuilt = (township.centre == 0) & (u[0] < p.A4_11 * _pace(now, p.centres_months, p))
        township.centre[rebuilt] = 1
        missing = np.maximum(p.gp_full - township.gp, 0)
        wanted = missing * p.A4_13 * _pace(now, p.gp_months, p)
        hired = np.floor(wanted) + (u[1] < wanted - np.floor(wanted))
        township["gp"] += hired.astype(np.int8)
        linked = (township.telemedicine == 0) & (
            u[2] < p.A4_15 * _pace(now, p.telemedicine_months, p)
        )
        township.telemedicine[linked] = 1
        cost = p.cost_centre * rebuilt + p.cost_gp * hired + p.cost_telemedicine * linked
        self._pay(world, np.bincount(township.county, cost, len(world.county.code)))

    def _villages(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Standard clinics (A4.12 in deep villages, elsewhere as ever) and qualified doctors."""
        village = world.village
        u = draws(chance, village.id)
        slow = 1.0 - (1.0 - p.clinic_ordinary) ** (1.0 / 12.0)
        pace = np.where(village.deep == 1, p.A4_12 * _pace(now, p.clinics_months, p), 0.0)
        built = (village.clinic == 0) & (u[0] < np.maximum(slow, pace))
        village.clinic[built] = 1
        hired = (village.doctor == 0) & (u[1] < p.A4_13 * _pace(now, p.doctors_months, p))
        village.doctor[hired] = 1
        cost = p.cost_clinic * built + p.cost_doctor * hired
        village["paid_health_works"] += np.floor(cost * 100.0).astype(np.int64)

    def _access(self, world: World, p: Any) -> None:
        """Where the inpatients of each county are treated."""
        county, township = world.county, world.township
        counties = len(county.code)
        of = np.maximum(np.bincount(township.county, minlength=counties), 1)

        def mean(column: np.ndarray) -> np.ndarray:
            return np.bincount(township.county, column, counties) / of

        linked = np.minimum(county.link, mean(township.telemedicine))
        county.referred[:] = (
            p.referred_start
            * (1.0 - p.gain_specialties * county.specialties)
            * (1.0 - p.gain_disciplines * county.disciplines)
            * (1.0 - p.gain_experts * county.experts)
            * (1.0 - p.gain_telemedicine * linked)
        )
        gained = p.gain_centre * (mean(township.centre) - p.centre_start)
        gained += p.gain_gp * (mean(township.gp) - p.gp_start) / p.gp_full
        county.township_care[:] = np.clip(p.township_start + gained, 0.0, 0.9)

    @staticmethod
    def _pay(world: World, yuan: np.ndarray) -> None:
        """Book what a county spends (its sampled share of it) with its first village."""
        first = world.starts["village"][:-1]
        fen = np.floor(yuan * world.county.sample * 100.0).astype(np.int64)
        world.village.paid_health_works[first] += fen


def _pace(now: Now, months: float, p: Any) -> float:
    """Share of what is still missing that is done this month to be complete in time."""
    due = PLAN_START + months - 1 + p.slip
    return 1.0 / max(1.0, due - now.month + 1)


def _towards(progress: np.ndarray, pace: float) -> None:
    """Do a share `pace` of what is still missing."""
    progress += (1.0 - progress) * pace
