"""The screening of October and November: who may leave, who fell back, who is new, who is out."""

import numpy as np

from sim import chance as draws
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.registry.observing import has_gap, income_error, seen_income
from sim.registry.visits import more_of
from sim.world.codes import HouseGrade, Registered

__all__ = ["EXIT", "NEW", "RELAPSE", "REMOVE", "Screening"]

EXIT, RELAPSE, NEW, REMOVE = 1, 2, 3, 4
"""Results of the screening, as `household.eligible` holds them (0: nothing changes)."""


@kernel
def screen(at, persons, households, villages, counties, words, chance, p):
    """Screen half of the households (by identity) in October, the other half in November."""
    line = p.line * 100.0
    half = np.uint64(at.calendar - 10)
    spread = p.error_sd * p.error_share * max(0.0, 1.0 - counties.error_cut[at.county])
    match_wealth = more_of(p.match_wealth, counties.match_gain[at.county])
    if at.calendar == 10:
        households.eligible[at.first_household : at.end_household] = 0
    start = np.uint64(at.first_household)
    for h in range(start, np.uint64(at.end_household)):
        lives = (households.alive[h] != 0) & (households.size[h] != 0)
        if not lives & (households.id[h] & np.uint64(1) == half):
            continue
        i = h - start
        state = households.registered[h]
        on_list = state == Registered.POOR or state == Registered.RELAPSED
        income = np.float64(households.registry_income[h])
        gap = has_gap(
            households.gap_education[h], households.gap_medical[h],
            (households.house_cert[h] > HouseGrade.B) * p.gap_months,  # by its certificate
            households.gap_water[h], p.gap_months,
        )  # fmt: skip
        if on_list:
            reach = p.reach_poor
        elif state == Registered.EXITED:
            reach = p.reach_exited
        else:
            # a household that is poor by its own reckoning may ask to be looked at
            asks = 1.0 + np.float64(villages.search_gain[households.village[h]])
            reach = p.applies * asks if income < line or gap else 0.0
        looked = draws.uniform(words[0, i]) < reach
        if looked:
            mean = p.error_mean_poor if on_list else p.error_mean_other
            error = income_error(
                mean, spread, p.error_lasting,
                words[1, i], households.id[h], chance,
            )  # fmt: skip
            households.seen_income[h] = seen_income(income, error)
            seen = more_of(p.gap_seen, villages.detect_gain[households.village[h]])
            households.seen_gap[h] = gap and draws.uniform(words[2, i]) < seen
            households.visited[h] = at.month
        fails = households.seen_income[h] < line or households.seen_gap[h] != 0
        decision = draws.uniform(words[3, i])
        if on_list:
            rich = (
                income >= p.wealth_income * line
                or households.cash[h] >= p.wealth_cash * line * households.size[h]
            )
            ready = (
                households.seen_income[h] >= p.exit_margin * line and households.seen_gap[h] == 0
            )
            # those who lead a captured village keep their own on the list
            honest = 1.0 - villages.capture[households.village[h]]
            if rich and decision < match_wealth * honest:
                households.eligible[h] = REMOVE
            elif ready and households.visited[h] > 0:
                households.eligible[h] = EXIT
        elif state == Registered.EXITED:
            known = at.month - households.visited[h] < p.memory
            if known and fails and decision < p.relapse_written:
                households.eligible[h] = RELAPSE
        else:
            favour = p.captured * villages.capture[households.village[h]] * households.elite[h]
            if (looked and fails and decision < p.identify) or decision < favour:
                households.eligible[h] = NEW


class Screening(Mechanism):
    """The village's screening before the yearly round, on the income window closed in September.

    Every registered household is judged, but only those that the screeners reach are looked at
    afresh; the rest are judged by the last visit's record. A registered household seen at or
    above the line with its guarantees in order may exit; one whose records show a car, a flat, a
    firm or a public salary (here: true income or savings far above the line) is to be removed.
    An exited household seen below the line, or with a gap, is put forward as relapsed, but only
    a share is: falling households are first covered by other policies, so what is published as
    relapse follows that practice and not the falls themselves. A household that was never
    registered and is poor by its own reckoning may apply, be seen as poor, and be accepted. Where
    the leading families have captured a village, their own are kept on the list against the
    records, and some get on to it who are not poor.
    """

    name = "screening"
    zh = "动态调整入户筛查"
    reason = "the yearly cycle of the register, which exists without the plan"
    reads = (
        "household.id", "household.alive", "household.size", "household.registry_income",
        "household.registered", "household.cash", "household.gap_education",
        "household.gap_medical", "household.house_cert", "household.gap_water",
        "household.village", "household.elite", "village.detect_gain", "village.search_gain",
        "village.capture", "county.error_cut", "county.match_gain",
    )  # fmt: skip
    writes = ("household.eligible",)
    changes = ("household.visited", "household.seen_income", "household.seen_gap")
    uses = (
        "calendar.line", "visits.error_sd", "visits.error_lasting", "visits.error_mean_poor",
        "visits.error_mean_other", "visits.gap_months",
    )  # fmt: skip
    draws = "household"
    months = (10, 11)
    rule = screen
