"""Each kind of fault: found, at its place, with how to mend it, and never with a traceback."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from app.cli import main
from calibration.registration.faults import Faults, RegistrationError, read_rules
from calibration.registration.importing import Options, check
from tests.calibration.registration.exports import Rows, export, write_csv, write_xlsx

Change = Callable[[Rows], None]


def _set(header: str, row: int, text: str) -> Change:
    """Put a text into the cell of a column; `row` as Excel counts."""

    def change(rows: Rows) -> None:
        rows[row - 1][rows[0].index(header)] = text

    return change


def _add(header: str, row: int, more: float) -> Change:
    def change(rows: Rows) -> None:
        at = rows[0].index(header)
        rows[row - 1][at] = str(float(rows[row - 1][at]) + more)

    return change


def _found(
    folder: Path, homes: Change | None = None, people: Change | None = None,
    options: Options | None = None,
) -> Faults:  # fmt: skip
    rows = export(4)
    for change, part in zip((homes, people), rows, strict=True):
        if change:
            change(part)
    files = [write_csv(folder / "h.csv", rows[0]), write_csv(folder / "m.csv", rows[1])]
    return check(files, options).faults


CELLS = [
    ("type", _set("工资性收入", 3, "七千"), "工资性收入", "(not shown: 2 characters)"),
    ("type", _set("家庭人口数", 3, "4.5"), "家庭人口数", "4.5"),
    ("range", _set("林果面积", 3, "90000"), "林果面积", "90000"),
    ("range", _set("家庭人口数", 3, "0"), "家庭人口数", "0"),
    ("usual", _set("林果面积", 3, "250"), "林果面积", "250"),
    ("code", _set("主要致贫原因", 3, "因穷"), "主要致贫原因", "(not shown: 2 characters)"),
    ("code", _set("是否危房户", 3, "7"), "是否危房户", "7"),
    ("code", _set("次要致贫原因", 3, "缺技术,88"), "次要致贫原因", "(not shown: 6 characters)"),
    ("county", _set("县", 3, "大县"), "县", "(not shown: 2 characters)"),
    ("township", _set("乡", 3, "小镇"), "乡", "(not shown: 2 characters)"),
    ("vintage", _set("年度", 3, "2031"), "年度", "2031"),
    ("missing", _set("户编号", 3, " "), "户编号", ""),
    ("missing", _set("县", 3, ""), "县", ""),
    ("personal", _set("工资性收入", 3, "13912345678"), "工资性收入", ""),
    ("lost_digits", _set("户编号", 3, "6.22926E+16"), "户编号", ""),
]


@pytest.mark.parametrize(("rule", "change", "column", "value"), CELLS)
def test_a_cell(rule: str, change: Change, column: str, value: str, tmp_path: Path) -> None:
    found = [f for f in _found(tmp_path, change) if f.rule == rule]
    assert [(f.file, f.row, f.column, f.value) for f in found] == [("h.csv", 3, column, value)]
    assert found[0].why and found[0].mend


def test_every_fault_at_once(tmp_path: Path) -> None:
    def all_of(rows: Rows) -> None:
        for k, (_, change, _, _) in enumerate(CELLS[:7]):
            if k not in (1, 4):  # each in a cell of its own
                change(rows)

    rules = {f.rule for f in _found(tmp_path, all_of, _set("民族", 4, "火星族"))}
    assert {"type", "range", "code"} <= rules


LINKS = [
    ("double_household", lambda r: r.append(list(r[1])), None, "h.csv", 6),
    ("double_member", None, lambda r: r.append(list(r[1])), "m.csv", 18),
    ("no_household", lambda r: r.pop(2), None, "m.csv", 6),
    ("no_members", None, lambda r: r.__delitem__(slice(5, 9)), "h.csv", 3),
    ("size", None, lambda r: r.pop(5), "h.csv", 3),
    ("sum_property", _add("其他财产性收入", 3, 50), None, "h.csv", 3),
    ("sum_transfer", _add("养老保险金", 3, 90), None, "h.csv", 3),
    ("sum_income", _add("年收入", 3, 50), None, "h.csv", 3),
    ("sum_net", _add("生产经营性支出", 3, 90), None, "h.csv", 3),
    ("per_head", _add("人均纯收入", 3, 50), None, "h.csv", 3),
    ("heads", None, _set("与户主关系", 6, "配偶"), "h.csv", 3),
    ("unequal", None, _set("致贫原因1", 6, "因残"), "h.csv", 3),
    ("other_county", None, _set("县", 6, "和政县"), "m.csv", 6),
]


@pytest.mark.parametrize(("rule", "homes", "people", "file", "row"), LINKS)
def test_a_link(
    rule: str, homes: Change, people: Change, file: str, row: int, tmp_path: Path
) -> None:
    found = [(f.file, f.row) for f in _found(tmp_path, homes, people) if f.rule == rule]
    assert (file, row) in found


COUNTY_RULES = [
    ("far_road", _set("与村主干路距离", 3, "7.5"), None),
    ("no_distance", _set("与村主干路距离", 3, ""), None),
    ("low_income", _set("年度", 3, "202012"), None),
    ("small_wage", _set("工资性收入", 3, "120"), None),
    ("large_wage", _set("工资性收入", 3, "300001"), None),
    ("returned_land", _set("退耕还林面积", 3, "9"), None),
    ("free_business", _set("生产经营性支出", 3, "0"), None),
    ("ecology_no_land", _set("退耕还林面积", 3, "0"), None),
    ("small_dibao", _set("低保金", 3, "150"), None),
    ("small_pension", _set("养老保险金", 3, "60"), None),
    ("much_land", _set("耕地面积", 3, "120"), None),
    ("exited_house", _set("危房级别", 3, "D级"), None),
    ("exited_water", _set("是否解决安全饮用水", 3, "否"), None),
    ("unable_months", None, _set("劳动技能", 6, "无劳动力")),
    ("old_worker", None, _set("证件号码", 6, "62292619500115001142")),
    ("disabled_no_certificate", None, _set("证件号码", 6, "622926198001150036")),
]


@pytest.mark.parametrize(("rule", "homes", "people"), COUNTY_RULES)
def test_a_rule_of_county_users(
    rule: str, homes: Change | None, people: Change | None, tmp_path: Path
) -> None:
    if rule == "low_income":

        def homes(rows: Rows) -> None:
            _set("年度", 3, "202012")(rows)
            _set("人均纯收入", 3, "3900")(rows)

    faults = _found(tmp_path, homes, people)
    row = 3 if homes else 6
    assert [f.row for f in faults.of(rule)] == [row]
    assert faults.severity(rule) == "warning"


def test_rules_that_may_pass_as_warnings(tmp_path: Path) -> None:
    faults = _found(
        tmp_path, _add("年收入", 3, 50), options=Options(warn=frozenset({"sum_income"}))
    )
    assert not faults.errors and faults.counts("warning") == {"sum_income": 1}
    assert not _found(tmp_path, _add("年收入", 3, 50), options=Options(tolerance=60)).errors
    with pytest.raises(RegistrationError, match="only these may pass"):
        _found(tmp_path, options=Options(warn=frozenset({"type"})))


def test_members_without_a_household_are_left_out_on_request(tmp_path: Path) -> None:
    homes, people = export(4)
    del homes[2]
    files = [write_csv(tmp_path / "h.csv", homes), write_csv(tmp_path / "m.csv", people)]
    found = check(files, Options(warn=frozenset({"no_household"})))
    assert not found.faults.errors
    assert (len(found.households), len(found.members)) == (3, 12)


def _file(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def _cut(folder: Path) -> Path:
    path = write_xlsx(folder / "cut.xlsx", export(4)[0])
    path.write_bytes(path.read_bytes()[:-400])
    return path


def _damaged(folder: Path) -> Path:
    path = write_xlsx(folder / "damaged.xlsx", export(4)[0])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:700]
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


def _sheets(*titles: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title in titles:
            sheet = book.create_sheet(title)
            for row in export(4)[0] if title.startswith("户") else [["说明"], ["无"]]:
                sheet.append(row)
        book.save(folder / "sheets.xlsx")
        return folder / "sheets.xlsx"

    return make


def _lines(*lines: str) -> bytes:
    return "\n".join([",".join(export(1)[0][0]), *lines]).encode()


FILES = [
    ("no_file", lambda folder: folder / "nowhere.csv"),
    ("unreadable", lambda folder: folder),
    ("unknown_kind", _file("a.pdf", b"%PDF")),
    ("empty_file", _file("a.csv", b"")),
    ("empty_file", _file("a.xlsx", b"")),
    ("old_excel", _file("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600)),
    ("not_excel", _file("a.xlsx", ",".join(export(1)[0][0]).encode())),
    ("truncated", _cut),
    ("encoding", _file("a.csv", _lines() + b"\xff\xfe\xff\x80")),
    ("nul_bytes", _file("a.csv", _lines("a,b\0,c"))),
    ("broken_csv", _file("a.csv", _lines('"never closed,1,2'))),
    ("ragged_row", _file("a.csv", _lines("1,2,3"))),
    ("no_rows", _file("a.csv", _lines())),
    ("no_data_sheet", _file("a.csv", b"a,b,c\n1,2,3\n")),
    ("no_data_sheet", _sheets("说明")),
    ("ambiguous_sheet", _sheets("户1", "户2", "说明")),
]


@pytest.mark.parametrize(("rule", "make"), FILES)
def test_a_file(
    rule: str, make: Callable[[Path], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    assert main(["registration", "check", str(path)]) == 2
    told = capsys.readouterr()
    assert f"{rule} × 1" in told.out and path.name in told.out
    assert "Traceback" not in told.out + told.err


def test_a_damaged_sheet_is_told(tmp_path: Path) -> None:
    assert check([_damaged(tmp_path)]).faults.errors


def test_the_data_sheet_is_found_among_others(tmp_path: Path) -> None:
    path = _sheets("封面", "户", "说明")(tmp_path)
    (one,) = check([path]).files
    assert (one["rows"], one["place"].sheet) == (4, "户")


def test_merged_cells_formula_errors_and_floats_in_excel(tmp_path: Path) -> None:
    homes, _ = export(4)
    path = write_xlsx(tmp_path / "h.xlsx", [["建档立卡户表"], *homes])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.merge_cells("A1:D1")  # a title above the header is no fault
    sheet.merge_cells("C4:C5")
    sheet["V3"].value, sheet["V3"].data_type = "#REF!", "e"
    sheet["F3"] = 622926000100000000.0
    book.save(path)
    found = {(f.rule, f.row, f.column, f.why.partition("(")[2]) for f in check([path]).faults}
    assert {(rule, row, column) for rule, row, column, _ in found} >= {
        ("merged_cells", 4, "县"),
        ("formula_error", 3, homes[0][21]),
        ("lost_digits", 3, "户编号"),
    }
    assert any("C4:C5" in why for _, _, _, why in found)


def test_columns_twice_missing_or_empty(tmp_path: Path) -> None:
    homes, people = export(4)
    at = homes[0].index("林地面积")
    for row in homes:
        row.append(row[at])
    county = people[0].index("县")
    for row in people[1:]:
        row[county] = row[people[0].index("民族")] = ""
    people[0][people[0].index("人编号")] = "编号"
    files = [write_csv(tmp_path / "h.csv", homes), write_csv(tmp_path / "m.csv", people)]
    found = [(f.rule, f.file, f.column) for f in check(files).faults]
    assert ("double_column", "h.csv", "林地面积") in found
    assert ("no_column", "m.csv", "人编号") in found
    assert ("empty_required", "m.csv", "县") in found
    assert ("empty_column", "m.csv", "民族") in found
    assert not [f for f in found if f[0] == "missing"]


def test_an_export_without_numbers_of_households(tmp_path: Path) -> None:
    faults = _found(tmp_path, lambda rows: rows[0].__setitem__(5, "编号"))
    assert [(f.file, f.column) for f in faults.of("no_column")] == [("h.csv", "户编号")]


def test_a_household_file_of_a_header_alone(tmp_path: Path) -> None:
    faults = _found(tmp_path, lambda rows: rows.__delitem__(slice(1, None)))
    assert faults.counts("error") == {"no_rows": 1, "no_household": 16}


def test_rows_of_ids_that_excel_cut(tmp_path: Path) -> None:
    def cut(rows: Rows) -> None:
        for row in rows[1:]:
            row[0 + rows[0].index("户编号")] = row[rows[0].index("户编号")][:15] + "000"

    assert len(list(_found(tmp_path, cut).of("lost_digits"))) == 4


def test_blank_rows_and_quoted_breaks_count_as_in_excel(tmp_path: Path) -> None:
    homes, _ = export(4)
    homes[1][homes[0].index("村")] = "第一\n村"
    homes.insert(2, [""] * len(homes[0]))
    homes[3][homes[0].index("工资性收入")] = "?"
    (fault,) = check([write_csv(tmp_path / "h.csv", homes)]).faults.of("type")
    assert fault.row == 4


def test_the_list_of_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    homes, people = export(4)
    for row in homes[1:]:
        row[homes[0].index("是否危房户")] = "?"
    files = [str(write_csv(tmp_path / "h.csv", homes)), str(write_csv(tmp_path / "m.csv", people))]
    listed = tmp_path / "faults.csv"
    call = ["registration", "check", *files, "--faults", str(listed), "--lang", "zh"]
    assert main(call) == 2
    with listed.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [(row["rule"], row["row"], row["column"]) for row in rows] == [
        ("code", str(k), "是否危房户") for k in (2, 3, 4, 5)
    ]
    out = capsys.readouterr().out
    assert "代码表" in out and "另有 1 处" in out


def test_every_rule_is_told_in_both_languages() -> None:
    for part in ("faults", "rules"):
        for name, entry in read_rules()[part].items():
            assert entry["why"] and entry["why_zh"], name
            assert part == "rules" or (entry["mend"] and entry["mend_zh"]), name
