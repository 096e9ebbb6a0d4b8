"""Every clause of the plan is carried out, scored, a scope, or an argued no-op."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import app.coverage as coverage_module
from app.cli import main
from app.coverage import coverage, coverage_text, faults
from scenarios.clauses import clauses, targets
from scenarios.library import load_parameters
from sim.month import SCHEDULE, Schedule

ENTRIES = coverage()


def test_all_200_are_accounted_for():
    assert len(ENTRIES) == 200
    assert faults(ENTRIES) == []
    kinds = [one["kind"] for one in ENTRIES]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "nothing": 8, "scope": 4, "target": 6, "mechanism": 182,
    }  # fmt: skip
    assert {one["id"] for one in ENTRIES if one["kind"] == "nothing"} == {
        one.id for one in clauses().values() if one.type == "N"
    }


def test_what_sees_a_clause_act_is_recorded_and_not_the_same_thing_twice():
    known = {one.name for o in SCHEDULE.observations for one in SCHEDULE.indicators(o)} | {"money"}
    for one in ENTRIES:
        for part in ("own", "moves"):
            if one[part]:
                name = one[part]["indicator"].split(":")[0]
                assert name in known, f"{one['id']}: no indicator {name}"
        if one["own"]:
            assert one["own"]["indicator"] != one["moves"]["indicator"], one["id"]


def test_every_target_names_a_clause_or_an_aim():
    scored = {target for one in ENTRIES for target in one["scored"]}
    assert scored <= set(targets())
    assert {target.clause for target in targets().values()} <= {one["id"] for one in ENTRIES}


def without(name):
    """The month without one mechanism."""
    parts = ("province", "county", "block", "close", "observations")
    return Schedule(
        *(tuple(m for m in getattr(SCHEDULE, part) if m.name != name) for part in parts)
    )


def test_a_clause_that_loses_its_mechanism_is_named(monkeypatch):
    monkeypatch.setattr(coverage_module, "SCHEDULE", without("a05_condition"))
    assert "A5.1: no mechanism carries it out" in faults(coverage())


def test_a_parameter_that_loses_its_source_is_named(monkeypatch):
    table = dict(load_parameters())
    key = next(k for one in ENTRIES if one["id"] == "A5.2" for k in one["parameters"])
    table[key] = replace(table[key], source="")
    monkeypatch.setattr(coverage_module, "load_parameters", lambda: Table(table))
    assert f"A5.2: {key} lacks its source or grade" in faults(coverage())


class Table(dict):
    """A parameter table by key, with its groups."""

    def groups(self):
        found = {}
        for key, spec in self.items():
            found.setdefault(key.split(".")[0], []).append(spec)
        return found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"kind": "nothing", "nothing": {"en": "why not", "zh": "为何"}},
            "only a clause of type N may do nothing",
        ),
        ({"en": ""}, "say what it wants"),
        ({"own": {}}, "`own` needs an indicator and a sign"),
        ({"moves": {"indicator": "debt", "sign": "?"}}, "`moves` needs an indicator and a sign"),
        ({"parameters": []}, "no parameter says how strongly"),
        ({"scored": ["B99"]}, "there are no targets"),
    ],
)
def test_each_fault_is_found(change, says):
    (entry,) = (one for one in ENTRIES if one["id"] == "A5.2")
    assert any(line.startswith("A5.2: ") and says in line for line in faults([entry | change]))


def test_the_command_lists_them_and_gives_them_to_machines(capsys):
    assert main(["coverage", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(ENTRIES))
    text = coverage_text("zh")
    assert "without: [A5.2]" in text and "不建模" in text
    assert text.splitlines()[-1].startswith("200: ")
