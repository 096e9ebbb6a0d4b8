"""What the register says at the end of 2016, and what goes with being poor.

A village meeting ranks the households by what it believes their income to be: the true income,
with an error, and lower for a household with a sick or disabled member or a pupil. The poorest
are registered up to the village's share; the next ones are those who were registered in 2013
and left poverty since, the best off first.
"""

from __future__ import annotations

import numpy as np

from calibration.population.setting import Batch, Setting
from calibration.population.villages import DEEP_SHARE
from sim.calendar import month_index
from sim.world.codes import Cause, HouseGrade, Registered

__all__ = ["LINE_START", "START", "register"]

START = month_index("2015-11")
"""First month of the burn-in: the month in which the population starts."""

LINE_START = "line_2016"
_FIRST = month_index("2013-12")
_EXITS = tuple(month_index(f"{year}-12") for year in (2014, 2015, 2016))


def register(setting: Setting, batch: Batch) -> None:
    """Registered state, cause, dates, what was seen; minimum living; house and water."""
    inputs, draws, more, household = setting.inputs, setting.draws, batch.more, batch.household
    income = (more["wage"] + more["business"] + more["property"] + more["transfer"]) / batch.size
    more["log_income"] = np.log(np.maximum(income, 1.0))
    burden = inputs.list("identification_burden")
    seen = income * batch.size - (1.0 - inputs.number("identification_wages")) * more["wage"]
    score = np.log(np.maximum(seen, 1.0))
    score -= inputs.number("identification_scale") * np.log(batch.size)
    score = score + inputs.number("identification_sigma") * draws.normal(
        household["id"], "identification"
    )
    for weight, members in zip(burden, ("ill", "disabled", "pupils"), strict=True):
        score = score - weight * (household[members] > 0)
    _states(setting, batch, score)
    _causes(setting, batch)
    _minimum_living(setting, batch)
    _dates(setting, batch)
    _seen(setting, batch)
    _house_and_water(setting, batch)


def _states(setting: Setting, batch: Batch, score: np.ndarray) -> None:
    """Registered state by rank within the village; `rank` in (0, 1), the poorest lowest."""
    villages, village, size = setting.villages, batch.village, batch.size.astype(np.float64)
    state = np.zeros(len(village), dtype=np.int8)
    if batch.whole:
        rank, before = _ranks(village, score, size)
        batch.more["rank"] = _ranks(village, batch.more["log_income"], np.ones(len(size)))[0]
        after = before + size
        total = np.bincount(village, size)[village]
        poor = villages.poor[village]
        # near the threshold of a deep-poverty village the rounding is such that the rule holds
        least = np.where((poor >= DEEP_SHARE) & (poor < DEEP_SHARE + 0.02), 0.0, 0.5)
        least = np.where((poor < DEEP_SHARE) & (poor > DEEP_SHARE - 0.02), 1.0, least)
        edge = before + least * size
        state[(before + 0.5 * size) < villages.ever[village] * total] = Registered.EXITED
        inside = np.where(least == 1.0, after <= poor * total, edge < poor * total)
        state[inside] = Registered.POOR
    else:
        # one household a village: its rank among its like is its rank in the pilot once the
        # level of its village is taken out
        rank = _pilot_rank(score, np.log(villages.income[village]), size)
        batch.more["rank"] = _pilot_rank(
            batch.more["log_income"], np.log(villages.income[village]), np.ones(len(size))
        )
        state[rank < villages.ever[village]] = Registered.EXITED
        state[rank < villages.poor[village]] = Registered.POOR
    batch.household["registered"] = state
    batch.more["score"] = score


