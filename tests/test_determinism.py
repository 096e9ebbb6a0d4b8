"""The same seed gives the same bits, however the work is cut, spread or ordered."""

from __future__ import annotations

import numpy as np
import pytest

from calibration import population as _population
from scenarios.library import load_parameters
from scenarios.run import Past, model_seed, resolve, rows_to_frame
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START, month_index
from sim.model import PovertyModel
from tests.conftest import COUNTIES, SAMPLE

LAST = month_index("2018-12")
START = PLAN_START - 3


def run(people, name="plan", *, seed=5, until=LAST, start=START, scenario=None, **more):
    table = load_parameters()
    parameters = resolve(scenario or load_scenario(name, table), None, until, table)
    model = PovertyModel(
        people, parameters, seed=model_seed(seed, 0), until=until, start=start, **more
    )
    model.run()
    return model


@pytest.fixture(scope="module")
def plain(people):
    return run(people)


def same(a, b):
    for kind, table in a.world.tables.items():
        for name, column in table.items():
            other = b.world.tables[kind][name]
            assert np.array_equal(column, other, equal_nan=column.dtype.kind == "f"), (
                f"{kind}.{name} differs in {int((column != other).sum())} cells"
            )
    assert a.recorder.rows == b.recorder.rows


def test_again(people, plain):
    same(plain, run(people))


@pytest.mark.parametrize("size", [700, 3_000, 10**9])
def test_block_size(people, plain, size):
    same(plain, run(people, block_persons=size))


def test_threads(people, plain):
    same(plain, run(people, threads=2, block_persons=900))


def test_another_seed_is_another_history(people, plain):
    assert run(people, seed=6).recorder.rows != plain.recorder.rows


def test_an_empty_overlay_changes_no_bit(people, plain, tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text("name: same\nbase: plan\n", "utf-8")
    same(plain, run(people, scenario=load_scenario(path, load_parameters())))


def test_branching_from_the_common_past_is_going_on(people):
    """A run that is branched at the end of October 2017 is the run that never stopped."""
    table = load_parameters()
    past = Past(people, None, model_seed(5, 0), until=LAST, table=table)
    branch = past.branch(load_scenario("plan", table), LAST)
    branch.run()
    from sim.model import BURN_IN_START

    same(run(people, start=BURN_IN_START), branch)


def test_a_county_alone_has_the_life_it_has_in_company(people):
    """Sample order and the company of other counties change nothing in a county, as long as the
    province shares out no money (under the plan, what one county gets another does not)."""
    code = COUNTIES[1]
    alone = run(_population.build(SAMPLE, counties=[code]), "no-plan")
    company = run(people, "no-plan")
    for rows in zip(lives(alone, code), lives(company, code), strict=True):
        assert rows[0] == rows[1]


def lives(model, code):
    """A county's rows without the money in its purses and what is a share of all counties'."""
    rows = [row for row in model.recorder.rows if row[0] == code]
    apart = ("funds_", "special_", "shared_fortune")
    return [row for row in rows if not row[3].startswith(apart)]


def test_a_smaller_sample_is_part_of_a_larger_one(people):
    larger = _population.build(2 * SAMPLE, counties=list(COUNTIES))
    assert set(people["person"]["id"]) < set(larger["person"]["id"])


def test_shocks_are_the_same_in_every_scenario(people, plain):
    """Weather and prices do not know the scenario; nor does who dies in the first month."""
    other = run(people, "no-plan")
    for name in ("crop_factor", "hit"):
        assert np.array_equal(plain.world.village[name], other.world.village[name])
    assert np.array_equal(plain.world.county.price, other.world.county.price)


def test_a_mechanism_switched_off_changes_no_draw_of_another(people):
    """Without schooling costs and dropouts, who falls ill in the first month is the same."""
    from sim.month import SCHEDULE, Schedule

    less = Schedule(
        SCHEDULE.province, SCHEDULE.county,
        tuple(m for m in SCHEDULE.block if m.name != "ceremonies"),
        SCHEDULE.close, SCHEDULE.observations,
    )  # fmt: skip
    one = run(people, until=PLAN_START, start=PLAN_START)
    two = run(people, until=PLAN_START, start=PLAN_START, schedule=less)
    for name in ("chronic", "serious", "disability", "alive"):
        assert np.array_equal(one.world.person[name], two.world.person[name]), name


def test_the_table_is_tidy(plain):
    table = rows_to_frame(plain.recorder.rows)
    assert set(table.columns) == {"county", "year", "month", "indicator", "group", "value"}
    assert not table.duplicated(["county", "year", "month", "indicator", "group"]).any()
    assert table.value.notna().all()
