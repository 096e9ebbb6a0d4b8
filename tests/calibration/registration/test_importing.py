"""Importing registration exports: what comes out, in every form that goes in."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.registration import writing
from calibration.registration.counting import counts
from calibration.registration.faults import RegistrationError
from calibration.registration.fields import plain, read_fields
from calibration.registration.importing import Checked, Options, check
from calibration.registration.store import ImportedError, read_imported
from calibration.registration.vintage import VintageError, read_vintages
from calibration.registration.writing import import_files
from sim.world.codes import Cause, Ethnicity, Registered, Relation, Skill
from tests.calibration.registration.exports import (
    HOUSEHOLD,
    MEMBER,
    Rows,
    export,
    write_csv,
    write_xlsx,
)

KEY = b"k" * 32


def _csv(folder: Path, rows: tuple[Rows, Rows], encoding: str = "utf-8") -> list[Path]:
    return [
        write_csv(folder / f"{name}.csv", part, encoding)
        for name, part in zip(("homes", "people"), rows, strict=True)
    ]


@pytest.fixture(scope="module")
def plainly(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Twelve households read from UTF-8 with headers in the usual order."""
    return check(_csv(tmp_path_factory.mktemp("plain"), export(12)), key=KEY)


def _same(one: Checked, other: Checked) -> None:
    pd.testing.assert_frame_equal(one.households, other.households)
    pd.testing.assert_frame_equal(one.members, other.members)


def test_every_header_of_the_known_exports_is_a_field() -> None:
    fields = read_fields()
    assert len(HOUSEHOLD) == 53
    assert not [name for name in HOUSEHOLD if fields.named(name, "household") is None]
    assert not [name for name in MEMBER if fields.named(name, "member") is None]
    assert fields.named("AAC007", "household") is fields["cause"]
    assert plain(" 务工时间（月）* ") == plain("务工时间(月)")


def test_what_a_household_becomes(plainly: Checked) -> None:
    assert not plainly.faults.errors and not plainly.faults.warnings
    homes = plainly.households
    assert len(homes) == 12 and homes["household_id"].is_unique
    one = homes[homes["income_per_head"] == 4030].iloc[0]
    assert (one["year"], one["county"], one["township"]) == (2016, 622926, 622926101)
    assert (one["size"], one["cause"], one["registered"]) == (4, Cause.ILLNESS, Registered.EXITED)
    assert one["other_causes"] == (1 << Cause.SKILLS) | (1 << Cause.FUNDS)
    assert (one["net_income"], one["wage"], one["exit_year"]) == (16120, 7000, 2016)
    assert one["first_date"] == 2013 * 12 + 11
    assert homes["household_id"].dtype == np.uint64 and homes["cause"].dtype == np.int8
    assert homes["village"].nunique() == 3


def test_what_a_member_becomes(plainly: Checked) -> None:
    people = plainly.members
    assert len(people) == 48 and people["member_id"].is_unique
    assert set(people["household_id"]) == set(plainly.households["household_id"])
    heads = people[people["relation"] == Relation.HEAD]
    assert set(heads["member_id"]) == set(plainly.households["head_id"])
    assert set(heads["health"]) == {1 | 4} and set(heads["disability_grade"]) == {2}
    assert set(people["ethnicity"]) == {Ethnicity.DONGXIANG}
    assert set(people["skill"]) == {Skill.ORDINARY}
    assert people["birth"].between(1970 * 12, 1996 * 12).all()
    assert set(people["female"]) == {0, 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str, plainly: Checked, tmp_path: Path) -> None:
    _same(check(_csv(tmp_path, export(12), encoding), key=KEY), plainly)


def test_codes_as_headers_in_any_order_with_titles_and_more_columns(
    plainly: Checked, tmp_path: Path
) -> None:
    fields = read_fields()
    changed: list[Rows] = []
    for table, rows in zip(("household", "member"), export(12), strict=True):
        named = [fields.named(name, table) for name in rows[0]]
        header = [
            (one.code.upper() if one and one.code else name)
            for one, name in zip(named, rows[0], strict=True)
        ]
        body = [["甘肃省建档立卡数据"] + [""] * len(header), [""] * (len(header) + 1)]
        body += [[*reversed(header), "备注"], *([*reversed(row), "无"] for row in rows[1:])]
        changed.append(body)
    found = check(_csv(tmp_path, (changed[0], changed[1])), key=KEY)
    _same(found, plainly)
    assert [one["extra"] for one in found.files] == [["备注"], ["备注"]]


def test_xlsx_with_numbers_as_numbers(plainly: Checked, tmp_path: Path) -> None:
    homes, people = export(12)
    for row in homes[1:]:
        for k, text in enumerate(row):
            if homes[0][k] not in ("户编号", "户主编号") and text.replace(".", "").isdigit():
                row[k] = float(text)  # type: ignore[call-overload]
    files = [
        write_xlsx(tmp_path / "homes.xlsx", homes, "户"),
        write_xlsx(tmp_path / "people.xlsx", people),
    ]
    _same(check(files, key=KEY), plainly)


def test_several_files_of_several_years_keep_ids(tmp_path: Path) -> None:
    files = []
    for year in ("2016", "2017"):
        folder = tmp_path / year
        folder.mkdir()
        files += _csv(folder, export(6, year))
    found = check([files[3], files[0], files[2], files[1]], key=KEY)
    assert not found.faults.errors
    homes = found.households
    assert len(homes) == 12 and homes["household_id"].nunique() == 6
    assert set(homes["year"]) == {2015, 2016}
    other = check(files, key=b"j" * 32)
    assert not set(other.households["household_id"]) & set(homes["household_id"])