def _pilot_rank(score: np.ndarray, level: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Rank (0 to 1) by score less what goes with the level of the village."""
    order = np.argsort(score - np.polyfit(level, score, 1)[0] * level)
    rank = np.empty(len(order))
    rank[order] = (np.cumsum(size[order]) - size[order] / 2.0) / size.sum()
    return rank


def _ranks(
    village: np.ndarray, score: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rank of each household in its village by score (0 to 1), and persons ranked before it."""
    order = np.lexsort((score, village))
    ranked, sizes = village[order], size[order]
    running = np.cumsum(sizes) - sizes
    running = running - running[np.searchsorted(ranked, ranked)]
    before = np.empty(len(order))
    before[order] = running
    total = np.bincount(village, size)[village]
    return (before + size / 2.0) / total, before


def _causes(setting: Setting, batch: Batch) -> None:
    """Registered main cause: by the household's traits, in the shares of the margin."""
    inputs, household, more, size = setting.inputs, batch.household, batch.more, batch.size
    ever = household["registered"] != Registered.NEVER
    times = inputs.list("cause_traits")
    traits = {
        Cause.ILLNESS: household["ill"] > 0,
        Cause.DISABILITY: household["disabled"] > 0,
        Cause.SCHOOLING: household["pupils"] > 0,
        Cause.LAND: household["land"] < 1.2 * size,
        Cause.WATER: more["harsh"],
        Cause.SKILLS: more["unschooled"] > 0.5,
        Cause.LABOUR: household["labour"] < 0.35 * size,
        Cause.TRANSPORT: household["distance"] > 2.0,
    }
    pull = np.ones((len(ever), int(Cause.FUNERAL)))
    for factor, (one, here) in zip(times, traits.items(), strict=True):
        pull[:, one - 1] = np.where(here, factor, 1.0)
    asked = inputs.list("cause")

    def scale() -> np.ndarray:
        """Factors under which the pilot's shares are the margin's, by fitting in turn."""
        factors = asked.copy()
        for _ in range(50):
            shares = pull[ever] * factors
            factors = factors * asked / (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
        return factors

    chances = np.cumsum(pull[ever] * setting.levels.kept("cause", scale), axis=1)
    luck = setting.draws.uniform(household["id"][ever], "cause") * chances[:, -1]
    cause = np.zeros(len(ever), dtype=np.int8)
    cause[ever] = 1 + (luck[:, None] > chances[:, :-1]).sum(axis=1)
    household["cause"] = cause


def _minimum_living(setting: Setting, batch: Batch) -> None:
    inputs, draws, household, size = setting.inputs, setting.draws, batch.household, batch.size
    alone, disabled, poorer = inputs.list("dibao_traits")
    pull = np.where(household["labour"] < 0.75, alone, 1.0) * np.where(
        household["disabled"] > 0, disabled, 1.0
    )
    pull = pull * poorer ** (
        -(batch.more["log_income"] - np.log(inputs.number(LINE_START))) / np.log(2.0)
    )
    poor = household["registered"] == Registered.POOR
    chance = setting.levels.scaled(
        "dibao_poor", pull, inputs.number("dibao_poor"), cap=0.95, where=poor
    )
    other = setting.levels.scaled(
        "dibao_other", pull, inputs.number("dibao_other"), cap=0.95, where=~poor
    )
    luck = draws.uniform(household["id"], "dibao")
    given = luck < np.where(poor, chance, other)
    grade = draws.choice(household["id"], "dibao grade", inputs.list("dibao_grades"))
    heads = np.maximum(1.0, np.round(inputs.list("dibao_heads")[grade] * size))
    pay = np.where(given, inputs.list("dibao_month")[grade] * heads, 0.0)
    household["dibao"] = given.astype(np.uint8)
    household["dibao_pay"] = np.round(100.0 * pay).astype(np.int32)
    batch.more["transfer"] = batch.more["transfer"] + 12.0 * pay


def _dates(setting: Setting, batch: Batch) -> None:
    """First registration, and the December of exit: the better off left earlier."""
    inputs, draws, household = setting.inputs, setting.draws, batch.household
    ids, state = household["id"], household["registered"]
    late = inputs.list("identification_late")
    year = draws.choice(ids, "first month", np.append(1.0 - late.sum(), late))
    first = np.array([_FIRST, *_EXITS])[year]
    first = np.where(state == Registered.EXITED, _FIRST, first)
    household["first_month"] = np.where(state == Registered.NEVER, 0, first).astype(np.int16)
    exited = np.flatnonzero(state == Registered.EXITED)
    merit = batch.more["score"] + inputs.number("exit_noise") * draws.normal(ids, "exit")
    rank, _ = _ranks(batch.village[exited], -merit[exited], batch.size[exited].astype(np.float64))
    shift = draws.uniform(setting.villages.id[batch.village[exited]], "exit round") - 0.5
    ends = np.cumsum(inputs.list("exit_cohorts"))
    count = np.bincount(batch.village[exited], minlength=1)[batch.village[exited]]
    cohort = np.searchsorted(ends[:-1] / ends[-1], rank + shift / count, side="right")
    household["exit_month"] = np.zeros(len(ids), dtype=np.int16)
    household["exit_month"][exited] = np.array(_EXITS)[cohort]


def _seen(setting: Setting, batch: Batch) -> None:
    """Income a head as written down, and the margin over the line at exit."""
    inputs, household, size = setting.inputs, batch.household, batch.size
    exited = household["registered"] == Registered.EXITED
    poor_bias, exit_bias = inputs.list("report_bias")
    income = sum(batch.more[name] for name in ("wage", "business", "property", "transfer")) / size
    batch.more["income"] = income
    error = np.where(exited, exit_bias, poor_bias)
    error = error + inputs.number("report_sigma") * setting.draws.normal(household["id"], "report")
    seen = income * np.exp(error)
    line = inputs.number(LINE_START)
    # an exit was written down only with an income above the line, a poor household below it
    seen = np.where(exited, np.maximum(seen, 1.02 * line), seen)
    seen = np.where(household["registered"] == Registered.POOR, np.minimum(seen, 0.99 * line), seen)
    household["seen_income"] = np.round(100.0 * seen).astype(np.int32)
    household["exit_margin"] = np.where(exited, seen / line, 0.0).astype(np.float32)


def _house_and_water(setting: Setting, batch: Batch) -> None:
    """True grade of the house, and safe water: bad ones gather among the poor of a village."""
    inputs, draws, household, villages = (
        setting.inputs,
        setting.draws,
        batch.household,
        setting.villages,
    )
    ids, power = household["id"], inputs.number("need_power")
    low = (power + 1.0) * (1.0 - batch.more["rank"]) ** power  # mean one over ranks
    luck = draws.uniform(ids, "house")
    d = inputs.number("house_d") * low
    c = inputs.number("house_c") * low
    grade = np.where(luck < d + c + inputs.number("house_b"), int(HouseGrade.B), int(HouseGrade.A))
    grade = np.where(luck < d + c, int(HouseGrade.C), grade)
    household["house"] = np.where(luck < d, int(HouseGrade.D), grade).astype(np.int8)
    dry = low * draws.ratio(villages.id[batch.village], "water", inputs.number("water_sigma"))
    dry = setting.levels.scaled("water", dry, inputs.number("water_unsafe"), cap=0.9)
    household["water"] = (draws.uniform(ids, "water") >= dry).astype(np.uint8)
