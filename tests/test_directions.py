"""Each intervention moves its own observable the way the plan says, on common random numbers.

The whole model, two counties, plan against plan without one action, same draws.
"""

from __future__ import annotations

import pytest

from scenarios.library import load_parameters
from scenarios.run import Past, model_seed
from scenarios.scenario import load_scenario
from sim.calendar import month_index

LAST = month_index("2020-12")
NAMES = (
    "plan", "no-plan", "without-employment", "without-relocation", "without-medical",
    "without-collective", "harsh-shocks",
)  # fmt: skip


@pytest.fixture(scope="module")
def values(people):
    """Value of an indicator in 2020 (yearly, or of December) in each scenario."""
    table = load_parameters()
    past = Past(people, None, model_seed(2, 0), until=LAST, table=table)
    found = {}
    for name in NAMES:
        model = past.branch(load_scenario(name, table), LAST)
        model.run()
        for county, year, month, indicator, group, value in model.recorder.rows:
            if county == 0 and year == 2020 and month in (0, 12):
                found[name, f"{indicator}:{group}" if group else indicator] = value
    return found


@pytest.mark.parametrize(
    ("scenario", "indicator", "sign"),
    [
        ("without-employment", "posts", 1),
        ("without-employment", "migrants", 1),
        ("without-employment", "income_wage", 1),
        ("without-relocation", "relocated", 1),
        ("without-medical", "out_of_pocket", -1),
        ("without-medical", "out_of_pocket:share_registered", -1),
        ("without-medical", "catastrophic_health", -1),
        ("without-medical", "noncompliant", -1),
        ("without-medical", "family_doctor", 1),
        ("without-collective", "collective_income", 1),
        ("no-plan", "collective_income:zero", -1),
        ("without-collective", "tech_commissioner", 1),
        ("no-plan", "income_pc", 1),
        ("no-plan", "poverty_gap", -1),
        ("no-plan", "headcount_true", -1),
        ("harsh-shocks", "income_pc", 1),
        ("harsh-shocks", "admissions:other", -1),
    ],
)
def test_the_plan_moves_it_the_way_it_says(values, scenario, indicator, sign):
    """The plan's value lies above (1) or below (-1) that of the scenario without the action."""
    plan, other = values["plan", indicator], values[scenario, indicator]
    assert (plan - other) * sign > 0, f"{indicator}: plan {plan}, {scenario} {other}"


def test_the_cap_holds_to_the_cent(values):
    assert values["plan", "oop_cap_max"] <= 3000.0
    assert values["without-medical", "oop_cap_max"] > 3000.0


def test_what_one_action_does_not_touch_stays_almost_as_it_is(values):
    """Common random numbers: taking away relocation leaves hospital stays of others alone."""
    plan, other = (
        values["plan", "admissions:other"],
        values["without-relocation", "admissions:other"],
    )
    assert plan == pytest.approx(other, rel=0.01)
