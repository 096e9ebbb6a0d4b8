"""Scenario files: every mistake at once, with its line and its mending."""

import pickle
from pathlib import Path

import pytest

from scenarios import ScenarioError, check_files, json_schema, load_scenario
from scenarios.faults import Fault

MANY = """\
name: manny
titel: {en: Many mistakes}
base: plam
base: plan
with:
  A4.3: {from: 2018-13}
  A4.33: {from: 2018-01}
  A2.6: {from: 2020-01, to: 2019-01}
  A1.4: {from: 2018-01, intensity: 80}
  T4: {from: 2018-01}
  A1.R: {from: 2018-01}
  A6.1: {form: 2018-01}
  A6.2: {from: 2035-01}
without: [A22, A3.1]
set:
  illness.admision_rate: 0.2
  insurance.rate: 70%
  insurance.deductible: {value: 5, unit: yuan/month}
  insurance.premium: {value: 20, unit: yuan/month}
  illness.admission_rate: 20
  registry.quota: ceilling
  disaster.hail_rate: {time: 1.5}
  work.job_loss: {times: 1.5, plus: 0.1}
  illness.age_gradient: [1, 2]
  insurance.premium: 200
  insurance.stack: no
  rate: 0.6
until: 2020-12-31
"""

EXPECTED = [
    (1, "name", "Write name: many"),
    (2, "titel", "Did you mean title?"),
    (3, "base", "Did you mean plan?"),
    (4, "base", "lines 3 and 4"),
    (6, "with.A4.3.from", "Months are 01 to 12"),
    (7, "with.A4.33", "Did you mean A4.3?"),
    (8, "with.A2.6.to", "Swap from and to"),
    (9, "with.A1.4.intensity", "Did you mean 0.8?"),
    (10, "with.T4", "an aim of the plan"),
    (11, "with.A1.R", "cannot be switched"),
    (12, "with.A6.1.form", "Did you mean from?"),
    (13, "with.A6.2.from", "2015-11 to 2030-12"),
    (14, "without.0", "Did you mean A2.2?"),
    (16, "set.illness.admision_rate", "Did you mean illness.admission_rate?"),
    (17, "set.insurance.rate", "Did you mean 0.7?"),
    (18, "set.insurance.deductible.unit", "Give it in yuan"),
    (19, "set.insurance.premium.unit", "Did you mean 240 (in yuan/year)?"),
    (20, "set.illness.admission_rate", "did you mean 0.2?"),
    (21, "set.registry.quota", "Did you mean ceiling?"),
    (22, "set.disaster.hail_rate.time", "Did you mean times?"),
    (23, "set.work.job_loss", "either times or plus"),
    (24, "set.illness.age_gradient", "a list of 3 numbers"),
    (25, "set.insurance.premium", "lines 19 and 25"),
    (26, "set.insurance.stack", "'no' is not a number"),
    (27, "set.rate", "Did you mean insurance.rate?"),
    (28, "until", "Did you mean 2020-12?"),
]


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def check(path: Path, table, **more) -> list[Fault]:
    return check_files([path], table=table, **more)


def test_every_one_of_many_mistakes_is_reported_on_its_line(tmp_path, table):
    path = put(tmp_path, "many", MANY)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, table)
    faults = [fault for fault in caught.value.faults if fault.severity == "fault"]
    for line, where, says in EXPECTED:
        hits = [fault for fault in faults if (fault.line, fault.where) == (line, where)]
        assert len(hits) == 1, f"line {line}, {where}: {[str(fault) for fault in faults]}"
        assert says in str(hits[0])
        assert str(hits[0]) in str(caught.value)
        assert str(hits[0]).startswith(f"{path}:{line}: {where}: ")
    assert len(faults) == len(EXPECTED), "a mistake is told twice, or one is made up"
    assert str(caught.value).startswith(f"{len(EXPECTED)} mistakes found")


