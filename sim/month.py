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

from sim.indicators.aims import Aims
from sim.indicators.core import Core
from sim.indicators.declared import Declared, declared_indicators
from sim.indicators.governance import Governance
from sim.indicators.health import Health
from sim.indicators.houses import Houses
from sim.indicators.income import Income
from sim.indicators.learning import Learning
from sim.indicators.money import Money
from sim.indicators.observation import Indicator, Observation
from sim.indicators.persons import Persons
from sim.indicators.poverty import Poverty
from sim.indicators.protection import Protection
from sim.indicators.registry import Flows
from sim.indicators.relapse import NearPoor, Relapse
from sim.indicators.spells import Spells
from sim.indicators.targeting import Targeting
from sim.indicators.targets import HealthTargets
from sim.indicators.villages import Villages
from sim.indicators.welfare import Consumption, Welfare
from sim.indicators.works import Works
from sim.livelihoods.farming import Farming
from sim.livelihoods.income import IncomeWindow
from sim.livelihoods.living import Living
from sim.livelihoods.security import Security
from sim.livelihoods.services import Services
from sim.livelihoods.status import TrueStatus
from sim.livelihoods.transfers import Transfers
from sim.livelihoods.work import Work
from sim.measures.a01_firms import LeadFirms
from sim.measures.a01_income import CollectiveIncome
from sim.measures.a01_investment import CollectiveInvestment
from sim.measures.a01_operators import LinkedOperators
from sim.measures.a01_points import VillagePoints
from sim.measures.a01_specialty import SpecialtyCrops
from sim.measures.a01_stock import StartUpStock
from sim.measures.a01_tourism import RuralTourism
from sim.measures.a01_workshops import Workshops
from sim.measures.a02_employment import Employment
from sim.measures.a02_office import EmploymentOffice
from sim.measures.a03_graduates import Boarding, Graduates
from sim.measures.a03_places import SchoolBuilding
from sim.measures.a03_schools import Schools
from sim.measures.a04_doctors import FamilyDoctors
from sim.measures.a04_health import MedicalInsurance
from sim.measures.a04_hospitals import HospitalBuilding
from sim.measures.a05_condition import HouseCondition
from sim.measures.a05_village import VillageHomes
from sim.measures.a05_works import HouseWorks
from sim.measures.a06_office import RelocationOffice
from sim.measures.a06_relocation import Relocation
from sim.measures.a07_compensation import EcoCompensation
from sim.measures.a07_forest import ForestWork
from sim.measures.a07_land import LandWorks
from sim.measures.a07_orchards import Orchards
from sim.measures.a07_rangers import Rangers
from sim.measures.a07_slope import SlopeReturn
from sim.measures.a08_assets import DisabledAssets
from sim.measures.a08_care import CareHouses
from sim.measures.a08_dibao import Dibao
from sim.measures.a08_disabled import DisabledSupport
from sim.measures.a08_recovery import CareCentres, Rehabilitation, SchoolPlaces
from sim.measures.a08_relief import Relief
from sim.measures.a09_fields import FieldWater
from sim.measures.a09_highways import Highways
from sim.measures.a09_networks import Networks
from sim.measures.a09_roads import Roads
from sim.measures.a09_water import DrinkingWater
from sim.measures.a10_motivation import Motivation
from sim.measures.a10_support import ElderSupport
from sim.measures.g_scope import GuidingIdeas
from sim.measures.m1_fiscal import Budget
from sim.measures.m1_relief_work import ReliefWork
from sim.measures.m1_township import TownshipFunds
from sim.measures.m2_access import BankAccess
from sim.measures.m2_bonds import Bonds
from sim.measures.m2_credit import MicroCredit
from sim.measures.m2_insurance import CropInsurance
from sim.measures.m3_projects import Builders
from sim.measures.m4_funds import PartnerFunds
from sim.measures.m4_links import PartnerLinks
from sim.measures.m4_social import SocialWork
from sim.measures.m5_land import LandQuotas, VillageLand
from sim.measures.s1_leadership import Leadership
from sim.measures.s2_registration import Registration
from sim.measures.s3_leaders import LeaderLinks
from sim.measures.s3_teams import Teams
from sim.measures.s4_talent import Talent
from sim.measures.s5_village import Branches, EliteCapture
from sim.measures.s6_supervision import Supervision
from sim.measures.s7_formalism import CadreHours, Oversight
from sim.mechanism import Mechanism
from sim.registry.delisting import Delisting
from sim.registry.exit_kind import ExitKind, NearBand
from sim.registry.first_known import FirstKnown
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
BANKS = BankAccess()
RELIEF_WORK = ReliefWork()
COMPENSATION = EcoCompensation()
FIELD_WATER = FieldWater()
FOREST_WORK = ForestWork()
ORCHARDS = Orchards()
RANGERS = Rangers()
SLOPE_RETURN = SlopeReturn()
DRINKING_WATER = DrinkingWater()
DIBAO = Dibao()
GRADUATES = Graduates()
MOTIVATION = Motivation()
DISABLED = DisabledSupport()
STOCK = StartUpStock()
TOURISM = RuralTourism()

