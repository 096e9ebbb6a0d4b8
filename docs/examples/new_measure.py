"""A worked example: a small measure that the model does not have, added from outside.

The measure is made up: in the months of heating, households with a registration card get a
grant. Three things make it, and in the project each has its place:

    the class and its rule (below)   sim/measures/heating.py
    parameters/heating.yaml          scenarios/parameters/heating.yaml
    the line in `schedule` (below)   sim/month.py

Here all three stay outside, so that you can try it before you change the model:

    python docs/examples/new_measure.py

tests/test_example.py runs this file, so it is true as long as the tests pass.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from app import population
from scenarios.library import load_parameters
from scenarios.parameter import ParameterTable
from scenarios.run import Run, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.chance import uniform
from sim.kernel import kernel
from sim.mechanism import Mechanism
from sim.model import PovertyModel
from sim.month import SCHEDULE, Schedule
from sim.world.codes import Registered
from sim.world.columns import column
from sim.world.world import Population

HERE = Path(__file__).parent


# --- the rule: one month of one block; a plain loop over its households ---------------------------


@kernel
def pay(at, persons, households, villages, counties, words, chance, p):
    """Hand out the month's grants."""
    fen = np.int32(100.0 * p.grant + 0.5)  # parameters are in yuan, money that moves in whole fen
    if fen == 0:
        return
    for h in range(at.first_household, at.end_household):
        if households.alive[h] == 0 or households.size[h] == 0:  # an unused row
            continue
        state = households.registered[h]  # what the state has written down, never household.poor
        if state != Registered.POOR and state != Registered.EXITED and state != Registered.RELAPSED:
            continue
        if uniform(words[0, h - at.first_household]) < p.reach:
            households.transfer[h] += fen
            villages.paid_heating[households.village[h]] += fen


# --- the declaration: what it is, what it touches, when it runs -----------------------------------


class Heating(Mechanism):
    """A grant for fuel in the cold months to every household with a registration card.

    It counts as transfer income. A grant that must not count for exit would go to
    `household.aid`. The account is open-ended: it costs what it pays.
    """

    name = "heating"
    zh = "取暖补贴（示例）"
    reason = "an example; a measure of the plan names its clauses instead"
    reads = ("household.alive", "household.size", "household.registered", "household.village")
    writes = ("household.transfer", "village.paid_heating")
    columns = (
        column("village", "paid_heating", "i8", "fen", "heating grants", "取暖补贴", combine="sum"),
    )  # fmt: skip
    draws = "household"
    months = (11, 12, 1, 2, 3)
    in_burn_in = False
    rule = pay


# --- its place in the month: after the other transfers, before the household lives on them --------


def schedule() -> Schedule:
    """The month of the model with the heating grant in it."""
    place = [mechanism.name for mechanism in SCHEDULE.block].index("transfers") + 1
    return replace(SCHEDULE, block=(*SCHEDULE.block[:place], Heating(), *SCHEDULE.block[place:]))


# --- running it -----------------------------------------------------------------------------------


def parameters() -> ParameterTable:
    """The model's parameters and those of this folder."""
    return ParameterTable(
        [*load_parameters().values(), *load_parameters(HERE / "parameters").values()]
    )


def run(scenario: str | Path, people: Population, *, seed: int = 1, until: str = "2020-12") -> Run:
    """One scenario with the heating grant in the month; `run(...).table` is what was recorded."""
    table, last = parameters(), month_index(until)
    chosen = load_scenario(scenario, table)
    model = PovertyModel(
        people, resolve(chosen, None, last, table), seed=model_seed(seed, 0), until=last,
        schedule=schedule(),
    )  # fmt: skip
    model.run()
    return Run(chosen, model)


def main() -> None:
    """The plan with and without the grant, in two counties: the same people, the same luck."""
    people = population(0.02, counties=[622926, 621223])
    plain = run("plan", people)
    heated = run(HERE / "with-heating.yaml", people)
    for name in ("income_transfer", "relapses_true", "relapses_registered"):
        both = plain.yearly(name).to_frame("plan").assign(heated=heated.yearly(name))
        print(f"\n{name}\n{both.assign(difference=both.heated - both.plan).round(1)}")
    money = heated.table.query("indicator == 'money' and group == 'heating' and county == 0")
    print(f"\npaid, yuan\n{money.set_index('year').value}")


if __name__ == "__main__":
    main()
