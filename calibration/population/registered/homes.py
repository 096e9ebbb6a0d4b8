"""Registered households as households of the model: what the register says of them, what their
donors add, and the lasting traits by which the model's own rules give the income they have."""

from __future__ import annotations

import numpy as np

from calibration.population.registered.donors import Donors, household_traits
from calibration.population.registered.incomes import true_incomes
from calibration.population.registered.people import people_of, wage_of_job
from calibration.population.registered.reading import REFERENCE, Register
from calibration.population.registered.seen import COMPONENTS, known, registered_income
from calibration.population.setting import Batch
from sim.calendar import month_index
from sim.world.codes import HouseGrade, Job, Registered

__all__ = ["grades_given", "incomes_of", "registered_part"]

_FIRST = month_index("2013-12")
_LAST = month_index(f"{REFERENCE}-12")

Columns = dict[str, np.ndarray]


def incomes_of(register: Register, rows: np.ndarray, donors: Donors) -> np.ndarray:
    """True income a head (yuan of 2016, NaN unknown) of all households of a county."""
    given = {name: column[rows] for name, column in register.household.items()}
    seen = registered_income(given, known(given["size"], np.full(len(rows), 4.0)))[0]
    poor, left = donors.setting.inputs.list("report_bias")
    true = true_incomes(
        seen, register.state()[rows] == Registered.EXITED, donors.numbers.line(register.year),
        given["id"], donors.setting.draws, donors.numbers, (poor, left),
        donors.setting.inputs.number("report_sigma"),
    )  # fmt: skip
    return true * _deflate(register.year, donors)


def registered_part(
    register: Register, rows: np.ndarray, donors: Donors, synthetic: np.ndarray, true: np.ndarray
) -> Batch:
    """Households `rows` of the register as a batch with all columns of `donors.batch`.

    synthetic: row of the synthetic village that each one's village has become. true: true income
    a head (yuan of 2016, NaN unknown), see `incomes_of`.
    `more` holds the true yearly income of 2016 by component (yuan a household).
    """
    given = {name: column[rows] for name, column in register.household.items()}
    stated = known(given["size"], np.full(len(rows), 4.0))
    batch = people_of(register, rows, donors, registered_income(given, stated)[0], given["wage"])
    batch.village = synthetic
    seen, parts = registered_income(given, batch.size)
    state = register.state()[rows]
    exited = state == Registered.EXITED
    at = donors.for_households(
        given["id"],
        household_traits(
            donors.numbers, batch.size, batch.household["labour"],
            batch.count(batch.more["years"] >= 60), batch.count(batch.more["years"] < 16), seen,
            exited,
        ),
    )  # fmt: skip
    for name, column in donors.batch.household.items():
        batch.household.setdefault(name, column[at].copy())
    _register_columns(batch, register.year, given, state, seen, donors)
    _property(batch, given, donors, at)
    _incomes(batch, true, parts, donors, at)
    _traits(batch, donors, at)
    return batch


def _deflate(year: int, donors: Donors) -> float:
    return (1.0 + donors.numbers.number("income_growth")) ** (REFERENCE - year)


