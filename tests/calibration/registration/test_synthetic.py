"""Synthetic exports and the empty form: clean ones are clean, planted faults are found."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from app.cli import main
from calibration.registration import synthetic, synthetic_files
from calibration.registration.faults import RegistrationError
from calibration.registration.importing import check
from calibration.registration.planted import PLANTS, chosen_faults
from calibration.registration.privacy import is_personal
from calibration.registration.synthesise import Wanted, synthesise
from calibration.registration.synthetic import read_export
from calibration.registration.template import write_template

COUNTIES = (622926, 621223)


def _made(folder: Path, number: int = 120, **more: object) -> list[Path]:
    wanted = Wanted(number, COUNTIES, **more)  # type: ignore[arg-type]
    return [path for path in synthesise(folder, wanted) if path.name != "faults_planted.csv"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an export without faults."""
    folder = tmp_path_factory.mktemp("plain") / "s"
    _made(folder)
    return folder


def _rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as source:
        return list(csv.DictReader(source))


@pytest.mark.parametrize(
    "more",
    [
        {"years": (2016, 2017, 2018)},
        {"codes": True, "encoding": "gb18030"},
        {"encoding": "utf-8-sig", "seed": 7},
        {"format": "xlsx"},
    ],
)
def test_without_faults_there_is_nothing_to_tell(more: dict[str, object], tmp_path: Path) -> None:
    checked = check(_made(tmp_path / "s", **more))
    assert not checked.faults.errors
    few = checked.faults.counts("warning")
    assert set(few) <= {"empty_column"}, few  # nobody has relapsed in a small export
    years = len(more.get("years", (1,)))  # type: ignore[arg-type]
    assert len(checked.households) >= 115 * years
    assert len(checked.tables.county_years) == 2 * years and len(checked.tables.villages)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_every_planted_fault_is_found_at_its_place(format: str, tmp_path: Path) -> None:
    files = _made(tmp_path / "s", format=format, faults=chosen_faults("all"))
    found = {(f.rule, f.file, f.sheet, str(f.row), f.column) for f in check(files).faults}
    planted = [tuple(row.values()) for row in _rows(tmp_path / "s" / "faults_planted.csv")]
    assert len(planted) == 3 * len(PLANTS) and {row[0] for row in planted} == set(PLANTS)
    assert not [row for row in planted if row[1:] not in found]


def test_the_header_is_the_export_that_was_seen(plain: Path) -> None:
    homes, people = (_rows(plain / f"{name}.csv") for name in ("households", "members"))
    assert list(homes[0]) == read_export()["household"] and len(homes[0]) == 53
    assert list(people[0]) == read_export()["member"]
    assert sum(int(row["家庭人口数"]) for row in homes) == len(people)


def test_invented_people_can_not_be_anybody(plain: Path) -> None:
    people = _rows(plain / "members.csv")
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    for row in people:
        number = row["证件号码"]
        assert number.startswith("999999") and len(number) in (18, 20) and is_personal(number)
        total = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True))
        assert number[17] != "10X98765432"[total % 11]
        assert number[6:12] == row["出生日期"].replace("-", "")
        assert (int(number[16]) % 2 == 0) == (row["性别"] == "女")
        assert row["姓名"].startswith("虚构") and row["联系电话"].startswith("142")
    assert all(is_personal(row["银行卡号"]) for row in _rows(plain / "households.csv"))


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        _made(tmp_path / name, 40, seed=seed, faults={"bad_code": 2})
    one, two, other = ([p.read_bytes() for p in sorted((tmp_path / n).iterdir())] for n in "abc")
    assert one == two != other


def test_more_households_than_people_have_new_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "_LARGEST", 100)  # so that the population built is small
    _made(tmp_path / "s", 1000)
    rows = _rows(tmp_path / "s" / "households.csv")
    assert len({row["户编号"] for row in rows}) == len(rows) > 950
    assert any(
        re.match(r"第1\d\d村", row["村"]) for row in rows
    )  # copies have villages of their own


def test_excel_goes_on_in_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic_files, "MOST_ROWS", 100)
    files = _made(tmp_path / "s", format="xlsx", faults={"duplicate_household": 1})
    assert {"households_2.xlsx", "members_2.xlsx", "members_5.xlsx"} <= {p.name for p in files}
    (planted,) = _rows(tmp_path / "s" / "faults_planted.csv")
    (fault,) = check(files).faults.of("double_household")
    assert (fault.file, str(fault.row)) == (planted["file"], planted["row"])


def test_what_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(RegistrationError, match="there already"):
        _made(tmp_path / "full")
    with pytest.raises(RegistrationError, match="own"):
        _made(tmp_path / "s", 5, faults={"bad_code": 6})
    with pytest.raises(RegistrationError, match="2016 to"):
        _made(tmp_path / "s", years=(2015,))
    with pytest.raises(RegistrationError, match="no fault 'nonsense'"):
        chosen_faults("nonsense=3")
    with pytest.raises(RegistrationError, match="no number"):
        chosen_faults("bad_code=x")
    assert not (tmp_path / "s").exists()


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "s"
    told = ["registration", "synthesise", str(out), "--households", "30", "--counties", "622926"]
    assert main([*told, "--years", "2017-2018"]) == 0
    assert "households.csv" in capsys.readouterr().out
    assert len({row["年度"] for row in _rows(out / "members.csv")}) == 2
    for bad in (["--counties", "东乡"], ["--years", "last"], ["--counties", "110101"]):
        assert main([*told, *bad]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert main(["registration", "template", str(tmp_path / "form.csv")]) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_is_empty_and_right(lang: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_template(path, lang)
    told = check([path]).faults
    assert told.counts("error") == {"no_rows": 2} and told.counts("warning") == {"table_empty": 2}
    book = openpyxl.load_workbook(path)
    home, person, years, villages, _codes, about = book.worksheets
    assert home.title == ("户" if lang == "zh" else "household")
    headers = [cell.value for cell in home[1]]
    assert "户编号" in headers and not {"户主姓名", "银行卡号", "姓名"} & set(headers)
    at = headers.index("户编号")
    assert home.column_dimensions[home.cell(1, at + 1).column_letter].number_format == "@"
    assert home.freeze_panes == "A2" and home.cell(1, at + 1).comment
    assert len(home.data_validations.dataValidation) > 10
    rows = {(r[0].value, r[1].value) for r in about.iter_rows()}
    for sheet in (home, person, years, villages):
        assert not [c.value for c in sheet[1] if (sheet.title, c.value) not in rows]
    assert (home.title, "银行卡号") in rows  # told, so that one knows that it is dropped


def test_a_form_that_is_filled_in_can_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for name in ("户", "人", "村"):
        del book[name]
    book["县年汇总"].append(["东乡", 2018, 30_000, 11_000, 7150, 3000])
    book.save(path)
    checked = check([path])
    assert not checked.faults.errors and len(checked.tables.county_years) == 1
    with zipfile.ZipFile(path) as archive:
        assert not [n for n in archive.namelist() if re.search("vba|external", n)]
