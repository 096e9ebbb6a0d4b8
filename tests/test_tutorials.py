"""The tutorials run: every `console` block, in order, in an empty folder; see `Block`.

Fits are shortened where the page says so. What a page shows of an output must be there word for
word; its numbers may move with the model.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path

import pytest

from app.cli import _parser, main
from calibration.fit import emulator
from calibration.population import choosing

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("tutorial-registration.md", "tutorial-published.md")
FENCE = re.compile(r"((?:<!--.*?-->\n)*)```(\w+)\n(.*?)```", re.DOTALL)
PROMISED = re.compile(r"`((?:faulty|export|people|fits|runs)/[\w./-]+|[\w-]+\.(?:xlsx|csv))`")
NUMBER = re.compile(r"[-+]?\d[\d,]*\.?\d*(e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with the comments that stand before it.

    `<!-- file: NAME -->`     the block is a file that the reader saves
    `<!-- exit: 2 -->`        what its commands return
    `<!-- test: A => B -->`   what the test writes instead of A in its commands
    """

    language: str
    text: str
    notes: dict[str, list[str]]

    def commands(self) -> Iterator[tuple[list[str], list[str]]]:
        """Arguments of each command, and the lines shown under it."""
        text = self.text.replace("\\\n", " ")
        for change in self.notes.get("test", []):
            old, new = (part.strip() for part in change.split("=>"))
            assert old in text, f"the page no longer has {old!r}"
            text = text.replace(old, new)
        prompt = "$ " if self.language == "console" else ""
        for part in re.split(rf"^{re.escape(prompt)}fanpin ", text, flags=re.MULTILINE)[1:]:
            call, *shown = part.splitlines()
            yield shlex.split(call, comments=True), [line for line in shown if line.strip()]


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    found = []
    for comments, language, text in FENCE.findall((DOCS / page).read_text(encoding="utf-8")):
        notes: dict[str, list[str]] = {}
        for name, value in re.findall(r"<!-- (\w+): (.*?) -->", comments):
            notes.setdefault(name, []).append(value)
        found.append(Block(language, text, notes))
    return found


def bare(line: str) -> str:
    """A line without its numbers and its spacing."""
    return " ".join(NUMBER.sub("#", line).split())


def here(line: str, said: list[str]) -> bool:
    """Whether a shown line was said; one that ends in dots was shortened."""
    if line.rstrip().endswith("..."):
        start = bare(line.rstrip()[:-3])
        return any(one.startswith(start) for one in said)
    return bare(line) in said


@pytest.fixture
def desk(monkeypatch, tmp_path, people):
    """An empty folder; two counties in place of the province, and quick emulators."""
    real = choosing.choose

    def choose(folder, *arguments, **more):
        if folder is None:
            return lambda: people, {"digest": people.digest}
        return real(folder, *arguments, **more)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(choosing, "choose", choose)
    monkeypatch.setattr(emulator, "sobol", partial(emulator.sobol, gp=False))
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_a_tutorial_does_what_it_says(page, desk, capsys):
    for block in blocks(page):
        for name in block.notes.get("file", []):
            Path(name).write_text(block.text, encoding="utf-8")
        if block.language != "console":
            continue
        code = int(block.notes.get("exit", ["0"])[0])
        for call, shown in block.commands():
            call = [word for one in call for word in (sorted(glob(one)) or [one])]
            capsys.readouterr()
            assert main(call) == code, f"{call}: {capsys.readouterr()}"
            said = [bare(line) for out in capsys.readouterr() for line in out.splitlines()]
            lacking = [line for line in shown if not here(line, said)]
            assert not lacking, f"{page}: `fanpin {' '.join(call)}` says nothing of {lacking}"
    text = FENCE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    promised = set(PROMISED.findall(text))
    assert promised
    assert not [name for name in sorted(promised) if not Path(name).exists()]


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_tutorial_only_names_are_understood(page):
    named = [call for one in blocks(page) if one.language == "bash" for call, _ in one.commands()]
    assert named
    for call in named:
        assert callable(_parser().parse_args(call).do)
