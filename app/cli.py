"""The command line `fanpin`: one short function a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import (
    calibrate_commands,
    plan_commands,
    registration_commands,
    state_commands,
    validate_commands,
)
from results.manifest import StoreError as ReadError
from scenarios.faults import ScenarioError
from scenarios.store import StoreError

__all__ = ["main"]

EPILOG = """examples:
  fanpin run plan no-plan --draws 10 --replicates 4 --sample 0.05 --jobs 2 --out runs/first
  fanpin compare runs/first --lang zh
  fanpin run plan no-plan --posterior default --replicates 4 --jobs 2 --out runs/fitted
  fanpin follow plan no-plan --household relapsed
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point. Exit codes: 0 done, 1 some runs failed, 2 the call or a file is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.do(arguments) or 0)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return 2
    except (StoreError, ReadError, FileNotFoundError, NotADirectoryError, PermissionError) as error:
        print(f"fanpin: {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        if os.environ.get("FANPIN_DEBUG"):
            raise
        print(f"fanpin: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nfanpin: stopped. Call the same command again to go on.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fanpin",
        description="An agent-based model of falling back into poverty (返贫) in rural Gansu.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and end")
    parser.set_defaults(do=lambda a: _version() if a.version else parser.print_help())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    run = commands.add_parser("run", help="run scenarios and keep the results in a folder")
    run.add_argument("scenarios", nargs="+", help="names or files of scenarios")
    run.add_argument("--out", required=True, help="folder of the run store")
    run.add_argument("--draws", type=_whole, help="parameter draws; 0: defaults (0; posterior: 20)")
    run.add_argument(
        "--posterior", metavar="DIR",
        help="draw from this posterior, not from the priors; 'default': the one that comes along",
    )  # fmt: skip
    run.add_argument("--replicates", type=_positive, default=1, help="seeds for each draw")
    run.add_argument("--seed", type=_whole, default=1, help="seed of the batch")
    run.add_argument("--sample", type=_share, default=0.05, help="share of the people (0.05)")
    run.add_argument(
        "--population", metavar="DIR[@YEAR]",
        help="start with an imported register, not with the synthetic population",
    )  # fmt: skip
    run.add_argument("--jobs", type=_positive, default=1, help="worker processes")
    run.add_argument("--until", metavar="YYYY-MM", help="last month (each scenario's own)")
    run.add_argument("--cluster", metavar="ADDRESS", help="address of a dask scheduler")
    run.set_defaults(do=_run)

    compare = commands.add_parser("compare", help="compare the scenarios of a folder; report.html")
    compare.add_argument("folder")
    compare.add_argument("--base", help="scenario to take differences against")
    compare.add_argument("--lang", choices=("en", "zh"), default="en")
    compare.add_argument("--full", action="store_true", help="print every indicator, not the key")
    compare.add_argument("--csv", metavar="FILE", help="write the comparison to a CSV file too")
    compare.add_argument("--out", metavar="FILE", help="where the report goes (FOLDER/report.html)")
    compare.set_defaults(do=_compare)

    figures = commands.add_parser("figures", help="hold a folder against published figures")
    figures.add_argument("folder")
    figures.add_argument("--scenario", default="plan", help="scenario to hold (plan)")
    figures.add_argument("--lang", choices=("en", "zh"), default="en")
    figures.add_argument("--out", metavar="FILE", help="where the page goes (standard output)")
    figures.set_defaults(do=_figures)

    follow = commands.add_parser("follow", help="tell one household's life in two scenarios")
    follow.add_argument("scenarios", nargs="+", help="one or two scenarios")
    follow.add_argument(
        "--household", default="relapsed",
        help="an id, or a kind to pick one: relapsed, exited, relocated, ill, poor, never",
    )  # fmt: skip
    follow.add_argument("--county", type=int, help="six-digit code of the county to look in")
    follow.add_argument("--sample", type=_share, default=0.01)
    follow.add_argument("--seed", type=_whole, default=1)
    follow.add_argument("--until", metavar="YYYY-MM", default="2020-12")
    follow.set_defaults(do=_follow)

    listing = commands.add_parser("scenarios", help="list the scenarios that come with fanpin")
    listing.add_argument("--lang", choices=("en", "zh"), default="en")
    listing.set_defaults(do=_scenarios)

    check = commands.add_parser("check", help="check scenario files and report every fault")
    check.add_argument("files", nargs="+")
    check.set_defaults(do=_check)

    month = commands.add_parser("month", help="print the order of a month")
    month.add_argument("--lang", choices=("en", "zh"), default="en")
    month.set_defaults(do=_month)

    people = commands.add_parser("population", help="build the population; margins asked and got")
    people.add_argument("--sample", type=_share, default=0.05)
    people.set_defaults(do=_population)

    plan_commands.add(commands, _share, _positive)
    state_commands.add(commands, _share, _positive)
    calibrate_commands.add(commands, _share, _positive)
    registration_commands.add(commands, _share, _positive)
    validate_commands.add(commands, _share, _positive)

    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files")
    schema.set_defaults(do=_schema)
    return parser


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("a whole number, 0 or more")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a whole number, 1 or more")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("a share of the people, over 0 and at most 1")
    return value


def _version() -> None:
    from importlib.metadata import version

    print(f"fanpin {version('fanpin')}")


_LEFT = "{desc} {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} {unit}  {elapsed}, {remaining} left"


def _people_bar(**more: Any) -> Any:
    """The progress bar of building a population."""
    from tqdm import tqdm

    return tqdm(file=sys.stderr, dynamic_ncols=True, **{**more, "desc": "people"})


def _bar(total: int, what: str, unit: str) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total, desc=what, unit=unit, file=sys.stderr, dynamic_ncols=True, smoothing=0.1,
        bar_format=_LEFT,
    )  # fmt: skip


