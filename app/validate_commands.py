"""The command that holds a batch against published patterns, none of which is ever fitted."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["add"]


def add(commands: Any, share: Any, positive: Any) -> None:
    """Add the command to the parser (`share` and `positive` check arguments; not needed here)."""
    held = commands.add_parser(
        "validate", help="hold a folder of runs against published patterns, never fitted"
    )
    held.add_argument("folder")
    held.add_argument("--scenario", default="plan", help="the scenario to look at (plan)")
    held.add_argument("--patterns", metavar="FILE", help="rows of your own, a YAML file")
    held.add_argument("--lang", choices=("en", "zh"), default="en")
    held.add_argument("--csv", metavar="FILE", help="write the table as CSV too")
    held.add_argument("--out", metavar="FILE", help="write a page in Markdown too")
    held.set_defaults(do=_validate)


def _validate(arguments: argparse.Namespace) -> int:
    from calibration.validation.page import page, terminal
    from calibration.validation.patterns import read_patterns
    from calibration.validation.table import frame, lines, read_batch
    from calibration.validation.words import TEXT
    from results.report_quota import quota_text
    from results.store import open_store

    lang, scenario = arguments.lang, arguments.scenario
    patterns = read_patterns(arguments.patterns)
    batch = read_batch(arguments.folder, patterns.indicators(), scenario)
    store = open_store(arguments.folder)
    table = lines(patterns, batch, scenario)
    columns = shutil.get_terminal_size((110, 40)).columns
    print(terminal(patterns, table, lang, columns))
    print(f"\n{TEXT[lang]['quota']}\n\n{quota_text(store, lang)}")
    if arguments.csv:
        _write(Path(arguments.csv), frame(table).to_csv(index=False, float_format="%.6g"))
    if arguments.out:
        text = page(patterns, table, batch, scenario, lang, _command(arguments))
        quota = quota_text(store, lang, markdown=True)
        _write(Path(arguments.out), f"{text}\n## {TEXT[lang]['quota']}\n\n{quota}\n")
        print(f"\n{arguments.out}")
    return 0


def _command(arguments: argparse.Namespace) -> str:
    """The command that makes the table again."""
    parts = ["fanpin validate", arguments.folder]
    parts += [] if arguments.scenario == "plan" else [f"--scenario {arguments.scenario}"]
    parts += [f"--patterns {arguments.patterns}"] if arguments.patterns else []
    parts += [] if arguments.lang == "en" else [f"--lang {arguments.lang}"]
    return " ".join(parts)


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all. ValueError if the place cannot be written."""
    try:
        handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
