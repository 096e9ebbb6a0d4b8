"""The compiled rules against the same rules written the usual Mesa way, side by side.

The subset is illness, medical bills, work, income and the yearly round (screening and decision),
with the monthly recount that they read. Nobody is born, ages or dies in it, and only wages are
earned. Both versions start from the same state, meet the same draws and parameters for the 38
months from November 2017 to December 2020 with the plan on, and must end in the same state, to
the fen and the last bit. Draws are made beforehand for both and are outside the clock: for the
Mesa version all of them; for the compiled one the words that `Block.fill` makes, while those
that its rules ask for in rare events are made inside the clock.

The Mesa version (mesa_*.py here) has one `mesa.Agent` per household with its persons inside as
objects with slots, and `AgentSet.do`: no shuffling, no numpy numbers, local variables, the same
early way out for those to whom nothing can happen. The compiled rules are those in `sim/`: those in
TUNED look at everybody in a dense loop without branches and then go through a list of the few who
are concerned; those in PLAIN are plain loops over agents; the yearly round is numpy.

Whoever changes a rule of the subset changes it in mesa_*.py too: tests/test_benchmarks.py names
the columns that differ until then.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.mesa_model import COMPARED, MesaVersion, draws_of, parameters_of, streams
from calibration import population as _population
from scenarios.library import load_parameters
from scenarios.run import model_seed, resolve
from scenarios.scenario import load_scenario
from sim.calendar import PLAN_START, month_index
from sim.livelihoods.income import IncomeWindow
from sim.livelihoods.work import Work
from sim.measures.a04_doctors import FamilyDoctors
from sim.measures.a04_health import MedicalInsurance
from sim.measures.a04_hospitals import HospitalBuilding
from sim.mechanism import Mechanism, Now
from sim.model import PovertyModel
from sim.month import Schedule
from sim.parameters import Parameters
from sim.registry.round import YearlyRound
from sim.registry.screening import Screening
from sim.registry.visits import Visits
from sim.shocks.demography import Demography
from sim.shocks.illness import Illness
from sim.shocks.people import People
from sim.world.identity import mix

__all__ = [
    "PLAIN", "SUBSET", "TUNED", "against_mesa", "compiled", "differences", "mesa_objects",
    "replicated", "subset_model", "subset_parameters",
]  # fmt: skip

LAST = month_index("2020-12")
COUNTIES = [622926, 621223]
"""Two deep-poverty counties, one in 一区一州."""

WAGE_LINE = 1_000.0
"""The line in yuan a year: only wages are earned here, so it is set where it splits them."""


def _held(kind: type[Mechanism]) -> Mechanism:
    """A mechanism that is not of the subset: it sets its columns up and then never runs."""
    return type(kind.__name__, (kind,), {"months": (), "__doc__": kind.__doc__})()


_BILLS = MedicalInsurance()
_PEOPLE = _held(Demography)
SUBSET = Schedule(
    province=(_held(HospitalBuilding), _BILLS),
    county=(_PEOPLE,),
    block=(
        _PEOPLE, _held(FamilyDoctors), People(), Illness(), _BILLS, Work(), IncomeWindow(),
        _held(Visits), Screening(),
    ),
    close=(YearlyRound(),),
)  # fmt: skip


TUNED = ("people", "illness", "work", "a04_insurance", "income_window")
PLAIN = ("screening",)


def subset_parameters(last: int = LAST) -> Parameters:
    """The plan's parameters with the line on wages."""
    table = load_parameters()
    parameters = resolve(load_scenario("plan", table), None, last, table)
    parameters.values["calendar"]["line"][:] = WAGE_LINE  # type: ignore[index]
    return parameters


def subset_model(people: Any, parameters: Parameters, last: int, threads: int = 1) -> PovertyModel:
    return PovertyModel(
        people, parameters, seed=model_seed(1, 0), until=last, threads=threads,
        schedule=SUBSET, start=PLAN_START,
    )  # fmt: skip


# --- the two versions, timed ------------------------------------------------------------------


