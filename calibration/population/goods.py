"""What a household owns and owes, its ties, and the income it starts its windows with."""

from __future__ import annotations

import numpy as np

from calibration.population.register import LINE_START, START
from calibration.population.setting import Batch, Setting
from sim.world.codes import Registered

__all__ = ["COMPONENTS", "goods", "windows"]

COMPONENTS = ("wage", "business", "property", "transfer")


def goods(setting: Setting, batch: Batch) -> None:
    """Cash, livestock and debts in fen; elite, kin and neighbours."""
    inputs, draws, levels = setting.inputs, setting.draws, setting.levels
    household, ids, more = batch.household, batch.household["id"], batch.more
    relative = np.maximum(more["income"] * batch.size, 100.0) / 25_000.0
    cash = levels.scaled("cash", relative ** inputs.number("cash_power"), inputs.number("cash"))
    _money(household, "cash", cash * draws.ratio(ids, "cash", inputs.number("cash_sigma")))
    herd = inputs.number("livestock_worth") * more["herd"]
    asked = inputs.number("livestock")
    rest = levels.kept("goods", lambda: max(0.0, asked - float(herd.mean())))
    other = rest * draws.ratio(ids, "goods", inputs.number("goods_sigma"))
    _money(household, "livestock", herd + other)
    ever = household["registered"] != Registered.NEVER
    for name, share in (
        ("debt_bank", np.where(ever, *inputs.list("debt_bank_share"))),
        ("debt_kin", np.where(household["ill"] > 0, *inputs.list("debt_kin_share"))),
        ("debt_house", np.full(len(ids), inputs.number("debt_house_share"))),
    ):
        owed = levels.scaled(name, share, inputs.number(name)) / share
        owed = owed * draws.ratio(ids, f"size of {name}", inputs.number("debt_sigma"))
        _money(household, name, np.where(draws.uniform(ids, name) < share, owed, 0.0))
    household["elite"] = (
        draws.uniform(ids, "elite") < 2.0 * inputs.number("elite") * more["rank"]
    ).astype(np.uint8)
    if batch.whole:
        _ties(setting, batch)


def _money(household: dict[str, np.ndarray], name: str, yuan: np.ndarray) -> None:
    household[name] = np.round(100.0 * yuan).astype(np.int32)


def _ties(setting: Setting, batch: Batch) -> None:
    """Kin among the households that follow in the village (mostly the same natural village),
    and the next household as neighbour; positions within the batch, -1 for none."""
    household, ids = batch.household, batch.household["id"]
    rows, first, number = np.unique(batch.village, return_index=True, return_counts=True)
    which = np.repeat(np.arange(len(rows)), number)
    begin, count = first[which], number[which]
    within = np.arange(len(ids)) - begin
    reach = np.minimum(count - 1, 40)
    step = 1 + np.floor(setting.draws.uniform(ids, "kin") * reach).astype(np.int64)
    no_kin, no_neighbour = setting.inputs.list("kin_none")
    kin = begin + (within + step) % count
    kin[setting.draws.uniform(ids, "no kin") < no_kin] = -1
    neighbour = begin + (within + 1) % count
    neighbour[setting.draws.uniform(ids, "no neighbour") < no_neighbour] = -1
    household["kin"], household["neighbour"] = kin.astype(np.int32), neighbour.astype(np.int32)


def windows(setting: Setting, batch: Batch) -> None:
    """A first guess of the last year's income by calendar month; the burn-in replaces it."""
    inputs, household, more = setting.inputs, batch.household, batch.more
    level = inputs.number("income_at_start")
    ring = np.zeros((12, len(batch.village)))
    for name in COMPONENTS:
        ring += inputs.list("season", name)[:, None] * (100.0 * level * more[name])
    ever = household["registered"] != Registered.NEVER
    whole = 1.0 + np.where(ever, *inputs.list("uncounted_aid"))
    household["ring"] = np.round(ring).astype(np.int32)
    household["ring_all"] = np.round(ring * whole).astype(np.int32)
    household["income12"] = household["ring"].sum(axis=0, dtype=np.int32)
    household["income12_all"] = household["ring_all"].sum(axis=0, dtype=np.int32)
    for name in COMPONENTS:  # since October: the first month of the window
        october = 100.0 * level * inputs.list("season", name)[9] * more[name]
        household[f"window_{name}"] = np.round(october).astype(np.int32)
    household["registry_income"] = (household["income12"] // batch.size).astype(np.int32)
    line = 100.0 * level * inputs.number(LINE_START)
    household["poor"] = (household["income12"] < line * batch.size).astype(np.uint8)
    household["poor_since"] = np.full(len(batch.village), START, dtype=np.int16)
