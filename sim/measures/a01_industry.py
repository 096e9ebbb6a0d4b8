"""Action 1, industry: the part that builds the collective economy of villages.

Each January the county invests (`CollectiveInvestment`): workshops, solar stations, capital of
the collective, equity in the name of weak households, commissioners, e-commerce. `Workshops` is
who works there; `CollectiveIncome` is what the village earns and hands on.

Clauses: A1.4 workshops, A1.7 science-technology commissioners, A1.9 the "three changes" (land
and funds become shares), A1.10 equity from special funds, A1.12 village solar stations, A1.13
e-commerce, A1.15 the county's fund for collective economy, A1.16 party dues, A1.17 no village
without collective income in 2018, A1.18 at least 50,000 yuan a year in 2020. What commissioners
and e-commerce do to yields and prices stands in livelihoods/farming.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, fill, uniform
from sim.kernel import kernel
from sim.measures.need import neediest, whole_places
from sim.mechanism import Mechanism, Now
from sim.world.codes import Job, Registered, School, Skill
from sim.world.columns import column
from sim.world.world import World

__all__ = ["CollectiveIncome", "CollectiveInvestment", "Workshops"]

FARM, NONE, WORKSHOP = Job.FARM, Job.NONE, Job.WORKSHOP
POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED


def _account(name: str, meaning: str, zh: str) -> Any:
    return column("village", f"paid_{name}", "i8", "fen", meaning, zh, combine="sum")


def _common_level(earned: np.ndarray, money: float) -> float:
    """The level to which `money` can raise all who are under it."""
    order = np.sort(earned)
    below = np.arange(1, order.size + 1)
    need = order * below - np.cumsum(order)  # to bring all lower ones up to this one
    last = int(np.searchsorted(need, money, side="right"))
    return float((money + order[:last].sum()) / last) if last else 0.0


class CollectiveInvestment(Mechanism):
    """Each January the county invests in the villages' collective economy, poorest first."""

    name = "a01_investment"
    zh = "集体经济投入：车间、光伏、股权、基金"
    clauses = (
        "A1.4",
        "A1.7",
        "A1.9",
        "A1.10",
        "A1.12",
        "A1.13",
        "A1.15",
        "A1.16",
        "A1.17",
        "A1.18",
    )
    reads = (
        "village.id", "village.site", "village.deep", "village.poor_village",
        "village.registered_poor", "village.persons", "village.headcount_start",
        "village.first_household", "village.end_household", "village.collective_last",
        "county.deep", "county.sample",
        "household.alive", "household.registered", "household.village", "household.labour",
        "household.seen_income", "household.id", "household.rented_out",
    )  # fmt: skip
    writes = (
        "village.workshop_places", "village.pv", "village.capital", "village.commissioner",
        "village.ecommerce", "household.equity", "household.coop", "village.a01_rank",
        "village.paid_workshops", "village.paid_solar", "village.paid_collective",
        "village.paid_equity",
        "county.a01_kilowatt_carried",
    )  # fmt: skip
    changes = ("village.coop", "household.rented_out")
    columns = (
        _account("workshops", "workshops built", "扶贫车间建设"),
        _account("solar", "village solar stations built", "村级光伏电站建设"),
        _account("collective", "capital given to village collectives", "村集体经济发展资金"),
        _account("equity", "funds turned into households' equity", "折股量化资金"),
        column(
            "village",
            "a01_rank",
            "f4",
            "share",
            "place in the order in which advice arrives",
            "服务覆盖次序",
        ),
        column(
            "county",
            "a01_kilowatt_carried",
            "f8",
            "kW",
            "solar power not yet placed",
            "光伏指标余数",
        ),
    )
    months = (1,)
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """The collective capital of before the plan: many villages have none (assumption)."""
        p = self._parameters.record(self, now.month)
        self.chance.month = now.month
        u = draws(self.chance, world.village.id)
        world.village.a01_rank[:] = u[2]
        world.village.capital[:] = np.where(
            (u[0] < p.shell_share) | (world.village.site == 1),
            0,
            np.round(-np.log(u[1]) * p.capital_start * 100.0),
        ).astype(np.int64)

    def county(self, world: World, county: int, now: Now, p: Any, chance: Any) -> None:
        """Workshops, solar stations, capital, equity, advice, in this order."""
        rows = np.arange(*world.county_rows(county, "village").indices(len(world.village.id))[:2])
        rows = rows[world.village.site[rows] == 0]
        need = world.village.registered_poor[rows] + world.village.headcount_start[rows]
        self._advice(world, county, rows, p)
        self._workshops(world, rows, need, p)
        self._solar(world, county, rows, need, p)
        self._capital(world, rows, p)
        self._equity(world, county, p)

    def _advice(self, world: World, county: int, rows: np.ndarray, p: Any) -> None:
        village = world.village
        rank = village.a01_rank[rows]
        reach = np.where(village.deep[rows] == 1, p.commissioner_deep, p.commissioner_other)
        village.commissioner[rows] = (rank < reach * p.A1_7).astype(np.uint8)
        reach = p.ecommerce_deep if world.county.deep[county] else p.ecommerce_other
        village.ecommerce[rows] = (rank < reach * p.A1_13).astype(np.uint8)

    def _workshops(self, world: World, rows: np.ndarray, need: np.ndarray, p: Any) -> None:
        village = world.village
        wanted, _ = whole_places(p.workshop_share * p.A1_4 * rows.size, 0.0)
        order = neediest(rows, need, village.id[rows], rows.size)
        chosen, others = order[:wanted], order[wanted:]
        new = chosen[village.workshop_places[chosen] == 0]
        village.workshop_places[new] = np.int32(p.workshop_size)
        village.workshop_places[others] = 0
        village.paid_workshops[new] += round(p.workshop_cost * 100)

    def _solar(self, world: World, county: int, rows: np.ndarray, need: np.ndarray, p: Any) -> None:
        village = world.village
        fit = (village.poor_village[rows] == 1) & (village.pv[rows] == 0)
        exact = p.solar_share * p.A1_12 * float((village.poor_village[rows] == 1).sum())
        places, world.county.a01_kilowatt_carried[county] = whole_places(
            exact, world.county.a01_kilowatt_carried[county]
        )
        chosen = neediest(rows[fit], need[fit], village.id[rows[fit]], places)
        power = np.minimum(
            p.solar_most, p.solar_per_poor * np.maximum(village.registered_poor[chosen], 1)
        )
        village.pv[chosen] = power
        village.paid_solar[chosen] += np.round(power * p.solar_cost * 100).astype(np.int64)

    def _capital(self, world: World, rows: np.ndarray, p: Any) -> None:
        """The county's fund and party dues: the lowest are raised together, up to the mark."""
        village = world.village
        earned = village.capital[rows] * p.capital_return + village.pv[rows] * p.solar_yield * 100
        mark = max(p.mark_shell * p.A1_17, p.mark_2020 * p.A1_18) * 100.0
        money = (p.fund * p.A1_15 + p.dues * p.A1_16) * 100.0 * rows.size
        level = min(mark, _common_level(earned, money * p.capital_return))
        given = np.maximum(0.0, level - earned) / p.capital_return
        left = max(0.0, money - float(given.sum()))
        given = np.floor(given + left / max(1, rows.size)).astype(np.int64)
        village.capital[rows] += given
        village.paid_collective[rows] += given

    def _equity(self, world: World, county: int, p: Any) -> None:
        """Equity for registered households short of labour; land of some becomes shares too."""
        span = world.county_rows(county, "household")
        household = world.household
        state = household.registered[span]
        fit = (household.alive[span] == 1) & ((state == POOR) | (state == RELAPSED))
        fit &= household.labour[span] < p.equity_labour
        fit &= household.equity[span] == 0
        rows = np.flatnonzero(fit) + span.start
        registered = int(((state == POOR) | (state == RELAPSED) | (state == EXITED)).sum())
        places, _ = whole_places(p.equity_share * p.A1_10 * registered, 0.0)
        chosen = neediest(
            rows, -household.seen_income[rows].astype(float), household.id[rows], places
        )
        fen = round(p.equity_size * 100)
        household.equity[chosen] = fen
        household.coop[chosen] = 1
        villages = household.village[chosen]
        np.add.at(world.village.paid_equity, villages, fen)
        world.village.coop[villages] = np.where(world.village.coop[villages] == 2, 2, 1)
        if p.A1_9 > 0:
            land = household.rented_out[chosen]
            household.rented_out[chosen] = np.maximum(land, np.float32(p.land_share * p.A1_9))


