"""Visits and the matching of data between departments: what the state comes to see each month."""

import numpy as np

from sim import chance as draws
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.registry.observing import SEEN_SHOCK, has_gap, income_error, seen_income
from sim.world.codes import Cause, HouseGrade, Registered

__all__ = ["Visits"]


@kernel(inline=True)
def matched_share(blow, p):
    """Chance a month that another department's records give a heavy blow away."""
    if blow == Cause.ILLNESS:
        return p.match_illness
    if blow == Cause.DISABILITY:
        return p.match_disability
    if blow == Cause.FUNERAL:
        return p.match_death
    if blow == Cause.DISASTER:
        return p.match_disaster
    if blow == Cause.JOB_LOSS:
        return p.match_job_loss
    return p.match_other


@kernel(inline=True)
def by_state(state, watched, poor, exited, other):
    """What holds for a household by its registered state; for one on the list of monitoring
    what holds for the poor, if that is more."""
    value = exited if state == Registered.EXITED else other
    value = poor if (state == Registered.POOR) | (state == Registered.RELAPSED) else value
    return max(value, poor) if watched else value


@kernel(inline=True)
def is_hard(cause):
    """Whether the registered cause is one of the plan's hardest (G5): illness, disability,
    schooling, disaster."""
    return (cause >= Cause.ILLNESS) & (cause <= Cause.DISASTER)


@kernel(inline=True)
def wanted(first, end, focus, households, p):
    """How much of the visitors' attention the households of a village want in all."""
    easy, exited, other = p.attention_poor, p.attention_exited, p.attention_other
    hard = easy * (1.0 + focus)
    need = 0.0
    for h in range(np.uint64(first), np.uint64(end)):
        poor = hard if is_hard(households.cause[h]) else easy
        share = by_state(households.registered[h], households.monitor[h] != 0, poor, exited, other)
        need += share if households.alive[h] != 0 else 0.0
    return need


@kernel(inline=True)
def mark(at, first, end, hours, focus, limit, households, words, p):
    """Mark whom of a village a visitor comes to (1) and who has a blow that records may tell of
    (2), in words[0], whose draws are used up by it."""
    visits = hours / p.hours_visit
    other = 1.0 - np.exp(-visits * p.attention_other)
    easy = 1.0 - np.exp(-visits * p.attention_poor)
    hard = 1.0 - np.exp(-visits * (p.attention_poor * (1.0 + focus)))
    exited = 1.0 - np.exp(-visits * p.attention_exited)
    state = households.registered[first:end]
    monitor = households.monitor[first:end]
    cause = households.cause[first:end]
    alive = households.alive[first:end]
    size = households.size[first:end]
    cost = households.blow_size[first:end]
    marks = words[0][first - at.first_household : end - at.first_household]
    for k in range(size.size):  # no branch, so that several rows are drawn at once
        poor = hard if is_hard(cause[k]) else easy
        poor = hard if is_hard(cause[k]) else easy
        likely = by_state(state[k], monitor[k] != 0, poor, exited, other)
        comes = draws.uniform(marks[k]) < likely
        heavy = (cost[k] > 0) & (cost[k] >= limit * size[k])
        lives = (alive[k] != 0) & (size[k] != 0)
        marks[k] = np.uint32(lives) * (np.uint32(comes) + np.uint32(2) * np.uint32(heavy))


@kernel(inline=True)
def told(blow, word, known, more, p):
    """Whether another department's records give a heavy blow away this month; `known` is the
    share of hospital bills that the registry learns of, `more` what measures add of the rest."""
    # A4.16: hospitals tell the registry
    sharing = max(p.sharing, known) if blow == Cause.ILLNESS else p.sharing
    sharing += (1.0 - sharing) * more
    return draws.uniform(word) < sharing * matched_share(blow, p)


@kernel(inline=True)
def more_of(share, gain):
    """A share of what is there to be seen, and of the rest what measures bring to light."""
    return share + (1.0 - share) * min(1.0, max(0.0, np.float64(gain)))


@kernel
def visit(at, persons, households, villages, counties, words, chance, p):
    """Share out each village's hours and choose who is visited; then write down what is seen."""
    limit = p.heavy_blow * p.line * 100.0
    focus = np.float64(counties.focus[at.county])
    for v in range(at.first_village, at.end_village):
        first = villages.first_household[v]
        end = villages.end_household[v]
        need = wanted(first, end, focus, households, p)
        given = max(0.0, p.hours_village + villages.visit_hours[v])
        hours = min(given / need, p.visits_most * p.hours_visit) if need > 0.0 else 0.0
        villages.team[v] = np.float32(hours)
        mark(at, first, end, hours, focus, limit, households, words, p)
    start = np.uint64(at.first_household)
    matched = min(1.0, max(0.0, np.float64(counties.match_gain[at.county])))
    spread = p.error_sd * max(0.0, 1.0 - counties.error_cut[at.county])
    marks = words[0]
    count = np.uint64(0)
    for i in range(np.uint64(at.end_household) - start):  # the places of those with a mark
        marked = np.uint64(marks[i])
        marks[count] = np.uint32(i * np.uint64(4) + marked)
        count += np.uint64(marked != np.uint64(0))
    for n in range(count):
        i = np.uint64(marks[n]) >> np.uint64(2)
        comes = marks[n] & 1 != 0
        h = start + i
        found = False
        if marks[n] & 2 != 0:
            # a match sends somebody to look in the same month
            known = counties.health_data[at.county]
            found = told(households.blow[h], words[3, i], known, matched, p)
            comes = comes or found
            seen = more_of(p.detect_blow, villages.detect_gain[households.village[h]])
            found = found or draws.uniform(words[3, i]) < seen
        if not comes:
            continue
        state = households.registered[h]
        under = state == Registered.POOR or state == Registered.RELAPSED
        mean = p.error_mean_poor if under else p.error_mean_other
        income = households.income12[h] / households.size[h]
        error = income_error(mean, spread, p.error_lasting, words[1, i], households.id[h], chance)
        gap = has_gap(
            households.gap_education[h], households.gap_medical[h],
            (households.house_cert[h] > HouseGrade.B) * p.gap_months,  # by its certificate
            households.gap_water[h], p.gap_months,
        )  # fmt: skip
        households.seen_income[h] = seen_income(income, error)
        seen = more_of(p.detect_gap, villages.detect_gain[households.village[h]])
        households.seen_gap[h] = gap and draws.uniform(words[2, i]) < seen
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

    The hours are those of ordinary verification in October 2017. Measures add to them and to what
    is matched by pushes: cadre hours (sections S3, S5, S7), data comparison (S2.2), attention to
    the hardest causes (G5).
    """

    name = "visits"
    zh = "走访与数据比对"
    clauses = ("A4.16",)
    reason = "the registry's ordinary verification, which exists without the plan"
    reads = (
        "household.id", "household.alive", "household.size", "household.income12",
        "household.registered", "household.monitor", "household.blow", "household.blow_size",
        "household.gap_education", "household.gap_medical", "household.house_cert",
        "household.gap_water", "village.first_household", "village.end_household",
        "household.village", "village.visit_hours", "village.detect_gain",
        "county.health_data", "county.match_gain", "county.error_cut", "county.focus",
        "household.cause",
    )  # fmt: skip
    writes = (
        "household.visited", "household.seen_income", "household.seen_gap",
        "household.seen_shock", "village.team",
    )  # fmt: skip
    columns = (SEEN_SHOCK,)
    uses = ("calendar.line",)
    draws = "household"
    rule = visit
