"""The register looks more closely, and records are compared."""

from __future__ import annotations

import pytest

from sim.measures.s2_registration import Registration
from tests.sim.tiny import parameters_for, run_alone, run_months, tiny_world


def kept(clauses, months=1):
    """The world after so many months from January 2018."""
    world = tiny_world(mechanisms=[Registration()])
    run_months([Registration()], world, "2018-01", months,
               parameters_for([Registration()], clauses))  # fmt: skip
    return world


def test_without_the_clauses_nothing_is_pushed():
    world = kept({}, 3)
    for key in ("county.error_cut", "county.match_gain", "village.detect_gain",
                "village.search_gain"):  # fmt: skip
        assert not world[key].any(), key


def test_careful_identification_errs_less_sees_more_and_searches():
    world = kept({"S2.1": 0.5})
    assert world.county.error_cut == pytest.approx(0.10)
    assert world.village.detect_gain == pytest.approx(0.10)
    assert world.village.search_gain == pytest.approx(0.15)
    assert not world.county.match_gain.any()


def test_departments_are_linked_in_a_year_and_unlinked_when_it_ends():
    assert kept({"S2.2": 1.0}, 6).county.match_gain == pytest.approx(0.25)
    year = kept({"S2.2": 1.0}, 14)
    assert year.county.departments_linked == pytest.approx(11)
    assert year.county.match_gain == pytest.approx(0.5)
    run_alone(Registration(), year, "2019-03", parameters_for([Registration()], {}))
    assert year.county.departments_linked == pytest.approx(11 - 11 / 12)
