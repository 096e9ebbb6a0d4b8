"""Shared by all tests: a small population of two counties, and one seed."""

from __future__ import annotations

import pytest

from calibration import population as _population

COUNTIES = (622926, 621223)
"""东乡县 and 宕昌县: two deep-poverty counties, one in 一区一州."""

SAMPLE = 0.012


@pytest.fixture(scope="session")
def people():
    """Some 5,000 people in two counties."""
    return _population.build(SAMPLE, counties=list(COUNTIES))
