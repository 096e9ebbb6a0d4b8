"""When the state first knew of a relapse: a record for observers, which nobody acts on."""

import numpy as np

from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.world.codes import Registered
from sim.world.columns import column

__all__ = ["FirstKnown"]


@kernel
def note(at, persons, households, villages, counties, words, chance, p):
    """Note the month in which a look first showed an exited, truly poor household as poor."""
    line = p.line * 100.0
    rows = slice(at.first_household, at.end_household)
    relapse = households.relapse_month[rows]
    known = households.known_month[rows]
    state = households.registered[rows]
    visited = households.visited[rows]
    income = households.seen_income[rows]
    gap = households.seen_gap[rows]
    shock = households.seen_shock[rows]
    month = np.int16(at.month)
    for k in range(known.size):  # no branch, so that several rows are looked at at once
        fell = (relapse[k] > 0) & (state[k] == Registered.EXITED)
        shown = (income[k] < line) | (gap[k] != 0) | (shock[k] != 0)
        first = fell & (known[k] < relapse[k]) & (visited[k] == month) & shown
        known[k] = month if first else known[k]


class FirstKnown(Mechanism):
    """Writes down when the state first came to know that an exited household is poor again.

    It compares what was seen with what is true, so no measure may read it: it is there for the
    indicator of the delay of detection, which ends when a look (a visit, a match of records, the
    screening) has shown an income below the line, a missing guarantee or a heavy blow.
    """

    name = "first_known"
    zh = "返贫首次发现记录"
    reason = "a record for the observers"
    reads = (
        "household.relapse_month", "household.registered", "household.visited",
        "household.seen_income", "household.seen_gap", "household.seen_shock",
    )  # fmt: skip
    writes = ("household.known_month",)
    columns = (
        column("household", "known_month", "i2", "month",
               "first month in which the state knew of its relapse, 0 none", "返贫首次发现月"),
    )  # fmt: skip
    uses = ("calendar.line",)
    in_burn_in = False
    rule = note
