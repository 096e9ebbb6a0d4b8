"""Visits and the matching of data between departments: what the state comes to see each month."""

import numpy as np

from sim import chance as draws
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.registry.observing import SEEN_SHOCK, has_gap, income_error, seen_income
from sim.world.codes import Cause, Registered

__all__ = ["Visits"]


@kernel(inline=True)
def matched_share(blow, shares):
    """Chance a month that another department's records give a heavy blow away."""
    illness, disability, death, disaster, job_loss, other = shares
    if blow == Cause.ILLNESS:
        return illness
    if blow == Cause.DISABILITY:
        return disability
    if blow == Cause.FUNERAL:
        return death
    if blow == Cause.DISASTER:
        return disaster
    if blow == Cause.JOB_LOSS:
        return job_loss
    return other


@kernel
def visit(at, persons, households, villages, counties, words, chance, p):
    """Share out a village's hours, visit, and write down what is seen."""
    limit = p.heavy_blow * p.line * 100.0
    shares = (
        p.match_illness, p.match_disability, p.match_death, p.match_disaster,
        p.match_job_loss, p.match_other,
    )  # fmt: skip
    # how much of the visitors' attention a household gets, by its registered state
    weight = np.array((
        p.attention_other, p.attention_poor, p.attention_exited, p.attention_poor,
        p.attention_other,
    ))  # fmt: skip
    chances = np.zeros(5)
    for v in range(at.first_village, at.end_village):
        first = villages.first_household[v]
        end = villages.end_household[v]
        need = 0.0
        for h in range(first, end):
            if households.alive[h] != 0:
                share = weight[households.registered[h]]
                if households.monitor[h] != 0:
                    share = max(share, p.attention_poor)
                need += share
        hours = min(p.hours_village / need, p.visits_most * p.hours_visit) if need > 0.0 else 0.0
        villages.team[v] = np.float32(hours)
        visits = hours / p.hours_visit
        for state in range(5):
            chances[state] = 1.0 - np.exp(-visits * weight[state])
        for h in range(first, end):
            if households.alive[h] == 0 or households.size[h] == 0:
                continue
            state = households.registered[h]
            likely = chances[state]
            if households.monitor[h] != 0:
                likely = max(likely, chances[Registered.POOR])
            i = h - at.first_household
            comes = draws.uniform(words[0, i]) < likely
            found = False
            cost = households.blow_size[h]
            if cost > 0 and cost >= limit * households.size[h]:
                u = draws.uniform(words[3, i])
                # a match sends somebody to look in the same month
                sharing = p.sharing
                if households.blow[h] == Cause.ILLNESS:  # A4.16: hospitals tell the registry
                    sharing = max(sharing, counties.health_data[at.county])
                found = u < sharing * matched_share(households.blow[h], shares)
                comes = comes or found
                found = found or (comes and u < p.detect_blow)
            if comes:
                under = state == Registered.POOR or state == Registered.RELAPSED
                mean = p.error_mean_poor if under else p.error_mean_other
                income = households.income12[h] / households.size[h]
                error = income_error(
                    mean, p.error_sd, p.error_lasting, words[1, i], households.id[h], chance
                )
                gap = has_gap(
                    households.gap_education[h], households.gap_medical[h],
                    households.gap_house[h], households.gap_water[h], p.gap_months,
                )  # fmt: skip
                households.seen_income[h] = seen_income(income, error)
                households.seen_gap[h] = gap and draws.uniform(words[2, i]) < p.detect_gap
                households.visited[h] = at.month
                households.seen_shock[h] = households.blow[h] if found else np.int8(0)


class Visits(Mechanism):
    """What the state sees of a household in an ordinary month.

    A village's cadres and helpers have so many hours a month for visits. Registered poor
    households get most of them, exited ones some, the rest few, so a village with many poor
    sees each of them more seldom. A visitor writes down the household's income of the last
    twelve months with an error (people under-report while that keeps support), and sees a
    missing guarantee or a heavy blow by chance. Besides, departments share records: a hospital
    bill, a disability card, a death, a disaster claim or a lost job becomes known without a
    visit, and somebody comes to look. Nothing here changes how the household really is.

    The hours are those of ordinary verification in October 2017; the plan's resident teams
    (section S3) and data sharing (S2.2) are to change `hours_village` and `sharing`.
    """

    name = "visits"
    zh = "走访与数据比对"
    clauses = ("A4.16",)
    reason = "the registry's ordinary verification, which exists without the plan"
    reads = (
        "household.id", "household.alive", "household.size", "household.income12",
        "household.registered", "household.monitor", "household.blow", "household.blow_size",
        "household.gap_education", "household.gap_medical", "household.gap_house",
        "household.gap_water", "village.first_household", "village.end_household",
        "county.health_data",
    )  # fmt: skip
    writes = (
        "household.visited", "household.seen_income", "household.seen_gap",
        "household.seen_shock", "village.team",
    )  # fmt: skip
    columns = (SEEN_SHOCK,)
    uses = ("calendar.line",)
    draws = "household"
    rule = visit