def _register_columns(
    batch: Batch, year: int, given: Columns, state: np.ndarray, seen: np.ndarray, donors: Donors
) -> None:
    """Registered state, cause, dates, income seen, minimum living."""
    home, inputs = batch.household, donors.setting.inputs
    never = state == Registered.NEVER
    home["registered"] = state.astype(np.int8)
    home["cause"] = np.where(never, 0, known(given["cause"], home["cause"])).astype(np.int8)
    first = known(given["first_month"], _FIRST)
    home["first_month"] = np.where(never, 0, first).astype(np.int16)
    left = np.isin(state, (Registered.EXITED, Registered.RELAPSED))
    other = np.where(home["exit_month"] > 0, home["exit_month"], _LAST)
    exit = np.where(left, known(given["exit_month"], other), 0)
    home["exit_month"] = exit.astype(np.int16)
    back = known(given["relapse_date"], _LAST)
    back = np.where(state == Registered.RELAPSED, np.minimum(back, _LAST), 0)
    home["registered_relapse_month"] = back.astype(np.int16)
    recorded = known(100.0 * seen * _deflate(year, donors), home["seen_income"])
    home["seen_income"] = np.round(np.clip(recorded, 0.0, 2e9)).astype(np.int32)
    line = donors.numbers.line(year)
    margin = known(seen / line, home["exit_margin"])
    home["exit_margin"] = np.where(left, margin, 0.0).astype(np.float32)
    member = np.nan_to_num(given["dibao_member"]) > 0
    unsaid = np.isnan(given["dibao"]) & np.isnan(given["dibao_member"])
    flag = np.where(unsaid, home["dibao"] > 0, member | (np.nan_to_num(given["dibao"]) > 0))
    usual = inputs.list("dibao_grades") * inputs.list("dibao_month") * inputs.list("dibao_heads")
    usual = 100.0 * np.where(
        home["dibao_pay"] > 0, home["dibao_pay"] / 100.0, usual.sum() * batch.size
    )
    pay = 100.0 * given["dibao"] / 12.0 * _deflate(year, donors)
    pay = np.where(np.nan_to_num(pay) > 0, pay, usual)
    home["dibao"] = flag.astype(np.uint8)
    home["dibao_pay"] = np.where(flag, np.round(pay), 0).astype(np.int32)


def _property(batch: Batch, given: Columns, donors: Donors, at: np.ndarray) -> None:
    """Land, house, water, distance."""
    home, donor, draws = batch.household, donors.batch.household, donors.setting.draws
    land = known(given["land"], donor["land"][at])
    share = donor["irrigated"][at] / np.maximum(donor["land"][at], 1e-6)
    wet = np.minimum(known(given["irrigated"], share * land), land)
    let = donor["rented_out"][at] / np.maximum(donor["land"][at], 1e-6) * land
    rent = donors.setting.inputs.number("rent_mu")
    let = np.minimum(let, known(given["property"], np.inf) / rent)
    for name, column in (("land", land), ("irrigated", wet), ("rented_out", let)):
        home[name] = np.maximum(column, 0.0).astype(np.float32)
    home["distance"] = known(given["distance"], home["distance"]).astype(np.float32)
    water = known(given["safe_water"], known(given["water_clean"], 1.0 - given["water_hard"]))
    home["water"] = known(water, home["water"]).astype(np.uint8)
    grade = _certified(given, donors, home["house"], home["id"])
    luck = draws.uniform(home["id"], "true grade")
    ends = _true_grades(donors)[grade - 1]
    home["house_cert"] = grade.astype(np.int8)
    home["house"] = (1 + (luck[:, None] > ends).sum(axis=1)).astype(np.int8)


