"""Action 1, leading firms: they come with a subsidy, hire nearby, buy at a floor price, and may
go again (A1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws
from sim.measures.a01_places import QUARTERS, ROUNDING, in_order, township_part
from sim.measures.lasting import at_month
from sim.mechanism import Mechanism, Now
from sim.world.codes import Cause, Job
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["LeadFirms"]

_ORDER, _END = 1, 2  # draw indices


class LeadFirms(Mechanism):
    """Townships of deep-poverty areas win a leading firm, which brings jobs until it closes.

    A firm settles when the subsidy is there, at most one a township. While it is there, wage
    work nearby is easier to find, and a part of the harvest is bought under contract, at no less
    than a floor price. It closes at a yearly hazard; then the contracts end and some of the
    local workers of its villages lose their job, which the household feels as a blow.
    """

    name = "a01_firms"
    zh = "扶贫龙头企业"
    clauses = ("A1.2",)
    reads = (
        "village.county", "village.township", "village.site", "village.first_person",
        "village.end_person", "township.code", "township.county", "township.deep",
        "county.deep", "county.sample", "county.price", "person.id", "person.alive",
        "person.household",
    )  # fmt: skip
    writes = (
        "township.lead_firms", "village.local_jobs", "village.price_gain",
        "village.paid_lead_firms", "township.lead_firms_closed",
        "township.lead_firm_spent", "village.did_lead_firm_layoffs",
    )  # fmt: skip
    changes = ("person.job", "person.job_months", "person.wage", "household.blow",
               "household.blow_size")  # fmt: skip
    columns = (
        account("lead_firms", "subsidies to new leading firms", "龙头企业扶持资金",
                family="sector", to="supplier", rank=3),
        column("township", "lead_firms", "u1", "firms", "leading firms set up under the plan",
               "新建龙头企业数", report="mean"),
        column("township", "lead_firms_closed", "u1", "firms", "leading firms that have closed",
               "已关闭龙头企业数", report="mean"),
        column("township", "lead_firm_spent", "i8", "fen", "paid for the next firm so far",
               "龙头企业已付扶持资金"),
        deed("lead_firm_layoffs", "persons", "local workers laid off when a leading firm closed",
             "龙头企业关闭失业人数"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Firms close, firms open, and those that are there push."""
        village, township = world.village, world.township
        self._close(world, p, chance)
        wanting = self._wanting(world, p, chance)
        if now.calendar in QUARTERS:
            wanting = self._open(world, p, wanting)
        cost = self._cost(world, p, wanting)
        of = township.county[wanting]
        asked = np.bincount(of, cost, len(world.county.code)).astype(np.int64)
        world.ledger.ask("lead_firms", asked)
        here = (township.lead_firms[village.township] > 0) & (village.site == 0)
        if here.any():
            below = np.maximum(0.0, p.contract_floor - world.county.price[village.county])
            village["local_jobs"] += (p.firm_jobs * here).astype(np.float32)
            village["price_gain"] += (p.contract_share * below * here).astype(np.float32)

    @staticmethod
    def _wanting(world: World, p: Any, chance: Any) -> np.ndarray:
        """Townships of deep-poverty areas that are to have a firm and have none."""
        township = world.township
        here = np.zeros(len(township.code), bool)
        here[world.village.township[world.village.site == 0]] = True
        deep = (township.deep == 1) | (world.county.deep[township.county] == 1)
        order = draws(at_month(chance, 0), township.code.astype(np.uint64), _ORDER)[0]
        due = order < p.firm_reach * p.A1_2
        return np.flatnonzero(here & deep & due & (township.lead_firms == 0))

    @staticmethod
    def _cost(world: World, p: Any, rows: np.ndarray) -> np.ndarray:
        """What is still to be paid for the firm of each township, times the sample (fen)."""
        part = township_part(world)[world.township.county[rows]]
        whole = np.round(p.firm_subsidy * 100.0 * part).astype(np.int64)
        return np.asarray(np.maximum(0, whole - world.township.lead_firm_spent[rows]))

    def _open(self, world: World, p: Any, rows: np.ndarray) -> np.ndarray:
        """Pay subsidies as far as the money goes, settle the firms; the townships that wait."""
        township = world.township
        cost, of = self._cost(world, p, rows), township.county[rows]
        wanted = np.bincount(of, cost, len(world.county.code)).astype(np.int64)
        given = world.ledger.draw("lead_firms", wanted)
        part = in_order(of, township.deep[rows], township.code[rows], cost, given)
        world.village.paid_lead_firms[_first_village(world, rows)] += part
        township.lead_firm_spent[rows] += part
        won = cost - part < ROUNDING
        township.lead_firms[rows[won]] = 1
        township.lead_firm_spent[rows[won]] = 0
        return np.asarray(rows[~won])

    def _close(self, world: World, p: Any, chance: Any) -> None:
        """Firms that fail this month, and who loses his job by it."""
        township, village = world.township, world.village
        rows = np.flatnonzero(township.lead_firms > 0)
        if rows.size == 0:
            return
        u = draws(chance, township.code[rows].astype(np.uint64), _END)[0]
        gone = rows[u < 1.0 - (1.0 - p.firm_exit) ** (1.0 / 12.0)]
        township.lead_firms[gone] = 0
        township.lead_firms_closed[gone] += 1
        for v in np.flatnonzero(np.isin(village.township, gone) & (village.site == 0)):
            self._lay_off(world, int(v), p, chance)

    @staticmethod
    def _lay_off(world: World, v: int, p: Any, chance: Any) -> None:
        person, home, village = world.person, world.household, world.village
        span = slice(int(village.first_person[v]), int(village.end_person[v]))
        rows = np.flatnonzero((person.job[span] == Job.LOCAL) & (person.alive[span] == 1))
        rows += span.start
        rows = rows[draws(chance, person.id[rows], _END)[0] < p.firm_workers]
        of, whose = np.unique(person.household[rows], return_inverse=True)
        lost = np.bincount(whose, person.wage[rows] * p.loss_months, of.size)
        lost = np.minimum(np.round(lost), 2_000_000_000).astype(np.int64)
        hard = lost > home.blow_size[of]
        home.blow[of[hard]] = Cause.JOB_LOSS
        home.blow_size[of[hard]] = lost[hard]
        person.job[rows], person.job_months[rows], person.wage[rows] = Job.NONE, 0, 0
        village.did_lead_firm_layoffs[v] += rows.size


def _first_village(world: World, townships: np.ndarray) -> np.ndarray:
    """The first village of each of some townships (which have one)."""
    of, first = np.unique(world.village.township, return_index=True)
    return np.asarray(first[np.searchsorted(of, townships)])
