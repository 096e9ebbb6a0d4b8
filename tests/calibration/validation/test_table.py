"""The table over a made-up batch: pairs of runs, reasons, counts, and both of its faces."""

import math

import pytest

from calibration.validation.page import page, short, summary_lines, terminal
from calibration.validation.patterns import Patterns, read_patterns
from calibration.validation.schema import Pattern, Row
from calibration.validation.table import StoreMissing, counted, frame, lines, read_batch
from tests.calibration.validation.made import made_batch


def made(pattern, published, simulated, **more):
    fields = {
        "id": f"{pattern}_{len(str(simulated))}", "pattern": pattern, "use": "K", "en": "a share",
        "zh": "比例", "unit": "%", "source": "somebody", "grade": "seen", "published": published,
    }  # fmt: skip
    if simulated is not None:
        fields["simulated"] = simulated
    return Row.model_validate(fields | more)


def pay(year, **more):
    return {"sum": [{"indicator": "pay", "year": year}], **more}


@pytest.fixture
def batch_folder(tmp_path):
    def rows(value):
        return [(0, 2018, 0, "pay", "", value), (620102, 2018, 0, "pay", "", 1.0),
                (0, 2018, 0, "other", "", 0.0)]  # fmt: skip

    return made_batch(tmp_path / "made", {
        ("plan", 1, 0): rows(10.0), ("plan", 2, 0): rows(20.0), ("plan", 3, 0): rows(90.0),
        ("less", 1, 0): rows(5.0), ("less", 2, 0): rows(30.0),
    })  # fmt: skip


def table_of(folder, *rows, kinds=None):
    names = dict.fromkeys(str(row.pattern) for row in rows)
    patterns = Patterns(
        {n: Pattern(en=n, zh=n, use=(kinds or {}).get(n, "K")) for n in names}, rows
    )
    batch = read_batch(folder, patterns.indicators(), "plan")
    return patterns, batch, lines(patterns, batch)


def test_levels_and_contrasts_pair_by_pair(batch_folder):
    level = made("A", {"value": 40.0}, pay(2018), tolerance={"band": [30, 50]})
    against = made("B", {"value": 0.0}, pay(2018, contrast={"scenario": "less"}),
                   tolerance={"band": [-5, 5]})  # fmt: skip
    elsewhere = made("C", {"above": 0}, pay(2018, scenario="less"))
    _, _, table = table_of(batch_folder, level, against, elsewhere)
    assert [line.judged.mean for line in table] == [40.0, -2.5, 17.5]
    assert [line.judged.runs for line in table] == [3, 2, 2], "draw 3 has no partner"
    assert [line.judged.verdict for line in table] == ["agrees"] * 3


def test_what_cannot_be_said_is_said_with_the_reason_and_the_command(batch_folder):
    rows = (
        made("A", {"above": 0}, pay(2019)),
        made("B", {"above": 0}, pay(2019), run="fanpin run plan --until 2019-12"),
        made("C", {"above": 0}, pay(2018, contrast={"scenario": "without-medical"})),
        made("D", {"above": 0}, None, unsaid={"en": "too early", "zh": "太早"}),
        made("E", {"above": 0}, pay(2018, contrast={"scenario": "less"})),
    )
    _, _, table = table_of(batch_folder, *rows)
    assert {line.judged.verdict for line in table} == {"unsaid"}
    reasons = [line.reason["en"] for line in table]
    assert reasons[0] == "the runs do not hold it"
    assert "`fanpin run plan --until 2019-12 --out" in reasons[1]
    assert "no run of without-medical" in reasons[2]
    assert "fanpin run plan without-medical" in reasons[2]
    assert reasons[3] == "too early" and table[3].reason["zh"] == "太早"
    assert "50%" in reasons[4]


def test_the_count_of_patterns_is_honest(batch_folder):
    known = {"input": {"en": "built in"}}
    rows = (
        made("right", {"above": 0}, pay(2018)),
        made("right", {"above": 0}, pay(2019)),  # cannot be said: does not count against it
        made("built", {"above": 0}, pay(2018), **known),
        made("wrong", {"above": 0}, pay(2018)),
        made("wrong", {"below": 0}, pay(2018)),
        made("blank", {"above": 0}, pay(2019)),
        made("fitted", {"above": 0}, pay(2018)),
    )
    patterns, _, table = table_of(batch_folder, *rows, kinds={"fitted": "F"})
    assert counted(patterns, table) == {
        "right": ["right", "built"], "wrong": ["wrong"], "unsaid": ["blank"],
        "by construction": ["built"],
    }  # fmt: skip
    said = " ".join(summary_lines(patterns, table, "en"))
    assert "2 of 4 right" in said and "(1 of these by construction)" in said
    assert "1 wrong in at least one, 1 that cannot be said" in said


def test_both_faces_in_both_languages(batch_folder):
    rows = (
        made("A", {"value": 40.0, "place": "here"}, pay(2018), scope={"en": "else", "zh": "别处"},
             tolerance={"band": [30, 50], "why": {"en": "room", "zh": "余地"}}),
        made("B", {"below": 0}, pay(2018)), made("C", {"above": 0}, pay(2019)),
    )  # fmt: skip
    patterns, batch, table = table_of(batch_folder, *rows)
    for lang, words in (("en", ("agrees", "disagrees", "cannot be said")),
                        ("zh", ("一致", "不一致", "无法判断"))):  # fmt: skip
        text = terminal(patterns, table, lang, 100)
        assert all(word in text for word in words) and "40 [11 – 83]" in text
        assert "(1) " in text
        written = page(patterns, table, batch, "plan", lang, f"fanpin validate {batch_folder}")
        assert all(word in written for word in words) and "30 – 50" in written
        assert str(batch_folder) not in written and "runs/made" in written
        assert "somebody (seen)" in written
    assert "余地" in written and "别处" in written


def test_the_csv_has_every_row(batch_folder):
    _, _, table = table_of(batch_folder, made("A", {"above": 0}, pay(2018)),
                           made("C", {"above": 0}, pay(2019)))  # fmt: skip
    csv = frame(table)
    assert csv["verdict"].tolist() == ["agrees", "unsaid"] and csv["mean"].tolist()[0] == 40.0
    assert math.isnan(csv["mean"].tolist()[1]) and csv["reason"].tolist()[1]


def test_a_batch_that_lacks_what_is_asked(batch_folder, tmp_path):
    with pytest.raises(StoreMissing, match=r"no batch.json"):
        read_batch(tmp_path, {"pay"}, "plan")
    with pytest.raises(StoreMissing, match="it has plan, less"):
        read_batch(batch_folder, {"pay"}, "planned")
    for path in (batch_folder / "runs").iterdir():
        path.unlink()
    with pytest.raises(StoreMissing, match="no finished run"):
        read_batch(batch_folder, {"pay"}, "plan")


def test_the_shipped_rows_on_a_store_without_any_of_them(batch_folder):
    patterns = read_patterns()
    table = lines(patterns, read_batch(batch_folder, patterns.indicators(), "plan"))
    assert len(table) == len(patterns.rows)
    assert all(line.reason for line in table)


@pytest.mark.parametrize(("value", "text"), [
    (1289257.6, "1,289,258"), (0.0, "0"), (0.00368, "0.00368"), (9.6123, "9.61"), (41.04, "41"),
    (1e-5, "0.00001"), (-36.04, "-36"), (math.nan, "—"),
])  # fmt: skip
def test_numbers_for_the_eye(value, text):
    assert short(value) == text
