"""Commands on the state at a date: save it and go on, and its many futures.

fanpin state save plan --at 2020-12 --sample 0.05 --out plan-2020.state
fanpin state resume plan-2020.state withdrawal withdrawal-none --out runs/late
fanpin vulnerability plan --at 2020-12 --branches 50 --out runs/vulnerable
fanpin holds-up plan --at 2020-12 --replicates 8 --out runs/held
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["add"]

_AT = "end of this month, YYYY-MM (2020-12)"


def add(commands: Any, share: Any, positive: Any) -> None:
    """Add the commands to the parser; `share` and `positive` check arguments."""
    holder = commands.add_parser(
        "state", help="save the whole state of a run at a date, and go on from it"
    )
    parts = holder.add_subparsers(title="what to do", metavar="WHAT", required=True)

    save = parts.add_parser("save", help="run a scenario to a date and keep its state in a file")
    _common(save, share, positive)
    save.add_argument("--out", required=True, metavar="FILE", help="file of the state")
    save.add_argument("--replicate", type=int, default=0, help="number of the replicate (0)")
    save.set_defaults(do=_save)

    show = parts.add_parser("show", help="what a file is the state of")
    show.add_argument("file")
    show.set_defaults(do=_show)

    resume = parts.add_parser(
        "resume", help="go on from a state under scenarios; the runs are a folder to compare"
    )
    resume.add_argument("file")
    resume.add_argument("scenarios", nargs="+", help="names or files of scenarios")
    resume.add_argument("--out", required=True, help="folder of the run store")
    resume.add_argument("--until", metavar="YYYY-MM", help="last month (each scenario's own)")
    resume.add_argument("--threads", type=positive, default=1)
    resume.set_defaults(do=_resume)

    risk = commands.add_parser(
        "vulnerability", help="each household's chance to be poor in a year, by many futures"
    )
    _common(risk, share, positive)
    risk.add_argument("--branches", type=positive, default=50, help="futures of each state (50)")
    risk.add_argument("--months", type=positive, default=12, help="their length (12)")
    _output(risk, positive)
    risk.set_defaults(do=_vulnerability)

    held = commands.add_parser(
        "holds-up", help="who would fall without it: end each stream of support alone"
    )
    _common(held, share, positive)
    held.add_argument(
        "--months", type=positive, nargs="+", default=[12, 36], help="horizons (12 36)"
    )
    held.add_argument(
        "--streams", nargs="+", help="streams of scenarios/data/streams.yaml (all at work)"
    )
    _output(held, positive)
    held.set_defaults(do=_holds_up)


def _common(parser: Any, share: Any, positive: Any) -> None:
    parser.add_argument("scenario", help="name or file of a scenario")
    parser.add_argument("--at", metavar="YYYY-MM", default="2020-12", help=_AT)
    parser.add_argument("--sample", type=share, default=0.05, help="share of the people (0.05)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the batch")
    parser.add_argument("--threads", type=positive, default=1)


def _output(parser: Any, positive: Any) -> None:
    parser.add_argument("--replicates", type=positive, default=1, help="seeds of the past (1)")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("--out", required=True, help="folder of the run store")


def _prepare(arguments: argparse.Namespace) -> tuple[Any, Any, dict[str, Any], int]:
    """Scenario, population, what identifies the population, and the month."""
    from calibration import population
    from scenarios.scenario import load_scenario
    from sim.calendar import month_index
    from sim.month import implemented_clauses

    at = month_index(arguments.at)
    scenario = load_scenario(arguments.scenario, implemented=implemented_clauses)
    for warning in scenario.warnings:
        print(warning, file=sys.stderr)
    people = population.build(arguments.sample)
    about = {**people.about, "digest": people.digest, "persons": len(people["person"]["id"])}
    return scenario, people, about, at


def _save(arguments: argparse.Namespace) -> int:
    from scenarios.branching import save_state

    scenario, people, about, at = _prepare(arguments)
    save_state(
        arguments.out, scenario, people, about, at, seed=arguments.seed,
        replicate=arguments.replicate, threads=arguments.threads,
    )  # fmt: skip
    size = Path(arguments.out).stat().st_size / 1e6
    print(f"{arguments.out}: {scenario.name} at the end of {arguments.at}, {size:.1f} MB")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from sim.calendar import month_text
    from sim.state import about

    told = about(arguments.file)
    people = told.get("population", {})
    print(
        f"scenario {told.get('scenario')}, end of {month_text(told['month'])}, "
        f"seed {told.get('batch_seed')}, replicate {told.get('replicate')}, "
        f"sample {people.get('sample')}, sources {told['code']}"
    )
    return 0


def _resume(arguments: argparse.Namespace) -> int:
    from scenarios.branching import resume
    from scenarios.scenario import load_scenario
    from sim.calendar import month_index
    from sim.month import implemented_clauses

    chosen = [
        load_scenario(name, implemented=implemented_clauses)
        for name in dict.fromkeys(arguments.scenarios)
    ]
    until = None if arguments.until is None else month_index(arguments.until)
    done = resume(
        arguments.file, chosen, arguments.out, until=until, threads=arguments.threads,
        command="fanpin " + " ".join(sys.argv[1:]),
    )  # fmt: skip
    print(f"{len(done)} runs done. Next: fanpin compare {arguments.out}")
    return 0


def _vulnerability(arguments: argparse.Namespace) -> int:
    from results.futures import vulnerability_text
    from results.store import open_store
    from scenarios.branching import model_at, write_rows
    from scenarios.run import resolve
    from scenarios.vulnerability import vulnerability

    scenario, people, about, at = _prepare(arguments)
    end = at + arguments.months
    runs = []
    for replicate in range(arguments.replicates):
        model = model_at(
            scenario, people, at, seed=arguments.seed, replicate=replicate, until=end,
            threads=arguments.threads,
        )  # fmt: skip
        found = vulnerability(
            model, resolve(scenario, None, end, scenario.table), branches=arguments.branches,
            months=arguments.months, threads=arguments.threads, progress=_dots,
        )  # fmt: skip
        runs.append((scenario.name, replicate, list(found.rows())))
    what = {"vulnerability": [at, arguments.months, arguments.branches]}
    batch = _batch(arguments, scenario, about, end)
    write_rows(batch, arguments.out, runs, what, {"state": at})
    print(vulnerability_text(open_store(arguments.out), arguments.lang))
    return 0


def _holds_up(arguments: argparse.Namespace) -> int:
    from results.futures import held_svg, held_text
    from results.store import open_store
    from scenarios.branching import model_at, write_rows
    from scenarios.holding_up import futures
    from scenarios.streams import streams

    scenario, people, about, at = _prepare(arguments)
    horizons = sorted(set(arguments.months))
    end = at + horizons[-1]
    runs = []
    for replicate in range(arguments.replicates):
        model = model_at(
            scenario, people, at, seed=arguments.seed, replicate=replicate, until=end,
            threads=arguments.threads,
        )  # fmt: skip
        found = futures(
            model, scenario, horizons=horizons, names=arguments.streams,
            threads=arguments.threads, progress=_dots,
        )  # fmt: skip
        runs.append((scenario.name, replicate, list(found.rows(horizons))))
    words = {name: dict(one.words) for name, one in streams().items()}
    what = {"holds_up": [at, horizons, arguments.streams]}
    batch = _batch(arguments, scenario, about, end)
    write_rows(batch, arguments.out, runs, what, {"state": at, "streams": words})
    store = open_store(arguments.out)
    print(held_text(store, arguments.lang))
    figure = Path(arguments.out) / "holds-up.svg"
    figure.write_text(held_svg(store, arguments.lang), encoding="utf-8")
    print(f"figure: {figure}")
    return 0


def _batch(arguments: argparse.Namespace, scenario: Any, about: dict[str, Any], end: int) -> Any:
    from scenarios.batch import Batch

    return Batch(
        scenarios=[scenario], load=dict, population=about, replicates=arguments.replicates,
        seed=arguments.seed, until=end, table=scenario.table,
        command="fanpin " + " ".join(sys.argv[1:]),
    )  # fmt: skip


def _dots(done: int, total: int) -> None:
    """Progress on the error stream, where somebody looks at it."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\rfutures {done}/{total}", end=end, file=sys.stderr, flush=True)
