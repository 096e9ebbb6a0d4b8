"""Poverty in more than one measure: many dimensions at once, other incomes, consumption."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.indicators.observation import MILLION, Counts, Indicator, Observation
from sim.kernel import kernel
from sim.mechanism import Now

__all__ = ["DIMENSIONS", "Consumption", "Welfare"]

DIMENSIONS = ("income", "education", "health", "housing", "water")
"""Dimensions of the multidimensional measure, of equal weight."""

_POWERS = ("fgt0", "fgt1", "fgt2")


@kernel(inline=True)
def add_gap(out, first, amount, full, heads):
    """Persons below the line, their gap and its square in millionths, added to three cells."""
    if amount < full:
        # a year of losses is not counted as poorer than a year of nothing
        gap = min((full - amount) / full, 1.0)
        out[first] += heads
        out[first + 1] += heads * np.int64(gap * MILLION + 0.5)
        out[first + 2] += heads * np.int64(gap * gap * MILLION + 0.5)


@kernel
def count(at, persons, households, villages, counties, out, p):
    """December's households: gaps of two incomes, and in how many dimensions they are deprived."""
    line = p.line * 100.0
    months = p.gap_months
    for h in range(at.first_household, at.end_household):
        size = np.int64(households.size[h])
        if households.alive[h] == 0 or size <= 0:
            continue
        full = line * size
        out[0] += size
        add_gap(out, 1, households.income12[h], full, size)
        add_gap(out, 4, households.income12_all[h], full, size)
        income = np.int64(households.income12[h] < full)
        education = np.int64(households.gap_education[h] >= months)
        health = np.int64(households.gap_medical[h] >= months)
        housing = np.int64(households.gap_house[h] >= months)
        water = np.int64(households.gap_water[h] >= months)
        deprived = income + education + health + housing + water
        if deprived > 0 and deprived >= p.deprived_cut * 5.0 - 1e-9:
            out[7] += size
            out[8] += size * deprived
            out[9] += size * income
            out[10] += size * education
            out[11] += size * health
            out[12] += size * housing
            out[13] += size * water


class Welfare(Observation):
    """Foster-Greer-Thorbecke on two incomes, and Alkire and Foster's many dimensions.

    Weights are persons. fgt0, fgt1, fgt2: (1/N) sum of ((z - y) / z)^a over persons below the
    line z, on countable income and on the whole disposable income of the twelve months.
    multidimensional: a household is deprived in income (below the line), education, health,
    housing, water (each guarantee has failed for as long as makes it truly poor); weights are
    equal, and who is deprived in a third or more (`indicators.deprived_cut`: two of the five)
    counts as poor. H is the share of such persons, A the mean share of dimensions that they
    lack, M0 = H A; the dimensions' parts in M0 add up to one.
    """

    name = "indicators_welfare"
    zh = "多维贫困与贫困深度"
    reason = "an observation"
    reads = (
        "household.alive", "household.size", "household.income12", "household.income12_all",
        "household.gap_education", "household.gap_medical", "household.gap_house",
        "household.gap_water",
    )  # fmt: skip
    uses = ("calendar.line", "true_status.gap_months", "indicators.deprived_cut")
    months = (12,)
    counts = (
        "persons", *(f"countable_{a}" for a in _POWERS), *(f"disposable_{a}" for a in _POWERS),
        "many", "lacks", *(f"lacks_{one}" for one in DIMENSIONS),
    )  # fmt: skip
    indicators = (
        Indicator("fgt_countable", "index",
            "FGT of countable income in December (group fgt0, fgt1, fgt2)",
            "FGT指数（计入收入）", "year"),
        Indicator("fgt_disposable", "index",
            "FGT of disposable income in December (group fgt0, fgt1, fgt2)",
            "FGT指数（可支配收入）", "year"),
        Indicator("multidimensional", "share",
            "Alkire-Foster in December (group H, A, M0, and part_<dimension>: its part in M0)",
            "多维贫困（AF法）", "year"),
    )  # fmt: skip
    rule = count

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """Yearly, on the state of December."""
        for kind in ("countable", "disposable"):
            for power in _POWERS:
                unit = 1.0 if power == "fgt0" else MILLION
                value = month.share(f"{kind}_{power}", "persons") / unit
                yield f"fgt_{kind}", power, True, value
        share = month.share("many", "persons")
        lacking = month.share("lacks", "many") / len(DIMENSIONS)
        yield "multidimensional", "H", True, share
        yield "multidimensional", "A", True, lacking
        yield "multidimensional", "M0", True, share * lacking
        for one in DIMENSIONS:
            yield "multidimensional", f"part_{one}", True, month.share(f"lacks_{one}", "lacks")


@kernel
def count_consumption(at, persons, households, villages, counties, out, p):
    """The month's consumption against a twelfth of the line."""
    line = p.line * 100.0 / 12.0
    for h in range(at.first_household, at.end_household):
        size = np.int64(households.size[h])
        if households.alive[h] == 0 or size <= 0:
            continue
        out[0] += size
        add_gap(out, 1, households.consumption[h], line * size, size)


class Consumption(Observation):
    """Foster-Greer-Thorbecke on consumption: of single months, against a twelfth of the line.

    The mean of March, June, September and December, by persons. Households smooth consumption
    over a year's ups and downs of income, so this is not the income measure's level.
    """

    name = "indicators_consumption"
    zh = "消费贫困"
    reason = "an observation"
    reads = ("household.alive", "household.size", "household.consumption")
    uses = ("calendar.line",)
    months = (3, 6, 9, 12)
    counts = ("persons", *_POWERS)
    indicators = (
        Indicator("fgt_consumption", "index",
            "FGT of monthly consumption, mean of four months (group fgt0, fgt1, fgt2)",
            "FGT指数（消费）", "year"),
    )  # fmt: skip
    rule = count_consumption

    def finish(
        self, month: Counts, year: Counts, now: Now
    ) -> Iterator[tuple[str, str, bool, float]]:
        """The year's mean in December."""
        if now.calendar == 12:
            for power in _POWERS:
                unit = 1.0 if power == "fgt0" else MILLION
                yield "fgt_consumption", power, True, year.share(power, "persons") / unit