def test_members_alone_make_their_households(plainly: Checked, tmp_path: Path) -> None:
    _, people = export(12)
    found = check([write_csv(tmp_path / "people.csv", people)], key=KEY)
    assert not found.faults.errors
    assert len(found.households) == 12
    assert set(found.households["income_per_head"]) == set(plainly.households["income_per_head"])
    assert "wage" not in found.households


def test_vintages_are_a_table(tmp_path: Path) -> None:
    table = read_vintages()
    assert [table[t] for t in ("2015", "2016", "2017", "201712", "201808")] == [
        2014, 2015, 2016, 2017, 2018,
    ]  # fmt: skip
    files = _csv(tmp_path, export(3, "2019"))
    (fault,) = {(f.rule, f.value, f.mend) for f in check(files).faults if f.rule == "vintage"}
    assert fault[1] == "2019" and '"2019": {year: ' in fault[2]
    own = tmp_path / "own.yaml"
    own.write_text('vintages:\n  "2019": {year: 2018}\n', encoding="utf-8")
    found = check(files, Options(vintages=own))
    assert not found.faults.errors and set(found.households["year"]) == {2018}
    own.write_text("vintages: {a: nineteen}", encoding="utf-8")
    with pytest.raises(VintageError, match="must be a year"):
        check(files, Options(vintages=own))


def test_a_file_without_a_year_needs_one(tmp_path: Path) -> None:
    homes, people = export(3)
    without: list[Rows] = []
    for rows in (homes, people):
        at = rows[0].index("年度")
        without.append([row[:at] + row[at + 1 :] for row in rows])
    files = _csv(tmp_path, (without[0], without[1]))
    told = [fault.mend for fault in check(files).faults if fault.rule == "no_column"]
    assert len(told) == 2 and "--year" in told[0]
    assert set(check(files, Options(year=2021)).households["year"]) == {2021}


def test_import_and_read_back(tmp_path: Path, plainly: Checked) -> None:
    files = _csv(tmp_path, export(12))
    out = tmp_path / "out"
    import_files(files, out, tmp_path / "key")
    back = read_imported(out)
    assert list(back.households) == list(plainly.households)
    assert len(back.members) == 48
    assert back.manifest["households"] == {"2016": 12}
    assert back.manifest["options"]["vintages"]["2017"] == 2016
    assert "homes" not in (out / "manifest.json").read_text(encoding="utf-8")
    again = tmp_path / "again"
    import_files(list(reversed(files)), again, tmp_path / "key")
    pd.testing.assert_frame_equal(read_imported(again).households, back.households)
    with pytest.raises(RegistrationError, match="is there already"):
        import_files(files, out, tmp_path / "key")


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportedError, match=r"registration import FILE"):
        read_imported(tmp_path)
    for name in ("households.parquet", "members.parquet", "manifest.json"):
        (tmp_path / name).write_text("{")
    with pytest.raises(ImportedError, match="damaged"):
        read_imported(tmp_path)


def test_nothing_is_left_of_an_import_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _csv(tmp_path, export(12))

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(writing, "counts", full)
    with pytest.raises(RegistrationError, match="OSError in"):
        import_files(files, tmp_path / "out", tmp_path / "key")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["homes.csv", "key", "people.csv"]


KILLED = """
import sys, time
from calibration.registration import writing
writing.counts = lambda *a: (print("writing", flush=True), time.sleep(60))
writing.import_files(sys.argv[1:3], writing.Path(sys.argv[3]), writing.Path(sys.argv[4]))
"""


def test_nothing_is_left_of_an_import_that_is_killed(tmp_path: Path) -> None:
    files = _csv(tmp_path, export(12))
    out, key = tmp_path / "out", tmp_path / "key"
    call = [sys.executable, "-c", KILLED, *map(str, files), str(out), str(key)]
    process = subprocess.Popen(call, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not out.exists()
    import_files(files, out, key)
    assert read_imported(out).manifest["households"] == {"2016": 12}
    assert not list(tmp_path.glob(".out*"))


def test_no_cell_under_ten_households(tmp_path: Path) -> None:
    n = 40
    homes = pd.DataFrame(
        {
            "county": np.full(n, 622926, np.int32),
            "year": np.full(n, 2016, np.int16),
            "household_id": np.arange(1, n + 1, dtype=np.uint64),
            "registered": np.r_[np.ones(3), np.full(12, 2), np.full(25, 3)].astype(np.int8),
            "wage": np.arange(n, dtype=np.float32),
        }
    )
    fields = read_fields()
    table = counts(homes, homes.head(0), fields).set_index(["statistic", "part"])["value"]
    assert table["households", ""] == n
    # three are hidden, and the twelve too, or the three could be had by subtraction
    assert table["households_registered"].isna().tolist() == [True, True, False]
    assert table["wage_p50", ""] == 19.5 and np.isnan(table["wage_p10", ""])
    open_table = counts(homes, homes.head(0), fields, least=1)
    assert not open_table["value"].isna().any()
    few = counts(homes.head(9), homes.head(0), fields)
    assert few["value"].isna().all() and few["households"].isna().all()
