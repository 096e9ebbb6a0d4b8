"""Work of the Mesa version: jobs lost and found, migration, and what comes home."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.mesa_draws import normal
from benchmarks.mesa_person import ORDINARY, OUT, PROVINCE, SKILLED, WEAK, Person
from sim.livelihoods.coping import Coping
from sim.world.codes import Cause, Job, School

__all__ = ["work"]

NO_JOB, FARM, LOCAL = int(Job.NONE), int(Job.FARM), int(Job.LOCAL)
BUSINESS = int(Job.BUSINESS)
PRIMARY, COLLEGE = int(School.PRIMARY), int(School.COLLEGE)
JOB_LOSS, MIGRATE = int(Cause.JOB_LOSS), int(Coping.MIGRATE)
TERMS, ABLE = 1 << 16, 2 << 16
IDLE = 1000


def _take(person: Person, job: int) -> None:
    person.job = job
    person.job_months = person.wage = 0


def _leave(person: Person, job: int, months: int) -> None:
    person.job = job
    person.job_months = months
    person.wage = 0


def work(home: Any, month: Any) -> None:
    """One month of a household's members who could work."""
    everybody, january, needs = month.everybody, month.january, home.coping & MIGRATE
    gate, gate_placed, gate_need = month.think, month.think_placed, month.think_need
    limit = month.work.search_limit + 1
    nearby = None
    for person, draws in zip(home.persons, month.work_draws[home.place], strict=True):
        if january:
            person.months_worked = 0
        count = person.job_months = person.job_months + 1
        job = person.job
        # most people need nothing
        if job == FARM:
            u = draws[0]
            ready = u < gate or (needs and u < gate_need) or (person.organised and u < gate_placed)
            if ready or everybody:
                _farmer(person, home, draws, ready, month)
        elif job == PROVINCE or job == OUT:
            _migrant(person, home, draws, month)
        elif job == LOCAL:
            if nearby is None:
                nearby = []
            nearby.append((person, draws))
        elif job > LOCAL:  # its own measure pays and ends it
            person.months_worked += 1
        elif count <= limit or everybody:
            _seeker(person, home, draws, month)
    if nearby:  # after the migrants, so that blows fall in the same order
        for person, draws in nearby:
            _worker(person, home, draws, month)


def _able(person: Person, month: Any) -> bool:
    return (
        person.skill >= WEAK
        and month.youngest_worker <= person.age < month.oldest_worker
        and not PRIMARY <= person.school <= COLLEGE
    )


def _farmer(
    person: Person, home: Any, draws: tuple[float, ...], ready: bool, month: Any
) -> None:  # fmt: skip
    if not _able(person, month):
        _leave(person, NO_JOB, IDLE)
    elif ready and person.age < month.oldest_paid and not (person.serious or person.training):
        p = month.work
        odds = math.exp(_pull(person, home, True, month) + p.go)
        if draws[1] * (1.0 + odds) < odds * p.migrants_able:
            _take(person, OUT if draws[2] < p.out_share else PROVINCE)
        elif draws[2] < p.local_entry * home.village.county.wage_level:
            _take(person, LOCAL)
        elif draws[2] > 1.0 - p.business_entry:
            _take(person, BUSINESS)


def _migrant(person: Person, home: Any, draws: tuple[float, ...], month: Any) -> None:
    if person.skill < WEAK:
        _leave(person, NO_JOB, IDLE)
        return
    if person.age >= month.oldest_paid or person.serious:
        _leave(person, FARM, 0)
        return
    p, u = month.work, draws[0]
    if u < p.job_loss and not (
        person.organised and u >= p.job_loss * (1.0 - p.organised_keeps * p.A2_4)
    ):
        home.strike(JOB_LOSS, person.wage * month.lost_away)
        _leave(person, NO_JOB, 0)
        return
    if person.wage == 0 or person.job_months % 12 == 0:
        person.wage = _wage(person, home, month)
    got = person.wage * p.counted_share
    works = draws[3] < month.season
    if month.shut:  # who gets back to work first is a lasting trait of the person
        can = p.migrants_able
        if person.organised:
            can += (1.0 - can) * p.organised_return * p.A2_4
        if month.work_more(person.id, ABLE)[0] >= can:
            works = False
            home.strike(JOB_LOSS, got * month.season)
    if works:
        home.wage += int(got + 0.5)
        person.months_worked += 1
    if u > 1.0 - month.think:
        odds = math.exp(_pull(person, home, False, month) + p.stay)
        if draws[1] * (1.0 + odds) >= odds:
            _leave(person, FARM, 0)


