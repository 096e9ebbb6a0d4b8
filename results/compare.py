"""The comparison of scenarios: means, paired differences and how sure they are.

Run (draw, replicate) of one scenario and run (draw, replicate) of the base scenario met the
same shocks and have the same uncertain parameters, so their difference is the scenario's
alone. Differences are therefore taken pair by pair and then summarised; a pair of which one
run is missing is left out and counted.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from results import drawn, numbers
from results.store import RUN, TOTAL, YEAR, Store, StoreError
from results.texts import Indicator, by_id, catalogue, check_language, phrase

FIRST_YEAR = 2018  # first whole calendar year of the plan; flows are summed from here
LEVEL = 0.90
LABEL = {"en": 48, "zh": 24}  # characters of a line of the short table's first column
HEAD = 10  # characters from which on a scenario's name takes two lines
PAIR = ["draw", "replicate"]
COLUMNS = [
    "indicator", "name", "period", "unit", "scenario", "title", "mean", "low", "high",
    "difference", "difference_low", "difference_high", "agree", "runs", "pairs", "missing",
]  # fmt: skip


def comparison(
    store: Store,
    base: str | None = None,
    lang: str = "en",
    *,
    date: str | None = None,
    indicators: Iterable[str] | None = None,
    county: int = TOTAL,
) -> pd.DataFrame:
    """The comparison table, one row per indicator and scenario, in the store's own units.

    ``base`` is the scenario of the differences (default: that of the batch); ``date`` is a
    year or a December ("2020", "2020-12"; default: the last December every run holds);
    ``indicators`` are names or ``name:group`` (default: all of the catalogue that the store
    holds). Stocks are taken in that December, yearly values in that year, flows are summed
    over the whole years of the plan up to it.

    Columns: ``mean, low, high`` over the runs of the scenario; ``difference`` and its
    interval over pairs of runs; ``agree`` is the share of pairs whose difference has the
    sign of the mean difference; ``runs, pairs, missing`` are counts of runs. ``low`` and
    ``high`` bound the middle 90 % of the runs (see :func:`interval_note`); they are empty
    where there is only one. Scenarios with no run have rows of empty values.
    """
    check_language(lang)
    base = store.check_scenario(base or store.base)
    year = year_of(store, date)
    rows: list[dict[str, object]] = []
    asked = store.counts()["asked"]
    for entry in _entries(store, indicators):
        table = run_values(store, entry, year, county=county)
        for name, scenario in store.scenarios.items():
            values = table.get(name, pd.Series(dtype=float)).dropna()
            pairs = paired(table, name, base)
            rows.append(
                {
                    "indicator": entry.id,
                    "name": entry.label(lang),
                    "period": period(entry, year),
                    "unit": entry.unit.name,
                    "scenario": name,
                    "title": scenario.label(lang),
                    **dict(zip(("mean", "low", "high"), summary(values), strict=True)),
                    **dict(
                        zip(
                            ("difference", "difference_low", "difference_high"),
                            summary(pairs),
                            strict=True,
                        )
                    ),
                    "agree": agreement(pairs),
                    "runs": len(values),
                    "pairs": len(pairs),
                    "missing": int(asked[name]) - len(values),
                }
            )
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs = {
        "name": store.name,
        "base": base,
        "base_title": store.scenarios[base].label(lang),
        "lang": lang,
        "interval": interval_note(store, lang),
        "missing": missing_note(store, lang),
    }
    return table


def run_values(store: Store, entry: Indicator, year: int, *, county: int = TOTAL) -> pd.DataFrame:
    """One value per run: index (draw, replicate), one column per scenario that has any.

    A flow is the sum over the years of the plan up to ``year``; a run that does not hold
    all of them has no value. A name without a group that the store holds in parts only
    (money by programme) is the sum of its parts.
    """
    group = entry.group if store.holds(entry.name, entry.group) else None
    years = list(range(FIRST_YEAR, year + 1)) if entry.kind == "flow" else [year]
    month = 12 if entry.kind == "stock" else YEAR
    rows = store.frame(entry.name, year=years, month=month, county=county, group=group)
    by_run = rows.groupby([*RUN, "year"])["value"].sum().unstack("year")
    whole = by_run.reindex(columns=years).sum(axis=1, min_count=len(years))
    return whole.unstack("scenario").dropna(axis=1, how="all")


def paired(values: pd.DataFrame, scenario: str, base: str) -> pd.Series:
    """Differences run by run (same draw and replicate); empty for the base itself.

    ``values`` are those of :func:`run_values`. A run whose partner is missing is left out.
    """
    if scenario == base or not {scenario, base} <= set(values.columns):
        return pd.Series(dtype=float)
    return (values[scenario] - values[base]).dropna()


def held(store: Store, entry: Indicator) -> bool:
    """Whether the store holds an indicator; a flow may be held in parts that add up to it."""
    if store.holds(entry.name, entry.group):
        return True
    return entry.kind == "flow" and any(name == entry.name for name, _ in store.held)


def summary(values: pd.Series) -> tuple[float, float, float]:
    """Mean and the bounds of the middle 90 %; no bounds from fewer than two values."""
    if values.empty:
        return np.nan, np.nan, np.nan
    tail = (1.0 - LEVEL) / 2
    low, high = (
        (np.nan, np.nan) if len(values) < 2 else np.quantile(values, [tail, 1.0 - tail]).tolist()
    )
    return float(values.mean()), low, high


def agreement(pairs: pd.Series) -> float:
    """Share of pairs whose difference has the sign of the mean difference."""
    if pairs.empty:
        return np.nan
    return float((np.sign(pairs) == np.sign(pairs.mean())).mean())


def year_of(store: Store, date: str | None) -> int:
    """The year of ``date`` ("2020" or "2020-12"), checked against what the store holds."""
    if date is None:
        return store.last_common_year
    match = re.fullmatch(r"(\d{4})(-12)?", str(date).strip())
    if match is None:
        raise StoreError(
            f"date '{date}': a year or a December was expected, like 2020 or 2020-12, because "
            "the register changes once a year"
        )
    year = int(match[1])
    held = store.frame(month=12)["year"].unique()
    if year not in held:
        raise StoreError(f"date '{date}': the store holds " + ", ".join(map(str, sorted(held))))
    return year


def period(entry: Indicator, year: int) -> str:
    """What a value of the comparison refers to: "2020-12", "2020" or "2018–2020"."""
    if entry.kind == "stock":
        return f"{year}-12"
    if entry.kind == "flow" and year > FIRST_YEAR:
        return f"{FIRST_YEAR}–{year}"
    return str(year)


def interval_note(store: Store, lang: str) -> str:
    """What the intervals of this store are over, in words."""
    runs = int(store.counts()["present"].max())
    key = "interval_both" if store.draws > 1 else "interval_chance"
    if runs < 2:
        key = "interval_none"
    elif store.draws > 1 and store.replicates == 1:
        key = "interval_draws"
    text = phrase(
        key, lang, draws=store.draws, replicates=store.replicates, runs=runs,
        source=drawn.source(store, lang), fitted=drawn.fitted_note(store, lang),
    )  # fmt: skip
    if 2 <= runs < 20:
        text += ("" if lang == "zh" else " ") + phrase("interval_few", lang, runs=runs)
    return text


def missing_note(store: Store, lang: str) -> list[str]:
    """One line per scenario that lacks runs, with the reason; none if nothing is missing."""
    lost = store.missing()
    lines = []
    for name, rows in lost.groupby("scenario", sort=False):
        counts = store.counts().loc[name]
        reasons = "; ".join(sorted({reason_in(r, lang) for r in rows["reason"]}))
        which = ", ".join(f"{d}/{r}" for d, r in rows[PAIR].head(6).itertuples(index=False))
        lines.append(
            phrase(
                "missing_line",
                lang,
                scenario=f"{store.scenarios[str(name)].label(lang)} ({name})",
                missing=counts["missing"],
                asked=counts["asked"],
                which=which + (" ..." if len(rows) > 6 else ""),
                reasons=reasons,
            )
        )
    return lines


def reason_in(reason: str, lang: str) -> str:
    """Why a run is not there, in the reader's language."""
    if reason == "not run":
        return phrase("not_run", lang)
    return phrase("failed", lang, message=reason.removeprefix("failed: "))


