"""The command `fanpin calibrate`: targets and a population in, a posterior out."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import Any

__all__ = ["add"]

EPILOG = """examples:
  fanpin calibrate --targets published --out fits/published --jobs 2
  fanpin calibrate --targets published mine.csv --population people/ --out fits/mine
  fanpin run plan no-plan --posterior fits/published --out runs/posterior
"""


def add(commands: Any, share: Any, positive: Any) -> None:
    """Add the command to the parser; `share` and `positive` check arguments."""
    fit = commands.add_parser(
        "calibrate",
        help="fit the uncertain parameters to published figures and registration data",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fit.add_argument(
        "--targets", nargs="+", required=True, metavar="SOURCE",
        help="`published`, a table (statistic, year, area, value, error) or an imported folder",
    )  # fmt: skip
    fit.add_argument("--out", required=True, metavar="DIR", help="folder of the calibration")
    people = fit.add_argument_group("who is simulated")
    people.add_argument("--population", metavar="DIR", help="a population made from registration")
    people.add_argument("--sample", type=share, default=0.01, help="share of the people (0.01)")
    people.add_argument("--scenario", default="plan", help="scenario that the targets are of")
    what = fit.add_argument_group("what is fitted")
    one = what.add_mutually_exclusive_group()
    one.add_argument("--fit", metavar="A.B,C.D", help="these parameters")
    one.add_argument(
        "--screen", type=positive, default=12, metavar="N",
        help="at most so many, those that the targets see best (12)",
    )  # fmt: skip
    what.add_argument(
        "--structures", action="append", default=[], metavar="GROUP.NAME=A,B",
        help="hold these choices of a switch against the targets too",
    )  # fmt: skip
    test = fit.add_argument_group("self-test: fit simulated data of known truth instead")
    test.add_argument(
        "--self-test", type=positive, nargs="?", const=200, metavar="N",
        help="so many data sets, fitted from the table (200)",
    )  # fmt: skip
    test.add_argument(
        "--sequential", type=int, default=0, metavar="N",
        help="and so many with the whole sequential fit (0)",
    )  # fmt: skip
    how = fit.add_argument_group("how long")
    how.add_argument("--simulations", type=positive, default=1000, metavar="N",
                     help="simulations at draws from the priors (1000)")  # fmt: skip
    how.add_argument("--population-size", type=positive, default=200, metavar="N",
                     help="particles of a generation (200)")  # fmt: skip
    how.add_argument("--generations", type=positive, default=6, metavar="N",
                     help="most generations (6)")  # fmt: skip
    how.add_argument("--max-simulations", type=positive, metavar="N",
                     help="most simulations in all generations")  # fmt: skip
    how.add_argument("--predictive", type=positive, default=100, metavar="N",
                     help="draws of the posterior simulated again (100)")  # fmt: skip
    how.add_argument("--minutes", type=float, metavar="M",
                     help="begin no generation after so many minutes")  # fmt: skip
    how.add_argument("--seed", type=int, default=1)
    how.add_argument("--jobs", type=positive, default=1, help="worker processes")
    how.add_argument("--cluster", metavar="ADDRESS", help="address of a dask scheduler")
    fit.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the page")
    fit.set_defaults(do=_calibrate)


def _calibrate(arguments: argparse.Namespace) -> int:
    from app.cli import _people_bar
    from calibration.fit.folder import Asked, target_digest
    from calibration.fit.simulator import Simulator
    from calibration.fit.stages import calibrate
    from calibration.fit.targets import read_targets
    from calibration.fit.testing import self_test
    from calibration.population.choosing import choose

    targets = read_targets(arguments.targets)
    _compile()
    load, about = choose(arguments.population, arguments.sample, progress=_people_bar)
    for note in about.get("notes", []):
        print(f"fanpin: note: {note}", file=sys.stderr)
    simulator = Simulator(load, about, targets.keys, arguments.scenario, targets.until)
    asked = Asked(
        targets=tuple(arguments.targets), target_digest=target_digest(targets),
        model=simulator.digest(), population=about, scenario=arguments.scenario,
        fit=_names(arguments.fit), most=arguments.screen, simulations=arguments.simulations,
        population_size=arguments.population_size, generations=arguments.generations,
        simulations_most=arguments.max_simulations, structures=tuple(arguments.structures),
        predictive=arguments.predictive, seed=arguments.seed,
    )  # fmt: skip
    display = _Display()
    how: dict[str, Any] = {
        "watch": display, "workers": arguments.jobs, "cluster": arguments.cluster,
        "command": "fanpin " + shlex.join(sys.argv[1:]),
    }  # fmt: skip
    try:
        if arguments.self_test is not None:
            tested = self_test(
                simulator, targets, asked, arguments.out, data_sets=arguments.self_test,
                sequential=arguments.sequential, population=arguments.population_size, **how,
            )  # fmt: skip
        else:
            found = calibrate(
                simulator, targets, asked, arguments.out, minutes=arguments.minutes, **how
            )
    finally:
        display.close()
    if arguments.self_test is not None:
        return _tell_test(tested, Path(arguments.out), arguments.lang)
    _tell(found)
    _page(found.folder, arguments.lang)
    print(f"Next: fanpin run plan no-plan --posterior {arguments.out} --out runs/posterior")
    return 0


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))


def _compile() -> None:
    from app.api import small_population
    from app.cli import _Bars
    from scenarios.compiling import compile_rules, compiled

    if not compiled():
        bars = _Bars("compile  ", "rules")
        compile_rules(small_population, jobs=os.cpu_count() or 1, progress=bars)
        bars.close()


class _Display:
    """The bars of a calibration on standard error."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.name = ""
        self.failed = 0
        self.generation = -1

    def stage(self, name: str, total: int | None) -> None:
        """A bar for a stage; one of nothing to simulate has no bar."""
        self.close()
        self.name, self.generation = name, -1
        if total != 0 and name != "generations":
            self._open(name, total)

    def expect(self, total: int) -> None:
        """The bar of a stage whose length shows only on the way grows."""
        if self.bar is not None and self.name != "generations":
            self.bar.total = max(total, self.bar.total or 0)

    def simulated(self, outcome: Any, failed: int) -> None:
        """One simulation more."""
        self.failed = failed
        if self.bar is not None and self.name != "generations":
            self.bar.update(1)
            if failed:
                self.bar.set_postfix_str(f"{failed} failed", refresh=False)

    def candidate(self, progress: Any) -> None:
        """One candidate more of a generation: a bar of the accepted ones. Generation 0 is made
        of the table and has none."""
        if progress.generation == 0:
            return
        if progress.generation != self.generation:
            self.close()
            self.generation = progress.generation
            self._open(f"gen. {progress.generation}", progress.population)
        self.bar.set_postfix_str(
            f"{progress.simulations} simulated, {progress.failed} failed, "
            f"{progress.rate:.0%} accepted, epsilon {progress.epsilon:.3g}",
            refresh=False,
        )
        self.bar.update(progress.accepted - self.bar.n)

    def say(self, line: str) -> None:
        """A line above the bar."""
        from tqdm import tqdm

        tqdm.write(line, file=sys.stderr)

    def close(self) -> None:
        """End the open bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _open(self, name: str, total: int | None) -> None:
        from tqdm import tqdm

        self.bar = tqdm(
            total=total, desc=f"{name:15s}", unit="sim", file=sys.stderr, dynamic_ncols=True,
            smoothing=0.1,
        )  # fmt: skip


def _tell(found: Any) -> None:
    """What was found, for the terminal."""
    print(found.result.generations.to_string(index=False, float_format=lambda x: f"{x:.3g}"))
    frame = found.identifiability
    for verdict in ("fitted", "confounded", "partly"):
        names = frame.loc[frame["verdict"] == verdict, "parameter"]
        print(f"{verdict:12s} {', '.join(names) or '-'}")
    rest = frame["verdict"] == "prior-driven"
    print(f"{'prior-driven':12s} {int(rest.sum())} parameters")
    for line in found.lines:
        print(line)
    print(f"posterior: {found.folder / 'posterior'}")


def _tell_test(tested: dict[str, Any], folder: Path, lang: str) -> int:
    """What a self-test found; 1 if something is not calibrated."""
    passed = True
    for engine, found in tested.items():
        if found is None:
            continue
        passed &= found.passed
        print(f"{engine}: {found.coverage['datasets'].max()} data sets")
        columns = ["parameter", "level", "share", "low", "high", "inside"]
        print(found.coverage[columns].to_string(index=False, float_format=lambda x: f"{x:.3g}"))
        print(found.verdicts.to_string(index=False, float_format=lambda x: f"{x:.3g}"))
        for note in found.notes:
            print(f"note: {note}")
    _page(folder, lang)
    return 0 if passed else 1


def _page(folder: Path, lang: str) -> None:
    from results.fit_page import write_fit_page

    print(f"page: {write_fit_page(folder, lang=lang)}")