def _worker(person: Person, home: Any, draws: tuple[float, ...], month: Any) -> None:
    if not _able(person, month):
        _leave(person, NO_JOB, IDLE)
        return
    p, u = month.work, draws[0]
    if person.age >= month.oldest_paid or person.serious or u > 1.0 - month.think * p.local_quit:
        _leave(person, FARM, 0)
    elif u < month.loss_local:
        home.strike(JOB_LOSS, person.wage * month.lost_local)
        _leave(person, NO_JOB, 0)
    else:
        if person.wage == 0 or person.job_months % 12 == 0:
            person.wage = _wage(person, home, month)
        if draws[3] < month.season_local:
            home.wage += int(person.wage * p.local_counted + 0.5)
            person.months_worked += 1


def _seeker(person: Person, home: Any, draws: tuple[float, ...], month: Any) -> None:
    if not _able(person, month):
        return
    p = month.work
    if person.job_months > p.search_limit:
        _leave(person, FARM, 0)
    elif person.age < month.oldest_paid and not (person.serious or person.training):
        village = home.village
        peers = village.migrants / max(1, village.workers)
        find = p.find * (1.0 + p.find_peers * min(1.0, peers / p.usual_peers))
        if person.certificate:
            find *= 1.0 + p.find_placed * p.A2_3
        if person.organised:
            find *= 1.0 + p.find_organised * p.A2_4
        if draws[0] < find * p.migrants_able:
            if draws[1] < p.search_local * village.county.wage_level:
                _take(person, LOCAL)
            else:
                _take(person, OUT if draws[2] < p.out_share else PROVINCE)


def _pull(person: Person, home: Any, at_home: bool, month: Any) -> float:
    """Log-odds of being away rather than at home, without the constant of the decision."""
    p, village = month.work, home.village
    hands = home.labour - home.away
    mu = max(0.0, home.land) / max(1.0, hands)
    here = max(p.home_income, mu * p.crop_income[village.terrain - 1] * p.farm_index)
    away = month.earned * person.earnings * p.education_wage[person.education]
    peers = village.migrants / max(1, village.workers)
    x = p.pull_income * math.log(away / here)
    x += 0.5 * p.pull_peers * (peers - p.usual_peers)
    x += p.pull_education[person.education]
    x -= p.hold_age * max(0.0, person.age / 12.0 - p.prime_age)
    if person.female:
        x -= p.hold_woman
    if person.skill == SKILLED:
        x += p.pull_skilled
    elif person.skill < ORDINARY:
        x -= p.hold_weak
    if person.certificate:
        x += p.pull_certificate
    if person.organised:
        x += p.pull_organised * p.A2_4
    x -= p.hold_dependants * min(4, home.dependants) / max(1.0, hands)
    x -= p.hold_ill * home.ill
    # one who is away is not among the hands at home
    if hands < (1.5 if at_home else 0.5) and home.dependants > 0:
        x -= p.hold_only_carer
    if home.dibao:
        x -= p.hold_aid
    if home.coping & MIGRATE:
        x += p.push_need
    return x


def _wage(person: Person, home: Any, month: Any) -> int:
    """Wage in fen of the present job, at this month's wages."""
    p, job = month.work, person.job
    drawn = month.work_more(person.id, TERMS | (month.index - person.job_months))[0]
    wage = p.local_wage * home.village.county.wage_level if job == LOCAL else p.migrant_wage
    if job == OUT:
        wage *= p.out_premium
    wage *= p.wage_index * p.education_wage[person.education] * person.earnings
    if person.skill == SKILLED:
        wage *= 1.0 + p.skill_wage
    elif person.skill < ORDINARY:
        wage *= 1.0 - p.weak_wage
    if person.certificate:
        wage *= 1.0 + p.certificate_wage
    if person.female:
        wage *= 1.0 - p.woman_wage
    wage *= max(0.5, 1.0 + p.wage_luck * normal(drawn))
    return int(100.0 * wage + 0.5)
