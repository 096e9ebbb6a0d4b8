"""Action 1, speciality crops: land goes over to the crop that the county promotes.

Clauses: A1.1 the province's speciality programme, deep-poverty areas first; A1.6 provincial farm
funds lean to the local products of those areas. Each plants with money of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.chance import draws, normal
from sim.kernel import kernel
from sim.measures.a01_places import by_county, deep_area, spread
from sim.mechanism import Mechanism, Now
from sim.world.columns import account, column, deed
from sim.world.world import World

__all__ = ["SpecialtyCrops"]

_COMMON = np.zeros(1, np.uint64)
_SMALL = 1e-3  # of a mu: shares are kept in single precision
_SEASONS = (4, 10)
"""Calendar months in which is planted."""


class SpecialtyCrops(Mechanism):
    """Money turns land to the county's speciality, which earns more and ties all to one price.

    In spring and autumn the villages plant a tranche of their land as far as the two programmes
    have money, deep-poverty villages first. What is planted bears after years; it yields more
    than the usual crop. Its price moves by county (partly alike everywhere), on top of the price
    of farm goods, and the more land of the county bears the same crop, the lower it is. So the
    income of neighbours comes to rise and fall together: `shared_fortune` is the share of the
    variance of households' yearly change of income that is common to their county.
    """

    name = "a01_specialty"
    zh = "特色产业种植与同涨同跌"
    clauses = ("A1.1", "A1.6")
    reads = (
        "village.id", "village.county", "village.township", "village.site", "village.deep",
        "village.headcount_start", "village.registered_poor", "township.deep", "county.deep",
        "county.code", "household.alive", "household.land", "household.village",
        "household.income12",
    )  # fmt: skip
    writes = (
        "village.specialty", "village.local_products", "village.specialty_bearing",
        "village.a01_land", "village.yield_gain", "village.price_gain", "village.paid_specialty",
        "village.paid_local_products", "village.did_specialty_planted",
        "village.did_local_products_planted", "county.specialty_price",
        "county.a01_price_state", "county.shared_fortune", "household.a01_income_before",
    )  # fmt: skip
    columns = (
        account("specialty", "speciality crops planted", "特色产业工程",
                family="sector", to="supplier", rank=3),
        account("local_products", "local products planted from provincial farm funds",
                "涉农资金支持特色产品", family="sector", to="supplier", rank=3),
        deed("specialty_planted", "mu", "land turned to speciality crops by the programme",
             "特色产业种植面积"),
        deed("local_products_planted", "mu", "land turned to local products from farm funds",
             "涉农资金种植面积"),
        column("village", "specialty", "f4", "share", "land under speciality crops planted by "
               "programmes", "特色产业占地比例", report="mean"),
        column("village", "local_products", "f4", "share", "land under local products planted from "
               "farm funds", "涉农资金特色产品占地比例", report="mean"),
        column("village", "specialty_bearing", "f4", "share", "land under such crops that bear",
               "特色产业投产比例"),
        column("village", "a01_land", "f4", "mu", "arable land at the start", "起始耕地面积"),
        column("county", "specialty_price", "f4", "ratio", "price of the speciality against its "
               "trend, before the glut", "特色产品价格", start=1.0),
        column("county", "a01_price_state", "f8", "sd", "state of that price", "特色价格状态"),
        column("county", "shared_fortune", "f4", "share", "share of the variance of households' "
               "yearly change of income that is common to the county", "户收入同涨同跌程度",
               report="mean"),
        column("household", "a01_income_before", "i4", "fen",
               "countable income of the year before, to November", "上年收入"),
    )  # fmt: skip
    in_burn_in = False

    def begin(self, world: World, now: Now) -> None:
        """The villages' land."""
        home = world.household
        of, land = home.village[home.alive == 1], home.land[home.alive == 1]
        world.village.a01_land[:] = np.bincount(of, land, len(world.village.id))

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Plant, let grow, and push what bears."""
        village = world.village
        for name, planted, done, goal, others in (
            ("specialty", village.specialty, village.did_specialty_planted,
             p.specialty_until * p.A1_1, p.specialty_others),
            ("local_products", village.local_products, village.did_local_products_planted,
             p.local_until * p.A1_6, p.local_others),
        ):  # fmt: skip
            goals = goal * np.where(deep_area(world), 1.0, others) * (village.site == 0)
            self._plant(world, now, p, name, planted, done, goals)
        grow = 1.0 / max(1.0, p.ripening)
        village.specialty_bearing[:] += grow * (
            village.specialty + village.local_products - village.specialty_bearing
        )
        self._sell(world, p, chance)
        if now.calendar == 12:
            self._compare(world)

    @staticmethod
    def _plant(
        world: World, now: Now, p: Any, name: str, planted: np.ndarray, done: np.ndarray,
        goal: np.ndarray,
    ) -> None:  # fmt: skip
        """Plant what is missing, at most a tranche, and ask for what is left to do."""
        land, mu = np.maximum(world.village.a01_land, 1e-9), np.int64(round(p.cost_mu * 100))
        lacking = np.floor(land * (goal - planted) + _SMALL).astype(np.int64)
        rows = np.flatnonzero(lacking > 0)
        if now.calendar in _SEASONS:
            most = np.ceil(land[rows] * p.tranche).astype(np.int64)
            area = spread(world, name, rows, np.minimum(lacking[rows], most) * mu) // mu
            world.village[f"paid_{name}"][rows] += area * mu
            done[rows] += area
            planted[rows] += (area / land[rows]).astype(np.float32)
            lacking[rows] -= area
        world.ledger.ask(name, by_county(world, rows, lacking[rows] * mu))

    @staticmethod
    def _sell(world: World, p: Any, chance: Any) -> None:
        """What bears yields more, at a price of its own that falls with what the county grows."""
        village, county = world.village, world.county
        common = draws(chance, _COMMON)[0][0]
        own = draws(chance, county.code.astype(np.uint64))[1]
        move(county.a01_price_state, county.specialty_price, float(common), own, p)
        bearing = village.specialty_bearing
        if not bearing.any():
            return
        counties = len(county.code)
        land = np.maximum(np.bincount(village.county, village.a01_land, counties), 1.0)
        grown = np.bincount(village.county, village.a01_land * bearing, counties) / land
        above = county.specialty_price - 1.0 - p.glut * grown
        village["yield_gain"] += np.float32(p.gain) * bearing
        village["price_gain"] += (bearing * above[village.county]).astype(np.float32)

    @staticmethod
    def _compare(world: World) -> None:
        """How much of the yearly change of income a county's households have in common.

        What the mean of a few villages varies by chance is taken off (the variance of the mean,
        clustered by village), so that a small sample shows no more of it; a county that has
        nothing in common may then be just below zero.
        """
        home, county = world.household, world.county
        rows = np.flatnonzero(home.alive == 1)
        new, old = home.income12[rows].astype(float), home.a01_income_before[rows].astype(float)
        known = old != 0
        change = (new - old)[known] / (0.5 * (np.abs(new) + np.abs(old))[known] + 1.0)
        home.a01_income_before[rows] = home.income12[rows]
        if not known.any():
            return
        village = home.village[rows[known]]
        of = world.village.county[village]
        number = np.maximum(np.bincount(of, minlength=len(county.code)), 1)
        mean = np.bincount(of, change, len(county.code)) / number
        away = mean - change.mean()
        variance = max(1e-12, float(change.var()))
        together = np.bincount(village, change - mean[of], len(world.village.id)) ** 2
        lived_in = np.bincount(world.village.county[np.unique(village)], minlength=len(number))
        chance = np.bincount(world.village.county, together, len(number)) / number**2
        chance *= lived_in / np.maximum(1, lived_in - 1)
        county.shared_fortune[:] = (away * away - chance) / variance


@kernel
def _bell(u, out):
    for k in range(u.size):
        out[k] = normal(np.uint32(min(4294967295.0, u[k] * 4294967296.0)))


def move(state: np.ndarray, price: np.ndarray, common: float, own: np.ndarray, p: Any) -> None:
    """Move every county's speciality price on: a first-order autoregression with mean 1."""
    u = np.append(own, common)
    z = np.empty(u.size)
    _bell(u, z)
    news = np.sqrt(p.price_common) * z[-1] + np.sqrt(1.0 - p.price_common) * z[:-1]
    keep = p.price_persistence
    state[:] = keep * state + np.sqrt(max(0.0, 1.0 - keep * keep)) * news
    price[:] = np.exp(p.price_sd * state - 0.5 * p.price_sd**2)