def _certified(given: Columns, donors: Donors, other: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Grade of the certificate; drawn within where only `dangerous or not` is said."""
    inputs, luck = donors.setting.inputs, donors.setting.draws.uniform(ids, "certificate")
    b, c, d = (inputs.number(f"house_{grade}") for grade in "bcd")
    bad = np.where(luck < c / (c + d), HouseGrade.C, HouseGrade.D)
    good = np.where(luck < b / (1.0 - c - d), HouseGrade.B, HouseGrade.A)
    said = np.where(np.isnan(given["dangerous_house"]), np.nan,
                    np.where(given["dangerous_house"] > 0, bad, good))  # fmt: skip
    return known(given["house_grade"], known(said, other)).astype(np.int64)


def _true_grades(donors: Donors) -> np.ndarray:
    """Cumulated chances of the true grades A to C (columns) given the certificate (rows)."""
    grades = donors.batch.household["house"][donors.ever]
    chance = grades_given(
        np.bincount(grades, minlength=5)[1:] + 1.0,
        donors.numbers.number("certificate_error"),
        donors.numbers.number("certificate_too_bad"),
    )
    return np.cumsum(chance, axis=1)[:, :3]


def grades_given(prior: np.ndarray, error: float, worse: float) -> np.ndarray:
    """Chances of the true grades (columns) given the certificate (rows), by Bayes' rule.

    prior: how frequent the true grades A to D are. error: share of certificates that are off by
    a grade; worse: the part of them that make a house worse than it is.
    """
    true = np.arange(4)
    chance = np.zeros((4, 4))  # [true, certificate]
    np.add.at(chance, (true, true), 1.0 - error)
    np.add.at(chance, (true, np.minimum(true + 1, 3)), error * worse)
    np.add.at(chance, (true, np.maximum(true - 1, 0)), error * (1.0 - worse))
    joint = (prior[:, None] * chance).T
    return joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)


def _incomes(
    batch: Batch, true: np.ndarray, parts: Columns, donors: Donors, at: np.ndarray
) -> None:
    """True income by component. The error is of the whole: the components keep their shares,
    and a household without usable components has its donor's."""
    donor = np.stack([donors.batch.more[name][at] for name in COMPONENTS])
    scale = batch.size / donors.batch.household["size"][at]
    whole = known(true * batch.size, donor.sum(axis=0) * scale)
    listed = np.nan_to_num(np.stack(list(parts.values())))
    usable = listed.sum(axis=0) > 0.25 * np.abs(listed).sum(axis=0)
    shares = np.where(usable & (np.abs(listed).sum(axis=0) > 0), listed, np.abs(donor) + 1e-6)
    batch.more.update(zip(COMPONENTS, shares / shares.sum(axis=0) * whole, strict=True))
    batch.more["income"] = whole / batch.size


def _traits(batch: Batch, donors: Donors, at: np.ndarray) -> None:
    """Earning power, farm skill and herd with which the model's rules give these incomes."""
    person, home, more = batch.person, batch.household, batch.more
    inputs, levels = donors.setting.inputs, donors.setting.levels.found
    least, largest = donors.numbers.list("factor_limits")
    ids, villages = person["id"], donors.setting.villages

    wage, months, counted = wage_of_job(batch, donors)
    usual = batch.count(wage * months * counted)
    works = usual > 0
    factor = np.clip(more["wage"] / np.maximum(usual, 1.0), least, largest)
    # who has no job shares what earning power families have in common
    common, sigma = inputs.number("earnings_family"), inputs.number("earnings_sigma")
    own = donors.setting.draws.ratio(ids, "earnings", sigma * (1.0 - common) ** 0.5)
    family = np.where(works, factor**common, 1.0)[batch.home]
    spare = np.where(works[batch.home], own * family, person["earnings"])
    person["earnings"] = np.where(wage > 0, factor[batch.home], spare).astype(np.float32)
    person["wage"] = np.round(100.0 * wage * person["earnings"]).astype(np.int32)

    terrain = villages.terrain[batch.village] - 1
    tilled = np.maximum(0.0, home["land"].astype(np.float64) - home["rented_out"])
    wet = np.minimum(home["irrigated"], tilled) * inputs.number("irrigation_bonus")
    hands = batch.count(more["labour"] * (wage == 0)) + inputs.number("other_hands")
    crop = np.sqrt((tilled + wet) * inputs.number("land_worker") * hands)
    crop *= inputs.list("crop_mu")[terrain]
    beasts = inputs.list("herd_person")[terrain] * batch.size
    business = batch.count((person["job"] == Job.BUSINESS) * person["earnings"])
    asked = more["business"] / levels["business"] + inputs.number("crop_cost") * tilled
    asked = asked - inputs.number("business_year") * business
    skill, herd = (donors.batch.household[name][at] for name in ("farm_skill", "herd"))
    usual = skill * crop + herd * beasts
    factor = np.clip(asked / np.maximum(usual, 1.0), least, largest)
    # no land and no animals at the donor's: what there is must come from animals
    bare = (usual < 1.0) & (asked > 0)
    herd = np.where(bare, np.clip(asked / beasts, 0.0, largest), herd * factor)
    home["farm_skill"] = (skill * factor).astype(np.float32)
    home["herd"] = herd.astype(np.float32)
    livestock = donors.batch.household["livestock"][at] * np.where(bare, 1.0, factor)
    home["livestock"] = np.round(np.minimum(livestock, 2e9)).astype(np.int32)
