"""The table of bites: for a terminal and as a page."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.bite import BEYOND, TINY, Bite
from scenarios.clauses import clauses

__all__ = ["bite_page", "bite_text"]


def _number(value: float) -> str:
    return f"{value:+.3g}" if value else "0"


def _effect(indicator: str, effect: float, error: float, level: float) -> str:
    exact = abs(error) <= 1e-9 * abs(effect)
    times = "no change" if not effect else "exact" if exact else f"{effect / error:+.1f} s.e."
    part = f"{100 * effect / level:+.2g} %" if level else ""
    return f"{indicator} {_number(effect)} ({', '.join(x for x in (part, times) if x)})"


def _cells(one: Bite) -> tuple[str, str, str, str]:
    return (
        _effect(one.own, one.own_effect, one.own_error, one.own_level),
        _effect(one.moves, one.moves_effect, one.moves_error, one.moves_level),
        _effect("relapses", one.relapse_effect, one.relapse_error, one.relapse_level),
        one.verdict,
    )


def bite_text(found: Sequence[Bite]) -> str:
    """One line a clause; those that do not do what their file says stand last."""
    lines = []
    for one in sorted(found, key=lambda x: not x.passes):
        own, moves, relapse, verdict = _cells(one)
        lines.append(f"{one.clause:6s} {verdict:24s} {own}; {moves}; {relapse}")
    passed = sum(one.passes for one in found)
    lines.append(f"\n{passed} of {len(found)} clauses do what their file says.")
    return "\n".join(lines)


def bite_page(found: Sequence[Bite], command: str) -> str:
    """The table as a page of docs/."""
    told = clauses()
    passed = sum(one.passes for one in found)
    lines = [
        "# What each clause does 各条款的单独作用", "",
        f"<!-- written by `{command} --page docs/bites.md` -->", "",
        "Each clause is switched off alone against the full plan, on common random numbers. An "
        "effect is with the clause minus without it: the mean over counties and seeds of the mean "
        "over the years 2018 to 2020 of the yearly indicator of a county, in its own unit, as per "
        "cent of its level and in standard errors. A clause bites if its own indicator and one "
        f"of persons or households downstream move in the stated direction by more than {BEYOND} "
        "standard errors. Where the effect is honestly near zero, the file of the clause says so, "
        f"and it is held to moving that by less than {100 * TINY:g} per cent or by noise only. "
        "Relapses are true relapses, persons a county and year; most single clauses move them by "
        "less than chance.", "",
        "每次只关闭一个条款，与完整方案在相同随机数下比较。", "",
        f"{passed} of {len(found)} do what their file says.", "",
        "| clause | what it wants | its own | downstream | true relapses | verdict |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for one in found:
        own, moves, relapse, verdict = _cells(one)
        note = f"{verdict}: {one.small}" if one.small else verdict
        lines.append(
            f"| {one.clause} | {told[one.clause].says_en} | {own} | {moves} | {relapse} | {note} |"
        )
    return "\n".join(lines) + "\n"
