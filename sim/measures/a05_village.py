"""Action 5, housing: what surrounds a house: hygiene, the village's look, paved lanes, yards."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernel import kernel
from sim.mechanism import Mechanism, Now
from sim.world.codes import Registered
from sim.world.columns import account, column
from sim.world.world import World

__all__ = ["VillageHomes"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED
FEN = 100.0


@kernel
def _pay_hands(pay, first, end, alive, registered, labour, granted, wage, paid, least):
    """Share a village's pay (fen) among its registered households with hands, whole fen each."""
    for v in range(pay.size):
        if pay[v] <= 0:
            continue
        hands = 0
        for h in range(first[v], end[v]):
            listed = registered[h] == POOR or registered[h] == RELAPSED or registered[h] == EXITED
            hands += np.int64(alive[h] != 0 and listed and labour[h] >= least)
        if hands == 0:
            continue
        each = np.int32(min(pay[v] // hands, 2_000_000_00))
        for h in range(first[v], end[v]):
            listed = registered[h] == POOR or registered[h] == RELAPSED or registered[h] == EXITED
            if alive[h] != 0 and listed and labour[h] >= least:
                wage[h] += each
                granted[h] += each
        paid[v] += np.int64(each) * hands


class VillageHomes(Mechanism):
    """Clean homes, tidy villages, and paved lanes, household roads and yards.

    In the building months a village works off a share of what is missing, poor and deep-poverty
    villages being whom it is for, as far as the county's money and builders reach. A5.9:
    toilets, pens apart from rooms, clean stoves; less illness. A5.12: model villages, cleaning
    up, manure, community halls; an index that moves nothing else. A5.13: the three pavings; a
    doctor is a little easier to reach, and while they last a part of the cost is pay for
    registered neighbours with hands.
    """

    name = "a05_village"
    zh = "人居环境改善与三硬化"
    clauses = ("A5.9", "A5.12", "A5.13")
    reads = (
        "village.county", "village.site", "village.deep", "village.poor_village",
        "village.households", "village.first_household", "village.end_household",
        "county.capacity", "household.alive", "household.registered", "household.labour",
    )  # fmt: skip
    writes = (
        "village.clean_homes", "village.village_look", "village.paved", "village.incidence_cut",
        "village.care_gain", "village.paid_clean_homes", "village.paid_village_look",
        "village.paid_paving", "village.paid_paving_work", "household.wage", "household.granted",
    )  # fmt: skip
    columns = (
        column("village", "clean_homes", "f4", "share",
               "homes with a toilet, pens apart and a clean stove by the plan", "卫生户比例",
               report="mean"),
        column("village", "village_look", "f4", "index",
               "model-village works, cleaning up, community hall: done share", "村容村貌指数",
               report="mean"),
        column("village", "paved", "f4", "share",
               "lanes, household roads and yards paved by the plan", "三硬化完成比例",
               report="mean"),
        account("clean_homes", "toilets, pens and stoves", "改厕改圈与清洁取暖",
                family="sector", to="supplier", rank=4),
        account("village_look", "model villages, cleaning up, community halls", "美丽乡村建设",
                family="sector", to="supplier", rank=5),
        account("paving", "paved lanes, household roads and yards", "三硬化工程",
                family="sector", to="supplier", rank=5),
        account("paving_work", "pay of registered neighbours at the paving", "三硬化劳务报酬",
                family="sector", to="household", rank=5),
    )  # fmt: skip
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Build where the season is, and let what is built act."""
        village = world.village
        if p.works[now.calendar - 1] > 0.0:
            target = (village.site == 0) & ((village.poor_village == 1) | (village.deep == 1))
            for name, share, cost in (
                ("clean_homes", p.clean_pace * p.A5_9, p.clean_cost),
                ("village_look", p.look_pace * p.A5_12, p.look_cost),
                ("paved", p.paved_pace * p.A5_13, p.paved_cost),
            ):
                # without the clause nothing is missing, and nothing is asked for any longer
                self._build(world, name, target & (share > 0.0),
                            share * p.works[now.calendar - 1], cost, p)  # fmt: skip
        village.incidence_cut[:] += p.clean_effect * village.clean_homes
        village.care_gain[:] += p.paved_care * village.paved

    @staticmethod
    def _build(world: World, name: str, target: Any, share: float, cost: float, p: Any) -> None:
        """A share of what is missing in each village, cut to what its county may spend."""
        village = world.village
        programme = {"paved": "paving"}.get(name, name)
        missing = np.where(target, 1.0 - village[name], 0.0)
        whole = missing * village.households * cost * FEN
        _ask(world, programme, whole)
        plan = whole * share * np.maximum(0.2, 1.0 + world.county.capacity[village.county])
        wages = p.paved_wages if name == "paved" else 0.0
        if wages > 0.0:
            _ask(world, "paving_work", whole * wages)
            _ask(world, programme, whole * (1.0 - wages))
        fen = _delivered(world, programme, plan * (1.0 - wages), works=True)
        village[f"paid_{programme}"] += fen
        done = fen / np.maximum(1.0, whole * (1.0 - wages))
        village[name] += (missing * done).astype(np.float32)
        if wages > 0.0:
            pay = _delivered(world, "paving_work", fen * wages / (1.0 - wages), works=False)
            home = world.household
            _pay_hands(
                pay, village.first_household, village.end_household, home.alive, home.registered,
                home.labour, home.granted, home.wage, village.paid_paving_work, p.paved_labour,
            )  # fmt: skip


def _ask(world: World, programme: str, whole: np.ndarray) -> None:
    starts = world.starts["village"][:-1]
    world.ledger.ask(programme, np.add.reduceat(whole, starts).astype(np.int64))


def _delivered(world: World, programme: str, plan: np.ndarray, works: bool) -> np.ndarray:
    """What each village's plan (fen) is cut to by its county's money, in whole fen."""
    wanted = np.add.reduceat(plan, world.starts["village"][:-1])
    given = world.ledger.draw(programme, wanted.astype(np.int64), works=works)
    part = np.divide(given, wanted, out=np.zeros_like(wanted), where=wanted > 0)
    return np.floor(plan * part[world.village.county]).astype(np.int64)
