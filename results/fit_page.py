"""The page of a calibration: one self-contained file, in English or Chinese.

``write_fit_page("fits/published")`` writes ``fits/published/report.html`` and its figures as SVG
files beside it, in ``figures/``. A calibration that is not finished has a page too.
"""

from __future__ import annotations

import contextlib
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from results import drawing, fit_tables
from results.fit_store import Fit, open_fit
from results.fit_texts import joined, parameter, said, told
from results.numbers import plain
from results.plots import Plot
from results.plots_fit import fit_figure_ids, fit_plot
from results.store import StoreError
from results.texts import check_language

__all__ = ["render_fit", "write_fit_page"]

QUOTA = ("yearly_round.plan_share", "yearly_round.deep_pace")
"""Parameters that set exits by plan: whoever fits them is told so."""


def write_fit_page(
    folder: str | Path | Fit, out: str | Path | None = None, *, lang: str = "en"
) -> Path:
    """Write the page of a calibration folder and return the file's path.

    ``out`` defaults to ``report.html`` in the folder. Raises `StoreError` if the folder cannot be
    read or the file cannot be written.
    """
    fit = folder if isinstance(folder, Fit) else open_fit(folder)
    path = Path(out) if out is not None else fit.folder / "report.html"
    plots = _plots(fit, lang)
    try:
        _put(path, render_fit(fit, lang, plots))
        for plot in plots.values():
            if plot.svg:
                _put(path.parent / "figures" / f"{plot.id}.svg", _standing_alone(plot.svg))
    except OSError as error:
        raise StoreError(f"{path}: the page cannot be written ({error.strerror})") from error
    return path


