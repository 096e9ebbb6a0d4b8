"""The form of a file of patterns: what a row is, field by field.

All fields are optional here, so that a faulty file can still be looked through; what must be
there, and what fits together, is checked in `patterns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from scenarios.fields import FileModel, Number, Text, one_of, problem
from scenarios.fields import Range as Band

__all__ = ["KINDS", "USES", "Both", "Pattern", "PatternFile", "Row", "Simulated", "Term"]

USES = ("F", "K", "V")
"""F: may be fitted. K: checked, never fitted. V: kept back, refused as a target of a fit."""
KINDS = ("sum", "survival", "hazards", "chain", "lead", "counties")
"""Ways to reckon a row; exactly one stands under `simulated`."""


def _years(value: Any) -> list[int]:
    years = value if isinstance(value, list) else [value]
    if not years or not all(isinstance(year, int) and 2017 <= year <= 2030 for year in years):
        raise problem(f"{value!r} is no year", "a year from 2017 to 2030, or a list of some")
    return years


def _month(value: Any) -> int | str:
    if value == "max" or (isinstance(value, int) and 0 <= value <= 12):
        return value
    raise problem(f"{value!r} is no month", "1 to 12, 0 for the year's value, or max")


class Both(FileModel):
    """A text in both languages."""

    en: Text | None = None
    zh: Text | None = None

    def __call__(self, lang: str) -> str:
        """The text in one language, or in the other if it lacks it."""
        return (self.zh if lang == "zh" else self.en) or self.en or self.zh or ""


class Term(FileModel):
    """One number of a run: an indicator's value, or a constant; several years mean their mean.

    times: another number of the same year that it is multiplied by.
    """

    indicator: Text | None = None
    group: str = ""
    year: Annotated[list[int], BeforeValidator(_years)] | None = None
    month: Annotated[int | str, BeforeValidator(_month)] = 0
    sign: Number = 1.0
    constant: Text | None = None
    times: Term | None = None


class AtMonth(FileModel):
    """Share of spells that ended in relapse by a month."""

    indicator: Text = "spell"
    month: Number | None = None


class Hazards(FileModel):
    """Monthly hazard in the late months of a spell over that in the early ones."""

    indicator: Text = "spell"
    early: Band | None = None
    late: Band | None = None


class Lead(FileModel):
    """A group's share less the largest share of any other group."""

    indicator: Text | None = None
    group: Text | None = None
    year: Annotated[list[int], BeforeValidator(_years)] | None = None


class InCounties(FileModel):
    """Share of counties whose value (of `indicator`, over `over` if given) is at most so much."""

    indicator: Text | None = None
    over: Text | None = None
    year: Annotated[list[int], BeforeValidator(_years)] | None = None
    at_most: Number | None = None


class Contrast(FileModel):
    """Against another scenario, run by run on the same draw and replicate.

    difference: of the values. relative: over the other's value, less 1. part: difference of the
    sums over this scenario's `over`.
    """

    scenario: Text | None = None
    kind: Annotated[str, BeforeValidator(one_of("difference", "relative", "part"))] = Field(
        "difference", alias="as"
    )


class Simulated(FileModel):
    """How a row is reckoned from a run."""

    sum: list[Term] | None = None
    over: list[Term] | None = None
    survival: AtMonth | None = None
    hazards: Hazards | None = None
    chain: list[Term] | None = None
    lead: Lead | None = None
    counties: InCounties | None = None
    scale: Number = 1.0
    scenario: Text | None = None
    contrast: Contrast | None = None

    def terms(self) -> Iterator[Term]:
        """All terms, those that others are multiplied by too."""
        for term in [*(self.sum or []), *(self.over or []), *(self.chain or [])]:
            while term is not None:
                yield term
                term = term.times  # type: ignore[assignment]


class Published(FileModel):
    """What was published: a value, or a side (above or below a bound); where and when.

    times, over: constants that bring the value to the model's footing.
    """

    value: Number | None = None
    above: Number | None = None
    below: Number | None = None
    place: Text | None = None
    time: Text | None = None
    times: list[Text] = Field(default_factory=list)
    over: list[Text] = Field(default_factory=list)


class Tolerance(FileModel):
    """What counts as agreement, and which side as agreement in direction.

    ratio: of model over observed. band: in the row's unit. above, below: the side that is right.
    """

    ratio: Band | None = None
    band: Band | None = None
    above: Number | None = None
    below: Number | None = None
    why: Both | None = None


class Row(FileModel):
    """One published figure or pattern, and how it is held against a run."""

    id: Text | None = None
    pattern: Text | None = None
    use: Annotated[str, BeforeValidator(one_of(*USES))] | None = None
    held: Text | None = None
    en: Text | None = None
    zh: Text | None = None
    unit: Text | None = None
    source: Text | None = None
    grade: (
        Annotated[str, BeforeValidator(one_of("seen", "recalled", "derived", "assumed"))] | None
    ) = None
    published: Published | None = None
    simulated: Simulated | None = None
    tolerance: Tolerance | None = None
    scope: Both | None = None
    input: Both | None = None
    unsaid: Both | None = None
    run: Text | None = None

    def label(self, lang: str) -> str:
        """What is compared, in words."""
        return (self.zh if lang == "zh" else self.en) or self.en or self.zh or str(self.id)

    @classmethod
    def keys_inside(cls, path: Any) -> list[str]:
        """The keys of the part that a path leads into."""
        words = [part for part in path if isinstance(part, str)]
        model: type[FileModel] = _INSIDE.get(words[-1], Row) if words else Row
        return [field.alias or name for name, field in model.model_fields.items()]


class Pattern(FileModel):
    """What rows belong to: P2, a pattern of the published kind, checked (K) or fitted (F)."""

    en: Text | None = None
    zh: Text | None = None
    use: Annotated[str, BeforeValidator(one_of("F", "K"))] | None = None


class PatternFile(FileModel):
    """A file of patterns."""

    patterns: dict[str, Pattern] = Field(default_factory=dict)
    rows: list[Any] | None = None

    @classmethod
    def keys_inside(cls, path: Any) -> list[str]:
        """Keys of the file, or of a pattern."""
        return ["en", "zh", "use"] if path else ["patterns", "rows"]


_INSIDE: dict[str, type[FileModel]] = {
    "simulated": Simulated, "sum": Term, "over": Term, "chain": Term, "times": Term,
    "survival": AtMonth, "hazards": Hazards, "lead": Lead, "counties": InCounties,
    "contrast": Contrast, "published": Published, "tolerance": Tolerance, "why": Both,
    "scope": Both, "input": Both, "unsaid": Both,
}  # fmt: skip
