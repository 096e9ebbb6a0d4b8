"""Tables and a figure of futures of one state: who is held up by what, and who is vulnerable.

They read stores written by ``fanpin holds-up`` and ``fanpin vulnerability``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from results import drawing, numbers
from results.compare import summary
from results.store import Store, StoreError
from results.texts import household_type, phrase, unit

ALL = "all"
SHOWN = ("everybody", "exited", "labour_short", "disabled", "relocated", "migrant", "near_line",
         "others")  # fmt: skip


def _runs(store: Store, name: str) -> pd.DataFrame:
    """Runs down, (end of the future as a month index, group) across."""
    rows = store.frame(name)
    if rows.empty:
        raise StoreError(f"{store.folder}: no {name} in this store")
    ends = rows["year"].astype(int) * 12 + rows["month"].astype(int) - 1
    keys = [rows["scenario"], rows["draw"], rows["replicate"]]
    return (
        rows.groupby([*keys, ends.rename("end"), rows["group"]])["value"]
        .sum()
        .unstack(["end", "group"])
    )


def _stream(store: Store, name: str, lang: str) -> str:
    words = (store.manifest.get("streams") or {}).get(name)
    return words[lang] if words else name.replace("_", " ")


def _names(table: pd.DataFrame, end: int) -> list[str]:
    """Streams, those that hold up most first; all together last."""
    mean = table[end].mean()
    names = sorted({group.split(":")[0] for group in mean.index})
    order = sorted((n for n in names if n != ALL), key=lambda n: -mean[f"{n}:everybody"])
    return [*order, ALL]


def _cell(values: pd.Series, lang: str) -> str:
    persons = unit("persons")
    mean, low, high = summary(values.dropna())
    shown = numbers.show_large(mean, persons, lang)
    return f"{shown} {numbers.between_large(low, high, persons, lang)}".strip()


def held_text(store: Store, lang: str = "en") -> str:
    """Persons held up by each stream, by group of households and horizon, for a terminal."""
    held, only, reverse = (_runs(store, n) for n in ("held_up", "held_up_only", "held_up_reverse"))
    by = _runs(store, "held_up_by")
    word = unit("persons").axis(lang)[1]
    start = int(store.manifest["state"])
    scenario = next(iter(store.scenarios.values())).label(lang)
    date = f"{start // 12}-{start % 12 + 1:02d}"
    lines = [phrase("held_title", lang, scenario=scenario, date=date)]
    for end in held.columns.unique("end"):
        months = int(end) - start
        head = [phrase("held_stream", lang), *(household_type(g, lang) for g in SHOWN)]
        head += [phrase("held_only", lang), phrase("held_reverse", lang)]
        cells = [head]
        for name in _names(held, end):
            label = phrase("held_all", lang) if name == ALL else _stream(store, name, lang)
            row = [label]
            for k, group in enumerate(SHOWN):
                values = held[end, f"{name}:{group}"]
                row.append(_cell(values, lang) if k == 0 else _mean(values, lang))
            row.append(_mean(only[end, name], lang) if name != ALL else "")
            row.append(_mean(reverse[end, name], lang))
            cells.append(row)
        lines += ["", phrase("held_within", lang, n=months, unit=word), *numbers.align(cells)]
        counts = {k: _mean(by[end, group], lang) for k, group in
                  (("none", "0"), ("one", "1"), ("two", "2"), ("more", "3+"))}  # fmt: skip
        lines.append(phrase("held_by", lang, **counts))
    lines += ["", phrase("held_note", lang), _seeds(len(held), lang)]
    return "\n".join(lines) + "\n"


def _seeds(count: int, lang: str) -> str:
    """What the numbers are means of."""
    if count < 2:
        return phrase("futures_one_seed", lang)
    return phrase("futures_seeds", lang, n=count)


def _mean(values: pd.Series, lang: str) -> str:
    return numbers.show_large(float(values.mean()), unit("persons"), lang)


def held_figure(store: Store, lang: str = "en") -> Figure:
    """Bars: persons held up by each stream, and of these by it alone; one panel a horizon."""
    held, only = _runs(store, "held_up"), _runs(store, "held_up_only")
    ends = list(held.columns.unique("end"))
    start = int(store.manifest["state"])
    names = _names(held, ends[-1])
    factor, word = unit("persons").axis(lang)
    figure = drawing.new_figure(9.6, 1.6 + 0.34 * len(names))
    panels = figure.subplots(1, len(ends), sharey=True, squeeze=False)[0]
    places = np.arange(len(names))
    for axes, end in zip(panels, ends, strict=True):
        for place, name in zip(places, names, strict=True):
            mean, low, high = summary(held[end, f"{name}:everybody"].dropna())
            color = drawing.GREY if name == ALL else drawing.SKY
            axes.barh(place, mean * factor, height=0.66, color=color)
            if name != ALL:
                alone = float(only[end, name].mean())
                axes.barh(place, alone * factor, height=0.66, color=drawing.BLUE)
            if np.isfinite(low):
                axes.hlines(place, low * factor, high * factor, color=drawing.INK, lw=1.2)
        axes.set_title(phrase("held_figure", lang, n=int(end) - start, unit=word))
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlim(left=0)
    labels = [phrase("held_all", lang) if n == ALL else _stream(store, n, lang) for n in names]
    panels[0].set_yticks(places, labels)
    panels[0].invert_yaxis()
    marks = [
        drawing.mpl.patches.Patch(color=drawing.BLUE, label=phrase("held_only", lang)),
        drawing.mpl.patches.Patch(color=drawing.SKY, label=phrase("held_also", lang)),
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=2, handlelength=1.4)
    return figure


def held_svg(store: Store, lang: str = "en") -> str:
    """The figure as a file of its own."""
    with drawing.mpl.rc_context(drawing.settings()):
        return drawing.to_svg(held_figure(store, lang)) + "\n"


def vulnerability_text(store: Store, lang: str = "en") -> str:
    """The distribution of vulnerability and how many of the vulnerable are not poor."""
    table = _runs(store, "vulnerability")
    end = int(table.columns.unique("end")[0])
    values = table[end]
    scenario = next(iter(store.scenarios.values())).label(lang)
    date = f"{end // 12}-{end % 12 + 1:02d}"
    cells = [["", phrase("share_of_persons", lang)]]

    def add(label: str, group: str, indent: str = "") -> None:
        mean, low, high = summary(values[group].dropna())
        share = unit("share")
        shown = f"{numbers.show(mean, share)} {numbers.between(low, high, share)}".strip()
        cells.append([indent + label, shown])

    add(phrase("vulnerability_mean", lang), "")
    for cut in sorted({g.split(":")[0] for g in values.columns if g.startswith("above_")}):
        add(phrase("vulnerability_above", lang, cut=cut.removeprefix("above_")), cut)
        add(phrase("vulnerability_not_poor", lang), f"{cut}:not_poor", "  ")
        for group in ("never", "registered", "exited"):
            words = phrase("vulnerability_among", lang, group=household_type(group, lang))
            add(words, f"{cut}:{group}", "  ")
    for group in sorted(g for g in values.columns if g[:1].isdigit()):
        low, high = group.split("-")
        add(phrase("vulnerability_bin", lang, low=low, high=high), group)
    return (
        "\n".join(
            [
                phrase("vulnerability_title", lang, scenario=scenario, date=date),
                "",
                *numbers.align(cells),
                "",
                phrase("vulnerability_note", lang),
                _seeds(len(table), lang),
            ]
        )
        + "\n"
    )
