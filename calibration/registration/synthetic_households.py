"""The household table of a synthetic export: the 53 columns of registration_export.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from calibration.registration.fields import Field
from calibration.registration.synthetic import FIRST, read_export
from calibration.registration.synthetic_cells import (
    NAMES,
    PHONE,
    cards,
    code_words,
    documents,
    padded,
    parts,
    texts,
)
from calibration.registration.synthetic_rows import Column, Rows
from sim.world.codes import Cause, HouseGrade, Registered

__all__ = ["HouseholdRows"]

PENSION = 1236
"""Yuan a year and pensioner (assumed; 103 a month)."""


class HouseholdRows(Rows):
    """Rows of the household table."""

    table = "household"

    @cached_property
    def money(self) -> Mapping[str, np.ndarray]:
        """Whole yuan of the year by field; parts sum to their wholes.

        The net income a head is the one that the population's register has seen, grown to the
        year, with the components in the proportions of the household's own.
        """
        rule = read_export()["years"]
        growth = rule["growth"] ** (self.year - FIRST)
        growth = growth * (0.95 + 0.1 * self.luck("copy")) ** np.minimum(self.copy, 1)
        whole = np.round(growth * self.house("seen_income") / 100.0 * self.size)
        if self.year >= rule["least"]["from"]:
            whole = np.maximum(whole, rule["least"]["yuan"] * self.size)
        elders = self.households.base.person["pension"].astype(np.int64)
        pension = PENSION * np.add.reduceat(elders, self.households.base.first[:-1])[self.row]
        dibao = np.where(self.dibao_now, np.round(0.12 * self.house("dibao_pay")), 0)
        dibao = np.where(dibao < 200, 0, dibao)
        ecology = np.where(self.returned > 0, np.round(np.maximum(self.returned * 20, 100)), 0)
        rest = np.maximum(whole - pension - dibao - ecology, 0)
        wage, business, property_, other = (
            np.maximum(self.house(n), 0.0) for n in ("wage", "business", "property", "transfer")
        )
        own = np.maximum(wage + business + property_ + other, 1.0)
        wage, property_, other = (np.floor(rest * part / own) for part in (wage, property_, other))
        net = rest - wage - property_ - other
        small = wage < 300  # a month's odd job is not written down
        net, wage = np.where(small, net + wage, net), np.where(small, 0, wage)
        cost = np.where(net > 0, np.ceil((0.3 + 0.2 * self.luck("cost")) * net), 0)
        dividend = np.where(self.luck("dividend") < 0.3, np.floor(0.5 * property_), 0)
        transfer = pension + dibao + ecology + other
        gross = net + cost
        return {
            "wage": wage, "business": gross, "business_cost": cost, "property": property_,
            "dividend": dividend, "other_property": property_ - dividend, "transfer": transfer,
            "pension": pension, "dibao": dibao, "ecology": ecology, "other_transfer": other,
            "family_planning": 0 * wage, "tekun": 0 * wage,
            "income": wage + gross + property_ + transfer,
            "net_income": wage + net + property_ + transfer,
        }  # fmt: skip

    def cells(self, field: Field) -> Column:
        """The column of a field."""
        if field.name in self.money:
            return self.money[field.name].astype(np.int64)
        return super().cells(field)

    def _income_per_head(self) -> Column:
        return np.round(self.money["net_income"] / self.size, 2)

    @cached_property
    def returned(self) -> np.ndarray:
        """Mu of arable land returned to forest."""
        share = np.where(self.luck("returned") < 0.3, 0.3, 0.0)
        return np.round(share * self.house("land"), 1)

    def _head_id(self) -> Column:
        return padded(self.county, 6, self.number * 100 + 1, 12)

    def _head_name(self) -> Column:
        return texts(NAMES, (self.id % np.uint64(len(NAMES))).astype(np.int64))

    def _head_document(self) -> Column:
        at = self.households.base.first[:-1][self.row]
        return documents(self.households.base.person, at, self.number, self.year)

    def _office_phone(self) -> Column:
        return padded(np.full(len(self), PHONE), 7, self.village % 10_000, 4)

    def _bank(self) -> Column:
        return texts(["虚构农村信用社"], np.zeros(len(self), np.int64))

    def _bank_card(self) -> Column:
        return cards(self.number)

    def _standard(self) -> Column:
        return texts(code_words("standard", self.codes), np.zeros(len(self), np.int64))

    def _cause(self) -> Column:
        return self.coded("cause", self.cause)

    @cached_property
    def cause(self) -> np.ndarray:
        """Main cause; of those that have come new, one of the form's by chance."""
        own = self.house("cause").astype(np.int64)
        drawn = 1 + np.floor(11 * self.luck("cause")).astype(np.int64)
        return np.where((own >= 1) & (own <= Cause.FUNERAL), own, drawn)

    def _other_causes(self) -> Column:
        second = np.where(self.luck("second") < 0.3, int(Cause.FUNDS), -1)
        return self.coded("cause", np.where(second == self.cause, -1, second))

    @cached_property
    def grade(self) -> np.ndarray:
        """Grade of the house; safe once the household has left the register."""
        house = self.house("house").astype(np.int64)
        return np.where(self.state.now == Registered.EXITED, np.minimum(house, 2), house)

    @cached_property
    def safe(self) -> np.ndarray:
        """Safe drinking water."""
        return (self.house("water") != 0) | (self.state.now == Registered.EXITED)

    def _dangerous_house(self) -> Column:
        return self.yes(self.grade > HouseGrade.B)

    def _house_grade(self) -> Column:
        return self.coded("house_grade", self.grade)

    def _safe_water(self) -> Column:
        return self.yes(self.safe)

    def _land(self) -> Column:
        return np.round(np.minimum(self.house("land").astype(np.float64), 99.0), 1)

    def _forest(self) -> Column:
        return np.round(self.returned + 2 * self.luck("forest"), 1)

    def _returned(self) -> Column:
        return self.returned

    def _orchard(self) -> Column:
        return np.round(np.maximum(3 * self.luck("orchard") - 1.5, 0), 1)

    def _grass(self) -> Column:
        return np.round(np.maximum(10 * self.luck("grass") - 7, 0), 1)

    def _water_area(self) -> Column:
        return np.zeros(len(self))

    def _distance(self) -> Column:
        return np.round(np.clip(self.house("distance").astype(np.float64), 0.01, 5.0), 2)

    def _road(self) -> Column:
        return texts(code_words("road", self.codes), parts(self.luck("road"), 0.25, 0.55, 0.97))

    def _fuel(self) -> Column:
        return texts(code_words("fuel", self.codes), parts(self.luck("fuel"), 0.35, 0.4, 0.8))

    def _floor_area(self) -> Column:
        return np.round(40 + 20 * self.size**0.5 + 60 * self.luck("floor"))

    def _cooperative(self) -> Column:
        return self.yes(self.luck("coop") < 0.2)

    def _leading_firm(self) -> Column:
        return self.yes(self.luck("firm") < 0.15)

    def _leading_person(self) -> Column:
        return self.yes(self.luck("leader") < 0.1)

    def _power_business(self) -> Column:
        return self.yes(self.luck("power") < 0.9)

    def _power_home(self) -> Column:
        return self.yes(self.luck("light") < 0.998)

    def _broadcast(self) -> Column:
        return self.yes(self.luck("broadcast") < 0.95)

    def _toilet(self) -> Column:
        return self.yes(self.luck("toilet") < 0.4)