class _Bars:
    """A progress callback that opens its bar when it knows the total."""

    def __init__(self, what: str, unit: str) -> None:
        self.what, self.unit = what, unit
        self.bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self.bar is None:
            self.bar = _bar(total, self.what, self.unit)
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def _run(arguments: argparse.Namespace) -> int:
    from app.api import small_population
    from calibration.population.choosing import choose
    from scenarios.batch import Batch, run_batch
    from scenarios.compiling import compile_rules, compiled
    from scenarios.scenario import load_scenario
    from scenarios.store import RunStore
    from sim.calendar import month_index
    from sim.month import implemented_clauses

    chosen = [
        load_scenario(name, implemented=implemented_clauses)
        for name in dict.fromkeys(arguments.scenarios)
    ]
    for scenario in chosen:
        for warning in scenario.warnings:
            print(warning, file=sys.stderr)
    until = None if arguments.until is None else month_index(arguments.until)
    posterior, draws = _draws(arguments)
    with RunStore(arguments.out).lock():  # before any work: can the folder be written, is it free
        pass
    if not compiled():
        bars = _Bars("compile  ", "rules")
        compile_rules(small_population, jobs=os.cpu_count() or 1, progress=bars)
        bars.close()
    load, about = choose(arguments.population, arguments.sample, progress=_people_bar)
    for note in about.get("notes", []):
        print(f"fanpin: note: {note}", file=sys.stderr)
    batch = Batch(
        scenarios=chosen,
        load=load,
        population=about,
        draws=draws,
        posterior=posterior,
        replicates=arguments.replicates,
        seed=arguments.seed,
        until=until,
        command="fanpin " + " ".join(sys.argv[1:]),
    )
    bars = _Bars("runs     ", "runs")
    result = run_batch(
        batch, arguments.out, jobs=arguments.jobs, cluster=arguments.cluster, progress=bars
    )
    bars.close()
    for line in result.failed:
        print(f"failed: {line}", file=sys.stderr)
    print(
        f"{result.done} runs done, {result.there} were there, {len(result.failed)} failed, "
        f"{result.seconds:.0f} s. Next: fanpin compare {arguments.out}"
    )
    return 1 if result.failed else 0


def _draws(arguments: argparse.Namespace) -> tuple[Any, int]:
    """The posterior asked for, or None, and how many draws; what is to be known of it is said."""
    from scenarios.posterior import DRAWS, PosteriorError, read_posterior

    if arguments.posterior is None:
        return None, arguments.draws or 0
    if arguments.draws == 0:
        raise PosteriorError(
            "--posterior asks for draws of a posterior and --draws 0 for the default values: leave "
            "out one of the two"
        )
    number = arguments.draws or DRAWS
    posterior = read_posterior(arguments.posterior)
    for warning in posterior.warnings(number=number, seed=arguments.seed):
        print(f"fanpin: warning: {warning}", file=sys.stderr)
    return posterior, number


def _compare(arguments: argparse.Namespace) -> int:
    import shutil

    from results.compare import comparison, to_csv, to_text
    from results.report import write
    from results.store import open_store

    store = open_store(arguments.folder)
    table = comparison(store, base=arguments.base, lang=arguments.lang)
    wide = shutil.get_terminal_size((100, 40)).columns
    print(to_text(table, short=not arguments.full, columns=wide))
    if arguments.csv:
        to_csv(table, arguments.csv)
    out = Path(arguments.out or Path(arguments.folder) / "report.html")
    write(store, out, lang=arguments.lang, base=arguments.base, table=table)
    print(f"\nreport: {out}")
    return 0


def _figures(arguments: argparse.Namespace) -> int:
    from calibration.figures_page import page, simulate_direct

    folder, scenario, lang = arguments.folder, arguments.scenario, arguments.lang
    page(folder, scenario, lang)  # before the simulation: is there such a batch and scenario
    try:
        direct = simulate_direct(scenario)
    except ScenarioError as error:  # a file of one's own, of which the batch holds only the name
        print(f"months of income are not simulated: {error}", file=sys.stderr)
        direct = None
    text = page(folder, scenario, lang, direct)
    if arguments.out:
        Path(arguments.out).write_text(text, encoding="utf-8")
        print(f"page: {arguments.out}")
    else:
        print(text, end="")
    return 0


def _follow(arguments: argparse.Namespace) -> int:
    from app.follow import follow

    print(
        follow(
            arguments.scenarios, household=arguments.household, county=arguments.county,
            sample=arguments.sample, seed=arguments.seed, until=arguments.until,
        )
    )  # fmt: skip
    return 0


def _scenarios(arguments: argparse.Namespace) -> int:
    from scenarios.scenario import list_scenarios, load_scenario

    for name in list_scenarios():
        scenario = load_scenario(name)
        print(f"{name:22s} {scenario.title.get(arguments.lang, '')}")
        about = scenario.about.get(arguments.lang, "")
        if about:
            print(f"{'':22s} {' '.join(about.split())}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from scenarios.scenario import check_files
    from sim.month import implemented_clauses

    faults = check_files(arguments.files, implemented=implemented_clauses)
    for fault in faults:
        print(fault)
    if not faults:
        print("no faults")
    return 2 if any(getattr(f, "is_error", True) for f in faults) else 0


def _month(arguments: argparse.Namespace) -> int:
    from app.month_text import month_text

    print(month_text(arguments.lang))
    return 0


def _population(arguments: argparse.Namespace) -> int:
    from calibration import population

    print(population.report(population.build(arguments.sample, progress=_people_bar)))
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    import json

    from scenarios.schema import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
