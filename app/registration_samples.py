"""`fanpin registration template` and `synthesise`: an empty form, and an export to try."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add"]


def add(parts: Any, positive: Any) -> None:
    """Add the two commands to `fanpin registration`."""
    form = parts.add_parser(
        "template", help="write an empty Excel form with headers, code lists and explanations"
    )
    form.add_argument("file", metavar="FILE.xlsx")
    form.add_argument("--lang", choices=("zh", "en"), default="zh", help="which comes first (zh)")
    form.set_defaults(do=_template)

    making = parts.add_parser(
        "synthesise", help="write a synthetic export of any size, with known faults on request"
    )
    making.add_argument("folder", metavar="DIR", help="folder that is made")
    making.add_argument("--households", type=positive, required=True, help="with a card")
    making.add_argument("--counties", metavar="CODE,...", default="", help="six-digit codes (all)")
    making.add_argument("--years", metavar="2016-2020", default="2017", help="data years (2017)")
    making.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    making.add_argument(
        "--codes", action="store_true", help="headers such as aac001, and codes instead of words"
    )
    making.add_argument(
        "--encoding",
        choices=("utf-8", "utf-8-sig", "gb18030"),
        default="utf-8",
        help="of CSV files",
    )
    making.add_argument("--seed", type=int, default=1)
    making.add_argument(
        "--faults", metavar="NAME=N,...", default="",
        help="plant faults, told in faults_planted.csv; `all` plants three of each",
    )  # fmt: skip
    making.set_defaults(do=_synthesise)


def _template(arguments: argparse.Namespace) -> int:
    from calibration.registration.template import write_template

    write_template(Path(arguments.file), arguments.lang)
    print(f"Wrote {arguments.file}.")
    return 0


def _synthesise(arguments: argparse.Namespace) -> int:
    from app.cli import _bar
    from calibration.registration.planted import chosen_faults
    from calibration.registration.synthesise import Wanted, synthesise

    wanted = Wanted(
        households=arguments.households,
        counties=_counties(arguments.counties),
        years=_years(arguments.years),
        format=arguments.format,
        codes=arguments.codes,
        encoding=arguments.encoding,
        seed=arguments.seed,
        faults=chosen_faults(arguments.faults),
    )
    bar = _bar(wanted.households * len(wanted.years), "write    ", "households")
    try:
        files = synthesise(
            Path(arguments.folder), wanted, lambda done, total: bar.update(done - bar.n)
        )
    finally:
        bar.close()
    for path in files:
        print(path)
    return 0


def _counties(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [part for part in parts if not (part.isascii() and part.isdigit() and len(part) == 6)]
    if wrong:
        raise ValueError(f"--counties takes six-digit codes such as 622926, not {wrong[0]!r}")
    return [int(part) for part in parts]


def _years(text: str) -> list[int]:
    """A year, "2017-2020" or "2017,2019"."""
    years: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        if not all(len(y) == 4 and y.isascii() and y.isdigit() for y in (first, last)):
            raise ValueError(f"--years takes a year or years such as 2017-2020, not {text!r}")
        years += range(int(first), int(last) + 1)
    return sorted(set(years))
