"""The code lists of the world's code columns.

Kernels compare with these numbers (an IntEnum member is a constant to numba), so a number once
given does not change.
"""

from enum import IntEnum

__all__ = [
    "Cause", "Education", "Ethnicity", "HouseGrade", "HouseWork", "Job", "Monitor", "Registered",
    "Relation", "Relocation", "RelocationMode", "School", "Skill", "Terrain",
]  # fmt: skip


class Relation(IntEnum):
    """Relation to the head of household (aab006)."""

    HEAD = 1
    SPOUSE = 2
    CHILD = 3
    PARENT = 4
    GRANDCHILD = 5
    OTHER = 6


class Ethnicity(IntEnum):
    """Ethnic group (aab007), the groups that matter in the 35 counties."""

    HAN = 1
    HUI = 2
    DONGXIANG = 3
    BAOAN = 4
    SALAR = 5
    TIBETAN = 6
    OTHER = 7


class Education(IntEnum):
    """Highest schooling reached (aab008)."""

    ILLITERATE = 0
    PRIMARY = 1
    JUNIOR = 2
    SENIOR = 3
    COLLEGE = 4


class School(IntEnum):
    """Whether and where a person is in school (aab009)."""

    NONE = 0
    PRESCHOOL = 1
    PRIMARY = 2
    JUNIOR = 3
    SENIOR = 4
    VOCATIONAL = 5
    COLLEGE = 6
    DROPPED_OUT = 7  # of compulsory age and not in school


class Skill(IntEnum):
    """Ability to work (aab010)."""

    NONE = 0
    LOST = 1
    WEAK = 2
    ORDINARY = 3
    SKILLED = 4


class Job(IntEnum):
    """What a person mainly does this month (aab011)."""

    NONE = 0
    FARM = 1
    LOCAL = 2
    WORKSHOP = 3
    POST = 4
    MIGRANT_PROVINCE = 5
    MIGRANT_OUT = 6
    BUSINESS = 7


class Registered(IntEnum):
    """Registered state of a household (aar010): what the state has written down."""

    NEVER = 0
    POOR = 1
    EXITED = 2
    RELAPSED = 3
    REMOVED = 4


class Monitor(IntEnum):
    """Kind of monitored household, from March 2020 on."""

    NONE = 0
    UNSTABLE_EXITED = 1
    MARGINAL = 2
    SUDDEN = 3


class Cause(IntEnum):
    """Cause of poverty or of relapse; 1 to 13 are the registration form's (aac007)."""

    NONE = 0
    ILLNESS = 1
    DISABILITY = 2
    SCHOOLING = 3
    DISASTER = 4
    LAND = 5
    WATER = 6
    SKILLS = 7
    LABOUR = 8
    FUNDS = 9
    TRANSPORT = 10
    MOTIVATION = 11
    MARRIAGE = 12
    FUNERAL = 13
    JOB_LOSS = 14
    PRICE = 15
    POLICY_END = 16
    HOUSING = 17
    EDUCATION = 18
    OTHER = 19


class HouseGrade(IntEnum):
    """Grade of a dwelling (aac322)."""

    A = 1
    B = 2
    C = 3
    D = 4


class HouseWork(IntEnum):
    """Bits: what programmes have done to a house."""

    SUPPORTED = 1
    STRENGTHENED = 2
    SEISMIC = 4
    DEFECT = 8
    SHARED = 16  # housed by the collective
    OVERSIZE = 32
    SANITARY = 64


class Relocation(IntEnum):
    """How far a household has come in relocation."""

    NONE = 0
    APPROVED = 1
    BUILDING = 2
    MOVED = 3


class RelocationMode(IntEnum):
    """How a household is resettled."""

    NONE = 0
    WHOLE_VILLAGE = 1
    CONCENTRATED = 2
    SCATTERED = 3
    CASH = 4


class Terrain(IntEnum):
    """Terrain class of a village."""

    LOESS = 1
    MOUNTAIN = 2
    PASTORAL = 3
    VALLEY = 4
