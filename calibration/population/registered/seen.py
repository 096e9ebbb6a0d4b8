"""Income as a register writes it down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["COMPONENTS", "INCOME_FIELDS", "known", "registered_income"]

COMPONENTS = ("wage", "business", "property", "transfer")

INCOME_FIELDS = (*COMPONENTS, "business_cost", "net_income", "income_per_head")
"""Fields of a register that income is reckoned from."""


def known(given: np.ndarray, other: np.ndarray | float) -> np.ndarray:
    """What is given, and what is not (NaN) from another source."""
    return np.where(np.isnan(given), other, given)


def registered_income(
    home: Mapping[str, np.ndarray], size: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Income a head (yuan), and the four components of the whole household; NaN unknown.

    home: columns of a register under the names of its fields. size: members. Business income is
    net of its cost. Income a head is what is written down as such, else the household's net
    income, else the sum of the components, by heads.
    """
    parts = {name: home[name] for name in COMPONENTS}
    parts["business"] = home["business"] - np.nan_to_num(home["business_cost"])
    listed = np.stack(list(parts.values()))
    total = np.where(np.isnan(listed).all(axis=0), np.nan, np.nansum(listed, axis=0))
    whole = known(home["net_income"], total)
    return known(home["income_per_head"], whole / np.maximum(size, 1.0)), parts
