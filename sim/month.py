"""THE order of a month.

A month has five parts. First the province and then each county act on last month's state:
weather and prices, budgets, quotas, and what is handed out by need across villages. Then the
blocks (whole villages) run on their own, every household acting at the same time. Then each
county closes the month: in the last quarter, the yearly round of registration. Last, the
observations count. Nothing before the registry's part reads what the registry writes this
month.

`fanpin month` prints this list.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from sim.indicators.core import Core
from sim.indicators.declared import Declared, declared_indicators
from sim.indicators.health import Health
from sim.indicators.income import Income
from sim.indicators.observation import Indicator, Observation
from sim.indicators.persons import Persons
from sim.indicators.poverty import Poverty
from sim.indicators.registry import Flows
from sim.indicators.spells import Spells
from sim.indicators.targets import HealthTargets
from sim.indicators.villages import Villages
from sim.indicators.works import Works
from sim.livelihoods.farming import Farming
from sim.livelihoods.income import IncomeWindow
from sim.livelihoods.living import Living
from sim.livelihoods.services import Services
from sim.livelihoods.status import TrueStatus
from sim.livelihoods.transfers import Transfers
from sim.livelihoods.work import Work
from sim.measures.a01_industry import CollectiveIncome, CollectiveInvestment, Workshops
from sim.measures.a02_employment import Employment, EmploymentOffice
from sim.measures.a04_health import FamilyDoctors, MedicalInsurance
from sim.measures.a04_hospitals import HospitalBuilding
from sim.measures.a06_relocation import Relocation, RelocationOffice
from sim.mechanism import Mechanism
from sim.registry.monitoring import Monitoring
from sim.registry.round import YearlyRound
from sim.registry.screening import Screening
from sim.registry.visits import Visits
from sim.shocks.ceremonies import Ceremonies
from sim.shocks.demography import Demography
from sim.shocks.disaster import Disaster
from sim.shocks.illness import Illness
from sim.shocks.people import People
from sim.shocks.price import CropPrice
from sim.shocks.schooling import Schooling
from sim.shocks.splits import HouseholdSplits
from sim.world.columns import Column, catalogue
from sim.world.households import HOUSEHOLDS
from sim.world.persons import PERSONS
from sim.world.places import PLACES

__all__ = ["SCHEDULE", "Schedule", "ScheduleError", "implemented_clauses"]


class ScheduleError(ValueError):
    """The mechanisms of a schedule do not fit together."""


@dataclass
class Schedule:
    """Mechanisms by part of the month, in order, and the observations."""

    province: tuple[Mechanism, ...] = ()
    county: tuple[Mechanism, ...] = ()
    block: tuple[Mechanism, ...] = ()
    close: tuple[Mechanism, ...] = ()
    observations: tuple[Observation, ...] = ()

    def __post_init__(self) -> None:
        self.sums = tuple(key for key, one in self.columns().items() if one.combine == "sum")
        self.check()

    def mechanisms(self) -> Iterable[Mechanism]:
        """Every mechanism and observation once (one may act in several parts)."""
        seen: set[int] = set()
        for part in (self.province, self.county, self.block, self.close, self.observations):
            for mechanism in part:
                if id(mechanism) not in seen:
                    seen.add(id(mechanism))
                    yield mechanism

    def columns(self) -> dict[str, Column]:
        """All columns: the world's and the mechanisms' own."""
        own = [m.columns for m in self.mechanisms() if m.columns]
        return catalogue(PERSONS, HOUSEHOLDS, PLACES, *own)

    def indicators(self, observation: Observation) -> tuple[Indicator, ...]:
        """The indicators of one of its observations."""
        if isinstance(observation, Declared):
            return tuple(declared_indicators(self.columns()))
        return observation.indicators

    def check(self) -> None:
        """No two mechanisms own the same column, unless its pushes are summed."""
        columns = self.columns()
        owner: dict[str, str] = {}
        for mechanism in self.mechanisms():
            for key in (*mechanism.reads, *mechanism.writes, *mechanism.changes):
                if key not in columns:
                    raise ScheduleError(f"{mechanism.name}: there is no column {key}")
            for key in mechanism.writes:
                if columns[key].combine == "sum":
                    continue
                if key in owner:
                    raise ScheduleError(
                        f"{mechanism.name} and {owner[key]} both own {key}: let one of them "
                        f"own it and list it under `changes` in the other"
                    )
                owner[key] = mechanism.name
            for part, acts in (
                ("province", type(mechanism).province is not Mechanism.province),
                ("county", type(mechanism).county is not Mechanism.county),
                ("block", type(mechanism).rule is not None),
            ):
                places = {"county": (self.county, self.close)}.get(part, (getattr(self, part),))
                inside = any(mechanism is m for place in places for m in place)
                if acts and not inside and mechanism not in self.observations:
                    raise ScheduleError(
                        f"{mechanism.name} does something in the {part} part of the month and is "
                        f"not listed there"
                    )
            if not mechanism.clauses and not mechanism.reason:
                raise ScheduleError(f"{mechanism.name} has neither a clause nor a reason")

    def fresh(self) -> Schedule:
        """Unbound copies of all mechanisms, one copy each."""
        twins = {id(m): copy.copy(m) for m in self.mechanisms()}

        def pick(part: tuple[Mechanism, ...]) -> tuple[Mechanism, ...]:
            return tuple(twins[id(m)] for m in part)

        return Schedule(
            pick(self.province), pick(self.county), pick(self.block), pick(self.close),
            pick(self.observations),  # type: ignore[arg-type]
        )  # fmt: skip


# These act twice in a month: the counties first set how many daughters marry away, the province
# fills the assistance fund; then the blocks live, and settle their bills.
DEMOGRAPHY = Demography()
INSURANCE = MedicalInsurance()

SCHEDULE = Schedule(
    province=(
        # who governs, and the money
        # works and services
        HospitalBuilding(),
        INSURANCE,
        # what befalls places
        Disaster(),
        CropPrice(),
    ),
    county=(
        DEMOGRAPHY,
        HouseholdSplits(),
        CollectiveInvestment(),
        EmploymentOffice(),
        RelocationOffice(),
    ),
    block=(
        # who there is
        DEMOGRAPHY,
        People(),
        # what befalls them
        Schooling(),
        Illness(),
        FamilyDoctors(),
        INSURANCE,
        Ceremonies(),
        # what they earn and are given
        Work(),
        Workshops(),
        Employment(),
        Farming(),
        Transfers(),
        CollectiveIncome(),
        Relocation(),
        Services(),
        # how they live on it, and how they stand
        Living(),
        IncomeWindow(),
        TrueStatus(),
        # what the state sees
        Visits(),
        Screening(),
    ),
    close=(
        YearlyRound(),
        Monitoring(),
    ),
    observations=(
        Core(),
        Poverty(),
        Income(),
        Health(),
        Persons(),
        Flows(),
        Villages(),
        HealthTargets(),
        Works(),
        Spells(),
        Declared(),
    ),
)


def implemented_clauses() -> set[str]:
    """Clauses of the plan that some mechanism carries out."""
    return {clause for m in SCHEDULE.mechanisms() for clause in m.clauses}
