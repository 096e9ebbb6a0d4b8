"""Action 1, start-up stock for households that plant or breed (A1.8), and what becomes of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, uniform
from sim.few import draw_for, list_flagged, room_for
from sim.kernel import kernel
from sim.livelihoods.blow import strike
from sim.measures.lasting import at_month
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Registered
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["StartUpStock"]

_READY = 1  # draw index
_HANDED_OUT = (5, 9)
LOST = -1


@kernel
def keep(at, persons, households, villages, counties, words, chance, p):
    """One month of the stock that is not yet safe: it may die, or be eaten or sold."""
    first = at.first_household
    stock = households.a01_stock[first : at.end_household]
    alive = households.alive[first : at.end_household]
    flags = np.zeros(room_for(stock.size), np.uint8)
    for k in range(stock.size):
        flags[k] = (stock[k] > 0) & (stock[k] <= p.stock_months) & (alive[k] != 0)
    listed = np.empty(flags.size, np.uint32)
    count = list_flagged(flags, 1, listed)
    if count == 0:
        return
    drawn = draw_for(chance, households.id, first, listed, count)
    income = p.stock_grant * p.stock_return
    worth = np.int32(income * p.herd_worth * 100.0)
    for n in range(count):
        h = first + np.int64(listed[n])
        v = households.village[h]
        households.a01_stock[h] += 1
        dies = uniform(drawn[0, n]) < p.dies
        free = 1.0 - min(1.0, np.float64(villages.conditional_share[v]))
        gone = dies or uniform(drawn[1, n]) < p.eaten * free
        if not gone:
            villages.did_stock_kept[v] += households.a01_stock[h] > p.stock_months
            continue
        households.a01_stock[h] = LOST
        share = income / (p.herd_income[villages.terrain[v] - 1] * max(1, households.size[h]))
        households.herd[h] = max(np.float32(0), households.herd[h] - np.float32(share))
        left = min(worth, households.livestock[h])
        households.livestock[h] -= left
        if dies:
            strike(households, h, Cause.DISASTER, np.float64(worth))
            villages.did_stock_died[v] += 1
        else:
            households.business[h] += left
            villages.did_stock_eaten[v] += 1


class StartUpStock(Mechanism):
    """Counties give poor households that can work animals, seedlings and sheds to start with.

    Twice a year, as far as the money goes, the neediest of those who are ready get it, once. The
    gift is in kind: it brings a yearly income like other animals, and the part that could be sold
    is livestock. For two years it is at risk: it may die, or be eaten or sold; after that it
    is part of the farm. The more of the support is tied to taking part (A10.2), the less is eaten.
    """

    name = "a01_stock"
    zh = "到户种养补助"
    clauses = ("A1.8",)
    reads = (
        "household.id", "household.alive", "household.village", "household.registered",
        "household.labour", "household.size", "household.seen_income", "village.county",
        "village.terrain", "village.takeup", "village.conditional_share",
    )  # fmt: skip
    writes = (
        "household.a01_stock", "household.granted", "household.business",
        "village.paid_household_stock", "village.did_stock_given", "village.did_stock_kept",
        "village.did_stock_died", "village.did_stock_eaten",
    )  # fmt: skip
    changes = ("household.herd", "household.livestock", "household.blow",
               "household.blow_size")  # fmt: skip
    columns = (
        account("household_stock", "planting and breeding subsidies to households, in kind",
                "到户种养业补助", family="special", to="household", rank=1),
        column("household", "a01_stock", "i1", "months", "months since the start-up stock was "
               "given, counted from 1; 0 none given, -1 given and lost", "到户种养资产月数"),
        deed("stock_given", "households", "households given start-up stock", "到户种养补助户数"),
        deed("stock_kept", "households", "households whose stock was still there after two years",
             "种养资产存活满两年户数"),
        deed("stock_died", "households", "households whose stock died", "种养资产死亡户数"),
        deed("stock_eaten", "households", "households that ate or sold their stock",
             "种养资产变卖户数"),
    )  # fmt: skip
    uses = ("farming.herd_income", "farming.herd_worth")
    in_burn_in = False
    rule = keep

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask in spring, and hand out twice a year."""
        if now.calendar not in (*_HANDED_OUT, 3):
            return
        home, village = world.household, world.village
        state = home.registered
        listed = ((state == Registered.POOR) | (state == Registered.RELAPSED)) & (p.A1_8 > 0.0)
        rows = np.flatnonzero(listed & (home.alive == 1) & (home.a01_stock == 0))
        rows = rows[home.labour[rows] >= p.stock_labour]
        ready = draws(at_month(chance, 0), home.id[rows], _READY)[0]
        eager = np.clip(1.0 + village.takeup[home.village[rows]], 0.0, 2.0)
        rows = rows[ready < p.stock_takeup * p.A1_8 * eager]
        fen = np.int64(round(p.stock_grant * 100))
        of = village.county[home.village[rows]]
        wanted = fen * np.bincount(of, minlength=len(world.county.code))
        if now.calendar in _HANDED_OUT:
            given = world.ledger.draw("household_stock", wanted)
            cost = np.full(rows.size, fen, np.int64)
            need = -home.seen_income[rows].astype(float)
            reached = within_money(of, need, home.id[rows], cost, given)
            self._give(world, rows[reached], fen, p)
            wanted -= fen * np.bincount(of[reached], minlength=len(wanted))
        world.ledger.ask("household_stock", wanted)

    @staticmethod
    def _give(world: World, rows: np.ndarray, fen: np.int64, p: Any) -> None:
        """Hand the stock to some households."""
        home, village = world.household, world.village
        of = home.village[rows]
        income = p.stock_grant * p.stock_return
        usual = p.herd_income[village.terrain[of] - 1] * np.maximum(1, home.size[rows])
        home.herd[rows] += (income / usual).astype(np.float32)
        home.livestock[rows] += np.int32(income * p.herd_worth * 100.0)
        home.a01_stock[rows] = 1
        home.granted[rows] += np.int32(fen)
        np.add.at(village.paid_household_stock, of, fen)
        np.add.at(village.did_stock_given, of, 1)