HEAD = "name: mine\nbase: plan\n"


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("with: [A4.3]\n", 3, "keys with values"),
        ("with: {A4.3: 2018-01}\n", 3, "keys with values"),
        ("with: {A4: {from: 2018-01}}\n", 3, "is a section"),
        ("with:\n  A4.3:\n    - {from: 2018-01}\n    - {from: 2019-01}\n", 4, "overlap"),
        ("with: {A4.3: {to: 2020-12}}\nwithout: [A4.3]\n", 3, "both in with and in without"),
        ("without: A4\n", 3, "a list in"),
        ("without: [A4.33]\n", 3, "Did you mean A4.3?"),
        ("only: [5]\n", 3, "there is no clause"),
        ("set: {insurance: {rate: 0.6}}\n", 3, "as in insurance.rate"),
        ("set: {insurance.rate: }\n", 3, "has no value"),
        ("set: {insurance.rate: 0.95}\n", 3, "outside the range 0.5 to 0.9"),
        ("set: {insurance.rate: {2019-01: 0.6, 2019-13: 0.5}}\n", 3, "is not a month"),
        ("set: {insurance.rate: {2019-01: 65}}\n", 3, "did you mean 0.65?"),
        ("set: {insurance.rate: {times: -1}}\n", 3, "cannot be"),
        ("set: {insurance.rate: {times: 1.1, from: 2019-01, to: 2018-01}}\n", 3, "Swap"),
        ("set: {registry.quota: {times: 2}}\n", 3, "cannot be multiplied"),
        ("set: {registry.line: {times: 2, from: 2019-01}}\n", 3, "in all months or none"),
        ("set: {illness.age_gradient: 2}\n", 3, "a list of 3 numbers"),
        ("set: {insurance.deductible: '1,000 yuan'}\n", 3, "Did you mean 1000"),
        ("set: {insurance.deductible: {value: 80, unit: 元}}\n", 3, "outside the range"),
        ("set: {insurance.deductible: {value: 0.1, unit: 万元}}\n", 3, "Did you mean 1000"),
        ("set: {insurance.premium: {unit: yuan/year}}\n", 3, "value is missing"),
        ("set: {insurance.premium: 20}\n", 3, "did you mean 240?"),
        ("until: 2016-01\n", 3, "2017-11 or later"),
        ("until: 201812\n", 3, "Did you mean 2018-12?"),
        ("title: 5\n", 3, "keys with values"),
        ("title: {en: 5}\n", 3, "in quotes"),
        ("about: {de: x}\n", 3, "Keys here are: en, zh"),
    ],
)
def test_each_mistake_alone(tmp_path, table, body, line, says):
    path = put(tmp_path, "mine", HEAD + body)
    faults = [fault for fault in check(path, table) if fault.severity == "fault"]
    assert len(faults) == 1, [str(fault) for fault in faults]
    assert says in str(faults[0]) and faults[0].line == line, str(faults[0])


def test_a_clause_that_the_base_does_not_have_needs_a_first_month(tmp_path, table):
    text = "name: mine\nbase: no-plan\nwith: {A3.1: {to: 2020-12}}\nwithout: [A4]\n"
    faults = check(put(tmp_path, "mine", text), table)
    assert ["the first month is missing" in str(f) for f in faults].count(True) == 1
    assert any("does nothing" in str(fault) for fault in faults if fault.severity == "warning")


def test_missing_name_and_base(tmp_path, table):
    path = put(tmp_path, "mine", "until: 2020-12\n")
    assert {fault.what for fault in check(path, table)} == {"name is missing", "base is missing"}


def test_bases_in_a_circle(tmp_path, table):
    put(tmp_path, "one", "name: one\nbase: two\n")
    path = put(tmp_path, "two", "name: two\nbase: one\n")
    assert "two -> one -> two" in str(check(path, table)[0])
    path = put(tmp_path, "plan", "name: plan\nbase: plan\n")
    assert "another name" in str(check(path, table)[0])


def test_mistakes_of_a_base_are_told_too(tmp_path, table):
    put(tmp_path, "below", "name: below\nbase: plan\nuntill: 2020-12\n")
    path = put(tmp_path, "above", "name: above\nbase: below\nsett: {}\n")
    faults = check(path, table)
    assert {Path(fault.file).name for fault in faults} == {"above.yaml", "below.yaml"}
    assert len(check_files([path, tmp_path / "below.yaml"], table=table)) == 2


def test_warnings_do_not_stop_a_scenario(tmp_path, table):
    text = HEAD + "with: {A4.3: {to: 2020-12}, A9.2: {from: 2018-01}}\n"
    text += "set: {insurance.rate: {2016-01: 0.6}, illness.admission_rate: {times: 3}}\n"
    path = put(tmp_path, "mine", text)
    scenario = load_scenario(path, table, implemented=lambda: ["A4.3"])
    said = [str(fault) for fault in scenario.warnings if fault.file == str(path)]
    assert len(said) == 3 and all("warning" in text for text in said)
    for part in ("carries out A9.2 yet", "2018-01 (0.7) stays", "plausible range"):
        assert any(part in text for text in said)


def test_an_unknown_scenario_is_named(table):
    with pytest.raises(ScenarioError, match=r"without-medcal: .*Did you mean without-medical\?"):
        load_scenario("without-medcal", table)


def test_parameter_files_can_be_checked_and_used_together(tmp_path, table):
    cats = "{meaning: cats, unit: count, value: 2, range: [0, 9], source: a, grade: assumed}"
    extra = put(tmp_path, "pets", f"cats: {cats}\ndogs: {{meaning: dogs, value: 1}}\n")
    path = put(tmp_path, "mine", HEAD + "set: {pets.cats: 3, pets.dogs: 1}\n")
    faults = check_files([path, extra], table=table)
    assert {fault.where for fault in faults} == {"dogs"}, "a broken parameter is told of once"
    assert {fault.file for fault in check_files([tmp_path], table=table)} == {str(extra)}


def test_an_error_crosses_a_process_border(tmp_path, table):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(put(tmp_path, "many", MANY), table)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_json_schema_names_keys_clauses_and_parameters(table):
    schema = json_schema(table)
    scenario = schema["scenario"]
    known = {"name", "title", "about", "base", "with", "without", "only", "fade", "set", "until"}
    assert set(scenario["properties"]) == known
    assert "A4.3" in scenario["properties"]["with"]["propertyNames"]["enum"]
    assert "T4" not in scenario["properties"]["with"]["propertyNames"]["enum"]
    assert "insurance.rate" in scenario["properties"]["set"]["propertyNames"]["enum"]
    assert "grade" in schema["parameters"]["additionalProperties"]["required"]