class _Ready:
    """Stands in for `Block.fill`: the words of the month are there already."""

    def __init__(self) -> None:
        self.words: dict[int, np.ndarray] = {}

    def __call__(self, kind: str, chance: Any, words: np.ndarray) -> np.ndarray:
        return self.words[int(chance.stream)]


def compiled(model: PovertyModel) -> float:
    """Run a model of the subset to its end; seconds without the making of draws."""
    fills = [block.fill for block in model.blocks]
    ready = [_Ready() for _ in model.blocks]
    for block, one in zip(model.blocks, ready, strict=True):
        block.fill = one  # type: ignore[method-assign]

    def prepare(index: int) -> None:
        for mechanism in model.schedule.block:
            if not mechanism.draws or index % 12 + 1 not in mechanism.months:
                continue
            chance = mechanism.chance.copy()
            chance.month = index
            for block, fill, one in zip(model.blocks, fills, ready, strict=True):
                first, end = block.rows(mechanism.draws)
                stream = int(chance.stream)
                if stream not in one.words:
                    one.words[stream] = np.empty((4, end - first), np.uint32)
                fill(mechanism.draws, chance, one.words[stream])

    spent, began = 0.0, 0.0

    def between(now: Now) -> None:
        nonlocal spent, began
        spent += time.perf_counter() - began
        if now.month < model.until:
            prepare(now.month + 1)
        began = time.perf_counter()

    prepare(model.month + 1)
    began = time.perf_counter()
    model.run(each=between)
    return spent


def mesa_objects(twin: PovertyModel, further: dict[str, Any]) -> tuple[float, MesaVersion]:
    """Run the Mesa version of `twin` (which stays as it is); seconds without draws, and it."""
    model = MesaVersion(twin, further)
    gc.collect()
    spent = 0.0
    for index in range(twin.start, twin.until + 1):
        month = parameters_of(twin, index)
        draws_of(twin, month, further)
        began = time.perf_counter()
        model.live(month)
        spent += time.perf_counter() - began
    return spent, model


def differences(model: PovertyModel, other: MesaVersion) -> list[str]:
    """State variables in which the two versions do not end alike, with the number of cells."""
    theirs, found = other.columns(), []
    alive = {k: np.flatnonzero(model.world.tables[k].alive) for k in ("person", "household")}
    for key in COMPARED:
        kind, name = key.split(".")
        if kind == "paid":
            ours = model.ledger.spent[model.ledger.row(name)]
        else:
            ours = model.world[key]
            ours = ours[..., alive[kind]] if kind in alive else ours
        different = int((ours != np.array(theirs[key], ours.dtype)).sum())
        if different:
            found.append(f"{key}: {different} of {ours.size}")
    return found


# --- a larger population of the same people -----------------------------------------------------


_POINTS = {
    "household.village": "village", "household.residence": "village",
    "household.natural": "natural", "household.kin": "household",
    "household.neighbour": "household", "person.household": "household",
    "natural.village": "village",
}  # fmt: skip
_TOTALS = {"county.persons_start", "county.registered_start"}


def replicated(people: Mapping[str, Mapping[str, np.ndarray]], times: int) -> dict[str, Any]:
    """The same counties with each village `times` over, with other ids: as large as real ones."""
    rows = {kind: len(next(iter(table.values()))) for kind, table in people.items()}
    tiled = {kind: np.tile(np.arange(rows[kind]), times) for kind in rows}
    copy = {kind: np.repeat(np.arange(times), rows[kind]) for kind in rows}
    county = people["village"]["county"].astype(np.int64)
    home = people["household"]["village"].astype(np.int64)
    villages = {
        "village": np.arange(rows["village"]), "household": home,
        "natural": people["natural"]["village"], "person": home[people["person"]["household"]],
    }  # fmt: skip
    order, place = {}, {}
    for kind, village in villages.items():  # by county, then copy, then as before
        order[kind] = np.lexsort((tiled[kind], copy[kind], county[village][tiled[kind]]))
        place[kind] = np.argsort(order[kind])
    found: dict[str, Any] = {}
    for kind, table in people.items():
        found[kind] = {}
        for name, values in table.items():
            if kind not in order:
                found[kind][name] = values * times if f"{kind}.{name}" in _TOTALS else values
                continue
            whole = values[..., tiled[kind]]
            target = _POINTS.get(f"{kind}.{name}")
            if target is not None:
                to = np.maximum(whole.astype(np.int64) + copy[kind] * rows[target], 0)
                whole = np.where(whole >= 0, place[target][to], -1)
            elif name == "id":
                numbers = copy[kind].astype(np.uint64)
                whole = np.array([mix(a, b) for a, b in zip(whole, numbers, strict=True)])
            found[kind][name] = whole[..., order[kind]]
    return found


