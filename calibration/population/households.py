"""What a household lives on at the start: natural village, land, animals, income by component."""

from __future__ import annotations

import numpy as np

from calibration.population.hashing import mix
from calibration.population.setting import Batch, Setting

__all__ = ["furnish", "natural_ids"]

_USUAL_SIZE = 4.2  # household size at which land a head is the county's mean
_USUAL_LAND = 2.0  # mu a head at which crop income a mu is the table's


def natural_ids(village_ids: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Identities of natural villages from those of their villages and their numbers from 0."""
    return mix(village_ids, number.astype(np.uint64) + np.uint64(1 << 32))


def furnish(setting: Setting, batch: Batch) -> None:
    """Land, herd, distance, and income of 2016 by component (yuan, in `batch.more`)."""
    _natural(setting, batch)
    _land(setting, batch)
    _business(setting, batch)
    _property(setting, batch)
    _transfers(setting, batch)


def _natural(setting: Setting, batch: Batch) -> None:
    """The natural village of each household: runs of neighbouring households of uneven length."""
    villages, draws, inputs = setting.villages, setting.draws, setting.inputs
    ids = batch.household["id"]
    if batch.whole:
        rows, numbers = np.unique(batch.village, return_counts=True)
        count = villages.naturals[rows]
        village = np.repeat(np.arange(len(rows)), count)
        number = np.arange(len(village)) - np.repeat(np.cumsum(count) - count, count)
        natural = natural_ids(villages.id[rows][village], number)
        weight = draws.ratio(natural, "natural size", inputs.number("natural_sigma"))
        share = np.cumsum(weight / np.bincount(village, weight)[village])
        place = (np.arange(len(ids)) - np.repeat(np.cumsum(numbers) - numbers, numbers) + 0.5) / np.repeat(numbers, numbers)
        at = np.searchsorted(share, np.repeat(np.arange(len(rows)), numbers) + place)
        at = np.minimum(at, np.repeat(np.cumsum(count), numbers) - 1)
        batch.household["natural"] = at.astype(np.int32)
        harsh = draws.uniform(natural, "harsh") < villages.harsh[rows][village]
        batch.more["natural_id"], batch.more["natural_village"] = natural, village
        batch.more["natural_harsh"] = harsh
        batch.more["natural_households"] = np.bincount(at, minlength=len(natural))
        batch.more["harsh"] = harsh[at]
    else:
        batch.more["harsh"] = draws.uniform(ids, "pilot harsh") < villages.harsh[batch.village]
    far = draws.ratio(ids, "distance", inputs.number("distance_sigma"))
    far *= np.where(batch.more["harsh"], inputs.number("harsh_distance"), 1.0)
    far = setting.levels.scaled("distance", far, inputs.number("distance"), cap=20.0)
    batch.household["distance"] = far.astype(np.float32)


def _land(setting: Setting, batch: Batch) -> None:
    villages, draws, inputs, levels = setting.villages, setting.draws, setting.inputs, setting.levels
    household, ids, village = batch.household, batch.household["id"], batch.village
    head = inputs.counties["land_per_person_mu"][villages.county[village]] * _USUAL_SIZE
    land = head * (batch.size / _USUAL_SIZE) ** inputs.number("land_size_power")
    land = land * draws.ratio(ids, "land", inputs.number("land_sigma"))
    land = levels.scaled("land", land, inputs.number("land"))
    wet = inputs.list("irrigated_terrain")[villages.terrain[village] - 1]
    wet = wet * draws.ratio(villages.id[village], "irrigated", inputs.number("irrigated_sigma"))
    wet = levels.scaled("irrigated", wet, inputs.number("irrigated_share"), cap=0.95)
    household["land"] = land.astype(np.float32)
    household["irrigated"] = (land * wet).astype(np.float32)
    let = np.where(batch.more["home"] < 0.5, *inputs.list("rented_share"))
    let = (draws.uniform(ids, "rent out") < let) * (0.4 + 0.6 * draws.uniform(ids, "rented part"))
    household["rented_out"] = (land * let).astype(np.float32)


def _business(setting: Setting, batch: Batch) -> None:
    """Farm skill and herd, and net income from crops, animals and own business."""
    villages, draws, inputs, levels = setting.villages, setting.draws, setting.inputs, setting.levels
    household, ids, size = batch.household, batch.household["id"], batch.size
    terrain = villages.terrain[batch.village] - 1
    skill = draws.ratio(ids, "farm skill", inputs.number("farm_skill_sigma")) * villages.income[batch.village]
    skill *= np.where(batch.more["harsh"], inputs.number("harsh_farm"), 1.0)
    skill = levels.scaled("farm_skill", skill, 1.0)
    none = inputs.list("herd_none")[terrain]
    herd = draws.ratio(ids, "herd", inputs.number("herd_sigma")) / (1.0 - none)
    herd *= draws.uniform(ids, "no herd") >= none
    household["farm_skill"], household["herd"] = skill.astype(np.float32), herd.astype(np.float32)
    tilled = household["land"] - household["rented_out"] + inputs.number("irrigation_bonus") * household["irrigated"]
    power = inputs.number("land_power")
    crop = inputs.list("crop_mu")[terrain] * size * _USUAL_LAND ** (1.0 - power) * (tilled / size) ** power
    batch.more["herd_value"] = inputs.list("herd_person")[terrain] * size
    least = inputs.number("farm_labour_least")
    hands = least + (1.0 - least) * np.minimum(1.0, batch.more["home"])
    income = (crop + batch.more["herd_value"] * herd) * skill * hands
    income = income + inputs.number("business_year") * batch.more.pop("own")
    batch.more["business"] = levels.scaled("business", income, inputs.number("income_business"), per=size)
    batch.more["wage"] = levels.scaled("wage", batch.more["wage"], inputs.number("income_wage"), per=size)


def _property(setting: Setting, batch: Batch) -> None:
    inputs, size, levels = setting.inputs, batch.size, setting.levels
    rent = inputs.number("rent_mu") * batch.household["rented_out"]
    asked = inputs.number("income_property")
    rest = levels.kept("rent", lambda: max(0.0, asked - float(rent.sum() / size.sum())))
    other = setting.draws.ratio(batch.household["id"], "property", inputs.number("property_sigma"))
    batch.more["property"] = rent + rest * size * other


def _transfers(setting: Setting, batch: Batch) -> None:
    """Pensions, subsidies and what comes from kin away; minimum living comes with the register."""
    inputs, draws, size, ids = setting.inputs, setting.draws, batch.size, batch.household["id"]
    known = 12.0 * inputs.number("pension_month") * batch.more["pensioners"]
    known = known + inputs.number("subsidy_mu") * batch.household["land"]
    share, sigma = inputs.number("remittance_share"), inputs.number("remittance_sigma")
    other = draws.ratio(ids, "remittance", sigma) * (draws.uniform(ids, "no remittance") < share) / share
    asked = inputs.number("income_transfer") - _dibao_a_head(setting)
    rest = setting.levels.kept("transfer", lambda: max(0.0, asked - float(known.sum() / size.sum())))
    other = setting.levels.scaled("remittance", other * setting.villages.chances[batch.village], 1.0)
    batch.more["transfer"] = known + rest * size * other


def _dibao_a_head(setting: Setting) -> float:
    """Minimum living a head of all that the margins on it come to, yuan a year."""
    inputs = setting.inputs
    poor = inputs.number("registered_poor") / inputs.number("persons")
    share = poor * inputs.number("dibao_poor") + (1.0 - poor) * inputs.number("dibao_other")
    grades, month, heads = (inputs.list(f"dibao_{name}") for name in ("grades", "month", "heads"))
    return float(12.0 * share * (grades * month * heads).sum())