SCHEDULE = Schedule(
    province=(
        NearBand(),
        # who governs, and the money
        GuidingIdeas(),
        Leadership(),
        Registration(),
        LeaderLinks(),
        Teams(),
        Talent(),
        Branches(),
        Oversight(),
        Supervision(),
        EliteCapture(),
        CadreHours(),
        MOTIVATION,
        PartnerFunds(),
        LandQuotas(),
        Budget(),
        Bonds(),
        TownshipFunds(),
        Builders(),
        RELIEF_WORK,
        VillageLand(),
        # works and services
        SpecialtyCrops(),
        LeadFirms(),
        VillagePoints(),
        TOURISM,
        LinkedOperators(),
        STOCK,
        Schools(),
        SchoolBuilding(),
        GRADUATES,
        Boarding(),
        HospitalBuilding(),
        HouseWorks(),
        VillageHomes(),
        BANKS,
        INSURANCE,
        CareHouses(),
        CareCentres(),
        DISABLED,
        DIBAO,
        DisabledAssets(),
        PartnerLinks(),
        SocialWork(),
        DRINKING_WATER,
        Roads(),
        Highways(),
        Networks(),
        FIELD_WATER,
        LandWorks(),
        SLOPE_RETURN,
        FOREST_WORK,
        ORCHARDS,
        COMPENSATION,
        # what befalls places
        Disaster(),
        CropPrice(),
    ),
    county=(
        DEMOGRAPHY,
        HouseholdSplits(),
        CollectiveInvestment(),
        EmploymentOffice(),
        RANGERS,
        RELIEF_WORK,
        RelocationOffice(),
    ),
    block=(
        # who there is
        DEMOGRAPHY,
        People(),
        # what befalls them
        GRADUATES,
        Schooling(),
        SchoolPlaces(),
        Illness(),
        Rehabilitation(),
        FamilyDoctors(),
        INSURANCE,
        Ceremonies(),
        # what they earn and are given
        Work(),
        Workshops(),
        TOURISM,
        Employment(),
        SLOPE_RETURN,
        Farming(),
        ORCHARDS,
        FOREST_WORK,
        RANGERS,
        Transfers(),
        COMPENSATION,
        DISABLED,
        DIBAO,
        Relief(),
        MOTIVATION,
        ElderSupport(),
        STOCK,
        CollectiveIncome(),
        Relocation(),
        Services(),
        DRINKING_WATER,
        FIELD_WATER,
        HouseCondition(),
        BANKS,
        MicroCredit(),
        CropInsurance(),
        # how they live on it, and how they stand
        Living(),
        IncomeWindow(),
        TrueStatus(),
        Security(),
        # what the state sees
        Visits(),
        Screening(),
        FirstKnown(),
    ),
    close=(
        DRINKING_WATER,
        YearlyRound(),
        Monitoring(),
        Delisting(),
        ExitKind(),
    ),
    observations=(
        Core(),
        Poverty(),
        Income(),
        Health(),
        Persons(),
        Learning(),
        Flows(),
        Protection(),
        Relapse(),
        NearPoor(),
        Villages(),
        Aims(),
        HealthTargets(),
        Works(),
        Money(),
        Houses(),
        Governance(),
        Spells(),
        Welfare(),
        Consumption(),
        Targeting(),
        Declared(),
    ),
)


def implemented_clauses() -> set[str]:
    """Clauses of the plan that some mechanism carries out."""
    return {clause for m in SCHEDULE.mechanisms() for clause in m.clauses}
