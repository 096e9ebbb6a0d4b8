"""Commands about the plan: what carries it out, what each clause does, whether targets are met."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["add"]


def add(commands: Any, share: Any, positive: Any) -> None:
    """Add the commands to the parser; `share` and `positive` check arguments."""
    listing = commands.add_parser("coverage", help="what carries out each of the 200 clauses")
    listing.add_argument("--json", action="store_true", help="for machines")
    listing.add_argument("--lang", choices=("en", "zh"), default="en")
    listing.set_defaults(do=_coverage)

    scored = commands.add_parser("targets", help="score a folder on the plan's 44 targets")
    scored.add_argument("folder")
    scored.add_argument("--lang", choices=("en", "zh"), default="en")
    scored.add_argument("--csv", metavar="FILE", help="write the scores as a table too")
    scored.add_argument("--counties", metavar="FILE", help="write the scores of every county too")
    scored.set_defaults(do=_targets)

    bites = commands.add_parser(
        "bite", help="switch each clause off alone and see what moves, on common random numbers"
    )
    bites.add_argument("clauses", nargs="*", help="clauses or sections (all of the plan)")
    bites.add_argument("--sample", type=share, default=0.03, help="share of the people (0.03)")
    bites.add_argument("--seeds", type=positive, default=3, help="runs of each clause (3)")
    bites.add_argument("--jobs", type=positive, default=os.cpu_count() or 1)
    bites.add_argument("--out", metavar="FILE", help="write the table as CSV too")
    bites.add_argument("--page", metavar="FILE", help="write it as a page of docs/ too")
    bites.set_defaults(do=_bite)


def _coverage(arguments: argparse.Namespace) -> int:
    import json

    from app.coverage import coverage, coverage_text, faults

    entries = coverage()
    if arguments.json:
        print(json.dumps(entries, ensure_ascii=False, indent=1))
    else:
        print(coverage_text(arguments.lang))
    wrong = faults(entries)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def _targets(arguments: argparse.Namespace) -> int:
    from results.store import open_store
    from results.targets import by_county, score
    from results.targets_text import scoreboard

    store = open_store(arguments.folder)
    print(scoreboard(store, arguments.lang))
    if arguments.csv:
        table = score(store)
        table["binding"] = [" ".join(str(code) for code in codes) for codes in table["binding"]]
        table.to_csv(arguments.csv, index=False, float_format="%.6g")
    if arguments.counties:
        by_county(store).to_csv(arguments.counties, index=False, float_format="%.6g")
    return 0


def _bite(arguments: argparse.Namespace) -> int:
    from app.api import small_population
    from app.bite_text import bite_page, bite_text
    from app.cli import _Bars
    from calibration import population
    from scenarios.bite import as_table, bite, clauses_to_bite
    from scenarios.compiling import compile_rules, compiled

    names = clauses_to_bite(arguments.clauses)
    if not names:
        raise ValueError(f"no clause of the plan is called {' or '.join(arguments.clauses)}")
    if not compiled():
        bars = _Bars("compile  ", "rules")
        compile_rules(small_population, jobs=os.cpu_count() or 1, progress=bars)
        bars.close()
    population.build(arguments.sample)  # once, before the workers ask for it
    bars = _Bars("clauses  ", "runs")
    found = bite(
        partial(population.build, arguments.sample), names, seeds=arguments.seeds,
        jobs=arguments.jobs, progress=bars,
    )  # fmt: skip
    bars.close()
    print(bite_text(found))
    if arguments.out:
        as_table(found).to_csv(arguments.out, index=False, float_format="%.6g")
    if arguments.page:
        command = "fanpin " + " ".join(a for a in sys.argv[1:] if not a.startswith("--page"))
        Path(arguments.page).write_text(bite_page(found, command), encoding="utf-8")
    return 0 if all(one.passes for one in found) else 1
