"""What carries out each clause of the plan: mechanism, file, parameters, switch, observable."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from scenarios.clauses import Clause, clauses, targets
from scenarios.library import load_parameters
from sim.mechanism import Mechanism
from sim.month import SCHEDULE

__all__ = ["coverage", "coverage_text", "faults"]

ROOT = Path(__file__).parents[1]


def coverage() -> list[dict[str, Any]]:
    """One entry a clause, in the plan's order, as `fanpin coverage --json` prints it.

    kind: "mechanism", "target" (the plan's aims, scored), "scope" (a flag that others look at) or
    "nothing" (an argued no-op). Parameters are those that name the clause; where none does, the
    mechanism's own.
    """
    carriers: dict[str, list[Mechanism]] = {}
    for mechanism in SCHEDULE.mechanisms():
        for name in mechanism.clauses:
            carriers.setdefault(name, []).append(mechanism)
    table = load_parameters()
    named: dict[str, list[str]] = {}
    for key, spec in table.items():
        for name in (spec.clause or "").replace(",", " ").split():
            named.setdefault(name, []).append(key)
    groups = {group: [spec.key for spec in specs] for group, specs in table.groups().items()}
    found = []
    for clause in clauses().values():
        mine = carriers.get(clause.id, [])
        whole = [key for mechanism in mine for key in groups.get(mechanism.name, [])]
        found.append(
            {
                "id": clause.id,
                "type": clause.type,
                "en": clause.says_en,
                "zh": clause.says_zh,
                "kind": _kind(clause, mine),
                "mechanisms": [{"name": one.name, "file": _file(one)} for one in mine],
                "parameters": named.get(clause.id) or whole,
                "switch": f"without: [{clause.id}]" if clause.switchable and mine else "",
                "own": dict(clause.own),
                "moves": dict(clause.moves),
                "small": {"en": clause.small, "zh": clause.small_zh} if clause.small else {},
                "nothing": (
                    {"en": clause.nothing, "zh": clause.nothing_zh} if clause.nothing else {}
                ),
                "flag": clause.flag,
                "scored": list(clause.scored),
            }
        )  # fmt: skip
    return found


def _kind(clause: Clause, mine: list[Mechanism]) -> str:
    if clause.nothing:
        return "nothing"
    if clause.flag:
        return "scope"
    if clause.scored and not mine:
        return "target"
    return "mechanism" if mine else "missing"


def _file(mechanism: Mechanism) -> str:
    path = Path(inspect.getfile(type(mechanism)))
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def faults(entries: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the coverage; empty if every clause is accounted for."""
    known = set(targets())
    columns = SCHEDULE.columns()
    table = load_parameters()
    wrong = []
    for one in entries:
        name = one["id"]
        if not one["en"] or not one["zh"]:
            wrong.append(f"{name}: say what it wants, en and zh, in scenarios/data/clauses/")
        for part in ("small", "nothing"):
            if one[part] and not one[part]["zh"]:
                wrong.append(f"{name}: give the reason in `{part}` in Chinese too (en, zh)")
        if one["kind"] == "missing":
            wrong.append(f"{name}: no mechanism carries it out")
        if one["kind"] == "nothing" and one["type"] != "N":
            wrong.append(f"{name}: only a clause of type N may do nothing")
        if one["type"] == "N" and one["kind"] != "nothing":
            wrong.append(f"{name}: type N needs its reason (`nothing:`)")
        if one["flag"] and one["flag"] not in columns:
            wrong.append(f"{name}: there is no column {one['flag']}")
        if set(one["scored"]) - known:
            wrong.append(f"{name}: there are no targets {sorted(set(one['scored']) - known)}")
        if one["kind"] != "mechanism":
            continue
        for part in ("own", "moves"):
            if set(one[part]) != {"indicator", "sign"} or one[part].get("sign") not in ("+", "-"):
                wrong.append(f"{name}: `{part}` needs an indicator and a sign, + or -")
        if not one["parameters"]:
            wrong.append(f"{name}: no parameter says how strongly it acts")
        for key in one["parameters"]:
            if not table[key].source or not table[key].grade:
                wrong.append(f"{name}: {key} lacks its source or grade")
    for mechanism in SCHEDULE.mechanisms():
        if not mechanism.clauses and not mechanism.reason:
            wrong.append(f"{mechanism.name}: neither a clause nor a reason")
    return wrong


def _acts(one: dict[str, Any], lang: str) -> str:
    if one["kind"] == "nothing":
        return ("nothing is modelled: " if lang == "en" else "不建模：") + one["nothing"][lang]
    if one["kind"] == "scope":
        return ("marks the scope: " if lang == "en" else "适用范围标记：") + one["flag"]
    if one["kind"] == "target":
        return ("scored as " if lang == "en" else "按目标评分：") + ", ".join(one["scored"])
    if one["kind"] == "missing":
        return "NOT MODELLED" if lang == "en" else "未建模"
    return ", ".join(dict.fromkeys(f"{m['name']} ({m['file']})" for m in one["mechanisms"]))


def _seen(one: dict[str, Any]) -> str:
    return " → ".join(
        f"{one[part]['indicator']} {one[part]['sign']}" for part in ("own", "moves") if one[part]
    )


def coverage_text(lang: str = "en") -> str:
    """The coverage as text for a terminal."""
    entries = coverage()
    lines = []
    for one in entries:
        lines.append(f"{one['id']:6s} {one['type']}  {one[lang]}")
        lines.append(f"{'':9s} {_acts(one, lang)}")
        if one["switch"]:
            many = len(one["parameters"])
            shown = ", ".join(one["parameters"][:4]) + (f" + {many - 4}" if many > 4 else "")
            lines.append(f"{'':9s} {one['switch']};  {shown}")
        if one["own"]:
            lines.append(
                f"{'':9s} {_seen(one)}" + (f"  ({one['small'][lang]})" if one["small"] else "")
            )
    kinds = [one["kind"] for one in entries]
    counted = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    lines += ["", f"{len(entries)}: " + ", ".join(f"{n} {kind}" for kind, n in counted.items())]
    return "\n".join(lines)


def coverage_page(lang: str) -> list[str]:
    """The lines of the generated page in docs/."""
    head = {
        "en": ("clause", "type", "what it wants", "carried out by", "parameters", "seen in"),
        "zh": ("条款", "类型", "内容", "由何机制实现", "参数", "观测指标"),
    }[lang]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for one in coverage():
        shown = ", ".join(f"`{key}`" for key in one["parameters"][:3])
        shown += f" + {len(one['parameters']) - 3}" if len(one["parameters"]) > 3 else ""
        seen = _seen(one) + (f" ({one['small'][lang]})" if one["small"] else "")
        cells = (one["id"], one["type"], one[lang], _acts(one, lang), shown, seen)
        lines.append("| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |")
    return lines
