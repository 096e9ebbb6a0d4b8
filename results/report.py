"""The report: one self-contained page that compares the scenarios of a batch.

``write("runs/first")`` writes ``runs/first/report.html``. The page asks for nothing from
anywhere: figures are inline, the font is embedded, and it can be read on a machine without
network or Chinese fonts, or printed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from results import (
    drawing,
    relapse_tables,
    report_money,
    report_quota,
    report_tables,
    report_targets,
    report_variance,
)
from results.compare import (
    FIRST_YEAR,
    comparison,
    interval_note,
    missing_note,
    year_of,
)
from results.drawn import parameters_line
from results.numbers import plain
from results.plots import Plot, plot
from results.plots_relapse import late_scenarios
from results.store import Store, StoreError, open_store
from results.texts import check_language, indicator, phrase

BEFORE_TARGETS = (
    "headcount", "headcount_each", "flows", "survival", "causes", "income", "differences", "map",
)  # fmt: skip
RELAPSE = ("hazard", "survival_types", "incidence", "withdrawal")
"""Figures of the section on relapse, which stands before those on income."""
TARGETS = ("targets", "target_map")
MONEY = ("money_flows", "waited")
_ALL = (*BEFORE_TARGETS, *RELAPSE, *TARGETS, *MONEY, "quota", "variance", "unknowns")
_NAMED = '<svg role="img" aria-label="{}" '


def write(
    folder: str | Path | Store,
    out: str | Path | None = None,
    *,
    lang: str = "en",
    base: str | None = None,
    date: str | None = None,
    table: pd.DataFrame | None = None,
) -> Path:
    """Write the report of a store and return the file's path.

    ``folder`` is a run folder or an open store; ``out`` defaults to ``report.html`` in it;
    ``base`` and ``date`` are those of :func:`results.compare.comparison`;
    ``table`` is a comparison already made with the same choices. Raises
    :class:`StoreError` if the store cannot be read or the file cannot be written.
    """
    store = folder if isinstance(folder, Store) else open_store(folder)
    path = Path(out) if out is not None else store.folder / "report.html"
    part = path.with_name(path.name + ".part")
    try:
        part.touch()  # before the work: can it be written at all
        part.write_text(render(store, lang, base=base, date=date, table=table), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise StoreError(f"{path}: the report cannot be written ({error.strerror})") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return path


def render(
    store: Store,
    lang: str = "en",
    *,
    base: str | None = None,
    date: str | None = None,
    table: pd.DataFrame | None = None,
) -> str:
    """The page as text; see :func:`write`."""
    check_language(lang)
    if base is not None:
        store = rebased(store, base)
    year = year_of(store, date)
    if table is None:
        table = comparison(store, None, lang, date=str(year))
    plots = {kind: plot(store, kind, lang, year) for kind in _ALL}
    sections = _sections(store, table, plots, lang, year)
    number = _numbered(sections)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files("results") / "templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html.j2").render(
        lang={"en": "en", "zh": "zh-Hans"}[lang],
        t=lambda key, **values: phrase(key, lang, **values),
        title=phrase("report_title", lang, name=store.name),
        facts=_facts(store, lang),
        missing=missing_note(store, lang),
        glance=report_tables.glance(store, lang, year),
        glance_rows=report_tables.comparison_rows(store, table, lang, key=True),
        heads=report_tables.heads(store, lang),
        cautions=_cautions(store, lang, number.get("quota")),
        sections=sections,
        css=Markup((files("results") / "templates" / "report.css").read_text(encoding="utf-8")),
        font=Markup(drawing.web_font()),
    )


def rebased(store: Store, base: str) -> Store:
    """The same store with another base scenario."""
    store.check_scenario(base)
    manifest = {**store.manifest, "base": base}
    return Store(store.folder, manifest, store.scenarios, store.runs, store.asked)


def _figure(drawn: Plot) -> dict[str, Any]:
    if drawn.note:
        return {"kind": "note", "text": drawn.note}
    return {
        "kind": "figure",
        "id": drawn.id,
        "title": drawn.title,
        "svg": Markup(drawn.svg.replace("<svg ", _NAMED.format(escape(drawn.title)), 1)),
        "caption": drawn.caption,
    }


def _sections(
    store: Store, table: pd.DataFrame, plots: dict[str, Plot], lang: str, year: int
) -> list[dict[str, Any]]:
    """What comes after the glance: each section has an id, a title and blocks."""
    period = f"{FIRST_YEAR}–{year}" if year > FIRST_YEAR else str(year)
    sections = []
    for kind in BEFORE_TARGETS:
        blocks: list[dict[str, Any]] = [_figure(plots[kind])]
        if kind == "survival" and not plots[kind].note:
            made = report_tables.survival_rows(store, lang)
            caption = phrase("survival_caption", lang)
            blocks.append({"kind": "survival", "caption": caption, **made})
        sections.append({"id": kind, "title": plots[kind].title, "blocks": blocks})
        if kind == "causes":
            sections.append(_relapse(store, table, plots, lang, year))
    sections.append(_targets(store, plots, lang))
    quota = [_figure(plots["quota"]), *report_quota.blocks(store, lang)]
    sections.append({"id": "quota", "title": plots["quota"].title, "blocks": quota})
    blocks = _money(store, plots, lang, year, period)
    if blocks:
        sections.append({"id": "money", "title": phrase("section_money", lang), "blocks": blocks})
    blocks = report_variance.blocks(store, _figure(plots["variance"]), lang, year)
    sections.append({"id": "variance", "title": plots["variance"].title, "blocks": blocks})
    sections.append(_unknown(store, plots["unknowns"], lang))
    parts = report_tables.comparison_parts(store, table, lang)
    caption = phrase("full_caption", lang, date=f"{year}-12", period=period)
    block = {"kind": "parts", "caption": caption, "parts": parts}
    sections.append({"id": "full", "title": phrase("section_full", lang), "blocks": [block]})
    sections.append(_reproduce(store, lang))
    return sections


def _targets(store: Store, plots: dict[str, Plot], lang: str) -> dict[str, Any]:
    """What the targets come to, the matrix, the map, and the scoreboard in its three blocks."""
    lines = report_targets.joint_lines(store, lang)
    blocks: list[dict[str, Any]] = [{"kind": "text", "text": phrase("targets_intro", lang)}]
    if lines:
        blocks.append({"kind": "list", "lines": lines})
    if late_scenarios(store):
        blocks.append({"kind": "text", "text": phrase("targets_late", lang)})
    blocks.append(_figure(plots["targets"]))
    if report_targets.any_county(store):
        blocks.append(_figure(plots["target_map"]))
    blocks += report_targets.target_blocks(store, lang)
    return {"id": "targets", "title": phrase("section_targets", lang), "blocks": blocks}


def _money(
    store: Store, plots: dict[str, Plot], lang: str, year: int, period: str
) -> list[dict[str, Any]]:
    """Sources and uses of the budgets, what waited for them, and what was paid."""
    _, unit = report_money.money_unit(lang)
    blocks: list[dict[str, Any]] = []
    if not plots["money_flows"].note:
        blocks.append({"kind": "text", "text": phrase("money_intro", lang)})
        blocks.append({"kind": "list", "lines": report_money.flow_lines(store, lang, year)})
        blocks.append(_figure(plots["money_flows"]))
        caption = phrase("flows_caption", lang, unit=unit)
        made = report_money.flow_rows(store, lang)
        blocks.append({"kind": "plain", "caption": caption, **made})
    if not plots["waited"].note:
        blocks.append({"kind": "heading", "text": phrase("waiting_title", lang)})
        blocks.append({"kind": "text", "text": phrase("waiting_intro", lang)})
        blocks.append({"kind": "list", "lines": report_money.waiting_lines(store, lang, year)})
        blocks.append(_figure(plots["waited"]))
        caption = phrase("waiting_caption", lang, period=period, unit=unit)
        made = report_money.waiting_rows(store, lang, year)
        blocks.append({"kind": "money", "caption": caption, **made})
    rows = report_money.paid_rows(store, lang, year)
    if rows:
        blocks.append({"kind": "heading", "text": phrase("paid_title", lang)})
        caption = phrase("money_caption", lang, period=period)
        count = report_money.SHOWN + 1
        title = phrase("other_programmes", lang, n=len(rows) - count)
        rest = {"rest": rows[count:], "rest_title": title}
        blocks.append({"kind": "money", "caption": caption, "rows": rows[:count], **rest})
    return blocks


def _relapse(
    store: Store, table: pd.DataFrame, plots: dict[str, Plot], lang: str, year: int
) -> dict[str, Any]:
    """Every definition of exit and relapse, their hazards, and whom benefits reach."""
    blocks: list[dict[str, Any]] = [{"kind": "text", "text": phrase("relapse_intro", lang)}]
    unit = indicator("exits").unit.axis(lang)[1]
    made = relapse_tables.definition_rows(store, lang)
    if made["rows"]:
        caption = phrase("definitions_caption", lang, unit=unit)
        blocks.append({"kind": "plain", "caption": caption, **made})
    for kind in RELAPSE:
        if kind == "withdrawal" and plots[kind].note:
            continue  # nothing in the store goes beyond 2020
        blocks.append(_figure(plots[kind]))
        if kind == "survival_types" and not plots[kind].note:
            made = relapse_tables.type_rows(store, lang)
            name = store.scenarios[drawing.focus(store)].label(lang)
            caption = phrase("types_caption", lang, scenario=name)
            blocks.append({"kind": "plain", "caption": caption, **made})
    part = relapse_tables.welfare_part(table)
    if len(part):
        rows = report_tables.comparison_rows(store, part, lang)
        caption = phrase("welfare_caption", lang, year=year)
        blocks.append({"kind": "comparison", "caption": caption, "rows": rows})
    return {"id": "relapse", "title": phrase("section_relapse", lang), "blocks": blocks}


def _unknown(store: Store, drawn: Plot, lang: str) -> dict[str, Any]:
    made = report_tables.unknown_section(store, lang)
    blocks: list[dict[str, Any]] = [{"kind": "text", "text": line} for line in made["text"]]
    if drawn.svg:
        blocks.append(_figure(drawn))
    if made["rows"]:
        caption = phrase("unknown_caption", lang)
        blocks.append({"kind": "parameters", "caption": caption, **made})
    return {"id": "unknown", "title": phrase("section_unknown", lang), "blocks": blocks}


def _numbered(sections: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Number figures and tables in the order of the page; return those of the figures."""
    figures: dict[str, int] = {}
    tables = 1  # the table at a glance is the first
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] == "figure":
                figures[block["id"]] = block["number"] = len(figures) + 1
            elif "caption" in block:
                tables += 1
                block["number"] = tables
    return figures


