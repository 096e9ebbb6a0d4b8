"""The Mesa version as a whole: villages, counties that hold the yearly round, and the model.

It is made from the columns of a `PovertyModel` that has not run yet, is given the same
parameters month by month, and gives its state back as columns to be compared.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from benchmarks.mesa_draws import Further, grouped
from benchmarks.mesa_household import EXITED, NEVER, POOR, RELAPSED, REMOVED, Household
from benchmarks.mesa_household import STATE as _HOME
from benchmarks.mesa_person import STATE as _PERSON
from benchmarks.mesa_person import Person, Sickness
from sim import chance as _chance
from sim.livelihoods.work import EVERYBODY
from sim.model import PovertyModel
from sim.registry.observing import _LASTING
from sim.registry.round import DATA, NONE
from sim.registry.screening import EXIT, NEW, RELAPSE, REMOVE
from sim.world.codes import Cause

__all__ = ["COMPARED", "MesaVersion", "draws_of", "parameters_of", "streams"]

_PARAMETERS = {
    "people": "people", "illness": "illness", "insurance": "a04_insurance", "work": "work",
    "window": "income_window", "screen": "screening", "round": "yearly_round",
}  # fmt: skip
_DRAWN = {"illness_draws": "illness", "work_draws": "work", "screen_draws": "screening"}
_FURTHER = {
    "illness_more": "illness", "insurance_more": "a04_insurance", "work_more": "work",
    "round_more": "yearly_round", "error_more": int(_LASTING),
}  # fmt: skip

_NOT_COLUMNS = {"place", "persons", "patients", "village", "residence"}
_HOUSEHOLD = tuple(name for name in _HOME if name not in _NOT_COLUMNS)
_VILLAGE = ("persons", "households", "migrants", "workers", "registered_poor")
_PLACE = ("terrain", "distance", "clinic", "doctor")
_COUNTY = {
    "budget": "assistance_budget", "expected": "assistance_expected",
    "assistance_share": "assistance_share", "backfill_share": "backfill_share",
    "planned": "exits_planned", "eligible": "exits_eligible", "refused": "exits_refused",
    "pressed": "exits_pressed", "carry": "exits_carry",
}  # fmt: skip
_PAID = {
    "paid_basic": "basic_insurance", "paid_serious": "serious_insurance",
    "paid_second": "second_insurance", "paid_assistance": "medical_assistance",
    "paid_backfill": "assistance_backfill", "paid_premium": "premium_subsidy",
}  # fmt: skip


class Village:
    """A village: its counts of the month."""

    __slots__ = ("county", *_PLACE, *_VILLAGE)


class County(mesa.Agent):
    """A county: its assistance fund, and the yearly round of its register."""

    households: list[Household]
    villages: list[Village]

    def fund(self, month: Any) -> None:
        """Budget the fund and see how far it reaches; set the villages' counts to zero."""
        p = month.insurance
        yearly = math.floor(self.registered_start * p.assistance_budget * 100.0)
        if month.january or month.index == month.first:
            left = self.budget - self.paid_assistance
            share = (13 - month.calendar) / 12.0
            returned = max(0, left - p.assistance_carry * yearly)
            self.budget += int(yearly * share - returned)
        self.expected = self.expected * p.assistance_memory + (1.0 - p.assistance_memory) * self.due
        left = float(max(0, self.budget - self.paid_assistance))
        local = min(1.0, left / max(self.expected, 1.0))
        self.assistance_share = local + (1.0 - local) * p.A4_6
        self.backfill_share = (1.0 - local) * p.A4_6 / max(self.assistance_share, 1e-12)
        self.due = 0
        for village in self.villages:
            village.persons = village.households = village.migrants = 0
            village.workers = village.registered_poor = 0

    def close_year(self, month: Any) -> None:
        """The yearly round: removals, exits under the plan, relapses and new entries."""
        p = month.round
        on_list, others = [], []
        for home in self.households:
            if home.registered == POOR or home.registered == RELAPSED:
                if home.eligible == REMOVE:
                    home.registered = REMOVED
                    others.append(home)
                else:
                    on_list.append(home)
            else:
                others.append(home)
        self._exits(on_list, month, p)
        if p.register_open:
            for home in others:
                if home.eligible == RELAPSE and home.registered == EXITED:
                    home.registered = RELAPSED
                    home.registered_relapse_month = month.index
                    home.cause = _registered_cause(home)
                elif home.eligible == NEW and home.registered in (NEVER, REMOVED):
                    home.registered = POOR
                    home.first_month = month.index
                    home.cause = _registered_cause(home)
        for home in self.households:
            home.eligible = 0

    def _exits(self, on_list: list[Household], month: Any, p: Any) -> None:
        stock = sum(home.size for home in on_list)
        if p.quota == NONE:
            quota = float(stock)
        else:
            share = p.published_share if p.quota == DATA and p.published_share > 0 else p.plan_share
            if self.deep:
                share *= p.deep_pace
            quota = min(1.0, share) * stock + self.carry
        ranked = sorted((home for home in on_list if home.eligible == EXIT), key=_rank)
        eligible = sum(home.size for home in ranked)
        leaving = ranked[: _fitting(ranked, quota)]
        left = quota - sum(home.size for home in leaving)
        pressed: list[Household] = []
        line = p.line * 100.0
        if p.quota != NONE and len(leaving) == len(ranked) and left > 0:
            pool = sorted((home for home in on_list if home.eligible != EXIT), key=_rank)
            slots = pool[: _fitting(pool, left)]
            if p.quota == DATA and p.published_share > 0:
                pressed = slots
            else:
                more = month.round_more
                pressed = [h for h in slots if more(h.id, month.index)[0] < p.press]
            push = math.exp(p.push_mean)
            for home in pressed:
                home.seen_income = int(max(push * home.seen_income, line))
            left -= sum(home.size for home in slots)
            left = left if len(slots) < len(pool) else 0.0
        self.planned, self.eligible = quota, eligible
        self.refused = eligible - sum(home.size for home in leaving)
        self.pressed = sum(home.size for home in pressed)
        self.carry = 0.0 if p.quota == NONE else left
        for home in (*leaving, *pressed):
            home.registered = EXITED
            home.exit_month = month.index
            home.exit_margin = home.seen_income / line