@kernel
def _staff_village(persons, households, villages, words, p, first, end):
    """Who works in a village's workshop: pay, quitting, closure, hiring from those bound to the
    home. Rows of the village: `first` to `end`; words: of these."""
    hire_poor = p.hire_supported
    hire_other = p.hire_other
    for i in range(first, end):
        job = persons.job[i]
        k = i - first
        if job == WORKSHOP:
            h = persons.household[i]
            v = households.village[h]
            gone = persons.alive[i] == 0
            if gone or villages.workshop_places[v] == 0 or uniform(words[0, k]) < p.quit:
                persons.job[i] = FARM
                persons.job_months[i] = 0
                persons.wage[i] = 0
                villages.workshop_workers[v] -= 1
            elif uniform(words[1, k]) < p.workshop_open:
                households.wage[h] += persons.wage[i]
        elif (job == FARM or job == NONE) and persons.alive[i] == 1:
            u = uniform(words[0, k])
            if u < hire_poor:
                age = persons.age[i]
                if age < 216 or age >= 720 or persons.school[i] != School.NONE:
                    continue
                if persons.skill[i] < Skill.WEAK or persons.training[i] > 0:
                    continue
                h = persons.household[i]
                v = households.village[h]
                if villages.workshop_workers[v] >= villages.workshop_places[v]:
                    continue
                state = households.registered[h]
                if state == POOR or state == EXITED or state == RELAPSED or u < hire_other:
                    persons.job[i] = WORKSHOP
                    persons.job_months[i] = 0
                    part = 0.5 if persons.skill[i] == Skill.WEAK else 1.0
                    persons.wage[i] = np.int32(p.pay * 100.0 * p.wage_index * part)
                    villages.workshop_workers[v] += 1


