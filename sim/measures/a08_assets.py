"""Action 8, social protection: income from assets for registered households of the disabled."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, deed
from sim.world.world import World

__all__ = ["DisabledAssets"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED


class DisabledAssets(Mechanism):
    """Special funds are put into cooperatives in the name of registered disabled households.

    Under A8.13 a registered household with a disabled member that holds no equity yet is given
    some, the poorest as seen first, as far as the county's account goes. The dividends are those
    of the village's cooperative (see a01_income), and end with it.
    """

    name = "a08_assets"
    zh = "建档立卡残疾人家庭资产收益"
    clauses = ("A8.13",)
    reads = (
        "household.id", "household.alive", "household.village", "household.disabled",
        "household.registered", "household.seen_income", "village.county",
    )  # fmt: skip
    writes = ("village.paid_disabled_equity", "village.did_disabled_equity")
    changes = ("household.equity", "household.coop", "village.coop")
    columns = (
        account("disabled_equity", "funds turned into equity of disabled households",
                "残疾人家庭折股量化资金", family="special", to="supplier", rank=3),
        deed("disabled_equity", "households", "of the disabled that were given equity",
             "获得股权的残疾人户数"),
    )  # fmt: skip
    months = (1, 7)
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask for what is missing, and give what there is money for."""
        household, village = world.household, world.village
        rows = np.flatnonzero(household.disabled > 0) if p.A8_13 > 0.0 else np.zeros(0, np.int64)
        state = household.registered[rows]
        fit = (state == POOR) | (state == RELAPSED) | ((state == EXITED) & (p.with_exited > 0))
        rows = rows[fit & (household.alive[rows] == 1) & (household.equity[rows] == 0)]
        # drawn household by household: whole places of a county's few would be none in a sample
        rows = rows[draws(chance, household.id[rows])[0] < p.A8_13 * p.reach]
        county = village.county[household.village[rows]].astype(np.int64)
        size = round(p.equity_size * 100.0)
        wanted = np.bincount(county, minlength=len(world.county.code)) * size
        world.ledger.ask("disabled_equity", wanted)
        given = world.ledger.draw("disabled_equity", wanted)
        score = -household.seen_income[rows].astype(np.float64)
        cost = np.full(len(rows), size, np.int64)
        chosen = rows[within_money(county, score, household.id[rows], cost, given)]
        household.equity[chosen] = size
        household.coop[chosen] = 1
        of = household.village[chosen]
        village.coop[of] = np.where(village.coop[of] == 2, 2, 1)
        np.add.at(village.paid_disabled_equity, of, size)
        np.add.at(village.did_disabled_equity, of, 1)
