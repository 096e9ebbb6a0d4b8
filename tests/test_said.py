"""What is carried out is also said: clauses in words, programmes and mechanisms by name."""

from __future__ import annotations

import inspect
import re
import sys

import pytest

from results.texts import LANGUAGES, programme
from scenarios.clauses import clauses
from scenarios.library import load_parameters
from sim.indicators.declared import declared_indicators
from sim.mechanism import Mechanism
from sim.month import SCHEDULE, implemented_clauses

PAID = sorted(
    one.name.removeprefix("paid_")
    for one in SCHEDULE.columns().values()
    if one.name.startswith("paid_")
)


@pytest.mark.parametrize("name", PAID)
def test_a_programme_has_a_name_in_the_report(name):
    for lang in LANGUAGES:
        assert programme(name, lang) != name.replace("_", " "), (
            f"results/data/indicators.yaml, programmes: add `{name}: {{en: ..., zh: ...}}`"
        )


@pytest.mark.parametrize("clause", sorted(implemented_clauses()))
def test_a_clause_that_is_carried_out_is_told_in_both_languages(clause):
    told = clauses()[clause]
    assert told.says_en and told.says_zh, f"say what {clause} wants in scenarios/data/clauses/"


def test_an_indicator_that_a_column_declares_has_a_name_of_its_own():
    declared = [one.name for one in declared_indicators(SCHEDULE.columns())]
    counted = {one.name for observation in SCHEDULE.observations for one in observation.indicators}
    assert len(set(declared)) == len(declared) and not counted & set(declared)


def test_every_number_that_a_mechanism_reads_exists():
    table = load_parameters().groups()
    by_module: dict[str, list[Mechanism]] = {}
    for mechanism in SCHEDULE.mechanisms():
        by_module.setdefault(type(mechanism).__module__, []).append(mechanism)
    for module, mechanisms in by_module.items():
        known = {"nothing"}
        for one in mechanisms:
            known |= {spec.name for spec in table.get(one.name, [])}
            known |= {key.split(".")[1] for key in one.uses}
            known |= {clause.replace(".", "_") for clause in one.clauses}
        source = inspect.getsource(sys.modules[module])
        read = set(re.findall(r"(?<![\w.])(?:self\.)?p\.([A-Za-z]\w*)", source))
        files = ", ".join(f"{one.name}.yaml" for one in mechanisms)
        lacking = sorted(read - known)
        assert not lacking, f"{module} reads p.{lacking}, which is not in {files}, uses or clauses"


def test_no_parameter_file_belongs_to_nobody():
    groups = set(load_parameters().groups())
    names = {mechanism.name for mechanism in SCHEDULE.mechanisms()}
    used = {key.split(".")[0] for m in SCHEDULE.mechanisms() for key in m.uses}
    assert groups <= names | used | {"pandemic", "economy", "calendar"}
