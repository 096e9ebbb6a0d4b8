"""County-year and village tables: what is read, what is wrong, residuals, targets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.fit.statistics import STATISTICS, known_key
from calibration.registration.county_tables import residuals
from calibration.registration.county_targets import COLUMNS, targets_from_county_years
from calibration.registration.importing import Checked, check
from calibration.registration.table_fields import read_tables, recognise
from calibration.registration.village_targets import targets_from_villages
from calibration.registration.writing import import_files
from tests.calibration.registration.exports import Rows, export, write_csv, write_xlsx

HEADER = [
    "县", "年度", "年初贫困人口", "当年脱贫人口", "当年返贫人口", "当年新识别人口", "当年清退人口",
    "自然增加", "自然减少", "年末贫困人口", "年末贫困人口标准误", "乡村人口", "建档立卡人口",
]  # fmt: skip
Y2017 = [
    "东乡",
    "2017",
    "10000",
    "3000",
    "50",
    "100",
    "20",
    "80",
    "60",
    "7150",
    "",
    "30,000",
    "11000",
]
Y2018 = [
    "622926",
    "2018",
    "7150",
    "3000",
    "0",
    "10",
    "10",
    "0",
    "0",
    "4150",
    "83",
    "30000",
    "11010",
]


def _checked(tmp_path: Path, *rows: list[str], header: list[str] = HEADER) -> Checked:
    return check([write_csv(tmp_path / "years.csv", [header, *rows])])


def _changed(**cells: str) -> list[str]:
    row = list(Y2018)
    for name, cell in cells.items():
        row[HEADER.index(name)] = cell
    return row


def _told(checked: Checked) -> set[tuple[str, int, str]]:
    return {(fault.rule, fault.row, fault.column) for fault in checked.faults}


def test_what_a_table_becomes(tmp_path: Path) -> None:
    checked = _checked(tmp_path, Y2018, Y2017)
    assert not checked.faults.errors and not checked.faults.warnings
    found = checked.tables.county_years.set_index("year")
    assert found["county"].tolist() == [622926, 622926]
    assert found.loc[2017, "rural_persons"] == 30_000
    assert found.loc[2018, "registered_before"] == 7150
    assert found.loc[2018, "registered_end_se"] == 83
    assert np.isnan(found.loc[2018, "dibao"])


def test_english_headers_and_excel(tmp_path: Path) -> None:
    names = {c.zh: c.name for c in read_tables()["county_years"].columns.values()}
    rows: Rows = [["a title"], [], [names[zh] for zh in HEADER], Y2017, Y2018]
    checked = check([write_xlsx(tmp_path / "years.xlsx", rows, "totals")])
    assert not checked.faults.errors
    assert len(checked.tables.county_years) == 2


CELLS = [
    ("table_number", {"当年脱贫人口": "约三千"}, "当年脱贫人口"),
    ("table_number", {"当年脱贫人口": "#REF!"}, "当年脱贫人口"),
    ("table_range", {"自然减少": "-4"}, "自然减少"),
    ("table_whole", {"当年新识别人口": "1.5"}, "当年新识别人口"),
    ("table_county", {"县": "某县"}, "县"),
    ("table_year", {"年度": "201812"}, "年度"),
    ("table_exits", {"当年脱贫人口": "9000"}, "当年脱贫人口"),
    ("table_row_twice", {"年度": "2017"}, "年度"),
    ("table_start", {"年初贫困人口": "7100"}, "年初贫困人口"),
    ("table_residual", {"年末贫困人口": "4300"}, "年末贫困人口"),
    ("table_error_alone", {"年末贫困人口": ""}, "年末贫困人口标准误"),
]


@pytest.mark.parametrize(("rule", "cells", "column"), CELLS)
def test_a_wrong_cell(rule: str, cells: dict[str, str], column: str, tmp_path: Path) -> None:
    assert (rule, 3, column) in _told(_checked(tmp_path, Y2017, _changed(**cells)))


def test_columns_missing_twice_or_unknown(tmp_path: Path) -> None:
    header = ["县", "贫困人口", "年末贫困人口", "当年脱贫人口", "备注"]
    told = _told(_checked(tmp_path, ["东乡", "1", "2", "0", "x"], header=header))
    assert {rule for rule, *_ in told} >= {
        "table_column_missing", "table_column_twice", "table_column_unknown",
    }  # fmt: skip


def test_parts_causes_and_quantiles(tmp_path: Path) -> None:
    table = read_tables()["county_years"]
    causes = [table.columns[name].zh for name in table.parts("registered_end", "cause")]
    header = [
        "县",
        "年度",
        "年末贫困人口",
        "饮水不安全人口",
        *causes,
        "人均纯收入P10",
        "人均纯收入P50",
    ]
    row = ["东乡", "2018", "100", "120", *(["5"] * len(causes)), "3000", "2000"]
    told = {(f.rule, f.column): f.why for f in _checked(tmp_path, row, header=header).faults}
    assert ("table_part", "饮水不安全人口") in told
    assert "70" in told["table_causes", "年末贫困人口"]
    assert ("table_quantiles", "人均纯收入P50") in told


def test_residuals_are_reported_and_never_mended(tmp_path: Path) -> None:
    rows = [Y2017, _changed(年末贫困人口="4170"), ["宕昌", "2018", *[""] * 11]]
    found = residuals(_checked(tmp_path, *rows).tables.county_years)
    assert found["residual"].tolist() == [0, 20]
    assert found["missing"].tolist() == ["", ""]
    without = [*Y2017[:7], "", "", *Y2017[9:]]
    found = residuals(_checked(tmp_path, without).tables.county_years)
    assert found["residual"].tolist() == [20]  # natural change is in it, and it says so
    assert found["missing"].tolist() == ["自然增加 自然减少"]


def test_an_import_writes_tables_and_residuals(
    tmp_path: Path,
) -> None:
    homes, people = export(10)
    files = [write_csv(tmp_path / f"{k}.csv", rows) for k, rows in enumerate((homes, people))]
    files.append(write_csv(tmp_path / "years.csv", [HEADER, Y2017, Y2018]))
    village = ["东乡", "达板镇", "第1村", "2018", "210", "900", "40", "150", "山区"]
    header = ["县", "乡", "村", "年度", "总户数", "总人口", "贫困户数", "贫困人口", "地形"]
    files.append(write_csv(tmp_path / "villages.csv", [header, village]))
    out = tmp_path / "out"
    checked = import_files(files, out, tmp_path / "key")
    assert not checked.faults.errors
    years = pd.read_parquet(out / "county_years.parquet")
    assert years["registered_end"].tolist() == [7150, 4150]
    assert pd.read_csv(out / "residuals.csv")["residual"].tolist() == [0, 0]
    (one,) = pd.read_parquet(out / "villages.parquet").to_dict("records")
    assert (one["poor_persons"], one["terrain"]) == (150, 2)
    assert one["village"] in set(checked.households["village"])  # the id that households have
    assert all("第1村".encode() not in path.read_bytes() for path in out.iterdir())


def test_a_village_table_that_is_wrong(tmp_path: Path) -> None:
    header = ["县", "乡", "村", "总户数", "总人口", "贫困人口", "是否通硬化路"]
    rows = [
        ["东乡", "达板镇", "第1村", "200", "900", "950", "是"],
        ["东乡", "无此乡", "第2村", "200", "9000", "1", "maybe"],
        ["东乡", "达板镇", "", "1", "2", "1", ""],
        ["东乡", "达板镇", "第1村", "200", "900", "9", "否"],
        ["东乡", "达板镇", "622926197001010012", "200", "900", "9", "否"],
    ]
    checked = check([write_csv(tmp_path / "v.csv", [header, *rows])])
    told = _told(checked)
    assert told >= {
        ("table_part", 2, "贫困人口"), ("table_township", 3, "乡"),
        ("table_code", 3, "是否通硬化路"), ("table_household_size", 3, "总人口"),
        ("table_village", 4, "村"), ("table_row_twice", 5, "村"), ("personal", 6, "村"),
    }  # fmt: skip
    assert "622926197001010012" not in "\n".join(map(str, checked.faults))


def test_targets_have_the_names_of_statistics(tmp_path: Path) -> None:
    header = [
        *HEADER, "低保人口", "人均工资性收入", "人均生产经营性收入", "人均生产经营性支出",
        "人均纯收入P50", "年末因病人口", "年末累计脱贫人口", "外出务工人口", "外出务工月数",
    ]  # fmt: skip
    first = [*Y2017, "", "", "", "", "", "", "3850", "", ""]
    second = [*Y2018, "1101", "2000", "3000", "1200", "4000", "1245", "6860", "500", "7"]
    targets = targets_from_county_years(
        _checked(tmp_path, first, second, header=header).tables.county_years
    )
    assert tuple(targets) == COLUMNS and set(targets["area"]) == {"622926"}
    assert not [k for k in targets["statistic"] if k not in STATISTICS]
    keys = targets["statistic"] + ":" + targets["year"].astype(str) + ":" + targets["area"]
    assert not [known_key(key) for key in keys if known_key(key)]
    of = targets[targets["year"] == 2018].set_index("statistic")
    assert of.loc["registered_rate", "value"] == pytest.approx(4150 / 30_000)
    assert of.loc["registered_rate", "error"] == pytest.approx(83 / 30_000)  # the cell's own
    assert of.loc["exits_share", "value"] == pytest.approx(3000 / 7150)
    assert of.loc["exits_share", "error"] == pytest.approx(0.15 * 3000 / 7150)  # assumed
    assert of.loc["new_share", "value"] == pytest.approx(10 / (30_000 - 11_000))
    assert of.loc["relapse_share", "value"] == 0 and of.loc["relapse_share", "error"] > 0
    assert of.loc["income_business", "value"] == 1800
    assert of.loc["dibao_share", "value"] == pytest.approx(0.1, rel=1e-3)
    assert of.loc["cause_stock_illness", "value"] == pytest.approx(0.3)
    assert of.loc["income_p50", "value"] == 4000 and of.loc["migrant_months", "value"] == 7
    assert "gap_house" not in of.index


def test_targets_of_areas_need_all_counties() -> None:
    from calibration.registration.places import counties

    codes, deep = counties()["code"], counties()["deep"] == 1
    table = read_tables()["county_years"]
    frame = pd.DataFrame({c.name: np.full(len(codes), np.nan) for c in table.shown})
    frame["county"], frame["year"], frame["registered_before"] = codes, 2018, np.nan
    frame["registered_end"], frame["rural_persons"] = np.where(deep, 30.0, 10.0), 100.0
    value = targets_from_county_years(frame).set_index("area")["value"]
    assert (value["deep"], value["other"]) == (0.3, 0.1) and value["622926"] == 0.3
    assert value["all"] == pytest.approx((30 * deep.sum() + 10 * (~deep).sum()) / len(codes) / 100)
    areas = set(targets_from_county_years(frame[deep])["area"])
    assert "deep" in areas and not {"all", "other"} & areas


def test_targets_of_villages() -> None:
    number = 40
    frame = pd.DataFrame(
        {
            "county": 622926, "year": 2018, "village": np.arange(1, number + 1),
            "natural_village": 0, "persons": 1000.0, "county_distance": 1.0 * np.arange(number),
            "poor_persons": 100.0 + 5 * np.arange(number), "terrain": 2.0,
        }
    )  # fmt: skip
    found = targets_from_villages(frame).set_index("statistic")
    assert set(found["area"]) == {"622926"} and set(found.index) <= set(STATISTICS)
    assert found.loc["village_variance", "value"] == pytest.approx(
        np.var(np.arange(number) * 0.005)
    )
    assert found.loc["rate_distance", "value"] == pytest.approx(1.0)
    assert found.loc["rate_distance", "error"] == pytest.approx(0.05)
    assert "rate_slope" not in found.index  # all villages are of one terrain
    assert targets_from_villages(frame[:20]).empty


def test_a_household_export_is_no_small_table() -> None:
    homes, people = export(1)
    assert recognise(homes[0]) == recognise(people[0]) == ""
    assert recognise([h for h in homes[0] if h not in ("户编号", "户主编号")]) == ""
