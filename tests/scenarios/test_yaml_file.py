"""The YAML reader: lines, duplicates, words that stay words, and files that cannot be read."""

from pathlib import Path

import pytest

from scenarios.yaml_file import YamlFile, read_yaml


def read(folder: Path, content: str | bytes) -> YamlFile:
    path = folder / "some.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path)


def test_words_dates_and_numbers(tmp_path):
    file = read(
        tmp_path,
        "no: no\non: on\nmonth: 2017-11\nday: 2017-11-01\ncode: 0123x\nquoted: '5'\nnumber: 5\n"
        "decimal: .5\npower: 1e3\nyes: true\nnothing:\ntime: 1:30\nunderscore: 1_000\n"
        "huge: 99999999999999999999\nlow: -.inf\n2018: x\n",
    )
    assert file.faults == []
    assert file.data == {
        "no": "no", "on": "on", "month": "2017-11", "day": "2017-11-01", "code": "0123x",
        "quoted": "5", "number": 5, "decimal": 0.5, "power": 1000.0, "yes": True, "nothing": None,
        "time": "1:30", "underscore": "1_000", "huge": 1e20, "low": float("-inf"), "2018": "x",
    }  # fmt: skip


def test_yaml_1_1_is_not_brought_back_by_a_directive(tmp_path):
    file = read(tmp_path, "%YAML 1.1\n---\na: no\nb: 1:30\n")
    assert file.data == {"a": "no", "b": "1:30"}


def test_lines_of_keys_and_items(tmp_path):
    file = read(tmp_path, "a: 1\n\nb:\n  c: {d: 1,\n      e: 2}\n  f:\n    - x\n    - y\n")
    assert file.line(("a",)) == 1
    assert file.line(("b", "c", "d")) == 4
    assert file.line(("b", "c", "e")) == 5
    assert file.line(("b", "f", 1)) == 8
    assert file.line(("b", "c", "not there")) == 4


def test_every_duplicate_key_is_reported_with_both_lines(tmp_path):
    file = read(tmp_path, "a: 1\nb: {c: 1, d: 2,\n  c: 3}\na: 2\na: 3\n")
    assert [(f.line, f.where) for f in file.faults] == [(3, "b.c"), (4, "a"), (5, "a")]
    assert "lines 1 and 4" in file.faults[1].what
    assert "lines 2 and 3" in file.faults[0].what
    assert file.data["a"] == 1


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("- a\n- b\n", 1, "holds a list"),
        ("\njust words\n", 2, "holds one value"),
        ("a:\n\tb: 1\n", 2, "spaces, not with tabs"),
        ("a: 1\nb: c: d\n", 2, "in quotes"),
        ("a: 1\nb: 'x\n", 2, "Close the quote"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a: &x 1\nb: *x\n", 2, "aliases"),
        ("a: *x\n", 1, "quotes"),
        ("a: 1\nb: !tag 2\n", 2, "tag"),
        ("a: 1\nb: \x07\n", 2, "retype"),
        ("[a, b]: 1\n", 1, "one word"),
        ("a: &a [*a]\n", 1, "aliases"),
        ("a: " + "[" * 1200, 1, "too deeply"),
        (b"a: 1\nb: \xff\xfe\xfa\n", 2, "not UTF-8"),
        ("a: 1\nname: 方案\n".encode("gb18030"), 2, "GB18030"),
        ("a: 1\n".encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(tmp_path, content, line, says):
    file = read(tmp_path, content)
    assert file.faults and file.faults[0].line == line
    assert says in str(file.faults[0])


def test_a_byte_order_mark_is_told_and_skipped(tmp_path):
    file = read(tmp_path, b"\xef\xbb\xbfname: x\n")
    assert file.data == {"name": "x"}
    assert [fault.severity for fault in file.faults] == ["warning"]


def test_a_missing_file_and_a_folder_are_faults(tmp_path):
    assert "no such file" in str(read_yaml(tmp_path / "none.yaml").faults[0])
    assert "directory" in str(read_yaml(tmp_path).faults[0])