def to_text(table: pd.DataFrame, *, short: bool = False, columns: int = 100) -> str:
    """The comparison for a terminal, in the table's language.

    ``short`` has a line per key indicator with the scenarios side by side, in as many blocks as
    ``columns`` of the terminal ask for; else every indicator with its intervals. Columns line up
    whatever the script. What is missing is said first.
    """
    notes = table.attrs
    lang, base, lost = notes["lang"], notes["base"], notes["missing"]
    lines = [phrase("table_title", lang, name=notes["name"], base=notes["base_title"])]
    if not short:
        lines.append(notes["interval"])
    if lost:
        lines += ["", phrase("missing_title", lang), *(f"  {line}" for line in lost)]
    if short:
        return "\n".join([*lines, *_compact(table, columns)]) + "\n"
    head = [phrase(f"column_{c}", lang) for c in ("scenario", "mean", "interval")]
    head += [phrase(f"column_{c}", lang) for c in ("difference", "interval", "runs")]
    cells: list[list[str]] = [head]
    titles: dict[int, str] = {}
    for key, rows in table.groupby("indicator", sort=False):
        entry = by_id(str(key))
        unit = entry.unit
        name = phrase("with_unit", lang, label=entry.label(lang), unit=unit.word(lang))
        titles[len(cells)] = phrase("with_unit", lang, label=name, unit=rows["period"].iloc[0])
        for row in rows.itertuples(index=False):
            cells.append(
                [
                    f"  {row.title}",
                    numbers.show(row.mean, unit),
                    numbers.between(row.low, row.high, unit),
                    phrase("base", lang)
                    if row.scenario == base
                    else numbers.show(row.difference, unit, signed=True),
                    numbers.between(row.difference_low, row.difference_high, unit, signed=True),
                    f"{row.runs}" if not row.missing else f"{row.runs}/{row.runs + row.missing}",
                ]
            )
    aligned = numbers.align(cells)
    lines += ["", aligned[0]]
    for i, line in enumerate(aligned[1:], start=1):
        if i in titles:
            lines.append(titles[i])
        lines.append(line)
    return "\n".join(lines) + "\n"


