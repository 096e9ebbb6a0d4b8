"""Action 1, operators of a new type: support for each poor household they take in (A1.5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.lasting import at_month
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, deed
from sim.world.world import World

__all__ = ["LinkedOperators"]

_LINK = 1  # draw index
_DECEMBER = 12


class LinkedOperators(Mechanism):
    """Family farms and cooperatives get cheap credit by the number of poor households they link.

    Each December the interest subsidy of a linked household goes to its operator, as far as the
    county has money. A household that is linked in fact gets rent, wages or a share of profit
    from the operator in return; one that is linked on paper gets nothing. Whether a household is
    linked, and how, is a lasting draw; measures against leakage make links on paper rarer.
    """

    name = "a01_operators"
    zh = "新型经营主体带贫贴息"
    clauses = ("A1.5",)
    reads = (
        "household.id", "household.alive", "household.registered", "household.village",
        "village.county", "village.site", "county.leak_cut",
    )  # fmt: skip
    writes = (
        "household.property", "village.paid_operator_credit", "village.did_linked",
        "village.did_linked_on_paper",
    )  # fmt: skip
    columns = (
        account("operator_credit", "interest subsidies to operators for linked households",
                "经营主体带贫贷款贴息", family="special", to="supplier", rank=4),
        deed("linked", "households", "households that got something from an operator for the link",
             "经营主体实际带动户数"),
        deed("linked_on_paper", "households", "households linked on paper, that got nothing",
             "经营主体挂名带动户数"),
    )  # fmt: skip
    months = (3, 12)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask for next December's subsidies; in December pay them, and the links that are real."""
        home, village = world.household, world.village
        state = home.registered
        theirs = (state == Registered.POOR) | (state == Registered.RELAPSED)
        rows = np.flatnonzero((theirs | (state == Registered.EXITED)) & (home.alive == 1))
        u = draws(at_month(chance, 0), home.id[rows], _LINK)
        linked = u[0] < p.link_reach * p.A1_5
        rows, order, kind = rows[linked], u[0][linked], u[1][linked]
        fen = np.int64(round(p.credit * p.interest_subsidy * 100))
        cost = np.full(rows.size, fen, np.int64)
        of = village.county[home.village[rows]]
        wanted = np.bincount(of, cost, len(world.county.code)).astype(np.int64)
        world.ledger.ask("operator_credit", wanted)
        if now.calendar != _DECEMBER or rows.size == 0:
            return
        given = world.ledger.draw("operator_credit", wanted)
        paid = within_money(of, -order, home.id[rows], cost, given)
        rows, kind, of = rows[paid], kind[paid], of[paid]
        np.add.at(village.paid_operator_credit, home.village[rows], fen)
        cut = np.clip(world.county.leak_cut[of], 0.0, 1.0)
        on_paper = kind < p.paper_share * (1.0 - cut)
        np.add.at(village.did_linked_on_paper, home.village[rows[on_paper]], 1)
        real = rows[~on_paper]
        np.add.at(village.did_linked, home.village[real], 1)
        home["property"][real] += np.int32(round(p.link_pay * 100))
