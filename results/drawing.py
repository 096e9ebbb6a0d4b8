"""What all figures share: the font, the colours, labels, and a figure as SVG text.

Text is drawn with the font in ``results/assets`` and stored as outlines, so a figure needs no
font of the machine, neither to be made nor to be read. Colours are those of Okabe and Ito
(2008), told apart by most people with a colour vision deficiency; line styles and markers
differ too, so that a print in grey can be read.
"""

from __future__ import annotations

import base64
import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from results.store import Store
from results.texts import phrase

INK, GREY, PALE = "#1a1a1a", "#8a8a8a", "#e6e6e6"
BLUE, ORANGE, SKY, GREEN = "#0072B2", "#E69F00", "#56B4E9", "#009E73"
VERMILION, PURPLE, YELLOW = "#D55E00", "#CC79A7", "#F0E442"
BREAK = 2021  # from here on the register's relapse is monitoring

# Yellow is too pale for a line on white, so the last of eight scenarios is a grey.
_LINES: tuple[tuple[str, Any, str], ...] = (
    (BLUE, "-", "o"),
    (VERMILION, (0, (5, 1.5)), "s"),
    (GREEN, (0, (1.5, 1.2)), "^"),
    (PURPLE, (0, (6, 1.5, 1.5, 1.5)), "D"),
    (ORANGE, (0, (3, 1.2)), "v"),
    (SKY, (0, (8, 2)), "P"),
    ("#6b6b6b", (0, (4, 1.2, 1, 1.2, 1, 1.2)), "X"),
)
FILLS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, "#bdbdbd")


@dataclass(frozen=True)
class Look:
    """How one scenario is drawn everywhere."""

    color: str
    line: Any
    marker: str


class FontMissing(Exception):
    """The font that comes with the package is not there."""


@cache
def font_file() -> Path:
    """The CJK font of ``results/assets`` (OpenType or TrueType)."""
    folder = Path(str(files("results") / "assets"))
    for pattern in ("*.otf", "*.ttf"):
        for path in sorted(folder.glob(pattern)):
            return path
    raise FontMissing(
        f"no .otf or .ttf font in {folder}; the package is incomplete, install it again"
    )


@cache
def font_family() -> str:
    """Name of the font, after making it known to matplotlib."""
    font_manager.fontManager.addfont(str(font_file()))
    return font_manager.FontProperties(fname=str(font_file())).get_name()


@cache
def web_font() -> str:
    """The same font as a data URI for a page, so that the page asks for nothing."""
    folder = Path(str(files("results") / "assets"))
    for path in sorted(folder.glob("*.woff2")):
        return "data:font/woff2;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
    raise FontMissing(f"no .woff2 font in {folder}; the package is incomplete, install it again")


def settings() -> Any:
    """matplotlib settings of every figure."""
    return {
        "font.family": [font_family()],
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "axes.titlepad": 8,
        "axes.labelsize": 9,
        "axes.labelcolor": INK,
        "axes.edgecolor": GREY,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
        "grid.color": PALE,
        "grid.linewidth": 0.7,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "xtick.major.size": 3,
        "ytick.major.size": 0,
        "lines.linewidth": 1.6,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "mathtext.default": "regular",
        "text.color": INK,
        "svg.fonttype": "path",
        "svg.hashsalt": "fanpin",  # the same figure is the same text
        "figure.facecolor": "white",
    }


def new_figure(width: float, height: float) -> Figure:
    """An empty figure in inches, laid out so that nothing overlaps."""
    return Figure(figsize=(width, height), layout="constrained")


def to_svg(figure: Figure, prefix: str = "") -> str:
    """The figure as an SVG element for a page.

    ``prefix`` goes before every id, because several figures share one page.
    """
    buffer = io.StringIO()
    with mpl.rc_context(settings()):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    if prefix:
        text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)  # a page needs no namespaces
        text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
        text = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', text)
        text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)
    return text.strip()


def looks(store: Store) -> dict[str, Look]:
    """The look of each scenario: black dashes for the base, the first colour for the plan."""
    styles = itertools.cycle(_LINES)
    found = {store.base: Look(INK, (0, (2.5, 1.5)), "o")}
    ordered = sorted(store.scenarios, key=lambda name: name != focus(store))
    for name in ordered:
        if name != store.base:
            found[name] = Look(*next(styles))
    return {name: found[name] for name in store.scenarios}


def line_looks() -> list[Look]:
    """Colours and line styles for things that are no scenarios, told apart in grey too."""
    return [Look(*style) for style in _LINES]


def focus(store: Store) -> str:
    """The scenario shown where only one can be: the plan, else the first beside the base."""
    others = [name for name in store.scenarios if name != store.base]
    return "plan" if "plan" in store.scenarios else (others or [store.base])[0]


def label(store: Store, name: str, lang: str) -> str:
    """Title of a scenario; says so if some or all of its runs are missing."""
    title = store.scenarios[name].label(lang)
    asked, present, missing = store.counts().loc[name, ["asked", "present", "missing"]]
    if not missing:
        return title
    key = "partial" if present else "absent"
    return phrase(key, lang, label=title, present=present, asked=asked)


def scenario_legend(
    figure: Figure, store: Store, lang: str, *, columns: int = 4, markers: bool = False
) -> None:
    """One legend below all panels, with every scenario of the batch, present or not."""
    handles = []
    for name, look in looks(store).items():
        handles.append(
            mpl.lines.Line2D(
                [],
                [],
                color=look.color,
                linestyle="none" if markers else look.line,
                marker=look.marker if markers else None,
                markersize=5,
                label=label(store, name, lang),
            )
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=2.8)


def mark_break(axes: Axes, lang: str, *, text: bool = True) -> None:
    """A line where the registered relapse turns into monitoring, if the axis goes beyond it."""
    if axes.get_xlim()[1] <= BREAK + 0.5:
        return
    axes.axvline(BREAK, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    if text:
        axes.annotate(
            phrase("since_monitoring", lang),
            (BREAK, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -3),
            textcoords="offset points",
            fontsize=7.5,
            color="#555555",
            va="top",
        )


def spread(count: int, room: float = 0.72) -> Sequence[float]:
    """Offsets that set ``count`` marks side by side within one unit of an axis."""
    if count == 1:
        return [0.0]
    room = min(room, 0.12 * count)
    return [-room / 2 + room * i / (count - 1) for i in range(count)]
