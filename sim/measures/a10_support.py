"""Action 10, motivation: children support their parents instead of leaving them to dibao."""

from __future__ import annotations

import numpy as np

from sim.chance import normal, uniform, words
from sim.kernel import kernel
from sim.measures.lasting import lasting
from sim.mechanism import Mechanism
from sim.world.columns import column, deed

__all__ = ["ElderSupport"]

_CHILD, _REVIEW = 2, 1  # draw indices: a trait for life; this year's review


@kernel(inline=True)
def _able_child(households, h, chance, error, p):
    """Whether the elders' kin in the village are a child of theirs that is assessed as well off."""
    kin = households.kin[h]
    if kin < 0 or households.alive[kin] == 0 or households.size[kin] <= 0:
        return False
    if uniform(lasting(chance, households.id[h], _CHILD, 0)[0]) >= p.child_near:
        return False
    if households.pensioners[kin] == households.size[kin]:
        return False
    income = households.income12[kin] / households.size[kin]
    return income * np.exp(p.assessment_error * error) >= p.well_off * p.dibao_line * 100.0


@kernel
def _review(at, households, villages, chance, p):
    """The yearly look at the households in which everybody draws a pension."""
    for v in range(at.first_village, at.end_village):
        for h in range(villages.first_household[v], villages.end_household[v]):
            elders = (households.pensioners[h] > 0) & (households.alive[h] != 0)
            elders &= households.pensioners[h] == households.size[h]
            if not elders:
                households.supported[h] = 0
                continue
            drawn = words(chance, households.id[h], _REVIEW)
            if p.A10_6 == 0.0 or not _able_child(households, h, chance, normal(drawn[1]), p):
                households.supported[h] = 0
                continue
            if households.supported[h] == 0:
                rate = p.claimed if households.dibao[h] != 0 else p.persuaded
                if uniform(drawn[0]) >= rate * p.A10_6:
                    continue
                households.supported[h] = 1
                villages.did_elders_supported[v] += 1
            households.dibao[h] = 0
            households.dibao_pay[h] = 0


@kernel
def support(at, persons, households, villages, counties, words_, chance, p):
    """The yearly review, and every month the child's money for its parents."""
    if at.calendar == p.review_month and not at.burn_in:
        _review(at, households, villages, chance, p)
    fen = np.int32(p.support * 100.0 + 0.5)
    supported = households.supported[at.first_household : at.end_household]
    for k in range(supported.size):
        if supported[k] == 0:
            continue
        h = at.first_household + k
        kin = households.kin[h]
        if households.alive[h] == 0 or kin < 0 or households.alive[kin] == 0:
            continue
        households.transfer[h] += fen
        households.other_cost[kin] += fen


class ElderSupport(Mechanism):
    """Elders who keep house apart and draw dibao though a child next door could support them.

    Once a year the households in which everybody draws a pension are looked at. Where their kin
    in the village are a child's household (a lasting draw: the register knows only kin), and
    that is assessed as well off, some cases in minimum living are taken up: dibao ends and the
    child pays a monthly sum. Other such elders get the same by persuasion, fewer. It goes on
    from year to year while the child stays well off; dibao that was granted again in between
    ends again. What the elders get, the child's household pays.

    Without the clause such elders stay in dibao as the ordinary review decides. That fewer
    households divide for the sake of dibao in the first place is not modelled.
    """

    name = "a10_support"
    zh = "赡养责任与分户套保治理"
    clauses = ("A10.6",)
    reads = (
        "household.id", "household.alive", "household.size", "household.kin",
        "household.pensioners", "household.income12", "village.first_household",
        "village.end_household",
    )  # fmt: skip
    writes = ("household.supported", "household.transfer", "household.other_cost",
              "village.did_elders_supported")  # fmt: skip
    changes = ("household.dibao", "household.dibao_pay")
    columns = (
        column("household", "supported", "u1", "flag",
               "elders whom a child's household supports by agreement or order", "子女履行赡养"),
        deed("elders_supported", "households",
             "elders' households whose child began to support them", "落实赡养老人户数"),
    )  # fmt: skip
    in_burn_in = False
    uses = ("a08_dibao.dibao_line", "a08_dibao.assessment_error")
    rule = support
