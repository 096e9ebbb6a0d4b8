"""The shipped patterns, a user's own, and every mistake in one with its line."""

import pytest

from calibration.figures import read_figures
from calibration.validation.patterns import PatternError, held_back, read_patterns
from scenarios.scenario import load_scenario
from sim.indicators.declared import declared_indicators
from sim.month import SCHEDULE

GOOD = """\
patterns:
  own: {en: My county, use: K}
rows:
  - id: mine
    pattern: own
    use: K
    en: Registered poor, end of 2018
    unit: persons
    source: the county's yearbook
    grade: seen
    published: {value: 9000}
    simulated: {sum: [{indicator: poor_registered, year: 2018, month: 12}]}
    tolerance: {ratio: [0.8, 1.2], why: {en: a fifth}}
"""


def write(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path, text):
    with pytest.raises(PatternError) as found:
        read_patterns(write(tmp_path, text))
    assert isinstance(found.value, ValueError)
    return str(found.value)


def test_what_is_kept_back_stands_in_the_table_as_such_and_nowhere_among_the_figures():
    rows = read_patterns().rows
    assert {row.held for row in rows if row.use == "V"} == set(held_back())
    assert not [row.id for row in rows if row.use != "V" and row.held]
    figures = read_figures()
    assert not set(held_back()) & set(figures)
    fitted = {(figure.key, figure.value) for figure in figures.values()}
    published = {"stock_2019": 175000, "fall_2019": 935000, "incidence_2019": 0.9,
                 "income_2019": 9629, "income_2020": 10344}  # fmt: skip
    for name, value in published.items():
        assert (held_back()[name][0], value) not in fitted
        (row,) = [row for row in rows if row.held == name]
        assert row.published.value == value


def test_every_pattern_that_is_to_be_checked_has_a_row():
    patterns = read_patterns()
    asked = {"P1", "P2", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P14", "P16", "P17",
             "P20", "P21"}  # fmt: skip
    assert asked <= {row.pattern for row in patterns.rows}
    assert {n for n in asked if patterns.patterns[n].use == "F"} == {"P1", "P5", "P8"}
    for row in patterns.rows:
        assert row.en and row.zh and row.published.place and row.published.time, row.id
        for text in (row.scope, row.input, row.unsaid, row.tolerance and row.tolerance.why):
            assert text is None or (text.en and text.zh), row.id


def test_the_shipped_rows_ask_for_indicators_and_scenarios_that_exist():
    counted = {one.name for observation in SCHEDULE.observations for one in observation.indicators}
    counted |= {one.name for one in declared_indicators(SCHEDULE.columns())}
    assert read_patterns().indicators() <= counted
    for row in read_patterns().rows:
        model = row.simulated
        if model is not None and model.contrast is not None and row.run is None:
            load_scenario(model.contrast.scenario)
    load_scenario("docs/examples/without-transfers.yaml")


def test_a_users_rows_come_after_the_shipped_ones(tmp_path):
    own, shipped = read_patterns(write(tmp_path, GOOD)), read_patterns()
    assert [row.id for row in own.rows] == [*(row.id for row in shipped.rows), "mine"]
    example = read_patterns("docs/examples/own-patterns.yaml")
    assert len(example.rows) == len(shipped.rows) + 2
    assert own.patterns["own"].use == "K" and "poor_registered" in own.indicators()


@pytest.mark.parametrize(("old", "new", "line", "words"), [
    ("indicator: poor_registered", "indicater: poor_registered", 12, "Did you mean indicator?"),
    ("pattern: own", "pattern: owm", 5, "Did you mean own?"),
    ("pattern: own", "pattrn: own", 5, "Did you mean pattern?"),
    ("use: K\n    en", "use: V\n    en", 6, "held_back.csv"),
    ("use: K\n    en", "use: W\n    en", 6, "F or K or V"),
    ("use: K\n    en", "use: F\n    held: stock_2019\n    en", 7, "kept back cannot be F"),
    ("id: mine", "id: P1_stock_2018", 4, "another row"),
    ("value: 9000", "value: nine", 11, "not a number"),
    ("value: 9000", "value: 9000, above: 0", 11, "one of value, above and below"),
    ("value: 9000", "value: 9000, times: [scope_shore]", 11, "Did you mean scope_share?"),
    ("year: 2018", "year: 1018", 12, "no year"),
    (", year: 2018", "", 12, "has no year"),
    ("month: 12", "month: 13", 12, "no month"),
    ("sum: [{", "chain: [], sum: [{", 12, "one of sum, survival"),
    ("ratio: [0.8, 1.2], ", "", 13, "ratio or band"),
    (", why: {en: a fifth}", "", 13, "why is missing"),
    ("    source: the county's yearbook\n", "", 4, "source is missing"),
    ("own: {en: My county, use: K}", "P1: {en: My county, use: K}", 2, "shipped pattern"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, line, words):
    assert old in GOOD
    text = faults(tmp_path, GOOD.replace(old, new))
    assert f"mine.yaml:{line}: " in text and words in text


def test_all_mistakes_come_at_once(tmp_path):
    text = faults(tmp_path, GOOD.replace("grade: seen", "grade: sean").replace("9000", "x"))
    assert "2 mistakes" in text and "seen" in text and "mine.yaml:10" in text


@pytest.mark.parametrize("text", ["", "rows: {}\n", "rows: [1]\n", "- a\n", "rows: [\n", "a: 1\n"])
def test_a_file_that_is_none_never_ends_in_a_traceback(tmp_path, text):
    assert "mine.yaml" in faults(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(PatternError, match="cannot be read"):
        read_patterns(tmp_path / "none.yaml")