def _compact(table: pd.DataFrame, columns: int) -> list[str]:
    """Key indicators down, scenarios across by their short names: mean (difference).

    Where that takes more than one block, only the base has means and the others differences.
    Scenarios with the same numbers share a column and are named below.
    """
    lang, base = table.attrs["lang"], table.attrs["base"]
    names = [base, *(n for n in table["scenario"].drop_duplicates() if n != base)]
    labels: list[list[str]] = []
    whole: dict[str, list[str]] = {name: [] for name in names}
    apart: dict[str, list[str]] = {name: [] for name in names}
    for key, part in table.groupby("indicator", sort=False):
        entry = by_id(str(key))
        if not entry.key:
            continue
        unit = entry.unit.axis(lang)[1]
        label = phrase("with_unit", lang, label=entry.label(lang), unit=unit)
        labels.append(textwrap.wrap(label, LABEL[lang], subsequent_indent="  "))
        for row in part.itertuples(index=False):
            mean = numbers.show_large(row.mean, entry.unit, lang)
            change = numbers.show_large(row.difference, entry.unit, lang, signed=True)
            whole[row.scenario].append(f"{mean} ({change})" if row.pairs else mean)
            apart[row.scenario].append(mean if row.scenario == base else change)
    alike: dict[str, list[str]] = {}
    for name in names:
        first = next((n for n in alike if whole[n] == whole[name]), name)
        alike.setdefault(first, []).append(name)
    note, cells = "compact_whole", {n: whole[n] for n in alike}
    blocks = _blocks(labels, cells, columns)
    if len(blocks) > 1:
        note, cells = "compact_apart", {n: apart[n] for n in alike}
        blocks = _blocks(labels, cells, columns)
    lines = [line for block in blocks for line in ["", *block]]
    titles = table.drop_duplicates("scenario").set_index("scenario")["title"]
    separate = "；" if lang == "zh" else "; "
    named = separate.join(f"{name}: {titles[name]}" for name in names)
    lines += ["", *textwrap.wrap(named, columns * 2 // 3 if lang == "zh" else columns)]
    for first, members in alike.items():
        if len(members) > 1:
            same = ", ".join(members[1:])
            lines.append(phrase("compact_alike", lang, first=first, same=same))
    periods = ", ".join(sorted(set(table["period"]), key=len))
    lines.append(phrase(note, lang, periods=periods, base=base))
    return [*lines, phrase("compact_more", lang)]


def _blocks(labels: list[list[str]], cells: dict[str, list[str]], columns: int) -> list[list[str]]:
    """Tables of as many scenarios as fit side by side; long heads and labels are broken."""
    heads = {n: n.replace("-", "- ").split(" ") if len(n) > HEAD else [n] for n in cells}
    tall = max(len(head) for head in heads.values())
    stacks = {}
    for name, column in cells.items():
        stack = [""] * (tall - len(heads[name])) + heads[name]
        for label, cell in zip(labels, column, strict=True):
            stack += [""] * (len(label) - 1) + [cell]
        stacks[name] = stack
    first = [""] * tall + [line for label in labels for line in label]
    room = columns - max(map(numbers.width, first), default=0)
    groups: list[list[str]] = [[]]
    used = 0
    for name, stack in stacks.items():
        wide = 2 + max(map(numbers.width, stack))
        if groups[-1] and used + wide > room:
            groups.append([])
            used = 0
        groups[-1].append(name)
        used += wide
    return [
        numbers.align(list(zip(first, *(stacks[name] for name in group), strict=True)))
        for group in groups
    ]


def to_csv(table: pd.DataFrame, path: str | Path | None = None) -> str:
    """The comparison as CSV text in the store's own units; also written to ``path``.

    The file begins with a byte order mark, so that spreadsheets read the Chinese titles.
    """
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    if path is not None:
        Path(path).write_text(text, encoding="utf-8-sig")
    return text


def _entries(store: Store, wanted: Iterable[str] | None) -> list[Indicator]:
    known = catalogue()
    if wanted is None:
        return [entry for entry in known.values() if held(store, entry)]
    found = []
    for key in wanted:
        try:
            entry = by_id(key)
        except KeyError:
            names = ", ".join(e.id for e in known.values())
            raise StoreError(f"indicator '{key}' is not known; known are {names}") from None
        if not held(store, entry):
            raise StoreError(f"indicator '{key}' is not in {store.folder}")
        found.append(entry)
    return found