@kernel
def staff(at, persons, households, villages, counties, words, chance, p):
    """The villages that have a workshop, or had one; words are drawn for their people only."""
    most = 0
    for v in range(at.first_village, at.end_village):
        if villages.workshop_places[v] > 0 or villages.workshop_workers[v] != 0:
            most = max(most, villages.end_person[v] - villages.first_person[v])
    if most == 0:
        return
    drawn = np.empty((4, most), np.uint32)
    for v in range(at.first_village, at.end_village):
        if villages.workshop_places[v] > 0 or villages.workshop_workers[v] != 0:
            first = np.uint64(villages.first_person[v])
            end = np.uint64(villages.end_person[v])
            fill(chance, persons.id, first, end, drawn)
            _staff_village(persons, households, villages, drawn, p, first, end)


class Workshops(Mechanism):
    """People bound to the home find part-time work in the village's workshop."""

    name = "a01_workshops"
    zh = "扶贫车间就业"
    clauses = ("A1.4",)
    reads = ("person.id", "person.alive", "person.household", "person.age", "person.school",
             "person.skill", "person.training", "household.village", "household.registered",
             "village.workshop_places", "village.first_person", "village.end_person")  # fmt: skip
    writes = ("household.wage", "village.workshop_workers")
    changes = ("person.job", "person.job_months", "person.wage")
    uses = ("economy.wage_index", "pandemic.workshop_open")
    in_burn_in = False
    rule = staff


@kernel
def earn(at, persons, households, villages, counties, words, chance, p):
    """What the collective earns this month, and what it hands to households."""
    december = at.calendar == 12
    for v in range(at.first_village, at.end_village):
        if at.calendar == 1:
            villages.collective_last[v] = villages.collective_year[v]
            villages.collective_year[v] = 0
        solar = villages.pv[v] * p.solar_yield / 12.0 * 100.0
        rent = villages.workshop_places[v] * p.workshop_rent / 12.0 * 100.0
        capital = villages.capital[v] * p.capital_return / 12.0
        income = np.int64(solar + rent + capital)
        villages.collective_year[v] += income
        villages.fund[v] += income
        if villages.coop[v] == 1 and at.calendar == 6:
            if uniform(words[0, v - at.first_village]) < p.coop_failure:
                villages.coop[v] = 2
        # small posts paid by the village, shared among registered poor households
        poor = 0
        rows = slice(villages.first_household[v], villages.end_household[v])
        alive = households.alive[rows]
        listed = households.registered[rows]
        for k in range(alive.size):
            poor += (alive[k] == 1) & ((listed[k] == POOR) | (listed[k] == RELAPSED))
        each = np.int32(0)
        if poor > 0 and solar > 0.0:
            each = np.int32(solar * p.solar_to_poor / poor)
        gift = np.int32(0)
        if december and poor > 0:
            left = villages.fund[v] - np.int64(each) * poor
            gift = np.int32(max(0.0, min(p.gift_most * 100.0, left * p.gift_share / poor)))
        dividends = december and p.A1_10 > 0.0 and villages.coop[v] == 1
        if each + gift == 0 and not december:
            continue
        for h in range(rows.start, rows.stop):
            if households.alive[h] == 0:
                continue
            state = households.registered[h]
            if state == POOR or state == RELAPSED:
                households.wage[h] += each
                households.property[h] += gift
                villages.fund[v] -= each + gift
            if dividends and households.equity[h] > 0:
                share = np.int32(households.equity[h] * p.dividend)
                households.property[h] += share
                villages.paid_dividends[v] += share
            if december and households.rented_out[h] > 0.0:
                households.property[h] += np.int32(households.rented_out[h] * p.land_rent * 100.0)


class CollectiveIncome(Mechanism):
    """Village collectives earn from sun, capital and rent, and pay posts, gifts and dividends."""

    name = "a01_income"
    zh = "集体经济收益与分配"
    clauses = ("A1.9", "A1.10", "A1.12", "A1.15")
    reads = ("village.pv", "village.capital", "village.workshop_places", "village.first_household",
             "village.end_household", "household.alive", "household.registered", "household.equity",
             "household.rented_out")  # fmt: skip
    writes = ("village.fund", "village.collective_year", "village.collective_last", "village.coop",
              "household.wage", "household.property", "village.paid_dividends")  # fmt: skip
    columns = (
        _account("dividends", "dividends on equity, paid by firms and cooperatives", "股权分红"),
    )
    uses = ("a01_investment.capital_return", "a01_investment.solar_yield")
    draws = "village"
    rule = earn
