"""A household of the Mesa version: one agent, its members inside, and what it does in a month."""

from __future__ import annotations

import math
from typing import Any

import mesa

from benchmarks.mesa_bill import admission, new_year
from benchmarks.mesa_draws import normal
from benchmarks.mesa_person import OUT, PROVINCE, WEAK, Person, grow_old, sicken
from benchmarks.mesa_work import work
from sim.registry.screening import EXIT, NEW, RELAPSE, REMOVE
from sim.world.codes import Cause, Registered, School

__all__ = ["STATE", "Household"]

SENIOR, COLLEGE = int(School.SENIOR), int(School.COLLEGE)
NO_SCHOOL, DROPPED_OUT = int(School.NONE), int(School.DROPPED_OUT)
NEVER, REMOVED = int(Registered.NEVER), int(Registered.REMOVED)
POOR, EXITED, RELAPSED = int(Registered.POOR), int(Registered.EXITED), int(Registered.RELAPSED)
ILLNESS, SCHOOLING = int(Cause.ILLNESS), int(Cause.SCHOOLING)
FUNERAL, MARRIAGE, NO_CAUSE = int(Cause.FUNERAL), int(Cause.MARRIAGE), int(Cause.NONE)
MOST = 2.0e9

STATE = (
    "place", "persons", "patients", "village", "residence", "id",
    "size", "labour", "dependants", "pupils", "ill", "disabled", "out_of_school",
    "uninsured", "away", "land", "cash", "coping", "dibao", "funeral", "wedding",
    "wage", "business", "property", "transfer", "aid", "medical", "schooling", "ceremony",
    "other_cost", "ring", "ring_all", "income12", "income12_all", "window_wage",
    "window_business", "window_property", "window_transfer", "registry_income",
    "medical_year", "forced_year", "blow", "blow_size", "owed_year", "registered", "cause",
    "first_month", "exit_month", "exit_margin", "registered_relapse_month", "visited",
    "seen_income", "seen_gap", "seen_shock", "eligible", "gap_education", "gap_medical",
    "gap_house", "gap_water",
)  # fmt: skip
"""What a household knows. `place` is its place in the month's lists of draws."""


