"""A worked example: two small measures that the model does not have, added from outside.

Both are made up. `Heating` pays households: in the months of heating, those with a registration
card get a grant. `Stoves` builds in villages: as far as its money and the builders reach, a
village gets clean stoves, and fewer people there fall ill. Three things make a measure, and in
the project each has its place:

    the class and its rule (below)   sim/measures/heating.py, sim/measures/stoves.py
    parameters/heating.yaml, ...     scenarios/parameters/heating.yaml, stoves.yaml
    the line in `schedule` (below)   sim/month.py

Here all stay outside, so that you can try them before you change the model:

    python docs/examples/new_measure.py

tests/test_example.py runs this file, so it is true as long as the tests pass.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app import population
from scenarios.library import load_parameters
from scenarios.parameter import ParameterTable
from scenarios.run import Run, model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import month_index
from sim.chance import uniform
from sim.kernel import kernel
from sim.measures.need import within_money
from sim.mechanism import Mechanism, Now
from sim.model import PovertyModel
from sim.month import SCHEDULE, Schedule
from sim.world.codes import Registered
from sim.world.columns import account, column, deed
from sim.world.world import Population, World

HERE = Path(__file__).parent


# --- a rule: one month of one block; a plain loop over its households -----------------------------


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
            households.granted[h] += fen  # the ledger compares what was paid and what was got
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
    writes = ("household.transfer", "household.granted", "village.paid_heating")
    columns = (account("heating", "heating grants", "取暖补贴"),)
    draws = "household"
    months = (11, 12, 1, 2, 3)
    in_burn_in = False
    rule = pay


# --- the other kind: what the province does over all villages at once, with numpy -----------------


class Stoves(Mechanism):
    """Clean stoves for villages, the poorest first, as far as money and builders reach.

    It asks for what it could still use, draws what it may spend this month, builds, and pushes
    on the incidence of illness in every month in which its villages have stoves. The deed is an
    indicator of its own (`stoves_built`), and so is the share of villages that have them.
    """

    name = "stoves"
    zh = "清洁炉灶（示例）"
    reason = "an example; a measure of the plan names its clauses instead"
    reads = ("village.id", "village.site", "village.county", "village.headcount_start",
             "village.households")  # fmt: skip
    writes = ("village.stoves", "village.incidence_cut", "village.paid_stoves",
              "village.did_stoves_built")  # fmt: skip
    columns = (
        column("village", "stoves", "u1", "flag", "has clean stoves", "有清洁炉灶", report="share"),
        account("stoves", "clean stoves", "清洁炉灶", family="special", to="supplier"),
        deed("stoves_built", "villages", "villages that got clean stoves", "安装清洁炉灶的村"),
    )
    in_burn_in = False

    def province(self, world: World, now: Now, p: Any, chance: Any) -> None:
        """Ask for the rest, build what can be built, and act where it is built."""
        village = world.village
        lacking = np.flatnonzero((village.site == 0) & (village.stoves == 0) & (p.wanted > 0.0))
        of = village.county[lacking]
        cost = np.round(village.households[lacking] * p.cost * 100.0).astype(np.int64)
        rest = np.bincount(of, cost, len(world.county.code)).astype(np.int64)
        world.ledger.ask("stoves", rest)
        money = world.ledger.draw("stoves", rest, works=True)
        need, ids = village.headcount_start[lacking], village.id[lacking]
        built = within_money(of, need, ids, cost, money)
        village.stoves[lacking[built]] = 1
        village.paid_stoves[lacking[built]] += cost[built]
        village.did_stoves_built[lacking[built]] += 1
        village.incidence_cut += np.float32(p.cut) * village.stoves


# --- their places in the month ------------------------------------------------------------------


def schedule() -> Schedule:
    """The month of the model with both: the stoves before what befalls places, the grant after
    the other transfers and before the household lives on them."""
    place = [mechanism.name for mechanism in SCHEDULE.block].index("transfers") + 1
    weather = [mechanism.name for mechanism in SCHEDULE.province].index("disaster")
    return replace(
        SCHEDULE,
        province=(*SCHEDULE.province[:weather], Stoves(), *SCHEDULE.province[weather:]),
        block=(*SCHEDULE.block[:place], Heating(), *SCHEDULE.block[place:]),
    )


# --- running it -----------------------------------------------------------------------------------


def parameters() -> ParameterTable:
    """The model's parameters and those of this folder."""
    return ParameterTable(
        [*load_parameters().values(), *load_parameters(HERE / "parameters").values()]
    )


def run(scenario: str | Path, people: Population, *, seed: int = 1, until: str = "2020-12") -> Run:
    """One scenario with both measures in the month; `run(...).table` is what was recorded."""
    table, last = parameters(), month_index(until)
    chosen = load_scenario(scenario, table)
    model = PovertyModel(
        people, resolve(chosen, None, last, table), seed=model_seed(seed, 0), until=last,
        schedule=schedule(),
    )  # fmt: skip
    model.run()
    return Run(chosen, model)


def main() -> None:
    """The plan with and without the measures, in two counties: the same people, the same luck."""
    people = population(0.02, counties=[622926, 621223])
    plain = run("plan", people)
    heated = run(HERE / "with-heating.yaml", people)
    for name in ("income_transfer", "relapses_true", "stoves"):
        both = plain.yearly(name).to_frame("plan").assign(heated=heated.yearly(name))
        print(f"\n{name}\n{both.assign(difference=both.heated - both.plan).round(1)}")
    money = heated.table.query("indicator == 'money' and group == 'heating' and county == 0")
    print(f"\npaid, yuan\n{money.set_index('year').value}")


if __name__ == "__main__":
    main()
