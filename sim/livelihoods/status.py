"""The true state of a household: poor or not, for how long, and when it fell back, and why."""

import numpy as np

from sim.kernel import kernel
from sim.livelihoods.rows import any_set, households_of
from sim.mechanism import Mechanism
from sim.world.codes import Cause, Registered

__all__ = ["TrueStatus"]

NOT_TREATED = -1
"""Mark in gap_medical while a month is worked out: a serious illness went untreated."""

CHUNK = 64
"""Persons who are looked at together for care forgone, which is rare."""

ANY_UNINSURED, ILL_UNINSURED = 0, 1
"""Choices of `medical_gap`: 2, the last, looks only at untreated serious illness."""


@kernel(inline=True)
def mark_untreated(at, persons, households):
    """Mark the households of those with a serious illness who went without care this month."""
    for first in range(at.first_person, at.end_person, CHUNK):
        end = min(first + CHUNK, at.end_person)
        if not any_set(persons.forgone[first:end]):
            continue
        for i in range(first, end):
            if persons.forgone[i] != 0 and persons.serious[i] != 0 and persons.alive[i] != 0:
                households.gap_medical[persons.household[i]] = NOT_TREATED


@kernel(inline=True)
def longer(months, fails):
    """One month more of a gap, or none."""
    return np.int8(min(100, months + 1) if fails else 0)


@kernel(inline=True)
def guarantees(at, households, least, p):
    """Count the months without each guarantee, for all living households of the block."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    months = households.gap_education[rows]
    lacking = households.out_of_school[rows]
    for k in range(size.size):
        now = longer(months[k], lacking[k] > 0)
        months[k] = now if (alive[k] != 0) & (size[k] > 0) else months[k]
    months = households.gap_medical[rows]
    lacking = households.uninsured[rows]
    ill = households.ill[rows]
    whoever = p.medical_gap == ANY_UNINSURED
    if_ill = p.medical_gap == ILL_UNINSURED
    for k in range(size.size):
        now = longer(months[k], (lacking[k] > 0) & (whoever | (if_ill & (ill[k] > 0))))
        # care that was needed and not had does not wait for three months to count
        now = np.int8(least) if months[k] == NOT_TREATED else now
        months[k] = now if (alive[k] != 0) & (size[k] > 0) else months[k]
    months = households.gap_house[rows]
    grade = households.house[rows]
    safe = p.safe_house
    for k in range(size.size):
        now = longer(months[k], grade[k] > safe)
        months[k] = now if (alive[k] != 0) & (size[k] > 0) else months[k]
    months = households.gap_water[rows]
    water = households.water[rows]
    for k in range(size.size):
        now = longer(months[k], water[k] == 0)
        months[k] = now if (alive[k] != 0) & (size[k] > 0) else months[k]


@kernel(inline=True)
def lasting_gap(households, h, months):
    """The cause that a lasting gap stands for, NONE if there is none."""
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


@kernel(inline=True)
def judge(at, households, months, line, p):
    """Who is poor at the end of this month, and since when: for all living households."""
    rows = slice(at.first_household, at.end_household)
    alive = households.alive[rows]
    size = households.size[rows]
    poor = households.poor[rows]
    since = households.poor_since[rows]
    left = households.true_exit_month[rows]
    long = p.exit_months
    # bit 0 of `poor` is last month's state, bit 1 becomes this month's
    income = households.income12[rows]
    months_hungry = households.hungry[rows]
    hungry = p.hungry_months
    for k in range(size.size):
        short = (income[k] < line * size[k]) | (months_hungry[k] >= hungry)
        poor[k] |= np.uint8(2) * np.uint8(short & (alive[k] != 0) & (size[k] > 0))
    education = households.gap_education[rows]
    medical = households.gap_medical[rows]
    house = households.gap_house[rows]
    water = households.gap_water[rows]
    for k in range(size.size):
        gap = (education[k] >= months) | (medical[k] >= months)
        gap = gap | (house[k] >= months) | (water[k] >= months)
        poor[k] |= np.uint8(2) * np.uint8(gap)
    for k in range(size.size):
        lives = (alive[k] != 0) & (size[k] > 0)
        turns = lives & ((poor[k] >> 1) != (poor[k] & 1))
        ends = turns & (poor[k] == 1) & (at.month - since[k] >= long)
        left[k] = np.int16(at.month) if ends else left[k]
        since[k] = np.int16(at.month) if turns else since[k]
        poor[k] = poor[k] >> 1 if lives else poor[k] & 1


@kernel
def settle(at, persons, households, villages, counties, words, chance, p):
    """Decide at the end of a month who is truly poor, and who of those who had left is again."""
    months = np.int64(p.gap_months)
    line = p.line * 100.0
    mark_untreated(at, persons, households)
    guarantees(at, households, months, p)
    judge(at, households, months, line, p)
    if at.burn_in != 0:
        return
    for h in households_of(at):
        state = households.registered[h]
        exited = (state == Registered.EXITED) | (state == Registered.RELAPSED)
        # one true relapse a spell: an older one belongs to an exit before
        fresh = households.relapse_month[h] <= households.exit_month[h]
        if not exited & (households.poor[h] != 0) & fresh:
            continue
        left = np.int64(households.exit_month[h])
        # who had fallen back before the plan began is dated then, not now
        since = max(np.int64(households.poor_since[h]), left + 1)
        if left > 0 and since <= at.month and households.alive[h] != 0 and households.size[h] > 0:
            households.relapse_month[h] = since
            whole = line * households.size[h]
            short = households.income12[h] < whole or households.hungry[h] >= p.hungry_months
            gap = lasting_gap(households, h, months)
            households.relapse_cause[h] = cause_of(households, h, short, gap, whole, p)


class TrueStatus(Mechanism):
    """Whether a household is truly poor, whatever the register says.

    It is poor if the countable income of the last twelve months lies below the line, if it has
    been hungry for some months, or if a guarantee has failed for so long: a child of compulsory
    age out of school, care (a serious illness untreated this month, or a member uninsured where
    somebody is ill), a house of grade C or D, unsafe water.

    True relapse is the first month after registered exit in which the household is poor; there
    is one after each exit. A household that was still poor when it was written off relapses in
    the month after (a false exit). One that had left before the plan and was poor when the plan
    began has relapsed in the month in which it became poor. The cause is the heaviest blow of
    late if it is large beside the line, else the lacking guarantee, else what is lacking in the
    household. True exit is the end of a truly poor spell of a year or more, whatever the
    register says.
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
        "household.relapse_month", "household.relapse_cause", "household.true_exit_month",
    )  # fmt: skip
    uses = ("calendar.line",)
    rule = settle