def _rank(home: Household) -> tuple[int, int]:
    return -home.seen_income, home.id


def _fitting(homes: list[Household], quota: float) -> int:
    """How many, taken in the order given, fit into a quota of persons."""
    return bisect.bisect_right(list(itertools.accumulate(h.size for h in homes)), quota + 1e-9)


def _registered_cause(home: Household) -> int:
    if home.seen_shock > 0:
        return home.seen_shock
    if home.ill > 0:
        return int(Cause.ILLNESS)
    if home.disabled > 0:
        return int(Cause.DISABILITY)
    if home.pupils > 0:
        return int(Cause.SCHOOLING)
    return int(Cause.LABOUR if home.labour < 1.0 else Cause.SKILLS)


class MesaVersion(mesa.Model):
    """The subset's rules on objects.

    twin: a `PovertyModel` with the subset's schedule, before its first month.
    further: the streams of further draws by name; shared between runs.
    """

    def __init__(self, twin: PovertyModel, further: dict[str, Further]) -> None:
        super().__init__()
        self.further = further
        world = twin.world
        self.households: list[Household] = []
        self._counties(twin)
        self._villages(twin)
        rows = np.flatnonzero(world.household.alive)
        columns = _lists(world.household, _HOUSEHOLD, rows)
        # let land never changes here, so the difference (float32, as the rule has it) is taken once
        columns["land"] = (world.household.land - world.household.rented_out)[rows].tolist()
        lives = zip(
            world.household.village[rows].tolist(),
            world.household.residence[rows].tolist(),
            world.household.ring[:, rows].T.tolist(),
            world.household.ring_all[:, rows].T.tolist(),
            strict=True,
        )
        for place, (village, residence, ring, ring_all) in enumerate(lives):
            home = Household(self)
            home.place, home.persons, home.patients = place, [], []
            home.village, home.residence = self.villages[village], self.villages[residence]
            for name, values in columns.items():
                setattr(home, name, values[place])
            home.ring, home.ring_all = ring, ring_all
            home.village.county.households.append(home)
            self.households.append(home)
        self._persons(twin, rows)
        self.homes = self.agents_by_type[Household]
        self.rounds = self.agents_by_type[County]

    def _counties(self, twin: PovertyModel) -> None:
        table = twin.world.county
        self.counties = []
        for row in range(len(table.code)):
            county = County(self)
            county.households, county.villages, county.due = [], [], 0
            names = {"deep", "registered_start", "referred", "township_care", "wage_level"}
            for name, column in {**_COUNTY, **{name: name for name in names}}.items():
                setattr(county, name, table[column][row].item())
            for name in _PAID:
                setattr(county, name, 0)
            self.counties.append(county)

    def _villages(self, twin: PovertyModel) -> None:
        table = twin.world.village
        self.villages = []
        for row in range(len(table.id)):
            village = Village()
            village.county = self.counties[table.county[row]]
            for name in (*_VILLAGE, *_PLACE):
                setattr(village, name, table[name][row].item())
            village.county.villages.append(village)
            self.villages.append(village)

    def _persons(self, twin: PovertyModel, homes: np.ndarray) -> None:
        table = twin.world.person
        place = np.full(len(twin.world.household.alive), -1)
        place[homes] = np.arange(len(homes))
        rows = np.flatnonzero(table.alive)
        columns = _lists(table, _PERSON, rows)
        for k, home in enumerate(place[table.household[rows]].tolist()):
            person = Person()
            for name, values in columns.items():
                setattr(person, name, values[k])
            self.households[home].persons.append(person)

    def live(self, month: Any) -> None:
        """One month."""
        self.rounds.do("fund", month)
        self.homes.do("recount", month)
        self.homes.do("live", month)
        if month.calendar == 12:
            self.rounds.do("close_year", month)

    def columns(self) -> dict[str, list[Any]]:
        """The state as columns, in the order of the world's living rows; accounts by county."""
        persons = [person for home in self.households for person in home.persons]
        found = {f"person.{name}": _column(persons, name) for name in _PERSON}
        for name in _HOUSEHOLD:
            found[f"household.{name}"] = _column(self.households, name)
        for name in ("ring", "ring_all"):
            found[f"household.{name}"] = list(zip(*_column(self.households, name), strict=True))
        for name in _VILLAGE:
            found[f"village.{name}"] = _column(self.villages, name)
        for name, column in _COUNTY.items():
            found[f"county.{column}"] = _column(self.counties, name)
        for name, programme in _PAID.items():
            found[f"paid.{programme}"] = _column(self.counties, name)
        return found