def _put(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _standing_alone(svg: str) -> str:
    """The figure of a page as a file of its own, which must name its kinds of elements."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return svg.replace("<svg ", f"<svg {spaces} ", 1) + "\n"


def _plots(fit: Fit, lang: str) -> dict[str, Plot]:
    check_language(lang)
    return {name: fit_plot(fit, name, lang) for name in fit_figure_ids()}


def render_fit(fit: Fit, lang: str = "en", plots: dict[str, Plot] | None = None) -> str:
    """The page as text; see :func:`write_fit_page`."""
    plots = _plots(fit, lang) if plots is None else plots
    sections = _sections(fit, plots, lang)
    _number(sections)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files("results") / "templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("fit.html.j2").render(
        lang={"en": "en", "zh": "zh-Hans"}[lang],
        t=lambda key, **values: said(key, lang, **values),
        title=said("title", lang, name=fit.name),
        facts=_facts(fit, lang),
        warnings=fit_tables.warnings(fit, lang),
        glance=fit_tables.glance(fit, lang),
        caveats=_caveats(fit, lang),
        sections=sections,
        css=Markup((files("results") / "templates" / "report.css").read_text(encoding="utf-8")),
        font=Markup(drawing.web_font()),
    )  # fmt: skip


def _facts(fit: Fit, lang: str) -> str:
    counts = {"fitted": len(fit.fitted), "targets": len(fit.targets)}
    done = fit.went.get("simulations")
    if not done:
        return said("facts_half", lang, **counts)
    return said("facts", lang, simulations=plain(float(done), 0), **counts)


def _caveats(fit: Fit, lang: str) -> list[str]:
    lines = [said(key, lang) for key in ("caveat_errors", "caveat_rest", "caveat_fit")]
    if fit.posterior is not None:
        lines.append(said("caveat_approximate", lang))
    quota = [key for key in QUOTA if key in fit.fitted]
    if quota:
        names = joined([parameter(fit, key, lang) for key in quota], lang)
        lines.append(said("caveat_quota", lang, names=names))
    return lines


def _sections(fit: Fit, plots: dict[str, Plot], lang: str) -> list[dict[str, Any]]:
    made = {
        "asked": _asked(fit, lang),
        "posterior": _figures(plots, "marginals", "pairs"),
        "identify": _identify(fit, lang),
        "targets": _targets(fit, plots, lang),
        "screening": _screening(fit, plots, lang),
        "sobol": [_figure(plots["sobol"])],
        "course": [_figure(plots["generations"])],
        "structures": _structures(fit, lang),
        "selftest": _selftest(fit, plots, lang),
        "reproduce": _reproduce(fit, lang),
    }
    return [
        {"id": name, "title": said(f"section_{name}", lang), "blocks": blocks}
        for name, blocks in made.items()
        if blocks
    ]


def _figure(drawn: Plot) -> dict[str, Any]:
    if drawn.note:
        return {"kind": "note", "text": drawn.note}
    named = f'<svg role="img" aria-label="{escape(drawn.title)}" '
    svg = Markup(drawn.svg.replace("<svg ", named, 1))
    return {"kind": "figure", "title": drawn.title, "svg": svg, "caption": drawn.caption}


def _figures(plots: dict[str, Plot], *names: str) -> list[dict[str, Any]]:
    """Figures that are there; one note if none is."""
    drawn = [_figure(plots[name]) for name in names if plots[name].svg]
    return drawn or [_figure(plots[names[0]])]


def _text(key: str, lang: str, **values: Any) -> dict[str, Any]:
    return {"kind": "text", "text": said(key, lang, **values)}


def _missing(lang: str) -> dict[str, Any]:
    return {"kind": "note", "text": said("not_there", lang)}


def _asked(fit: Fit, lang: str) -> list[dict[str, Any]]:
    blocks = [{"kind": "facts", "facts": fit_tables.asked_facts(fit, lang)}]
    failed = fit_tables.failures(fit, lang)
    if failed:
        title = said("failures", lang, n=len(failed))
        blocks.append({"kind": "folded", "title": title, "lines": failed})
    return blocks


def _identify(fit: Fit, lang: str) -> list[dict[str, Any]]:
    if fit.identifiability is None:
        return [_missing(lang)]
    parts = fit_tables.rest_rows(fit, lang)
    n = sum(len(part["rows"]) for part in parts)
    return [
        _text("identify_intro", lang),
        {"kind": "identified", "caption": said("identify_caption", lang),
         "rows": fit_tables.identified(fit, lang)},
        {"kind": "rest", "title": said("rest_title", lang, n=n), "parts": parts},
    ]  # fmt: skip


def _targets(fit: Fit, plots: dict[str, Plot], lang: str) -> list[dict[str, Any]]:
    blocks = [
        _text("targets_intro", lang),
        _figure(plots["ppc"]),
        {"kind": "targets", "caption": said("targets_caption", lang),
         "rows": fit_tables.target_rows(fit, lang)},
    ]  # fmt: skip
    left = fit.went.get("left_out") or []
    if left:
        lines = [f"{key}: {told(str(why), lang)}" for key, why in left]
        blocks.append({"kind": "folded", "title": said("left_out", lang, n=len(left)),
                       "lines": lines})  # fmt: skip
    return blocks


def _screening(fit: Fit, plots: dict[str, Plot], lang: str) -> list[dict[str, Any]]:
    if fit.screening is None:
        return [_missing(lang) if fit.by_screening else _text("screening_none", lang)]
    table = fit.screening
    single = table["level"] == "single"
    counts = {
        "n": len(table), "groups": int(table.loc[single, "group"].nunique()),
        "seen": int((single & table["above_noise"]).sum()), "chosen": int(table["chosen"].sum()),
    }  # fmt: skip
    return [
        _text("screening_intro", lang, **counts),
        _figure(plots["screening"]),
        {"kind": "reasons", "caption": said("reasons_caption", lang),
         "rows": fit_tables.reasons(fit, lang)},
    ]  # fmt: skip


def _structures(fit: Fit, lang: str) -> list[dict[str, Any]]:
    if fit.structures is None or fit.structures.empty:
        return []
    made = fit_tables.structure_rows(fit, lang)
    caption = said("structures_caption", lang)
    return [_text("structures_intro", lang), {"kind": "plain", "caption": caption, **made}]


def _selftest(fit: Fit, plots: dict[str, Plot], lang: str) -> list[dict[str, Any]]:
    tables = fit_tables.selftest_blocks(fit, lang)
    if not tables:
        return [{"kind": "note", "text": said("selftest_none", lang)}]
    blocks = [_text("selftest_intro", lang)]
    blocks += _figures(plots, "ranks", "ecdf", "coverage")
    return blocks + [{"kind": "plain", **table} for table in tables]


def _reproduce(fit: Fit, lang: str) -> list[dict[str, Any]]:
    unknown = said("unknown_value", lang)
    made = fit.asked.get("created") or fit.manifest.get("created")
    facts = [
        ("created", made),
        ("code", fit.manifest.get("code")),
        ("model", fit.asked.get("model")),
    ]
    command = f"fanpin run plan no-plan --posterior {fit.folder} --out runs/posterior"
    return [
        {"kind": "pre", "text": said("reproduce_command", lang),
         "line": str(fit.asked.get("command") or fit.manifest.get("command") or unknown)},
        {"kind": "facts", "facts": [(said(k, lang), str(v or unknown)) for k, v in facts]},
        {"kind": "pre", "text": said("reproduce_next", lang), "line": command},
    ]  # fmt: skip


def _number(sections: list[dict[str, Any]]) -> None:
    """Number figures and tables in the order of the page."""
    figures = tables = 0
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] == "figure":
                figures += 1
                block["number"] = figures
            elif "caption" in block:
                tables += 1
                block["number"] = tables
