"""Months as whole numbers: index = year * 12 + (month - 1), so 2017-11 is 24214.

An index fits int16, differences are months, and the text form "2017-11" sorts like the index.
"""

import re

__all__ = ["PLAN_START", "month_index", "month_text"]

_TEXT = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_index(text: str) -> int:
    """The index of a month written as "2017-11". ValueError for anything else."""
    found = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is not a month: write the year and the month, as in 2017-11")
    return int(found[1]) * 12 + int(found[2]) - 1


def month_text(index: int) -> str:
    """The text of a month index: 24214 becomes "2017-11". ValueError outside years 1 to 9999."""
    year, month = divmod(int(index), 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"{index!r} is not a month index (year * 12 + month - 1)")
    return f"{year:04d}-{month + 1:02d}"


PLAN_START = month_index("2017-11")
"""The month in which the plan was issued; what comes before is burn-in."""