def _facts(store: Store, lang: str) -> str:
    counts = store.counts()
    draws = "draws_some" if store.draws else "draws_none"
    people = store.population
    sample = phrase("percent", lang, n=f"{store.sample * 100:g}")
    if people.get("persons") and people.get("households"):
        population = phrase(
            "population_line",
            lang,
            persons=plain(float(people["persons"]), 0),
            households=plain(float(people["households"]), 0),
            sample=sample,
        )
    else:
        population = phrase("population_short", lang, sample=sample)
    return phrase(
        "facts_line",
        lang,
        present=counts["present"].sum(),
        asked=counts["asked"].sum(),
        scenarios=len(store.scenarios),
        draws=phrase(draws, lang, draws=store.draws),
        replicates=store.replicates,
        seed=store.manifest.get("seed", phrase("unknown_value", lang)),
        population=population,
    )


def _cautions(store: Store, lang: str, quota: int | None) -> list[str]:
    base = store.scenarios[store.base].label(lang)
    known = phrase("caution_fitted", lang)
    if store.posterior:
        known = phrase("caution_posterior", lang, line=parameters_line(store, lang))
    lines = [
        known,
        *(str(warning) for warning in store.posterior.get("warnings") or ()),
        interval_note(store, lang),
        phrase("caution_true", lang),
    ]
    if len(store.scenarios) > 1:
        lines.append(phrase("caution_base", lang, base=base))
    if quota is not None:
        lines.append(phrase("caution_quota", lang, n=quota))
    if len(store.last_months) and int(store.last_months.max()) >= drawing.BREAK * 12:
        lines.append(phrase("caution_break", lang))
    return lines


