"""The house rules that a machine can hold: chance, hosts and paths, arrows, sizes, versions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

ROOT = Path(__file__).parents[1]
SKIPPED = {"runs", "build", "dist", "bench", "private", "__pycache__"}
LONGEST = 450

# Every attribute or module by which Python, numpy or mesa would hand out chance of its own.
CHANCE_MODULES = {"random", "secrets", "uuid"}
CHANCE_NAMES = {"random", "rng", "urandom", "default_rng", "RandomState", "shuffle", "shuffle_do"}

# Put together from halves, so that this file does not name what it forbids.
HOSTS = [
    first + "." + last
    for first, last in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
        ("deb.debian", "org"), ("anaconda", "org"), ("tuna.tsinghua.edu", "cn"),
        ("mirrors.aliyun", "com"), ("crates", "io"), ("ubuntu", "com/ubuntu"),
    )
]  # fmt: skip
MACHINE_PATH = re.compile(
    r"(?<![\w.~/$}*])/(?:work|root|home|Users|tmp|mnt|opt|etc|srv)/[\w.]"
    r"|(?<![\w.])[A-Za-z]:\\(?:Users|Temp)\\"
)


@cache
def tree() -> tuple[Path, ...]:
    """The files that belong to the project: what git would commit, or all but caches."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=False,
        )  # fmt: skip
        if listed.returncode == 0:
            names = [name for name in listed.stdout.decode().split("\0") if name]
            return tuple(path for name in sorted(names) if (path := ROOT / name).is_file())
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(p in SKIPPED or p.startswith(".") for p in parts[:-1]):
            found.append(path)
    return tuple(found)


@cache
def texts() -> dict[str, str]:
    """Every text file of the tree by its path from the root."""
    found = {}
    for path in tree():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8")
    return found


def chances(source: str) -> list[str]:
    """Where a module takes chance from anywhere but sim.chance, as `line: what`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and node.attr in CHANCE_NAMES:
            found.append(f"{node.lineno}: .{node.attr}")
            continue
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            # the hash of a text differs from one Python process to the next
            if node.func.id == "hash":
                found.append(f"{node.lineno}: hash()")
            continue
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first in CHANCE_MODULES or CHANCE_NAMES & set(rest):
                found.append(f"{node.lineno}: import {name}")
    return found


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "from random import gauss",
        "from numpy import random",
        "from numpy.random import default_rng",
        "import numpy.random as r",
        "x = np.random.rand()",
        "x = self.model.random.random()",
        "x = model.rng.normal()",
        "agents.shuffle_do('step')",
        "import uuid",
        "import secrets",
        "x = os.urandom(4)",
        "x = hash('a')",
    ],
)
def test_foreign_chance_is_seen(line):
    assert chances(line)


def test_sim_has_one_source_of_chance():
    found = [
        f"{name}:{what}"
        for name, text in texts().items()
        if name.startswith("sim/") and name.endswith(".py")
        for what in chances(text)
    ]
    assert not found, "draw from sim.chance instead:\n" + "\n".join(found)


def test_no_file_names_a_host_or_a_path_of_some_machine():
    found = []
    for name, text in texts().items():
        for number, line in enumerate(text.splitlines(), 1):
            named = [host for host in HOSTS if host in line]
            named += MACHINE_PATH.findall(line)
            if named:
                found.append(f"{name}:{number}: {', '.join(named)}")
    assert not found, "\n".join(found)


def test_a_path_of_some_machine_is_seen():
    home = "/" + "home/ann/fanpin"
    assert MACHINE_PATH.search(f"cd {home}")
    assert MACHINE_PATH.search(f'Path("{home}")')
    for harmless in (
        "runs/first",
        "yuan/month",
        "../tests/x",
        "https://a.example/home/x",
        "/usr/bin",
    ):
        assert not MACHINE_PATH.search(harmless), harmless


def test_imports_run_one_way():
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_long():
    long = {
        name: lines
        for name, text in texts().items()
        if name.endswith(".py") and (lines := len(text.splitlines())) > LONGEST
    }
    assert not long, f"above {LONGEST} lines, so it says more than one thing: {long}"


def test_versions_agree():
    version = tomllib.loads(texts()["pyproject.toml"])["project"]["version"]
    cited = re.search(r"^version: (\S+)$", texts()["CITATION.cff"], re.MULTILINE)
    assert cited
    assert cited[1] == version
    assert f"## [{version}]" in texts()["CHANGELOG.md"]


def test_constraints_pin_every_dependency():
    project = tomllib.loads(texts()["pyproject.toml"])["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    pinned = {line.split("==")[0] for line in texts()["constraints.txt"].splitlines()}
    names = {re.split(r"[\[<>=!~ ;]", line)[0].lower().replace(".", "-") for line in asked}
    assert names <= pinned, f"run `make constraints`; missing: {names - pinned}"


def test_the_font_has_every_chinese_character_of_the_tree():
    path = ROOT / "results" / "assets" / "NotoSansSC-subset.otf"
    glyphs = FT2Font(str(path)).get_charmap()
    missing: dict[str, str] = {}
    for name, text in texts().items():
        for character in set(text):
            # CJK ideographs, their punctuation and the full-width forms
            if "\u2e80" <= character <= "\uffef" and ord(character) not in glyphs:
                missing.setdefault(character, name)
    missing.pop("\ufeff", None)
    assert not missing, f"make the subset again (results/assets/README.md): {missing}"
    assert font_manager.get_font(str(path)).family_name == "Noto Sans SC"
