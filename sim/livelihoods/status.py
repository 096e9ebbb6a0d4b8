"""The true state of a household: poor or not, for how long, and when it fell back, and why."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.rows import households_of
from sim.mechanism import Mechanism
from sim.world.codes import Cause, Registered

__all__ = ["TrueStatus"]

NOT_TREATED = -1
"""Mark in gap_medical while a month is worked out: a serious illness went untreated."""

ANY_UNINSURED, ILL_UNINSURED = 0, 1
"""Choices of `medical_gap`: 2, the last, looks only at untreated serious illness."""


@kernel(inline=True)
def longer(months, fails):
    """One month more of a gap, or none."""
    return min(100, months + 1) if fails else 0


@kernel(inline=True)
def guarantees(households, h, months, p):
    """Months without each guarantee, and the cause that a lasting gap stands for."""
    households.gap_education[h] = longer(
        households.gap_education[h], households.out_of_school[h] > 0
    )
    if households.gap_medical[h] == NOT_TREATED:
        # care that was needed and not had does not wait for three months to count
        households.gap_medical[h] = np.int8(months)
    else:
        fails = households.uninsured[h] > 0 and (
            p.medical_gap == ANY_UNINSURED
            or (p.medical_gap == ILL_UNINSURED and households.ill[h] > 0)
        )
        households.gap_medical[h] = longer(households.gap_medical[h], fails)
    households.gap_house[h] = longer(households.gap_house[h], households.house[h] > p.safe_house)
    households.gap_water[h] = longer(households.gap_water[h], households.water[h] == 0)
    cause = Cause.NONE
    if households.gap_water[h] >= months:
        cause = Cause.WATER
    if households.gap_house[h] >= months:
        cause = Cause.HOUSING
    if households.gap_education[h] >= months:
        cause = Cause.EDUCATION
    if households.gap_medical[h] >= months:
        cause = Cause.ILLNESS
    return cause


@kernel(inline=True)
def cause_of(households, h, short, gap, line, p):
    """What a relapse is put down to: a heavy blow, else a lacking guarantee, else labour."""
    if short and households.blow_size[h] >= p.blow_counts * line:
        return np.int64(households.blow[h])
    if not short and gap != Cause.NONE:
        return np.int64(gap)
    if households.blow_size[h] > 0 and households.blow_size[h] >= p.blow_hints * line:
        return np.int64(households.blow[h])
    if households.disabled[h] > 0:
        return np.int64(Cause.DISABILITY)
    if households.labour[h] < 1.0:
        return np.int64(Cause.LABOUR)
    return np.int64(Cause.OTHER)


@kernel
def settle(at, persons, households, villages, counties, words, chance, p):
    """Decide at the end of a month who is truly poor."""
    months = np.int64(p.gap_months)
    forgone = persons.forgone[at.first_person : at.end_person]
    for k in range(forgone.size):
        if forgone[k] != 0:
            i = at.first_person + k
            if persons.serious[i] != 0 and persons.alive[i] != 0:
                households.gap_medical[persons.household[i]] = NOT_TREATED
    for h in households_of(at):
        if households.alive[h] == 0 or households.size[h] <= 0:
            continue
        line = p.line * 100.0 * households.size[h]
        gap = guarantees(households, h, months, p)
        starved = households.hungry[h] >= p.hungry_months
        short = households.income12[h] < line
        poor = short or starved or gap != Cause.NONE
        if poor != (households.poor[h] != 0):
            households.poor[h] = poor
            households.poor_since[h] = at.month
        if poor and at.burn_in == 0 and households.relapse_month[h] == 0:
            state = households.registered[h]
            exited = households.exit_month[h]
            if (state == Registered.EXITED or state == Registered.RELAPSED) and exited > 0:
                # who had fallen back before the plan began is dated then, not now
                since = max(np.int64(households.poor_since[h]), np.int64(exited) + 1)
                if since <= at.month:
                    households.relapse_month[h] = since
                    cause = cause_of(households, h, short or starved, gap, line, p)
                    households.relapse_cause[h] = cause


class TrueStatus(Mechanism):
    """Whether a household is truly poor, whatever the register says.

    It is poor if the countable income of the last twelve months lies below the line, if it has
    been hungry for some months, or if a guarantee has failed for so long: a child of compulsory
    age out of school, care (a serious illness untreated this month, or a member uninsured where
    somebody is ill), a house of grade C or D, unsafe water.

    True relapse is the first month after registered exit in which the household is poor. A
    household that was still poor when it was written off relapses in the month after (a false
    exit). One that had left before the plan and was poor when the plan began has relapsed in
    the month in which it became poor. The cause is the heaviest blow of late if it is large
    beside the line, else the lacking guarantee, else what is lacking in the household.
    """

    name = "true_status"
    zh = "真实贫困状态与返贫"
    reason = "science brief F1 and F2: true poverty and true relapse"
    reads = (
        "person.alive", "person.household", "person.forgone", "person.serious",
        "household.alive", "household.size", "household.labour", "household.disabled",
        "household.ill", "household.out_of_school", "household.uninsured", "household.house",
        "household.water", "household.hungry", "household.income12", "household.registered",
        "household.exit_month", "household.blow", "household.blow_size",
    )  # fmt: skip
    writes = (
        "household.poor", "household.poor_since", "household.gap_education",
        "household.gap_medical", "household.gap_house", "household.gap_water",
        "household.relapse_month", "household.relapse_cause",
    )  # fmt: skip
    uses = ("calendar.line",)
    rule = settle
