"""THE order of a month.

A month has five parts. First the province and then each county act on last month's state:
weather and prices, budgets, quotas, and what is handed out by need across villages. Then the
blocks (whole villages) run on their own, every household acting at the same time. Then each
county closes the month: in the last quarter, the yearly round of registration. Last, the
observations count. Nothing before the registry's part reads what the registry writes this
month.

`fanpin month` prints this list; what a schedule is, and what is checked of it, stands in
`sim/schedule.py`.
"""

from __future__ import annotations

from sim.indicators.aims import Aims
from sim.indicators.core import Core
from sim.indicators.declared import Declared
from sim.indicators.governance import Governance
from sim.indicators.groups import GroupIncome
from sim.indicators.health import Health
from sim.indicators.houses import Houses
from sim.indicators.income import Income
from sim.indicators.learning import Learning
from sim.indicators.money import Money
from sim.indicators.patterns import Patterns
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
from sim.registry.delisting import Delisting
from sim.registry.exit_kind import ExitKind, NearBand
from sim.registry.first_known import FirstKnown
from sim.registry.monitoring import Monitoring
from sim.registry.round import YearlyRound
from sim.registry.screening import Screening
from sim.registry.visits import Visits
from sim.registry.year_notes import PoorYears, YearKind
from sim.schedule import Schedule, ScheduleError
from sim.shocks.ceremonies import Ceremonies
from sim.shocks.demography import Demography
from sim.shocks.disaster import Disaster
from sim.shocks.illness import Illness
from sim.shocks.people import People
from sim.shocks.price import CropPrice
from sim.shocks.schooling import Schooling
from sim.shocks.splits import HouseholdSplits

__all__ = ["SCHEDULE", "Schedule", "ScheduleError", "implemented_clauses"]

# These act in more than one part of the month: the counties first set how many daughters marry
# away, offices choose and build; then the blocks live, and are paid, served and taught.
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
        YearKind(),
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
        SocialWork(),
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
        DRINKING_WATER,
        Roads(),
        Highways(),
        Networks(),
        STOCK,  # after all that tell people of what is offered
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
        PoorYears(),
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
        GroupIncome(),
        Patterns(),
        Declared(),
    ),
)


def implemented_clauses() -> set[str]:
    """Clauses of the plan that some mechanism carries out."""
    return {clause for m in SCHEDULE.mechanisms() for clause in m.clauses}
