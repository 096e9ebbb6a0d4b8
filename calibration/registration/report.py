"""What a check or an import has to tell, as text."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from calibration.registration.faults import Faults, read_rules
from calibration.registration.fields import read_fields
from calibration.registration.importing import Checked

__all__ = ["report"]

_EN = {
    "files": "Files", "rows": "rows", "household": "household table", "member": "member table",
    "dropped": "dropped while reading", "extra": "columns that are not known, dropped",
    "errors": "errors", "warnings": "warnings", "none": "No errors, no warnings.",
    "more": "and {number} more", "counts": "Households by county and year",
    "under": "under {least}", "county": "county", "year": "year", "households": "households",
    "persons": "persons", "file": "file",
}  # fmt: skip
_ZH = {
    "files": "文件", "rows": "行", "household": "户表", "member": "人表",
    "dropped": "读取时丢弃", "extra": "不认识的列（已丢弃）",
    "errors": "个错误", "warnings": "个警告", "none": "没有错误，也没有警告。",
    "more": "另有 {number} 处", "counts": "各县各年户数",
    "under": "少于 {least}", "county": "县", "year": "年", "households": "户数",
    "persons": "人数", "file": "文件",
}  # fmt: skip


def report(checked: Checked, lang: str, least: int, rows: int = 3, names: bool = True) -> str:
    """The report of a check: files, counts, and faults by rule with the first `rows` of each.

    names: whether files and unknown columns go by their names (on the screen) or not (in a
    folder that may be given on). No count under `least` households is told.
    """
    words = _ZH if lang == "zh" else _EN
    parts = [
        "\n".join(_files(checked, words, lang, names)),
        "\n".join(_households(checked, words, least)),
        "\n".join(checked.tables.report()),
        "\n".join(_faults(checked.faults, words, lang, rows)),
    ]
    return "\n\n".join(part for part in parts if part)


def _files(checked: Checked, words: dict[str, str], lang: str, names: bool) -> Iterator[str]:
    if not checked.files:
        return
    fields = read_fields()
    yield f"{words['files']}:"
    for number, one in enumerate(checked.files, start=1):
        name = str(one["place"]) if names else f"{words['file']} {number}"
        yield f"  {name}: {words[one['table']]}, {one['rows']:,} {words['rows']}"
        if one["dropped"]:
            told = [fields[n].zh if lang == "zh" else fields[n].en for n in one["dropped"]]
            short = [text.split(";")[0] for text in told]
            yield f"    {words['dropped']}: {', '.join(short)}"
        if one["extra"]:
            listed = ", ".join(one["extra"]) if names else str(len(one["extra"]))
            yield f"    {words['extra']}: {listed}"


def _households(checked: Checked, words: dict[str, str], least: int) -> Iterator[str]:
    if not len(checked.households) or checked.faults.errors:
        return
    keys = ["county", "year"]
    table = pd.DataFrame({"n": checked.households.groupby(keys).size()})
    if len(checked.members):
        table["persons"] = checked.members.groupby(keys).size()
    yield f"{words['counts']}:"
    for (county, year), row in table.iterrows():
        if row["n"] < least:
            yield f"  {county}  {year}  {words['under'].format(least=least)}"
            continue
        persons = f"  {row['persons']:,.0f} {words['persons']}" if "persons" in table else ""
        yield f"  {county}  {year}  {row['n']:,.0f} {words['households']}{persons}"


def _faults(faults: Faults, words: dict[str, str], lang: str, rows: int) -> Iterator[str]:
    if not faults.errors and not faults.warnings:
        yield words["none"]
        return
    known = {**read_rules()["faults"], **read_rules()["rules"]}
    for severity in ("error", "warning"):
        counts = faults.counts(severity)
        if not counts:
            continue
        number = sum(counts.values())
        word = words[f"{severity}s"]
        if lang != "zh" and number == 1:
            word = word.removesuffix("s")
        yield f"{number:,} {word}:" if lang != "zh" else f"{number:,} {word}："
        for rule, times in counts.items():
            if rows == 0:
                why = known[rule]["why_zh" if lang == "zh" else "why"]
                text = why if "{" not in why else ""
                yield f"  {rule} × {times:,}" + (f": {text}" if text else "")
                continue
            yield f"  {rule} × {times:,}"
            first = list(faults.of(rule, lang, rows))
            once = len({fault.mend for fault in first}) == 1
            for fault in first:
                yield f"    {fault._replace(mend='') if once else fault}"
            if times > rows:
                yield f"    {words['more'].format(number=f'{times - rows:,}')}"
            if once and first[0].mend:
                yield f"    → {first[0].mend}"
