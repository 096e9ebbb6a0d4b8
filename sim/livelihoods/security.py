"""How long a household has been secure: fed, schooled, treated, housed, with safe water."""

from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.columns import column

__all__ = ["Security"]


@kernel
def count_on(at, persons, households, villages, counties, words, chance, p):
    """One month more without any gap, or none."""
    rows = slice(at.first_household, at.end_household)
    months = households.secure[rows]
    hungry = households.hungry[rows]
    education = households.gap_education[rows]
    medical = households.gap_medical[rows]
    house = households.gap_house[rows]
    water = households.gap_water[rows]
    for k in range(months.size):
        lacks = (hungry[k] | education[k] | medical[k] | house[k] | water[k]) != 0
        months[k] = 0 if lacks else min(100, months[k] + 1)


class Security(Mechanism):
    """Count the months in a row in which a household lacked nothing.

    The plan wants the two no-worries and three guarantees reached stably; target B02 takes that
    as twelve months in a row, with safe water.
    """

    name = "security"
    zh = "两不愁三保障连续达标月数"
    reason = "the aim T1 is to be reached stably"
    reads = (
        "household.hungry", "household.gap_education", "household.gap_medical",
        "household.gap_house", "household.gap_water",
    )  # fmt: skip
    writes = ("household.secure",)
    columns = (
        column("household", "secure", "i1", "months",
               "months in a row with food, schooling, care, a safe house and water",
               "两不愁三保障及饮水连续达标月数"),
    )  # fmt: skip
    rule = count_on