class Household(mesa.Agent):
    """A household, its members inside."""

    __slots__ = STATE

    persons: list[Person]
    patients: list[Person]

    def recount(self, month: Any) -> None:
        """Count the members by kind, and add to the village's counts."""
        self.wage = self.business = self.property = self.transfer = self.aid = 0
        self.medical = self.schooling = self.ceremony = self.other_cost = 0
        youngest, oldest, weak_labour = month.youngest, month.oldest, month.people.weak_labour
        labour = 0.0
        workers = dependants = pupils = ill = disabled = out_of_school = uninsured = away = 0
        for person in self.persons:
            age, school = person.age, person.school
            if age >= youngest and person.skill >= WEAK:
                if age >= oldest:
                    dependants += 1
                if school == NO_SCHOOL or school == DROPPED_OUT:
                    workers += 1
                    labour += 1.0 if person.skill > WEAK else weak_labour
            else:
                dependants += 1
            if school:
                if SENIOR <= school <= COLLEGE:
                    pupils += 1
                elif school == DROPPED_OUT:
                    out_of_school += 1
            if person.chronic or person.serious:
                ill += 1
            if person.disability:
                disabled += 1
            if not person.insured:
                uninsured += 1
            if PROVINCE <= person.job <= OUT:
                away += 1
        size = len(self.persons)
        self.size, self.labour, self.dependants, self.pupils = size, labour, dependants, pupils
        self.ill, self.disabled, self.out_of_school = ill, disabled, out_of_school
        self.uninsured, self.away = uninsured, away
        village = self.village
        village.persons += size
        village.households += 1
        village.migrants += away
        village.workers += workers
        if self.registered == POOR or self.registered == RELAPSED:
            village.registered_poor += size

    def live(self, month: Any) -> None:
        """The month: illness, bills, work, income, and in autumn the screening."""
        self.fall_ill(month)
        if month.january:
            new_year(self, month)
        for person in self.patients:
            admission(person, self, month)
        work(self, month)
        self.book(month)
        if month.screening:
            self.screen(month)

    # --- illness -------------------------------------------------------------------------------

    def fall_ill(self, month: Any) -> None:
        """Who is ill, and who should be in hospital (`patients`)."""
        patients = self.patients
        if patients:
            for person in patients:
                person.admitted = person.bill = person.own = person.forgone = 0
            patients.clear()
        p, sickness, more = month.illness, month.sickness, month.illness_more
        admitted, chronic = sickness.seldom_admitted, sickness.seldom_chronic
        serious, disabled = sickness.seldom_serious, sickness.seldom_disabled
        january = month.january
        listed = self.registered != NEVER and self.registered != REMOVED
        draws = month.illness_draws[self.place]
        for person, (one, two, three, four) in zip(self.persons, draws, strict=True):
            if january:
                grow_old(person, four, p)
            if (
                one < admitted or two < chronic or person.sick_months
                or three < serious or four < disabled
            ):  # fmt: skip
                sicken(person, one, two, three, four, listed, more, month.index, sickness, p)
                if person.bill:
                    patients.append(person)
        if self.ill:
            self.medical += self.ill * sickness.medicine

    # --- income --------------------------------------------------------------------------------

    def strike(self, cause: int, size: float) -> None:
        """Note a cost or loss as the heaviest blow of late, if it is."""
        if self.blow == cause:
            self.blow_size = int(min(self.blow_size + size, MOST) + 0.5)
        elif size > self.blow_size:
            self.blow = cause
            self.blow_size = int(min(size, MOST) + 0.5)

    def book(self, month: Any) -> None:
        """Book the month's income and forced spending."""
        p, slot = month.window, month.calendar - 1
        wage, business = self.wage, self.business
        rent, transfer = self.property, self.transfer
        counted = wage + business + rent + transfer
        whole = counted + self.aid
        self.income12 += counted - self.ring[slot]
        self.income12_all += whole - self.ring_all[slot]
        self.ring[slot] = counted
        self.ring_all[slot] = whole
        if month.calendar == p.window_opens:
            self.window_wage, self.window_business = wage, business
            self.window_property, self.window_transfer = rent, transfer
        else:
            self.window_wage += wage
            self.window_business += business
            self.window_property += rent
            self.window_transfer += transfer
        if month.closes and self.size:
            total = self.window_wage + self.window_business
            total += self.window_property + self.window_transfer
            self.registry_income = total // self.size
        medical, schooling, ceremony = self.medical, self.schooling, self.ceremony
        forced = schooling + ceremony + self.other_cost
        if month.january:
            self.medical_year, self.forced_year = medical, forced
        else:
            self.medical_year += medical
            self.forced_year += forced
        self.blow_size = int(self.blow_size * month.keeps + 0.5)
        if medical > 0:
            self.strike(ILLNESS, p.cost_weight * medical)
        if schooling > 0:
            self.strike(SCHOOLING, p.cost_weight * schooling)
        if self.funeral:
            self.strike(FUNERAL, p.cost_weight * ceremony)
        elif self.wedding:
            self.strike(MARRIAGE, p.cost_weight * ceremony)
        if self.blow_size < month.least:
            self.blow = NO_CAUSE
            self.blow_size = 0

    # --- the register --------------------------------------------------------------------------

    def screen(self, month: Any) -> None:
        """Be screened, if this is the month of this half of the households."""
        if month.calendar == 10:
            self.eligible = 0
        if self.size == 0 or self.id & 1 != month.calendar - 10:
            return
        p = month.screen
        line = p.line * 100.0
        ((reached, fresh, gap_seen, decision),) = month.screen_draws[self.place]
        state = self.registered
        on_list = state == POOR or state == RELAPSED
        income = self.registry_income
        months = p.gap_months
        gap = (
            self.gap_education >= months or self.gap_medical >= months
            or self.gap_house >= months or self.gap_water >= months
        )  # fmt: skip
        if on_list:
            reach = p.reach_poor
        elif state == EXITED:
            reach = p.reach_exited
        else:
            reach = p.applies if income < line or gap else 0.0
        looked = reached < reach
        if looked:
            mean = p.error_mean_poor if on_list else p.error_mean_other
            steady = month.error_more(self.id, 0)[0]
            deviation = math.sqrt(p.error_lasting) * normal(steady)
            deviation += math.sqrt(1.0 - p.error_lasting) * normal(fresh)
            error = math.exp(mean + p.error_sd * p.error_share * deviation)
            self.seen_income = int(min(max(income * error, 0.0), MOST) + 0.5)
            self.seen_gap = int(gap and gap_seen < p.gap_seen)
            self.visited = month.index
        fails = self.seen_income < line or self.seen_gap
        if on_list:
            if (
                income >= p.wealth_income * line
                or self.cash >= p.wealth_cash * line * self.size
            ) and decision < p.match_wealth:  # fmt: skip
                self.eligible = REMOVE
            elif (
                self.seen_income >= p.exit_margin * line
                and not self.seen_gap and self.visited > 0
            ):  # fmt: skip
                self.eligible = EXIT
        elif state == EXITED:
            known = month.index - self.visited < p.memory
            if known and fails and decision < p.relapse_written:
                self.eligible = RELAPSE
        elif looked and fails and decision < p.identify:
            self.eligible = NEW
