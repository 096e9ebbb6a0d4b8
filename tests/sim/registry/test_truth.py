"""The registry sees the true state with error, and never writes it."""

import numpy as np
import pytest

from sim.calendar import month_index
from sim.registry.monitoring import Monitoring
from sim.registry.round import YearlyRound
from sim.registry.screening import Screening
from sim.registry.visits import Visits
from tests.sim.registry.build import REGISTRY, register_world
from tests.sim.tiny import changed, parameters_for, run_months, snapshot

MAY_WRITE = {key for one in REGISTRY for key in (*one.writes, *one.changes)}
ORDER = (Visits, Screening, YearlyRound, Monitoring)


def test_none_of_its_columns_is_part_of_the_true_state():
    true = {
        "household.poor", "household.poor_since", "household.relapse_month",
        "household.relapse_cause", "household.blow", "household.blow_size", "household.income12",
        "household.registry_income", "household.house", "household.water",
        "household.gap_education", "household.gap_medical", "household.gap_house",
        "household.gap_water",
    }  # fmt: skip
    assert not true & MAY_WRITE


def test_four_years_of_registration_leave_the_true_state_as_it_was():
    mechanisms = [one() for one in ORDER]
    world = register_world(2_000, household_blow=1, household_blow_size=900_000,
                           household_gap_water=6)  # fmt: skip
    before = snapshot(world)
    run_months(mechanisms, world, "2017-10", 51, parameters_for(mechanisms))
    touched = changed(before, world)
    assert touched <= MAY_WRITE
    for column in ("registered", "seen_income", "exit_month", "monitor"):
        assert f"household.{column}" in touched, f"{column} should have moved"


def test_the_register_is_held_in_the_burn_in():
    mechanisms = [one() for one in ORDER]
    world = register_world(1_000)
    before = snapshot(world)
    run_months(mechanisms, world, "2015-11", 24, parameters_for(mechanisms))
    held = {"registered", "exit_month", "first_month", "cause", "registered_relapse_month"}
    assert not changed(before, world) & {f"household.{name}" for name in held}


@pytest.mark.parametrize("block_persons", [200, 700])
def test_the_cut_into_blocks_changes_nothing(block_persons):
    def after(size):
        mechanisms = [Visits(), Screening()]
        world = register_world(2_000, villages=8, household_blow=1, household_blow_size=400_000)
        parameters = parameters_for(mechanisms)
        for mechanism in mechanisms:
            mechanism.bind(world, parameters, 7)
        blocks = world.blocks(size)
        from tests.sim.running import _one, now

        for month in range(month_index("2018-09"), month_index("2018-12")):
            for mechanism in mechanisms:
                _one(mechanism, world, now(month), blocks)
        return snapshot(world), len(blocks)

    whole, one = after(1_000_000)
    cut, many = after(block_persons)
    assert one == 1 < many
    for key, values in whole.items():
        assert np.array_equal(values, cut[key]), key
