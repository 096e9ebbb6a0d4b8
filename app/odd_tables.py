"""The tables of docs/odd.md, made from what the code declares, and the filling of its markers.

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`; the words around it are
written by hand.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from calibration.validation.patterns import read_patterns
from scenarios.library import load_parameters
from sim.chance import stream_number
from sim.mechanism import Mechanism
from sim.month import SCHEDULE
from sim.world.columns import KINDS, Column

__all__ = ["TABLES", "draws_more", "fill"]

KIND_NAMES = {
    "person": "Person (家庭成员)", "household": "Household (户)",
    "natural": "Natural village (自然村)", "village": "Village (行政村)",
    "township": "Township (乡镇)", "county": "County (县)",
}  # fmt: skip
GRADES = ("plan", "published", "recalled", "assumed")
_PARTS = {
    "province": "province 省", "county": "county 县", "block": "village block 村块",
    "close": "county, close 县（收口）", "observations": "count 统计",
}  # fmt: skip
_MARKED = re.compile(r"<!-- table: (\w+) -->\n.*?<!-- end of table -->", re.DOTALL)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def fill(text: str, where: str) -> str:
    """`text` with every marked table made anew. ValueError names a marker that has no table."""

    def made(found: re.Match[str]) -> str:
        name = found[1]
        if name not in TABLES:
            known = ", ".join(TABLES)
            raise ValueError(f"{where}: there is no table {name!r}; there are {known}")
        return "\n".join([f"<!-- table: {name} -->", *TABLES[name](), "<!-- end of table -->"])

    return _MARKED.sub(made, text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows]


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def _sort_of(column: Column) -> str:
    """What a column is for: an account, a deed, a push, or the agent's own state."""
    if column.name.startswith("paid_"):
        return "account"
    if column.name.startswith("did_"):
        return "deed"
    return "push" if column.combine == "sum" else "state"


def patterns() -> list[str]:
    """The published patterns the model is held against, and what each of their rows is for."""
    read = read_patterns()
    rows = []
    for name, pattern in read.patterns.items():
        uses = Counter(row.use for row in read.rows if row.pattern == name)
        rows.append((name, pattern.en, pattern.zh, *(uses[use] or "" for use in "FKV")))
    head = ("", "pattern", "中文", "may be fitted 可拟合", "checked 仅检验", "kept back 留出")
    return table(head, rows)


def entities() -> list[str]:
    """How many variables of which sort each kind of agent has."""
    rows = []
    for kind in KINDS:
        mine = [c for c in SCHEDULE.columns().values() if c.kind == kind]
        sorts = Counter(_sort_of(c) for c in mine)
        counts = [sorts[name] or "" for name in ("state", "push", "account", "deed")]
        rows.append((KIND_NAMES[kind], *counts, sum(c.bytes for c in mine)))
    head = ("entity", "state variables", "pushes", "accounts", "deeds", "bytes an agent")
    return table(head, rows)


def variables() -> list[str]:
    """The state variables of each kind of agent, by the mechanism that keeps them."""
    owners: dict[str, list[str]] = {}
    for mechanism in SCHEDULE.mechanisms():
        for key in mechanism.writes:
            owners.setdefault(key, []).append(mechanism.name)
    rows: list[tuple[object, ...]] = []
    for kind in KINDS:
        kept: dict[str, list[str]] = {}
        for column in SCHEDULE.columns().values():
            if column.kind == kind and _sort_of(column) == "state":
                owner = owners.get(column.key, ["given by the population"])[0]
                kept.setdefault(owner, []).append(f"`{column.name}`")
        for owner in sorted(kept, key=lambda name: (name != "given by the population", name)):
            rows.append((KIND_NAMES[kind], owner, ", ".join(kept[owner])))
    return table(("entity", "kept by", "state variables"), rows)


def parameters() -> list[str]:
    """Parameters by group: how many, how many uncertain, and on what evidence they rest."""
    names = {m.name: m.zh for m in SCHEDULE.mechanisms()}
    rows: list[tuple[object, ...]] = []
    total: Counter[str] = Counter()
    for group, specs in sorted(load_parameters().groups().items()):
        counts = Counter(spec.grade for spec in specs)
        counts |= {"all": len(specs), "uncertain": sum(s.distribution is not None for s in specs)}
        total += counts
        named = f"[{group}](parameters.md#{group})"
        rows.append((named, names.get(group, ""), *_counted(counts)))
    rows.append(("**all**", "", *_counted(total)))
    head = ("group", "中文", "parameters", "with a prior", *GRADES)
    return table(head, rows)


def _counted(counts: Counter[str]) -> list[object]:
    return [counts[name] or "" for name in ("all", "uncertain", *GRADES)]


def streams() -> list[str]:
    """Every stream of chance: one a mechanism, known by the hash of its name."""
    rows = []
    for mechanism in _once():
        more = draws_more(mechanism)
        if mechanism.draws or more:
            rows.append(
                (
                    f"`{mechanism.name}`", mechanism.zh, f"{stream_number(mechanism.name):08x}",
                    mechanism.draws, "yes" if more else "",
                )
            )  # fmt: skip
    return table(("stream", "中文", "number", "four words a month for every", "more by id"), rows)


def schedule() -> list[str]:
    """The month: what runs in which order, when, for which clauses."""
    rows = []
    for part, named in _PARTS.items():
        for place, one in enumerate(getattr(SCHEDULE, part), 1):
            about = inspect.cleandoc(type(one).__doc__ or "").splitlines()
            months = "" if len(one.months) == 12 else " ".join(_MONTHS[m - 1] for m in one.months)
            clauses = " ".join(getattr(one, "clauses", ()))
            rows.append((named, place, f"`{one.name}`", one.zh, about[0] if about else "", months,
                         clauses))  # fmt: skip
    return table(("part", "", "mechanism", "中文", "what happens", "months", "clauses"), rows)


def _once() -> list[Mechanism]:
    """The mechanisms in their order, each once, although some act in two parts of a month."""
    return list({one.name: one for one in SCHEDULE.mechanisms()}.values())


def draws_more(mechanism: Mechanism) -> bool:
    """Whether its rule or methods ask for draws by id, beyond the words they are handed."""
    for base in type(mechanism).__mro__:
        if base is Mechanism:
            return False
        loads = _loads(base.__module__)
        seen: set[str] = set()
        open_names = [base.__name__, getattr(mechanism.rule, "__name__", "")]
        while open_names:
            name = open_names.pop()
            if name in loads and name not in seen:
                seen.add(name)
                if "chance" in loads[name]:
                    return True
                open_names += loads[name]
    return False


@cache
def _loads(module: str) -> dict[str, set[str]]:
    """Top-level classes and functions of a module, and all names that each of them reads."""
    source = inspect.getsource(sys.modules[module])
    return {
        node.name: {
            one.id if isinstance(one, ast.Name) else one.attr
            for one in ast.walk(node)
            if isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, ast.Load)
        }
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


TABLES: dict[str, Callable[[], list[str]]] = {
    "patterns": patterns,
    "entities": entities,
    "variables": variables,
    "parameters": parameters,
    "streams": streams,
    "schedule": schedule,
}


def page(folder: Path) -> str:
    """docs/odd.md as it should be."""
    return fill((folder / "odd.md").read_text("utf-8"), "docs/odd.md")
