"""M2, finance: agricultural insurance, and cheaper premiums for the poor."""

from __future__ import annotations

import numpy as np

from sim.chance import uniform, words
from sim.kernel import kernel
from sim.livelihoods.lasting import trait
from sim.livelihoods.rows import homes_of
from sim.mechanism import Mechanism
from sim.world.codes import Registered
from sim.world.columns import account, column, deed

__all__ = ["CropInsurance"]

POOR, EXITED, RELAPSED = Registered.POOR, Registered.EXITED, Registered.RELAPSED
SEASON_END = 9
INSURES = 61
"""Trait: how readily a household insures, the same in all years."""


@kernel(inline=True)
def is_listed(state):
    """On the register, or exited: support goes on after exit."""
    return (state == POOR) | (state == EXITED) | (state == RELAPSED)


@kernel(inline=True)
def enrol(v, households, villages, p):
    """Spring: who insures, and what it pays."""
    premium = p.rate * p.insured_mu * p.price_index * 100.0
    cover = p.cover + p.cover_more * p.M2_7
    ready = min(2.0, max(0.0, 1.0 + np.float64(villages.takeup[v])))
    for h in homes_of(villages, v):
        households.crop_insured[h] = 0
        if households.alive[h] == 0:
            continue
        land = np.float64(households.land[h]) - households.rented_out[h]
        if land <= 0.0:
            continue
        listed = is_listed(households.registered[h])
        chosen = cover + (p.cover_cheap * p.M2_8 if listed else 0.0)
        if trait(households.id[h], INSURES) >= cover * ready + (chosen - cover):
            continue
        own = p.own_share * (1.0 - p.premium_cut * p.M2_8 if listed else 1.0)
        whole = premium * land * (1.0 - p.rate_cut * p.M2_8 if listed else 1.0)
        paid = np.int32(whole * own + 0.5)
        households.crop_insured[h] = 1
        households.other_cost[h] += paid
        villages.paid_crop_premium[v] += np.int64(whole * (1.0 - own))
        if listed:
            villages.did_poor_premium[v] += np.int64(paid) // 100
            villages.did_poor_insured_mu[v] += np.int64(land + 0.5)


@kernel(inline=True)
def claim(at, v, households, villages, chance, p):
    """The village's loss of the season is paid for, above the deductible, where it is seen."""
    deductible = p.deductible - p.deductible_cut * p.M2_7
    missed = p.basis * (1.0 - p.basis_cut * p.M2_7)
    loss = np.float64(villages.season_loss[v])
    if loss <= deductible:
        return
    pay = p.insured_mu * p.price_index * 100.0 * (loss - deductible)
    for h in homes_of(villages, v):
        if households.crop_insured[h] == 0 or households.alive[h] == 0:
            continue
        if uniform(words(chance, households.id[h], 1)[0]) < missed:
            continue
        land = np.float64(households.land[h]) - households.rented_out[h]
        fen = np.int32(max(0.0, pay * land) + 0.5)
        households.transfer[h] += fen
        households.granted[h] += fen
        villages.paid_crop_claims[v] += fen
        villages.did_crop_claims[v] += 1


@kernel
def insure(at, persons, households, villages, counties, words_, chance, p):
    """Spring: insurance is taken out. After the season: claims, some months late."""
    late = np.int64(p.delay - p.delay_cut * p.M2_7 + 0.5)
    for v in range(at.first_village, at.end_village):
        if at.calendar == p.season:
            enrol(v, households, villages, p)
        if at.calendar == SEASON_END:
            villages.season_loss[v] = np.float32(1.0 - villages.crop_factor[v])
        # not only in the very month: claims get faster in the middle of a winter
        if (at.calendar - SEASON_END + 12) % 12 >= late and villages.season_loss[v] > 0.0:
            claim(at, v, households, villages, chance, p)
            villages.season_loss[v] = 0.0


class CropInsurance(Mechanism):
    """Crops are insured in spring and paid for in winter, if the village's loss is large.

    Before the plan a few insure, the deductible is high and claims are slow. M2.7: more kinds
    and better service bring more cover, a lower deductible, fewer losses that the village's
    assessment misses, and faster claims. M2.8: the rate is lower for registered
    households, and they pay a smaller part of the premium, so more of them insure. Insurers pay
    the claims, as countable transfers; of the premium the treasury pays what the household does
    not.
    """

    name = "m2_insurance"
    zh = "农业保险"
    clauses = ("M2.7", "M2.8")
    reads = (
        "household.id", "household.alive", "household.land", "household.rented_out",
        "household.registered", "village.first_household", "village.end_household",
        "village.takeup", "village.crop_factor",
    )  # fmt: skip
    writes = (
        "household.crop_insured", "household.other_cost", "household.transfer",
        "household.granted", "village.season_loss", "village.paid_crop_premium",
        "village.paid_crop_claims", "village.did_crop_claims", "village.did_poor_premium",
        "village.did_poor_insured_mu",
    )  # fmt: skip
    columns = (
        column("household", "crop_insured", "u1", "flag", "crops are insured this year",
               "种植业参保", report="share"),
        column("village", "season_loss", "f4", "share",
               "crop lost in the season for which claims are not yet paid", "待理赔作物损失率"),
        account("crop_premium", "the treasury's part of crop premiums", "农业保险保费补贴",
                to="supplier"),
        account("crop_claims", "claims paid by crop insurers", "农业保险赔款", to="household"),
        deed("crop_claims", "households", "crop claims paid", "种植业保险赔付户数"),
        deed("poor_premium", "yuan", "crop premiums paid by registered households themselves",
             "建档立卡户自缴保费"),
        deed("poor_insured_mu", "mu", "insured land of registered households",
             "建档立卡户参保面积"),
    )  # fmt: skip
    uses = ("economy.price_index",)
    rule = insure