def _reproduce(store: Store, lang: str) -> dict[str, Any]:
    """Scenarios and their runs, the command, the versions."""
    unknown = phrase("unknown_value", lang)
    manifest = store.manifest
    versions = manifest.get("versions") or {}
    counts = store.counts()
    scenarios = [
        {
            "name": name,
            "title": info.label(lang),
            "about": info.about.get(lang) or info.about.get("en") or "",
            "until": info.until or str(manifest.get("until", "")),
            "runs": f"{counts.loc[name, 'present']} / {counts.loc[name, 'asked']}",
        }
        for name, info in store.scenarios.items()
    ]
    facts = [
        (phrase("reproduce_created", lang), str(manifest.get("created", unknown))),
        (phrase("reproduce_parameters", lang), parameters_line(store, lang)),
        (phrase("reproduce_seed", lang), str(manifest.get("seed", unknown))),
        (
            phrase("reproduce_versions", lang),
            ", ".join(f"{k} {v}" for k, v in versions.items()) or unknown,
        ),
        (phrase("reproduce_code", lang), store.runs[0].code or unknown),
        (phrase("reproduce_population", lang), store.runs[0].population or unknown),
    ]
    return {
        "id": "reproduce",
        "title": phrase("section_reproduce", lang),
        "blocks": [
            {
                "kind": "scenarios",
                "caption": phrase("runs_scenarios_caption", lang),
                "rows": scenarios,
            },
            {
                "kind": "reproduce",
                "command": str(manifest.get("command", unknown)),
                "facts": facts,
                "text": phrase("reproduce_text", lang, folder=store.name),
                "line": f'pandas.read_parquet("{store.name}/runs")',
            },
        ],
    }