# --- the comparison -------------------------------------------------------------------------------


def against_mesa(sample: float = 0.2, times: int = 5, repeats: int = 3) -> dict[str, Any]:
    """Ratios of the compiled rules to the Mesa version: same size, and per person-month at scale.

    sample: of the two counties, for both versions. times: how often that population is put side
    by side for the compiled rules alone. repeats: interleaved runs, of which medians are taken
    (three times as many for the compiled rules alone).
    RuntimeError if the two versions do not end in the same state.
    """
    parameters = subset_parameters()
    people = _population.build(sample, counties=COUNTIES)
    large = replicated(people, times)
    months = LAST - PLAN_START + 1
    twin = subset_model(people, parameters, LAST)
    further = streams(twin.seed_value)
    mesa_objects(twin, further)  # finds out which further draws there are
    for stream in further.values():
        stream.made = 0
    compiled(subset_model(people, parameters, LAST))  # compiles
    seconds: dict[str, list[float]] = {"mesa": [], "same": [], "one": [], "two": []}
    persons = int(twin.world.person.alive.sum())
    for _ in range(repeats):
        spent, other = mesa_objects(twin, further)
        seconds["mesa"].append(spent)
        ours = subset_model(people, parameters, LAST)
        seconds["same"].append(compiled(ours))
        wrong = differences(ours, other)
        if wrong:
            raise RuntimeError("the Mesa version gives other answers: " + "; ".join(wrong))
        del other, ours
        for name, threads in (("one", 1), ("two", 2)) * 3:  # short, so more of them
            gc.collect()
            seconds[name].append(compiled(subset_model(large, parameters, LAST, threads)))
    if any(stream.made for stream in further.values()):
        raise RuntimeError("the Mesa version made draws inside the clock")
    cost = {
        name: statistics.median(spent) / months / persons / (times if name in ("one", "two") else 1)
        for name, spent in seconds.items()
    }
    ratios = {name: cost["mesa"] / cost[name] for name in ("same", "one", "two")}
    result: dict[str, Any] = {
        "persons": persons, "persons_large": persons * times, "months": months,
        "compared_columns": len(COMPARED), "seconds": seconds,
        "nanoseconds_a_person_month": {name: value * 1e9 for name, value in cost.items()},
        "ratios": ratios, "tuned": TUNED, "plain": PLAIN,
    }  # fmt: skip
    result["lines"] = _lines(result)
    return result


def _lines(result: dict[str, Any]) -> list[str]:
    cost, ratio = result["nanoseconds_a_person_month"], result["ratios"]
    large = result["persons_large"] / 1e6
    return [
        "rules: illness, medical bills, work, income, yearly round; "
        f"tuned: {', '.join(TUNED)}; plain: {', '.join(PLAIN)}; numpy: yearly_round",
        f"same answers in all {result['compared_columns']} state variables and accounts",
        f"Mesa objects   {cost['mesa']:7.0f} ns a person-month, {result['persons']:,} persons, "
        f"{result['months']} months",
        f"compiled rules {cost['same']:7.1f} ns, same size: {ratio['same']:.0f} times",
        f"compiled rules {cost['one']:7.1f} ns, {large:.2f} million, one thread: "
        f"{ratio['one']:.0f} times",
        f"compiled rules {cost['two']:7.1f} ns, {large:.2f} million, two threads: "
        f"{ratio['two']:.0f} times",
    ]
