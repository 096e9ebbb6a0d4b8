"""The worked example of the docs runs, and does what its text says."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from scenarios.run import model_seed, resolve
from scenarios.scenario import check_files, load_scenario
from sim.calendar import month_index
from sim.model import PovertyModel
from sim.world.codes import Registered
from tests.sim.tiny import run_alone, tiny_world

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "examples"
LAST = month_index("2018-12")


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("new_measure", FOLDER / "new_measure.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where compiled code looks for it when it is loaded again
    spec.loader.exec_module(module)
    return module


def model(example, people, scenario, *, schedule=None):
    """From just before the plan to the end of 2018, which has two winters' ends."""
    table = example.parameters()
    parameters = resolve(load_scenario(scenario, table), None, LAST, table)
    made = PovertyModel(
        people, parameters, seed=model_seed(2, 0), until=LAST, start=month_index("2017-09"),
        schedule=schedule or example.schedule(),
    )  # fmt: skip
    made.run()
    return made


@pytest.fixture(scope="module")
def heated(example, people):
    return model(example, people, FOLDER / "with-heating.yaml")


@pytest.fixture(scope="module")
def plan(example, people):
    return model(example, people, "plan")


def test_the_files_have_no_faults():
    numbers = sorted((FOLDER / "parameters").glob("*.yaml"))
    faults = check_files([*numbers, FOLDER / "with-heating.yaml"])
    assert [fault for fault in faults if "examples" in fault.file] == []


def test_a_month_by_hand(example):
    """Everybody with a card gets 300 yuan, nobody else gets anything, and the village books it."""
    mechanism = example.Heating()
    table = example.parameters()
    scenario = load_scenario(FOLDER / "with-heating.yaml", table)
    parameters = resolve(scenario, {"heating.reach": 1.0}, LAST, table)
    world = tiny_world(600, mechanisms=[mechanism], household_transfer=0)
    run_alone(mechanism, world, "2018-11", parameters)
    home = world.household
    with_card = (Registered.POOR, Registered.EXITED, Registered.RELAPSED)
    card = np.isin(home.registered, with_card) & (home.alive == 1)
    assert (home.transfer[card] == 30_000).all()
    assert (home.transfer[~card] == 0).all()
    assert world.village.paid_heating.sum() == 30_000 * card.sum() > 0
    run_alone(mechanism, world, "2018-06", parameters)
    assert (home.transfer[card] == 30_000).all(), "June is no month of heating"


def test_a_measure_that_pays_nothing_changes_no_bit(example, people, plan):
    from sim.month import SCHEDULE

    without = model(example, people, "plan", schedule=SCHEDULE)
    own = {"stoves", "stoves_deep", "stoves_built"}
    rows = [
        row for row in plan.recorder.rows
        if row[3] not in own and not {"heating", "stoves"} & set(row[4].split(":"))
    ]  # fmt: skip
    assert rows == without.recorder.rows


def test_it_pays_from_the_winter_on_and_the_ledger_knows(plan, heated):
    def paid(model, year):
        return next(
            row[5] for row in model.recorder.rows
            if (row[0], row[1], *row[3:5]) == (0, year, "money", "heating")
        )  # fmt: skip

    assert paid(plan, 2018) == paid(heated, 2017) == 0
    assert paid(heated, 2018) > 0
    row = heated.ledger.row("heating")
    assert (heated.ledger.granted[row] == heated.ledger.spent[row]).all()


def test_stoves_go_where_the_money_reaches_the_poorest_first(example):
    mechanism = example.Stoves()
    table = example.parameters()
    scenario = load_scenario(FOLDER / "with-heating.yaml", table)
    parameters = resolve(scenario, {}, LAST, table)
    world = tiny_world(
        1200,
        villages=4,
        mechanisms=[mechanism],
        village_households=100,
        village_headcount_start=np.array([0.1, 0.4, 0.3, 0.2]),
    )
    run_alone(mechanism, world, "2018-06", parameters)
    assert world.village.stoves.sum() == 0, "without money nothing is built"
    assert world.ledger.waited[0, world.ledger.row("stoves")].sum() == 4 * 100 * 1500_00
    world.ledger.grant("stoves", 0, 2 * 100 * 1500_00 + 1000)
    run_alone(mechanism, world, "2018-07", parameters)
    assert list(world.village.stoves) == [0, 1, 1, 0]
    assert list(world.village.did_stoves_built) == [0, 1, 1, 0]
    assert list(world.village.incidence_cut > 0) == [False, True, True, False]
    world.ledger.works[:] = 0
    world.ledger.grant("stoves", 0, 10**9)
    run_alone(mechanism, world, "2018-12", parameters)
    assert world.village.stoves.sum() == 2, "without builders neither"


def test_what_was_paid_is_what_came_in(plan, heated):
    """With the same luck in both runs, the households' money differs by the grants alone."""

    def income(model):
        home = model.world.household
        return int(home.ring[[10, 11]][:, home.alive == 1].sum(dtype=np.int64))  # Nov and Dec

    spent = int(heated.ledger.spent[heated.ledger.row("heating")].sum())
    assert income(heated) - income(plan) == pytest.approx(spent, rel=0.02)


def test_a_run_gives_a_table(example, people):
    run = example.run(FOLDER / "with-heating.yaml", people, until="2017-12")
    assert run.scenario.name == "with-heating"
    assert 2017 in run.yearly("income_transfer").index


def test_its_text_names_files_that_exist(example):
    for name in re.findall(r"\b(?:sim|scenarios|tests|docs)/[\w/]+\.\w+", example.__doc__):
        if "heating" not in name and "stoves" not in name:  # those are for the reader to make
            assert (ROOT / name).exists(), name
