"""Action 5, housing: houses certified as dangerous are strengthened, rebuilt or replaced."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import PLAN_START
from sim.chance import draws
from sim.kernel import kernel
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.world.codes import HouseGrade, HouseWork, Registered, Relocation
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["HouseWorks"]

A, B, C, D = (np.int8(g) for g in (HouseGrade.A, HouseGrade.B, HouseGrade.C, HouseGrade.D))
APPROVED, BUILDING = Relocation.APPROVED, Relocation.BUILDING
FEN = 100.0
ASKING = (3, 6, 9, 12)
"""Months in which the whole list is reckoned up, before the quarter's money is released."""


@kernel
def _dangerous(cert, alive, relocation, rows):
    """List the living households certified C or D that are not about to be moved; how many."""
    count = 0
    for h in range(cert.size):
        if cert[h] >= C and alive[h] != 0:
            if relocation[h] != APPROVED and relocation[h] != BUILDING:
                rows[count] = h
                count += 1
    return count


class HouseWorks(Mechanism):
    """Each month a part of the houses certified C or D is begun, as money and builders allow.

    The housing department works off its list, from which it strikes those that turn out to be
    safe when the works are to begin: grade D with the haste of A5.6 (a deadline two
    months after the plan, in the frost), grade C with the growing pace of A5.7, both a little
    faster under the subsidies of A5.2 and where performance is weighed by it (A5.5). First come
    grade D and the weakest. A house of grade C is strengthened (cheap, grade B) or rebuilt
    (grade A); A5.3 shifts to the cheap way. The subsidy is flat, or by A5.2 higher for the poor
    and for grade D, with neighbours' labour on top; it goes to the builder, for a house is no
    income. The rest the owner pays from cash and with a debt, if it can: who can not, waits, or
    is housed by the collective without debt (A5.4). Some build too large: the plot rules of
    A5.10 make that rarer, here and for those who build on their own, and the limits of floor
    area of A5.8 make it cheaper. Under A5.8 nearly all is built to the seismic standard, and no
    subsidy is spent on paint that leaves a house as it was with a better certificate. A5.11,
    guides and supervision, makes defects rarer.
    """

    name = "a05_works"
    zh = "农村危房改造"
    clauses = ("A5.2", "A5.3", "A5.4", "A5.5", "A5.6", "A5.7", "A5.8", "A5.10", "A5.11")
    reads = (
        "household.id", "household.alive", "household.relocation", "household.village",
        "household.registered", "household.dibao", "household.labour", "household.income12_all",
        "village.county", "village.takeup", "county.capacity", "county.sample",
    )  # fmt: skip
    writes = (
        "village.paid_house_repair", "village.paid_house_shared", "village.did_houses_repaired",
        "village.did_houses_strengthened", "village.did_houses_shared", "village.did_houses_firm",
        "village.did_houses_oversize", "village.did_houses_d_removed", "county.plot_rule",
        "county.house_effort",
    )  # fmt: skip
    changes = ("household.house", "household.house_cert", "household.house_works",
               "household.cash", "household.debt_house")  # fmt: skip
    columns = (
        account("house_repair", "subsidies for dangerous houses, paid to who builds",
                "农村危房改造补助", family="sector", to="supplier", rank=2),
        account("house_shared", "shared and rented houses for those who cannot pay",
                "集体公租房与兜底住房", family="sector", to="supplier", rank=2),
        deed("houses_repaired", "households", "dangerous houses made good with a subsidy",
             "危房改造户数"),
        deed("houses_strengthened", "households", "of these strengthened and not rebuilt",
             "加固改造户数"),
        deed("houses_shared", "households", "housed by the collective without debt",
             "兜底安置住房户数"),
        deed("houses_firm", "households", "of the works, up to the seismic standard",
             "达到抗震要求户数"),
        deed("houses_oversize", "households", "of the works, larger than needed",
             "超面积建房户数"),
        deed("houses_d_removed", "households", "houses certified D that were done away with",
             "消除D级危房户数"),
        column("county", "house_effort", "f4", "share",
               "by which performance appraisal speeds up the works on houses",
               "危房改造考核加力", report="mean"),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """List the dangerous houses, ask for what they cost, begin what can be paid and built."""
        county, home = world.county, world.household
        county.plot_rule[:] = p.plot_rule * p.A5_10
        county.house_effort[:] = p.effort * p.A5_5
        if max(p.A5_2, p.A5_4, p.A5_6, p.A5_7) <= 0.0:
            for programme in ("house_repair", "house_shared"):  # what was asked for stands till now
                world.ledger.ask(programme, np.zeros(len(county.code), np.int64))
            return
        listed = np.empty(len(home.id), np.int32)
        rows = listed[: _dangerous(home.house_cert, home.alive, home.relocation, listed)]
        of = world.village.county[home.village[rows]].astype(np.int64)
        turn = draws(chance, home.id[rows])[0] < self._pace(world, rows, of, p)
        counties = len(county.code)
        if now.calendar not in ASKING and now.month != PLAN_START:
            rows, of, turn = rows[turn], of[turn], turn[turn]
        case = _Case(world, rows, p, draws(chance, home.id[rows]), draws(chance, home.id[rows], 2))
        shared = np.rint(FEN * p.shared_cost).astype(np.int64)
        can, needs = ~case.unable, case.unable & case.fallback
        # who comes to begin the works finds most of those that need none after all
        safe = turn & case.inspected & (home.house[rows] <= B)
        home.house_cert[rows[safe]] = home.house[rows[safe]]
        turn &= ~safe
        for programme, fen, mine in (
            ("house_repair", case.subsidy, can),
            ("house_shared", np.full(len(rows), shared), needs),
        ):
            if now.calendar in ASKING or now.month == PLAN_START:
                world.ledger.ask(programme, _sum(of[mine], fen[mine], counties))
            ready = np.flatnonzero(mine & turn)
            wanted = _sum(of[ready], fen[ready], counties)
            given = world.ledger.draw(programme, wanted, works=True)
            paid = within_money(of[ready], case.score[ready], home.id[rows[ready]], fen[ready],
                                given)  # fmt: skip
            done = ready[paid]
            np.add.at(world.village[f"paid_{programme}"], home.village[rows[done]], fen[done])
            if programme == "house_repair":
                _build(world, rows[done], case, done, p)
            else:
                _house(world, rows[done])

    def _pace(self, world: World, rows: np.ndarray, of: np.ndarray, p: Any) -> np.ndarray:
        """Chance that a house on the list is begun this month."""
        bad = world.household.house_cert[rows] == D
        pace = np.where(bad, p.pace_d * p.A5_6, p.pace_c * p.A5_7) + p.pace_any * p.A5_2
        pace *= 1.0 + world.county.house_effort[of]
        pace *= np.maximum(0.2, 1.0 + world.county.capacity[of])
        return np.asarray(pace * np.clip(1.0 + world.village.takeup[world.household.village[rows]],
                                         0.0, 2.0))  # fmt: skip


class _Case:
    """What each house on the list would cost, who pays what, and whose turn comes first."""

    def __init__(
        self, world: World, rows: np.ndarray, p: Any, first: np.ndarray, more: np.ndarray
    ) -> None:
        home = world.household
        bad = home.house_cert[rows] == D
        state = home.registered[rows]
        poor = (state == Registered.POOR) | (state == Registered.EXITED)
        poor |= state == Registered.RELAPSED
        weak = (home.dibao[rows] == 1) | (home.labour[rows] < p.weak_labour)
        way = p.strengthened + (p.strengthened_plan - p.strengthened) * p.A5_3
        self.strengthen = ~bad & (first[1] < way)
        self.fallback = (poor | weak) & (first[2] < p.A5_4)
        large = p.oversize * (1.0 - p.plot_rule * p.A5_10)
        self.oversize = ~self.strengthen & (first[3] < large)
        self.paint = more[0] < p.paint * (1.0 - p.A5_8)
        self.firm = more[1] < p.firm + (p.firm_plan - p.firm) * p.A5_8
        self.defect = more[2] < p.defect * (1.0 - p.defect_cut * p.A5_11)
        self.inspected = more[3] < p.inspected
        cost = np.where(self.strengthen, p.cost_strengthen, p.cost_rebuild)
        rank = np.where(weak, p.subsidy_weak, np.where(poor, p.subsidy_poor, p.subsidy_other))
        share = p.subsidy_flat + (rank - p.subsidy_flat) * p.A5_2
        share = share + np.where(bad, p.subsidy_d * p.A5_2, 0.0)
        self.subsidy = np.rint(FEN * cost * np.minimum(1.0, share)).astype(np.int64)
        own = FEN * cost * (1.0 - p.mutual_labour * p.A5_2) - self.subsidy
        self.own = np.maximum(0.0, own).astype(np.int64)
        self.extra = np.rint(FEN * p.oversize_cost * (1.0 - p.area_limit * p.A5_8) * self.oversize)
        year = np.maximum(0, home.income12_all[rows]) * p.borrow
        self.cash = np.maximum(0, home.cash[rows]) * p.own_cash
        self.unable = self.own > self.cash + np.maximum(0.0, year - home.debt_house[rows])
        self.score = 4.0 * bad + 2.0 * weak + poor


def _build(world: World, rows: np.ndarray, case: _Case, of: np.ndarray, p: Any) -> None:
    """Strengthen or rebuild: the house, its certificate, and what its owner pays and owes."""
    home = world.household
    own = case.own[of] + case.extra[of].astype(np.int64)
    cash = np.minimum(own, case.cash[of].astype(np.int64))
    home.cash[rows] -= cash.astype(np.int32)
    home.debt_house[rows] += (own - cash).astype(np.int32)
    new = np.where(case.strengthen[of], B, A)
    _count(world, "houses_d_removed", rows[home.house_cert[rows] == D])
    home.house_cert[rows] = new
    sound = ~case.paint[of]
    home.house[rows] = np.where(sound, new, home.house[rows])
    bits = HouseWork.SUPPORTED + HouseWork.STRENGTHENED * case.strengthen[of]
    bits = bits + HouseWork.OVERSIZE * case.oversize[of]
    bits = bits + HouseWork.SEISMIC * (sound & case.firm[of])
    bits = bits + HouseWork.DEFECT * (sound & case.defect[of])
    keep = home.house_works[rows] & HouseWork.SANITARY
    home.house_works[rows] = keep | bits.astype(np.uint8)
    for name, done in (
        ("houses_repaired", np.ones(len(of), bool)),
        ("houses_strengthened", case.strengthen[of]),
        ("houses_firm", sound & case.firm[of]),
        ("houses_oversize", case.oversize[of]),
    ):
        _count(world, name, rows[done])


def _house(world: World, rows: np.ndarray) -> None:
    """The collective houses them: a safe house and no debt."""
    home = world.household
    _count(world, "houses_d_removed", rows[home.house_cert[rows] == D])
    home.house[rows] = B
    home.house_cert[rows] = B
    home.house_works[rows] = HouseWork.SUPPORTED + HouseWork.SHARED + HouseWork.SEISMIC
    _count(world, "houses_shared", rows)


def _count(world: World, name: str, rows: np.ndarray) -> None:
    of = world.household.village[rows]
    world.village[f"did_{name}"][:] += np.bincount(of, minlength=len(world.village.id))


def _sum(of: np.ndarray, fen: np.ndarray, counties: int) -> np.ndarray:
    """Fen by county, in whole numbers."""
    out = np.zeros(counties, np.int64)
    np.add.at(out, of, fen)
    return out
