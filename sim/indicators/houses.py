"""Dangerous houses: how many there are, how many the certificates know of, who lives there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now
from sim.world.codes import HouseGrade

__all__ = ["Houses"]

B, C, D = HouseGrade.B, HouseGrade.C, HouseGrade.D


@kernel
def count_houses(at, persons, households, villages, counties, out, p):
    """Add up a block's houses: unsafe ones each month, the grades in December."""
    rows = slice(at.first_household, at.end_household)
    house = households.house[rows]
    alive = households.alive[rows]
    unsafe = np.int64(0)
    homes = np.int64(0)
    for k in range(house.size):
        lives = alive[k] != 0
        homes += np.int64(lives)
        unsafe += np.int64(lives & (house[k] > B))
    out[0] += homes
    out[1] += unsafe
    if at.calendar != 12:
        return
    cert = households.house_cert[rows]
    debt = households.debt_house[rows]
    owed = np.int64(0)
    for k in range(house.size):
        owed += np.int64(debt[k]) * (alive[k] != 0)
    out[8] += owed
    for k in range(house.size):
        if alive[k] == 0 or (house[k] <= B and cert[k] <= B):
            continue
        out[2] += np.int64(house[k] == C)
        out[3] += np.int64(house[k] == D)
        out[4] += np.int64(cert[k] == C)
        out[5] += np.int64(cert[k] == D)
        out[6] += np.int64((house[k] > B) & (cert[k] <= B))
        out[7] += np.int64((house[k] <= B) & (cert[k] > B))


class Houses(Observation):
    """Dangerous houses, true and certified.

    Grades and errors of the certificates are counted in December (targets B23 and B24 are of the
    certified grade). `house_unsafe` is over the year: household-months in a house truly of grade
    C or D over all household-months.
    """

    name = "indicators_houses"
    zh = "住房安全"
    reason = "an observation"
    reads = ("household.alive", "household.house", "household.house_cert",
             "household.debt_house")  # fmt: skip
    counts = ("homes", "unsafe", "c", "d", "c_cert", "d_cert", "missed", "false", "owed")
    rule = count_houses
    indicators = (
        Indicator("house_unsafe", "share", "months lived in a house truly of grade C or D",
                  "居住危房时间比例", "year"),
        Indicator("house_c", "households", "houses of grade C (group true, certified)",
                  "C级危房户数", "year"),
        Indicator("house_d", "households", "houses of grade D (group true, certified)",
                  "D级危房户数", "year"),
        Indicator("house_error", "households",
                  "certificates that miss an unsafe house (group missed) or condemn a safe one "
                  "(group false)", "住房认定误差户数", "year"),
        Indicator("debt_house", "yuan/household", "owed for a house or a move in December",
                  "户均住房搬迁负债", "year"),
    )  # fmt: skip

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """The year's share and December's counts."""
        if now.calendar != 12:
            return
        yield "house_unsafe", "", True, year.share("unsafe", "homes")
        for grade in ("c", "d"):
            yield f"house_{grade}", "true", True, month(grade)
            yield f"house_{grade}", "certified", True, month(f"{grade}_cert")
        yield "house_error", "missed", True, month("missed")
        yield "house_error", "false", True, month("false")
        yield "debt_house", "", True, month.share("owed", "homes") / 100.0