COMPARED = tuple(
    [f"person.{name}" for name in _PERSON]
    + [f"household.{name}" for name in _HOUSEHOLD if name != "land"]
    + [f"village.{name}" for name in _VILLAGE]
    + [f"county.{name}" for name in _COUNTY.values()]
    + [f"paid.{name}" for name in _PAID.values()]
)
"""What is compared at the end: every state variable, and the payments of every programme."""


def _column(agents: Iterable[Any], name: str) -> list[Any]:
    return [getattr(agent, name) for agent in agents]


def _lists(table: Any, names: Iterable[str], rows: np.ndarray) -> dict[str, list[Any]]:
    return {name: table[name][rows].tolist() for name in names if table[name].ndim == 1}


def parameters_of(twin: PovertyModel, index: int) -> Any:
    """A month's parameters as plain numbers, and what follows from them for everybody alike."""
    bound = {m.name: m for m in twin.schedule.mechanisms()}
    month = SimpleNamespace(
        index=index, year=index // 12, calendar=index % 12 + 1, first=twin.start,
        january=index % 12 == 0, screening=index % 12 in (9, 10),
    )  # fmt: skip
    for name, group in _PARAMETERS.items():
        record = twin.parameters.record(bound[group], index)
        values = {field: record[field].tolist() for field in record.dtype.names}
        setattr(month, name, SimpleNamespace(**values))
    month.sickness = Sickness(month.illness)
    month.youngest, month.oldest = 12 * month.people.working_age, 12 * month.people.old_age
    p = month.work
    month.youngest_worker, month.oldest_worker = 12 * p.youngest, 12 * p.oldest
    month.oldest_paid = 12 * p.oldest_paid
    month.everybody = month.calendar == EVERYBODY
    month.think, month.season = p.deliberation[index % 12], p.season_away[index % 12]
    month.think_need = max(month.think, p.think_in_need)
    month.think_placed = max(month.think, p.think_organised * p.A2_4)
    paid_months = 0.0
    for share in p.season_away:  # not sum(), which rounds in its own way from Python 3.12 on
        paid_months += share
    month.lost_away = paid_months * (p.counted_share * p.loss_months / 12.0)
    month.lost_local = p.season_local[index % 12] * p.loss_months
    month.earned = paid_months * (p.counted_share * p.migrant_wage * p.wage_index)
    month.season_local = p.season_local[index % 12] * p.local_open
    month.loss_local, month.shut = p.job_loss * p.local_loss, p.migrants_able < 1.0
    p = month.window
    month.closes = month.calendar % 12 + 1 == p.window_opens
    month.keeps, month.least = 1.0 - p.blow_fades, int(p.blow_least * 100.0)
    return month


def draws_of(twin: PovertyModel, month: Any, further: dict[str, Further]) -> None:
    """Put the month's draws for everybody, and the streams of further ones, into `month`."""
    world = twin.world
    rows = {kind: np.flatnonzero(world.tables[kind].alive) for kind in ("person", "household")}
    ids = {kind: np.ascontiguousarray(world.tables[kind].id[rows[kind]]) for kind in rows}
    homes = np.searchsorted(rows["household"], world.person.household[rows["person"]])
    starts = np.searchsorted(homes, np.arange(len(rows["household"]) + 1)).tolist()
    bound = {m.name: m for m in twin.schedule.mechanisms()}
    for name, mechanism in _DRAWN.items():
        kind = bound[mechanism].draws
        if mechanism == "screening" and not month.screening:
            continue
        chance = bound[mechanism].chance.copy()
        chance.month = month.index
        words = np.empty((4, len(ids[kind])), np.uint32)
        _chance.fill(chance, ids[kind], 0, len(ids[kind]), words)
        each = starts if kind == "person" else list(range(len(rows[kind]) + 1))
        setattr(month, name, grouped(words, each))
    for name in _FURTHER:
        setattr(month, name, further[name])


def streams(seed: int) -> dict[str, Further]:
    """Empty streams of further draws."""
    return {name: Further(seed, stream) for name, stream in _FURTHER.items()}
