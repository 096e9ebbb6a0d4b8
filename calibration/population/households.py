"""What a household lives on at the start: natural village, land, animals, income by component.

Income is reckoned as the model's own mechanisms reckon it (farming, transfers), with the same
lasting traits, and then brought to the level of the margins: whoever is poor by it is then poor
for reasons that last in the model.
"""

from __future__ import annotations

import numpy as np

from calibration.population.hashing import mix, trait
from calibration.population.setting import Batch, Setting
from sim.livelihoods.transfers import HAS_REMITTANCE, IN_ECO, REMITTANCE

__all__ = ["furnish", "natural_ids"]

_USUAL_SIZE = 4.2  # household size at which land a head is the county's mean


def natural_ids(village_ids: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Identities of natural villages from those of their villages and their numbers from 0."""
    return mix(village_ids, number.astype(np.uint64) + np.uint64(1 << 32))


def furnish(setting: Setting, batch: Batch) -> None:
    """Land, herd, distance, and income of 2016 by component (yuan, in `batch.more`)."""
    _natural(setting, batch)
    _land(setting, batch)
    _farm(setting, batch)
    _business(setting, batch)
    _property(setting, batch)
    _transfers(setting, batch)
    wage, asked = batch.more["wage"], setting.inputs.number("income_wage")
    batch.more["wage"] = setting.levels.scaled("wage", wage, asked, per=batch.size)


def _natural(setting: Setting, batch: Batch) -> None:
    """Natural village of each household: runs of neighbouring households of uneven length."""
    villages, draws, inputs = setting.villages, setting.draws, setting.inputs
    more, ids = batch.more, batch.household["id"]
    if batch.whole:
        rows, first, numbers = np.unique(batch.village, return_index=True, return_counts=True)
        count = villages.naturals[rows]
        village = np.repeat(np.arange(len(rows)), count)
        number = np.arange(len(village)) - np.repeat(np.cumsum(count) - count, count)
        natural = natural_ids(villages.id[rows][village], number)
        weight = draws.ratio(natural, "natural size", inputs.number("natural_sigma"))
        ends = np.cumsum(weight / np.bincount(village, weight)[village])
        which = np.repeat(np.arange(len(rows)), numbers)
        place = which + (np.arange(len(ids)) - first[which] + 0.5) / numbers[which]
        at = np.minimum(np.searchsorted(ends, place), np.cumsum(count)[which] - 1)
        batch.household["natural"] = at.astype(np.int32)
        harsh = draws.uniform(natural, "harsh") < villages.harsh[rows][village]
        more["natural_id"], more["natural_village"] = natural, village
        more["natural_harsh"], more["harsh"] = harsh, harsh[at]
        more["natural_households"] = np.bincount(at, minlength=len(natural))
    else:
        more["harsh"] = draws.uniform(ids, "pilot harsh") < villages.harsh[batch.village]
    far = draws.ratio(ids, "distance", inputs.number("distance_sigma"))
    far *= np.where(more["harsh"], inputs.number("harsh_distance"), 1.0)
    far = setting.levels.scaled("distance", far, inputs.number("distance"), cap=20.0)
    batch.household["distance"] = far.astype(np.float32)


def _land(setting: Setting, batch: Batch) -> None:
    villages, draws, inputs, levels = (
        setting.villages, setting.draws, setting.inputs, setting.levels,
    )  # fmt: skip
    household, ids, village = batch.household, batch.household["id"], batch.village
    head = inputs.counties["land_per_person_mu"][villages.county[village]] * _USUAL_SIZE
    land = head * (batch.size / _USUAL_SIZE) ** inputs.number("land_size_power")
    land = land * draws.ratio(ids, "land", inputs.number("land_sigma"))
    land = levels.scaled("land", land, inputs.number("land"))
    wet = inputs.list("irrigated_terrain")[villages.terrain[village] - 1]
    wet = wet * draws.ratio(villages.id[village], "irrigated", inputs.number("irrigated_sigma"))
    wet = levels.scaled(
        "irrigated", land * wet, inputs.number("irrigated_share"), cap=0.95 * land, per=land
    )
    household["land"], household["irrigated"] = land.astype(np.float32), wet.astype(np.float32)
    let = np.where(batch.more["home"] < 0.5, *inputs.list("rented_share"))
    part = 0.4 + 0.6 * draws.uniform(ids, "rented part")
    let = (draws.uniform(ids, "rent out") < let) * part
    household["rented_out"] = (land * let).astype(np.float32)


def _farm(setting: Setting, batch: Batch) -> None:
    """Farm skill and herd, and what the land would give with the mean skill.

    Farm skill holds what lastingly makes the same land give more in one household than in
    another: its own skill, the level of its village, and how scarce land is in the county. Its
    mean over the crops is one.
    """
    villages, draws, inputs, levels = (
        setting.villages, setting.draws, setting.inputs, setting.levels,
    )  # fmt: skip
    household, ids, village, more = (
        batch.household,
        batch.household["id"],
        batch.village,
        batch.more,
    )
    terrain = villages.terrain[village] - 1
    tilled = np.maximum(0.0, household["land"].astype(np.float64) - household["rented_out"])
    wet = np.minimum(household["irrigated"], tilled) * inputs.number("irrigation_bonus")
    hands = more["home"] + inputs.number("other_hands")
    crop = np.sqrt((tilled + wet) * inputs.number("land_worker") * hands)
    crop *= inputs.list("crop_mu")[terrain]
    head = inputs.counties["land_per_person_mu"][villages.county[village]]
    skill = draws.ratio(ids, "farm skill", inputs.number("farm_skill_sigma"))
    skill *= villages.income[village]
    skill *= np.maximum(head, 0.3) ** inputs.number("land_quality_power")
    skill *= np.where(more["harsh"], inputs.number("harsh_farm"), 1.0)
    crop = levels.scaled("farm_skill", skill * crop, 1.0, per=crop)
    skill *= levels.found["farm_skill"]
    more["crop"] = crop - inputs.number("crop_cost") * tilled
    none = inputs.list("herd_none")[terrain]
    herd = draws.ratio(ids, "herd", inputs.number("herd_sigma")) / (1.0 - none)
    herd *= (draws.uniform(ids, "no herd") >= none) * villages.income[village]
    herd = levels.scaled("herd", herd, 1.0)
    more["herd"] = inputs.list("herd_person")[terrain] * batch.size * herd
    household["farm_skill"], household["herd"] = skill.astype(np.float32), herd.astype(np.float32)


def _business(setting: Setting, batch: Batch) -> None:
    """Net income from crops, animals and a small business."""
    more, inputs = batch.more, setting.inputs
    income = more["crop"] + more["herd"] + inputs.number("business_year") * more.pop("own")
    asked = inputs.number("income_business")
    more["business"] = setting.levels.scaled("business", income, asked, per=batch.size)


def _property(setting: Setting, batch: Batch) -> None:
    inputs, size, levels = setting.inputs, batch.size, setting.levels
    rent = inputs.number("rent_mu") * batch.household["rented_out"]
    asked = inputs.number("income_property")
    rest = levels.kept("rent", lambda: max(0.0, asked - float(rent.sum() / size.sum())))
    other = setting.draws.ratio(batch.household["id"], "property", inputs.number("property_sigma"))
    batch.more["property"] = rent + rest * size * other


def _transfers(setting: Setting, batch: Batch) -> None:
    """Pensions, allowances, subsidies, money from kin; minimum living comes with the register."""
    inputs, size, ids = setting.inputs, batch.size, batch.household["id"]
    elders = batch.more["pensioners"]
    share, pay = inputs.list("eco")
    known = 12.0 * inputs.number("pension_month") * elders
    known += 12.0 * inputs.number("disability_month") * batch.household["disabled"]
    known += inputs.number("subsidy_mu") * batch.household["land"]
    known += pay * (trait(ids, IN_ECO) < share)
    cover, more = inputs.list("remittance_share")
    sent = trait(ids, HAS_REMITTANCE) < np.where(elders > 0, cover * more, cover)
    sent = sent * (0.25 + 1.5 * trait(ids, REMITTANCE))
    asked = inputs.number("income_transfer") - _dibao_a_head(setting)
    rest = setting.levels.kept(
        "remittance", lambda: max(0.0, asked * float(size.sum()) - known.sum()) / sent.sum()
    )
    batch.more["transfer"] = known + rest * sent


def _dibao_a_head(setting: Setting) -> float:
    """Minimum living a head of all that the margins on it come to, yuan a year."""
    inputs = setting.inputs
    poor = inputs.number("registered_poor") / inputs.number("persons")
    share = poor * inputs.number("dibao_poor") + (1.0 - poor) * inputs.number("dibao_other")
    grades, month, heads = (inputs.list(f"dibao_{name}") for name in ("grades", "month", "heads"))
    return float(12.0 * share * (grades * month * heads).sum())
