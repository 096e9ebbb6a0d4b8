"""Whatever is done to a file, the reader answers with faults or a scenario, never a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scenarios import Scenario, ScenarioError, clauses, load_scenario
from scenarios.parameter import parameters_from
from scenarios.yaml_file import read_yaml
from sim.calendar import month_index, month_text

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

SOUND = """\
name: mine
title: {en: Mine, zh: 我的}
base: plan
with:
  A4.3: {from: 2018-01, to: 2020-12, intensity: 1.0}
  A3.1:
    - {from: 2018-01, to: 2018-12}
    - {from: 2019-06}
without: [A2.6]
set:
  illness.admission_rate: {times: 1.5, from: 2018-01}
  insurance.rate: {2019-01: 0.8}
  insurance.deductible: {value: 900, unit: yuan}
  registry.quota: none
  illness.age_gradient: [1, 1, 2]
until: 2020-12
"""

PIECES = st.sampled_from(
    ["", " ", "\n", "\t", ":", ": ", "- ", "{", "}", "[", "]", "'", '"', "#", "&a ", "*a", "!x ",
     "|", ">", "%", "~", "null", "true", "no", "1e999", "-1", "2018-13", "2018-01-01", "{}", "[]",
     "A4.3", "A4", "\x00", "\ufeff", "\u2028", "\r", "方案", "\ud83d", "? ", "---\n", "<<: "]
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def answer(folder: Path, content: bytes, table) -> Scenario | ScenarioError:
    path = folder / "mine.yaml"
    path.write_bytes(content)
    lines = content.count(b"\n") + content.count(b"\r") + content.count(b"\xe2\x80\xa8") + 2
    try:
        scenario = load_scenario(path, table)
    except ScenarioError as error:
        assert error.faults and all(fault.what and fault.line >= 1 for fault in error.faults)
        assert all(f.line <= lines for f in error.faults if f.file == str(path))
        assert all(str(fault) in str(error) for fault in error.faults)
        return error
    scenario.resolve(None, month_index("2017-11"), month_index("2021-01"))
    scenario.digest()
    return scenario


def test_the_file_that_is_mutated_is_sound(folder, table):
    assert isinstance(answer(folder, SOUND.encode(), table), Scenario)


@QUICK
@given(data=st.data())
def test_mutated_text(folder, table, data):
    text = SOUND
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 6)))
        text = text[:start] + data.draw(PIECES | st.text(max_size=4)) + text[end:]
    answer(folder, text.encode("utf-8", "surrogatepass"), table)


@QUICK
@given(position=st.integers(0, len(SOUND.encode())), content=st.binary(max_size=3))
def test_mutated_bytes(folder, table, position, content):
    sound = SOUND.encode()
    answer(folder, sound[:position] + content + sound[position + 1 :], table)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["2018-01", "A4.3", "A4", "plan", "70%"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["from", "to", "times", "value", "unit", "2018-01", "A4.3", "en", "x"]),
        inner, max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip


@QUICK
@given(
    data=st.dictionaries(
        st.sampled_from(
            ["name", "title", "about", "base", "with", "without", "only", "set", "until", "x"]
        ),
        VALUES,
    ),
    key=st.sampled_from(["illness.admission_rate", "insurance.rate", "illness.age_gradient",
                         "registry.quota", "insurance.stack", "registry.line"]),
    value=VALUES,
)  # fmt: skip
def test_any_structure(folder, table, data, key, value):
    path = folder / "mine.yaml"
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        YAML(typ="safe", pure=True).dump({"set": {key: value}, **data}, file)
    answer(folder, path.read_bytes(), table)


@QUICK
@given(
    entry=st.dictionaries(
        st.sampled_from(["meaning", "unit", "value", "range", "prior", "factor", "source", "grade",
                         "choices", "clause", "interpolate", "x"]),
        VALUES | st.sampled_from(["share", "choice", "switch", "uniform(0, 1)", "plan"])
        | st.lists(st.floats(), max_size=3),
    )
)  # fmt: skip
def test_any_parameter_entry(folder, entry):
    path = folder / "group.yaml"
    with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
        YAML(typ="safe", pure=True).dump({"thing": entry}, file)
    file = read_yaml(path)
    assert parameters_from(file) or file.faults


MONTHS = st.integers(month_index("2015-11"), month_index("2030-12"))
SWITCHABLE = [clause.id for clause in clauses().values() if clause.switchable]


@QUICK
@given(
    spans=st.dictionaries(
        st.sampled_from(SWITCHABLE),
        st.tuples(MONTHS, st.none() | MONTHS, st.floats(0.01, 1)),
        max_size=5,
    ),
    rate=st.dictionaries(MONTHS, st.floats(0.5, 0.9), min_size=1, max_size=4),
    until=st.integers(month_index("2017-11"), month_index("2030-12")),
)
def test_what_is_written_is_what_is_read(folder, table, spans, rate, until):
    assume(all(last is None or last >= first for first, last, _ in spans.values()))
    data = {
        "name": "mine",
        "base": None,
        "with": {
            clause: {
                "from": month_text(first),
                **({} if last is None else {"to": month_text(last)}),
                "intensity": intensity,
            }
            for clause, (first, last, intensity) in spans.items()
        },
        "set": {"insurance.rate": {month_text(month): value for month, value in rate.items()}},
        "until": month_text(until),
    }
    path = folder / "mine.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(data, file)
    scenario = load_scenario(path, table)
    assert scenario.clauses == {clause: (span,) for clause, span in spans.items()}
    assert scenario.changes["insurance.rate"][0].amount == rate
    assert scenario.until == until
    array = scenario.resolve(None, min(rate), min(rate))["parameters"]["insurance"]["rate"]
    assert array[0] == rate[min(rate)]
