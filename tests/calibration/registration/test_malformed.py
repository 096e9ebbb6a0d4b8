"""Whatever a file holds, a check tells faults or succeeds, and never anybody's number."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.cli import main
from calibration.registration.faults import Faults
from calibration.registration.fields import TABLES, read_fields
from calibration.registration.importing import Checked, check
from calibration.registration.report import report
from calibration.registration.table_fields import read_tables
from tests.calibration.registration.exports import Rows, export, write_csv, write_xlsx

PLANTED = ("62292619851115301X", "13893012345", "6217003810012345675")
"""An ID number, a telephone and a card that no output may hold."""

_QUICK = settings(
    max_examples=30, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "big5")


def _headers(table: str) -> list[str]:
    fields = read_fields().of(table)
    return [h for one in fields for h in (*one.headers, one.code) if h]


def _table_headers(name: str) -> list[str]:
    return [h for c in read_tables()[name].columns.values() for h in (c.zh, c.name)]


HEADERS = {**{t: _headers(t) for t in TABLES}, **{t: _table_headers(t) for t in read_tables()}}

_CELLS = st.one_of(
    st.sampled_from(
        ["", "是", "否", "1", "0", "-1", "3.5", "2017", "201712", "1e400", "1,234", "因病", "东乡",
         "622926", "6.22926E+17", "#REF!", "#N/A", "nan", "=1/0", "户主", "达板镇", "2018-13", "\"",
         "'", ";;", "1;2", "99999999999999999999", "0x10", "１２", "٣", "1_000", *PLANTED]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.integers(-(10**12), 10**12).map(str),
    st.floats().map(str),
)  # fmt: skip


@st.composite
def _rows(draw: st.DrawFn) -> Rows:
    """A header of some fields of a table, with rows that need not fit it."""
    table = draw(st.sampled_from(sorted(HEADERS)))
    keys = {"household": ["户编号"], "member": ["户编号", "人编号"]}.get(table, ["县", "年度"])
    some = draw(st.lists(st.sampled_from(HEADERS[table]), min_size=4, max_size=14))
    header = draw(st.permutations(keys + some)) if draw(st.booleans()) else some
    width = len(header)
    body = draw(st.lists(st.lists(_CELLS, min_size=width, max_size=width + 1), max_size=5))
    title = draw(st.sampled_from([[], [["标题"]], [["", ""], ["x"]]]))
    return [*title, list(header), *body]


def _told(files: Sequence[Path]) -> str:
    """Everything that a check says, in both languages."""
    checked = check(files)
    faults = "\n".join(map(str, checked.faults))
    words = [report(checked, lang, 10) for lang in ("en", "zh")]
    return "\n".join([faults, *words])


def _safe(told: str) -> None:
    assert not [number for number in PLANTED if number in told]


@given(rows=_rows(), encoding=st.sampled_from(_ENCODINGS), delimiter=st.sampled_from(",;\t"))
@_QUICK
def test_any_csv(rows: Rows, encoding: str, delimiter: str, tmp_path: Path) -> None:
    lines = [delimiter.join(cell.replace("\r", " ") for cell in row) for row in rows]
    path = tmp_path / "any.csv"
    path.write_bytes("\n".join(lines).encode(encoding, errors="replace"))
    _safe(_told([path]))


@given(rows=_rows(), numbers=st.booleans())
@_QUICK
def test_any_excel(rows: Rows, numbers: bool, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "any.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_numbers": numbers, "nan_inf_to_errors": True}) as b:
        sheet = b.add_worksheet()
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if numbers:
                    sheet.write(r, c, cell)
                else:
                    sheet.write_string(r, c, cell)
    _safe(_told([path]))


@given(rows=_rows(), other=_rows())
@_QUICK
def test_any_two_files_of_mixed_encodings(rows: Rows, other: Rows, tmp_path: Path) -> None:
    one = write_csv(tmp_path / "one.csv", _encodable(rows), "utf-8")
    two = write_csv(tmp_path / "two.csv", _encodable(other), "gb18030")
    _safe(_told([one, two, one]))


def _encodable(rows: Rows) -> Rows:
    return [[cell.replace("\x00", "") for cell in row] for row in rows]


@given(noise=st.binary(max_size=600), name=st.sampled_from(["a.csv", "a.xlsx", "a.txt"]))
@_QUICK
def test_binary_noise(noise: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(noise)
    assert check([path]).faults.errors


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    homes, _ = export(8)
    homes[1][homes[0].index("村办公电话")] = PLANTED[1]
    return write_xlsx(tmp_path_factory.mktemp("book") / "h.xlsx", homes).read_bytes()


@example(at=0.927734375, how="flip")
@given(at=st.floats(0, 1), how=st.sampled_from(["cut", "flip", "zeros"]))
@_QUICK
def test_a_damaged_workbook(at: float, how: str, workbook: bytes, tmp_path: Path) -> None:
    where = int(at * (len(workbook) - 40))
    damaged = {
        "cut": workbook[:where],
        "flip": workbook[:where] + bytes(b ^ 255 for b in workbook[where : where + 9]),
        "zeros": workbook[:where] + bytes(30),
    }[how]
    if how != "cut":
        damaged += workbook[len(damaged) :]
    path = tmp_path / "h.xlsx"
    path.write_bytes(damaged)
    _safe(_told([path]))


def _mixed(tmp_path: Path) -> list[Path]:
    """A file whose lines are of two encodings, as when two exports were joined."""
    homes, people = export(3)
    path = write_csv(tmp_path / "h.csv", homes, "utf-8")
    with path.open("ab") as out:
        out.write(",".join(homes[1]).replace("是", "有").encode("gb18030") + b"\n")
    return [path, write_csv(tmp_path / "m.csv", people)]


def _nothing(tmp_path: Path) -> list[Path]:
    """Columns and rows of nothing."""
    homes, people = export(3)
    for row in homes[1:]:
        row[homes[0].index("户编号")] = row[homes[0].index("工资性收入")] = ""
    homes += [[""] * len(homes[0])] * 3
    return [write_csv(tmp_path / "h.csv", homes), write_csv(tmp_path / "m.csv", people)]


def _years_and_homes(tmp_path: Path) -> list[Path]:
    """A county-year table that is no table, beside an export."""
    path = tmp_path / "years.xlsx"
    write_xlsx(path, [["县", "年度", "年末贫困人口"], ["x" * 40_000, "\U0001f600", "-" * 300]])
    return [path, *_nothing(tmp_path)]


@pytest.mark.parametrize("make", [_mixed, _nothing, _years_and_homes])
def test_the_command_tells_and_stops(
    make: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(path) for path in make(tmp_path)]  # type: ignore[operator]
    out = tmp_path / "out"
    told = ["registration", "import", *files, "--out", str(out), "--key", str(tmp_path / "k")]
    assert main(told) == 2
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said and "error" in said
    assert not out.exists()
    _safe(said)


def test_a_column_of_random_long_cells_is_quick_and_safe(tmp_path: Path) -> None:
    chance = random.Random(1)
    homes, people = export(20)
    at = homes[0].index("入户路类型")
    for row in homes[1:]:
        row[at] = "".join(chance.choices(string.printable, k=5000)) + PLANTED[0]
    files = [write_csv(tmp_path / "h.csv", homes), write_csv(tmp_path / "m.csv", people)]
    checked: Checked = check(files)
    assert isinstance(checked.faults, Faults) and checked.faults.counts("error")
    _safe("\n".join(map(str, checked.faults)))
