"""Commands about registration (建档立卡) exports: check and import them, imitate them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from app import registration_samples

__all__ = ["add"]


def add(commands: Any, share: Any, positive: Any) -> None:
    """Add the commands to the parser; `share` and `positive` check arguments."""
    group = commands.add_parser(
        "registration", help="check and import registration (建档立卡) exports"
    )
    group.set_defaults(do=lambda a: group.print_help())
    parts = group.add_subparsers(title="commands", metavar="COMMAND")

    checking = parts.add_parser("check", help="report everything that is wrong with files")
    _reading(checking)
    checking.set_defaults(do=_check)

    importing = parts.add_parser("import", help="check files and import them into a folder")
    _reading(importing)
    importing.add_argument("--out", metavar="DIR", required=True, help="folder that is made")
    importing.add_argument(
        "--key", metavar="FILE",
        help="key of the hashed ids; stays with you, made if it is not there (the config folder)",
    )  # fmt: skip
    importing.set_defaults(do=_import)
    registration_samples.add(parts, positive)


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help=".xlsx or .csv exports")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("--faults", metavar="FILE", help="write every fault to a CSV file too")
    parser.add_argument("--vintages", metavar="FILE", help="table of what a data year means")
    parser.add_argument(
        "--year", type=int, help="year that files without a data year column describe"
    )
    parser.add_argument(
        "--tolerance", type=float, default=1.0, metavar="YUAN", help="of sums (1 yuan)"
    )
    parser.add_argument(
        "--warn", action="append", default=[], metavar="RULE",
        help="let faults of this rule pass as warnings",
    )  # fmt: skip
    parser.add_argument(
        "--small-cells", action="store_true", help="show counts under ten households too"
    )


def _options(arguments: argparse.Namespace) -> Any:
    from calibration.registration.importing import Options

    return Options(
        year=arguments.year,
        tolerance=arguments.tolerance,
        warn=frozenset(rule for one in arguments.warn for rule in one.split(",")),
        vintages=Path(arguments.vintages) if arguments.vintages else None,
        lang=arguments.lang,
    )


def _check(arguments: argparse.Namespace) -> int:
    from calibration.registration.importing import check

    bar = _Rows()
    try:
        checked = check(arguments.files, _options(arguments), progress=bar)
    finally:
        bar.close()
    return _told(checked, arguments)


def _import(arguments: argparse.Namespace) -> int:
    from calibration.registration.privacy import default_key_file
    from calibration.registration.writing import import_files

    key = Path(arguments.key) if arguments.key else default_key_file()
    out = Path(arguments.out)
    bar = _Rows()
    try:
        checked = import_files(
            arguments.files, out, key, _options(arguments), arguments.small_cells, bar
        )
    finally:
        bar.close()
    code = _told(checked, arguments)
    if code:
        print("fanpin: nothing was imported.", file=sys.stderr)
    else:
        print(
            f"Imported into {out}. The key of the ids is {key}: keep it, and keep it to yourself."
        )
    return code


def _told(checked: Any, arguments: argparse.Namespace) -> int:
    from calibration.registration.counting import LEAST
    from calibration.registration.faults import write_faults
    from calibration.registration.report import report

    print(report(checked, arguments.lang, 1 if arguments.small_cells else LEAST))
    if arguments.faults:
        faults = checked.faults
        listed = (
            fault
            for severity in ("error", "warning")
            for rule in faults.counts(severity)
            for fault in faults.of(rule, arguments.lang)
        )
        write_faults(listed, Path(arguments.faults))
    return 2 if checked.faults.errors else 0


class _Rows:
    """A bar of rows read; what is expected grows as files are opened."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self.bar is None:
            from app.cli import _bar

            self.bar = _bar(total, "read     ", "rows")
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
