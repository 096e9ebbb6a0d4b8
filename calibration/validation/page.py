"""The pattern table as text for a terminal and as a page in Markdown."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from calibration.validation.patterns import Patterns
from calibration.validation.schema import USES
from calibration.validation.table import Batch, Line, counted
from calibration.validation.verdicts import VERDICTS, band
from calibration.validation.words import (
    HEADS,
    SHORT_HEADS,
    TEXT,
    UNITS_ZH,
    USE_WORDS,
    VERDICT_WORDS,
)

__all__ = ["page", "short", "summary_lines", "terminal"]


def short(value: float) -> str:
    """A number with three or four digits that tell something; a dash for none."""
    if math.isnan(value):
        return "—"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.3g}"
    return f"{value:.6f}".rstrip("0") if "e" in text else text


def summary_lines(patterns: Patterns, table: Sequence[Line], lang: str) -> list[str]:
    """Verdicts by use, and how many of the patterns that are never fitted come out right."""
    text, words, lines = TEXT[lang], VERDICT_WORDS[lang], []
    for use in USES:
        number = Counter(line.judged.verdict for line in table if line.row.use == use)
        parts = [f"{words[name]} {number[name]}" for name in VERDICTS if number[name]]
        if parts:
            head = text["count"].format(
                n=sum(number.values()), use=f"{use} ({USE_WORDS[lang][use]})"
            )
            lines.append(head + text["colon"] + text["comma"].join(parts))
    found = counted(patterns, table)
    keys = ("right", "wrong", "unsaid", "construction")
    own = dict(zip(keys, (found[k] for k in ("right", "wrong", "unsaid", "by construction")),
                   strict=True))  # fmt: skip
    every = len(own["right"]) + len(own["wrong"]) + len(own["unsaid"])
    sizes = {key: len(names) for key, names in own.items()}
    lines.append(text["checked"].format(all=every, **sizes))
    joined = {k: text["comma"].join(names) or text["none"] for k, names in own.items()}
    lines.append(text["names"].format(**joined))
    return lines


def terminal(
    patterns: Patterns, table: Sequence[Line], lang: str = "en", columns: int = 100
) -> str:
    """The table for a terminal of so many columns, pattern by pattern, and the summary."""
    heads = SHORT_HEADS[lang]
    shown = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    shown.add_column(heads[0], ratio=3, overflow="fold")  # Chinese has no blanks to break at
    shown.add_column("", width=1)
    for head in heads[1:3]:
        shown.add_column(head, justify="right", no_wrap=True)
    shown.add_column(heads[3], ratio=1, overflow="fold")
    reasons: list[str] = []
    for name, title in _titles(patterns, lang):
        own = [line for line in table if line.row.pattern == name]
        if not own:
            continue
        shown.add_row(f"{name}  {title}")
        for line in own:
            what = f"  {line.row.label(lang)}{TEXT[lang]['comma']}{_unit(line, lang)}"
            verdict = _word(line, lang)
            if line.reason:
                reasons.append(line.reason[lang])
                verdict += f" ({len(reasons)})"
            shown.add_row(what, line.row.use, _observed(line), _model(line), verdict)
        shown.add_section()
    out = io.StringIO()
    console = Console(file=out, width=max(80, columns), markup=False, highlight=False,
                      emoji=False, force_terminal=False)  # fmt: skip
    console.print(shown)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    notes = [f"({number}) {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join([text, *notes, "", *summary_lines(patterns, table, lang)])


def page(
    patterns: Patterns, table: Sequence[Line], batch: Batch, scenario: str, lang: str, command: str
) -> str:
    """The page in Markdown: what was run, the summary, the table, sources and tolerances."""
    text = TEXT[lang]
    lines = [f"# {text['title']}", "", f"<!-- {text['note']} -->", "", text["lead"], ""]
    lines += _about(batch, scenario, lang, command)
    lines += ["", *(f"- {line}" for line in summary_lines(patterns, table, lang))]
    lines += ["", f"## {text['patterns']}", ""]
    heads = HEADS[lang]
    lines += ["| " + " | ".join(heads) + " |", "|---|---|---|--:|---|--:|---|"]
    named = dict(_titles(patterns, lang))
    order = [line for name in named for line in table if line.row.pattern == name]
    for line in order:
        lines.append("| " + " | ".join(c.replace("|", "\\|") for c in _cells(line, lang)) + " |")
    lines += ["", f"## {text['how']}", ""]
    for name, title in named.items():
        own = [line for line in order if line.row.pattern == name]
        if own:
            lines += [
                f"**{name}**{text['colon']}{title}",
                "",
                *(_how(one, lang) for one in own),
                "",
            ]
    return "\n".join(lines).rstrip() + "\n"


def _titles(patterns: Patterns, lang: str) -> list[tuple[str, str]]:
    return [
        (name, (one.zh if lang == "zh" else one.en) or one.en or one.zh or "")
        for name, one in patterns.patterns.items()
    ]


def _about(batch: Batch, scenario: str, lang: str, command: str) -> list[str]:
    text, manifest = TEXT[lang], batch.manifest
    draws = int(manifest.get("draws", 0))
    title = next(s for s in manifest["scenarios"] if s["name"] == scenario)
    words = (title.get("title") or {}).get(lang, "")
    rows = {
        "scenario": f"{scenario} ({words})" if words else scenario,
        "sample": "—" if manifest.get("sample") is None else f"{manifest['sample']:g}",
        "runs": str(len(batch.runs[scenario])),
        "values": text["drawn" if draws else "default"].format(n=draws),
        "batch": f"`{_plain(str(manifest.get('command', '')))}`",
        "command": f"`{_plain(command)}`",
    }
    return [f"- {text[name]}{text['colon']}{value}" for name, value in rows.items()]


def _plain(command: str) -> str:
    """A command without the folders of the machine it ran on."""
    return re.sub(r"(?<!\S)/\S*?([^/\s]+)/?(?!\S)", r"runs/\1", command)


def _unit(line: Line, lang: str) -> str:
    unit = str(line.row.unit)
    return UNITS_ZH.get(unit, unit) if lang == "zh" else unit


def _observed(line: Line) -> str:
    given = line.row.published
    sign = (
        ""
        if given is None or given.value is not None
        else "> "
        if given.above is not None
        else "< "
    )
    return sign + short(line.observed)


def _model(line: Line) -> str:
    judged = line.judged
    text = short(judged.mean)
    if math.isnan(judged.low):
        return text
    return f"{text} [{short(judged.low)} – {short(judged.high)}]"


def _word(line: Line, lang: str) -> str:
    return VERDICT_WORDS[lang][line.judged.verdict] + (" †" if line.row.input is not None else "")


def _verdict(line: Line, lang: str) -> str:
    word, reason = _word(line, lang), line.reason.get(lang, "")
    return f"{word}{TEXT[lang]['colon']}{reason}" if reason else word


def _cells(line: Line, lang: str) -> tuple[str, ...]:
    row, text, given = line.row, TEXT[lang], line.row.published
    low, high = band(row)
    if given is None or given.value is None:
        range_ = text["side"]
    else:
        range_ = "" if math.isnan(low) else f"{short(low)} – {short(high)}"
    place = "" if given is None else text["comma"].join(x for x in (given.place, given.time) if x)
    value = (
        "" if given is None or given.value is None else f"{short(given.value)} {_unit(line, lang)}"
    )
    published = text["semicolon"].join(x for x in (value, place) if x)
    return (
        f"{row.pattern}{text['colon']}{row.label(lang)}", str(row.use), published,
        f"{_observed(line)} {_unit(line, lang)}", range_, _model(line), _verdict(line, lang),
    )  # fmt: skip


def _how(line: Line, lang: str) -> str:
    row, text = line.row, TEXT[lang]
    parts = [f"{row.source} ({row.grade})"]
    if row.tolerance is not None and row.tolerance.why is not None:
        parts.append(f"{text['tolerance']}{text['colon']}{row.tolerance.why(lang)}")
    parts += [row.scope(lang)] if row.scope is not None else []
    parts += [f"† {row.input(lang)}"] if row.input is not None else []
    return f"- `{row.id}` {row.label(lang)}{text['colon']}{text['semicolon'].join(parts)}"
